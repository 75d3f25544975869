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
    part of ``Var(Y)`` that knowing the numbers would take away; the rest is chance.

    Parameters
    ----------
    runs, twins
        Outcomes, one row a run; a twin has the number of its run. Pairs of which one has no meaning are
        left out.

    Returns
    -------
    One row an outcome: the standard deviations by chance and by the numbers, in the outcome's unit; the
    share of the variance that is the numbers', with a 95 % interval; and the number of pairs. The share is
    nan where all runs are the same. The interval is never narrower than that of a normal outcome,
    with a standard error of ``(1 - share**2) / sqrt(n)``: few pairs of a rare event would seem to know more.

    References
    ----------
    A. Janon, T. Klein, A. Lagnoux, M. Nodet and C. Prieur, Asymptotic normality and efficiency of two Sobol
    index estimators, ESAIM: Probability and Statistics 18, 2014: the estimator and its interval.
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
    variance = (first**2 + second**2).mean() / 2.0
    share = (first * second).mean() / variance
    influence = (first * second - share * (first**2 + second**2) / 2.0) / variance
    error = max(influence.std(ddof=1), 1.0 - share**2) / np.sqrt(n)
    margin = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2.0) * error
    held = min(max(share, 0.0), 1.0)
    low, high = max(share - margin, 0.0), min(max(share + margin, 0.0), 1.0)
    deviations = np.sqrt(variance * (1.0 - held)), np.sqrt(variance * held)
    return float(deviations[0]), float(deviations[1]), held, low, high, n


def spread_sentences(summary: pd.DataFrame, drivers: Callable[[str], pd.DataFrame]) -> tuple[str, ...]:
    """What not knowing the numbers has to do with the first of the outcomes that differ between worlds.

    ``summary`` has the columns of `spread_table`; ``drivers`` gives the table of an outcome's drivers.
    """
    known = summary[summary["share_by_numbers"].notna()]
    if known.empty:
        return ()
    name, row = str(known.index[0]), known.iloc[0]
    low, high = (f"{100 * row[f'share_by_numbers_{end}']:.0f}" for end in ("low", "high"))
    said = (
        f"Each world drew its numbers from their ranges. Of how {name} differs between worlds, "
        f"not knowing them makes {100 * row['share_by_numbers']:.0f} % (95 % interval {low} to {high}); "
        "the rest is chance."
    )
    with suppress(UsageError):
        return said, _drivers_sentence(name, drivers(name))
    return (said,)


def _drivers_sentence(name: str, table: pd.DataFrame) -> str:
    beyond = table[table["beyond_chance"]]
    if beyond.empty:
        return f"None of the {len(table)} numbers moves it beyond chance, as far as so many worlds can tell."
    first = beyond["rank_correlation"].head(3)
    most = ", ".join(f"{number} ({correlation:+.2f})" for number, correlation in first.items())
    moved = f"Of the {len(table)} numbers, {len(beyond)} move it beyond chance"
    return f"{moved}; most of all, by rank correlation: {most}."
