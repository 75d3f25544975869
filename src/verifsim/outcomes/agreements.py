"""How long the parties keep their word."""

from __future__ import annotations

from functools import partial

import xarray as xr

from verifsim.codes import Talk
from verifsim.outcomes.base import Outcome


def _moratorium_months(ds: xr.Dataset) -> xr.DataArray:
    """Months in force anywhere; nan where a scenario has no moratorium that ever stood."""
    in_force = ds.moratorium_in_force.any("region")
    exists = bool(in_force.any()) or bool((ds.moratorium_ended > 0).any())
    return in_force.sum("month").where(exists)


def _agreement_months(ds: xr.Dataset) -> xr.DataArray:
    """By agreement; nan where there are fewer than two, for then `moratorium_months` says it."""
    return ds.agreement_in_force.sum("month").where(ds.sizes["agreement"] > 1)


def _answers(ds: xr.Dataset, answer: Talk) -> xr.DataArray:
    """How often an offer to the party met an answer; nan for a party that nobody ever offered anything."""
    offered = (ds.talks != Talk.NOTHING_OFFERED).any(["run", "month"])
    return (ds.talks == answer).sum("month").where(offered)


def _agreed(ds: xr.Dataset) -> xr.DataArray:
    """Whether an offer was accepted; nan in worlds in which none was made."""
    offered = (ds.talks != Talk.NOTHING_OFFERED).any(["month", "party"])
    return (ds.talks == Talk.ACCEPTED).any(["month", "party"]).where(offered)


def _pledge_months(ds: xr.Dataset) -> xr.DataArray:
    """By party and region; nan where the party never gave one."""
    given = ds.pledge_stands.any(["run", "month"])
    return ds.pledge_stands.sum("month").where(given)


OUTCOMES = (
    Outcome(
        "moratorium_months",
        "months",
        "higher",
        "Months in which a moratorium was in force, whichever there was.",
        _moratorium_months,
        headline=True,
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
    ),
)
