"""What is said and agreed: talks, agreements, inspections, pledges, the treaty, and what China says."""

from __future__ import annotations

import numpy as np

from verifsim.codes import Ended, Position, Stance, Talk
from verifsim.scenario.months import month_number
from verifsim.scenario.told import agreement, listed
from verifsim.story.findings import Told
from verifsim.story.recorded import Recorded, Turn

_ANSWERED = {
    Talk.ACCEPTED: "{whose} accepts {offer}",
    Talk.REJECTED: "{whose} rejects {offer}",
    Talk.LAPSED: "{offer} lapses without an answer",
}


def talks(run: Recorded) -> Told:
    """Offers that come on a party's table, and what becomes of them."""
    states = run.of("talks")
    for month, party in np.ndindex(states.shape):
        now, before = (
            Talk(int(states[month, party])),
            states[month - 1, party] if month else Talk.NOTHING_OFFERED,
        )
        whose, offer = run.parties[party], f"{run.parties[1 - party]}'s offer{_offered(run, 1 - party)}"
        if now in _ANSWERED:
            yield month, _ANSWERED[now].format(whose=whose, offer=offer)
        elif now == Talk.ON_THE_TABLE and before != Talk.ON_THE_TABLE:
            yield month, f"{offer} is on {whose}'s table"
        elif now == Talk.NOTHING_OFFERED and before == Talk.ON_THE_TABLE:
            yield month, f"{offer} is off the table, for it has been agreed meanwhile"


def _offered(run: Recorded, party: int) -> str:
    """What a party offers, where it can be but one agreement."""
    name, data = list(run.scenario["parties"])[party], run.party_data[party]
    events = run.scenario.get("events", {}).values()
    dated = {e["agreement"] for e in events if e["does"] == "offer" and e["party"] == name}
    known = dated | {data.get("talks", {}).get("offers")} - {None}
    return f" of {agreement(known.pop())}" if len(known) == 1 else ""


def entries(run: Recorded) -> Told:
    """Agreements that enter into force."""
    for turn in run.turns("agreement_in_force", False):
        if turn.now:
            yield turn.month, _begins(run, turn)


def ends(run: Recorded) -> Told:
    """Agreements that end, or come to nothing before they stood for a month."""
    for turn in run.turns("agreement_in_force", False):
        if not turn.now:
            yield turn.month, _ends(run, turn)
    for number, why in enumerate(run.of("moratorium_ended")):
        never_stood = not run.of("agreement_in_force")[:, number].any()
        if why == Ended.OVERTAKEN_BY_DEPLOYMENT or (why != Ended.NOT_ENDED and never_stood):
            yield _came_to_nothing(run, number, Ended(why))


def _begins(run: Recorded, turn: Turn) -> str:
    (number,) = turn.place
    data = run.agreement_data[number]
    who = listed([run.titles.parties[party] for party in data["binds"]])
    where = listed([run.titles.regions[region] for region in data["regions"]])
    visits = ", with inspections" if run.of("inspections_in_force")[turn.month, number] else ""
    return f"{agreement(run.agreements[number])} enters into force{visits}: it binds {who} in {where}"


def _ends(run: Recorded, turn: Turn) -> str:
    (number,) = turn.place
    name = agreement(run.agreements[number])
    if turn.month != _last_end(run, number) or not _explains_last_end(run, number):
        return f"{name} is no longer in force"  # why is recorded of the last time alone
    return f"{name} ends: {_WHY[Ended(run.of('moratorium_ended')[number])](run, number, turn.month)}"


def _last_end(run: Recorded, number: int) -> int | None:
    """The last month in which an agreement was no longer in force; none if it never stood, or stands."""
    in_force = run.of("agreement_in_force")[:, number]
    stood = np.flatnonzero(in_force)
    return int(stood[-1]) + 1 if stood.size and not in_force[-1] else None


def _explains_last_end(run: Recorded, number: int) -> bool:
    """Whether what is recorded as its end is surely that of when it last stood, and not of a later start."""
    last = _last_end(run, number)
    if last is None or run.of("moratorium_ended")[number] == Ended.OVERTAKEN_BY_DEPLOYMENT:
        return False
    return not (run.of("talks")[last:] == Talk.ACCEPTED).any()


def _came_to_nothing(run: Recorded, number: int, why: Ended) -> tuple[int, str]:
    """An agreement that ended in the very month in which it was due; which that was, only a date tells."""
    said = f"{agreement(run.agreements[number])} was due, and ended at once: {_AT_ONCE[why]}"
    date, last = run.agreement_data[number].get("from"), _last_end(run, number)
    if date is not None and last is None:
        due = month_number(date) - month_number(run.scenario["start"])
        if due < run.n_months and not (run.of("talks")[: due + 1] == Talk.ACCEPTED).any():
            return due, said
    return run.n_months - 1, f"by now, {said}"


def _openly_deployed(run: Recorded, number: int, month: int) -> str:
    return "a party that it binds openly deployed there"


def _believed_broken(run: Recorded, number: int, month: int) -> str:
    """Who believed it broken, and whether it was."""
    data, belief = run.agreement_data[number], run.of("belief")[month]
    threshold = data["ends"]["believed_broken_above"]
    covered = [region in data["regions"] for region in run.scenario["regions"]]
    who = [run.parties[p] for p in np.flatnonzero((belief[:, covered] > threshold).any(axis=1))]
    hidden = run.of("hidden_when_looked")[month][:, covered].any()
    truth = "something was hidden where it stood" if hidden else "nothing was hidden where it stood"
    believe = "believes" if len(who) == 1 else "each believe"
    return f"{listed(who)} {believe} that the other hides missiles there; in truth, {truth}"


def _left(run: Recorded, number: int, month: int) -> str:
    return "a notice of leaving it has run out"


_WHY = {
    Ended.OPEN_DEPLOYMENT: _openly_deployed,
    Ended.BELIEVED_BROKEN: _believed_broken,
    Ended.NOTICE_OF_LEAVING: _left,
}
"""Why an agreement that stood ended."""

_AT_ONCE = {
    Ended.OPEN_DEPLOYMENT: "a party that it binds openly deployed there",
    Ended.BELIEVED_BROKEN: "a party believed that the other hides missiles there",
    Ended.NOTICE_OF_LEAVING: "a party had given notice of leaving it",
    Ended.OVERTAKEN_BY_DEPLOYMENT: "a party that it binds openly had missiles there",
}
"""Why an agreement ended before it stood for a month."""


def suspensions(run: Recorded) -> Told:
    """Inspections that are suspended and resumed, while their agreement stands."""
    in_force = run.of("agreement_in_force")
    for turn in run.turns("inspections_suspended", False):
        (number,) = turn.place
        if turn.now or in_force[turn.month, number]:
            way = "suspended" if turn.now else "resumed"
            yield turn.month, f"inspections under {agreement(run.agreements[number])} are {way}"


def pledges(run: Recorded) -> Told:
    """Pledges not to be first that end."""
    for turn in run.turns("pledge_stands", run.pledges_at_start):
        party, region = turn.place
        whose, where = run.parties[party], run.regions[region]
        yield turn.month, f"{whose}'s pledge not to be first to deploy in {where} ends"


def treaty(run: Recorded) -> Told:
    """A party that suspends the treaty, and the treaty's lapse, which is that of both."""
    for turn in run.turns("treaty_stance", run.stances_at_start):
        (party,) = turn.place
        if turn.now == Stance.SUSPENDED:
            yield turn.month, f"{run.parties[party]} suspends the treaty"
        elif turn.now == Stance.WITHDRAWN and party == 0:
            yield turn.month, "the treaty lapses, for both parties"


_SAYS = {
    Position.SILENT: "says no more",
    Position.PROTESTS: "protests against missiles in its region",
    Position.URGES_DIALOGUE: "urges dialogue",
    Position.OPPOSES_WITHDRAWAL: "speaks against leaving the treaty",
    Position.DECLINES_TALKS: "declines to join the talks",
}


def china(run: Recorded) -> Told:
    """What China comes to say."""
    for turn in run.turns("china_position", Position.SILENT):
        yield turn.month, f"{run.china} {_SAYS[Position(turn.now)]}"
