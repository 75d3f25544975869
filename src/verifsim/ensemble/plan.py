"""Which runs are simulated together, and which need not be simulated again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from verifsim.ensemble.work import Chunk

CHUNK = 10_000
"""Runs simulated at once, at most: enough to hide Python's own cost, few enough to stay in cache."""

CHUNK_REDUCED = 7_500
"""Runs simulated at once, at most, where not every month is kept: the chunk is most of what memory holds."""

LEAST = 1_000
"""Runs simulated at once, at least, where several workers share them: fewer cost more than they gain."""


def cut(runs: Chunk, n_workers: int = 1, most: int = CHUNK) -> Iterator[Chunk]:
    """Cut runs into chunks, of which each worker gets as many as any other.

    One worker gets chunks as large as may be. Several get smaller ones where they would else wait for each
    other at the end; how runs are cut changes no number.
    """
    size = most
    if n_workers > 1:
        rounds = ceil(runs.n_runs / (n_workers * most))
        size = min(most, max(LEAST, ceil(runs.n_runs / (rounds * n_workers))))
    for first in range(runs.first, runs.end, size):
        yield Chunk(first, min(size, runs.end - first))


def usable(stored: Iterable[Chunk], wanted: Chunk) -> list[Chunk]:
    """Stored chunks that lie wholly in what is wanted, none over another."""
    found: list[Chunk] = []
    position = wanted.first
    for chunk in sorted(stored, key=lambda c: (c.first, -c.n_runs)):
        if chunk.first >= position and chunk.lies_in(wanted):
            found.append(chunk)
            position = chunk.end
    return found


def gaps(wanted: Chunk, have: Iterable[Chunk]) -> Iterator[Chunk]:
    """The runs that are wanted and not among chunks, which do not overlap."""
    position = wanted.first
    for chunk in sorted(have):
        if chunk.first > position:
            yield Chunk(position, chunk.first - position)
        position = chunk.end
    if position < wanted.end:
        yield Chunk(position, wanted.end - position)
