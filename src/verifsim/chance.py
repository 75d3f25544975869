"""Named streams of chance: run i depends on the seed, the stream's name, the month and i alone.

A stream is a Philox counter generator with the key (seed, hash of the name) and
the counter (run // 4, month). So neither the number of runs, nor how they are cut
into chunks, nor what other streams exist, moves a single bit: scenarios compared
under the same seed share their luck run by run.

Only uniforms are drawn, and always for every run: rules mask afterwards.

References
----------
J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", Proceedings of
SC11, 2011.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from verifsim.arrays import Count, Number, Real

ONCE = 0
"""The counter for what a run draws once and keeps; months count from 1."""

_PER_BLOCK = 4  # Philox 4x64 yields four numbers a counter value


@lru_cache(maxsize=4096)
def _key(stream: str) -> int:
    return int.from_bytes(blake2b(stream.encode(), digest_size=8).digest(), "little")


class Chance:
    """The luck of runs ``first`` to ``first + n_runs - 1`` under one seed.

    Parameters
    ----------
    seed
        0 to 2**64 - 1.
    first
        The number of the first run, from 0.
    n_runs
        How many runs, 1 or more.
    luck
        A name for other luck under the same seed, in every stream.
    """

    def __init__(self, seed: int, first: int, n_runs: int, luck: str = "") -> None:
        self.seed = seed
        self.n_runs = n_runs
        self._luck = luck
        self._block, self._skip = divmod(first, _PER_BLOCK)
        self._counter = np.array([self._block, 0, 0, 0], dtype=np.uint64)
        self._key = np.array([seed, 0], dtype=np.uint64)
        self._bits = np.random.Philox(key=self._key)
        self._state = self._bits.state | {"state": {"counter": self._counter, "key": self._key}}
        self._generator = np.random.Generator(self._bits)
        self._kept: dict[str, Real] = {}

    def uniform(self, stream: str, month: int | None = None) -> Real:
        """Uniforms on [0, 1), shape (run,): of a month (from 0), or drawn once a run."""
        if month is not None:
            return self._drawn(stream, month + 1)
        if stream not in self._kept:
            self._kept[stream] = self._drawn(stream, ONCE)
            self._kept[stream].flags.writeable = False
        return self._kept[stream]

    def _drawn(self, stream: str, counter: int) -> Real:
        self._counter[1], self._key[1] = counter, _key(self._luck + stream)
        self._bits.state = self._state  # which says, too, that no number is left of the last block
        return self._generator.random(self._skip + self.n_runs)[self._skip :]

    def each(self, stream: str, members: Iterable[str], month: int | None = None) -> Real:
        """One stream a member, named ``stream.member``; shape (member, run)."""
        drawn = [self.uniform(f"{stream}.{member}", month) for member in members]
        return np.stack(drawn) if drawn else np.zeros((0, self.n_runs))


class Luck(dict[str, Real]):
    """Streams of one name and month, by purpose; each is drawn once, when it is first asked for."""

    def __init__(self, chance: Chance, name: str, month: int) -> None:
        self._chance, self._name, self._month = chance, name, month

    def __missing__(self, purpose: str) -> Real:
        self[purpose] = u = self._chance.uniform(f"{self._name}.{purpose}", self._month)
        return u


class Draw:
    """A party's own luck, for its doctrines: one stream a purpose and region.

    ``where`` says in which regions the doctrine has a say at all, in order; for the others 1 stands in
    for a number that would not be looked at.
    """

    def __init__(
        self,
        chance: Chance,
        party: str,
        regions: tuple[str, ...],
        month: int,
        where: Iterable[bool] | None = None,
    ) -> None:
        self._chance, self._party, self._regions, self._month = chance, party, regions, month
        self._where = [True] * len(regions) if where is None else list(where)

    def by_region(self, purpose: str) -> Real:
        """Uniforms of this month on [0, 1), shape (region, run)."""
        return self._each(purpose, self._month)

    def of_party(self, purpose: str) -> Real:
        """Uniforms of this month on [0, 1), for what a party decides once, shape (run,)."""
        return self._chance.uniform(f"decide.{self._party}.{purpose}", self._month)

    def kept_by_region(self, purpose: str) -> Real:
        """Uniforms on [0, 1) that a run draws once and keeps, shape (region, run)."""
        return self._each(purpose, None)

    def _each(self, purpose: str, month: int | None) -> Real:
        result = np.ones((len(self._regions), self._chance.n_runs))
        for r, region in enumerate(self._regions):
            if self._where[r]:
                result[r] = self._chance.uniform(f"decide.{self._party}.{purpose}.{region}", month)
        return result


def swayed(chance: Number, log_odds: Number) -> Real:
    """A chance whose odds are multiplied by ``exp(log_odds)``; 0 leaves it as it is, to the bit.

    ``p' = p f / (1 - p + p f)`` with ``f = exp(log_odds)``: 0 and 1 stay what they are.

    Parameters
    ----------
    chance
        0 to 1.
    log_odds
        Any number; broadcast against ``chance``.
    """
    chance, log_odds = np.asarray(chance, dtype=np.float64), np.asarray(log_odds, dtype=np.float64)
    factor = np.exp(log_odds)
    return np.where(log_odds == 0.0, chance, chance * factor / (1.0 - chance + chance * factor))


def triangular(u: Real, least: Number, likeliest: Number, most: Number) -> Real:
    """Numbers from a triangle over three figures in order, by inverting its distribution; shape of ``u``."""
    width, rise, fall = most - least, likeliest - least, most - likeliest
    rising, falling = least + np.sqrt(u * width * rise), most - np.sqrt((1.0 - u) * width * fall)
    return np.where(u * width < rise, rising, falling)


def whole_months(months: Number, u: Real) -> Count:
    """A lead time in whole months, its fraction rounded up by chance.

    Parameters
    ----------
    months
        0 or more; broadcast against ``u``.
    u
        Uniforms on [0, 1), shape (..., run).

    Returns
    -------
    Whole months whose mean is ``months``: 0.5 is 0 or 1 with even chances.
    """
    whole = np.floor(months)
    return (whole + (u < months - whole)).astype(np.int16)
