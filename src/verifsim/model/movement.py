"""Batteries on the move: ordered out of reserve, delivered when due, withdrawn."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Count, Mask, Real, of_runs
from verifsim.chance import Chance, Luck, whole_months
from verifsim.model.arsenal import COUNTED, Arsenal, Place

OWN, BY_EVENT = range(2)
"""Who brought the batteries of an exercise."""

_ROUNDING = 1e-9
"""Three thirds are a whole, whatever floating point says."""


def batteries_short(wanted: Real, own: Count, size: Count | Real) -> Real:
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


def order(
    arsenal: Arsenal,
    month: int,
    wanted: Real,
    place: Count,
    free: Mask,
    chance: Chance,
    conversion_months: Real,
) -> None:
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
        Nothing forbids it, (region, run).
    chance
        Rounds lead times of a fraction of a month.
    conversion_months
        How long it takes to make a site's cells ready for them, (region, run): what is hidden at a site
        arrives no sooner.
    """
    own, u = arsenal.own_missiles(), Luck(chance, "move", month)
    short = free & (batteries_short(wanted, own, arsenal.smallest_battery) > 0)
    for r in np.flatnonzero(short.any(axis=1)):
        for p, name in enumerate(arsenal.names):
            may = short[r] & (arsenal.reserve[p] > 0) & (arsenal.on_the_way[p, r] == 0)
            runs = np.flatnonzero(may & arsenal.figures.can_stand[p, r])
            if not runs.size:
                continue
            size = of_runs(arsenal.figures.missiles[p], runs)
            n = np.minimum(batteries_short(wanted[r, runs], own[r, runs], size), arsenal.reserve[p, runs])
            runs, n = runs[n > 0], n[n > 0].astype(np.int32)
            if not runs.size:
                continue
            arsenal.reserve[p, runs] -= n
            own[r, runs] += n * of_runs(arsenal.figures.missiles[p], runs)
            ready = np.where(place[r, runs] == Place.AT_SITE, conversion_months[r, runs], 0.0)
            months = np.maximum(of_runs(arsenal.figures.months_to_move[p], runs), ready)
            arsenal.on_the_way[p, r, runs] += n
            arsenal.arrives[p, r, runs] = month + whole_months(months, u[name][runs])
            arsenal.arrives_as[p, r, runs] = place[r, runs]
    _forget_what_went_elsewhere(arsenal)


def _forget_what_went_elsewhere(arsenal: Arsenal) -> None:
    """Batteries that moved out and were sent elsewhere are disputed no more, nor are new ones; in place."""
    for out, reserve in zip(arsenal.moved_out, arsenal.reserve, strict=True):
        if out.any():
            gone = np.maximum(out.sum(axis=0, dtype=np.int32) - reserve, 0)
            for there in out:
                cut = np.minimum(there, gone)
                there -= cut
                gone = gone - cut


def deliver(arsenal: Arsenal, month: int) -> Mask:
    """Let arrive what is due, in place; say where something for an exercise did, (programme, region, run)."""
    begun = np.zeros_like(arsenal.on_the_way, dtype=np.bool_)
    for p, on_the_way in enumerate(arsenal.on_the_way):
        for r in np.flatnonzero(on_the_way.any(axis=1)):
            runs = np.flatnonzero((on_the_way[r] > 0) & (arsenal.arrives[p, r] <= month))
            place = arsenal.arrives_as[p, r, runs]
            arsenal.deployed[place, p, r, runs] += on_the_way[r, runs]
            on_the_way[r, runs] = 0
            begun[p, r, runs] = place == Place.EXERCISE
    return begun


def turn_back(arsenal: Arsenal, where: Mask) -> None:
    """Send what is openly on the way back to reserve where a mask (region, run) holds; in place."""
    if not (where.any() and arsenal.on_the_way.any()):
        return
    openly = (arsenal.arrives_as == Place.ANNOUNCED) | (arsenal.arrives_as == Place.EXERCISE)
    back = np.where(where & openly, arsenal.on_the_way, 0)
    arsenal.on_the_way -= back
    arsenal.reserve += back.sum(axis=1, dtype=np.int32)


def withdraw(arsenal: Arsenal, where: Mask) -> None:
    """Bring home what stands in a region, but for what an event put there; mask (region, run), in place.

    What is disputed was there before: it stays.
    """
    if not where.any():
        return
    for place in COUNTED:
        for p in range(len(arsenal.names)):
            if arsenal.deployed[place, p].any():
                home = (arsenal.deployed[place, p] - arsenal.by_event[place, p]) * where
                arsenal.deployed[place, p] -= home
                arsenal.reserve[p] += home.sum(axis=0, dtype=np.int32)


def end_exercises(arsenal: Arsenal, month: int, stays: Mask) -> None:
    """End the exercises that are due: their batteries stay for good where a mask holds, else they go home.

    Those that an event brought go as they came, from outside the party's stocks; in place.

    Parameters
    ----------
    arsenal
        Changed in place.
    month
        Months since the start.
    stays
        What was temporary becomes lasting, (region, run).
    """
    by_event = arsenal.by_event[Place.EXERCISE]
    for brought_by, there in enumerate((arsenal.deployed[Place.EXERCISE] - by_event, by_event)):
        over = np.where(arsenal.exercise_ends[brought_by] <= month, there, 0)
        lasting = np.where(stays, over, 0)
        arsenal.deployed[Place.ANNOUNCED] += lasting
        arsenal.deployed[Place.EXERCISE] -= over
        if brought_by == BY_EVENT:
            arsenal.by_event[Place.ANNOUNCED] += lasting
            arsenal.by_event[Place.EXERCISE] -= over
        else:
            arsenal.reserve += (over - lasting).sum(axis=1, dtype=np.int32)


def move_out(arsenal: Arsenal, programme: int, region: int, share: Real) -> None:
    """Bring disputed batteries home until a share of those that were there has left; in place.

    Parameters
    ----------
    arsenal
        Changed in place.
    programme, region
        Which, and from where.
    share
        0 to 1, (run,).
    """
    disputed, out = arsenal.deployed[Place.DISPUTED, programme, region], arsenal.moved_out[programme, region]
    due = np.floor((disputed + out) * share + _ROUNDING).astype(np.int32)
    leaves = np.clip(due - out, 0, disputed)
    disputed -= leaves
    out += leaves
    arsenal.reserve[programme] += leaves


def bring_back(arsenal: Arsenal, programme: int, month: int, covered: Mask, chance: Chance) -> None:
    """Send disputed batteries of a programme back to where they stood, unless covered by an agreement.

    Parameters
    ----------
    arsenal
        Changed in place.
    programme
        The number of the programme.
    month
        Months since the start.
    covered
        An agreement keeps them out, (region, run): what is on its way back turns around.
    chance
        Rounds lead times of a fraction of a month.
    """
    reserve, moved_out = arsenal.reserve[programme], arsenal.moved_out[programme]
    on_the_way, arrives_as = arsenal.on_the_way[programme], arsenal.arrives_as[programme]
    returning = covered & (arrives_as == Place.DISPUTED)
    if returning.any():
        turned = on_the_way * returning
        on_the_way -= turned
        moved_out += turned
        reserve += turned.sum(axis=0, dtype=np.int32)
    u = Luck(chance, "return", month)
    for r in np.flatnonzero(moved_out.any(axis=1)):
        n = np.minimum(moved_out[r], reserve) * (~covered[r] & (on_the_way[r] == 0))
        runs = np.flatnonzero(n)
        if not runs.size:
            continue
        reserve[runs] -= n[runs]
        moved_out[r, runs] -= n[runs]
        on_the_way[r, runs] += n[runs]
        months = of_runs(arsenal.figures.months_to_move[programme], runs)
        arsenal.arrives[programme, r, runs] = month + whole_months(months, u[arsenal.names[programme]][runs])
        arrives_as[r, runs] = Place.DISPUTED
