"""How much of an outcome's spread is chance, and how much is not knowing the numbers.

Where runs draw their numbers, some are simulated once more: with the numbers they drew, and other luck.
What such a twin has in common with its run is what the numbers make of it; what differs is chance.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from statistics import NormalDist

import numpy as np
import pandas as pd

from verifsim.errors import UsageError

CONFIDENCE = 0.95

ADDED = 4.0
"""Pairs put to those there are before an interval is drawn: half of them agree, half are unrelated."""

COLUMNS = (
    "spread_by_chance",
    "spread_by_numbers",
    "share_by_numbers",
    "share_by_numbers_low",
    "share_by_numbers_high",
    "pairs",
)


def spread_table(runs: pd.DataFrame, twins: pd.DataFrame) -> pd.DataFrame:
    """Split the variance of each outcome, by the law of total variance.

    With Y the outcome of a run and Y' that of its twin, ``Cov(Y, Y') = Var(E[Y | numbers])`` is the
    part of ``Var(Y)`` that knowing the numbers would take away; the rest is chance: what happens month by
    month, and what a world draws once, such as the true types of its parties.

    Parameters
    ----------
    runs, twins
        Outcomes, one row a run; a twin has the number of its run. Pairs of which one has no meaning are
        left out.

    Returns
    -------
    One row an outcome: the standard deviations by chance and by the numbers, in the outcome's unit; the
    share of the variance that is the numbers', with a 95 % interval; and the number of pairs. The share is
    nan where all runs are the same.

    The interval counts in the pairs that carry the variance: ``m = (sum w)**2 / sum w**2``, with w the mean
    square of a pair. Four more are put to these, two of which agree and two of which are unrelated, so that
    a handful of pairs with a rare event do not seem to know all.

    References
    ----------
    A. Janon, T. Klein, A. Lagnoux, M. Nodet and C. Prieur, Asymptotic normality and efficiency of two Sobol
    index estimators, ESAIM: Probability and Statistics 18, 2014: the estimator and its error.

    A. Agresti and B. A. Coull, Approximate is better than "exact" for interval estimation of binomial
    proportions, The American Statistician 52, 1998: the four more.
    """
    rows = {name: _split(runs[name], twins[name]) for name in runs.columns if name in twins}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("outcome")


def _split(run: pd.Series, twin: pd.Series) -> tuple[float, float, float, float, float, int]:
    pairs = pd.concat([run, twin], axis="columns", join="inner").dropna().to_numpy(dtype=np.float64)
    n = len(pairs)
    if n < 2 or pairs.min() == pairs.max():
        known = 0.0 if n > 1 else np.nan
        return known, known, np.nan, np.nan, np.nan, n
    first, second = (pairs - pairs.mean()).T
    in_common, squares = first * second, (first**2 + second**2) / 2.0
    variance = squares.mean()
    share = in_common.mean() / variance
    held = min(max(share, 0.0), 1.0)
    deviations = np.sqrt(variance * (1.0 - held)), np.sqrt(variance * held)
    return float(deviations[0]), float(deviations[1]), held, *_interval(in_common, squares, share), n


def _interval(in_common: np.ndarray, squares: np.ndarray, share: float) -> tuple[float, float]:
    """The interval of a share, out of products and mean squares of pairs; it holds the share itself."""
    carry = squares.sum() ** 2 / (squares**2).sum()
    of_one = carry * ((in_common - share * squares) ** 2).sum() / squares.sum() ** 2
    middle = (carry * share + ADDED / 2.0) / (carry + ADDED)
    apart = carry * (of_one + (share - middle) ** 2) + ADDED / 2.0 * (middle**2 + (1.0 - middle) ** 2)
    margin = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2.0) * np.sqrt(apart) / (carry + ADDED)
    low, high = min(share, middle - margin), max(share, middle + margin)
    return min(max(float(low), 0.0), 1.0), min(max(float(high), 0.0), 1.0)


def spread_sentences(
    spread: pd.DataFrame, outcome: str, drivers: Callable[[str], pd.DataFrame], of_sample: str = ""
) -> tuple[str, ...]:
    """What not knowing the numbers has to do with an outcome, or with the first that differs between worlds.

    ``spread`` is a `spread_table`; ``drivers`` gives the table of an outcome's drivers; ``of_sample`` says
    in a sentence of which runs they are, if not of all.
    """
    known = spread[spread["share_by_numbers"].notna()]
    if known.empty:
        return ()
    name = outcome if outcome in known.index else str(known.index[0])
    row = known.loc[name]
    low, high = (f"{100 * row[f'share_by_numbers_{end}']:.0f}" for end in ("low", "high"))
    said = (
        f"Each world drew its numbers from their ranges. Of the variance of {name} between worlds, "
        f"{100 * row['share_by_numbers']:.0f} % (95 % interval {low} to {high}) is due to these numbers; "
        "the rest is chance, which also draws what no party knows, such as the other's true type."
    )
    with suppress(UsageError):
        return said, " ".join(filter(None, [_drivers_sentence(drivers(name)), of_sample]))
    return (said,)


def _drivers_sentence(table: pd.DataFrame) -> str:
    beyond, alone = table[table["beyond_chance"]], len(table) == 1
    if beyond.empty:
        subject = (
            "The one number that varies does not move" if alone else f"None of the {len(table)} numbers moves"
        )
        return f"{subject} it beyond chance, as far as so many worlds can tell."
    first = beyond["rank_correlation"].head(3)
    most = ", ".join(f"{number} ({correlation:+.2f})" for number, correlation in first.items())
    if alone:
        return f"The one number that varies moves it beyond chance; by rank correlation: {most}."
    moves = "moves" if len(beyond) == 1 else "move"
    return (
        f"Of the {len(table)} numbers, {len(beyond)} {moves} it beyond chance; "
        f"most of all, by rank correlation: {most}."
    )
