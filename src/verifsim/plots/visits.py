"""Inspections: how many visits each party has made, and what came of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.errors import UsageError
from verifsim.plots.bands import mean_of, mean_with_band
from verifsim.plots.style import (
    PARTY_COLOURS,
    PARTY_LINES,
    Results,
    axes_for,
    dataset,
    months_axis,
    note_beside,
    parties_of,
)

COUNTED: dict[str, Callable[[xr.Dataset], xr.DataArray]] = {
    "visits held": lambda ds: ds.inspections_held,
    "visits refused": lambda ds: ds.inspections_refused,
    "visits held that stood as alarms": lambda ds: ds.inspections_alarming,
    "of these alarms, true: something prohibited was found": lambda ds: ds.true_alarms.sum("region"),
}
"""What is counted, one panel each: visits by run, month and the party that visits."""

_GAP = 0.065
"""Between two panels, as a share of the height."""


def inspections(results: Results, party: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw how many visits there have been up to each month, and how many were refused or raised alarms.

    Parameters
    ----------
    results
        A study, or its dataset.
    party
        The party that visits; each by itself if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes, with a panel (``child_axes``) for each of `COUNTED`, on a scale of its own. Lines end at the
    means that the summary gives; bands are two standard errors of the mean to either side.

    Raises
    ------
    UsageError
        If no visit was held or refused in any run.
    """
    ds = dataset(results)
    parties = parties_of(ds, party)
    if not any(bool((ds[f"inspections_{what}"] > 0).any()) for what in ("held", "refused")):
        raise UsageError(f"{ds.attrs['name']} has no inspections: no visit is held or refused in any run")
    ax = axes_for(ax, (9.0, 7.0))
    ax.set_axis_off()
    height = (1.0 - _GAP * (len(COUNTED) - 1)) / len(COUNTED)
    for k, (what, count) in enumerate(COUNTED.items()):
        panel = ax.inset_axes((0.0, 1.0 - height - k * (height + _GAP), 1.0, height))
        _draw_panel(panel, count(ds).cumsum("month"), parties)
        panel.set_title(what, loc="left", fontsize="small", pad=3)
        panel.tick_params(labelbottom=k == len(COUNTED) - 1, labelsize="small")
    ax.set_title("Inspections: visits a run, up to each month", loc="left", fontsize="medium", pad=20)
    note_beside(ax, f"{mean_of(ds)};\neach panel has its\nown scale.")
    return ax


def _draw_panel(panel: Axes, visits: xr.DataArray, parties: list[tuple[int, str, str]]) -> None:
    """One count, with the mean at the end said beside it for each party."""
    for p, name, title in parties:
        colour, line = PARTY_COLOURS[p % len(PARTY_COLOURS)], PARTY_LINES[p % len(PARTY_LINES)]
        mean = mean_with_band(panel, visits.sel(party=name), colour, line)
        panel.lines[-1].set_label(f"{title}'s visits: {_number(mean[-1])}")
    months_axis(panel, visits.month)
    panel.set_ylim(0, panel.get_ylim()[1] if visits.any() else 1)
    if not visits.any():
        panel.set_yticks([0])
        panel.text(0.5, 0.5, "none in any run", transform=panel.transAxes, ha="center", fontsize="small")
    panel.legend(loc="lower left", bbox_to_anchor=(1.0, 0), frameon=False, fontsize="small", borderaxespad=0)


def _number(mean: float) -> str:
    """A mean as people write it."""
    return f"{mean:,.0f}" if mean == np.round(mean) else f"{mean:,.3g}" if mean < 100 else f"{mean:,.0f}"
