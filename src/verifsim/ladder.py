"""The escalation ladder: seven rungs, read from the top, the first that holds.

A rung is a function of recorded variables alone, so that anyone can recompute it
from a results file.
"""

from __future__ import annotations

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
    result = np.where(verified, VERIFIED_RESTRAINT, RESTRAINT).astype(np.int8)
    result[disputed] = DISPUTE
    result[racing & ~restrained] = DEVELOPMENT_RACE
    return _with_missiles(result, has, added_lately)


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
    """Put the rungs from the first deployment up over what is ``below`` them; in place."""
    both = has.all(axis=0)
    below[has.any(axis=0)] = FIRST_DEPLOYMENT
    below[both] = MIRRORED_DEPLOYMENT
    below[both & added_lately] = ARMS_RACE
    return below


class Additions:
    """Remembers when a party last added missiles after both had some.

    Works on missiles of shape (party, ..., run); in the first month nothing counts as
    added, for nobody knows what stood there before.
    """

    def __init__(self, window: int) -> None:
        self._window = window
        self._before: Count | None = None
        self._last: Count | None = None

    def lately(self, missiles: Count, month: int) -> Mask:
        """Take this month's missiles; say where an addition is younger than the window.

        Returns a mask of shape (..., run).
        """
        if self._before is None or self._last is None:
            self._last = np.full(missiles.shape[1:], -NEVER, dtype=np.int32)
        else:
            both_had = (self._before > 0).all(axis=0)
            added = (missiles > self._before).any(axis=0) & both_had
            self._last[added] = month
        self._before = missiles.copy()
        return month - self._last < self._window
