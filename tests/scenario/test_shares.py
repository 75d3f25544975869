"""A party's doctrine: a name, shares by name, or either for each region."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change
from verifsim.scenario import load_scenario
from verifsim.scenario.write import resolved_yaml

NOTED = (
    "{mirror: {value: 0.8, range: [0.5, 0.95], source: report}, covert_deploy: {value: 0.2, range: [0, 0.5]}}"
)


def with_doctrine(doctrine: str) -> str:
    return change("doctrine: mirror", f"doctrine: {doctrine}")


@pytest.mark.parametrize(
    ("doctrine", "north", "south"),
    [
        ("mirror", {"mirror": 1}, {"mirror": 1}),
        ("{north: hedge, south: mirror}", {"hedge": 1}, {"mirror": 1}),
        ("{mirror: 0.8, hedge: 0.2}", {"mirror": 0.8, "hedge": 0.2}, {"mirror": 0.8, "hedge": 0.2}),
        ("{north: {mirror: 0.8, hedge: 0.2}, south: mirror}", {"mirror": 0.8, "hedge": 0.2}, {"mirror": 1}),
    ],
)
def test_a_doctrine_is_a_name_or_shares_or_either_by_region(
    load: Load, doctrine: str, north: dict[str, float], south: dict[str, float]
) -> None:
    party = load(with_doctrine(doctrine)).scenario.parties["red"]
    assert party.doctrine == {"north": north, "south": south}


@pytest.mark.parametrize("doctrine", [NOTED, f"{{north: {NOTED}, south: {NOTED}}}"])
def test_shares_carry_ranges_and_sources(load: Load, doctrine: str, tmp_path: Path) -> None:
    file = load(with_doctrine(doctrine))
    assert file.scenario.parties["red"].doctrine["south"] == {"mirror": 0.8, "covert_deploy": 0.2}
    for region in ("north", "south"):
        note = file.notes["parties", "red", "doctrine", region, "mirror"]
        assert (note.range, note.source) == ((0.5, 0.95), "report")
    path = tmp_path / "again.yaml"
    path.write_text(resolved_yaml(file), encoding="utf-8")
    again = load_scenario(path)
    assert (again.scenario, again.notes) == (file.scenario, file.notes)


@pytest.mark.parametrize("by_region", ["{}", "{{north: {}, south: mirror}}"])
@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            "{mirror: 0.8, covert_deply: 0.2}",
            "covert_deply: no doctrine 'covert_deply'; did you mean 'covert_deploy'?",
        ),
        (
            "{miror: {value: 1, source: report}}",
            "miror: no doctrine 'miror'; did you mean 'mirror'?",
        ),
        (
            "{mirror: 0.8, hedge: 0.1}",
            ": the shares add up to 0.9 (mirror 0.8, hedge 0.1); they must add up to 1",
        ),
        ("{mirror: , hedge: 1}", "mirror: needs a number (given nothing)"),
        ("{mirror: 80, hedge: 0.2}", "mirror: out of bounds (given 80); allowed: 0 to 1 share"),
        ("{mirror: 80%, hedge: 0.2}", "mirror: needs a number (given '80%'); write a fraction of 1"),
        (
            "{mirror: {value: 1, range: [0.5, 2]}}",
            "mirror.range: the range reaches too far (given 0.5 to 2); allowed: 0 to 1 share",
        ),
        ("{mirror: {value: 1, source: repotr}}", "mirror.source: no source 'repotr'; did you mean 'report'?"),
    ],
)
def test_shares_that_are_off_are_told_once(
    problems: Problems, by_region: str, shares: str, said: str
) -> None:
    (problem,) = problems(with_doctrine(by_region.format(shares)))
    assert "parties.red.doctrine" in problem
    assert said in problem


@pytest.mark.parametrize(
    "doctrine",
    ["{north: mirror, hedge: 0.2}", "{north: {mirror: 1}, hegde: 0.2}", "{north: mirror, hedge: no}"],
)
def test_regions_and_doctrines_side_by_side_are_told(problems: Problems, doctrine: str) -> None:
    (problem,) = problems(with_doctrine(doctrine))
    assert "parties.red.doctrine: regions (north) and doctrines (he" in problem
    assert "side by side; give the shares in each region" in problem


@pytest.mark.parametrize("doctrine", ["{nort: mirror, south: hedge}", "{nort: {mirror: 1}, south: hedge}"])
def test_a_misspelt_region_next_to_a_right_one_is_answered_with_the_nearest(
    problems: Problems, doctrine: str
) -> None:
    (problem,) = problems(with_doctrine(doctrine))
    assert "parties.red.doctrine.nort: no region 'nort'; did you mean 'north'?" in problem


def test_shares_of_a_child_are_added_to_those_of_its_parent(problems: Problems, load: Load, put: Put) -> None:
    put(with_doctrine("{mirror: 0.8, hedge: 0.2}"))
    child = "extends: world.yaml\nparties: {red: {doctrine: {hold_back: 1}}}\n"
    (problem,) = problems(child, name="child.yaml")
    assert "the shares add up to 2 (mirror 0.8, hedge 0.2, hold_back 1); they must add up to 1" in problem
    assert problem.endswith("with those that a parent gives; 'none' removes one")
    load(child.replace("{hold_back", "{mirror: none, hedge: none, hold_back"), name="child.yaml")


def test_a_region_may_be_called_like_the_key_of_a_note(load: Load) -> None:
    text = change("doctrine: mirror", "doctrine: {north: {mirror: 1}, south: {mirror: 1}}", WORLD)
    scenario = load(text.replace("north", "value")).scenario
    assert scenario.parties["red"].doctrine["value"] == {"mirror": 1}
