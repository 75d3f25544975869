"""A party: it looks, infers, decides and acts, in every run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from verifsim.arrays import Count, Mask, Real
from verifsim.chance import Draw
from verifsim.doctrines import Decision, Doctrine, Reason, View
from verifsim.model import industry, movement
from verifsim.model.agreements import Stance
from verifsim.model.arsenal import Arsenal, Stage
from verifsim.verification import inference, ntm

if TYPE_CHECKING:
    from verifsim.model.world import World


class Party(mesa.Agent):
    """One of the two parties; its state has the run as last axis.

    Nothing in here depends on a party's name but the names of its streams of chance.
    """

    def __init__(self, world: World, name: str, number: int) -> None:
        super().__init__(world)
        inputs, shape = world.inputs, (len(world.regions), world.n_runs)
        self.world, self.name, self.number = world, name, number
        self.terms = inputs.parties[name]
        self.arsenal = Arsenal.at_start(inputs, name, world.n_runs)
        pledge = self.terms.pledge.not_first_in if self.terms.pledge else []
        self.pledged: Mask = np.zeros(shape, dtype=np.bool_) | np.array(
            [[r in pledge] for r in world.regions]
        )
        self.alarm: Mask = np.zeros(shape, dtype=np.bool_)
        self.belief: Real = np.full(shape, float(inputs.believing.prior))
        self.wanted: Real = self.missiles_standing.astype(np.float64)
        self.moved_because: Count = np.zeros(shape, dtype=np.int8)
        self.spending: Real = np.zeros(world.n_runs)
        self.doctrines = _regions_by_doctrine(self.terms.doctrine, inputs.doctrines, world.regions)

    @property
    def other(self) -> Party:
        """The other party."""
        return self.world.parties[1 - self.number]

    @property
    def missiles_standing(self) -> Count:
        """Missiles that stand in regions, disputed ones apart, (region, run)."""
        return self.arsenal.missiles(self.arsenal.standing)

    @property
    def bound(self) -> Mask:
        """The treaty or a moratorium forbids it to deploy there, (region, run)."""
        return np.asarray(self.world.moratorium.binds[self.number] | self.world.treaty.binds)

    @property
    def tested_or_produces(self) -> Mask:
        """It has flight-tested or produces such a missile, (run,)."""
        return self.has_reached(Stage.FLIGHT_TESTED)

    def has_reached(self, stage: Stage) -> Mask:
        """A programme of its has come to a stage, (run,)."""
        return np.asarray((self.arsenal.stage >= stage).any(axis=0))

    def look(self) -> None:
        """Look at each region for what the other has not announced there."""
        watching = self.world.inputs.watching
        undeclared = self.other.arsenal.undeclared.sum(axis=0)
        chance_of_alarm = ntm.alarm_probability(undeclared, watching.battery_seen, watching.false_alarm)
        u = self.world.chance.each(f"look.{self.name}", self.world.regions, self.world.month)
        self.alarm = u < chance_of_alarm

    def infer(self) -> None:
        """Turn this month's finding into belief."""
        believing, watching = self.world.inputs.believing, self.world.inputs.watching
        if believing.rule == "last_finding":
            self.belief = inference.last_finding(self.alarm)
            return
        seen, false = watching.battery_seen, watching.false_alarm
        self.belief = inference.bayes(
            self.belief,
            self.alarm,
            alarm_if_violating=ntm.alarm_probability(believing.reference_batteries, seen, false),
            alarm_if_compliant=ntm.alarm_probability(0, seen, false),
            turns_covert=believing.turns_covert,
            turns_back=believing.turns_back,
            prior=believing.prior,
        )

    def view(self) -> View:
        """What it knows now."""
        theirs, believing = self.other.arsenal, self.world.inputs.believing
        announced, disputed = theirs.missiles(theirs.announced), theirs.missiles(theirs.disputed)
        return View(
            month=self.world.month,
            own=self.arsenal.missiles(self.arsenal.standing + self.arsenal.on_the_way).astype(np.float64),
            wanted=self.wanted,
            bound=self.bound,
            announced=announced.astype(np.float64),
            disputed=disputed.astype(np.float64),
            belief=self.belief,
            assumed=inference.assumed_number(
                announced,
                disputed,
                self.belief,
                reference_missiles=believing.reference_missiles,
                worst_case_factor=believing.worst_case_factor,
            ),
            other_suspended=self.world.treaty.stance[self.other.number] >= Stance.SUSPENDED,
            other_develops=self.other.has_reached(Stage.DEVELOPMENT),
            other_produces=self.other.has_reached(Stage.PRODUCED) | (announced > 0).any(axis=0),
        )

    def decide(self) -> Decision:
        """Ask each of its doctrines, and take from each the regions it is in charge of."""
        view = self.view()
        draw = Draw(self.world.chance, self.name, self.world.regions, self.world.month)
        return joined([(doctrine.decide(view, draw), where) for doctrine, where in self.doctrines])

    def speak(self, decision: Decision) -> None:
        """Say what has to be said before anything moves: suspend, end a pledge, give notice."""
        world, openly = self.world, (decision.wanted > self.missiles_standing) & ~decision.undeclared
        newly = (decision.wanted > 0) & (self.wanted == 0)
        self.moved_because = np.where(newly, self._reason_in_truth(decision), self.moved_because)
        self.wanted = decision.wanted
        world.treaty.suspend(self.number, decision.suspend)
        self.pledged = self.pledged & ~openly
        world.moratorium.give_notice(world.month, (openly & world.moratorium.binds[self.number]).any(axis=0))

    def _reason_in_truth(self, decision: Decision) -> Count:
        """A doctrine says that it acts on belief; only the world knows of a false alarm."""
        nothing_there = self.other.arsenal.undeclared.sum(axis=0) == 0
        false = (decision.reason == Reason.BELIEF) & nothing_there
        return np.where(false, np.int8(Reason.FALSE_ALARM), decision.reason)

    def act(self, decision: Decision) -> None:
        """Develop, produce, withdraw, order, and receive what is due."""
        world, month = self.world, self.world.month
        industry.advance(
            self.arsenal,
            month,
            develop=decision.develop,
            produce=decision.produce,
            allowed=~world.treaty.binds,
        )
        self.spending = industry.spend(
            self.arsenal,
            month,
            produce=decision.produce & ~world.treaty.binds,
            ceiling=self.terms.new_missile_budget,
        )
        movement.withdraw(self.arsenal, decision.wanted <= 0)
        free = ~self.bound | decision.undeclared
        movement.order(self.arsenal, month, decision.wanted, decision.undeclared, free, world.chance)
        movement.deliver(self.arsenal, month)


def _regions_by_doctrine(
    names: dict[str, str], doctrines: dict[str, Doctrine], regions: tuple[str, ...]
) -> list[tuple[Doctrine, Mask]]:
    """Each doctrine with the regions it is in charge of, (region, 1)."""
    used = dict.fromkeys(names[region] for region in regions)
    return [(doctrines[name], np.array([[names[region] == name] for region in regions])) for name in used]


def joined(parts: list[tuple[Decision, Mask]]) -> Decision:
    """One decision out of those of several doctrines.

    In a region, the doctrine in charge of it decides; to develop, produce or suspend, one
    voice is enough.
    """
    (first, _), *others = parts
    wanted, reason, undeclared = first.wanted, first.reason, first.undeclared
    develop, produce, suspend = first.develop, first.produce, first.suspend
    for decision, where in others:
        wanted = np.where(where, decision.wanted, wanted)
        reason = np.where(where, decision.reason, reason)
        undeclared = np.where(where, decision.undeclared, undeclared)
        develop, produce = develop | decision.develop, produce | decision.produce
        suspend = suspend | decision.suspend
    return Decision(wanted, reason, undeclared, develop, produce, suspend)
