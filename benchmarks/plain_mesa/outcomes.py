"""Outcomes, read off a run (outcomes.md)."""

from __future__ import annotations

import math
from typing import Any

from plain_mesa.party import Party
from plain_mesa.world import World


def first(flags: list[bool]) -> int:
    """Give the first month in which something holds; the horizon, if it never does."""
    return flags.index(True) if True in flags else len(flags)


def share_of(part: float, whole: float) -> float:
    """Give a share, or nan where there is nothing to share."""
    return part / whole if whole else math.nan


def outcomes_of(world: World) -> dict[str, float]:
    """Read the outcomes (outcomes.md) off a run."""
    states = [month["state"] for month in world.history]
    return {
        **outcomes_of_missiles(world, states),
        **outcomes_of_rungs(world, states),
        **outcomes_of_words(world, states),
        **outcomes_of_detection(world, states),
        **outcomes_of_visits_and_money(world, states),
    }


def counted(world: World, party: Party, what: str) -> list[Any]:
    """Give what is counted of a party, for the months before the world froze."""
    return [month["counted"][party.name][what] for month in world.history if month["counted"]]


def outcomes_of_missiles(world: World, states: list[dict[str, Any]]) -> dict[str, float]:
    """Give when, where and for how long missiles stood."""
    out: dict[str, float] = {}
    anywhere = [False] * len(states)
    for region in world.regions:
        somebody = [False] * len(states)
        for party in world.parties:
            mine = [state[party.name] for state in states]
            has = [(s["deployed_announced"][region] + s["deployed_undeclared"][region]) > 0 for s in mine]
            somebody = [a or b for a, b in zip(somebody, has, strict=True)]
            key = f"{party.name}.{region}"
            out[f"months_held_back.{key}"] = first(has)
            out[f"deployed.{key}"] = any(has)
            out[f"exercise_months.{key}"] = sum(s["exercise"][region] for s in mine)
            out[f"pledge_months.{key}"] = sum(s["pledge_stands"][region] for s in mine)
            out[f"plan_cancelled.{key}"] = any(s["host_consent"][region] == "blocked" for s in mine)
        out[f"months_without_deployment.{region}"] = first(somebody)
        out[f"nobody_deployed.{region}"] = not any(somebody)
        anywhere = [a or b for a, b in zip(anywhere, somebody, strict=True)]
    for party in world.parties:
        mine = [state[party.name] for state in states]
        open_ones = [sum(s["deployed_announced"].values()) for s in mine]
        missiles = [a + sum(s["deployed_undeclared"].values()) for a, s in zip(open_ones, mine, strict=True)]
        out[f"missile_months.{party.name}"] = sum(missiles)
        out[f"missiles_at_end.{party.name}"] = missiles[-1]
        ranges = [world.true_range[p.name] for p in party.programmes if p.name in world.true_range]
        if len(ranges) == 1:  # all disputed missiles of these scenarios are of one programme
            disputed = sum(sum(s["deployed_disputed"].values()) for s in mine)
            out[f"disputed_in_range.{party.name}"] = disputed * (500 <= ranges[0] <= 5500)
    start = first(anywhere)
    out["months_without_deployment_anywhere"] = start
    down = [not there for there in anywhere[start:]]
    out["comes_back_down"] = any(down) if any(anywhere) else math.nan
    out["months_until_down"] = first(down) if any(anywhere) else math.nan
    return out


def outcomes_of_rungs(world: World, states: list[dict[str, Any]]) -> dict[str, float]:
    """Give how far the world went, and its crises."""
    rungs = [state["world_rung"] for state in states]
    names = ("dispute", "development_race", "first_deployment", "mirrored_deployment", "arms_race")
    out = {f"months_at_or_above_{name}": sum(r >= k for r in rungs) for k, name in enumerate(names, start=2)}
    positions = [state["china_position"] for state in states]
    return out | {
        "peak_rung": max(rungs),
        "final_rung": rungs[-1],
        "crises": sum(month["counted"]["crises"] for month in world.history if month["counted"]),
        "crisis_months": sum(state["crisis"] for state in states),
        "uncontrolled": states[-1]["uncontrolled"],
        "china_launchers": states[-1]["china_launchers"],
        "china_protest_months": positions.count("protests"),
    }


def outcomes_of_words(world: World, states: list[dict[str, Any]]) -> dict[str, float]:
    """Give what became of agreements and offers."""
    out: dict[str, float] = {
        "moratorium_months": sum(any(state["agreement_in_force"].values()) for state in states),
        "moratorium_lost_to_false_belief": any(agreement.left_falsely for agreement in world.agreements),
    }
    if len(world.agreements) > 1:
        for agreement in world.agreements:
            in_force = [state["agreement_in_force"][agreement.name] for state in states]
            out[f"agreement_months.{agreement.name}"] = sum(in_force)
    offered = accepted = spiral = False
    for party in world.parties:
        talks = counted(world, party, "talks")
        for what in ("accepted", "rejected", "lapsed"):
            out[f"offers_{what}.{party.name}"] = talks.count(what)
        offered |= any(what != "nothing_offered" for what in talks)
        accepted |= "accepted" in talks
        spiral |= any("false_alarm" in why.values() for why in counted(world, party, "moved_because"))
    out["agreed"] = accepted if offered else math.nan
    out["spiral_from_false_alarm"] = spiral
    return out


def outcomes_of_detection(world: World, states: list[dict[str, Any]]) -> dict[str, float]:
    """Give whether and when breaches were known, and how true alarms and beliefs were."""
    out: dict[str, float] = {}
    escalation, horizon = world.said["escalation"], len(states)
    above = escalation["violation_believed_above"]
    for party in world.parties:
        alarms = true = 0
        for region in world.regions:
            hid = [s[party.other.name]["hidden_when_looked"][region] for s in states]
            stands = [s[party.other.name]["deployed_undeclared"][region] > 0 for s in states]
            belief = [s[party.name]["belief"][region] for s in states]
            raised = [alarm[region] for alarm in counted(world, party, "alarm")]
            alarms += sum(raised)
            true += sum(a and h for a, h in zip(raised, hid, strict=False))
            squares = ((b - h) ** 2 for b, h in zip(belief, hid, strict=True))
            out[f"brier_score.{party.name}.{region}"] = sum(squares) / horizon
            breach, key = [h or s for h, s in zip(hid, stands, strict=True)], f"{party.other.name}.{region}"
            found = [alarms[region] > 0 for alarms in counted(world, party, "true_alarms")]
            found += [False] * (horizon - len(found))
            start = first(breach)
            lasts = first([not there for there in breach[start:]])
            months = range(start, start + lasts)
            knows = [hid[t] and (belief[t] > above or found[t]) for t in months]
            spans = {"within_12_months": 12, "before_production": escalation["production_lead_months"]}
            for name, span in spans.items():
                known = any(knows[: span + 1]) if start + span < horizon else math.nan
                out[f"breach_detected_{name}.{key}"] = known
            until = first(knows) if any(knows) else horizon - start
            out[f"months_until_detection.{key}"] = until if breach[start:] else math.nan
        out[f"satellite_alarms_true.{party.name}"] = share_of(true, alarms)
        found = sum(sum(by_region.values()) for by_region in counted(world, party, "true_alarms"))
        standing = sum(counted(world, party, "inspections_alarming"))
        out[f"visit_alarms_true.{party.name}"] = share_of(found, standing)
    return out


def outcomes_of_visits_and_money(world: World, states: list[dict[str, Any]]) -> dict[str, float]:
    """Give visits, what inspections cost, and what was spent."""
    out: dict[str, float] = {}
    live = [month["state"] for month in world.history if month["counted"]]
    months = sum(any(state["inspections_in_force"].values()) for state in live)
    for party in world.parties:
        kinds = ("held", "refused", "alarming", "clarified")
        visits = {kind: sum(counted(world, party, f"inspections_{kind}")) for kind in kinds}
        visits["clean"] = visits["held"] - visits["alarming"] - visits["clarified"]
        out |= {f"inspections_{kind}.{party.name}": number for kind, number in visits.items()}
        cost = months * world.inspecting["regime_cost"] / 12 + visits["held"] * world.inspecting["visit_cost"]
        out[f"cost_of_regime.{party.name}"] = cost
        spent = sum(counted(world, party, "spending"))
        out[f"spending.{party.name}"] = spent
        if party.ceiling is not None:
            ceilings = sum(counted(world, party, "ceiling"))
            out[f"share_of_ceiling.{party.name}"] = share_of(spent, ceilings / 12)
    return out
