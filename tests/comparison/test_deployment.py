"""How long worlds stay free of missiles, and who ends it and why."""

import numpy as np
import pytest

from verifsim.comparison.deployment import cumulative_incidence, still_without
from verifsim.outcomes.first_moves import first_moves


def test_the_curve_is_the_share_of_worlds_in_which_nobody_has_deployed_by_the_end_of_a_month():
    curve = still_without([0, 2, 2, 4], 4)
    assert curve.share == pytest.approx([0.75, 0.75, 0.25, 0.25])
    assert (curve.low <= curve.share).all()
    assert (curve.share <= curve.high).all()


def test_the_area_under_the_curve_is_the_mean_of_months_without_deployment():
    months = np.minimum(np.random.default_rng(1).geometric(0.02, size=300), 120)
    area_before = still_without(months, 120).share.sum()  # the sum of P(months > t) over t
    assert area_before == pytest.approx(months.mean())


@pytest.mark.parametrize(("months", "share"), [([24] * 50, 1.0), ([0] * 50, 0.0)])
def test_where_all_worlds_go_the_same_way_the_interval_is_not_empty(months, share):
    curve = still_without(months, 24)
    assert (curve.share == share).all()
    assert ((curve.high - curve.low) > 0.02).all()


@pytest.mark.slow
def test_the_interval_of_the_curve_holds_95_times_in_100():
    rng, held = np.random.default_rng(4), []
    truth = np.exp(-(60 + 1) / 80.0)
    for _ in range(1_000):
        months = np.floor(rng.exponential(80.0, size=200))
        curve = still_without(months, 120)
        held.append(curve.low[60] <= truth <= curve.high[60])
    assert 0.93 <= np.mean(held) <= 0.97


def test_causes_and_worlds_still_without_add_up_to_1():
    months, cause = np.array([3, 5, 5, 12, 12]), np.array(["a", "a", "b", "", ""])
    parts = sum(cumulative_incidence(months, cause == name, 12) for name in ("a", "b"))
    assert parts + still_without(months, 12).share == pytest.approx(np.ones(12))


def test_the_area_under_the_curve_is_the_mean_of_months_up_to_the_horizon():
    months = np.array([3, 5, 5, 12, 90])
    assert still_without(months, 12).share.sum() == pytest.approx(np.minimum(months, 12).mean())


PLAN = """
doctrines: {forward_deploy: {missiles: 20}}
parties: {red: {doctrine: forward_deploy PLEDGE}, blue: {doctrine: hold_back}}
"""

CALM = "parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}\n"

MOVES = {
    "own plan": (PLAN.replace("PLEDGE", ""), "red"),
    "own plan, against its pledge": (
        """
        doctrines: {covert_deploy: {missiles: 10}}
        parties: {red: {doctrine: covert_deploy, pledge: {not_first_in: [north]}}, blue: {doctrine: hold_back}}
        """,
        "red",
    ),
    "event": (CALM + "events: {e: {month: 2020-04, does: deploy, programme: bow, region: north}}", "blue"),
    "exercise": (
        CALM + "events: {e: {month: 2020-04, does: exercise, programme: bow, region: north}}",
        "blue",
    ),
    "false alarm": (
        """
        watching: {battery_seen: 0.9, false_alarm: 0.2}
        doctrines: {mirror: {believes_above: 0.3}}
        parties: {red: {doctrine: hold_back}}
        """,
        "blue",
    ),
}


@pytest.mark.parametrize("why", MOVES)
def test_first_moves_say_who_when_and_why(why, simulate):
    changes, who = MOVES[why]
    study = simulate(changes)
    moves = first_moves(study.ds, "north")
    assert (moves.month == study.outcomes["months_without_deployment.north"]).all()
    moved = moves[moves.who != "nobody"]
    assert len(moved)
    assert set(moved.who) == {who}
    assert set(moved.why) == {why}


def test_parties_that_move_in_the_same_month_are_both_first(simulate):
    both = PLAN.replace("PLEDGE", "").replace("hold_back", "forward_deploy")
    moves = first_moves(simulate(both).ds, "north")
    assert set(moves.who) == {"both"}
    assert set(moves.why) == {""}


def test_where_nobody_moves_nobody_is_named(simulate):
    moves = first_moves(simulate("parties: {red: {doctrine: hold_back}}").ds, "north")
    assert set(moves.who) == {"nobody"}
    assert set(moves.why) == {""}
    assert (moves.month == 24).all()
