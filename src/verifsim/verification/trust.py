"""Trust in the other: how it moves, and how far it sways a chance."""

from __future__ import annotations

from collections.abc import Iterable

from verifsim.arrays import Mask, Number, Real


def moved(trust: Real, *, lost: Iterable[tuple[Number, Mask]], gained: Iterable[tuple[Number, Mask]]) -> Real:
    """Trust after a month: first what is lost, ``T (1 - x)``, then what is gained, ``T + x (1 - T)``.

    Parameters
    ----------
    trust
        Trust T of last month, 0 to 1, (run,).
    lost
        Shares x of trust, and the runs in which they are lost, in order.
    gained
        Shares x of the distance to full trust, and the runs in which they are gained, in order.

    Returns
    -------
    0 to 1, (run,).

    References
    ----------
    A. H. Kydd, Trust and Mistrust in International Relations, Princeton University Press, 2005, for trust as
    something that conduct builds and destroys; the linear rule is an assumption.
    """
    for share, where in lost:
        trust = trust * (1.0 - share * where)
    for share, where in gained:
        trust = trust + share * where * (1.0 - trust)
    return trust


def sways(trust: Real, *, at_start: Number, weight: Number) -> Real:
    """Log-odds by which trust sways a chance, ``2 w (T - T0)``: none at the trust T0 of the start; (run,)."""
    return 2.0 * weight * (trust - at_start)
