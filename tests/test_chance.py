"""Streams of chance: run i depends on seed, stream, month and i alone."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.chance import Chance, Draw, whole_months

GOLDEN = [0.391799205335868, 0.30497429565578027, 0.9799110049070212]


@pytest.mark.parametrize(("first", "n"), [(0, 1), (0, 7), (1, 4), (5, 10), (8, 3), (999, 2)])
def test_a_run_draws_the_same_in_any_chunk(first, n):
    whole = Chance(seed=3, first=0, n_runs=1200).uniform("look.red.north", month=4)
    part = Chance(seed=3, first=first, n_runs=n).uniform("look.red.north", month=4)
    assert np.array_equal(part, whole[first : first + n])


def test_what_else_was_drawn_before_changes_nothing():
    chance = Chance(seed=3, first=0, n_runs=10)
    first = chance.uniform("a", month=0)
    chance.uniform("b", month=0), chance.uniform("a", month=1), chance.uniform("a")
    assert np.array_equal(chance.uniform("a", month=0), first)


def test_streams_months_seeds_and_the_draw_kept_for_a_run_all_differ():
    a = Chance(seed=3, first=0, n_runs=100)
    draws = [
        a.uniform("a", 0),
        a.uniform("a", 1),
        a.uniform("b", 0),
        a.uniform("a"),
        Chance(4, 0, 100).uniform("a", 0),
    ]
    for i, one in enumerate(draws):
        for other in draws[i + 1 :]:
            assert not np.any(one == other)


def test_draws_are_uniform_and_streams_are_independent():
    n = 200_000
    one, other = (Chance(2020, 0, n).uniform(name, 0) for name in ("look.red.north", "look.red.south"))
    for draws in (one, other):
        share, _ = np.histogram(draws, bins=20, range=(0, 1))
        expected = n / 20
        chi_square = ((share - expected) ** 2 / expected).sum()
        assert chi_square < 19 + 4 * np.sqrt(2 * 19), "19 degrees of freedom: mean 19, sd sqrt(38)"
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(n)


def test_neighbouring_months_and_runs_are_uncorrelated():
    chance, n = Chance(1, 0, 100_000), 100_000
    a, b = chance.uniform("s", 0), chance.uniform("s", 1)
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(n)
    assert abs(np.corrcoef(a[1:], a[:-1])[0, 1]) < 4 / np.sqrt(n)


def test_the_stream_is_the_same_on_every_machine_and_version():
    drawn = Chance(seed=1, first=2, n_runs=3).uniform("look.red.north", month=3)
    assert drawn.tolist() == GOLDEN


def test_a_party_draws_for_each_region_its_own():
    draw = Draw(Chance(1, 0, 50), "red", ("north", "south"), month=2)
    by_region = draw.by_region("patience")
    assert by_region.shape == (2, 50)
    assert not np.any(by_region[0] == by_region[1])
    alone = Draw(Chance(1, 0, 50), "red", ("south",), month=2).by_region("patience")
    assert np.array_equal(alone[0], by_region[1])


def test_a_fraction_of_a_month_is_rounded_up_by_chance():
    u = Chance(1, 0, 100_000).uniform("move", 0)
    months = whole_months(1.25, u)
    assert set(months.tolist()) == {1, 2}
    assert abs(months.mean() - 1.25) < 4 * np.sqrt(0.25 * 0.75 / len(u))
    assert (whole_months(3.0, u) == 3).all()
