"""The reference page of scenario files, out of the schema and the shipped baseline alone."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen, MinLen
from pydantic.fields import FieldInfo

from verifsim.doctrines import Doctrine
from verifsim.parameter import (
    AgreementName,
    DoctrineName,
    Part,
    PartyName,
    ProgrammeName,
    RegionName,
    SiteName,
)
from verifsim.scenario import declared
from verifsim.scenario.load import ScenarioFile, load_scenario
from verifsim.scenario.merge import shipped_folder
from verifsim.scenario.months import Month
from verifsim.scenario.notes import ASSUMPTION, Note
from verifsim.scenario.numbers import figure, numbers_in
from verifsim.scenario.schema import Scenario
from verifsim.scenario.tree import Path_, written

_INTRODUCTION = """\
# Parameters

Every key of a scenario file, in the order of the file. This page is written by `python docs/make.py` out
of the schema and of `scenarios/baseline.yaml`; change those, not this page.
[scenario-files.md](scenario-files.md) says how to write a file.

- **default** is what holds where no file says otherwise; *off* is nothing at all. A file that gives only
  what is *required* is valid, and nothing happens in it.
- **In `baseline.yaml`** lists the numbers of the shipped baseline, with the range that is thought possible
  and the source. `assumption` marks a number that nobody has published.
- `<name>` is a name that the file chooses: small letters, digits and underscores, at most 60.
"""


@dataclass(frozen=True)
class Section:
    """A part of the file: where it stands, and its type."""

    path: Path_
    part: type[Part]

    @property
    def title(self) -> str:
        """The path as a heading; an event or a doctrine by what it does."""
        sign = declared.discriminator(self.part)
        if sign is not None:
            return f"{written(self.path[:-1])}: {sign[1]}"
        return written(self.path) or "file"

    def holds(self, path: Path_, data: Any) -> bool:
        """Whether a number at a path of the file is one of this part's own."""
        here, below = path[: len(self.path)], path[len(self.path) :]
        if not below or not all(a in (declared.ANY, b) for a, b in zip(self.path, here, strict=True)):
            return False
        field = declared.fields(self.part).get(str(below[0]))
        return field is not None and not any(_parts(field.annotation, ())) and self._is_meant(here, data)

    def _is_meant(self, here: Path_, data: Any) -> bool:
        """Whether what stands at a path is this part, and not another kind of it."""
        for key in here:
            data = data[key]
        sign = declared.discriminator(self.part)
        return sign is None or bool(data[sign[0]] == sign[1])


def parameters_markdown() -> str:
    """The reference page, in Markdown."""
    baseline = load_scenario(shipped_folder() / "baseline.yaml")
    data = baseline.scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    parts = [_section(section, baseline, data) for section in _sections(Scenario, ())]
    return "\n".join([_INTRODUCTION, *parts, _sources(baseline.scenario.sources)])


def _sections(part: type[Part], path: Path_) -> Iterator[Section]:
    """A part and all that it is made of, in the order of the file."""
    yield Section(path, part)
    for key, field in declared.fields(part).items():
        for below, inner in _parts(field.annotation, (*path, key)):
            yield from _sections(inner, below)


def _parts(annotation: Any, path: Path_) -> Iterator[tuple[Path_, type[Part]]]:
    """The parts that a field takes, each with its path."""
    for choice in declared.alternatives(annotation):
        if get_origin(choice) is dict:
            yield from _parts(get_args(choice)[1], (*path, declared.ANY))
        elif isinstance(choice, type) and issubclass(choice, Part):
            yield path, choice


def _section(section: Section, baseline: ScenarioFile, data: dict[str, Any]) -> str:
    rows = [_row(key, field) for key, field in declared.fields(section.part).items()]
    numbers = [
        _number_row(path, value, baseline.notes.get(path, Note()))
        for path, value in numbers_in(data)
        if section.holds(path, data)
    ]
    return "\n".join(
        [
            f"## `{section.title}`\n",
            f"{_about(section.part)}\n",
            *_table(("key", "takes", "unit", "bounds", "default", "meaning"), rows),
            *(["In `baseline.yaml`:\n"] if numbers else []),
            *(_table(("number", "value", "range", "source"), numbers) if numbers else []),
        ]
    )


def _about(part: type[Part]) -> str:
    """What a part is; for a doctrine also its rule, and who stated it."""
    text = inspect.cleandoc(part.__doc__ or "")
    if issubclass(part, Doctrine):
        text += f"\n\n- Rule: {part.title}.\n- Source: {part.source}."
    return text


def _row(key: str, field: FieldInfo) -> tuple[str, ...]:
    number = _number_field(field)
    return (
        f"`{key}`",
        _takes(field.annotation, field.metadata),
        declared.unit(number) or "",
        declared.bounds(number) or _length(field),
        _default(field),
        _meaning(field),
    )


def _number_field(field: FieldInfo) -> FieldInfo:
    """The field that declares the number: in a map of numbers, that of each of them."""
    args = get_args(field.annotation) if get_origin(field.annotation) is dict else ()
    metadata = getattr(args[1], "__metadata__", ()) if args else ()
    return next((m for m in metadata if isinstance(m, FieldInfo)), field)


def _meaning(field: FieldInfo) -> str:
    if field.description:
        return field.description
    return "Which one it is." if get_origin(field.annotation) is Literal else ""


def _length(field: FieldInfo) -> str:
    """How many entries a map or list may have."""
    least = next((m.min_length for m in field.metadata if isinstance(m, MinLen)), None)
    most = next((m.max_length for m in field.metadata if isinstance(m, MaxLen)), None)
    if most is None:
        return "" if least is None else f"at least {least:,}"
    return (
        f"at most {most:,}" if least is None else f"{most:,}" if least == most else f"{least:,} to {most:,}"
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default()
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    if isinstance(value, (int, float)):
        return f"`{figure(value)}`"
    if isinstance(value, Part):
        return "as below"
    return f"`{value}`" if value else "off"


_PART = "a part, see below"
_ONE_MANY = {int: ("a whole number", "whole numbers"), float: ("a number", "numbers"), str: ("text", "texts")}
_NAMES = (
    (RegionName, "a region", "regions"),
    (PartyName, "a party", "parties"),
    (ProgrammeName, "a programme", "programmes"),
    (SiteName, "a site", "sites"),
    (AgreementName, "an agreement", "agreements"),
    (DoctrineName, "a doctrine", "doctrines"),
    (Month, "a month", "months"),
)


def _takes(annotation: Any, metadata: Iterable[Any] = (), *, many: bool = False) -> str:
    """What a field takes, in words."""
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
    for name, one, several in _NAMES:
        if get_args(name)[1] in metadata:
            return several if many else one
    if get_origin(annotation) in (Union, UnionType):
        members = [a for a in get_args(annotation) if a is not NoneType]
        return " or ".join(dict.fromkeys(_takes(member, many=many) for member in members))
    return _takes_one(annotation, many)


def _takes_one(choice: Any, many: bool) -> str:
    """What a type that is no union takes, in words."""
    args = get_args(choice)
    if get_origin(choice) is Literal:
        return " or ".join(f"`{word}`" for word in args)
    if get_origin(choice) is list:
        return f"a list of {_takes(args[0], many=True)}"
    if get_origin(choice) is dict:
        by = _by(args[0])
        return (
            f"parts by {by}, see below"
            if any(_parts(choice, ()))
            else f"{_takes(args[1], many=True)} by {by}"
        )
    if choice is bool:
        return "yes or no"
    return _ONE_MANY[choice][many] if choice in _ONE_MANY else _PART


def _by(key: Any) -> str:
    """The key of a map, as a word."""
    said = _takes(key)
    return "name" if said == "text" else said.removeprefix("a ")


def _number_row(path: Path_, value: float, note: Note) -> tuple[str, ...]:
    low_high = " to ".join(figure(end) for end in note.range) if note.range else ""
    source = note.source or ""
    return (
        f"`{written(path)}`",
        figure(value),
        low_high,
        source if source in ("", ASSUMPTION) else f"[{source}](#{source})",
    )


def _sources(sources: dict[str, str]) -> str:
    said = [f"### {key}\n\n{' '.join(text.split())}\n" for key, text in sources.items()]
    return "\n".join(["## Sources of `baseline.yaml`\n", *said])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table, without the columns in which no row says anything."""
    body = list(rows)
    kept = [column for column in range(len(head)) if any(row[column] for row in body)]
    lines = [[head[c] for c in kept], ["---"] * len(kept), *([_cell(row[c]) for c in kept] for row in body)]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
