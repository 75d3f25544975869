"""From results to outcomes, one row a run; and from outcomes to means with their errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from verifsim.ladder import RUNGS
from verifsim.outcomes.base import Outcome
from verifsim.outcomes.by_month import by_month, mean_and_error
from verifsim.outcomes.columns import Columns, columns
from verifsim.results import n_runs, run_numbers

QUANTILES = {"q05": 0.05, "q50": 0.50, "q95": 0.95}


def outcomes_table(ds: xr.Dataset, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    """One row a run, one column an outcome; yes and no as 1 and 0, no meaning as nan."""
    read = {name: values.astype(np.float64) for name, values in columns(ds, outcomes).items()}
    return pd.DataFrame(read, index=pd.Index(run_numbers(ds), name="run"))


def summary_table(read: Columns | pd.DataFrame, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    """Mean, Monte Carlo standard error and quantiles of each outcome, over the runs where it has a meaning.

    The standard error is that of the mean, ``sd / sqrt(n)``: how far it may be off because so many runs were
    simulated, and not all there could be. It does not say how little the parameters are known. It is nan for
    a single run. Of the n runs, those of ``frozen`` got out of control: they count as they stood.
    """
    declared = {outcome.name: outcome for outcome in outcomes}
    frozen = np.asarray(read["uncontrolled"]) > 0 if "uncontrolled" in read else np.zeros(1, dtype=np.bool_)
    rows = []
    for name, column in read.items():  # one by one: all together may not fit into memory
        values = pd.Series(np.asarray(column), dtype=np.float64)
        outcome, known = declared[str(name).split(".")[0]], values.dropna()
        spread = standard_error(known)
        quantiles = {q: known.quantile(share) for q, share in QUANTILES.items()}
        rows.append(
            {"outcome": name, "mean": known.mean(), "standard_error": spread, **quantiles}
            | {
                "n": len(known),
                "frozen": int((frozen & values.notna()).sum()),
                "unit": outcome.unit,
                "better": outcome.better,
                "meaning": outcome.sentence,
            }
        )
    return pd.DataFrame(rows).set_index("outcome")


def standard_error(values: pd.Series) -> float:
    """Of the mean, ``sd / sqrt(n)``; nan for one run, and exactly 0 where all are the same."""
    if len(values) < 2:
        return float("nan")
    return 0.0 if values.min() == values.max() else float(values.std(ddof=1) / np.sqrt(len(values)))


def escalation_table(ds: xr.Dataset) -> pd.DataFrame:
    """By month, for each region and the world: mean rung, its error, share of runs at or above each.

    The shares of runs in crisis, and of those out of control, are those of the world in every row.
    """
    sums, n = by_month(ds, "crisis_runs", "uncontrolled_runs"), n_runs(ds)
    curves = [rung_curve(ds, region) for region in (None, *map(str, ds.region.values))]
    for curve in curves:
        for flag in ("crisis", "uncontrolled"):
            curve[flag] = sums[f"{flag}_runs"].values / n
    return pd.concat(curves, ignore_index=True)


def rung_curve(ds: xr.Dataset, region: str | None = None) -> pd.DataFrame:
    """By month, mean rung, its error, n, share of runs at or above each; no error of one run.

    ``region`` is the name of a region; the world, if not said.
    """
    runs, n = runs_by_rung(ds, region), n_runs(ds)
    rungs = np.arange(len(RUNGS))
    mean, error = mean_and_error(n, runs @ rungs, runs @ rungs**2)
    curve = pd.DataFrame({"month": ds.month.dt.strftime("%Y-%m").values, "region": region or "world"})
    curve["mean_rung"], curve["standard_error"], curve["n"] = mean, error if n > 1 else np.nan, n
    for rung, name in enumerate(RUNGS):
        curve[f"at_or_above_{rung}_{name.replace(' ', '_')}"] = runs[:, rung:].sum(axis=1) / n
    return curve


def runs_by_rung(ds: xr.Dataset, region: str | None = None) -> NDArray[np.int64]:
    """How many runs stand on each rung, (month, rung), in a region or, if none is said, in the world."""
    if region is None:
        return np.asarray(by_month(ds, "world_rung_runs").world_rung_runs.values)
    return np.asarray(by_month(ds, "rung_runs").rung_runs.sel(region=region).values)
