"""What was to be expected from April 2024 on, by what was known in March 2024; and how good that was.

Worlds are simulated with numbers drawn from their ranges, and those that are not as the world was in March
2024 are left out: what is left is what the model expected then, of numbers as of events. So nothing is
tuned by hand, and nothing that came later is looked at but for the scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from verifsim.model import types
from verifsim.scenario.text import parse

SEEN_UNTIL = "2024-03"
BY = ("2024-12", "2025-12", "2026-06")
"""The last month that is known to the forecast, and the months by the end of which something has come or not."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Target:
    """Something that had not happened by March 2024, and may then have come."""

    name: str
    came: str | None
    """The month in which it came; None if it had not by June 2026."""
    source: str
    holds: Callable[[xr.Dataset], xr.DataArray]
    """Where it holds, (run, month)."""
    of_russia: bool = True
    """Whether it is for Russia to decide, so that it can be foreseen given what the US does."""
    among: Callable[[xr.Dataset], xr.DataArray] | None = None
    """The worlds of which alone it can be said, (run,); all, if not said."""


def _openly(ds: xr.Dataset, party: str, region: str) -> xr.DataArray:
    return ds.deployed_announced.sel(party=party, region=region) > 0


def _to_stay(ds: xr.Dataset, party: str, region: str) -> xr.DataArray:
    return _openly(ds, party, region) & ~ds.exercise.sel(party=party, region=region)


def _orders(ds: xr.Dataset) -> xr.DataArray:
    return ds.produces.sel(party="russia")


def _free_to_order(ds: xr.Dataset) -> xr.DataArray:
    """Worlds in which Russia had not ordered production by March 2024, and does not hide what it does.

    What a Russia that hides missiles would say of its production is not in the model.
    """
    return ~_orders(ds).sel(month=slice(None, SEEN_UNTIL)).any("month") & ~hides(ds)


def hides(ds: xr.Dataset) -> xr.DataArray:
    """Where Russia's true type is to hide missiles in Europe, (run,)."""
    shares = parse(str(ds.attrs["scenario"]).encode(), "scenario").data["parties"]["russia"]["doctrine"]
    followed = ds.doctrine_followed.sel(party="russia", region="europe")
    return followed == types.names(shares).index("covert_deploy")


TARGETS = (
    Target(
        "Russia orders production",
        "2024-06",
        "Kyiv Independent, Putin calls to resume production of intermediate-range missiles, 28 June 2024",
        _orders,
        among=_free_to_order,
    ),
    Target(
        "Russia gives up its pledge",
        "2025-08",
        "Russian Foreign Ministry, statement of 4 August 2025, reported by Novinite",
        lambda ds: ~ds.pledge_stands.sel(party="russia").all("region"),
    ),
    Target(
        "Russian missiles openly in Europe",
        "2025-12",
        "Zona Militar and others on President Lukashenko, 18 December 2025: Oreshnik in Belarus",
        lambda ds: _openly(ds, "russia", "europe"),
    ),
    Target(
        "Russian missiles openly in the Asia-Pacific",
        None,
        "none reported by June 2026",
        lambda ds: _openly(ds, "russia", "asia_pacific"),
    ),
    Target(
        "US missiles in the Asia-Pacific",
        "2024-04",
        "Naval News, U.S. Army Deploys New Missile Launcher to the Philippines, April 2024",
        lambda ds: _openly(ds, "us_nato", "asia_pacific"),
        of_russia=False,
    ),
    Target(
        "US missiles in Europe, to stay",
        None,
        "announced for Germany on 10 July 2024, cancelled in May 2026 (Associated Press)",
        lambda ds: _to_stay(ds, "us_nato", "europe"),
        of_russia=False,
    ),
)


def as_seen(ds: xr.Dataset) -> Mask:
    """Worlds that are, in what all could see by March 2024, as the world was, (run,).

    That production had not been ordered is left to the one target that speaks of it.
    """
    past = ds.sel(month=slice(None, SEEN_UNTIL))
    now = past.isel(month=-1)
    held = now.pledge_stands.sel(party="russia").all("region")
    nobody = (past.deployed_announced.sel(party="russia") == 0).all(["month", "region"])
    no_us_in_asia = ~_openly(past, "us_nato", "asia_pacific").any("month")
    gone = ~_openly(now, "us_nato", "europe")
    nothing_agreed = ~past.agreement_in_force.any(["month", "agreement"])
    under_control = ~past.uncontrolled.any("month")
    return np.asarray(held & nobody & no_us_in_asia & gone & nothing_agreed & under_control)


def came_by(ds: xr.Dataset, target: Target, month: str) -> Mask:
    """Whether a target had come by the end of a month, since March 2024, (run,)."""
    after = ds.month > ds.month.sel(month=SEEN_UNTIL).isel(month=-1)
    until = ds.month <= ds.month.sel(month=month).isel(month=-1)
    return np.asarray((target.holds(ds) & after & until).any("month"))


def happened(target: Target, month: str) -> bool:
    """Whether it had truly come by the end of a month."""
    return target.came is not None and target.came <= month


MONTHS_SEEN = 56
"""From August 2019 to March 2024: deployment was free, and none of the targets came."""


def naive(month: str) -> float:
    """The chance by a constant hazard of half an event in the months seen.

    Half an event is what Jeffreys' prior adds to none, so that nothing is held to be impossible.
    """
    return float(1.0 - np.exp(-0.5 / MONTHS_SEEN * _between(SEEN_UNTIL, month)))


def month_of(ds: xr.Dataset, month: str) -> int:
    """The number of a month in results, from 0."""
    return int((ds.month.values < np.datetime64(month)).sum())


def _between(first: str, last: str) -> int:
    return int((np.datetime64(last, "M") - np.datetime64(first, "M")).astype(int))


def brier(chances: NDArray[np.float64], came: Mask) -> float:
    """Brier's score: the mean squared distance of forecasts from what came; 0 is best, 0.25 a coin's."""
    return float(np.mean((np.asarray(chances) - np.asarray(came)) ** 2))


def log_score(chances: NDArray[np.float64], came: Mask) -> float:
    """The mean of -ln of the chance that was given to what came; 0 is best, 0.69 a coin's."""
    given = np.where(came, chances, 1.0 - np.asarray(chances))
    return float(-np.log(given).mean())


def forecasts(
    ds: xr.Dataset, targets: tuple[Target, ...] = TARGETS, *, silent_orders: bool = False
) -> pd.DataFrame:
    """A row a target and month: what the model expected, what the naive forecast, and what came.

    Chances are (k + 1/2) / (n + 1) for k of n worlds, so that none is 0 or 1.

    Parameters
    ----------
    ds
        Results in which numbers vary.
    targets
        What is asked.
    silent_orders
        Read otherwise what nobody said by March 2024: a Russia that hides missiles orders production without
        a word, and worlds in which another has ordered it are left out for every target.
    """
    said = _orders(ds) & ~hides(ds)
    as_it_was = as_seen(ds)
    if silent_orders:
        as_it_was &= ~np.asarray(said.sel(month=slice(None, SEEN_UNTIL)).any("month"))
        targets = tuple(replace(t, holds=lambda _: said, among=None) if t.among else t for t in targets)
    rows = []
    for target in targets:
        kept = as_it_was if target.among is None else as_it_was & np.asarray(target.among(ds))
        n = int(kept.sum())
        for month in BY:
            k = int(came_by(ds, target, month)[kept].sum())
            row = {"target": target.name, "by": month, "of": n, "model": (k + 0.5) / (n + 1)}
            rows.append(row | {"naive": naive(month), "came": happened(target, month)})
    return pd.DataFrame(rows)


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Brier and log score of the model, of the naive forecast and of a coin; the lower, the better."""
    came = table.came.to_numpy(dtype=bool)
    rules = {"Brier score": brier, "log score": log_score}
    table = table.assign(coin=0.5)
    return pd.DataFrame(
        {
            rule: [score(table[who].to_numpy(), came) for who in ("model", "naive", "coin")]
            for rule, score in rules.items()
        },
        index=["model", "naive", "coin"],
    )


def learnt(ds: xr.Dataset) -> pd.DataFrame:
    """The numbers that being as the world was in March 2024 moves most, in standard errors.

    Columns: stated value, mean over all worlds, mean over those that are kept, and how many standard errors
    of the latter apart these are.
    """
    kept, drawn = as_seen(ds), ds.numbers.to_pandas()
    of_kept, n = drawn[kept], int(kept.sum())
    moved = (of_kept.mean() - drawn.mean()) / (drawn.std() / np.sqrt(n))
    table = pd.DataFrame(
        {
            "stated": ds.number_stated.to_pandas(),
            "all worlds": drawn.mean(),
            "kept worlds": of_kept.mean(),
            "standard errors": moved,
        }
    )
    return table.loc[moved.abs().sort_values(ascending=False).index]
