"""How long worlds stay free of missiles: Kaplan-Meier curves of scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.dates import num2date
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, Affine2DBase, ScaledTranslation

from verifsim.comparison.deployment import still_without
from verifsim.outcomes.base import region_in_question
from verifsim.outcomes.first_moves import first_moves
from verifsim.plots.several import (
    LINE,
    all_months,
    datasets,
    height_for,
    in_all,
    name_ends,
    names_folded,
    same_n,
    with_end,
)
from verifsim.plots.style import (
    Results,
    all_runs_of,
    axes_for,
    months_axis,
    note_beside,
    scenario_style,
    titles,
)


def survival(*results: Results, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of worlds in which nobody has deployed in a region yet.

    Parameters
    ----------
    results
        Studies, or their datasets; each has its own months.
    region
        Its name, which all scenarios have; the region in question of the first if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes: Kaplan-Meier curves with their 95 % intervals month by month, and below, at each tick, the
    number of worlds of each scenario in which nobody has deployed by then. What happens in a month is drawn
    at its end. A world that got out of control counts as it stood.

    Raises
    ------
    UsageError
        If a scenario lacks the region, or there is no scenario.
    """
    sets = datasets(results)
    region = in_all(sets, region_in_question(sets[0]) if region is None else region)
    labels, styles = names_folded(sets), [scenario_style(number) for number in range(len(sets))]
    ax = axes_for(ax, (9.0, height_for(labels, 4.6) + 0.2 * len(sets)))
    first = [first_moves(ds, region)["month"].to_numpy() for ds in sets]
    ends = [_curve(ax, ds, months, style) for ds, months, style in zip(sets, first, styles, strict=True)]
    months_axis(ax, with_end(all_months(sets)))
    ax.set_ylim(-1.0, 101.0)
    ax.set_ylabel("share of worlds (%)")
    where = titles(sets[0], "region")[region]
    ax.set_title(f"Worlds in which nobody has deployed in {where}", loc="left", fontsize="medium")
    n = all_runs_of(sets[0]) if same_n(sets) else "n runs of each"
    note_beside(ax, f"Kaplan–Meier, {n};\n95 % bands month by month")
    name_ends(ax, ends, labels, styles)
    _numbers_left(ax, sets, first, styles)
    return ax


def _curve(ax: Axes, ds: xr.Dataset, first: np.ndarray, style: dict[str, Any]) -> float:
    """Draw one scenario's curve and band; give the share of its last month, in percent."""
    ends, curve = with_end(ds.month).values, still_without(first, ds.sizes["month"])
    share, low, high = (100.0 * np.append(1.0, values) for values in curve)
    ax.plot(ends, share, drawstyle="steps-post", linewidth=1.6, **style)
    ax.fill_between(ends, low, high, color=style["color"], alpha=0.2, linewidth=0, step="post")
    return float(share[-1])


def _numbers_left(
    ax: Axes,
    sets: Sequence[xr.Dataset],
    first: Sequence[np.ndarray],
    styles: Sequence[dict[str, Any]],
) -> None:
    """Write below the ticks how many worlds of each scenario are left, a row a scenario, beside its line."""
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
    y = -24.0
    _write(ax, 0.0, y, "worlds still without:", "0.35", away=-22.0, axes=True)
    for ds, months, style in zip(sets, first, styles, strict=True):
        y -= LINE
        _sample(ax, y - 0.45 * LINE, style)
        for tick in ticks:
            at = _months_since(ds, tick)
            if 0 <= at <= ds.sizes["month"]:
                _write(ax, tick, y, f"{int((months >= at).sum()):,}", str(style["color"]))


def _months_since(ds: xr.Dataset, tick: float) -> int:
    """Whole months from the start of a scenario to a tick."""
    then = np.datetime64(num2date(tick).replace(tzinfo=None), "M")
    return int((then - ds.month.values[0].astype("datetime64[M]")).astype(int))


def _sample(ax: Axes, y: float, style: dict[str, Any]) -> None:
    """Draw a piece of a scenario's line to the left of its row, ``y`` points below the axes."""
    points = Affine2D().scale(1.0 / 72.0) + ax.figure.dpi_scale_trans
    corner = points + ScaledTranslation(0.0, 0.0, cast(Affine2DBase, ax.transAxes))
    ax.add_artist(Line2D([-44.0, -20.0], [y, y], transform=corner, clip_on=False, linewidth=1.8, **style))


def _write(
    ax: Axes, x: float, y: float, text: str, colour: str, away: float = 0.0, axes: bool = False
) -> None:
    """Write below the axes: at a tick, or to the left of them; ``y`` and ``away`` in points."""
    ax.annotate(
        text, (x, 0.0), xycoords="axes fraction" if axes else ("data", "axes fraction"),
        xytext=(away, y), textcoords="offset points", ha="right" if axes else "center", va="top",
        fontsize="small", color=colour, linespacing=1.05,
    )  # fmt: skip
