"""Ranges and sources of numbers: ``{value: 0.29, range: [0.10, 0.60], source: key}``.

They are taken out of the tree before validation and kept beside it, so that the rules
see plain numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verifsim.errors import did_you_mean, names
from verifsim.scenario import declared
from verifsim.scenario.text import Path_, Tree, shortened

ASSUMPTION = "assumption"
"""The source of a number that nobody has published."""

_KEYS = ("value", "range", "source")


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
    if isinstance(data, dict) and "value" in data:
        _check_keys(tree, data, path)
        notes[path] = _note(tree, data, path)
        if (*path, "value") in tree.marks:
            tree.marks[path] = tree.marks[(*path, "value")]
        return data["value"]
    if isinstance(data, dict):
        return {key: _without_notes(tree, value, (*path, key), notes) for key, value in data.items()}
    return data


def _check_keys(tree: Tree, data: dict[str, Any], path: Path_) -> None:
    for key in data:
        if key not in _KEYS:
            tree.report(
                (*path, key), f"unknown key '{key}'", f"{did_you_mean(key, _KEYS)}allowed: {names(_KEYS)}"
            )


def _note(tree: Tree, data: dict[str, Any], path: Path_) -> Note:
    return Note(_range(tree, data, path), _source(tree, data, path))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _range(tree: Tree, data: dict[str, Any], path: Path_) -> tuple[float, float] | None:
    given, here = data.get("range"), (*path, "range")
    if given is None:
        return None
    if not (
        isinstance(given, list) and len(given) == 2 and all(map(_is_number, given)) and given[0] <= given[1]
    ):
        tree.report(here, f"not a range ({shortened(given)})", "two numbers, the low end first: [0.1, 0.6]")
        return None
    value = data["value"]
    if _is_number(value) and not given[0] <= value <= given[1]:
        tree.report(
            path, f"the value lies outside its own range ({value:g}, range {given[0]:g} to {given[1]:g})"
        )
    return float(given[0]), float(given[1])


def _source(tree: Tree, data: dict[str, Any], path: Path_) -> str | None:
    given = data.get("source")
    listed = tree.data.get("sources")
    known = [*listed, ASSUMPTION] if isinstance(listed, dict) else [ASSUMPTION]
    if given is not None and given not in known:
        hint = did_you_mean(str(given), known)
        tree.report((*path, "source"), f"no source {shortened(given)}", f"{hint}there are: {names(known)}")
        return None
    return given


def check_ranges(tree: Tree, notes: dict[Path_, Note]) -> None:
    """Report ranges on what takes none, and ranges that reach beyond the field's bounds."""
    for path, note in notes.items():
        kind, field = declared.at(path, tree.data)
        if field is None and kind is None:
            continue  # an unknown key: reported by validation
        if field is None or declared.unit(field) is None:
            tree.report(path, "takes no range or source", "a plain value")
        elif note.range is not None and not all(declared.allows(field, end) for end in note.range):
            low, high = note.range
            tree.report(
                (*path, "range"), f"the range reaches too far ({low:g} to {high:g})", declared.allowed(field)
            )
