"""What parties spend, against the ceiling on it."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.outcomes.cost import frozen
from verifsim.plots.bands import mean_of, mean_with_band
from verifsim.plots.style import (
    PARTY_COLOURS,
    PARTY_LINES,
    Results,
    along,
    axes_for,
    dataset,
    months_axis,
    note_beside,
    parties_of,
)


def spending(results: Results, party: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what each party spends, month by month at the rate of a year, and the ceiling on it.

    Parameters
    ----------
    results
        A study, or its dataset.
    party
        One party; each by itself if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes. Bands are two standard errors of the mean to either side; frozen worlds no longer count, for
    nothing is spent in them. A ceiling that runs drew from its range is drawn as its mean, with the range
    of 90 % of runs.
    """
    ds, ax = dataset(results), axes_for(ax)
    rate = (ds.spending * 12.0).where(~frozen(ds))
    for p, name, title in parties_of(ds, party):
        colour, line = PARTY_COLOURS[p % len(PARTY_COLOURS)], PARTY_LINES[p % len(PARTY_LINES)]
        mean_with_band(ax, rate.sel(party=name), colour, line, f"{title} spends")
        _draw_ceiling(ax, ds.budget_ceiling.sel(party=name), colour, title)
    months_axis(ax, ds.month)
    ax.set_ylim(0, ax.get_ylim()[1] * 1.05 if ax.get_ylim()[1] > 0 else 1)
    ax.set_ylabel(r"US\$ m a year")
    ax.set_title("Spending on these missiles, month by month", loc="left", fontsize="medium")
    left_out = ",\nfrozen worlds left out" if bool(ds.uncontrolled.any()) else ""
    note_beside(ax, f"{mean_of(ds)}{left_out}:")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.8), frameon=False, fontsize="small", borderaxespad=0)
    return ax


def _draw_ceiling(ax: Axes, ceiling: xr.DataArray, colour: str, title: str) -> None:
    """A ceiling, (month,) or, where runs drew it, (run, month); where there is none, that is said."""
    if not bool(ceiling.notnull().any()):
        ax.plot([], [], linestyle="", label=f"{title}: no ceiling")
        return
    values = np.atleast_2d(ceiling.transpose(..., "month").values)
    label = f"ceiling of {title}"
    if len(values) > 1:
        label += "\n(mean; 5 to 95 % of runs)"
        months, (low, high) = along(ceiling.month, np.quantile(values, [0.05, 0.95], axis=0))
        ax.fill_between(
            months, low, high, step="post", facecolor="none", edgecolor=colour, hatch="....", alpha=0.4
        )
    drawn = along(ceiling.month, values.mean(axis=0))
    ax.plot(*drawn, color=colour, linestyle=":", linewidth=2.2, drawstyle="steps-post", label=label)
