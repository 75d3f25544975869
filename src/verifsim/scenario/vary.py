"""Numbers that nobody knows for sure: where a scenario varies, each run draws its own from their ranges.

A number is drawn from the triangle over its range whose peak is the stated value: of all that is thought
possible, what is stated is likeliest. What counts something is drawn among whole numbers, whose chances rise
evenly from just below the range to the stated one, and fall evenly to just above it. Every number has a
stream of its own, so numbers are independent of each other and of all other luck; but a party's shares of
one doctrine are one number for all regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import ceil, floor
from typing import Any

import numpy as np
from pydantic import ValidationError

from verifsim.arrays import Count, Real, Runs
from verifsim.chance import Chance, triangular
from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.notes import Note
from verifsim.scenario.schema import Scenario
from verifsim.scenario.tree import Path_, written

Notes = Mapping[Path_, Note]


@dataclass(frozen=True)
class Uncertain:
    """A number with a range."""

    path: Path_
    low: float
    value: float
    high: float
    is_whole: bool
    """It counts something."""

    @property
    def name(self) -> str:
        """The path as a user writes it: ``watching.battery_seen``."""
        return written(self.path)

    @property
    def stream(self) -> str:
        """The name of its luck; a share in a doctrine has the same in every region, said once or in each."""
        return f"number.{written((*self.path[:3], *self.path[4:]) if self.is_share else self.path)}"

    @property
    def is_share(self) -> bool:
        """It is the share of worlds in which a party follows a doctrine."""
        return self.path[0] == "parties" and self.path[2] == "doctrine"

    @property
    def is_known(self) -> bool:
        """Its range leaves nothing open."""
        return floor(self.high) <= ceil(self.low) if self.is_whole else self.high <= self.low

    def drawn(self, u: Real) -> Real | Count:
        """What each run draws, out of uniforms u on [0, 1); (run,)."""
        if not self.is_whole:
            return triangular(u, self.low, self.value, self.high)
        least, most = ceil(self.low), floor(self.high)
        possible = np.arange(least, most + 1)
        rising = (possible - least + 1) / (self.value - least + 1)
        falling = (most + 1 - possible) / (most + 1 - self.value)
        up_to = np.cumsum(np.minimum(rising, falling))
        return possible[np.searchsorted(up_to[:-1] / up_to[-1], u, side="right")]


def uncertain(scenario: Scenario, notes: Notes) -> list[Uncertain]:
    """The numbers of a scenario that have a range, as far as anything depends on them, in its order."""
    found = _with_range(scenario, notes)
    alone = _alone(found)
    return [number for number in found if number not in alone]


def _with_range(scenario: Scenario, notes: Notes) -> list[Uncertain]:
    found = []
    for path, note in notes.items():
        value: Any = reduce(_inside, path, scenario)
        if note.range is None or value is None or _is_idle(path, scenario):
            continue
        low, high = note.range
        found.append(Uncertain(path, low, float(value), high, isinstance(value, int)))
    return [number for number in found if not number.is_known]


def shares_alone(scenario: Scenario, notes: Notes) -> list[Path_]:
    """Shares whose range leaves nothing open, for the others of that region have none."""
    return [number.path for number in _alone(_with_range(scenario, notes))]


def _alone(numbers: list[Uncertain]) -> list[Uncertain]:
    shares = Counter(number.path[:-1] for number in numbers if number.is_share)
    return [number for number in numbers if shares[number.path[:-1]] == 1]


def _is_idle(path: Path_, scenario: Scenario) -> bool:
    """Whether a number is a doctrine's that no party follows anywhere."""
    followed = {name for p in scenario.parties.values() for shares in p.doctrine.values() for name in shares}
    return path[0] == "doctrines" and path[1] not in followed


@dataclass(frozen=True)
class Drawn:
    """What runs drew for a number, and from what."""

    values: Real
    """(run,)"""
    low: float
    value: float
    high: float
    unit: str


def varied(scenario: Scenario, notes: Notes, runs: Runs) -> tuple[Scenario, dict[str, Drawn]]:
    """The scenario with arrays over runs in place of the numbers that vary, and those arrays by name.

    Parameters
    ----------
    scenario
        Where its ensemble does not vary, it is given back as it is.
    notes
        The ranges of its numbers.
    runs
        The numbers of the runs, rising.
    """
    if not scenario.ensemble.vary:
        return scenario, {}
    chance = Chance(scenario.ensemble.seed, int(runs[0]), int(runs[-1] - runs[0]) + 1)
    numbers = {number.path: number for number in uncertain(scenario, notes)}
    drawn = {
        path: number.drawn(chance.uniform(number.stream)[runs - runs[0]]) for path, number in numbers.items()
    }
    drawn = _adding_up(drawn, scenario)
    result: Scenario = _put(scenario, drawn)
    return result, {n.name: _said(n, drawn[path], scenario) for path, n in numbers.items()}


def _said(number: Uncertain, values: Real | Count, scenario: Scenario) -> Drawn:
    values = np.asarray(values, dtype=np.float64)
    return Drawn(values, number.low, number.value, number.high, _unit(number.path, scenario))


def _unit(path: Path_, scenario: Scenario) -> str:
    """The unit of a number: its field's, or, of an entry of a map, that of the map's values."""
    within = reduce(_inside, path[:-1], scenario)
    if isinstance(within, Part):
        field: Any = type(within).model_fields[_name(within, path[-1])]
    else:
        _, field = declared.at(path, scenario.model_dump(by_alias=True))
    return declared.unit(field) or ""


def _adding_up(drawn: dict[Path_, Any], scenario: Scenario) -> dict[Path_, Any]:
    """Numbers with shares among them scaled to add up to 1, in each region, with those that do not vary."""
    result = dict(drawn)
    for party, terms in scenario.parties.items():
        for region, shares in terms.doctrine.items():
            paths = {name: ("parties", party, "doctrine", region, name) for name in shares}
            varying = [path for path in paths.values() if path in drawn]
            rest = sum(share for name, share in shares.items() if paths[name] not in drawn)
            total = sum(drawn[path] for path in varying)
            for path in varying:
                result[path] = drawn[path] * (1.0 - rest) / np.where(total > 0.0, total, 1.0)
    return result


def _put(into: Any, changes: Mapping[Path_, Any]) -> Any:
    """A part or a map with other values at some paths, not validated again."""
    if () in changes:
        return changes[()]
    below: dict[Any, dict[Path_, Any]] = {}
    for (key, *rest), value in changes.items():
        below.setdefault(key, {})[tuple(rest)] = value
    if isinstance(into, Part):
        update = {_name(into, key): _put(_inside(into, key), within) for key, within in below.items()}
        return into.model_copy(update=update)
    return {**into, **{key: _put(into[key], within) for key, within in below.items()}}


def _name(part: Part, key: Any) -> str:
    """The attribute of a part that files call by a key."""
    return next((name for name, field in type(part).model_fields.items() if field.alias == key), str(key))


def _inside(into: Any, key: Any) -> Any:
    return getattr(into, _name(into, key)) if isinstance(into, Part) else into[key]


def contradictions(scenario: Scenario, notes: Notes) -> Iterator[tuple[Path_, str]]:
    """Numbers that can be drawn so that they contradict each other: in which part, and what it says to that.

    Each end of a range is tried against what is stated, and of every two numbers of a part each end of one
    beside each of the other: a least that could come out above a most, say.
    """
    by_part: dict[Path_, list[Uncertain]] = {}
    for number in uncertain(scenario, notes):
        by_part.setdefault(number.path[:-1], []).append(number)
    for path, numbers in by_part.items():
        for what in _contradictions(reduce(_inside, path, scenario), numbers):
            yield path, what


def _contradictions(part: Any, numbers: list[Uncertain]) -> list[str]:
    """What a part says against one number at an end beside another at one of its own, each kind once."""
    if not isinstance(part, Part) or _refusal(part, {}):
        return []  # what needs more than itself to be judged
    alone = [end for number in numbers for end in (_at(number, number.low), _at(number, number.high))]
    in_pairs = [
        _at(one, end) | _at(other, end_of_other)
        for one, other in combinations(numbers, 2)
        for end, end_of_other in product((one.low, one.high), (other.low, other.high))
    ]
    refusals: dict[str, str] = {}
    for ends in (*alone, *in_pairs):
        refusals = _refusal(part, ends) | refusals
    return list(refusals.values())


def _at(number: Uncertain, end: float) -> dict[str, float | int]:
    return {str(number.path[-1]): round(end) if number.is_whole else end}


def _refusal(part: Part, changes: dict[str, Any]) -> dict[str, str]:
    """Why a part would not be taken with some numbers changed, by kind of error; nothing if it would."""
    try:
        type(part).model_validate({**part.model_dump(by_alias=True), **changes})
    except ValidationError as error:
        return {one["type"]: one["msg"] for one in error.errors(include_url=False)}
    return {}
