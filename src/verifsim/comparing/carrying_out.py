"""Comparisons carried out: what is no results yet is simulated, once or until enough is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifsim.comparing.compared import Comparison
from verifsim.comparing.entries import Entries, with_ensemble
from verifsim.comparison.precision import MOST_RUNS, Precision, check_half_widths, grown, looks
from verifsim.comparison.sides import Side, side_of
from verifsim.comparison.table import columns
from verifsim.errors import UsageError, names
from verifsim.keeping import keep_for
from verifsim.scenario import ScenarioFile
from verifsim.study import Study, run

PARTS = "parts"
"""The folder, in that of a comparison, which holds a folder of finished parts for each scenario."""

LONGEST = 60
"""Letters of such a folder's name, at most."""

Simulate = Callable[[str, ScenarioFile], Study]
"""Simulates a scenario, which has a name in the comparison: `run`, with whoever does the work."""


def simulation(
    *,
    progress: Callable[[int], Any] = lambda n: None,
    jobs: int | None = None,
    executor: Executor | None = None,
    folder: Path | None = None,
    tell: Callable[[str], Any] = lambda sentence: None,
) -> Simulate:
    """What simulates each scenario; finished parts of large ensembles are kept in the folder, if any."""

    def simulate(name: str, file: ScenarioFile) -> Study:
        return run(
            file,
            keep=keep_for(file.scenario),  # said, so that no option of `run` is spoken of
            progress=progress,
            jobs=jobs,
            executor=executor,
            folder=None if folder is None else part_of(folder, name),
            tell=lambda sentence: tell(f"{name}: {sentence}"),
        )

    return simulate


def part_of(folder: Path, name: str) -> Path:
    """Where, in the folder of a comparison, finished parts of a scenario are kept, whatever its name is."""
    short = re.sub(r"[^\w,()=+ -]", "_", name)[:LONGEST]
    told_apart = "" if short == name else f"-{sha256(name.encode()).hexdigest()[:8]}"
    return folder / PARTS / f"{short}{told_apart}"


def carried_out(
    entries: Entries,
    outcomes: Sequence[str] | None,
    runs: int | None,
    simulate: Simulate,
    *,
    keep_results: bool = False,
) -> Comparison:
    """Simulate what is no results yet, and compare; of results, the first ``runs`` runs."""
    sides, studies = _sides(entries, simulate, keep=keep_results)
    first = [side.of(side.outcomes.index[:runs]) for side in sides]
    return Comparison(first, outcomes, studies=studies)


def check_until(
    entries: Entries, until: Mapping[str, float], runs: int | None, most_runs: int = MOST_RUNS
) -> None:
    """Refuse to let an ensemble grow that cannot, or has a number of runs, or to no end."""
    results = [name for name, entry in entries if isinstance(entry, Study)]
    if results:
        raise UsageError(f"until: the ensemble is to grow, and these are results already: {names(results)}")
    if runs is not None:
        raise UsageError("until chooses the number of runs itself; leave runs (-n) out, or say most_runs")
    check_half_widths(until)
    looks(most_runs)


def until_known(
    entries: Entries,
    outcomes: Sequence[str] | None,
    until: Mapping[str, float],
    most_runs: int,
    simulate: Simulate,
    *,
    keep_results: bool = False,
) -> Comparison:
    """Simulate more and more runs until the differences asked for are known closely enough."""
    sizes = looks(most_runs)

    def look(n_runs: int) -> Comparison:
        larger = [(name, with_ensemble(entry, n_runs)) for name, entry in entries]
        sides, studies = _sides(larger, simulate, keep=keep_results)
        asked = {column: width for name, width in until.items() for column in columns(sides, [name])}
        return Comparison(sides, outcomes, Precision(asked, sizes, n_runs), studies)

    return grown(look, lambda found: not found.not_known_yet(), sizes)


def _sides(entries: Entries, simulate: Simulate, *, keep: bool) -> tuple[list[Side], list[Study]]:
    """The sides of the comparison, and their results, if these are kept."""
    kept: list[Study] = []
    return [_side(entry, name, simulate, kept if keep else None) for name, entry in entries], kept


def _side(entry: Study | ScenarioFile, name: str, simulate: Simulate, kept: list[Study] | None) -> Side:
    """A side of the comparison; its dataset is let go of unless it is kept, or the caller holds it."""
    study = entry if isinstance(entry, Study) else simulate(name, entry)
    if kept is not None:
        kept.append(study)
    return side_of(study.ds, study.outcomes, name)
