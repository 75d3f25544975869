"""First deployments as times to an event: how long worlds stay free of missiles, and who ends it and why.

A time is the number of months from the start before the first deployment, and the horizon where there is
none: such a world is censored there, for nobody knows what would have come. A world that got out of control
counts as it stood: if nobody had deployed, nobody does up to the horizon. It is not censored when
it freezes, for what is lost that way is no random part of all worlds.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verifsim.comparison.intervals import CONFIDENCE, Values, share_interval


class Curve(NamedTuple):
    """A share of worlds by month, with its interval; each of shape (month,)."""

    share: Values
    low: Values
    high: Values


def still_without(months: ArrayLike, horizon: int, confidence: float = CONFIDENCE) -> Curve:
    """The Kaplan-Meier curve: the share of worlds in which nobody has deployed up to each month's end.

    Its interval holds month by month: Greenwood's error on the scale of log(-log), or Wilson's interval
    where all worlds, or none, are still without.

    Parameters
    ----------
    months
        Months before the first deployment, (run,); the horizon or more where there is none.
    horizon
        Months that were simulated.

    References
    ----------
    E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, Journal of the American
    Statistical Association 53, 1958; J. D. Kalbfleisch and R. L. Prentice, The statistical analysis of
    failure time data, 2nd edition, 2002: the interval.
    """
    from scipy import stats  # half a second to import, and few need it

    times, at = np.minimum(np.asarray(months, dtype=np.float64), horizon), np.arange(horizon)
    n, left = len(times), (times > at[:, None]).sum(axis=1)
    ends = np.array([share_interval(int(k), n, confidence) for k in left])
    if (times >= horizon).all():
        return Curve(np.ones(horizon), ends[:, 0], ends[:, 1])
    survival = stats.ecdf(stats.CensoredData.right_censored(times, times >= horizon)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.filterwarnings("ignore", message="The confidence interval is undefined")
        interval = survival.confidence_interval(confidence, method="log-log")
        known = np.stack([interval.low.evaluate(at), interval.high.evaluate(at)], axis=1)
    sure = (left == 0) | (left == n) | np.isnan(known).any(axis=1)
    low, high = np.where(sure[:, None], ends, known).T
    return Curve(np.asarray(survival.evaluate(at)), low, high)


def cumulative_incidence(months: ArrayLike, of_cause: ArrayLike, horizon: int) -> Values:
    """The share of worlds in which the first deployment came of one cause up to each month's end, (month,).

    With censoring at the horizon alone, the Aalen-Johansen estimate is this share. Over all causes, they
    and those `still_without` add up to 1.

    Parameters
    ----------
    months
        As for `still_without`.
    of_cause
        Whether the first deployment, where there is one, is of the cause, (run,).
    horizon
        Months that were simulated.

    References
    ----------
    O. O. Aalen and S. Johansen, An empirical transition matrix for non-homogeneous Markov chains based on
    censored observations, Scandinavian Journal of Statistics 5, 1978.
    """
    times: NDArray[np.float64] = np.asarray(months, dtype=np.float64)
    came = (times <= np.arange(horizon)[:, None]) & np.asarray(of_cause, dtype=np.bool_)
    return np.asarray(came.mean(axis=1))
