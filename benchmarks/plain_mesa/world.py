"""The world: one run, the month in order (section 3)."""

from __future__ import annotations

import math
from typing import Any

import mesa

from plain_mesa.agents import Agreement, China
from plain_mesa.ladder import Ladder
from plain_mesa.luck import GeneratorLuck, StreamLuck
from plain_mesa.party import Party, counts_of, party_tested, state_of
from plain_mesa.state import site_of


class World(mesa.Model):
    """One run: the month in order (3)."""

    def __init__(self, scenario: dict[str, Any], luck: GeneratorLuck | StreamLuck) -> None:
        super().__init__(rng=0)  # Mesa's own generator is not drawn from
        self.said, self.luck = scenario, luck
        self.month = 0
        self.regions = list(scenario["regions"])
        self.party_names = list(scenario["parties"])
        self.inspecting, self.believing = scenario["inspecting"], scenario["believing"]
        self.sites = [site_of(name, spec) for name, spec in scenario.get("sites", {}).items()]
        self.agreements = [
            Agreement(self, name, terms) for name, terms in scenario.get("agreements", {}).items()
        ]
        self.agreement = {agreement.name: agreement for agreement in self.agreements}
        self.china = China(self, scenario["china"])
        self.parties = [Party(self, name, spec) for name, spec in scenario["parties"].items()]
        self.party = {party.name: party for party in self.parties}
        first, second = self.parties
        first.other, second.other = second, first
        for party in self.parties:
            party.start_believing()
        self.true_range = {
            name: self.draw_true_range(name, spec["true_range"])
            for name, spec in scenario["programmes"].items()
            if spec.get("true_range")
        }
        self.shock_known: int | None = None
        self.crisis_since: int | None = None
        self.uncontrolled = False
        lasts = scenario["escalation"]["arms_race_months"]
        self.region_ladder = {region: Ladder(lasts) for region in self.regions}
        self.world_ladder = Ladder(lasts)
        self.perceived_ladder = {party.name: Ladder(lasts) for party in self.parties}
        self.history: list[dict[str, Any]] = []
        self.before = self.words_and_missiles()

    def once(self, stream: str) -> float:
        """Draw what is drawn once a run."""
        return self.luck.uniform(stream)

    def uniform(self, stream: str) -> float:
        """Draw for this month."""
        return self.luck.uniform(stream, self.month)

    def month_of(self, date: str) -> int:
        """Give the number of a month, from 0."""
        (year, month), (first_year, first_month) = date.split("-"), self.said["start"].split("-")
        return (int(year) - int(first_year)) * 12 + int(month) - int(first_month)

    def draw_true_range(self, name: str, spec: dict[str, float]) -> float:
        """Draw how far a disputed missile truly flies (2)."""
        drawn, right = self.once(f"range.{name}"), spec["owner_is_right"]
        if drawn < right:
            return spec["owner_says"]
        a, b, c = spec["least"], spec["likeliest"], spec["most"]
        u = (drawn - right) / (1 - right)
        if u * (c - a) < b - a:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1 - u) * (c - a) * (c - b))

    def step(self) -> None:
        """Go through a month, in the order of section 3."""
        if self.uncontrolled:
            self.stand_still()
            return
        for party in self.parties:
            party.clear_month()
        self.happen()
        self.enter_into_force()
        for party in self.parties:
            party.look()
        self.inspect()
        for party in self.parties:
            party.infer()
        self.decide()
        self.speak()
        for party in self.parties:
            party.develop()
            party.move_disputed()
            party.move()
        self.china.watch()
        self.escalate()
        self.record()
        self.month += 1

    # 1. events

    def happen(self) -> None:
        """Clear tables (7.10), then let the events of the month happen."""
        lapse = self.said["talks"]["lapse_months"]
        for party in self.parties:
            offer = party.table
            if offer and (offer.agreement.in_force or offer.agreement.due):
                party.table = None
            elif offer and self.month >= offer.seen_from + lapse:
                party.table, party.talks = None, "lapsed"
        for event in self.said.get("events", {}).values():
            if self.month_of(event["month"]) == self.month:
                EVENTS[event["does"]](self, event)

    def offer_by_event(self, event: dict[str, Any]) -> None:
        """Put an agreement on the table; nothing is offered that is in force or due (7.10)."""
        agreement = self.agreement[event["agreement"]]
        if not (agreement.in_force or agreement.due):
            self.party[event["party"]].put_on_table(agreement, self.month)

    def shock_to_trust(self, event: dict[str, Any]) -> None:
        """Lower both parties' trust (7.11); the shock is known at once (7.10)."""
        for party in self.parties:
            party.trust *= 1 - event["by"]
        self.shock_known = self.month

    def stop_talks(self, event: dict[str, Any]) -> None:
        """Let a party make no more offers of its own accord (7.10)."""
        self.party[event["party"]].starts_talks = False

    def set_budget(self, event: dict[str, Any]) -> None:
        """Change a ceiling from this month on (7.6)."""
        self.party[event["party"]].ceiling = event.get("new_missile_budget")

    # 2. entry into force

    def enter_into_force(self) -> None:
        """Let agreements end or begin, and turn back what is openly on its way (3, step 2; 7.5)."""
        for agreement in self.agreements:
            notice = agreement.notice_until
            if agreement.in_force and notice is not None and notice <= self.month:
                agreement.end("notice_of_leaving")
            elif agreement.begins is not None and agreement.begins <= self.month:
                agreement.begins = None
                if any(party.announced(region) for party in self.parties for region in agreement.regions):
                    agreement.end("overtaken_by_deployment")
                else:
                    agreement.in_force, agreement.since, agreement.ended = True, self.month, "not_ended"
                    self.turn_back(agreement)

    def turn_back(self, agreement: Agreement) -> None:
        """Return to the reserve what is openly on its way to where an agreement binds."""
        for party in self.parties:
            for programme in party.programmes:
                for region in agreement.regions:
                    standing = programme.standing[region]
                    if standing.on_the_way and standing.to_stand in ("announced", "exercise"):
                        programme.reserve += standing.on_the_way
                        standing.on_the_way = 0

    # 4. inspect

    def inspect(self) -> None:
        """Let each party make its visits; then count refusals, suspend, and clear looks (7.9, 7.1)."""
        for party in self.parties:
            party.owes_now = party.owes
        running = [agreement for agreement in self.agreements if agreement.inspects(self.month)]
        for agreement in running:
            for guest in self.parties:
                guest.visit(agreement)
        for guest in self.parties:
            guest.owes += guest.refused_unprovoked
            for agreement in running:
                after = agreement.inspections["suspended_after"]
                if after and agreement.guests[guest.name].refusals >= after:
                    agreement.suspended_until = self.month + agreement.inspections["suspended_for"]
                    agreement.guests[guest.name].refusals = 0
            guest.clear_looks()

    # 6. decide

    def decide(self) -> None:
        """Let both parties decide on the same picture (7.4)."""
        decided = [party.decide() for party in self.parties]
        for party, (decision, produces) in zip(self.parties, decided, strict=True):
            party.decision, party.produces = decision, produces

    # 7. speak

    def speak(self) -> None:
        """Leave what is believed broken; then answer, end words, and offer (7.5, 7.10)."""
        for agreement in self.agreements:
            above = agreement.terms["ends"]["believed_broken_above"]
            beliefs = [party.belief[region].total for party in self.parties for region in agreement.regions]
            if agreement.in_force and max(beliefs) > above:
                agreement.end("believed_broken")
                hidden = [party.undeclared(region) for party in self.parties for region in agreement.regions]
                agreement.left_falsely |= not any(hidden)
        for party in self.parties:
            party.answer()
            party.end_words()
        for party in self.parties:
            party.offer()

    # 10. escalate

    def escalate(self) -> None:
        """Read the ladder (7.8), let crises end or begin (7.14), and note shocks (7.10)."""
        self.rung = self.read_true_ladder()
        below = max(self.rung_below(region) for region in self.regions)
        self.world_rung = self.world_ladder.read(self.month, self.standing_of(self.parties), below)
        self.perceived = {party.name: self.read_perceived_ladder(party) for party in self.parties}
        self.pass_crisis()
        now = self.words_and_missiles()
        if any(then and not still for then, still in zip(self.before["words"], now["words"], strict=True)):
            self.shock_known = self.month + 1
        if any(new and not old for old, new in zip(self.before["news"], now["news"], strict=True)):
            self.shock_known = self.month + 1
        self.before = now

    def words_and_missiles(self) -> dict[str, list[bool]]:
        """Give what a shock may change (7.10): words that stand, and missiles and crises that are there."""
        words = [agreement.in_force for agreement in self.agreements]
        words += [party.pledge[region] for party in self.parties for region in self.regions]
        news = [party.announced(region) > 0 for party in self.parties for region in self.regions]
        return {"words": words, "news": [*news, self.crisis_since is not None]}

    def shock_is_recent(self) -> bool:
        """Whether the last shock is known, and recent (7.10)."""
        lasts = self.said["talks"]["shock_months"]
        return self.shock_known is not None and self.shock_known <= self.month < self.shock_known + lasts

    def standing_of(self, parties: list[Party]) -> list[list[int]]:
        """Give the missiles of each party in each region, in truth."""
        return [[party.announced(r) + party.undeclared(r) for r in self.regions] for party in parties]

    def read_true_ladder(self) -> dict[str, int]:
        """Read the rung of each region, in truth (7.8)."""
        have = self.standing_of(self.parties)
        return {
            region: self.region_ladder[region].read(
                self.month, [[regions[k]] for regions in have], self.rung_below(region)
            )
            for k, region in enumerate(self.regions)
        }

    def rung_below(self, region: str, believer: Party | None = None) -> int:
        """Read the rungs 0 to 3 of a region, in truth or with one party's belief alone (7.8)."""
        above = self.said["escalation"]["violation_believed_above"]
        stands = any(agreement.binds_in(region) for agreement in self.agreements)
        pledged = any(party.pledge[region] for party in self.parties)
        if all(party_tested(party) for party in self.parties) and not (stands or pledged):
            return 3
        believers = self.parties if believer is None else [believer]
        believed = any(party.belief[region].total > above for party in believers)
        disputed = any(party.missiles(region, "disputed") for party in self.parties)
        covering = [agreement for agreement in self.agreements if agreement.binds_in(region)]
        if believed or disputed or any(agreement.suspended(self.month) for agreement in covering):
            return 2
        return 0 if any(a.inspects(self.month) and a.verifies(region) for a in covering) else 1

    def read_perceived_ladder(self, party: Party) -> int:
        """Read the rung of the world as a party perceives it (7.8)."""
        above = self.said["escalation"]["violation_believed_above"]
        reference = math.ceil(self.believing["reference_missiles"])
        own = self.standing_of([party])[0]
        theirs = [
            party.other.announced(region) + reference * (party.belief[region].total > above)
            for region in self.regions
        ]
        below = max(self.rung_below(region, party) for region in self.regions)
        return self.perceived_ladder[party.name].read(self.month, [own, theirs], below)

    def pass_crisis(self) -> None:
        """Let a crisis end, get out of control, or begin (7.14)."""
        crises, self.crisis_begins = self.said["crises"], False
        if self.crisis_since is not None:
            if self.uniform("crisis.ends") < crises["ends"]:
                self.crisis_since = None
            elif crises["uncontrolled_after"]:
                self.uncontrolled = self.month >= self.crisis_since + crises["uncontrolled_after"]
            return
        missiles = sum(sum(regions) for regions in self.standing_of(self.parties))
        misread = any(p != self.world_rung and max(p, self.world_rung) >= 4 for p in self.perceived.values())
        chance = list(crises["hazard"].values())[self.world_rung]
        chance *= (1 + crises["misperceived"] * misread) * (1 + crises["missiles"] * missiles / 100)
        if self.uniform("crisis.begins") < min(1.0, chance):
            self.crisis_since, self.crisis_begins = self.month, True

    def close(self) -> None:
        """Let go of the agents: Mesa 3.3 would keep every finished model alive."""
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    # 11. record

    def record(self) -> None:
        """Write the month down."""
        state = {
            "rung": dict(self.rung),
            "world_rung": self.world_rung,
            "perceived_rung": dict(self.perceived),
            "crisis": self.crisis_since is not None,
            "uncontrolled": self.uncontrolled,
            "agreement_in_force": {a.name: a.in_force for a in self.agreements},
            "inspections_in_force": {a.name: a.inspects(self.month) for a in self.agreements},
            "inspections_suspended": {a.name: a.suspended(self.month) for a in self.agreements},
            "china_launchers": self.china.launchers,
            "china_concern": self.china.concern,
            "china_position": self.china.says,
        }
        counted = {"crises": int(self.crisis_begins)}
        for party in self.parties:
            state[party.name], counted[party.name] = state_of(party), counts_of(party)
        self.history.append({"state": state, "counted": counted})

    def stand_still(self) -> None:
        """Stay as things stood: what is counted by the month is 0 (7.14, a frozen world)."""
        self.history.append({"state": self.history[-1]["state"], "counted": None})
        self.month += 1


EVENTS = {
    "offer": World.offer_by_event,
    "shock_to_trust": World.shock_to_trust,
    "stop_talks": World.stop_talks,
    "set_budget": World.set_budget,
}


def run_world(scenario: dict[str, Any], luck: GeneratorLuck | StreamLuck) -> World:
    """Simulate one run, to the horizon; close it when done with."""
    world = World(scenario, luck)
    for _ in range(scenario["months"]):
        world.step()
    return world
