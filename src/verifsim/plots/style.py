"""Colours and small helpers that all pictures share; nothing here changes a global style."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any, Protocol

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, MonthLocator
from matplotlib.figure import Figure

from verifsim.errors import UsageError, did_you_mean, names
from verifsim.results import n_runs

RUNG_COLOURS = ("#2c6e8f", "#7fb2c8", "#d9e3e6", "#f6d79b", "#ee9d4a", "#cf5530", "#7d1d28")
"""From restraint to arms race: cool to warm, pale in the middle, so that neighbours differ in grey too."""

PARTY_COLOURS = ("#b5402a", "#2a6591", "#4d7f3c", "#7a5c99")
PARTY_LINES = ("-", (0, (5, 2)), "-.", ":")
PARTY_MARKERS = ("o", "s", "^", "D")
"""Of the first party, the second and so on; lines and markers tell them apart where colours do not."""

REGION_LINES = ("-", "--", ":", "-.")

SCENARIO_COLOURS = ("#1a1a1a", "#c8541a", "#2a7fb8", "#a9a13a", "#8c4f9f", "#3f9f7f")
SCENARIO_LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
"""Of the first scenario, which is the reference, the second and so on; after the last they begin again, each
colour with another line.

Neighbours differ in grey, for people who see few colours, and in their line, for paper without any.
"""


class HasDataset(Protocol):
    """What holds results, such as a study."""

    @property
    def ds(self) -> xr.Dataset:
        """The labelled dataset."""
        ...


Results = xr.Dataset | HasDataset
"""What a picture is drawn of."""


def dataset(results: Results) -> xr.Dataset:
    """The dataset of results, which a study holds."""
    return results if isinstance(results, xr.Dataset) else results.ds


def chosen(ds: xr.Dataset, dim: str, name: str) -> str:
    """A region or party that was asked for.

    Raises
    ------
    UsageError
        If results have none of that name.
    """
    known = ds[dim].values.tolist()
    if name not in known:
        raise UsageError(
            f"{ds.attrs['name']} has no {dim} '{name}'; {did_you_mean(name, known)}there are: {names(known)}"
        )
    return name


def scenario_style(number: int) -> dict[str, Any]:
    """Colour and line of the scenario that comes first (0), second (1), and so on, as keywords of a line."""
    return {
        "color": SCENARIO_COLOURS[number % len(SCENARIO_COLOURS)],
        "linestyle": SCENARIO_LINES[(number + number // len(SCENARIO_COLOURS)) % len(SCENARIO_LINES)],
    }


def scenario_names(sets: Iterable[xr.Dataset]) -> list[str]:
    """What each scenario is called: its name; with what was set, or a number, where two share it."""
    own = [(str(ds.attrs["name"]), str(ds.attrs.get("settings", ""))) for ds in sets]
    first = [f"{n} with {s}" if s and [m for m, _ in own].count(n) > 1 else n for n, s in own]
    return [
        plain(name if first[:i].count(name) == 0 else f"{name} ({first[:i].count(name) + 1})")
        for i, name in enumerate(first)
    ]


class Picture(Figure):
    """A figure that no window manager knows, and that a notebook shows all the same."""

    def __init__(self, size: tuple[float, float]) -> None:
        super().__init__(figsize=size, layout="constrained")
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        png = BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()


class Shown(Axes):
    """Axes that a notebook shows as the figure they are on."""

    def _repr_png_(self) -> bytes | None:
        figure = self.get_figure(root=True)
        return figure._repr_png_() if isinstance(figure, Picture) else None


def axes_for(ax: Axes | None, size: tuple[float, float] = (8.0, 4.5)) -> Axes:
    """The axes to draw on: those given, or fresh ones; no window is opened."""
    if ax is not None:
        return ax
    return Picture(size).add_subplot(axes_class=Shown)


def months_axis(ax: Axes, months: xr.DataArray) -> None:
    """Months along the bottom, from the first to the last."""
    drawn, _ = along(months, months.values)
    ax.set_xlim(drawn[0], drawn[-1])
    locator = AutoDateLocator(minticks=3, maxticks=9) if months.size > 3 else MonthLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def along(months: xr.DataArray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What to draw: months, and values along the last axis; a single month as wide as it is long."""
    if months.size > 1:
        return months.values, values
    return months.values[0] + np.array([0, 30], dtype="timedelta64[D]"), np.repeat(values, 2, axis=-1)


def all_runs_of(ds: xr.Dataset) -> str:
    """How many runs there are, as ``n = 1,000 runs``: for what is drawn of all of them."""
    n = n_runs(ds)
    return f"n = {n:,} run{'' if n == 1 else 's'}"


def runs_of(ds: xr.Dataset) -> str:
    """How many runs are held month by month, and of how many they are a sample, if they are."""
    n = ds.sizes["run"]
    return all_runs_of(ds) if n == n_runs(ds) else f"a sample of {n:,} of {n_runs(ds):,} runs"


def months_of(ds: xr.Dataset) -> str:
    """How many months, as ``120 months``."""
    n = ds.sizes["month"]
    return f"{n:,} month{'' if n == 1 else 's'}"


def parties_of(ds: xr.Dataset, party: str | None) -> list[tuple[int, str, str]]:
    """Number, name and title of the party that was asked for, or of all.

    Raises
    ------
    UsageError
        If results have no such party.
    """
    wanted = None if party is None else chosen(ds, "party", party)
    every = enumerate(titles(ds, "party").items())
    return [(p, name, title) for p, (name, title) in every if wanted in (None, name)]


def note_beside(ax: Axes, text: str) -> None:
    """A small note at the top right, beside the axes: what is shown, and of how many runs."""
    ax.text(1.012, 1.0, text, transform=ax.transAxes, va="top", fontsize="small", style="italic")


def spread_labels(centres: list[float], least: float | list[float], low: float, high: float) -> list[float]:
    """Move labels apart, as little as needed, so that none covers another.

    ``centres`` in rising order; ``least`` is the distance to keep, or those between neighbours; labels stay
    within ``low`` and ``high`` where there is room.
    """
    placed = list(centres)
    gaps = least if isinstance(least, list) else [least] * max(0, len(placed) - 1)
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gaps[i - 1])
    if placed and placed[-1] > high:
        placed[-1] = high
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - gaps[i])
    shift = max(0.0, low - placed[0]) if placed else 0.0
    return [p + shift for p in placed]


def titles(ds: xr.Dataset, dim: str) -> dict[str, str]:
    """The names of parties or regions as people write them, by their key."""
    written = [plain(title) for title in ds[f"{dim}_title"].values.tolist()]
    return dict(zip(ds[dim].values.tolist(), written, strict=True))


def plain(text: str) -> str:
    """A text without formulas: a dollar is a dollar."""
    return text.replace("$", r"\$")


def percent(share: float) -> str:
    """A share as people write it: never 0 % for what occurs, nor 100 % for what has exceptions."""
    rounded = round(100 * share)
    if rounded == 0 < share:
        return "under 1 %"
    if rounded == 100 and share < 1.0:
        return "over 99 %"
    return f"{rounded} %"
