"""Batteries on the move: ordered out of reserve, delivered when due, withdrawn."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Count, Mask, Real
from verifsim.chance import Chance, whole_months
from verifsim.model.arsenal import Arsenal


def batteries_short(wanted: Real, own: Count, size: Count) -> Count:
    """Batteries to order so that missiles come up to a wanted number without passing it.

    Where a party has nothing and wants something, that is at least one battery.

    Parameters
    ----------
    wanted, own
        Missiles wanted, and standing or on their way, shape (run,).
    size
        Missiles in a battery, shape (1,) or (run,).

    Returns
    -------
    Batteries, 0 or more, shape (run,).
    """
    short = np.floor(np.maximum(wanted - own, 0.0) / size)
    return np.where((wanted > 0.0) & (own == 0), np.maximum(short, 1.0), short).astype(np.int16)


def order(arsenal: Arsenal, month: int, wanted: Real, undeclared: Mask, free: Mask, chance: Chance) -> None:
    """Order batteries out of reserve, programme by programme and region by region as listed.

    A programme has one shipment a region on the way at a time; what the reserve cannot
    give is ordered in a later month, if it is still wanted.

    Parameters
    ----------
    arsenal
        Changed in place.
    month
        Months since the start.
    wanted
        Missiles wanted in a region, (region, run).
    undeclared
        They are to be hidden, (region, run).
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
            n = np.where(may, np.minimum(batteries_short(wanted[r], own[r], sizes[p]), arsenal.reserve[p]), 0)
            arsenal.reserve[p] -= n
            arsenal.on_the_way[p, r] += n
            arsenal.arrives[p, r] = np.where(n > 0, arrives, arsenal.arrives[p, r])
            arsenal.arrives_undeclared[p, r] = np.where(
                n > 0, undeclared[r], arsenal.arrives_undeclared[p, r]
            )
            own[r] += n * sizes[p]


def deliver(arsenal: Arsenal, month: int) -> None:
    """Let arrive what is due; in place."""
    due = (arsenal.on_the_way > 0) & (arsenal.arrives <= month)
    if not due.any():
        return
    arriving = np.where(due, arsenal.on_the_way, 0)
    arsenal.undeclared += np.where(arsenal.arrives_undeclared, arriving, 0)
    arsenal.announced += np.where(arsenal.arrives_undeclared, 0, arriving)
    arsenal.on_the_way -= arriving


def turn_back(arsenal: Arsenal, where: Mask) -> None:
    """Send what is openly on the way back to reserve where a mask (region, run) holds; in place."""
    if not where.any():
        return
    back = np.where(where & ~arsenal.arrives_undeclared, arsenal.on_the_way, 0)
    arsenal.on_the_way -= back
    arsenal.reserve += back.sum(axis=1, dtype=np.int16)


def withdraw(arsenal: Arsenal, where: Mask) -> None:
    """Bring home what stands in a region, but for what an event put there; mask (region, run), in place."""
    if not where.any():
        return
    announced = np.where(where, arsenal.announced - arsenal.fixed_announced, 0)
    undeclared = np.where(where, arsenal.undeclared - arsenal.fixed_undeclared, 0)
    arsenal.announced -= announced
    arsenal.undeclared -= undeclared
    arsenal.reserve += (announced + undeclared).sum(axis=1, dtype=np.int16)
