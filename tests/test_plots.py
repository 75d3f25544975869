"""Pictures: results in, axes out, and nothing else touched."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from tests.theory.test_known_answers import LIVELY
from verifsim.ladder import RUNGS
from verifsim.plots import deployments, escalation_curve, overview, tornado
from verifsim.plots.drivers import DOWN, MOST, UNSURE, UP
from verifsim.plots.escalation import rung_shares
from verifsim.plots.style import axes_for, spread_labels


@pytest.fixture
def ds(simulate):
    return simulate(LIVELY, "ensemble.runs=50").ds


def test_shares_of_runs_add_up_to_all(ds):
    shares = rung_shares(ds)
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


# The tornado


def drivers(*correlations, names=None, sure=0.15, mean=70.0):
    r = np.array(correlations)
    return pd.DataFrame(
        {
            **{"rank_correlation": r, "low": r - 0.08, "high": r + 0.08, "beyond_chance": np.abs(r) > sure},
            **{"mean_where_low": mean, "mean_where_high": mean * 1.234, "n": 1000},
        },
        index=pd.Index(names or [f"watching.n{k}" for k in range(len(r))], name="number"),
    )


def test_a_tornado_has_the_strongest_on_top_and_says_what_it_shows():
    ax = tornado(drivers(-0.5, 0.3, 0.1), "cost_in_$")
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "watching.n2",
        "watching.n1",
        "watching.n0",
    ]
    assert [bar.get_width() for bar in ax.patches] == [0.1, 0.3, -0.5]
    for bar, colour in zip(ax.patches, (UNSURE, UP, DOWN), strict=True):
        assert same_color(bar.get_facecolor(), colour)
    assert "n = 1,000 worlds" in ax.get_xlabel()
    assert "grey: not beyond chance, with 3 numbers looked at" in ax.get_xlabel()
    assert ax.get_title(loc="left") == r"What moves cost_in_\$"
    assert [text.get_text() for text in ax.texts][1:] == ["70 → 86.4"] * 3


def test_a_tornado_shows_a_dozen_and_counts_all_that_were_looked_at():
    ax = tornado(drivers(*np.linspace(0.5, 0.01, 40)), "months")
    assert len(ax.patches) == MOST == 12
    assert "with 40 numbers looked at" in ax.get_xlabel()
    assert len(tornado(drivers(*np.linspace(0.5, 0.01, 40)), "months", most=3).patches) == 3


def test_a_tornado_draws_on_the_axes_it_is_given():
    ax = axes_for(None)
    assert tornado(drivers(0.3), "months", ax) is ax
    assert "with one number looked at" in ax.get_xlabel()


@pytest.mark.parametrize("n", [1, 3, 12])
@pytest.mark.parametrize("long", [False, True])
def test_nothing_in_a_tornado_covers_anything_else_or_is_cut_off(n, long):
    name = "agreements.moratorium_of_the_northern_seas.inspections.visits_a_year.routine"
    names = [f"{name}_{k}" if long else f"trust.n{k}" for k in range(n)]
    table = drivers(*np.linspace(-0.5, 0.4, n), names=names, mean=123_456.0 if long else 0.5)
    ax = tornado(table, "breach_detected_within_12_months.us_nato.asia_pacific")
    ax.figure.draw_without_rendering()
    renderer, page = ax.figure.canvas.get_renderer(), ax.figure.bbox.padded(1)
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticklabels() if low <= tick.get_position()[0] <= high]
    texts = [*ax.get_yticklabels(), *ax.texts, ax.xaxis.label, ax._left_title, *ticks]
    boxes = [text.get_window_extent(renderer) for text in texts]
    for k, box in enumerate(boxes):
        assert page.containsx(box.x0), texts[k].get_text()
        assert page.containsx(box.x1), texts[k].get_text()
        assert page.containsy(box.y1), texts[k].get_text()
        assert not any(box.overlaps(other) for other in boxes[k + 1 :]), texts[k].get_text()
    assert ax.get_window_extent(renderer).width > page.width / 2


def test_a_number_that_was_the_same_in_all_worlds_is_drawn_as_nothing():
    table = drivers(0.3, np.nan)
    low, high = tornado(table, "months").get_xlim()
    assert -1 < low < 0 < high < 1
    tornado(table, "months").figure.draw_without_rendering()
