"""One picture of a scenario: escalation curves above, deployments below."""

from __future__ import annotations

from textwrap import fill

import xarray as xr
from matplotlib.figure import Figure

from verifsim.outcomes.base import region_in_question
from verifsim.plots.deployment import deployments
from verifsim.plots.escalation import escalation_curve
from verifsim.plots.style import Picture, plain


def overview(ds: xr.Dataset) -> Figure:
    """Draw the escalation curves of the region in question and of the world, and missiles below."""
    figure = Picture((10.0, 10.5))
    here, world, missiles = figure.subplots(3, 1, height_ratios=(3, 3, 2), sharex=True)
    escalation_curve(ds, region_in_question(ds), ax=here)
    escalation_curve(ds, ax=world)
    deployments(ds, ax=missiles)
    figure.suptitle(_wrapped(str(ds.attrs["title"])), x=0.01, ha="left", fontsize="large", fontweight="bold")
    return figure


def _wrapped(text: str, width: int = 90) -> str:
    return fill(plain(text), width)
