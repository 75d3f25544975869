"""Outcomes, tables and sentences, against plain loops and datasets made by hand."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from verifsim import listing
from verifsim.ladder import RUNGS
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.sentences import of_worlds, sentences
from verifsim.outcomes.summary import escalation_table, outcomes_table, summary_table

PARTIES, REGIONS = ("red", "blue"), ("north", "south")


def made(announced=None, *, n=4, months=6, regions=REGIONS, rungs=1, **others) -> xr.Dataset:
    """A dataset made by hand; ``announced`` and others are (run, month, party, region) or shorter."""
    both, regional = (n, months, 2, len(regions)), (n, months, len(regions))
    dims = {
        "deployed_announced": both,
        "deployed_undeclared": both,
        "pledge_stands": both,
        "moratorium_in_force": regional,
        "moratorium_ended": (n,),
        "rung": regional,
        "world_rung": (n, months),
        "spending": (n, months, 2),
        "budget_ceiling": (2,),
    }
    given = {"deployed_announced": announced, "world_rung": rungs} | others
    names = {
        1: ("run",),
        2: ("run", "month"),
        3: ("run", "month", "region"),
        4: ("run", "month", "party", "region"),
    }
    special = {"spending": ("run", "month", "party"), "budget_ceiling": ("party",)}
    variables = {}
    for name, shape in dims.items():
        value = given.get(name)
        values = np.array(np.broadcast_to(0 if value is None else value, shape))
        variables[name] = (special.get(name, names[len(shape)]), values)
    for name in ("pledge_stands", "moratorium_in_force"):
        variables[name] = (variables[name][0], variables[name][1].astype(bool))
    start = np.datetime64("2020-11", "M")
    return xr.Dataset(
        variables
        | {
            "party_title": ("party", [p.title() for p in PARTIES]),
            "region_title": ("region", [r.title() for r in regions]),
        },
        coords={
            "run": np.arange(n),
            "month": (start + np.arange(months)).astype("datetime64[ns]"),
            "party": list(PARTIES),
            "region": list(regions),
        },
    )


def deployed_at(*months: dict[str, int], horizon=6, regions=REGIONS) -> xr.Dataset:
    """One world for each of ``{party: month}``: missiles in the first region from that month on."""
    announced = np.zeros((len(months), horizon, 2, len(regions)), dtype=int)
    for run, starts in enumerate(months):
        for party, month in starts.items():
            announced[run, month:, PARTIES.index(party), 0] = 8
    rungs = np.where(announced.any(axis=(2, 3)), 4, 1)
    return made(announced, n=len(months), months=horizon, regions=regions, rungs=rungs)


@pytest.fixture(scope="module")
def wild() -> xr.Dataset:
    """Chance alone: every outcome has worlds in which it means something, and others."""
    rng, n, months = np.random.default_rng(1), 40, 9
    both = (n, months, 2, 2)
    chances = rng.choice([0.0, 0.04, 0.3], size=(n, 1, 1, 1))
    rungs = np.minimum(rng.integers(0, 7, size=(n, months)), rng.integers(1, 7, size=(n, 1)))
    return made(
        (rng.random(both) < chances) * rng.integers(1, 30, size=both),
        n=n,
        months=months,
        rungs=rungs,
        deployed_undeclared=(rng.random(both) < chances / 2) * 5,
        rung=rng.integers(0, 7, size=(n, months, 2)),
        pledge_stands=rng.random(both) < 0.2,
        moratorium_in_force=rng.random((n, months, 2)) < 0.3,
        spending=rng.random((n, months, 2)) * 100,
        budget_ceiling=[120.0, np.nan],
    )


class ByHand:
    """Outcomes in plain Python: name to a function of run, party and region."""

    def __init__(self, ds: xr.Dataset) -> None:
        self.horizon = ds.sizes["month"]
        self.announced = ds.deployed_announced.values.tolist()
        self.undeclared = ds.deployed_undeclared.values.tolist()
        self.pledged = ds.pledge_stands.values.tolist()
        self.in_force = ds.moratorium_in_force.values.tolist()
        self.world = ds.world_rung.values.tolist()
        self.spent = ds.spending.values.tolist()
        self.ceiling = ds.budget_ceiling.values.tolist()

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

    def pledge_months(self, run, party, region):
        return sum(1 for month in self.pledged[run] if any(month[party]))

    def spending(self, run, party, region):
        return sum(month[party] for month in self.spent[run])

    def share_of_ceiling(self, run, party, region):
        return self.spending(run, party, region) / (self.ceiling[party] * self.horizon / 12)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_is_what_plain_loops_find(outcome, wild):
    hand, table = ByHand(wild), outcomes_table(wild, (outcome,))
    assert len(table.columns) >= 1
    for column in table:
        members = str(column).split(".")[1:]
        party = next((PARTIES.index(m) for m in members if m in PARTIES), -1)
        region = next((REGIONS.index(m) for m in members if m in REGIONS), -1)
        expected = [hand.value(outcome.name, run, party, region) for run in range(wild.sizes["run"])]
        assert table[column].tolist() == pytest.approx(expected, nan_ok=True), column


def test_the_wild_dataset_has_worlds_of_every_kind(wild):
    table = outcomes_table(wild, OUTCOMES)
    for name in ("comes_back_down", "months_until_down"):
        assert 0 < table[name].isna().sum() < len(table)
    assert set(table["nobody_deployed.north"]) == {0.0, 1.0}
    assert "share_of_ceiling.blue" not in table, "a party without a ceiling has no share of it"


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
    assert held == "In 0 of 3 worlds nobody had deployed in North by April 2021 (the same in all 3 runs)."
    assert first == (
        "First to deploy there, of 3 worlds: Red in 0, Blue in 0, both in the same month in 3; "
        "half of all worlds had seen it by January 2021."
    )
    assert far.startswith("Counting every region, 3 of 3 worlds saw a deployment")


def test_who_was_first_is_counted_world_by_world():
    ds = deployed_at({"red": 1, "blue": 3}, {"blue": 0}, {"blue": 2, "red": 5}, {}, {"red": 4, "blue": 4})
    held, first, _ = sentences(ds)
    # one of five held back: sqrt(0.2 * 0.8 / 4) is 0.2, one world of five
    assert held == "In 1 of 5 worlds nobody had deployed in North by April 2021 (standard error 1)."
    assert first == (
        "First to deploy there, of 5 worlds: Red in 1, Blue in 2, both in the same month in 1; "
        "half of all worlds had seen it by January 2021."  # months 1, 0, 2, never, 4: the third is 2
    )


def test_a_deployment_in_exactly_half_of_all_worlds_is_half():
    assert "half of all worlds had seen it by December 2020" in sentences(deployed_at({"red": 1}, {}))[1]
    assert "fewer than half saw it" in sentences(deployed_at({"red": 1}, {}, {}))[1]


def test_undeclared_missiles_count_and_those_elsewhere_do_not():
    undeclared = np.zeros((4, 6, 2, 2), dtype=int)
    undeclared[0, 3:, 1, 0] = 1
    undeclared[1, 3:, 0, 1] = 1
    held, first, _ = sentences(made(deployed_undeclared=undeclared))
    assert held.startswith("In 3 of 4 worlds nobody")
    assert "Red in 0, Blue in 1; fewer than half" in first


def test_missiles_that_went_home_again_count_as_deployed():
    announced = np.zeros((2, 6, 2, 2), dtype=int)
    announced[:, 1, 0, 0] = 5
    assert sentences(made(announced, n=2))[0].startswith("In 0 of 2 worlds nobody")


def test_the_sentences_speak_of_the_region_of_the_moratorium():
    in_force = np.zeros((4, 6, 2), dtype=bool)
    in_force[2, 4, 1] = True
    held, first, _ = sentences(made(moratorium_in_force=in_force))
    assert "in South by" in held
    assert first == "Nobody was first to deploy in South."


def test_a_single_run_is_not_said_to_be_half_of_anything():
    held, first, far = sentences(deployed_at({"blue": 2}))
    assert held == (
        "In 0 of 1 world nobody had deployed in North by April 2021 (a single run says nothing of chance)."
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
    assert held == "In 1 of 2 worlds nobody had deployed in North by November 2020 (standard error 1)."
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
    assert f"share (in {n} of 40 runs)" in down
    unit = lines[0].index("unit")
    assert all(line[unit - 1] == " " != line[unit] for line in lines if not line.startswith("--"))


def test_yes_or_no_shows_no_range_of_runs():
    row = {"mean": 0.2, "standard_error": 0.1, "q05": 0.0, "q50": 0.0, "q95": 1.0, "n": 9, "better": "higher"}
    table = pd.DataFrame([row | {"unit": "share"}, row | {"unit": "months"}], index=["a", "b"])
    _, _, share, months = listing.headlines(table, 9).splitlines()
    assert " to " not in share
    assert "0 to 1" in months
