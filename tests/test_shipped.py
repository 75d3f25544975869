"""The scenario files that ship: they run, they ask a question, and they keep to what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.ensemble import simulate_ensemble
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.notes import ASSUMPTION
from verifsim.scenario.write import resolved_yaml

FILES = {path.stem: path for path in shipped_files()}


@pytest.fixture(scope="module")
def ran():
    """Every shipped scenario, 200 runs each, under the same luck."""
    return {
        name: simulate_ensemble(load_scenario(path, ["ensemble.runs=200"]))[0] for name, path in FILES.items()
    }


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_has_a_title_and_asks_a_question(name):
    scenario = load_scenario(FILES[name]).scenario
    assert scenario.title
    assert scenario.question.endswith("?")


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_says_which_schema_it_follows(name):
    assert FILES[name].read_text().startswith("# yaml-language-server: $schema=verifsim.schema.json\n")


def test_every_number_of_the_baseline_has_a_source():
    file = load_scenario(FILES["baseline"])
    bare = []

    def numbers(data, path=()):
        for key, value in data.items() if isinstance(data, dict) else ():
            if isinstance(value, dict):
                numbers(value, (*path, key))
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                bare.append((*path, key))

    numbers(file.scenario.model_dump(by_alias=True, exclude_unset=True))
    told = {path for path, note in file.notes.items() if note.source}
    whole_shares = {path for path in bare if "doctrine" in path}  # one doctrine alone is a share of 1
    unsourced = [p for p in bare if p not in told | whole_shares and p[0] not in ("months", "ensemble")]
    assert not unsourced
    assert all(
        note.source == ASSUMPTION or note.source in file.scenario.sources for note in file.notes.values()
    )


def test_every_source_is_used_and_says_publisher_title_and_date():
    file = load_scenario(FILES["baseline"])
    used = {note.source for note in file.notes.values()} - {ASSUMPTION, None}
    assert used == set(file.scenario.sources)
    for key, text in file.scenario.sources.items():
        assert any(year in text for year in map(str, range(1987, 2027))), key
        assert "http" not in text, key


def test_a_budget_ceiling_is_never_passed(ran):
    for name, ds in ran.items():
        ceiling = ds.budget_ceiling / 12
        assert bool((ds.spending.where(ceiling.notnull(), 0) <= ceiling.fillna(np.inf)).all()), name


def test_the_arms_race_climbs_at_least_as_high_as_any_other(ran):
    race = ran["arms_race"].world_rung.max("month")
    for name, ds in ran.items():
        assert bool((race >= ds.world_rung.max("month")).all()), name


def test_a_global_trigger_never_deploys_less_in_europe_than_a_regional_one(ran):
    regional, worldwide = ran["us_deploys_asia"], ran["us_deploys_asia_global_trigger"]

    def deployed(ds):
        return (ds.deployed_announced.sel(region="europe", party="russia") > 0).any("month")

    assert bool((deployed(worldwide) >= deployed(regional)).all())
    assert float(deployed(worldwide).mean()) > float(deployed(regional).mean())


def test_the_moratorium_without_inspections_has_none_and_otherwise_the_same_luck(ran):
    verified, unverified = ran["moratorium"], ran["moratorium_unverified"]
    assert verified.inspections_held.any()
    assert not unverified.inspections_held.any()
    early = {"month": slice(None, "2021-07")}
    for name in ("alarm", "deployed_undeclared", "doctrine_followed"):
        a, b = (
            ds[name] if name == "doctrine_followed" else ds[name].sel(early) for ds in (verified, unverified)
        )
        assert a.equals(b), name


@pytest.mark.parametrize("name", FILES)
def test_the_resolved_file_gives_the_same_numbers(name, ran, tmp_path):
    file = load_scenario(FILES[name], ["ensemble.runs=200"])
    path = tmp_path / "scenario.resolved.yaml"
    path.write_text(resolved_yaml(file), encoding="utf-8")
    again = load_scenario(path)
    assert again.scenario == file.scenario
    assert again.notes == file.notes
    if name == "moratorium":
        assert simulate_ensemble(again)[0].drop_attrs().identical(ran[name].drop_attrs())
