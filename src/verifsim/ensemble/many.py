"""Many runs: an ensemble is cut into chunks, which whoever is at hand simulates, in any order."""

from __future__ import annotations

import platform
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from verifsim.ensemble.plan import CHUNK
from verifsim.ensemble.way import Way, finished
from verifsim.ensemble.work import Chunk, Failure, Job
from verifsim.errors import SimulationError
from verifsim.results import FORMAT, Joiner
from verifsim.scenario import ScenarioFile
from verifsim.scenario.vary import varied
from verifsim.scenario.write import resolved_yaml

MOST_TWINS = 2_000
"""Runs that are simulated once more with the numbers they drew and other luck: enough to tell, to some
two points of a hundred, how much of an outcome's spread is chance."""

PACKAGES = ("numpy", "mesa", "xarray", "pydantic")
"""Packages whose versions may move numbers or files, beside our own."""


def simulate_ensemble(
    file: ScenarioFile,
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], Any] = lambda n: None,
    only_run: int | None = None,
    luck: str = "",
    jobs: int | None = None,
    executor: Executor | None = None,
    folder: Path | None = None,
    tell: Callable[[str], Any] = lambda sentence: None,
) -> tuple[xr.Dataset, list[Failure]]:
    """Simulate every run of a scenario, or one of them alone.

    Parameters
    ----------
    file
        The scenario; its ``ensemble`` says how many runs and under which seed.
    chunk
        Runs simulated at once, at most; it changes no number.
    progress
        Called with the number of run-months done since the last call, which may be 0.
    only_run
        The number of the one run to be simulated, from 0: it is what it is among all others, however
        many these are.
    luck
        A name for other luck under the same seed, with which runs keep the numbers that they drew.
    jobs, executor, folder, tell
        How the work is done: see `verifsim.ensemble.way.Way`. They change no number.

    Returns
    -------
    The dataset of the finished runs, and the chunks that failed.

    Raises
    ------
    SimulationError
        If no chunk could be finished; a `DoctrineError` as soon as a doctrine that does not ship fails.
    OutputError
        If a finished chunk cannot be kept in the folder.
    """
    wanted = Chunk(0, file.scenario.ensemble.runs) if only_run is None else Chunk(only_run, 1)
    way = Way(jobs, executor, folder if only_run is None else None, chunk, tell)
    joiner, there, failures = Joiner(wanted.n_runs), np.zeros(wanted.n_runs, dtype=np.bool_), []
    for part, result in finished(Job(file, luck), wanted, way, progress):
        if isinstance(result, Failure):
            failures.append(result)
        else:
            joiner.put(part.first - wanted.first, result)
            there[part.first - wanted.first : part.end - wanted.first] = True
    failures.sort(key=lambda failure: failure.first)
    if not there.any():
        last = failures[0].traceback.strip().splitlines()[-1]
        raise SimulationError(f"{file.name}: no run could be finished ({last})")
    numbers = np.flatnonzero(there) + wanted.first
    alone = {} if only_run is None else {"only_run": only_run}
    inputs, drawn = varied(file.scenario, file.notes, numbers)
    return joiner.dataset(inputs, numbers, attributes(file) | alone, drawn), failures


def n_twins(file: ScenarioFile) -> int:
    """How many runs have a twin: none, where all have the same numbers."""
    ensemble = file.scenario.ensemble
    return min(ensemble.runs, MOST_TWINS) if ensemble.vary else 0


def simulate_twins(file: ScenarioFile, *, progress: Callable[[int], Any] = lambda n: None) -> xr.Dataset:
    """Simulate the first runs once more, with the numbers that they drew and other luck.

    Raises
    ------
    SimulationError
        If none could be finished.
    """
    fewer = file.scenario.ensemble.model_copy(update={"runs": n_twins(file)})
    of_fewer = replace(file, scenario=file.scenario.model_copy(update={"ensemble": fewer}))
    ds, _ = simulate_ensemble(of_fewer, progress=progress, luck="twin ")
    return ds


def attributes(file: ScenarioFile) -> dict[str, Any]:
    """What a results file says of itself."""
    scenario = file.scenario
    return {
        "format": FORMAT,
        "name": file.name,
        "title": scenario.title,
        "question": scenario.question,
        "answered_by": " ".join(scenario.answered_by),
        "scenario": resolved_yaml(file),
        "settings": "; ".join(s for s in file.settings if not s.startswith("ensemble.")),
        "seed": str(scenario.ensemble.seed),
        "arms_race_months": scenario.escalation.arms_race_months,
        "visit_cost": scenario.inspecting.visit_cost,
        "regime_cost": scenario.inspecting.regime_cost,
        "production_lead_months": scenario.escalation.production_lead_months,
        "violation_believed_above": scenario.escalation.violation_believed_above,
        "verifsim_version": version("verifsim"),
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "python": platform.python_version(),
    }
