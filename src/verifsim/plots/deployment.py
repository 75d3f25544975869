"""Missiles that stand in regions, by party."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.plots.style import PARTY_COLOURS, REGION_LINES, along, axes_for, months_axis, runs_of, titles


def deployments(ds: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Draw the mean number of missiles of each party in each region, with its Monte Carlo error.

    Parameters
    ----------
    ds
        Results.
    ax
        Axes to draw on.

    Returns
    -------
    The axes; bands are two standard errors of the mean to either side. Disputed systems
    are not counted.
    """
    ax = axes_for(ax)
    missiles = ds.deployed_announced + ds.deployed_undeclared
    for p, (party, party_title) in enumerate(titles(ds, "party").items()):
        for r, (region, region_title) in enumerate(titles(ds, "region").items()):
            values = missiles.sel(party=party, region=region).transpose("run", "month").values
            mean, error = values.mean(axis=0), _standard_error(values)
            months, (low, high) = along(
                ds.month, np.stack([np.maximum(mean - 2 * error, 0), mean + 2 * error])
            )
            colour = PARTY_COLOURS[p % len(PARTY_COLOURS)]
            ax.plot(
                *along(ds.month, mean),
                color=colour,
                linestyle=REGION_LINES[r % len(REGION_LINES)],
                label=f"{party_title}, {region_title}",
            )
            ax.fill_between(months, low, high, color=colour, alpha=0.2, linewidth=0)
    months_axis(ax, ds.month)
    ax.margins(y=0.1)
    ax.set_ylim(0, None if missiles.any() else 1)
    ax.set_ylabel(str(ds.deployed_announced.attrs["units"]))
    ax.set_title("Missiles deployed", loc="left", fontsize="medium")
    ax.set_title(f"mean of {runs_of(ds)} ± 2 standard errors", loc="right", fontsize="small")
    ax.legend(
        loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize="small", borderaxespad=0.0
    )
    return ax


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Of the mean over runs, (month,), from (run, month); 0 for a single run."""
    n = len(values)
    return values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.zeros(values.shape[1])
