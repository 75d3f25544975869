"""One picture of a scenario: the escalation curve above, deployments below."""

from __future__ import annotations

from textwrap import fill

import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from verifsim.plots.deployment import deployments
from verifsim.plots.escalation import escalation_curve
from verifsim.plots.style import plain


def overview(ds: xr.Dataset) -> Figure:
    """Draw the world's escalation curve, and under it the missiles of each party and region."""
    figure = Figure(figsize=(10.0, 8.0), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, height_ratios=(3, 2), sharex=True)
    escalation_curve(ds, ax=above)
    deployments(ds, ax=below)
    figure.suptitle(_wrapped(str(ds.attrs["title"])), x=0.01, ha="left", fontsize="large", fontweight="bold")
    return figure


def _wrapped(text: str, width: int = 90) -> str:
    return fill(plain(text), width)
