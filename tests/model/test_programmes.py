"""Programmes slip, and slow down under a ceiling that events move."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean
from verifsim.outcomes.base import has_missiles

PLANNED = """
    months: 120
    parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}
    doctrines: {forward_deploy: {missiles: 10}}
    programmes: {arrow: {stage: development, months_to_test: 8, months_to_field: 4, reserve: 0, development_cost: 120}}
"""


def flight_tested(ds: xr.Dataset) -> np.ndarray:
    values = ds.tested_or_produces.sel(party="red").values
    return np.where(values.any(axis=1), np.argmax(values, axis=1), values.shape[1])


def fielded(ds: xr.Dataset) -> np.ndarray:
    values = has_missiles(ds).sel(party="red", region="north").values
    return np.where(values.any(axis=1), np.argmax(values, axis=1), values.shape[1])


def test_a_programme_that_does_not_slip_keeps_its_plan(simulate):
    ds = simulate(PLANNED).ds
    assert (flight_tested(ds) == 8).all()
    assert (fielded(ds) == 8 + 4).all()


@pytest.mark.parametrize("slips", [0.25, 0.5, 0.67])
def test_slips_stretch_a_plan_as_a_negative_binomial(simulate, slips):
    ds = simulate(PLANNED, f"programmes.arrow.slips={slips}", "ensemble.runs=2000").ds
    for months, planned in ((flight_tested(ds), 8), (fielded(ds), 8 + 4)):
        assert months.min() >= planned
        assert months.max() < 120
        sd = np.sqrt(planned * slips) / (1 - slips)
        assert_mean(months, planned / (1 - slips), sd)
        assert abs(months.std() / sd - 1) < 0.12


def test_test_and_fielding_slip_apart_from_each_other(simulate):
    ds = simulate(PLANNED, "programmes.arrow.slips=0.5", "ensemble.runs=2000").ds
    assert abs(np.corrcoef(flight_tested(ds), fielded(ds) - flight_tested(ds))[0, 1]) < 4 / np.sqrt(2000)


def test_more_slips_never_test_earlier(simulate):
    few, many = (flight_tested(simulate(PLANNED, f"programmes.arrow.slips={s}").ds) for s in (0.2, 0.5))
    assert (few <= many).all()
    assert few.mean() < many.mean()


def test_who_always_slips_never_comes_nearer_and_pays_all_the_same(simulate):
    ds = simulate(PLANNED, "programmes.arrow.slips=1").ds
    assert not ds.tested_or_produces.sel(party="red").any()
    np.testing.assert_allclose(ds.spending.sel(party="red").values, 10.0)


def test_a_month_that_slips_costs_as_much_as_any_other(simulate):
    ds = simulate(PLANNED, "programmes.arrow.slips=0.5").ds
    np.testing.assert_allclose(ds.spending.sel(party="red").sum("month").values, 10.0 * fielded(ds))


def test_two_programmes_slip_each_by_its_own_luck(simulate):
    lance = "programmes.lance={owner: red, title: Lance, stage: development, months_to_test: 8, months_to_field: 4, slips: 0.5}"
    one, both = (simulate(PLANNED, "programmes.arrow.slips=0.5", *more).ds for more in ((), (lance,)))
    assert (flight_tested(both) <= flight_tested(one)).all()
    assert flight_tested(both).mean() < flight_tested(one).mean()


PRODUCING = """
    months: 36
    parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}
    doctrines: {forward_deploy: {missiles: 0}}
    programmes: {arrow: {a_year: 6, cost: 24, reserve: 0}}
"""
"""Half a battery a month, for 12 a month or 144 a year."""


def built(ds: xr.Dataset) -> np.ndarray:
    return ds.reserve.sel(party="red").values // 10


@pytest.mark.parametrize(
    ("ceiling", "share"), [(144, 1), (200, 1), (72, 1 / 2), (48, 1 / 3), (36, 1 / 4), (0, 0)]
)
def test_a_ceiling_slows_production_in_the_exact_ratio(simulate, ceiling, share):
    ds = simulate(PRODUCING, f"parties.red.new_missile_budget={ceiling}").ds
    months = np.arange(1, 37)
    assert (built(ds) == np.floor(months * share / 2 + 1e-6)).all()
    np.testing.assert_allclose(ds.spending.sel(party="red").values, 12 * share)


def test_a_ceiling_slows_all_programmes_alike(simulate):
    two = "programmes.lance={owner: red, title: Lance, stage: produced, missiles: 7, a_year: 3, cost: 48}"
    ds = simulate(PRODUCING, two, "parties.red.new_missile_budget=144").ds
    months = np.arange(1, 37)
    expected = 10 * np.floor(months / 4 + 1e-6) + 7 * np.floor(months / 8 + 1e-6)
    assert (ds.reserve.sel(party="red").values == expected).all()
    np.testing.assert_allclose(ds.spending.sel(party="red").values, 12.0)


def test_slips_and_a_ceiling_together_stretch_a_plan_by_both(simulate):
    ds = simulate(
        PLANNED, "programmes.arrow.slips=0.5", "parties.red.new_missile_budget=60", "ensemble.runs=2000"
    ).ds
    assert_mean(flight_tested(ds), 8 * 2 / 0.5, np.sqrt(16 * 0.5) / 0.5)
    np.testing.assert_allclose(ds.spending.sel(party="red").values[:, 0], 5.0)


SETS = "events.budget={{month: 2020-07, does: set_budget, party: red, new_missile_budget: {}}}"


@pytest.mark.parametrize(("before", "after"), [(72, 144), (144, 36), (36, 1000), (144, 0), (0, 72)])
def test_a_budget_relaxes_and_tightens_from_its_month_on(simulate, before, after):
    ds = simulate(PRODUCING, f"parties.red.new_missile_budget={before}", SETS.format(after)).ds
    a_month = np.where(np.arange(36) < 6, min(before, 144), min(after, 144)) / 12
    np.testing.assert_allclose(ds.spending.sel(party="red").values, np.broadcast_to(a_month, (200, 36)))
    assert (built(ds) == np.floor(np.cumsum(a_month / 24) + 1e-6)).all()
    assert (ds.budget_ceiling.sel(party="red").values == np.where(np.arange(36) < 6, before, after)).all()
    assert ds.budget_ceiling.sel(party="blue").isnull().all()


def test_a_budget_may_be_lifted_and_belongs_to_one_party(simulate):
    lifted = "events.budget={month: 2020-07, does: set_budget, party: red}"
    ds = simulate(PRODUCING, "parties.red.new_missile_budget=72", lifted).ds
    np.testing.assert_allclose(ds.spending.sel(party="red").values[:, 5:7], [[6.0, 12.0]] * 200)
    assert ds.budget_ceiling.sel(party="red").isnull().values.tolist() == [False] * 6 + [True] * 30
    others = simulate(PRODUCING, SETS.format(0).replace("party: red", "party: blue")).ds
    xr.testing.assert_equal(others.spending, simulate(PRODUCING).ds.spending)


def test_of_two_budgets_the_later_holds_in_whatever_order_the_file_has_them(simulate):
    later = "events.earlier={month: 2020-04, does: set_budget, party: red, new_missile_budget: 36}"
    ds = simulate(PRODUCING, SETS.format(72), later).ds
    expected = np.where(np.arange(36) < 3, 12.0, np.where(np.arange(36) < 6, 3.0, 6.0))
    np.testing.assert_allclose(ds.spending.sel(party="red").values, np.broadcast_to(expected, (200, 36)))
    np.testing.assert_allclose(
        ds.budget_ceiling.sel(party="red").values[3:], np.minimum(expected * 12, 144)[3:]
    )


def test_no_ceiling_is_ever_passed(simulate):
    ds = simulate(
        LIVELY, "parties.blue.new_missile_budget=3", "parties.red.new_missile_budget=1",
        "programmes.arrow={a_year: 2, cost: 5}",
        "programmes.lance={owner: red, title: Lance, stage: planned, months_to_test: 3, slips: 0.4, development_cost: 8}",
        "events.budget={month: 2020-09, does: set_budget, party: blue, new_missile_budget: 1.5}",
    ).ds  # fmt: skip
    assert (ds.spending <= ds.budget_ceiling / 12 + 1e-9).all()
    assert (ds.spending.sel(party="blue").isel(month=slice(8, None)) > 0.1).any()


def test_the_share_of_the_ceiling_is_what_was_spent_of_what_was_allowed(simulate):
    study = simulate(PRODUCING, "parties.red.new_missile_budget=288", SETS.format(72))
    expected = (6 * 12 + 30 * 6) / (6 * 24 + 30 * 6)
    np.testing.assert_allclose(study.outcomes["share_of_ceiling.red"], expected)
    assert "share_of_ceiling.blue" not in study.outcomes
    lifted = simulate(PRODUCING, SETS.format(72))
    assert "share_of_ceiling.red" not in lifted.outcomes, "without a ceiling there is no share of it"


@pytest.mark.parametrize(
    "lever",
    [
        "programmes.bow.slips=1",
        "events.budget={month: 2020-03, does: set_budget, party: blue, new_missile_budget: 1e6}",
        "events.budget={month: 2020-03, does: set_budget, party: blue}",
    ],
)
def test_slips_of_what_is_produced_and_budgets_nobody_needs_change_no_bit(simulate, lever):
    without, with_it = simulate(LIVELY).ds, simulate(LIVELY, lever).ds
    xr.testing.assert_equal(without.drop_vars("budget_ceiling"), with_it.drop_vars("budget_ceiling"))
