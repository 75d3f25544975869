"""Luck: a generator for each run, or the named streams of section 4."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np


class GeneratorLuck:
    """Uniform numbers from a numpy Generator: one for each name and month, names meaning nothing else."""

    def __init__(self, seed: int, run: int) -> None:
        self.generator = np.random.default_rng([seed, run])
        self.drawn: dict[tuple[str, int | None], float] = {}

    def uniform(self, stream: str, month: int | None = None) -> float:
        """Draw for a month, or once a run."""
        key = (stream, month)
        if key not in self.drawn:
            self.drawn[key] = self.generator.random()
        return self.drawn[key]


class StreamLuck:
    """The named streams of section 4: Philox 4x64, keyed by seed and name, counted by run and month."""

    def __init__(self, seed: int, run: int) -> None:
        self.seed, self.run = seed, run

    def uniform(self, stream: str, month: int | None = None) -> float:
        """Draw for a month, or once a run."""
        # numpy counts on before it draws: the counter (run // 4 + 1, …) of the page is its (run // 4, …)
        counter = [self.run // 4, 0 if month is None else month + 1, 0, 0]
        key = np.array([self.seed, hash_of(stream)], dtype=np.uint64)
        words = np.random.Philox(key=key, counter=counter).random_raw(4)
        return (int(words[self.run % 4]) >> 11) * 2.0**-53


@cache
def hash_of(stream: str) -> int:
    """Give the 64-bit BLAKE2b hash of the name of a stream."""
    return int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")
