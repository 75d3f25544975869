"""What is kept of runs whose months are not: what each came to, and sums over them."""

from __future__ import annotations

from typing import Any

import xarray as xr
from numpy.typing import NDArray

from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.by_month import summed
from verifsim.outcomes.columns import every_column
from verifsim.outcomes.fates import Fate, fate
from verifsim.outcomes.first_moves import First, first_deployment
from verifsim.results import SAMPLE, VARIABLES


def reduced(ds: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Reduce a chunk of runs, recorded month by month, to what `verifsim.results.Joiner` joins.

    Parameters
    ----------
    ds
        The dataset of the chunk, whole.

    Returns
    -------
    By name: the months of those runs that are of the sample; columns, a value for every run: its outcomes,
    its first deployment in each region, the fate of each agreement; and sums over the runs. Taken together,
    chunks give what the whole ensemble gives, however it was cut.
    """
    sampled = ds.isel(run=ds.run.values < SAMPLE)  # a copy, so that the chunk itself can be let go of
    held = {name: sampled[name].transpose("run", ...).values for name in VARIABLES if name in ds}
    for region in map(str, ds.region.values):
        held |= zip(First.names(region), first_deployment(ds, region), strict=True)
    for agreement in map(str, ds.agreement.values):
        held |= zip(Fate.names(agreement), fate(ds, agreement), strict=True)
    return held | every_column(ds, OUTCOMES) | summed(ds)
