"""Which numbers move an outcome, where runs draw them from their ranges."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import xarray as xr

from verifsim.errors import UsageError

CONFIDENCE = 0.95

FEWEST = 20
"""Runs below which ranks say nothing."""


def drivers_table(numbers: xr.DataArray, outcome: pd.Series) -> pd.DataFrame:
    """Rank the numbers by how closely an outcome's rank follows theirs (Spearman).

    Parameters
    ----------
    numbers
        What each run drew, (run, number), with the coordinates of a results file.
    outcome
        One value a run; runs in which it has no meaning are left out.

    Returns
    -------
    One row a number, the strongest first: its rank correlation, -1 to 1, with a 95 % interval of its own;
    ``beyond_chance``, whether it differs from 0 at 95 % once it is considered that so many numbers were
    looked at (Bonferroni); the outcome's mean over the third of runs that drew the lowest, and over the
    third that drew the highest; its unit and range; and the number of runs.

    Raises
    ------
    UsageError
        If the outcome is the same in all runs, or has a meaning in too few of them.

    References
    ----------
    D. G. Bonett and T. A. Wright, Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations, Psychometrika 65, 2000: the interval.
    """
    known = outcome.dropna()
    if len(known) < FEWEST:
        raise UsageError(f"{outcome.name}: has a meaning in {len(known)} runs; drivers need {FEWEST}")
    if known.min() == known.max():
        raise UsageError(f"{outcome.name}: is the same in all runs; nothing moves it")
    drawn = numbers.sel(run=known.index.to_numpy())
    ranks, of_outcome = _ranks(drawn.to_numpy()), _ranks(known.to_numpy()[:, None])
    correlation = ranks.T @ of_outcome[:, 0]
    low, high = _interval(correlation, len(known), CONFIDENCE)
    far_low, far_high = _interval(correlation, len(known), 1.0 - (1.0 - CONFIDENCE) / len(correlation))
    table = pd.DataFrame(
        {
            "rank_correlation": correlation,
            "low": low,
            "high": high,
            "beyond_chance": (far_low > 0.0) | (far_high < 0.0),
            "mean_where_low": _mean_of_third(drawn.to_numpy(), known.to_numpy()),
            "mean_where_high": _mean_of_third(-drawn.to_numpy(), known.to_numpy()),
            "unit": drawn.number_unit.to_numpy(),
            "range_low": drawn.number_low.to_numpy(),
            "stated": drawn.number_stated.to_numpy(),
            "range_high": drawn.number_high.to_numpy(),
            "n": len(known),
        },
        index=pd.Index(drawn.number.to_numpy(), name="number"),
    )
    order = np.argsort(-np.abs(np.nan_to_num(correlation)), kind="stable")
    return table.iloc[order]


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks by column, centred and of length 1: products are correlations; nan where all are alike."""
    ranks = pd.DataFrame(values).rank().to_numpy()
    centred = ranks - ranks.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred / np.where(length > 0.0, length, np.nan))


def _mean_of_third(numbers: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """The outcome's mean over the third of runs with the lowest of each number, (number,)."""
    lowest = np.argsort(numbers, axis=0, kind="stable")[: len(outcome) // 3]
    return np.asarray(outcome[lowest].mean(axis=0))


def _interval(correlation: np.ndarray, n: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """By Fisher's transformation, with Bonett and Wright's standard error for ranks."""
    z = np.arctanh(np.clip(correlation, -1.0 + 1e-12, 1.0 - 1e-12))
    error = np.sqrt((1.0 + correlation**2 / 2.0) / (n - 3))
    margin = NormalDist().inv_cdf(0.5 + confidence / 2.0) * error
    return np.tanh(z - margin), np.tanh(z + margin)
