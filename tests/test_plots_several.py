"""Pictures that set scenarios side by side: what is drawn is what is found by hand, and all of it can be read."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from tests.theory.test_known_answers import LIVELY
from verifsim.comparison.deployment import still_without
from verifsim.comparison.intervals import share_interval
from verifsim.errors import UsageError
from verifsim.ladder import RUNGS
from verifsim.outcomes.first_moves import first_moves
from verifsim.outcomes.verification import breach, detected
from verifsim.plots import detection, first_moves_curve, forest, mean_rung, survival
from verifsim.plots.forest import UNSURE
from verifsim.plots.kinds import KINDS, drawn
from verifsim.plots.several import folded
from verifsim.plots.style import SCENARIO_COLOURS, axes_for, scenario_style

HIDING = (
    "parties.blue.doctrine=covert_deploy",
    "doctrines.covert_deploy={missiles: 10}",
    "escalation.violation_believed_above=0.3",
    "watching={battery_seen: 0.05, false_alarm: 0.01}",
)
LONG = (
    "moratorium with parties.russia.doctrine.europe.covert_deploy=0.4; inspecting.visit_cost=0.7; months=60"
)


@pytest.fixture
def ds(simulate):
    return simulate(LIVELY, "ensemble.runs=60").ds


@pytest.fixture
def short(simulate):
    return simulate(LIVELY, "ensemble.runs=20", "months=9").ds


@pytest.fixture
def hiding(simulate):
    return simulate(LIVELY, "ensemble.runs=60", "months=30", *HIDING).ds


def said(ax):
    return "\n".join([ax.get_title(loc="left"), ax.get_xlabel(), *(text.get_text() for text in ax.texts)])


def lines(ax):
    """The lines drawn by month, not the short pieces beside names."""
    return [line for line in ax.lines if len(line.get_xdata()) > 2]


def test_the_mean_rung_is_the_mean_and_its_band_two_standard_errors_within_the_scale(ds):
    ax = mean_rung(ds, region="north")
    values = ds.rung.sel(region="north").transpose("run", "month").values.astype(float)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(60)
    (line,) = lines(ax)
    assert line.get_ydata() == pytest.approx(mean)
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.max() == pytest.approx(np.minimum(mean + 2 * error, 6).max())
    assert band.min() == pytest.approx(np.maximum(mean - 2 * error, 0).min())
    assert [label.get_text().split("  ")[0] for label in ax.get_yticklabels()] == list(RUNGS)
    assert "n = 60 runs" in said(ax)
    assert "± 2 standard errors" in said(ax)


def test_a_single_run_has_no_standard_error(simulate):
    assert "standard error" not in said(mean_rung(simulate(LIVELY, "ensemble.runs=1")))


def test_survival_starts_with_all_worlds_and_counts_those_left_below_each_tick(ds):
    ax = survival(ds, region="north")
    first, (line,) = first_moves(ds, "north")["month"].to_numpy(), lines(ax)
    assert 0 < (first < 24).mean() < 1, "nothing to see"
    assert line.get_ydata() == pytest.approx([100.0, *(100.0 * (first > k).mean() for k in range(24))])
    low, high = ax.collections[0].get_paths()[0].vertices[:, 1].min(), line.get_ydata()[-1]
    assert low == pytest.approx(100.0 * still_without(first, 24).low.min())
    assert low < high
    start, end = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if start <= tick <= end]
    at = np.rint(24 * (np.array(ticks) - start) / (end - start)).astype(int)
    counts = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert counts == [str((first >= k).sum()) for k in at]


def test_scenarios_of_other_months_end_where_they_end(ds, short):
    for ax in (mean_rung(ds, short), survival(ds, short)):
        long_line, short_line = lines(ax)
        assert short_line.get_xdata()[-1] < long_line.get_xdata()[-1]
        assert ax.get_xlim()[1] == pytest.approx(mpl.dates.date2num(long_line.get_xdata()[-1]))
        assert "n\u00a0=\u00a020" in said(ax)
        assert "n\u00a0=\u00a060" in said(ax)


def test_causes_of_first_deployments_and_nobody_add_up_to_all_worlds(ds):
    ax, moves = first_moves_curve(ds, "north"), first_moves(ds, "north")
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in ax.collections]
    assert tops[-1] == pytest.approx(100.0)
    assert tops[-2] == pytest.approx(100.0 * (moves["who"] != "nobody").mean())
    ended = 100.0 * (moves["who"] == "nobody").mean()
    assert f"nobody, {ended:.0f} %" in said(ax)
    assert "n = 60 runs" in said(ax)


def test_rare_causes_are_drawn_as_one_and_counted(ds, monkeypatch):
    causes = [("red", "belief")] * 150 + [("red", "event"), ("blue", "slip")] + [("nobody", "")] * 98
    table = pd.DataFrame(causes, columns=["who", "why"]).assign(month=3)
    table.loc[table["who"] == "nobody", "month"] = 24
    monkeypatch.setattr("verifsim.plots.first_moves.first_moves", lambda ds, region: table)
    ax = first_moves_curve(ds, "north")
    assert "other (2 under 1 % each), 1 %" in said(ax)
    assert "slip" not in said(ax)
    assert len(ax.collections) == 3


def test_detection_is_the_share_of_first_breaches_known_within_a_year(ds, hiding):
    ax = detection(hiding, ds)
    began = breach(hiding).sel(party="blue", region="north").transpose("run", "month").values
    known = detected(hiding).sel(party="blue", region="north").transpose("run", "month").values
    starts = [int(np.flatnonzero(run)[0]) for run in began if run.any()]
    outcome = [
        k[s : s + 13].any() for k, s in zip(known[began.any(axis=1)], starts, strict=True) if s + 12 < 30
    ]
    share, n = 100.0 * np.mean(outcome), len(outcome)
    assert 0 < share < 100, "nothing to see"
    assert f"{share:.0f} % of n = {n}" in said(ax)
    interval = next(line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2)
    assert interval.get_xdata() == pytest.approx([100 * end for end in share_interval(sum(outcome), n)])
    assert "no breach" in said(ax), "a scenario without one is not dropped"
    assert all(f"{name}\n{goal} %" in said(ax) for name, goal in (("low", 20), ("medium", 50), ("high", 90)))


def test_detection_of_nothing_says_so(ds):
    assert "no party hides missiles" in said(detection(ds))


@pytest.mark.parametrize("draw", [mean_rung, survival])
def test_a_region_that_a_scenario_lacks_is_named_with_the_scenario(ds, draw):
    other = ds.isel(region=[1]).assign_attrs(name="elsewhere")
    with pytest.raises(UsageError, match=r"elsewhere has no region 'north'; .*there are: south"):
        draw(ds, other, region="north")
    with pytest.raises(UsageError, match=r"changed has no region 'nord'.*\n.*elsewhere has no region 'nord'"):
        draw(ds, other, region="nord")


@pytest.mark.parametrize("draw", [mean_rung, survival, detection])
def test_a_picture_of_no_scenario_is_refused(draw):
    with pytest.raises(UsageError, match="of which results"):
        draw()


def test_pictures_draw_on_the_axes_they_are_given_and_change_no_style(ds):
    before = dict(mpl.rcParams)
    for draw in (mean_rung, survival, first_moves_curve, detection):
        ax = axes_for(None)
        assert draw(ds, ax=ax) is ax
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", ["mean-rung", "survival", "first-moves", "detection"])
@pytest.mark.parametrize("setting", ["ensemble.runs=1", "months=1", "programmes=none"])
def test_the_smallest_results_can_be_drawn(simulate, setting, kind, tmp_path):
    ds = simulate("months: 3", setting).ds
    drawn(KINDS[kind], ds, ds).savefig(tmp_path / "small.png")


@pytest.mark.parametrize("kind", ["mean-rung", "survival", "first-moves", "detection"])
@pytest.mark.parametrize("names", [["one"], ["one", "two", "three"], [LONG] * 6])
def test_no_label_covers_another_or_is_cut_off(hiding, kind, names):
    sets = [hiding.assign_attrs(name=name) for name in names]
    figure = drawn(KINDS[kind], *(sets[:1] if kind == "first-moves" else sets))
    figure.draw_without_rendering()
    (ax,), page = figure.axes, figure.bbox.padded(2)
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts if text.get_text()]
    for k, (text, box) in enumerate(boxes):
        assert all(page.contains(*corner) for corner in box.corners()), text
        assert not [other for other, its in boxes[k + 1 :] if box.overlaps(its)], text


def test_after_the_last_colour_a_scenario_has_another_line():
    n = len(SCENARIO_COLOURS)
    styles = [scenario_style(number) for number in range(2 * n)]
    assert styles[n]["color"] == styles[0]["color"]
    assert len({str(style) for style in styles}) == 2 * n


def test_a_long_name_is_folded_at_its_seams_and_keeps_every_letter():
    lines = folded(LONG).split("\n")
    assert max(map(len, lines)) <= 30
    assert not any(line[-1].isdigit() and after[0].isdigit() for line, after in pairwise(lines))
    assert folded("a name, n\u00a0=\u00a01,000", 8) == "a name,\nn\u00a0=\u00a01,000"
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")


def differences():
    rows = {
        ("better one", "months"): (3.0, 2.0, 4.0, True),
        ("worse one", "months"): (-3.0, -4.0, -2.0, True),
        ("unsure one", "months"): (0.5, -1.0, 2.0, False),
    }
    table = pd.DataFrame(
        [
            {"difference": d, "low": low, "high": high, "beyond_chance": sure, "too_few": False}
            | {"n": 100, "differ": 50, "better": "higher", "unit": "months"}
            for d, low, high, sure in rows.values()
        ],
        index=pd.MultiIndex.from_tuples(rows, names=["scenario", "outcome"]),
    )
    return SimpleNamespace(reference="baseline", table=lambda: table)


def test_what_is_beyond_chance_shows_without_colour():
    ax = forest(differences())
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [point.get_marker() for point in points] == ["o", "s", "o"]
    assert [same_color(point.get_markerfacecolor(), "white") for point in points] == [False, False, True]
    assert float(UNSURE) < 0.5


def test_the_title_of_differences_begins_where_their_labels_do():
    ax = forest(differences())
    ax.figure.draw_without_rendering()
    title = next(text for text in ax.texts if "less baseline" in text.get_text())
    labels = [text for text in ax.texts if text is not title]
    left = min(text.get_window_extent().x0 for text in labels)
    assert title.get_window_extent().x0 == pytest.approx(left, abs=3)
    assert left >= -1
