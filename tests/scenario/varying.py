"""A busy file in which every number that may vary does, built on the file with every key."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from math import ceil, floor
from typing import Any

from tests.scenario.whole import WHOLE, plain
from verifsim.doctrines import CATALOGUE
from verifsim.scenario import declared
from verifsim.scenario.notes import FIXED
from verifsim.scenario.tree import Path_

PARAMETERS = {
    "patience": 0.3,
    "answers_production": 0.4,
    "believes_above": 0.6,
    "believes_gone_below": 0.2,
    "missiles_for_each": 1.3,
    "forgives": 0.1,
    "at_most": 0.2,
    "even_at": 20,
    "spread": 8,
    "withdraws_below": 10,
    "precision": 0.7,
    "reconsiders": 0.2,
    "launchers_least": 72.5,
    "launchers_most": 90.5,
    "leaves": 0.05,
    "begins": 0.2,
    "at_site": 0.5,
    "refuses": 0.3,
    "missiles": 20,
    "payoffs": {"both_hold": 0.5, "only_other": -1.5, "only_own": 1.2, "both_deploy": 0.3},
}
"""A value for every number of every doctrine that ships."""


def busy(doctrine: str = "mirror") -> dict[str, Any]:
    """The file with every key, with more in it: red follows a doctrine, blue may cheat, both are visited."""
    data: dict[str, Any] = plain(WHOLE)
    data["doctrines"] = {name: _parameters(name) for name in {doctrine, "mirror", "covert_deploy"}}
    data["parties"]["red"]["doctrine"] = doctrine
    data["parties"]["red"]["host_consent"]["south"] = {"months": 0.5, "cancelled": 0.1, "blocked_months": 2}
    data["parties"]["blue"] |= {"treaty": "in_force", "refuses_visits": 0.05}
    cheats = {"mirror": 0.4, "covert_deploy": 0.6}
    data["parties"]["blue"]["doctrine"] = {"north": cheats, "south": dict(cheats)}
    data["treaty"]["notice_months"] = 2
    data["events"]["left"] = {"does": "withdraw", "month": "2020-01", "party": "blue"}
    data["programmes"]["bow"] = {
        **{"owner": "blue", "title": "Bow", "stage": "planned", "missiles": 10, "a_year": 12, "cost": 20},
        **{"reserve": 3, "months_to_test": 2.5, "months_to_field": 1.5, "months_to_move": 1.5, "slips": 0.2},
    }
    data["sites"]["depot"] = {
        **{"owner": "red", "region": "north", "title": "Depot", "kind": "launcher", "may_hide": "yes"},
        **{"objects": 12, "objects_a_battery": 4},
    }
    terms = data["agreements"]["moratorium"]
    terms["regions"] = ["north", "south"]
    terms["from"] = "2020-02"
    terms["ends"]["believed_broken_above"] = 0.95
    terms["inspections"] |= {"sites": ["fort", "depot"], "visits_a_year": {"routine": 15.5, "challenge": 7.5}}
    data["believing"]["prior"] = 0.35
    data["crises"]["hazard"] = dict.fromkeys(data["crises"]["hazard"], 0.05)
    data["china"] |= {"region": "north", "concerned_by": ["red", "blue"]}
    data["crises"] |= {"ends": 0.1, "uncontrolled_after": 3}
    for event in ("deployed", "practised"):
        data["events"][event]["month"] = "2020-12"
    return data


def _parameters(doctrine: str) -> dict[str, Any]:
    fields = declared.fields(CATALOGUE[doctrine])
    switches = {"as_exercise": "yes", "latent_counts": "yes"}
    return deepcopy({key: value for key, value in (PARAMETERS | switches).items() if key in fields})


def numbers(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where numbers stand that may vary."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(value, (*path, key))
    elif isinstance(data, (int, float)) and not isinstance(data, bool) and path not in FIXED:
        yield path


def ranged(data: dict[str, Any], by: float = 0.3, only: set[Path_] | None = None) -> dict[str, Any]:
    """The data with a range around every number that may vary, within what its key allows."""
    result = deepcopy(data)
    for path in numbers(data):
        if only is None or path in only:
            *above, key = path
            part = _within(result, above)
            part[key] = {"value": part[key], "range": _around(data, path, part[key], by)}
    return result


def _within(data: Any, path: list[Any]) -> Any:
    for key in path:
        data = data[key]
    return data


def _around(data: dict[str, Any], path: Path_, value: float, by: float) -> list[float]:
    kind, field = declared.at(path, data)
    by = min(by, 0.1) if "true_range" in path else by  # its three figures must not cross
    low, high = sorted((value * (1 - by), value * (1 + by)))
    if kind is int:
        low, high = floor(low), ceil(high)
    limits = dict(declared._limits(field)) if field is not None else {}
    return [max(low, limits.get("at least", low)), min(high, limits.get("at most", high))]


def stated(data: dict[str, Any], values: dict[str, float]) -> dict[str, Any]:
    """The data with other numbers, by their paths as users write them."""
    result = deepcopy(data)
    for name, value in values.items():
        *above, key = name.split(".")
        part = _within(result, above)
        part[key] = round(value) if isinstance(part[key], int) and value == round(value) else value
    return result
