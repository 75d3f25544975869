"""How the chunks of an ensemble are come by: kept from before, or simulated, here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from verifsim.ensemble.hands import by_executor, by_processes
from verifsim.ensemble.kept import Kept
from verifsim.ensemble.key import key_of
from verifsim.ensemble.packing import DamagedError, packed, unpacked
from verifsim.ensemble.plan import CHUNK, cut, gaps, usable
from verifsim.ensemble.work import Arrays, Chunk, Failure, Job, worked
from verifsim.ensemble.worth import n_cpus

Progress = Callable[[int], Any]


@dataclass(frozen=True)
class Way:
    """How work is done; none of it changes a number.

    Attributes
    ----------
    jobs
        How many processes of our own share the work; none is this one alone. With an executor, how many
        workers that has; as many as this machine has processors, if not said.
    executor
        Who does the work instead: any executor, whose workers have the same version of everything.
    folder
        A results folder in which finished chunks are kept, if there are several, and found again.
    most
        How many runs are simulated at once, at most.
    tell
        Called with a sentence where something about the work is worth knowing.
    """

    jobs: int | None = None
    executor: Executor | None = None
    folder: Path | None = None
    most: int = CHUNK
    tell: Callable[[str], Any] = lambda sentence: None

    @property
    def n_workers(self) -> int:
        """How many chunks can be worked on at a time."""
        return self.jobs or (1 if self.executor is None else n_cpus())


def finished(
    job: Job, wanted: Chunk, way: Way, progress: Progress = lambda n: None
) -> Iterator[tuple[Chunk, Arrays | Failure]]:
    """Come by some runs of an ensemble, and give each chunk of them as it is there, in any order.

    Parameters
    ----------
    job, wanted
        What is simulated, and which runs of it.
    way
        By whom, and where finished chunks are kept.
    progress
        Called with the number of run-months done since the last call, which may be 0.

    Raises
    ------
    DoctrineError
        As soon as a doctrine that does not ship fails.
    SimulationError, UsageError
        If workers cannot do the work: see `verifsim.ensemble.hands`.
    OutputError
        If a chunk cannot be kept.
    """
    kept = _kept(job, way)
    have = usable(kept.chunks(), wanted) if kept else []
    todo = _cut(gaps(wanted, have), way)
    several = len(have) + len(todo) > 1
    _say_what_is_there(have, todo, way)
    if kept:
        for chunk in have:
            arrays = _read(kept, chunk, way)
            if arrays is None:
                todo += _cut([chunk], way)
            else:
                progress(chunk.n_runs * job.file.scenario.months)
                yield chunk, arrays
    failed = False
    for chunk, result in _simulated(job, todo, way, progress):
        if isinstance(result, Failure):
            failed = True
        elif kept and several:
            kept.write(chunk, result if isinstance(result, bytes) else packed(result))
        yield chunk, unpacked(result) if isinstance(result, bytes) else result
    if kept and not failed:
        kept.clear_others()


def _read(kept: Kept, chunk: Chunk, way: Way) -> Arrays | None:
    """What is kept of a chunk; none, and a sentence, if that is damaged."""
    try:
        return kept.read(chunk)
    except DamagedError as why:
        way.tell(f"{kept.path(chunk)} is damaged ({why}); its {chunk.n_runs:,} runs are simulated again")
        return None


def _kept(job: Job, way: Way) -> Kept | None:
    key = None if way.folder is None else key_of(job)
    return None if way.folder is None or key is None else Kept(way.folder, key)


def _cut(parts: Iterable[Chunk], way: Way) -> list[Chunk]:
    return [chunk for part in parts for chunk in cut(part, way.n_workers, way.most)]


def _say_what_is_there(have: list[Chunk], todo: list[Chunk], way: Way) -> None:
    n_have, n_todo = (sum(chunk.n_runs for chunk in chunks) for chunks in (have, todo))
    if n_have:
        rest = f"the other {n_todo:,} are simulated" if n_todo else "none is simulated again"
        way.tell(f"{n_have:,} of {n_have + n_todo:,} runs are kept from before; {rest}")


def _simulated(
    job: Job, chunks: list[Chunk], way: Way, progress: Progress
) -> Iterator[tuple[Chunk, bytes | Arrays | Failure]]:
    """Simulate chunks; where there is but one, or one process, here."""
    if way.executor is None and (way.n_workers == 1 or len(chunks) < 2):
        for chunk in chunks:
            yield chunk, worked(job, chunk, progress)
        return
    tick, months = partial(progress, 0), job.file.scenario.months
    done = (
        by_processes(way.n_workers, job, chunks, tick)
        if way.executor is None
        else by_executor(way.executor, way.n_workers, job, chunks, tick)
    )
    for chunk, result in done:
        progress(chunk.n_runs * months)
        yield chunk, result
