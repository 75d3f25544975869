"""Who deploys first, and why: the first deployments of one scenario, cause by cause."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from verifsim.comparison.deployment import cumulative_incidence, still_without
from verifsim.outcomes.base import region_in_question
from verifsim.outcomes.first_moves import BOTH, NOBODY, first_moves
from verifsim.plots.several import with_end
from verifsim.plots.style import (
    PARTY_COLOURS,
    Results,
    all_runs_of,
    axes_for,
    chosen,
    dataset,
    months_axis,
    note_beside,
    percent,
    spread_labels,
    titles,
)

RARE = 0.01
"""Causes of a smaller share of worlds are drawn as one, where there are several."""

MOST = 9
"""Causes that are drawn each on its own."""

HATCHES = ("", "////", "....", "xxxx")
"""Of the first party, the second and so on: their colours are alike in grey."""


class Cause(NamedTuple):
    """One way in which a first deployment came about, or that there was none."""

    label: str
    shares: np.ndarray
    """Share of worlds up to each month's end, (month,)."""
    colour: str
    hatch: str


def first_moves_curve(results: Results, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of worlds by who deployed first in a region, and why, as stacked areas.

    Parameters
    ----------
    results
        A study, or its dataset.
    region
        Its name; the region in question if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes: cumulative incidences, and above them the worlds in which nobody has deployed, so that all add
    up to 100 %. What happens in a month is drawn at its end. Each party has a colour, darkest for its most
    frequent reason; causes of less than 1 % of worlds are drawn as one.

    Raises
    ------
    UsageError
        If the scenario lacks the region.
    """
    ds, ax = dataset(results), axes_for(ax, (9.0, 4.5))
    region = region_in_question(ds) if region is None else chosen(ds, "region", region)
    causes = _causes(ds, first_moves(ds, region))
    ends = with_end(ds.month)
    at_start = [float(cause is causes[-1]) for cause in causes]
    shares = np.column_stack([at_start, [cause.shares for cause in causes]])
    floor = np.zeros(ends.size)
    for cause, share in zip(causes, 100.0 * shares, strict=True):
        ax.fill_between(
            ends.values, floor, floor + share, step="post",
            facecolor=cause.colour, hatch=cause.hatch, edgecolor="white", linewidth=0.4,
        )  # fmt: skip
        floor = floor + share
    months_axis(ax, ends)
    ax.set_ylim(0, 100)
    ax.set_ylabel("share of worlds (%)")
    _name_causes(ax, causes)
    where = titles(ds, "region")[region]
    ax.set_title(f"Who deploys first in {where}, and why", loc="left", fontsize="medium")
    note_beside(ax, f"Share of {all_runs_of(ds)} by the first\nto deploy there, at the end:")
    return ax


def _causes(ds: xr.Dataset, moves: pd.DataFrame) -> list[Cause]:
    """What is drawn, from the bottom up: each party's causes, both at once, the rare ones, nobody."""
    counts = moves[moves["who"] != NOBODY].value_counts(["who", "why"])
    rare = counts[(counts < RARE * len(moves)) | (np.arange(len(counts)) >= MOST)]
    if len(rare) == 1:
        rare = rare.iloc[:0]
    named = counts.drop(rare.index)
    found = [
        _cause(ds, moves, [(party, why)], f"{title}: {why}", _shade(PARTY_COLOURS[p], i), HATCHES[p])
        for p, (party, title) in enumerate(titles(ds, "party").items())
        for i, (_, why) in enumerate(key for key in named.index if key[0] == party)
    ]
    if (BOTH, "") in named.index:
        found.append(_cause(ds, moves, [(BOTH, "")], "both in the same month", "0.45", "xxxx"))
    if len(rare):
        each = f"under {100 * RARE:.0f} % each" if rare.max() < RARE * len(moves) else "causes"
        label = f"other ({len(rare)} {each})"
        found.append(_cause(ds, moves, list(rare.index), label, "0.6", "...."))
    nobody = still_without(moves["month"], ds.sizes["month"]).share
    return [*found, Cause("nobody", nobody, "0.93", "")]


def _cause(
    ds: xr.Dataset, moves: pd.DataFrame, keys: list[tuple[str, str]], label: str, colour: str, hatch: str
) -> Cause:
    of_cause = pd.MultiIndex.from_frame(moves[["who", "why"]]).isin(keys)
    return Cause(label, cumulative_incidence(moves["month"], of_cause, ds.sizes["month"]), colour, hatch)


def _shade(colour: str, number: int) -> str:
    """The colour itself for the first, paler and paler ones for those that follow."""
    white = 1.0 - 0.68**number
    red, green, blue = (part + (1.0 - part) * white for part in to_rgb(colour))
    return str(to_hex((red, green, blue)))


def _name_causes(ax: Axes, causes: list[Cause]) -> None:
    """Name the causes at the right, with their share in the last month, beside their areas."""
    final = 100.0 * np.array([cause.shares[-1] for cause in causes])
    places = spread_labels((np.cumsum(final) - final / 2.0).tolist(), 7.0, 2.0, 85.0)
    beside = ax.get_yaxis_transform()  # x in axes, y in percent
    for cause, place in zip(causes, places, strict=True):
        ax.add_patch(
            Rectangle(
                (1.012, place - 2.4), 0.035, 4.8, transform=beside, clip_on=False,
                facecolor=cause.colour, hatch=cause.hatch, edgecolor="white", linewidth=0.0,
            )
        )  # fmt: skip
        said = f"{cause.label}, {percent(float(cause.shares[-1]))}"
        ax.text(1.058, place, said, transform=beside, va="center", fontsize="small")
