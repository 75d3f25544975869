"""How many runs are enough: looks at a growing ensemble, until differences are known closely enough.

Whoever stops at the first interval that is narrow enough stops more often where, by chance, it is too
narrow. So the five misses in a hundred that an interval may have are spent over all looks there may be
(Bonferroni): each look's interval has the level ``1 - 0.05 / looks``. Wherever one stops, and for whatever
reason, all of them hold at once at least 95 times in 100; the tests find 97 to 99.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from verifsim.comparison.intervals import CONFIDENCE, FEW, Difference
from verifsim.comparison.table import DECLARED
from verifsim.errors import UsageError

FIRST_LOOK = 500
MOST_RUNS = 16_000
"""Runs of the first look, and of the last unless said otherwise."""

Found = TypeVar("Found")


def looks(most: int = MOST_RUNS) -> tuple[int, ...]:
    """The numbers of runs at which to look: 500, twice as many each time, and at last the most.

    Raises
    ------
    UsageError
        If the most are fewer than two.
    """
    if most < 2:
        raise UsageError(f"a comparison needs two runs; the most allowed are {most}")
    doubled = [FIRST_LOOK]
    while doubled[-1] < most:
        doubled.append(2 * doubled[-1])
    return (*(n for n in doubled if n < most), most)


def level(n_looks: int) -> float:
    """The level of each look's interval, of so many looks."""
    return 1.0 - (1.0 - CONFIDENCE) / n_looks


def grown(look: Callable[[int], Found], enough: Callable[[Found], bool], sizes: tuple[int, ...]) -> Found:
    """What is found at the first look that is enough, or at the last."""
    for n_runs in sizes:
        found = look(n_runs)
        if enough(found):
            break
    return found


def close_enough(found: Difference, half_width: float, *, share: bool) -> bool:
    """Whether an interval is narrow enough, and of a mean, whether enough pairs differ for it to be trusted.

    Where no pair differs, the interval of a mean is empty, and says nothing of how rarely some may differ.
    """
    trusted = share or found.differ >= FEW or found.low == found.high != 0.0
    return bool(trusted and (found.high - found.low) / 2.0 <= half_width)


@dataclass(frozen=True)
class Precision:
    """What was asked for, and how many runs it took."""

    half_widths: dict[str, float]
    """By outcome, in its unit."""
    sizes: tuple[int, ...]
    """The numbers of runs at which one might have looked."""
    n_runs: int
    """Runs of the last look."""

    @property
    def n_looks(self) -> int:
        """How many looks were taken."""
        return self.sizes.index(self.n_runs) + 1

    @property
    def confidence(self) -> float:
        """The level of each interval."""
        return level(len(self.sizes))


def check_half_widths(until: Mapping[str, float]) -> None:
    """Refuse half-widths that no interval can have.

    Raises
    ------
    UsageError
        If one is not a number above 0, or for a share not below 1.
    """
    for name, half_width in until.items():
        if DECLARED[name.split(".")[0]].unit == "share" and half_width >= 1.0:
            hint = f"for {half_width:g} of 100 worlds, say {half_width / 100:g}"
            raise UsageError(f"until: '{name}' is a share, from 0 to 1; given: {half_width:g}; {hint}")
        if not 0.0 < half_width < float("inf"):
            raise UsageError(f"until: the half-width of '{name}' is to be above 0; given: {half_width}")
