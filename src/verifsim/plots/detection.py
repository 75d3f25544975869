"""How many breaches are detected within a year, of scenarios side by side, against goals of detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from verifsim.comparison.intervals import share_interval
from verifsim.outcomes.columns import Columns, column, columns
from verifsim.outcomes.verification import GOAL_MONTHS, OUTCOMES
from verifsim.plots.several import LINE, datasets, folded
from verifsim.plots.style import Results, axes_for, percent, scenario_names, scenario_style, titles

Place = tuple[str, str]
"""The party that hides missiles, and the region."""

MARKERS = "osD^vP"
"""Of the first scenario, the second and so on, for paper without colours."""

GOALS = {"low": 0.2, "medium": 0.5, "high": 0.9}
"""Detection probabilities by the names that planners of nuclear inspections have for them.

The IAEA Safeguards Glossary (2001, "detection probability") has 90 % as high and 20 % as low in use for
sampling plans; one half lies between. They are a yardstick: no missile treaty has set such goals.
"""

DETECTED = next(o for o in OUTCOMES if o.name == f"breach_detected_within_{GOAL_MONTHS}_months")
DELAY = next(o for o in OUTCOMES if o.name == "months_until_detection")
"""It has a meaning wherever there is a breach."""


class Breaches(NamedTuple):
    """The first breaches of one party in one region, in one scenario."""

    n: int
    """Those that began early enough for all the months of the goal to be seen."""
    detected: int
    late: int
    """Those that began later, and count nowhere."""


def detection(*results: Results, ax: Axes | None = None) -> Axes:
    """Draw the share of breaches that are detected within 12 months, with its 95 % interval.

    Parameters
    ----------
    results
        Studies, or their datasets.
    ax
        Axes to draw on.

    Returns
    -------
    The axes, with a block for each party that hides missiles in a region in any of the scenarios, and in it a
    row for each scenario, also for those in which it never does. A run counts with its first breach, unless
    that began in the last 12 months. Intervals are Wilson's.

    Raises
    ------
    UsageError
        If there is no scenario.
    """
    sets, found = datasets(results), [_breaches(each) for each in datasets(results)]
    places = [place for place in _all_places(found) if any(place in f and sum(f[place]) for f in found)]
    names = [folded(name) for name in scenario_names(sets)]
    tall = [max(1.7, name.count("\n") + 1.5) for name in names]
    lines = max(1, len(places)) * (sum(tall) + 2.4)
    ax = axes_for(ax, (9.0, 1.8 + LINE / 72.0 * lines))
    y = 0.0
    for place in places:
        ax.annotate(
            _title(sets, found, place), (0.0, y), xycoords=("axes fraction", "data"), va="center", ha="right",
            textcoords="offset points", xytext=(-8, 0), fontsize="small", fontweight="bold",
        )  # fmt: skip
        for number, (name, breaches) in enumerate(zip(names, found, strict=True)):
            y -= tall[number] / 2.0 + (0.7 if number == 0 else tall[number - 1] / 2.0)
            _row(ax, y, name, breaches.get(place), number)
        y -= tall[-1] / 2.0 + 1.7
    if not places:
        said = "no breach: no party hides missiles in any of these worlds"
        ax.text(0.5, 0.5, said, transform=ax.transAxes, ha="center", va="center")
    _around(ax, (y + 1.4, 1.4) if places else (0.0, 1.0))
    return ax


def _breaches(ds: xr.Dataset) -> dict[Place, Breaches]:
    """The breaches of a scenario by party and region."""
    read = columns(ds, (DETECTED, DELAY))
    found = {}
    for place in product(ds.party.values.tolist(), ds.region.values.tolist()):
        in_time, delay = (_known(read, column(outcome, place)) for outcome in (DETECTED, DELAY))
        found[place] = Breaches(len(in_time), int(in_time.sum()), len(delay) - len(in_time))
    return found


def _known(read: Columns, name: str) -> np.ndarray:
    """The values of a column in the runs in which it has a meaning; there may be no such column."""
    values = np.asarray(read.get(name, ()), dtype=np.float64)
    return values[~np.isnan(values)]


def _all_places(found: Sequence[dict[Place, Breaches]]) -> list[Place]:
    return list(dict.fromkeys(place for each in found for place in each))


def _title(sets: Sequence[xr.Dataset], found: Sequence[Mapping[Place, Breaches]], place: Place) -> str:
    """Who hides where, in the words of the first scenario that has both."""
    ds = next(ds for ds, each in zip(sets, found, strict=True) if place in each)
    return f"{titles(ds, 'party')[place[0]]} hides missiles in {titles(ds, 'region')[place[1]]}"


def _row(ax: Axes, y: float, name: str, breaches: Breaches | None, number: int) -> None:
    """One scenario: its name at the left, a point and its interval, the number of breaches at the right."""
    colour = scenario_style(number)["color"]
    if breaches is not None and breaches.n:
        low, high = share_interval(breaches.detected, breaches.n)
        ax.plot([100 * low, 100 * high], [y, y], color=colour, linewidth=2, solid_capstyle="butt")
        marker = MARKERS[number % len(MARKERS)]
        ax.plot(
            [100 * breaches.detected / breaches.n], [y], marker, color=colour, markersize=6, clip_on=False
        )
    for x, text, side, away in ((0.0, name, "right", -8), (1.0, _said(breaches), "left", 8)):
        ax.annotate(
            text, (x, y), xycoords=("axes fraction", "data"), va="center", ha=side, fontsize="small",
            textcoords="offset points", xytext=(away, 0), linespacing=1.05, color=colour if x == 0 else "k",
        )  # fmt: skip


def _said(breaches: Breaches | None) -> str:
    """How many breaches there are, also where there is nothing to draw."""
    if breaches is None:
        return "not in this scenario"
    if breaches.n == 0:
        return f"no breach but {breaches.late:,} too late" if breaches.late else "no breach"
    late = f" ({breaches.late:,} more too late)" if breaches.late else ""
    return f"{percent(breaches.detected / breaches.n)} of n = {breaches.n:,}{late}"


def _around(ax: Axes, limits: tuple[float, float]) -> None:
    ax.set_xlim(0, 100)
    ax.set_ylim(*limits)
    ax.set_yticks([])
    for name, goal in GOALS.items():
        ax.axvline(100 * goal, color="0.5", linewidth=0.9, linestyle=(0, (2, 2)), zorder=0)
        ax.annotate(
            f"{name}\n{100 * goal:.0f} %", (100 * goal, 1.0), xycoords=("data", "axes fraction"), ha="center",
            va="bottom", textcoords="offset points", xytext=(0, 2), fontsize="small", color="0.35",
        )  # fmt: skip
    ax.set_title(f"Breaches detected within {GOAL_MONTHS} months", loc="left", fontsize="medium", pad=30)
    ax.set_xlabel(
        "share of breaches detected (%); lines: 95 % intervals (Wilson)\n"
        f"n: runs with a breach, the first of each; too late: began in the last {GOAL_MONTHS} months\n"
        "dotted: low, medium and high goals, borrowed from nuclear safeguards; none is set for missiles",
        fontsize="small",
    )
    for edge in ("top", "right", "left"):
        ax.spines[edge].set_visible(False)
