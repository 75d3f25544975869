"""National technical means: one look a month at what is not announced."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Count, Number, Real, power


def alarm_probability(
    n_elsewhere: Count | Number,
    n_at_site: Count | Number,
    *,
    battery_seen: Number,
    hidden_at_site_seen: Number,
    false_alarm: Number,
) -> Real:
    """Chance that a month's look at one region raises an alarm.

    ``1 - (1 - q) (1 - p)**n (1 - p')**n'``: every undeclared battery may be seen, and an alarm may be
    false whatever is there, so that cheating never makes alarms rarer.

    Parameters
    ----------
    n_elsewhere, n_at_site
        Undeclared batteries n away from declared sites and n' at one, 0 or more, shape (..., run).
    battery_seen, hidden_at_site_seen
        Chances p and p' that one such battery is seen in a month, 0 to 1.
    false_alarm
        Chance q of an alarm in a month with nothing there, 0 to 1.

    Returns
    -------
    A probability, 0 to 1, of the common shape.
    """
    unseen = _unseen(battery_seen, n_elsewhere) * _unseen(hidden_at_site_seen, n_at_site)
    return np.asarray(1.0 - (1.0 - false_alarm) * unseen)


def _unseen(each_seen: Number, n: Count | Number) -> Number:
    """Chance that none of n is seen; to the bit 1 where nothing is there, which it mostly is."""
    if not np.any(n):
        return np.ones(np.shape(n))
    unseen = 1.0 - np.asarray(each_seen)
    if np.ndim(each_seen) == 0 and isinstance(n, np.ndarray) and np.issubdtype(n.dtype, np.integer):
        return power(unseen, np.arange(n.max() + 1))[n]  # each number once, then looked up
    return power(unseen, n)
