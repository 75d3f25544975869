"""Whether work is worth several processes, and how many there may be."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from verifsim.ensemble.plan import LEAST

SECONDS_A_RUN_MONTH = 3e-6
"""What a month of a run of the fullest scenario costs among thousands: see ``benchmarks/``."""

WORTH_SHARING = 10.0
"""Seconds of work that are worth several processes, each of which needs one or two to get ready."""


def n_cpus() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def seconds_alone(n_runs: int, months: int) -> float:
    """About how long runs take one process."""
    return n_runs * months * SECONDS_A_RUN_MONTH


def jobs_worth(n_runs: int, months: int, tell: Callable[[str], Any] = lambda sentence: None) -> int:
    """How many processes the work is worth, as far as there are processors for them.

    Parameters
    ----------
    n_runs, months
        The work.
    tell
        Called with a sentence if they are several.
    """
    seconds = seconds_alone(n_runs, months)
    jobs = max(1, min(n_cpus(), n_runs // LEAST)) if seconds >= WORTH_SHARING else 1
    if jobs > 1:
        tell(f"about {_time(seconds)} of work for one process; {jobs} share it (-j 1 for one)")
    return jobs


def _time(seconds: float) -> str:
    """``40 seconds``, ``12 minutes``, ``3.5 hours``."""
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 6000 else f"{seconds / 3600:.1f} hours"
