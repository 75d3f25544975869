"""What differs between two scenarios: as data, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from verifsim.doctrines import Known
from verifsim.errors import UsageError
from verifsim.scenario import declared
from verifsim.scenario.events import Event
from verifsim.scenario.load import ScenarioFile, load_scenario
from verifsim.scenario.merge import parent_of
from verifsim.scenario.notes import Note
from verifsim.scenario.told import Titles, told
from verifsim.scenario.tree import Path_, written

CALLED = ("title", "question", "answered_by")
"""What a file says of itself: it differs in every file, and changes nothing."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


@dataclass(frozen=True)
class Side:
    """What one of two scenarios says at a path."""

    value: Any = None
    """As plain data; None where it says nothing."""
    words: str = ""
    """The value in words; nothing where there is none."""
    notes: tuple[tuple[Path_, Note], ...] = ()
    """Ranges and sources of the number, or of the numbers in it, by path."""


@dataclass(frozen=True)
class Difference:
    """One thing that a scenario says otherwise than another one."""

    path: Path_
    """Where it stands in the file."""
    here: Side
    there: Side
    """What the other scenario says."""
    unit: str = ""
    meaning: str = ""
    """What the key means, in a sentence; nothing for what has a name of the file's own."""

    @property
    def what(self) -> str:
        """``added``, ``removed`` or ``changed``: events, sites, agreements and the like come and go whole."""
        is_thing = self.path[0] == "sources" or any(map(_is_thing, (self.here.value, self.there.value)))
        if is_thing and self.there.value is None:
            return "added"
        return "removed" if is_thing and self.here.value is None else "changed"

    def __str__(self) -> str:
        """The difference in a line or two: what it means, and what is noted, on the second."""
        more = " ".join(filter(None, [self.meaning, *_noted(self)]))
        return self._first_line() + (f"\n    {more}" if more else "")

    def _first_line(self) -> str:
        path, here, there = written(self.path), self.here.words, self.there.words
        unit = f" ({self.unit})" if self.unit else ""
        if self.what != "changed":
            return f"{path} is {self.what}: {here or there}"
        if self.here.value == self.there.value:
            return f"{path}: still {here}{unit}"
        return f"{path}: {here or 'none'} instead of {there or 'none'}{unit}"


def differences(
    scenario: ScenarioFile | str | PathLike[str], other: ScenarioFile | str | PathLike[str] | None = None
) -> tuple[Difference, ...]:
    """What a scenario says otherwise than another one: all but title and question, in the order of the file.

    Parameters
    ----------
    scenario
        A scenario file, or one already loaded.
    other
        What it is compared with; the file that it extends, if not said.

    Returns
    -------
    The differences; ``str`` of each is a line or two. None for a file that extends no other.

    Raises
    ------
    ScenarioError
        If a file is not valid.
    UsageError
        If a loaded scenario is given alone: it no longer knows what it extended.
    """
    if other is None and isinstance(scenario, ScenarioFile):
        raise UsageError("a loaded scenario no longer knows what it extended: say what to compare with")
    here = _loaded(scenario)
    if other is None and not isinstance(scenario, ScenarioFile):
        other = parent_of(Path(scenario))
    return () if other is None else tuple(_compared(_Said(here), _Said(_loaded(other))))


def _loaded(scenario: ScenarioFile | str | PathLike[str]) -> ScenarioFile:
    return scenario if isinstance(scenario, ScenarioFile) else load_scenario(scenario)


class _Said:
    """What a scenario says: as plain data, in words, and with its notes."""

    def __init__(self, file: ScenarioFile) -> None:
        self._notes = file.notes
        self.data = file.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
        self._given = file.scenario.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude_defaults=True
        )
        self._titles = Titles.in_(self.data)

    def at(self, path: Path_) -> Side:
        """What it says at a path."""
        notes = tuple((at, note) for at, note in self._notes.items() if at[: len(path)] == path)
        return Side(_found(self.data, path), self._words(path), notes)

    def _words(self, path: Path_) -> str:
        value = _found(self.data, path)
        if value is None:
            return ""
        if _is_event(path):
            return f"in {value['month']}, {told(_EVENT.validate_python(value), self._titles)}"
        if _is_shares(path):
            shares = [f"{name} {share:g}" for name, share in value.items()]
            return ", ".join(shares if len(shares) > 1 else value)
        if isinstance(value, dict):
            return "; ".join([*_rule(path, value), *_flat(_found(self._given, path) or {})])
        return _figure(value)


def _compared(here: _Said, there: _Said, path: Path_ = ()) -> Iterator[Difference]:
    """The differences below a path."""
    values: list[Mapping[str, Any]] = [_found(side.data, path) for side in (here, there)]
    for key in dict.fromkeys(key for value in values for key in value):
        below = (*path, key)
        if below[0] in CALLED:
            continue
        mine, theirs = here.at(below), there.at(below)
        if _goes_on(below, mine.value, theirs.value):
            yield from _compared(here, there, below)
        elif (mine.value, mine.notes) != (theirs.value, theirs.notes):
            yield _difference(below, mine, theirs, (here if mine.words else there).data)


def _goes_on(path: Path_, here: Any, there: Any) -> bool:
    """Whether what differs lies deeper; events, parties' types and other kinds of doctrine are told whole."""
    if not (isinstance(here, dict) and isinstance(there, dict)) or _is_shares(path):
        return False
    if _is_event(path):
        return {**here, "source": ""} == {**there, "source": ""}
    return here.get("kind") == there.get("kind") or path[0] != "doctrines"


def _difference(path: Path_, here: Side, there: Side, data: dict[str, Any]) -> Difference:
    if any(map(_is_thing, (here.value, there.value))) and not _is_shares(path):
        return Difference(path, here, there)
    _, field = declared.at(path, data)
    _, above = declared.at(path[:-1], data)
    meant = next((f.description for f in (field, above) if f is not None and f.description), "")
    is_named = path[0] == "sources"
    unit = "" if field is None else declared.unit(field) or ""
    return Difference(path, here, there, unit, "" if is_named else meant)


def _noted(difference: Difference) -> Iterator[str]:
    """What became of ranges and sources, for numbers that both scenarios give, or this one alone."""
    if difference.what != "changed" or difference.here.value is None:
        return
    now, before = dict(difference.here.notes), dict(difference.there.notes)
    for path in {**now, **before}:
        inside = path[len(difference.path) :]
        if inside and {*difference.here.value} != {*(difference.there.value or ())}:
            continue
        of = f" of {written(inside)}" if inside else ""
        here, there = now.get(path, Note()), before.get(path, Note())
        yield from _turned(f"range{of}", _range(here), _range(there))
        yield from _turned(f"source{of}", here.source, there.source)


def _turned(what: str, here: str | None, there: str | None) -> Iterator[str]:
    """What is noted here, and there, if that differs."""
    if here == there:
        return
    if here is None:
        yield f"No {what} (there: {there})."
    else:
        yield f"{what.capitalize()}: {here}" + (f" (there: {there})." if there is not None else ".")


def _range(note: Note) -> str | None:
    return None if note.range is None else " to ".join(map(_figure, note.range))


def _found(data: Any, path: Path_) -> Any:
    """What plain data hold at a path; None for nothing."""
    return reduce(lambda inside, key: inside.get(key) if isinstance(inside, dict) else None, path, data)


def _is_event(path: Path_) -> bool:
    return path[0] == "events" and len(path) == 2


def _is_shares(path: Path_) -> bool:
    """Whether a path leads to the doctrine, or the shares of doctrines, of a party in a region."""
    return path[0] == "parties" and path[2:3] == ("doctrine",) and len(path) == 4


def _is_thing(value: Any) -> bool:
    return isinstance(value, dict)


def _rule(path: Path_, value: dict[str, Any]) -> list[str]:
    """The rule of a doctrine, for it says more than its name."""
    kind = Known().get(value.get("kind", "")) if path[0] == "doctrines" else None
    return [] if kind is None else [kind.title]


def _flat(value: dict[str, Any], above: str = "") -> list[str]:
    """What a part gives, each with its key: ``stage: produced``, ``ends.notice_months: 6``."""
    said: list[str] = []
    for key, inner in value.items():
        said += (
            _flat(inner, f"{above}{key}.") if isinstance(inner, dict) else [f"{above}{key}: {_figure(inner)}"]
        )
    return said


def _figure(value: Any) -> str:
    """A value as a file has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:.10g}"
    return ", ".join(map(_figure, value)) or "an empty list" if isinstance(value, list) else str(value)
