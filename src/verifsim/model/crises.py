"""Crises: how they begin, end, or get out of control."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import NEVER, Count, Mask, Real, chosen, column
from verifsim.chance import Chance
from verifsim.ladder import Rung
from verifsim.scenario.schema import Crises as Terms


def hazard(by_rung: Real, rung: Rung, *, misperceived: Mask, missiles: Count, terms: Terms) -> Real:
    """The chance that a crisis begins this month, ``h (1 + x [misperceived]) (1 + y M / 100)``, at most 1.

    Parameters
    ----------
    by_rung
        The hazard h at each rung of the world, (rung, 1), or (rung, run).
    rung
        The rung of the world, (run,).
    misperceived
        A party takes the world for another rung than it is on, and one of the two is a deployment, (run,).
    missiles
        Missiles M that stand in regions, of both parties, (run,).
    terms
        ``misperceived`` is x, ``missiles`` is y.
    """
    raised = (1.0 + terms.misperceived * misperceived) * (1.0 + terms.missiles * missiles / 100.0)
    return np.minimum(chosen(by_rung, rung) * raised, 1.0)


class Crises:
    """The crises of every run, one at a time."""

    def __init__(self, terms: Terms, n_runs: int) -> None:
        self._terms = terms
        self._by_rung: Real = column(getattr(terms.hazard, rung) for rung in type(terms.hazard).model_fields)
        self.now: Mask = np.zeros(n_runs, dtype=np.bool_)
        """There is a crisis, (run,)."""
        self._since: Count = np.full(n_runs, NEVER, dtype=np.int16)
        self.uncontrolled_since: Count = np.full(n_runs, NEVER, dtype=np.int16)
        """The month in which it got out of control, (run,)."""

    @property
    def uncontrolled(self) -> Mask:
        """A crisis has got out of control, and the world is frozen, (run,)."""
        return self.uncontrolled_since < NEVER

    def frozen_before(self, month: int) -> Mask:
        """The world was frozen in an earlier month, (run,)."""
        return self.uncontrolled_since < month

    def go_on(self, month: int, rung: Rung, misperceived: Mask, missiles: Count, chance: Chance) -> None:
        """End crises, or let them get out of control, or begin.

        See `hazard` for what it takes; ``month`` counts from the start.
        """
        terms = self._terms
        before = self.now & ~self.uncontrolled
        ends = before & (chance.uniform("crisis.ends", month) < terms.ends)
        self.now = self.now & ~ends
        lasts = before & ~ends & (terms.uncontrolled_after > 0)
        self.uncontrolled_since[lasts & (month - self._since >= terms.uncontrolled_after)] = month
        risk = hazard(self._by_rung, rung, misperceived=misperceived, missiles=missiles, terms=terms)
        begins = ~self.now & ~ends & (chance.uniform("crisis.begins", month) < risk)
        self.now = self.now | begins
        self._since[begins] = month
