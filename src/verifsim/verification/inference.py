"""From findings to belief, and from belief to the number a careful planner assumes."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import Count, Mask, Number, Real

_LEAST = 1e-9
"""Belief is kept within [1e-9, 1 - 1e-9], so that no finding is ever beyond recall."""


def bayes(
    belief: Real,
    alarm: Mask,
    *,
    alarm_if_violating: Number,
    alarm_if_compliant: Number,
    turns_covert: Number,
    turns_back: Number,
    prior: Number,
) -> Real:
    """Belief after a month: two states, compliant or violating, each with a chance to turn.

    First the month passes, ``b' = b (1 - back) + (1 - b) covert``; then the finding is
    weighed, ``b'' = b' L1 / (b' L1 + (1 - b') L0)`` with L the chance of that finding in
    either state. Where no state allows the finding (0/0), belief returns to the prior.

    Parameters
    ----------
    belief
        Probability that the other violates, shape (region, run).
    alarm
        This month's finding, shape (region, run).
    alarm_if_violating, alarm_if_compliant
        Chance of an alarm in either state; computed from a declared reference quantity,
        never from the true number, so that equal findings give equal beliefs.
    turns_covert, turns_back
        Chance a month that a compliant party turns covert, and that a violating one turns
        back.
    prior
        Belief at the outset.

    Returns
    -------
    Belief within [1e-9, 1 - 1e-9], shape (region, run).

    References
    ----------
    R. Avenhaus and M. J. Canty, Compliance Quantified, Cambridge University Press, 1996.
    """
    moved = belief * (1.0 - turns_back) + (1.0 - belief) * turns_covert
    if_violating = moved * np.where(alarm, alarm_if_violating, 1.0 - np.asarray(alarm_if_violating))
    if_compliant = (1.0 - moved) * np.where(alarm, alarm_if_compliant, 1.0 - np.asarray(alarm_if_compliant))
    total = if_violating + if_compliant
    posterior = np.where(total > 0.0, if_violating / np.where(total > 0.0, total, 1.0), prior)
    return np.clip(posterior, _LEAST, 1.0 - _LEAST)


def last_finding(alarm: Mask) -> Real:
    """Belief as the last look alone: 1 after an alarm, else 0; shape of ``alarm``."""
    return alarm.astype(np.float64)


def assumed_number(
    announced: Count,
    disputed: Count,
    belief: Real,
    *,
    reference_missiles: Number,
    worst_case_factor: Number,
) -> Real:
    """Missiles a careful planner assumes the other to have in a region.

    ``announced + factor (disputed + belief * reference)``: what is announced is counted,
    what is contested or only believed is taken at its worst.

    Parameters
    ----------
    announced, disputed
        Missiles, 0 or more, shape (region, run).
    belief
        Probability that undeclared missiles are there, shape (region, run).
    reference_missiles
        How many a violation is taken to be, 0 or more.
    worst_case_factor
        1 or more: the ratio of the assumed to the credible number.

    Returns
    -------
    Missiles, not necessarily whole, shape (region, run).
    """
    return announced + worst_case_factor * (disputed + belief * reference_missiles)
