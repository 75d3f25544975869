"""Many runs: an ensemble is cut into chunks, which whoever is at hand simulates, in any order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.ensemble.key import key_of
from verifsim.ensemble.plan import CHUNK, CHUNK_REDUCED
from verifsim.ensemble.reducing import outcomes_alone
from verifsim.ensemble.said import attributes
from verifsim.ensemble.way import Way, finished, kept_of
from verifsim.ensemble.work import Chunk, Failure, Job, everything, worked
from verifsim.errors import SimulationError
from verifsim.keeping import Keep
from verifsim.results import SAMPLE, Joiner
from verifsim.scenario import ScenarioFile
from verifsim.scenario.vary import varied

MOST_TWINS = 2_000
"""Runs that are simulated once more with the numbers they drew and other luck: enough to tell, to some
two points of a hundred, how much of an outcome's spread is chance."""


def simulate_ensemble(
    file: ScenarioFile,
    *,
    chunk: int | None = None,
    progress: Callable[[int], Any] = lambda n: None,
    only_run: int | None = None,
    luck: str = "",
    keep: Keep = "trajectories",
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
        Runs simulated at once, at most, if not as many as suits what is kept; it changes no number.
    progress
        Called with the number of run-months done since the last call, which may be 0.
    only_run
        The number of the one run to be simulated, from 0: it is what it is among all others, however
        many these are.
    luck
        A name for other luck under the same seed, with which runs keep the numbers that they drew.
    keep
        Every month of every run, or what each came to: see `verifsim.keeping`.
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
    whole = keep == "trajectories"
    most = chunk or (CHUNK if whole else CHUNK_REDUCED)
    way = Way(jobs, executor, folder if only_run is None else None, most, tell)
    job = _job(file, keep, luck)
    joiner = Joiner(wanted.n_runs, None if whole else SAMPLE)
    there, failures = np.zeros(wanted.n_runs, dtype=np.bool_), []
    for part, result in finished(job, wanted, way, progress):
        if isinstance(result, Failure):
            failures.append(result)
        else:
            joiner.put(part.first - wanted.first, result)
            there[part.first - wanted.first : part.end - wanted.first] = True
    failures.sort(key=lambda failure: failure.first)
    if not there.any():
        raise SimulationError(f"{file.name}: no run could be finished ({_last_line(failures[0])})")
    if not joiner.whole(np.flatnonzero(there)).size:
        others = _hold_others(joiner, job, there, progress)
        tell(f"the first runs failed: months are held of runs {others} in their place")
    numbers = np.flatnonzero(there) + wanted.first
    alone = {} if only_run is None else {"only_run": only_run}
    inputs, drawn = varied(file.scenario, file.notes, joiner.whole(numbers))
    return joiner.dataset(inputs, numbers, attributes(file) | alone, drawn), failures


def _hold_others(joiner: Joiner, job: Job, there: NDArray[np.bool_], progress: Callable[[int], Any]) -> Chunk:
    """Where no run of the sample was finished, hold the months of the first that were, simulated again."""
    first = int(there.argmax())
    after = there[first : first + SAMPLE]
    chunk = Chunk(first, int(after.size if after.all() else after.argmin()))
    result = worked(replace(job, reduce=everything), chunk, lambda n: progress(0))
    if isinstance(result, Failure):
        raise SimulationError(
            f"{job.file.name}: no run of the sample could be finished ({_last_line(result)})"
        )
    joiner.hold(chunk.first, chunk.n_runs)
    joiner.put(chunk.first, result)
    return chunk


def _last_line(failure: Failure) -> str:
    return failure.traceback.strip().splitlines()[-1]


def n_kept(file: ScenarioFile, folder: Path, keep: Keep = "trajectories") -> int:
    """How many runs of a scenario are kept in a results folder, and need not be simulated again."""
    return sum(chunk.n_runs for chunk in _kept_of(file, folder, keep))


def bytes_kept(file: ScenarioFile, folder: Path, keep: Keep = "trajectories") -> int:
    """What the chunks of a scenario that are kept in a results folder take of its disk already."""
    size, key = 0, key_of(_job(file, keep))
    for path in _kept_of(file, folder, keep).values():
        if f".{key}." in path.name:  # and not of those that are yet to be reduced
            with suppress(OSError):  # another command may just have removed it
                size += path.stat().st_size
    return size


def _kept_of(file: ScenarioFile, folder: Path, keep: Keep) -> dict[Chunk, Path]:
    return kept_of(_job(file, keep), Chunk(0, file.scenario.ensemble.runs), folder)


def _job(file: ScenarioFile, keep: Keep, luck: str = "") -> Job:
    return Job(file, luck, everything if keep == "trajectories" else outcomes_alone)


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
