"""Each run draws its own numbers from their ranges: which, how, and what is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import verifsim as vs
from tests.scenario.conftest import WORLD, Load, Problems, change, line_of
from tests.scenario.varying import busy, ranged
from verifsim.ensemble import simulate_ensemble, work
from verifsim.model.world import simulate as simulate_chunk
from verifsim.results import VARIABLES
from verifsim.scenario import ScenarioFile, scenario_from
from verifsim.scenario.vary import Uncertain, uncertain, varied
from verifsim.study import Study

N = 20_000


def drawn(file: ScenarioFile, n: int = N) -> dict[str, np.ndarray]:
    return {
        name: number.values for name, number in varied(file.scenario, file.notes, np.arange(n))[1].items()
    }


def varying(*changes: tuple[str, str], text: str = WORLD) -> str:
    for old, new in (("seed: 7}", "seed: 7, vary: yes}"), *changes):
        text = change(old, new, text)
    return text


def world(load: Load, *changes: tuple[str, str]) -> ScenarioFile:
    return load(varying(*changes))


BATTERY = ("battery_seen: 0.2", "battery_seen: {value: 0.2, range: [0.1, 0.6]}")
FALSE = ("battery_seen: 0.2", "battery_seen: 0.2, false_alarm: {value: 0.03, range: [0.01, 0.1]}")


def counted(low: float, value: int, high: float) -> Uncertain:
    return Uncertain(("programmes", "arrow", "reserve"), low, value, high, is_whole=True)


# What is drawn


@pytest.mark.parametrize(
    ("low", "value", "high"), [(0.1, 0.2, 0.6), (0.0, 0.0, 1.0), (0.5, 1.0, 1.0), (-3.0, 1.0, 2.0)]
)
def test_a_number_comes_from_the_triangle_whose_peak_is_the_stated_value(low, value, high):
    values = Uncertain(("x", "y"), low, value, high, is_whole=False).drawn(
        np.random.default_rng(1).random(100_000)
    )
    assert low <= values.min()
    assert values.max() <= high
    mean = (low + value + high) / 3
    variance = (low**2 + value**2 + high**2 - low * value - low * high - value * high) / 18
    assert abs(values.mean() - mean) < 4 * np.sqrt(variance / values.size)
    assert abs(values.var() - variance) < 4 * variance * np.sqrt(1.4 / values.size)  # kurtosis 2.4
    below = (value - low) / (high - low)
    assert abs((values < value).mean() - below) <= 4 * np.sqrt(below * (1 - below) / values.size)


def test_what_runs_draw_follows_that_triangle(load):
    values = drawn(world(load, BATTERY))["watching.battery_seen"]
    x = np.sort(values)
    expected = np.where(x < 0.2, (x - 0.1) ** 2 / (0.5 * 0.1), 1 - (0.6 - x) ** 2 / (0.5 * 0.4))
    assert np.abs(expected - (np.arange(N) + 0.5) / N).max() < 1.95 / np.sqrt(
        N
    )  # Kolmogorov, one in a thousand


@pytest.mark.parametrize(
    ("low", "value", "high", "reached"),
    [(0, 3, 4, [0, 1, 2, 3, 4]), (3, 3, 5, [3, 4, 5]), (0.5, 2, 3.2, [1, 2, 3]), (0, 0, 1, [0, 1])],
)
def test_what_counts_something_is_whole_and_reaches_both_ends(low, value, high, reached):
    number = counted(low, value, high)
    values = number.drawn(np.random.default_rng(1).random(N))
    assert values.dtype == np.int64
    assert np.unique(values).tolist() == reached
    shares = np.bincount(values)[reached]
    assert shares.argmax() == reached.index(value), "none is likelier than what is stated"


@pytest.mark.parametrize(
    ("low", "value", "high", "weights"),
    [
        (0, 3, 4, [1 / 4, 2 / 4, 3 / 4, 1, 1 / 2]),
        (3, 3, 6, [1, 3 / 4, 2 / 4, 1 / 4]),
        (0.5, 2, 2.9, [1 / 2, 1]),
    ],
)
def test_a_whole_number_is_the_less_likely_the_further_from_what_is_stated(low, value, high, weights):
    values = counted(low, value, high).drawn(np.random.default_rng(1).random(N))
    found = np.bincount(values - values.min()) / N
    expected = np.array(weights) / sum(weights)
    assert (np.abs(found - expected) < 4 * np.sqrt(expected * (1 - expected) / N)).all()


def test_numbers_are_independent_of_each_other(load):
    values = drawn(world(load, ("battery_seen: 0.2", f"{BATTERY[1]}, {FALSE[1].split(', ', 1)[1]}")))
    assert set(values) == {"doctrines.mirror.patience", "watching.battery_seen", "watching.false_alarm"}
    correlations = np.corrcoef(list(values.values()))[np.triu_indices(3, 1)]
    assert np.abs(correlations).max() < 4 / np.sqrt(N)


def test_what_a_run_draws_depends_on_its_number_alone(load):
    file = world(load, BATTERY)
    few, many = drawn(file, 7), drawn(file, 1000)
    for name, values in few.items():
        assert values.tolist() == many[name][:7].tolist()
    some = np.array([3, 4, 900])
    _, alone = varied(file.scenario, file.notes, some)
    assert alone["watching.battery_seen"].values.tolist() == many["watching.battery_seen"][some].tolist()


def test_a_range_elsewhere_moves_no_other_draw(load):
    before, after = drawn(world(load)), drawn(world(load, BATTERY))
    assert set(after) - set(before) == {"watching.battery_seen"}
    for name, values in before.items():
        assert values.tolist() == after[name].tolist()


def test_another_seed_draws_other_numbers(load):
    one, other = (drawn(load(varying(), f"ensemble.seed={seed}"), 50) for seed in (7, 8))
    assert not set(one["doctrines.mirror.patience"]) & set(other["doctrines.mirror.patience"])


def test_what_nothing_depends_on_is_not_drawn(load):
    unused = (
        "mirror: {patience",
        "grim_trigger: {patience: {value: 0.3, range: [0.1, 0.6]}}\n  mirror: {patience",
    )
    assert set(drawn(world(load, unused))) == {"doctrines.mirror.patience"}


def test_what_leaves_nothing_open_is_not_drawn(load):
    closed = (
        "deployed: {north: 2}",
        "deployed: {north: {value: 2, range: [1.5, 2.9]}}, cost: {value: 3, range: [3, 3]}",
    )
    assert set(drawn(world(load, closed))) == {"doctrines.mirror.patience"}


def test_a_bare_number_on_top_of_the_file_is_fixed(load):
    text = varying(BATTERY)
    assert "watching.battery_seen" in drawn(load(text))
    assert "watching.battery_seen" not in drawn(load(text, "watching.battery_seen=0.2"))
    assert "watching.battery_seen" in drawn(load(text, "watching.battery_seen={value: 0.3}"))


# Shares


SHARES = "{mirror: {value: 0.7, range: [0.4, 0.9]}, hold_back: {value: 0.3, range: [0.1, 0.5]}}"


@pytest.mark.parametrize("said", [SHARES, f"{{north: {SHARES}, south: {SHARES}}}"], ids=["once", "each"])
def test_shares_add_up_to_1_and_are_one_number_in_all_regions(load, said):
    values = drawn(world(load, ("doctrine: mirror", f"doctrine: {said}")))
    shares = {
        (region, name): values[f"parties.red.doctrine.{region}.{name}"]
        for region in ("north", "south")
        for name in ("mirror", "hold_back")
    }
    for region in ("north", "south"):
        assert shares[region, "mirror"] + shares[region, "hold_back"] == pytest.approx(np.ones(N), abs=1e-12)
    assert shares["north", "mirror"].tolist() == shares["south", "mirror"].tolist()
    assert shares["north", "mirror"].std() > 0.05


def test_shares_that_have_no_range_stay_as_they_are(load):
    some = "{mirror: {value: 0.3, range: [0.1, 0.6]}, hold_back: {value: 0.2, range: [0.1, 0.4]}, hedge: 0.5}"
    scenario, _ = varied(*_both(world(load, ("doctrine: mirror", f"doctrine: {some}"))), np.arange(100))
    shares = scenario.parties["red"].doctrine["north"]
    assert shares["hedge"] == 0.5
    assert shares["mirror"] + shares["hold_back"] == pytest.approx(np.full(100, 0.5))


def test_a_share_that_alone_has_a_range_is_refused_where_numbers_vary(load, problems):
    """All the others are stated, and they add up to 1."""
    some = "doctrine: {mirror: {value: 0.3, range: [0.1, 0.6]}, hold_back: 0.7}"
    text = change("doctrine: mirror", some, varying(BATTERY))
    said = problems(text)
    assert said
    for line in said:
        assert line.startswith(f"world.yaml:{line_of('hold_back: 0.7', text)}:")
        assert "a range on one share alone leaves nothing open" in line
    assert load(text.replace(", vary: yes", "")).scenario.ensemble.vary is False


def _both(file: ScenarioFile) -> tuple[Any, Any]:
    return file.scenario, file.notes


# What is recorded


def test_results_hold_what_each_run_drew_and_from_what(load, tmp_path):
    file = world(load, BATTERY)
    ds, _ = simulate_ensemble(file)
    saved = vs.load(Study(ds).save(tmp_path / "out", plot=False)).ds
    for each in (ds, saved):
        number = each.sel(number="watching.battery_seen")
        assert number.numbers.values.tolist() == drawn(file, 20)["watching.battery_seen"].tolist()
        assert (number.number_low, number.number_stated, number.number_high) == (0.1, 0.2, 0.6)
        assert number.number_unit == "chance a month"
    units = dict(zip(ds.number.values.tolist(), ds.number_unit.values.tolist(), strict=True))
    assert units["doctrines.mirror.patience"] == "chance a month"


def test_every_number_is_recorded_with_the_unit_it_is_declared_with():
    ds, _ = simulate_ensemble(scenario_from(_vary(ranged(busy()))))
    units = dict(zip(ds.number.values.tolist(), ds.number_unit.values.tolist(), strict=True))
    assert units["programmes.arrow.deployed.north"] == "batteries"
    assert units["agreements.moratorium.moves_out.arrow.months"] == "months"
    assert units["events.war.by"] == "share of trust"
    assert units["parties.blue.doctrine.north.mirror"]
    assert "" not in units.values()


def _vary(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"ensemble": data["ensemble"] | {"vary": "yes"}}


def test_results_of_stated_numbers_hold_none(load):
    ds, _ = simulate_ensemble(load(WORLD))
    assert not {"number", "numbers"} & set(ds.coords)


@pytest.mark.parametrize("chunk", [3, 7])
def test_chunks_move_no_number_and_no_variable(chunk):
    file = scenario_from(_vary(ranged(busy())))
    whole, _ = simulate_ensemble(file)
    pieces, _ = simulate_ensemble(file, chunk=chunk)
    for name in whole.variables:
        np.testing.assert_array_equal(whole[name].values, pieces[name].values, err_msg=str(name))


def test_one_run_alone_is_what_it_is_among_all_others():
    file = scenario_from(_vary(ranged(busy())))
    whole, _ = simulate_ensemble(file)
    for run in (0, 3, 17):
        alone, _ = simulate_ensemble(file, only_run=run)
        for name in (*VARIABLES, "numbers", "site_objects", "budget_ceiling"):
            np.testing.assert_array_equal(
                whole[name].sel(run=[run]).values, alone[name].values, err_msg=str(name)
            )


def test_a_chunk_that_failed_leaves_the_numbers_of_the_others(monkeypatch):
    file = scenario_from(_vary(ranged(busy())))
    whole, _ = simulate_ensemble(file)

    def failing(inputs, first, n_runs, each_month, luck=""):
        if first == 5:
            raise RuntimeError("no luck")
        return simulate_chunk(inputs, first, n_runs, each_month, luck)

    monkeypatch.setattr(work, "simulate", failing)
    rest, failures = simulate_ensemble(file, chunk=5)
    assert [failure.first for failure in failures] == [5]
    assert rest.run.values.tolist() == [*range(5), *range(10, 20)]
    for name in ("numbers", "site_objects", "budget_ceiling", "belief"):
        np.testing.assert_array_equal(rest[name].values, whole[name].sel(run=rest.run).values)


def test_more_missiles_in_a_later_chunk_are_counted_in_full(load):
    """Few missiles are recorded in 16 bits; which runs have few, runs now draw themselves."""
    many = "disputed: yes", "reserve: 60, missiles: {value: 300, range: [1, 1000]}"
    file = load(varying(many), "ensemble.runs=12", "ensemble.seed=3", "months=6")
    whole, _ = simulate_ensemble(file)
    pieces, _ = simulate_ensemble(file, chunk=1)
    missiles = whole.numbers.sel(number="programmes.arrow.missiles")
    held = whole.reserve.sel(party="red").isel(month=0)
    assert held[0] < np.iinfo(np.int16).max < held.max()
    assert (held == 60 * missiles).all() or (held == 62 * missiles).all()
    np.testing.assert_array_equal(whole.reserve.values, pieces.reserve.values)


def test_luck_is_the_same_with_and_without_varied_numbers():
    """What does not depend on the numbers is left as it was."""
    data = busy()
    fixed, _ = simulate_ensemble(scenario_from(data))
    only = {("inspecting", "visit_cost"), ("inspecting", "regime_cost")}
    moved, _ = simulate_ensemble(scenario_from(_vary(ranged(data, only=only))))
    for name in VARIABLES:
        np.testing.assert_array_equal(fixed[name].values, moved[name].values, err_msg=name)
    costs = Study(fixed).outcomes.filter(like="cost"), Study(moved).outcomes.filter(like="cost")
    assert not np.array_equal(costs[0].to_numpy(), costs[1].to_numpy())


# What is refused


@pytest.mark.parametrize("most_of_the_least", [2100, 1900], ids=["what is stated", "another range"])
def test_a_range_that_can_cross_is_refused_with_its_place(problems: Problems, most_of_the_least):
    crossing = (
        "disputed: yes}",
        f"disputed: yes, true_range: {{least: {{value: 500, range: [400, {most_of_the_least}]}}, "
        "likeliest: {value: 2000, range: [1500, 2400]}, most: 2500}}",
    )
    text = varying(crossing)
    (problem,) = problems(text)
    assert problem.startswith(f"world.yaml:{line_of('true_range', text)}:")
    assert "programmes.arrow.true_range: as numbers vary: the figures are not in order" in problem
    assert "ranges that cannot cross" in problem


def test_ranges_that_only_touch_are_not_refused(load: Load):
    touching = (
        "disputed: yes}",
        "disputed: yes, true_range: {least: {value: 500, range: [400, 1500]}, "
        "likeliest: {value: 2000, range: [1500, 2400]}, most: 2500}}",
    )
    assert "programmes.arrow.true_range.least" in drawn(world(load, touching), 10)


def test_ranges_that_can_cross_are_no_matter_where_nothing_varies(load: Load):
    crossing = (
        "disputed: yes}",
        "disputed: yes, true_range: {least: {value: 500, range: [400, 2100]}, likeliest: 2000, most: 2500}}",
    )
    assert load(change(*crossing)).scenario.ensemble.vary is False


def test_nothing_to_vary_is_a_sentence_with_its_place(problems: Problems):
    text = change(
        "seed: 7}", "seed: 7, vary: yes}", change("{value: 0.3, range: [0.1, 0.6], source: report}", "0.3")
    )
    (problem,) = problems(text)
    line = line_of("ensemble", text)
    assert problem.startswith(f"world.yaml:{line}:")
    assert "ensemble.vary: no number that anything depends on has a range to draw from; e.g. " in problem


def test_what_all_runs_share_takes_no_range_and_all_is_said_at_once(problems: Problems):
    text = change("months: 24", "months: {value: 24, range: [12, 36]}")
    text = change(
        "runs: 20, seed: 7", "runs: {value: 20, range: [1, 30]}, seed: {value: 7, range: [1, 9]}", text
    )
    said = problems(change("battery_seen: 0.2", "battery_seen: {value: 0.2, range: [0.1, 1.6]}", text))
    assert len(said) == 4
    for key, line in (("months", 3), ("ensemble.runs", 4), ("ensemble.seed", 4)):
        assert any(
            f"world.yaml:{line}:" in each
            and f"{key}.range: takes no range: it is the same in all runs" in each
            for each in said
        )
    assert any("battery_seen.range: the range reaches too far" in each for each in said)


def test_a_range_outside_what_a_doctrine_of_ones_own_allows_is_refused():
    data = ranged(busy())
    broken = deepcopy(data)
    broken["doctrines"]["mirror"]["patience"] = {"value": 0.3, "range": [0.1, 1.2]}
    with pytest.raises(vs.ScenarioError, match=r"patience\.range: the range reaches too far"):
        scenario_from(broken)


def test_uncertain_numbers_come_in_the_order_of_the_file(load):
    file = world(load, BATTERY)
    assert [n.name for n in uncertain(file.scenario, file.notes)] == list(drawn(file, 2))
