"""Talks: offers, each answered once, and what has to happen before one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import NEVER, Count, Mask, Real
from verifsim.chance import swayed, whole_months
from verifsim.codes import Stance, Talk
from verifsim.doctrines import Decision
from verifsim.scenario.parties import Accepts

if TYPE_CHECKING:
    from verifsim.model.agreements import Moratorium
    from verifsim.model.party import Party
    from verifsim.model.world import World

NOTHING = -1
"""On the table where there is no offer."""


def acceptance(moratorium: Moratorium, accepts: Accepts) -> float:
    """How likely a party accepts an agreement, by who chooses what may be visited."""
    visits = moratorium.terms.inspections
    if visits is None or not moratorium.is_verified:
        return accepts.unverified
    return accepts.inspector_chooses if visits.sites_chosen_by == "inspector" else accepts.host_chooses


class Talks:
    """What each party has before it, in every run: at most one offer at a time."""

    def __init__(self, world: World) -> None:
        self.world, self.terms = world, world.inputs.talks
        both = (2, world.n_runs)
        self.on_table: Count = np.full(both, NOTHING, dtype=np.int8)
        """The number of the agreement offered to a party, or `NOTHING`, (party, run)."""
        self._since: Count = np.zeros(both, dtype=np.int16)
        self.state: Count = np.zeros(both, dtype=np.int8)
        """What became of an offer to a party this month, as a `Talk`, (party, run)."""
        self._last_offer: Count = np.full(both, -NEVER, dtype=np.int32)
        self._last_shock: Count = np.full(world.n_runs, -NEVER, dtype=np.int32)
        starts = [[party.talks.starts] for party in world.inputs.parties.values()]
        self.starts: Mask = np.zeros(both, dtype=np.bool_) | np.array(starts)
        """The party makes offers of its own accord, (party, run)."""
        self._kept: dict[str, Mask] = {}
        self.china_declined: Mask = np.zeros(world.n_runs, dtype=np.bool_)
        """China was asked to join this month and declined, (run,)."""

    def begin_month(self) -> None:
        """Clear away what has lapsed, and what has been agreed meanwhile."""
        for number, moratorium in enumerate(self.world.agreements.moratoria):
            self.on_table[(self.on_table == number) & ~moratorium.may_be_offered] = NOTHING
        lapses = (self.on_table != NOTHING) & (self.world.month - self._since >= self.terms.lapse_months)
        self.on_table[lapses] = NOTHING
        self.state = np.where(self.on_table != NOTHING, np.int8(Talk.ON_THE_TABLE), np.int8(0))
        self.state[lapses] = Talk.LAPSED
        self.china_declined = np.zeros_like(self.china_declined)

    @property
    def shock_is_recent(self) -> Mask:
        """There has been a shock lately, (run,)."""
        return self.world.month - self._last_shock < self.terms.shock_months

    def shock(self, where: Mask, *, known: int) -> None:
        """Note a shock, (run,), and the month in which it is known."""
        self._last_shock[where] = known

    def note_shocks(self, announced: Count) -> None:
        """Note the month's shocks, known from the next: an end to a word, to a free region, to peace.

        ``announced``: missiles, (party, region, run). The first call only sees how things stand.
        """
        world = self.world
        kept = {
            "treaty": world.treaty.stance == Stance.IN_FORCE,
            "agreements": world.agreements.in_force,
            "pledges": world.of_each("pledged"),
            "free regions": announced == 0,
            "peace": ~world.crises.now,
        }
        for name, before in self._kept.items():
            ended = (before & ~kept[name]).reshape(-1, world.n_runs)
            self.shock(np.any(ended, axis=0), known=world.month + 1)
        self._kept = kept

    def offer(self, party: int, agreement: int, where: Mask, *, seen: int) -> None:
        """A party puts an agreement on the other's table, in place of what lay there, unless it is agreed.

        ``seen``: the month in which it can first be answered.
        """
        made = where & self.world.agreements.moratoria[agreement].may_be_offered
        to = 1 - party
        self.on_table[to][made], self._since[to][made] = agreement, seen
        self.state[to][made & (self.state[to] == Talk.NOTHING_OFFERED)] = Talk.ON_THE_TABLE
        self._last_offer[party][made] = self.world.month

    def settle(self, party: int, where: Mask, *, accepted: bool) -> None:
        """A party accepts or rejects what is on its table, in some runs."""
        world, where = self.world, where & (self.on_table[party] != NOTHING)
        if not where.any():
            return
        if accepted:
            u = world.chance.uniform("negotiation", world.month)
            due = world.month + whole_months(self.terms.negotiation_months, u)
            for number, moratorium in enumerate(world.agreements.moratoria):
                this = where & (self.on_table[party] == number)
                moratorium.agree(this & moratorium.may_be_offered, due)
        self.state[party][where] = Talk.ACCEPTED if accepted else Talk.REJECTED
        self.on_table[party][where] = NOTHING

    def offered(self, party: int) -> tuple[Mask, Mask]:
        """What is on a party's table: the regions it covers, (region, run), and whether it is verified."""
        covered = np.zeros((len(self.world.regions), self.world.n_runs), dtype=np.bool_)
        verified = np.zeros(self.world.n_runs, dtype=np.bool_)
        if (self.on_table[party] != NOTHING).any():
            for number, moratorium in enumerate(self.world.agreements.moratoria):
                here = self.on_table[party] == number
                covered |= here & moratorium.covers
                verified |= here & moratorium.is_verified
        return covered, verified

    def answer(self, party: Party, decision: Decision) -> None:
        """A party answers what was on its table when it decided; each offer once."""
        world, number = self.world, party.number
        waiting = self.on_table[number] != NOTHING
        if not waiting.any():
            return
        u = world.chance.each(f"talks.{party.name}", ("answers", "accepts"), world.month)
        answers = waiting & (u[0] < party.terms.talks.answers)
        accepts = answers & (u[1] < self._chance_of_acceptance(party, decision))
        asks_china = np.isin(self.on_table[number], self._with_china)
        if (accepts & asks_china).any():
            self.china_declined |= accepts & asks_china & ~world.china.joins()
            accepts &= ~(asks_china & self.china_declined)
        self.settle(number, answers & ~accepts, accepted=False)
        self.settle(number, accepts, accepted=True)

    @property
    def _with_china(self) -> list[int]:
        return [n for n, m in enumerate(self.world.agreements.moratoria) if m.terms.with_china]

    def _chance_of_acceptance(self, party: Party, decision: Decision) -> Real:
        """How likely the party accepts what is on its table, (run,)."""
        result = np.zeros(self.world.n_runs)
        for number, moratorium in enumerate(self.world.agreements.moratoria):
            here = self.on_table[party.number] == number
            result = np.where(here, self._chance_of(moratorium, party, decision), result)
        return swayed(result, party.trust_sways + self.world.china.urges)

    def _chance_of(self, moratorium: Moratorium, party: Party, decision: Decision) -> Real:
        willing = (decision.accept | ~moratorium.covers).all(axis=0)
        suspicion = (party.believed * moratorium.covers).max(axis=0)
        talks = party.terms.talks
        eased = 1.0 - talks.belief_counts * suspicion
        return np.where(willing, acceptance(moratorium, talks.accepts) * eased, 0.0)

    def start(self, party: Party) -> None:
        """A party that starts talks makes an offer of its own accord, after a shock and with gaps."""
        talks, number, world = party.terms.talks, party.number, self.world
        if talks.offers is None or not self.starts[number].any():
            return
        free = self.on_table[1 - number] == NOTHING
        rested = world.month - self._last_offer[number] >= self.terms.gap_months
        u = world.chance.uniform(f"talks.{party.name}.offers", world.month)
        moved = self.starts[number] & self.shock_is_recent & free & rested & (u < talks.after_shock)
        self.offer(number, world.agreements.names.index(talks.offers), moved, seen=world.month + 1)
