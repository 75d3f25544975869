"""Inspections: the visits one party makes to the other under a moratorium, and what they found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from verifsim.arrays import Count, Mask, Number, Real, Runs, of_runs
from verifsim.chance import Luck
from verifsim.codes import Finding
from verifsim.scenario.forces import Site
from verifsim.scenario.terms import Inspecting, Inspections
from verifsim.verification.inference import Likelihood
from verifsim.verification.inspection import (
    alarm_after_clarification,
    moved_out_probability,
    visit_probabilities,
    whole_visits,
)

if TYPE_CHECKING:
    from verifsim.model.agreements import Moratorium
    from verifsim.model.party import Party
    from verifsim.model.world import World

MOBILE = ("launcher", "canister")
"""Kinds of objects that can be moved out while inspectors are on their way; MK-41 cells cannot."""


@dataclass
class Tally:
    """The visits of one month, counted; each of shape (run,)."""

    held: Count
    alarming: Count
    """Visits that stand as alarms, after clarification."""
    clarified: Count
    """False alarms that a clarifying visit cleared."""
    refused: Count

    @classmethod
    def of_nothing(cls, n_runs: int) -> Tally:
        """No visits."""
        return cls(*(np.zeros(n_runs, dtype=np.int16) for _ in range(4)))

    @property
    def finding(self) -> Count:
        """The month's visits at their worst, as a `Finding`, (run,)."""
        result = np.where(self.held > 0, np.int8(Finding.CLEAN), np.int8(Finding.NONE))
        result[self.clarified > 0] = Finding.CLARIFIED
        result[self.refused > 0] = Finding.REFUSED
        result[self.alarming > 0] = Finding.ALARMING
        return result


class VisitedSite:
    """One site of the host under the terms: what a visit there can find, in truth and in the guest's mind."""

    def __init__(
        self, number: int, site: Site, region: int, terms: Inspections, inspecting: Inspecting, reference: int
    ) -> None:
        self.number, self.site, self.region = number, site, region
        self._inspecting = inspecting
        self.moved_out = (
            moved_out_probability(terms.notice_hours, inspecting.moved_out_a_day)
            if site.kind in MOBILE
            else np.zeros(1)
        )
        self._reference = reference
        self._figures: dict[str, Any] = {
            "n_objects": site.objects,
            "n_opened": terms.objects_opened,
            "recognised": inspecting.recognised,
            "false_alarm": inspecting.false_alarm,
        }
        self._table: tuple[Real, Real] | None = None
        """Where all runs have the same figures, the chances for every number of prohibited objects."""
        if not any(map(np.ndim, self._figures.values())):
            self._table = visit_probabilities(n_prohibited=np.arange(site.objects + 1), **self._figures)

    def probabilities(self, n_prohibited: Count | int, runs: Runs | None = None) -> tuple[Real, Real]:
        """Chances that a visit finds something, and that it alarms without; see `visit_probabilities`.

        In all runs, or some alone, of whose shape ``n_prohibited`` then is.
        """
        if self._table is not None:
            found, false = self._table
            d = np.minimum(n_prohibited, self.site.objects)
            return found[d], false[d]
        figures = self._figures
        if runs is not None:
            figures = {name: of_runs(figure, runs) for name, figure in figures.items()}
        return visit_probabilities(n_prohibited=n_prohibited, **figures)

    def alarm_if(self, *, present: Number) -> Real:
        """Chance of a standing alarm, if the reference quantity is there with some chance."""
        violating, compliant = (
            alarm_after_clarification(*self.probabilities(d), self._inspecting.clarified)
            for d in (self._reference * self.site.objects_a_battery, 0)
        )
        there = present * (1.0 - self.moved_out)
        return np.asarray(there * violating + (1.0 - there) * compliant)


class Rota:
    """The visits that one agreement gives a guest: its sites, its quotas, and whose turn it is."""

    def __init__(self, world: World, guest: Party, name: str, moratorium: Moratorium) -> None:
        self.world, self.guest, self.moratorium = world, guest, moratorium
        terms = moratorium.terms.inspections
        assert terms is not None
        self.name, self.terms, n_runs = name, terms, world.n_runs
        self.sites = self._sites_of_the_other()
        regions = {visited.region for visited in self.sites}
        self.covered: Mask = np.array([[r in regions] for r in range(len(world.regions))])
        """Regions in which the terms let the guest visit a site of the other, (region, 1)."""
        self.alarm_chances = {visited.number: self._chances_in_each_state(visited) for visited in self.sites}
        self._accrued, self._challenges = np.zeros(n_runs), np.zeros(n_runs)
        self.next_site = np.zeros(n_runs, dtype=np.int16)
        self.refusals = np.zeros(n_runs, dtype=np.int32)
        """Unprovoked refusals since the last visit, (run,)."""

    def _sites_of_the_other(self) -> list[VisitedSite]:
        inputs = self.world.inputs
        return [
            VisitedSite(
                number,
                site,
                self.world.regions.index(site.region),
                self.terms,
                inputs.inspecting,
                inputs.believing.reference_batteries,
            )
            for number, (name, site) in enumerate(inputs.sites.items())
            if name in self.terms.sites and site.owner != self.guest.name
        ]

    def visits_due(self) -> tuple[Count, Mask]:
        """Routine visits as they fall due, and where the other is suspected enough for a challenge."""
        running = self.moratorium.inspections_run(self.world.month)
        quota = self.terms.visits_a_year
        routine, accrued = whole_visits(self._accrued, quota.routine)
        self._accrued = np.where(running, accrued, self._accrued)
        kept = np.minimum(self._challenges + quota.challenge / 12.0, np.maximum(quota.challenge, 1.0))
        suspected = (self.guest.believed * self.covered).max(axis=0) > self.terms.concern_above
        challenge = suspected & (kept >= 1.0 - 1e-9)
        self._challenges = np.where(running, kept - challenge, self._challenges)
        return np.where(running, routine, 0), running & challenge

    def most_suspected_site(self, where: Mask) -> Count:
        """The site whose turn it is, if it lies where suspicion is highest, else the first that does.

        Only where a mask holds, (run,); elsewhere the one whose turn it is.
        """
        runs, result = np.flatnonzero(where), self.next_site.copy()
        suspicion = np.stack([self.guest.believed[visited.region][runs] for visited in self.sites])
        in_turn = suspicion[result[runs], np.arange(runs.size)]
        result[runs] = np.where(in_turn >= suspicion.max(axis=0), result[runs], suspicion.argmax(axis=0))
        return result

    def suspend_after_too_many_refusals(self) -> None:
        """Suspend inspections where the other has refused too often in a row."""
        after = self.terms.suspended_after
        too_often = (self.refusals >= after) & (after > 0)
        if too_often.any():
            until = self.world.month + 1 + self.terms.suspended_for
            self.moratorium.suspend_inspections(too_often, until=until)
            self.refusals[too_often] = 0

    def prohibited(self, visited: VisitedSite, runs: Runs, u: Luck) -> Count:
        """Prohibited objects that could be met at a site in some runs, of the shape of ``runs``."""
        host, r = self.guest.other, visited.region
        hidden, hides_at = host.holdings, host.hides_at[r, runs]
        at_sites, elsewhere = hidden.batteries_at_site[r, runs], hidden.batteries_elsewhere[r, runs]
        batteries = np.where(hides_at == visited.number, at_sites, 0)
        if self.terms.sites_chosen_by == "inspector":
            finds = of_runs(self.world.inputs.inspecting.finds_chosen_base, runs)
            chosen_well = u["base"][runs] < finds
            off_these = np.where(np.isin(hides_at, [s.number for s in self.sites]), 0, at_sites)
            batteries = batteries + np.where(chosen_well, elsewhere + off_these, 0)
        there: Count = batteries * of_runs(visited.site.objects_a_battery, runs)
        if not np.any(visited.moved_out > 0.0):
            return there
        return np.where(u["moved"][runs] < of_runs(visited.moved_out, runs), 0, there)

    def _chances_in_each_state(self, visited: VisitedSite) -> list[Real]:
        """Chance of a standing alarm there, if the other complies, violates at a site, or elsewhere.

        A violation at a site is at any of the other's sites in the region alike; where inspectors choose
        the base, they may choose well for what is hidden elsewhere, or at a site not under the terms.
        """
        inspecting = self.world.inputs.inspecting
        chosen_well = inspecting.finds_chosen_base if self.terms.sites_chosen_by == "inspector" else 0.0
        hiding, under_terms = self._hiding_sites(visited.region)
        at_this = 1.0 / len(hiding) if visited.number in hiding else 0.0
        at_others = 1.0 - len(under_terms) / len(hiding) if hiding else 0.0
        presence = (0.0, at_this + chosen_well * at_others, chosen_well)
        return [visited.alarm_if(present=present) for present in presence]

    def _hiding_sites(self, region: int) -> tuple[set[int], set[int]]:
        """The other's sites in a region where it may hide something, and those of them under the terms."""
        sites = enumerate(self.world.inputs.sites.values())
        hiding = {
            number
            for number, site in sites
            if site.owner != self.guest.name and site.may_hide and site.region == self.world.regions[region]
        }
        return hiding, hiding & {visited.number for visited in self.sites}


class Inspectorate:
    """A party as a guest: its visits of the month under all agreements, and what they say."""

    def __init__(self, world: World, guest: Party) -> None:
        self.world, self.guest, n_runs = world, guest, world.n_runs
        self._inspecting = world.inputs.inspecting
        agreed = zip(world.agreements.names, world.agreements.moratoria, strict=True)
        rotas = [Rota(world, guest, name, m) for name, m in agreed if m.terms.inspections is not None]
        self.rotas = [rota for rota in rotas if rota.sites]
        self.owes_refusals = np.zeros(n_runs, dtype=np.int32)
        """As a host, it owes the other one refusal for each of its own."""
        self._newly_owes = np.zeros(n_runs, dtype=np.int32)
        never = world.chance.uniform(f"recognition.{guest.name}") < self._inspecting.never_recognised
        self._recognises: Mask = ~never
        self.visits_of_a_year = np.zeros((len(world.regions), n_runs))
        """Visits held there over about the last year: twelve twelfths of a fading sum."""
        self._nothing_said = Likelihood.of_nothing((len(world.regions), n_runs))
        self._begin_month()

    def _begin_month(self) -> None:
        shape = (len(self.world.regions), self.world.n_runs)
        self.tally = Tally.of_nothing(self.world.n_runs)
        self.alarm: Mask = np.zeros(shape, dtype=np.bool_)
        self.true_alarms: Count = np.zeros(shape, dtype=np.int16)
        """Visits there that found something prohibited, (region, run)."""
        self.visited: Mask = np.zeros(shape, dtype=np.bool_)
        self.refused: Mask = np.zeros(self.world.n_runs, dtype=np.bool_)
        """The other refused a visit this month, unprovoked, (run,)."""
        self.likelihood = Likelihood.of_nothing(shape) if self.rotas else self._nothing_said

    def inspect(self) -> None:
        """Make this month's visits."""
        self._begin_month()
        self.visits_of_a_year = self.visits_of_a_year * (11.0 / 12.0)
        for rota in self.rotas:
            if not rota.moratorium.in_force.any():
                continue
            routine, challenge = rota.visits_due()
            for k in range(int(routine.max())):
                held = self._visit(rota, str(k), routine > k, rota.next_site)
                rota.next_site = (rota.next_site + held) % len(rota.sites)
            if challenge.any():
                self._visit(rota, "challenge", challenge, rota.most_suspected_site(challenge))

    def _visit(self, rota: Rota, name: str, asked: Mask, site: Count) -> Mask:
        """A visit, where asked for, to the site of a number; say where it was held, (run,)."""
        visit = f"visit.{self.guest.name}.{rota.name}.{name}"
        u = Luck(self.world.chance, visit, self.world.month)
        held = asked & ~self._refused(rota, asked, u)
        self.tally.held += held
        rota.refusals[held] = 0
        for number, visited in enumerate(rota.sites):
            self._look_at(rota, visited, np.flatnonzero(held & (site == number)), u)
        return held

    def _refused(self, rota: Rota, asked: Mask, u: Luck) -> Mask:
        """Where the host refuses: unprovoked, or once for a refusal of the guest's own."""
        host = self.guest.other
        owed = asked & (host.inspectorate.owes_refusals > 0)
        unprovoked = asked & ~owed & host.refuses(u)
        host.inspectorate.owes_refusals -= owed
        host.refuses_next_visit &= ~unprovoked
        self._newly_owes += unprovoked
        rota.refusals += unprovoked
        self.refused |= unprovoked
        self.tally.refused += owed | unprovoked
        if unprovoked.any():
            self._weigh_refusal(unprovoked & rota.covered)
        return np.asarray(owed | unprovoked)

    def settle(self) -> None:
        """After both have visited: owe refusals for those of this month; suspend after too many."""
        self.owes_refusals += self._newly_owes
        self._newly_owes[:] = 0
        for rota in self.rotas:
            rota.suspend_after_too_many_refusals()

    def _weigh_refusal(self, where: Mask) -> None:
        """What an unprovoked refusal says, in the regions that the terms cover, (region, run)."""
        guilty = np.where(where, self._inspecting.refusal_if_violating, 1.0)
        innocent = np.where(where, self._inspecting.refusal_if_compliant, 1.0)
        self.likelihood = self.likelihood.times(Likelihood(innocent, guilty, guilty, unrecognised=guilty))

    def _look_at(self, rota: Rota, visited: VisitedSite, runs: Runs, u: Luck) -> None:
        """Visit one site in some runs; note what was found, and what that says."""
        if not runs.size:
            return
        met = np.where(self._recognises[runs], rota.prohibited(visited, runs, u), 0)
        found, false = visited.probabilities(met, runs)
        drawn = u["found"][runs]
        finds = drawn < found
        errs = ~finds & (drawn < found + false)
        clarified = of_runs(self._inspecting.clarified, runs)
        cleared = errs & (u["cleared"][runs] < clarified) if errs.any() else errs
        alarm = finds | (errs & ~cleared)
        self.tally.alarming[runs] += alarm
        self.true_alarms[visited.region, runs] += finds
        self.tally.clarified[runs] += cleared
        self.alarm[visited.region, runs] |= alarm
        self.visited[visited.region, runs] = True
        self.visits_of_a_year[visited.region, runs] += 1.0
        self._weigh(visited.region, rota.alarm_chances[visited.number], runs, alarm)

    def _weigh(self, region: int, chances: list[Real], runs: Runs, alarm: Mask) -> None:
        """The likelihood of what a visit found in some runs, alarm or none, in each state of the other."""
        here = (of_runs(chance, runs) for chance in chances)
        compliant, at_site, elsewhere = (np.where(alarm, chance, 1.0 - chance) for chance in here)
        found = Likelihood(compliant, at_site, elsewhere, unrecognised=compliant)
        self.likelihood.weigh(region, runs, found)
