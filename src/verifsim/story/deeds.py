"""What is done: decisions to deploy, missiles that come and go, exercises, hosts, and first tests."""

from __future__ import annotations

from verifsim.codes import Consent
from verifsim.doctrines import Reason
from verifsim.story.findings import Told
from verifsim.story.recorded import Recorded, happenings

_BECAUSE = {
    Reason.OWN_PLAN: "by a plan of its own",
    Reason.ANNOUNCED_DEPLOYMENT: "in answer to open deployments by {other}",
    Reason.BELIEF: "for it believes that {other} hides missiles there; in truth, {other} does",
    Reason.FALSE_ALARM: "for it believes that {other} hides missiles; in truth, nothing is hidden",
    Reason.BELIEF_ANYWHERE: "for it believes that {other} hides missiles somewhere; in truth, {other} does",
    Reason.ASSUMED_NUMBER: "for the number of missiles that it assumes {other} to have there",
    Reason.CHINA: "in answer to {china}'s launchers",
    Reason.DISPUTED_SYSTEM: "in answer to disputed missiles of {other}",
    Reason.LATENT_CELLS: "in answer to MK-41 cells of {other}",
    Reason.EXPECTED_UTILITY: "for it expects more of it than of holding back",
    Reason.SLIP: "by a slip: in truth, it had decided to hold back",
}
"""Why a party decides to deploy; what an event does is no decision of its."""


def decisions(run: Recorded) -> Told:
    """Decisions of a party to deploy in a region, and why."""
    for month, (party, region), why in happenings(run.of("moved_because")):
        if why == Reason.EVENT:
            continue
        because = _BECAUSE[Reason(why)].format(other=run.parties[1 - party], china=run.china)
        yield month, f"{run.parties[party]} decides to deploy in {run.regions[region]}, {because}"


def announced(run: Recorded) -> Told:
    """Missiles that come to stand openly in a region, or leave it, on balance of the month."""
    for turn in run.turns("deployed_announced", run.missiles_at_start(disputed=False)):
        party, region = turn.place
        moved = int(turn.now) - int(turn.before)
        whose, where = run.parties[party], run.regions[region]
        what = f"{_missiles(abs(moved))} of {whose}"
        if moved > 0:
            verb = "arrives" if moved == 1 else "arrive"
            yield turn.month, f"{what} openly {verb} in {where}; {turn.now:,} there now"
        else:
            yield turn.month, f"{what} {_leave(-moved)} {where}; {turn.now or 'none'} there openly now"


def hidden(run: Recorded) -> Told:
    """Missiles that in truth come to be hidden in a region, or are so no more; nobody is told."""
    for turn in run.turns("deployed_undeclared", 0):
        party, region = turn.place
        moved = int(turn.now) - int(turn.before)
        whose, where = run.parties[party], run.regions[region]
        n = _missiles(abs(moved))
        said = f"hides {n}, unannounced," if moved > 0 else f"takes {n} out of hiding"
        yield turn.month, f"in truth, {whose} {said} in {where}; {turn.now or 'none'} hidden there now"


def disputed(run: Recorded) -> Told:
    """Disputed missiles that leave a region, or come back."""
    for turn in run.turns("deployed_disputed", run.missiles_at_start(disputed=True)):
        party, region = turn.place
        moved = int(turn.now) - int(turn.before)
        verb = _leave(-moved) if moved < 0 else "comes to" if moved == 1 else "come to"
        what = f"{_missiles(abs(moved), 'disputed ')} of {run.parties[party]}"
        yield turn.month, f"{what} {verb} {run.regions[region]}; {turn.now or 'none'} there now"


def exercises(run: Recorded) -> Told:
    """Months in which missiles come to be in a region for an exercise, or are there for one no more."""
    for turn in run.turns("exercise", False):
        party, region = turn.place
        whose, where = run.parties[party], run.regions[region]
        what = "begins" if turn.now else "is over"
        yield turn.month, f"an exercise of {whose} with missiles in {where} {what}"


_HOSTS = {
    Consent.ASKED: "{whose} asks its hosts in {where} for consent to station missiles",
    Consent.GIVEN: "the hosts of {whose} in {where} consent to missiles",
    Consent.BLOCKED: "the plan of {whose} to station missiles in {where} is cancelled at its hosts'",
}

_HOSTS_AGAIN = {
    Consent.ASKED: "{whose} no longer asks its hosts in {where}",
    Consent.BLOCKED: "{whose} can ask its hosts in {where} anew",
}
"""What it means that hosts are not asked, by where the party stood with them before."""


def hosts(run: Recorded) -> Told:
    """Where a party comes to stand with its hosts."""
    for turn in run.turns("host_consent", run.consent_at_start):
        party, region = turn.place
        said = _HOSTS_AGAIN[turn.before] if turn.now == Consent.NOT_ASKED else _HOSTS[turn.now]
        yield turn.month, said.format(whose=run.parties[party], where=run.regions[region])


def first_tests(run: Recorded) -> Told:
    """A party's first flight test of such a missile, or its first production."""
    for turn in run.turns("tested_or_produces", run.tested_at_start):
        (party,) = turn.place
        yield turn.month, f"{run.parties[party]} has now flight-tested or produced such a missile"


def orders_of_production(run: Recorded) -> Told:
    """Months in which a party orders production, or ends it."""
    for turn in run.turns("produces", False):
        (party,) = turn.place
        what = "orders production of such missiles" if turn.now else "stops production"
        yield turn.month, f"{run.parties[party]} {what}"


def _missiles(n: int, kind: str = "") -> str:
    return f"one {kind}missile" if n == 1 else f"{n:,} {kind}missiles"


def _leave(n: int) -> str:
    return "leaves" if n == 1 else "leave"
