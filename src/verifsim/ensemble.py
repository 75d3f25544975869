"""Many runs: an ensemble is cut into chunks, each simulated as one world of arrays."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr

from verifsim.errors import DoctrineError, SimulationError
from verifsim.model.world import simulate
from verifsim.results import FORMAT, Joiner
from verifsim.scenario import ScenarioFile
from verifsim.scenario.vary import varied
from verifsim.scenario.write import resolved_yaml

CHUNK = 10_000
"""Runs simulated at once: enough to hide Python's own cost, few enough to stay in cache."""

MOST_TWINS = 2_000
"""Runs that are simulated once more with the numbers they drew and other luck: enough to tell, to some
two points of a hundred, how much of an outcome's spread is chance."""

PACKAGES = ("numpy", "mesa", "xarray", "pydantic")
"""Packages whose versions may move numbers or files, beside our own."""


@dataclass(frozen=True)
class Failure:
    """A chunk that could not be finished."""

    first: int
    n_runs: int
    traceback: str


def chunks(n_runs: int, size: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Cut an ensemble: (first run, how many)."""
    for first in range(0, n_runs, size):
        yield first, min(size, n_runs - first)


def simulate_ensemble(
    file: ScenarioFile,
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], Any] = lambda n: None,
    only_run: int | None = None,
    luck: str = "",
) -> tuple[xr.Dataset, list[Failure]]:
    """Simulate every run of a scenario, or one of them alone.

    Parameters
    ----------
    file
        The scenario; its ``ensemble`` says how many runs and under which seed.
    chunk
        Runs simulated at once; it changes no number.
    progress
        Called with the number of run-months done since the last call.
    only_run
        The number of the one run to be simulated, from 0: it is what it is among all others, however
        many these are.
    luck
        A name for other luck under the same seed, with which runs keep the numbers that they drew.

    Returns
    -------
    The dataset of the finished runs, and the chunks that failed.

    Raises
    ------
    SimulationError
        If no chunk could be finished; a `DoctrineError` as soon as a doctrine that does not ship fails.
    """
    scenario, failures = file.scenario, []
    numbers = np.arange(scenario.ensemble.runs) if only_run is None else np.array([only_run])
    joiner, finished = Joiner(len(numbers)), np.zeros(len(numbers), dtype=np.bool_)
    for first, size in chunks(len(numbers), chunk):
        number = int(numbers[first])
        try:
            inputs, _ = varied(scenario, file.notes, numbers[first : first + size])
            joiner.put(first, simulate(inputs, number, size, partial(progress, size), luck))
            finished[first : first + size] = True
        except DoctrineError as error:
            raise DoctrineError(f"{file.name}: {error}") from error.__cause__
        except Exception:
            failures.append(Failure(number, size, traceback.format_exc()))
    if not finished.any():
        last = failures[0].traceback.strip().splitlines()[-1]
        raise SimulationError(f"{file.name}: no run could be finished ({last})")
    alone = {} if only_run is None else {"only_run": only_run}
    inputs, drawn = varied(scenario, file.notes, numbers[finished])
    return joiner.dataset(inputs, numbers[finished], attributes(file) | alone, drawn), failures


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
