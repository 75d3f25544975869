"""Names for the arrays of the model, whose last axis is always the run."""

from __future__ import annotations

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


def of_runs(number: Number, runs: Runs) -> Number:
    """A parameter in some runs alone: itself, where it is one number for all."""
    return number[..., runs] if isinstance(number, np.ndarray) else number
