"""A visit to a declared site: what it can find, and what it may take for a finding."""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np

from verifsim.arrays import Count, Number, Real, power


@lru_cache(maxsize=100_000)
def _hypergeometric(n_objects: int, n_opened: int, n_prohibited: int) -> Real:
    """Chance to open k prohibited objects of d, ``C(d, k) C(N - d, n - k) / C(N, n)``, shape (k,)."""
    d, others, all_ways = n_prohibited, n_objects - n_prohibited, comb(n_objects, n_opened)
    return np.array([comb(d, k) * comb(others, n_opened - k) / all_ways for k in range(n_opened + 1)])


def visit_probabilities(
    n_objects: Count | int,
    n_opened: Count | int,
    n_prohibited: Count | int,
    *,
    recognised: Number,
    false_alarm: Number,
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
        Prohibited objects d among them, 0 or more; no more than N count.
    recognised, false_alarm
        The chances s and a, 0 to 1.

    Returns
    -------
    Two probabilities, each of the shape to which all of these broadcast, (..., run).

    References
    ----------
    R. Avenhaus and M. J. Canty, Compliance Quantified, Cambridge University Press, 1996.
    """
    objects, opened, prohibited, missed, quiet = np.broadcast_arrays(
        n_objects,
        np.minimum(n_opened, n_objects),
        np.clip(n_prohibited, 0, n_objects),
        1.0 - np.asarray(recognised),
        1.0 - np.asarray(false_alarm),
    )
    found, false = np.empty(objects.shape), np.empty(objects.shape)
    for n in np.unique(opened).tolist():
        here = opened == n
        drawn = _chances_of_opening(objects[here], n, prohibited[here])
        nothing_found = sum(drawn[:, k] * missed[here] ** k for k in range(n + 1))
        silent = sum(drawn[:, k] * missed[here] ** k * quiet[here] ** (n - k) for k in range(n + 1))
        found[here], false[here] = 1.0 - nothing_found, nothing_found - silent
    return found, false


def _chances_of_opening(objects: Count, n_opened: int, prohibited: Count) -> Real:
    """Chance to open k prohibited objects, each case once worked out, shape (visit, k)."""
    cases, which = np.unique(objects * (objects.max() + 1) + prohibited, return_inverse=True)
    sizes = (divmod(case, int(objects.max()) + 1) for case in cases.tolist())
    return np.stack([_hypergeometric(n_objects, n_opened, d) for n_objects, d in sizes])[which]


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
