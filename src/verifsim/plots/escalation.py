"""The escalation curve: how many runs stand on each rung, month by month."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.ladder import RUNGS
from verifsim.outcomes import escalation
from verifsim.outcomes.columns import columns
from verifsim.outcomes.summary import runs_by_rung
from verifsim.plots.observed import draw_observed, observed_rungs
from verifsim.plots.style import (
    RUNG_COLOURS,
    Results,
    all_runs_of,
    along,
    axes_for,
    chosen,
    dataset,
    months_axis,
    note_beside,
    percent,
    spread_labels,
    titles,
)
from verifsim.results import n_runs


def rung_shares(ds: xr.Dataset, region: str | None = None) -> np.ndarray:
    """Share of runs on each rung, (rung, month), in a region or, if none is said, in the world."""
    return np.asarray(runs_by_rung(ds, region).T / n_runs(ds))


def escalation_curve(results: Results, region: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the share of runs on each rung as stacked areas, and a line through the rungs that were observed.

    Parameters
    ----------
    results
        A study, or its dataset.
    region
        One region; the world if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes, with the rungs that occur named at the right.
    """
    ds, ax = dataset(results), axes_for(ax)
    shares = rung_shares(ds, None if region is None else chosen(ds, "region", region))
    present = [rung for rung in range(len(RUNGS)) if shares[rung].any()]
    ax.stackplot(
        *along(ds.month, 100 * shares[present]),
        colors=[RUNG_COLOURS[rung] for rung in present],
        edgecolor="white",
        linewidth=0.4,
        step="post",
    )
    months_axis(ax, ds.month)
    ax.set_ylim(0, 100)
    ax.set_ylabel("share of runs (%)")
    _name_rungs(ax, shares, present)
    where = "the world" if region is None else titles(ds, "region")[region]
    ax.set_title(f"Escalation in {where}", loc="left", fontsize="medium")
    note_beside(ax, f"Share of {all_runs_of(ds)} on\neach rung, at the end:")
    rungs = observed_rungs(ds, region)
    if rungs is not None:
        draw_observed(ax, ds.month, _middles(shares, rungs), "through the band of the rung that happened")
    if region is None:
        _name_crises(ax, ds)
    return ax


def _middles(shares: np.ndarray, rungs: np.ndarray) -> np.ndarray:
    """The middle of the band of a rung, month by month, in percent; nan where the rung is."""
    middles = 100 * (np.cumsum(shares, axis=0) - shares / 2)
    at = np.nan_to_num(rungs).astype(np.intp)
    return np.where(np.isnan(rungs), np.nan, np.take_along_axis(middles, at[None], axis=0)[0])


def _name_crises(ax: Axes, ds: xr.Dataset) -> None:
    """Say below the axes how many runs saw a crisis, and how many of those got out of control."""
    read = columns(ds, escalation.OUTCOMES)
    seen, lost = (float((read[name] > 0).mean()) for name in ("crisis_months", "uncontrolled"))
    if seen:
        said = f"a crisis in {percent(seen)} of runs, out of control in {percent(lost)}"
        ax.text(1.0, 1.02, said, transform=ax.transAxes, ha="right", fontsize="small", color="0.35")


def _name_rungs(ax: Axes, shares: np.ndarray, present: list[int]) -> None:
    """Name the rungs at the right, with their share in the last month, beside their bands."""
    tops = 100 * np.cumsum(shares[:, -1])
    centres = [float(tops[rung] - 50 * shares[rung, -1]) for rung in present]
    places = spread_labels(centres, 7.0, 2.0, 85.0)
    beside = ax.get_yaxis_transform()  # x in axes, y in percent
    for rung, place in zip(present, places, strict=True):
        ended = shares[rung, -1] == 0
        ax.plot(
            [1.02],
            [place],
            "s",
            ms=9,
            color=RUNG_COLOURS[rung],
            mec="0.4",
            mew=0.4,
            transform=beside,
            clip_on=False,
        )
        ax.text(
            1.04,
            place,
            f"{rung} {RUNGS[rung]}, {percent(shares[rung, -1])}",
            transform=beside,
            va="center",
            fontsize="small",
            color="0.45" if ended else "black",
        )
