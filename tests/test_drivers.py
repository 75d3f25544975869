"""Which numbers move an outcome: known answers, honest intervals, and sentences where there is none."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import verifsim as vs
from tests.conftest import SMALL_WORLD
from tests.test_spread import LUCK_ALONE, NUMBERS_ALONE
from verifsim.errors import UsageError
from verifsim.outcomes.drivers import FEWEST, drivers_table


def numbers(values: np.ndarray, first: int = 0) -> xr.DataArray:
    """What runs drew, (run, number), as results hold it."""
    names = [f"n{k}" for k in range(values.shape[1])]
    return xr.DataArray(
        values,
        dims=("run", "number"),
        coords={
            "run": np.arange(first, first + len(values)),
            "number": names,
            **{
                f"number_{end}": ("number", np.full(len(names), v))
                for end, v in (("low", 0.0), ("high", 1.0))
            },
            "number_stated": ("number", np.full(len(names), 0.5)),
            "number_unit": ("number", ["months"] * len(names)),
        },
    )


def outcome(values: np.ndarray, first: int = 0) -> pd.Series:
    return pd.Series(values, index=np.arange(first, first + len(values)), name="months")


def test_a_monotone_dependence_is_found_with_its_sign_whatever_its_shape():
    drawn = np.random.default_rng(1).random((300, 4))
    noise = np.random.default_rng(2).normal(size=300)
    table = drivers_table(numbers(drawn), outcome(np.exp(5 * drawn[:, 2]) - 30 * drawn[:, 0] + noise))
    assert table.index[:2].tolist() == ["n2", "n0"]
    assert table.loc["n2", "rank_correlation"] > 0.5
    assert table.loc["n0", "rank_correlation"] < -0.2
    assert table["beyond_chance"].tolist() == [True, True, False, False]
    alone = drivers_table(numbers(drawn), outcome(drawn[:, 1] ** 9))
    assert alone.loc["n1", "rank_correlation"] == pytest.approx(1.0)
    assert alone.loc["n1", "mean_where_low"] < 0.01 < 0.2 < alone.loc["n1", "mean_where_high"]


def test_the_table_is_in_order_of_strength_and_says_what_each_number_is():
    drawn = np.random.default_rng(1).random((100, 6))
    table = drivers_table(numbers(drawn), outcome(drawn @ [0.1, -3, 0.5, 2, -0.2, 0]))
    assert np.abs(table["rank_correlation"]).is_monotonic_decreasing
    assert table.index[:2].tolist() == ["n1", "n3"]
    assert table.iloc[0][["unit", "range_low", "stated", "range_high", "n"]].tolist() == [
        "months", 0.0, 0.5, 1.0, 100,
    ]  # fmt: skip
    assert ((table["low"] < table["rank_correlation"]) & (table["rank_correlation"] < table["high"])).all()


def test_it_is_spearmans_correlation_with_ties_at_their_mean_rank():
    rng = np.random.default_rng(3)
    drawn, values = rng.integers(0, 4, (200, 3)).astype(float), rng.integers(0, 3, 200).astype(float)
    table = drivers_table(numbers(drawn), outcome(values))
    for k in range(3):
        expected = pd.Series(drawn[:, k]).corr(pd.Series(values), method="spearman")
        assert table.loc[f"n{k}", "rank_correlation"] == pytest.approx(expected)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.6, 0.9])
def test_the_interval_holds_the_correlation_19_times_in_20(correlation):
    """Of normal pairs, Spearman's is 6 / pi asin(r / 2)."""
    rng, n, repeats = np.random.default_rng(4), 150, 1000
    drawn, other = rng.normal(size=(2, n, repeats))
    covered = []
    truth = 6 / np.pi * np.arcsin(correlation / 2)
    for k in range(repeats):
        both = correlation * drawn[:, k] + np.sqrt(1 - correlation**2) * other[:, k]
        row = drivers_table(numbers(drawn[:, k : k + 1]), outcome(both)).iloc[0]
        covered.append(row["low"] <= truth <= row["high"])
    assert 0.93 < np.mean(covered) < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "rare event", "ties"])
def test_among_numbers_that_move_nothing_one_is_marked_in_5_of_100_ensembles_at_most(kind):
    rng, marked = np.random.default_rng(6), []
    for _ in range(400):
        drawn, u = rng.random((200, 60)), rng.random(200)
        drawn = np.rint(drawn * 3) if kind == "ties" else drawn
        values = (u < 0.02).astype(float) if kind == "rare event" else rng.normal(size=200)
        if values.min() < values.max():
            marked.append(drivers_table(numbers(drawn), outcome(values))["beyond_chance"].any())
    assert np.mean(marked) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(marked))


def test_runs_without_meaning_are_left_out():
    drawn = np.random.default_rng(1).random((100, 2))
    values = np.where(drawn[:, 1] < 0.5, np.nan, drawn[:, 0])
    table = drivers_table(numbers(drawn, first=40), outcome(values, first=40))
    assert (table["n"] == (drawn[:, 1] >= 0.5).sum()).all()
    assert table.loc["n0", "rank_correlation"] == pytest.approx(1.0)


def test_a_number_that_is_the_same_in_all_of_them_comes_last_and_is_not_marked():
    drawn = np.random.default_rng(1).random((100, 3))
    drawn[:, 0] = 2.0
    table = drivers_table(numbers(drawn), outcome(drawn[:, 2]))
    assert table.index[-1] == "n0"
    assert np.isnan(table.loc["n0", "rank_correlation"])
    assert not table.loc["n0", "beyond_chance"]


def test_an_outcome_that_is_the_same_in_all_runs_is_refused_in_a_sentence():
    with pytest.raises(UsageError, match="months: is the same in all runs; nothing moves it"):
        drivers_table(numbers(np.random.default_rng(1).random((50, 2))), outcome(np.full(50, 3.0)))


def test_too_few_runs_are_refused_in_a_sentence():
    values = np.arange(50.0)
    values[FEWEST - 1 :] = np.nan
    with pytest.raises(UsageError, match=f"has a meaning in {FEWEST - 1} runs; drivers need {FEWEST}"):
        drivers_table(numbers(np.random.default_rng(1).random((50, 2))), outcome(values))


# Of a study


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> vs.Study:
    folder = tmp_path_factory.mktemp("drivers")
    (folder / "small.yaml").write_text(SMALL_WORLD)
    (folder / "changed.yaml").write_text(f"extends: small.yaml\n{dedent(NUMBERS_ALONE)}")
    return vs.run(folder / "changed.yaml", runs=100)


def test_the_number_that_all_depends_on_is_found(study):
    table = study.drivers("missiles_at_end.red")
    assert table.loc["doctrines.forward_deploy.missiles", "rank_correlation"] > 0.5
    assert table.loc["doctrines.forward_deploy.missiles", "beyond_chance"]
    assert table.loc["doctrines.forward_deploy.missiles", "unit"] == "missiles a region"


def test_an_unknown_outcome_is_told_with_a_hint(study):
    with pytest.raises(
        vs.VerifsimError, match=r"no outcome 'missiles_at_end\.rde'; did you mean 'missiles_at_end\.red'"
    ):
        study.drivers("missiles_at_end.rde")


def test_without_an_outcome_it_is_that_of_the_region_in_question(scenario):
    study = vs.run(scenario(LUCK_ALONE))
    assert study.drivers().equals(study.drivers("months_without_deployment.north"))


def test_where_numbers_are_stated_a_sentence_says_how_to_vary_them(scenario):
    fixed = vs.run(scenario(LUCK_ALONE, "ensemble.vary=no"))
    for ask in (fixed.drivers, fixed.plot_drivers, fixed.spread):
        with pytest.raises(
            vs.VerifsimError,
            match=r"all runs have the stated numbers; with vary=True, --vary or 'ensemble: \{vary: yes\}'",
        ):
            ask()


def test_drivers_of_all_that_is_looked_at_first_stand_in_one_table(study):
    table = study.drivers_of_headlines()
    assert table.index.names == ["outcome", "number"]
    assert "missiles_at_end.red" in table.index.unique("outcome")
    assert "missiles_at_end.blue" not in table.index.unique("outcome"), "it is the same in all runs"


def test_what_is_saved_gives_the_same_drivers_and_spread(study, tmp_path):
    loaded = vs.load(study.save(tmp_path / "out", plot=False))
    pd.testing.assert_frame_equal(loaded.drivers("missiles_at_end.red"), study.drivers("missiles_at_end.red"))
    pd.testing.assert_frame_equal(loaded.spread(), study.spread())
    assert loaded.sentences() == study.sentences()
    written = pd.read_csv(tmp_path / "out" / "drivers.csv", index_col=["outcome", "number"])
    assert written["rank_correlation"].to_numpy() == pytest.approx(
        study.drivers_of_headlines()["rank_correlation"].to_numpy()
    )
