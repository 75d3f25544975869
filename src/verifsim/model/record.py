"""What is written down each month, so that rungs and outcomes can be recomputed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifsim.arrays import Count

Recorded = dict[str, NDArray[Any]]
"""Variables by name; monthly ones have shape (run, month, ...), others (run, ...)."""

BLOCK = 24
"""Months gathered before they are turned around: the run comes last in the model and first in
the results, and turning many months at once spares the memory a jump for every number."""


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
        self._n_months, self._written = n_months, 0
        self._missiles = np.int16 if most_missiles <= np.iinfo(np.int16).max else np.int32
        self._block: Recorded = {}
        self._monthly: Recorded = {}
        self._once: Recorded = {}

    def write(self, month: int, **variables: NDArray[Any] | list[NDArray[Any]]) -> None:
        """Write down the variables of a month, (..., run), or a list of what each party has."""
        if month == 0:
            self._make_room(variables)
        for name, values in variables.items():
            into = self._block[name][month - self._written]
            for place, value in (
                zip(into, values, strict=True) if isinstance(values, list) else [(into, values)]
            ):
                place[...] = value
        if month + 1 - self._written == BLOCK or month + 1 == self._n_months:
            self._turn_around(month + 1)

    def _make_room(self, variables: dict[str, Any]) -> None:
        for name, given in variables.items():
            values = np.array(given)
            *others, n_runs = values.shape
            dtype = self._missiles if name in MISSILES else values.dtype
            self._block[name] = np.empty((min(BLOCK, self._n_months), *values.shape), dtype=dtype)
            self._monthly[name] = np.empty((n_runs, self._n_months, *others), dtype=dtype)

    def _turn_around(self, until: int) -> None:
        months = slice(self._written, until)
        for name, block in self._block.items():
            self._monthly[name][:, months] = np.moveaxis(block[: until - self._written], -1, 0)
        self._written = until

    def write_once(self, **variables: NDArray[Any]) -> None:
        """Write down what a run has but once, (..., run)."""
        self._once.update({name: np.moveaxis(values, -1, 0) for name, values in variables.items()})

    def freeze(self, since: Count) -> None:
        """Let nothing more happen, in what is written down, after a month, (run,).

        What is counted month by month is 0 from then on; everything else stays as it was in that month.
        """
        frozen = np.flatnonzero(since < self._n_months - 1)
        months = np.arange(self._n_months)
        until = np.minimum(months, since[frozen, None])
        after = months > since[frozen, None]
        for name, values in self._monthly.items():
            kept = values[frozen[:, None], until]
            if name in COUNTED_BY_MONTH:
                kept[after] = 0
            values[frozen] = kept

    def result(self) -> Recorded:
        """Everything written down."""
        return self._monthly | self._once
