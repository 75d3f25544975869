"""What a comparison keeps of each scenario, and whether two can be compared at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import xarray as xr

from verifsim.errors import UsageError, names
from verifsim.outcomes.base import region_in_question
from verifsim.outcomes.first_moves import first_moves
from verifsim.outcomes.question import answers, spoken_of_first


@dataclass(frozen=True)
class Frame:
    """What has to be alike in scenarios whose runs are to be compared in pairs."""

    name: str
    seed: int
    start: str
    months: int
    version: str
    parties: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One scenario of a comparison: its outcomes, and its first deployments."""

    frame: Frame
    title: str
    question: str
    substance: str
    """The resolved scenario, but for its remarks, title, question, what answers it, and number of runs."""
    asked: tuple[str, ...]
    """The outcomes that answer the question, if the file names any."""
    spoken_of_first: tuple[str, ...]
    """They, or what else is spoken of first."""
    varies: bool
    """Whether each run drew its own numbers."""
    region: str
    """The region in question."""
    region_title: str
    """Its name as people write it."""
    outcomes: pd.DataFrame
    """One row a run, one column an outcome."""
    n_failed: int
    """Runs that could not be finished."""
    moves: Mapping[str, pd.DataFrame]
    """By region, the first deployment there: see `first_moves`."""

    @property
    def name(self) -> str:
        """What it is called in the comparison."""
        return self.frame.name

    def of(self, runs: pd.Index) -> Side:
        """The same side, of some of its runs alone."""
        moves = {region: moves.loc[runs] for region, moves in self.moves.items()}
        return replace(self, outcomes=self.outcomes.loc[runs], moves=moves)


def frame_of(ds: xr.Dataset, name: str) -> Frame:
    """What results say of themselves, under the name they have in the comparison."""
    return Frame(
        name=name,
        seed=int(ds.attrs["seed"]),
        start=str(ds.month[0].dt.strftime("%Y-%m").item()),
        months=ds.sizes["month"],
        version=str(ds.attrs["verifsim_version"]),
        parties=tuple(ds.party.values.tolist()),
        regions=tuple(ds.region.values.tolist()),
    )


def side_of(ds: xr.Dataset, outcomes: pd.DataFrame, name: str) -> Side:
    """All that a comparison needs of results; they themselves may then be forgotten."""
    return Side(
        frame=frame_of(ds, name),
        title=str(ds.attrs["title"]),
        question=str(ds.attrs["question"]),
        asked=tuple(answers(ds, map(str, outcomes))),
        spoken_of_first=tuple(spoken_of_first(ds, map(str, outcomes))),
        substance=_substance(str(ds.attrs["scenario"])),
        varies="number" in ds.coords,
        region=region_in_question(ds),
        region_title=str(ds.region_title.sel(region=region_in_question(ds)).item()),
        outcomes=outcomes,
        n_failed=int(ds.attrs.get("failed_runs", 0)),
        moves={str(region): first_moves(ds, str(region)) for region in ds.region.values},
    )


def _substance(resolved: str) -> str:
    beside = ("#", "title:", "question:", "answered_by:", "  runs:")
    return "\n".join(line for line in resolved.splitlines() if not line.startswith(beside))


def check_alike(frames: Sequence[Frame]) -> None:
    """Refuse to pair runs that do not share their luck or their months, with all the reasons at once.

    Raises
    ------
    UsageError
        A sentence for each difference from the first, naming both sides.
    """
    first = frames[0]
    problems = [problem for other in frames[1:] for problem in _problems(first, other)]
    if problems:
        raise UsageError("\n".join(problems))


def _problems(first: Frame, other: Frame) -> list[str]:
    both = f"'{first.name}' and '{other.name}'"
    compared = (
        (first.seed, other.seed, "have seeds", "their runs share no luck; run both under one seed (--seed)"),
        (first.start, other.start, "start in", "run both from one month (--set start=…)"),
        (first.months, other.months, "have horizons of", "run both over as many months (--set months=…)"),
        (first.version, other.version, "were run by versions", "run both again with one version of verifsim"),
    )
    found = [f"{both} {what} {a} and {b}: {remedy}" for a, b, what, remedy in compared if a != b]
    for kind in ("parties", "regions"):
        here, there = getattr(first, kind), getattr(other, kind)
        if not set(here) & set(there):
            found.append(f"{both} have no {kind} in common: {names(here)}; {names(there)}")
    return found


def paired(sides: Sequence[Side]) -> tuple[tuple[Side, ...], tuple[str, ...]]:
    """The sides over the runs that all have, and what there is to say of what they do not share.

    Raises
    ------
    UsageError
        If they have fewer than two runs in common.
    """
    common = sides[0].outcomes.index
    for side in sides[1:]:
        common = common.intersection(side.outcomes.index)
    counts = ", ".join(f"'{side.name}' {len(side.outcomes):,}" for side in sides)
    if len(common) < 2:
        raise UsageError(f"a comparison needs two runs that all have; these have {len(common)}: {counts}")
    fewer = any(len(side.outcomes) > len(common) for side in sides)
    notes = [f"Compared over the {len(common):,} runs that all have; there are: {counts}."] if fewer else []
    notes += [
        f"{side.n_failed:,} runs of '{side.name}' failed, and are left out."
        for side in sides
        if side.n_failed
    ]
    for other in sides[1:]:
        notes += _notes(sides[0], other, common)
    return tuple(side.of(common) for side in sides), tuple(notes)


def _notes(first: Side, other: Side, common: pd.Index) -> list[str]:
    both = f"'{first.name}' and '{other.name}'"
    notes = []
    if first.varies != other.varies:
        varied, stated = (first, other) if first.varies else (other, first)
        notes.append(
            f"Each run of '{varied.name}' drew its own numbers, and '{stated.name}' has the stated ones: "
            "a difference is also one of numbers."
        )
    for kind in ("parties", "regions"):
        here, there = set(getattr(first.frame, kind)), set(getattr(other.frame, kind))
        if here != there:
            notes.append(
                f"{both} differ in {kind}: {names(sorted(here ^ there))} left out; what is counted over all "
                f"{kind} counts each side's own."
            )
    if same_runs(first, other, common):
        same = first.substance == other.substance
        why = "they are one scenario under two names" if same else "what differs in them never came into play"
        notes.append(f"{both} are the same in each of {len(common):,} runs: {why}.")
    return notes


def same_runs(first: Side, other: Side, common: pd.Index | None = None) -> bool:
    """Whether all outcomes are the same in all runs."""
    runs = first.outcomes.index if common is None else common
    return first.outcomes.loc[runs].equals(other.outcomes.loc[runs])


def one_scenario(first: Side, other: Side) -> bool:
    """Whether two sides are one scenario under two names, so that nothing can tell them apart."""
    return first.substance == other.substance and same_runs(first, other)
