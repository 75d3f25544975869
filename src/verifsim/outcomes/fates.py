"""What became of an agreement: read off results, one answer a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.results import is_reduced


class Fate(NamedTuple):
    """What became of an agreement; each of shape (run,)."""

    agreed: NDArray[np.bool_]
    """It stood at some time, or came too late to stand."""
    stood: NDArray[np.bool_]
    """It was in force in the last month."""
    months: NDArray[np.int32]
    """In how many months it was in force."""
    ended: NDArray[np.int8]
    """Why it ended: a `verifsim.codes.Ended`."""
    left_falsely: NDArray[np.bool_]
    """It was left as broken while nothing was hidden where it stood."""

    @staticmethod
    def names(agreement: str) -> list[str]:
        """What its columns are called in reduced results."""
        return [f"agreement_{what}.{agreement}" for what in Fate._fields]


def fate(ds: xr.Dataset, agreement: str) -> Fate:
    """What became of an agreement, run by run: read off whole results, held by reduced ones."""
    if is_reduced(ds):
        return Fate(*(ds[name].values for name in Fate.names(agreement)))
    of = ds[["agreement_in_force", "moratorium_ended", "left_falsely"]].sel(agreement=agreement)
    in_force, ended = of.agreement_in_force.transpose("run", "month").values, of.moratorium_ended.values
    return Fate(
        agreed=in_force.any(axis=1) | (ended > 0),
        stood=in_force[:, -1],
        months=in_force.sum(axis=1, dtype=np.int32),
        ended=ended,
        left_falsely=of.left_falsely.values,
    )
