"""The escalation ladder: seven rungs, read from the top, the first that holds.

A rung is a function of recorded variables alone, so that anyone can recompute it
from a results file.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from verifsim.arrays import NEVER, Count, Mask

RUNGS = (
    "verified restraint",
    "restraint",
    "dispute",
    "development race",
    "first deployment",
    "mirrored deployment",
    "arms race",
)
"""The names of the rungs; a rung's number is its place here."""

VERIFIED_RESTRAINT, RESTRAINT, DISPUTE, DEVELOPMENT_RACE, FIRST_DEPLOYMENT, MIRRORED_DEPLOYMENT, ARMS_RACE = (
    range(7)
)

Rung = NDArray[np.int8]


def rung(
    *,
    has: Mask,
    added_lately: Mask,
    racing: Mask,
    restrained: Mask,
    disputed: Mask,
    verified: Mask,
) -> Rung:
    """Give the rung of each region.

    Parameters
    ----------
    has
        A party has missiles there, announced or undeclared (the truth, not belief;
        disputed systems apart), shape (party, region, run).
    added_lately
        One has added missiles there lately, after both had, shape (region, run).
    racing
        Both have flight-tested or produce, shape (run,).
    restrained
        A pledge, a moratorium or the treaty stands there, shape (region, run).
    disputed
        A violation is believed there, a disputed system stands there, or an agreement
        is suspended now, shape (region, run).
    verified
        A moratorium binds both there and its inspections run, shape (region, run).

    Returns
    -------
    Rungs 0 to 6, shape (region, run).
    """
    below = _highest((RESTRAINT, ~verified), (DISPUTE, disputed), (DEVELOPMENT_RACE, racing & ~restrained))
    return _with_missiles(below, has, added_lately)


def world_rung(regional: Rung, *, has: Mask, added_lately: Mask) -> Rung:
    """Give the rung of the world: missiles count wherever they stand.

    Parameters
    ----------
    regional
        The rungs of the regions, shape (region, run).
    has
        A party has missiles somewhere, shape (party, run).
    added_lately
        One has added missiles somewhere lately, after both had some, shape (run,).

    Returns
    -------
    Rungs 0 to 6, shape (run,): below the first deployment, that of the highest region.
    """
    return _with_missiles(regional.max(axis=0), has, added_lately)


def _with_missiles(below: Rung, has: Mask, added_lately: Mask) -> Rung:
    """Put the rungs from the first deployment up over what is ``below`` them."""
    one, both = np.asarray(has.any(axis=0)), np.asarray(has.all(axis=0))
    reached = _highest((FIRST_DEPLOYMENT, one), (MIRRORED_DEPLOYMENT, both), (ARMS_RACE, both & added_lately))
    return np.maximum(below, reached)


def _highest(*rungs: tuple[int, Mask]) -> Rung:
    """The highest of some rungs that holds, the lowest of all where none does; shape of the masks."""
    held = [np.multiply(holds, np.int8(number)) for number, holds in rungs]
    return reduce(np.maximum, held)


class Additions:
    """Remembers when a party last added missiles after both had some.

    In the first month nothing counts as added, for nobody knows what stood there before.

    Parameters
    ----------
    window
        How many months an addition counts, its own included.
    anywhere
        Whether missiles count wherever they stand: both had some somewhere, and one has added
        some in any region. Else region by region.
    """

    def __init__(self, window: int, *, anywhere: bool = False) -> None:
        self._window, self._anywhere = window, anywhere
        self._before: Count | None = None
        self._last: Count | None = None

    def lately(self, missiles: Count, month: int) -> Mask:
        """Take this month's missiles, (party, region, run); say where an addition is younger than the window.

        Returns a mask of shape (region, run), or (run,) for anywhere.
        """
        if self._before is None or self._last is None:
            self._last = np.full(missiles.shape[2 if self._anywhere else 1 :], -NEVER, dtype=np.int32)
        else:
            had, more = self._before > 0, missiles > self._before
            if self._anywhere:
                had, more = np.any(had, axis=1), np.any(more, axis=1)
            self._last[more.any(axis=0) & had.all(axis=0)] = month
        self._before = missiles.copy()
        return month - self._last < self._window
