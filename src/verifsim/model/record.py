"""What is written down each month, so that rungs and outcomes can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifsim.arrays import Count, smallest_type

Recorded = dict[str, NDArray[Any]]
"""Variables by name; monthly ones have shape (run, month, ...), others (run, ...)."""

COUNTED_BY_MONTH = (
    "alarm",
    "moved_because",
    "talks",
    "inspections_held",
    "inspections_refused",
    "inspections_alarming",
    "inspections_clarified",
    "true_alarms",
    "findings",
    "spending",
)
"""Variables that say what happened in a month; the others say how things stand."""


MISSILES = ("deployed_announced", "deployed_undeclared", "deployed_disputed", "reserve")
"""Variables that count missiles."""


class Record:
    """Keeps what it is given each month; the first month fixes shapes and types.

    Parameters
    ----------
    n_months
        How many months there will be.
    most_missiles
        More there can never be of them; few of them are written down in half the memory.
    """

    def __init__(self, n_months: int, most_missiles: float) -> None:
        self._n_months = n_months
        self._missiles = smallest_type(most_missiles)
        self._monthly: Recorded = {}
        self._once: Recorded = {}

    def write(self, month: int, **variables: NDArray[Any] | list[NDArray[Any]]) -> None:
        """Write down the variables of a month, (..., run), or a list of what each party has."""
        if month == 0:
            self._make_room(variables)
        for name, values in variables.items():
            into = self._monthly[name][month]
            for place, value in (
                zip(into, values, strict=True) if isinstance(values, list) else [(into, values)]
            ):
                place[...] = value

    def _make_room(self, variables: dict[str, Any]) -> None:
        for name, given in variables.items():
            values = np.array(given)
            dtype = self._missiles if name in MISSILES else values.dtype
            self._monthly[name] = np.empty((self._n_months, *values.shape), dtype=dtype)

    def write_once(self, **variables: NDArray[Any]) -> None:
        """Write down what a run has but once, (..., run)."""
        self._once.update(variables)

    def freeze(self, since: Count) -> None:
        """Let nothing more happen, in what is written down, after a month, (run,).

        What is counted month by month is 0 from then on; everything else stays as it was in that month.
        """
        frozen = np.flatnonzero(since < self._n_months - 1)
        months = np.arange(self._n_months)[:, None]
        until, after = np.minimum(months, since[frozen]), months > since[frozen]
        for name, values in self._monthly.items():
            kept = values[until, ..., frozen]  # (month, frozen run, ...)
            if name in COUNTED_BY_MONTH:
                kept[after] = 0
            values[..., frozen] = np.moveaxis(kept, 1, -1)

    def result(self) -> Recorded:
        """Everything written down, the run first: other views of the same memory."""
        return {name: np.moveaxis(values, -1, 0) for name, values in (self._monthly | self._once).items()}
