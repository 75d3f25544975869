"""Outcomes as columns, a value a run: read off whole results, held by reduced ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.outcomes.base import Outcome
from verifsim.results import EXISTS, is_reduced

OUTCOME = "outcome."
"""Before the name of an outcome's column in reduced results."""

Columns = Mapping[str, NDArray[Any]]
"""Values of all runs, (run,), by name: ``deployed.russia.europe``."""


def column(outcome: Outcome, members: tuple[str, ...]) -> str:
    """The name of one outcome of one party, region or both: ``deployed.russia.europe``."""
    return ".".join((outcome.name, *members))


def columns(ds: xr.Dataset, outcomes: Sequence[Outcome]) -> Columns:
    """The columns of some outcomes that have a meaning in some run; yes and no as 1 and 0, none as nan.

    Those of reduced results are as narrow as holds them exactly: take them as float64 to reckon with them.
    """
    if is_reduced(ds):
        wanted = {outcome.name for outcome in outcomes}
        held = {str(name).removeprefix(OUTCOME): name for name in ds if str(name).startswith(OUTCOME)}
        return {name: ds[key].values for name, key in held.items() if name.split(".")[0] in wanted}
    read = [(name, values.astype(np.float64)) for name, values, n in _read(ds, outcomes) if n]
    return {name: values for name, values in read if not np.isnan(values).all()}


def every_column(ds: xr.Dataset, outcomes: Sequence[Outcome]) -> dict[str, NDArray[Any]]:
    """Of some whole runs, what reduced results are to hold: the columns, and in how many runs each is there.

    No column is left out here, for it may have a meaning in other runs.
    """
    held: dict[str, NDArray[Any]] = {}
    for name, values, n in _read(ds, outcomes):
        held |= {OUTCOME + name: narrow(values), EXISTS + OUTCOME + name: np.asarray(n)}
    return held


def narrow(values: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in half the memory, where that holds them exactly."""
    wide = values.astype(np.float64)
    half = wide.astype(np.float32)
    return half if np.array_equal(half, wide, equal_nan=True) else wide


def _read(ds: xr.Dataset, outcomes: Sequence[Outcome]) -> Iterator[tuple[str, NDArray[Any], int]]:
    """The name of each column, its values, and in how many runs what it speaks of is there."""
    for outcome in outcomes:
        values = outcome.of(ds)
        there = xr.ones_like(ds.run) if outcome.exists is None else outcome.exists(ds)
        dims = [str(dim) for dim in values.dims if dim != "run"]
        for members in product(*(ds[dim].values.tolist() for dim in dims)):
            at = dict(zip(dims, members, strict=True))
            one = values.sel(at).transpose("run").values
            n = there.sel({dim: name for dim, name in at.items() if dim in there.dims}).sum()
            yield column(outcome, members), one, int(n)
