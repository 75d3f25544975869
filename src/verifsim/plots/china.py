"""China's launchers."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.errors import UsageError
from verifsim.outcomes.china import is_there
from verifsim.plots.bands import mean_with_band
from verifsim.plots.style import Results, along, axes_for, dataset, months_axis, note_beside, plain, runs_of
from verifsim.story.recorded import Recorded

COLOUR = "#7a5c99"


def china_launchers(results: Results, ax: Axes | None = None) -> Axes:
    """Draw China's launchers: their mean, and the range of 90 % of runs.

    Parameters
    ----------
    results
        A study, or its dataset.
    ax
        Axes to draw on.

    Returns
    -------
    The axes; a frozen world counts as it stood.

    Raises
    ------
    UsageError
        If China is not in these results.
    """
    ds = dataset(results)
    if not is_there(ds).any():
        raise UsageError(f"{ds.attrs['name']} has no China: it has no launchers, and says nothing")
    ax = axes_for(ax)
    launchers = ds.china_launchers.transpose("run", "month")
    several = ds.sizes["run"] > 1
    if several:
        _draw_range(ax, launchers)
    mean = mean_with_band(ax, launchers, COLOUR, "-")
    what = "mean, ± 2 standard errors\n" if several else ""
    ax.lines[-1].set_label(f"{what}(at the end, {mean[-1]:,.0f})")
    start, said = _at_start(ds)
    ax.axhline(start, color="0.3", linewidth=1, linestyle=":", label=f"at the start, {said}")
    months_axis(ax, ds.month)
    ax.set_ylim(0, max(1.0, ax.get_ylim()[1]))
    ax.set_ylabel(str(ds.china_launchers.attrs["units"]))
    china = plain(Recorded(ds, int(ds.run[0])).china)
    ax.set_title(f"Launchers of {china}", loc="left", fontsize="medium")
    note_beside(ax, f"Of {runs_of(ds)}:")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.93), frameon=False, fontsize="small", borderaxespad=0)
    return ax


def _draw_range(ax: Axes, launchers: xr.DataArray) -> None:
    """The range of 90 % of runs, by (run, month)."""
    low, high = np.quantile(launchers.values, [0.05, 0.95], axis=0)
    months, (below, above) = along(launchers.month, np.stack([low, high]))
    label = f"5 to 95 % of runs\n(at the end, {low[-1]:,.0f} to {high[-1]:,.0f})"
    ax.fill_between(months, below, above, step="post", color="0.85", linewidth=0, label=label)


def _at_start(ds: xr.Dataset) -> tuple[float, str]:
    """Its launchers before the first month, their mean where runs drew them; and the same in words."""
    if "number" in ds.coords and "china.launchers" in ds.number:
        drawn = ds.numbers.sel(number="china.launchers").values
        return float(drawn.mean()), f"{drawn.min():,.0f} to {drawn.max():,.0f}\n(as each run drew them)"
    stated = float(Recorded(ds, int(ds.run[0])).scenario.get("china", {}).get("launchers", 0.0))
    return stated, f"{stated:,.10g}"
