"""The mean rung, month by month, of scenarios side by side."""

from __future__ import annotations

from matplotlib.axes import Axes

from verifsim.ladder import RUNGS
from verifsim.outcomes.summary import rung_curve
from verifsim.plots.observed import draw_observed, observed_rungs
from verifsim.plots.several import all_months, datasets, height_for, in_all, name_ends, names_folded, same_n
from verifsim.plots.style import (
    Results,
    all_runs_of,
    along,
    axes_for,
    months_axis,
    note_beside,
    scenario_style,
    titles,
)
from verifsim.results import n_runs


def mean_rung(*results: Results, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the mean rung of each scenario by month, with its Monte Carlo error.

    Parameters
    ----------
    results
        Studies, or their datasets; each has its own months.
    region
        One region, which all have; the world of each if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes; bands are two standard errors of the mean to either side, and none for a single run. Rungs are
    an order and no measure: the same mean may be of like worlds or of worlds at both ends, which the
    escalation curve tells apart.

    Raises
    ------
    UsageError
        If a scenario lacks the region, or there is no scenario.
    """
    sets = datasets(results)
    if region is not None:
        in_all(sets, region)
    labels, ends = names_folded(sets), []
    ax = axes_for(ax, (9.0, height_for(labels, 4.5)))
    styles = [scenario_style(number) for number in range(len(sets))]
    for ds, style in zip(sets, styles, strict=True):
        curve = rung_curve(ds, region)
        mean, margin = curve["mean_rung"].to_numpy(), 2.0 * curve["standard_error"].fillna(0.0).to_numpy()
        months, at = along(ds.month, mean)
        _, low = along(ds.month, (mean - margin).clip(min=0.0))
        _, high = along(ds.month, (mean + margin).clip(max=len(RUNGS) - 1.0))
        ax.plot(months, at, drawstyle="steps-post", linewidth=1.6, **style)
        ax.fill_between(months, low, high, color=style["color"], alpha=0.2, linewidth=0, step="post")
        ends.append(float(mean[-1]))
    rungs = observed_rungs(sets[0], region)
    if rungs is not None:
        draw_observed(ax, sets[0].month, rungs, "as it happened", dashes=(1.5, 1.0))
    months_axis(ax, all_months(sets))
    ax.set_ylim(-0.12, len(RUNGS) - 0.88)
    ax.set_yticks(range(len(RUNGS)), [f"{name}  {rung}" for rung, name in enumerate(RUNGS)], fontsize="small")
    ax.grid(axis="y", color="0.9", linewidth=0.6)
    ax.set_axisbelow(True)
    where = "the world" if region is None else titles(sets[0], "region")[region]
    ax.set_title(f"Mean rung of {where}", loc="left", fontsize="medium")
    n = all_runs_of(sets[0]) if same_n(sets) else "the n runs of each"
    single = all(n_runs(ds) == 1 for ds in sets)
    note_beside(ax, f"Mean of {n}" + (":" if single else ",\nwith ± 2 standard errors:"))
    name_ends(ax, ends, labels, styles)
    return ax
