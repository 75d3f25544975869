"""What each doctrine does, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verifsim.chance import swayed
from verifsim.doctrines import CATALOGUE, Reason
from verifsim.testing import REGIONS, RUNS, draw, everywhere, view

SHAPE = (len(REGIONS), RUNS)
CALM = view()


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


def test_a_mirror_may_be_slow_to_order_production_and_then_keeps_it_up_while_there_is_cause(mirror):
    yes, no = np.ones(SHAPE[1], dtype=bool), np.zeros(SHAPE[1], dtype=bool)
    slow = mirror(answers_production=0.3)
    orders = slow.decide(replace(CALM, other_produces=yes), draw()).produce
    assert np.array_equal(orders, draw().of_party("production") < 0.3)
    assert 0 < orders.mean() < 1
    assert slow.decide(replace(CALM, other_produces=yes, produced=yes), draw()).produce.all()
    assert not slow.decide(replace(CALM, other_produces=no, produced=yes), draw()).produce.any()


def test_trust_lends_a_mirror_patience_and_distrust_takes_it(mirror):
    seen = replace(CALM, announced=somewhere(16.0), assumed=somewhere(16.0))
    u, runs = draw().by_region("patience")[0], SHAPE[1]
    for sways in (-1.5, 0.0, 1.5):
        decision = mirror(patience=0.3).decide(replace(seen, trust_sways=np.full(runs, sways)), draw())
        odds = 0.3 / 0.7 * np.exp(-sways)
        assert np.array_equal(decision.wanted[0] > 0, u < odds / (1 + odds)), sways
    assert swayed(0.3, -1.5) < 0.3 < swayed(0.3, 1.5)


@pytest.mark.parametrize(
    ("counted", "seen", "reason"),
    [
        ("exercises_count", {"announced": 16.0, "exercising": 16.0}, Reason.ANNOUNCED_DEPLOYMENT),
        ("disputed_counts", {"disputed": 16.0}, Reason.DISPUTED_SYSTEM),
        ("latent_counts", {"latent": 16.0}, Reason.LATENT_CELLS),
    ],
)
@pytest.mark.parametrize("scope", ["regional", "global"])
def test_a_mirror_answers_exercises_disputed_missiles_and_cells_only_if_they_count(
    mirror, counted, seen, reason, scope
):
    there = replace(CALM, assumed=somewhere(16.0), **{name: somewhere(n) for name, n in seen.items()})
    ignores = mirror(scope=scope, **{counted: False}).decide(there, draw())
    assert not ignores.wanted.any()
    answers = mirror(scope=scope, **{counted: True}).decide(there, draw())
    assert (answers.wanted[0] == 16.0).all()
    assert (answers.reason[0] == reason).all()
    assert (answers.wanted[1] > 0).all() == (scope == "global")


def test_what_stays_after_an_exercise_is_answered_even_if_exercises_do_not_count(mirror):
    seen = replace(CALM, announced=somewhere(32.0), exercising=somewhere(16.0), assumed=somewhere(32.0))
    assert (mirror(exercises_count=False).decide(seen, draw()).wanted[0] == 32.0).all()


def test_a_mirror_that_answers_disputed_missiles_stays_until_they_are_gone(mirror):
    rule = mirror(disputed_counts=True, believes_gone_below=0.2)
    held = replace(CALM, wanted=somewhere(16.0), disputed=somewhere(16.0), assumed=somewhere(16.0))
    assert (rule.decide(held, draw()).wanted[0] == 16.0).all()
    assert not rule.decide(replace(held, disputed=np.zeros(SHAPE)), draw()).wanted.any()


ACCEPTS = {
    "mirror": (True, True),
    "hedge": (True, True),
    "covert_deploy": (True, True),
    "hold_back": (False, True),
    "counter_china": (True, True),
}


@pytest.mark.parametrize("verified", [False, True])
@pytest.mark.parametrize("kind", ACCEPTS)
def test_who_is_willing_to_be_bound_depends_on_whether_it_is_verified(kind, verified):
    offer = replace(CALM, offered=np.ones(SHAPE, dtype=bool), offer_is_verified=np.full(SHAPE[1], verified))
    assert (CATALOGUE[kind]().decide(offer, draw()).accept == ACCEPTS[kind][verified]).all()


@pytest.mark.parametrize("kind", ["mirror", "hedge", "counter_china"])
def test_nobody_signs_away_what_it_wants(kind):
    rule = CATALOGUE[kind](**{"at_most": 1.0} if kind == "hedge" else {})
    seen = replace(CALM, announced=somewhere(16.0), assumed=somewhere(40.0), wanted=somewhere(40.0))
    decision = rule.decide(seen, draw())
    assert (decision.wanted[0] > 0).all()
    assert np.array_equal(decision.accept, decision.wanted == 0)


def test_who_would_deploy_without_provocation_accepts_nothing():
    rule = CATALOGUE["forward_deploy"]
    assert not rule(missiles=32.0).decide(CALM, draw()).accept.any()
    assert rule(missiles=0.0).decide(CALM, draw()).accept.all()


def test_only_who_is_told_to_goes_for_an_exercise():
    for kind in ("forward_deploy", "counter_china"):
        parameters = {"missiles": 32.0} | THRESHOLDS.get(kind, {})
        assert not CATALOGUE[kind](**parameters).decide(GROWN, draw()).as_exercise.any()
        decision = CATALOGUE[kind](**parameters, as_exercise=True).decide(GROWN, draw())
        assert decision.as_exercise[0].all()
    assert not decision.as_exercise[1].any(), "to counter China one goes where China is"


THRESHOLDS = {"counter_china": {"launchers_least": 100.0, "launchers_most": 250.0}}
GROWN = replace(CALM, china_launchers=np.full(SHAPE[1], 251.0), china_is_there=somewhere(1.0) > 0)
"""China is in the north, and has more launchers than anybody tolerates."""


@pytest.fixture
def counter_china():
    def rule(**others):
        return CATALOGUE["counter_china"](**THRESHOLDS["counter_china"], missiles=32.0, **others)

    return rule


def test_to_counter_china_is_to_want_missiles_where_china_is_and_nowhere_else(counter_china):
    decision = counter_china().decide(GROWN, draw())
    assert (decision.wanted[0] == 32.0).all()
    assert (decision.reason[0] == Reason.CHINA).all()
    assert not decision.wanted[1].any()
    assert not decision.accept[0].any(), "what it has decided to deploy, it does not sign away"
    assert decision.accept[1].all()
    assert not decision.undeclared.any()


def test_how_many_launchers_are_tolerated_is_drawn_evenly_and_kept(counter_china):
    u = draw().kept_by_region("tolerance")[0]
    for launchers in (100.0, 130.0, 175.0, 249.0):
        seen = replace(GROWN, china_launchers=np.full(SHAPE[1], launchers))
        decision = counter_china().decide(seen, draw())
        assert np.array_equal(decision.wanted[0] > 0, u < (launchers - 100.0) / 150.0), launchers
    few = replace(GROWN, china_launchers=np.full(SHAPE[1], 100.0), wanted=somewhere(32.0))
    assert not counter_china().decide(few, draw()).wanted.any()


def test_to_counter_china_a_treaty_is_left_with_a_chance_once_china_has_too_many(counter_china):
    leaves = counter_china(leaves=0.3).decide(GROWN, draw()).leave_treaty
    assert np.array_equal(leaves[0], draw().by_region("leaves")[0] < 0.3)
    assert not leaves[1].any(), "it is for the sake of the region where China is"
    assert not counter_china().decide(GROWN, draw()).leave_treaty.any()
    few = replace(GROWN, china_launchers=np.full(SHAPE[1], 100.0))
    assert not counter_china(leaves=1.0).decide(few, draw()).leave_treaty.any()
    absent = replace(GROWN, china_is_there=np.zeros(SHAPE, dtype=bool))
    assert not counter_china(leaves=1.0).decide(absent, draw()).leave_treaty.any()


@pytest.mark.parametrize("assumed", [10.0, 40.0])
def test_who_counters_china_mirrors_beside(counter_china, mirror, assumed):
    """Where China is, it wants whichever is more, in the open and for China's sake."""
    seen = replace(GROWN, announced=np.full(SHAPE, 16.0), assumed=np.full(SHAPE, assumed))
    rules = counter_china(patience=0.3, openly=False), mirror(patience=0.3, openly=False)
    one, other = (rule.decide(seen, draw()) for rule in rules)
    for name in ("wanted", "reason", "undeclared", "accept", "suspend"):
        assert np.array_equal(getattr(one, name)[-1], getattr(other, name)[-1]), name
    assert 0 < (one.wanted[1] > 0).mean() < 1
    assert np.array_equal(one.wanted[0], np.maximum(other.wanted[0], 32.0))
    assert (one.reason[0] == Reason.CHINA).all()
    assert not one.undeclared[0].any()
    few = replace(seen, china_launchers=np.zeros(SHAPE[1]))
    one, other = (rule.decide(few, draw()) for rule in rules)
    for name in ("wanted", "reason", "undeclared", "accept"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_holding_back_holds_back_even_when_certain():
    decision = CATALOGUE["hold_back"]().decide(everywhere(1e6, True, 1.0), draw())
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
