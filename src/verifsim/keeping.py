"""How much is kept of an ensemble, and what room that takes."""

from __future__ import annotations

from math import prod
from typing import Literal

from verifsim.results import SAMPLE, VARIABLES
from verifsim.scenario.schema import Scenario

Keep = Literal["trajectories", "outcomes"]
"""Every month of every run; or what each run came to, sums by month, and every month of the first runs."""

LARGEST = 500_000_000
"""Bytes of memory that the months of all runs may take before they are no longer kept unasked."""

PACKED = 0.35
"""What months take on a disk, of what they take in memory, in ``results.nc`` and in chunks that are kept."""

COLUMNS = 250
"""Bytes that outcomes take on a disk, for each run and region, in all files together."""


def keep_for(scenario: Scenario, keep: Keep | None = None) -> Keep:
    """What is asked for; if nothing is, every month, where that is not too much."""
    if keep is not None:
        return keep
    return "outcomes" if scenario.ensemble.runs * months_in_memory(scenario) > LARGEST else "trajectories"


def months_in_memory(scenario: Scenario) -> int:
    """Bytes of every month of one run."""
    sizes = {
        "run": 1,
        "month": scenario.months,
        "party": len(scenario.parties),
        "region": len(scenario.regions),
        "agreement": len(scenario.agreements),
        "programme": len(scenario.programmes),
    }
    return sum(prod(sizes[dim] for dim in of.dims) * of.bytes for of in VARIABLES.values())


def on_disk(scenario: Scenario, keep: Keep) -> int:
    """Bytes that results take on a disk, roughly."""
    runs = scenario.ensemble.runs
    whole = runs if keep == "trajectories" else min(runs, SAMPLE)
    return int(whole * PACKED * months_in_memory(scenario) + runs * COLUMNS * len(scenario.regions))


def what_is_kept() -> str:
    """What reduced results hold, in words."""
    return f"outcomes of every run, sums over all runs by month, and every month of the first {SAMPLE:,} runs"
