"""Which numbers move an outcome: a tornado of rank correlations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from verifsim.plots.style import axes_for, plain

UP, DOWN, UNSURE = "#2a6591", "#b5402a", "0.75"

MOST = 12
"""Numbers that a picture shows unless asked for more."""


def tornado(drivers: pd.DataFrame, outcome: str, ax: Axes | None = None, most: int = MOST) -> Axes:
    """Draw the numbers that move an outcome most, the strongest on top.

    Parameters
    ----------
    drivers
        A table of `verifsim.outcomes.drivers`.
    outcome
        Its name, for the title.
    ax
        Axes to draw on.
    most
        How many numbers are shown.

    Returns
    -------
    The axes. Bars are rank correlations, lines their 95 % intervals one by one; what does not differ from 0
    beyond chance, among all the numbers that were looked at, is grey. Beside a bar stand the outcome's means
    where the number was drawn low (lowest third of runs) and high.
    """
    shown = drivers.head(most).iloc[::-1]
    ax = axes_for(ax, (9.5, 1.9 + 0.36 * len(shown)))
    sure, up = shown["beyond_chance"].to_numpy(), shown["rank_correlation"].to_numpy() > 0
    at, length = np.arange(len(shown)), shown["rank_correlation"].to_numpy()
    ax.barh(at, length, color=np.where(~sure, UNSURE, np.where(up, UP, DOWN)), height=0.62)
    margins = np.abs(shown[["low", "high"]].to_numpy().T - length)
    ax.errorbar(length, at, xerr=margins, fmt="none", ecolor="0.25", elinewidth=1, capsize=2)
    ax.axvline(0, color="0.25", linewidth=0.8)
    ax.set_yticks(at, [plain(_folded(str(number))) for number in shown.index], fontsize="small")
    _means_beside(ax, at, shown)
    reach = min(1.0, 1.15 * float(np.nanmax(np.abs(shown[["low", "high"]].to_numpy()))))
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-0.6, len(shown) - 0.4)
    n, looked_at = int(shown["n"].iloc[0]), len(drivers)
    ax.set_xlabel(
        f"rank correlation with what n = {n:,} worlds drew; lines: 95 % intervals\n"
        f"grey: not beyond chance, {_of_all(looked_at)}",
        fontsize="small",
    )
    ax.set_title(f"What moves {plain(outcome)}", loc="left", fontsize="medium", pad=28)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def _folded(name: str, width: int = 36) -> str:
    """A long path on two lines, broken after the dot that is nearest to its middle."""
    dots = [at + 1 for at, letter in enumerate(name) if letter == "."]
    if len(name) <= width or not dots:
        return name
    middle = min(dots, key=lambda at: abs(at - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def _of_all(looked_at: int) -> str:
    return f"with {looked_at:,} numbers looked at" if looked_at > 1 else "with one number looked at"


def _short(mean: float) -> str:
    return f"{mean:,.0f}" if abs(mean) >= 1000 else f"{mean:,.3g}"


def _means_beside(ax: Axes, at: np.ndarray, shown: pd.DataFrame) -> None:
    """Beside each bar, the outcome's means where its number is low and where it is high."""
    beside: dict[str, Any] = {"textcoords": "offset points", "xytext": (6, 0), "fontsize": "small"}
    ax.annotate(
        "mean where it\nis low → high",
        (1.0, 1.0),
        xycoords="axes fraction",
        va="bottom",
        style="italic",
        **beside,
    )
    for y, low, high in zip(at, shown["mean_where_low"], shown["mean_where_high"], strict=True):
        ax.annotate(
            f"{_short(low)} → {_short(high)}",
            (1.0, y),
            xycoords=("axes fraction", "data"),
            va="center",
            **beside,
        )
