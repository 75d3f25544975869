"""The story: every kind of happening, told in the order of the month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import xarray as xr

from verifsim.story import course, deeds, findings, minds, words
from verifsim.story.recorded import Recorded

KINDS: dict[str, Callable[[Recorded], findings.Told]] = {
    "types": course.types,
    "ranges": course.ranges,
    "standing": course.standing,
    "events": course.events,
    "entries": words.entries,
    "alarms": findings.alarms,
    "visits": findings.visits,
    "beliefs": minds.beliefs,
    "trust": minds.trust,
    "talks": words.talks,
    "ends": words.ends,
    "suspensions": words.suspensions,
    "pledges": words.pledges,
    "treaty": words.treaty,
    "decisions": deeds.decisions,
    "first_tests": deeds.first_tests,
    "orders_of_production": deeds.orders_of_production,
    "hosts": deeds.hosts,
    "announced": deeds.announced,
    "exercises": deeds.exercises,
    "hidden": deeds.hidden,
    "disputed": deeds.disputed,
    "china": words.china,
    "rungs": course.rungs,
    "misreadings": minds.misreadings,
    "crises": course.crises,
    "end": course.end,
}
"""What can happen, in the order in which a month is told: a function from a run to months and sentences."""


@dataclass(frozen=True)
class Line:
    """One thing that happened in one month."""

    month: str
    """As in 2021-08."""
    kind: str
    """A key of `KINDS`."""
    text: str
    """A sentence. What is true though nobody may know it says "in truth"; a party "believes" and "finds"."""

    def __str__(self) -> str:
        """The line with its date."""
        return f"{self.month}: {self.text}"


def story(ds: xr.Dataset, run: int) -> list[Line]:
    """What happened in one run, in order; months in which nothing did are left out.

    Parameters
    ----------
    ds
        Results, simulated now or loaded.
    run
        The number of the run.

    Raises
    ------
    UsageError
        If that run is not among the results.
    """
    recorded = Recorded(ds, run)
    lines = [(month, kind, text) for kind, tell in KINDS.items() for month, text in tell(recorded)]
    lines.sort(key=lambda line: line[0])  # a stable sort: within a month the order of the kinds stays
    return [Line(recorded.months[month], kind, _sentence(text)) for month, kind, text in lines]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
