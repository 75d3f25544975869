"""Who was first to deploy in a region, and why: read off results, one answer a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from verifsim.codes import words
from verifsim.doctrines import Reason
from verifsim.outcomes.base import has_missiles, months_before
from verifsim.results import is_reduced, run_numbers

NOBODY, BOTH = "nobody", "both"
EXERCISE, AGAINST_PLEDGE = "exercise", "own plan, against its pledge"
UNSAID = "no reason given"

_WORDS = (*words(Reason), EXERCISE, AGAINST_PLEDGE, UNSAID)
_EXERCISE, _AGAINST, _UNSAID = range(len(Reason), len(_WORDS))


class First(NamedTuple):
    """The first deployment in a region; each of shape (run,)."""

    month: NDArray[Any]
    """From 0; the horizon where there is none."""
    who: NDArray[np.int8]
    """The number of the party; the next one for both in the same month, and the one after for nobody."""
    why: NDArray[np.int8]
    """The code of its reason, where it was one party."""
    in_secret: NDArray[np.bool_]
    """Nothing of what it had there in that month was announced."""

    @staticmethod
    def names(region: str) -> list[str]:
        """What its columns are called in reduced results."""
        return [f"first_{what}.{region}" for what in First._fields]


def first_moves(ds: xr.Dataset, region: str) -> pd.DataFrame:
    """The month, the party and the reason of the first deployment in a region, a row a run.

    Parameters
    ----------
    ds
        Results.
    region
        Its name.

    Returns
    -------
    ``month``, from 0, the horizon where there is none; ``who``, a party, `BOTH` in the same month, or
    `NOBODY`; ``why``, what the party last gave as its reason to deploy there by then, in the words of
    `verifsim.doctrines.Reason`; empty for both and for nobody. "Belief" is belief in what is truly hidden,
    for the results tell a false alarm apart; a plan of its own is one against its pledge where its pledge not
    to be first stood when it decided.
    """
    first = first_deployment(ds, region)
    who = np.array([*ds.party.values.tolist(), BOTH, NOBODY], dtype=object)[first.who]
    why = np.array(_WORDS, dtype=object)[first.why]
    return pd.DataFrame(
        {"month": first.month, "who": who, "why": np.where(first.who < ds.sizes["party"], why, "")},
        index=pd.Index(run_numbers(ds), name="run"),
    )


def first_deployment(ds: xr.Dataset, region: str) -> First:
    """The first deployment in a region, run by run: read off whole results, held by reduced ones."""
    if is_reduced(ds):
        return First(*(ds[name].values for name in First.names(region)))
    here = ds[["deployed_announced", "deployed_undeclared", "moved_because", "pledge_stands", "exercise"]]
    here = here.sel(region=region).transpose("party", "run", "month", ...)
    starts = months_before(has_missiles(here)).transpose("party", "run").values
    first, horizon = starts.min(axis=0), ds.sizes["month"]
    movers = (starts == first) & (first < horizon)
    party, alone = movers.argmax(axis=0), movers.sum(axis=0) == 1
    both, nobody = len(starts), len(starts) + 1
    reasons = np.stack([_reasons(here.isel(party=p), first) for p in range(len(starts))])
    openly = here.deployed_announced.values[party, np.arange(len(party)), np.minimum(first, horizon - 1)] > 0
    return First(
        month=first.astype(np.int32),
        who=np.where(alone, party, np.where(movers.all(axis=0), both, nobody)).astype(np.int8),
        why=np.take_along_axis(reasons, party[None], axis=0)[0].astype(np.int8),
        in_secret=~openly,
    )


def _reasons(own: xr.Dataset, first: np.ndarray) -> np.ndarray:
    """The code of why a party came by a month, (run,): its last reason by then, or what else brought it."""
    codes, months = own.moved_because.values, np.arange(own.sizes["month"])
    runs, by_then = np.arange(len(codes)), np.minimum(first, own.sizes["month"] - 1)
    given = (codes != Reason.NONE) & (months <= by_then[:, None])
    decided = np.where(given, months, -1).max(axis=1)
    code = np.where(decided >= 0, codes[runs, decided], _UNSAID)
    pledged = own.pledge_stands.values[runs, np.maximum(decided - 1, 0)]
    code = np.where((code == Reason.OWN_PLAN) & pledged, _AGAINST, code)
    return np.asarray(np.where(own.exercise.values[runs, by_then], _EXERCISE, code), dtype=np.intp)
