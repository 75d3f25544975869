"""The scenario language: every key of a file, with its meaning, unit and bounds.

Defaults are neutral: off, at once, none. The numbers that scenarios run on stand in ``baseline.yaml``.
"""

from __future__ import annotations

from functools import reduce
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from verifsim.doctrines import CATALOGUE, Doctrine
from verifsim.errors import names
from verifsim.parameter import (
    DoctrineName,
    Name,
    Part,
    PartyName,
    RegionName,
    RegionNames,
    YesNo,
    chance,
    known_doctrine,
    quantity,
)
from verifsim.scenario.events import Event
from verifsim.scenario.months import Month
from verifsim.scenario.stations import check_station
from verifsim.scenario.terms import Agreements, Inspecting

if TYPE_CHECKING:
    AnyDoctrine = Doctrine
else:
    AnyDoctrine = Annotated[reduce(or_, CATALOGUE.values()), Field(discriminator="kind")]

MOST_REGIONS = 20


class Ensemble(Part):
    """How many worlds are simulated, and under which luck."""

    runs: int = quantity(1000, "runs", low=1, high=10_000_000)
    """How many independent worlds."""
    seed: int = quantity(0, "", low=0, high=2**64 - 1)
    """The luck: the same seed gives the same worlds, run by run, whatever the scenario."""


class Region(Part):
    """A region in which missiles may stand, a pledge be given, and a mirror answer."""

    title: str
    """Its name in texts and pictures."""


class Pledge(Part):
    """A party's own word not to be the first to deploy."""

    not_first_in: RegionNames
    """The regions it covers."""
    since: Month | None = None
    """When it was given, for the record."""


def _regions(info: ValidationInfo) -> list[str]:
    """The regions of the scenario; of too many, those that are not too many."""
    return list(islice((info.context or {}).get("regions", ()), MOST_REGIONS))


def _by_region(value: Any, info: ValidationInfo) -> Any:
    """One name, shares by name, or either for each region: all written as shares by name for each region."""
    regions = _regions(info)
    if isinstance(value, str):
        value = dict.fromkeys(regions, known_doctrine(value, info))
    if not isinstance(value, dict):
        return value
    shares = [key for key, said in value.items() if key not in regions and _is_share(key, said, info)]
    if shares and (by_region := [key for key in value if key in regions]):
        raise PydanticCustomError(
            "mixed",
            "regions ({regions}) and doctrines ({shares}) side by side; give the shares in each region, "
            "or remove with 'none' the regions that a parent gives",
            {"regions": names(by_region), "shares": names(shares)},
        )
    if shares:
        value = dict.fromkeys(regions, value)
    return {key: {said: 1.0} if isinstance(said, str) else said for key, said in value.items()}


def _is_share(key: str, said: Any, info: ValidationInfo) -> bool:
    return isinstance(said, (int, float)) or key in (info.context or {}).get("doctrines", ())


def _add_up(shares: dict[str, float]) -> dict[str, float]:
    if shares and abs(sum(shares.values()) - 1.0) > 1e-9:
        raise PydanticCustomError(
            "shares",
            "the shares add up to {total} ({shares}); they must add up to 1, with those that a parent gives; "
            "'none' removes one",
            {
                "total": f"{sum(shares.values()):g}",
                "shares": names(f"{name} {share:g}" for name, share in shares.items()),
            },
        )
    return shares


Shares = Annotated[
    dict[DoctrineName, Annotated[float, quantity(..., "share", low=0, high=1)]],
    Field(min_length=1),
    AfterValidator(_add_up),
]
"""Doctrines, and with which chance a party follows each: every run draws its true type, once."""


def _no_third(parties: Any) -> Any:
    """Refuse a third party before any of them is looked at: most likely its name is misspelt."""
    if isinstance(parties, dict) and len(parties) > 2:
        raise PydanticKnownError(
            "too_long", {"field_type": "Dictionary", "max_length": 2, "actual_length": len(parties)}
        )
    return parties


class Party(Part):
    """One of the two strategic parties."""

    title: str
    """Its name in texts and pictures."""
    treaty: Literal["in_force", "suspended", "withdrawn"] = "withdrawn"
    """Its standing in the treaty at the start."""
    pledge: Pledge | None = None
    """Its pledge at the start."""
    doctrine: Annotated[dict[RegionName, Shares], BeforeValidator(_by_region)]
    """The doctrine it follows: a name, or shares from which each run draws its type; or either by region."""
    refuses_visits: float = chance(0.0, "visit")
    """That it refuses a visit unprovoked, whatever its doctrine says."""
    new_missile_budget: float | None = quantity(None, "US$ m a year", low=0, high=1_000_000_000)
    """Ceiling on what it spends on these missiles; no ceiling if not said."""

    @field_validator("doctrine")
    @classmethod
    def _covers_all_regions(
        cls, value: dict[str, dict[str, float]], info: ValidationInfo
    ) -> dict[str, dict[str, float]]:
        missing = [r for r in (info.context or {}).get("regions", ()) if r not in value]
        if missing:
            raise PydanticCustomError(
                "missing_region",
                "no doctrine for {missing}; give one name, or one for each region",
                {"missing": names(missing), "regions": missing},
            )
        return value


class Treaty(Part):
    """The treaty that bans ground-launched missiles of 500 to 5,500 km."""

    notice_months: int = quantity(0, "months", low=0, high=120)
    """From notice of withdrawal until it lapses."""


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
    regions: RegionNames | None = None
    """Where it can be stationed; everywhere if not said."""
    reserve: int = quantity(0, "batteries", low=0, high=1000)
    """Batteries at home, outside all regions, at the start."""
    deployed: dict[RegionName, Annotated[int, quantity(..., "batteries", low=0, high=1000)]] = {}
    """Batteries that stand in regions at the start."""
    disputed: YesNo = False
    """Whether the parties contest that those batteries are what the treaty banned."""

    @field_validator("deployed")
    @classmethod
    def _stands_where_it_can(cls, value: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        for region in value:
            check_station(region, info.data.get("regions"))
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


class Watching(Part):
    """The monthly look by satellite and other national technical means."""

    battery_seen: float = chance(0.0)
    """That a battery hidden away from declared sites is seen."""
    hidden_at_site_seen: float = chance(0.0)
    """That a battery hidden at a declared site is seen."""
    false_alarm: float = chance(0.0)
    """That a region in which nothing is undeclared raises an alarm."""


class Believing(Part):
    """How a party turns findings into belief that the other hides missiles in a region."""

    rule: Literal["last_finding", "bayes"] = "last_finding"
    """Belief is the last look alone, or is filtered by Bayes' rule."""
    prior: float = quantity(0.0, "probability", low=0, high=1)
    """Belief at the start."""
    turns_covert: float = chance(0.0)
    """That a compliant party is thought to turn covert."""
    turns_back: float = chance(0.0)
    """That a violating party is thought to turn back."""
    relocates: float = chance(0.0)
    """That a violating party is thought to move what it hides."""
    at_site: float = quantity(0.0, "share", low=0, high=1)
    """The share of violations thought to take place at sites under inspection, where there are such."""
    reference_batteries: int = quantity(1, "batteries", low=1, high=1000)
    """How many hidden batteries a violation is taken to be, when findings are weighed."""
    reference_missiles: float = quantity(1.0, "missiles", low=0, high=100_000)
    """How many missiles such a violation is taken to hold."""
    worst_case_factor: float = quantity(1.0, "assumed / credible missiles", low=1, high=100)
    """By how much a careful planner overstates what is contested or only believed."""
    overstatement_halved_by: float = quantity(0.0, "visits a year", low=0, high=10_000)
    """How many visits a year halve that overstatement; 0 says that access changes nothing."""


class Escalation(Part):
    """How the ladder is read."""

    arms_race_months: int = quantity(12, "months", low=1, high=240)
    """How long an addition, made after both had missiles, counts as an arms race."""
    violation_believed_above: float = quantity(1.0, "probability", low=0, high=1)
    """A violation believed more firmly puts a region in dispute, and counts as detected; 1 is never."""
    production_lead_months: int = quantity(12, "months", low=1, high=240)
    """How soon a breach must be detected to be answered by production in time."""


class Scenario(Part):
    """One scenario: a question, two parties, their missiles, what they agreed on and what happens."""

    title: str
    """What is assumed, in a few words."""
    question: str = ""
    """What the scenario asks."""
    start: Month
    """The first month."""
    months: int = quantity(..., "months", low=1, high=1200)
    """How many months are simulated."""
    ensemble: Ensemble = Ensemble()
    """How many worlds, and their luck."""
    regions: dict[Name, Region] = Field(min_length=1, max_length=MOST_REGIONS)
    """Where missiles may stand."""
    parties: Annotated[dict[Name, Party], BeforeValidator(_no_third)] = Field(min_length=2, max_length=2)
    """The two parties."""
    treaty: Treaty = Treaty()
    """The treaty between them."""
    doctrines: dict[Name, AnyDoctrine] = {}
    """The parameters of the doctrines; a name of one's own needs a ``kind``."""
    programmes: dict[Name, Programme] = Field(default={}, max_length=50)
    """Their missile systems."""
    sites: dict[Name, Site] = Field(default={}, max_length=100)
    """Declared sites."""
    watching: Watching = Watching()
    """What satellites see."""
    inspecting: Inspecting = Inspecting()
    """What inspectors see."""
    believing: Believing = Believing()
    """What parties make of it."""
    agreements: Agreements = Agreements()
    """What they agreed on."""
    escalation: Escalation = Escalation()
    """How the ladder is read."""
    events: dict[Name, Event] = Field(default={}, max_length=1000)
    """What happens, and when."""
    sources: dict[Name, str] = {}
    """Where numbers come from: publisher, title, date. A number names one as its ``source``."""
