"""Names for the arrays of the model, whose last axis is always the run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""Yes or no, for each run."""

Count = NDArray[np.integer[Any]]
"""Whole things: batteries, missiles, months."""

Real = NDArray[np.float64]
"""Chances, sums of money, assumed numbers."""

Number = float | Real
"""A parameter: one number for all runs, or one for each."""

Runs = NDArray[np.intp]
"""The numbers of some runs, where only they are looked at."""

NEVER = np.iinfo(np.int16).max
"""The month that does not come: nothing is due."""


def smallest_type(most: Number) -> type[np.signedinteger[Any]]:
    """Whole numbers in 16 bits where there can never be more of them, else in 32: half the memory."""
    return np.int16 if np.max(most) <= np.iinfo(np.int16).max else np.int32


def column(numbers: Iterable[Number]) -> Real:
    """Parameters one below the other: (number, 1) where each is one for all runs, else (number, run)."""
    rows = [np.atleast_1d(np.asarray(number, dtype=np.float64)) for number in numbers]
    return np.stack(np.broadcast_arrays(*rows)) if rows else np.zeros((0, 1))


def power(base: Number, exponent: Number | Count) -> Real:
    """``base ** exponent``, the same to the bit whether these are one for all runs or one for each.

    NumPy takes a short cut to squares and roots where one exponent serves all: laid out in full, none does.
    """
    base, exponent = np.broadcast_arrays(np.asarray(base, dtype=np.float64), exponent)
    return np.power(base, np.ascontiguousarray(exponent)).reshape(base.shape)


def of_runs(number: Any, runs: Runs) -> Any:
    """A parameter in some runs alone: itself, where it is one number for all."""
    return number[..., runs] if isinstance(number, np.ndarray) and number.shape[-1:] > (1,) else number


def either(where: Mask, one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """``np.where``, for masks in bits: NumPy picks one by one, which takes five times as long."""
    if one is other:
        return one
    if one.dtype == other.dtype == np.bool_:
        return (where & one) | (~where & other)
    return np.where(where, one, other)


def chosen(rows: Real, which: Count) -> Real:
    """From a `column`, the row that each run chooses, of the shape of ``which``, (..., run)."""
    return rows[which, np.arange(which.shape[-1]) if rows.shape[-1] > 1 else 0]
