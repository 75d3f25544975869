"""Rungs as they were observed: in results, and drawn over what is simulated."""

from __future__ import annotations

import numpy as np
import pytest

import verifsim as vs
from verifsim.plots.escalation import escalation_curve, rung_shares
from verifsim.plots.mean_rung import mean_rung
from verifsim.results import UNOBSERVED

WORLD = """\
title: A small world
start: 2020-01
months: 6
ensemble: {runs: 4}
regions: {north: {title: North}, south: {title: South}}
parties:
  red: {title: Red, doctrine: hold_back}
  blue: {title: Blue, doctrine: hold_back}
programmes: {bow: {owner: blue, title: Bow, stage: produced, missiles: 10}}
events: {e: {month: 2020-03, does: deploy, programme: bow, region: north}}
"""

OBSERVED = """\
observed:
  later: {since: 2020-04, region: north, rung: first_deployment}
  first: {since: 2019-06, region: north, rung: restraint}
  of_all: {since: 2020-02, rung: dispute}
  no_more: {since: 2020-06, rung: unknown}
  beyond: {since: 2021-01, rung: arms_race}
"""


@pytest.fixture
def run(tmp_path):
    def _run(more=""):
        path = tmp_path / "world.yaml"
        path.write_text(WORLD + more, encoding="utf-8")
        return vs.run(path)

    return _run


def test_a_rung_holds_from_its_month_until_the_next_of_its_region(run):
    ds = run(OBSERVED).ds
    assert ds.observed_rung.sel(region="north").values.tolist() == [1, 1, 1, 4, 4, 4]
    assert (ds.observed_rung.sel(region="south") == UNOBSERVED).all()
    assert ds.observed_world_rung.values.tolist() == [-1, 2, 2, 2, 2, -1]


def test_what_was_observed_moves_nothing_that_is_simulated(run):
    with_it, without = run(OBSERVED).ds, run().ds
    assert "observed_rung" not in without
    assert (
        with_it.drop_vars(["observed_rung", "observed_world_rung"])
        .drop_attrs()
        .identical(without.drop_attrs())
    )


def test_the_curve_leads_a_line_through_the_band_of_the_rung_that_was(run):
    ds = run(OBSERVED).ds
    lines = {line.get_label(): line.get_ydata() for line in escalation_curve(ds, "north").lines}
    heights = lines["through the band of the rung that happened"]
    shares = rung_shares(ds, "north")
    assert shares[4, 2:].tolist() == [1.0] * 4
    assert heights.tolist() == [50.0, 50.0, 0.0, 50.0, 50.0, 50.0], "restraint in March is in no world"


def test_the_mean_rung_has_the_rungs_that_were_beside_it(run):
    ds = run(OBSERVED).ds
    lines = {line.get_label(): line.get_ydata() for line in mean_rung(ds).lines}
    np.testing.assert_array_equal(lines["as it happened"], [np.nan, 2, 2, 2, 2, np.nan])


def test_nothing_is_drawn_where_nothing_was_observed(run):
    ds = run(OBSERVED).ds
    assert not [line for line in escalation_curve(ds, "south").lines if "happened" in line.get_label()]
    assert not [line for line in mean_rung(run().ds).lines if line.get_label() == "as it happened"]


def test_an_unknown_rung_is_answered_with_those_there_are(run):
    with pytest.raises(vs.ScenarioError, match=r"observed\.a\.rung.*there are: .*first_deployment"):
        run("observed: {a: {since: 2020-01, rung: first_deploymnt}}\n")
