"""The paths of single runs up and down the ladder."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from verifsim.ladder import RUNGS
from verifsim.plots.style import Results, along, axes_for, chosen, dataset, months_axis, note_beside, titles
from verifsim.results import n_runs
from verifsim.story.recorded import known_run

MOST = 100
"""Runs that are drawn: the first ones, for runs are alike but for their luck."""

SPREAD = 0.36
"""How far a line may be moved up or down from its rung, in rungs."""

HIGHLIGHT = "#b5402a"


def spaghetti(
    results: Results, region: str | None = None, run: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the rung of many runs as thin lines, and of one as a thick one.

    Parameters
    ----------
    results
        A study, or its dataset.
    region
        One region; the world if not said.
    run
        The run that stands out; the first if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes. Of more than `MOST` runs, the first are drawn. Lines are moved apart by less than half a rung,
    so that they can be seen; that of the run that stands out is not.
    """
    ds, ax = dataset(results), axes_for(ax, (9.0, 5.0))
    rungs = ds.world_rung if region is None else ds.rung.sel(region=chosen(ds, "region", region))
    one = known_run(ds, int(ds.run[0]) if run is None else run)
    sample = rungs.isel(run=slice(MOST)).transpose("run", "month").values
    moved = np.linspace(-SPREAD, SPREAD, len(sample)) if len(sample) > 1 else np.zeros(1)
    months, lines = along(ds.month, sample + moved[:, None])
    ax.plot(months, lines.T, color="0.45", alpha=0.35, linewidth=0.7, drawstyle="steps-post")
    ax.plot(
        *along(ds.month, rungs.sel(run=one).values),
        color=HIGHLIGHT,
        linewidth=2.6,
        drawstyle="steps-post",
        label=f"run {one:,}",
    )
    for between in np.arange(0.5, len(RUNGS) - 1):
        ax.axhline(between, color="0.88", linewidth=0.6, zorder=0)
    months_axis(ax, ds.month)
    ax.set_ylim(-0.5, len(RUNGS) - 0.5)
    ax.set_yticks(range(len(RUNGS)), [f"{rung} {name}" for rung, name in enumerate(RUNGS)])
    where = "the world" if region is None else titles(ds, "region")[region]
    ax.set_title(f"Run by run: the rung of {where}", loc="left", fontsize="medium")
    note_beside(ax, _said(len(sample), n_runs(ds)))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.72), frameon=False, fontsize="small", borderaxespad=0)
    return ax


def _said(n_drawn: int, n: int) -> str:
    if n == 1:
        return "n = 1 run."
    which = f"All of n = {n:,} runs" if n_drawn == n else f"The first {n_drawn:,} of\nn = {n:,} runs"
    return (
        f"{which}, a thin\nline each, moved up or\ndown by less than half a\nrung so that they can\nbe seen:"
    )
