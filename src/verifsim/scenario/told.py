"""Events as sentences: what a file dates, in the words of a chronicle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from verifsim.scenario import events


@dataclass(frozen=True)
class Titles:
    """What parties, regions and programmes are called in texts, by their names in the file."""

    parties: Mapping[str, str]
    regions: Mapping[str, str]
    programmes: Mapping[str, str]
    owners: Mapping[str, str]
    """The party that owns a programme."""

    @classmethod
    def in_(cls, data: Mapping[str, Any]) -> Titles:
        """Those of a scenario as plain data."""

        def each(kind: str, key: str) -> dict[str, str]:
            return {name: str(part[key]) for name, part in data.get(kind, {}).items()}

        return cls(
            parties=each("parties", "title"),
            regions=each("regions", "title"),
            programmes=each("programmes", "title"),
            owners=each("programmes", "owner"),
        )

    def owner(self, programme: str) -> str:
        """What the owner of a programme is called."""
        return self.parties[self.owners[programme]]


def listed(things: list[str]) -> str:
    """Things as a person lists them: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def agreement(name: str) -> str:
    """An agreement, which has a name alone."""
    return f"the agreement '{name}'"


@singledispatch
def told(event: object, titles: Titles) -> str:
    """What an event is, in a sentence without its month and full stop."""
    raise TypeError(f"no words for {event!r}")


@told.register(events.Suspend)
def _suspend(event: events.Suspend, titles: Titles) -> str:
    return f"{titles.parties[event.party]} suspends the treaty"


@told.register(events.Withdraw)
def _withdraw(event: events.Withdraw, titles: Titles) -> str:
    return f"{titles.parties[event.party]} gives notice of leaving the treaty"


@told.register(events.Develop)
def _develop(event: events.Develop, titles: Titles) -> str:
    return f"{titles.owner(event.programme)} starts the development of {titles.programmes[event.programme]}"


@told.register(events.FlightTest)
def _flight_test(event: events.FlightTest, titles: Titles) -> str:
    return f"{titles.owner(event.programme)} flight-tests {titles.programmes[event.programme]}"


@told.register(events.Produce)
def _produce(event: events.Produce, titles: Titles) -> str:
    return f"{titles.owner(event.programme)} puts {titles.programmes[event.programme]} into production"


@told.register(events.Offer)
def _offer(event: events.Offer, titles: Titles) -> str:
    return f"{titles.parties[event.party]} offers {agreement(event.agreement)}"


@told.register(events.Accept)
def _accept(event: events.Accept, titles: Titles) -> str:
    return f"{titles.parties[event.party]} accepts what is on its table, if anything is"


@told.register(events.Reject)
def _reject(event: events.Reject, titles: Titles) -> str:
    return f"{titles.parties[event.party]} rejects what is on its table, if anything is"


@told.register(events.StartTalks)
def _start_talks(event: events.StartTalks, titles: Titles) -> str:
    return f"{titles.parties[event.party]} begins to make offers of its own accord"


@told.register(events.StopTalks)
def _stop_talks(event: events.StopTalks, titles: Titles) -> str:
    return f"{titles.parties[event.party]} makes no more offers of its own accord"


@told.register(events.ShockToTrust)
def _shock_to_trust(event: events.ShockToTrust, titles: Titles) -> str:
    return f"both parties lose {100 * event.by:g} % of their trust in each other"


@told.register(events.SetBudget)
def _set_budget(event: events.SetBudget, titles: Titles) -> str:
    whose, ceiling = titles.parties[event.party], event.new_missile_budget
    if ceiling is None:
        return f"the ceiling on what {whose} spends on these missiles is lifted"
    return f"the ceiling on what {whose} spends on these missiles becomes US$ {ceiling:,.10g} m a year"


@told.register(events.Deploy)
def _deploy(event: events.Deploy, titles: Titles) -> str:
    where = "at a declared site" if event.at_site else "away from declared sites"
    how, hidden = ("openly", "") if event.announced else ("secretly", f", {where}")
    return (
        f"{titles.owner(event.programme)} {how} deploys {_batteries(event, titles)} "
        f"in {titles.regions[event.region]}{hidden}"
    )


@told.register(events.Exercise)
def _exercise(event: events.Exercise, titles: Titles) -> str:
    whose, where = titles.owner(event.programme), titles.regions[event.region]
    return f"{whose} brings {_batteries(event, titles)} to {where} for an exercise"


@told.register(events.Remove)
def _remove(event: events.Remove, titles: Titles) -> str:
    whose, where = titles.owner(event.programme), titles.regions[event.region]
    return f"{whose} takes {_batteries(event, titles)} back from {where}, as far as they are there"


@told.register(events.EndPledge)
def _end_pledge(event: events.EndPledge, titles: Titles) -> str:
    regions = event.regions
    where = "" if regions is None else f" in {listed([titles.regions[region] for region in regions])}"
    return f"{titles.parties[event.party]} abandons its pledge not to be first{where}"


@told.register(events.RefuseInspection)
def _refuse_inspection(event: events.RefuseInspection, titles: Titles) -> str:
    return f"{titles.parties[event.party]} resolves to refuse the next visit to it"


@told.register(events.SuspendInspections)
def _suspend_inspections(event: events.SuspendInspections, titles: Titles) -> str:
    return "all inspections are suspended"


@told.register(events.ResumeInspections)
def _resume_inspections(event: events.ResumeInspections, titles: Titles) -> str:
    return "all inspections are resumed"


@told.register(events.LeaveMoratorium)
def _leave_moratorium(event: events.LeaveMoratorium, titles: Titles) -> str:
    what = "all agreements that bind it" if event.agreement is None else agreement(event.agreement)
    return f"{titles.parties[event.party]} gives notice of leaving {what}"


def _batteries(event: events.Deploy | events.Exercise | events.Remove, titles: Titles) -> str:
    n, programme = event.batteries, titles.programmes[event.programme]
    return f"a battery of {programme}" if n == 1 else f"{n:,} batteries of {programme}"
