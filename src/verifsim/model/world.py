"""The world: two parties, what they agreed on, and the month as a numbered list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from verifsim.arrays import Count, Mask
from verifsim.chance import Chance
from verifsim.doctrines import Decision
from verifsim.ladder import Additions, Rung, rung, world_rung
from verifsim.model import happenings, movement
from verifsim.model.agreements import Moratorium, Treaty
from verifsim.model.party import Party
from verifsim.model.record import Record, Recorded
from verifsim.scenario import Scenario


class World(mesa.Model):
    """An ensemble of independent worlds: every agent's state is an array over runs.

    Parameters
    ----------
    inputs
        The scenario.
    first
        The number of the first run.
    n_runs
        How many runs.
    """

    def __init__(self, inputs: Scenario, first: int, n_runs: int) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from: see `Chance`
        self.inputs, self.n_runs, self.month = inputs, n_runs, 0
        self.regions = tuple(inputs.regions)
        self.chance = Chance(inputs.ensemble.seed, first, n_runs)
        self.calendar = happenings.calendar(inputs)
        self.treaty = Treaty(inputs, n_runs)
        self.moratorium = Moratorium(inputs, n_runs)
        self.parties = [Party(self, name, number) for number, name in enumerate(inputs.parties)]
        self.record = Record(inputs.months)
        window = inputs.escalation.arms_race_months
        self._additions, self._additions_anywhere = Additions(window), Additions(window)

    def step(self) -> None:
        """One month: all look, then all decide on the same picture, then all act."""
        self._events()  # 1. what the file dates
        self._enter_into_force()  # 2. what was agreed and is due
        self.agents.do("look")  # 3. national technical means
        self.agents.do("infer")  # 4. findings become belief
        decisions = [party.decide() for party in self.parties]  # 5. on the same picture
        self._speak(decisions)  # 6. words before deeds
        self._act(decisions)  # 7. develop, produce, withdraw, order, receive
        self._record()  # 8. read the ladder, write the month down
        self.month += 1

    def _events(self) -> None:
        for party in self.parties:
            party.moved_because = np.zeros_like(party.moved_because)
        before = self._announced
        for event in self.calendar.get(self.month, []):
            happenings.happen(event, self)
        self.moratorium.end_if_deployed(before, self._announced)

    def _enter_into_force(self) -> None:
        self.treaty.run_out(self.month)
        self.moratorium.run_out(self.month)
        self.moratorium.enter_into_force(self.month, self._announced)
        for party in self.parties:
            movement.turn_back(party.arsenal, self.moratorium.binds[party.number])

    def _speak(self, decisions: list[Decision]) -> None:
        self.moratorium.leave_if_broken(self._of_each("belief"))
        for party, decision in zip(self.parties, decisions, strict=True):
            party.speak(decision)

    def _act(self, decisions: list[Decision]) -> None:
        before = self._announced
        for party, decision in zip(self.parties, decisions, strict=True):
            party.act(decision)
        self.moratorium.end_if_deployed(before, self._announced)

    def _record(self) -> None:
        missiles = self._of_each("missiles_standing")
        rungs = self._rungs(missiles)
        self.record.write(
            self.month,
            rung=rungs,
            world_rung=world_rung(
                rungs,
                has=(missiles > 0).any(axis=1),
                added_lately=self._additions_anywhere.lately(missiles.sum(axis=1), self.month),
            ),
            deployed_announced=self._announced,
            deployed_undeclared=self._missiles("undeclared"),
            deployed_disputed=self._missiles("disputed"),
            reserve=np.stack([party.arsenal.reserve_missiles for party in self.parties]),
            alarm=self._of_each("alarm"),
            belief=self._of_each("belief"),
            moved_because=self._of_each("moved_because"),
            pledge_stands=self._of_each("pledged"),
            moratorium_in_force=self.moratorium.stands,
            treaty_stance=self.treaty.stance,
            tested_or_produces=self._of_each("tested_or_produces"),
            spending=self._of_each("spending"),
        )

    def _rungs(self, missiles: Count) -> Rung:
        """The rung of each region, (region, run), from missiles (party, region, run)."""
        believed = self._of_each("belief") > self.inputs.escalation.violation_believed_above
        disputed = believed | (self._missiles("disputed") > 0)
        pledged = self._of_each("pledged").any(axis=0)
        return rung(
            has=missiles > 0,
            added_lately=self._additions.lately(missiles, self.month),
            racing=self._of_each("tested_or_produces").all(axis=0),
            restrained=pledged | self.moratorium.stands | self.treaty.binds,
            disputed=disputed.any(axis=0) | self.treaty.suspended,
            verified=np.zeros_like(pledged),  # no terms for inspections, so none that run
        )

    @property
    def _announced(self) -> Count:
        return self._missiles("announced")

    def _missiles(self, standing: str) -> Count:
        """Missiles of one standing, (party, region, run)."""
        return np.stack([party.arsenal.missiles(getattr(party.arsenal, standing)) for party in self.parties])

    def _of_each(self, name: str) -> Any:
        """What each party has under a name, stacked: (party, ..., run)."""
        return np.stack([getattr(party, name) for party in self.parties])

    @property
    def every_run(self) -> Mask:
        """A mask that is true in every run."""
        return np.ones(self.n_runs, dtype=np.bool_)

    def party(self, name: str) -> Party:
        """The party of a name."""
        return next(party for party in self.parties if party.name == name)

    def owner(self, programme: str) -> tuple[Party, int]:
        """The party that owns a programme, and the programme's place in its arsenal."""
        party = self.party(self.inputs.programmes[programme].owner)
        return party, party.arsenal.names.index(programme)

    def close(self) -> None:
        """Let go of the agents: Mesa 3.3 would keep every finished model alive."""
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


def simulate(
    inputs: Scenario, first: int, n_runs: int, each_month: Callable[[], Any] = lambda: None
) -> Recorded:
    """Simulate runs ``first`` to ``first + n_runs - 1`` of a scenario.

    Returns
    -------
    Variables by name: monthly ones of shape (month, ..., run), the others (run,).
    """
    world = World(inputs, first, n_runs)
    try:
        for _ in range(inputs.months):
            world.step()
            each_month()
        world.record.write_once(moratorium_ended=world.moratorium.ended)
        return world.record.result()
    finally:
        world.close()
