"""A lever at zero strength, and what is not there, change no bit."""

from __future__ import annotations

import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY

ALARMED = "watching.battery_seen=0.3", "watching.false_alarm=0.05"


@pytest.mark.parametrize(
    "lever",
    [
        "sites.cellar={owner: blue, region: south, title: Cellar, kind: mk41_cell, objects: 9, may_hide: no}",
        "programmes.idle={owner: red, title: Idle, stage: produced}",
        "programmes.dear={owner: red, title: Dear, stage: planned, months_to_test: 1200, regions: []}",
        "parties.red.new_missile_budget=1000000",
        "doctrines.forward_deploy={missiles: 100}",
        "parties.red.refuses_visits=1",
        "inspecting={false_alarm: 1, recognised: 0.5, clears_look: 1, clarified: 1}",
        "believing.overstatement_halved_by=1",
        "agreements.moratorium.inspections={sites: [silo], visits_a_year: {routine: 0}}",
    ],
)
def test_a_lever_at_zero_strength_changes_no_bit(simulate, lever):
    silo = "sites={silo: {owner: red, region: south, title: Silo, kind: launcher, objects: 9}}"
    sited = silo, "believing.at_site=0.5", "watching.hidden_at_site_seen=0.1"  # sites matter to belief
    without, with_it = simulate(LIVELY, *sited).ds, simulate(LIVELY, *sited, lever).ds
    for name in without.data_vars:
        if not name.startswith("site_") and name != "budget_ceiling":
            xr.testing.assert_equal(without[name], with_it[name])


def test_a_new_region_changes_no_bit_in_the_others(simulate):
    without = simulate(LIVELY).ds
    with_it = simulate(LIVELY, "regions.far={title: Far}", "programmes.arrow.regions=[north, south]",
                       "programmes.bow.regions=[north, south]").ds  # fmt: skip
    for name in (
        "alarm",
        "belief",
        "deployed_announced",
        "deployed_undeclared",
        "spending",
        "moratorium_in_force",
    ):
        here = with_it[name]
        here = here.sel(region=["north", "south"]) if "region" in here.dims else here
        xr.testing.assert_equal(
            without[name].drop_vars("region", errors="ignore"), here.drop_vars("region", errors="ignore")
        )


def test_a_doctrine_with_no_appetite_holds_back(simulate):
    hedging = "parties: {blue: {doctrine: hedge}}\ndoctrines: {hedge: {at_most: 0}}\n"
    assert not simulate(hedging, *ALARMED).ds.deployed_announced.sel(party="blue").any()


def test_a_missile_nobody_wants_for_a_missile_still_answers_with_a_battery(simulate):
    change = """
        parties: {blue: {doctrine: hold_back}}
        doctrines: {mirror: {missiles_for_each: 0}}
        events: {first: {month: 2020-03, does: deploy, programme: bow, region: north, batteries: 3}}
    """
    ds = simulate(change).ds
    assert (ds.deployed_announced.sel(party="red", region="north").isel(month=-1) == 10).all()
