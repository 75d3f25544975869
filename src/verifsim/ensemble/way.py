"""How the chunks of an ensemble are come by: kept from before, or simulated, here or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from verifsim.ensemble.hands import Progress, Result, by_executor, by_processes, packed_result
from verifsim.ensemble.kept import Kept
from verifsim.ensemble.key import key_of
from verifsim.ensemble.packing import DamagedError, packed, unpacked
from verifsim.ensemble.plan import CHUNK, cut, gaps, usable
from verifsim.ensemble.reducing import outcomes_alone
from verifsim.ensemble.work import Arrays, Chunk, Failure, Job, everything, worked
from verifsim.ensemble.worth import n_cpus


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
    stores, months = _stores(job, way), job.file.scenario.months
    kept = stores[0] if stores else None
    have = _whole(stores, wanted, way)
    _say_what_is_there(have, wanted, way)
    reducible = [(store, chunk) for store in stores[1:] for chunk in store.chunks() if chunk.lies_in(wanted)]
    read = []
    for chunk, store in have.items():
        arrays = _tried(store, chunk, store.read, way)
        if arrays is None:
            continue
        if kept and store is not kept:
            arrays = _reduced(job, chunk, arrays)
            if arrays is None:
                continue  # simulated again, it may yet be done
            kept.write(chunk, packed(arrays))
        read.append(chunk)
        progress(chunk.n_runs * months)
        yield chunk, arrays
    todo = [chunk for gap in gaps(wanted, read) for chunk in cut(gap, way.n_workers, way.most)]
    several = len(read) + len(todo) > 1
    if kept and several:
        kept.mark()
    failed = False
    for chunk, result in _simulated(job, todo, way, progress):
        found = _stored(chunk, result, kept if several else None)
        failed = failed or isinstance(found, Failure)
        yield chunk, found
    if kept and several and not failed:
        for store, chunk in reducible:  # what is wanted of these is kept now
            store.remove(chunk)
        _say_what_is_removed(kept.finished(wanted, [store.key for store in stores] + _less_of(job)), way)


def kept_of(job: Job, wanted: Chunk, folder: Path) -> dict[Chunk, Path]:
    """The chunks of some runs that are kept in a results folder, by their names, and their files."""
    have: dict[Chunk, Path] = {}
    for store in _stores(job, Way(folder=folder)):
        for gap in list(gaps(wanted, have)):
            have |= {chunk: store.path(chunk) for chunk in usable(store.chunks(), gap)}
    return have


def _stores(job: Job, way: Way) -> list[Kept]:
    """Where chunks are kept, and where there may be others that hold every month, to be reduced."""
    jobs = [job, *([] if job.reduce is everything else [replace(job, reduce=everything)])]
    keys = [] if way.folder is None else [key_of(one) for one in jobs]
    return [] if None in keys else [Kept(way.folder, key) for key in keys if way.folder and key]


def _reduced(job: Job, chunk: Chunk, whole: Arrays) -> Arrays | None:
    """What is kept of a chunk of which every month was; nothing, if that fails, for want of memory or so."""
    try:
        return job.reduce(job.file, chunk, whole)
    except Exception:
        return None


def _less_of(job: Job) -> list[str]:
    """The keys of chunks of the same runs that hold less: fewer runs with every month cost none of them."""
    less = key_of(replace(job, reduce=outcomes_alone)) if job.reduce is everything else None
    return [less] if less else []


def _whole(stores: Iterable[Kept], wanted: Chunk, way: Way) -> dict[Chunk, Kept]:
    """The chunks that can be used, none over another: each is looked at before anything is counted on."""
    found: dict[Chunk, Kept] = {}
    for kept in stores:
        for gap in list(gaps(wanted, found)):
            inside = [chunk for chunk in kept.chunks() if chunk.lies_in(gap)]
            whole = [chunk for chunk in inside if _tried(kept, chunk, kept.is_whole, way)]
            found |= dict.fromkeys(usable(whole, gap), kept)
    return found


def _stored(chunk: Chunk, result: Result | Arrays, kept: Kept | None) -> Arrays | Failure:
    """What came of a chunk, once it is kept, if it is to be."""
    content = packed_result(chunk, result) if kept and isinstance(result, dict) else result
    if isinstance(content, Failure):
        return content
    if kept and isinstance(content, bytes):
        kept.write(chunk, content)
    return unpacked(result) if isinstance(result, bytes) else cast("Arrays", result)


def _tried(kept: Kept, chunk: Chunk, look: Callable[[Chunk], Any], way: Way) -> Any:
    """What is seen of a chunk; none of one that is damaged, which is said and removed."""
    try:
        return look(chunk)
    except DamagedError as why:
        way.tell(f"{kept.path(chunk)} is damaged ({why}) and removed; its runs are simulated again")
        kept.remove(chunk)
        return None


def _say_what_is_removed(n: int, way: Way) -> None:
    if n:
        files = "1 file of finished runs was" if n == 1 else f"{n:,} files of finished runs were"
        way.tell(f"{files} removed: of another scenario, seed or version, and of no use here")


def _say_what_is_there(have: Iterable[Chunk], wanted: Chunk, way: Way) -> None:
    n_have = sum(chunk.n_runs for chunk in have)
    n_todo = wanted.n_runs - n_have
    if n_have:
        rest = f"the other {n_todo:,} are simulated" if n_todo else "none is simulated again"
        way.tell(f"{n_have:,} of {wanted.n_runs:,} runs are kept from before; {rest}")


def _simulated(
    job: Job, chunks: list[Chunk], way: Way, progress: Progress
) -> Iterator[tuple[Chunk, Result | Arrays]]:
    """Simulate chunks; where there is but one, or one process, here."""
    if way.executor is None and (way.n_workers == 1 or len(chunks) < 2):
        for chunk in chunks:
            yield chunk, worked(job, chunk, progress)
        return
    if way.executor is None:
        yield from by_processes(way.n_workers, job, chunks, progress)
        return
    for chunk, result in by_executor(way.executor, way.n_workers, job, chunks, partial(progress, 0)):
        yield chunk, result
        progress(chunk.n_runs * job.file.scenario.months)
