"""A plain restatement, written from docs/model.md alone, gives every run as verifsim does.

It shares no code with verifsim and draws from the same named streams, so that whoever is wrong, both differ.
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import verifsim as vs
from plain_mesa.compare import compare_means, compare_runs, recorded, simulate
from plain_mesa.luck import StreamLuck
from plain_mesa.scenario import NotRestatedError, read_scenario
from plain_mesa.world import run_world
from verifsim.results import VARIABLES
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.write import resolved_yaml

FILES = {path.stem: path for path in shipped_files()}
RESTATED = ("moratorium", "us_choice_of_bases", "mirror_only")
PLAIN_MESA = Path(__file__).parents[1] / "benchmarks" / "plain_mesa"

TURBULENT = """
extends: moratorium.yaml
title: A turbulent world
question: Do both agree where words are broken, left, offered again and kept side by side, and visits are refused?
parties:
  russia:
    doctrine: {europe: {mirror: 0.3, covert_deploy: 0.5, hedge: 0.2}, asia_pacific: {mirror: 0.5, covert_deploy: 0.5}}
    talks:
      {starts: yes, offers: moratorium, after_shock: 0.7, answers: 0.5,
       accepts: {unverified: 0.8, host_chooses: 0.8, inspector_chooses: 0.8}}
    host_consent: {asia_pacific: {months: 2.5, cancelled: 0.5, blocked_months: 3}}
  us_nato:
    doctrine: {europe: {hedge: 0.4, covert_deploy: 0.2, mirror: 0.4}, asia_pacific: counter_china}
    talks:
      {starts: yes, offers: wide, after_shock: 0.7, answers: 0.5,
       accepts: {unverified: 0.8, host_chooses: 0.8, inspector_chooses: 0.8}}
    host_consent: {europe: {months: 2.5, cancelled: 0.3, blocked_months: 3}}
    new_missile_budget: 800
doctrines:
  mirror: {patience: 0.6, believes_above: 0.3}
  counter_china: {patience: 0.3, believes_above: 0.4, launchers_least: 70.2, launchers_most: 90}
  covert_deploy: {missiles: 110, begins: 0.05, at_site: 0.6, refuses: 0.6}
  hedge: {at_most: 0.2, even_at: 90, withdraws_below: 90}
programmes:
  9m729: {reserve: 1, deployed: {europe: 3, asia_pacific: 2}, months_to_move: 2.5}
  typhon: {months_to_test: 3.3, months_to_field: 4.4}
  land_kalibr: {months_to_move: 4.5}
sites:
  chernyakhovsk: {objects_a_battery: 9}
  deveselu: {objects_a_battery: 20, conversion_months: 3.4}
  far_base: {owner: russia, region: asia_pacific, title: Far base, kind: canister, may_hide: yes, objects: 12,
             objects_a_battery: 7}
  near_base: {owner: russia, region: europe, title: Near base, kind: launcher, may_hide: yes, objects: 30,
              objects_a_battery: 3}
agreements:
  moratorium:
    inspections: {sites: [near_base, chernyakhovsk, redzikowo], visits_a_year: {routine: 14, challenge: 6},
                  suspended_after: 1, suspended_for: 2, concern_above: 0.1}
    ends: {notice_months: 3, believed_broken_above: 0.9}
    moves_out: {9m729: {months: 4}}
  wide:
    binds: [russia, us_nato]
    regions: [asia_pacific, europe]
    moves_out: {9m729: {months: 3}}
    ends: {believed_broken_above: 0.5, notice_months: 0}
    inspections: {sites: [far_base, near_base, deveselu], sites_chosen_by: inspector, objects_opened: 5,
                  visits_a_year: {routine: 7, challenge: 3}, notice_hours: 60, concern_above: 0.06,
                  suspended_after: 2, suspended_for: 4}
talks: {negotiation_months: 1.5, lapse_months: 2, shock_months: 9, gap_months: 2}
inspecting: {false_alarm: 0.01, finds_chosen_base: 0.6}
watching: {false_alarm: 0.15}
china: {launchers: 70.6, a_year: 4, reaction: 0.4}
crises: {hazard: {dispute: 0.01, first_deployment: 0.02, mirrored_deployment: 0.03, arms_race: 0.05}, ends: 0.4,
         uncontrolled_after: 9}
events:
  war_talks: none
  first_offer: {month: 2021-10, does: offer, party: russia, agreement: moratorium}
  second_offer: {month: 2024-03, does: offer, party: us_nato, agreement: wide}
"""


@pytest.fixture
def resolved(tmp_path):
    """Give a scenario file as the restatement reads it, with nothing left to look up."""

    def read(file, settings=()):
        path = tmp_path / "scenario.resolved.yaml"
        path.write_text(resolved_yaml(load_scenario(file, settings)), encoding="utf-8")
        return read_scenario(path)

    return read


@pytest.fixture
def both(resolved):
    """Simulate a file with verifsim; give the results, and the same scenario as the restatement reads it."""
    return lambda file, runs: (vs.run(file, runs=runs), resolved(file))


@pytest.fixture
def turbulent(tmp_path):
    path = tmp_path / "turbulent.yaml"
    path.write_text(TURBULENT, encoding="utf-8")
    return path


def differing_runs(study, scenario, runs):
    """What differs in any of the runs; an outcome that has no value in any run is none of the table."""
    return compare_runs(scenario, study.ds, study.outcomes.dropna(axis="columns", how="all"), runs)


@pytest.mark.parametrize("name", RESTATED)
def test_every_month_of_a_run_and_its_outcomes_are_what_the_page_says(both, name):
    assert differing_runs(*both(FILES[name], 6), 6) == []


def test_a_world_in_which_much_happens_is_what_the_page_says(both, turbulent):
    study, scenario = both(turbulent, 12)
    ds = study.ds
    begins = ds.agreement_in_force & ~ds.agreement_in_force.shift(month=1, fill_value=False)
    assert (begins.sum("month") > 1).any()  # an agreement is agreed twice,
    assert {0, 2, 3, 4} <= set(ds.moratorium_ended.values.ravel().tolist())  # ends in every way that it can,
    assert ds.agreement_in_force.all("agreement").any()  # and stands beside another;
    assert (ds.deployed_disputed.diff("month") > 0).any()  # what moved out comes back;
    assert ds.inspections_suspended.any()
    assert (ds.inspections_refused > 0).any()
    assert (ds.talks == 4).any()  # and offers lapse
    assert differing_runs(study, scenario, 12) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*RESTATED, "baseline", "covert_9m729", "moratorium_asia", "moratorium_unverified"]
)
def test_many_runs_of_every_shipped_scenario_that_is_restated_are_what_the_page_says(both, name):
    assert differing_runs(*both(FILES[name], 20), 20) == []


@pytest.mark.slow
def test_many_turbulent_worlds_are_what_the_page_says(both, turbulent):
    assert differing_runs(*both(turbulent, 60), 60) == []


@pytest.mark.slow
def test_with_luck_of_its_own_the_restatement_has_the_same_means(both):
    study, scenario = both(FILES["moratorium"], 2000)
    ours, _ = simulate(scenario, 200, seed=1)
    z = compare_means(ours, study.outcomes.dropna(axis="columns", how="all")).z
    counted = z[np.isfinite(z)]
    assert len(counted) > 50
    assert counted.abs().max() < 4.5  # among some seventy, many of them near each other


def test_a_month_that_differs_is_found_and_named(both, monkeypatch):
    study, scenario = both(FILES["mirror_only"], 1)
    monkeypatch.setitem(scenario["trust"], "kept_month", 0.5)
    monkeypatch.setitem(scenario["watching"], "false_alarm", 0.5)
    (line,) = differing_runs(study, scenario, 1)
    assert line.startswith("run 0 differs: ")
    for name in ("alarm", "belief", "brier_score.russia.europe"):
        assert f"'{name}'" in line


def test_all_that_results_hold_is_compared_but_for_what_follows_from_it(resolved):
    world = run_world(resolved(FILES["mirror_only"], ["months=1"]), StreamLuck(1, 0))
    follow = {"moratorium_in_force", "findings", "treaty_stance", "doctrine_followed", "true_range"}
    assert set(recorded(world)) == set(VARIABLES) - follow


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("arms_race", "the doctrine forward_deploy"),
        ("inf_restored", "a treaty that may bind"),
        ("inspections_refused", "refuses_visits"),
        ("us_deploys_europe", "the doctrine hold_back (7.4); the event deploy"),
    ],
)
def test_a_scenario_that_asks_for_more_is_refused(resolved, name, what):
    with pytest.raises(NotRestatedError, match=r"^not restated: ") as refused:
        resolved(FILES[name])
    assert what in str(refused.value)


def test_it_shares_no_code_with_verifsim():
    modules = sorted(PLAIN_MESA.glob("*.py"))
    assert len(modules) > 5
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "verifsim" for name in names), path
