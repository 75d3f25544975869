"""Who deploys, where and when."""

from __future__ import annotations

import xarray as xr

from verifsim.outcomes.base import Outcome, has_missiles, months_before


def _months_without_deployment(ds: xr.Dataset) -> xr.DataArray:
    return months_before(has_missiles(ds).any("party"))


def _months_without_deployment_anywhere(ds: xr.Dataset) -> xr.DataArray:
    return months_before(has_missiles(ds).any(["party", "region"]))


def _nobody_deployed(ds: xr.Dataset) -> xr.DataArray:
    return ~has_missiles(ds).any(["party", "month"])


def _months_held_back(ds: xr.Dataset) -> xr.DataArray:
    return months_before(has_missiles(ds))


def _deployed(ds: xr.Dataset) -> xr.DataArray:
    return has_missiles(ds).any("month")


def _missiles(ds: xr.Dataset) -> xr.DataArray:
    return (ds.deployed_announced + ds.deployed_undeclared).sum("region")


def _missile_months(ds: xr.Dataset) -> xr.DataArray:
    return _missiles(ds).sum("month")


def _missiles_at_end(ds: xr.Dataset) -> xr.DataArray:
    return _missiles(ds).isel(month=-1)


OUTCOMES = (
    Outcome(
        "months_without_deployment",
        "months",
        "higher",
        "Months from the start in which nobody had missiles in the region, up to the horizon.",
        _months_without_deployment,
        headline=True,
    ),
    Outcome(
        "months_without_deployment_anywhere",
        "months",
        "higher",
        "Months from the start in which nobody had missiles in any region, up to the horizon.",
        _months_without_deployment_anywhere,
    ),
    Outcome(
        "nobody_deployed",
        "share",
        "higher",
        "Nobody ever had missiles in the region.",
        _nobody_deployed,
        headline=True,
    ),
    Outcome(
        "months_held_back",
        "months",
        "higher",
        "Months from the start before the party first had missiles in the region, up to the horizon.",
        _months_held_back,
    ),
    Outcome("deployed", "share", "lower", "The party had missiles in the region at some time.", _deployed),
    Outcome(
        "missile_months",
        "missile-months",
        "lower",
        "Missiles the party had in regions, added up over the months.",
        _missile_months,
    ),
    Outcome(
        "missiles_at_end",
        "missiles",
        "lower",
        "Missiles the party had in regions in the last month.",
        _missiles_at_end,
        headline=True,
    ),
)
