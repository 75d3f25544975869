"""The parties' word: the treaty and its clock, and a moratorium with its ways to end."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import NEVER, Count, Mask
from verifsim.codes import Ended, Stance
from verifsim.scenario.months import month_number
from verifsim.scenario.schema import Scenario
from verifsim.scenario.terms import VisitsAYear


class Treaty:
    """The treaty between the two parties, in every run."""

    def __init__(self, scenario: Scenario, n_runs: int) -> None:
        stances = [[Stance[party.treaty.upper()]] for party in scenario.parties.values()]
        self.stance: Count = np.zeros((len(stances), n_runs), dtype=np.int8) + np.array(
            stances, dtype=np.int8
        )
        """`Stance`, (party, run)."""
        self._notice_months = scenario.treaty.notice_months
        self._lapses: Count = np.full(n_runs, NEVER, dtype=np.int16)
        self._let_lapse((self.stance == Stance.WITHDRAWN).any(axis=0))

    @property
    def binds(self) -> Mask:
        """It has not lapsed, (run,); a suspended treaty still stands until it has."""
        return (self.stance != Stance.WITHDRAWN).all(axis=0)

    @property
    def suspended(self) -> Mask:
        """A party has suspended it and it has not lapsed yet, (run,)."""
        return self.binds & (self.stance == Stance.SUSPENDED).any(axis=0)

    def suspend(self, party: int, where: Mask) -> None:
        """A party suspends it in some runs."""
        self.stance[party][where & (self.stance[party] == Stance.IN_FORCE)] = Stance.SUSPENDED

    def give_notice(self, month: int, where: Mask) -> None:
        """A party gives notice of withdrawal in some runs; the first notice counts."""
        self._lapses = np.where(where, np.minimum(self._lapses, month + self._notice_months), self._lapses)

    def run_out(self, month: int) -> None:
        """Let it lapse, for both, where a notice has run out."""
        self._let_lapse(self._lapses <= month)

    def _let_lapse(self, where: Mask) -> None:
        self.stance[:, where] = Stance.WITHDRAWN


class Moratorium:
    """An agreement not to deploy in some regions, in every run; void where a file has none."""

    def __init__(self, scenario: Scenario, n_runs: int) -> None:
        agreed = scenario.agreements.moratorium
        self._starts = (
            NEVER if agreed is None else month_number(agreed.from_month) - month_number(scenario.start)
        )
        self._notice_months = 0 if agreed is None else agreed.ends.notice_months
        self._broken_above = 1.0 if agreed is None else agreed.ends.believed_broken_above
        self.covers: Mask = np.array([[agreed is not None and r in agreed.regions] for r in scenario.regions])
        """(region, 1)"""
        self.members: Mask = np.array(
            [[[agreed is not None and p in agreed.binds]] for p in scenario.parties]
        )
        """(party, 1, 1)"""
        self.in_force: Mask = np.zeros(n_runs, dtype=np.bool_)
        """(run,)"""
        self.ended: Count = np.zeros(n_runs, dtype=np.int8)
        """`Ended`, (run,)."""
        self._free_from: Count = np.full(n_runs, NEVER, dtype=np.int16)
        self.terms = None if agreed is None else agreed.inspections
        """How it is verified; None for not at all."""
        self._suspended_until: Count = np.zeros(n_runs, dtype=np.int16)

    def inspections_run(self, month: int) -> Mask:
        """There are terms for visits, in force and not suspended, (run,)."""
        if self.terms is None or self.terms.visits_a_year == VisitsAYear():
            return np.zeros_like(self.in_force)
        return self.in_force & ~self.inspections_suspended(month)

    def inspections_suspended(self, month: int) -> Mask:
        """The moratorium stands, and its inspections are suspended, (run,)."""
        return self.in_force & (month < self._suspended_until)

    def suspend_inspections(self, where: Mask, until: int) -> None:
        """Suspend inspections in some runs until a month; until now resumes them."""
        self._suspended_until = np.where(where, np.int16(until), self._suspended_until)

    @property
    def stands(self) -> Mask:
        """It is in force and covers the region, (region, run)."""
        return self.in_force & self.covers

    def binds(self, *parties: int) -> Mask:
        """It binds some parties, all of them, in a region, (region, run)."""
        return self.stands if self.members[list(parties)].all() else np.zeros_like(self.stands)

    def enter_into_force(self, month: int, announced: Count) -> None:
        """Begin when due, unless a bound party already stands there openly, or has left beforehand.

        ``announced``: missiles, (party, region, run).
        """
        if month == self._starts:
            self.in_force = np.ones_like(self.in_force)
            self._end(self._free_from <= month, Ended.NOTICE_OF_LEAVING)
            self._end(self._members_where(announced > 0), Ended.OVERTAKEN_BY_DEPLOYMENT)

    def run_out(self, month: int) -> None:
        """End it where a party's notice has run out."""
        self._end(self._free_from <= month, Ended.NOTICE_OF_LEAVING)

    def give_notice(self, month: int, where: Mask) -> None:
        """A bound party says that it will leave, (run,), even before it begins; the first notice counts."""
        due = np.minimum(self._free_from, month + self._notice_months).astype(np.int16)
        self._free_from = np.where(where, due, self._free_from)
        self.run_out(month)

    def leave_if_broken(self, belief: np.ndarray) -> None:
        """End it where a bound party believes the other, bound too, to hide some; (party, region, run)."""
        suspects = belief > self._broken_above
        self._end(self._members_where(suspects & self.members[::-1]), Ended.BELIEVED_BROKEN)

    def end_if_deployed(self, before: Count, announced: Count) -> None:
        """End it where a bound party has openly added missiles there; (party, region, run)."""
        self._end(self._members_where(announced > before), Ended.OPEN_DEPLOYMENT)

    def _members_where(self, mask: Mask) -> Mask:
        """Runs in which a mask (party, region, run) holds for a bound party in a covered region."""
        return np.asarray((mask & self.members & self.covers).any(axis=(0, 1)))

    def _end(self, where: Mask, why: Ended) -> None:
        ends = where & self.in_force
        self.ended[ends] = why
        self.in_force = self.in_force & ~ends
