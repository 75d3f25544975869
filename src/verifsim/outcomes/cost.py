"""What it costs."""

from __future__ import annotations

import xarray as xr

from verifsim.outcomes.base import Outcome


def _spending(ds: xr.Dataset) -> xr.DataArray:
    return ds.spending.sum("month")


def frozen(ds: xr.Dataset) -> xr.DataArray:
    """The months after a world got out of control: nothing is spent in them any more."""
    return ds.uncontrolled.shift(month=1, fill_value=False)


def _share_of_ceiling(ds: xr.Dataset) -> xr.DataArray:
    allowed = (ds.budget_ceiling / 12 * ~frozen(ds)).sum("month", skipna=False)
    return _spending(ds) / allowed.where(allowed > 0)


OUTCOMES = (
    Outcome(
        "spending", "US$ m", "lower", "What the party spent on these missiles.", _spending, headline=True
    ),
    Outcome(
        "share_of_ceiling",
        "share",
        "neither",
        "What the party spent, as a share of its budget ceiling; only where it has one.",
        _share_of_ceiling,
    ),
)
