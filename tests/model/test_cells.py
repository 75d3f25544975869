"""MK-41 cells: what they are taken to be good for, and how long it takes to turn them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean
from verifsim.doctrines import Reason
from verifsim.model.world import World
from verifsim.outcomes.base import has_missiles, months_before
from verifsim.verification.inference import latent_missiles

CELLS = """
    parties: {red: {reads_cells_as_missiles: 0.5, warning_needed: 12}, blue: {doctrine: hold_back}}
    sites:
      ashore: {owner: blue, region: north, title: Ashore, kind: mk41_cell, objects: 24, conversion_months: 12}
      second: {owner: blue, region: north, title: Second, kind: mk41_cell, objects: 8, conversion_months: 4}
      base: {owner: blue, region: south, title: Base, kind: launcher, objects: 40}
      own: {owner: red, region: south, title: Own, kind: mk41_cell, objects: 60}
"""


def first(ds: xr.Dataset, party: str = "red", region: str = "north") -> np.ndarray:
    return months_before(has_missiles(ds)).sel(party=party, region=region).values


@pytest.mark.parametrize(
    ("cells", "reads", "conversion", "warning", "missiles"),
    [(24, 1, 0, 12, 24), (24, 0.5, 12, 12, 6), (48, 1, 36, 12, 12), (24, 0, 0, 12, 0), (0, 1, 1, 1, 0)],
)
def test_cells_count_by_the_time_it_takes_to_turn_them(cells, reads, conversion, warning, missiles):
    assert latent_missiles(cells, reads, conversion, warning) == pytest.approx(missiles)


def test_only_cells_of_the_other_count_in_their_own_region(scenario):
    world = World(scenario(CELLS).scenario, 0, 5)
    red, blue = world.party("red"), world.party("blue")
    np.testing.assert_allclose(red.latent[0], 24 * 0.5 / (1 + 12 / 12) + 8 * 0.5 / (1 + 4 / 12))
    assert not red.latent[1].any()
    assert not blue.latent.any(), "it reads none as missiles"
    world.step()
    view = red.view()
    np.testing.assert_allclose(view.assumed, red.latent)
    np.testing.assert_allclose(view.latent, red.latent)
    world.close()


@pytest.mark.parametrize("key", ["sites.ashore.conversion_months=120", "parties.red.warning_needed=1",
                                 "parties.red.reads_cells_as_missiles=0.2", "sites.ashore.objects=2"])  # fmt: skip
def test_what_makes_cells_less_ready_lowers_their_number(scenario, key):
    before, after = (World(scenario(CELLS, *keys).scenario, 0, 1) for keys in ((), (key,)))
    assert after.party("red").latent[0, 0] < before.party("red").latent[0, 0]


HEDGE = "parties.red.doctrine=hedge", "doctrines.hedge={at_most: 0.2, even_at: 12, spread: 4}", "months=60"


def test_a_hedge_that_reads_cells_as_missiles_deploys_earlier_and_more(simulate):
    none, all_of_them = (
        simulate(CELLS, *HEDGE, f"parties.red.reads_cells_as_missiles={x}").ds for x in (0, 1)
    )
    assert (first(all_of_them) <= first(none)).all()
    assert first(all_of_them).mean() < first(none).mean()
    both = (has_missiles(none) & has_missiles(all_of_them)).sel(party="red", region="north").values
    few, many = (
        ds.deployed_announced.sel(party="red", region="north").values[both] for ds in (none, all_of_them)
    )
    assert (few == 10).all(), "one battery is always wanted"
    assert (many == 10 * ((12 + 6) // 10)).all()
    xr.testing.assert_equal(*(has_missiles(ds).sel(region="south") for ds in (none, all_of_them)))


def test_longer_conversion_never_brings_a_hedge_forward(simulate):
    months = [
        first(
            simulate(
                CELLS, *HEDGE, "parties.red.reads_cells_as_missiles=1", f"sites.ashore.conversion_months={m}"
            ).ds
        )
        for m in (0, 12, 120)
    ]
    for sooner, later in itertools.pairwise(months):
        assert (sooner <= later).all()
        assert sooner.mean() < later.mean()


DEPLOYED = "events.first={month: 2020-03, does: deploy, programme: bow, region: north}"


def test_a_mirror_reckons_with_cells_once_it_answers(simulate):
    ds = {x: simulate(CELLS, DEPLOYED, f"parties.red.reads_cells_as_missiles={x}").ds for x in (0, 1)}
    missiles = {x: of.deployed_announced.sel(party="red", region="north").values for x, of in ds.items()}
    for of in missiles.values():
        assert not of[:, :2].any(), "cells alone are no deployment"
    assert (missiles[0][:, 2:] == 10).all()
    assert (missiles[1][:, 2:] == 10 * ((10 + 12 + 6) // 10)).all()


def test_cells_alone_provoke_a_mirror_only_if_they_count(simulate):
    assert not has_missiles(simulate(CELLS).ds).any()
    ds = simulate(CELLS, "doctrines.mirror.latent_counts=yes").ds.sel(party="red")
    assert (ds.deployed_announced.sel(region="north") == 10).all(), "at least one battery"
    assert (ds.moved_because.sel(region="north").isel(month=0) == Reason.LATENT_CELLS).all()
    assert not ds.deployed_announced.sel(region="south").any()
    unread = simulate(CELLS, "doctrines.mirror.latent_counts=yes", "parties.red.reads_cells_as_missiles=0").ds
    assert not has_missiles(unread).any()


def test_visits_lower_belief_and_leave_what_cells_could_hold(scenario):
    visited = """
    agreements:
      word:
        regions: [north]
        binds: [red, blue]
        from: 2020-01
        inspections: {sites: [ashore, second], visits_a_year: {routine: 24}, objects_opened: 8}
    believing: {rule: bayes, prior: 0.3, at_site: 0.8, reference_missiles: 16, worst_case_factor: 2, overstatement_halved_by: 4}
    """
    quiet = "agreements.word.inspections.visits_a_year.routine=0"
    worlds = [World(scenario(CELLS + visited, *keys).scenario, 0, 5) for keys in ((), (quiet,))]
    for world in worlds:
        for _ in range(12):
            world.step()
    with_visits, without = (world.party("red").view() for world in worlds)
    assert (with_visits.belief[0] < without.belief[0]).all()
    assert (with_visits.assumed[0] < without.assumed[0]).all()
    assert np.array_equal(with_visits.latent, without.latent)
    assert (with_visits.assumed[0] > with_visits.latent[0]).all(), "no visit goes below what they could hold"
    np.testing.assert_allclose(without.assumed, without.latent + 2 * without.belief * 16)


HIDING = """
    parties: {red: {doctrine: hold_back}, blue: {doctrine: covert_deploy}}
    doctrines: {covert_deploy: {missiles: 10, at_site: 1}}
    programmes: {bow: {months_to_move: 2}}
    sites: {ashore: {owner: blue, region: north, title: Ashore, kind: mk41_cell, objects: 24, conversion_months: 7}}
"""


@pytest.mark.parametrize(("conversion", "months"), [(7, 7), (1, 2), (2, 2), (0, 2)])
def test_what_is_hidden_in_cells_waits_until_they_are_turned(simulate, conversion, months):
    ds = simulate(HIDING, f"sites.ashore.conversion_months={conversion}").ds
    assert (first(ds, "blue") == months).all()
    assert (first(ds, "blue", "south") == 2).all(), "where there are no cells, it moves as ever"


@pytest.mark.parametrize("key", ["doctrines.covert_deploy.at_site=0", "sites.ashore.may_hide=no"])
def test_what_is_hidden_elsewhere_does_not_wait_for_cells(simulate, key):
    assert (first(simulate(HIDING, key).ds, "blue") == 2).all()


def test_what_is_open_does_not_wait_for_cells(simulate):
    ds = simulate(
        HIDING, "parties.blue.doctrine=forward_deploy", "doctrines.forward_deploy={missiles: 10}"
    ).ds
    assert (first(ds, "blue") == 2).all()


def test_of_two_sites_each_run_waits_for_the_one_it_chose(simulate):
    second = "sites.second={owner: blue, region: north, title: Second, kind: mk41_cell, objects: 24, conversion_months: 4}"
    months = first(simulate(HIDING, second, "ensemble.runs=1000").ds, "blue")
    assert set(np.unique(months)) == {4, 7}
    assert_mean(months, 5.5, 1.5)


def test_a_fraction_of_a_month_of_conversion_is_kept_on_average(simulate):
    months = first(simulate(HIDING, "sites.ashore.conversion_months=4.7", "ensemble.runs=2000").ds, "blue")
    assert_mean(months, 4.7, np.sqrt(0.3 * 0.7))


CELLAR = "sites.cellar={owner: blue, region: south, title: Cellar, kind: mk41_cell, objects: 9, conversion_months: 2}"


@pytest.mark.parametrize(
    "lever", [CELLAR, CELLAR.replace("months: 2", "months: 240"), "parties.red.reads_cells_as_missiles=1"]
)
def test_cells_that_nobody_reads_and_reading_where_there_are_none_change_no_bit(simulate, lever):
    without, with_it = simulate(LIVELY).ds, simulate(LIVELY, lever).ds
    for name in without.data_vars:
        if not name.startswith("site_"):
            xr.testing.assert_equal(without[name], with_it[name])
