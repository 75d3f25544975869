"""Outcomes, tables and sentences, against plain loops and datasets made by hand."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from verifsim import listing
from verifsim.codes import Consent, Position, Talk
from verifsim.doctrines import Reason
from verifsim.ladder import RUNGS
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.sentences import of_worlds, sentences
from verifsim.outcomes.summary import escalation_table, outcomes_table, summary_table
from verifsim.results import VARIABLES

PARTIES, REGIONS = ("red", "blue"), ("north", "south")
PROGRAMMES = {"arrow": "red", "bow": "blue"}


ATTRS = {
    "visit_cost": 0.5,
    "regime_cost": 9.0,
    "arms_race_months": 5,
    "production_lead_months": 3,
    "violation_believed_above": 0.6,
}


def made(
    announced=None, *, n=4, months=6, regions=REGIONS, agreements=("moratorium",), rungs=1, **others
) -> xr.Dataset:
    """A dataset made by hand: whatever is not given is nowhere; values broadcast to their dims.

    What was hidden when the other looked is, if not given, what was hidden at the end of the month before.
    Agreements cover, if not said, the regions in which a moratorium stands, or the first where none does;
    and they are in force, if not said, whenever one stands.
    """
    sizes = {"run": n, "month": months, "party": 2, "region": len(regions)}
    sizes |= {"agreement": len(agreements), "programme": len(PROGRAMMES)}
    stands = np.asarray(others.get("moratorium_in_force", np.zeros((1, 1, len(regions)), dtype=bool)))
    somewhere = stands.any(axis=(0, 1))
    first = np.arange(len(regions)) == 0
    given = {
        "deployed_announced": announced,
        "world_rung": rungs,
        "agreement_in_force": stands.any(axis=2)[:, :, None],
        "host_consent": Consent.GIVEN,
        "true_range": np.nan,
    } | others
    covers = given.pop("agreement_covers", somewhere if somewhere.any() else first)
    ceilings = np.broadcast_to(np.array(given.pop("budget_ceiling", 0), dtype=float), (months, 2))
    if (ended := np.asarray(given.get("moratorium_ended", 0))).ndim == 1:
        given["moratorium_ended"] = ended[:, None]
    variables = {
        name: (variable.dims, _values(name, given.pop(name, None), [sizes[dim] for dim in variable.dims]))
        for name, variable in VARIABLES.items()
    }
    assert not given, f"no such variables: {list(given)}"
    if "hidden_when_looked" not in others:
        dims, at_ends = variables["deployed_undeclared"]
        variables["hidden_when_looked"] = (dims, shifted(at_ends > 0))
    start = np.datetime64("2020-11", "M")
    return xr.Dataset(
        variables
        | {
            "budget_ceiling": (("month", "party"), ceilings),
            "agreement_covers": (
                ("agreement", "region"),
                np.broadcast_to(covers, (len(agreements), len(regions))),
            ),
            "agreement_binds": (("agreement", "party"), np.ones((len(agreements), 2), dtype=bool)),
            "party_title": ("party", [p.title() for p in PARTIES]),
            "region_title": ("region", [r.title() for r in regions]),
            "programme_title": ("programme", [name.title() for name in PROGRAMMES]),
            "programme_owner": ("programme", list(PROGRAMMES.values())),
            "programme_disputed": ("programme", [True] * len(PROGRAMMES)),
        },
        coords={
            "run": np.arange(n),
            "month": (start + np.arange(months)).astype("datetime64[ns]"),
            "party": list(PARTIES),
            "region": list(regions),
            "agreement": list(agreements),
            "programme": list(PROGRAMMES),
        },
        attrs=ATTRS,
    )


def shifted(mask: np.ndarray) -> np.ndarray:
    """What held in the month before; nothing held before the first. Shape (run, month, ...)."""
    return np.concatenate([np.zeros_like(mask[:, :1]), mask[:, :-1]], axis=1)


YES_OR_NO = {
    "alarm",
    "crisis",
    "uncontrolled",
    "exercise",
    "agreement_in_force",
    "left_falsely",
    "hidden_when_looked",
    "pledge_stands",
    "moratorium_in_force",
    "inspections_in_force",
    "inspections_suspended",
    "tested_or_produces",
    "produces",
}


def _values(name, value, shape) -> np.ndarray:
    real = VARIABLES[name].unit in ("probability", "US$ m a month", "km")
    real = real or name in ("trust", "china_concern")
    kind = bool if name in YES_OR_NO else float if real else int
    return np.array(np.broadcast_to(0 if value is None else value, shape)).astype(kind)


def deployed_at(*months: dict[str, int], horizon=6, regions=REGIONS) -> xr.Dataset:
    """One world for each of ``{party: month}``: missiles in the first region from that month on."""
    announced = np.zeros((len(months), horizon, 2, len(regions)), dtype=int)
    for run, starts in enumerate(months):
        for party, month in starts.items():
            announced[run, month:, PARTIES.index(party), 0] = 8
    rungs = np.where(announced.any(axis=(2, 3)), 4, 1)
    return made(announced, n=len(months), months=horizon, regions=regions, rungs=rungs)


def spells(rng, shape, begins, lasts):
    """Masks along ``month`` that hold for some months, end, and may hold again; shape (run, month, ...)."""
    now, months = np.zeros((shape[0], *shape[2:]), dtype=bool), []
    for _ in range(shape[1]):
        now = rng.random(now.shape) < np.where(now, lasts, begins)
        months.append(now)
    return np.stack(months, axis=1)


@pytest.fixture(scope="module")
def wild() -> xr.Dataset:
    """Chance alone: every outcome has worlds in which it means something, and others."""
    rng, n, months = np.random.default_rng(1), 300, 17
    both, of_party = (n, months, 2, 2), (n, months, 2)
    chances = rng.choice([0.0, 0.04, 0.3], size=(n, 1, 1, 1))
    rungs = np.minimum(rng.integers(0, 7, size=(n, months)), rng.integers(1, 7, size=(n, 1)))
    hides = spells(rng, both, begins=rng.choice([0.0, 0.02, 0.1], size=(n, 1, 1)), lasts=0.85)
    clarified, errs = (rng.random((2, *of_party)) < np.array([0.1, 0.06])[:, None, None, None]) * 1
    finds = (rng.random(both) < 0.04) * 1
    found = finds.sum(axis=3)
    month = np.arange(months)
    starts = 2
    ends = rng.integers(starts, 2 * months, size=n)
    why = np.where(ends < months, rng.choice([1, 2, 2, 2, 3], size=n), 0)
    overtaken = rng.random(n) < 0.1
    in_force = (month >= starts) & (month < ends[:, None]) & ~overtaken[:, None]
    quiet = rng.random(n) < 0.5  # hides nothing while there is a moratorium
    hides[quiet] &= ~np.roll(in_force, 1, axis=1)[quiet][:, :, None, None]
    looked = np.where(rng.random(both) < 0.2, hides, shifted(hides))  # by an event, or not
    looked |= rng.random(both) < 0.003
    crisis = spells(rng, (n, months), begins=rng.choice([0.0, 0.1], size=n), lasts=0.6)
    lost = crisis & (rng.random((n, months)) < 0.1)
    disputed = rng.integers(0, 9, size=both) * (rng.random((n, 1, 2, 2)) < 0.7)
    second = in_force & (rng.random((n, months)) < 0.7)  # never alone: the first tells where one stands
    flies = rng.choice([480.0, 500.0, 2000.0, 5500.0, 5501.0], size=n)
    consent = rng.choice(4, size=both, p=[0.5, 0.3, 0.19, 0.01])
    ceilings = np.where(month < 9, 120.0, 240.0), np.where(month < 9, 60.0, np.nan)
    return made(
        (rng.random(both) < chances) * rng.integers(1, 30, size=both),
        n=n,
        months=months,
        rungs=rungs,
        deployed_undeclared=hides * rng.integers(1, 9, size=both),
        hidden_when_looked=looked,
        rung=rng.integers(0, 7, size=(n, months, 2)),
        alarm=rng.random(both) < rng.choice([0.0, 0.1, 0.3], size=(n, 1, 1, 1)),
        belief=rng.random(both) ** 3,
        moved_because=(rng.random(both) < rng.choice([0.0, 0.05, 0.5], size=(n, 1, 1, 1)))
        * rng.integers(0, len(Reason), size=both),
        pledge_stands=rng.random(both) < 0.2,
        moratorium_in_force=np.stack([np.zeros_like(in_force), in_force], axis=2),
        moratorium_ended=np.stack([np.where(overtaken, 4, why), np.where(overtaken, 4, 0)], axis=1),
        left_falsely=np.stack([quiet & (why == 2) & ~overtaken, np.zeros(n, dtype=bool)], axis=1),
        inspections_in_force=(in_force & (rng.random((n, months)) < 0.8))[:, :, None]
        & np.array([True, False]),
        inspections_held=found + errs + clarified + rng.integers(0, 2, size=of_party),
        inspections_refused=rng.integers(0, 2, size=of_party),
        inspections_alarming=found + errs,
        inspections_clarified=clarified,
        true_alarms=finds,
        spending=rng.random(of_party) * 100,
        budget_ceiling=np.stack(ceilings, axis=1),
        agreements=AGREEMENTS,
        agreement_in_force=np.stack([in_force, second], axis=2),
        agreement_covers=[False, True],
        crisis=crisis | (lost.cumsum(axis=1) > 0),
        uncontrolled=lost.cumsum(axis=1) > 0,
        deployed_disputed=disputed,
        true_range=np.stack([flies, np.full(n, np.nan)], axis=1),
        exercise=rng.random(both) < 0.1,
        host_consent=np.where(np.arange(2) == 1, consent, Consent.GIVEN),
        talks=np.where(np.arange(2) == 1, rng.choice(5, size=of_party, p=[0.5, 0.44, 0.02, 0.02, 0.02]), 0),
        china_launchers=rng.integers(70, 300, size=(n, months)),
        china_position=rng.integers(0, len(Position), size=(n, months)),
    )


AGREEMENTS = ("moratorium", "second")
VISITS = ("held", "refused", "alarming", "clarified")


class ByHand:
    """Outcomes in plain Python: name to a function of run, party and region."""

    def __init__(self, ds: xr.Dataset) -> None:
        self.horizon = ds.sizes["month"]
        self.announced = ds.deployed_announced.values.tolist()
        self.undeclared = ds.deployed_undeclared.values.tolist()
        self.could_be_met = ds.hidden_when_looked.values.tolist()
        self.pledged = ds.pledge_stands.values.tolist()
        self.in_force = ds.moratorium_in_force.values.tolist()
        self.world = ds.world_rung.values.tolist()
        self.spent = ds.spending.values.tolist()
        self.ceiling = ds.budget_ceiling.values.tolist()
        self.alarm = ds.alarm.values.tolist()
        self.belief = ds.belief.values.tolist()
        self.why = ds.moved_because.values.tolist()
        self.ended = ds.moratorium_ended.values.tolist()
        self.left_falsely = ds.left_falsely.values.tolist()
        self.visits = {kind: ds[f"inspections_{kind}"].values.tolist() for kind in VISITS}
        self.found = ds.true_alarms.values.tolist()
        self.inspected = ds.inspections_in_force.any("agreement").values.tolist()
        self.crisis = ds.crisis.values.tolist()
        self.lost = ds.uncontrolled.values.tolist()
        self.disputed = ds.deployed_disputed.values.tolist()
        self.flies = ds.true_range.values.tolist()
        self.exercise = ds.exercise.values.tolist()
        self.consent = ds.host_consent.values.tolist()
        self.talks = ds.talks.values.tolist()
        self.stands = ds.agreement_in_force.values.tolist()
        self.launchers = ds.china_launchers.values.tolist()
        self.china_says = ds.china_position.values.tolist()
        self.attrs = ds.attrs

    def count(self, run, month, party, region):
        return self.announced[run][month][party][region] + self.undeclared[run][month][party][region]

    def first(self, run, parties, regions):
        for month in range(self.horizon):
            for party in parties:
                for region in regions:
                    if self.count(run, month, party, region) > 0:
                        return month
        return self.horizon

    def climb(self, run):
        """Months of the first deployment in the world and of being free of missiles again."""
        up = down = None
        for month, rung in enumerate(self.world[run]):
            if up is None and rung >= 4:
                up = month
            elif up is not None and down is None and rung < 4:
                down = month
        return up, down

    def value(self, name: str, run: int, party: int, region: int) -> float:
        if name.startswith("months_at_or_above_"):
            least = RUNGS.index(name.removeprefix("months_at_or_above_").replace("_", " "))
            return sum(1 for rung in self.world[run] if rung >= least)
        return getattr(self, name)(run, party, region)

    def months_without_deployment(self, run, party, region):
        return self.first(run, (0, 1), (region,))

    def months_without_deployment_anywhere(self, run, party, region):
        return self.first(run, (0, 1), (0, 1))

    def nobody_deployed(self, run, party, region):
        return 1 if self.first(run, (0, 1), (region,)) == self.horizon else 0

    def months_held_back(self, run, party, region):
        return self.first(run, (party,), (region,))

    def deployed(self, run, party, region):
        return 1 if self.first(run, (party,), (region,)) < self.horizon else 0

    def missile_months(self, run, party, region):
        return sum(self.count(run, m, party, r) for m in range(self.horizon) for r in (0, 1))

    def missiles_at_end(self, run, party, region):
        return sum(self.count(run, self.horizon - 1, party, r) for r in (0, 1))

    def peak_rung(self, run, party, region):
        return max(self.world[run])

    def final_rung(self, run, party, region):
        return self.world[run][-1]

    def comes_back_down(self, run, party, region):
        up, down = self.climb(run)
        return math.nan if up is None else 0 if down is None else 1

    def months_until_down(self, run, party, region):
        up, down = self.climb(run)
        return math.nan if up is None else (self.horizon if down is None else down) - up

    def moratorium_months(self, run, party, region):
        return sum(1 for month in self.in_force[run] if any(month))

    def agreement_months(self, run, party, agreement):
        return sum(1 for month in self.stands[run] if month[agreement])

    def answers(self, run, party, answer):
        return sum(1 for month in self.talks[run] if month[party] == answer)

    def agreed(self, run, party, region):
        return 1 if any(self.answers(run, p, Talk.ACCEPTED) for p in (0, 1)) else 0

    def offers_accepted(self, run, party, region):
        return self.answers(run, party, Talk.ACCEPTED)

    def offers_rejected(self, run, party, region):
        return self.answers(run, party, Talk.REJECTED)

    def offers_lapsed(self, run, party, region):
        return self.answers(run, party, Talk.LAPSED)

    def exercise_months(self, run, party, region):
        return sum(1 for month in self.exercise[run] if month[party][region])

    def plan_cancelled(self, run, party, region):
        return 1 if any(month[party][region] == Consent.BLOCKED for month in self.consent[run]) else 0

    def disputed_in_range(self, run, party, region):
        if not 500 <= self.flies[run][party] <= 5500:  # one programme each
            return 0
        return sum(sum(month[party]) for month in self.disputed[run])

    def crises(self, run, party, region):
        begun, before = 0, False
        for now in self.crisis[run]:
            begun += now and not before
            before = now
        return begun

    def crisis_months(self, run, party, region):
        return sum(map(bool, self.crisis[run]))

    def uncontrolled(self, run, party, region):
        return 1 if any(self.lost[run]) else 0

    def china_launchers(self, run, party, region):
        return self.launchers[run][-1]

    def china_protest_months(self, run, party, region):
        return sum(1 for said in self.china_says[run] if said == Position.PROTESTS)

    def pledge_months(self, run, party, region):
        return sum(1 for month in self.pledged[run] if month[party][region])

    def in_breach(self, run, month, party, region):
        at_end = self.undeclared[run][month][party][region] > 0
        return at_end or self.could_be_met[run][month][party][region]

    def breach_began(self, run, party, region):
        for month in range(self.horizon):
            if self.in_breach(run, month, party, region):
                return month
        return None

    def breach_found(self, run, party, region):
        """The month in which the other knew of the first breach, while it lasted; else None."""
        other, month = 1 - party, self.breach_began(run, party, region)
        while month is not None and month < self.horizon and self.in_breach(run, month, party, region):
            if self.could_be_met[run][month][party][region]:
                if self.belief[run][month][other][region] > self.attrs["violation_believed_above"]:
                    return month
                if self.found[run][month][other][region] > 0:
                    return month
            month += 1
        return None

    def found_within(self, months, run, party, region):
        began = self.breach_began(run, party, region)
        if began is None or began + months > self.horizon - 1:
            return math.nan  # none, or the last of those months is not seen
        found = self.breach_found(run, party, region)
        return 1 if found is not None and found - began <= months else 0

    def breach_detected_within_12_months(self, run, party, region):
        return self.found_within(12, run, party, region)

    def breach_detected_before_production(self, run, party, region):
        return self.found_within(self.attrs["production_lead_months"], run, party, region)

    def months_until_detection(self, run, party, region):
        began, found = self.breach_began(run, party, region), self.breach_found(run, party, region)
        return math.nan if began is None else (self.horizon if found is None else found) - began

    def satellite_alarms_true(self, run, party, region):
        true = [
            self.could_be_met[run][month][1 - party][place]
            for month in range(self.horizon)
            for place in (0, 1)
            if self.alarm[run][month][party][place]
        ]
        return sum(true) / len(true) if true else math.nan

    def visit_alarms_true(self, run, party, region):
        alarms = sum(month[party] for month in self.visits["alarming"][run])
        return sum(sum(month[party]) for month in self.found[run]) / alarms if alarms else math.nan

    def brier_score(self, run, party, region):
        total = 0.0
        for month in range(self.horizon):
            truth = 1.0 if self.could_be_met[run][month][1 - party][region] else 0.0
            total += (self.belief[run][month][party][region] - truth) ** 2
        return total / self.horizon

    def made_visits(self, kind, run, party):
        return sum(month[party] for month in self.visits[kind][run])

    def inspections_held(self, run, party, region):
        return self.made_visits("held", run, party)

    def inspections_refused(self, run, party, region):
        return self.made_visits("refused", run, party)

    def inspections_alarming(self, run, party, region):
        return self.made_visits("alarming", run, party)

    def inspections_clarified(self, run, party, region):
        return self.made_visits("clarified", run, party)

    def inspections_clean(self, run, party, region):
        alarmed = self.made_visits("alarming", run, party) + self.made_visits("clarified", run, party)
        return self.made_visits("held", run, party) - alarmed

    def spiral_from_false_alarm(self, run, party, region):
        reasons = [why for month in self.why[run] for regions in month for why in regions]
        return 1 if Reason.FALSE_ALARM in reasons else 0

    def moratorium_lost_to_false_belief(self, run, party, region):
        return int(any(self.left_falsely[run]))

    def lived(self, run):
        """The months up to the one in which a crisis gets out of control."""
        return [m for m in range(self.horizon) if m == 0 or not self.lost[run][m - 1]]

    def cost_of_regime(self, run, party, region):
        visits = sum(month[party] for month in self.visits["held"][run])
        return (
            visits * self.attrs["visit_cost"]
            + sum(1 for m in self.lived(run) if self.inspected[run][m]) * self.attrs["regime_cost"] / 12
        )

    def spending(self, run, party, region):
        return sum(month[party] for month in self.spent[run])

    def share_of_ceiling(self, run, party, region):
        return self.spending(run, party, region) / sum(self.ceiling[m][party] / 12 for m in self.lived(run))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_is_what_plain_loops_find(outcome, wild):
    hand, table = ByHand(wild), outcomes_table(wild, (outcome,))
    assert len(table.columns) >= 1
    for column in table:
        members = str(column).split(".")[1:]
        party = next((PARTIES.index(m) for m in members if m in PARTIES), -1)
        region = next((names.index(m) for names in (REGIONS, AGREEMENTS) for m in members if m in names), -1)
        expected = [hand.value(outcome.name, run, party, region) for run in range(wild.sizes["run"])]
        assert table[column].tolist() == pytest.approx(expected, nan_ok=True), column


def hidden(*spans: tuple[int, int], horizon=20) -> np.ndarray:
    """Red hides missiles in the north at the ends of months from one to before another; one world."""
    missiles = np.zeros((1, horizon, 2, 2), dtype=int)
    for begins, ends in spans:
        missiles[0, begins:ends, 0, 0] = 4
    return missiles


def blue_has(*months: int, horizon=20) -> np.ndarray:
    """Something of blue's about the north in some months; one world."""
    values = np.zeros((1, horizon, 2, 2))
    values[0, list(months), 1, 0] = 1
    return values


@pytest.mark.parametrize(
    ("breaches", "believed_in", "delay", "in_time"),
    [
        ([(2, 20)], [5], 3, 1),
        ([(2, 20)], [14], 12, 1),
        ([(2, 20)], [15], 13, 0),
        ([(2, 20)], [], 18, 0),
        ([(2, 20)], [2], 18, 0),  # a battery that arrives in a month cannot be seen before the next
        ([(2, 20)], [1, 2, 3], 1, 1),  # a false belief that comes true
        ([(7, 20)], [8], 1, 1),
        ([(8, 20)], [9], 1, math.nan),  # in time, but a breach that was not would not have been told
        ([(8, 20)], [], 12, math.nan),
        ([(2, 5)], [5], 3, 1),  # the look of the month in which it goes still sees it
        ([(2, 5)], [6], 18, 0),  # over
        ([(2, 5), (8, 20)], [9], 18, 0),  # that was the second
        ([(2, 3)], [3], 1, 1),
        ([(19, 20)], [], 1, math.nan),
        ([], [4], math.nan, math.nan),
    ],
)
def test_detection_is_of_the_first_breach_while_it_lasts(breaches, believed_in, delay, in_time):
    ds = made(n=1, months=20, deployed_undeclared=hidden(*breaches), belief=blue_has(*believed_in))
    table = outcomes_table(ds, OUTCOMES).reindex(
        columns=["months_until_detection.red.north", "breach_detected_within_12_months.red.north"]
    )
    assert table.iloc[0].tolist() == pytest.approx([delay, in_time], nan_ok=True)


@pytest.mark.parametrize(
    ("at_ends", "at_looks", "delay", "true"),
    [
        ((2, 20), (3, 20), 18, 0),  # delivered in month 2, after the look
        ((2, 20), (2, 20), 0, 1),  # put there by an event
        ((1, 3), (2, 3), 1, 1),  # withdrawn in month 2, after the look
        ((1, 2), (2, 2), 19, 0),  # taken away by an event
        ((0, 0), (2, 3), 0, 1),  # put there by an event, and withdrawn in the same month
        ((5, 20), (2, 3), 0, 1),  # the same, and another breach later
    ],
)
def test_what_a_look_can_meet_is_what_is_there_after_events_and_before_deliveries(
    at_ends, at_looks, delay, true
):
    seen = {"belief": blue_has(2), "alarm": blue_has(2)}
    looked = hidden(at_looks) > 0
    ds = made(n=1, months=20, deployed_undeclared=hidden(at_ends), hidden_when_looked=looked, **seen)
    table = outcomes_table(ds, OUTCOMES)
    assert table["months_until_detection.red.north"].item() == delay
    assert table["satellite_alarms_true.blue"].item() == true
    in_other_months = at_looks[1] - at_looks[0] - true
    assert table["brier_score.blue.north"].item() == pytest.approx((in_other_months + 1 - true) / 20)


def test_a_finding_counts_in_the_region_of_the_site_visited():
    undeclared = hidden((2, 20))
    undeclared[0, 2:, 0, 1] = 4  # in the south as well
    found = np.zeros((1, 20, 2, 2), dtype=int)
    found[0, 6, 1, 0] = 1
    alarming = found.sum(axis=3) * 2
    ds = made(
        n=1, months=20, deployed_undeclared=undeclared, true_alarms=found, inspections_alarming=alarming
    )
    table = outcomes_table(ds, OUTCOMES)
    assert table["months_until_detection.red.north"].item() == 4
    assert table["months_until_detection.red.south"].item() == 18
    assert table["visit_alarms_true.blue"].item() == 0.5


def test_a_moratorium_is_lost_to_a_false_belief_where_one_agreement_was():
    left = [[False, False], [True, False], [False, True]]
    in_force = in_force_until(3, 3, 3, horizon=6)
    ds = made(
        n=3,
        agreements=AGREEMENTS,
        moratorium_in_force=in_force,
        agreement_in_force=np.repeat(in_force.any(axis=2)[..., None], 2, axis=2),
        left_falsely=left,
    )
    assert outcomes_table(ds, OUTCOMES)["moratorium_lost_to_false_belief"].tolist() == [0, 1, 1]
    assert "moratorium_lost_to_false_belief" not in outcomes_table(made(), OUTCOMES)


def test_outcomes_of_what_a_scenario_has_not_are_left_out():
    absent = (
        "agreement_months.",
        "agreed",
        "offers_",
        "exercise_months.",
        "plan_cancelled.",
        "china_",
        "disputed",
    )
    assert not [name for name in outcomes_table(made(), OUTCOMES) if name.startswith(absent)]
    one_offer = np.zeros((4, 6, 2), dtype=int)
    one_offer[0, 0, 1] = Talk.ON_THE_TABLE
    table = outcomes_table(made(talks=one_offer), OUTCOMES)
    assert table["agreed"].fillna(-1).tolist() == [0.0, -1, -1, -1], (
        "where no offer was made it has no meaning"
    )
    assert "offers_lapsed.blue" in table
    assert "offers_lapsed.red" not in table, "to whom nothing was ever offered"
    silent = outcomes_table(made(china_launchers=7), OUTCOMES)
    assert silent["china_launchers"].tolist() == [7.0] * 4


def test_disputed_missiles_of_unknown_range_are_not_said_to_be_in_range():
    disputed = np.full((1, 6, 2, 2), 3)
    known = made(n=1, deployed_disputed=disputed, true_range=[[2000.0, np.nan]])
    table = outcomes_table(known, OUTCOMES)
    assert table["disputed_in_range.red"].item() == 3 * 6 * 2
    assert "disputed_in_range.blue" not in table


def test_outcomes_of_inspections_are_shown_only_where_there_are_inspections():
    inspected = ["cost_of_regime.red", *(f"inspections_{kind}.blue" for kind in (*VISITS, "clean"))]
    assert not set(inspected) & set(outcomes_table(made(), OUTCOMES))
    for name in ("inspections_in_force", "inspections_suspended", "inspections_held", "inspections_refused"):
        values = np.zeros((4, 6, 2) if name.endswith(("held", "refused")) else (4, 6, 1), dtype=int)
        values[0, 0] = 1
        assert set(inspected) <= set(outcomes_table(made(**{name: values}), OUTCOMES)), name


def test_the_wild_dataset_has_worlds_of_every_kind(wild):
    table = outcomes_table(wild, OUTCOMES)
    by_both = [f".{party}.{region}" for party in PARTIES for region in REGIONS]
    within = ("breach_detected_within_12_months", "breach_detected_before_production")
    sometimes = [
        "comes_back_down",
        "months_until_down",
        "satellite_alarms_true.red",
        "visit_alarms_true.blue",
    ]
    sometimes += [name + where for name in (*within, "months_until_detection") for where in by_both]
    for name in sometimes:
        assert 0 < table[name].isna().sum() < len(table), name
    either = ("spiral_from_false_alarm", "moratorium_lost_to_false_belief", "nobody_deployed.north")
    for name in (*either, "agreed", "uncontrolled", "plan_cancelled.blue.south"):
        assert set(table[name]) == {0.0, 1.0}, name
    assert 0 < (table["disputed_in_range.red"] == 0).sum() < len(table)
    for name in ("plan_cancelled.red.north", "offers_lapsed.red", "disputed_in_range.blue"):
        assert name not in table, "who asks no hosts, is offered nothing, or has nothing in dispute"
    for name in within:
        assert {0.0, 1.0} <= set(table[name + ".red.south"])
    lost = table["moratorium_lost_to_false_belief"][(wild.moratorium_ended.values == 2).any(axis=1)]
    assert set(lost) == {0.0, 1.0}, "left as broken, wrongly and rightly"
    assert "share_of_ceiling.blue" not in table, "a party without a ceiling for a time has no share of it"


def test_outcomes_have_one_row_a_run_and_one_column_for_each_member(wild):
    table = outcomes_table(wild.isel(run=[1, 4, 7]), OUTCOMES)
    assert table.index.name == "run"
    assert table.index.tolist() == [1, 4, 7]
    assert {"months_held_back.red.north", "months_held_back.blue.south", "peak_rung"} <= set(table)


def test_the_summary_is_what_the_statistics_module_finds(wild):
    table = outcomes_table(wild, OUTCOMES)
    summary = summary_table(table, OUTCOMES)
    assert summary.index.tolist() == list(table)
    for name, row in summary.iterrows():
        known = sorted(v for v in table[name].tolist() if not math.isnan(v))
        assert row["n"] == len(known)
        assert row["mean"] == pytest.approx(statistics.fmean(known))
        assert row["standard_error"] == pytest.approx(statistics.stdev(known) / math.sqrt(len(known)))
        for key, share in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
            place = share * (len(known) - 1)
            below, above = known[math.floor(place)], known[math.ceil(place)]
            assert row[key] == pytest.approx(below + (place - math.floor(place)) * (above - below))


def test_the_summary_says_unit_direction_and_meaning(wild):
    summary = summary_table(outcomes_table(wild, OUTCOMES), OUTCOMES)
    assert set(summary["better"]) <= {"higher", "lower", "neither"}
    assert summary["unit"].str.len().min() > 0
    assert summary["meaning"].str.endswith(".").all()
    assert summary.loc["spending.red", "unit"] == "US$ m"


def test_one_run_has_no_standard_error(wild):
    summary = summary_table(outcomes_table(wild.isel(run=[0]), OUTCOMES), OUTCOMES)
    assert summary["standard_error"].isna().all()
    assert (summary["q05"] == summary["q95"]).all()


def test_an_outcome_without_a_meaning_in_any_run_is_left_out():
    table = outcomes_table(made(rungs=1), OUTCOMES)
    assert "peak_rung" in table
    for name in ("comes_back_down", "months_until_down", "moratorium_months", "pledge_months.red"):
        assert name not in table


def test_the_escalation_table_is_what_plain_loops_find(wild):
    table = escalation_table(wild)
    assert list(table.columns[:4]) == ["month", "region", "mean_rung", "standard_error"]
    assert table["region"].unique().tolist() == ["world", "north", "south"]
    n, horizon = wild.sizes["run"], wild.sizes["month"]
    assert len(table) == 3 * horizon
    for i, row in table.iterrows():
        place, month = divmod(i, horizon)
        source = wild.world_rung if place == 0 else wild.rung.isel(region=place - 1)
        rungs = [int(source.values[run][month]) for run in range(n)]
        year, number = divmod(2020 * 12 + 10 + month, 12)
        assert row["month"] == f"{year}-{number + 1:02}"
        assert row["mean_rung"] == pytest.approx(sum(rungs) / n)
        assert row["standard_error"] == pytest.approx(statistics.stdev(rungs) / math.sqrt(n))
        for rung, name in enumerate(RUNGS):
            share = sum(1 for r in rungs if r >= rung) / n
            assert row[f"at_or_above_{rung}_{name.replace(' ', '_')}"] == pytest.approx(share)


def test_the_escalation_of_one_run_has_no_standard_error():
    assert escalation_table(made(n=1))["standard_error"].isna().all()


@pytest.mark.parametrize(
    ("share", "n", "said"),
    [
        (0.0, 1000, "0 of 100 worlds"),
        (1.0, 1000, "100 of 100 worlds"),
        (0.62, 1000, "62 of 100 worlds"),
        (0.001, 1000, "fewer than 1 of 100 worlds"),
        (0.005, 1000, "fewer than 1 of 100 worlds"),
        (0.999, 1000, "more than 99 of 100 worlds"),
        (0.25, 8, "2 of 8 worlds"),
        (1.0, 1, "1 of 1 world"),
    ],
)
def test_a_share_is_said_as_so_many_worlds(share, n, said):
    assert of_worlds(share, n) == said


def test_nobody_deploying_is_said():
    held, first, far = sentences(made(n=200))
    assert (
        held == "In 100 of 100 worlds nobody had deployed in North by April 2021 (the same in all 200 runs)."
    )
    assert first == "Nobody was first to deploy in North."
    assert far == (
        "Counting every region, 0 of 100 worlds saw a deployment and the median world ended at 'restraint'; "
        "the highest rung seen, 'restraint', was reached in 100 of 100 worlds."
    )


def test_everybody_deploying_in_the_same_month_is_said():
    held, first, far = sentences(deployed_at(*[{"red": 2, "blue": 2}] * 3))
    assert held == "In every world somebody had deployed in North by April 2021 (the same in all 3 runs)."
    assert first == (
        "First to deploy there, of 3 worlds: Red in 0, Blue in 0, both in the same month in 3; "
        "half of all worlds had seen it by January 2021."
    )
    assert far.startswith("Counting every region, 3 of 3 worlds saw a deployment")


def test_who_was_first_is_counted_world_by_world():
    ds = deployed_at({"red": 1, "blue": 3}, {"blue": 0}, {"blue": 2, "red": 5}, {}, {"red": 4, "blue": 4})
    held, first, _ = sentences(ds)
    # one of five held back: sqrt(0.2 * 0.8 / 4) is 0.2, one world of five
    assert held == "In 1 of 5 worlds nobody had deployed in North by April 2021 (standard error 1 of 5)."
    assert first == (
        "First to deploy there, of 5 worlds: Red in 1, Blue in 2, both in the same month in 1; "
        "half of all worlds had seen it by January 2021."  # months 1, 0, 2, never, 4: the third is 2
    )


def test_a_deployment_in_exactly_half_of_all_worlds_is_half():
    assert "half of all worlds had seen it by December 2020" in sentences(deployed_at({"red": 1}, {}))[1]
    assert (
        "fewer than half of all worlds saw a deployment there"
        in sentences(deployed_at({"red": 1}, {}, {}))[1]
    )


def test_undeclared_missiles_count_and_those_elsewhere_do_not():
    undeclared = np.zeros((4, 6, 2, 2), dtype=int)
    undeclared[0, 3:, 1, 0] = 1
    undeclared[1, 3:, 0, 1] = 1
    held, first, _ = sentences(made(deployed_undeclared=undeclared))
    assert held.startswith("In 3 of 4 worlds nobody")
    assert "Red in 0, Blue in 1, in secret in 1 of these; fewer than half" in first


def test_missiles_that_went_home_again_count_as_deployed():
    announced = np.zeros((2, 6, 2, 2), dtype=int)
    announced[:, 1, 0, 0] = 5
    assert sentences(made(announced, n=2))[0].startswith("In every world somebody had deployed")


def test_the_sentences_speak_of_the_region_of_the_moratorium():
    in_force = np.zeros((4, 6, 2), dtype=bool)
    in_force[2, 4, 1] = True
    held, first, fate, _ = sentences(made(moratorium_in_force=in_force))
    assert "in South by" in held
    assert first == "Nobody was first to deploy in South."
    assert fate == "A moratorium was agreed in 1 of 4 worlds, and still stood at the end in 0."


def in_force_until(*months: int, horizon=6) -> np.ndarray:
    """A moratorium in the first region, from the start to before these months; (run, month, region)."""
    north = np.arange(horizon) < np.array(months)[:, None]
    return np.stack([north, np.zeros_like(north)], axis=2)


def test_the_third_sentence_tells_the_fate_of_the_moratorium():
    ds = made(n=5, moratorium_in_force=in_force_until(6, 6, 3, 1, 4), moratorium_ended=[0, 0, 2, 1, 2])
    assert sentences(ds)[2] == (
        "The moratorium still stood at the end in 2 of 5 worlds, and lasted 4 months on average; "
        "it was broken in the open in 1, one side left it as broken in 2."
    )


def test_a_moratorium_that_holds_or_never_began_is_said():
    assert sentences(made(moratorium_in_force=in_force_until(6, 6, 6, 6)))[2] == (
        "The moratorium still stood at the end in 4 of 4 worlds."
    )
    assert sentences(made(n=2, moratorium_ended=4))[2] == (
        "The moratorium still stood at the end in 0 of 2 worlds, and lasted 0 months on average; "
        "deployment came before it in 2."
    )


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (1, ("A moratorium was agreed in", "Counting every region")),
        (2, ("A moratorium was agreed in", "Counting every region")),
        (4, ("The moratorium", "Counting every region")),
    ],
)
def test_how_far_it_went_is_said_after_the_fate_of_the_moratorium(agreed, said):
    _, _, *rest = sentences(made(moratorium_in_force=in_force_until(*[6] * agreed, *[0] * (4 - agreed))))
    assert len(rest) == len(said)
    assert all(sentence.startswith(begins) for sentence, begins in zip(rest, said, strict=True))


def test_of_agreements_side_by_side_each_is_told_by_name():
    first, second = in_force_until(6, 3)[..., ::-1], in_force_until(6, 6)
    ds = made(
        n=2,
        agreements=("far", "near"),
        moratorium_in_force=first | second,
        agreement_in_force=np.stack([first.any(axis=2), second.any(axis=2)], axis=2),
        agreement_covers=[[False, True], [True, False]],
        moratorium_ended=np.array([[0, 0], [1, 0]]),
    )
    far, near = sentences(ds)[2:4]
    assert far.startswith("The agreement 'far' still stood at the end in 1 of 2 worlds")
    assert near == "The agreement 'near' still stood at the end in 2 of 2 worlds."


def test_a_crisis_out_of_control_is_said_last_and_only_where_there_is_one():
    assert not any("crisis" in sentence for sentence in sentences(made(crisis=True)))
    lost = np.zeros((5, 6), dtype=bool)
    lost[:2, 3:] = True
    assert sentences(made(n=5, crisis=lost, uncontrolled=lost))[-1] == (
        "In 2 of 5 worlds a crisis got out of control; from then on such a world counts as it stood."
    )


def test_disputed_missiles_there_from_the_start_are_set_apart():
    disputed = np.zeros((4, 6, 2, 2), dtype=int)
    disputed[:, :, 0, 0] = 16
    held, first, _ = sentences(made(deployed_disputed=disputed))
    assert held == (
        "In 4 of 4 worlds nobody had deployed in North by April 2021, beyond the disputed missiles that "
        "stood there from the start (the same in all 4 runs)."
    )
    assert first == "Nobody was first to deploy in North."
    elsewhere = sentences(made(deployed_disputed=disputed[..., ::-1]))[0]
    assert "disputed" not in elsewhere


def test_a_single_run_is_not_said_to_be_half_of_anything():
    held, first, far = sentences(deployed_at({"blue": 2}))
    assert held == (
        "In every world somebody had deployed in North by April 2021 (a single run says nothing of chance)."
    )
    assert first == "First to deploy there, of 1 world: Red in 0, Blue in 1; it came in January 2021."
    assert "1 of 1 world saw a deployment" in far


def test_rare_and_nearly_sure_things_are_not_rounded_away():
    rungs = np.full((1000, 6), 5)
    rungs[0] = 6
    rungs[1:400, -1] = 1
    _, _, far = sentences(made(n=1000, rungs=rungs))
    assert "100 of 100 worlds saw a deployment" in far
    assert "the median world ended at 'mirrored deployment'" in far
    assert "'arms race', was reached in fewer than 1 of 100 worlds" in far


def test_a_single_month_gives_sentences():
    held, first, far = sentences(deployed_at({"red": 0}, {}, horizon=1, regions=("north",)))
    assert held == "In 1 of 2 worlds nobody had deployed in North by November 2020 (standard error 1 of 2)."
    assert first.endswith("Red in 1, Blue in 0; half of all worlds had seen it by November 2020.")
    assert "ended at 'restraint'" in far


@pytest.mark.parametrize(
    ("mean", "error", "said"),
    [
        (0.5, 0.022, ("0.500", "± 0.022")),
        (118.789, 0.4321, ("118.79", "± 0.43")),
        (1545.0, 0.0, ("1,545", "± 0")),
        (1545.26, 12.3, ("1,545", "± 12")),
        (0.3, math.nan, ("0.3", "one run")),
        (1 / 3, 1e-17, ("0.333", "± 0")),
        (12345.6, 1234.5, ("12,346", "± 1,234")),
        (0.0, 0.0, ("0", "± 0")),
    ],
)
def test_a_mean_is_shown_to_two_digits_of_its_error(mean, error, said):
    assert listing.with_error(mean, error) == said


def test_the_short_table_lines_up_and_says_in_how_many_runs(wild):
    summary = summary_table(outcomes_table(wild, OUTCOMES), OUTCOMES)
    lines = listing.headlines(summary, wild.sizes["run"]).splitlines()
    assert len(lines) == len(summary) + 2
    n = int(summary.loc["comes_back_down", "n"])
    down = next(line for line in lines if line.startswith("comes_back_down"))
    assert f"share (in {n} of 300 runs)" in down
    unit = lines[0].index("unit")
    assert all(line[unit - 1] == " " != line[unit] for line in lines if not line.startswith("--"))


def test_yes_or_no_shows_no_range_of_runs():
    row = {"mean": 0.2, "standard_error": 0.1, "q05": 0.0, "q50": 0.0, "q95": 1.0, "n": 9, "better": "higher"}
    table = pd.DataFrame([row | {"unit": "share"}, row | {"unit": "months"}], index=["a", "b"])
    _, _, share, months = listing.headlines(table, 9).splitlines()
    assert " to " not in share
    assert "0 to 1" in months
