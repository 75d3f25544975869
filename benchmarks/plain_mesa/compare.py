"""Compare runs of this restatement with results of verifsim: run by run, or by their distributions.

Under the named streams a run has the luck of the published one, and has to be equal to it, month by month. With
luck of its own only means and shapes can be compared: z is the difference of means in its standard errors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from plain_mesa.luck import GeneratorLuck, StreamLuck
from plain_mesa.outcomes import outcomes_of
from plain_mesa.world import World, run_world

OF_WORLD = ("world_rung", "crisis", "uncontrolled", "china_launchers", "china_concern", "china_position")
OF_ONE_OR_OTHER = (
    "rung", "perceived_rung", "agreement_in_force", "inspections_in_force", "inspections_suspended",
)  # fmt: skip
"""By region, by party or by agreement."""
OF_PARTY = ("reserve", "trust", "tested_or_produces", "produces")
OF_PARTY_AND_REGION = (
    "deployed_announced", "deployed_undeclared", "deployed_disputed", "exercise", "host_consent", "belief",
    "hidden_when_looked", "pledge_stands",
)  # fmt: skip
COUNTED = (
    "talks", "inspections_held", "inspections_refused", "inspections_alarming", "inspections_clarified", "spending",
)  # fmt: skip
COUNTED_BY_REGION = ("alarm", "true_alarms", "moved_because")
NOTHING = {"talks": "nothing_offered", "moved_because": "none"}
"""What is counted in a frozen world, where that is not 0."""
TOLERANCES = {"belief": 1e-9, "trust": 1e-6, "china_concern": 1e-6, "spending": 1e-6}
"""All else has to be equal; trust and concern are recorded in single precision."""


def recorded(world: World) -> dict[str, np.ndarray]:
    """Give what a run leaves by month, shape (month, …), and once, under the names of results.nc."""
    months, parties, regions = world.history, world.party_names, world.regions
    states = [month["state"] for month in months]
    out = {name: np.array([state[name] for state in states]) for name in OF_WORLD}
    for name in OF_ONE_OR_OTHER:
        out[name] = np.array([list(state[name].values()) for state in states])
    for name in OF_PARTY:
        out[name] = np.array([[state[party][name] for party in parties] for state in states])
    for name in OF_PARTY_AND_REGION:
        out[name] = np.array([[[s[p][name][r] for r in regions] for p in parties] for s in states])
    counts = [month["counted"] for month in months]
    for name in COUNTED:
        nothing = NOTHING.get(name, 0)
        out[name] = np.array([[c[p][name] if c else nothing for p in parties] for c in counts])
    for name in COUNTED_BY_REGION:
        nothing = NOTHING.get(name, 0)
        out[name] = np.array(
            [[[c[p][name][r] if c else nothing for r in regions] for p in parties] for c in counts]
        )
    out["moratorium_ended"] = np.array([agreement.ended for agreement in world.agreements])
    out["left_falsely"] = np.array([agreement.left_falsely for agreement in world.agreements])
    return out


def differing(world: World, published: xr.Dataset) -> dict[str, int]:
    """Say which variables of a run differ from the published run, and in how many places.

    ``published``: the dataset of results, at that run.
    """
    found = {}
    for name, ours in recorded(world).items():
        theirs = published[name]
        if words := theirs.attrs.get("flag_meanings", "").split():
            equal = (
                ours == np.array(words)[theirs.values] if ours.dtype.kind == "U" else ours == theirs.values
            )
        else:
            equal = np.abs(ours.astype(float) - theirs.values) <= TOLERANCES.get(name, 0.0)
        if not np.all(equal):
            found[name] = int(np.size(equal) - np.count_nonzero(equal))
    return found


def differing_outcomes(world: World, published: pd.Series) -> dict[str, tuple[float, float]]:
    """Give the outcomes of a run that differ from those published, which have ten digits: ours and theirs.

    An outcome that is published without a value, for this run or for all, may have one here and not there.
    """
    ours = outcomes_of(world)
    found = {}
    for name, theirs in published.items():
        mine = float(ours.get(name, math.nan))
        if not np.isclose(mine, float(theirs), rtol=1e-6, atol=1e-6, equal_nan=True):
            found[str(name)] = (mine, float(theirs))
    return found


def compare_runs(
    scenario: dict[str, Any], published: xr.Dataset, outcomes: pd.DataFrame, runs: int
) -> list[str]:
    """Say in which runs anything differs from the published ones; ``outcomes`` has a row for each."""
    lines = []
    for run in range(runs):
        world = run_world(scenario, StreamLuck(scenario["ensemble"]["seed"], run))
        found = differing(world, published.isel(run=run)) | differing_outcomes(world, outcomes.iloc[run])
        world.close()
        if found:
            lines.append(f"run {run} differs: {found}")
    return lines


def simulate(scenario: dict[str, Any], runs: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Simulate runs with luck of their own: a row of outcomes for each, and rungs of the world, (run, month)."""
    rows, rungs = [], []
    for run in range(runs):
        world = run_world(scenario, GeneratorLuck(seed, run))
        rows.append({name: float(value) for name, value in outcomes_of(world).items()})
        rungs.append([month["state"]["world_rung"] for month in world.history])
        world.close()
    return pd.DataFrame(rows), np.array(rungs)


def compare_means(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Give for each outcome both means, how many runs gave one here, and z; nan where fewer than two did.

    The variance is that of all runs together, as it is if both are of one model: else what is rare, and by luck
    was never seen here, would have no error of its own.
    """
    rows = {}
    for name in [column for column in theirs if column in ours]:
        here, there = ours[name].dropna(), theirs[name].dropna().astype(float)
        error = math.sqrt(pd.concat([here, there]).var() * (1 / max(len(here), 1) + 1 / max(len(there), 1)))
        gap = here.mean() - there.mean()
        z = gap / error if error > 0 else (0.0 if abs(gap) < 1e-6 else math.inf)
        few = min(len(here), len(there)) < 2
        rows[name] = {
            "here": here.mean(),
            "published": there.mean(),
            "n": len(here),
            "z": math.nan if few else z,
        }
    return pd.DataFrame(rows).T


def compare_shapes(ours: pd.DataFrame, theirs: pd.DataFrame) -> dict[str, float]:
    """Give p-values of two-sample tests: chi-square for counts, Kolmogorov-Smirnov for the rest."""
    found = {name: _chi_square(ours[name], theirs[name]) for name in ("peak_rung", "final_rung", "crises")}
    for name in theirs:
        if name.startswith(("months_without", "missiles_at_end", "spending")):
            # outcomes.csv has ten digits: what is equal but for rounding is no difference
            test = stats.ks_2samp(ours[name].round(3), theirs[name].astype(float).round(3))
            found[name] = float(test.pvalue)
    return found


def _chi_square(ours: pd.Series, theirs: pd.Series) -> float:
    """Values that are seen fewer than ten times are put together."""
    table = pd.DataFrame({"ours": ours.value_counts(), "theirs": theirs.value_counts()}).fillna(0)
    rare = table.sum(axis=1) < 10
    merged = pd.concat([table[~rare], table[rare].sum().to_frame().T])
    merged = merged[merged.sum(axis=1) > 0]
    return float(stats.chi2_contingency(merged.to_numpy())[1]) if len(merged) > 1 else 1.0


def largest_z_of_rungs(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Give the largest difference of the mean rung of the world in any month, in its standard errors.

    These are of the variance of both together: few runs may all be alike in a month in which most are.
    """
    error = np.sqrt(np.concatenate([ours, theirs]).var(axis=0) * (1 / len(ours) + 1 / len(theirs)))
    gap = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))
    return float(np.max(np.divide(gap, error, out=np.zeros_like(gap), where=error > 0)))
