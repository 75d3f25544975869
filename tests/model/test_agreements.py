"""The treaty's clock, pledges, and a moratorium with its ways to end."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.codes import Ended, Stance
from verifsim.outcomes.base import has_missiles

TREATY = """
    treaty: {notice_months: 6}
    parties: {red: {treaty: in_force}, blue: {treaty: in_force}}
    events:
      suspends: {month: 2020-03, does: suspend, party: blue}
      withdraws: {month: 2020-03, does: withdraw, party: blue}
"""


def test_suspension_is_mirrored_at_once_and_withdrawal_takes_six_months(simulate):
    stance = simulate(TREATY).ds.treaty_stance.isel(run=0)
    blue, red = stance.sel(party="blue").values, stance.sel(party="red").values
    assert blue[:3].tolist() == [Stance.IN_FORCE, Stance.IN_FORCE, Stance.SUSPENDED]
    assert red[2] == Stance.SUSPENDED, "a mirror suspends in the same month"
    assert int(np.argmax(blue == Stance.WITHDRAWN)) == 2 + 6
    assert int(np.argmax(red == Stance.WITHDRAWN)) == 2 + 6, "a treaty of two lapses for both"


def test_a_suspended_treaty_is_a_dispute_until_it_has_lapsed(simulate):
    rung = simulate(TREATY).ds.rung.isel(run=0, region=0).values
    assert rung[:2].tolist() == [1, 1]
    assert rung[2:8].tolist() == [2] * 6
    assert rung[8:].tolist() == [3] * 16, "both produce, and nothing restrains them"


def test_nobody_deploys_tests_or_produces_under_the_treaty(simulate):
    ds = simulate(TREATY, "parties.red.doctrine=forward_deploy", "doctrines.forward_deploy={missiles: 10}",
                  "programmes.arrow.stage=development", "programmes.arrow.reserve=0").ds  # fmt: skip
    assert int(np.argmax(ds.tested_or_produces.sel(party="red").isel(run=0).values)) == 8
    assert int(np.argmax(has_missiles(ds).sel(party="red", region="north").isel(run=0).values)) == 8


def test_words_come_before_deeds(simulate):
    ds = simulate("""
        parties: {red: {pledge: {not_first_in: [north, south]}}, blue: {doctrine: hold_back}}
        programmes: {arrow: {months_to_move: 5}}
        events: {first: {month: 2020-03, does: deploy, programme: bow, region: north}}
    """).ds
    pledge, missiles = (
        ds.pledge_stands.sel(party="red").isel(run=0),
        has_missiles(ds).sel(party="red").isel(run=0),
    )
    assert pledge.sel(region="north").values[:3].tolist() == [True, True, False]
    assert int(np.argmax(missiles.sel(region="north").values)) == 2 + 5
    assert pledge.sel(region="south").all(), "a regional mirror keeps its word elsewhere"


def test_a_pledge_can_be_ended_by_an_event_and_is_by_an_own_deployment(simulate):
    ds = simulate("""
        parties: {red: {doctrine: hold_back, pledge: {not_first_in: [north, south]}}, blue: {doctrine: hold_back}}
        events:
          over: {month: 2020-05, does: end_pledge, party: red, regions: [south]}
          own: {month: 2020-03, does: deploy, programme: arrow, region: north}
    """).ds
    pledge = ds.pledge_stands.sel(party="red").isel(run=0)
    assert pledge.sel(region="north").values.sum() == 2
    assert pledge.sel(region="south").values.sum() == 4


MORATORIUM = """
    parties: {{blue: {{doctrine: {blue}}}}}
    doctrines: {{forward_deploy: {{missiles: 10}}, hedge: {{at_most: 1, even_at: 0, spread: 1}}}}
    agreements:
      moratorium: {{regions: [north], binds: [red, blue], from: 2020-04, ends: {{believed_broken_above: {broken}, notice_months: {notice}}}}}
"""


def moratorium(simulate, *settings, blue="hold_back", broken=0.5, notice=0, events=""):
    change = MORATORIUM.format(blue=blue, broken=broken, notice=notice)
    return simulate(change + f"    events: {events}\n" if events else change, *settings).ds


def test_a_moratorium_begins_when_agreed_and_covers_its_regions(simulate):
    in_force = moratorium(simulate).moratorium_in_force.isel(run=0)
    assert in_force.sel(region="north").values.tolist() == [False] * 3 + [True] * 21
    assert not in_force.sel(region="south").any()


def test_an_open_deployment_ends_it(simulate):
    ds = moratorium(
        simulate, events="{breach: {month: 2020-06, does: deploy, programme: bow, region: north}}"
    )
    assert (ds.moratorium_ended == Ended.OPEN_DEPLOYMENT).all()
    assert ds.moratorium_in_force.sel(region="north").isel(run=0).sum() == 2
    elsewhere = moratorium(
        simulate, events="{no_breach: {month: 2020-06, does: deploy, programme: bow, region: south}}"
    )
    assert (elsewhere.moratorium_ended == Ended.NOT_ENDED).all()


def test_a_hidden_deployment_ends_it_only_when_it_is_believed(simulate):
    hides = "{hides: {month: 2020-06, does: deploy, programme: bow, region: north, announced: no}}"
    unseen = moratorium(simulate, events=hides)
    assert (unseen.moratorium_ended == Ended.NOT_ENDED).all()
    seen = moratorium(simulate, "watching.battery_seen=0.25", events=hides)
    assert (seen.moratorium_ended == Ended.BELIEVED_BROKEN).sum() > 100
    tolerant = moratorium(
        simulate, "watching.battery_seen=0.25", "doctrines.mirror.patience=0", events=hides, broken=1
    )
    assert (tolerant.moratorium_ended == Ended.NOT_ENDED).all()


@pytest.mark.parametrize("notice", [0, 4])
def test_who_wants_to_deploy_gives_notice_and_waits(simulate, notice):
    ds = moratorium(
        simulate, "programmes.bow.reserve=0", "programmes.bow.a_year=0", blue="forward_deploy", notice=notice
    )
    assert (ds.moratorium_ended == Ended.NOTICE_OF_LEAVING).all()
    assert ds.moratorium_in_force.sel(region="north").isel(run=0).sum() == notice
    assert not has_missiles(ds).any(), "words alone"
    armed = moratorium(
        simulate, "programmes.bow.stage=flight_tested", "programmes.bow.reserve=0", "programmes.bow.months_to_field=4",
        "programmes.bow.regions=[north]",
        blue="forward_deploy", notice=notice,
    )  # fmt: skip
    first = has_missiles(armed).sel(party="blue", region="north").isel(run=0).values
    assert int(np.argmax(first)) == max(4, 3 + notice)


def test_a_hedge_keeps_a_moratorium_and_what_is_on_its_way_turns_back(simulate):
    ds = moratorium(simulate, "programmes.bow.months_to_move=6", blue="hedge")
    missiles = has_missiles(ds).sel(party="blue")
    assert not missiles.sel(region="north").any()
    assert missiles.sel(region="south").any("month").all()


def test_a_moratorium_that_deployment_has_overtaken_never_begins(simulate):
    ds = moratorium(
        simulate, events="{before: {month: 2020-02, does: deploy, programme: bow, region: north}}"
    )
    assert (ds.moratorium_ended == Ended.OVERTAKEN_BY_DEPLOYMENT).all()
    assert not ds.moratorium_in_force.any()


def test_a_party_may_be_made_to_leave_by_an_event(simulate):
    ds = moratorium(
        simulate, events="{leaves: {month: 2020-06, does: leave_moratorium, party: red}}", notice=3
    )
    assert (ds.moratorium_ended == Ended.NOTICE_OF_LEAVING).all()
    assert ds.moratorium_in_force.sel(region="north").isel(run=0).sum() == 2 + 3


def test_the_first_notice_counts(simulate):
    twice = TREATY + "      red_too: {month: 2020-05, does: withdraw, party: red}\n"
    stance = simulate(twice).ds.treaty_stance.isel(run=0)
    assert int(np.argmax(stance.sel(party="red").values == Stance.WITHDRAWN)) == 2 + 6


def test_who_has_left_beforehand_is_not_bound(simulate):
    leaves = "{leaves: {month: 2020-02, does: leave_moratorium, party: red}}"
    gone = moratorium(simulate, events=leaves, notice=2)
    assert (gone.moratorium_ended == Ended.NOTICE_OF_LEAVING).all()
    assert not gone.moratorium_in_force.any()
    going = moratorium(simulate, events=leaves, notice=5)
    assert going.moratorium_in_force.sel(region="north").isel(run=0).sum() == 1 + 5 - 3


def test_a_breach_is_a_breach_even_if_the_missiles_leave_at_once(simulate):
    in_and_out = (
        "{in: {month: 2020-06, does: deploy, programme: bow, region: north}, "
        "out: {month: 2020-06, does: remove, programme: bow, region: north}}"
    )
    assert (moratorium(simulate, events=in_and_out).moratorium_ended == Ended.OPEN_DEPLOYMENT).all()


def test_who_cannot_station_anything_somewhere_does_not_leave_for_it(simulate):
    south = moratorium(simulate, "programmes.bow.regions=[south]", blue="forward_deploy")
    assert (south.moratorium_ended == Ended.NOT_ENDED).all()


def test_what_is_hidden_on_its_way_is_not_turned_back(simulate):
    ds = moratorium(
        simulate, "parties.blue.doctrine=covert_deploy", "doctrines.covert_deploy={missiles: 10}",
        "programmes.bow.months_to_move=6", broken=1,
    )  # fmt: skip
    assert (ds.deployed_undeclared.sel(party="blue", region="north").isel(month=7) == 10).all()


def test_removing_reaches_disputed_batteries_last(simulate):
    ds = simulate("""
        parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}
        programmes: {arrow: {disputed: yes, deployed: {north: 3}}}
        events:
          more: {month: 2020-02, does: deploy, programme: arrow, region: north}
          fewer: {month: 2020-03, does: remove, programme: arrow, region: north, batteries: 2}
    """).ds.isel(run=0)
    assert ds.deployed_announced.sel(party="red", region="north").values[:3].tolist() == [0, 10, 0]
    assert ds.deployed_disputed.sel(party="red", region="north").values[:3].tolist() == [30, 30, 20]


def test_belief_about_another_region_is_no_false_alarm(simulate):
    ds = simulate("""
        parties: {blue: {doctrine: hold_back}}
        doctrines: {mirror: {scope: global}}
        watching: {battery_seen: 1}
        events: {hides: {month: 2020-02, does: deploy, programme: bow, region: north, announced: no}}
    """).ds
    from verifsim.doctrines import Reason

    codes = set(np.unique(ds.moved_because.sel(party="red")).tolist())
    assert codes == {Reason.NONE, Reason.BELIEF_ANYWHERE}
