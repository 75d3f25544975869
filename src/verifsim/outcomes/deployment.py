"""Who deploys, where and when."""

from __future__ import annotations

import numpy as np
import xarray as xr

from verifsim.codes import Consent
from verifsim.outcomes.base import Outcome, has_missiles, months_before

BANNED_KM = (500.0, 5500.0)
"""What the treaty banned: the treaty on intermediate-range and shorter-range missiles, Article I, 1987."""


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


def _exercise_months(ds: xr.Dataset) -> xr.DataArray:
    return ds.exercise.sum("month")


def _somebody_exercises(ds: xr.Dataset) -> xr.DataArray:
    return ds.exercise.any(["month", "party", "region"])


def _plans_cancelled(ds: xr.Dataset) -> xr.DataArray:
    return (ds.host_consent == Consent.BLOCKED).any("month")


def _hosts_are_asked(ds: xr.Dataset) -> xr.DataArray:
    return (ds.host_consent != Consent.GIVEN).any("month")


def _disputed_in_range(ds: xr.Dataset) -> xr.DataArray:
    """By party; nan unless it has one disputed programme, whose true range is drawn."""
    return xr.concat([_in_range(ds, party) for party in ds.party.values], ds.party)


def _in_range(ds: xr.Dataset, party: str) -> xr.DataArray:
    own = np.flatnonzero((ds.programme_disputed & (ds.programme_owner == party)).values)
    if own.size != 1:
        return xr.full_like(ds.run, np.nan, dtype=np.float64)
    flies = ds.true_range.isel(programme=own[0], drop=True)
    missiles = ds.deployed_disputed.sel(party=party, drop=True).sum(["month", "region"])
    return (missiles * ((flies >= BANNED_KM[0]) & (flies <= BANNED_KM[1]))).where(flies.notnull())


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
    Outcome(
        "exercise_months",
        "months",
        "lower",
        "Months in which missiles of the party were in the region for an exercise.",
        _exercise_months,
        exists=_somebody_exercises,
    ),
    Outcome(
        "plan_cancelled",
        "share",
        "neither",
        "A plan of the party to station missiles in the region was cancelled at its hosts'.",
        _plans_cancelled,
        exists=_hosts_are_asked,
    ),
    Outcome(
        "disputed_in_range",
        "missile-months",
        "neither",
        "Disputed missiles in regions that truly flew 500 to 5,500 km, added up over the months.",
        _disputed_in_range,
    ),
)
