"""The rungs as they truly were, to be drawn over what is simulated."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.plots.style import along
from verifsim.results import UNOBSERVED


def observed_rungs(ds: xr.Dataset, region: str | None) -> np.ndarray | None:
    """The rungs of a region, or of the world, as they were observed, nan where they were not, (month,).

    None where nothing is known of it.
    """
    if "observed_rung" not in ds:
        return None
    rungs = (ds.observed_world_rung if region is None else ds.observed_rung.sel(region=region)).values
    known = rungs != UNOBSERVED
    return np.where(known, rungs.astype(float), np.nan) if known.any() else None


def draw_observed(
    ax: Axes, months: xr.DataArray, heights: np.ndarray, said: str, dashes: tuple[float, ...] = ()
) -> None:
    """Draw a line at heights, (month,), and say in a legend what it is."""
    x, y = along(months, heights)
    ax.plot(x, y, color="white", linewidth=4.5, drawstyle="steps-post", zorder=4)
    (line,) = ax.plot(x, y, color="black", linewidth=2.0, drawstyle="steps-post", zorder=5, label=said)
    if dashes:
        line.set_dashes(dashes)
    ax.legend(loc="upper left", fontsize="small", framealpha=0.9).set_zorder(6)
