"""Dated events: what lies outside the parties' own choice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from verifsim.parameter import (
    AgreementName,
    Part,
    PartyName,
    ProgrammeName,
    RegionName,
    RegionNames,
    SourceName,
    YesNo,
    quantity,
)
from verifsim.scenario.checks import check_can_offer, check_hiding, check_station
from verifsim.scenario.months import MonthWithin


class _Dated(Part):
    month: MonthWithin
    """When it happens."""
    source: SourceName | None = None
    """Who reported it: a key of ``sources``, or the word ``assumption``."""


class Suspend(_Dated):
    """A party suspends the treaty."""

    does: Literal["suspend"]
    party: PartyName
    """Who suspends."""


class Withdraw(_Dated):
    """A party gives notice of leaving the treaty; it lapses when the notice has run out."""

    does: Literal["withdraw"]
    party: PartyName
    """Who withdraws."""


class Develop(_Dated):
    """Development of a planned programme starts."""

    does: Literal["develop"]
    programme: ProgrammeName
    """Which programme."""


class FlightTest(_Dated):
    """A programme is flight-tested."""

    does: Literal["flight_test"]
    programme: ProgrammeName
    """Which programme."""


class Produce(_Dated):
    """A programme goes into production; its first battery enters the reserve."""

    does: Literal["produce"]
    programme: ProgrammeName
    """Which programme."""


class Offer(_Dated):
    """A party offers an agreement to the other; it is answered once, or lapses."""

    does: Literal["offer"]
    party: PartyName
    """Who offers."""
    agreement: AgreementName
    """What."""


class Accept(_Dated):
    """A party accepts what is on the table, if anything is; nobody else is asked."""

    does: Literal["accept"]
    party: PartyName
    """Who accepts."""


class Reject(_Dated):
    """A party rejects what is on the table, if anything is."""

    does: Literal["reject"]
    party: PartyName
    """Who rejects."""


class StartTalks(_Dated):
    """From now on a party makes offers of its own accord."""

    does: Literal["start_talks"]
    party: PartyName
    """Which party."""

    @field_validator("party")
    @classmethod
    def _has_an_offer(cls, value: str, info: ValidationInfo) -> str:
        check_can_offer(value, info.context or {})
        return value


class StopTalks(_Dated):
    """From now on a party makes no offers of its own accord; it still answers."""

    does: Literal["stop_talks"]
    party: PartyName
    """Which party."""


class ShockToTrust(_Dated):
    """Both parties lose trust in each other."""

    does: Literal["shock_to_trust"]
    by: float = quantity(..., "share of trust", low=0, high=1)
    """The share of their trust that they lose."""


class SetBudget(_Dated):
    """A party changes its ceiling on spending, from this month on."""

    does: Literal["set_budget"]
    party: PartyName
    """Which party."""
    new_missile_budget: float | None = quantity(None, "US$ m a year", low=0, high=1_000_000_000)
    """The new ceiling; none if not said."""


class _Stationed(_Dated):
    """What happens to a programme in a region where it can stand."""

    @field_validator("region", check_fields=False)
    @classmethod
    def _can_stand_there(cls, value: str, info: ValidationInfo) -> str:
        programme = info.data.get("programme")
        check_station(value, (info.context or {}).get("stations", {}).get(programme))
        return value


class Deploy(_Stationed):
    """Batteries stand in a region from this month on, whatever the model's own stocks and stage."""

    does: Literal["deploy"]
    programme: ProgrammeName
    """Which programme."""
    region: RegionName
    """Where."""
    batteries: int = quantity(1, "batteries", low=1, high=1000)
    """How many."""
    announced: YesNo = True
    """Whether the other side is told."""
    at_site: YesNo = False
    """Whether, if it is not told, they are hidden at a declared site of the owner; else elsewhere."""

    @field_validator("at_site")
    @classmethod
    def _can_hide_there(cls, value: bool, info: ValidationInfo) -> bool:
        if value:
            check_hiding(info.data, info.context or {})
        return value


class Exercise(_Stationed):
    """Batteries come to a region for an exercise, whatever the model's own stocks and stage."""

    does: Literal["exercise"]
    programme: ProgrammeName
    """Which programme."""
    region: RegionName
    """Where."""
    batteries: int = quantity(1, "batteries", low=1, high=1000)
    """How many."""


class Remove(_Stationed):
    """Batteries go back from a region to reserve; announced ones first."""

    does: Literal["remove"]
    programme: ProgrammeName
    """Which programme."""
    region: RegionName
    """From where."""
    batteries: int = quantity(1, "batteries", low=1, high=1000)
    """How many, at most."""


class EndPledge(_Dated):
    """A party abandons its pledge not to be first."""

    does: Literal["end_pledge"]
    party: PartyName
    """Who abandons it."""
    regions: RegionNames | None = None
    """Where; everywhere if not said."""


class RefuseInspection(_Dated):
    """A party refuses the next visit to it, unprovoked."""

    does: Literal["refuse_inspection"]
    party: PartyName
    """Who refuses."""


class SuspendInspections(_Dated):
    """All inspections are suspended, whatever agreement gives them, until they are resumed."""

    does: Literal["suspend_inspections"]


class ResumeInspections(_Dated):
    """All inspections are resumed."""

    does: Literal["resume_inspections"]


class LeaveMoratorium(_Dated):
    """A party gives notice of leaving a moratorium that binds it, or all of them."""

    does: Literal["leave_moratorium"]
    party: PartyName
    """Who leaves."""
    agreement: AgreementName | None = None
    """Which; all that bind it, if not said."""


Event = Annotated[
    Suspend
    | Withdraw
    | Develop
    | FlightTest
    | Produce
    | Deploy
    | Exercise
    | Remove
    | EndPledge
    | StartTalks
    | StopTalks
    | Offer
    | Accept
    | Reject
    | LeaveMoratorium
    | RefuseInspection
    | SuspendInspections
    | ResumeInspections
    | ShockToTrust
    | SetBudget,
    Field(discriminator="does"),
]
"""Any event; ``does`` says which."""
