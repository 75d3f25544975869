"""A party: it looks, infers, decides and acts, in every run at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import mesa
import numpy as np

from verifsim.arrays import Count, Mask, Number, Real
from verifsim.chance import Draw, Luck, swayed, triangular
from verifsim.codes import Stance
from verifsim.doctrines import Decision, Reason, View
from verifsim.model import industry, movement, types
from verifsim.model.arsenal import Arsenal, Stage
from verifsim.model.asking import asked
from verifsim.model.inspectorate import Inspectorate
from verifsim.model.stationing import Stationing
from verifsim.verification import inference, ntm, trust
from verifsim.verification.inference import Belief, Likelihood

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
        self.holdings = self.arsenal.holdings()
        """What it has in regions, as last counted."""
        pledge = self.terms.pledge.not_first_in if self.terms.pledge else []
        self.pledged: Mask = np.zeros(shape, dtype=np.bool_) | np.array(
            [[r in pledge] for r in world.regions]
        )
        self.alarm: Mask = np.zeros(shape, dtype=np.bool_)
        self.stationing = Stationing(world, self)
        self.inspectorate: Inspectorate
        self.latent: Real
        """Missiles it takes the other's cells to be good for, (region, run)."""
        self._seen_announced: Count
        """What it last saw the other to have openly deployed, (region, run)."""
        self.prior: Belief
        self.belief: Belief
        self.wanted: Real = self.holdings.standing.astype(np.float64)
        self.produces: Mask = np.zeros(world.n_runs, dtype=np.bool_)
        """It has ordered production, and production lines are to be at work, (run,)."""
        self.remembered: Real = np.zeros(shape)
        self.moved_because: Count = np.zeros(shape, dtype=np.int8)
        self.spending: Real = np.zeros(world.n_runs)
        self.ceiling: Number = industry.as_ceiling(self.terms.new_missile_budget)
        """US$ m a year."""
        self.trust: Real = np.full(world.n_runs, self.terms.trust)
        """Its trust in the other, 0 to 1, (run,)."""
        self.true_range = true_ranges(world, name)
        """How far its missiles truly fly, where that is disputed, in km, (programme, run); else nan."""
        self.refuses_next_visit: Mask = np.zeros(world.n_runs, dtype=np.bool_)
        self._refuses_this_month: Mask = np.zeros(world.n_runs, dtype=np.bool_)
        self.hides_at = hiding_places(world, name)
        self.doctrine_followed = types.drawn(self.terms.doctrine, world.chance.uniform(f"type.{name}"))
        self._in_charge = types.in_charge(self.terms.doctrine, self.doctrine_followed, inputs.doctrines)

    def prepare(self) -> None:
        """Get ready once the other is there too: inspectors, and a first belief."""
        self.inspectorate = Inspectorate(self.world, self)
        self.latent = latent_by_region(self.world, self)
        self._seen_announced = self.other.holdings.announced
        believing, inspecting = self.world.inputs.believing, self.world.inputs.inspecting
        sites = [
            s.region for s in self.world.inputs.sites.values() if s.owner == self.other.name and s.may_hide
        ]
        has_site = np.array([[region in sites] for region in self.world.regions])
        self._goes_to_site = np.where(has_site, believing.at_site, 0.0)
        self.prior = self.belief = Belief.split(
            np.full(self.alarm.shape, believing.prior),
            goes_to_site=self._goes_to_site,
            never_recognised=inspecting.never_recognised,
        )

    @property
    def other(self) -> Party:
        """The other party."""
        return self.world.parties[1 - self.number]

    @property
    def bound(self) -> Mask:
        """The treaty or a moratorium forbids it to deploy there, (region, run)."""
        return np.asarray(self.world.agreements.binds(self.number) | self.world.treaty.binds)

    @property
    def tested_or_produces(self) -> Mask:
        """It has flight-tested or produces such a missile, (run,)."""
        return self.has_reached(Stage.FLIGHT_TESTED)

    def has_reached(self, stage: Stage) -> Mask:
        """A programme of its has come to a stage, (run,)."""
        return np.asarray((self.arsenal.stage >= stage).any(axis=0))

    def look(self) -> None:
        """Look at each region for what the other has not announced there."""
        theirs = self.other.holdings
        chance_of_alarm = self._chance_of_alarm(theirs.batteries_elsewhere, theirs.batteries_at_site)
        u = self.world.chance.each(f"look.{self.name}", self.world.regions, self.world.month)
        self.alarm = u < chance_of_alarm

    def _chance_of_alarm(self, n_elsewhere: Count | Number, n_at_site: Count | Number) -> Real:
        """How likely a look is an alarm, with so many of the other's batteries hidden there."""
        watching = self.world.inputs.watching
        return ntm.alarm_probability(
            n_elsewhere,
            n_at_site,
            battery_seen=watching.battery_seen,
            hidden_at_site_seen=watching.hidden_at_site_seen,
            false_alarm=watching.false_alarm,
        )

    @cached_property
    def _alarm_if_violating(self) -> tuple[Real, Real]:
        """How likely a look is an alarm, if the reference quantity is hidden at a site, or elsewhere."""
        n = self.world.inputs.believing.reference_batteries
        return self._chance_of_alarm(0, n), self._chance_of_alarm(n, 0)

    def inspect(self) -> None:
        """Visit the other's sites; a visit may clear a false alarm of this month's look."""
        self.inspectorate.inspect()
        in_doubt = self.alarm & self.inspectorate.visited
        if not in_doubt.any():
            return
        false = in_doubt & self.other.holdings.nothing_hidden
        for r in np.flatnonzero(false.any(axis=1)):
            u = self.world.chance.uniform(f"clear.{self.name}.{self.world.regions[r]}", self.world.month)
            self.alarm[r] &= ~(false[r] & (u < self.world.inputs.inspecting.clears_look))

    def refuses(self, u: Luck) -> Mask:
        """It refuses a visit unprovoked: by its terms, an event, or a decision of last month; (run,)."""
        decided = self.refuses_next_visit | self._refuses_this_month
        if not np.any(self.terms.refuses_visits > 0.0):
            return decided
        return decided | (u["refusal"] < swayed(self.terms.refuses_visits, -self.trust_sways))

    @property
    def trust_sways(self) -> Real:
        """Log-odds by which trust sways what it does, (run,)."""
        return trust.sways(self.trust, at_start=self.terms.trust, weight=self.world.inputs.trust.weight)

    def infer(self) -> None:
        """Turn this month's findings into belief, and into trust."""
        self._believe()
        self._trust()

    def _trust(self) -> None:
        """Lose trust with findings, refusals and deployments; gain it with what is kept and found clean."""
        terms, tally = self.world.inputs.trust, self.inspectorate.tally
        announced = self.other.holdings.announced
        added, self._seen_announced = np.any(announced > self._seen_announced, axis=0), announced
        self.trust = trust.moved(
            self.trust,
            lost=[
                (terms.finding, tally.alarming > 0),
                (terms.refusal, self.inspectorate.refused),
                (terms.deployment, added),
            ],
            gained=[
                (terms.kept_month, self.world.word_is_kept),
                (terms.clean_visit, (tally.held > 0) & (tally.alarming == 0)),
            ],
        )

    def _believe(self) -> None:
        believing = self.world.inputs.believing
        if believing.rule == "last_finding":
            self.belief = inference.last_finding(self.alarm | self.inspectorate.alarm)
            return
        now = inference.month_passes(
            self.belief,
            turns_covert=believing.turns_covert,
            turns_back=believing.turns_back,
            relocates=believing.relocates,
            goes_to_site=self._goes_to_site,
            never_recognised=self.world.inputs.inspecting.never_recognised,
        )
        found = self._likelihood_of_look().times(self.inspectorate.likelihood)
        self.belief = inference.weighed(now, found, self.prior)

    def _likelihood_of_look(self) -> Likelihood:
        """How likely this month's look is in each state of the other, (region, run)."""
        inputs = self.world.inputs
        cleared = np.where(self.inspectorate.visited, inputs.inspecting.clears_look, 0.0)
        if_compliant = inputs.watching.false_alarm * (1.0 - cleared)
        compliant, at_site, elsewhere = (
            np.where(self.alarm, chance, 1.0 - chance) for chance in (if_compliant, *self._alarm_if_violating)
        )
        return Likelihood(compliant, at_site, elsewhere, unrecognised=elsewhere)

    @property
    def believed(self) -> Real:
        """Probability it gives to the other's hiding missiles in a region, (region, run)."""
        return self.belief.violating

    def view(self) -> View:
        """What it knows now."""
        ours, theirs, believing = self.holdings, self.other.holdings, self.world.inputs.believing
        announced, disputed = self._seen_announced, theirs.disputed
        offered, offer_is_verified = self.world.talks.offered(self.number)
        return View(
            month=self.world.month,
            own=ours.own.astype(np.float64),
            own_at_site=ours.own_at_site.astype(np.float64),
            wanted=self.wanted,
            produced=self.produces,
            remembered=self.remembered,
            bound=self.bound,
            announced=announced.astype(np.float64),
            disputed=disputed.astype(np.float64),
            exercising=theirs.exercising.astype(np.float64),
            latent=self.latent,
            offered=offered,
            offer_is_verified=offer_is_verified,
            trust_sways=self.trust_sways,
            china_launchers=self.world.china.launchers.astype(np.float64),
            china_is_there=self.world.china.is_there,
            belief=self.believed,
            assumed=inference.assumed_number(
                announced,
                disputed,
                self.believed,
                reference_missiles=believing.reference_missiles,
                latent=self.latent,
                worst_case_factor=inference.overstatement(
                    believing.worst_case_factor,
                    self.inspectorate.visits_of_a_year,
                    believing.overstatement_halved_by,
                ),
            ),
            other_suspended=self.world.treaty.stance[self.other.number] >= Stance.SUSPENDED,
            other_develops=self.other.has_reached(Stage.DEVELOPMENT),
            other_produces=self.other.has_reached(Stage.PRODUCED) | (announced > 0).any(axis=0),
        )

    def decide(self) -> Decision:
        """Ask each of its doctrines, and take from each the regions it is in charge of."""
        view, world = self.view(), self.world
        asks = partial(asked, party=self.name, start=world.inputs.start)
        decision = types.joined(
            [
                (
                    asks(doctrine, view, Draw(world.chance, self.name, world.regions, world.month, has_say)),
                    where,
                )
                for doctrine, where, has_say in self._in_charge
            ]
        )
        within_reach = self.arsenal.figures.can_stand.any(axis=0)
        return replace(decision, wanted=np.where(within_reach, decision.wanted, 0.0))

    def speak(self, decision: Decision) -> None:
        """Say what has to be said before anything moves: answers, suspension, the end of a word, notice."""
        world = self.world
        openly = self._short_of_a_battery(decision.wanted) & ~decision.undeclared & ~world.treaty.binds
        newly = (decision.wanted > 0) & (self.wanted == 0)
        self.moved_because = np.where(newly, self._reason_in_truth(decision), self.moved_because)
        self.remembered, self.produces = decision.remember, decision.produce
        self.wanted, self._refuses_this_month = decision.wanted, np.any(decision.refuse, axis=0)
        world.talks.answer(self, decision)
        leaves = np.any(decision.leave_treaty, axis=0) & world.treaty.binds
        world.treaty.suspend(self.number, decision.suspend | leaves)
        world.treaty.give_notice(world.month, leaves)
        self.pledged = self.pledged & ~openly
        for moratorium in world.agreements.moratoria:
            moratorium.give_notice(world.month, np.any(openly & moratorium.binds(self.number), axis=0))

    def _short_of_a_battery(self, wanted: Real) -> Mask:
        """It wants at least one more battery there than stand there, of its smallest, (region, run).

        The smallest of those that could stand there, whether it has some already or not.
        """
        return np.asarray(
            movement.batteries_short(wanted, self.holdings.standing, self.arsenal.smallest_battery) > 0
        )

    def _reason_in_truth(self, decision: Decision) -> Count:
        """A doctrine says that it acts on belief; only the world knows of a false alarm."""
        nothing_there = self.other.holdings.nothing_hidden
        false = (decision.reason == Reason.BELIEF) & nothing_there
        false |= (decision.reason == Reason.BELIEF_ANYWHERE) & nothing_there.all(axis=0)
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
            slips=industry.slipped(self.arsenal, month, world.chance),
            ceiling=self.ceiling,
        )
        self.stationing.move_disputed()
        self.stationing.carry_out(self._with_slips(decision))

    def _with_slips(self, decision: Decision) -> Decision:
        """What it does, which now and then is the reverse of what it decided and said."""
        if not np.any(self.terms.slips > 0.0):
            return decision
        world = self.world
        slips = world.chance.each(f"act.{self.name}", world.regions, world.month) < self.terms.slips
        by_mistake = slips & (decision.wanted <= 0)
        self.moved_because = np.where(by_mistake, np.int8(Reason.SLIP), self.moved_because)
        reversed_ = np.where(by_mistake, 1.0, 0.0)
        return replace(decision, wanted=np.where(slips, reversed_, decision.wanted))


def true_ranges(world: World, party: str) -> Real:
    """How far the disputed missiles of a party truly fly, in km, (programme, run); nan for the others.

    As the owner says, or from a triangle over the least, the likeliest and the most; drawn once a run.
    """
    programmes = {name: p for name, p in world.inputs.programmes.items() if p.owner == party}
    result = np.full((len(programmes), world.n_runs), np.nan)
    for p, (name, programme) in enumerate(programmes.items()):
        if (claims := programme.true_range) is not None:
            u = world.chance.uniform(f"range.{name}")
            as_owner_says = u < claims.owner_is_right
            rest = (u - claims.owner_is_right) / np.maximum(1.0 - claims.owner_is_right, 1e-9)
            drawn = triangular(np.clip(rest, 0.0, 1.0), claims.least, claims.likeliest, claims.most)
            result[p] = np.where(as_owner_says, claims.owner_says, drawn)
    return result


def latent_by_region(world: World, party: Party) -> Real:
    """Missiles that a party takes the other's MK-41 cells to be good for, (region, run)."""
    result = np.zeros(party.alarm.shape)
    for site in world.inputs.sites.values():
        if site.owner == party.other.name and site.kind == "mk41_cell":
            result[world.regions.index(site.region)] += inference.latent_missiles(
                site.objects,
                party.terms.reads_cells_as_missiles,
                site.conversion_months,
                party.terms.warning_needed,
            )
    return result


def hiding_places(world: World, party: str) -> Count:
    """The declared site of a party where it would hide something in a region, (region, run); -1 for none.

    Drawn once a run, every site alike; by the site's own stream, so that a new site changes nothing
    in the runs that do not choose it.
    """
    best = np.full((len(world.regions), world.n_runs), -1.0)
    chosen = np.full(best.shape, -1, dtype=np.int16)
    for number, (name, site) in enumerate(world.inputs.sites.items()):
        if site.owner == party and site.may_hide:
            r, u = world.regions.index(site.region), world.chance.uniform(f"hides_at.{name}")
            chosen[r] = np.where(u > best[r], number, chosen[r])
            best[r] = np.maximum(u, best[r])
    return chosen
