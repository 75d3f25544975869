"""What China has, and what it says."""

from __future__ import annotations

import xarray as xr

from verifsim.codes import Position
from verifsim.outcomes.base import Outcome


def is_there(ds: xr.Dataset) -> bool:
    """Whether a scenario has China in it: it has launchers, or says something."""
    return bool((ds.china_launchers > 0).any() or (ds.china_position > Position.SILENT).any())


def _launchers(ds: xr.Dataset) -> xr.DataArray:
    """Nan in a scenario without China."""
    return ds.china_launchers.isel(month=-1).where(is_there(ds))


def _months_of_protest(ds: xr.Dataset) -> xr.DataArray:
    return (ds.china_position == Position.PROTESTS).sum("month").where(is_there(ds))


OUTCOMES = (
    Outcome(
        "china_launchers",
        "launchers",
        "neither",
        "China's launchers of such missiles in the last month.",
        _launchers,
    ),
    Outcome(
        "china_protest_months",
        "months",
        "lower",
        "Months in which China protests against missiles in its region, and says nothing graver.",
        _months_of_protest,
    ),
)
