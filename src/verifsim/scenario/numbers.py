"""Every number that a scenario gives, with its unit, range and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifsim.scenario import declared
from verifsim.scenario.load import ScenarioFile
from verifsim.scenario.notes import Note
from verifsim.scenario.tree import Path_, written


@dataclass(frozen=True)
class Number:
    """A number of a scenario."""

    path: Path_
    value: float
    unit: str
    note: Note
    """Its range, and who says so."""
    meaning: str
    """What the key means, in a sentence; nothing for what has a name of the file's own."""

    @property
    def name(self) -> str:
        """The path as a user writes it: ``watching.battery_seen``."""
        return written(self.path)


def numbers(file: ScenarioFile) -> list[Number]:
    """The numbers of a scenario in its order: those with a range or source, and those that are not defaults.

    That of ``ensemble``, which say how many worlds are simulated and not what they are like, are left out.
    """
    data = file.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    given = file.scenario.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    stated = {path for path, _ in numbers_in(given)} | set(file.notes)
    return [
        _number(path, value, file.notes.get(path, Note()), data)
        for path, value in numbers_in(data)
        if path in stated and path[0] != "ensemble"
    ]


def _number(path: Path_, value: float, note: Note, data: dict[str, Any]) -> Number:
    _, field = declared.at(path, data)
    _, above = declared.at(path[:-1], data)
    meaning = next((f.description for f in (field, above) if f is not None and f.description), "")
    return Number(path, value, declared.unit(field) or "" if field is not None else "", note, meaning)


def numbers_in(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, float]]:
    """Every number in plain data, with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers_in(value, (*path, key))
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield path, data


def figure(value: float) -> str:
    """A number as a file has it."""
    return f"{value:.10g}"
