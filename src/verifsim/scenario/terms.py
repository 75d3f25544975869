"""What the parties may agree on: a moratorium, its inspections, and its ends; and what inspectors see."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from verifsim.parameter import (
    DisputedProgramme,
    Part,
    PartyNames,
    RegionNames,
    SiteNames,
    YesNo,
    chance,
    quantity,
)
from verifsim.scenario.checks import check_china, check_moved_out, check_sites
from verifsim.scenario.months import MonthWithin


class Inspecting(Part):
    """What a visit to a site can find, and what it may take for a finding."""

    recognised: float = chance(1.0, "prohibited object opened")
    """That it is recognised, once opened."""
    never_recognised: float = chance(0.0, "run")
    """That a party's inspectors never recognise prohibited objects, however often they look."""
    false_alarm: float = chance(0.0, "allowed object opened")
    """That it is taken for a prohibited one."""
    clarified: float = chance(0.0, "false alarm")
    """That a clarifying visit, which follows every alarm, clears a false one."""
    clears_look: float = chance(0.0, "month with a visit")
    """That a visit clears a false alarm of the satellites in the same month."""
    moved_out_a_day: float = chance(0.0, "day of notice")
    """That prohibited objects are moved out before inspectors arrive; never out of MK-41 cells."""
    finds_chosen_base: float = chance(0.0, "visit")
    """That a base of the inspectors' choice is the one where something is hidden elsewhere."""
    refusal_if_violating: float = quantity(1.0, "likelihood", low=0, high=1)
    """How likely a violating party is thought to refuse a visit unprovoked."""
    refusal_if_compliant: float = quantity(1.0, "likelihood", low=0, high=1)
    """How likely a compliant party is thought to refuse a visit unprovoked."""
    visit_cost: float = quantity(0.0, "US$ m a visit", low=0, high=1_000_000)
    """What a visit costs, escort included."""
    regime_cost: float = quantity(0.0, "US$ m a year and party", low=0, high=1_000_000)
    """What it costs to keep the regime running."""


class VisitsAYear(Part):
    """How many visits each party may make in a year."""

    routine: float = quantity(0.0, "visits a year", low=0, high=365)
    """Spread evenly over the year."""
    challenge: float = quantity(0.0, "visits a year", low=0, high=365)
    """Kept until the other is suspected; at most one a month, and no more than a year's kept."""


class Inspections(Part):
    """The terms under which each party may visit the other's sites."""

    sites: SiteNames = Field(min_length=1)
    """The sites that may be visited."""
    visits_a_year: VisitsAYear = VisitsAYear()
    """How often."""
    objects_opened: int = quantity(1, "objects", low=1, high=1000)
    """How many objects inspectors open in a visit; all, where there are fewer."""
    notice_hours: float = quantity(0.0, "hours", low=0, high=1000)
    """From notice to arrival."""
    sites_chosen_by: Literal["host", "inspector"] = "host"
    """Who chose the sites: a visit to a base of the inspectors' choice may find what is hidden elsewhere."""
    concern_above: float = quantity(1.0, "probability", low=0, high=1)
    """Belief in a violation above which a challenge visit is made; 1 is never."""
    suspended_after: int = quantity(0, "refusals", low=0, high=1000)
    """After how many unprovoked refusals since the last visit the guest suspends inspections; 0 is never."""
    suspended_for: int = quantity(0, "months", low=0, high=1200)
    """For how long."""


class Ends(Part):
    """How a moratorium may end, beside a party's open deployment."""

    believed_broken_above: float = quantity(1.0, "probability", low=0, high=1)
    """A bound party leaves at once when it believes more firmly than this that the other hides missiles; 1 is never."""  # noqa: E501
    notice_months: int = quantity(0, "months", low=0, high=120)
    """From a party's notice of leaving until it is free."""


class MovesOut(Part):
    """How a disputed programme leaves."""

    months: int = quantity(0, "months", low=0, high=240)
    """From entry into force until the last battery has left; they leave evenly."""


class Moratorium(Part):
    """An agreement between both parties not to deploy in some regions."""

    regions: RegionNames = Field(min_length=1)
    """The regions it covers."""
    binds: PartyNames = Field(min_length=1)
    """The parties it binds."""
    from_month: MonthWithin | None = Field(default=None, alias="from")
    """When it enters into force; only if offered and accepted, if not said."""
    with_china: YesNo = False
    """Whether China is asked to join; if it declines, an acceptance comes to nothing."""
    moves_out: dict[DisputedProgramme, MovesOut] = {}
    """Disputed programmes that leave the regions it covers while it is in force."""
    ends: Ends = Ends()
    """How it may end."""
    inspections: Inspections | None = None
    """How it is verified, beside satellites."""

    @field_validator("with_china")
    @classmethod
    def _there_is_china(cls, value: bool, info: ValidationInfo) -> bool:
        if value:
            check_china(info.context or {})
        return value

    @field_validator("moves_out")
    @classmethod
    def _binds_their_owners(cls, value: dict[str, MovesOut], info: ValidationInfo) -> dict[str, MovesOut]:
        if "binds" in info.data:
            check_moved_out(value, info.data["binds"], info.context or {})
        return value

    @field_validator("inspections")
    @classmethod
    def _within_its_regions(cls, value: Inspections | None, info: ValidationInfo) -> Inspections | None:
        if value is not None and "regions" in info.data:
            check_sites(value.sites, info.data["regions"], info.context or {})
        return value


class Talks(Part):
    """How talks go, whoever starts them."""

    negotiation_months: float = quantity(0.0, "months", low=0, high=240)
    """From acceptance to entry into force; a fraction is rounded up by chance."""
    lapse_months: int = quantity(12, "months", low=1, high=1200)
    """After how long an offer lapses that nobody answered."""
    shock_months: int = quantity(0, "months", low=0, high=1200)
    """How long a shock is recent, from the month in which it is known; 0 is never."""
    gap_months: int = quantity(0, "months", low=0, high=1200)
    """The least time from a party's last offer, of whatever kind, to one of its own accord."""
