"""China watches, arms and speaks; what it does moves nobody who does not listen."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean, assert_share
from verifsim.codes import Position
from verifsim.outcomes.base import has_missiles

CHINA = """
    parties: {red: {doctrine: {north: hold_back, south: twenty}}, blue: {doctrine: {north: hold_back, south: ten}}}
    doctrines: {ten: {kind: forward_deploy, missiles: 10}, twenty: {kind: forward_deploy, missiles: 20}}
    programmes: {bow: {deployed: {south: 1}, reserve: 0}, arrow: {deployed: {south: 2}, reserve: 0}}
    china: {region: south, launchers: 72, a_year: 36, concerned_by: [blue], half_concerned_at: 30}
"""


@pytest.mark.parametrize(("launchers", "a_year"), [(72, 36), (0, 12), (100, 0), (5, 7), (0.5, 0.5)])
def test_without_a_reaction_launchers_grow_on_trend(simulate, launchers, a_year):
    ds = simulate(CHINA, f"china.launchers={launchers}", f"china.a_year={a_year}", "months=60").ds
    trend = [int((launchers * 12 + a_year * (m + 1)) / 12 + 1e-9) for m in range(60)]
    assert (ds.china_launchers.values == trend).all()


def test_concern_is_one_half_at_the_stated_number(simulate):
    for half, concern in ((10, 0.5), (30, 0.25), (2.5, 0.8)):
        ds = simulate(CHINA, f"china.half_concerned_at={half}").ds
        np.testing.assert_allclose(ds.china_concern.values, concern, rtol=1e-6)


@pytest.mark.parametrize(
    ("settings", "missiles"),
    [
        (["china.concerned_by=[red]"], 20),
        (["china.concerned_by=[red, blue]"], 30),
        (["china.concerned_by=[]"], 0),
        (["china.region=north"], 0),
        (["programmes.bow.disputed=yes"], 0),
        (["events.more={month: 2020-01, does: deploy, programme: bow, region: south}"], 20),
        (["events.more={month: 2020-01, does: deploy, programme: bow, region: south, announced: no}"], 10),
        (["events.more={month: 2020-01, does: deploy, programme: bow, region: north}"], 10),
        (["events.more={month: 2020-01, does: exercise, programme: bow, region: south}",
          "parties.blue.exercises.months=24"], 20),
    ],
)  # fmt: skip
def test_it_is_concerned_by_what_stands_openly_in_its_region_of_those_it_names(simulate, settings, missiles):
    ds = simulate(CHINA, *settings).ds
    np.testing.assert_allclose(ds.china_concern.values, missiles / (missiles + 30), rtol=1e-6)
    assert (ds.china_position == (Position.PROTESTS if missiles else Position.SILENT)).all()


def test_its_reaction_is_in_proportion_to_its_concern(simulate):
    n, months, reaction = 2000, 24, 0.4
    added = {}
    for half in (30, 10):
        reacts = "china.reaction_launchers=5", f"china.reaction={reaction}", f"china.half_concerned_at={half}"
        ds = simulate(CHINA, *reacts, f"ensemble.runs={n}").ds
        growth = ds.china_launchers.values - simulate(CHINA, "ensemble.runs=1").ds.china_launchers.values
        assert (growth % 5 == 0).all()
        assert (np.diff(growth, axis=1) >= 0).all()
        added[half] = growth[:, -1] // 5
        p = reaction * 10 / (10 + half)
        assert_mean(added[half], months * p, np.sqrt(months * p * (1 - p)))
        assert_share((added[half] == 0).mean(), (1 - p) ** months, n)
    assert (added[10] >= added[30]).all()


def test_without_missiles_it_does_not_react_however_willing(simulate):
    calm = simulate(CHINA, "china.reaction=1", "programmes.bow.deployed=none").ds
    assert (calm.china_launchers == simulate(CHINA).ds.china_launchers).all()


def test_it_urges_dialogue_while_a_shock_is_recent(simulate):
    shock = "events.shock={month: 2020-05, does: shock_to_trust, by: 0}", "talks.shock_months=3"
    said = simulate(CHINA, *shock, "china.concerned_by=[]").ds.china_position.values
    expected = np.zeros(24, dtype=int)
    expected[4:7] = Position.URGES_DIALOGUE
    assert (said == expected).all()
    protesting = simulate(CHINA, *shock).ds.china_position.values
    assert (protesting == np.where(expected == 0, Position.PROTESTS, expected)).all()


LEAVING = (
    "parties.red.treaty=in_force",
    "parties.blue.treaty=in_force",
    "treaty.notice_months=6",
    "events.leaves={month: 2020-05, does: withdraw, party: blue}",
)


def test_it_opposes_withdrawal_from_notice_until_the_treaty_lapses(simulate):
    said = simulate(CHINA, *LEAVING, "talks.shock_months=24").ds.china_position.values
    assert (said[:, :4] == Position.PROTESTS).all()
    assert (said[:, 4:10] == Position.OPPOSES_WITHDRAWAL).all(), "even while it urges dialogue"
    assert (said[:, 10:] == Position.URGES_DIALOGUE).all()


def test_it_opposes_no_withdrawal_from_a_treaty_that_is_only_suspended(simulate):
    only = "events.leaves={month: 2020-05, does: suspend, party: blue}"
    said = simulate(CHINA, *LEAVING[:3], only).ds.china_position.values
    assert not (said == Position.OPPOSES_WITHDRAWAL).any()


URGING = """
    parties: {red: {doctrine: hold_back}, blue: {talks: {accepts: {unverified: 0.3}}}}
    agreements: {word: {regions: [north], binds: [red, blue]}}
    talks: {negotiation_months: 3, shock_months: 4}
    china: {region: south, urges: 0.7}
    events:
      shock: {month: 2020-02, does: shock_to_trust, by: 0}
      offer: {month: 2020-04, does: offer, party: red, agreement: word}
"""


def test_its_urging_multiplies_the_odds_of_an_acceptance(simulate):
    n = 2000
    agreed = {
        urges: simulate(
            URGING, f"china.urges={urges}", f"ensemble.runs={n}"
        ).ds.agreement_in_force.values.any((1, 2))
        for urges in (0, 0.7, 2)
    }
    for urges, share in agreed.items():
        odds = 0.3 / 0.7 * np.exp(urges)
        assert_share(share.mean(), odds / (1 + odds), n)
    assert (agreed[0] <= agreed[0.7]).all()
    assert (agreed[0.7] <= agreed[2]).all()
    late = simulate(URGING, "events.offer.month=2020-11", "china.urges=2", f"ensemble.runs={n}").ds
    assert_share(late.agreement_in_force.values.any((1, 2)).mean(), 0.3, n)


def test_its_urging_cannot_move_those_who_would_never_accept(simulate):
    ds = simulate(URGING, "china.urges=100", "parties.blue.talks.accepts.unverified=0").ds
    assert not ds.agreement_in_force.any()


@pytest.mark.parametrize(
    "offer", ["", "events.offer={month: 2020-04, does: offer, party: red, agreement: idle}"]
)
def test_where_nothing_listens_to_it_the_parties_live_as_if_it_were_not_there(simulate, offer):
    idle = (
        "agreements.idle={regions: [north], binds: [red, blue]}",
        "parties.red.talks.offers=idle",
        "parties.blue.talks.accepts.unverified=0.5",
    )
    china = (
        "china={region: north, launchers: 72, a_year: 36, concerned_by: [red, blue], reaction: 1, joins: 0.5}"
    )
    settings = (*idle, offer) if offer else idle
    without, with_it = simulate(LIVELY, *settings).ds, simulate(LIVELY, *settings, china).ds
    assert has_missiles(with_it).any()
    assert (with_it.china_position > 0).any()
    names = [name for name in without.data_vars if not name.startswith("china_")]
    xr.testing.assert_equal(without[names], with_it[names])
    assert not any(without[name].any() for name in without.data_vars if name.startswith("china_"))
