"""Every kind of picture that results have, drawn into the page itself."""

from __future__ import annotations

import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import matplotlib as mpl
from matplotlib.figure import Figure

from verifsim.comparing import Comparison
from verifsim.errors import UsageError
from verifsim.outcomes.base import region_in_question
from verifsim.plots.kinds import KINDS, Kind, Of, drawn
from verifsim.plots.style import all_runs_of, runs_of
from verifsim.study import Study

LARGEST = 100_000
"""Bytes of a drawing beyond which it is kept in pixels: thousands of lines load slowly, and gain nothing."""

_DPI = 150


@dataclass(frozen=True)
class Picture:
    """A picture, and what stands below it."""

    uri: str
    """The picture itself, as a ``data:`` address."""
    alt: str
    """What it shows, for who does not see it."""
    caption: str


@dataclass(frozen=True)
class Group:
    """The pictures of one kind."""

    title: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class LeftOut:
    """A kind of picture that results have not, and why."""

    kind: str
    why: str


def figures(
    names: Sequence[str], studies: Sequence[Study], comparison: Comparison | None
) -> tuple[list[Group], list[LeftOut]]:
    """Draw every kind that there is: first what shows all scenarios in one picture, then each by itself.

    Parameters
    ----------
    names, studies
        The scenarios, the reference first.
    comparison
        Of these; None for a single one, which leaves out the kinds that are of pairs.
    """
    groups, left_out = [], []
    for kind in sorted(KINDS.values(), key=lambda kind: _ORDER.index(kind.of)):
        pictures: list[Picture] = []
        for picture in _of_kind(kind, names, studies, comparison):
            try:
                pictures.append(picture())
            except UsageError as error:
                left_out.append(LeftOut(kind.name, str(error)))
        groups += [Group(_sentence(kind.shows), tuple(pictures))] if pictures else []
    return groups, list(dict.fromkeys(left_out))


_ORDER = (Of.SEVERAL, Of.PAIRS, Of.ONE)


def _of_kind(
    kind: Kind, names: Sequence[str], studies: Sequence[Study], comparison: Comparison | None
) -> Iterator[Callable[[], Picture]]:
    """The pictures of a kind, each yet to be drawn."""
    if kind.of is Of.PAIRS:
        if comparison is not None:
            yield lambda: _picture(
                kind, _paired(kind, comparison), names, f"n = {comparison.n:,} pairs of runs"
            )
    elif kind.of is Of.SEVERAL:
        for region in _regions(kind, studies[0]):
            yield partial(_of_results, kind, names, studies, region)
    else:
        for name, study in zip(names, studies, strict=True):
            for region in _regions(kind, study):
                yield partial(_of_results, kind, [name], [study], region)


def _regions(kind: Kind, study: Study) -> list[str | None]:
    """The region in question, and the world, of what can show both; else what the kind shows unasked."""
    both = kind.of_world and study.ds.sizes["region"] > 1
    return [region_in_question(study.ds), None] if both else [None]


def _of_results(kind: Kind, names: Sequence[str], studies: Sequence[Study], region: str | None) -> Picture:
    figure = drawn(kind, *studies, region=region)
    figure.suptitle("")  # the heading and the caption say it
    return _picture(
        kind, figure, names, _runs(kind, studies), _where(studies[0], region) if kind.of_world else ""
    )


def _where(study: Study, region: str | None) -> str:
    """Where, as captions say it."""
    return " in the world" if region is None else f" in {study.ds.region_title.sel(region=region).item()}"


def _paired(kind: Kind, comparison: Comparison) -> Figure:
    figure = kind.draw(comparison).figure
    assert isinstance(figure, Figure)
    return figure


def _runs(kind: Kind, studies: Sequence[Study]) -> str:
    """How many runs; of several scenarios, all that occur."""
    drawn_of = all_runs_of if kind.of_all_runs else runs_of
    return " or ".join(dict.fromkeys(drawn_of(study.ds) for study in studies))


def _picture(kind: Kind, figure: Figure, names: Sequence[str], n: str, where: str = "") -> Picture:
    whose, shows = ", ".join(names), f"{kind.shows}{where}"
    return Picture(uri(figure), f"Picture: {shows}; {whose}.", f"{_sentence(shows)}: {whose}. {n}.")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def uri(figure: Figure) -> str:
    """A figure as a ``data:`` address: lines, or pixels if these are many; the same for the same figure."""
    lines = _content(figure, "svg")
    if len(lines) <= LARGEST:
        return _address("image/svg+xml", lines)
    return _address("image/png", _content(figure, "png"))


def _content(figure: Figure, kind: str) -> bytes:
    into, unsaid = BytesIO(), {"Date" if kind == "svg" else "Software": None}
    with mpl.rc_context({"svg.hashsalt": "verifsim"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a box for a letter no font has
        warnings.filterwarnings(
            "ignore", message="constrained_layout not applied"
        )  # names as long as it is wide
        figure.savefig(into, format=kind, dpi=_DPI, metadata=unsaid)
    return into.getvalue()


def _address(kind: str, raw: bytes) -> str:
    return f"data:{kind};base64,{b64encode(raw).decode()}"
