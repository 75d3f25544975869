"""What a file dates: events, carried out before anyone looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import Mask
from verifsim.doctrines import Reason
from verifsim.model.agreements import Stance
from verifsim.model.arsenal import Arsenal, Stage
from verifsim.scenario import events
from verifsim.scenario.months import month_number
from verifsim.scenario.schema import Scenario

if TYPE_CHECKING:
    from verifsim.model.party import Party
    from verifsim.model.world import World


def calendar(scenario: Scenario) -> dict[int, list[events.Event]]:
    """The events of each month since the start, in the order of the file."""
    start, by_month = month_number(scenario.start), defaultdict(list)
    for event in scenario.events.values():
        by_month[month_number(event.month) - start].append(event)
    return dict(by_month)


@singledispatch
def happen(event: object, world: World) -> None:
    """Carry out an event in every run."""
    raise TypeError(f"no way to carry out {event!r}")


@happen.register(events.Suspend)
def _suspend(event: events.Suspend, world: World) -> None:
    world.treaty.suspend(world.party(event.party).number, world.every_run)


@happen.register(events.Withdraw)
def _withdraw(event: events.Withdraw, world: World) -> None:
    party = world.party(event.party)
    world.treaty.suspend(party.number, world.treaty.stance[party.number] == Stance.IN_FORCE)
    world.treaty.give_notice(world.month, world.every_run)


@happen.register(events.Develop)
def _develop(event: events.Develop, world: World) -> None:
    _reach(event.programme, world, Stage.DEVELOPMENT, lambda arsenal: arsenal.figures.months_to_test)


@happen.register(events.FlightTest)
def _flight_test(event: events.FlightTest, world: World) -> None:
    _reach(event.programme, world, Stage.FLIGHT_TESTED, lambda arsenal: arsenal.figures.months_to_field)


@happen.register(events.Produce)
def _produce(event: events.Produce, world: World) -> None:
    party, p = world.owner(event.programme)
    first = _reach(
        event.programme, world, Stage.PRODUCED, lambda arsenal: np.full_like(arsenal.figures.cost, np.inf)
    )
    party.arsenal.reserve[p] += first


def _reach(programme: str, world: World, stage: Stage, months: Callable[[Arsenal], np.ndarray]) -> Mask:
    """Take a programme to a stage; say where it was not there already, (run,)."""
    party, p = world.owner(programme)
    arsenal = party.arsenal
    behind = arsenal.stage[p] < stage
    arsenal.due[p] = np.where(behind, world.month + months(arsenal)[p], arsenal.due[p])
    arsenal.stage[p] = np.where(behind, stage, arsenal.stage[p])
    return behind


@happen.register(events.Deploy)
def _deploy(event: events.Deploy, world: World) -> None:
    party, p = world.owner(event.programme)
    r = world.regions.index(event.region)
    arsenal = party.arsenal
    standing, fixed = (
        (arsenal.announced, arsenal.fixed_announced)
        if event.announced
        else (arsenal.undeclared, arsenal.fixed_undeclared)
    )
    standing[p, r] += event.batteries
    fixed[p, r] += event.batteries
    party.moved_because[r] = Reason.EVENT
    if event.announced:
        party.pledged[r] = False


@happen.register(events.Remove)
def _remove(event: events.Remove, world: World) -> None:
    party, p = world.owner(event.programme)
    r = world.regions.index(event.region)
    left = np.full(world.n_runs, event.batteries, dtype=np.int16)
    arsenal = party.arsenal
    for standing, fixed in (
        (arsenal.announced, arsenal.fixed_announced),
        (arsenal.undeclared, arsenal.fixed_undeclared),
        (arsenal.disputed, np.zeros_like(arsenal.disputed)),
    ):
        removed = np.minimum(standing[p, r], left)
        standing[p, r] -= removed
        fixed[p, r] = np.minimum(fixed[p, r], standing[p, r])
        arsenal.reserve[p] += removed
        left = left - removed


@happen.register(events.EndPledge)
def _end_pledge(event: events.EndPledge, world: World) -> None:
    regions = world.regions if event.regions is None else event.regions
    world.party(event.party).pledged &= ~np.array([[r in regions] for r in world.regions])


@happen.register(events.LeaveMoratorium)
def _leave_moratorium(event: events.LeaveMoratorium, world: World) -> None:
    party: Party = world.party(event.party)
    world.moratorium.give_notice(world.month, world.moratorium.binds[party.number].any(axis=0))
