"""What a party has in mind: belief, trust, and on which rung it takes the world to be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifsim.ladder import RUNGS
from verifsim.results import given
from verifsim.story.findings import Told
from verifsim.story.recorded import Recorded

LEAST_MOVE = 0.1
"""By how much belief has to move in a month to be told, where it crosses no threshold."""

LEAST_LOSS = 0.05
"""How much trust has to be lost in a month to be told."""


def beliefs(run: Recorded) -> Told:
    """Belief that crosses the threshold above which a violation is believed, or that moves far in a month."""
    threshold = float(given(run.ds, "escalation.violation_believed_above"))
    belief = _since_before(run.of("belief"), run.scenario["believing"]["prior"])
    hidden = run.of("hidden_when_looked")
    for month, party, region in np.ndindex(hidden.shape):
        before, now = belief[month : month + 2, party, region]
        crosses = (before > threshold) != (now > threshold)
        if not crosses and abs(now - before) < LEAST_MOVE:
            continue
        whom, other, where = run.parties[party], run.parties[1 - party], run.regions[region]
        truth = "it does" if hidden[month, 1 - party, region] else "it does not"
        moved = f"{_probability(before)} to {_probability(now)}"
        if not crosses:
            way = "more" if now > before else "less"
            said = f"{whom} believes {way} firmly that {other} hides missiles in {where} ({moved})"
        elif now > before:
            said = f"{whom} now believes that {other} hides missiles in {where} ({moved})"
        else:
            said = f"{whom} no longer believes that {other} hides missiles in {where} ({moved})"
        yield month, f"{said}; in truth, {truth}"


def trust(run: Recorded) -> Told:
    """Trust that falls by much in a month, or passes where it started from: there, it sways nothing."""
    at_start = np.array([party["trust"] for party in run.party_data], dtype=np.float32)
    values = _since_before(run.of("trust"), at_start)
    for month, party in np.ndindex(values[1:].shape):
        before, now = values[month : month + 2, party]
        start = at_start[party]
        whose = f"{run.parties[party]}'s trust in {run.parties[1 - party]}"
        if before - now >= LEAST_LOSS:
            yield month, f"{whose} falls from {before:.2f} to {now:.2f}"
        if (before - start) * (now - start) < 0:
            side = "above" if now > start else "below"
            yield month, f"{whose} is now {side} the {start:.2f} that it started from"


def misreadings(run: Recorded) -> Told:
    """Where a party comes to take the world for another rung than it is on, and where it is right again."""
    world = run.of("world_rung")
    for party, whose in enumerate(run.parties):
        wrong_before: int | None = None
        for month, rung in enumerate(run.of("perceived_rung")[:, party]):
            wrong = None if rung == world[month] else int(rung)
            if wrong != wrong_before:
                yield month, _misread(whose, wrong, RUNGS[world[month]])
            wrong_before = wrong


def _misread(whose: str, wrong: int | None, truth: str) -> str:
    if wrong is None:
        return f"{whose} sees the world as it is again, at '{truth}'"
    return f"{whose} believes the world to be at '{RUNGS[wrong]}'; in truth, it is at '{truth}'"


def _since_before(values: NDArray[np.floating], at_start: Any) -> NDArray[np.floating]:
    """Values by month, with how they stood before the first month put in front."""
    return np.concatenate([np.broadcast_to(at_start, values[:1].shape).astype(values.dtype), values])


def _probability(value: float) -> str:
    return f"{value:.2f}"
