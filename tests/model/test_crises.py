"""Crises begin by the rung, end by chance, or get out of control, and then the world stands still."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean, assert_share
from verifsim.ladder import RUNGS
from verifsim.model.crises import hazard
from verifsim.outcomes.base import has_missiles
from verifsim.scenario.schema import Crises

CALM = """
    months: 120
    parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}
"""
"""Both produce, and nothing restrains them: rung 3, for good."""


def first(mask: xr.DataArray) -> np.ndarray:
    values = mask.transpose("run", "month").values
    return np.where(values.any(axis=1), np.argmax(values, axis=1), values.shape[1])


def test_the_hazard_is_raised_by_misperception_and_by_missiles():
    terms = Crises(misperceived=1.5, missiles=0.4)
    by_rung = np.array([[0.0], [0.01], [0.02], [0.04], [0.1], [0.2], [0.5]])
    rung = np.array([1, 1, 2, 3, 4, 0, 6])
    misperceived = np.array([False, True, False, True, True, True, True])
    missiles = np.array([0, 0, 100, 50, 250, 1000, 1000])
    expected = [0.01, 0.025, 0.02 * 1.4, 0.04 * 2.5 * 1.2, 0.1 * 2.5 * 2.0, 0.0, 1.0]
    found = hazard(by_rung, rung, misperceived=misperceived, missiles=missiles, terms=terms)
    np.testing.assert_allclose(found, expected)


def test_a_crisis_waits_a_geometric_time(simulate):
    h, n = 0.08, 2000
    ds = simulate(CALM, f"crises.hazard.development_race={h}", f"ensemble.runs={n}").ds
    onset = first(ds.crisis)
    assert_mean(onset, (1 - h) / h, np.sqrt(1 - h) / h)
    for months in (0, 1, 10):
        assert_share((onset == months).mean(), h * (1 - h) ** months, n)


PLEDGE = "parties.red.pledge={not_first_in: [north, south]}"
STANDS = "events.{0}={{month: 2020-06, does: deploy, programme: {0}, region: north}}"
VERIFIED = (
    "sites={silo: {owner: red, region: north, title: S, kind: launcher}, ship: {owner: blue, region: north, title: S, kind: launcher}}",
    "regions.south=none",
    "agreements.word={regions: [north], binds: [red, blue], from: 2020-06, inspections: {sites: [silo, ship], visits_a_year: {routine: 6}}}",
)


@pytest.mark.parametrize(
    ("rung", "settings"),
    [
        ("verified restraint", VERIFIED),
        ("restraint", ("agreements.word={regions: [north, south], binds: [red, blue], from: 2020-06}",)),
        ("dispute", ("agreements.word={regions: [north, south], binds: [red, blue], from: 2020-06}",
                     "programmes.arrow={disputed: yes, deployed: {north: 1}}")),
        ("development race", ("parties.red.pledge={not_first_in: [north, south]}",
                              "events.over={month: 2020-06, does: end_pledge, party: red}")),
        ("first deployment", (STANDS.format("bow"),)),
        ("mirrored deployment", (STANDS.format("bow"), STANDS.format("arrow"))),
        ("arms race", (STANDS.format("bow"), STANDS.format("arrow"),
                       STANDS.format("bow").replace("bow=", "more=").replace("-06", "-07"))),
    ],
)  # fmt: skip
def test_the_hazard_goes_by_the_rung_of_the_world(simulate, rung, settings):
    key = rung.replace(" ", "_")
    ds = simulate(CALM, "months=12", *settings, f"crises.hazard.{key}=1", "crises.ends=0").ds
    since = 6 if rung == "arms race" else 5
    assert RUNGS[int(ds.world_rung.values[0, since])] == rung
    assert (first(ds.crisis) == since).all()
    without = simulate(CALM, "months=12", *settings, f"crises.hazard.{key}=0", "crises.ends=0").ds
    assert not without.crisis.any()


HIDES = (
    "events.hides={month: 2020-01, does: deploy, programme: bow, region: north, batteries: 20, announced: no}"
)
HAZARD = "crises.hazard.first_deployment=0.02"


@pytest.mark.parametrize(
    ("raised", "factor"),
    [
        ("crises={misperceived: 0, missiles: 0}", 1.0),
        ("crises={misperceived: 1.5, missiles: 0}", 2.5),
        ("crises={misperceived: 0, missiles: 0.5}", 2.0),
        ("crises={misperceived: 1.5, missiles: 0.5}", 5.0),
    ],
)
def test_misperception_and_missiles_raise_the_hazard_of_a_world(simulate, raised, factor):
    """200 missiles are hidden, and the other believes in none: it perceives another rung."""
    n, h = 2000, 0.02 * factor
    ds = simulate(CALM, HIDES, HAZARD, raised, f"ensemble.runs={n}").ds
    assert (ds.perceived_rung.sel(party="red") == 3).all()
    assert (ds.world_rung == 4).all()
    for months in (1, 10, 40):
        assert_share((first(ds.crisis) < months).mean(), 1 - (1 - h) ** months, n)


def test_what_everybody_sees_is_not_misperceived(simulate):
    openly = HIDES.replace("announced: no", "announced: yes")
    plain, raised = (simulate(CALM, openly, HAZARD, f"crises.misperceived={x}").ds for x in (0, 9))
    xr.testing.assert_equal(plain, raised)


def test_what_differs_below_a_deployment_is_not_misperceived(simulate):
    """A false alarm puts the world in dispute, and only one of the two believes in it."""
    settings = (
        CALM, PLEDGE, "watching.false_alarm=0.1", "believing.reference_missiles=0",
        "escalation.violation_believed_above=0.5", "crises.hazard={restraint: 0.02, dispute: 0.02}",
    )  # fmt: skip
    plain, raised = (simulate(*settings, f"crises.misperceived={x}").ds for x in (0, 40))
    assert (plain.perceived_rung != plain.world_rung).any()
    assert (plain.world_rung <= 2).all()
    assert plain.crisis.any()
    xr.testing.assert_equal(plain, raised)


def test_disputed_missiles_and_those_at_home_raise_nothing(simulate):
    disputed = "programmes.arrow={disputed: yes, deployed: {north: 50}, reserve: 90}"
    settings = CALM, disputed, "crises.hazard={dispute: 0.02, development_race: 0.02}"
    plain, raised = (simulate(*settings, f"crises.missiles={y}").ds for y in (0, 100))
    xr.testing.assert_equal(plain, raised)
    assert plain.crisis.any()


def test_a_worse_hazard_never_brings_a_first_crisis_later(simulate):
    low, high = (first(simulate(CALM, f"crises.hazard.development_race={h}").ds.crisis) for h in (0.02, 0.1))
    assert (high <= low).all()
    assert high.mean() < low.mean()


ALWAYS = "crises.hazard.development_race=1"


def test_a_crisis_lasts_a_geometric_time(simulate):
    e, n = 0.3, 2000
    ds = simulate(CALM, ALWAYS, f"crises.ends={e}", f"ensemble.runs={n}").ds
    assert ds.crisis.isel(month=0).all()
    lasts = first(~ds.crisis)
    assert lasts.min() == 1
    assert_mean(lasts, 1 / e, np.sqrt(1 - e) / e)
    assert not ds.uncontrolled.any(), "after 0 months is never"


@pytest.mark.parametrize(("ends", "after"), [(0.3, 1), (0.3, 4), (0.05, 12), (1, 1), (0, 7)])
def test_a_crisis_gets_out_of_control_with_the_chance_that_none_of_its_months_ended_it(simulate, ends, after):
    n = 2000
    ds = simulate(
        CALM,
        ALWAYS,
        f"crises.ends={ends}",
        f"crises.uncontrolled_after={after}",
        "months=24",
        f"ensemble.runs={n}",
    ).ds
    lost = ds.uncontrolled.values
    assert not lost[:, :after].any()
    share, expected = lost[:, after].mean(), (1 - ends) ** after
    assert share == expected if ends in (0, 1) else assert_share(share, expected, n) is None
    crisis = ds.crisis.values
    assert (crisis[:, : after + 1].all(axis=1) == lost[:, after]).all()


def test_each_crisis_has_its_own_chance_to_get_out_of_control(simulate):
    n, e, after = 2000, 0.5, 2
    study = simulate(
        CALM, ALWAYS, f"crises.ends={e}", f"crises.uncontrolled_after={after}", f"ensemble.runs={n}"
    )
    ds = study.ds.isel(month=slice(0, 60))
    before = np.pad(ds.crisis.values, ((0, 0), (1, 0)))[:, :-1]
    began = (ds.crisis.values & ~before)[:, : 60 - after]
    lost = ds.uncontrolled.values.any(axis=1)
    assert_share(lost.sum() / began.sum(), (1 - e) ** after, int(began.sum()))
    assert (
        study.outcomes["crises"]
        == (study.ds.crisis.values & ~np.pad(study.ds.crisis.values, ((0, 0), (1, 0)))[:, :-1]).sum(axis=1)
    ).all()


COUNTED = (
    "alarm", "moved_because", "talks", "inspections_held", "inspections_refused", "inspections_alarming",
    "inspections_clarified", "true_alarms", "findings", "spending",
)  # fmt: skip
"""What is counted month by month."""

RESTLESS = (
    "months=48",
    "crises={hazard: {restraint: 0.05, dispute: 0.05, development_race: 0.05, first_deployment: 0.05, mirrored_deployment: 0.05, arms_race: 0.05}, ends: 0.2}",
    "agreements.moratorium={inspections: {sites: [silo, cell], visits_a_year: {routine: 24}}, binds: [red, blue]}",
    "sites={silo: {owner: red, region: south, title: S, kind: launcher}, cell: {owner: blue, region: south, title: C, kind: mk41_cell}}",
    "china={region: north, a_year: 24, concerned_by: [red, blue], reaction: 0.3}",
    "parties.red.exercises.months=3",
    "trust={weight: 0, kept_month: 0.05, deployment: 0.1}",
    "inspecting={false_alarm: 0.1}",
    "events.offer={month: 2021-01, does: offer, party: red, agreement: moratorium}",
)
FREEZES = "crises.uncontrolled_after=3"


def months_of_freezing(ds: xr.Dataset) -> np.ndarray:
    return first(ds.uncontrolled)


def test_a_frozen_world_stays_as_it_stood_and_counts_nothing_more(simulate):
    ds = simulate(LIVELY, *RESTLESS, FREEZES).ds
    since = months_of_freezing(ds)
    frozen = np.flatnonzero(since < 47)
    assert 0.2 < len(frozen) / ds.sizes["run"] < 0.95
    months = np.arange(48)
    after = months > since[frozen, None]
    monthly = [str(name) for name, of in ds.data_vars.items() if of.dims[:2] == ("run", "month")]
    for name in monthly:
        values = ds[name].values[frozen]
        stood = np.take_along_axis(values, since[frozen].reshape(-1, 1, *[1] * (values.ndim - 2)), axis=1)
        expected = np.zeros_like(values) if name in COUNTED else np.broadcast_to(stood, values.shape)
        assert np.array_equal(values[after], expected[after]), name
    assert ds.crisis.values[frozen][after].all()


def test_until_it_is_frozen_a_world_is_what_it_would_have_been(simulate):
    free, freezing = (simulate(LIVELY, *RESTLESS, *keys).ds for keys in ((), (FREEZES,)))
    until = np.arange(48) <= months_of_freezing(freezing)[:, None]
    moved = 0
    for name in free.data_vars:
        if free[name].dims[:2] == ("run", "month") and name != "uncontrolled":
            one, other = free[name].values, freezing[name].values
            assert np.array_equal(one[until], other[until]), name
            moved += not np.array_equal(one, other)
    assert moved > 10, "a world that stands still anyway would show nothing"


def test_agreements_that_ended_only_after_the_freezing_did_not_end(simulate):
    ends = "events.ends={month: 2021-06, does: leave_moratorium, party: red}"
    word = "agreements.word={regions: [north], binds: [red, blue], from: 2020-01}"
    both = simulate(CALM, word, ends, "months=36", "crises.hazard.restraint=0.5", "crises.hazard.development_race=0.5",
                    "crises.uncontrolled_after=4", "crises.ends=0.4").ds  # fmt: skip
    since = months_of_freezing(both)
    assert (since < 17).any()
    assert (since >= 17).any()
    ended = both.moratorium_ended.values[:, 0] > 0
    assert (ended == (since >= 17)).all()
    assert (both.agreement_in_force.values[:, -1, 0] == ~ended).all()


def test_months_after_the_freezing_count_as_it_stood(simulate):
    come_and_go = (
        "events.comes={month: 2020-06, does: deploy, programme: bow, region: north}",
        "events.goes={month: 2020-09, does: remove, programme: bow, region: north}",
        "crises={hazard: {first_deployment: 1}, ends: 0}",
    )
    counted = {
        after: simulate(CALM, "months=24", *come_and_go, f"crises.uncontrolled_after={after}").outcomes
        for after in (0, 2, 3, 18, 19)
    }
    deployed = {
        after: of["months_at_or_above_first_deployment"].unique().tolist() for after, of in counted.items()
    }
    assert deployed == {0: [3], 2: [19], 3: [3], 18: [3], 19: [3]}, "frozen in month 7, 8, 23 or not at all"
    assert {after: of["uncontrolled"].mean() for after, of in counted.items()} == {
        0: 0,
        2: 1,
        3: 1,
        18: 1,
        19: 0,
    }
    assert {after: of["crisis_months"].mean() for after, of in counted.items()} == dict.fromkeys(
        (0, 2, 3, 18, 19), 19
    )
    assert counted[2]["comes_back_down"].eq(0).all()
    assert counted[3]["comes_back_down"].eq(1).all()


def test_a_world_may_freeze_in_its_last_month(simulate):
    ds = simulate(CALM, ALWAYS, "crises.ends=0", "crises.uncontrolled_after=11", "months=12").ds
    assert ds.uncontrolled.values.sum(axis=1).tolist() == [1] * 200


def test_freezing_does_not_depend_on_how_an_ensemble_is_cut(scenario):
    from verifsim.ensemble import simulate_ensemble

    file = scenario(LIVELY, *RESTLESS, FREEZES, "ensemble.runs=300")
    whole, _ = simulate_ensemble(file)
    pieces, _ = simulate_ensemble(file, chunk=70)
    xr.testing.assert_identical(whole, pieces)


def test_crises_of_which_nothing_comes_change_no_bit_but_their_own(simulate):
    hazards = ", ".join(f"{name.replace(' ', '_')}: 1" for name in RUNGS)
    every = f"crises.hazard={{{hazards}}}"
    without, with_it = simulate(LIVELY).ds, simulate(LIVELY, every, "crises.ends=0.4").ds
    assert with_it.crisis.any()
    assert has_missiles(with_it).any()
    xr.testing.assert_equal(without.drop_vars("crisis"), with_it.drop_vars("crisis"))


def test_without_a_hazard_nothing_else_about_crises_changes_a_bit(simulate):
    terms = "crises={misperceived: 1000, missiles: 1000, ends: 0, uncontrolled_after: 1}"
    xr.testing.assert_equal(simulate(LIVELY).ds, simulate(LIVELY, terms).ds)
