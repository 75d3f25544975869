"""Colours and small helpers that all pictures share; nothing here changes a global style."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

RUNG_COLOURS = ("#2c6e8f", "#7fb2c8", "#d9e3e6", "#f6d79b", "#ee9d4a", "#cf5530", "#7d1d28")
"""From restraint to arms race: cool to warm, pale in the middle, so that neighbours differ in grey too."""

PARTY_COLOURS = ("#b5402a", "#2a6591", "#4d7f3c", "#7a5c99")
REGION_LINES = ("-", "--", ":", "-.")


def axes_for(ax: Axes | None, size: tuple[float, float] = (8.0, 4.5)) -> Axes:
    """The axes to draw on: those given, or fresh ones; no window is opened."""
    if ax is not None:
        return ax
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def months_axis(ax: Axes, months: xr.DataArray) -> None:
    """Months along the bottom, from the first to the last."""
    ax.set_xlim(
        months.values[0], months.values[-1] if months.size > 1 else months.values[0] + np.timedelta64(31, "D")
    )
    locator = AutoDateLocator(minticks=3, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def spread_labels(centres: list[float], least: float, low: float, high: float) -> list[float]:
    """Move labels apart, as little as needed, so that none covers another.

    ``centres`` in rising order; ``least`` is the distance to keep; labels stay within
    ``low`` and ``high`` where there is room.
    """
    placed = list(centres)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + least)
    if placed and placed[-1] > high:
        placed[-1] = high
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - least)
    shift = max(0.0, low - placed[0]) if placed else 0.0
    return [p + shift for p in placed]


def titles(ds: xr.Dataset, dim: str) -> dict[str, str]:
    """The names of parties or regions as people write them, by their key."""
    return dict(zip(ds[dim].values.tolist(), ds[f"{dim}_title"].values.tolist(), strict=True))
