"""What a stored chunk depends on: where any of it is another, a chunk is of no use."""

from __future__ import annotations

import json
import pickle
import platform
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from verifsim import results
from verifsim.doctrines import Doctrine, ships
from verifsim.ensemble import packing
from verifsim.ensemble.work import Job
from verifsim.scenario.write import resolved_data

PACKAGES = ("numpy", "mesa", "pydantic")
"""Packages whose version may move a number in its last digit."""


def key_of(job: Job) -> str | None:
    """A name for all that the numbers of a run depend on; none if that cannot be known.

    That is the scenario but for the number of its runs, the code that simulates and reduces it, that of
    doctrines which do not ship, and what computes: NumPy and others, and the kind of machine. A doctrine
    written in a notebook may change unseen, and so may a reduction that cannot be pickled.
    """
    scenario = resolved_data(job.file)
    scenario["ensemble"].pop("runs", None)
    doctrines = _of_doctrines({type(d) for d in job.file.scenario.doctrines.values()})
    try:
        reduction = sha256(pickle.dumps(job.reduce)).hexdigest()
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    if doctrines is None:
        return None
    formats = [results.FORMAT, packing.FORMAT]
    parts = [scenario, job.luck, reduction, code(), platform.machine(), formats, doctrines]
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


@cache
def code() -> str:
    """The code of this version of verifsim, and the packages it computes with, in a word."""
    packages = [f"{name} {version(name)}" for name in ("verifsim", *PACKAGES)]
    here = Path(__file__).parents[1]
    return sha256("\n".join([*packages, _digest(here, here.rglob("*.py"))]).encode()).hexdigest()


def _of_doctrines(kinds: Iterable[type[Doctrine]]) -> dict[str, str] | None:
    """The code of doctrines that do not ship, by the module or package it is in; none if it is in no file."""
    modules = {
        base.__module__.partition(".")[0]
        for kind in kinds
        if not ships(kind)
        for base in kind.__mro__
        if issubclass(base, Doctrine) and not ships(base)
    } - {"verifsim"}
    found = {}
    for name in sorted(modules):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is None or not Path(file).is_file():
            return None
        place = Path(file)
        is_package = hasattr(sys.modules[name], "__path__")
        sources = place.parent.rglob("*.py") if is_package else [place]
        found[name] = _digest(place.parent, sources)
    return found


def _digest(folder: Path, files: Iterable[Path]) -> str:
    """The content of files, in a word."""
    found = sha256()
    for file in sorted(files):
        found.update(
            f"{file.relative_to(folder).as_posix()}\n{sha256(file.read_bytes()).hexdigest()}\n".encode()
        )
    return found.hexdigest()
