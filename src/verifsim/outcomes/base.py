"""What an outcome is: one value a run, with a unit, a sentence and a better direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import xarray as xr

from verifsim.outcomes.by_month import by_month

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Outcome:
    """One outcome, or one for each party, region or both."""

    name: str
    unit: str
    better: Better
    sentence: str
    """What the number says, for someone who has not seen the model."""
    of: Callable[[xr.Dataset], xr.DataArray]
    """From results to values: dims ``run`` and, where it is one of several, party or region.

    A run in which the outcome has no meaning gives nan.
    """
    headline: bool = False
    """Whether the short table on the screen shows it."""
    exists: Callable[[xr.Dataset], xr.DataArray] | None = None
    """By run, and party, region or both where the outcome is: what it speaks of is there.

    Where that is so in no run, the outcome has no meaning in any. It is asked of all runs together, however
    they are cut into chunks.
    """


def region_in_question(ds: xr.Dataset) -> str:
    """The region that sentences and pictures speak of first: that of the moratorium, or the file's first."""
    in_force = by_month(ds, "moratorium_runs").moratorium_runs.any("month")
    return str(ds.region.values[int(in_force.argmax("region"))])


def has_missiles(ds: xr.Dataset) -> xr.DataArray:
    """Whether a party has missiles in a region, announced or undeclared; disputed ones apart."""
    return (ds.deployed_announced + ds.deployed_undeclared) > 0


def months_before(happens: xr.DataArray) -> xr.DataArray:
    """Months from the start until a mask along ``month`` first holds; the horizon where it never does."""
    return xr.where(happens.any("month"), happens.argmax("month"), happens.sizes["month"])
