"""Disputed missiles leave under an agreement and come back after it; how far they fly no party sees."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import assert_mean, assert_share
from verifsim.codes import Ended
from verifsim.doctrines import Reason
from verifsim.model.world import World
from verifsim.outcomes.base import has_missiles, months_before

DISPUTED = """
    months: 36
    parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back, talks: {accepts: {unverified: 1, host_chooses: 1}}}}
    programmes: {arrow: {disputed: yes, deployed: {north: 3}, reserve: 1, months_to_move: 2}}
    sites:
      silo: {owner: red, region: north, title: Silo, kind: launcher, objects: 4}
      cell: {owner: blue, region: north, title: Cell, kind: mk41_cell, objects: 4}
    agreements:
      word:
        regions: [north]
        binds: [red, blue]
        from: 2020-03
        moves_out: {arrow: {months: 6}}
        inspections: {sites: [silo, cell], visits_a_year: {routine: 6}}
"""
LEAVES = "events.leaves={month: 2021-01, does: leave_moratorium, party: blue}"
NO_WORD = "agreements=none"


def disputed(ds: xr.Dataset, region: str = "north") -> np.ndarray:
    """Red's disputed missiles in a region, (run, month)."""
    return ds.deployed_disputed.sel(party="red", region=region).values


def test_three_batteries_leave_evenly_over_six_months_and_go_to_reserve(simulate):
    ds = simulate(DISPUTED).ds
    expected = np.array([30, 30, 30, 20, 20, 10, 10] + [0] * 29)
    assert (disputed(ds) == expected).all()
    assert (ds.reserve.sel(party="red").values == 10 + 30 - expected).all()


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0, [0, 0, 0, 0, 0, 0]),
        (1, [0, 0, 0, 0, 0, 0]),
        (2, [20, 0, 0, 0, 0, 0]),
        (3, [20, 10, 0, 0, 0, 0]),
        (4, [30, 20, 10, 0, 0, 0]),
        (5, [30, 20, 20, 10, 0, 0]),
    ],
)
def test_whole_batteries_leave_and_none_before_its_time(simulate, months, expected):
    ds = simulate(DISPUTED, f"agreements.word.moves_out.arrow.months={months}").ds
    assert (disputed(ds)[:, 2:8] == expected).all()
    assert not disputed(ds)[:, 8:].any()


def test_an_agreement_that_moves_nothing_out_leaves_them_where_they_are(simulate):
    ds = simulate(DISPUTED, "agreements.word.moves_out=none").ds
    assert (disputed(ds) == 30).all()
    assert (ds.rung.sel(region="north").values[:, 2:] == 2).all()


def test_they_leave_the_regions_that_are_covered_and_no_others(simulate):
    ds = simulate(DISPUTED, "programmes.arrow.deployed.south=2").ds
    assert not disputed(ds)[:, 8:].any()
    assert (disputed(ds, "south") == 20).all()


def test_once_they_have_left_restraint_is_verified(simulate):
    rung = simulate(DISPUTED).ds.rung.sel(region="north").values
    assert (rung[:, :2] == 3).all(), "both produce, and nothing restrains them"
    assert (rung[:, 2:7] == 2).all()
    assert (rung[:, 7:] == 0).all()


def test_they_come_back_when_the_agreement_has_ended(simulate):
    ds = simulate(DISPUTED, LEAVES).ds
    assert not disputed(ds)[:, 8:14].any()
    assert (disputed(ds)[:, 14:] == 30).all()
    reserve = ds.reserve.sel(party="red").values
    assert (reserve[:, 8:12] == 40).all()
    assert (reserve[:, 12:] == 10).all(), "those that were there before, and no more"
    assert not has_missiles(ds).any(), "they are as disputed as before"


def test_those_that_had_left_join_those_that_had_not(simulate):
    ds = simulate(DISPUTED, LEAVES, "events.leaves.month=2020-06").ds
    assert (disputed(ds)[0, 2:10] == [30, 20, 20, 20, 20, 30, 30, 30]).all()
    assert (disputed(ds) == disputed(ds)[0]).all()


def test_they_turn_around_when_it_comes_back_into_force(simulate):
    again = (
        "programmes.arrow.months_to_move=9",
        "talks.negotiation_months=3",
        "events.offer={month: 2021-02, does: offer, party: red, agreement: word}",
    )
    ds = simulate(DISPUTED, LEAVES, *again).ds
    stood = ds.agreement_in_force.sel(agreement="word").values
    assert not stood[:, 12:16].any()
    assert stood[:, 16:].all()
    assert not disputed(ds)[:, 8:].any()
    reserve = ds.reserve.sel(party="red").values
    assert (reserve[:, 12:16] == 10).all()
    assert (reserve[:, 16:] == 40).all()


def test_having_turned_around_they_still_come_back_in_the_end(simulate):
    again = (
        "programmes.arrow.months_to_move=9",
        "talks.negotiation_months=3",
        "events.offer={month: 2021-02, does: offer, party: red, agreement: word}",
        "events.leaves_too={month: 2021-09, does: leave_moratorium, party: red}",
    )
    ds = simulate(DISPUTED, LEAVES, *again).ds
    assert not disputed(ds)[:, 8:29].any()
    assert (disputed(ds)[:, 20 + 9 :] == 30).all()


def test_what_came_home_is_not_made_twice(simulate):
    ds = simulate(
        DISPUTED, LEAVES, "parties.red.doctrine={north: hold_back, south: forward_deploy}",
        "doctrines.forward_deploy={missiles: 30}", "programmes.arrow.months_to_move=0",
    ).ds  # fmt: skip
    red = ds.sel(party="red")
    everything = red.reserve + (red.deployed_announced + red.deployed_disputed).sum("region")
    assert (everything == 40).all()
    assert (red.deployed_announced.sel(region="south").isel(month=-1) == 30).all()
    assert (disputed(ds)[:, -1] == 10).all(), "what stands elsewhere cannot come back"


def test_an_agreement_that_deployment_overtook_moves_nothing_out(simulate):
    ds = simulate(DISPUTED, "events.first={month: 2020-02, does: deploy, programme: bow, region: north}").ds
    assert (ds.moratorium_ended == Ended.OVERTAKEN_BY_DEPLOYMENT).all()
    assert (disputed(ds) == 30).all()


LOOKING = (
    "watching={battery_seen: 0.3, false_alarm: 0.05}",
    "believing={rule: bayes, prior: 0.1, turns_covert: 0.01}",
)


def test_belief_does_not_depend_on_what_is_disputed(simulate):
    some, none = (
        simulate(DISPUTED, NO_WORD, *LOOKING, f"programmes.arrow.deployed.north={n}").ds for n in (3, 0)
    )
    for name in ("belief", "alarm"):
        xr.testing.assert_equal(some[name], none[name])


def test_a_disputed_system_is_a_dispute_where_something_restrains(simulate):
    pledge = "parties.blue.pledge={not_first_in: [north, south]}"
    some, none = (
        simulate(DISPUTED, NO_WORD, pledge, f"programmes.arrow.deployed.north={n}").ds for n in (3, 0)
    )
    assert (some.rung.sel(region="north") == 2).all()
    assert (some.rung.sel(region="south") == 1).all()
    assert (none.rung == 1).all()


def test_the_assumed_number_takes_what_is_disputed_at_its_worst(scenario):
    believing = "believing={rule: bayes, prior: 0.1, worst_case_factor: 1.5, reference_missiles: 16}"
    world = World(scenario(DISPUTED, NO_WORD, believing).scenario, 0, 20)
    world.step()
    assumed = world.party("blue").view().assumed
    np.testing.assert_allclose(assumed[0], 1.5 * (30 + 0.1 * 16))
    np.testing.assert_allclose(assumed[1], 1.5 * (0 + 0.1 * 16))
    world.close()


def test_a_hedge_deploys_no_later_for_what_is_disputed(simulate):
    hedge = (
        "parties.blue.doctrine=hedge",
        "doctrines.hedge={at_most: 0.2, even_at: 30, spread: 10}",
        "months=60",
    )
    starts = [
        months_before(
            has_missiles(simulate(DISPUTED, NO_WORD, *hedge, f"programmes.arrow.deployed.north={n}").ds)
        )
        .sel(party="blue", region="north")
        .values
        for n in (3, 0)
    ]
    assert (starts[0] <= starts[1]).all()
    assert starts[0].mean() < starts[1].mean()


def test_a_mirror_answers_what_is_disputed_if_that_counts(simulate):
    mirror = DISPUTED, NO_WORD, "parties.blue.doctrine=mirror", "believing.worst_case_factor=2"
    assert not has_missiles(simulate(*mirror).ds).any()
    ds = simulate(*mirror, "doctrines.mirror.disputed_counts=yes").ds
    blue = ds.sel(party="blue")
    assert (blue.deployed_announced.sel(region="north") == 60).all()
    assert not blue.deployed_announced.sel(region="south").any()
    assert (blue.moved_because.sel(region="north").isel(month=0) == Reason.DISPUTED_SYSTEM).all()
    assert not blue.moved_because.sel(region="south").any()


def test_a_mirror_leaves_when_what_was_disputed_has_left(simulate):
    ds = simulate(DISPUTED, "parties.blue.doctrine=mirror", "doctrines.mirror.disputed_counts=yes",
                  "agreements.word.binds=[red]", "agreements.word.inspections=none").ds  # fmt: skip
    missiles = ds.deployed_announced.sel(party="blue", region="north").values
    assert (missiles[:, :8] >= 10).all()
    assert not missiles[:, 8:].any(), "seen in the month after"


LEAST, LIKELIEST, MOST = 480.0, 2000.0, 2500.0
RANGE = f"programmes.arrow.true_range={{least: {LEAST}, likeliest: {LIKELIEST}, most: {MOST}}}"
SPREAD = np.sqrt(
    (LEAST**2 + LIKELIEST**2 + MOST**2 - LEAST * LIKELIEST - LEAST * MOST - LIKELIEST * MOST) / 18
)


def test_the_true_range_is_drawn_from_a_triangle(simulate):
    n = 4000
    flown = simulate(DISPUTED, RANGE, f"ensemble.runs={n}", "months=1", NO_WORD).ds.true_range
    assert flown.sel(programme="bow").isnull().all()
    km = flown.sel(programme="arrow").values
    assert (km >= LEAST).all()
    assert (km <= MOST).all()
    assert_mean(km, (LEAST + LIKELIEST + MOST) / 3, SPREAD)
    assert_share((km < LIKELIEST).mean(), (LIKELIEST - LEAST) / (MOST - LEAST), n)
    below = 1000.0
    assert_share((km < below).mean(), (below - LEAST) ** 2 / ((MOST - LEAST) * (LIKELIEST - LEAST)), n)
    above = 2250.0
    assert_share((km > above).mean(), (MOST - above) ** 2 / ((MOST - LEAST) * (MOST - LIKELIEST)), n)


@pytest.mark.parametrize("right", [0.25, 1])
def test_the_owner_may_be_right(simulate, right):
    n = 4000
    owner = f"programmes.arrow.true_range={{owner_says: 480, owner_is_right: {right}, least: 1500, likeliest: 2000, most: 2500}}"
    km = (
        simulate(DISPUTED, owner, f"ensemble.runs={n}", "months=1", NO_WORD)
        .ds.true_range.sel(programme="arrow")
        .values
    )
    as_said = km == 480
    assert as_said.all() if right == 1 else assert_share(as_said.mean(), right, n) is None
    others = km[~as_said]
    assert ((others >= 1500) & (others <= 2500)).all()
    assert right == 1 or assert_mean(others, 2000, 1000 / np.sqrt(24)) is None


@pytest.mark.parametrize(("least", "likeliest", "most"), [(700, 700, 700), (500, 500, 800), (500, 800, 800)])
def test_a_triangle_may_have_no_left_or_right_side(simulate, least, likeliest, most):
    n = 2000
    claims = f"programmes.arrow.true_range={{least: {least}, likeliest: {likeliest}, most: {most}}}"
    km = (
        simulate(DISPUTED, claims, f"ensemble.runs={n}", "months=1", NO_WORD)
        .ds.true_range.sel(programme="arrow")
        .values
    )
    assert ((km >= least) & (km <= most)).all()
    sd = (most - least) / np.sqrt(18)
    assert abs(km.mean() - (least + likeliest + most) / 3) <= 4 * sd / np.sqrt(n) + 1e-9


def test_the_true_range_changes_nothing_but_itself(simulate):
    lively = (
        DISPUTED,
        *LOOKING,
        "parties.blue.doctrine=mirror",
        "doctrines.mirror={patience: 0.3, disputed_counts: yes}",
    )
    without, with_it = simulate(*lively).ds, simulate(*lively, RANGE).ds
    assert has_missiles(without).any()
    assert without.true_range.isnull().all()
    xr.testing.assert_equal(without.drop_vars("true_range"), with_it.drop_vars("true_range"))


@pytest.mark.parametrize(("km", "banned"), [(499.9, 0), (500, 1), (2000, 1), (5500, 1), (5500.1, 0)])
def test_the_outcome_counts_what_truly_flew_what_was_banned(simulate, km, banned):
    claims = f"programmes.arrow.true_range={{least: {km}, likeliest: {km}, most: {km}}}"
    counted = simulate(DISPUTED, claims).outcomes["disputed_in_range.red"]
    assert (counted == banned * 10 * (3 * 3 + 2 * 2 + 2 * 1)).all()


def test_the_outcome_goes_by_each_world_s_own_range(simulate):
    short = "programmes.arrow.true_range={least: 300, likeliest: 500, most: 700}"
    study = simulate(DISPUTED, short, NO_WORD)
    flown = study.ds.true_range.sel(programme="arrow").values >= 500
    assert 0 < flown.mean() < 1
    assert (study.outcomes["disputed_in_range.red"] == 36 * 30 * flown).all()
