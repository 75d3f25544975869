"""Ranges and sources of numbers: ``{value: 0.29, range: [0.10, 0.60], source: key}``.

They are taken out of the tree before validation and kept beside it, so that the rules
see plain numbers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, get_origin

from verifsim.errors import did_you_mean, names
from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.tree import Path_, Tree, cut, shortened

ASSUMPTION = "assumption"
"""The source of a number that nobody has published."""

FIXED: tuple[Path_, ...] = (("months",), ("ensemble", "runs"), ("ensemble", "seed"))
"""Numbers that all runs share, and that cannot have a range."""

_KEYS = ("value", "range", "source")
_LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Note:
    """How sure a number is, and who says so."""

    range: tuple[float, float] | None = None
    """The low and the high end that are thought possible."""
    source: str | None = None
    """A key of ``sources``, or the word ``assumption``."""


def take_notes(tree: Tree) -> dict[Path_, Note]:
    """Take the notes out of a tree, leaving plain numbers; problems are reported in it."""
    notes: dict[Path_, Note] = {}
    tree.data = _without_notes(tree, tree.data, (), notes)
    return notes


def _without_notes(tree: Tree, data: Any, path: Path_, notes: dict[Path_, Note]) -> Any:
    if not isinstance(data, dict):
        return data
    if "value" not in data or not _is_note(tree, path):
        return {key: _without_notes(tree, value, (*path, key), notes) for key, value in data.items()}
    _check_keys(tree, data, path)
    notes[path] = Note(_range(tree, data, path), _source(tree, data, path))
    here = (*path, "value")
    if here in tree.marks:
        tree.marks[path] = tree.marks[here]
    if here in tree.unread:
        tree.unread.add(path)
    return data["value"]


def _is_note(tree: Tree, path: Path_) -> bool:
    """Whether ``value`` here is a number's; a party or an event may be named "value" too."""
    kind, field = declared.at(path, tree.data, tree.known)
    if kind is None and field is None:
        return False
    return get_origin(kind) is not dict and not (isinstance(kind, type) and issubclass(kind, Part))


def _check_keys(tree: Tree, data: dict[str, Any], path: Path_) -> None:
    for key in data:
        if key not in _KEYS:
            hint = f"{did_you_mean(str(key), _KEYS)}allowed: {names(_KEYS)}"
            tree.report((*path, key), f"unknown key '{cut(str(key))}'", hint)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _range(tree: Tree, data: dict[str, Any], path: Path_) -> tuple[float, float] | None:
    given, here = data.get("range"), (*path, "range")
    if given is None or {here, (*here, 0), (*here, 1)} & tree.unread:
        return None
    ends = given if isinstance(given, list) and all(map(_is_number, given)) else []
    if len(ends) != 2 or ends[0] > ends[1]:
        what = f"not a range (given {shortened(given)})"
        tree.report(here, what, "two numbers, the low end first, as in [0.1, 0.6]")
        return None
    low, high, value = float(ends[0]), float(ends[1]), data["value"]
    if _is_number(value) and not low <= value <= high:
        what = f"the value lies outside its own range (given {value:g})"
        tree.report((*path, "value"), what, f"from {low:g} to {high:g}")
    return low, high


def _source(tree: Tree, data: dict[str, Any], path: Path_) -> str | None:
    given, here = data.get("source"), (*path, "source")
    listed = tree.data.get("sources")
    known = [*listed, ASSUMPTION] if isinstance(listed, dict) else [ASSUMPTION]
    if given is None or not tree.whole or here in tree.unread:
        return None
    if given not in known:
        hint = did_you_mean(str(given), known)
        tree.report(here, f"no source {shortened(given)}", f"{hint}there are: {names(known)}")
        return None
    return str(given)


def check_ranges(tree: Tree, notes: dict[Path_, Note]) -> None:
    """Report ranges on what takes none, and ranges that reach beyond the field's bounds."""
    for path, note in notes.items():
        _, field = declared.at(path, tree.data, tree.known)
        if field is None or declared.unit(field) is None:
            tree.report(path, "takes no range or source", "a plain value")
        elif note.range is not None and path in FIXED:
            tree.report((*path, "range"), "takes no range: it is the same in all runs", "leave the range out")
        elif note.range is not None and not all(declared.allows(field, end) for end in note.range):
            low, high = note.range
            what = f"the range reaches too far (given {low:g} to {high:g})"
            tree.report((*path, "range"), what, declared.allowed(field))
