"""How scenarios differ from the reference: a forest of paired differences."""

from __future__ import annotations

from textwrap import fill
from typing import Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from verifsim.comparison.sentences import better_or_worse, numbers, unit_of
from verifsim.plots.several import folded
from verifsim.plots.style import axes_for, plain

COLOURS = {"better": "#2a6591", "worse": "#b5402a", "": "0.25"}
MARKERS = {"better": "o", "worse": "s", "": "D"}
"""Of what is beyond chance: in a print without colours, blue and red are alike."""

UNSURE = "0.45"

WIDEST = 44
"""Letters of a scenario's name on one line."""

MOST = 20
"""Outcomes that a picture shows unless asked for more."""


class Compared(Protocol):
    """What holds paired differences, such as a comparison."""

    @property
    def reference(self) -> str:
        """The name of the scenario that the others are compared with."""
        ...

    def table(self) -> pd.DataFrame:
        """A row for each scenario and outcome: see `verifsim.comparison.table.table`."""
        ...


def forest(compared: Compared, ax: Axes | None = None, most: int = MOST) -> Axes:
    """Draw the paired differences of each outcome, with 95 % intervals, scenario below scenario.

    Parameters
    ----------
    compared
        A comparison.
    ax
        Axes to draw on.
    most
        How many outcomes are shown: the first that are not the same in all pairs.

    Returns
    -------
    The axes. Each outcome has a scale of its own, for units differ; the numbers stand beside it. Grey and
    open is what is not beyond chance among all the differences that were looked at.
    """
    table, reference = compared.table(), compared.reference
    told = table[(table["n"] > 1) & ((table["differ"] > 0) | (table["high"] > table["low"]))]
    outcomes = list(dict.fromkeys(told.index.get_level_values("outcome")))
    shown = outcomes[:most]
    several = told.index.get_level_values("scenario").nunique() > 1
    names = {name: folded(str(name), WIDEST) for name in told.index.get_level_values("scenario") if several}
    tall = max([1.0, *(0.7 * (name.count("\n") + 1) for name in names.values())])
    lines = sum(len(told.xs(o, level="outcome")) * several * tall + 0.25 + tall for o in shown)
    ax = axes_for(ax, (11.0, 1.5 + 0.26 * lines))
    y = 0.0
    for outcome in shown:
        rows = told.xs(outcome, level="outcome")
        _heading(ax, y, f"{outcome}  ({unit_of(rows.iloc[0])})")
        reach = float(np.nanmax(np.abs(rows[["low", "high"]].to_numpy()))) or 1.0
        for scenario, row in rows.iterrows():
            y -= tall * several
            _row(ax, y, row, reach, names[scenario] if several else "")
        y -= 0.25 + tall
    ax.axvline(0, color="0.25", linewidth=0.8)
    ax.set_xlim(-1.08, 1.08)
    ax.set_ylim(y + 0.6, 1.0)
    _around(ax, table, reference, outcomes, shown)
    return ax


def _heading(ax: Axes, y: float, text: str) -> None:
    ax.annotate(
        plain(text), (0.0, y), xycoords=("axes fraction", "data"), va="center", ha="right",
        textcoords="offset points", xytext=(-8, 0), fontsize="small",
    )  # fmt: skip


def _row(ax: Axes, y: float, row: pd.Series, reach: float, scenario: str) -> None:
    """One difference: a point and its interval, its name at the left, its numbers at the right."""
    better = better_or_worse(row)
    colour = COLOURS[better] if row["beyond_chance"] else UNSURE
    at, low, high = (row[key] / reach for key in ("difference", "low", "high"))
    ax.plot([low, high], [y, y], color=colour, linewidth=2, solid_capstyle="butt")
    marker, inside = (MARKERS[better], colour) if row["beyond_chance"] else ("o", "white")
    ax.plot([at], [y], marker, color=colour, markersize=5, markerfacecolor=inside)
    size, least, most = numbers(row)
    mark = " *" if row["beyond_chance"] else " (few pairs differ)" if row["too_few"] else ""
    for x, text, side, away in (
        (0.0, scenario, "right", -8),
        (1.0, f"{size}  ({least} to {most}){mark}", "left", 8),
    ):
        ax.annotate(
            plain(text), (x, y), xycoords=("axes fraction", "data"), va="center", ha=side,
            textcoords="offset points", xytext=(away, 0), fontsize="small", color="0.35" if x == 0 else "k",
        )  # fmt: skip


def _around(ax: Axes, table: pd.DataFrame, reference: str, outcomes: list[str], shown: list[str]) -> None:
    others = table.index.get_level_values("scenario").unique()
    what = str(others[0]) if len(others) == 1 else "Scenarios"
    _title(ax, fill(plain(f"{what} less {reference}, on the same luck"), 90))
    left_out = f"; {len(outcomes) - len(shown)} outcomes not shown" if len(outcomes) > len(shown) else ""
    n = int(table["n"].max()) if len(table) else 0
    ax.set_xlabel(
        f"less  ←  no difference  →  more   (each outcome on a scale of its own)\n"
        f"n = {n:,} pairs of runs or fewer; lines are 95 % intervals, each on its own{left_out}\n"
        f"blue circles: better, red squares: worse, both beyond chance (*) among the {len(table)} differences"
        "\nlooked at; open grey circles: not beyond chance",
        fontsize="small",
    )
    ax.set_xticks([])
    ax.set_yticks([])
    for edge in ("top", "right", "left", "bottom"):
        ax.spines[edge].set_visible(False)


def _title(ax: Axes, text: str) -> None:
    """A title that begins where the widest label at the left of the axes does."""
    left = min([0.0, *(label.get_window_extent().x0 - ax.bbox.x0 for label in ax.texts)])
    points = 72.0 / ax.figure.dpi
    ax.annotate(
        text, (0.0, 1.0), xycoords="axes fraction", va="bottom", ha="left",
        textcoords="offset points", xytext=(left * points, 6), fontsize="medium",
    )  # fmt: skip
