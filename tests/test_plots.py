"""Pictures: results in, axes out, and nothing else touched."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from tests.theory.test_known_answers import LIVELY
from verifsim.ladder import RUNGS
from verifsim.plots import deployments, escalation_curve, overview
from verifsim.plots.escalation import rung_shares
from verifsim.plots.style import axes_for, spread_labels


@pytest.fixture
def ds(simulate):
    return simulate(LIVELY, "ensemble.runs=50").ds


def test_shares_of_runs_add_up_to_all(ds):
    shares = rung_shares(ds.world_rung)
    assert shares.shape == (len(RUNGS), 24)
    assert shares.sum(axis=0) == pytest.approx(1.0)
    assert shares[4:, -1].sum() == pytest.approx(float((ds.world_rung.isel(month=-1) >= 4).mean()))


@pytest.mark.parametrize(
    "draw", [escalation_curve, lambda ds, ax=None: escalation_curve(ds, "north", ax), deployments]
)
def test_a_plot_draws_on_the_axes_it_is_given_or_on_its_own(ds, draw):
    ax = axes_for(None)
    assert draw(ds, ax=ax) is ax
    own = draw(ds)
    assert own is not ax
    assert any("n = 50 runs" in said.get_text() for said in own.texts)
    assert own.get_ylabel()


def test_rungs_are_named_with_their_share_and_only_those_that_occur(ds):
    names = [text.get_text() for text in escalation_curve(ds).texts]
    for rung, name in enumerate(RUNGS):
        occurs = bool((ds.world_rung == rung).any())
        assert any(name in said for said in names) == occurs, name


def test_labels_are_moved_apart_and_stay_inside():
    assert spread_labels([10.0, 11.0, 50.0], 7.0, 0.0, 100.0) == [10.0, 17.0, 50.0]
    assert spread_labels([97.0, 98.0, 99.0], 7.0, 0.0, 100.0) == [86.0, 93.0, 100.0]
    low = spread_labels([0.0, 0.0, 0.0], 7.0, 2.0, 98.0)
    assert low[0] >= 2.0
    assert np.diff(low).min() >= 7.0


def test_drawing_changes_no_style_and_opens_no_window(ds):
    before = dict(mpl.rcParams)
    figure = overview(ds)
    assert dict(mpl.rcParams) == before
    assert figure.canvas.manager is None
    assert len(figure.axes) == 3


@pytest.mark.parametrize("setting", ["ensemble.runs=1", "months=1", "programmes=none"])
def test_the_smallest_results_can_be_drawn(simulate, setting, tmp_path):
    overview(simulate("months: 3", setting).ds).savefig(tmp_path / "small.png")
