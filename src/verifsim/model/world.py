"""The world: two parties, what they agreed on, and the month as a numbered list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from verifsim.arrays import Count, Mask
from verifsim.chance import Chance
from verifsim.doctrines import Decision
from verifsim.model import happenings, movement
from verifsim.model.agreements import Agreements, Treaty
from verifsim.model.arsenal import Place, most_missiles
from verifsim.model.china import China
from verifsim.model.crises import Crises
from verifsim.model.party import Party
from verifsim.model.reading import Circumstances, Reading, in_truth, misperceived, perceived
from verifsim.model.record import Record, Recorded
from verifsim.model.talks import Talks
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
    luck
        A name for other luck under the same seed.
    """

    def __init__(self, inputs: Scenario, first: int, n_runs: int, luck: str = "") -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from: see `Chance`
        self.inputs, self.n_runs, self.month = inputs, n_runs, 0
        self.regions = tuple(inputs.regions)
        self.chance = Chance(inputs.ensemble.seed, first, n_runs, luck)
        self.calendar = happenings.calendar(inputs)
        self.treaty = Treaty(inputs, n_runs)
        self.agreements = Agreements(inputs, n_runs)
        self.ended = self.agreements.ended
        """Why agreements are no longer in force, as `Ended`, as far as it is recorded, (agreement, run)."""
        self.left_falsely = self.agreements.left_falsely
        """Which were left as broken while nothing was hidden, as far as it is recorded, (agreement, run)."""
        self.talks = Talks(self)
        self.china = China(self)
        self.crises = Crises(inputs.crises, n_runs)
        self.parties = [Party(self, name, number) for number, name in enumerate(inputs.parties)]
        self.record = Record(inputs.months, most_missiles(inputs))
        for party in self.parties:
            party.prepare()
        self._reading, self._perceptions = Reading(self), [Reading(self) for _ in self.parties]
        self.talks.note_shocks(self._announced)

    def step(self) -> None:
        """One month: all look, then all decide on the same picture, then all act."""
        self._events()  # 1. what the file dates
        self._enter_into_force()  # 2. what was agreed and is due
        self._look()  # 3. national technical means
        self._inspect()  # 4. visits to each other's sites
        self.agents.do("infer")  # 5. findings become belief
        decisions = [party.decide() for party in self.parties]  # 6. on the same picture
        self._speak(decisions)  # 7. words before deeds
        self._act(decisions)  # 8. develop, produce, withdraw, order, receive
        self.china.watch()  # 9. what stands in its region, and what to say
        self._escalate()  # 10. read the ladder; crises begin, end, or get out of control
        self._record()  # 11. write the month down
        self.month += 1

    def _events(self) -> None:
        self.talks.begin_month()
        for party in self.parties:
            party.moved_because = np.zeros_like(party.moved_because)
        for event in self.calendar.get(self.month, []):
            before = self._announced
            happenings.happen(event, self)
            self._count()
            self._end_if_deployed(before)

    def _enter_into_force(self) -> None:
        self.treaty.run_out(self.month)
        for moratorium in self.agreements.moratoria:
            moratorium.run_out(self.month)
            if moratorium.is_due(self.month).any():
                began = moratorium.enter_into_force(self.month, self._announced)
                for party in self.parties:
                    movement.turn_back(party.arsenal, moratorium.binds(party.number) & began)
                self._count()

    def _look(self) -> None:
        self._hidden_when_looked = self.missiles("undeclared") > 0
        self.agents.do("look")

    def _inspect(self) -> None:
        self.agents.do("inspect")
        for party in self.parties:
            party.inspectorate.settle()

    def _speak(self, decisions: list[Decision]) -> None:
        for moratorium in self.agreements.moratoria:
            moratorium.leave_if_broken(self.of_each("believed"), self._hidden_when_looked)
        for party, decision in zip(self.parties, decisions, strict=True):
            party.speak(decision)
        for party in self.parties:
            self.talks.start(party)

    def _act(self, decisions: list[Decision]) -> None:
        for party, decision in zip(self.parties, decisions, strict=True):
            party.act(decision)
        self._count()

    def _escalate(self) -> None:
        self._standing = {name: self.missiles(name) for name in ("announced", "undeclared")}
        announced, undeclared = self._standing.values()
        known = Circumstances.of(self)
        above = self.inputs.escalation.violation_believed_above
        believed = [party.believed > above for party in self.parties]
        self._rungs, self._world_rung = in_truth(self._reading, announced + undeclared, believed, known)
        self._perceived = np.stack(
            [
                perceived(r, p, announced, undeclared, b, known)
                for r, p, b in zip(self._perceptions, self.parties, believed, strict=True)
            ]
        )
        self.crises.go_on(
            self.month,
            self._world_rung,
            misperceived(self._perceived, self._world_rung),
            (announced + undeclared).sum(axis=(0, 1)),
            self.chance,
        )
        self.talks.note_shocks(announced)

    def _record(self) -> None:
        tallies = [party.inspectorate.tally for party in self.parties]
        self.record.write(
            self.month,
            rung=self._rungs,
            world_rung=self._world_rung,
            perceived_rung=self._perceived,
            crisis=self.crises.now,
            uncontrolled=self.crises.uncontrolled,
            deployed_announced=self._standing["announced"],
            deployed_undeclared=self._standing["undeclared"],
            deployed_disputed=[party.holdings.disputed for party in self.parties],
            exercise=[p.arsenal.deployed[Place.EXERCISE].any(axis=0) for p in self.parties],
            host_consent=[party.stationing.hosts.consent for party in self.parties],
            reserve=[party.arsenal.reserve_missiles for party in self.parties],
            alarm=[party.alarm for party in self.parties],
            belief=[party.believed for party in self.parties],
            trust=[party.trust.astype(np.float32) for party in self.parties],
            talks=self.talks.state,
            moved_because=[party.moved_because for party in self.parties],
            pledge_stands=[party.pledged for party in self.parties],
            moratorium_in_force=self.agreements.stands,
            agreement_in_force=self.agreements.in_force,
            inspections_in_force=self.agreements.inspections_run(self.month),
            inspections_suspended=self.agreements.inspections_suspended(self.month),
            inspections_held=[tally.held for tally in tallies],
            inspections_refused=[tally.refused for tally in tallies],
            inspections_alarming=[tally.alarming for tally in tallies],
            inspections_clarified=[tally.clarified for tally in tallies],
            true_alarms=[party.inspectorate.true_alarms for party in self.parties],
            hidden_when_looked=self._hidden_when_looked,
            findings=[tally.finding for tally in tallies],
            treaty_stance=self.treaty.stance,
            tested_or_produces=[party.tested_or_produces for party in self.parties],
            produces=[party.produces & ~self.treaty.binds for party in self.parties],
            spending=[party.spending for party in self.parties],
            china_launchers=self.china.launchers,
            china_concern=self.china.concern.astype(np.float32),
            china_position=self.china.position,
        )
        frozen = self.crises.frozen_before(self.month)
        self.ended = np.where(frozen, self.ended, self.agreements.ended)
        self.left_falsely = np.where(frozen, self.left_falsely, self.agreements.left_falsely)

    def _end_if_deployed(self, before: Count) -> None:
        for moratorium in self.agreements.moratoria:
            moratorium.end_if_deployed(before, self._announced)

    @property
    def _announced(self) -> Count:
        return self.missiles("announced")

    def missiles(self, standing: str) -> Count:
        """Missiles of one standing, a field of `Holdings`, (party, region, run)."""
        return np.stack([getattr(party.holdings, standing) for party in self.parties])

    def _count(self) -> None:
        """Count what each party has in regions, after something may have moved."""
        for party in self.parties:
            party.holdings = party.arsenal.holdings()

    def of_each(self, name: str) -> Any:
        """What each party has under a name, stacked: (party, ..., run)."""
        return np.stack([getattr(party, name) for party in self.parties])

    @property
    def word_is_kept(self) -> Mask:
        """A moratorium binds both somewhere, or the treaty does and neither has suspended it, (run,)."""
        treaty = self.treaty.binds & ~self.treaty.suspended
        return np.asarray(treaty | self.agreements.binds(0, 1).any(axis=0))

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
        """Let go of everything at once: Mesa 3.3 would keep every finished model alive.

        And a world and its parties point at each other, so that all they hold would stay in memory until
        Python next looks for such circles, which may be several ensembles later.
        """
        if not vars(self):
            return
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        for one in (*self.parties, self):
            vars(one).clear()


def simulate(
    inputs: Scenario, first: int, n_runs: int, each_month: Callable[[], Any] = lambda: None, luck: str = ""
) -> Recorded:
    """Simulate runs ``first`` to ``first + n_runs - 1`` of a scenario, whose numbers may be arrays over them.

    Returns
    -------
    Variables by name: monthly ones of shape (run, month, ...), the others (run, ...).
    """
    world = World(inputs, first, n_runs, luck)
    try:
        for _ in range(inputs.months):
            world.step()
            each_month()
        world.record.write_once(
            moratorium_ended=world.ended,
            left_falsely=world.left_falsely,
            doctrine_followed=world.of_each("doctrine_followed"),
            true_range=np.concatenate([party.true_range for party in world.parties]),
        )
        world.record.freeze(world.crises.uncontrolled_since)
        return world.record.result()
    finally:
        world.close()
