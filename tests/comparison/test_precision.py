"""An ensemble that grows until a difference is known: how long, and what its interval still holds."""

import numpy as np
import pytest

import verifsim as vs
from verifsim.comparison.intervals import FEW, Difference, mean_difference, share_difference
from verifsim.comparison.precision import close_enough, grown, level, looks
from verifsim.errors import UsageError


def rare_and_skewed(rng, n):
    """Three pairs in a hundred differ, and then by 40 on average: the worst for whoever stops when it looks narrow."""
    return np.where(rng.random(n) < 0.03, rng.exponential(40.0, size=n), 0.0), np.zeros(n)


def normal(rng, n):
    return rng.normal(size=n), np.zeros(n)


def happens(rng, n):
    luck = rng.random(n)
    return (luck < 0.12) * 1.0, ((luck < 0.05) | (luck > 0.98)) * 1.0


CASES = {
    "normal": (normal, mean_difference, 0.0, 0.06),
    "rare and skewed": (rare_and_skewed, mean_difference, 1.2, 0.6),
    "shares": (happens, share_difference, 0.05, 0.017),
}


def stopped(draw, interval, half_width, rng, sizes, confidence):
    """One growing ensemble: what was found where it stopped."""
    of, against = draw(rng, sizes[-1])
    return grown(
        lambda n: interval(of[:n], against[:n], confidence),
        lambda found: close_enough(found, half_width, share=interval is share_difference),
        sizes,
    )


def held(case, sizes, confidence, repetitions, seed=0):
    draw, interval, truth, half_width = CASES[case]
    rng = np.random.default_rng(seed)
    found = [stopped(draw, interval, half_width, rng, sizes, confidence) for _ in range(repetitions)]
    assert len({one.n for one in found}) > 1, "it is to stop at different looks"
    return np.mean([one.low <= truth <= one.high for one in found])


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_where_one_stops_the_interval_holds_at_least_95_times_in_100(case):
    assert held(case, looks(8_000), level(len(looks(8_000))), 1_000) >= 0.95


@pytest.mark.slow
def test_without_spending_the_error_over_the_looks_it_would_hold_less_often():
    spent = held("rare and skewed", looks(8_000), level(len(looks(8_000))), 1_000)
    assert held("rare and skewed", looks(8_000), 0.95, 1_000) < spent - 0.01


def test_looks_double_from_500_and_end_with_the_most():
    assert looks(16_000) == (500, 1_000, 2_000, 4_000, 8_000, 16_000)
    assert looks(3_000) == (500, 1_000, 2_000, 3_000)
    assert looks(300) == (300,)


def test_an_interval_of_few_differing_pairs_is_never_close_enough():
    narrow = Difference(0.0, -0.1, 0.1, 500, FEW - 1)
    assert not close_enough(narrow, 1.0, share=False)
    assert close_enough(narrow, 1.0, share=True)
    assert close_enough(narrow._replace(differ=FEW), 1.0, share=False)
    assert not close_enough(Difference(0.0, 0.0, 0.0, 500, 0), 1.0, share=False)


ALARMS = """
watching: {false_alarm: 0.02}
doctrines: {mirror: {believes_above: 0.05}}
"""


@pytest.fixture
def two(write):
    return write(ALARMS, name="many"), write(ALARMS.replace("0.02", "0.005"), name="few")


def half_width(cmp, outcome):
    row = cmp.table().loc["few", outcome]
    return (row["high"] - row["low"]) / 2.0


def test_runs_are_doubled_until_a_difference_is_known_and_that_is_said(two):
    name = "months_without_deployment.north"
    cmp = vs.compare(*two, until={name: 0.6}, most_runs=4_000)
    assert cmp.n in (1_000, 2_000)
    assert half_width(cmp, name) <= 0.6
    assert half_width(vs.compare(*two, runs=cmp.n // 2), name) > 0.4
    assert any(f"{cmp.n:,} runs were simulated, at look" in said for said in cmp.sentences())


def test_intervals_are_wider_than_without_looking_again(two):
    name = "nobody_deployed.north"
    grew, once = vs.compare(*two, until={name: 0.99}), vs.compare(*two, runs=500)
    assert grew.n == 500
    assert half_width(grew, name) > 1.2 * half_width(once, name)


def test_what_is_not_known_with_the_most_runs_is_said(two):
    cmp = vs.compare(*two, until={"months_without_deployment.north": 0.01}, most_runs=600)
    assert cmp.n == 600
    assert any("more than was asked" in said for said in cmp.sentences())


def test_one_scenario_under_two_names_is_known_at_once(two):
    assert vs.compare(two[0], two[0], until={"peak_rung": 0.1}).n == 500


@pytest.mark.parametrize(
    ("until", "more", "said"),
    [
        ({"peak_rang": 1.0}, {}, "did you mean 'peak_rung'"),
        ({"peak_rung": 0.0}, {}, "above 0"),
        ({"peak_rung": 1.0}, {"runs": 100}, "leave runs"),
        ({"peak_rung": 1.0}, {"most_runs": 1}, "needs two runs"),
    ],
)
def test_what_can_never_be_known_is_refused_before_any_run(until, more, said, two, monkeypatch):
    monkeypatch.setattr(
        "verifsim.comparing.carrying_out.run", lambda *given, **how: pytest.fail("it was simulated")
    )
    with pytest.raises(UsageError, match=said):
        vs.compare(*two, until=until, **more)


def test_results_cannot_grow(two):
    with pytest.raises(UsageError, match="these are results already: few"):
        vs.compare(two[0], vs.run(two[1], runs=5), until={"peak_rung": 1.0})


def test_a_difference_that_no_pair_shows_is_not_called_known(two):
    cmp = vs.compare(*two, until={"spending.red": 10.0}, most_runs=40)
    assert cmp.table()["differ"].loc["few", "spending.red"] == 0
    assert any("spending.red is not known as closely as asked" in said for said in cmp.sentences())


def test_a_half_width_of_a_share_that_is_no_share_is_refused(two):
    with pytest.raises(
        UsageError, match=r"'nobody_deployed.north' is a share.*for 3 of 100 worlds, say 0.03"
    ):
        vs.compare(*two, until={"nobody_deployed.north": 3})


def test_outcomes_that_were_asked_for_are_kept_as_they_were_said(two):
    cmp = vs.compare(*two, outcomes=["peak_rung"], until={"nobody_deployed.north": 0.2})
    assert cmp.wanted == ("peak_rung",)
    assert list(cmp.table().index.get_level_values("outcome")) == ["peak_rung", "nobody_deployed.north"]
