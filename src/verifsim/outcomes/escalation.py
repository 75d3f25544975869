"""How far it escalates, for how long, and whether it comes back down."""

from __future__ import annotations

from functools import partial

import xarray as xr

from verifsim.ladder import ARMS_RACE, FIRST_DEPLOYMENT, RUNGS
from verifsim.outcomes.base import Outcome, months_before


def _months_at_or_above(ds: xr.Dataset, rung: int) -> xr.DataArray:
    return (ds.world_rung >= rung).sum("month")


def _peak(ds: xr.Dataset) -> xr.DataArray:
    return ds.world_rung.max("month")


def _final(ds: xr.Dataset) -> xr.DataArray:
    return ds.world_rung.isel(month=-1)


def _down_again(ds: xr.Dataset) -> xr.DataArray:
    """Where the world is below the first deployment after it had been there, (run, month)."""
    up = ds.world_rung >= FIRST_DEPLOYMENT
    return ~up & (up.cumsum("month") > 0)


def _comes_back_down(ds: xr.Dataset) -> xr.DataArray:
    climbed = (ds.world_rung >= FIRST_DEPLOYMENT).any("month")
    return _down_again(ds).any("month").where(climbed)


def _months_until_down(ds: xr.Dataset) -> xr.DataArray:
    climbs = months_before(ds.world_rung >= FIRST_DEPLOYMENT)
    return (months_before(_down_again(ds)) - climbs).where(climbs < ds.sizes["month"])


def _crises(ds: xr.Dataset) -> xr.DataArray:
    """How many began."""
    before = ds.crisis.shift(month=1, fill_value=False)
    return (ds.crisis & ~before).sum("month")


OUTCOMES = (
    *(
        Outcome(
            f"months_at_or_above_{name.replace(' ', '_')}",
            "months",
            "lower",
            f"Months in which the world stood at '{name}' or higher.",
            partial(_months_at_or_above, rung=rung),
            headline=rung in (FIRST_DEPLOYMENT, ARMS_RACE),
        )
        for rung, name in enumerate(RUNGS)
        if rung >= 2
    ),
    Outcome(
        "peak_rung", "rung", "lower", "The highest rung of the world in any month.", _peak, headline=True
    ),
    Outcome("final_rung", "rung", "lower", "The rung of the world in the last month.", _final, headline=True),
    Outcome("crises", "crises", "lower", "Crises that began.", _crises),
    Outcome(
        "crisis_months",
        "months",
        "lower",
        "Months in crisis; all those after one that got out of control.",
        lambda ds: ds.crisis.sum("month"),
    ),
    Outcome(
        "uncontrolled",
        "share",
        "lower",
        "A crisis got out of control; from then on the world counts as it stood.",
        lambda ds: ds.uncontrolled.any("month"),
        headline=True,
    ),
    Outcome(
        "comes_back_down",
        "share",
        "higher",
        "Of the worlds that saw a deployment, those that were free of missiles again later.",
        _comes_back_down,
        headline=True,
    ),
    Outcome(
        "months_until_down",
        "months",
        "lower",
        "In worlds that saw a deployment, months until they were free of missiles again, up to the horizon.",
        _months_until_down,
    ),
)
