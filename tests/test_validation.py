"""The model held against what happened: scores, worlds that are kept, and what scenarios may know."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from validation import forecast
from validation.facts import FACTS, Simulated, difference, median, share
from validation.page import met

import verifsim as vs
from verifsim.scenario.merge import shipped_folder

MONTHS = dict(zip(
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    range(1, 13),
    strict=True,
))  # fmt: skip
DATE = re.compile(rf"(?:({'|'.join(MONTHS)}) )?((?:19|20)\d\d)\b")


def latest(text):
    """The latest month that a source names; a year alone is its January."""
    return max((int(year), MONTHS.get(month, 1)) for month, year in DATE.findall(" ".join(text.split())))


def loaded(name):
    return vs.load_scenario(shipped_folder() / f"{name}.yaml")


def test_the_latest_date_of_a_source_is_found():
    assert latest("A, on B, 3 May 2019; C, December\n  2021: from 2020") == (2021, 12)


@pytest.mark.parametrize("name", ["as_known_2024", "forecast_2024"])
def test_no_number_of_what_was_known_in_march_2024_rests_on_a_later_source(name):
    file = loaded(name)
    used = {note.source for note in file.notes.values() if note.source not in (None, "assumption")}
    late = {key for key in used if latest(file.scenario.sources[key]) > (2024, 3)}
    assert not late
    assert not {key for key in used if "uned to" in file.scenario.sources[key]}


def test_what_is_assumed_in_place_of_a_later_source_is_another_number_or_another_range():
    after, before = loaded("history"), loaded("as_known_2024")

    def said(file, path):
        value = file.scenario
        for key in path:
            value = value[key] if isinstance(value, dict) else getattr(value, key)
        return value, file.notes[path].range

    replaced = [
        path
        for path, note in after.notes.items()
        if note.source in after.scenario.sources
        and latest(after.scenario.sources[note.source]) > (2024, 3)
        and before.notes.get(path) is not None
        and before.notes[path].source == "assumption"
    ]
    assert len(replaced) > 15
    assert not [path for path in replaced if said(after, path) == said(before, path)]


def test_no_event_before_april_2024_is_told_by_a_later_source():
    scenario = loaded("as_known_2024").scenario
    sources = {
        e.source for e in scenario.events.values() if e.month <= "2024-03" and e.source in scenario.sources
    }
    assert {key for key in sources if latest(scenario.sources[key]) > (2024, 3)} <= {"new_start_ends"}


def test_numbers_of_history_do_rest_on_later_sources():
    file = loaded("history")
    assert any(
        latest(file.scenario.sources[n.source]) > (2024, 3)
        for n in file.notes.values()
        if n.source in file.scenario.sources
    )


def test_the_forecast_knows_no_deed_of_the_us_after_march_2024():
    later = {n: e for n, e in loaded("forecast_2024").scenario.events.items() if e.month > "2024-03"}
    assert set(later) == {"new_start_expires"}
    replayed = {n for n, e in loaded("as_known_2024").scenario.events.items() if e.month > "2024-03"}
    assert {"typhon_on_luzon", "dark_eagle_in_australia", "typhon_at_kanoya"} < replayed


def test_scores_are_as_computed_by_hand():
    chances, came = np.array([0.8, 0.4, 0.1]), np.array([True, False, False])
    assert forecast.brier(chances, came) == pytest.approx((0.04 + 0.16 + 0.01) / 3)
    assert forecast.log_score(chances, came) == pytest.approx(-np.log([0.8, 0.6, 0.9]).mean())


def test_the_naive_forecast_is_half_an_event_in_56_months():
    assert forecast.naive("2025-03") == pytest.approx(1 - np.exp(-12 * 0.5 / 56))
    assert forecast.naive("2024-12") < forecast.naive("2025-12")


def test_what_had_come_by_a_month_had_come_by_its_end():
    order = forecast.TARGETS[0]
    assert [forecast.happened(order, month) for month in ("2024-05", "2024-06", "2026-06")] == [
        False,
        True,
        True,
    ]


@pytest.fixture(scope="module")
def known():
    return vs.run(shipped_folder() / "as_known_2024.yaml", runs=300, vary=True).ds


def test_worlds_that_are_kept_are_as_the_world_was(known):
    kept = forecast.as_seen(known)
    assert 0.1 < kept.mean() < 0.9
    past = known.sel(month=slice(None, "2024-03")).isel(run=kept)
    assert not (past.deployed_announced.sel(party="russia") > 0).any()
    assert past.pledge_stands.sel(party="russia").all()
    left_out = known.sel(month=slice(None, "2024-03")).isel(run=~kept)
    gave = ~left_out.pledge_stands.sel(party="russia").all(["month", "region"])
    assert float(gave.mean()) > 0.5, "most are left out since Russia had answered Bornholm"


def test_forecasts_are_chances_that_rise_with_time_and_are_never_certain(known):
    table = forecast.forecasts(known, forecast.TARGETS[:4])
    assert table.model.between(0, 1, inclusive="neither").all()
    for _, rows in table.groupby("target"):
        assert rows.model.is_monotonic_increasing
        assert rows.naive.is_monotonic_increasing
    pledge = table[(table.target == "Russia gives up its pledge") & (table.by == "2026-06")].iloc[0]
    kept = forecast.as_seen(known)
    gone = ~known.pledge_stands.sel(party="russia").all("region").isel(month=-1).values[kept]
    assert pledge.model == pytest.approx((gone.sum() + 0.5) / (kept.sum() + 1))


def test_silent_orders_leave_worlds_out_for_every_target(known):
    usual = forecast.forecasts(known, forecast.TARGETS[:4])
    silent = forecast.forecasts(known, forecast.TARGETS[:4], silent_orders=True)
    assert silent.of.nunique() == 1
    assert silent.of.iloc[0] < usual.of.iloc[-1]
    order = "Russia orders production"
    assert silent[silent.target == order].model.max() < usual[usual.target == order].model.min()


def test_worlds_stand_on_the_rung_that_was_in_the_share_that_is_said(known):
    europe = known.rung.sel(region="europe").isel(month=0)
    assert met(known, "europe")[0] == pytest.approx(float((europe == 2).mean()))


def test_shares_medians_and_differences_are_said_with_intervals():
    assert share([True] * 3 + [False])[0] == "75.0 % (30.1 to 95.4)"
    assert median(np.arange(1, 102)) == ("51 (41 to 61)", 51.0)
    said, low, high = difference([1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0], "of worlds")
    assert said.startswith("+0.50 of worlds")
    assert low < 0.5 < high


def test_the_page_has_every_fact_and_every_forecast():
    page = (Path(__file__).parents[1] / "docs" / "validation.md").read_text(encoding="utf-8")
    for number, fact in enumerate(FACTS, start=1):
        assert f"| {number} | {fact.what} |" in page
    for target in forecast.TARGETS:
        assert f"| {target.name} | by 2024-12 |" in page
    assert "uned to" in page.partition("## What was tuned")[2]


@pytest.mark.slow
def test_every_stylised_fact_is_measured_or_said_to_be_out_of_reach():
    simulated = Simulated(300)
    answers = [fact.measure(simulated) for fact in FACTS]
    for fact, answer in zip(FACTS, answers, strict=True):
        assert answer.text, fact.what
        assert (answer.holds is None) == (fact.standing == "not in the model"), fact.what
        if fact.standing == "by construction":
            assert answer.holds, fact.what
