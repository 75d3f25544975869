"""With its other mechanisms off, the model must give known answers.

Proportions within 4 sqrt(p (1 - p) / N), means within 4 sd / sqrt(N); exact results exactly.
Every test goes through a scenario file.
"""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from verifsim.outcomes.base import has_missiles, months_before

HELD = 120
"""Months in the tests that count until a horizon."""


def first_month(ds: xr.Dataset, party: str, region: str) -> np.ndarray:
    """Month of a party's first deployment in a region; the horizon where there is none."""
    return months_before(has_missiles(ds).sel(party=party, region=region)).values


def assert_share(share: float, expected: float, n: int) -> None:
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / n), (share, expected)


def assert_mean(values: np.ndarray, expected: float, sd: float) -> None:
    assert abs(values.mean() - expected) < 4 * sd / np.sqrt(len(values)), (values.mean(), expected)


@pytest.mark.parametrize("rule", ["last_finding", "bayes"])
@pytest.mark.parametrize("scope", ["regional", "global"])
def test_without_errors_reciprocal_parties_never_deploy(simulate, rule, scope):
    ds = simulate(f"""
        months: 240
        believing: {{rule: {rule}, prior: 0.05, turns_covert: 0.002, turns_back: 0.02}}
        watching: {{battery_seen: 1, false_alarm: 0}}
        doctrines: {{mirror: {{scope: {scope}, believes_above: 0.7, believes_gone_below: 0.2}}}}
    """).ds
    assert not has_missiles(ds).any()
    assert (ds.world_rung <= 3).all()


ANSWERED = """
    parties: {blue: {doctrine: hold_back}}
    regions: {far: {title: Far}}
    programmes: {arrow: {regions: [north, south], months_to_move: 7}}
    events: {first: {month: 2020-04, does: deploy, programme: bow, region: north}}
"""


def test_a_regional_mirror_answers_in_that_region_alone_after_its_lead_time(simulate):
    ds = simulate(ANSWERED).ds
    assert (first_month(ds, "red", "north") == 3 + 7).all()
    assert not has_missiles(ds).sel(party="red", region=["south", "far"]).any()


def test_a_global_mirror_answers_wherever_it_can_reach(simulate):
    ds = simulate(ANSWERED + "    doctrines: {mirror: {scope: global}}\n").ds
    for region in ("north", "south"):
        assert (first_month(ds, "red", region) == 3 + 7).all()
    assert not has_missiles(ds).sel(party="red", region="far").any()


def test_the_answer_to_a_hidden_battery_waits_a_geometric_time_for_detection(simulate):
    p, lead, n = 0.25, 12, 4000
    ds = simulate(f"""
        months: {HELD}
        ensemble: {{runs: {n}}}
        parties: {{blue: {{doctrine: hold_back}}}}
        watching: {{battery_seen: {p}}}
        programmes: {{arrow: {{months_to_move: {lead}}}}}
        events: {{hides: {{month: 2020-01, does: deploy, programme: bow, region: north, announced: no}}}}
    """).ds
    delay = first_month(ds, "red", "north")
    assert delay.min() == lead
    assert_mean(delay, 1 / p - 1 + lead, np.sqrt(1 - p) / p)
    for looks in (1, 2, 5):
        assert_share((delay - lead + 1 == looks).mean(), p * (1 - p) ** (looks - 1), n)
    assert not has_missiles(ds).sel(party="red", region="south").any()


def test_false_alarms_alone_start_a_deployment_at_a_geometric_time(simulate):
    q, judgements, n = 0.002, 6, 5000
    ds = simulate(f"""
        months: {HELD}
        ensemble: {{runs: {n}}}
        regions: {{far: {{title: Far}}}}
        watching: {{false_alarm: {q}}}
    """).ds
    first = months_before(has_missiles(ds).any(["party", "region"])).values
    a_month = 1 - (1 - q) ** judgements
    assert_share((first == HELD).mean(), (1 - q) ** (judgements * HELD), n)
    for month in (0, 10, 60):
        assert_share((first < month + 1).mean(), 1 - (1 - a_month) ** (month + 1), n)


TIT_FOR_TAT = """
    months: {months}
    ensemble: {{runs: 400}}
    regions: {{south: none}}
    watching: {{battery_seen: {seen}, false_alarm: {error}}}
    doctrines: {{mirror: {{openly: no}}}}
    programmes: {{arrow: {{reserve: 1}}, bow: {{reserve: 1}}}}
"""


def tit_for_tat(simulate, error: float, months: int) -> xr.Dataset:
    """Strict tit-for-tat, one battery a side, misperceived with the same chance either way."""
    seen = 1 - error / (1 - error)  # 1 - (1 - q)(1 - p) = 1 - q
    return simulate(TIT_FOR_TAT.format(months=months, seen=seen, error=error)).ds


@pytest.mark.parametrize(("error", "months"), [(0.1, 300), (0.02, 800)])
def test_under_misperception_tit_for_tat_holds_back_half_the_time(simulate, error, months):
    late = has_missiles(tit_for_tat(simulate, error, months)).isel(month=slice(months // 2, None))
    for party in ("red", "blue"):
        held = 1 - late.sel(party=party, region="north").mean("month").values
        assert_mean(held, 0.5, held.std(ddof=1))


def test_better_verification_buys_tit_for_tat_time_and_no_restraint(simulate):
    first = {
        e: months_before(has_missiles(tit_for_tat(simulate, e, 300)).any(["party", "region"]))
        for e in (0.02, 0.1)
    }
    assert float(first[0.02].mean()) > float(first[0.1].mean())
    assert bool((first[0.02] >= first[0.1]).all()), "the same luck, read more strictly, is never earlier"


LIVELY = """
    ensemble: {runs: 2000}
    parties: {blue: {doctrine: hedge, pledge: {not_first_in: [north]}}}
    watching: {battery_seen: 0.3, false_alarm: 0.05}
    believing: {rule: bayes, prior: 0.05, turns_covert: 0.002, turns_back: 0.02, reference_missiles: 10}
    doctrines:
      mirror: {patience: 0.1, believes_gone_below: 0.2}
      hedge: {at_most: 0.05, even_at: 10, spread: 5, withdraws_below: 2}
    programmes: {arrow: {months_to_move: 0.5}, bow: {months_to_move: 1.5, reserve: 3, a_year: 1.5, cost: 3}}
    agreements: {moratorium: {regions: [south], binds: [red, blue], from: 2020-03, ends: {believed_broken_above: 0.6}}}
"""


def test_the_same_file_and_seed_give_the_same_numbers_in_any_chunks(scenario):
    from verifsim.ensemble import simulate_ensemble

    file = scenario(LIVELY)
    whole, _ = simulate_ensemble(file)
    for chunk in (2000, 1000, 333):
        again, _ = simulate_ensemble(file, chunk=chunk)
        xr.testing.assert_identical(again, whole)
    assert has_missiles(whole).any(), "an ensemble in which nothing happens would show nothing"


def test_more_runs_leave_the_first_ones_as_they_were(simulate):
    few, many = simulate(LIVELY, "ensemble.runs=150").ds, simulate(LIVELY).ds
    xr.testing.assert_equal(few, many.isel(run=slice(150)))


def test_another_seed_gives_other_numbers(simulate):
    one, other = simulate(LIVELY).ds, simulate(LIVELY, "ensemble.seed=8").ds
    assert not one.alarm.equals(other.alarm)


def test_a_longer_horizon_leaves_the_first_months_as_they_were(simulate):
    short, long = simulate(LIVELY).ds, simulate(LIVELY, "months=48").ds
    first = long.isel(month=slice(24))
    for name in set(short.data_vars) - {"moratorium_ended", "left_falsely"}:  # a fact of the whole run
        xr.testing.assert_equal(short[name], first[name])
