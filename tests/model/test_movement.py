"""Orders, deliveries, withdrawals: no battery is lost or made on the way."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.test_known_answers import LIVELY
from verifsim.model.movement import batteries_short
from verifsim.outcomes.base import has_missiles


@pytest.mark.parametrize(
    ("wanted", "own", "size", "short"),
    [
        (0, 0, 16, 0),
        (1, 0, 16, 1),
        (15, 0, 16, 1),
        (32, 0, 16, 2),
        (47, 0, 16, 2),
        (47, 16, 16, 1),
        (31, 16, 16, 0),
        (5, 90, 16, 0),
    ],
)
def test_orders_come_up_to_the_wanted_number_without_passing_it(wanted, own, size, short):
    assert batteries_short(np.array([float(wanted)]), np.array([own]), np.array([size])).tolist() == [short]


def test_no_wish_is_too_large_to_be_carried_out(simulate):
    hungry = "parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}\n"
    for missiles in (32_767, 32_768, 40_000, 1_000_000):
        change = (
            hungry
            + f"doctrines: {{forward_deploy: {{missiles: {missiles}}}}}\nprogrammes: {{arrow: {{missiles: 1}}}}\n"
        )
        ds = simulate(change).ds.isel(month=-1)
        assert (ds.deployed_announced.sel(party="red").sum("region") == 50).all()
        assert (ds.reserve.sel(party="red") == 0).all()


def test_batteries_may_be_many(simulate):
    many = "months: 600\nparties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}\n"
    many += "doctrines: {forward_deploy: {missiles: 1000000}}\nregions: {south: none}\n"
    many += "programmes: {arrow: {missiles: 1000, a_year: 100}}\nensemble: {runs: 2}\n"
    ds = simulate(many).ds.isel(run=0)
    owned = ds.deployed_announced.sel(party="red").sum("region") + ds.reserve.sel(party="red")
    assert int(owned[-1]) == (50 + 50 * 100) * 1000
    assert bool((owned.diff("month") >= 0).all())


def test_batteries_may_be_more_than_16_bits_hold(simulate):
    brought = "does: deploy, programme: arrow, region: north, batteries: 1000"
    events = "".join(f"  brought_{k}: {{month: 2020-02, {brought}}}\n" for k in range(40))
    ds = simulate(
        f"months: 3\nensemble: {{runs: 2}}\nprogrammes: {{arrow: {{missiles: 2}}}}\nevents:\n{events}"
    ).ds
    assert (ds.deployed_announced.sel(party="red", region="north").isel(month=1) == 80_000).all()


def test_batteries_are_neither_lost_nor_made(scenario):
    from verifsim.model.world import World

    world = World(scenario(LIVELY, "programmes.bow.a_year=0").scenario, 0, 500)
    for _ in range(24):
        world.step()
        for party, owned in zip(world.parties, (50, 3), strict=True):
            arsenal = party.arsenal
            held = (
                arsenal.reserve.sum(axis=0)
                + arsenal.deployed.sum(axis=(0, 1, 2))
                + arsenal.on_the_way.sum(axis=(0, 1))
            )
            assert (held == owned).all()
            for state in (arsenal.reserve, arsenal.deployed, arsenal.on_the_way):
                assert (state >= 0).all()
    moved = [party.holdings.announced.any() for party in world.parties]
    world.close()
    assert all(moved), "a world in which nothing moves would show nothing"


def test_a_short_reserve_is_ordered_out_and_the_rest_when_it_is_there(simulate):
    ds = simulate("""
        parties: {red: {doctrine: forward_deploy}, blue: {doctrine: hold_back}}
        doctrines: {forward_deploy: {missiles: 30}}
        regions: {south: none}
        programmes: {arrow: {reserve: 1, a_year: 6}}
    """).ds
    missiles = ds.deployed_announced.sel(party="red", region="north").isel(run=0).values
    assert missiles[:6].tolist() == [10, 20, 20, 30, 30, 30]


def test_what_a_doctrine_deployed_it_withdraws_and_what_an_event_deployed_stays(simulate):
    ds = simulate("""
        parties: {red: {doctrine: mirror}, blue: {doctrine: hold_back}}
        events:
          theirs: {month: 2020-02, does: deploy, programme: bow, region: north}
          own: {month: 2020-04, does: deploy, programme: arrow, region: north, batteries: 2}
          gone: {month: 2020-07, does: remove, programme: bow, region: north}
    """).ds
    missiles = ds.deployed_announced.sel(region="north").isel(run=0)
    assert missiles.sel(party="blue").values[:8].tolist() == [0, 10, 10, 10, 10, 10, 0, 0]
    assert missiles.sel(party="red").values[:8].tolist() == [0, 10, 10, 30, 30, 30, 20, 20]


def test_holding_back_brings_home_what_stood_there_at_the_start(simulate):
    ds = simulate("""
        parties: {blue: {doctrine: hold_back}}
        programmes: {bow: {deployed: {north: 2}}}
    """).ds
    assert not has_missiles(ds).sel(party="blue").any()
    assert (ds.reserve.sel(party="blue") == 520).all()


def test_a_hidden_answer_is_undeclared_and_an_open_one_announced(simulate):
    change = """
        parties: {blue: {doctrine: hold_back}}
        events: {first: {month: 2020-02, does: deploy, programme: bow, region: north}}
    """
    openly, hidden = simulate(change).ds, simulate(change, "doctrines.mirror.openly=no").ds
    assert openly.deployed_announced.sel(party="red").any()
    assert not openly.deployed_undeclared.any()
    assert hidden.deployed_undeclared.sel(party="red").equals(openly.deployed_announced.sel(party="red"))


def test_a_lead_time_of_a_fraction_is_met_on_average(simulate):
    ds = simulate(
        """
        ensemble: {runs: 4000}
        parties: {blue: {doctrine: hold_back}}
        programmes: {arrow: {months_to_move: 1.25}}
        events: {first: {month: 2020-02, does: deploy, programme: bow, region: north}}
        """
    ).ds
    arrived = has_missiles(ds).sel(party="red", region="north").argmax("month").values - 1
    assert set(arrived.tolist()) == {1, 2}
    assert abs(arrived.mean() - 1.25) < 4 * np.sqrt(0.25 * 0.75 / 4000)


def test_disputed_batteries_stand_apart_and_their_reserve_deploys_in_the_open(simulate):
    ds = simulate("""
        parties: {blue: {doctrine: hold_back}}
        programmes: {arrow: {disputed: yes, deployed: {north: 3}, reserve: 1}}
        events: {first: {month: 2020-02, does: deploy, programme: bow, region: south}}
    """).ds
    assert (ds.deployed_disputed.sel(party="red", region="north") == 30).all()
    assert not has_missiles(ds).sel(party="red", region="north").any()
    assert (ds.deployed_announced.sel(party="red", region="south").isel(month=-1) == 10).all()


def test_an_event_takes_back_first_what_an_event_put_there(simulate):
    ds = simulate("""
        parties: {red: {doctrine: mirror}, blue: {doctrine: hold_back}}
        events:
          theirs: {month: 2020-02, does: deploy, programme: bow, region: north}
          own: {month: 2020-03, does: deploy, programme: arrow, region: north}
          own_gone: {month: 2020-04, does: remove, programme: arrow, region: north}
          theirs_gone: {month: 2020-06, does: remove, programme: bow, region: north}
    """).ds
    missiles = ds.deployed_announced.sel(party="red", region="north").isel(run=0).values
    assert missiles[:7].tolist() == [0, 10, 20, 10, 10, 0, 0]
