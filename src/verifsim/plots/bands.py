"""A mean over runs, month by month, with how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.plots.style import along, runs_of


def mean_with_band(ax: Axes, values: xr.DataArray, colour: str, line: Any, label: str = "") -> np.ndarray:
    """Draw the mean over runs, and two standard errors to either side; what is drawn is never below 0.

    Parameters
    ----------
    ax
        Axes to draw on.
    values
        By run and month, at least 0; nan where a run does not count, as in months after its world froze.
    colour, line, label
        Of the line.

    Returns
    -------
    The mean, (month,); nan in months in which no run counts.
    """
    by_run = values.transpose("run", "month").values.astype(np.float64)
    mean, error = mean_and_error(by_run)
    band(ax, values.month, mean, error, colour, line, label)
    return mean


def band(
    ax: Axes, at: xr.DataArray, mean: np.ndarray, error: np.ndarray, colour: str, line: Any, label: str = ""
) -> None:
    """Draw a mean by month, and two standard errors to either side; what is drawn is never below 0."""
    months, (low, high) = along(at, np.stack([np.maximum(mean - 2 * error, 0), mean + 2 * error]))
    ax.plot(*along(at, mean), color=colour, linestyle=line, label=label, drawstyle="steps-post")
    ax.fill_between(months, low, high, color=colour, alpha=0.2, linewidth=0, step="post")


def mean_of(ds: xr.Dataset) -> str:
    """What such a line shows, of how many runs; a single run has no error."""
    return f"Mean of {runs_of(ds)},\nwith ± 2 standard errors" if ds.sizes["run"] > 1 else runs_of(ds)


def mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of (run, month), the mean over runs that are not nan, and its standard error; 0 for a single run."""
    counts = ~np.isnan(values)
    n = counts.sum(axis=0)
    known = np.where(n > 0, n, np.nan)
    mean = np.where(counts, values, 0.0).sum(axis=0) / known
    squares = (np.where(counts, values - mean, 0.0) ** 2).sum(axis=0)
    return mean, np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1) / known), 0.0)
