"""Offers are answered once; what is accepted is negotiated, binds, and can be agreed anew."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY, assert_mean, assert_share
from verifsim.codes import Ended, Position, Talk
from verifsim.outcomes.base import has_missiles

OFFERED = 2
"""The month of the offer."""

OFFER = """
    months: 40
    parties:
      red: {doctrine: hold_back}
      blue: {talks: {accepts: {unverified: 1, host_chooses: 1, inspector_chooses: 1}}}
    sites: {silo: {owner: red, region: north, title: Silo, kind: launcher, objects: 4}}
    agreements: {word: {regions: [north], binds: [red, blue]}}
    talks: {negotiation_months: 3, lapse_months: 1200}
    events:
      offer: {month: 2020-03, does: offer, party: red, agreement: word}
"""

CHOSEN_BY = (
    "agreements.word.inspections={{sites: [silo], visits_a_year: {{routine: 6}}, sites_chosen_by: {}}}"
)
HOST, INSPECTOR = CHOSEN_BY.format("host"), CHOSEN_BY.format("inspector")


def said(ds: xr.Dataset, party: str = "blue") -> np.ndarray:
    """What became of an offer to a party, (run, month)."""
    return ds.talks.sel(party=party).values


def stood(ds: xr.Dataset, agreement: str = "word") -> np.ndarray:
    """Whether an agreement was in force, (run, month)."""
    return ds.agreement_in_force.sel(agreement=agreement).values


def begins(ds: xr.Dataset, agreement: str = "word") -> np.ndarray:
    """The month in which an agreement enters into force, where it does, (run,)."""
    in_force = stood(ds, agreement)
    return np.argmax(in_force, axis=1)[in_force.any(axis=1)]


@pytest.mark.parametrize(
    ("kind", "terms"), [("unverified", ()), ("host_chooses", (HOST,)), ("inspector_chooses", (INSPECTOR,))]
)
def test_an_offer_is_answered_once_with_the_chance_of_its_kind(simulate, kind, terms):
    p, n = 0.3, 2000
    ds = simulate(OFFER, *terms, "parties.blue.talks.accepts={unverified: 0, host_chooses: 0, inspector_chooses: 0}",
                  f"parties.blue.talks.accepts.{kind}={p}", "parties.blue.talks.answers=0.3", f"ensemble.runs={n}").ds  # fmt: skip
    accepted, rejected = said(ds) == Talk.ACCEPTED, said(ds) == Talk.REJECTED
    assert ((accepted | rejected).sum(axis=1) <= 1).all()
    assert_share(accepted.any(axis=1).mean(), p, n)
    assert_share(stood(ds).any(axis=1).mean(), p, n)


def test_who_accepts_a_choice_of_the_hosts_accepts_one_of_the_inspectors(simulate):
    chances = "parties.blue.talks.accepts={unverified: 0.05, host_chooses: 0.3, inspector_chooses: 0.6}"
    agreed = [stood(simulate(OFFER, *terms, chances).ds).any(axis=1) for terms in ((), (HOST,), (INSPECTOR,))]
    for fewer, more in itertools.pairwise(agreed):
        assert (fewer <= more).all()
        assert fewer.sum() < more.sum()


def test_the_shipped_numbers_prefer_the_choice_of_the_inspectors():
    from pathlib import Path

    from verifsim.scenario import load_scenario

    shipped = load_scenario(Path(__file__).parents[2] / "scenarios" / "baseline.yaml").scenario
    accepts = shipped.parties["us_nato"].talks.accepts
    assert accepts.inspector_chooses > accepts.host_chooses >= accepts.unverified


@pytest.mark.parametrize("months", [0, 1, 2, 9])
def test_from_acceptance_to_entry_into_force_it_takes_as_long_as_negotiations(simulate, months):
    ds = simulate(OFFER, f"talks.negotiation_months={months}").ds
    assert (said(ds)[:, OFFERED] == Talk.ACCEPTED).all()
    in_force = stood(ds)
    assert in_force.any(axis=1).all(), "what was accepted enters into force"
    assert (begins(ds) == OFFERED + max(months, 1)).all(), "next month at the soonest"
    assert in_force[:, -1].all()


def test_a_fraction_of_a_month_of_negotiations_is_kept_on_average(simulate):
    n = 2000
    ds = simulate(OFFER, "talks.negotiation_months=4.3", f"ensemble.runs={n}").ds
    assert len(begins(ds)) == n
    assert set(np.unique(begins(ds))) == {OFFERED + 4, OFFERED + 5}
    assert_mean(begins(ds), OFFERED + 4.3, np.sqrt(0.3 * 0.7))


HIDES = "      hides: {month: 2020-04, does: deploy, programme: arrow, region: north, announced: no}\n"
HEDGE = (
    "parties.blue.doctrine=hedge",
    "doctrines.hedge={at_most: 1, even_at: 0.5, spread: 0.01, withdraws_below: 0.5}",
    "programmes.bow.months_to_move=3",
    "programmes.bow.regions=[north]",
    "watching.battery_seen=1",
)
"""A hedge that deploys as soon as it believes that something is hidden, and only then."""


def test_what_was_agreed_binds_a_hedge_and_what_is_on_its_way_turns_back(simulate):
    free = simulate(OFFER + HIDES, *HEDGE, "parties.blue.talks.accepts.unverified=0").ds
    bound = simulate(OFFER + HIDES, *HEDGE).ds
    standing = has_missiles(free).sel(party="blue", region="north").values
    assert (np.argmax(standing, axis=1) == 3 + 3).all()
    assert (begins(bound) == 5).all(), "a month before they would have arrived"
    assert not has_missiles(bound).sel(party="blue").any()
    reserve = bound.reserve.sel(party="blue").values
    assert (reserve[:, 3:5] < 500).all()
    assert (reserve[:, 5:] == 500).all()


@pytest.mark.parametrize("doctrine", ["mirror", "hedge"])
def test_who_wants_missiles_there_by_now_no_longer_accepts(simulate, doctrine):
    early = OFFER + HIDES.replace("2020-04", "2020-02")
    keys = *HEDGE, f"parties.blue.doctrine={doctrine}"
    assert (said(simulate(early, *keys).ds)[:, OFFERED] == Talk.REJECTED).all()
    assert (said(simulate(OFFER + HIDES, *keys).ds)[:, OFFERED] == Talk.ACCEPTED).all()


def test_a_mirror_that_is_bound_waits_for_its_notice(simulate):
    hidden = (
        OFFER
        + "      hides: {month: 2020-07, does: deploy, programme: arrow, region: north, announced: no}\n"
    )
    settings = "watching.battery_seen=1", "agreements.word.ends={notice_months: 12}"
    free = has_missiles(simulate(hidden, *settings, "parties.blue.talks.accepts.unverified=0").ds)
    bound = has_missiles(simulate(hidden, *settings).ds)
    starts = [np.argmax(ds.sel(party="blue", region="north").values, axis=1) for ds in (free, bound)]
    assert (starts[0] == 6).all()
    assert (starts[1] == 6 + 12).all()


@pytest.mark.parametrize("terms", [(HOST,), (INSPECTOR,)])
def test_who_holds_back_accepts_only_what_is_verified(simulate, terms):
    ds = simulate(OFFER, "parties.blue.doctrine=hold_back").ds
    assert (said(ds)[:, OFFERED] == Talk.REJECTED).all()
    assert (
        said(simulate(OFFER, *terms, "parties.blue.doctrine=hold_back").ds)[:, OFFERED] == Talk.ACCEPTED
    ).all()


def test_terms_without_visits_are_not_verified(simulate):
    no_visits = "agreements.word.inspections={sites: [silo]}"
    ds = simulate(OFFER, no_visits, "parties.blue.doctrine=hold_back").ds
    assert (said(ds)[:, OFFERED] == Talk.REJECTED).all()


@pytest.mark.parametrize(("region", "answer"), [("north", Talk.REJECTED), ("south", Talk.ACCEPTED)])
def test_forward_deployment_is_not_given_away_where_it_is_wanted(simulate, region, answer):
    ds = simulate(OFFER, "parties.blue.doctrine={north: forward_deploy, south: mirror}",
                  "doctrines.forward_deploy={missiles: 10}", f"agreements.word.regions=[{region}]").ds  # fmt: skip
    assert (said(ds)[:, OFFERED] == answer).all()


def test_terms_over_several_regions_need_a_will_in_each(simulate):
    ds = simulate(OFFER, "parties.blue.doctrine={north: forward_deploy, south: mirror}",
                  "doctrines.forward_deploy={missiles: 10}", "agreements.word.regions=[north, south]").ds  # fmt: skip
    assert (said(ds)[:, OFFERED] == Talk.REJECTED).all()


@pytest.mark.parametrize("lapse", [1, 5])
def test_an_offer_that_nobody_answers_lapses(simulate, lapse):
    ds = simulate(OFFER, "parties.blue.talks.answers=0", f"talks.lapse_months={lapse}").ds
    expected = [Talk.NOTHING_OFFERED] * 40
    expected[OFFERED : OFFERED + lapse] = [Talk.ON_THE_TABLE] * lapse
    expected[OFFERED + lapse] = Talk.LAPSED
    assert (said(ds) == expected).all()
    assert not stood(ds).any()


@pytest.mark.parametrize(("month", "agreed"), [("2020-07", True), ("2020-09", False)])
def test_an_offer_that_has_lapsed_cannot_be_accepted(simulate, month, agreed):
    late = OFFER + f"      yes: {{month: {month}, does: accept, party: blue}}\n"
    ds = simulate(late, "parties.blue.talks.answers=0", "talks.lapse_months=5").ds
    assert (stood(ds).any(axis=1) == agreed).all()


def test_an_answer_waits_a_geometric_time(simulate):
    a, n = 0.25, 2000
    ds = simulate(OFFER, f"parties.blue.talks.answers={a}", "months=90", f"ensemble.runs={n}").ds
    delay = np.argmax(said(ds) == Talk.ACCEPTED, axis=1) - OFFERED
    assert_mean(delay, (1 - a) / a, np.sqrt(1 - a) / a)
    for months in (0, 1, 5):
        assert_share((delay == months).mean(), a * (1 - a) ** months, n)


OWN = """
    months: 36
    parties:
      red: {talks: {starts: yes, offers: word, after_shock: 0.5}}
    agreements: {word: {regions: [north], binds: [red, blue]}}
    talks: {negotiation_months: 3, shock_months: 3, gap_months: 5}
    events:
      first: {month: 2020-04, does: shock_to_trust, by: 0}
      second: {month: 2021-01, does: shock_to_trust, by: 0}
      third: {month: 2021-05, does: shock_to_trust, by: 0}
"""
SHOCKS = (3, 12, 16)


def test_a_party_offers_after_a_shock_and_with_gaps(simulate):
    n = 2000
    offers = said(simulate(OWN, f"ensemble.runs={n}").ds) == Talk.ON_THE_TABLE
    recent = [month for shock in SHOCKS for month in range(shock, shock + 3)]
    outside = [month for month in range(36) if month not in recent]
    assert not offers[:, outside].any()
    assert_share(offers[:, 3].mean(), 0.5, n)
    for run in offers[:200]:
        assert (np.diff(np.flatnonzero(run)) >= 5).all()
    assert (offers.sum(axis=1) >= 2).any()


def test_without_a_shock_there_is_no_offer_of_ones_own_accord(simulate):
    calm = simulate(OWN, *(f"events.{name}=none" for name in ("first", "second", "third"))).ds
    assert (said(calm) == Talk.NOTHING_OFFERED).all()


def test_who_does_not_start_talks_makes_no_offers_and_still_answers(simulate):
    settings = "parties.red.talks.starts=no", "parties.blue.talks.accepts.unverified=1"
    assert (said(simulate(OWN, *settings).ds) == Talk.NOTHING_OFFERED).all()
    ds = simulate(OWN, *settings, "events.offer={month: 2020-03, does: offer, party: blue, agreement: word}",
                  "parties.red.talks.accepts.unverified=1").ds  # fmt: skip
    assert (said(ds, "red")[:, 2] == Talk.ACCEPTED).all()


def test_talks_are_stopped_and_started_by_events(simulate):
    stop = "events.stop={month: 2021-01, does: stop_talks, party: red}"
    start = "events.start={month: 2021-05, does: start_talks, party: red}"
    offers = {
        name: (said(simulate(OWN, *settings).ds) == Talk.ON_THE_TABLE).any(axis=0)
        for name, settings in {"always": (), "stopped": (stop,), "again": (stop, start)}.items()
    }
    assert offers["always"][12:16].any()
    assert not offers["stopped"][12:].any()
    assert not offers["again"][12:16].any()
    assert offers["again"][16:20].any()


@pytest.mark.parametrize(
    ("what", "settings"),
    [
        ("a region armed", ["events.shock={month: 2020-06, does: deploy, programme: bow, region: south}"]),
        ("a pledge", ["parties.blue.pledge={not_first_in: [north]}",
                      "events.shock={month: 2020-06, does: end_pledge, party: blue}"]),
        ("the treaty", ["parties.red.treaty=in_force", "parties.blue.treaty=in_force",
                        "events.shock={month: 2020-06, does: suspend, party: blue}"]),
        ("an agreement", ["agreements.old={regions: [south], binds: [red, blue], from: 2020-01}",
                          "events.shock={month: 2020-06, does: leave_moratorium, party: blue}"]),
        ("an exercise", ["events.shock={month: 2020-06, does: exercise, programme: bow, region: south}"]),
    ],
)  # fmt: skip
def test_the_end_of_a_word_or_of_a_region_without_missiles_is_a_shock(simulate, what, settings):
    calm = [f"events.{name}=none" for name in ("first", "second", "third")]
    hold = [
        "parties.red.doctrine=hold_back",
        "parties.blue.doctrine=hold_back",
        "parties.red.talks.after_shock=1",
    ]
    offers = said(simulate(OWN, *calm, *hold, *settings).ds) == Talk.ON_THE_TABLE
    assert offers[:, 6].all(), f"{what} ended in month 5; the offer follows"
    assert not offers[:, :5].any()
    assert not simulate(OWN, *calm, *hold, *settings[:-1]).ds.talks.any()


def test_what_is_hidden_is_no_shock_and_a_crisis_is(simulate):
    calm = [f"events.{name}=none" for name in ("first", "second", "third")]
    hidden = "events.hides={month: 2020-06, does: deploy, programme: bow, region: south, announced: no}"
    assert not simulate(OWN, *calm, hidden, "parties.red.doctrine=hold_back").ds.talks.any()
    crisis = simulate(OWN, *calm, "crises.hazard.development_race=1", "parties.red.talks.after_shock=1").ds
    assert (said(crisis)[:, 1] == Talk.ON_THE_TABLE).all()


def test_a_new_offer_replaces_the_old(simulate):
    two = OFFER + "      better: {month: 2020-05, does: offer, party: red, agreement: other}\n" \
                  "      yes: {month: 2020-06, does: accept, party: blue}\n"  # fmt: skip
    ds = simulate(
        two, "agreements.other={regions: [south], binds: [red, blue]}", "parties.blue.talks.answers=0"
    ).ds
    assert not stood(ds).any()
    assert (begins(ds, "other") == 5 + 3).all()


def test_a_new_offer_starts_its_own_clock(simulate):
    again = OFFER + "      again: {month: 2020-05, does: offer, party: red, agreement: word}\n"
    ds = simulate(again, "parties.blue.talks.answers=0", "talks.lapse_months=4").ds
    assert (np.argmax(said(ds) == Talk.LAPSED, axis=1) == 4 + 4).all()


@pytest.mark.parametrize("month", ["2020-04", "2020-10"])
def test_what_stands_or_is_due_is_not_offered_again(simulate, month):
    again = OFFER + f"      again: {{month: {month}, does: offer, party: red, agreement: word}}\n"
    once, twice = simulate(OFFER).ds, simulate(again).ds
    xr.testing.assert_equal(once.talks, twice.talks)
    xr.testing.assert_equal(once.agreement_in_force, twice.agreement_in_force)
    due = simulate(OFFER, "agreements.word.from=2022-01").ds
    assert not due.talks.any(), "it is due without talks"


def test_belief_in_a_violation_lowers_acceptance_in_proportion(simulate):
    n = 2000
    believing = (
        "believing={rule: bayes, prior: 0.4}",
        "parties.blue.talks.accepts.unverified=0.8",
        f"ensemble.runs={n}",
    )
    mirror = "doctrines.mirror={believes_above: 1}"
    agreed = {
        counts: stood(
            simulate(OFFER, *believing, mirror, f"parties.blue.talks.belief_counts={counts}").ds
        ).any(axis=1)
        for counts in (0, 0.5, 1)
    }
    for counts, share in agreed.items():
        assert_share(share.mean(), 0.8 * (1 - counts * 0.4), n)
    assert (agreed[1] <= agreed[0.5]).all()
    assert (agreed[0.5] <= agreed[0]).all()


def test_belief_counts_where_it_is_highest_and_only_where_the_terms_cover(simulate):
    hides = (
        OFFER
        + "      hides: {month: 2020-02, does: deploy, programme: arrow, region: south, announced: no}\n"
    )
    settings = (
        "watching.battery_seen=1",
        "parties.blue.talks.belief_counts=1",
        "doctrines.mirror={believes_above: 1}",
    )
    assert stood(simulate(hides, *settings).ds).any(axis=1).all()
    assert not stood(simulate(hides, *settings, "agreements.word.regions=[north, south]").ds).any()


WITH_CHINA = "agreements.word.with_china=yes"


def test_without_china_there_is_no_agreement_that_needs_it(simulate):
    n = 2000
    for joins in (0, 1, 0.3):
        ds = simulate(OFFER, WITH_CHINA, f"china={{region: south, joins: {joins}}}", f"ensemble.runs={n}").ds
        agreed = stood(ds).any(axis=1)
        declined = ds.china_position.values[:, OFFERED] == Position.DECLINES_TALKS
        assert (declined == ~agreed).all()
        assert (said(ds)[:, OFFERED] == np.where(agreed, Talk.ACCEPTED, Talk.REJECTED)).all()
        assert_share(agreed.mean(), joins, n) if 0 < joins < 1 else None
        assert joins not in (0, 1) or (agreed == joins).all()
        assert not (ds.china_position.values[:, OFFERED + 1 :] == Position.DECLINES_TALKS).any()


def test_china_is_not_asked_for_what_does_not_need_it_or_is_rejected(simulate):
    china = "china={region: south, joins: 0}"
    assert stood(simulate(OFFER, china).ds).any(axis=1).all()
    rejected = simulate(OFFER, china, WITH_CHINA, "parties.blue.talks.accepts.unverified=0").ds
    assert not (rejected.china_position == Position.DECLINES_TALKS).any()


def test_an_accepting_event_asks_neither_doctrine_nor_chance_nor_china(simulate):
    event = OFFER + "      yes: {month: 2020-04, does: accept, party: blue}\n"
    ds = simulate(event, "china={region: south, joins: 0}", WITH_CHINA, "parties.blue.doctrine=hold_back",
                  "parties.blue.talks={answers: 0, accepts: {unverified: 0}}").ds  # fmt: skip
    assert (begins(ds) == 3 + 3).all()


@pytest.mark.parametrize(("does", "answer"), [("accept", Talk.ACCEPTED), ("reject", Talk.REJECTED)])
def test_an_event_can_answer(simulate, does, answer):
    event = OFFER + f"      said: {{month: 2020-06, does: {does}, party: blue}}\n"
    ds = simulate(event, "parties.blue.talks.answers=0").ds
    assert (said(ds)[:, 4] == Talk.ON_THE_TABLE).all()
    assert (said(ds)[:, 6:] == Talk.NOTHING_OFFERED).all(), "nothing is left on the table"
    assert (stood(ds).any(axis=1) == (does == "accept")).all()
    assert does == "reject" or (begins(ds) == 5 + 3).all()


@pytest.mark.parametrize(("does", "answer"), [("accept", Talk.ACCEPTED), ("reject", Talk.REJECTED)])
def test_an_answer_by_an_event_is_written_down(simulate, does, answer):
    event = OFFER + f"      said: {{month: 2020-06, does: {does}, party: blue}}\n"
    study = simulate(event, "parties.blue.talks.answers=0")
    assert (said(study.ds)[:, 5] == answer).all()
    assert (study.outcomes["agreed"] == (does == "accept")).all()


@pytest.mark.parametrize("does", ["accept", "reject"])
def test_an_answer_to_nothing_changes_nothing(simulate, does):
    early = OFFER + f"      early: {{month: 2020-02, does: {does}, party: blue}}\n" \
                    f"      wrong: {{month: 2020-04, does: {does}, party: red}}\n"  # fmt: skip
    xr.testing.assert_equal(simulate(OFFER).ds.drop_attrs(), simulate(early).ds.drop_attrs())


ANEW = """
    months: 40
    parties:
      red: {doctrine: hold_back}
      blue: {doctrine: hedge, talks: {accepts: {unverified: 1}}}
    doctrines: {hedge: {at_most: 1, even_at: 0.5, spread: 0.01, withdraws_below: 0.5}}
    watching: {battery_seen: 1}
    programmes: {bow: {stage: flight_tested, reserve: 0, months_to_field: 14}}
    agreements: {word: {regions: [north], binds: [red, blue], from: 2020-02}}
    talks: {negotiation_months: 3}
    events:
      breach: {month: 2020-05, does: deploy, programme: arrow, region: north}
      mended: {month: 2020-06, does: remove, programme: arrow, region: north}
      offer: {month: 2020-08, does: offer, party: red, agreement: word}
      north: {month: 2020-10, does: deploy, programme: arrow, region: north, announced: no}
      south: {month: 2020-10, does: deploy, programme: arrow, region: south, announced: no}
"""


def test_what_ended_can_be_agreed_anew_and_then_binds_again(simulate):
    ds = simulate(ANEW).ds
    expected = np.zeros(40, dtype=bool)
    expected[1:4] = True
    expected[7 + 3 :] = True
    assert (stood(ds) == expected).all()
    assert (ds.moratorium_ended == Ended.NOT_ENDED).all(), "what ended it before is forgotten"
    missiles = has_missiles(ds).sel(party="blue")
    assert not missiles.sel(region="north").any()
    assert (np.argmax(missiles.sel(region="south").values, axis=1) == 14).all()
    without = has_missiles(simulate(ANEW, "parties.blue.talks.accepts.unverified=0").ds).sel(party="blue")
    assert (np.argmax(without.sel(region="north").values, axis=1) == 14).all()


def test_what_was_agreed_anew_can_end_anew(simulate):
    leaves = "events.leaves={month: 2021-04, does: leave_moratorium, party: red}"
    ds = simulate(ANEW, leaves, "agreements.word.ends.notice_months=4").ds
    assert (ds.moratorium_ended == Ended.NOTICE_OF_LEAVING).all()
    assert stood(ds)[:, 10:19].all()
    assert not stood(ds)[:, 19:].any()


def test_a_notice_from_before_does_not_outlive_a_new_agreement(simulate):
    events = ANEW[ANEW.index("    events") :]
    leaves = """
    events:
      leaves: {month: 2020-05, does: leave_moratorium, party: red}
      offer: {month: 2020-08, does: offer, party: red, agreement: word}
    """
    ds = simulate(ANEW.replace(events, leaves)).ds
    assert (np.flatnonzero(~stood(ds)[0]) == [0, *range(4, 10)]).all()


@pytest.mark.parametrize("by", ["deploy", "exercise"])
def test_deployment_overtakes_what_is_being_negotiated(simulate, by):
    event = f"events.first={{month: 2020-07, does: {by}, programme: bow, region: north}}"
    ds = simulate(OFFER, event, "talks.negotiation_months=6", "parties.blue.exercises.months=9").ds
    assert (ds.moratorium_ended == Ended.OVERTAKEN_BY_DEPLOYMENT).all()
    assert not stood(ds).any()


def test_what_has_left_in_time_overtakes_nothing(simulate):
    came = "events.first={month: 2020-05, does: deploy, programme: bow, region: north}"
    went = "events.last={month: 2020-08, does: remove, programme: bow, region: north}"
    ds = simulate(OFFER, came, went, "talks.negotiation_months=6").ds
    assert (begins(ds) == OFFERED + 6).all()


def test_of_two_agreements_one_may_end_while_the_other_stands(simulate):
    both = [
        "agreements.word.from=2020-02",
        "agreements.other={regions: [south], binds: [red, blue], from: 2020-04}",
        "events.breach={month: 2020-08, does: deploy, programme: bow, region: north}",
        "parties.red.doctrine=hold_back",
    ]
    ds = simulate(OFFER, *both).ds
    assert (stood(ds).sum(axis=1) == 6).all()
    assert stood(ds, "other")[:, 3:].all()
    assert (ds.moratorium_ended.sel(agreement="word") == Ended.OPEN_DEPLOYMENT).all()
    assert (ds.moratorium_ended.sel(agreement="other") == Ended.NOT_ENDED).all()
    held = ds.moratorium_in_force.values
    assert not held[:, 7:, 0].any()
    assert held[:, 7:, 1].all()


def test_two_agreements_over_one_region_bind_as_long_as_either_stands(simulate):
    ds = simulate("""
        parties: {red: {doctrine: hold_back}, blue: {doctrine: hedge}}
        doctrines: {hedge: {at_most: 1, even_at: 0, spread: 0.01}}
        believing: {rule: bayes, prior: 0.5}
        agreements:
          word: {regions: [north], binds: [red, blue], from: 2020-01}
          other: {regions: [north], binds: [red, blue], from: 2020-01, ends: {notice_months: 9}}
        events: {leaves: {month: 2020-05, does: leave_moratorium, party: red}}
    """).ds
    assert (stood(ds).sum(axis=1) == 4).all()
    assert (stood(ds, "other").sum(axis=1) == 4 + 9).all()
    first = np.argmax(has_missiles(ds).sel(party="blue", region="north").values, axis=1)
    assert (first == 4 + 9).all()


CROSSED = """
    months: 36
    parties: {red: {talks: {answers: 0}}, blue: {talks: {answers: 0}}}
    agreements: {word: {regions: [north], binds: [red, blue]}}
    talks: {negotiation_months: 6, lapse_months: 100}
    events:
      ours: {month: 2020-02, does: offer, party: red, agreement: word}
      theirs: {month: 2020-02, does: offer, party: blue, agreement: word}
      yes: {month: 2020-02, does: accept, party: blue}
      yes_too: {month: 2020-05, does: accept, party: red}
"""


def test_offers_that_crossed_are_agreed_once(simulate):
    once, twice = simulate(CROSSED, "events.yes_too=none").ds, simulate(CROSSED).ds
    assert (begins(once) == 1 + 6).all()
    assert (begins(twice) == 1 + 6).all(), "a second yes does not put off what is due"


def test_a_second_yes_does_not_undo_a_notice_of_leaving(simulate):
    settings = (
        "events.yes_too.month=2020-11",
        "events.leaves={month: 2020-10, does: leave_moratorium, party: blue}",
        "agreements.word.ends.notice_months=6",
    )
    in_force = stood(simulate(CROSSED, *settings).ds)
    assert (in_force.sum(axis=1) == 9 + 6 - 7).all(), "it ends six months after the notice"


def test_every_rejection_is_written_down(simulate):
    settings = "talks.gap_months=0", "parties.red.talks.after_shock=1", "talks.shock_months=3"
    answers = said(simulate(OWN, *settings).ds)
    offered = [month for shock in SHOCKS for month in range(shock, shock + 3)]
    expected = np.isin(np.arange(36), np.array(offered) + 1)
    assert ((answers == Talk.REJECTED) == expected).all(), "each is answered in the month after it was made"


@pytest.mark.parametrize(
    "lever",
    [
        "talks={negotiation_months: 9, lapse_months: 3, shock_months: 12, gap_months: 7}",
        "parties.blue.talks={answers: 0.5, belief_counts: 1, accepts: {unverified: 1, host_chooses: 1}}",
        "parties.blue.talks={starts: yes, offers: idle, after_shock: 0}",
        "parties.blue.talks={starts: no, offers: idle, after_shock: 1}",
    ],
)
def test_talks_that_nobody_begins_change_no_bit(simulate, lever):
    idle = "agreements.idle={regions: [north], binds: [red, blue]}", "parties.red.talks.offers=idle"
    without, with_it = simulate(LIVELY, *idle).ds, simulate(LIVELY, *idle, "talks.shock_months=12", lever).ds
    xr.testing.assert_equal(without, with_it)


def test_an_offer_that_is_never_accepted_changes_nothing_but_talks(simulate):
    idle = "agreements.idle={regions: [north], binds: [red, blue]}", "parties.red.talks.offers=idle"
    offer = "events.offer={month: 2020-05, does: offer, party: red, agreement: idle}"
    without, with_it = simulate(LIVELY, *idle).ds, simulate(LIVELY, *idle, offer).ds
    assert not without.talks.equals(with_it.talks)
    xr.testing.assert_equal(without.drop_vars("talks"), with_it.drop_vars("talks"))
