"""Who does the work: this process, processes of one's own, or whatever executor is lent.

Results come back in any order. Never more than a few chunks are on their way for each worker, so that neither
what waits nor what is finished fills the memory.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from pathlib import Path
from traceback import format_exc
from typing import Any

from verifsim.doctrines import origin, ships
from verifsim.ensemble.key import sources
from verifsim.ensemble.packing import packed
from verifsim.ensemble.pool import Counts, Pool, counter, shared_counts
from verifsim.ensemble.work import Arrays, Chunk, Failure, Job, worked
from verifsim.errors import SimulationError, UsageError, VerifsimError

Progress = Callable[[int], Any]
"""Called with the number of run-months done since the last call, which may be 0."""

Result = bytes | Failure
"""A packed chunk, or how it failed."""

IN_FLIGHT = 2
"""Chunks on their way for each worker: one at work, one waiting."""

STARTS = 2
"""How often processes are started of which none gets as far as to begin work."""

TRIES = 3
"""How often a chunk is tried whose worker dies."""

_TICK = 0.1
"""Seconds between two looks at whether somebody interrupts."""


def packed_work(
    job: Job, chunk: Chunk, made_with: Mapping[str, str], progress: Progress = lambda n: None
) -> Result:
    """Simulate a chunk in another process, which must have the same code.

    Raises
    ------
    SimulationError
        If it has not: its numbers could be others.
    """
    here = sources(job)
    other = [name for name, digest in made_with.items() if here.get(name, digest) != digest]
    if other:
        raise SimulationError(
            f"a worker has not the same {' and '.join(other)} as this process: use the same on all"
        )
    return packed_result(chunk, worked(job, chunk, progress))


def packed_result(chunk: Chunk, result: Arrays | Failure) -> Result:
    """Pack a chunk; if that fails, for want of memory or whatever it is, the chunk has failed."""
    if isinstance(result, Failure):
        return result
    try:
        return packed(result)
    except Exception:
        return Failure(chunk.first, chunk.n_runs, format_exc())


def by_executor(
    executor: Executor, n_workers: int, job: Job, chunks: Iterable[Chunk], tick: Callable[[], Any]
) -> Iterator[tuple[Chunk, Result]]:
    """Let an executor do chunks, and give each as it is finished.

    Raises
    ------
    SimulationError
        If the executor is gone, or has another version of verifsim or of a doctrine.
    """
    made_with = sources(job)

    def submit(chunk: Chunk) -> Future[Result]:
        try:
            return executor.submit(packed_work, job, chunk, made_with)
        except RuntimeError as error:  # shut down before, or as Python ends
            raise BrokenExecutor(str(error)) from None

    try:
        for chunk, future in _in_flight(submit, chunks, IN_FLIGHT * n_workers, tick):
            yield chunk, _result(chunk, future)
    except (BrokenExecutor, CancelledError) as error:
        raise SimulationError(
            f"{job.file.name}: the scheduler is gone, or whatever executor did the work ({_in_a_line(error)})"
        ) from None


def _result(chunk: Chunk, future: Future[Result]) -> Result:
    """What came of a chunk; a failure too, if it could not be sent, or each of its workers died."""
    try:
        return future.result()
    except (VerifsimError, BrokenExecutor, CancelledError):
        raise
    except Exception:
        return Failure(chunk.first, chunk.n_runs, format_exc())


def by_processes(
    jobs: int, job: Job, chunks: Sequence[Chunk], progress: Progress
) -> Iterator[tuple[Chunk, Result]]:
    """Let processes of our own do chunks, and give each as it is finished; count run-months as they are done.

    Where one dies, those that were on their way are tried again with fresh processes, the last time one by
    one: so a chunk that needs too much memory beside others may yet be finished, and one that kills its
    worker is known.

    Raises
    ------
    UsageError
        If a doctrine of the caller's own cannot be sent to another process.
    SimulationError
        If no worker could be started.
    """
    call = partial(_unpickled_work, _pickled(job))
    tries, starts = dict.fromkeys(chunks, 0), 0
    counts = shared_counts(len(chunks))
    place = {chunk: k for k, chunk in enumerate(chunks)}
    tick = _reporting(counts, progress)
    while tries:
        alone = all(n == TRIES - 1 for n in tries.values())
        todo = [chunk for chunk, n in tries.items() if alone or n < TRIES - 1]
        on_their_way: set[Chunk] = set()

        def submit(chunk: Chunk, pool: Pool, on_their_way: set[Chunk] = on_their_way) -> Future[Result]:
            future = pool.submit(call, chunk, place[chunk])
            on_their_way.add(chunk)
            return future

        with Pool(1 if alone else min(jobs, len(todo)), counts) as pool:
            most = 1 if alone else IN_FLIGHT * jobs
            try:
                for chunk, future in _in_flight(partial(submit, pool=pool), todo, most, tick):
                    result = _result(chunk, future)
                    counts[place[chunk]] = chunk.n_runs * job.file.scenario.months  # failed or not
                    del tries[chunk]
                    yield chunk, result
            except BrokenProcessPool:
                if pool.has_started:
                    starts = 0
                    for chunk in on_their_way & tries.keys():
                        tries[chunk] += 1
                elif (starts := starts + 1) == STARTS:
                    raise SimulationError(f"{job.file.name}: {_NONE_STARTED}") from None
        for chunk in [chunk for chunk, n in tries.items() if n == TRIES]:
            del tries[chunk]
            counts[place[chunk]] = chunk.n_runs * job.file.scenario.months
            yield chunk, Failure(chunk.first, chunk.n_runs, f"{_DIED.format(chunk)}\n")
    tick()


def _reporting(counts: Counts, progress: Progress) -> Callable[[], None]:
    """Report what was counted since the last time; what a dead worker had counted is not counted twice."""
    reported = 0

    def report() -> None:
        nonlocal reported
        counted = max(reported, sum(counts))
        progress(counted - reported)
        reported = counted

    return report


_DIED = f"runs {{}}: their worker process died {TRIES} times (killed, crashed, or out of memory)"
_NONE_STARTED = (
    "no worker process could be started: a script that asks for jobs must begin its work under "
    "'if __name__ == \"__main__\":', for every worker reads it too; if it does, or there is no script, "
    "workers were killed as they started, or memory ran out: fewer (-j, jobs) need less"
)


def _in_flight(
    submit: Callable[[Chunk], Future[Result]], chunks: Iterable[Chunk], most: int, tick: Callable[[], Any]
) -> Iterator[tuple[Chunk, Future[Result]]]:
    """Hand out chunks, never more than so many at a time, and give each future as it is done."""
    todo, waiting = iter(chunks), dict[Future[Result], Chunk]()
    try:
        while True:
            for chunk in islice(todo, most - len(waiting)):
                waiting[submit(chunk)] = chunk
            if not waiting:
                return
            done, _ = wait(waiting, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in done:
                yield waiting.pop(future), future
            tick()  # which may be where an interrupt comes: not before what is done is in safe hands
    finally:
        for future in waiting:
            future.cancel()


def _unpickled_work(job: bytes, chunk: Chunk, place: int) -> Result:
    """Simulate a chunk of a pickled job and its sources; what cannot be unpickled here kills no worker."""
    try:
        unpickled, made_with = pickle.loads(job)
    except Exception as error:
        raise UsageError(f"a worker process cannot read the scenario ({_in_a_line(error)})") from None
    return packed_work(unpickled, chunk, made_with, counter(place))


def _pickled(job: Job) -> bytes:
    """A job and its sources as they are sent to processes, or a sentence on what in it cannot be."""
    own = [type(d) for d in job.file.scenario.doctrines.values() if not ships(type(d))]
    unseen = [kind for kind in own if kind.__module__ == "__main__" and not _main_is_a_file()]
    try:
        for kind in own:
            unseen += [] if _can_be_pickled(kind) else [kind]
        if not unseen:
            return pickle.dumps((job, sources(job)))
        why = f"the doctrine '{unseen[0].model_fields['kind'].default}' ({origin(unseen[0])})"
    except Exception as error:
        why = f"what is given ({_in_a_line(error)})"
    raise UsageError(
        f"jobs: {why} cannot be sent to other processes, for it is defined in a notebook or inside a "
        "function; put it into a module that can be imported, or leave jobs out"
    )


def _can_be_pickled(kind: type) -> bool:
    try:
        pickle.dumps(kind)
    except (pickle.PicklingError, AttributeError):
        return False
    return True


def _main_is_a_file() -> bool:
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return file is not None and Path(file).is_file()


def _in_a_line(error: BaseException) -> str:
    """An exception in a line: its type, and what it says."""
    return ": ".join(filter(None, [type(error).__name__, " ".join(str(error).split())]))
