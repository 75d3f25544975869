"""Missiles that stand in regions, by party."""

from __future__ import annotations

from itertools import product

from matplotlib.axes import Axes

from verifsim.plots.bands import mean_with_band
from verifsim.plots.style import (
    PARTY_COLOURS,
    REGION_LINES,
    Results,
    axes_for,
    dataset,
    months_axis,
    note_beside,
    runs_of,
    titles,
)


def deployments(results: Results, ax: Axes | None = None) -> Axes:
    """Draw the mean number of missiles of each party in each region, with its Monte Carlo error.

    Parameters
    ----------
    results
        A study, or its dataset.
    ax
        Axes to draw on.

    Returns
    -------
    The axes; bands are two standard errors of the mean to either side. Disputed systems, which no
    rung counts, are drawn apart, in grey.
    """
    ds, ax = dataset(results), axes_for(ax)
    deployed = ds.deployed_announced + ds.deployed_undeclared
    parties, regions = titles(ds, "party"), titles(ds, "region")
    for (p, party), (r, region) in product(enumerate(parties), enumerate(regions)):
        colour = PARTY_COLOURS[p % len(PARTY_COLOURS)]
        label = f"{parties[party]}, {regions[region]}"
        there = {"party": party, "region": region}
        mean_with_band(ax, deployed.sel(there), colour, REGION_LINES[r % len(REGION_LINES)], label)
        if bool(ds.deployed_disputed.sel(there).any()):
            mean_with_band(ax, ds.deployed_disputed.sel(there), "0.5", ":", f"{label}, disputed")
    months_axis(ax, ds.month)
    ax.margins(y=0.1)
    ax.set_ylim(0, None if (deployed + ds.deployed_disputed).any() else 1)
    ax.set_ylabel(str(ds.deployed_announced.attrs["units"]))
    ax.set_title("Missiles deployed", loc="left", fontsize="medium")
    note_beside(ax, f"Mean of {runs_of(ds)},\nwith ± 2 standard errors:")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.84), frameon=False, fontsize="small", borderaxespad=0)
    return ax
