"""What pictures of several scenarios share: their months, a region of all, and their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.errors import UsageError
from verifsim.plots.style import Results, chosen, dataset, scenario_names, spread_labels
from verifsim.results import n_runs

WIDEST = 30
"""Letters of a scenario's name on one line; longer ones are folded."""

LINE = 11.0
"""Points from one line of small letters to the next."""


def datasets(results: Sequence[Results]) -> list[xr.Dataset]:
    """The datasets of one scenario or more.

    Raises
    ------
    UsageError
        If there is none.
    """
    if not results:
        raise UsageError("of which results? a picture is drawn of one scenario or more")
    return [dataset(each) for each in results]


def in_all(sets: Sequence[xr.Dataset], region: str) -> str:
    """A region that all scenarios have.

    Raises
    ------
    UsageError
        A sentence for each scenario that lacks it.
    """
    problems = []
    for ds in sets:
        try:
            chosen(ds, "region", region)
        except UsageError as problem:
            problems.append(str(problem))
    if problems:
        raise UsageError("\n".join(problems))
    return region


_MONTH = np.timedelta64(1, "M")


def all_months(sets: Sequence[xr.Dataset]) -> xr.DataArray:
    """The months from the first that any scenario has to the last of any."""
    first = min(ds.month.values[0] for ds in sets)
    last = max(ds.month.values[-1] for ds in sets)
    return _months(np.arange(first.astype("datetime64[M]"), last.astype("datetime64[M]") + _MONTH))


def with_end(months: xr.DataArray) -> xr.DataArray:
    """The start of the first month and the end of each, for what is counted up to a month's end."""
    starts = months.values.astype("datetime64[M]")
    return _months(np.append(starts, starts[-1] + _MONTH))


def _months(starts: np.ndarray) -> xr.DataArray:
    return xr.DataArray(starts.astype("datetime64[ns]"), dims="month", name="month")


def same_n(sets: Sequence[xr.Dataset]) -> bool:
    """Whether all scenarios have as many runs, so that their number is said once."""
    return len({n_runs(ds) for ds in sets}) == 1


def names_folded(sets: Sequence[xr.Dataset]) -> list[str]:
    """What each scenario is called, long names on several lines; with its runs where not all have as many."""
    n = ["" if same_n(sets) else f", n\u00a0=\u00a0{n_runs(ds):,}" for ds in sets]
    return [folded(name + runs) for name, runs in zip(scenario_names(sets), n, strict=True)]


def folded(text: str, width: int = WIDEST) -> str:
    """Lines of a width, broken after spaces, dots, commas, underscores, equals signs; never in a number."""
    lines = [""]
    for piece in re.split(r"(?<= )|(?<=[.,_=])(?![\d\s])", text):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def height_for(labels: Sequence[str], at_least: float) -> float:
    """Inches of a picture in which so many labels have room beside each other's lines."""
    lines = sum(label.count("\n") + 1.4 for label in labels) + 4.0
    return max(at_least, lines * LINE / 72.0 / 0.6)


def name_ends(
    ax: Axes, ends: Sequence[float], labels: Sequence[str], styles: Sequence[dict[str, Any]]
) -> None:
    """Name lines at the right, each beside its end, with a piece of it, and none over another.

    Parameters
    ----------
    ax
        The axes, with the limits it will have; a note of two lines may stand at the top.
    ends
        Where each line ends, in the unit of the y axis.
    labels
        Names, on one line or several.
    styles
        Colour and line of each.
    """
    low, high = ax.get_ylim()
    points = 0.8 * ax.bbox.height * 72.0 / ax.figure.dpi  # what titles and a table may leave of it
    line = LINE / points * (high - low)
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    tall = [line * (1.4 + labels[i].count("\n")) for i in order]
    gaps = [(one + next_one) / 2.0 for one, next_one in pairwise(tall)]
    within = low + tall[0] / 2.0, high - 3.2 * line - tall[-1] / 2.0
    places = spread_labels([ends[i] for i in order], gaps, *within)
    beside = ax.get_yaxis_transform()  # x in axes, y in data
    for i, place in zip(order, places, strict=True):
        ax.plot([1.015, 1.06], [place, place], linewidth=1.8, transform=beside, clip_on=False, **styles[i])
        ax.text(1.07, place, labels[i], transform=beside, va="center", fontsize="small", linespacing=1.05)
