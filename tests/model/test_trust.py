"""Trust moves by what the other does, and sways what depends on chance; words come before deeds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean, assert_share
from verifsim.chance import swayed
from verifsim.codes import Talk
from verifsim.outcomes.base import has_missiles, months_before
from verifsim.verification.trust import moved, sways

HELD = """
    parties: {red: {doctrine: hold_back, trust: 0.6}, blue: {doctrine: hold_back, trust: 0.8}}
    sites:
      silo: {owner: red, region: north, title: Silo, kind: launcher, objects: 4}
      cell: {owner: blue, region: north, title: Cell, kind: mk41_cell, objects: 4}
"""
VISITED = (
    "agreements.word={regions: [north], binds: [red, blue], from: 2020-03,"
    " inspections: {sites: [silo, cell], visits_a_year: {routine: 6}}}"
)
VISITS = np.arange(24) % 2 == 1
VISITS[:2] = False
"""The months in which each visits the other: every second one from the second under the terms."""


def trust(ds: xr.Dataset, party: str = "red") -> np.ndarray:
    return ds.trust.sel(party=party).values


def assert_trust(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=2e-6)


def lost_by(share: float, times: np.ndarray, before: float = 0.6) -> np.ndarray:
    return before * (1 - share) ** np.cumsum(times)


def gained_by(share: float, times: np.ndarray, before: float = 0.6) -> np.ndarray:
    return 1 - (1 - before) * (1 - share) ** np.cumsum(times)


def in_months(*months: int) -> np.ndarray:
    return np.isin(np.arange(24), months)


def test_trust_loses_a_share_of_itself_and_gains_one_of_the_rest():
    here = np.array([True, False])
    found = moved(np.array([0.5, 0.5]), lost=[(0.2, here), (0.1, here)], gained=[(0.5, here), (0.1, here)])
    np.testing.assert_allclose(found, [1 - (1 - 0.5 * 0.8 * 0.9) * 0.5 * 0.9, 0.5])
    for start in (0.0, 1.0):
        ends = moved(np.array([start]), lost=[(1.0, here[:1])], gained=[(1.0, here[:1])])
        assert ends.tolist() == [1.0], "loss first, then gain"


def test_without_a_cause_trust_stays(simulate):
    ds = simulate(
        HELD, "trust={kept_month: 0.5, clean_visit: 0.5, finding: 0.5, refusal: 0.5, deployment: 0.5}"
    ).ds
    assert_trust(trust(ds), np.full(24, 0.6))
    assert_trust(trust(ds, "blue"), np.full(24, 0.8))


DEPLOYMENTS = """
    events:
      one: {month: 2020-04, does: deploy, programme: bow, region: north}
      another: {month: 2020-06, does: deploy, programme: bow, region: south}
      fewer: {month: 2020-08, does: remove, programme: bow, region: north}
      hidden: {month: 2020-10, does: deploy, programme: bow, region: north, announced: no}
      more: {month: 2020-12, does: deploy, programme: bow, region: south, batteries: 5}
      exercise: {month: 2021-02, does: exercise, programme: bow, region: north}
      own: {month: 2021-04, does: deploy, programme: arrow, region: north}
"""


def test_each_month_in_which_the_other_openly_adds_missiles_costs_trust(simulate):
    ds = simulate(HELD + DEPLOYMENTS, "trust.deployment=0.25").ds
    assert_trust(trust(ds), lost_by(0.25, in_months(3, 5, 11, 13)))
    assert_trust(trust(ds, "blue"), lost_by(0.25, in_months(15), 0.8))


def test_what_is_added_while_something_else_is_taken_away_still_counts(simulate):
    swap = (
        HELD
        + """
    events:
      one: {month: 2020-04, does: deploy, programme: bow, region: north}
      goes: {month: 2020-06, does: remove, programme: bow, region: north}
      comes: {month: 2020-06, does: deploy, programme: bow, region: south}
    """
    )
    assert_trust(trust(simulate(swap, "trust.deployment=0.25").ds), lost_by(0.25, in_months(3, 5)))


def test_what_arrives_by_order_costs_trust_once_it_has_been_seen(simulate):
    ds = simulate(HELD, "trust.deployment=0.25", "parties.blue.doctrine=forward_deploy", "doctrines.forward_deploy={missiles: 10}",
                  "programmes.bow.months_to_move=4").ds  # fmt: skip
    assert_trust(trust(ds), lost_by(0.25, in_months(5)))


def test_what_stood_there_at_the_start_costs_nothing(simulate):
    ds = simulate(HELD, "trust.deployment=0.25", "programmes.bow.deployed={north: 3}", "programmes.bow.reserve=0",
                  "parties.blue.doctrine=forward_deploy", "doctrines.forward_deploy={missiles: 10}").ds  # fmt: skip
    assert has_missiles(ds).sel(party="blue", region="north").all()
    assert_trust(trust(ds), np.full(24, 0.6))


def test_a_month_under_an_agreement_of_both_restores_trust(simulate):
    word = "agreements.word={regions: [north], binds: [red, blue], from: 2020-04}"
    ds = simulate(
        HELD, word, "trust.kept_month=0.1", "events.ends={month: 2021-01, does: leave_moratorium, party: red}"
    ).ds
    under = (np.arange(24) >= 3) & (np.arange(24) < 12)
    assert_trust(trust(ds), gained_by(0.1, under))
    assert_trust(trust(ds, "blue"), gained_by(0.1, under, 0.8))
    alone = simulate(HELD, word.replace("[red, blue]", "[blue]"), "trust.kept_month=0.1").ds
    assert_trust(trust(alone), np.full(24, 0.6))


TREATY = "parties.red.treaty=in_force", "parties.blue.treaty=in_force", "treaty.notice_months=3"


def test_a_month_under_a_treaty_that_nobody_has_suspended_restores_trust(simulate):
    kept = "trust.kept_month=0.1"
    assert_trust(trust(simulate(HELD, *TREATY, kept).ds), gained_by(0.1, np.ones(24, dtype=bool)))
    for does in ("suspend", "withdraw"):
        ends = f"events.ends={{month: 2020-07, does: {does}, party: blue}}"
        assert_trust(trust(simulate(HELD, *TREATY, kept, ends).ds), gained_by(0.1, np.arange(24) < 6))


def test_a_visit_that_finds_nothing_restores_trust_and_one_that_alarms_costs_it(simulate):
    terms = "trust={clean_visit: 0.1, finding: 0.3}"
    clean = simulate(HELD, VISITED, terms).ds
    assert (clean.inspections_held.sel(party="red").values == VISITS).all()
    assert_trust(trust(clean), gained_by(0.1, VISITS))
    alarming = simulate(HELD, VISITED, terms, "inspecting.false_alarm=1").ds
    assert_trust(trust(alarming), lost_by(0.3, VISITS))
    cleared = simulate(HELD, VISITED, terms, "inspecting={false_alarm: 1, clarified: 1}").ds
    assert_trust(trust(cleared), gained_by(0.1, VISITS))


def test_several_visits_of_a_month_count_as_one_month(simulate):
    many = VISITED.replace("routine: 6", "routine: 36")
    under = np.arange(24) >= 2
    terms = "trust={clean_visit: 0.1, finding: 0.3}"
    assert_trust(trust(simulate(HELD, many, terms).ds), gained_by(0.1, under))
    assert_trust(trust(simulate(HELD, many, terms, "inspecting.false_alarm=1").ds), lost_by(0.3, under))


def test_an_unprovoked_refusal_costs_the_trust_of_who_was_refused(simulate):
    ds = simulate(HELD, VISITED, "trust.refusal=0.2", "parties.blue.refuses_visits=1").ds
    assert_trust(trust(ds), lost_by(0.2, VISITS))
    refused = ds.inspections_refused.sel(party="blue").values
    assert refused.any(), "it is refused in answer"
    assert_trust(trust(ds, "blue"), np.full(24, 0.8))


def test_what_costs_and_what_restores_in_one_month_is_taken_in_that_order(simulate):
    ds = simulate(HELD, VISITED, "trust={refusal: 0.2, kept_month: 0.1}", "parties.blue.refuses_visits=1").ds
    expected, now = [], 0.6
    for month in range(24):
        now = now * (0.8 if VISITS[month] else 1.0)
        now = now + (0.1 * (1 - now) if month >= 2 else 0.0)
        expected.append(now)
    assert_trust(trust(ds), np.array(expected))


@pytest.mark.parametrize("by", [0, 0.3, 1])
def test_a_shock_costs_both_the_same_share(simulate, by):
    ds = simulate(HELD, f"events.shock={{month: 2020-05, does: shock_to_trust, by: {by}}}").ds
    assert_trust(trust(ds), lost_by(by, in_months(4)))
    assert_trust(trust(ds, "blue"), lost_by(by, in_months(4), 0.8))


def odds(p: float, weight: float, change: float) -> float:
    """A chance whose odds are multiplied by exp(2 w c), with c the change in trust since the start."""
    ratio = p / (1 - p) * np.exp(2 * weight * change)
    return ratio / (1 + ratio)


@pytest.mark.parametrize("weight", [0.5, 2.0])
@pytest.mark.parametrize("trusting", [0.0, 0.3, 0.5, 1.0])
def test_swaying_multiplies_the_odds(weight, trusting):
    now = np.array([trusting])
    for p in (0.01, 0.4, 0.97):
        found = swayed(p, sways(now, at_start=0.3, weight=weight))
        assert float(found[0]) == pytest.approx(odds(p, weight, trusting - 0.3))
        assert float(swayed(p, sways(now, at_start=trusting, weight=weight))[0]) == p, "to the bit"
    for certain in (0.0, 1.0):
        assert float(swayed(certain, sways(now, at_start=0.3, weight=100.0))[0]) == certain


WEIGHT = "trust.weight=1.5"
CHANGES = {
    -0.4: ("events.at_once={month: 2020-01, does: shock_to_trust, by: 1}",),
    -0.2: ("events.at_once={month: 2020-01, does: shock_to_trust, by: 0.5}",),
    0.0: (),
    0.3: (
        "agreements.old={regions: [south], binds: [red, blue], from: 2020-01}",
        "events.at_once={month: 2020-02, does: deploy, programme: arrow, region: south}",
        "trust.kept_month=0.5",
    ),
}
"""By how much they change the trust of a party that starts with 0.4, and how, within the first month."""

OFFER = """
    months: 6
    ensemble: {runs: 2000}
    parties: {red: {doctrine: hold_back}, blue: {trust: 0.4, talks: {accepts: {unverified: 0.3}}}}
    agreements: {word: {regions: [north], binds: [red, blue]}}
    talks: {negotiation_months: 2}
    events: {offer: {month: 2020-02, does: offer, party: red, agreement: word}}
"""


def test_trust_multiplies_the_odds_of_an_acceptance(simulate):
    shares = []
    for change, how in CHANGES.items():
        ds = simulate(OFFER, WEIGHT, *how).ds
        assert_trust(trust(ds, "blue")[:, 1], np.array(0.4 + change))
        shares.append((ds.talks.sel(party="blue") == Talk.ACCEPTED).values.any(axis=1))
        assert_share(shares[-1].mean(), odds(0.3, 1.5, change), 2000)
    for less, more in itertools.pairwise(shares):
        assert (less <= more).all()
        assert less.sum() < more.sum()


def test_it_is_the_trust_of_who_answers_that_counts(simulate):
    shocks = CHANGES[-0.2]
    trusting = [simulate(OFFER, WEIGHT, *shocks, f"parties.red.trust={t}").ds for t in (0, 1)]
    xr.testing.assert_equal(*(ds.drop_vars("trust") for ds in trusting))


@pytest.mark.parametrize("trusting", [0.0, 0.2, 1.0])
def test_chances_are_as_stated_at_the_trust_of_the_start(simulate, trusting):
    ds = {w: simulate(OFFER, f"parties.blue.trust={trusting}", f"trust.weight={w}").ds for w in (0, 5)}
    xr.testing.assert_equal(ds[0], ds[5])


def test_trust_multiplies_the_odds_of_a_refusal_the_other_way(simulate):
    """Of the first visit of a run: what follows a refusal is another matter."""
    refused = []
    for change, how in CHANGES.items():
        ds = simulate(HELD, VISITED, WEIGHT, "parties.blue={refuses_visits: 0.3, trust: 0.4}", *how,
                      "ensemble.runs=2000", "months=4").ds  # fmt: skip
        kept = change + (0.6 - change) * 0.5 if change > 0 else change  # a month under the terms, by then
        refused.append(ds.inspections_refused.sel(party="red").values[:, 3] > 0)
        assert_share(refused[-1].mean(), odds(0.3, 1.5, -kept), 2000)
    for more, less in itertools.pairwise(refused):
        assert (less <= more).all()
        assert less.sum() < more.sum()


def test_trust_lengthens_patience(simulate):
    starts = []
    for change, how in CHANGES.items():
        ds = simulate(HELD, WEIGHT, "parties.red={doctrine: mirror, trust: 0.4}", "doctrines.mirror.patience=0.2", *how,
                      "events.first={month: 2020-03, does: deploy, programme: bow, region: north}",
                      "months=240", "ensemble.runs=2000").ds  # fmt: skip
        starts.append(months_before(has_missiles(ds)).sel(party="red", region="north").values - 2)
        p = odds(0.2, 1.5, -change)
        assert_mean(starts[-1], (1 - p) / p, np.sqrt(1 - p) / p)
    for less, more in itertools.pairwise(starts):
        assert (less <= more).all()


def test_who_is_certain_is_not_swayed(simulate):
    for p, how in ((0, CHANGES[0.3]), (1, CHANGES[-0.4])):
        ds = simulate(OFFER, "trust.weight=100", f"parties.blue.talks.accepts.unverified={p}", *how).ds
        assert (ds.agreement_in_force.sel(agreement="word").values.any(axis=1) == p).all()


MOVING = (
    "trust={kept_month: 0.1, clean_visit: 0.1, finding: 0.3, refusal: 0.2, deployment: 0.3}",
    "events.shock={month: 2020-09, does: shock_to_trust, by: 0.5}",
    "parties.red.trust=0.9",
    "parties.blue.trust=0.1",
)
LISTENING = "parties.blue.talks={answers: 0.4, accepts: {unverified: 0.5}}", "parties.blue.doctrine=mirror"


def test_trust_that_weighs_nothing_changes_no_bit(simulate):
    without, with_it = simulate(LIVELY, *LISTENING).ds, simulate(LIVELY, *LISTENING, *MOVING).ds
    assert has_missiles(without).any()
    xr.testing.assert_equal(without.drop_vars("trust"), with_it.drop_vars("trust"))
    assert np.ptp(with_it.trust.values[:, -1]) > 0
    weighed = simulate(LIVELY, *LISTENING, *MOVING, WEIGHT).ds
    assert not weighed.deployed_announced.equals(with_it.deployed_announced), "and where it weighs, it does"


def test_trust_that_nothing_moves_weighs_nothing(simulate):
    some = "parties.red.trust=0.9", "parties.blue.trust=0.1"
    weighed = simulate(LIVELY, *LISTENING, *some, "trust.weight=100").ds
    xr.testing.assert_equal(simulate(LIVELY, *LISTENING, *some).ds, weighed)


WORDY = (
    "months=48",
    "parties.red={pledge: {not_first_in: [north, south]}, host_consent: {north: {months: 2.5, cancelled: 0.3, blocked_months: 4}}}",
    "parties.blue.pledge={not_first_in: [north, south]}",
    "agreements.moratorium.ends={believed_broken_above: 0.9, notice_months: 5}",
    "events.exercise={month: 2020-10, does: exercise, programme: bow, region: north}",
    "events.first={month: 2021-03, does: deploy, programme: arrow, region: south}",
)


@pytest.mark.parametrize("doctrine", ["mirror", "hedge", "forward_deploy"])
def test_words_come_before_deeds(simulate, doctrine):
    ds = simulate(LIVELY, *WORDY, f"parties.blue.doctrine={doctrine}", "doctrines.forward_deploy={missiles: 20}",
                  "ensemble.runs=1000").ds  # fmt: skip
    stands = ds.deployed_announced.values > 0
    assert stands.any()
    assert not (stands & ds.pledge_stands.values).any(), "no party stands where its own pledge does"
    held = ds.moratorium_in_force.values[:, :, None, :]
    assert not (stands & held).any(), "nor where it is bound"


def test_a_pledge_ends_when_the_order_is_given_not_when_it_arrives(simulate):
    ds = simulate(HELD, "parties.blue={doctrine: forward_deploy, pledge: {not_first_in: [north, south]}}",
                  "doctrines.forward_deploy={missiles: 10}", "programmes.bow={months_to_move: 4, regions: [north]}",
                  "parties.blue.host_consent={north: {months: 3}}").ds  # fmt: skip
    pledge = ds.pledge_stands.sel(party="blue")
    assert not pledge.sel(region="north").any()
    assert pledge.sel(region="south").all(), "where it can station nothing, it keeps its word"
    assert (months_before(has_missiles(ds)).sel(party="blue", region="north") == 3 + 4).all()


def test_trust_stays_within_its_bounds(simulate):
    ds = simulate(LIVELY, *MOVING, WEIGHT).ds
    assert ((ds.trust >= 0) & (ds.trust <= 1)).all()
