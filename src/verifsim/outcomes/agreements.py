"""How long the parties keep their word."""

from __future__ import annotations

import xarray as xr

from verifsim.outcomes.base import Outcome


def _moratorium_months(ds: xr.Dataset) -> xr.DataArray:
    """Months in force anywhere; nan where a scenario has no moratorium that ever stood."""
    in_force = ds.moratorium_in_force.any("region")
    exists = bool(in_force.any()) or bool((ds.moratorium_ended > 0).any())
    return in_force.sum("month").where(exists)


def _pledge_months(ds: xr.Dataset) -> xr.DataArray:
    """By party and region; nan where the party never gave one."""
    given = ds.pledge_stands.any(["run", "month"])
    return ds.pledge_stands.sum("month").where(given)


OUTCOMES = (
    Outcome(
        "moratorium_months",
        "months",
        "higher",
        "Months in which the moratorium was in force.",
        _moratorium_months,
        headline=True,
    ),
    Outcome(
        "pledge_months",
        "months",
        "higher",
        "Months in which the party's own pledge not to be first stood in the region.",
        _pledge_months,
    ),
)
