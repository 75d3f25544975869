"""Processes of our own that simulate, and that never outlive the work.

They are spawned: a fresh interpreter each, the same on every system. Forking one that has threads, as NumPy,
a progress bar or a notebook start them, may lock up; a fork server would stay behind when all is done. What
spawning costs, a second or two a worker, matters little where there is work for several.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import current_process, get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

Counts = Any
"""Whole numbers in memory that a process shares with those that it starts."""

_MOST = 61 if sys.platform == "win32" else 1_000_000
"""Processes that one pool may have: Windows waits for no more."""

_counts: Counts = None
"""In a worker, those of the process that it works for."""

_let_go = threading.Event()
"""In a worker: the process that it works for waits for it no more."""

_GRACE = 5.0
"""Seconds that a worker has to leave off by itself: else what it is sending might break off in the middle,
and who reads it would wait for the rest."""


def shared_counts(n: int) -> Counts:
    """So many counts, all 0. Each is written by one worker at a time: so there is no lock to be left shut."""
    return get_context("spawn").RawArray("q", n)


def counter(place: int) -> Callable[[int], None]:
    """In a worker, what adds to one of the counts, beginning anew; it ends work that nobody waits for."""

    def add(n: int) -> None:
        if _let_go.is_set():
            sys.exit(1)
        _counts[place] += n

    _counts[place] = 0
    return add


class Pool:
    """A pool of processes that end when this one lets go of them, at their next month; at once, when it dies.

    Each holds one end of a pipe, of which this process alone holds the other: when that is closed, they end.

    Parameters
    ----------
    n_workers
        How many.
    counts
        Numbers in memory that all share, from `shared_counts`: see `counter`.
    """

    def __init__(self, n_workers: int, counts: Counts) -> None:
        if getattr(current_process(), "_inheriting", False):
            sys.exit(1)  # a worker that reads a script without a guard: whoever started it says so
        context = get_context("spawn")
        self._end, self._held = context.Pipe(duplex=False)
        self._started = context.RawValue("b", 0)
        self._pool = ProcessPoolExecutor(
            min(n_workers, _MOST),
            mp_context=context,
            initializer=_prepare,
            initargs=(self._end, self._started, counts),
        )

    @property
    def has_started(self) -> bool:
        """Whether any worker ever got as far as to begin work."""
        return bool(self._started.value)

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand out work; processes are started as they are needed."""
        with interrupts_blocked():
            return self._pool.submit(call, *arguments)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.shutdown(cancel_futures=True)
        self._held.close()
        self._pool.shutdown(cancel_futures=True)
        self._end.close()


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Let processes that are started here be born deaf to Ctrl-C, which the terminal sends to all."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # the first process would start it, and let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(end: Connection, started: Any, counts: Counts) -> None:
    """Make a worker: it leaves Ctrl-C and the screen to the process that it works for, and goes with it."""
    global _counts
    started.value, _counts = 1, counts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  open as long as it lives
    threading.Thread(target=_end_with, args=(end,), daemon=True).start()


def _end_with(end: Connection) -> None:
    with suppress(EOFError, OSError):
        end.recv()
    _let_go.set()
    parent = parent_process()
    if parent is not None:
        parent.join(_GRACE)  # over at once, if it is dead
    os._exit(1)
