"""What is written down each month, so that rungs and outcomes can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Recorded = dict[str, NDArray[Any]]
"""Variables by name; monthly ones have shape (run, month, ...), others (run, ...)."""

BLOCK = 24
"""Months gathered before they are turned around: the run comes last in the model and first in
the results, and turning many months at once spares the memory a jump for every number."""


class Record:
    """Keeps what it is given each month; the first month fixes shapes and types."""

    def __init__(self, n_months: int) -> None:
        self._n_months, self._written = n_months, 0
        self._block: Recorded = {}
        self._monthly: Recorded = {}
        self._once: Recorded = {}

    def write(self, month: int, **variables: NDArray[Any]) -> None:
        """Write down the variables of a month, (..., run)."""
        if month == 0:
            self._make_room(variables)
        for name, values in variables.items():
            self._block[name][month - self._written] = values
        if month + 1 - self._written == BLOCK or month + 1 == self._n_months:
            self._turn_around(month + 1)

    def _make_room(self, variables: Recorded) -> None:
        for name, values in variables.items():
            *others, n_runs = values.shape
            self._block[name] = np.empty((min(BLOCK, self._n_months), *values.shape), dtype=values.dtype)
            self._monthly[name] = np.empty((n_runs, self._n_months, *others), dtype=values.dtype)

    def _turn_around(self, until: int) -> None:
        months = slice(self._written, until)
        for name, block in self._block.items():
            self._monthly[name][:, months] = np.moveaxis(block[: until - self._written], -1, 0)
        self._written = until

    def write_once(self, **variables: NDArray[Any]) -> None:
        """Write down what a run has but once, (..., run)."""
        self._once.update({name: np.moveaxis(values, -1, 0) for name, values in variables.items()})

    def result(self) -> Recorded:
        """Everything written down."""
        return self._monthly | self._once
