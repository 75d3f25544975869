"""How a party's missiles come to stand where they stand: orders, hosts, exercises, what is moved out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import NEVER, Count, Mask, Real, chosen, column
from verifsim.doctrines import Decision
from verifsim.model import movement
from verifsim.model.arsenal import Place
from verifsim.model.hosts import Hosts

if TYPE_CHECKING:
    from verifsim.model.party import Party
    from verifsim.model.world import World


class Stationing:
    """Carries out what a party wants to station, in every run."""

    def __init__(self, world: World, party: Party) -> None:
        self.world, self.party, self.arsenal = world, party, party.arsenal
        self.hosts = Hosts(party.name, party.terms.host_consent, world.regions, world.n_runs)
        self._exercises = party.terms.exercises
        self._next_exercise: Count = np.full(party.pledged.shape, -NEVER, dtype=np.int32)
        """The month from which another exercise can be ordered, (region, run)."""

    def carry_out(self, decision: Decision) -> None:
        """End exercises, withdraw, ask hosts, order, and receive what is due."""
        month, chance = self.world.month, self.world.chance
        self._end_exercises()
        movement.withdraw(self.arsenal, decision.wanted <= 0)
        openly, bound = ~decision.undeclared, self.party.bound
        self.hosts.ask(month, (decision.wanted > 0) & openly & ~bound, chance)
        as_exercise = openly & decision.as_exercise & ~self.hosts.consented
        welcome = self.hosts.consented | (as_exercise & (month >= self._next_exercise))
        movement.order(
            self.arsenal,
            month,
            decision.wanted,
            self._places(decision, as_exercise),
            (~bound & welcome) | decision.undeclared,
            chance,
            self._conversion_months,
        )
        self._receive()

    def _places(self, decision: Decision, as_exercise: Mask) -> Count:
        """How what is ordered will stand, as a `Place`, (region, run); at a site only where it has one."""
        elsewhere, at_site, exercise, to_last = map(
            np.int8, (Place.ELSEWHERE, Place.AT_SITE, Place.EXERCISE, Place.ANNOUNCED)
        )
        hidden = np.where(decision.at_site & (self.party.hides_at >= 0), at_site, elsewhere)
        return np.where(decision.undeclared, hidden, np.where(as_exercise, exercise, to_last))

    @cached_property
    def _conversion_months(self) -> Real:
        """How long the cells of the site where it would hide take to be turned, (region, run)."""
        by_site = [s.conversion_months for s in self.world.inputs.sites.values()]
        return chosen(column([*by_site, 0.0]), self.party.hides_at)

    def _receive(self) -> None:
        """Receive what is due; what comes for an exercise stays for its length."""
        month, terms = self.world.month, self._exercises
        begun = movement.deliver(self.arsenal, month)
        if begun.any():
            self.begin_exercise(begun, movement.OWN)
            another = month + terms.months + terms.gap_months
            self._next_exercise = np.where(begun.any(axis=0), another, self._next_exercise)

    def begin_exercise(self, where: Mask, brought_by: int) -> None:
        """Let an exercise of the party's own or of an event begin, (programme, region, run)."""
        ends = self.arsenal.exercise_ends[brought_by]
        ends[:] = np.where(where, self.world.month + self._exercises.months, ends)

    def _end_exercises(self) -> None:
        world = self.world
        if self.party.holdings.exercising.any():
            u = world.chance.each(f"exercise.{self.party.name}", world.regions, world.month)
            movement.end_exercises(self.arsenal, world.month, u < self._exercises.becomes_lasting)

    def move_disputed(self) -> None:
        """Bring home what agreements move out, and back what they no longer cover."""
        arsenal, world = self.arsenal, self.world
        for p, name in enumerate(arsenal.names):
            covering = [m for m in world.agreements.moratoria if m.moves_out(name)]
            for moratorium in covering:
                share = moratorium.moved_out(name, world.month)
                for r in np.flatnonzero(moratorium.covers):
                    movement.move_out(arsenal, p, int(r), share)
            if covering:
                covered = np.logical_or.reduce([moratorium.stands for moratorium in covering])
                movement.bring_back(arsenal, p, world.month, covered, world.chance)
