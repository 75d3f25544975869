"""What a party can learn: the formulas, at their ends and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.verification.inference import (
    Belief,
    Likelihood,
    assumed_number,
    last_finding,
    month_passes,
    overstatement,
    weighed,
)
from verifsim.verification.inspection import moved_out_probability, visit_probabilities, whole_visits
from verifsim.verification.ntm import alarm_probability

SEEN = {"battery_seen": 0.29, "hidden_at_site_seen": 0.01, "false_alarm": 0.03}


def test_an_alarm_is_a_sighting_or_a_false_alarm():
    assert alarm_probability(np.array([0, 1, 3]), 0, **SEEN) == pytest.approx(
        [0.03, 1 - 0.97 * 0.71, 1 - 0.97 * 0.71**3]
    )
    assert alarm_probability(1, np.array([0, 2]), **SEEN) == pytest.approx(
        [1 - 0.97 * 0.71, 1 - 0.97 * 0.71 * 0.99**2]
    )


@pytest.mark.parametrize("n", [np.array([0, 1, 3, 1]), np.array([0.0, 1.0, 3.0, 1.0])])
def test_a_chance_that_is_one_for_all_runs_is_the_same_to_the_bit_as_one_for_each(n):
    for_each = SEEN | {"battery_seen": np.full(4, SEEN["battery_seen"])}
    assert (alarm_probability(n, 1, **SEEN) == alarm_probability(n, 1, **for_each)).all()


@pytest.mark.parametrize("seen", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("false", [0.0, 0.2, 1.0])
def test_cheating_never_makes_alarms_rarer(seen, false):
    chances = alarm_probability(
        np.arange(6), 1, battery_seen=seen, hidden_at_site_seen=0.0, false_alarm=false
    )
    assert (np.diff(chances) >= 0).all()
    assert chances[0] == pytest.approx(false)
    assert ((chances >= 0) & (chances <= 1)).all()


def one(value: float) -> np.ndarray:
    return np.array([[float(value)]])


def after(belief: float, alarm: bool, **change: float) -> float:
    """Belief elsewhere after a month with one look, no site being under inspection."""
    terms = {
        "alarm_if_violating": 0.5,
        "alarm_if_compliant": 0.05,
        "turns_covert": 0.0,
        "turns_back": 0.0,
        "prior": 0.05,
    }
    terms |= change
    now = month_passes(
        Belief(one(0), one(belief)),
        turns_covert=terms["turns_covert"],
        turns_back=terms["turns_back"],
        relocates=0.3,
        goes_to_site=0.0,
    )
    violating, compliant = (
        one(p if alarm else 1 - p) for p in (terms["alarm_if_violating"], terms["alarm_if_compliant"])
    )
    found = Likelihood(compliant, violating, violating)
    return float(weighed(now, found, Belief(one(0), one(terms["prior"]))).violating[0, 0])


def test_an_alarm_at_a_low_base_rate_is_more_often_false_than_true():
    assert after(0.05, True) == pytest.approx(0.05 * 0.5 / (0.05 * 0.5 + 0.95 * 0.05))  # 0.345
    assert after(0.05, True, alarm_if_violating=0.9, alarm_if_compliant=0.01) == pytest.approx(
        0.826, abs=5e-4
    )


def test_a_clean_look_reassures_by_the_ratio_of_misses():
    assert after(0.05, False) == pytest.approx(0.05 * 0.5 / (0.05 * 0.5 + 0.95 * 0.95))


def test_the_chance_to_turn_gives_belief_a_floor():
    belief = 0.5
    for _ in range(500):
        belief = after(belief, False, turns_covert=0.002, turns_back=0.02)
    assert 0.002 < belief < 0.01
    assert after(belief, False, turns_covert=0.002, turns_back=0.02) == pytest.approx(belief)


def test_a_look_that_tells_nothing_leaves_belief_to_its_chances_to_turn():
    blind = {"alarm_if_violating": 0.05, "turns_covert": 0.002, "turns_back": 0.02}
    assert after(0.3, True, **blind) == pytest.approx(0.3 * 0.98 + 0.7 * 0.002)
    assert after(0.3, True, **blind) == after(0.3, False, **blind)


def test_a_finding_no_state_allows_returns_belief_to_the_prior():
    assert after(0.0, True, alarm_if_compliant=0.0, prior=0.05) == pytest.approx(0.05)


def test_no_belief_is_beyond_recall():
    certain = after(0.9, True, alarm_if_compliant=0.0)
    assert certain == 1 - 1e-9
    assert after(certain, False) < certain
    assert after(0.1, False, alarm_if_violating=1.0) == 1e-9


def test_belief_by_the_last_finding_is_the_finding():
    assert last_finding(np.array([[True, False]])).violating.tolist() == [[1.0, 0.0]]


def test_the_assumed_number_counts_what_is_announced_and_overstates_the_rest():
    found = assumed_number(
        np.array([[16]]), np.array([[72]]), np.array([[0.5]]), reference_missiles=16, worst_case_factor=1.5
    )
    assert found[0, 0] == 16 + 1.5 * (72 + 0.5 * 16)


def test_access_halves_the_overstatement_and_none_leaves_it():
    visits = np.array([[0.0, 6.0, 18.0]])
    assert overstatement(1.5, visits, 6.0).tolist() == [[1.5, 1.25, 1.125]]
    assert overstatement(1.5, visits, 0.0).tolist() == [[1.5, 1.5, 1.5]]


def test_a_violation_may_move_between_a_site_and_elsewhere_and_none_is_lost():
    before = Belief(one(0.3), one(0.1))
    now = month_passes(before, turns_covert=0.0, turns_back=0.0, relocates=0.5, goes_to_site=0.25)
    assert now.violating == pytest.approx(before.violating)
    assert now.at_site[0, 0] == pytest.approx(0.5 * 0.3 + 0.5 * 0.25 * 0.4)
    settled = before
    for _ in range(200):
        settled = month_passes(settled, turns_covert=0.002, turns_back=0.02, relocates=0.1, goes_to_site=0.25)
    stationary = 0.002 / 0.022
    assert settled.violating[0, 0] == pytest.approx(stationary + (0.4 - stationary) * 0.978**200)
    assert settled.at_site[0, 0] / settled.violating[0, 0] == pytest.approx(0.25, rel=1e-3)


def test_three_states_are_weighed_by_their_own_likelihoods():
    found = weighed(
        Belief(one(0.2), one(0.3)), Likelihood(one(0.9), one(0.1), one(0.5)), Belief(one(0), one(0))
    )
    total = 0.2 * 0.1 + 0.3 * 0.5 + 0.5 * 0.9
    assert found.at_site[0, 0] == pytest.approx(0.2 * 0.1 / total)
    assert found.elsewhere[0, 0] == pytest.approx(0.3 * 0.5 / total)


@pytest.mark.parametrize(
    ("d", "n", "known"), [(1, 4, 1 / 6), (8, 4, 0.828722), (24, 1, 1.0), (0, 24, 0.0), (1, 99, 1.0)]
)
def test_a_visit_finds_with_the_hypergeometric_chance(d, n, known):
    found, false = visit_probabilities(24, n, np.array([d]), recognised=1.0, false_alarm=0.0)
    assert found[0] == pytest.approx(known, abs=1e-6)
    assert false[0] == pytest.approx(0.0, abs=1e-12)


def test_a_visit_can_be_worked_out_for_a_chance_of_each_run():
    s, a = np.array([0.5, 1.0]), np.array([0.0, 0.01])
    found, false = visit_probabilities(24, 6, np.array([4, 4]), recognised=s, false_alarm=a)
    for run in range(2):
        alone = visit_probabilities(24, 6, np.array([4]), recognised=s[run], false_alarm=a[run])
        assert (found[run], false[run]) == (pytest.approx(alone[0][0]), pytest.approx(alone[1][0]))


def test_whole_visits_accrue_from_a_yearly_quota():
    left, made = np.zeros(1), []
    for _ in range(24):
        whole, left = whole_visits(left, 5.0)
        made.append(int(whole[0]))
    assert sum(made[:12]) == sum(made[12:]) == 5
    assert max(made) == 1


def test_notice_gives_time_to_move_out():
    assert moved_out_probability(48.0, 0.2) == pytest.approx(0.36)
    assert moved_out_probability(0.0, 0.9) == 0.0
