"""The ladder as somebody reads it: in truth, or as a party perceives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import Count, Mask
from verifsim.ladder import Additions, Rung, rung, world_rung

if TYPE_CHECKING:
    from verifsim.model.party import Party
    from verifsim.model.world import World


class Reading:
    """Reads the ladder month by month off one picture of who has what."""

    def __init__(self, world: World) -> None:
        self._world = world
        window = world.inputs.escalation.arms_race_months
        self._there, self._somewhere = Additions(window), Additions(window, anywhere=True)

    def read(self, missiles: Count, believed: Mask) -> tuple[Rung, Rung]:
        """Give the rungs of the regions, (region, run), and of the world, (run,).

        Parameters
        ----------
        missiles
            What stands in regions, disputed missiles apart, (party, region, run).
        believed
            A violation is believed there, (region, run).
        """
        world = self._world
        pledged = np.any([party.pledged for party in world.parties], axis=0)
        inspections_suspended = world.moratorium.stands & world.moratorium.inspections_suspended(world.month)
        suspended = world.treaty.suspended | inspections_suspended
        rungs = rung(
            has=missiles > 0,
            added_lately=self._there.lately(missiles, world.month),
            racing=np.all([party.tested_or_produces for party in world.parties], axis=0),
            restrained=pledged | world.moratorium.stands | world.treaty.binds,
            disputed=believed | (world.missiles("disputed") > 0).any(axis=0) | suspended,
            verified=world.moratorium.binds.all(axis=0) & world.moratorium.inspections_run(world.month),
        )
        lately = self._somewhere.lately(missiles, world.month)
        return rungs, world_rung(rungs, has=np.any(missiles > 0, axis=1), added_lately=lately)


def in_truth(reading: Reading, world: World) -> tuple[Rung, Rung]:
    """The rungs as they are: what stands there, and a violation that either party believes in."""
    believed = world.of_each("believed") > world.inputs.escalation.violation_believed_above
    return reading.read(world.of_each("missiles_standing"), believed.any(axis=0))


def perceived(reading: Reading, party: Party) -> Rung:
    """The rung of the world as a party perceives it, (run,).

    It knows its own missiles and what the other announces; where it believes in a violation, it reckons
    with the reference quantity.
    """
    inputs = party.world.inputs
    believed = party.believed > inputs.escalation.violation_believed_above
    theirs = party.other.arsenal
    assumed = theirs.missiles(theirs.announced) + believed * np.int32(
        np.ceil(inputs.believing.reference_missiles)
    )
    picture = [party.missiles_standing, assumed]
    return reading.read(np.stack(picture if party.number == 0 else picture[::-1]), believed)[1]
