"""What a stored chunk depends on: where any of it is another, a chunk is of no use."""

from __future__ import annotations

import json
import pickle
import platform
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from verifsim import results
from verifsim.doctrines import Doctrine, is_installed, origin, ships
from verifsim.ensemble import packing
from verifsim.ensemble.said import PACKAGES
from verifsim.ensemble.work import Job
from verifsim.scenario.write import resolved_data


def key_of(job: Job) -> str | None:
    """A name for all that the numbers of a run depend on; none if that cannot be known.

    That is the scenario but for the number of its runs, the code that simulates and reduces it, that of
    packages which bring doctrines, and what computes: NumPy and others, and the kind of machine. A doctrine
    that is neither verifsim's nor an installed package's may change unseen, with whatever it imports, and so
    may a reduction that cannot be pickled.
    """
    scenario = resolved_data(job.file)
    scenario["ensemble"].pop("runs", None)
    foreign = _foreign(job)
    try:
        reduction = sha256(pickle.dumps(job.reduce)).hexdigest()
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    if not all(map(is_installed, foreign)):
        return None
    doctrines = [sorted(map(origin, foreign)), _of_modules(foreign)]
    formats = [results.FORMAT, packing.FORMAT]
    parts = [scenario, job.luck, reduction, code(), _processor(), formats, doctrines]
    return sha256(json.dumps(parts).encode()).hexdigest()[:16]


@cache
def code() -> str:
    """The code of this version of verifsim, and the packages it computes with, in a word."""
    packages = [f"{name} {version(name)}" for name in ("verifsim", *PACKAGES)]
    here = Path(__file__).parents[1]
    return sha256("\n".join([*packages, _digest(here, here.rglob("*.py"))]).encode()).hexdigest()


def sources(job: Job) -> dict[str, str]:
    """All that a worker must have as this process has it, and its code in a word.

    What is in no file that can be imported is not among it, such as a notebook: that is sent along.
    """
    here = {"kind of processor": _processor(), "verifsim, NumPy, Mesa, xarray or pydantic": code()}
    return here | _of_modules(_foreign(job))


def _processor() -> str:
    """The kind of processor, by one name whatever the system calls it."""
    name = platform.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)


def _foreign(job: Job) -> set[type[Doctrine]]:
    """The doctrines that do not ship."""
    return {type(d) for d in job.file.scenario.doctrines.values() if not ships(type(d))}


def _of_modules(doctrines: Iterable[type[Doctrine]]) -> dict[str, str]:
    """The code of doctrines, by the module or package it is in: of a package all its files."""
    modules = {
        base.__module__.partition(".")[0]
        for doctrine in doctrines
        for base in doctrine.__mro__
        if issubclass(base, Doctrine) and not ships(base)
    } - {"verifsim", "__main__", "__mp_main__"}
    found = {}
    for name in sorted(modules):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None and Path(file).is_file():
            place = Path(file)
            is_package = hasattr(sys.modules[name], "__path__")
            found[name] = _digest(place.parent, _files(place.parent) if is_package else [place])
    return found


def _files(package: Path) -> Iterator[Path]:
    """All files of a package, but those that Python makes itself."""
    return (path for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__")


def _digest(folder: Path, files: Iterable[Path]) -> str:
    """The content of files, in a word."""
    found = sha256()
    for file in sorted(files):
        found.update(
            f"{file.relative_to(folder).as_posix()}\n{sha256(file.read_bytes()).hexdigest()}\n".encode()
        )
    return found.hexdigest()
