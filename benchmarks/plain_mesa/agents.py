"""Programmes, agreements and China (sections 2, 7.5 and 7.13)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from plain_mesa.chances import NEAR
from plain_mesa.state import Inspectorate, Site, Standing

if TYPE_CHECKING:
    from plain_mesa.party import Party
    from plain_mesa.world import World


class Programme(mesa.Agent):
    """A missile system of a party."""

    def __init__(self, model: World, name: str, spec: dict[str, Any]) -> None:
        super().__init__(model)
        self.name, self.spec = name, spec
        self.missiles: int = spec["missiles"]
        self.stage: str = spec["stage"]
        self.due = spec["months_to_test"] if self.stage == "development" else spec["months_to_field"]
        self.reserve: int = spec["reserve"]
        self.part_built = 0.0
        self.standing = {region: Standing() for region in model.regions}
        for region, batteries in spec["deployed"].items():
            self.standing[region].disputed = batteries

    @property
    def tested(self) -> bool:
        """Whether it has been flight-tested, or is produced."""
        return self.stage in ("flight_tested", "produced")

    @property
    def in_development(self) -> bool:
        """Whether its next stage is still to come."""
        return self.stage in ("development", "flight_tested")


class Agreement(mesa.Agent):
    """A moratorium, with or without visits (7.5, 7.9)."""

    def __init__(self, model: World, name: str, terms: dict[str, Any]) -> None:
        super().__init__(model)
        self.name, self.terms = name, terms
        self.regions: list[str] = terms["regions"]
        self.in_force = False
        self.begins: int | None = model.month_of(terms["from"]) if terms.get("from") else None
        self.since = 0
        self.notice_until: int | None = None
        self.suspended_until = -1
        self.ended = "not_ended"
        self.left_falsely = False
        self.inspections: dict[str, Any] = terms.get("inspections") or {}
        visits = self.inspections.get("visits_a_year", {"routine": 0, "challenge": 0})
        self.routine, self.challenge = visits["routine"], visits["challenge"]
        self.gives_visits = self.routine + self.challenge > 0
        named = self.inspections.get("sites", [])
        self.sites = [site for site in model.sites if site.name in named]
        self.chosen_by_inspector = self.inspections.get("sites_chosen_by") == "inspector"
        self.guests = {party: Inspectorate() for party in model.party_names}

    @property
    def due(self) -> bool:
        """Whether it has been agreed, and is still to begin."""
        return self.begins is not None

    def binds_in(self, region: str) -> bool:
        """Whether it binds (both) in a region."""
        return self.in_force and region in self.regions

    def suspended(self, month: int) -> bool:
        """Whether its inspections are suspended."""
        return self.in_force and month <= self.suspended_until

    def inspects(self, month: int) -> bool:
        """Whether its inspections run (7.8)."""
        return self.in_force and self.gives_visits and not self.suspended(month)

    def sites_of(self, party: Party) -> list[Site]:
        """Give the sites of a party that the terms name."""
        return [site for site in self.sites if site.owner == party.name]

    def verifies(self, region: str) -> bool:
        """Whether its terms name a site of each party in a region (7.8)."""
        return len({site.owner for site in self.sites if site.region == region}) == 2

    def end(self, why: str) -> None:
        """End it, for all it binds and in all its regions (7.5)."""
        self.in_force, self.begins, self.notice_until, self.ended = False, None, None, why

    def agree(self, begins: int) -> None:
        """Agree on it anew (7.5, 7.10): notices and suspension are forgotten."""
        self.begins, self.notice_until, self.suspended_until = begins, None, -1


class China(mesa.Agent):
    """The observer (7.13)."""

    def __init__(self, model: World, spec: dict[str, Any]) -> None:
        super().__init__(model)
        self.spec = spec
        self.region: str = spec["region"]
        self.added = 0
        self.launchers: int = math.floor(spec["launchers"] + NEAR)
        self.concern = 0.0
        self.says = "silent"

    @property
    def urging(self) -> float:
        """Sway acceptance, in log-odds, by what it said last month."""
        return self.spec["urges"] if self.says in ("urges_dialogue", "opposes_withdrawal") else 0.0

    def watch(self) -> None:
        """See what stands in its region, add launchers, say something."""
        model, spec = self.model, self.spec
        announced = sum(model.party[name].announced(self.region) for name in spec["concerned_by"])
        self.concern = announced / (announced + spec["half_concerned_at"])
        if model.uniform("china.reacts") < spec["reaction"] * self.concern:
            self.added += spec["reaction_launchers"]
        trend = spec["launchers"] + spec["a_year"] * (model.month + 1) / 12
        self.launchers = math.floor(trend + NEAR) + self.added
        self.says = "protests" if announced > 0 else "silent"
        if model.shock_is_recent():
            self.says = "urges_dialogue"
