"""Hosts consent, cancel and block; exercises come without them, and go."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean, assert_share
from verifsim.codes import Consent, Ended
from verifsim.outcomes.base import has_missiles, months_before

HOSTED = """
    months: 48
    parties:
      red: {doctrine: hold_back}
      blue: {doctrine: forward_deploy, host_consent: {north: {months: 5}}}
    doctrines: {forward_deploy: {missiles: 10}}
"""


def first(ds: xr.Dataset, region: str = "north", party: str = "blue") -> np.ndarray:
    return months_before(has_missiles(ds)).sel(party=party, region=region).values


def consent(ds: xr.Dataset, region: str = "north") -> np.ndarray:
    return ds.host_consent.sel(party="blue", region=region).values


def open_missiles(ds: xr.Dataset, region: str = "north", party: str = "blue") -> np.ndarray:
    return ds.deployed_announced.sel(party=party, region=region).values


def exercising(ds: xr.Dataset, region: str = "north", party: str = "blue") -> np.ndarray:
    return ds.exercise.sel(party=party, region=region).values


@pytest.mark.parametrize("months", [0, 1, 5, 17])
@pytest.mark.parametrize("move", [0, 3])
def test_consent_delays_a_first_deployment_by_exactly_its_months(simulate, months, move):
    ds = simulate(
        HOSTED, f"parties.blue.host_consent.north.months={months}", f"programmes.bow.months_to_move={move}"
    ).ds
    assert (first(ds) == months + move).all()
    assert (first(ds, "south") == move).all(), "no host is asked there"
    assert (consent(ds) == [Consent.ASKED] * months + [Consent.GIVEN] * (48 - months)).all()
    assert (consent(ds, "south") == Consent.GIVEN).all()


def test_a_fraction_of_a_month_of_consent_is_kept_on_average(simulate):
    months = first(simulate(HOSTED, "parties.blue.host_consent.north.months=5.4", "ensemble.runs=2000").ds)
    assert set(np.unique(months)) == {5, 6}
    assert_mean(months, 5.4, np.sqrt(0.4 * 0.6))


def test_what_follows_the_first_deployment_needs_no_consent_again(simulate):
    more = "programmes.bow={reserve: 1, a_year: 2}", "doctrines.forward_deploy.missiles=1000"
    hosted = simulate(HOSTED, *more, "programmes.bow.regions=[north]").ds
    free = simulate(HOSTED, *more, "programmes.bow.regions=[north]", "parties.blue.host_consent=none").ds
    assert (open_missiles(hosted)[:, :5] == 0).all()
    assert (open_missiles(hosted)[:, 5:] == open_missiles(free)[:, 5:]).all()


def test_a_plan_is_cancelled_with_its_chance(simulate):
    p, n = 0.3, 2000
    ds = simulate(
        HOSTED,
        f"parties.blue.host_consent.north={{cancelled: {p}, blocked_months: 1200}}",
        f"ensemble.runs={n}",
    ).ds
    cancelled = consent(ds)[:, -1] == Consent.BLOCKED
    assert_share(cancelled.mean(), p, n)
    assert (first(ds) == np.where(cancelled, 48, 5)).all()
    assert (first(ds, "south") == 0).all()


@pytest.mark.parametrize("blocked", [1, 6])
def test_a_cancelled_plan_blocks_a_new_request_for_as_long_as_stated(simulate, blocked):
    ds = simulate(HOSTED, f"parties.blue.host_consent.north={{cancelled: 1, blocked_months: {blocked}}}").ds
    cycle = [Consent.ASKED] * 5 + [Consent.BLOCKED] * blocked
    expected = (cycle * 20)[:48]
    assert (consent(ds) == expected).all()
    assert not has_missiles(ds).sel(region="north").any()


def test_who_is_refused_asks_again_and_again(simulate):
    p, n = 0.6, 2000
    ds = simulate(HOSTED, f"parties.blue.host_consent.north={{months: 2, cancelled: {p}, blocked_months: 3}}",
                  f"ensemble.runs={n}").ds  # fmt: skip
    for refusals in range(4):
        assert_share((first(ds) == 2 + 5 * refusals).mean(), p**refusals * (1 - p), n)


def test_more_willing_hosts_never_delay(simulate):
    terms = "parties.blue.host_consent.north={{months: 3, cancelled: {}, blocked_months: 4}}"
    easy, hard = (first(simulate(HOSTED, terms.format(p)).ds) for p in (0.2, 0.7))
    assert (easy <= hard).all()
    assert easy.mean() < hard.mean()


def test_what_is_undeclared_needs_no_consent(simulate):
    ds = simulate(HOSTED, "parties.blue.doctrine=covert_deploy", "doctrines.covert_deploy={missiles: 10}").ds
    assert (first(ds) == 0).all()
    assert (consent(ds) == Consent.NOT_ASKED).all()


MIRRORED = """
    parties:
      red: {doctrine: hold_back}
      blue: {host_consent: {north: {months: 5}}}
    events:
      comes: {month: 2020-03, does: deploy, programme: arrow, region: north}
      goes: {month: 2020-06, does: remove, programme: arrow, region: north}
      comes_again: {month: 2020-08, does: deploy, programme: arrow, region: north}
"""


def test_a_plan_that_is_dropped_is_no_longer_asked_for(simulate):
    ds = simulate(MIRRORED).ds
    expected = [Consent.NOT_ASKED] * 2 + [Consent.ASKED] * 3 + [Consent.NOT_ASKED] * 2 + [Consent.ASKED] * 5
    assert (consent(ds)[:, :12] == expected).all()
    assert (first(ds) == 7 + 5).all(), "anew, it takes its whole time"


def test_hosts_who_consented_once_are_not_asked_again(simulate):
    ds = simulate(MIRRORED, "parties.blue.host_consent.north.months=2").ds
    assert (np.flatnonzero(open_missiles(ds)[0])[:3] == [4, 7, 8]).all()
    assert (consent(ds)[:, 4:] == Consent.GIVEN).all()


def test_who_is_bound_does_not_ask_before_it_is_free(simulate):
    word = "agreements.word={regions: [north], binds: [red, blue], from: 2020-01, ends: {notice_months: 6}}"
    ds = simulate(HOSTED, word).ds
    assert (consent(ds)[:, :6] == Consent.NOT_ASKED).all()
    assert (first(ds) == 6 + 5).all()


def test_consent_that_an_agreement_interrupts_is_asked_for_anew(simulate):
    word = "agreements.word={regions: [north], binds: [red, blue], from: 2020-04, ends: {notice_months: 6}}"
    ds = simulate(HOSTED, word).ds
    expected = [Consent.ASKED] * 3 + [Consent.NOT_ASKED] * 6 + [Consent.ASKED] * 5 + [Consent.GIVEN]
    assert (consent(ds)[:, : len(expected)] == expected).all()


EXERCISING = "doctrines.forward_deploy.as_exercise=yes", "parties.blue.host_consent.north.months=240"


def test_an_exercise_comes_without_consent_and_goes_and_comes_after_a_gap(simulate):
    ds = simulate(HOSTED, *EXERCISING, "parties.blue.exercises={months: 3, gap_months: 4}").ds
    expected = np.array(([True] * 3 + [False] * 4) * 7)[:48]
    assert (exercising(ds) == expected).all()
    assert (open_missiles(ds) == 10 * expected).all()
    assert (open_missiles(ds, "south") == 10).all()
    assert not exercising(ds, "south").any(), "where no host is asked, it is no exercise"
    assert (ds.reserve.sel(party="blue").values == 500 - 10 - 10 * expected).all()


def test_the_length_and_the_gap_count_from_the_arrival(simulate):
    ds = simulate(HOSTED, *EXERCISING, "parties.blue.exercises={months: 3, gap_months: 4}",
                  "programmes.bow.months_to_move=2").ds  # fmt: skip
    assert (np.flatnonzero(exercising(ds)[0])[:6] == [2, 3, 4, 11, 12, 13]).all()


def test_without_a_gap_one_exercise_follows_the_other(simulate):
    ds = simulate(HOSTED, *EXERCISING, "parties.blue.exercises.months=3").ds
    assert exercising(ds).all()


def test_an_exercise_becomes_lasting_with_its_chance(simulate):
    p, n = 0.4, 2000
    ds = simulate(HOSTED, *EXERCISING, f"parties.blue.exercises={{months: 3, gap_months: 4, becomes_lasting: {p}}}",
                  f"ensemble.runs={n}").ds  # fmt: skip
    lasting = (open_missiles(ds) > 0) & ~exercising(ds)
    since = np.where(lasting.any(axis=1), np.argmax(lasting, axis=1), 48)
    for ended in range(4):
        assert_share((since == 3 + 7 * ended).mean(), p * (1 - p) ** ended, n)
    after = np.arange(48) >= since[:, None]
    assert (open_missiles(ds)[after] == 10).all(), "what is lasting stays, and is enough"
    assert not exercising(ds)[after].any()


def test_once_hosts_have_consented_it_comes_to_stay(simulate):
    ds = simulate(HOSTED, EXERCISING[0], "parties.blue.exercises={months: 3, gap_months: 4}").ds
    assert (exercising(ds)[0, :12] == [True] * 3 + [False] * 9).all()
    assert (open_missiles(ds)[0, :12] == [10] * 3 + [0] * 2 + [10] * 7).all()


def test_consent_during_an_exercise_waits_for_its_end(simulate):
    ds = simulate(HOSTED, EXERCISING[0], "parties.blue.exercises={months: 8, gap_months: 4}").ds
    assert (open_missiles(ds) == 10).all()
    assert (exercising(ds)[0] == [True] * 8 + [False] * 40).all()


EVENT = """
    parties:
      red: {}
      blue: {doctrine: hold_back, pledge: {not_first_in: [north, south]}, exercises: {months: 4}}
    programmes: {arrow: {months_to_move: 1}}
    events: {comes: {month: 2020-04, does: exercise, programme: bow, region: north, batteries: 2}}
"""
"""Who holds back withdraws what it wants no longer; what an event brought stays for its time."""


def test_an_exercise_by_an_event_leaves_stocks_as_they_were(simulate):
    ds = simulate(EVENT).ds
    expected = np.zeros(24, dtype=int)
    expected[3:7] = 20
    assert (open_missiles(ds) == expected).all()
    assert (exercising(ds) == (expected > 0)).all()
    assert (ds.reserve.sel(party="blue") == 500).all()


def test_a_pledge_ends_with_an_exercise(simulate):
    pledge = simulate(EVENT).ds.pledge_stands.sel(party="blue")
    assert (pledge.sel(region="north").values == (np.arange(24) < 3)).all()
    assert pledge.sel(region="south").all()


def test_a_mirror_answers_an_exercise_and_leaves_after_it(simulate):
    ds = simulate(EVENT).ds
    answered = open_missiles(ds, party="red")
    assert (np.flatnonzero(answered[0]) == [4, 5, 6, 7]).all()
    assert (answered[:, 4:8] == 20).all()
    assert (
        not simulate(EVENT, "doctrines.mirror.exercises_count=no")
        .ds.deployed_announced.sel(party="red")
        .any()
    )


def test_who_does_not_count_exercises_still_answers_what_becomes_lasting(simulate):
    ds = simulate(EVENT, "doctrines.mirror.exercises_count=no", "parties.blue.exercises.becomes_lasting=1").ds
    assert (first(ds, party="red") == 3 + 4 + 1 + 1).all(), (
        "seen the month after it was made to last, and on the way"
    )


def test_what_an_event_brought_and_became_lasting_stays_until_an_event(simulate):
    lasting = "parties.blue.exercises.becomes_lasting=1"
    ds = simulate(EVENT, lasting).ds
    assert (open_missiles(ds)[:, 3:] == 20).all()
    assert (exercising(ds)[0].nonzero()[0] == [3, 4, 5, 6]).all()
    removed = simulate(
        EVENT,
        lasting,
        "events.goes={month: 2021-01, does: remove, programme: bow, region: north, batteries: 2}",
    ).ds
    assert not open_missiles(removed)[:, 12:].any()


def test_an_exercise_breaks_an_agreement_and_overtakes_one(simulate):
    word = "agreements.word={{regions: [north], binds: [red, blue], from: 2020-0{}}}"
    broken = simulate(EVENT, word.format(2)).ds
    assert (broken.moratorium_ended == Ended.OPEN_DEPLOYMENT).all()
    assert (broken.agreement_in_force.values.sum((1, 2)) == 2).all()
    overtaken = simulate(EVENT, word.format(6)).ds
    assert (overtaken.moratorium_ended == Ended.OVERTAKEN_BY_DEPLOYMENT).all()
    in_time = simulate(EVENT, word.format(8), "parties.red.doctrine=hold_back").ds
    assert (in_time.moratorium_ended == Ended.OVERTAKEN_BY_DEPLOYMENT).all(), (
        "it ends after the month has begun"
    )
    after = simulate(EVENT, word.format(9), "parties.red.doctrine=hold_back").ds
    assert (after.moratorium_ended == Ended.NOT_ENDED).all()


def test_an_exercise_on_its_way_turns_back_when_an_agreement_forbids_it(simulate):
    word = "agreements.word={regions: [north], binds: [red, blue], from: 2020-04, ends: {notice_months: 120}}"
    ds = simulate(HOSTED, *EXERCISING, word, "programmes.bow.months_to_move=6").ds
    assert not open_missiles(ds).any()
    assert (ds.reserve.sel(party="blue").values[:, 3:] == 490).all()


def test_an_event_does_not_lengthen_an_exercise_that_is_under_way(simulate):
    settings = "parties.blue.exercises={months: 6, gap_months: 30}", "programmes.bow.reserve=2"
    event = "events.comes={month: 2020-05, does: exercise, programme: bow, region: north}"
    ds = simulate(HOSTED, *EXERCISING, *settings, event).ds
    assert (open_missiles(ds)[0, :12] == [10] * 4 + [20] * 2 + [10] * 4 + [0] * 2).all()


def test_what_takes_part_in_an_exercise_is_not_lost(simulate):
    ds = simulate(
        HOSTED, *EXERCISING, "parties.blue.exercises={months: 3, gap_months: 2, becomes_lasting: 0.3}"
    ).ds
    blue = ds.sel(party="blue")
    assert (blue.reserve + blue.deployed_announced.sum("region") == 500).all()


@pytest.mark.parametrize(
    "lever",
    [
        "parties.blue.host_consent={north: {months: 0, cancelled: 0, blocked_months: 60}}",
        "parties.blue.exercises={months: 9, becomes_lasting: 1, gap_months: 3}",
        "doctrines.forward_deploy.as_exercise=yes",
        "doctrines.mirror.exercises_count=no",
    ],
)
def test_hosts_at_once_and_exercises_of_nobody_change_no_bit(simulate, lever):
    without, with_it = simulate(LIVELY).ds, simulate(LIVELY, lever).ds
    drop = ["host_consent"]
    xr.testing.assert_equal(without.drop_vars(drop), with_it.drop_vars(drop))
