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
    curves = [None] if ds.sizes["region"] == 1 else [region_in_question(ds), None]
    figure = Picture((10.0, 4.5 + 3.0 * len(curves)))
    *above, below = figure.subplots(1 + len(curves), 1, height_ratios=(*[3] * len(curves), 2), sharex=True)
    for ax, region in zip(above, curves, strict=True):
        escalation_curve(ds, region, ax=ax)
    deployments(ds, ax=below)
    settings = str(ds.attrs.get("settings", ""))
    title = f"{ds.attrs['title']} (with {settings})" if settings else str(ds.attrs["title"])
    figure.suptitle(_wrapped(title), x=0.01, ha="left", fontsize="large", fontweight="bold")
    return figure


def _wrapped(text: str, width: int = 90) -> str:
    return fill(plain(text), width)
