"""Pictures of one scenario: what is drawn is what the results say."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from verifsim.errors import UsageError
from verifsim.ladder import RUNGS
from verifsim.plots.bands import mean_and_error
from verifsim.plots.china import china_launchers
from verifsim.plots.kinds import KINDS, drawn
from verifsim.plots.minds import BINS, belief_against_truth, perceived_rungs, reliability
from verifsim.plots.money import spending
from verifsim.plots.paths import MOST, SPREAD, spaghetti
from verifsim.plots.timeline import brief, lane_of, shares, text_width, timeline
from verifsim.plots.visits import COUNTED, inspections
from verifsim.story import Line, story

BUSY = """
    months: 30
    ensemble: {runs: 120}
    parties:
      red: {doctrine: {mirror: 0.5, covert_deploy: 0.5}, new_missile_budget: {value: 60, range: [40, 80], source: assumption}}
      blue: {doctrine: mirror}
    doctrines: {covert_deploy: {missiles: 20, begins: 0.1}}
    watching: {battery_seen: 0.3, false_alarm: 0.05}
    believing: {rule: bayes, prior: 0.05, turns_covert: 0.01, turns_back: 0.02, reference_missiles: 10}
    programmes: {arrow: {cost: 3, a_year: 5}, bow: {cost: 4, a_year: 5}}
    sites:
      red_silo: {owner: red, region: north, title: Red silo, kind: mk41_cell, objects: 24}
      blue_silo: {owner: blue, region: north, title: Blue silo, kind: mk41_cell, objects: 24}
    inspecting: {recognised: 0.9, false_alarm: 0.1}
    china: {region: south, launchers: {value: 72, range: [60, 90], source: assumption}, a_year: 36, concerned_by: [blue], half_concerned_at: 30, reaction: 0.5}
    agreements:
      moratorium:
        regions: [north]
        binds: [red, blue]
        from: 2020-03
        inspections: {sites: [red_silo, blue_silo], visits_a_year: {routine: 6}, objects_opened: 4}
    events: {more: {month: 2021-01, does: set_budget, party: red, new_missile_budget: 90}}
"""
NEW = ("belief", "perceived", "inspections", "spending", "china", "spaghetti", "timeline")


@pytest.fixture
def ds(simulate):
    return simulate(BUSY).ds


def said(ax):
    legend = ax.get_legend()
    return [text.get_text() for text in (*ax.texts, *(legend.get_texts() if legend else ()))]


@pytest.mark.parametrize("name", NEW)
def test_each_kind_draws_says_n_and_changes_no_style(ds, name, tmp_path):
    before = dict(mpl.rcParams)
    figure = drawn(KINDS[name], ds)
    figure.savefig(tmp_path / "picture.png")
    assert dict(mpl.rcParams) == before
    assert any("n = 120 runs" in text for text in said(figure.axes[0]))


ONE_MONTH = ("months=1", "agreements=none", "events=none")


@pytest.mark.parametrize("settings", [("ensemble.runs=1",), ONE_MONTH, ("ensemble.vary=yes",)])
@pytest.mark.parametrize("name", [name for name in NEW if name != "inspections"])
def test_the_smallest_results_and_those_that_vary_can_be_drawn(simulate, name, settings, tmp_path):
    drawn(KINDS[name], simulate(BUSY, *settings).ds).savefig(tmp_path / "small.png")


# Belief against truth


def test_the_points_of_belief_are_the_share_that_was_true(ds):
    ax = belief_against_truth(ds, region="north", party="blue")
    points = next(line for line in ax.lines if line.get_marker() == "s")
    belief = ds.belief.sel(party="blue", region="north").values.astype(float)
    truth = ds.hidden_when_looked.sel(party="red", region="north").values
    part = np.minimum((ds.belief.sel(party="blue", region="north").values * BINS).astype(int), BINS - 1)
    used = np.unique(part)
    assert len(used) > 3
    assert 0 < truth.mean() < 1
    np.testing.assert_allclose(points.get_xdata(), [belief[part == k].mean() for k in used], rtol=1e-5)
    np.testing.assert_allclose(points.get_ydata(), [truth[part == k].mean() for k in used])
    for k in used:
        assert f"{(part == k).sum():,}" in said(ax)


def test_months_of_a_run_that_are_all_alike_make_belief_no_surer(ds):
    belief, truth = (
        ds.belief.sel(region="north", party="blue"),
        ds.hidden_when_looked.sel(region="north", party="red"),
    )
    once, again = belief.isel(month=[10]), belief.isel(month=[10] * 20)
    one = reliability(once, truth.isel(month=[10]))
    many = reliability(again, truth.isel(month=[10] * 20))
    assert (many.n == 20 * one.n).all()
    np.testing.assert_allclose(many.low, one.low, rtol=1e-6)
    np.testing.assert_allclose(many.high, one.high, rtol=1e-6)


# Perceived rungs


def test_each_row_of_perceived_rungs_is_the_share_of_months_truly_there(ds):
    shown = perceived_rungs(ds, party="blue").images[0].get_array()
    true, seen = ds.world_rung.values, ds.perceived_rung.sel(party="blue").values
    occur = np.union1d(true, seen)
    for row, rung in enumerate(occur):
        there = true == rung
        by_hand = [(seen[there] == other).mean() if there.any() else 0.0 for other in occur]
        np.testing.assert_allclose(shown[row], by_hand)


def test_pooled_parties_are_said_to_be(ds):
    assert any("both parties pooled" in text for text in said(perceived_rungs(ds)))
    assert not any("pooled" in text for text in said(perceived_rungs(ds, party="red")))


# Inspections


def test_lines_of_inspections_end_at_the_mean_of_all_visits(ds):
    panels = inspections(ds, party="red").child_axes
    assert len(panels) == len(COUNTED)
    counts = (
        ds.inspections_held,
        ds.inspections_refused,
        ds.inspections_alarming,
        ds.true_alarms.sum("region"),
    )
    for panel, count in zip(panels, counts, strict=True):
        (line,) = panel.lines
        assert line.get_ydata()[-1] == pytest.approx(float(count.sel(party="red").sum("month").mean()))
    assert panels[0].lines[0].get_ydata()[-1] > 1


def test_without_inspections_there_is_no_picture_of_them_but_a_sentence(simulate):
    with pytest.raises(UsageError, match="has no inspections: no visit is held or refused in any run"):
        inspections(simulate("months: 2"))


# Spending


def test_spending_is_drawn_at_the_rate_of_a_year_beside_its_ceiling(ds):
    ax = spending(ds, party="red")
    spent, ceiling = ax.lines
    np.testing.assert_allclose(spent.get_ydata(), 12 * ds.spending.sel(party="red").mean("run"), rtol=1e-5)
    assert (ceiling.get_ydata() == [60] * 12 + [90] * 18).all()
    assert "Blue: no ceiling" in said(spending(ds, party="blue"))
    assert ax.get_ylim()[1] > 90


def test_frozen_worlds_no_longer_count_in_what_is_spent(ds):
    ds["uncontrolled"] = ds.uncontrolled.copy(data=np.zeros(ds.uncontrolled.shape, dtype=bool))
    half = {"run": slice(0, 59), "month": ds.month[10:]}
    ds.uncontrolled.loc[half] = True
    ds.spending.loc[half | {"month": ds.month[11:]}] = 0
    mean = spending(ds, party="blue").lines[0].get_ydata()
    counted = 12 * ds.spending.sel(party="blue", run=slice(60, None)).mean("run")
    np.testing.assert_allclose(mean[11:], counted[11:], rtol=1e-5)
    assert mean[11] > 0


def test_a_ceiling_that_runs_drew_is_said_to_be_their_mean(simulate):
    ds = simulate(BUSY, "ensemble.vary=yes").ds
    ax = spending(ds, party="red")
    assert any("mean; 5 to 95 % of runs" in text for text in said(ax))
    assert ax.lines[1].get_ydata()[0] == pytest.approx(
        float(ds.budget_ceiling.sel(party="red").isel(month=0).mean())
    )


def test_means_and_errors_leave_out_what_does_not_count():
    mean, error = mean_and_error(np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]]))
    np.testing.assert_allclose(mean, [2.0, 5.0, np.nan])
    np.testing.assert_allclose(error, [1.0, 0.0, 0.0])


# China


def test_chinas_launchers_are_drawn_with_what_it_has_at_the_start(ds):
    ax = china_launchers(ds)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), ds.china_launchers.mean("run"))
    assert "at the start, 72" in said(ax)
    low, high = np.quantile(ds.china_launchers.isel(month=-1), [0.05, 0.95])
    assert any(f"5 to 95 % of runs\n(at the end, {low:,.0f} to {high:,.0f})" in text for text in said(ax))


def test_without_china_there_is_no_picture_of_it_but_a_sentence(simulate):
    with pytest.raises(UsageError, match="has no China"):
        china_launchers(simulate("months: 2"))


# Single runs


def test_thin_lines_stay_on_their_rungs_and_one_run_stands_out_where_it_was(ds):
    *thin, one = spaghetti(ds, region="north", run=7).lines[: MOST + 1]
    assert SPREAD < 0.5
    for run, line in enumerate(thin):
        assert (np.round(line.get_ydata()) == ds.rung.sel(region="north", run=run)).all()
    assert (one.get_ydata() == ds.rung.sel(region="north", run=7)).all()
    ax = spaghetti(ds)
    assert ax.get_ylim() == (-0.5, len(RUNGS) - 0.5)
    assert any("The first 100" in text for text in said(ax))
    assert "run 0" in said(ax)


@pytest.mark.parametrize("draw", [spaghetti, timeline])
def test_a_run_that_is_not_there_is_refused_with_those_that_are(ds, draw):
    with pytest.raises(UsageError, match="no run 12345 in these results; there are: 0 to 119"):
        draw(ds, run=12345)


@pytest.mark.parametrize("draw", [belief_against_truth, perceived_rungs, inspections, spending])
def test_a_party_that_is_not_there_is_refused(ds, draw):
    with pytest.raises(UsageError, match="has no party 'reds'; did you mean 'red'"):
        draw(ds, party="reds")


@pytest.mark.parametrize("run", [0, 5, 40])
def test_a_timeline_tells_or_counts_all_that_happened_and_no_label_covers_another(ds, run):
    ax = timeline(ds, run)
    ax.figure.draw_without_rendering()
    lines = [x for x in story(ds, run) if x.kind != "end" and not x.text.startswith("The world ")]
    told = [text for text in ax.texts if text.get_text() and hasattr(text, "xyann")]
    left_out = sum(
        int(label.get_text().split("and ")[1].removesuffix(" more").replace(",", ""))
        for label in ax.get_yticklabels()
        if label.get_text().endswith(" more")
    )
    assert len(told) + left_out == len(lines)
    assert len(told) > 10
    renderer, page = ax.figure.canvas.get_renderer(), ax.figure.bbox.padded(1)
    boxes = [text.get_window_extent(renderer) for text in (*told, *ax.get_yticklabels())]
    for k, box in enumerate(boxes):
        assert page.containsx(box.x0)
        assert page.containsx(box.x1)
        assert not any(box.overlaps(other) for other in boxes[k + 1 :])


@pytest.mark.parametrize(
    ("kind", "text", "lane"),
    [
        ("hidden", "In truth, Red hides 4 missiles, unannounced, in North; 4 hidden there now.", 0),
        ("announced", "4 missiles of Blue openly arrive in North; 4 there now.", 1),
        ("alarms", "Blue finds signs of hidden missiles in North; in truth, Red hides missiles there.", 1),
        ("visits", "Inspectors of Red (one visit) and Blue (2 visits) find nothing.", 2),
        ("visits", "Inspectors of Blue (2 visits) find nothing.", 1),
        ("ends", "The agreement 'm' ends: Blue believes that the other hides missiles there.", 2),
        ("crises", "A crisis begins.", 2),
        ("china", "China urges dialogue.", 3),
    ],
)
def test_a_happening_is_in_the_lane_of_whose_it_is(kind, text, lane):
    assert lane_of(Line("2020-01", kind, text), ["Red", "Blue"]) == lane


def test_a_label_leaves_out_what_its_lane_says():
    assert brief("In truth, Red hides 4 missiles, unannounced, in North; 4 hidden.", "Red") == (
        "Hides 4 missiles, unannounced, in North"
    )
    assert brief("4 missiles of Blue leave North; none there openly now.", "Blue") == "4 missiles leave North"
    assert brief("North climbs from 'restraint' to 'dispute'.", "both") == "North climbs to 'dispute'"
    assert text_width("Blue") < text_width("Blue Blue")


def test_lanes_share_the_room_there_is():
    assert shares([2, 3, 1], 20) == [2, 3, 1]
    assert sum(shares([20, 3, 9], 12)) == 12
    assert shares([20, 3, 9], 12)[1] == 3
    assert shares([5, 5], 1) == [1, 1]
