"""The resolved scenario, read as plain data; what it asks for beyond the rules restated here is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from plain_mesa.doctrines import DOCTRINES
from plain_mesa.world import EVENTS


class NotRestatedError(NotImplementedError):
    """The scenario asks for rules that this restatement leaves out."""

    def __init__(self, what: list[str]) -> None:
        super().__init__(f"not restated: {'; '.join(what)}")


def plain(node: Any) -> Any:
    """Give the scenario without ranges and sources: `{value: 3, range: …}` becomes 3."""
    if isinstance(node, dict):
        return plain(node["value"]) if "value" in node else {key: plain(item) for key, item in node.items()}
    return node


def read_scenario(path: str | Path) -> dict[str, Any]:
    """Read a resolved scenario, and refuse what is not restated here."""
    scenario = plain(YAML(typ="safe").load(Path(path)))
    refuse_what_is_left_out(scenario)
    return scenario


def refuse_what_is_left_out(scenario: dict[str, Any]) -> None:
    """Raise `NotRestatedError` where the scenario asks for more than the rules below."""
    followed = {
        kind
        for party in scenario["parties"].values()
        for shares in party["doctrine"].values()
        for kind in shares
    }
    doctrines = {name: scenario["doctrines"].get(name, {"kind": name}) for name in followed}
    agreements = scenario.get("agreements", {}).values()
    asks = {
        "numbers that vary (7.15)": scenario["ensemble"].get("vary", False),
        "a treaty that may bind (7.5)": any(p["treaty"] != "withdrawn" for p in scenario["parties"].values()),
        "slips of the act (7.7)": any(p["slips"] for p in scenario["parties"].values()),
        "refuses_visits (7.9)": any(p["refuses_visits"] for p in scenario["parties"].values()),
        "believing.rule other than bayes (7.2)": scenario["believing"]["rule"] != "bayes",
        "no china": not scenario.get("china"),
        "an agreement with China (7.10)": any(terms.get("with_china") for terms in agreements),
        "an agreement that does not bind both": any(len(terms["binds"]) != 2 for terms in agreements),
        "programmes that stand in regions, undisputed, at the start": any(
            p["deployed"] and not p["disputed"] for p in scenario["programmes"].values()
        ),
        "regions of a programme": any("regions" in p for p in scenario["programmes"].values()),
        "a party without programmes": {p["owner"] for p in scenario["programmes"].values()} != set(scenario["parties"]),
        "a planned programme": any(p["stage"] == "planned" for p in scenario["programmes"].values()),
        "a mirror with scope global, not openly, or that counts more or less than what is announced": any(
            d["scope"] != "regional" or not d["openly"] or not d["exercises_count"] or d["disputed_counts"]
            or d["latent_counts"] for d in doctrines.values() if d["kind"] in ("mirror", "counter_china")
        ),
    }  # fmt: skip
    kinds = {d["kind"] for d in doctrines.values()} - set(DOCTRINES)
    events = {event["does"] for event in scenario.get("events", {}).values()} - set(EVENTS)
    asks |= {f"the doctrine {kind} (7.4)": True for kind in kinds}
    asks |= {f"the event {does}": True for does in events}
    if left_out := sorted(what for what, asked in asks.items() if asked):
        raise NotRestatedError(left_out)
