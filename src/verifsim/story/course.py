"""How the world goes: what the file says beforehand and dates, crises, rungs, and the end."""

from __future__ import annotations

import math

from pydantic import TypeAdapter

from verifsim.ladder import RUNGS
from verifsim.scenario.events import Event
from verifsim.scenario.months import month_number
from verifsim.scenario.told import told
from verifsim.story.findings import Told
from verifsim.story.recorded import Recorded

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def types(run: Recorded) -> Told:
    """The doctrine a party of uncertain type truly follows."""
    for party, data in enumerate(run.party_data):
        shares = data["doctrine"].values()
        names = list(dict.fromkeys(name for of_region in shares for name in of_region))
        followed = run.of("doctrine_followed")[party]
        for region, of_region in enumerate(shares):
            if len(of_region) > 1:
                whose, doctrine = run.parties[party], names[followed[region]]
                yield 0, f"in truth, {whose} follows the doctrine '{doctrine}' in {run.regions[region]}"


def ranges(run: Recorded) -> Told:
    """How far disputed missiles truly fly."""
    titles, owners = run.of("programme_title"), run.of("programme_owner")
    for title, owner, km in zip(titles, owners, run.of("true_range"), strict=True):
        if not math.isnan(km):
            yield 0, f"in truth, the disputed {title} of {run.titles.parties[str(owner)]} flies {km:,.0f} km"


def standing(run: Recorded) -> Told:
    """Missiles that stand in regions before anything happens."""
    for word, disputed in (("", False), ("disputed ", True)):
        there = run.missiles_at_start(disputed=disputed)
        for party, whose in enumerate(run.parties):
            for region, where in enumerate(run.regions):
                if n := there[party, region]:
                    yield 0, f"at the start, {n:,} {word}missiles of {whose} stand in {where}"


def events(run: Recorded) -> Told:
    """What the file dates, in the order of the file within a month."""
    start = month_number(run.scenario["start"])
    for data in run.scenario.get("events", {}).values():
        month = month_number(data["month"]) - start
        if month < run.n_months:
            secretly = data["does"] == "deploy" and not data.get("announced", True)
            said = told(_EVENT.validate_python(data), run.titles)
            yield month, f"event{', in truth' if secretly else ''}: {said}"


def crises(run: Recorded) -> Told:
    """Crises that begin, end or get out of control."""
    for turn in run.turns("crisis", False):
        yield turn.month, "a crisis begins" if turn.now else "the crisis ends"
    if run.is_frozen:
        said = "the crisis gets out of control: the world is frozen, and nothing later is simulated"
        yield run.n_months - 1, said


def rungs(run: Recorded) -> Told:
    """Where regions and the world begin on the ladder, and how they climb and come down."""
    for region, rung in enumerate(run.of("rung")[0]):
        yield 0, f"{run.regions[region]} begins at '{RUNGS[rung]}'"
    yield 0, f"the world begins at '{RUNGS[run.of('world_rung')[0]]}'"
    for name, whose in (("rung", run.regions), ("world_rung", ["the world"])):
        for turn in run.turns(name):
            way = "climbs" if turn.now > turn.before else "comes down"
            who = whose[turn.place[0] if turn.place else 0]
            yield turn.month, f"{who} {way} from '{RUNGS[turn.before]}' to '{RUNGS[turn.now]}'"


def end(run: Recorded) -> Told:
    """Where the world stands when the horizon is reached."""
    if not run.is_frozen:
        rung = RUNGS[run.of("world_rung")[-1]]
        yield run.n_months - 1, f"the horizon is reached, with the world at '{rung}'"
