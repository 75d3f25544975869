"""A visit to a declared site: what it can find, and what it may take for a finding."""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np

from verifsim.arrays import Count, Number, Real, power


@lru_cache(maxsize=4096)
def _hypergeometric(n_objects: int, n_opened: int) -> Real:
    """Chance to open k prohibited objects of d, ``C(d, k) C(N - d, n - k) / C(N, n)``, shape (d, k)."""
    table = np.zeros((n_objects + 1, n_opened + 1))
    for d in range(n_objects + 1):
        for k in range(max(0, n_opened - (n_objects - d)), min(d, n_opened) + 1):
            table[d, k] = comb(d, k) * comb(n_objects - d, n_opened - k) / comb(n_objects, n_opened)
    return table


def visit_probabilities(
    n_objects: int, n_opened: int, n_prohibited: Count | int, *, recognised: Number, false_alarm: Number
) -> tuple[Real, Real]:
    """Chances that one visit finds something prohibited, and that it finds nothing but alarms.

    The visit opens n of N objects at random, d of them prohibited; an opened prohibited object is
    recognised with chance s, an opened allowed one alarms with chance a. The two chances add up to
    ``1 - sum_k C(d, k) C(N - d, n - k) / C(N, n) (1 - s)**k (1 - a)**(n - k)``.

    Parameters
    ----------
    n_objects
        Objects N at the site, 1 or more.
    n_opened
        Objects n to be opened, 0 or more; all, where there are fewer.
    n_prohibited
        Prohibited objects d among them, 0 or more; no more than N count, shape (..., run).
    recognised, false_alarm
        The chances s and a, 0 to 1.

    Returns
    -------
    Two probabilities, each of the shape of ``n_prohibited``.

    References
    ----------
    R. Avenhaus and M. J. Canty, Compliance Quantified, Cambridge University Press, 1996.
    """
    opened = min(n_opened, n_objects)
    drawn = _hypergeometric(n_objects, opened)[np.clip(n_prohibited, 0, n_objects)]
    missed, quiet = 1.0 - np.asarray(recognised), 1.0 - np.asarray(false_alarm)
    nothing_found = sum(drawn[..., k] * missed**k for k in range(opened + 1))
    silent = sum(drawn[..., k] * missed**k * quiet ** (opened - k) for k in range(opened + 1))
    return 1.0 - nothing_found, np.asarray(nothing_found - silent)


def visit_tables(
    n_objects: Count | int, n_opened: Count | int, *, recognised: Number, false_alarm: Number
) -> tuple[Real, Real]:
    """The chances of `visit_probabilities` for every number of prohibited objects there might be.

    Parameters
    ----------
    n_objects, n_opened, recognised, false_alarm
        One for all runs, or one for each, (run,).

    Returns
    -------
    Two probabilities, (prohibited, 1) or, where anything differs between runs, (prohibited, run). Where a
    run has fewer objects than another, what is beyond them repeats what all of them give.
    """
    given = np.broadcast_arrays(*np.atleast_1d(n_objects, n_opened, recognised, false_alarm))
    prohibited = np.arange(given[0].max() + 1)[:, None]
    tables = np.empty((2, len(prohibited), len(given[0])))
    sizes, group = np.unique(np.stack(given[:2]), axis=1, return_inverse=True)
    for number, (objects, opened) in enumerate(sizes.T.astype(int)):
        runs = np.flatnonzero(group.reshape(-1) == number)
        tables[..., runs] = visit_probabilities(
            objects, opened, prohibited, recognised=given[2][runs], false_alarm=given[3][runs]
        )
    return tables[0], tables[1]


def alarm_after_clarification(found: Real, false: Real, cleared: Number) -> Real:
    """Chance that a visit stands as an alarm, each alarm being followed by a clarifying visit.

    ``found + false (1 - c)``: a false alarm is cleared with chance c, a true one never.

    Parameters
    ----------
    found, false
        Chances from `visit_probabilities`.
    cleared
        Chance c, 0 to 1.
    """
    return np.asarray(found + false * (1.0 - np.asarray(cleared)))


def moved_out_probability(notice_hours: Number, moved_out_a_day: Number) -> Real:
    """Chance that what is mobile and prohibited is gone when inspectors arrive.

    ``1 - (1 - r)**(hours / 24)``, with r the chance of being moved within a day of notice.
    """
    return np.asarray(1.0 - power(1.0 - np.asarray(moved_out_a_day), np.asarray(notice_hours) / 24.0))


def whole_visits(accrued: Real, a_year: Number) -> tuple[Count, Real]:
    """Whole visits of a month out of a yearly quota, and the fraction kept for later.

    The quota accrues by a twelfth a month; a visit is made once a whole one has accrued.

    Parameters
    ----------
    accrued
        The fraction kept so far, shape (run,).
    a_year
        Visits a year, 0 or more.

    Returns
    -------
    Whole visits, and the fraction left, each of shape (run,).
    """
    total = accrued + a_year / 12.0
    whole = np.floor(total + 1e-9)  # twelve twelfths are one, whatever floating point says
    return whole.astype(np.int16), total - whole
