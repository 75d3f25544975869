"""What becomes of a world when it is over."""

from __future__ import annotations

import gc
import weakref

from verifsim.model.world import World

QUIET = """
    parties: {red: {doctrine: mirror}, blue: {doctrine: hold_back}}
    doctrines: {mirror: {}, hold_back: {}}
"""


def test_what_a_finished_world_holds_is_let_go_of_at_once(scenario):
    world = World(scenario(QUIET).scenario, 0, 5)
    world.step()
    party = world.parties[0]
    watched = [weakref.ref(held) for held in (world, party, party.stationing, party.alarm, party.belief)]
    gc.disable()  # which would find circles too, but not before many chunks of runs have been simulated
    try:
        world.close()
        del world, party
        assert [ref() for ref in watched] == [None] * len(watched)
    finally:
        gc.enable()
