"""The parties' word: the treaty and its clock, and a moratorium with its ways to end."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from verifsim.arrays import NEVER, Count, Mask
from verifsim.scenario.months import month_number
from verifsim.scenario.schema import Scenario


class Stance(IntEnum):
    """A party's standing in the treaty."""

    IN_FORCE = 0
    SUSPENDED = 1
    WITHDRAWN = 2


class Ended(IntEnum):
    """Why a moratorium is no longer in force, or never was."""

    NOT_ENDED = 0
    OPEN_DEPLOYMENT = 1
    BELIEVED_BROKEN = 2
    NOTICE = 3
    OVERTAKEN = 4  # a bound party had missiles there before it could enter into force


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

    @property
    def stands(self) -> Mask:
        """It is in force and covers the region, (region, run)."""
        return self.in_force & self.covers

    @property
    def binds(self) -> Mask:
        """It binds a party in a region, (party, region, run)."""
        return np.asarray(self.members & self.stands)

    def enter_into_force(self, month: int, announced: Count) -> None:
        """Begin when due, unless a bound party already stands there openly.

        ``announced``: missiles, (party, region, run).
        """
        if month == self._starts:
            overtaken = self._members_where(announced > 0)
            self.in_force = ~overtaken
            self.ended[overtaken] = Ended.OVERTAKEN

    def run_out(self, month: int) -> None:
        """End it where a party's notice has run out."""
        self._end(self._free_from <= month, Ended.NOTICE)

    def give_notice(self, month: int, where: Mask) -> None:
        """A bound party says that it will leave, (run,); the first notice counts."""
        first = where & self.in_force & (self._free_from == NEVER)
        self._free_from[first] = month + self._notice_months
        self.run_out(month)

    def leave_if_broken(self, belief: np.ndarray) -> None:
        """End it where a bound party believes the other to hide missiles there; (party, region, run)."""
        self._end(self._members_where(belief > self._broken_above), Ended.BELIEVED_BROKEN)

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
