"""How long the parties keep their word."""

from __future__ import annotations

from functools import partial

import xarray as xr

from verifsim.codes import Talk
from verifsim.outcomes.base import Outcome


def _moratorium_months(ds: xr.Dataset) -> xr.DataArray:
    """Months in force anywhere."""
    return ds.moratorium_in_force.any("region").sum("month")


def _moratorium_stood(ds: xr.Dataset) -> xr.DataArray:
    return ds.moratorium_in_force.any(["month", "region"]) | (ds.moratorium_ended > 0).any("agreement")


def _agreement_months(ds: xr.Dataset) -> xr.DataArray:
    """By agreement; nan where there are fewer than two, for then `moratorium_months` says it."""
    return ds.agreement_in_force.sum("month").where(ds.sizes["agreement"] > 1)


def _answers(ds: xr.Dataset, answer: Talk) -> xr.DataArray:
    """How often an offer to the party met an answer."""
    return (ds.talks == answer).sum("month")


def _offered(ds: xr.Dataset) -> xr.DataArray:
    return (ds.talks != Talk.NOTHING_OFFERED).any("month")


def _agreed(ds: xr.Dataset) -> xr.DataArray:
    """Whether an offer was accepted; nan in worlds in which none was made."""
    offered = (ds.talks != Talk.NOTHING_OFFERED).any(["month", "party"])
    return (ds.talks == Talk.ACCEPTED).any(["month", "party"]).where(offered)


def _pledge_months(ds: xr.Dataset) -> xr.DataArray:
    """By party and region."""
    return ds.pledge_stands.sum("month")


OUTCOMES = (
    Outcome(
        "moratorium_months",
        "months",
        "higher",
        "Months in which a moratorium was in force, whichever there was.",
        _moratorium_months,
        headline=True,
        exists=_moratorium_stood,
    ),
    Outcome(
        "agreement_months",
        "months",
        "higher",
        "Months in which the agreement was in force; where there are several.",
        _agreement_months,
    ),
    Outcome(
        "agreed",
        "share",
        "higher",
        "Of the worlds in which an offer was made, those in which one was accepted.",
        _agreed,
        headline=True,
    ),
    *(
        Outcome(
            f"offers_{name}",
            "offers",
            "neither",
            f"Offers to the party that {said}; only where one was ever made to it.",
            partial(_answers, answer=answer),
            exists=_offered,
        )
        for name, said, answer in (
            ("accepted", "it accepted", Talk.ACCEPTED),
            ("rejected", "it rejected", Talk.REJECTED),
            ("lapsed", "lapsed without an answer", Talk.LAPSED),
        )
    ),
    Outcome(
        "pledge_months",
        "months",
        "higher",
        "Months in which the party's own pledge not to be first stood in the region.",
        _pledge_months,
        exists=lambda ds: ds.pledge_stands.any("month"),
    ),
)
