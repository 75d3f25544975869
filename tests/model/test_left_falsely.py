"""Whether an agreement was left over something that was there, or over nothing."""

from __future__ import annotations

import numpy as np

from verifsim.codes import Ended
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.summary import outcomes_table

WORD = """
    months: 20
    ensemble: {runs: 300}
    parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}
    watching: {battery_seen: 1, false_alarm: 0.1}
    believing: {rule: last_finding}
    agreements: {word: {binds: [red, blue], regions: [north], from: 2020-01, ends: {believed_broken_above: 0.5}}}
"""
HIDES = "events.hides={month: 2020-06, does: deploy, programme: arrow, region: %s, announced: no}"


def left(ds) -> tuple[np.ndarray, np.ndarray]:
    broken = (ds.moratorium_ended == Ended.BELIEVED_BROKEN).values[:, 0]
    return broken, ds.left_falsely.values[:, 0]


def test_where_nothing_is_hidden_whoever_leaves_errs(simulate):
    broken, falsely = left(simulate(WORD).ds)
    assert broken.sum() > 0
    assert (broken == falsely).all()


def test_from_the_month_in_which_something_is_hidden_nobody_errs(simulate):
    ds = simulate(WORD, HIDES % "north").ds
    broken, falsely = left(ds)
    months = ds.agreement_in_force.sum("month").values[:, 0]
    assert broken.all(), "it is seen at once"
    assert (falsely == (months < 5)).all()
    assert 0 < falsely.sum() < 300


def test_what_is_hidden_elsewhere_excuses_nobody(simulate):
    broken, falsely = left(simulate(WORD, HIDES % "south").ds)
    assert (broken == falsely).all()


def test_an_outcome_of_a_run_is_the_same_alone_as_among_others(simulate):
    study = simulate(WORD, HIDES % "north")
    name = "moratorium_lost_to_false_belief"
    for run in range(0, 300, 15):
        alone = outcomes_table(study.ds.isel(run=[run]), OUTCOMES)[name]
        assert alone.item() == study.outcomes[name][run], run
