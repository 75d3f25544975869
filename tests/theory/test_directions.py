"""What must move which way, run by run, when one thing changes and the luck stays the same."""

from __future__ import annotations

import pytest
import xarray as xr

from verifsim.outcomes.base import has_missiles, months_before

HIDDEN = """
    months: 60
    parties: {{blue: {{doctrine: hold_back}}}}
    watching: {{battery_seen: {seen}}}
    events: {{hides: {{month: 2020-01, does: deploy, programme: bow, region: north, announced: no}}}}
"""


def starts(ds: xr.Dataset) -> xr.DataArray:
    return months_before(has_missiles(ds).sel(party="red"))


def test_better_eyes_never_see_a_hidden_battery_later(simulate):
    worse, better = (starts(simulate(HIDDEN.format(seen=seen)).ds) for seen in (0.1, 0.4))
    assert bool((better <= worse).all())
    assert float(better.mean()) < float(worse.mean())


def test_more_false_alarms_never_start_a_deployment_later(simulate):
    change = "watching: {{false_alarm: {q}}}\n"
    few, many = (starts(simulate(change.format(q=q), "months=60").ds) for q in (0.005, 0.02))
    assert bool((many <= few).all())
    assert float(many.mean()) < float(few.mean())


def test_a_longer_lead_time_never_fields_earlier(simulate):
    change = HIDDEN.format(seen=0.3)
    short, long = (starts(simulate(change, f"programmes.arrow.months_to_move={m}").ds) for m in (2, 9))
    assert bool((long >= short).all())
    assert float(long.mean()) > float(short.mean())


def test_more_patience_never_answers_earlier(simulate):
    change = "parties: {blue: {doctrine: forward_deploy}}\ndoctrines: {forward_deploy: {missiles: 10}}\n"
    patient, rash = (starts(simulate(change, f"doctrines.mirror.patience={p}").ds) for p in (0.05, 0.5))
    assert bool((patient >= rash).all())
    assert float(patient.mean()) > float(rash.mean())


SOUTH = """
    parties: {blue: {doctrine: hold_back}}
    events: {first: {month: 2020-03, does: deploy, programme: bow, region: south}}
"""


def test_a_regional_trigger_leaves_the_other_region_alone_and_a_global_one_does_not(simulate):
    regional = has_missiles(simulate(SOUTH).ds)
    worldwide = has_missiles(simulate(SOUTH, "doctrines.mirror.scope=global").ds)
    assert not regional.sel(region="north").any()
    assert worldwide.sel(party="red", region="north").any("month").all()


@pytest.mark.parametrize(
    "change", ["", "agreements.moratorium={regions: [north], binds: [red, blue], from: 2020-02}"]
)
def test_two_that_deploy_whatever_they_have_climb_at_least_as_high_as_any_others(simulate, change):
    lively = """
        watching: {battery_seen: 0.3, false_alarm: 0.05}
        doctrines: {forward_deploy: {missiles: 1000}}
        programmes: {arrow: {a_year: 2, reserve: 1}, bow: {a_year: 2, reserve: 1}}
    """
    race = simulate(
        lively,
        "parties.red.doctrine=forward_deploy",
        "parties.blue.doctrine=forward_deploy",
    ).ds
    other = simulate(lively, *([change] if change else [])).ds
    assert bool((race.world_rung.max("month") >= other.world_rung.max("month")).all())
    assert float(race.world_rung.mean()) > float(other.world_rung.mean())
