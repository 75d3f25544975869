"""The scenario language: every key of a file, with its meaning, unit and bounds.

Defaults are neutral: off, at once, none. The numbers that scenarios run on stand in ``baseline.yaml``.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializeAsAny,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticKnownError

from verifsim.doctrines import CATALOGUE, Doctrine
from verifsim.parameter import Name, Part, PartyNames, RegionName, SourceName, YesNo, chance, quantity
from verifsim.scenario.events import Event
from verifsim.scenario.forces import Programme, Site
from verifsim.scenario.months import Month
from verifsim.scenario.parties import MOST_REGIONS, Party
from verifsim.scenario.terms import Inspecting, Moratorium, Talks


def _of_its_kind(value: Any, ships: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Validate a doctrine by the class of its kind: one that ships, or another that is known."""
    kind = value.get("kind") if isinstance(value, dict) else None
    known = (info.context or {}).get("known_doctrines", CATALOGUE)
    if not isinstance(kind, str) or kind in CATALOGUE or kind not in known:
        return ships(value)
    return known[kind].model_validate(value, context=info.context, by_name=False, by_alias=True)


if TYPE_CHECKING:
    AnyDoctrine = Doctrine
else:
    AnyDoctrine = Annotated[
        SerializeAsAny[Annotated[reduce(or_, CATALOGUE.values()), Field(discriminator="kind")]],
        WrapValidator(_of_its_kind),
    ]


OutcomeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]

MOST_RUNS = 10_000_000


class Ensemble(Part):
    """How many worlds are simulated, and under which luck."""

    runs: int = quantity(1000, "runs", low=1, high=MOST_RUNS)
    """How many independent worlds."""
    seed: int = quantity(0, "", low=0, high=2**64 - 1)
    """The luck: the same seed gives the same worlds, run by run, whatever the scenario."""
    vary: YesNo = False
    """Whether each world draws its own numbers from their ranges; else all have the stated values."""


class Region(Part):
    """A region in which missiles may stand, a pledge be given, and a mirror answer."""

    title: str
    """Its name in texts and pictures."""


def _no_third(parties: Any) -> Any:
    """Refuse a third party before any of them is looked at: most likely its name is misspelt."""
    if isinstance(parties, dict) and len(parties) > 2:
        raise PydanticKnownError(
            "too_long", {"field_type": "Dictionary", "max_length": 2, "actual_length": len(parties)}
        )
    return parties


class Treaty(Part):
    """The treaty that bans ground-launched missiles of 500 to 5,500 km."""

    notice_months: int = quantity(0, "months", low=0, high=120)
    """From notice of withdrawal until it lapses."""


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
    """The share of violations thought to take place at declared sites, where the other has one to hide at."""
    reference_batteries: int = quantity(1, "batteries", low=1, high=1000)
    """How many hidden batteries a violation is taken to be, when findings are weighed."""
    reference_missiles: float = quantity(1.0, "missiles", low=0, high=100_000)
    """How many missiles such a violation is taken to hold."""
    worst_case_factor: float = quantity(1.0, "assumed / credible missiles", low=1, high=100)
    """By how much a careful planner overstates what is contested or only believed."""
    overstatement_halved_by: float = quantity(0.0, "visits a year", low=0, high=10_000)
    """How many visits a year halve that overstatement; 0 says that access changes nothing."""


class Trust(Part):
    """How trust moves, month by month, and how far it sways what a party does."""

    weight: float = quantity(0.0, "log-odds", low=0, high=100)
    """How far a gain in trust by one half sways a chance: up for accepting, down for refusing visits and losing patience; a loss, the other way; 0 is not at all."""  # noqa: E501
    kept_month: float = quantity(0.0, "share of the distance to full trust", low=0, high=1)
    """What a month restores in which a moratorium binds both, or the treaty and neither has suspended it."""
    clean_visit: float = quantity(0.0, "share of the distance to full trust", low=0, high=1)
    """What a month with visits that find nothing restores."""
    finding: float = quantity(0.0, "share of trust", low=0, high=1)
    """What an alarming visit costs."""
    refusal: float = quantity(0.0, "share of trust", low=0, high=1)
    """What a refused visit costs."""
    deployment: float = quantity(0.0, "share of trust", low=0, high=1)
    """What a month costs in which the other has openly added missiles."""


class China(Part):
    """China, which watches and arms on its own account."""

    title: str = "China"
    """Its name in texts and pictures."""
    region: RegionName
    """Where it is."""
    launchers: float = quantity(0.0, "launchers", low=0, high=100_000)
    """Its launchers of such missiles at the start."""
    a_year: float = quantity(0.0, "launchers a year", low=0, high=100_000)
    """By how many they grow, whatever the others do."""
    concerned_by: PartyNames = []
    """The parties whose open deployments in its region concern it."""
    half_concerned_at: float = quantity(1.0, "missiles", above=0, high=1_000_000)
    """How many of their missiles there raise its concern to one half."""
    reaction: float = chance(0.0, "month of full concern")
    """That it adds launchers in answer."""
    reaction_launchers: int = quantity(1, "launchers", low=1, high=10_000)
    """How many it then adds."""
    joins: float = chance(0.0, "offer")
    """That it joins talks to which it is asked."""
    urges: float = quantity(0.0, "log-odds", low=0, high=100)
    """How far its urging of dialogue sways an acceptance; 0 is not at all."""


class Hazard(Part):
    """How likely a crisis begins, by the rung of the world."""

    verified_restraint: float = chance(0.0)
    """At rung 0."""
    restraint: float = chance(0.0)
    """At rung 1."""
    dispute: float = chance(0.0)
    """At rung 2."""
    development_race: float = chance(0.0)
    """At rung 3."""
    first_deployment: float = chance(0.0)
    """At rung 4."""
    mirrored_deployment: float = chance(0.0)
    """At rung 5."""
    arms_race: float = chance(0.0)
    """At rung 6."""


class Crises(Part):
    """Crises: how they begin, end, or get out of control."""

    hazard: Hazard = Hazard()
    """That one begins."""
    misperceived: float = quantity(0.0, "times the hazard", low=0, high=1000)
    """What is added to the hazard while a party misreads the rung of the world, where deployments count."""
    missiles: float = quantity(0.0, "times the hazard for 100 missiles", low=0, high=1000)
    """What is added to the hazard by the missiles that stand in regions."""
    ends: float = chance(1.0)
    """That a crisis ends."""
    uncontrolled_after: int = quantity(0, "months", low=0, high=1200)
    """After how many months a crisis is beyond control and the world is frozen; 0 is never."""


class Escalation(Part):
    """How the ladder is read."""

    arms_race_months: int = quantity(12, "months", low=1, high=240)
    """How long an addition, made after both had missiles, counts as an arms race."""
    violation_believed_above: float = quantity(1.0, "probability", low=0, high=1)
    """A violation believed more firmly puts a region in dispute, and counts as detected; 1 is never."""
    production_lead_months: int = quantity(12, "months", low=1, high=240)
    """How soon a breach must be detected to be answered by production in time."""


class Observation(Part):
    """A rung as it truly was, read off dated events by the ladder's rules; pictures draw it, and no more."""

    since: Month
    """From when; it holds until the next one of the same region, or of the world."""
    region: RegionName | None = None
    """Where; the world if not said."""
    rung: Literal[
        "verified_restraint",
        "restraint",
        "dispute",
        "development_race",
        "first_deployment",
        "mirrored_deployment",
        "arms_race",
        "unknown",
    ]
    """Which."""
    source: SourceName | None = None
    """Who reported it: a key of ``sources``, or the word ``assumption``."""


class Scenario(Part):
    """One scenario: a question, two parties, their missiles, what they agreed on and what happens."""

    title: str
    """What is assumed, in a few words."""
    question: str = ""
    """What the scenario asks."""
    answered_by: list[OutcomeName] = Field(default=[], max_length=20)
    """The outcomes that answer it, spoken of first: `months_without_deployment.europe`, or without the region
    for all."""
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
    agreements: dict[Name, Moratorium] = Field(default={}, max_length=10)
    """What they agreed on, or may agree on through talks."""
    talks: Talks = Talks()
    """How talks go."""
    trust: Trust = Trust()
    """How trust moves, and what it sways."""
    china: China | None = None
    """The observer; none if not said."""
    crises: Crises = Crises()
    """How crises begin and end."""
    escalation: Escalation = Escalation()
    """How the ladder is read."""
    events: dict[Name, Event] = Field(default={}, max_length=1000)
    """What happens, and when."""
    observed: dict[Name, Observation] = Field(default={}, max_length=1000)
    """What was seen of the ladder, to be drawn over what is simulated; nothing in the model looks at it."""
    sources: dict[Name, str] = {}
    """Where numbers come from: publisher, title, date. A number names one as its ``source``."""
