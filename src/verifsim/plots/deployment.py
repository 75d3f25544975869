"""Missiles that stand in regions, by party."""

from __future__ import annotations

from itertools import product

from matplotlib.axes import Axes

from verifsim.outcomes.by_month import by_month, mean_and_error
from verifsim.plots.bands import band
from verifsim.plots.style import (
    PARTY_COLOURS,
    REGION_LINES,
    Results,
    all_runs_of,
    axes_for,
    dataset,
    months_axis,
    note_beside,
    titles,
)
from verifsim.results import n_runs


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
    n = n_runs(ds)
    sums = by_month(ds, "deployed_sum", "deployed_squares", "disputed_sum", "disputed_squares")
    parties, regions = titles(ds, "party"), titles(ds, "region")
    for (p, party), (r, region) in product(enumerate(parties), enumerate(regions)):
        colour = PARTY_COLOURS[p % len(PARTY_COLOURS)]
        label = f"{parties[party]}, {regions[region]}"
        there = sums.sel(party=party, region=region)
        mean, error = mean_and_error(n, there.deployed_sum.values, there.deployed_squares.values)
        band(ax, ds.month, mean, error, colour, REGION_LINES[r % len(REGION_LINES)], label)
        if bool(there.disputed_sum.any()):
            mean, error = mean_and_error(n, there.disputed_sum.values, there.disputed_squares.values)
            band(ax, ds.month, mean, error, "0.5", ":", f"{label}, disputed")
    months_axis(ax, ds.month)
    ax.margins(y=0.1)
    ax.set_ylim(0, None if (sums.deployed_sum + sums.disputed_sum).any() else 1)
    ax.set_ylabel("missiles")
    ax.set_title("Missiles deployed", loc="left", fontsize="medium")
    note_beside(ax, f"Mean of {all_runs_of(ds)},\nwith ± 2 standard errors:")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.84), frameon=False, fontsize="small", borderaxespad=0)
    return ax
