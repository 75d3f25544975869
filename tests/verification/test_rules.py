"""What a party can learn: the formulas, at their ends and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.verification.inference import assumed_number, bayes, last_finding
from verifsim.verification.ntm import alarm_probability


def test_an_alarm_is_a_sighting_or_a_false_alarm():
    assert alarm_probability(np.array([0, 1, 3]), 0.29, 0.03) == pytest.approx(
        [0.03, 1 - 0.97 * 0.71, 1 - 0.97 * 0.71**3]
    )


@pytest.mark.parametrize("seen", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("false", [0.0, 0.2, 1.0])
def test_cheating_never_makes_alarms_rarer(seen, false):
    chances = alarm_probability(np.arange(6), seen, false)
    assert (np.diff(chances) >= 0).all()
    assert chances[0] == pytest.approx(false)
    assert ((chances >= 0) & (chances <= 1)).all()


def after(belief: float, alarm: bool, **change: float) -> float:
    terms = {
        "alarm_if_violating": 0.5,
        "alarm_if_compliant": 0.05,
        "turns_covert": 0.0,
        "turns_back": 0.0,
        "prior": 0.05,
    }
    return float(bayes(np.array([[belief]]), np.array([[alarm]]), **(terms | change))[0, 0])


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
    assert last_finding(np.array([[True, False]])).tolist() == [[1.0, 0.0]]


def test_the_assumed_number_counts_what_is_announced_and_overstates_the_rest():
    found = assumed_number(
        np.array([[16]]), np.array([[72]]), np.array([[0.5]]), reference_missiles=16, worst_case_factor=1.5
    )
    assert found[0, 0] == 16 + 1.5 * (72 + 0.5 * 16)
