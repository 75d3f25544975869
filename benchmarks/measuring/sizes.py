"""How much is measured: as a rule, with the largest ensembles too, or next to nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """What each table varies. Unless a table varies them, there are ``many`` runs and 120 months."""

    runs: tuple[int, ...] = (100, 1_000, 10_000, 100_000)
    chunks: tuple[int, ...] = (1_000, 2_500, 10_000)
    months: tuple[int, ...] = (30, 60, 120, 240)
    sites: tuple[int, ...] = (3, 6, 12)
    regions: tuple[int, ...] = (2, 4, 8)
    memory: tuple[int, ...] = (10_000, 50_000, 100_000)
    many: int = 10_000
    horizon: int = 120
    shared: int = 60_000
    """Runs that several processes share."""
    alone: int = 20
    """Worlds simulated with a model object each."""
    repeats: int = 3


USUAL = Sizes()
LARGE = Sizes(runs=(*USUAL.runs, 1_000_000), memory=(*USUAL.memory, 1_000_000))
TINY = Sizes(
    runs=(4, 8),
    chunks=(4, 8),
    months=(10, 12),
    sites=(3, 4),
    regions=(2, 3),
    memory=(4,),
    many=8,
    shared=8,
    horizon=10,
    alone=1,
    repeats=1,
)
"""To see that everything runs."""
