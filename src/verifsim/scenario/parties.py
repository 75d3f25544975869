"""The two parties: what they follow, spend, trust and say."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from verifsim.errors import names
from verifsim.parameter import (
    AgreementName,
    DoctrineName,
    Part,
    RegionName,
    RegionNames,
    YesNo,
    chance,
    known_doctrine,
    quantity,
)
from verifsim.scenario.checks import check_offers
from verifsim.scenario.months import Month

MOST_REGIONS = 20


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


class HostConsent(Part):
    """What it takes to station missiles openly in a region where others are the hosts."""

    months: float = quantity(0.0, "months", low=0, high=240)
    """From asking until the hosts consent; a fraction is rounded up by chance."""
    cancelled: float = chance(0.0, "request")
    """That the plan is cancelled when consent falls due."""
    blocked_months: int = quantity(0, "months", low=0, high=1200)
    """How long nothing can be asked for after that."""


class Exercises(Part):
    """Deployments that are announced as temporary; they need no host's lasting consent."""

    months: int = quantity(1, "months", low=1, high=240)
    """How long one lasts."""
    becomes_lasting: float = chance(0.0, "exercise")
    """That its batteries stay when it ends."""
    gap_months: int = quantity(0, "months", low=0, high=1200)
    """How long after one the party's doctrine cannot order another in that region."""


class Accepts(Part):
    """How likely a party accepts an offer, once, by who chooses what may be visited."""

    unverified: float = chance(0.0, "offer")
    """Of a moratorium without inspections, or without visits."""
    host_chooses: float = chance(0.0, "offer")
    """Of inspections at sites that the hosts chose."""
    inspector_chooses: float = chance(0.0, "offer")
    """Of inspections at bases that the inspectors choose."""


class PartyTalks(Part):
    """How a party offers and answers; a party that starts no talks still answers."""

    starts: YesNo = False
    """Whether it makes offers of its own accord."""
    offers: AgreementName | None = Field(default=None, validate_default=True)
    """The agreement it then offers."""
    after_shock: float = chance(0.0)
    """That it makes an offer, while a shock is recent and its last offer is not."""
    answers: float = chance(1.0)
    """That it answers an offer on the table: at once, or one over it months later on average."""
    accepts: Accepts = Accepts()
    """How likely it accepts."""
    belief_counts: float = quantity(0.0, "share", low=0, high=1)
    """How far belief that the other hides missiles lowers that chance; 1 is in proportion."""

    @field_validator("offers")
    @classmethod
    def _has_an_offer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            check_offers(info.data.get("starts"), info.context or {})
        return value


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
    slips: float = chance(0.0)
    """That it does in a region the reverse of what it decided: a battery for none, none for some."""
    new_missile_budget: float | None = quantity(None, "US$ m a year", low=0, high=1_000_000_000)
    """Ceiling on what it spends on these missiles; no ceiling if not said."""
    trust: float = quantity(0.5, "trust", low=0, high=1)
    """Its trust in the other at the start, at which all chances are as stated."""
    reads_cells_as_missiles: float = quantity(0.0, "share", low=0, high=1)
    """The share of the other's MK-41 cells that it takes for launchers of missiles."""
    warning_needed: float = quantity(1.0, "months", above=0, high=1200)
    """How long its answer would take, were they turned: the slower they turn beside this, the fewer count."""
    talks: PartyTalks = PartyTalks()
    """How it offers and answers."""
    host_consent: dict[RegionName, HostConsent] = {}
    """Where it needs the consent of hosts; at once and for sure, if not said."""
    exercises: Exercises = Exercises()
    """How its exercises go."""

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
