"""What parties have in mind, against the truth: belief, and the rung as they perceive it."""

from __future__ import annotations

from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from verifsim.comparison.intervals import share_interval
from verifsim.ladder import RUNGS
from verifsim.outcomes.verification import others
from verifsim.plots.style import (
    PARTY_COLOURS,
    PARTY_MARKERS,
    Results,
    axes_for,
    chosen,
    dataset,
    months_of,
    note_beside,
    parties_of,
    percent,
    runs_of,
    titles,
)

BINS = 10
"""Into how many like parts belief, 0 to 1, is cut."""


class Reliability(NamedTuple):
    """How often what was believed with some probability was true; one number a part of the scale in use."""

    believed: np.ndarray
    """The mean belief."""
    true: np.ndarray
    """The share of run-months in which it was true."""
    low: np.ndarray
    high: np.ndarray
    """Ends of the interval of ``true``, about 95 %."""
    n: np.ndarray
    """Run-months; one counts once for each region that was looked at."""
    part: np.ndarray
    """Which part of the scale, from 0."""


def reliability(belief: xr.DataArray, truth: xr.DataArray) -> Reliability:
    """Cut belief into `BINS` like parts, and say how often it was true in each.

    Parameters
    ----------
    belief
        Probabilities, by run and whatever else.
    truth
        Whether it is true; the same dims.

    Returns
    -------
    Of the parts in which there is anything. Months of a run are not independent, so the interval is Wilson's
    with as many independent looks as the spread between runs amounts to; where there is no such spread, as
    where all or none are true, each run counts once.
    """
    flat = belief.transpose("run", ...).values.reshape(belief.sizes["run"], -1)
    part = np.minimum((flat * BINS).astype(np.int64), BINS - 1)
    is_true = truth.transpose(*belief.transpose("run", ...).dims).values.reshape(flat.shape)
    rows = [(*_one_part(flat, is_true, part == k), k) for k in range(BINS) if (part == k).any()]
    return Reliability(*map(np.array, zip(*rows, strict=True)))


def _one_part(belief: np.ndarray, truth: np.ndarray, within: np.ndarray) -> tuple[float, ...]:
    """Mean belief, share true, its interval, and the number of run-months within a mask (run, look)."""
    looks, yes = within.sum(axis=1), (within & truth).sum(axis=1)
    n, runs = int(looks.sum()), int((looks > 0).sum())
    share = float(yes.sum() / n)
    between = float(((yes - share * looks) ** 2).sum()) * runs / max(runs - 1, 1)
    independent = share * (1.0 - share) * n**2 / between if runs > 1 and between > 0.0 else runs
    independent = min(independent, n)
    return (float(belief[within].mean()), share, *share_interval(share * independent, independent), n)


def belief_against_truth(
    results: Results, region: str | None = None, party: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how often the other does hide missiles where a party believes so with some probability.

    Parameters
    ----------
    results
        A study, or its dataset.
    region
        One region; all together if not said.
    party
        The party that believes; each by itself if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes. Truth is whether something was hidden there when the party looked, as in ``brier_score``; a
    frozen world counts as it stood.
    """
    ds, ax = dataset(results), axes_for(ax, (9.0, 6.0))
    belief, truth = ds.belief, others(ds.hidden_when_looked)
    if region is not None:
        where = chosen(ds, "region", region)
        belief, truth = belief.sel(region=where), truth.sel(region=where)
    ax.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle=":", label="believed as often\nas it is true")
    for row, (p, name, title) in enumerate(parties_of(ds, party)):
        found = reliability(belief.sel(party=name), truth.sel(party=name))
        _draw_reliability(ax, found, p, title, 1.02 + 0.045 * row)
    ax.set(xlim=(0, 1), ylim=(-0.03, 1.03), box_aspect=0.9)
    ax.set_xlabel("belief that the other hides missiles there (mean of each tenth of the scale)")
    ax.set_ylabel("share of run-months in which it does")
    of = "all regions" if region is None else titles(ds, "region")[region]
    ax.set_title(f"Belief against truth, {of}", loc="left", fontsize="medium", pad=36)
    note_beside(
        ax,
        f"{runs_of(ds)} of {months_of(ds)}.\nAbove the plot: run-months\nin each tenth, "
        "a region each.\nBars: about 95 %; months of a\nrun are not independent, so\nthey are "
        "reckoned by run:",
    )
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 0.78), frameon=False, fontsize="small", borderaxespad=0)
    return ax


def _draw_reliability(ax: Axes, found: Reliability, p: int, title: str, y: float) -> None:
    """One party's points, with their numbers of run-months in a row above the axes."""
    colour = PARTY_COLOURS[p % len(PARTY_COLOURS)]
    ax.errorbar(
        found.believed,
        found.true,
        yerr=np.stack([found.true - found.low, found.high - found.true]).clip(0.0),
        color=colour,
        marker=PARTY_MARKERS[p % len(PARTY_MARKERS)],
        markerfacecolor=colour if p % 2 == 0 else "white",
        linewidth=1,
        capsize=3,
        clip_on=False,
        label=f"{title} believes",
    )
    small: dict[str, Any] = {"transform": ax.transAxes, "fontsize": "x-small", "color": colour}
    ax.text(-0.01, y, f"{title}:", ha="right", **small)
    for part, n in zip(found.part, found.n, strict=True):
        ax.text((part + 0.5) / BINS, y, f"{n:,}", ha="center", **small)


def perceived_shares(true: np.ndarray, perceived: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Run-months of each pair of rungs, (true, perceived), among the rungs that occur; and these."""
    pairs = np.bincount((true * len(RUNGS) + perceived).ravel(), minlength=len(RUNGS) ** 2)
    counts = pairs.reshape(len(RUNGS), len(RUNGS))
    occur = [rung for rung in range(len(RUNGS)) if counts[rung].any() or counts[:, rung].any()]
    return counts[np.ix_(occur, occur)], occur


def perceived_rungs(results: Results, party: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw on which rung a party takes the world to be, for each rung that it is truly on.

    Parameters
    ----------
    results
        A study, or its dataset.
    party
        The party that perceives; both pooled if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes. Each row adds up to 100 %: of the months in which the world was truly on a rung, the share in
    which it was perceived on each. A frozen world counts as it stood.
    """
    ds, ax = dataset(results), axes_for(ax, (9.0, 5.5))
    perceived = ds.perceived_rung.sel(party=[name for _, name, _ in parties_of(ds, party)])
    true = ds.world_rung.broadcast_like(perceived).transpose(*perceived.dims)
    counts, occur = perceived_shares(true.values.astype(np.int64), perceived.values.astype(np.int64))
    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(total, 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, origin="lower", aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        said, colour = _cell(float(share), int(total[row, 0])), "white" if share > 0.6 else "black"
        ax.text(column, row, said, ha="center", va="center", fontsize="small", color=colour)
    for k in range(len(occur)):  # where perception is right
        ax.add_patch(Rectangle((k - 0.5, k - 0.5), 1, 1, fill=False, edgecolor="0.2", linewidth=1.2))
    for k, n in enumerate(total[:, 0]):
        beside = f"of {n:,}" if n else "never there"
        ax.text(1.012, k, beside, transform=ax.get_yaxis_transform(), va="center", fontsize="small")
    names = [f"{rung} {fill(RUNGS[rung], 12)}" for rung in occur]
    ax.set_xticks(range(len(occur)), names, fontsize="small")
    ax.set_yticks(range(len(occur)), names, fontsize="small")
    ax.tick_params(length=0)
    who = "both parties perceive" if party is None else f"{titles(ds, 'party')[party]} perceives"
    ax.set_xlabel("perceived rung of the world")
    ax.set_ylabel("true rung of the world")
    ax.set_title(f"The rung of the world as {who} it", loc="left", fontsize="medium", pad=36)
    pooled = ", both parties pooled" if party is None else ""
    ax.text(
        0.0,
        1.02,
        f"Of the run-months truly on a rung, the share perceived on each (framed: rightly){pooled};\n"
        f"{runs_of(ds)} of {months_of(ds)}, and beside each row its run-months",
        transform=ax.transAxes,
        fontsize="small",
        style="italic",
    )
    return ax


def _cell(share: float, total: int) -> str:
    return percent(share) if share else "–" if total else ""
