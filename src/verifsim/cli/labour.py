"""Who does the work of a command: options that several share, and what becomes of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import click

from verifsim.cli.say import say
from verifsim.store import interrupts_held

JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes share the work; no number depends on it. "
    "[default: as many as there are processors where the work takes more than some ten seconds, else 1]",
)
SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let a Dask scheduler do the work: tcp://HOST:PORT, tls://HOST:PORT, or local for one of this "
    "machine with a dashboard. Needs verifsim[distributed].",
)

Tell = Callable[[str], None]
"""Says a sentence on how the work goes."""


@dataclass(frozen=True)
class Labour:
    """Who does the work.

    Attributes
    ----------
    jobs
        How many processes, or workers of the executor; none leaves that to the size of the work.
    executor
        Who does it instead of processes of our own.
    """

    jobs: int | None
    executor: Executor | None = None

    def jobs_for(self, n_runs: int, months: int, tell: Tell) -> int | None:
        """How many processes share a piece of work; said, where nobody asked for them."""
        from verifsim.ensemble import jobs_worth

        return self.jobs or jobs_worth(n_runs, months, tell)


@contextmanager
def labour(jobs: int | None, scheduler: str | None, tell: Tell) -> Iterator[Labour]:
    """Find those who do the work, and let them go at the end."""
    if scheduler is None:
        yield Labour(jobs)
        return
    from verifsim.ensemble import cluster

    with cluster.scheduler(scheduler, jobs, tell, telling(quiet=False)) as (executor, n_workers):
        yield Labour(n_workers, executor)


def telling(name: str = "", *, quiet: bool) -> Tell:
    """Say sentences about the work on stderr, above a progress bar; none if it is to be quiet."""
    before = f"{name}: " if name else ""

    def tell(sentence: str) -> None:
        if not quiet:
            with interrupts_held(), _above_a_bar():
                say(f"{before}{sentence}", err=True)

    return tell


def _above_a_bar() -> AbstractContextManager[object]:
    """Take a progress bar off the screen while something is said; there is none unless tqdm is imported."""
    tqdm = sys.modules.get("tqdm")
    return nullcontext() if tqdm is None else tqdm.tqdm.external_write_mode(file=sys.stderr)
