"""The ladder as somebody reads it: in truth, or as a party perceives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifsim.arrays import Count, Mask
from verifsim.ladder import FIRST_DEPLOYMENT, Additions, Rung, rung, world_rung

if TYPE_CHECKING:
    from verifsim.model.party import Party
    from verifsim.model.world import World


@dataclass(frozen=True)
class Circumstances:
    """What the ladder asks of a month that everybody knows alike."""

    racing: Mask
    """Both have flight-tested or produce, (run,)."""
    restrained: Mask
    """A pledge, a moratorium or the treaty stands there, (region, run)."""
    disputed: Mask
    """A disputed system stands there, or an agreement is suspended, (region, run)."""
    verified: Mask
    """A moratorium binds both there and its inspections run, (region, run)."""

    @classmethod
    def of(cls, world: World) -> Circumstances:
        """Those of the world's month."""
        agreements, month = world.agreements, world.month
        pledged = np.any([party.pledged for party in world.parties], axis=0)
        return cls(
            racing=np.all([party.tested_or_produces for party in world.parties], axis=0),
            restrained=pledged | agreements.stands | world.treaty.binds,
            disputed=(world.missiles("disputed") > 0).any(axis=0)
            | world.treaty.suspended
            | agreements.suspended(month),
            verified=agreements.verified(month),
        )


class Reading:
    """Reads the ladder month by month off one picture of who has what."""

    def __init__(self, world: World) -> None:
        self._world = world
        window = world.inputs.escalation.arms_race_months
        self._there, self._somewhere = Additions(window), Additions(window, anywhere=True)

    def read(self, missiles: Count, believed: Mask, known: Circumstances) -> tuple[Rung, Rung]:
        """Give the rungs of the regions, (region, run), and of the world, (run,).

        Parameters
        ----------
        missiles
            What stands in regions, disputed missiles apart, (party, region, run).
        believed
            A violation is believed there, (region, run).
        known
            What everybody knows.
        """
        month = self._world.month
        has = missiles > 0
        rungs = rung(
            has=has,
            added_lately=self._there.lately(missiles, month),
            racing=known.racing,
            restrained=known.restrained,
            disputed=believed | known.disputed,
            verified=known.verified,
        )
        lately = self._somewhere.lately(missiles, month)
        return rungs, world_rung(rungs, has=np.any(has, axis=1), added_lately=lately)


def in_truth(
    reading: Reading, standing: Count, believed: list[Mask], known: Circumstances
) -> tuple[Rung, Rung]:
    """The rungs as they are: what stands there, and a violation that either party believes in.

    ``standing``: missiles, disputed ones apart, (party, region, run); ``believed``: where each party
    believes in a violation, (region, run).
    """
    return reading.read(standing, np.logical_or.reduce(believed), known)


def misperceived(perceived: Rung, world: Rung) -> Mask:
    """A party takes the world for another rung than it is on, and one of the two is a deployment, (run,).

    ``perceived``: (party, run).
    """
    differs = (perceived != world) & (np.maximum(perceived, world) >= FIRST_DEPLOYMENT)
    return np.asarray(differs.any(axis=0))


def perceived(
    reading: Reading, party: Party, announced: Count, undeclared: Count, believed: Mask, known: Circumstances
) -> Rung:
    """The rung of the world as a party perceives it, (run,).

    It knows its own missiles and what the other announces; where it believes in a violation, it reckons
    with the reference quantity. ``announced``, ``undeclared``: missiles, (party, region, run); ``believed``:
    where it believes in a violation, (region, run).
    """
    reference = np.int32(np.ceil(party.world.inputs.believing.reference_missiles))
    picture = announced.copy()
    picture[party.number] += undeclared[party.number]
    picture[party.other.number] += believed * reference
    return reading.read(picture, believed, known)[1]
