"""China, which watches: its launchers, its concern, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import Count, Mask, Real
from verifsim.codes import Position

if TYPE_CHECKING:
    from verifsim.model.world import World


class China:
    """The observer, in every run; without a section in the file it has nothing and says nothing."""

    def __init__(self, world: World) -> None:
        self.world, self.terms = world, world.inputs.china
        n_runs = world.n_runs
        self._added: Count = np.zeros(n_runs, dtype=np.int32)
        self.launchers: Count = np.zeros(n_runs, dtype=np.int32)
        """Launchers of such missiles, (run,)."""
        self.concern: Real = np.zeros(n_runs)
        """How much the missiles in its region concern it, 0 to 1, (run,)."""
        self.position: Count = np.zeros(n_runs, dtype=np.int8)
        """What it says, as a `Position`, (run,)."""
        region = None if self.terms is None else self.terms.region
        self.is_there: Mask = np.zeros((len(world.regions), n_runs), dtype=np.bool_) | np.array(
            [[r == region] for r in world.regions]
        )
        """It is in the region, (region, run)."""
        if self.terms is not None:
            self.launchers = self.launchers + np.int32(self.terms.launchers)

    @property
    def urges(self) -> Real:
        """Log-odds by which its urging of dialogue sways an acceptance, (run,)."""
        urging = (self.position == Position.URGES_DIALOGUE) | (self.position == Position.OPPOSES_WITHDRAWAL)
        return np.where(urging, 0.0 if self.terms is None else self.terms.urges, 0.0)

    def joins(self) -> Mask:
        """It would join talks this month, (run,)."""
        if self.terms is None:
            return np.zeros(self.world.n_runs, dtype=np.bool_)
        return self.world.chance.uniform("china.joins", self.world.month) < self.terms.joins

    def watch(self) -> None:
        """See what stands in its region; add launchers, and take a position."""
        if self.terms is None:
            return
        world, terms = self.world, self.terms
        there = world.regions.index(terms.region)
        of_concern = [world.party(name).holdings.announced[there] for name in terms.concerned_by]
        missiles = np.sum(of_concern, axis=0) if of_concern else np.zeros(world.n_runs)
        self.concern = missiles / (missiles + terms.half_concerned_at)
        reacts = world.chance.uniform("china.reacts", world.month) < terms.reaction * self.concern
        self._added += np.where(reacts, np.int32(terms.reaction_launchers), 0).astype(np.int32)
        on_trend = np.int32(terms.launchers + terms.a_year * (world.month + 1) / 12.0 + 1e-9)
        self.launchers = on_trend + self._added
        self._speak(missiles > 0)

    def _speak(self, missiles_there: Mask) -> None:
        """Take the position that weighs most."""
        world = self.world
        self.position = np.where(missiles_there, np.int8(Position.PROTESTS), np.int8(Position.SILENT))
        self.position[world.talks.shock_is_recent] = Position.URGES_DIALOGUE
        self.position[world.treaty.is_being_left] = Position.OPPOSES_WITHDRAWAL
        self.position[world.talks.china_declined] = Position.DECLINES_TALKS
