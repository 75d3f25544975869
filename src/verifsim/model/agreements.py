"""The parties' word: the treaty and its clock, and moratoria with their ways to begin and to end."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import numpy as np

from verifsim.arrays import NEVER, Count, Mask, Real
from verifsim.codes import Ended, Stance
from verifsim.scenario.months import month_number
from verifsim.scenario.schema import Scenario
from verifsim.scenario.terms import Moratorium as Terms


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
        self.binds: Mask = np.ones(n_runs, dtype=np.bool_)
        """It has not lapsed, (run,); a suspended treaty still stands until it has."""
        self._let_lapse((self.stance == Stance.WITHDRAWN).any(axis=0))

    @property
    def is_being_left(self) -> Mask:
        """A party has given notice, and it has not lapsed yet, (run,)."""
        return self.binds & (self._lapses < NEVER)

    @property
    def suspended(self) -> Mask:
        """A party has suspended it and it has not lapsed yet, (run,)."""
        return self.binds & (self.stance == Stance.SUSPENDED).any(axis=0)

    def suspend(self, party: int, where: Mask) -> None:
        """A party suspends it in some runs."""
        self.stance[party][where & (self.stance[party] == Stance.IN_FORCE)] = Stance.SUSPENDED

    def give_notice(self, month: int, where: Mask) -> None:
        """A party gives notice of withdrawal in some runs; the first notice counts."""
        due = np.minimum(self._lapses, month + self._notice_months).astype(np.int16)
        self._lapses = np.where(where, due, self._lapses)

    def run_out(self, month: int) -> None:
        """Let it lapse, for both, where a notice has run out."""
        self._let_lapse(self._lapses <= month)

    def _let_lapse(self, where: Mask) -> None:
        lapses = where & self.binds
        if lapses.any():
            self.stance[:, lapses] = Stance.WITHDRAWN
            self.binds = self.binds & ~lapses


class Moratorium:
    """An agreement not to deploy in some regions, in every run."""

    def __init__(self, scenario: Scenario, terms: Terms, n_runs: int) -> None:
        self.terms = terms
        from_start = (
            NEVER
            if terms.from_month is None
            else month_number(terms.from_month) - month_number(scenario.start)
        )
        self.starts: Count = np.full(n_runs, from_start, dtype=np.int16)
        """The month in which it is due to enter into force, (run,)."""
        self.covers: Mask = np.array([[r in terms.regions] for r in scenario.regions])
        """(region, 1)"""
        self._bound = [p in terms.binds for p in scenario.parties]
        self.members: Mask = np.array(self._bound)[:, None, None]
        """(party, 1, 1)"""
        self.visits_both: Mask = _sites_of_both(scenario, terms)
        """Regions in which its terms name a site of each party, (region, 1)."""
        self.in_force: Mask = np.zeros(n_runs, dtype=np.bool_)
        """(run,)"""
        self._nowhere: Mask = np.zeros((len(scenario.regions), n_runs), dtype=np.bool_)
        self.stands: Mask = self._nowhere
        """It is in force and covers the region, (region, run)."""
        self.ended: Count = np.zeros(n_runs, dtype=np.int8)
        """`Ended`, (run,)."""
        self.left_falsely: Mask = np.zeros(n_runs, dtype=np.bool_)
        """It was ever left as broken while nothing was hidden where it stood, (run,)."""
        self._since: Count = np.full(n_runs, NEVER, dtype=np.int16)
        self._free_from: Count = np.full(n_runs, NEVER, dtype=np.int16)
        self._suspended_until: Count = np.zeros(n_runs, dtype=np.int16)

    @property
    def is_verified(self) -> bool:
        """Its terms give visits."""
        if self.terms.inspections is None:
            return False
        visits = self.terms.inspections.visits_a_year
        return bool(np.any(visits.routine > 0.0) or np.any(visits.challenge > 0.0))

    def inspections_run(self, month: int) -> Mask:
        """There are terms for visits, in force and not suspended, (run,)."""
        if not self.is_verified:
            return np.zeros_like(self.in_force)
        return self.in_force & ~self.inspections_suspended(month)

    def inspections_suspended(self, month: int) -> Mask:
        """It stands, and its inspections are suspended, (run,)."""
        return self.in_force & (month < self._suspended_until)

    def suspend_inspections(self, where: Mask, until: Count | int) -> None:
        """Suspend inspections, if there are any, in some runs until a month; until now resumes them."""
        if self.is_verified:
            self._suspended_until = np.where(where, until, self._suspended_until).astype(np.int16)

    def binds(self, *parties: int) -> Mask:
        """It binds some parties, all of them, in a region, (region, run)."""
        return self.stands if all(self._bound[party] for party in parties) else self._nowhere

    def moves_out(self, programme: str) -> bool:
        """A disputed programme has to leave while it is in force."""
        return programme in self.terms.moves_out

    def moved_out(self, programme: str, month: int) -> Real:
        """The share of a disputed programme that has to have left by the end of a month, (run,)."""
        months = np.maximum(self.terms.moves_out[programme].months, 1)
        return np.where(self.in_force, np.clip((month + 1 - self._since) / months, 0.0, 1.0), 0.0)

    @property
    def may_be_offered(self) -> Mask:
        """It neither stands nor is due, (run,)."""
        return ~self.in_force & (self.starts == NEVER)

    def agree(self, where: Mask, starts: Count) -> None:
        """Let it enter into force in a month to come, in some runs; what ended it before is forgotten."""
        self.starts = np.where(where, starts, self.starts).astype(np.int16)
        self._free_from = np.where(where, np.int16(NEVER), self._free_from)
        self.suspend_inspections(where, until=0)

    def is_due(self, month: int) -> Mask:
        """It is due to enter into force, and has not, (run,)."""
        return self.starts <= month

    def enter_into_force(self, month: int, announced: Count) -> Mask:
        """Begin when due, unless a bound party already stands there openly, or has left beforehand.

        ``announced``: missiles, (party, region, run). Give the runs in which it was due, (run,).
        """
        begins = self.is_due(month)
        self._is_in_force(self.in_force | begins)
        self.ended[begins] = Ended.NOT_ENDED
        self._since[begins], self.starts[begins] = month, NEVER
        self._end(begins & (self._free_from <= month), Ended.NOTICE_OF_LEAVING)
        self._end(begins & self._members_where(announced > 0), Ended.OVERTAKEN_BY_DEPLOYMENT)
        return begins

    def run_out(self, month: int) -> None:
        """End it where a party's notice has run out."""
        self._end(self._free_from <= month, Ended.NOTICE_OF_LEAVING)

    def give_notice(self, month: int, where: Mask) -> None:
        """A bound party says that it will leave, (run,), even before it begins; the first notice counts."""
        if not where.any():
            return
        due = np.minimum(self._free_from, month + self.terms.ends.notice_months).astype(np.int16)
        self._free_from = np.where(where, due, self._free_from)
        self.run_out(month)

    def leave_if_broken(self, belief: np.ndarray, hidden: Mask) -> None:
        """End it where a bound party believes the other, bound too, to hide some.

        ``belief``, and what was truly ``hidden`` when looked for: (party, region, run).
        """
        suspects = belief > self.terms.ends.believed_broken_above
        leaves = self.in_force & self._members_where(suspects & self.members[::-1])
        self.left_falsely |= leaves & ~np.any(hidden & self.covers, axis=(0, 1))
        self._end(leaves, Ended.BELIEVED_BROKEN)

    def end_if_deployed(self, before: Count, announced: Count) -> None:
        """End it where a bound party has openly added missiles there; (party, region, run)."""
        self._end(self._members_where(announced > before), Ended.OPEN_DEPLOYMENT)

    def _members_where(self, mask: Mask) -> Mask:
        """Runs in which a mask (party, region, run) holds for a bound party in a covered region."""
        return np.asarray((mask & self.members & self.covers).any(axis=(0, 1)))

    def _end(self, where: Mask, why: Ended) -> None:
        ends = where & self.in_force
        if ends.any():
            self.ended[ends] = why
            self._is_in_force(self.in_force & ~ends)

    def _is_in_force(self, where: Mask) -> None:
        self.in_force, self.stands = where, where & self.covers


def _sites_of_both(scenario: Scenario, terms: Terms) -> Mask:
    """Regions in which terms name a site of each party, (region, 1)."""
    named = [] if terms.inspections is None else [scenario.sites[name] for name in terms.inspections.sites]
    owners = [{site.owner for site in named if site.region == region} for region in scenario.regions]
    return np.array([[len(parties) == len(scenario.parties)] for parties in owners])


class Agreements:
    """All that the parties agreed on, or may agree on, side by side."""

    def __init__(self, scenario: Scenario, n_runs: int) -> None:
        self.moratoria = [Moratorium(scenario, terms, n_runs) for terms in scenario.agreements.values()]
        self.names = tuple(scenario.agreements)
        self._nowhere: Mask = np.zeros((len(scenario.regions), n_runs), dtype=np.bool_)

    def binds(self, *parties: int) -> Mask:
        """One of them binds some parties, all of them, in a region, (region, run)."""
        return self._any(m.binds(*parties) for m in self.moratoria)

    @property
    def stands(self) -> Mask:
        """One of them is in force and covers the region, (region, run)."""
        return self._any(m.stands for m in self.moratoria)

    def verified(self, month: int) -> Mask:
        """One of them binds both there, and its inspections run at sites of each, (region, run)."""
        return self._any(m.binds(0, 1) & m.inspections_run(month) & m.visits_both for m in self.moratoria)

    def suspended(self, month: int) -> Mask:
        """One of them stands there, and its inspections are suspended, (region, run)."""
        return self._any(m.stands & m.inspections_suspended(month) for m in self.moratoria)

    def inspections_run(self, month: int) -> Mask:
        """Whose inspections run, (agreement, run)."""
        return self._each([m.inspections_run(month) for m in self.moratoria], np.bool_)

    def inspections_suspended(self, month: int) -> Mask:
        """Whose inspections are suspended, (agreement, run)."""
        return self._each([m.inspections_suspended(month) for m in self.moratoria], np.bool_)

    def _any(self, masks: Iterable[Mask]) -> Mask:
        found = list(masks)
        return reduce(np.logical_or, found) if found else self._nowhere

    @property
    def in_force(self) -> Mask:
        """Which of them are in force, (agreement, run)."""
        return self._each([m.in_force for m in self.moratoria], np.bool_)

    @property
    def ended(self) -> Count:
        """Why they are no longer in force, as `Ended`, (agreement, run)."""
        return self._each([m.ended for m in self.moratoria], np.int8)

    @property
    def left_falsely(self) -> Mask:
        """Which were ever left as broken while nothing was hidden where they stood, (agreement, run)."""
        return self._each([m.left_falsely for m in self.moratoria], np.bool_)

    def _each(self, values: list[Any], dtype: type) -> Any:
        return np.stack(values) if values else np.zeros((0, self._nowhere.shape[-1]), dtype=dtype)
