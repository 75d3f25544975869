"""Quotas, refusals, suspension and turns of visits, month by month."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.test_inspections import hides, inspected


def made(ds, variable, party):
    """What a party has of a variable in the first run, month by month."""
    return ds[variable].sel(party=party).isel(run=0).values.astype(int).tolist()


def test_an_unprovoked_refusal_is_answered_once_and_echoes_no_further(simulate):
    refusal = "events.no={month: 2020-03, does: refuse_inspection, party: blue}"
    ds = inspected(simulate, refusal, months=8, runs=2)
    assert made(ds, "inspections_refused", "red") == [0, 0, 1, 0, 0, 0, 0, 0]
    assert made(ds, "inspections_refused", "blue") == [0, 0, 0, 1, 0, 0, 0, 0]
    assert made(ds, "inspections_held", "red") == [1, 1, 0, 1, 1, 1, 1, 1]


def test_every_unprovoked_refusal_is_answered_even_two_in_a_month(simulate):
    ds = inspected(simulate, "parties.blue.refuses_visits=1", months=6, runs=2, visits=24)
    assert made(ds, "inspections_refused", "red") == [2] * 6
    assert made(ds, "inspections_refused", "blue") == [0, 2, 2, 2, 2, 2]


def test_too_many_refusals_suspend_inspections_for_so_long(simulate):
    terms = "agreements.moratorium.inspections"
    ds = inspected(
        simulate, "parties.blue.refuses_visits=1", f"{terms}.suspended_after=2", f"{terms}.suspended_for=3", months=9, runs=2
    )  # fmt: skip
    assert made(ds, "inspections_refused", "red") == [1, 1, 0, 0, 0, 1, 1, 0, 0]
    suspended = ds.inspections_suspended.isel(run=0, agreement=0).values.tolist()
    assert suspended == [False, True, True, True, True, False, True, True, True], (
        "the month's rest, and three more"
    )
    assert (ds.rung.isel(run=0, region=0).values == 2).tolist() == suspended, "a dispute as long"


def test_events_suspend_and_resume(simulate):
    ds = inspected(
        simulate, "events.off={month: 2020-03, does: suspend_inspections}",
        "events.on={month: 2020-06, does: resume_inspections}", months=8, runs=2,
    )  # fmt: skip
    assert made(ds, "inspections_held", "blue") == [1, 1, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("quota", "expected"), [(12, [1] * 12), (6, [0, 1] * 6), (0, [0] * 12)])
def test_challenge_visits_are_kept_until_the_other_is_suspected(simulate, quota, expected):
    terms = "agreements.moratorium.inspections"
    suspects = "believing.rule=bayes", "believing.prior=0.5", "believing.at_site=0"
    calm = inspected(simulate, f"{terms}.visits_a_year={{routine: 0, challenge: {quota}}}", months=12, runs=2)
    assert not calm.inspections_held.any()
    tense = inspected(
        simulate, *suspects, f"{terms}.visits_a_year={{routine: 0, challenge: {quota}}}", f"{terms}.concern_above=0.3",
        months=12, runs=2,
    )  # fmt: skip
    assert made(tense, "inspections_held", "red") == expected


TWO_SITES = (
    "regions.south={title: South}",
    "sites.second={owner: blue, region: south, title: Second, kind: mk41_cell, objects: 24, objects_a_battery: 24}",
    "sites.blue_silo.objects_a_battery=24",
    "agreements.moratorium.regions=[north, south]",
    "agreements.moratorium.inspections.sites=[red_silo, blue_silo, second]",
)


def test_routine_visits_go_to_the_sites_in_turn(simulate):
    hidden = hides(1).replace("region: north", "region: south")
    ds = inspected(simulate, *TWO_SITES, hidden, months=8, runs=2, opened=24)
    assert made(ds.sel(region="south"), "true_alarms", "red") == [0, 1] * 4
    assert not ds.true_alarms.sel(region="north").any()


def test_a_challenge_visit_goes_where_the_suspicion_is(simulate):
    terms = "agreements.moratorium.inspections"
    hidden = hides(1).replace("region: north", "region: south")
    ds = inspected(
        simulate, *TWO_SITES, hidden, "believing.rule=bayes", "believing.prior=0.01", "watching.hidden_at_site_seen=0.9",
        "watching.false_alarm=0.01", "believing.at_site=1", f"{terms}.visits_a_year={{routine: 0, challenge: 12}}",
        f"{terms}.concern_above=0.3", "agreements.moratorium.ends.believed_broken_above=1", months=12, runs=200, opened=24,
    )  # fmt: skip
    visited = ds.inspections_held.sel(party="red").values > 0
    found = ds.true_alarms.sel(party="red", region="south").values > 0
    suspected_south = ds.belief.sel(party="red", region="south").shift(month=1) > ds.belief.sel(
        party="red", region="north"
    ).shift(month=1)
    assert visited.any()
    assert (found[visited & suspected_south.values]).all()


COVERT = "parties.blue.doctrine=covert_deploy", "programmes.bow.months_to_move=0"


def test_covert_deployment_hides_at_a_site_in_the_stated_share_of_worlds(simulate):
    runs, share = 4000, 0.3
    ds = inspected(
        simulate, *COVERT, f"doctrines.covert_deploy={{missiles: 10, at_site: {share}}}", "sites.blue_silo.objects_a_battery=24",
        "agreements.moratorium.ends.believed_broken_above=1", months=4, runs=runs, opened=24,
    )  # fmt: skip
    assert (ds.deployed_undeclared.sel(party="blue").isel(month=-1) == 10).all()
    found = ds.true_alarms.sel(party="red").any(["month", "region"]).mean().item()
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / runs)


def test_who_hides_at_a_site_may_refuse_and_who_hides_elsewhere_does_not(simulate):
    for at_site, refused in ((1, True), (0, False)):
        ds = inspected(
            simulate, *COVERT, f"doctrines.covert_deploy={{missiles: 10, at_site: {at_site}, refuses: 1}}",
            "agreements.moratorium.ends.believed_broken_above=1", months=6, runs=4,
        )  # fmt: skip
        assert bool((ds.inspections_refused.sel(party="red").sum("month") > 0).all()) == refused


def test_a_base_of_ones_choice_finds_what_is_hidden_elsewhere_in_the_stated_share_of_visits(simulate):
    runs, share = 10_000, 0.3
    elsewhere = hides(24).replace("at_site: yes", "at_site: no")
    chosen = "agreements.moratorium.inspections.sites_chosen_by=inspector"
    ds = inspected(simulate, elsewhere, chosen, f"inspecting.finds_chosen_base={share}", runs=runs, opened=24)
    found = float((ds.true_alarms.sel(party="red") > 0).mean())
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / runs)
    assert not inspected(simulate, elsewhere, runs=100, opened=24).true_alarms.any(), (
        "the host's choice finds nothing"
    )


def test_chosen_bases_do_not_drive_out_the_fear_of_what_no_visit_would_recognise(simulate):
    prior, never = 0.2, 0.3
    for at_site in (0.5, 1.0):
        ds = inspected(
            simulate, "believing.rule=bayes", f"believing.prior={prior}", f"believing.at_site={at_site}",
            f"inspecting.never_recognised={never}", "inspecting.finds_chosen_base=0.5",
            "agreements.moratorium.inspections.sites_chosen_by=inspector", months=240, runs=2, opened=24,
        )  # fmt: skip
        floor = prior * never / (prior * never + 1 - prior)
        assert float(ds.belief.isel(run=0, month=-1).sel(party="red", region="north")) == pytest.approx(
            floor, rel=1e-6
        )


def test_terms_without_visits_change_no_belief(simulate):
    thinks = (
        "believing.rule=bayes",
        "believing.prior=0.1",
        "believing.at_site=0.5",
        "watching.battery_seen=0.3",
    )
    seen = *thinks, "watching.false_alarm=0.02", "watching.hidden_at_site_seen=0.01"
    idle = inspected(simulate, *seen, months=24, runs=100, visits=0)
    without = inspected(simulate, *seen, "agreements.moratorium.inspections=none", months=24, runs=100)
    assert idle.belief.equals(without.belief)
    assert idle.alarm.any()


def test_access_lowers_what_a_careful_planner_deploys_against(simulate):
    """A hedge that assumes the worst of disputed missiles assumes less, the more it visits."""
    change = (
        "parties.red.doctrine=hedge", "doctrines.hedge={at_most: 1, even_at: 50, spread: 0.01}",
        "programmes.bow={disputed: yes, deployed: {north: 4}}", "believing.worst_case_factor=1.5",
        "agreements.moratorium.binds=[blue]",
    )  # fmt: skip
    near, far = (
        inspected(simulate, *change, f"believing.overstatement_halved_by={h}", months=24, runs=2)
        for h in (0, 6)
    )
    deployed = [
        bool(ds.deployed_announced.sel(party="red").isel(month=slice(12, None)).any()) for ds in (near, far)
    ]
    assert deployed[0]
    assert (
        far.deployed_announced.sel(party="red").isel(month=-1)
        <= near.deployed_announced.sel(party="red").isel(month=-1)
    ).all()
