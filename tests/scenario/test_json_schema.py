"""The JSON Schema accepts what verifsim accepts, and refuses what is misspelt."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.scenario.conftest import Load, Put
from tests.scenario.whole import WHOLE, noted, plain
from verifsim.scenario.json_schema import json_schema

VALIDATOR = Draft202012Validator(json_schema())


@pytest.mark.parametrize("data", [plain(WHOLE), noted(plain(WHOLE))], ids=["plain", "noted"])
def test_the_schema_accepts_every_key(data: Any) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


CHANGES = [
    "agreements: none\nparties: {red: {talks: none}}\nevents: {offered: none, started: none}",
    "agreements: {moratorium: none, other: {binds: [red], regions: [north]}}\n"
    "parties: {red: {talks: {offers: other}}}\nevents: {offered: {agreement: other}}",
    "agreements: {moratorium: {from: none, moves_out: none, inspections: none}}",
    "agreements: {moratorium: {moves_out: {arrow: none}}}",
    "agreements: {moratorium: {ends: {notice_months: 3}}}",
    "agreements: {second: {binds: [red], regions: [north], from: 2020-02}}",
    "parties: {red: {host_consent: none, talks: {starts: no, offers: none}}}\nevents: {started: none}",
    "parties: {red: {host_consent: {north: none, south: {months: 3}}}}",
    "parties: {red: {exercises: {gap_months: 3}, talks: {accepts: none}}}",
    "programmes: {arrow: {true_range: {most: 3000}, slips: none}}",
    "agreements: {moratorium: {with_china: none}}\nchina: none",
    "china: {launchers: {value: 70, range: [60, 80]}}",
    "crises: {hazard: {arms_race: 0.02}}",
    "trust: none",
    "events: {war: {by: {value: 0.2, range: [0.1, 0.3]}}, spent: {new_missile_budget: none}}",
]


@pytest.mark.parametrize("changes", CHANGES)
def test_a_file_may_hold_only_what_changes(load: Load, put: Put, changes: str) -> None:
    put(WHOLE)
    load(f"extends: world.yaml\n{changes}\n", name="child.yaml")
    assert [error.message for error in VALIDATOR.iter_errors(plain(changes))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "agreements: {binds: [red]}",
        "agreements: {moratorium: {form: 2020-06}}",
        "agreements: {moratorium: {moves_out: {arrow: {month: 3}}}}",
        "agreements: {moratorium: {moves_out: {arrow: 3}}}",
        "agreements: {Moratorium: {binds: [red]}}",
        "parties: {red: {host_consent: {months: 3}}}",
        "parties: {red: {talks: {accepts: {hosts_choose: 0.5}}}}",
        "programmes: {arrow: {true_range: [1, 2, 3]}}",
        "china: {launchers: -1}",
        "crises: {arms_race: 0.1}",
        "trust: {weight: {value: 1, rnage: [0, 2]}}",
        "events: {war: {does: shock_to_trust, by: 2}}",
    ],
)
def test_the_schema_refuses_what_is_wrong(wrong: str) -> None:
    assert not VALIDATOR.is_valid(plain(wrong))
