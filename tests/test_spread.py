"""How much of an outcome's spread is chance, and how much the numbers: known answers, and honest intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import verifsim as vs
from verifsim.ensemble import many, simulate_ensemble, simulate_twins, work
from verifsim.errors import UsageError
from verifsim.model.world import simulate as simulate_chunk
from verifsim.outcomes.spread import COLUMNS, spread_sentences, spread_table

Pairs = tuple[np.ndarray, np.ndarray]
Draw = Callable[[np.random.Generator, tuple[int, int], float], Pairs]


def normal(rng: np.random.Generator, shape: tuple[int, int], share: float) -> Pairs:
    """Normal outcomes, a share of whose variance is the numbers'."""
    by_numbers = np.sqrt(share) * rng.normal(size=shape)
    run, twin = (by_numbers + np.sqrt(1 - share) * rng.normal(size=shape) for _ in range(2))
    return run, twin


def skewed(rng: np.random.Generator, shape: tuple[int, int], share: float) -> Pairs:
    """Log-normal ones: of the variance of exp(X), (exp(s) - 1) / (e - 1) is the numbers'."""
    run, twin = normal(rng, shape, np.log1p(share * (np.e - 1)))
    return np.exp(run), np.exp(twin)


def event(mean: float) -> Draw:
    """Yes or no, with a chance from the beta distribution of this mean: the share is 1 / (a + b + 1)."""

    def draw(rng: np.random.Generator, shape: tuple[int, int], share: float) -> Pairs:
        both = 1 / share - 1 if share else np.inf
        chance = rng.beta(mean * both, (1 - mean) * both, size=shape) if share else np.full(shape, mean)
        run, twin = ((rng.random(shape) < chance).astype(float) for _ in range(2))
        return run, twin

    return draw


def table(pairs: Pairs) -> pd.DataFrame:
    """One ensemble a column."""
    return spread_table(*(pd.DataFrame(values).add_prefix("e") for values in pairs))


@pytest.mark.parametrize("draw", [normal, skewed, event(0.4)], ids=["normal", "skewed", "event"])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.8])
def test_the_share_is_found_on_average(draw, share):
    found = table(draw(np.random.default_rng(5), (2000, 100), share))["share_by_numbers"]
    expected = max(
        found.std() / np.sqrt(2 * np.pi) if share == 0 else share, 0.0
    )  # what falls below 0 is held
    assert abs(found.mean() - expected) < 4 * found.std() / 10 + 0.01


COVERED = [
    *((normal, "normal", share, 200) for share in (0.0, 0.1, 0.5, 0.9)),
    *((event(0.5), "even", share, 200) for share in (0.05, 0.3, 0.7)),
    *((event(0.05), "uncommon", share, 400) for share in (0.05, 0.3, 0.7)),
    *((event(0.004), "rare", share, 2000) for share in (0.05, 0.3, 0.7, 0.95)),
    *((event(0.002), "very rare", share, 500) for share in (0.05, 0.3, 0.7)),
    *((skewed, "skewed", share, 500) for share in (0.0, 0.3, 0.7)),
]


@pytest.mark.parametrize(
    ("draw", "name", "share", "n"), COVERED, ids=[f"{name}-{share}-{n}" for _, name, share, n in COVERED]
)
def test_the_interval_holds_the_share_19_times_in_20(draw, name, share, n):
    """In 92.5 to 97.5 % of 1,000 ensembles, and in more where a handful of pairs carry all the variance.

    There, as with rare events, the four pairs put to them weigh much, and that is meant.
    """
    found = table(draw(np.random.default_rng(11), (n, 1000), share)).dropna()
    covered = (found["share_by_numbers_low"] <= share) & (share <= found["share_by_numbers_high"])
    assert covered.mean() > 0.925
    assert covered.mean() < 0.975 or "rare" in name


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_interval_of_a_normal_outcome_is_as_narrow_as_theory_allows(share):
    found = table(normal(np.random.default_rng(3), (2000, 50), share))
    width = (found["share_by_numbers_high"] - found["share_by_numbers_low"]).mean()
    assert width == pytest.approx(2 * 1.96 * (1 - share**2) / np.sqrt(2000), rel=0.05)


def test_one_event_in_a_thousand_worlds_says_next_to_nothing():
    run, twin = np.zeros((1000, 2)), np.zeros((1000, 2))
    run[3] = 1.0
    twin[3, 1] = 1.0  # the second ensemble's only event is its twin's too
    found = table((run, twin))
    assert found["share_by_numbers"].tolist() == pytest.approx([0.0, 1.0])
    assert (found["share_by_numbers_high"] - found["share_by_numbers_low"] > 0.6).all()


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_two_variances_add_up_to_that_of_all_runs_and_twins(share):
    run, twin = normal(np.random.default_rng(2), (300, 5), share)
    found = table((run, twin))
    total = np.concatenate([run, twin]).var(axis=0)
    both = found["spread_by_chance"] ** 2 + found["spread_by_numbers"] ** 2
    assert both.to_numpy() == pytest.approx(total)
    assert (found["spread_by_numbers"] ** 2 / both).to_numpy() == pytest.approx(found["share_by_numbers"])


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98, 1.0])
@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_the_interval_holds_the_estimate_and_stays_within_0_and_1(share, n):
    found = table(normal(np.random.default_rng(n), (n, 50), share))
    low, held, high = (
        found[name] for name in ("share_by_numbers_low", "share_by_numbers", "share_by_numbers_high")
    )
    assert ((low >= 0) & (low <= held) & (held <= high) & (high <= 1)).all()


def test_pairs_are_matched_by_the_number_of_their_run_and_those_without_meaning_left_out():
    run = pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan]}, index=[0, 1, 2, 5])
    twin = pd.DataFrame({"a": [9.0, 3.0, 1.0, np.nan]}, index=[5, 2, 0, 1])
    found = spread_table(run, twin).loc["a"]
    assert found["pairs"] == 2
    assert found["share_by_numbers"] == 1.0


def test_what_is_the_same_in_all_runs_has_no_share():
    same = pd.DataFrame({"a": [2.0] * 5, "b": [np.nan] * 5})
    found = spread_table(same, same)
    assert found.loc["a", ["spread_by_chance", "spread_by_numbers"]].tolist() == [0.0, 0.0]
    assert found["share_by_numbers"].isna().all()
    assert found.loc["b", "pairs"] == 0


# In the model


LUCK_ALONE = """
    months: 12
    ensemble: {runs: 400, vary: yes}
    parties: {blue: {doctrine: hold_back}}
    watching: {false_alarm: 0.1}
    believing: {rule: last_finding}
    escalation: {violation_believed_above: {value: 0.5, range: [0.4, 0.6]}}
"""
"""Belief is 0 or 1: on which side of 0.5 the ladder draws the line is all the same."""

NUMBERS_ALONE = """
    months: 36
    ensemble: {runs: 400, vary: yes}
    parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}
    doctrines: {forward_deploy: {missiles: {value: 20, range: [0, 60]}}}
    programmes: {arrow: {a_year: {value: 4, range: [1, 12]}, cost: 10, reserve: 1}}
"""


def test_where_only_luck_matters_the_numbers_have_no_share(scenario):
    study = vs.run(scenario(LUCK_ALONE))
    spread = study.spread().loc["months_without_deployment.north"]
    assert study.outcomes["months_without_deployment.north"].nunique() > 3
    assert spread["share_by_numbers"] < 0.15
    assert spread["share_by_numbers_low"] == 0.0
    assert spread["spread_by_chance"] == pytest.approx(
        study.outcomes["months_without_deployment.north"].std(), rel=0.1
    )


def test_where_only_numbers_matter_they_have_all(scenario):
    study = vs.run(scenario(NUMBERS_ALONE))
    spread = study.spread().loc["missiles_at_end.red"]
    assert spread["share_by_numbers"] == pytest.approx(1.0)
    assert spread["share_by_numbers_low"] > 0.95
    assert spread["spread_by_chance"] == pytest.approx(0.0, abs=1e-6)
    assert spread["spread_by_numbers"] == pytest.approx(study.outcomes["missiles_at_end.red"].std(), rel=0.01)


def test_a_twin_has_its_runs_numbers_and_other_luck(scenario):
    file = scenario(LUCK_ALONE)
    runs, _ = simulate_ensemble(file)
    twins = simulate_twins(file)
    assert twins.numbers.values.tolist() == runs.numbers.values.tolist()
    assert not np.array_equal(twins.alarm.values, runs.alarm.values)
    assert np.corrcoef(twins.alarm.values.ravel(), runs.alarm.values.ravel())[0, 1] < 0.05


def test_two_thousand_runs_have_a_twin_at_most(scenario, monkeypatch):
    monkeypatch.setattr(many, "MOST_TWINS", 30)
    study = vs.run(scenario(LUCK_ALONE))
    assert study.ds.twin_outcomes.twin.values.tolist() == list(range(30))
    assert study.spread()["pairs"].max() == 30


def test_the_summary_has_the_spread_beside_means(scenario):
    study = vs.run(scenario(NUMBERS_ALONE))
    assert list(study.summary())[-len(COLUMNS) :] == list(COLUMNS)
    assert not set(COLUMNS) & set(vs.run(scenario(NUMBERS_ALONE, "ensemble.vary=no")).summary())


def test_progress_counts_the_twins_too(scenario):
    done = []
    vs.run(scenario(LUCK_ALONE, "ensemble.runs=50"), progress=done.append)
    assert sum(done) == 2 * 50 * 12


@pytest.mark.parametrize(
    ("settings", "only_run", "said"),
    [
        (
            ["ensemble.vary=no"],
            None,
            "all runs have the stated numbers; with vary=True, --vary or 'ensemble: {vary: yes}' each draws its own",
        ),
        ([], 3, "no run was simulated once more"),
    ],
)
def test_where_there_are_no_twins_a_sentence_says_why(scenario, settings, only_run, said):
    study = vs.run(scenario(LUCK_ALONE, *settings), only_run=only_run)
    assert not study.has_twins
    with pytest.raises(vs.VerifsimError, match=said):
        study.spread()
    assert "share_by_numbers" not in study.summary()


def test_where_runs_failed_the_others_are_still_there(scenario, monkeypatch):
    def failing(inputs, first, n_runs, each_month, luck=""):
        if first == 0:
            raise RuntimeError("no luck")
        return simulate_chunk(inputs, first, n_runs, each_month, luck)

    monkeypatch.setattr(work, "simulate", failing)
    in_pieces = simulate_ensemble.__kwdefaults__ | {"chunk": 25}
    monkeypatch.setattr(simulate_ensemble, "__kwdefaults__", in_pieces)
    study = vs.run(scenario(LUCK_ALONE, "ensemble.runs=50"))
    assert study.ds.run.values.tolist() == list(range(25, 50))
    assert study.varies
    assert not study.has_twins


# In words


def spread(**rows: tuple[float, float, float]) -> pd.DataFrame:
    names = ["share_by_numbers", "share_by_numbers_low", "share_by_numbers_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def nothing(outcome: str) -> pd.DataFrame:
    raise UsageError(outcome)


def test_a_sentence_speaks_of_the_region_in_question():
    rows = spread(a=(np.nan, np.nan, np.nan), b=(0.2, 0.1, 0.3), c=(0.5, 0.4, 0.6))
    (said,) = spread_sentences(rows, "c", nothing)
    assert said == (
        "Each world drew its numbers from their ranges. Of the variance of c between worlds, "
        "50 % (95 % interval 40 to 60) is due to these numbers; the rest is chance, which also draws what no party knows, such as the other's true type."
    )
    (other,) = spread_sentences(rows, "a", nothing)
    assert "variance of b" in other
    assert spread_sentences(rows.iloc[:1], "a", nothing) == ()


def test_a_sentence_names_the_numbers_that_move_it_most():
    drivers = pd.DataFrame(
        {"rank_correlation": [-0.4, 0.3, 0.2, 0.1], "beyond_chance": [True, True, False, False]},
        index=["w.x", "w.y", "w.z", "v"],
    )
    _, said = spread_sentences(spread(c=(0.5, 0.4, 0.6)), "c", lambda outcome: drivers)
    assert said == (
        "Of the 4 numbers, 2 move it beyond chance; most of all, by rank correlation: w.x (-0.40), w.y (+0.30)."
    )
    _, said = spread_sentences(spread(c=(0.5, 0.4, 0.6)), "c", lambda outcome: drivers.iloc[2:])
    assert said == "None of the 2 numbers moves it beyond chance, as far as so many worlds can tell."


@pytest.mark.parametrize(
    ("beyond", "said"),
    [
        (
            False,
            "The one number that varies does not move it beyond chance, as far as so many worlds can tell.",
        ),
        (True, "The one number that varies moves it beyond chance; by rank correlation: w.x (-0.40)."),
    ],
)
def test_a_sentence_can_speak_of_one_number(beyond, said):
    drivers = pd.DataFrame({"rank_correlation": [-0.4], "beyond_chance": [beyond]}, index=["w.x"])
    assert spread_sentences(spread(c=(0.5, 0.4, 0.6)), "c", lambda outcome: drivers)[1] == said
