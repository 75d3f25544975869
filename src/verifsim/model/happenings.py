"""What a file dates: events, carried out before anyone looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import NEVER, Mask
from verifsim.codes import Stance
from verifsim.doctrines import Reason
from verifsim.model.arsenal import Arsenal, Place, Stage
from verifsim.model.industry import as_ceiling
from verifsim.model.movement import BY_EVENT
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
    place = Place.ANNOUNCED if event.announced else Place.AT_SITE if event.at_site else Place.ELSEWHERE
    party.arsenal.deployed[place, p, r] += event.batteries
    party.arsenal.by_event[place, p, r] += event.batteries
    party.moved_because[r] = Reason.EVENT
    if event.announced:
        party.pledged[r] = False


@happen.register(events.Remove)
def _remove(event: events.Remove, world: World) -> None:
    party, p = world.owner(event.programme)
    r, arsenal = world.regions.index(event.region), party.arsenal
    left = np.full(world.n_runs, event.batteries, dtype=np.int32)
    order = (Place.ANNOUNCED, Place.EXERCISE, Place.ELSEWHERE, Place.AT_SITE, Place.DISPUTED)
    for standing, put_there in ((arsenal.deployed[place], arsenal.by_event[place]) for place in order):
        removed = np.minimum(standing[p, r], left)
        standing[p, r] -= removed
        put_there[p, r] -= np.minimum(put_there[p, r], removed)  # those of an event go first
        arsenal.reserve[p] += removed
        left = left - removed


@happen.register(events.EndPledge)
def _end_pledge(event: events.EndPledge, world: World) -> None:
    regions = world.regions if event.regions is None else event.regions
    world.party(event.party).pledged &= ~np.array([[r in regions] for r in world.regions])


@happen.register(events.LeaveMoratorium)
def _leave_moratorium(event: events.LeaveMoratorium, world: World) -> None:
    party: Party = world.party(event.party)
    for name, moratorium in zip(world.agreements.names, world.agreements.moratoria, strict=True):
        if event.agreement in (None, name):
            moratorium.give_notice(world.month, world.every_run & moratorium.members[party.number].any())


@happen.register(events.RefuseInspection)
def _refuse_inspection(event: events.RefuseInspection, world: World) -> None:
    world.party(event.party).refuses_next_visit[:] = True


@happen.register(events.SuspendInspections)
def _suspend_inspections(event: events.SuspendInspections, world: World) -> None:
    for moratorium in world.agreements.moratoria:
        moratorium.suspend_inspections(world.every_run, until=NEVER)


@happen.register(events.ResumeInspections)
def _resume_inspections(event: events.ResumeInspections, world: World) -> None:
    for moratorium in world.agreements.moratoria:
        moratorium.suspend_inspections(world.every_run, until=world.month)


@happen.register(events.Exercise)
def _exercise(event: events.Exercise, world: World) -> None:
    party, p = world.owner(event.programme)
    r, arsenal = world.regions.index(event.region), party.arsenal
    arsenal.deployed[Place.EXERCISE, p, r] += event.batteries
    arsenal.by_event[Place.EXERCISE, p, r] += event.batteries
    begun = np.zeros_like(arsenal.on_the_way, dtype=np.bool_)
    begun[p, r] = True
    party.stationing.begin_exercise(begun, BY_EVENT)
    party.moved_because[r] = Reason.EVENT
    party.pledged[r] = False


@happen.register(events.Offer)
def _offer(event: events.Offer, world: World) -> None:
    number = world.agreements.names.index(event.agreement)
    world.talks.offer(world.party(event.party).number, number, world.every_run, seen=world.month)


@happen.register(events.Accept)
def _accept(event: events.Accept, world: World) -> None:
    world.talks.settle(world.party(event.party).number, world.every_run, accepted=True)


@happen.register(events.Reject)
def _reject(event: events.Reject, world: World) -> None:
    world.talks.settle(world.party(event.party).number, world.every_run, accepted=False)


@happen.register(events.StartTalks)
def _start_talks(event: events.StartTalks, world: World) -> None:
    world.talks.starts[world.party(event.party).number] = True


@happen.register(events.StopTalks)
def _stop_talks(event: events.StopTalks, world: World) -> None:
    world.talks.starts[world.party(event.party).number] = False


@happen.register(events.ShockToTrust)
def _shock_to_trust(event: events.ShockToTrust, world: World) -> None:
    for party in world.parties:
        party.trust = party.trust * (1.0 - event.by)
    world.talks.shock(world.every_run, known=world.month)


@happen.register(events.SetBudget)
def _set_budget(event: events.SetBudget, world: World) -> None:
    world.party(event.party).ceiling = as_ceiling(event.new_missile_budget)
