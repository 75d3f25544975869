"""Batteries on the move: ordered out of reserve, delivered when due, withdrawn."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Count, Mask, Real
from verifsim.chance import Chance, whole_months
from verifsim.model.arsenal import Arsenal, Place


def batteries_short(wanted: Real, own: Count, size: Count) -> Real:
    """Batteries that are short of a wanted number of missiles, without passing it.

    Where a party has nothing and wants something, that is at least one battery.

    Parameters
    ----------
    wanted, own
        Missiles wanted, and standing or on their way, shape (..., run).
    size
        Missiles in a battery, broadcast.

    Returns
    -------
    Whole batteries, 0 or more, of the common shape.
    """
    short = np.floor(np.maximum(wanted - own, 0.0) / size)
    return np.where((wanted > 0.0) & (own == 0), np.maximum(short, 1.0), short)


def order(arsenal: Arsenal, month: int, wanted: Real, place: Count, free: Mask, chance: Chance) -> None:
    """Order batteries out of reserve, programme by programme and region by region as listed.

    A programme has one shipment a region on the way at a time; what the reserve cannot
    give is ordered once that has arrived, if it is still wanted.

    Parameters
    ----------
    arsenal
        Changed in place.
    month
        Months since the start.
    wanted
        Missiles wanted in a region, (region, run).
    place
        How they are to stand there, as a `Place`, (region, run).
    free
        No agreement forbids it, (region, run).
    chance
        Rounds lead times of a fraction of a month.
    """
    sizes, months = arsenal.figures.missiles, arsenal.figures.months_to_move
    own = arsenal.missiles(arsenal.standing + arsenal.on_the_way)
    for p, name in enumerate(arsenal.names):
        u = chance.uniform(f"move.{name}", month) if months[p] % 1 else np.zeros(1)
        if not arsenal.reserve[p].any():
            continue
        arrives = month + whole_months(months[p], u)
        for r in range(len(wanted)):
            may = free[r] & arsenal.figures.can_stand[p, r] & (arsenal.on_the_way[p, r] == 0)
            short = np.minimum(batteries_short(wanted[r], own[r], sizes[p]), arsenal.reserve[p])
            n = np.where(may, short, 0).astype(np.int32)
            arsenal.reserve[p] -= n
            arsenal.on_the_way[p, r] += n
            arsenal.arrives[p, r] = np.where(n > 0, arrives, arsenal.arrives[p, r])
            arsenal.arrives_as[p, r] = np.where(n > 0, place[r], arsenal.arrives_as[p, r])
            own[r] += n * sizes[p]


def deliver(arsenal: Arsenal, month: int) -> None:
    """Let arrive what is due; in place."""
    due = (arsenal.on_the_way > 0) & (arsenal.arrives <= month)
    if not due.any():
        return
    arriving = np.where(due, arsenal.on_the_way, 0)
    for place in Place:
        arsenal.deployed[place] += np.where(arsenal.arrives_as == place, arriving, 0)
    arsenal.on_the_way -= arriving


def turn_back(arsenal: Arsenal, where: Mask) -> None:
    """Send what is openly on the way back to reserve where a mask (region, run) holds; in place."""
    if not where.any():
        return
    back = np.where(where & (arsenal.arrives_as == Place.ANNOUNCED), arsenal.on_the_way, 0)
    arsenal.on_the_way -= back
    arsenal.reserve += back.sum(axis=1, dtype=np.int32)


def withdraw(arsenal: Arsenal, where: Mask) -> None:
    """Bring home what stands in a region, but for what an event put there; mask (region, run), in place."""
    if not where.any():
        return
    home = np.where(where, arsenal.deployed - arsenal.by_event, 0)
    arsenal.deployed -= home
    arsenal.reserve += home.sum(axis=(0, 2), dtype=np.int32)
