"""What China has, and what it says."""

from __future__ import annotations

import xarray as xr

from verifsim.codes import Position
from verifsim.outcomes.base import Outcome


def is_there(ds: xr.Dataset) -> xr.DataArray:
    """Whether China is in a scenario, by run: it has launchers, or says something."""
    return (ds.china_launchers > 0).any("month") | (ds.china_position > Position.SILENT).any("month")


def _launchers(ds: xr.Dataset) -> xr.DataArray:
    return ds.china_launchers.isel(month=-1)


def _months_of_protest(ds: xr.Dataset) -> xr.DataArray:
    return (ds.china_position == Position.PROTESTS).sum("month")


OUTCOMES = (
    Outcome(
        "china_launchers",
        "launchers",
        "neither",
        "China's launchers of such missiles in the last month.",
        _launchers,
        exists=is_there,
    ),
    Outcome(
        "china_protest_months",
        "months",
        "lower",
        "Months in which China protests against missiles in its region, and says nothing graver.",
        _months_of_protest,
        exists=is_there,
    ),
)
