"""Four of the doctrines (section 7.4): what each wants in a region."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from plain_mesa.chances import swayed
from plain_mesa.state import Decision

if TYPE_CHECKING:
    from plain_mesa.party import Party


def draws(party: Party, purpose: str, region: str) -> float:
    """Draw the luck of a doctrine."""
    return party.model.uniform(f"decide.{party.name}.{purpose}.{region}")


def mirror(party: Party, region: str, spec: dict[str, Any], before: float | None = None) -> Decision:
    """Answer what is announced or believed (7.4, mirror)."""
    before = party.decision[region].wanted if before is None else before
    announced, belief = party.other.announced(region), party.belief[region].total
    provoked = announced > 0 or belief > spec["believes_above"]
    patience = swayed(spec["patience"], -party.trust_sways)
    wanted = before
    if provoked and (before > 0 or draws(party, "patience", region) < patience):
        wanted = max(party.assumed(region) * spec["missiles_for_each"], 1.0, before)
    elif announced == 0 and belief < spec["believes_gone_below"]:
        wanted = 0.0
    if announced > 0:
        reason = "announced_deployment"
    else:
        reason = "belief" if party.other.undeclared(region) else "false_alarm"
    return Decision(wanted, reason, willing=wanted == 0)


def counter_china(party: Party, region: str, spec: dict[str, Any]) -> Decision:
    """Answer China's launchers in its region, and mirror beside (7.4, counter_china)."""
    china = party.model.china
    if region != china.region:
        return mirror(party, region, spec)
    least, most = spec["launchers_least"], spec["launchers_most"]
    tolerated = least + party.model.once(f"decide.{party.name}.tolerance.{region}") * (most - least)
    calls_for = spec["missiles"] if china.launchers > tolerated else 0.0
    before = party.decision[region].wanted
    mirrors = mirror(party, region, spec, before if before > calls_for else 0.0)
    wanted = max(calls_for, mirrors.wanted)
    reason = "china" if calls_for else mirrors.reason
    return Decision(wanted, reason, as_exercise=spec["as_exercise"], willing=wanted == 0)


def covert_deploy(party: Party, region: str, spec: dict[str, Any]) -> Decision:
    """Hide missiles, at a declared site or elsewhere (7.4, covert_deploy)."""
    begins = draws(party, "covert", region) < spec["begins"]
    party.begun[region] = party.begun[region] or begins
    drawn = party.model.once(f"decide.{party.name}.covert_at_site.{region}")
    at_site = party.hides_at[region] is not None and drawn < spec["at_site"]
    standings = [programme.standing[region] for programme in party.programmes]
    hides = any(s.at_site or (s.on_the_way and s.to_stand == "at_site") for s in standings)
    refuses = hides and draws(party, "covert_refuses", region) < spec["refuses"]
    wanted = spec["missiles"] if party.begun[region] else 0.0
    return Decision(wanted, "own_plan", undeclared=True, at_site=at_site, refuses=refuses)


def hedge(party: Party, region: str, spec: dict[str, Any]) -> Decision:
    """Deploy the likelier, the more it assumes the other to have (7.4, hedge)."""
    assumed = party.assumed(region)
    chance = spec["at_most"] / (1 + math.exp(-(assumed - spec["even_at"]) / spec["spread"]))
    decides = draws(party, "hedge", region) < chance
    stays = party.decision[region].wanted > 0 and assumed >= spec["withdraws_below"]
    wanted = max(assumed, 1.0) if (decides or stays) and not party.bound(region) else 0.0
    return Decision(wanted, "assumed_number", willing=wanted == 0)


DOCTRINES = {
    "mirror": mirror,
    "counter_china": counter_china,
    "covert_deploy": covert_deploy,
    "hedge": hedge,
}
