"""Development, production and the ceiling."""

from __future__ import annotations

import numpy as np
import pytest

DEVELOPING = """
    months: 60
    parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}
    doctrines: {forward_deploy: {missiles: 1000}}
    programmes:
      arrow: {stage: development, reserve: 0, months_to_test: 5, months_to_field: 4, a_year: 4, cost: 30, development_cost: 60}
"""


def test_a_programme_is_tested_fielded_and_produced_when_due(simulate):
    ds = simulate(DEVELOPING).ds.isel(run=0)
    tested = ds.tested_or_produces.sel(party="red").values
    assert int(np.argmax(tested)) == 5
    batteries = (
        ds.deployed_announced.sel(party="red").sum("region") + ds.reserve.sel(party="red")
    ).values // 10
    assert int(np.argmax(batteries > 0)) == 5 + 4, "the first battery comes with fielding"
    assert batteries[9:].tolist() == [1 + (months + 1) // 3 for months in range(51)], "then four a year"


def test_spending_is_development_and_then_batteries(simulate):
    spending = simulate(DEVELOPING).ds.spending.sel(party="red").isel(run=0).values
    assert spending[:9] == pytest.approx(60 / 12)
    assert spending[9:] == pytest.approx(4 * 30 / 12)


@pytest.mark.parametrize("ceiling", [0, 1, 12, 30, 59.99, 60, 90, 119, 1000])
def test_a_ceiling_is_never_passed_and_slows_what_it_does_not_cover(simulate, ceiling):
    free = simulate(DEVELOPING).ds
    bound = simulate(DEVELOPING, f"parties.red.new_missile_budget={ceiling}").ds
    assert (bound.spending.sel(party="red") <= ceiling / 12).all(), "exactly, not nearly"
    for held in (free, bound):
        held["arms"] = held.deployed_announced.sel(party="red").sum("region") + held.reserve.sel(party="red")
    assert (bound.arms <= free.arms).all()
    if ceiling >= 120:
        assert bound.arms.equals(free.arms)
    if ceiling == 12:
        assert int(np.argmax(bound.tested_or_produces.sel(party="red").values[0])) == 5 * 5, "to the month"
    if ceiling == 30:
        assert int(np.argmax((bound.arms > 0).values[0])) == 2 * 9, "half the money, twice the time"
    if ceiling == 0:
        assert not bound.arms.any()


def test_two_programmes_under_one_ceiling_slow_down_alike(simulate):
    two = (
        DEVELOPING
        + "      dart: {owner: red, title: Dart, stage: produced, missiles: 1, a_year: 12, cost: 10}\n"
    )
    alone = simulate(two).ds.spending.sel(party="red").isel(run=0, month=0)
    assert alone == pytest.approx(60 / 12 + 12 * 10 / 12)
    ds = simulate(two, "parties.red.new_missile_budget=90").ds.isel(run=0)
    assert ds.spending.sel(party="red").isel(month=0) == pytest.approx(90 / 12)
    assert int(np.argmax(ds.tested_or_produces.sel(party="red").values)) == 0, "the dart is produced already"
    darts = (ds.deployed_announced.sel(party="red").sum("region") + ds.reserve.sel(party="red")).values
    assert darts[9] == 5, "half a battery a month"


def test_a_planned_programme_waits_for_a_decision_to_develop(simulate):
    planned = "programmes: {arrow: {stage: planned, reserve: 0, months_to_test: 3}, bow: {stage: planned, reserve: 0}}\n"
    assert not simulate(planned).ds.tested_or_produces.any()
    started = planned + "events: {they_start: {month: 2020-05, does: develop, programme: bow}}\n"
    tested = simulate(started, "programmes.bow.months_to_test=1").ds.tested_or_produces.isel(run=0)
    assert int(np.argmax(tested.sel(party="blue").values)) == 4 + 1
    assert int(np.argmax(tested.sel(party="red").values)) == 4 + 3, (
        "a mirror develops in the month it sees them do so"
    )


def test_what_is_produced_without_money_or_leave_is_nothing(simulate):
    idle = "programmes: {arrow: {reserve: 0, a_year: 12}, bow: {reserve: 0, a_year: 12}}\n"
    assert not simulate(
        idle, "parties.red.doctrine=hold_back", "parties.blue.doctrine=hold_back"
    ).ds.reserve.any()
    treaty = "parties: {red: {treaty: in_force, doctrine: forward_deploy}, blue: {treaty: in_force}}\n"
    assert not simulate(idle + treaty).ds.reserve.any(), "the treaty forbids production"
