"""How an ensemble is cut, and what need not be simulated again."""

from __future__ import annotations

import random

import pytest

from verifsim.ensemble.plan import CHUNK, LEAST, cut, gaps, usable
from verifsim.ensemble.work import Chunk
from verifsim.ensemble.worth import jobs_worth

SIZES = (1, 999, 1_000, 1_001, 9_999, 10_000, 10_001, 123_456)


def _covers(parts, whole):
    """Whether parts follow each other from the first run of a whole to its last."""
    ends = [whole.first, *(part.end for part in parts)]
    return [part.first for part in parts] == ends[:-1] and ends[-1] == whole.end


@pytest.mark.parametrize("n_runs", SIZES)
@pytest.mark.parametrize("n_workers", [1, 2, 7, 64])
def test_every_run_is_in_one_chunk(n_runs, n_workers):
    whole = Chunk(17, n_runs)
    assert _covers(list(cut(whole, n_workers)), whole)


@pytest.mark.parametrize("n_workers", [2, 7, 64])
def test_no_worker_waits_long_for_another(n_workers):
    for n_runs in SIZES:
        sizes = [chunk.n_runs for chunk in cut(Chunk(0, n_runs), n_workers)]
        assert max(sizes) <= CHUNK
        assert all(size >= LEAST for size in sizes[:-1])
        if n_runs >= LEAST * n_workers:
            rounds = -(-len(sizes) // n_workers)
            assert rounds * max(sizes) <= n_runs / n_workers + rounds


def test_one_worker_gets_chunks_as_large_as_may_be():
    assert [chunk.n_runs for chunk in cut(Chunk(0, 25_000))] == [10_000, 10_000, 5_000]


def test_gaps_and_what_is_there_make_up_what_is_wanted():
    luck = random.Random(3)
    for _ in range(300):
        wanted = Chunk(luck.randrange(20), luck.randrange(1, 60))
        stored = [Chunk(luck.randrange(80), luck.randrange(1, 20)) for _ in range(luck.randrange(8))]
        have = usable(stored, wanted)
        assert set(have) <= set(stored)
        assert _covers(sorted([*have, *gaps(wanted, have)]), wanted)


def test_a_stored_chunk_that_reaches_beyond_what_is_wanted_is_not_used():
    stored = [Chunk(0, 10), Chunk(10, 10)]
    assert usable(stored, Chunk(0, 15)) == [Chunk(0, 10)]
    assert list(gaps(Chunk(0, 15), [Chunk(0, 10)])) == [Chunk(10, 5)]


def test_several_processes_are_for_work_of_more_than_ten_seconds(monkeypatch):
    monkeypatch.setattr("verifsim.ensemble.worth.n_cpus", lambda: 8)
    said = []
    assert jobs_worth(1_000, 120, said.append) == 1
    assert said == []
    assert jobs_worth(100_000, 120, said.append) == 8
    assert said == ["about 36 seconds of work for one process; 8 share it (-j 1 for one)"]
    assert jobs_worth(3_000, 5_000, said.append) == 3, "never fewer than a thousand runs each"
