"""What happened in one run, along time: a lane for each party, one for what is of both, one for China."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.textpath import TextPath

from verifsim.ladder import RUNGS
from verifsim.plots.china import COLOUR as CHINA_COLOUR
from verifsim.plots.style import (
    PARTY_COLOURS,
    RUNG_COLOURS,
    Results,
    along,
    axes_for,
    dataset,
    months_axis,
    plain,
    runs_of,
)
from verifsim.story import Line, story
from verifsim.story.recorded import Recorded

FIRST = (
    *("crises", "ends", "entries", "treaty", "announced", "decisions", "events", "hidden", "talks"),
    *("pledges", "exercises", "suspensions", "hosts", "disputed", "first_tests", "orders_of_production"),
    *("china", "rungs"),
    *("visits", "misreadings", "beliefs", "standing", "types", "ranges", "trust", "alarms"),
)
"""Kinds of happenings, those that are shown first where there is no room for all."""

_UNSEEN = ("end",)
"""Kinds that are not told here, for the axis says them."""

_OF_ALL = ("crises", "ends", "entries", "suspensions", "rungs")
"""Kinds that are of no one party, though they may name one."""

SIZE = 7.5
"""Of the letters, in points."""

_ROW, _APART = 12.5, 6.0
"""The least height of a row of labels, and the distance of a label from its mark, in points."""

_FEWEST_ROWS = 20.0
"""Rows there is room for at least, so that a few happenings do not stand far apart."""

LONGEST = 64
"""Characters of a label."""


_SHORTER = (
    (r" from '[^']*' to ", " to "),
    (r" \([^)]*\)", ""),
    (r": it binds .*", ""),
    (r" for consent to station missiles", " for consent"),
    (r" on these missiles", ""),
)
"""What a label says in fewer words."""


class Label(NamedTuple):
    """A happening with its place along the axis, in points from the left end."""

    line: Line
    text: str
    at: float
    low: float
    high: float
    """What mark and text take up."""
    rightwards: bool
    """Whether the text is to the right of the mark."""


def timeline(results: Results, run: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw what happened in one run, as its story tells it.

    Parameters
    ----------
    results
        A study, or its dataset.
    run
        The run; the first if not said.
    ax
        Axes to draw on.

    Returns
    -------
    The axes. As much is told as has room: what comes first in `FIRST` is preferred, and what is left out is
    counted beside its lane. The rung of the world is a strip below, and takes the place of its climbs.
    """
    ds, ax = dataset(results), axes_for(ax, (12.0, 8.0))
    told = Recorded(ds, int(ds.run[0]) if run is None else run)
    lanes = _lanes(told, story(ds, told.number))
    width, height = _points(ax)
    labels = [[_label(line, name, told, width) for line in lines] for name, _, lines in lanes]
    caps = shares([1 + max(rows(of_lane), default=0) for of_lane in labels], int(height / _ROW) - 3)
    y = 0.0
    places, names = [], []
    for (name, colour, _), of_lane, cap in zip(lanes, labels, caps, strict=True):
        shown = most_that_fit(of_lane, cap)
        for label, row in zip(shown, rows(shown), strict=True):
            _draw(ax, label, y + row, colour)
        left_out = len(of_lane) - len(shown)
        places.append(y + (cap - 1) / 2)
        names.append(name + (f"\nand {left_out:,} more" if left_out else ""))
        y += cap + 0.5
        ax.axhline(y - 0.75, color="0.85", linewidth=0.8)
    y = max(y, _FEWEST_ROWS)
    _draw_strip(ax, ds, told, y, width)
    months_axis(ax, ds.month)
    ax.set_ylim(y + 1.1, -0.9)
    ax.set_yticks([*places, y + 0.4], [*names, "rung of\nthe world"])
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.grid(axis="x", color="0.92", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set_title(f"What happened in run {told.number:,}", loc="left", fontsize="medium", pad=22)
    _say_marks(ax, ds)
    return ax


def _lanes(run: Recorded, lines: Iterable[Line]) -> list[tuple[str, str, list[Line]]]:
    """Name, colour and happenings of each lane; without those in which nothing happens."""
    ours = [(plain(name), PARTY_COLOURS[p % len(PARTY_COLOURS)]) for p, name in enumerate(run.parties)]
    every = [*ours, ("both,\nthe world", "0.25"), (plain(run.china), CHINA_COLOUR)]
    found: list[list[Line]] = [[] for _ in every]
    for line in lines:
        if line.kind not in _UNSEEN and not line.text.startswith("The world "):
            found[lane_of(line, run.parties)].append(line)
    return [(*lane, of_lane) for lane, of_lane in zip(every, found, strict=True) if of_lane]


def lane_of(line: Line, parties: list[str]) -> int:
    """Whose happening it is: that of a party, by number; of both or the world; or, last, of China."""
    both = len(parties)
    if line.kind == "china":
        return both + 1
    subject = line.text.split(";")[0]
    named = {subject.find(name): p for p, name in enumerate(parties) if name in subject}
    if line.kind in _OF_ALL or not named or (subject.startswith("Inspectors of ") and len(named) > 1):
        return both
    return named[min(named)]


def brief(text: str, whose: str) -> str:
    """A sentence of a story as a label in the lane of a party: without what the lane and the mark say."""
    said = text.removesuffix(".").split(";")[0]
    for before in ("Event, in truth: ", "Event: ", "In truth, ", f"{whose}'s ", f"{whose} "):
        said = said.removeprefix(before)
    said = said.replace(f" of {whose}", "", 1)
    for words, shorter in _SHORTER:
        said = re.sub(words, shorter, said)
    return shorten(said[:1].upper() + said[1:], LONGEST, placeholder=" …", break_on_hyphens=False)


def _label(line: Line, whose: str, run: Recorded, width: float) -> Label:
    """A happening as a label that stays on the axis where there is room to one side of its mark."""
    text = plain(brief(line.text, whose))
    first, last = along(run.ds.month, run.ds.month.values)[0][[0, -1]]
    at = float(width * ((np.datetime64(line.month) - first) / (last - first)))
    long = _APART + text_width(text)
    if at + long <= width:
        return Label(line, text, at, at - _APART, at + long + _APART, rightwards=True)
    return Label(line, text, at, at - long - _APART, at + _APART, rightwards=False)


def text_width(text: str) -> float:
    """How wide a text is, in points."""
    return float(TextPath((0, 0), text, size=SIZE).vertices[:, 0].max()) if text.strip() else 0.0


def _points(ax: Axes) -> tuple[float, float]:
    """Width and height of axes in points; a constrained layout will make them larger, not smaller."""
    box = ax.get_window_extent()
    per_inch = ax.figure.dpi / 72.0
    return float(box.width / per_inch), float(box.height / per_inch)


def rows(labels: list[Label]) -> list[int]:
    """The row of each label, from 0: the first that is free where it stands, from left to right."""
    ends: list[float] = []
    placed = {}
    for k in sorted(range(len(labels)), key=lambda k: labels[k].low):
        free = next((row for row, end in enumerate(ends) if end <= labels[k].low), len(ends))
        ends[free : free + 1] = [labels[k].high]
        placed[k] = free
    return [placed[k] for k in range(len(labels))]


def most_that_fit(labels: list[Label], n_rows: int) -> list[Label]:
    """Labels for which there is room in so many rows, those that come first in `FIRST` before others."""
    shown: list[Label] = []
    for label in sorted(labels, key=lambda label: FIRST.index(label.line.kind)):
        if max(rows([*shown, label])) < n_rows:
            shown.append(label)
    return shown


def shares(needs: list[int], room: int) -> list[int]:
    """Rows for each lane: what it needs, or where there is no room for that, like shares of what there is."""
    given = list(needs)
    while sum(given) > max(room, len(given)):
        given[int(np.argmax(given))] -= 1
    return given


def _draw(ax: Axes, label: Label, y: float, colour: str) -> None:
    month = np.datetime64(label.line.month, "ns")
    secret = label.line.text.startswith(("In truth", "Event, in truth"))
    marker = "D" if label.line.kind == "events" else "o"
    ax.plot([month], [y], marker, ms=4, color=colour, mfc="white" if secret else colour, clip_on=False)
    ax.annotate(
        label.text,
        (month, y),
        (_APART if label.rightwards else -_APART, 0),
        textcoords="offset points",
        ha="left" if label.rightwards else "right",
        va="center",
        fontsize=SIZE,
    )


def _draw_strip(ax: Axes, ds: xr.Dataset, run: Recorded, y: float, width: float) -> None:
    """The rung of the world as a coloured strip, named where there is room."""
    rungs = run.of("world_rung")
    edges = along(ds.month, ds.month.values)[0]
    last = edges.size - 1
    changes = [0, *(np.flatnonzero(np.diff(rungs)) + 1).tolist(), min(len(rungs), last)]
    for begin, end in pairwise(changes):
        if end > begin:
            rung = int(rungs[begin])
            _draw_piece(
                ax,
                edges[[begin, end]],
                y,
                RUNG_COLOURS[rung],
                f"{rung} {RUNGS[rung]}",
                width / last * (end - begin),
            )
    if len(rungs) < last:
        _draw_piece(ax, edges[[len(rungs), last]], y, "0.9", "frozen", width / last * (last - len(rungs)))


def _draw_piece(ax: Axes, ends: Any, y: float, colour: str, name: str, width: float) -> None:
    """A piece of the strip, with its name, the name's number alone, or nothing, as there is room."""
    ax.fill_between(ends, y, y + 0.9, color=colour, linewidth=0)
    said = next((text for text in (name, name.split()[0]) if text_width(text) + 4 <= width), "")
    dark = colour in (RUNG_COLOURS[0], *RUNG_COLOURS[-2:])
    ax.text(
        ends[0] + (ends[1] - ends[0]) / 2,
        y + 0.45,
        said,
        ha="center",
        va="center",
        fontsize=SIZE,
        color="white" if dark else "black",
    )


def _say_marks(ax: Axes, ds: xr.Dataset) -> None:
    """What the marks mean, above the axes."""
    said = (("o", "0.25", "known, believed or found"), ("o", "white", "in truth, known to its owner at most"))
    said_n = f"one of {runs_of(ds)}" if ds.sizes["run"] > 1 else runs_of(ds)
    for marker, face, meaning in (*said, ("D", "0.25", "dated by the scenario")):
        ax.plot([], [], marker, ms=4, color="0.25", mfc=face, linestyle="", label=meaning)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        frameon=False,
        fontsize="small",
        borderaxespad=0,
        handletextpad=0.1,
        columnspacing=1.2,
    )
    ax.text(
        1.0,
        1.012,
        said_n,
        transform=ax.transAxes,
        ha="right",
        fontsize="small",
        style="italic",
    )
