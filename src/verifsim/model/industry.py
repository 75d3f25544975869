"""Development, flight test and production, within the money there is."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Mask, Number, Real
from verifsim.chance import Chance
from verifsim.model.arsenal import Arsenal, Stage

_MONTHS = 12
_ROUNDING = 1e-9
"""Twelve twelfths are a whole, whatever floating point says: of a battery, and of a month."""


def advance(arsenal: Arsenal, month: int, *, develop: Mask, produce: Mask, allowed: Mask) -> None:
    """Move programmes on to the stage that is due.

    Parameters
    ----------
    arsenal
        Changed in place.
    month
        Months since the start.
    develop, produce
        What the party decided, (run,). A planned programme starts with ``develop``; the
        first battery of a flight-tested one is fielded with ``produce``.
    allowed
        No treaty forbids flight tests and production, (run,).
    """
    starts = (arsenal.stage == Stage.PLANNED) & develop
    _enter(arsenal, starts, Stage.DEVELOPMENT, month + arsenal.figures.months_to_test)
    tests = (arsenal.stage == Stage.DEVELOPMENT) & (arsenal.due <= month + _ROUNDING) & allowed
    _enter(arsenal, tests, Stage.FLIGHT_TESTED, month + arsenal.figures.months_to_field)
    fields = (arsenal.stage == Stage.FLIGHT_TESTED) & (arsenal.due <= month + _ROUNDING) & allowed & produce
    _enter(arsenal, fields, Stage.PRODUCED, np.array(np.inf))
    arsenal.reserve += fields


def _enter(arsenal: Arsenal, where: Mask, stage: Stage, due: Real) -> None:
    if where.any():
        arsenal.stage[where] = stage
        arsenal.due = np.where(where, due, arsenal.due)


def slipped(arsenal: Arsenal, month: int, chance: Chance) -> Mask:
    """Programmes whose development comes no nearer this month, (programme, run)."""
    slips = np.zeros(arsenal.stage.shape, dtype=np.bool_)
    for p, name in enumerate(arsenal.names):
        if np.any(arsenal.figures.slips[p] > 0.0) and (arsenal.stage[p] < Stage.PRODUCED).any():
            slips[p] = chance.uniform(f"slip.{name}", month) < arsenal.figures.slips[p]
    return slips


def as_ceiling(budget: float | None) -> float:
    """A ceiling on spending as a number, infinite for none."""
    return np.inf if budget is None else budget


def spend(arsenal: Arsenal, month: int, *, produce: Mask, slips: Mask, ceiling: Number) -> Real:
    """Develop and produce for a month; what the ceiling does not cover is built later.

    Where all that is under way costs more than a twelfth of the ceiling, everything slows
    down alike: batteries are completed, and development falls due, that much later. A month of
    development that slips costs as much as any other.

    Parameters
    ----------
    arsenal
        Changed in place.
    month
        Months since the start.
    produce
        Production lines are at work, (run,).
    slips
        Development comes no nearer this month, (programme, run).
    ceiling
        US$ m a year, (run,) or for all; infinite for none.

    Returns
    -------
    US$ m spent this month, (run,); never more than a twelfth of the ceiling.
    """
    figures = arsenal.figures
    developing = (
        (arsenal.stage > Stage.PLANNED) & (arsenal.stage < Stage.PRODUCED) & (arsenal.due > month + _ROUNDING)
    )
    producing = (arsenal.stage == Stage.PRODUCED) & produce
    developed, produced = ([bool(runs.any()) for runs in where] for where in (developing, producing))
    a_year = np.zeros(arsenal.stage.shape[1])
    for p in range(len(arsenal.names)):
        if developed[p]:
            a_year += developing[p] * figures.development_cost[p]
        if produced[p]:
            a_year += producing[p] * (figures.a_year[p] * figures.cost[p])
    total, most = a_year / _MONTHS, np.asarray(ceiling) / _MONTHS
    share = np.minimum(1.0, most / np.where(total > 0.0, total, 1.0))
    for p in np.flatnonzero(developed).tolist():
        arsenal.due[p] += np.where(developing[p], 1.0 - np.where(slips[p], 0.0, share), 0.0)
    for p in np.flatnonzero(produced).tolist():
        arsenal.part_built[p] += producing[p] * (figures.a_year[p] / _MONTHS * share)
        complete = np.floor(arsenal.part_built[p] + _ROUNDING)
        arsenal.part_built[p] -= complete
        arsenal.reserve[p] += complete.astype(np.int32)
    return np.minimum(total, most)
