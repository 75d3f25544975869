"""What the parties have: missile programmes, and declared sites."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationInfo, field_validator

from verifsim.parameter import Part, PartyName, RegionName, RegionNames, YesNo, chance, quantity
from verifsim.scenario.checks import check_conversion, check_disputed, check_range, check_station


class TrueRange(Part):
    """What is thought possible of a disputed missile's range; each world draws one.

    It is as the owner says, or comes from a triangle over what the others say.
    """

    owner_says: float = quantity(1.0, "km", low=1, high=20_000)
    """The owner's own account."""
    owner_is_right: float = chance(0.0, "run")
    """That it is true."""
    least: float = quantity(..., "km", low=1, high=20_000)
    """The shortest of what the others say."""
    likeliest: float = quantity(..., "km", low=1, high=20_000)
    """The most credible one."""
    most: float = quantity(..., "km", low=1, high=20_000)
    """The longest."""

    @field_validator("most")
    @classmethod
    def _in_order(cls, value: float, info: ValidationInfo) -> float:
        check_range(info.data.get("least"), info.data.get("likeliest"), value)
        return value


class Programme(Part):
    """A missile system, counted in batteries."""

    owner: PartyName
    """The party it belongs to."""
    title: str
    """Its name in texts and pictures."""
    stage: Literal["planned", "development", "flight_tested", "produced"] = "planned"
    """How far it has come at the start; a planned one waits for a decision."""
    missiles: int = quantity(1, "missiles a battery", low=1, high=1000)
    """Missiles in a battery."""
    a_year: float = quantity(0.0, "batteries a year", low=0, high=100)
    """How many batteries production turns out, money allowing."""
    cost: float = quantity(0.0, "US$ m a battery", low=0, high=1_000_000)
    """Price of a battery with its missiles."""
    development_cost: float = quantity(0.0, "US$ m a year", low=0, high=1_000_000)
    """Cost of development, up to the first battery."""
    months_to_test: float = quantity(0.0, "months", low=0, high=1200)
    """From the start of development, or of the scenario if that comes later, to the first flight test."""
    months_to_field: float = quantity(0.0, "months", low=0, high=1200)
    """From the first flight test, or the start of the scenario if that is later, to the first battery."""
    months_to_move: float = quantity(0.0, "months", low=0, high=240)
    """From an order to standing in a region; a fraction is rounded up by chance."""
    slips: float = chance(0.0)
    """That a month of development brings it no nearer; 0.5 makes it take twice as long."""
    regions: RegionNames | None = None
    """Where it can be stationed; everywhere if not said."""
    reserve: int = quantity(0, "batteries", low=0, high=1000)
    """Batteries at home, outside all regions, at the start."""
    deployed: dict[RegionName, Annotated[int, quantity(..., "batteries", low=0, high=1000)]] = {}
    """Batteries that stand in regions at the start."""
    disputed: YesNo = False
    """Whether the parties contest that those batteries are what the treaty banned."""
    true_range: TrueRange | None = None
    """How far a disputed missile truly flies: a fact of each world, which no party sees."""

    @field_validator("deployed")
    @classmethod
    def _stands_where_it_can(cls, value: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        for region in value:
            check_station(region, info.data.get("regions"))
        return value

    @field_validator("true_range")
    @classmethod
    def _is_disputed(cls, value: TrueRange | None, info: ValidationInfo) -> TrueRange | None:
        if value is not None:
            check_disputed(info.data.get("disputed"))
        return value


class Site(Part):
    """A declared site: what stands there is known in kind and number, unless something is hidden among it."""

    owner: PartyName
    """The party it belongs to."""
    region: RegionName
    """Where it is."""
    title: str
    """Its name in texts and pictures."""
    kind: Literal["mk41_cell", "launcher", "canister"]
    """What there is to be looked at."""
    objects: int = quantity(1, "objects", low=1, high=1000)
    """How many of them."""
    may_hide: YesNo = True
    """Whether its owner might hide something there; no for a base that inspectors choose when they come."""
    objects_a_battery: int = quantity(1, "objects a battery", low=1, high=1000)
    """How many of them a battery would take up, if it were hidden there."""
    conversion_months: float = quantity(0.0, "months", low=0, high=240)
    """From a decision to hide missiles in the cells of an mk41_cell site until they are in."""

    @field_validator("conversion_months")
    @classmethod
    def _has_cells(cls, value: float, info: ValidationInfo) -> float:
        check_conversion(value, info.data.get("kind"))
        return value
