"""What is written down each month, so that rungs and outcomes can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Recorded = dict[str, NDArray[Any]]
"""Variables by name; monthly ones have shape (run, month, ...), others (run, ...)."""


class Record:
    """Keeps what it is given each month; the first month fixes shapes and types.

    In here the run comes first, as in the results: written month by month into its last place,
    nothing has to be turned around, or held twice, later.
    """

    def __init__(self, n_months: int) -> None:
        self._n_months = n_months
        self._monthly: Recorded = {}
        self._once: Recorded = {}

    def write(self, month: int, **variables: NDArray[Any]) -> None:
        """Write down the variables of a month, (..., run)."""
        for name, values in variables.items():
            if month == 0:
                *others, n_runs = values.shape
                self._monthly[name] = np.empty((n_runs, self._n_months, *others), dtype=values.dtype)
            self._monthly[name][:, month] = np.moveaxis(values, -1, 0)

    def write_once(self, **variables: NDArray[Any]) -> None:
        """Write down what a run has but once, (..., run)."""
        self._once.update({name: np.moveaxis(values, -1, 0) for name, values in variables.items()})

    def result(self) -> Recorded:
        """Everything written down."""
        return self._monthly | self._once
