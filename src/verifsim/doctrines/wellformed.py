"""What a decision must look like to be carried out, and who is to blame where a doctrine fails."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifsim.doctrines.base import OF_PARTY, Decision, Doctrine, Reason, View
from verifsim.doctrines.plugins import in_a_line

_NUMBERS = ("wanted", "remember")
_ONLY_THE_WORLD = (Reason.EVENT, Reason.FALSE_ALARM, Reason.SLIP)
_DTYPES = dict.fromkeys(_NUMBERS, np.float64) | {"reason": np.int8}


def what_is_wrong(decision: Any, view: View) -> list[str]:
    """All that keeps a decision from being carried out, in sentences; empty if nothing does."""
    if not isinstance(decision, Decision):
        return [f"decide gives {_article(decision)}, and must give a Decision"]
    misshapen = list(_misshapen(decision, view))
    return misshapen or list(_senseless(decision))


def _misshapen(decision: Decision, view: View) -> Iterator[str]:
    for name in (f.name for f in fields(Decision)):
        value, dtype = getattr(decision, name), _DTYPES.get(name, np.bool_)
        shape = view.belief.shape[-1:] if name in OF_PARTY else view.belief.shape
        axes = "(run,)" if name in OF_PARTY else "(region, run)"
        if not isinstance(value, np.ndarray):
            yield f"{name} is {_article(value)}, and must be an array {axes}"
        elif value.shape != shape:
            yield f"{name} has the shape {value.shape}, and must have {shape}, which is {axes}"
        elif value.dtype != dtype:
            yield f"{name} holds {value.dtype}, and must hold {np.dtype(dtype)}"


def _senseless(decision: Decision) -> Iterator[str]:
    for name in _NUMBERS:
        if not np.isfinite(value := getattr(decision, name)).all():
            yield f"{name} is {_first(value, ~np.isfinite(value))} in places, and must be a finite number"
    wanted, reason = decision.wanted, decision.reason
    if (wanted < 0).any():
        yield f"wanted is negative in places (as {_first(wanted, wanted < 0)}), and must be 0 or more"
    known = (reason >= min(Reason)) & (reason <= max(Reason))
    if not known.all():
        yield f"reason is {_first(reason, ~known)} in places, which is no Reason"
    for told in _ONLY_THE_WORLD:
        if (reason == told).any():
            yield f"reason is {told.name} in places, which only the world can tell"
    if ((reason == Reason.NONE) & (wanted > 0)).any():
        yield "missiles are wanted without a reason"
    if ((reason != Reason.NONE) & (wanted <= 0)).any():
        yield "a reason is given where nothing is wanted; there it must be NONE"


def _article(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _first(values: NDArray[Any], where: NDArray[np.bool_]) -> str:
    return f"{values[where][0]:g}"


def locked(view: View) -> View:
    """The same view, in arrays that cannot be written to: what they hold is the party's own."""
    arrays: dict[str, Any] = {
        name: _locked(value) for name, value in vars(view).items() if isinstance(value, np.ndarray)
    }
    return replace(view, **arrays)


def _locked(values: NDArray[Any]) -> NDArray[Any]:
    values = values.view()
    values.flags.writeable = False
    return values


def how_it_failed(error: Exception, doctrine: type[Doctrine]) -> str:
    """An exception that a doctrine raised: what it says, and where in its author's code it was raised."""
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    homes = {_package(doctrine.__module__), _package(doctrine.decide.__module__)} - {"verifsim"}
    own = [each for each in frames if _package(str(each[0].f_globals.get("__name__"))) in homes]
    if not own:
        return in_a_line(error)
    frame, line = own[-1]
    return f"{in_a_line(error)} ({_place(frame.f_code.co_filename, line)})"


def _package(module: str) -> str:
    return module.partition(".")[0]


def _place(file: str, line: int) -> str:
    """A line of code: the file and the number, or, of what is in no file of its own, the line itself."""
    text = linecache.getline(file, line).strip()
    if Path(file).suffix == ".py" and "ipykernel" not in file:
        return f"{file}:{line}"
    return f"line {line}: {text}" if text else f"line {line}"
