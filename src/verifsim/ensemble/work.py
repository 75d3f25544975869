"""The unit of work: some runs of a scenario, simulated as one world of arrays and reduced to what is kept."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifsim.errors import DoctrineError
from verifsim.model.world import simulate
from verifsim.scenario import ScenarioFile
from verifsim.scenario.vary import varied

Arrays = dict[str, NDArray[Any]]
"""What is kept of some runs, by name; the first axis is the run."""


@dataclass(frozen=True, order=True)
class Chunk:
    """Runs that follow each other: the unit of work, of storage and of trying again."""

    first: int
    n_runs: int

    @property
    def end(self) -> int:
        """The number after that of its last run."""
        return self.first + self.n_runs

    def lies_in(self, other: Chunk) -> bool:
        """Whether another has all of its runs."""
        return self.first >= other.first and self.end <= other.end

    def __str__(self) -> str:
        """``20000 to 29999``."""
        return f"{self.first} to {self.end - 1}"


@dataclass(frozen=True)
class Failure:
    """A chunk that could not be finished."""

    first: int
    n_runs: int
    traceback: str


Reduce = Callable[[ScenarioFile, Chunk, Arrays], Arrays]
"""What is kept of a chunk: of its scenario, its runs and all that they recorded. It can be pickled."""


def everything(file: ScenarioFile, chunk: Chunk, recorded: Arrays) -> Arrays:
    """Keep all that runs recorded."""
    return recorded


@dataclass(frozen=True)
class Job:
    """What every chunk of an ensemble has in common.

    Attributes
    ----------
    file
        The scenario.
    luck
        A name for other luck under the same seed, with which runs keep the numbers that they drew.
    reduce
        What is kept of a chunk.
    """

    file: ScenarioFile
    luck: str = ""
    reduce: Reduce = everything


def worked(job: Job, chunk: Chunk, progress: Callable[[int], Any] = lambda n: None) -> Arrays | Failure:
    """Simulate a chunk, and give what is kept of it; or how it failed.

    Parameters
    ----------
    job, chunk
        What, and which of its runs.
    progress
        Called each month with the number of run-months done since the last call.

    Raises
    ------
    DoctrineError
        If a doctrine that does not ship fails: it will fail in other chunks too.
    """
    file = job.file
    try:
        inputs, _ = varied(file.scenario, file.notes, np.arange(chunk.first, chunk.end))
        each_month = partial(progress, chunk.n_runs)
        recorded = simulate(inputs, chunk.first, chunk.n_runs, each_month, job.luck)
        return job.reduce(file, chunk, recorded)
    except DoctrineError as error:
        raise DoctrineError(f"{file.name}: {error}") from error.__cause__
    except Exception:
        return Failure(chunk.first, chunk.n_runs, traceback.format_exc())
