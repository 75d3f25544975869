"""Who was first to deploy in a region, and why: read off results, one answer a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from verifsim.codes import words
from verifsim.doctrines import Reason
from verifsim.outcomes.base import has_missiles, months_before

NOBODY, BOTH = "nobody", "both"
EXERCISE, AGAINST_PLEDGE = "exercise", "own plan, against its pledge"
UNSAID = "no reason given"

_WORDS = (*words(Reason), EXERCISE, AGAINST_PLEDGE, UNSAID)
_EXERCISE, _AGAINST, _UNSAID = range(len(Reason), len(_WORDS))


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
    here = ds[["deployed_announced", "deployed_undeclared", "moved_because", "pledge_stands", "exercise"]]
    here = here.sel(region=region).transpose("party", "run", "month", ...)
    starts = months_before(has_missiles(here)).transpose("party", "run").values
    first, horizon = starts.min(axis=0), ds.sizes["month"]
    movers = (starts == first) & (first < horizon)
    party, alone = movers.argmax(axis=0), movers.sum(axis=0) == 1
    reasons = np.stack([_reasons(here.isel(party=p), first) for p in range(len(starts))])
    why = np.array(_WORDS)[np.take_along_axis(reasons, party[None], axis=0)[0]]
    who = np.where(alone, ds.party.values.astype(object)[party], np.where(movers.all(axis=0), BOTH, NOBODY))
    return pd.DataFrame(
        {"month": first, "who": who, "why": np.where(alone, why, "")},
        index=pd.Index(ds.run.values, name="run"),
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
