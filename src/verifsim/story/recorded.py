"""What was recorded of one run, and how things stood before its first month."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, reduce
from itertools import pairwise, product
from operator import getitem
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.codes import Consent, Stance
from verifsim.errors import UsageError
from verifsim.results import run_numbers
from verifsim.scenario.notes import take_notes
from verifsim.scenario.text import parse
from verifsim.scenario.told import Titles

Place = tuple[int, ...]
"""Which party, region or agreement, by number."""


class Turn(NamedTuple):
    """A month in which something is no longer what it was the month before."""

    month: int
    place: Place
    before: Any
    now: Any


class Recorded:
    """One run, up to the horizon or to the month in which its world froze.

    Parameters
    ----------
    ds
        Results.
    run
        The number of the run.

    Raises
    ------
    UsageError
        If that run is not among the results.
    """

    def __init__(self, ds: xr.Dataset, run: int) -> None:
        self.number, self.attrs = known_run(ds, run), ds.attrs
        self.ds = ds.sel(run=run)
        frozen = self.ds.uncontrolled.values
        self.is_frozen = bool(frozen.any())
        self.n_months = int(frozen.argmax()) + 1 if self.is_frozen else frozen.size
        self.months = [str(month)[:7] for month in ds.month.values[: self.n_months]]
        self.parties, self.regions = (self._names(f"{what}_title") for what in ("party", "region"))
        self.agreements = self._names("agreement")

    def of(self, name: str) -> NDArray[Any]:
        """A variable: by month first, if it is a monthly one, then by party, region or agreement."""
        values = self.ds[name]
        return np.asarray(values.values[: self.n_months] if "month" in values.dims else values.values)

    def turns(self, name: str, at_start: Any = None) -> Iterator[Turn]:
        """The months in which a variable changes, place by place.

        ``at_start``: how it stood before the first month, broadcast; if not said, as in the first month.
        """
        values = self.of(name)
        start = values[0] if at_start is None else np.broadcast_to(at_start, values[0].shape)
        yield from turns(np.concatenate([start[None], values]))

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """What was run, as plain data, with the numbers that this run drew."""
        tree = parse(str(self.attrs["scenario"]).encode(), "scenario")
        take_notes(tree)
        assert isinstance(tree.data, dict), "results hold the scenario they came from"
        for path, value in self._drawn.items():
            *above, key = path.split(".")
            part = reduce(getitem, above, tree.data)
            part[key] = type(part[key])(value)  # what counts something is whole
        return tree.data

    @property
    def _drawn(self) -> dict[str, float]:
        """What this run drew, by path; nothing where all runs have the stated numbers."""
        if "number" not in self.ds.coords:
            return {}
        return dict(zip(self.ds.number.values.tolist(), self.ds.numbers.values.tolist(), strict=True))

    @cached_property
    def titles(self) -> Titles:
        """What parties, regions and programmes are called."""
        return Titles.in_(self.scenario)

    @property
    def china(self) -> str:
        """What China is called."""
        return str(self.scenario.get("china", {}).get("title", "China"))

    @property
    def party_data(self) -> list[dict[str, Any]]:
        """What the scenario says of each party."""
        return list(self.scenario["parties"].values())

    @property
    def agreement_data(self) -> list[dict[str, Any]]:
        """What the scenario says of each agreement."""
        return list(self.scenario.get("agreements", {}).values())

    def missiles_at_start(self, *, disputed: bool) -> NDArray[np.int64]:
        """Missiles that stood openly in regions before the first month, (party, region)."""
        parties, regions = list(self.scenario["parties"]), list(self.scenario["regions"])
        result = np.zeros((len(parties), len(regions)), dtype=np.int64)
        for programme in self.scenario.get("programmes", {}).values():
            for region, batteries in programme.get("deployed", {}).items():
                if bool(programme.get("disputed")) == disputed:
                    place = parties.index(programme["owner"]), regions.index(region)
                    result[place] += batteries * programme["missiles"]
        return result

    @property
    def pledges_at_start(self) -> NDArray[np.bool_]:
        """Where each party had pledged not to be first, (party, region)."""
        pledged = [party.get("pledge", {}).get("not_first_in", []) for party in self.party_data]
        return np.array([[region in given for region in self.scenario["regions"]] for given in pledged])

    @property
    def consent_at_start(self) -> NDArray[np.int64]:
        """Where each party stood with its hosts, as a `Consent`, (party, region)."""
        asks = [party.get("host_consent", {}) for party in self.party_data]
        of = {True: Consent.NOT_ASKED, False: Consent.GIVEN}
        return np.array([[of[region in hosts] for region in self.scenario["regions"]] for hosts in asks])

    @property
    def stances_at_start(self) -> NDArray[np.int64]:
        """Each party's standing in the treaty, as a `Stance`, (party,); it takes two for one."""
        stances = [Stance[party["treaty"].upper()] for party in self.party_data]
        return np.array(
            [Stance.WITHDRAWN] * len(stances) if Stance.WITHDRAWN in stances else stances, dtype=np.int64
        )

    @property
    def tested_at_start(self) -> NDArray[np.bool_]:
        """Which party had flight-tested or produced such a missile, (party,)."""
        programmes = self.scenario.get("programmes", {}).values()
        far = [p["owner"] for p in programmes if p["stage"] in ("flight_tested", "produced")]
        return np.array([party in far for party in self.scenario["parties"]])

    def _names(self, variable: str) -> list[str]:
        return [str(name) for name in self.ds[variable].values]


def known_run(ds: xr.Dataset, run: int) -> int:
    """The number of a run that is among results.

    Raises
    ------
    UsageError
        If it is not.
    """
    if run not in ds.run.values and run in run_numbers(ds):
        raise UsageError(
            f"these results hold the months of runs {_ranges(ds.run.values)} alone; "
            f"to see run {run:,}, run it alone: verifsim run … --only-run {run}, or run(…, only_run={run})"
        )
    if run not in ds.run.values:
        raise UsageError(f"no run {run} in these results; there are: {_ranges(ds.run.values)}")
    return run


def turns(values: NDArray[Any]) -> Iterator[Turn]:
    """The changes along the first axis, which begins with how things stood before the first month."""
    for month, (before, now) in enumerate(pairwise(values)):
        for place in product(*map(range, np.shape(now))):
            if before[place] != now[place]:
                yield Turn(month, place, before[place], now[place])


def happenings(values: NDArray[Any]) -> Iterator[tuple[int, Place, Any]]:
    """Where a variable, by month first, is other than 0, false or none: month, place and value."""
    for month, *place in np.argwhere(values):
        yield int(month), tuple(map(int, place)), values[(month, *place)]


def _ranges(numbers: NDArray[Any]) -> str:
    """Numbers in order as ranges: ``0 to 3, 8``."""
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    spans = [span for span in np.split(numbers, breaks) if span.size]
    return ", ".join(f"{s[0]:,}" if s.size == 1 else f"{s[0]:,} to {s[-1]:,}" for s in spans) or "none"
