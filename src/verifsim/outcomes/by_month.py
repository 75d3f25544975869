"""Sums over all runs, month by month: counted in whole results, held by reduced ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.ladder import RUNGS
from verifsim.results import SUMS, is_reduced


def by_month(ds: xr.Dataset, *names: str) -> xr.Dataset:
    """Sums over all runs, by name as in `verifsim.results.SUMS`; all of them, if none is named."""
    wanted = names or tuple(SUMS)
    if is_reduced(ds):
        return ds[list(wanted)]
    return xr.Dataset({name: (SUMS[name].dims, _SUMS[name](ds)) for name in wanted}, coords=_coords(ds))


def summed(ds: xr.Dataset) -> dict[str, NDArray[np.int64]]:
    """Every sum over the runs of whole results, by name."""
    return {name: _SUMS[name](ds) for name in SUMS}


def mean_and_error(
    n: int, total: NDArray[np.int64], squares: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A mean and its standard error, out of sums of n whole numbers and of their squares; 0 of one run."""
    mean = total / n
    spread = np.maximum(squares - total * mean, 0.0)  # rounding may leave less than nothing
    return mean, np.sqrt(spread / max(n - 1, 1) / n)


def _coords(ds: xr.Dataset) -> dict[str, xr.DataArray]:
    return {name: ds[name] for name in ("month", "party", "region")}


def _on_each_rung(rungs: xr.DataArray, *dims: str) -> NDArray[np.int64]:
    """How many runs stand on each rung, (..., rung)."""
    values = rungs.transpose("run", *dims).values
    return np.stack([_total(values == rung) for rung in range(len(RUNGS))], axis=-1)


def _runs_with(mask: xr.DataArray, *dims: str) -> NDArray[np.int64]:
    return _total(mask.transpose("run", *dims).values)


def _missiles(missiles: xr.DataArray, power: int) -> NDArray[np.int64]:
    values = missiles.transpose("run", "month", "party", "region").values
    return _total(values.astype(np.int64) ** power)


def _total(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(values.sum(axis=0, dtype=np.int64))


def _deployed(ds: xr.Dataset) -> xr.DataArray:
    return ds.deployed_announced + ds.deployed_undeclared


_SUMS = {
    "world_rung_runs": lambda ds: _on_each_rung(ds.world_rung, "month"),
    "rung_runs": lambda ds: _on_each_rung(ds.rung, "month", "region"),
    "crisis_runs": lambda ds: _runs_with(ds.crisis, "month"),
    "uncontrolled_runs": lambda ds: _runs_with(ds.uncontrolled, "month"),
    "moratorium_runs": lambda ds: _runs_with(ds.moratorium_in_force, "month", "region"),
    "deployed_sum": lambda ds: _missiles(_deployed(ds), 1),
    "deployed_squares": lambda ds: _missiles(_deployed(ds), 2),
    "disputed_sum": lambda ds: _missiles(ds.deployed_disputed, 1),
    "disputed_squares": lambda ds: _missiles(ds.deployed_disputed, 2),
}
"""How each is counted."""
