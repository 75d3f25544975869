"""From results to outcomes, one row a run; and from outcomes to means with their errors."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import xarray as xr

from verifsim.ladder import RUNGS
from verifsim.outcomes.base import Outcome

QUANTILES = {"q05": 0.05, "q50": 0.50, "q95": 0.95}


def column(outcome: Outcome, members: tuple[str, ...]) -> str:
    """The name of one outcome of one party, region or both: ``deployed.russia.europe``."""
    return ".".join((outcome.name, *members))


def outcomes_table(ds: xr.Dataset, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    """One row a run, one column an outcome; yes and no as 1 and 0, no meaning as nan."""
    columns: dict[str, np.ndarray] = {}
    for outcome in outcomes:
        values = outcome.of(ds)
        dims = [str(dim) for dim in values.dims if dim != "run"]
        for members in product(*(ds[dim].values.tolist() for dim in dims)):
            one = values.sel(dict(zip(dims, members, strict=True)))
            columns[column(outcome, members)] = one.transpose("run").values.astype(np.float64)
    table = pd.DataFrame(columns, index=pd.Index(ds.run.values, name="run"))
    return table.dropna(axis="columns", how="all")


def summary_table(table: pd.DataFrame, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    """Mean, Monte Carlo standard error and quantiles of each outcome, over the runs where it has a meaning.

    The standard error is that of the mean, ``sd / sqrt(n)``: how far it may be off because so many runs were
    simulated, and not all there could be. It does not say how little the parameters are known. It is nan for
    a single run. Of the n runs, those of ``frozen`` got out of control: they count as they stood.
    """
    declared = {outcome.name: outcome for outcome in outcomes}
    frozen = table["uncontrolled"] > 0 if "uncontrolled" in table else pd.Series(False, index=table.index)
    rows = []
    for name, values in table.items():
        outcome, known = declared[str(name).split(".")[0]], values.dropna()
        spread = standard_error(known)
        quantiles = {q: known.quantile(share) for q, share in QUANTILES.items()}
        rows.append(
            {"outcome": name, "mean": known.mean(), "standard_error": spread, **quantiles}
            | {
                "n": len(known),
                "frozen": int(frozen[known.index].sum()),
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
    places = {"world": ds.world_rung, **{str(r): ds.rung.sel(region=r) for r in ds.region.values}}
    curves = [rung_curve(place, rungs) for place, rungs in places.items()]
    for curve in curves:
        for flag in ("crisis", "uncontrolled"):
            curve[flag] = ds[flag].transpose("run", "month").values.mean(axis=0)
    return pd.concat(curves, ignore_index=True)


def rung_curve(place: str, rungs: xr.DataArray) -> pd.DataFrame:
    """Of one place by month: mean rung, its error, n, share of runs at or above each; no error of one run."""
    values = rungs.transpose("run", "month").values
    n = len(values)
    error = values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(values.shape[1], np.nan)
    curve = pd.DataFrame({"month": rungs.month.dt.strftime("%Y-%m").values, "region": place})
    curve["mean_rung"], curve["standard_error"], curve["n"] = values.mean(axis=0), error, n
    for rung, name in enumerate(RUNGS):
        curve[f"at_or_above_{rung}_{name.replace(' ', '_')}"] = (values >= rung).mean(axis=0)
    return curve
