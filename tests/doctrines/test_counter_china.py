"""`counter_china`: answers China's launchers where China is, and mirrors beside."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import assert_mean, assert_share
from verifsim.codes import Stance, Talk
from verifsim.doctrines import Reason
from verifsim.outcomes.base import has_missiles, months_before

COUNTER = """
    months: 48
    parties: {red: {doctrine: hold_back}, blue: {doctrine: counter_china}}
    china: {region: south, launchers: 72, a_year: 36}
    doctrines: {counter_china: {launchers_least: 100, launchers_most: 100, missiles: 30}}
"""
"""Launchers on trend are 72 + 3 (m + 1) at the end of month m, and decisions are on what was seen last."""


def first(ds: xr.Dataset, region: str = "south") -> np.ndarray:
    return months_before(has_missiles(ds)).sel(party="blue", region=region).values


@pytest.mark.parametrize(
    ("tolerated", "month"), [(100, 10), (99, 10), (98.9, 9), (71, 0), (72, 1), (75, 2), (1000, 48)]
)
def test_it_deploys_in_the_month_after_launchers_pass_what_it_tolerates(simulate, tolerated, month):
    ds = simulate(
        COUNTER, f"doctrines.counter_china={{launchers_least: {tolerated}, launchers_most: {tolerated}}}"
    ).ds
    assert (first(ds) == month).all()
    blue = ds.sel(party="blue")
    assert (blue.deployed_announced.sel(region="south").isel(month=slice(month, None)) == 30).all()
    assert not has_missiles(ds).sel(region="north").any()
    if month < 48:
        reasons = blue.moved_because.sel(region="south").values
        assert (reasons[:, month] == Reason.CHINA).all()
        assert not np.delete(reasons, month, axis=1).any()


def test_what_it_tolerates_is_drawn_evenly_and_kept(simulate):
    n, least, most = 2000, 90, 150
    ds = simulate(COUNTER, f"doctrines.counter_china={{launchers_least: {least}, launchers_most: {most}}}",
                  f"ensemble.runs={n}").ds  # fmt: skip
    months = first(ds)
    launchers = ds.china_launchers.isel(run=0).values
    for month in range(6, 28, 3):
        passed = (launchers[month - 1] - least) / (most - least)
        assert_share((months <= month).mean(), min(max(passed, 1e-9), 1 - 1e-9), n)
    assert months.min() > 6
    assert months.max() <= 27
    stays = has_missiles(ds).sel(party="blue", region="south").values
    assert (np.diff(stays.astype(int), axis=1) >= 0).all()


def test_more_launchers_never_bring_it_later(simulate):
    spread = "doctrines.counter_china={launchers_least: 90, launchers_most: 150}"
    slow, fast = (first(simulate(COUNTER, spread, f"china.a_year={a_year}").ds) for a_year in (24, 60))
    assert (fast <= slow).all()
    assert fast.mean() < slow.mean()


def test_a_reaction_to_its_own_deployment_counts_as_well(simulate):
    """Launchers react to what it has deployed; it then passes no further threshold of its own."""
    ds = simulate(COUNTER, "china.reaction=1", "china.concerned_by=[blue]", "china.reaction_launchers=50").ds
    assert (first(ds) == 10).all()
    assert (ds.deployed_announced.sel(party="blue", region="south").isel(month=-1) == 30).all()


TREATY = (
    "parties.red.treaty=in_force",
    "parties.blue.treaty=in_force",
    "treaty.notice_months=6",
    "programmes.arrow.reserve=0",
)


def test_it_leaves_a_treaty_after_a_geometric_time(simulate):
    leaves, n = 0.25, 2000
    ds = simulate(
        COUNTER, *TREATY, f"doctrines.counter_china.leaves={leaves}", "months=120", f"ensemble.runs={n}"
    ).ds
    stance = ds.treaty_stance.sel(party="blue").values
    assert (stance[:, :10] == Stance.IN_FORCE).all()
    delay = np.argmax(stance == Stance.SUSPENDED, axis=1) - 10
    assert_mean(delay, (1 - leaves) / leaves, np.sqrt(1 - leaves) / leaves)
    for months in (0, 1, 4):
        assert_share((delay == months).mean(), leaves * (1 - leaves) ** months, n)
    lapses = np.argmax(stance == Stance.WITHDRAWN, axis=1)
    assert (lapses == delay + 10 + 6).all()
    assert (first(ds) == lapses).all(), "nobody deploys under the treaty"
    red = ds.treaty_stance.sel(party="red").values
    assert (np.argmax(red == Stance.WITHDRAWN, axis=1) == lapses).all()


def test_it_stays_in_a_treaty_that_it_has_no_cause_or_wish_to_leave(simulate):
    for setting in ("doctrines.counter_china.leaves=0", "china.a_year=0", "china=none"):
        ds = simulate(COUNTER, *TREATY, "doctrines.counter_china.leaves=1", setting).ds
        assert (ds.treaty_stance == Stance.IN_FORCE).all(), setting
        assert not has_missiles(ds).any()


def test_while_it_tolerates_china_it_does_what_a_mirror_does(simulate):
    lively = (
        "parties.red.doctrine=mirror", "watching={battery_seen: 0.3, false_alarm: 0.03}",
        "doctrines.mirror={patience: 0.2, openly: no}",
        "events.first={month: 2020-06, does: deploy, programme: arrow, region: north}", "china.launchers=0",
    )  # fmt: skip
    never = "doctrines.counter_china={launchers_least: 1e6, launchers_most: 1e6, patience: 0.2, openly: no}"
    counter = simulate(COUNTER, *lively, never, "china.region=south", "regions.south.title=South").ds
    mirror = simulate(COUNTER, *lively, "parties.blue.doctrine=mirror").ds
    assert has_missiles(mirror).sel(party="blue", region="north").any()
    for name in ("deployed_announced", "deployed_undeclared", "moved_because", "alarm"):
        xr.testing.assert_equal(counter[name], mirror[name])


def test_in_china_s_region_it_mirrors_the_other_beside(simulate):
    provoked = "events.first={month: 2020-03, does: deploy, programme: arrow, region: south}"
    blue = simulate(COUNTER, provoked).ds.sel(party="blue")
    missiles = blue.deployed_announced.sel(region="south").values
    assert (missiles == [0] * 2 + [10] * 8 + [30] * 38).all()
    assert (blue.moved_because.sel(region="south").values[:, 2] == Reason.ANNOUNCED_DEPLOYMENT).all()
    more = "events.first={month: 2020-03, does: deploy, programme: arrow, region: south, batteries: 4}"
    assert (
        simulate(COUNTER, more).ds.deployed_announced.sel(party="blue", region="south")[:, 2:] == 40
    ).all()


def test_hosts_may_be_asked_and_exercises_held_meanwhile(simulate):
    hosts = (
        "parties.blue.host_consent={south: {months: 12}}",
        "parties.blue.exercises={months: 4, gap_months: 3}",
    )
    waits = simulate(COUNTER, *hosts).ds
    assert (first(waits) == 10 + 12).all()
    exercises = simulate(COUNTER, *hosts, "doctrines.counter_china.as_exercise=yes").ds
    assert (first(exercises) == 10).all()
    temporary = exercises.exercise.sel(party="blue", region="south").values
    assert (np.flatnonzero(temporary[0]) == [10, 11, 12, 13, 17, 18, 19, 20]).all()


@pytest.mark.parametrize(("launchers", "agreed"), [(0, True), (200, False)])
def test_it_gives_nothing_away_where_it_wants_missiles(simulate, launchers, agreed):
    offer = (
        "agreements.word={regions: [south], binds: [red, blue]}",
        "parties.blue.talks.accepts.unverified=1",
        "events.offer={month: 2020-03, does: offer, party: red, agreement: word}",
        "treaty.notice_months=0", "doctrines.counter_china.missiles=30", f"china={{launchers: {launchers}, a_year: 0}}",
    )  # fmt: skip
    ds = simulate(COUNTER, *offer).ds
    assert (ds.talks.sel(party="blue")[:, 2] == (Talk.ACCEPTED if agreed else Talk.REJECTED)).all()
