"""What each doctrine does, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.doctrines.test_contract import SHAPE, draw, view
from verifsim.doctrines import CATALOGUE, Reason

CALM = view(0.0, False, 0.0)


def somewhere(value: float) -> np.ndarray:
    """A value in the north, nothing in the south."""
    result = np.zeros(SHAPE)
    result[0] = value
    return result


@pytest.fixture
def mirror():
    return CATALOGUE["mirror"]


def test_a_mirror_left_alone_does_nothing(mirror):
    decision = mirror().decide(CALM, draw())
    assert not decision.wanted.any()
    assert not (decision.develop | decision.produce | decision.suspend).any()


def test_a_mirror_matches_the_assumed_number_where_something_is_announced(mirror):
    seen = replace(CALM, announced=somewhere(16.0), assumed=somewhere(40.0))
    decision = mirror(missiles_for_each=0.5).decide(seen, draw())
    assert (decision.wanted[0] == 20.0).all()
    assert (decision.reason[0] == Reason.ANNOUNCED_DEPLOYMENT).all()
    assert not decision.wanted[1].any()


def test_a_mirror_answers_belief_above_its_threshold_and_stays_until_below_the_other(mirror):
    rule = mirror(believes_above=0.7, believes_gone_below=0.2)
    for belief, wanted_before, wants in (
        (0.69, 0, False),
        (0.71, 0, True),
        (0.3, 10, True),
        (0.19, 10, False),
    ):
        seen = replace(
            CALM, belief=somewhere(belief), wanted=somewhere(wanted_before), assumed=somewhere(12.0)
        )
        decision = rule.decide(seen, draw())
        assert (decision.wanted[0] > 0).all() == wants, (belief, wanted_before)
        if wants and not wanted_before:
            assert (decision.reason[0] == Reason.BELIEF).all()


def test_a_mirror_waits_with_patience_and_then_does_not_waver(mirror):
    seen = replace(CALM, announced=somewhere(16.0), assumed=somewhere(16.0))
    waits = mirror(patience=0.3).decide(seen, draw()).wanted[0] > 0
    assert 0 < waits.mean() < 1
    resolved = replace(seen, wanted=somewhere(16.0))
    assert (mirror(patience=0.0).decide(resolved, draw()).wanted[0] > 0).all()


def test_a_global_mirror_answers_everywhere_and_undoes_it_only_when_all_is_gone(mirror):
    rule = mirror(scope="global")
    seen = replace(CALM, announced=somewhere(16.0), assumed=somewhere(16.0))
    assert (rule.decide(seen, draw()).wanted == 16.0).all()
    held = replace(CALM, wanted=np.full(SHAPE, 16.0), announced=somewhere(16.0), assumed=somewhere(16.0))
    assert (rule.decide(held, draw()).wanted > 0).all()
    assert not rule.decide(replace(held, announced=np.zeros(SHAPE)), draw()).wanted.any()


def test_a_mirror_suspends_develops_and_produces_if_they_do(mirror):
    yes = np.ones(SHAPE[1], dtype=bool)
    seen = replace(CALM, other_suspended=yes, other_develops=yes, other_produces=yes)
    decision = mirror().decide(seen, draw())
    assert (decision.suspend & decision.develop & decision.produce).all()


def test_holding_back_holds_back_even_when_certain():
    decision = CATALOGUE["hold_back"]().decide(view(1e6, True, 1.0), draw())
    assert not decision.wanted.any()
    assert not (decision.develop | decision.produce | decision.suspend).any()


def test_forward_deployment_needs_no_provocation():
    decision = CATALOGUE["forward_deploy"](missiles=32.0).decide(CALM, draw())
    assert (decision.wanted == 32.0).all()
    assert (decision.reason == Reason.OWN_PLAN).all()


def test_a_hedge_moves_with_a_logistic_chance_in_the_assumed_number():
    rule = CATALOGUE["hedge"](at_most=0.8, even_at=50.0, spread=10.0)
    u = draw().by_region("hedge")
    for assumed in (0.0, 40.0, 50.0, 90.0):
        expected = 0.8 / (1 + np.exp(-(assumed - 50) / 10))
        decision = rule.decide(replace(CALM, assumed=np.full(SHAPE, assumed)), draw())
        assert np.array_equal(decision.wanted > 0, u < expected)


def test_a_hedge_keeps_a_moratorium_and_stays_until_little_is_assumed():
    rule = CATALOGUE["hedge"](at_most=1.0, even_at=0.0, spread=1.0, withdraws_below=20.0)
    many, few = (replace(CALM, assumed=np.full(SHAPE, n), wanted=np.full(SHAPE, 30.0)) for n in (60.0, 1.0))
    assert not rule.decide(replace(many, bound=np.ones(SHAPE, dtype=bool)), draw()).wanted.any()
    still = CATALOGUE["hedge"](at_most=0.0, withdraws_below=20.0)
    assert (still.decide(many, draw()).wanted == 60.0).all()
    assert not still.decide(few, draw()).wanted.any()
