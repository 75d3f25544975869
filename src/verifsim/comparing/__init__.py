"""Scenarios side by side: run what is missing, and say how they differ and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import Any

from verifsim.comparing.carrying_out import PARTS, carried_out, check_until, part_of, simulation, until_known
from verifsim.comparing.compared import Comparison
from verifsim.comparing.entries import Comparable, Entries, opened, ready, run_months
from verifsim.comparison.precision import MOST_RUNS
from verifsim.comparison.table import check_names
from verifsim.doctrines.known import Given
from verifsim.errors import UsageError
from verifsim.study import as_settings

__all__ = [
    "PARTS",
    "Comparison",
    "Entries",
    "carried_out",
    "check_until",
    "compare",
    "opened",
    "part_of",
    "ready",
    "run_months",
    "simulation",
    "until_known",
]


def compare(
    *scenarios: Comparable,
    runs: int | None = None,
    seed: int | None = None,
    vary: bool | None = None,
    settings: dict[str, Any] | None = None,
    doctrines: Iterable[Given] = (),
    reference: str | None = None,
    outcomes: Sequence[str] | None = None,
    until: Mapping[str, float] | None = None,
    most_runs: int | None = None,
    keep_results: bool = False,
    progress: Callable[[int], Any] = lambda n: None,
    jobs: int | None = None,
    executor: Executor | None = None,
    folder: str | PathLike[str] | None = None,
    tell: Callable[[str], Any] = lambda sentence: None,
) -> Comparison:
    """Compare scenarios run by run under the same luck; simulate those that are not results yet.

    Parameters
    ----------
    scenarios
        Two or more: scenario files, loaded scenarios, studies, results folders or ``results.nc`` files.
    runs, seed
        Instead of those of the files. Of results, the first ``runs`` runs that all have are compared.
    vary, settings, doctrines
        For all scenarios that are given as files, as for `run`.
    reference
        The name of the scenario that the others are compared with; the first, if not said.
    outcomes
        The outcomes to look at, whole names or the part before the first dot; the headlines, if not said.
    until, most_runs
        By outcome, how narrow half its interval is to be, in the outcome's unit:
        ``{"months_without_deployment.europe": 1.0}``. Then 500 runs are simulated, and twice as many each
        time until all scenarios are that close, or there are ``most_runs``; see
        `verifsim.comparison.precision`.
    keep_results
        Whether the comparison holds on to the results, all in memory at once: ``write_report`` needs them.
    progress
        Called with the number of run-months done since the last call, which may be 0.
    jobs, executor
        Who does the work, as for `run`: one scenario after the other.
    folder
        A folder in whose ``parts`` finished parts of ensembles of many thousand runs are kept: the same call
        goes on from there. With ``until``, none are.
    tell
        Called with a sentence where something about the work is worth knowing, as for `run`.

    Raises
    ------
    ScenarioError
        With every problem of all files at once.
    UsageError
        If there are fewer than two scenarios; if they do not share seed, months or version, or have fewer
        than two runs in common; if there is no such reference or outcome.
    OutputError
        If results cannot be read, or ``folder`` cannot be written.
    """
    check_names([*(outcomes or ()), *(until or ())])
    if runs is not None and runs < 2:
        raise UsageError(f"a comparison needs two runs; given: {runs}")
    if most_runs is not None and until is None:
        raise UsageError("most_runs goes with until; say how many runs with runs")
    entries = opened(scenarios, as_settings(settings, runs=runs, seed=seed, vary=vary), tuple(doctrines))
    entries = ready(entries, reference, runs, seed)
    into = None if folder is None or until is not None else Path(folder)
    simulate = simulation(progress=progress, jobs=jobs, executor=executor, folder=into, tell=tell)
    if until is None:
        return carried_out(entries, outcomes, runs, simulate, keep_results=keep_results)
    most = MOST_RUNS if most_runs is None else most_runs
    check_until(entries, until, runs, most)
    return until_known(entries, outcomes, until, most, simulate, keep_results=keep_results)
