"""What verification achieves: breaches detected, alarms that were true, belief against truth."""

from __future__ import annotations

from functools import partial

import numpy as np
import xarray as xr

from verifsim.doctrines import Reason
from verifsim.outcomes.base import Outcome, months_before
from verifsim.results import given

GOAL_MONTHS = 12
"""The time by which a breach is commonly meant to be detected."""


def breach(ds: xr.Dataset) -> xr.DataArray:
    """A party hides missiles in a region in a month: when the other looks or at its end.

    Shape (run, month, party, region). So a breach starts in the month in which the missiles first stand
    there. What an event hides can be met in that same month; what is delivered, from the next month on.
    """
    return ds.hidden_when_looked | (ds.deployed_undeclared > 0)


def others(values: xr.DataArray) -> xr.DataArray:
    """What the other party has, under a party's own name."""
    return values.isel(party=slice(None, None, -1)).assign_coords(party=values.party)


def _first_spell(mask: xr.DataArray) -> xr.DataArray:
    """Of a mask along ``month``, the months from its first until it first breaks off."""
    month = xr.DataArray(np.arange(mask.sizes["month"]), dims="month")
    broken_off = ~mask & (month > months_before(mask))
    return mask & (month < months_before(broken_off))


def detected(ds: xr.Dataset) -> xr.DataArray:
    """The other looks, something is hidden there, and it believes in that or a visit there finds it.

    Shape (run, month, party, region), by the party in breach, and of its first breach there alone: that
    ends with the first month in which nothing is hidden there. What the other comes to believe after the
    end is no detection, nor is what it believed before there was anything to meet, unless it still does.
    """
    believed = others(ds.belief) > given(ds, "escalation.violation_believed_above")
    found = others(ds.true_alarms) > 0
    return _first_spell(breach(ds)) & ds.hidden_when_looked & (believed | found)


def detection_delay(ds: xr.Dataset) -> xr.DataArray:
    """Months from the start of the first breach to its detection; nan where there is no breach.

    Where it is not detected, months from its start to the horizon, whether it lasts until then or not.
    """
    starts = months_before(breach(ds))
    return (months_before(detected(ds)) - starts).where(starts < ds.sizes["month"])


def _detected_within(ds: xr.Dataset, months: int | xr.DataArray) -> xr.DataArray:
    """Whether the first breach was detected so many months after its start, or sooner.

    It is nan where the breach began too late for all those months to be seen, even if it was detected: to
    count of late breaches only those that were detected would flatter the share. A breach that ended
    undetected stays undetected.
    """
    starts, delay = months_before(breach(ds)), detection_delay(ds)
    in_time = (delay <= months) & detected(ds).any("month")
    return in_time.where(starts + months < ds.sizes["month"])


def _detected_before_production(ds: xr.Dataset) -> xr.DataArray:
    return _detected_within(ds, given(ds, "escalation.production_lead_months"))


def _looks_true(ds: xr.Dataset) -> xr.DataArray:
    alarms = ds.alarm.sum(["month", "region"])
    return (ds.alarm & others(ds.hidden_when_looked)).sum(["month", "region"]) / alarms.where(alarms > 0)


def _visits_true(ds: xr.Dataset) -> xr.DataArray:
    alarms = ds.inspections_alarming.sum("month")
    return ds.true_alarms.sum(["month", "region"]) / alarms.where(alarms > 0)


def _brier(ds: xr.Dataset) -> xr.DataArray:
    return ((ds.belief - others(ds.hidden_when_looked)) ** 2).mean("month")


def _visits(ds: xr.Dataset, kind: str) -> xr.DataArray:
    return ds[f"inspections_{kind}"].sum("month")


def _clean(ds: xr.Dataset) -> xr.DataArray:
    clean = ds.inspections_held - ds.inspections_alarming - ds.inspections_clarified
    return clean.sum("month")


def _inspected(ds: xr.Dataset) -> xr.DataArray:
    """Whether there are inspections at all, by run."""
    of_agreements = ds.inspections_in_force | ds.inspections_suspended
    visits = (ds.inspections_held > 0) | (ds.inspections_refused > 0)
    return of_agreements.any(["month", "agreement"]) | visits.any(["month", "party"])


def _cost(ds: xr.Dataset) -> xr.DataArray:
    visits = ds.inspections_held.sum("month") * given(ds, "inspecting.visit_cost")
    kept_up = ds.inspections_in_force.any("agreement") & ~ds.uncontrolled.shift(month=1, fill_value=False)
    upkeep = kept_up.sum("month") * given(ds, "inspecting.regime_cost") / 12
    return visits + upkeep


def _answered_false_alarm(ds: xr.Dataset) -> xr.DataArray:
    return (ds.moved_because == Reason.FALSE_ALARM).any(["month", "party", "region"])


def _lost_to_false_belief(ds: xr.Dataset) -> xr.DataArray:
    return ds.left_falsely.any("agreement")


def _agreed(ds: xr.Dataset) -> xr.DataArray:
    return ds.agreement_in_force.any(["month", "agreement"]) | (ds.moratorium_ended > 0).any("agreement")


OUTCOMES = (
    Outcome(
        "breach_detected_within_12_months",
        "share",
        "higher",
        "Where the party hid missiles in the region, whether the other knew within a year.",
        partial(_detected_within, months=GOAL_MONTHS),
        headline=True,
    ),
    Outcome(
        "breach_detected_before_production",
        "share",
        "higher",
        "Where the party hid missiles in the region, whether the other knew in time to answer by production.",
        _detected_before_production,
    ),
    Outcome(
        "months_until_detection",
        "months",
        "lower",
        "Where the party hid missiles in the region, months until the other knew; to the horizon if never.",
        detection_delay,
    ),
    Outcome(
        "satellite_alarms_true",
        "share",
        "higher",
        "Of the satellite alarms no visit cleared, the share raised while the other hid something there.",
        _looks_true,
    ),
    Outcome(
        "visit_alarms_true",
        "share",
        "higher",
        "Of the party's visits that stood as alarms, the share that had found something.",
        _visits_true,
    ),
    Outcome(
        "brier_score",
        "squared probability",
        "lower",
        "Mean squared distance of belief from the truth when the party looked; 0 is best, 0.25 a coin's.",
        _brier,
    ),
    *(
        Outcome(
            f"inspections_{kind}",
            "visits",
            "neither",
            sentence,
            partial(_visits, kind=kind),
            exists=_inspected,
        )
        for kind, sentence in (
            ("held", "Visits the party made."),
            ("refused", "Visits the party was refused."),
            ("alarming", "Visits of the party that stood as alarms."),
            ("clarified", "False alarms of the party's visits that a clarifying visit cleared."),
        )
    ),
    Outcome(
        "inspections_clean",
        "visits",
        "neither",
        "Visits of the party that raised no alarm.",
        _clean,
        exists=_inspected,
    ),
    Outcome(
        "spiral_from_false_alarm",
        "share",
        "lower",
        "Worlds in which a party decided to deploy for a violation it believed in and that was not there.",
        _answered_false_alarm,
    ),
    Outcome(
        "moratorium_lost_to_false_belief",
        "share",
        "lower",
        "Worlds in which the moratorium was left as broken while nobody hid anything where it stood.",
        _lost_to_false_belief,
        headline=True,
        exists=_agreed,
    ),
    Outcome(
        "cost_of_regime",
        "US$ m",
        "lower",
        "What inspections cost the party: its own visits, and its part in keeping them running.",
        _cost,
        exists=_inspected,
    ),
)
