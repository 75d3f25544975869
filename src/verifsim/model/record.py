"""What is written down each month, so that rungs and outcomes can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Recorded = dict[str, NDArray[Any]]
"""Variables by name; monthly ones have shape (month, ..., run), others (..., run)."""


class Record:
    """Keeps what it is given each month; the first month fixes shapes and types."""

    def __init__(self, n_months: int) -> None:
        self._n_months = n_months
        self._monthly: Recorded = {}
        self._once: Recorded = {}

    def write(self, month: int, **variables: NDArray[Any]) -> None:
        """Write down the variables of a month, (..., run)."""
        for name, values in variables.items():
            if month == 0:
                self._monthly[name] = np.empty((self._n_months, *values.shape), dtype=values.dtype)
            self._monthly[name][month] = values

    def write_once(self, **variables: NDArray[Any]) -> None:
        """Write down what a run has but once, (run,)."""
        self._once.update(variables)

    def result(self) -> Recorded:
        """Everything written down."""
        return self._monthly | self._once
