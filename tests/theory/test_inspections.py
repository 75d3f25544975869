"""Inspections against theory: single visits, belief after clean ones, and when they do harm.

Proportions within 4 sqrt(p (1 - p) / N), exact results to rounding. Every test goes through a scenario file.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import assert_share
from verifsim.outcomes.base import has_missiles, months_before

INSPECTED = """
    months: {months}
    ensemble: {{runs: {runs}}}
    regions: {{south: none}}
    parties: {{red: {{doctrine: hold_back}}, blue: {{doctrine: hold_back}}}}
    sites:
      red_silo: {{owner: red, region: north, title: Red silo, kind: mk41_cell, objects: 24}}
      blue_silo: {{owner: blue, region: north, title: Blue silo, kind: mk41_cell, objects: {objects}}}
    inspecting: {{recognised: {recognised}, false_alarm: {false}}}
    agreements:
      moratorium:
        regions: [north]
        binds: [red, blue]
        from: 2020-01
        inspections: {{sites: [red_silo, blue_silo], visits_a_year: {{routine: {visits}}}, objects_opened: {opened}}}
"""


def inspected(
    simulate, *settings, months=1, runs=20_000, objects=24, recognised=1.0, false=0.0, visits=12, opened=4
):
    change = INSPECTED.format(
        months=months,
        runs=runs,
        objects=objects,
        recognised=recognised,
        false=false,
        visits=visits,
        opened=opened,
    )
    return simulate(change, *settings).ds


def hides(batteries: int) -> str:
    return (
        "events.hides={month: 2020-01, does: deploy, programme: bow, region: north, announced: no, "
        f"at_site: yes, batteries: {batteries}}}"
    )


def alarm_probability(n_objects: int, d: int, n: int, s: float, a: float) -> float:
    """The formula, written out once more."""
    return 1 - sum(
        comb(d, k) * comb(n_objects - d, n - k) / comb(n_objects, n) * (1 - s) ** k * (1 - a) ** (n - k)
        for k in range(n + 1)
        if k <= d and n - k <= n_objects - d
    )


@pytest.mark.parametrize(
    ("d", "n", "s", "a", "known"),
    [
        (4, 6, 0.9, 0.0, 0.663758),
        (1, 4, 1.0, 0.0, 0.166667),
        (8, 4, 1.0, 0.0, 0.828722),
        (4, 6, 0.9, 0.02, None),
        (0, 6, 1.0, 0.01, None),
    ],
)
def test_one_visit_alarms_with_the_hypergeometric_chance(simulate, d, n, s, a, known):
    ds = inspected(simulate, *([hides(d)] if d else []), opened=n, recognised=s, false=a)
    expected = alarm_probability(24, d, n, s, a)
    assert known is None or expected == pytest.approx(known, abs=1e-6)
    by_red = ds.inspections_alarming.sel(party="red").isel(month=0).values
    assert (ds.inspections_held == 1).all()
    assert_share((by_red > 0).mean(), expected, len(by_red))


@pytest.mark.parametrize(("false", "visits"), [(0.0, 12), (0.01, 12), (0.01, 4)])
def test_belief_after_clean_visits_is_what_bayes_says(simulate, false, visits):
    prior, months, opened, d = 0.2, 40, 4, 3
    ds = inspected(
        simulate, "believing.rule=bayes", f"believing.prior={prior}", "believing.at_site=1",
        f"believing.reference_batteries={d}", months=months, runs=300, false=false, visits=visits,
    )  # fmt: skip
    p_violating, p_compliant = (alarm_probability(24, k, opened, 1.0, false) for k in (d, 0))
    belief = ds.belief.sel(party="red", region="north").values
    alarms = ds.inspections_alarming.sel(party="red").values.astype(int)
    held = ds.inspections_held.sel(party="red").values.astype(int)
    assert false == 0.0 or alarms.sum() > 10
    for run in range(0, 300, 17):
        expected = prior
        for month in range(months):
            hits, clean = alarms[run, month], held[run, month] - alarms[run, month]
            odds = expected / (1 - expected) * ((1 - p_violating) / (1 - p_compliant)) ** clean
            odds *= (p_violating / p_compliant) ** hits if hits else 1.0
            expected = max(odds / (1 + odds), 1e-9)  # no finding is beyond recall
            assert belief[run, month] == pytest.approx(expected, rel=1e-9)
    assert (held.sum(axis=1) == 40 * visits // 12).all()


def test_a_monthly_chance_to_turn_leaves_belief_a_floor_under_any_number_of_clean_visits(simulate):
    ds = inspected(
        simulate, "believing.rule=bayes", "believing.prior=0.2", "believing.at_site=1", "believing.turns_covert=0.002",
        months=300, runs=2, opened=24,
    )  # fmt: skip
    belief = ds.belief.sel(party="red", region="north").isel(run=0).values
    assert 1e-9 <= belief[-1] < 1e-8, "all opened, all clean: as good as certain for this month"
    some = inspected(
        simulate, "believing.rule=bayes", "believing.prior=0.2", "believing.at_site=1", "believing.turns_covert=0.002",
        months=300, runs=2, opened=4,
    ).belief.sel(party="red", region="north").isel(run=0).values  # fmt: skip
    assert some[-1] == pytest.approx(some[-2])
    assert some[-1] > 0.002 * (1 - alarm_probability(24, 1, 4, 1.0, 0.0))


SPURIOUS = "parties.red.doctrine=mirror"


def spurious_a_month(
    simulate, u: float, c: float, f: float, visits: int, runs: int = 4000
) -> tuple[xr.Dataset, float]:
    """Share of party-months of red in which it would answer an alarm that is false."""
    n = 5
    ds = inspected(
        simulate, f"watching.false_alarm={u}", f"inspecting.clears_look={c}",
        months=24, runs=runs, false=1 - (1 - f) ** (1 / n), visits=visits, opened=n,
    )  # fmt: skip
    return ds, float((ds.belief.sel(party="red", region="north") > 0.5).mean())


@pytest.mark.parametrize(("u", "c", "f"), [(0.05, 0.6, 0.01), (0.05, 0.6, 0.08), (0.2, 0.9, 0.1)])
def test_a_visit_clears_and_errs_as_the_formula_of_the_spurious_order_says(simulate, u, c, f):
    n = 4000 * 24
    _, without = spurious_a_month(simulate, u, c, f, visits=0)
    assert_share(without, u, n)
    _, each_month = spurious_a_month(simulate, u, c, f, visits=12)
    assert_share(each_month, 1 - (1 - u * (1 - c)) * (1 - f), n)
    _, every_other = spurious_a_month(simulate, u, c, f, visits=6)
    assert_share(every_other, 1 - 0.5 * (1 - u) - 0.5 * (1 - u * (1 - c)) * (1 - f), n)


def test_inspections_lengthen_the_peace_below_the_break_even_error_and_shorten_it_above(simulate):
    u, c = 0.05, 0.6
    break_even = u * c / (1 - u * (1 - c))
    peace = {}
    for f in (0.0, 0.5 * break_even, break_even, 2 * break_even, 4 * break_even):
        for visits in (0, 12):
            n = 5
            ds = inspected(
                simulate, f"watching.false_alarm={u}", f"inspecting.clears_look={c}", SPURIOUS,
                "agreements.moratorium.ends.believed_broken_above=0.5",
                months=60, runs=3000, false=1 - (1 - f) ** (1 / n), visits=visits, opened=n,
            )  # fmt: skip
            peace[f, visits] = months_before(has_missiles(ds).any(["party", "region"])).values
    gains = {f: peace[f, 12] - peace[f, 0] for f, _ in peace}

    def z(f):
        return gains[f].mean() / (gains[f].std(ddof=1) / np.sqrt(len(gains[f])))

    assert z(0.0) > 4
    assert z(0.5 * break_even) > 4
    assert abs(z(break_even)) < 4
    assert z(2 * break_even) < -4
    assert z(4 * break_even) < -4


SIDE = "  {p}: {{title: {p}, refuses_visits: 0.1, doctrine: {{mirror: 0.7, covert_deploy: 0.3}}"
ARMS = "  {p}_arrow: {{owner: {p}, title: Arrow, stage: produced, missiles: 10, reserve: 3, months_to_move: 0.5}}"
SILO = "  {p}_silo: {{owner: {p}, region: north, title: Silo, kind: canister, objects: 24, objects_a_battery: 4}}"

MORE_OF_A_SIDE = """,
    trust: 0.4, reads_cells_as_missiles: 0.5, new_missile_budget: 30,
    talks: {{starts: yes, offers: later, after_shock: 0.3, answers: 0.5, belief_counts: 0.5,
      accepts: {{unverified: 0.2, host_chooses: 0.6}}}},
    host_consent: {{north: {{months: 2.5, cancelled: 0.3, blocked_months: 4}}}},
    exercises: {{months: 2, becomes_lasting: 0.3, gap_months: 3}}"""
MORE_ARMS = """
  {p}_bow: {{owner: {p}, title: Bow, stage: development, missiles: 4, a_year: 3, cost: 20, development_cost: 20,
    months_to_test: 4, months_to_field: 6, slips: 0.3}}
  {p}_old: {{owner: {p}, title: Old, stage: produced, missiles: 4, deployed: {{north: 3}}, disputed: yes,
    months_to_move: 1.5, true_range: {{least: 480, likeliest: 2000, most: 2500}}}}"""
MORE_SITES = """
  {p}_cells: {{owner: {p}, region: north, title: Cells, kind: mk41_cell, objects: 8, conversion_months: 2}}"""
COUNTER = """\
  counter_china: {launchers_least: 20, launchers_most: 60, missiles: 10, as_exercise: yes, disputed_counts: yes}
"""
MORE = """
talks: {negotiation_months: 2.5, lapse_months: 4, shock_months: 6, gap_months: 3}
trust: {weight: 1, kept_month: 0.02, clean_visit: 0.02, finding: 0.3, refusal: 0.1, deployment: 0.2}
china: {region: north, launchers: 20, a_year: 12, concerned_by: [red, blue], half_concerned_at: 10, reaction: 0.2,
  joins: 0.5, urges: 0.3}
crises: {hazard: {dispute: 0.01, first_deployment: 0.02, mirrored_deployment: 0.05}, misperceived: 1, missiles: 0.2,
  ends: 0.3, uncontrolled_after: 4}
"""
LATER = """  later:
    regions: [north]
    binds: [red, blue]
    with_china: yes
    moves_out: {red_old: {months: 4}, blue_old: {months: 4}}
    ends: {believed_broken_above: 0.7, notice_months: 1}
    inspections: {sites: [red_cells, blue_cells], visits_a_year: {routine: 4, challenge: 2}, objects_opened: 4,
      concern_above: 0.2, suspended_after: 1, suspended_for: 3}
"""


def two_alike(order: tuple[str, str], *, everything: bool) -> str:
    """Two identical sides, in an order; with every mechanism there is, or with the moratorium alone."""

    def lines(pattern: str) -> str:
        return "\n".join(pattern.format(p=p) for p in order)

    side = (
        SIDE.replace("mirror: 0.7", "mirror: 0.5, counter_china: 0.2") + MORE_OF_A_SIDE
        if everything
        else SIDE
    )
    return f"""title: two alike
start: 2020-01
months: 48
ensemble: {{runs: 500, seed: 3}}
regions: {{north: {{title: North}}}}
parties:
{lines(side + "}}")}
programmes:
{lines(ARMS + (MORE_ARMS if everything else ""))}
sites:
{lines(SILO + (MORE_SITES if everything else ""))}
doctrines:
  mirror: {{patience: 0.3}}
  covert_deploy: {{missiles: 10, begins: 0.05, at_site: 0.5, refuses: 0.3}}
{COUNTER if everything else ""}\
watching: {{battery_seen: 0.2, hidden_at_site_seen: 0.02, false_alarm: 0.03}}
inspecting: {{false_alarm: 0.01, clarified: 0.5, clears_look: 0.3, moved_out_a_day: 0.1, never_recognised: 0.1,
  refusal_if_violating: 0.3, refusal_if_compliant: 0.1}}
believing: {{rule: bayes, prior: 0.1, turns_covert: 0.002, turns_back: 0.02, relocates: 0.02, at_site: 0.5}}
agreements:
  moratorium:
    regions: [north]
    binds: [red, blue]
    from: 2020-03
    ends: {{believed_broken_above: 0.7, notice_months: 3}}
    inspections: {{sites: [red_silo, blue_silo], visits_a_year: {{routine: 6, challenge: 2}}, objects_opened: 4,
      notice_hours: 24, concern_above: 0.2, suspended_after: 2, suspended_for: 4}}
{LATER if everything else ""}escalation: {{violation_believed_above: 0.7}}
{MORE if everything else ""}"""


@pytest.mark.parametrize("everything", [False, True], ids=["the moratorium alone", "everything"])
def test_swapping_the_labels_of_two_identical_sides_with_their_streams_mirrors_the_world(
    tmp_path, everything
):
    """Named streams follow their party; so putting blue first in the file, or red, changes nothing."""
    from verifsim.ensemble import simulate_ensemble
    from verifsim.scenario import load_scenario

    def world(*order):
        path = tmp_path / f"{'_'.join(order)}.yaml"
        path.write_text(two_alike(order, everything=everything))
        return simulate_ensemble(load_scenario(path))[0]

    one, other = world("red", "blue"), world("blue", "red")
    assert one.inspections_refused.sum() > 100
    assert one.true_alarms.sum() > 10
    if everything:
        assert set(range(5)) <= set(np.unique(one.talks)), "offers meet every answer"
        assert one.agreement_in_force.any(["run", "month"]).all()
        assert set(range(4)) <= set(np.unique(one.host_consent))
        assert one.uncontrolled.any()
        assert one.exercise.any()
        assert 0 < float((one.deployed_disputed == 0).mean()) < 1
    found_at = one.true_alarms.isel(party=[1, 0]).assign_coords(party=one.party) > 0
    assert not (found_at & ~one.hidden_when_looked).any(), "a visit finds what is there"
    for name in one.data_vars:
        if not name.startswith("site_"):
            order = {dim: one[dim].values for dim in ("party", "programme") if dim in one[name].dims}
            xr.testing.assert_equal(one[name].drop_attrs(), other[name].sel(order).drop_attrs())


def test_with_every_error_at_zero_no_belief_and_no_run_is_disturbed(simulate):
    ds = inspected(
        simulate, "believing.rule=bayes", "believing.prior=0.05", "believing.at_site=0.5",
        "parties.red.doctrine=mirror", "parties.blue.doctrine=mirror", months=60, runs=200,
    )  # fmt: skip
    assert not has_missiles(ds).any()
    assert not ds.inspections_alarming.any()
    assert (ds.world_rung == 0).all(), "verified restraint"
    assert (ds.belief.diff("month") <= 1e-12).all()


@pytest.mark.parametrize("kind", ["mk41_cell", "canister"])
def test_more_objects_opened_never_find_later(simulate, kind):
    first = {}
    for opened in (2, 6, 12):
        ds = inspected(
            simulate, hides(3), f"sites.blue_silo.kind={kind}", "inspecting.moved_out_a_day=0.2",
            "agreements.moratorium.inspections.notice_hours=24", "agreements.moratorium.ends.believed_broken_above=1",
            months=60, runs=500, opened=opened, false=0.002,
        )  # fmt: skip
        first[opened] = months_before(ds.true_alarms.sel(party="red", region="north") > 0)
    assert bool((first[6] <= first[2]).all())
    assert bool((first[12] <= first[6]).all())
    assert float(first[12].mean()) < float(first[2].mean())


CHOSEN = "agreements.moratorium.inspections.sites_chosen_by=inspector", "inspecting.finds_chosen_base=0.3"


def test_visits_to_the_hosts_sites_leave_a_floor_on_belief_about_the_rest_and_chosen_ones_lower_it(simulate):
    thinks = "believing.rule=bayes", "believing.prior=0.2", "believing.at_site=0.5"
    at_hosts = inspected(simulate, *thinks, months=120, runs=2)
    chosen = inspected(simulate, *thinks, *CHOSEN, months=120, runs=2)
    none = inspected(simulate, *thinks, months=120, runs=2, visits=0)

    def last(ds):
        return float(ds.belief.sel(party="red", region="north").isel(run=0, month=-1))

    floor = 0.1 / (0.1 + 0.8)
    assert last(at_hosts) == pytest.approx(floor, rel=1e-3), "half the prior lies elsewhere, and stays there"
    assert last(chosen) < floor / 3 < floor < last(none)


def test_equal_findings_give_equal_beliefs_whatever_is_true(simulate):
    thinks = (
        "believing.rule=bayes",
        "believing.prior=0.1",
        "believing.at_site=0.5",
        "watching.battery_seen=0.1",
    )
    settings = (*thinks, "agreements.moratorium.ends.believed_broken_above=1")
    runs = {
        d: inspected(
            simulate, *settings, *([hides(d)] if d else []), months=6, runs=4000, false=0.01, visits=6
        )
        for d in (0, 1, 3)
    }
    beliefs = {}
    for ds in runs.values():
        alarms = ds.inspections_alarming.sel(party="red").values.astype(int)
        looks = ds.alarm.sel(party="red", region="north").values.astype(int)
        for run, belief in enumerate(ds.belief.sel(party="red", region="north").values):
            seen = tuple(alarms[run]), tuple(looks[run])
            assert beliefs.setdefault(seen, tuple(belief)) == tuple(belief)
    assert len(beliefs) > 5


def test_what_cannot_be_recognised_is_not_found_however_often_one_looks(simulate):
    m, runs = 0.3, 4000
    ds = inspected(simulate, hides(24), f"inspecting.never_recognised={m}", months=24, runs=runs, opened=24)
    found = ds.true_alarms.sel(party="red", region="north").any("month")
    assert_share(float(found.mean()), 1 - m, runs)
    at_once = ds.true_alarms.sel(party="red", region="north").isel(month=0) > 0
    assert np.array_equal(at_once.values, found.values), "at once, or never"


def test_nothing_is_moved_out_of_cells_and_canisters_are_in_proportion_to_notice(simulate):
    runs = 20_000
    for kind, hours, expected in (("mk41_cell", 48, 1.0), ("canister", 0, 1.0), ("canister", 48, 0.64)):
        ds = inspected(
            simulate, hides(24), f"sites.blue_silo.kind={kind}", "inspecting.moved_out_a_day=0.2",
            f"agreements.moratorium.inspections.notice_hours={hours}", runs=runs, opened=24,
        )  # fmt: skip
        share = float((ds.true_alarms.sel(party="red", region="north").isel(month=0) > 0).mean())
        assert share == 1.0 if expected == 1.0 else assert_share(share, expected, runs) is None
