"""All kinds of pictures by name, for those who choose one: the command line, reports, notebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from textwrap import fill
from typing import Any, cast

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from verifsim.errors import UsageError, did_you_mean, names
from verifsim.plots.china import china_launchers
from verifsim.plots.deployment import deployments
from verifsim.plots.detection import detection
from verifsim.plots.escalation import escalation_curve
from verifsim.plots.first_moves import first_moves_curve
from verifsim.plots.forest import forest
from verifsim.plots.mean_rung import mean_rung
from verifsim.plots.minds import belief_against_truth, perceived_rungs
from verifsim.plots.money import spending
from verifsim.plots.paths import spaghetti
from verifsim.plots.style import Picture, Results, dataset, plain
from verifsim.plots.survival import survival
from verifsim.plots.timeline import timeline
from verifsim.plots.visits import inspections


class Of(Enum):
    """What a picture is drawn of."""

    ONE = "one scenario; several are drawn one below the other"
    SEVERAL = "one scenario or several, in one picture"
    PAIRS = "two scenarios or more, compared run by run"


@dataclass(frozen=True)
class Kind:
    """A kind of picture."""

    name: str
    draw: Callable[..., Axes]
    """Results in, one or several as ``of`` says, or a comparison; ``ax`` and options by name; axes out."""
    of: Of
    shows: str
    """What there is to see, in a few words."""
    options: tuple[str, ...] = ()
    """Of ``region``, ``party`` and ``run``, those that it takes."""
    of_world: bool = False
    """Whether it shows the world where no region is said."""
    of_all_runs: bool = False
    """Whether it is drawn of all runs also where results hold the months of a sample alone."""
    size: tuple[float, float] = (9.0, 4.5)
    """Inches of one picture; of `Of.SEVERAL` and `Of.PAIRS`, it has its own."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "escalation",
            escalation_curve,
            Of.ONE,
            "how many runs stand on each rung",
            ("region",),
            of_world=True,
            of_all_runs=True,
        ),
        Kind(
            "mean-rung",
            mean_rung,
            Of.SEVERAL,
            "the mean rung by month",
            ("region",),
            of_world=True,
            of_all_runs=True,
        ),
        Kind("survival", survival, Of.SEVERAL, "how long nobody deploys", ("region",), of_all_runs=True),
        Kind(
            "first-moves",
            first_moves_curve,
            Of.ONE,
            "who deploys first, and why",
            ("region",),
            of_all_runs=True,
        ),
        Kind("deployments", deployments, Of.ONE, "missiles of each party in each region", of_all_runs=True),
        Kind(
            "spaghetti",
            spaghetti,
            Of.ONE,
            "the rung run by run, and one run that stands out",
            ("region", "run"),
            of_world=True,
            size=(9.0, 5.0),
        ),
        Kind("timeline", timeline, Of.ONE, "what happened in one run", ("run",), size=(12.0, 8.0)),
        Kind(
            "belief",
            belief_against_truth,
            Of.ONE,
            "belief that the other hides missiles, against how often it does",
            ("region", "party"),
            size=(9.0, 6.0),
        ),
        Kind(
            "perceived",
            perceived_rungs,
            Of.ONE,
            "the rung as parties perceive it, against the true one",
            ("party",),
            size=(9.0, 5.5),
        ),
        Kind(
            "inspections",
            inspections,
            Of.ONE,
            "visits held, refused and alarming, and alarms that were true",
            ("party",),
            size=(9.0, 7.0),
        ),
        Kind(
            "detection",
            detection,
            Of.SEVERAL,
            "the share of breaches detected within a year",
            of_all_runs=True,
        ),
        Kind("spending", spending, Of.ONE, "what parties spend, against the ceiling on it", ("party",)),
        Kind("china", china_launchers, Of.ONE, "China's launchers"),
        Kind("differences", forest, Of.PAIRS, "how outcomes differ, with intervals"),
    )
}


def kind_named(name: str) -> Kind:
    """The kind of a name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if name not in KINDS:
        raise UsageError(f"no picture '{name}'; {did_you_mean(name, KINDS)}there are: {names(KINDS)}")
    return KINDS[name]


def drawn(kind: Kind, *results: Results, **options: Any) -> Figure:
    """A figure of a kind that is not of pairs: several results in one picture, or one below the other.

    Parameters
    ----------
    kind
        What to draw.
    results
        One or several.
    options
        Of those the kind takes; those that are None are left out.

    Raises
    ------
    UsageError
        If the kind does not take an option, or results have not what is asked for.
    """
    said = {name: value for name, value in options.items() if value is not None}
    for name in said:
        if name not in kind.options:
            takes = names(kind.options) if kind.options else "none"
            raise UsageError(f"a picture of '{kind.name}' takes no {name}; it takes: {takes}")
    sets = [dataset(each) for each in results]
    width, height = kind.size
    if kind.of is Of.SEVERAL:
        figure = cast(Figure, kind.draw(*sets, **said).figure)
    elif len(sets) == 1:
        figure = Picture((width, height))
        kind.draw(*sets, ax=figure.add_subplot(), **said)
    else:
        figure = Picture((width, height * len(sets)))
        for part, ds in zip(figure.subfigures(len(sets), 1, squeeze=False)[:, 0], sets, strict=True):
            kind.draw(ds, ax=part.add_subplot(), **said)
            part.suptitle(
                plain(str(ds.attrs["name"])), x=0.01, ha="left", fontsize="medium", fontweight="bold"
            )
    figure.suptitle(_title(kind, sets), x=0.01, ha="left", fontsize="large", fontweight="bold")
    return figure


def _title(kind: Kind, sets: list[xr.Dataset]) -> str:
    """Of one scenario its title; of several, what the picture shows."""
    text = str(sets[0].attrs["title"]) if len(sets) == 1 else kind.shows[0].upper() + kind.shows[1:]
    return fill(plain(text), 90)
