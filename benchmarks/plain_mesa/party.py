"""A party: it looks, visits, infers, decides, speaks and acts, in one world."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mesa

from plain_mesa.agents import Agreement, Programme
from plain_mesa.chances import NEAR, alarm_chance, rounded_by_chance, swayed, visit_finds
from plain_mesa.doctrines import DOCTRINES
from plain_mesa.state import STANDS, Belief, Decision, Hosts, Likelihoods, Offer, Site, Standing

if TYPE_CHECKING:
    from plain_mesa.world import World


class Party(mesa.Agent):
    """One of the two strategic parties."""

    other: Party

    def __init__(self, model: World, name: str, spec: dict[str, Any]) -> None:
        super().__init__(model)
        self.name, self.spec = name, spec
        self.programmes = [
            Programme(model, key, item) for key, item in model.said["programmes"].items()
            if item["owner"] == name
        ]  # fmt: skip
        regions = model.regions
        self.doctrine = {region: self.draw_type(spec["doctrine"][region]) for region in regions}
        self.hides_at = {region: self.draw_hiding_place(region) for region in regions}
        self.unrecognising = model.once(f"recognition.{name}") < model.inspecting["never_recognised"]
        self.alarm = dict.fromkeys(regions, False)
        self.hidden_when_looked = dict.fromkeys(regions, False)
        self.decision = {region: Decision() for region in regions}
        self.begun = dict.fromkeys(regions, False)
        self.pledge = {region: region in spec.get("pledge", {}).get("not_first_in", []) for region in regions}
        self.hosts = {region: Hosts() for region in regions}
        for region, hosts in spec["host_consent"].items():
            self.hosts[region] = Hosts(**hosts, state="not_asked")
        self.exercise_from = dict.fromkeys(regions, 0)
        self.trust: float = spec["trust"]
        self.ceiling: float | None = spec.get("new_missile_budget")
        self.spent = 0.0
        self.produces = False
        self.owes = 0
        self.fading_visits = dict.fromkeys(regions, 0.0)
        self.seen_announced = dict.fromkeys(regions, 0)
        self.table: Offer | None = None
        self.last_offer: int | None = None
        self.starts_talks: bool = spec["talks"]["starts"]
        self.clear_month()

    def draw_type(self, shares: dict[str, float]) -> str:
        """Draw which doctrine it truly follows (2, true type)."""
        uniform, cumulative = self.model.once(f"type.{self.name}"), 0.0
        for doctrine, share in shares.items():
            cumulative += share
            if uniform < cumulative:
                return doctrine
        return doctrine

    def draw_hiding_place(self, region: str) -> Site | None:
        """Draw at which of its sites in a region it would hide (2, site)."""
        return max(
            self.may_hide_at(region), key=lambda site: self.model.once(f"hides_at.{site.name}"), default=None
        )

    def start_believing(self) -> None:
        """Split the prior as a new violation is (5, 7.2)."""
        prior = self.model.believing["prior"]
        unrecognised = self.model.inspecting["never_recognised"]
        self.prior: dict[str, Belief] = {}
        for region in self.model.regions:
            share = self.share_at_sites(region)
            seen = prior * (1 - unrecognised)
            self.prior[region] = Belief(seen * share, seen * (1 - share), prior * unrecognised)
        self.belief = dict(self.prior)

    def clear_month(self) -> None:
        """Forget what is counted by the month."""
        regions = self.model.regions
        self.visited = dict.fromkeys(regions, 0)
        self.found = dict.fromkeys(regions, 0)
        self.findings: dict[str, list[Likelihoods]] = {region: [] for region in regions}
        self.refused = self.alarming = self.clarified = self.refused_unprovoked = 0
        self.talks = "nothing_offered"

    # what it has, and what it sees of the other

    def may_hide_at(self, region: str) -> list[Site]:
        """Give its sites in a region at which it may hide something."""
        return [s for s in self.model.sites if s.owner == self.name and s.region == region and s.may_hide]

    def missiles(self, region: str, *kinds: str) -> int:
        """Count its missiles of some standing in a region."""
        return sum(p.missiles * getattr(p.standing[region], kind) for p in self.programmes for kind in kinds)

    def announced(self, region: str) -> int:
        """Count its announced missiles, those of exercises included."""
        return self.missiles(region, "announced", "exercise")

    def undeclared(self, region: str) -> int:
        """Count the missiles that it hides."""
        return self.missiles(region, "at_site", "elsewhere")

    def hidden(self, region: str, where: str) -> int:
        """Count the batteries that it hides, `at_site` or `elsewhere`."""
        return sum(getattr(programme.standing[region], where) for programme in self.programmes)

    def bound(self, region: str) -> bool:
        """Whether an agreement binds it there (7.5)."""
        return any(agreement.binds_in(region) for agreement in self.model.agreements)

    def consent(self, region: str) -> bool:
        """Whether its hosts have consented, or are not asked at all."""
        return self.hosts[region].state == "given"

    def share_at_sites(self, region: str) -> float:
        """Give the share of the other's violations that are thought to be at its sites (7.2: w)."""
        return self.model.believing["at_site"] if self.other.may_hide_at(region) else 0.0

    @property
    def trust_sways(self) -> float:
        """Sway chances by how far trust has moved, in log-odds (7.11: tau)."""
        return 2 * self.model.said["trust"]["weight"] * (self.trust - self.spec["trust"])

    # 3. look

    def look(self) -> None:
        """Look at each region once (7.1)."""
        watching = self.model.said["watching"]
        for region in self.model.regions:
            at_site, elsewhere = self.other.hidden(region, "at_site"), self.other.hidden(region, "elsewhere")
            chance = alarm_chance(watching, at_site, elsewhere)
            self.other.hidden_when_looked[region] = at_site + elsewhere > 0
            self.alarm[region] = self.model.uniform(f"look.{self.name}.{region}") < chance

    # 4. inspect

    def visit(self, agreement: Agreement) -> None:
        """Make the visits that are due under an agreement (7.9: how many, and where)."""
        guest, sites = agreement.guests[self.name], agreement.sites_of(self.other)
        guest.routine += agreement.routine / 12
        guest.challenge = min(guest.challenge + agreement.challenge / 12, max(agreement.challenge, 1))
        if not sites:
            return
        visits = 0
        while guest.routine >= 1 - NEAR:
            guest.routine -= 1
            if self.visit_site(agreement, sites[guest.turn % len(sites)], str(visits)):
                guest.turn += 1
            visits += 1
        visited = [region for region in agreement.regions if region in {site.region for site in sites}]
        worst = max(visited, key=lambda region: self.belief[region].total)
        suspicion = self.belief[worst].total
        if guest.challenge >= 1 - NEAR and suspicion > agreement.inspections["concern_above"]:
            guest.challenge -= 1
            site = sites[guest.turn % len(sites)]
            if suspicion > self.belief[site.region].total:
                site = next(s for s in sites if s.region == worst)
            self.visit_site(agreement, site, "challenge")

    def visit_site(self, agreement: Agreement, site: Site, number: str) -> bool:
        """Visit a site, if the host lets it be (7.9: refusals); say whether it was visited."""
        host, inspecting = self.other, self.model.inspecting
        if host.owes_now > 0:
            host.owes_now -= 1
            host.owes -= 1
            self.refused += 1
            return False
        if any(decision.refuses for decision in host.decision.values()):
            self.refused += 1
            self.refused_unprovoked += 1
            agreement.guests[self.name].refusals += 1
            violating, compliant = inspecting["refusal_if_violating"], inspecting["refusal_if_compliant"]
            for region in {s.region for s in agreement.sites_of(host)}:
                self.findings[region].append((violating, violating, violating, compliant))
            return False
        agreement.guests[self.name].refusals = 0
        self.visited[site.region] += 1
        alarm = self.open_objects(agreement, site, f"visit.{self.name}.{agreement.name}.{number}")
        self.alarming += alarm
        self.findings[site.region].append(self.weight_of_visit(agreement, site, alarm))
        return True

    def open_objects(self, agreement: Agreement, site: Site, stream: str) -> bool:
        """Open objects at a site; say whether the visit stands as an alarm (7.9: what a visit finds)."""
        uniform, inspecting = self.model.uniform, self.model.inspecting
        bad = self.prohibited_objects(agreement, site, stream)
        if self.unrecognising or uniform(f"{stream}.moved") < self.moved_out_chance(agreement, site):
            bad = 0
        found, false = self.chances_of_visit(agreement, site, bad)
        drawn = uniform(f"{stream}.found")
        if drawn < found:
            self.found[site.region] += 1
            return True
        if drawn < found + false:
            cleared = uniform(f"{stream}.cleared") < inspecting["clarified"]
            self.clarified += cleared
            return not cleared
        return False

    def prohibited_objects(self, agreement: Agreement, site: Site, stream: str) -> int:
        """Count the prohibited objects at a site that is visited (7.9: d)."""
        host, region = self.other, site.region
        batteries, hiding_place = 0, host.hides_at[region]
        if hiding_place == site:
            batteries += host.hidden(region, "at_site")
        if agreement.chosen_by_inspector:
            met = self.model.uniform(f"{stream}.base") < self.model.inspecting["finds_chosen_base"]
            away = host.hidden(region, "elsewhere")
            if hiding_place not in agreement.sites:
                away += host.hidden(region, "at_site")
            batteries += away * met
        return min(batteries * site.objects_a_battery, site.objects)

    def moved_out_chance(self, agreement: Agreement, site: Site) -> float:
        """Give the chance that prohibited objects were moved out before inspectors came (7.9: g)."""
        if site.kind == "mk41_cell":
            return 0.0
        days = agreement.inspections["notice_hours"] / 24
        return 1 - (1 - self.model.inspecting["moved_out_a_day"]) ** days

    def chances_of_visit(self, agreement: Agreement, site: Site, bad: int) -> tuple[float, float]:
        """Give the chances of finding, and of a false alarm only (7.9)."""
        inspecting = self.model.inspecting
        opened = min(agreement.inspections["objects_opened"], site.objects)
        return visit_finds(site.objects, opened, bad, inspecting["recognised"], inspecting["false_alarm"])

    def weight_of_visit(self, agreement: Agreement, site: Site, alarm: bool) -> Likelihoods:
        """Weigh a visit's finding (7.9: what it says)."""
        inspecting = self.model.inspecting

        def alarm_of(bad: int) -> float:
            found, false = self.chances_of_visit(agreement, site, bad)
            return found + false * (1 - inspecting["clarified"])

        reference = self.model.believing["reference_batteries"] * site.objects_a_battery
        clean, dirty = alarm_of(0), alarm_of(min(reference, site.objects))
        places = self.other.may_hide_at(site.region)
        named = [place for place in places if place in agreement.sites]
        met = inspecting["finds_chosen_base"] if agreement.chosen_by_inspector else 0.0
        at_site = met
        if places:
            at_site = (site in places) / len(places) + met * (1 - len(named) / len(places))
        stays = 1 - self.moved_out_chance(agreement, site)
        chances = [x * stays * dirty + (1 - x * stays) * clean for x in (at_site, met)] + [clean, clean]
        return tuple(chance if alarm else 1 - chance for chance in chances)

    def clear_looks(self) -> None:
        """Clear false alarms of this month's look where a site has been visited (7.1)."""
        for region in self.model.regions:
            if self.visited[region] and self.alarm[region] and not self.other.undeclared(region):
                clears = self.model.inspecting["clears_look"]
                self.alarm[region] = not self.model.uniform(f"clear.{self.name}.{region}") < clears

    # 5. infer

    def infer(self) -> None:
        """Turn findings into belief (7.2), count visits (7.3), then turn findings into trust (7.11)."""
        for region in self.model.regions:
            self.belief[region] = self.weigh(region, self.pass_month(region))
            self.fading_visits[region] = 11 / 12 * self.fading_visits[region] + self.visited[region]
        self.move_trust()

    def pass_month(self, region: str) -> Belief:
        """Let a month pass: the other may turn back, relocate or turn covert (7.2)."""
        believing, old = self.model.believing, self.belief[region]
        unrecognised, share = self.model.inspecting["never_recognised"], self.share_at_sites(region)
        stays = 1 - believing["turns_back"]
        moves = believing["relocates"]
        new = believing["turns_covert"] * (1 - old.total)
        seen = old.site + old.elsewhere
        return Belief(
            stays * (old.site + moves * (share * seen - old.site)) + new * (1 - unrecognised) * share,
            stays * (old.elsewhere + moves * ((1 - share) * seen - old.elsewhere))
            + new * (1 - unrecognised) * (1 - share),
            stays * old.unrecognised + new * unrecognised,
        )

    def weigh(self, region: str, belief: Belief) -> Belief:
        """Weigh all findings of the month as independent (7.2)."""
        weights = [belief.site, belief.elsewhere, belief.unrecognised, 1 - belief.total]
        for finding in [self.weight_of_look(region), *self.findings[region]]:
            weights = [weight * chance for weight, chance in zip(weights, finding, strict=True)]
        total = sum(weights)
        weighed = Belief(*(weight / total for weight in weights[:3])) if total > 0 else self.prior[region]
        if weighed.total == 0:
            return Belief(0.0, NEAR, 0.0)
        kept = min(max(weighed.total, NEAR), 1 - NEAR)
        scale = kept / weighed.total
        return Belief(weighed.site * scale, weighed.elsewhere * scale, weighed.unrecognised * scale)

    def weight_of_look(self, region: str) -> Likelihoods:
        """Weigh this month's look (7.2)."""
        watching, reference = self.model.said["watching"], self.model.believing["reference_batteries"]
        at_site, elsewhere = alarm_chance(watching, reference, 0), alarm_chance(watching, 0, reference)
        cleared = self.model.inspecting["clears_look"] if self.visited[region] else 0.0
        chances = (at_site, elsewhere, elsewhere, watching["false_alarm"] * (1 - cleared))
        return tuple(chance if self.alarm[region] else 1 - chance for chance in chances)

    def move_trust(self) -> None:
        """Lose trust by what was found, refused and deployed; then gain some (7.11)."""
        model, moves = self.model, self.model.said["trust"]
        announced = {region: self.other.announced(region) for region in model.regions}
        if self.alarming:
            self.trust *= 1 - moves["finding"]
        if self.refused_unprovoked:
            self.trust *= 1 - moves["refusal"]
        if any(announced[region] > self.seen_announced[region] for region in model.regions):
            self.trust *= 1 - moves["deployment"]
        self.seen_announced = announced
        if any(agreement.in_force for agreement in model.agreements):
            self.trust += moves["kept_month"] * (1 - self.trust)
        if sum(self.visited.values()) and not self.alarming:
            self.trust += moves["clean_visit"] * (1 - self.trust)

    def assumed(self, region: str) -> float:
        """Give the number of the other's missiles that it assumes there (7.3)."""
        believing = self.model.believing
        overstates, halved_by = believing["worst_case_factor"], believing["overstatement_halved_by"]
        if halved_by > 0:
            overstates = 1 + (overstates - 1) / (1 + self.fading_visits[region] / halved_by)
        doubtful = self.other.missiles(region, "disputed")
        doubtful += self.belief[region].total * believing["reference_missiles"]
        return self.other.announced(region) + self.latent(region) + overstates * doubtful

    def latent(self, region: str) -> float:
        """Give the number of missiles that it takes the other's cells there to be good for (7.3)."""
        share, warning = self.spec["reads_cells_as_missiles"], self.spec["warning_needed"]
        return sum(
            site.objects * share / (1 + site.conversion_months / warning)
            for site in self.model.sites
            if site.owner == self.other.name and site.region == region and site.kind == "mk41_cell"
        )

    # 6. decide

    def decide(self) -> tuple[dict[str, Decision], bool]:
        """Let the doctrines decide by region, and say whether to produce; nothing moves yet (7.4)."""
        decisions, voices = {}, {}
        for region in self.model.regions:
            spec = self.model.said["doctrines"][self.doctrine[region]]
            decision = DOCTRINES[spec["kind"]](self, region, spec)
            if decision.wanted <= 0 or self.decision[region].wanted > 0:
                decision = replace(decision, reason="none")
            decisions[region] = decision
            voices[spec["kind"]] = spec
        produced = any(programme.stage == "produced" for programme in self.other.programmes)
        deployed = any(self.other.announced(region) for region in self.model.regions)
        if voices.keys() != {"mirror"}:
            return decisions, True
        orders = self.model.uniform(f"decide.{self.name}.production") < voices["mirror"]["answers_production"]
        return decisions, (produced or deployed) and (self.produces or orders)

    # 7. speak

    def answer(self) -> None:
        """Answer what is on the table (7.10)."""
        model, talks, offer = self.model, self.spec["talks"], self.table
        if offer is None or offer.seen_from > model.month:
            return
        if not model.uniform(f"talks.{self.name}.answers") < talks["answers"]:
            return
        agreement, self.table, self.talks = offer.agreement, None, "rejected"
        kind = "inspector_chooses" if agreement.chosen_by_inspector else "host_chooses"
        chance = talks["accepts"][kind if agreement.gives_visits else "unverified"]
        chance *= 1 - talks["belief_counts"] * max(self.belief[region].total for region in agreement.regions)
        chance = swayed(chance, self.trust_sways + model.china.urging)
        if not all(self.decision[region].willing for region in agreement.regions):
            chance = 0.0
        if model.uniform(f"talks.{self.name}.accepts") < chance:
            self.talks = "accepted"
            if not (agreement.in_force or agreement.due):
                months = model.said["talks"]["negotiation_months"]
                lasts = rounded_by_chance(months, model.uniform("negotiation"))
                agreement.agree(model.month + max(lasts, 1))

    def end_words(self) -> None:
        """End the pledge, and give notice of leaving agreements, where it wants to deploy openly (7.5)."""
        smallest = min(programme.missiles for programme in self.programmes)
        for region in self.model.regions:
            decision, own = self.decision[region], self.missiles(region, *STANDS)
            lacks = decision.wanted - own
            if decision.undeclared or not (lacks >= smallest or (own == 0 and decision.wanted > 0)):
                continue
            self.pledge[region] = False
            for agreement in self.model.agreements:
                if agreement.binds_in(region) and agreement.notice_until is None:
                    agreement.notice_until = self.model.month + agreement.terms["ends"]["notice_months"]
                    if agreement.notice_until == self.model.month:
                        agreement.end("notice_of_leaving")

    def offer(self) -> None:
        """Make an offer of its own accord (7.10)."""
        model, talks = self.model, self.spec["talks"]
        if not self.starts_talks or self.other.table is not None or not model.shock_is_recent():
            return
        gap = model.said["talks"]["gap_months"]
        if self.last_offer is not None and model.month < self.last_offer + gap:
            return
        agreement = model.agreement[talks["offers"]]
        if agreement.in_force or agreement.due:
            return
        if model.uniform(f"talks.{self.name}.offers") < talks["after_shock"]:
            self.put_on_table(agreement, model.month + 1)

    def put_on_table(self, agreement: Agreement, seen_from: int) -> None:
        """Put an agreement on the other's table (7.10)."""
        self.other.table = Offer(agreement, seen_from)
        self.last_offer = self.model.month

    # 8. act

    def develop(self) -> None:
        """Move programmes on, and spend (7.6)."""
        month = self.model.month
        for programme in self.programmes:
            if programme.stage == "development" and programme.due <= month + NEAR:
                programme.stage = "flight_tested"
                programme.due = month + programme.spec["months_to_field"]
            if programme.stage == "flight_tested" and programme.due <= month + NEAR and self.produces:
                programme.stage = "produced"
                programme.reserve += 1
        waiting = [p for p in self.programmes if p.in_development and p.due > month + NEAR]
        produced = [p for p in self.programmes if p.stage == "produced" and self.produces]
        wanted = sum(p.spec["development_cost"] / 12 for p in waiting)
        wanted += sum(p.spec["a_year"] * p.spec["cost"] / 12 for p in produced)
        ceiling = math.inf if self.ceiling is None else self.ceiling / 12
        share = min(1.0, ceiling / wanted) if wanted > 0 else 1.0
        self.spent = min(wanted, ceiling)
        for programme in waiting:
            slips = self.model.uniform(f"slip.{programme.name}") < programme.spec["slips"]
            programme.due += 1 if slips else 1 - share
        for programme in produced:
            programme.part_built += programme.spec["a_year"] / 12 * share
            whole = math.floor(programme.part_built + NEAR)
            programme.part_built -= whole
            programme.reserve += whole

    def move_disputed(self) -> None:
        """Move disputed missiles out as agreed, or bring them back (7.12)."""
        for programme in self.programmes:
            for region, standing in programme.standing.items():
                keeping = [
                    agreement for agreement in self.model.agreements
                    if agreement.binds_in(region) and programme.name in agreement.terms.get("moves_out", {})
                ]  # fmt: skip
                for agreement in keeping:
                    self.move_out(programme, standing, agreement)
                if not keeping:
                    self.bring_back(programme, standing)
                elif standing.on_the_way and standing.to_stand == "disputed":
                    programme.reserve += standing.on_the_way
                    standing.moved_out += standing.on_the_way
                    standing.on_the_way = 0

    def move_out(self, programme: Programme, standing: Standing, agreement: Agreement) -> None:
        """Move out what is due this month (7.12)."""
        months = agreement.terms["moves_out"][programme.name]["months"]
        share = min(1.0, (self.model.month + 1 - agreement.since) / max(months, 1))
        gone = math.floor((standing.disputed + standing.moved_out) * share + NEAR)
        leave = max(gone - standing.moved_out, 0)
        standing.disputed -= leave
        standing.moved_out += leave
        programme.reserve += leave

    def bring_back(self, programme: Programme, standing: Standing) -> None:
        """Send back what had moved out (7.12)."""
        batteries = min(standing.moved_out, programme.reserve)
        if batteries and not standing.on_the_way:
            uniform = self.model.uniform(f"return.{programme.name}")
            lead = rounded_by_chance(programme.spec["months_to_move"], uniform)
            programme.reserve -= batteries
            standing.moved_out -= batteries
            standing.on_the_way, standing.to_stand = batteries, "disputed"
            standing.arrives = self.model.month + lead

    def move(self) -> None:
        """End exercises, withdraw, ask hosts, order, deliver (7.7)."""
        self.end_exercises()
        self.withdraw()
        for region in self.model.regions:
            self.ask_hosts(region)
        for programme in self.programmes:
            for region in self.model.regions:
                self.order(programme, region)
            self.keep_moved_out_within_reserve(programme)
        for programme in self.programmes:
            for region in self.model.regions:
                self.deliver(programme, region)

    def end_exercises(self) -> None:
        """End exercises that have lasted long enough (7.7, 1)."""
        for programme in self.programmes:
            for region, standing in programme.standing.items():
                if not standing.exercise or self.model.month < standing.exercise_ends:
                    continue
                lasting = self.spec["exercises"]["becomes_lasting"]
                if self.model.uniform(f"exercise.{self.name}.{region}") < lasting:
                    standing.announced += standing.exercise
                else:
                    programme.reserve += standing.exercise
                standing.exercise = 0

    def withdraw(self) -> None:
        """Return all batteries to the reserve where nothing is wanted (7.7, 2)."""
        for programme in self.programmes:
            for region, standing in programme.standing.items():
                if self.decision[region].wanted <= 0:
                    programme.reserve += standing.own
                    for kind in STANDS:
                        setattr(standing, kind, 0)

    def ask_hosts(self, region: str) -> None:
        """Ask hosts for consent, or hear them (7.7, 3)."""
        hosts, month, uniform = self.hosts[region], self.model.month, self.model.uniform
        if hosts.months is None or hosts.state == "given":
            return
        if hosts.state == "blocked" and month >= hosts.due:
            hosts.state = "not_asked"
        decision = self.decision[region]
        asks = decision.wanted > 0 and not decision.undeclared and not self.bound(region)
        if hosts.state == "asked" and not asks:
            hosts.state = "not_asked"
        if hosts.state == "not_asked" and asks:
            hosts.state = "asked"
            hosts.due = month + rounded_by_chance(hosts.months, uniform(f"consent.{self.name}.{region}"))
        if hosts.state == "asked" and month >= hosts.due:
            hosts.state = "given"
            if uniform(f"cancelled.{self.name}.{region}") < hosts.cancelled:
                hosts.state, hosts.due = "blocked", month + max(hosts.blocked_months, 1)

    def order(self, programme: Programme, region: str) -> None:
        """Send batteries to a region (7.7, 4)."""
        decision, standing, month = self.decision[region], programme.standing[region], self.model.month
        as_exercise = decision.as_exercise and not self.consent(region)
        if not decision.undeclared:
            if self.bound(region) or not (self.consent(region) or as_exercise):
                return
            if as_exercise and month < self.exercise_from[region]:
                return
        if decision.wanted <= 0 or standing.on_the_way:
            return
        own = self.missiles(region, *STANDS) + self.on_the_way(region)
        batteries = max(math.floor((decision.wanted - own) / programme.missiles), 1 if own == 0 else 0)
        batteries = min(batteries, programme.reserve)
        if batteries <= 0:
            return
        months = programme.spec["months_to_move"]
        standing.to_stand = "exercise" if as_exercise else "announced"
        if decision.undeclared:
            standing.to_stand = "at_site" if decision.at_site else "elsewhere"
            if decision.at_site:
                months = max(months, self.hides_at[region].conversion_months)
        lead = rounded_by_chance(months, self.model.uniform(f"move.{programme.name}"))
        programme.reserve -= batteries
        standing.on_the_way, standing.arrives = batteries, month + lead

    def on_the_way(self, region: str) -> int:
        """Count its missiles on their way to a region, disputed ones apart."""
        return sum(
            programme.missiles * programme.standing[region].on_the_way
            for programme in self.programmes
            if programme.standing[region].to_stand != "disputed"
        )

    def keep_moved_out_within_reserve(self, programme: Programme) -> None:
        """Forget of moved-out batteries those that orders have sent elsewhere (7.12)."""
        too_many = sum(s.moved_out for s in programme.standing.values()) - programme.reserve
        for standing in programme.standing.values():
            forgotten = min(standing.moved_out, max(too_many, 0))
            standing.moved_out -= forgotten
            too_many -= forgotten

    def deliver(self, programme: Programme, region: str) -> None:
        """Receive what is due (7.7, 5)."""
        standing, month = programme.standing[region], self.model.month
        if not standing.on_the_way or standing.arrives > month:
            return
        setattr(standing, standing.to_stand, getattr(standing, standing.to_stand) + standing.on_the_way)
        standing.on_the_way = 0
        if standing.to_stand == "exercise":
            exercises = self.spec["exercises"]
            standing.exercise_ends = month + exercises["months"]
            self.exercise_from[region] = month + exercises["months"] + exercises["gap_months"]


def party_tested(party: Party) -> bool:
    """Whether a party has flight-tested or produces such a missile."""
    return any(programme.tested for programme in party.programmes)


def state_of(party: Party) -> dict[str, Any]:
    """Give what says how things stand with a party, at the end of a month."""
    regions = party.model.regions
    return {
        "deployed_announced": {r: party.announced(r) for r in regions},
        "deployed_undeclared": {r: party.undeclared(r) for r in regions},
        "deployed_disputed": {r: party.missiles(r, "disputed") for r in regions},
        "exercise": {r: party.missiles(r, "exercise") > 0 for r in regions},
        "host_consent": {r: party.hosts[r].state for r in regions},
        "reserve": sum(p.missiles * p.reserve for p in party.programmes),
        "belief": {r: party.belief[r].total for r in regions},
        "trust": party.trust,
        "hidden_when_looked": dict(party.hidden_when_looked),
        "pledge_stands": dict(party.pledge),
        "tested_or_produces": party_tested(party),
        "produces": party.produces,
    }


def counts_of(party: Party) -> dict[str, Any]:
    """Give what is counted of a party by the month."""
    regions = party.model.regions
    talks = party.talks
    if talks == "nothing_offered" and party.table is not None:
        talks = "on_the_table"
    return {
        "alarm": dict(party.alarm),
        "talks": talks,
        "moved_because": {r: party.decision[r].reason for r in regions},
        "inspections_held": sum(party.visited.values()),
        "inspections_refused": party.refused,
        "inspections_alarming": party.alarming,
        "inspections_clarified": party.clarified,
        "true_alarms": dict(party.found),
        "spending": party.spent,
        "ceiling": party.ceiling,
    }
