"""What it rests on: the numbers of a scenario, with range, unit and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from verifsim.errors import UsageError
from verifsim.report.scenarios import Scenario
from verifsim.scenario.notes import ASSUMPTION
from verifsim.scenario.numbers import Number, figure, numbers

MOST_DRIVERS = 12
"""Numbers that move an outcome most, as far as they are shown first."""


@dataclass(frozen=True)
class Row:
    """A number as a table has it."""

    name: str
    meaning: str
    values: tuple[tuple[str, str], ...]
    """The value, with the scenarios that give it; these are not named where all give the same."""
    unit: str
    range: str
    source: str
    """A key of the sources, ``assumption``, or nothing."""


@dataclass(frozen=True)
class Assumptions:
    """The numbers that a report rests on."""

    counted: str
    """How many there are, and how many of them somebody published."""
    differ: tuple[Row, ...]
    """Those that are not alike in all scenarios."""
    drivers: tuple[Row, ...]
    """Those that move what is asked first beyond chance, the strongest first; none where none varies."""
    all: tuple[Row, ...]
    """Those of the reference."""
    sources: Mapping[str, str]


def assumptions(scenarios: Sequence[Scenario]) -> Assumptions | None:
    """The numbers of all scenarios that can be read; None where the reference cannot."""
    if scenarios[0].file is None:
        return None
    by_scenario = {
        s.name: {number.path: number for number in numbers(s.file)} for s in scenarios if s.file is not None
    }
    reference = by_scenario[scenarios[0].name]
    paths = dict.fromkeys(path for of_one in by_scenario.values() for path in of_one)
    rows = {path: _row({name: of.get(path) for name, of in by_scenario.items()}) for path in paths}
    by_name = {row.name: row for row in rows.values()}
    sources: dict[str, str] = {}
    for scenario in scenarios:
        sources |= {} if scenario.file is None else scenario.file.scenario.sources
    shown = [*(row for row in rows.values() if len(row.values) > 1), *(rows[path] for path in reference)]
    cited = {row.source for row in shown}
    return Assumptions(
        _counted(reference.values()),
        tuple(row for row in rows.values() if len(row.values) > 1),
        tuple(by_name[name] for name in _drivers(scenarios[0]) if name in by_name),
        tuple(rows[path] for path in reference),
        {key: text for key, text in sources.items() if key in cited},
    )


def _row(of_each: Mapping[str, Number | None]) -> Row:
    """One number as all scenarios have it; range and source are those of the first that has it."""
    number = next(number for number in of_each.values() if number is not None)
    by_value: dict[str, list[str]] = {}
    for name, its in of_each.items():
        by_value.setdefault("none" if its is None else figure(its.value), []).append(name)
    values = tuple(
        (value, ", ".join(names) if len(by_value) > 1 else "") for value, names in by_value.items()
    )
    ends = number.note.range
    between = "" if ends is None else " to ".join(map(figure, ends))
    return Row(number.name, number.meaning, values, number.unit, between, number.note.source or "")


def _counted(numbers: Iterable[Number]) -> str:
    sources = [number.note.source for number in numbers]
    assumed, unsaid = sources.count(ASSUMPTION), sources.count(None)
    published = len(sources) - assumed - unsaid
    return (
        f"The scenario gives {len(sources):,} numbers: {published:,} with a source, {assumed:,} marked as "
        f"assumptions that nobody has published, and {unsaid:,} of which it does not say where they are from."
    )


def _drivers(scenario: Scenario) -> list[str]:
    """The numbers that move the outcome which is spoken of first beyond chance; none where none varies."""
    with suppress(UsageError):
        table = scenario.study.drivers()
        return [str(name) for name in table.index[table["beyond_chance"]]][:MOST_DRIVERS]
    return []
