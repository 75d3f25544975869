"""Scenarios side by side: what is compared, what is refused, and what is said."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import verifsim as vs
from verifsim.comparison.sides import check_alike
from verifsim.comparison.table import simultaneous
from verifsim.errors import ScenarioError, UsageError

HOLDS_BACK = "parties: {red: {doctrine: hold_back}}"
ALARMS = """
watching: {false_alarm: 0.02, battery_seen: {value: 0.5, range: [0.2, 0.6], source: assumption}}
doctrines: {mirror: {believes_above: 0.05}}
"""
FEWER = ALARMS.replace("0.02", "0.005")


@pytest.fixture
def two(write):
    return write(ALARMS, name="many_alarms"), write(FEWER, name="few_alarms")


def test_files_loaded_scenarios_studies_and_folders_give_the_same_comparison(two, tmp_path):
    of_files = vs.compare(*two)
    study = vs.run(two[1])
    study.save(tmp_path / "few_alarms", plot=False)
    for given in (
        vs.load_scenario(two[1]),
        study,
        tmp_path / "few_alarms",
        tmp_path / "few_alarms" / "results.nc",
    ):
        pd.testing.assert_frame_equal(vs.compare(two[0], given).table(), of_files.table())


def test_the_first_is_the_reference_unless_another_is_named(two):
    assert vs.compare(*two).scenarios == ("many_alarms", "few_alarms")
    assert vs.compare(*two, reference="few_alarms").scenarios == ("few_alarms", "many_alarms")
    with pytest.raises(UsageError, match=r"no scenario 'few_alarm'; did you mean 'few_alarms'\?"):
        vs.compare(*two, reference="few_alarm")


def test_a_difference_is_that_of_the_two_values_in_a_row(two):
    table = vs.compare(*two, outcomes=["nobody_deployed", "brier_score"]).table()
    assert table["difference"].to_numpy() == pytest.approx((table["value"] - table["reference"]).to_numpy())
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()
    assert table[["chance_better", "chance_same", "chance_worse"]].sum(axis=1).to_numpy() == pytest.approx(
        1.0
    )


def test_fewer_false_alarms_are_found_to_be_better_beyond_chance(two):
    row = vs.compare(*two).table().loc["few_alarms", "months_without_deployment.north"]
    assert row["beyond_chance"]
    assert row["low"] > 0
    assert row["chance_better"] > row["chance_worse"]


def test_doing_better_means_less_where_less_is_better(two):
    cmp = vs.compare(*two, outcomes=["peak_rung"])
    row = cmp.table().loc["few_alarms", "peak_rung"]
    assert row["difference"] < 0
    assert row["chance_better"] > row["chance_worse"]


def test_a_scenario_compared_with_itself_differs_by_exactly_0_and_a_sentence_warns(two):
    cmp = vs.compare(two[0], two[0], outcomes=None)
    assert cmp.scenarios == ("many_alarms", "many_alarms (2)")
    assert (cmp.table()[["difference", "low", "high", "differ"]] == 0).all(axis=None)
    assert "one scenario under two names" in cmp.sentences()[0]


def test_files_whose_difference_never_comes_into_play_are_said_to_give_the_same_runs(write):
    calm = write(HOLDS_BACK, name="calm")
    unused = write(HOLDS_BACK + "\nchina: {title: Jade, region: south}", name="unused")
    assert "what differs in them never came into play" in vs.compare(calm, unused).sentences()[0]


def test_settings_tell_results_of_one_file_apart(two):
    often = vs.run(two[0], settings={"watching.false_alarm": 0.1})
    assert vs.compare(two[0], often).scenarios == ("many_alarms", "many_alarms with watching.false_alarm=0.1")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ensemble.seed": 8}, "'many_alarms' and 'few_alarms' have seeds 7 and 8"),
        ({"months": 12}, "'many_alarms' and 'few_alarms' have horizons of 24 and 12"),
        ({"start": "2020-02"}, "'many_alarms' and 'few_alarms' start in 2020-01 and 2020-02"),
    ],
)
def test_runs_that_are_no_pairs_are_refused_before_any_is_simulated(settings, said, two, monkeypatch):
    other = vs.load_scenario(two[1], [f"{path}={value}" for path, value in settings.items()])
    monkeypatch.setattr("verifsim.comparing.carrying_out.run", None)
    with pytest.raises(UsageError, match=said):
        vs.compare(two[0], other)


def test_all_that_stands_against_a_comparison_is_said_at_once(two):
    other = vs.run(two[1], seed=9, settings={"months": 12}, runs=5)
    other.ds.attrs["verifsim_version"] = "0.0.1"
    with pytest.raises(UsageError) as caught:
        vs.compare(two[0], other)
    assert len(str(caught.value).splitlines()) == 3
    assert "were run by versions" in str(caught.value)


def test_what_is_wrong_with_all_files_is_said_at_once(write):
    bad = [write("nonsense: 1", name="one"), write("months: none", name="two")]
    with pytest.raises(ScenarioError) as caught:
        vs.compare(*bad)
    assert {problem.file.rpartition("/")[2] for problem in caught.value.problems} == {"one.yaml", "two.yaml"}


def test_one_scenario_is_no_comparison(two):
    with pytest.raises(UsageError, match="two scenarios or more"):
        vs.compare(two[0])


def test_an_unknown_outcome_is_refused_before_any_run_with_what_was_meant(two, monkeypatch):
    monkeypatch.setattr("verifsim.comparing.carrying_out.run", None)
    with pytest.raises(UsageError, match=r"no outcome 'peak_rang'; did you mean 'peak_rung'\?"):
        vs.compare(*two, outcomes=["peak_rang"])


def test_an_outcome_of_a_region_that_is_not_there_is_refused(two):
    with pytest.raises(UsageError, match=r"no outcome 'nobody_deployed\.nord'"):
        vs.compare(*two, outcomes=["nobody_deployed.nord"])


def test_different_numbers_of_runs_are_compared_over_those_in_common_and_that_is_said(two):
    cmp = vs.compare(vs.run(two[0], runs=50), vs.run(two[1], runs=80))
    assert cmp.n == 50
    assert cmp.sentences()[0].startswith("Compared over the 50 runs that all have")


def test_runs_chosen_here_hold_for_files_and_results_alike(two):
    assert vs.compare(vs.run(two[0], runs=50), vs.load_scenario(two[1]), runs=30, seed=7).n == 30


def test_too_few_runs_are_refused(two):
    with pytest.raises(UsageError, match="needs two runs; given: 1"):
        vs.compare(*two, runs=1)
    with pytest.raises(UsageError, match="two runs that all have"):
        vs.compare(vs.run(two[0], runs=1), vs.run(two[1], runs=1))


def test_regions_that_differ_are_left_out_and_said(write, two):
    east = write(FEWER + "\nregions: {east: {title: East}}", name="with_east")
    cmp = vs.compare(two[0], east)
    assert any("differ in regions: east left out" in note for note in cmp.notes)
    assert not any(name.endswith(".east") for _, name in cmp.table().index)


def test_one_scenario_alone_against_the_reference_is_judged_alone(two, write):
    third = write(ALARMS.replace("0.02", "0.01"), name="some_alarms")
    cmp = vs.compare(*two, third)
    alone = cmp["some_alarms"]
    assert alone.scenarios == ("many_alarms", "some_alarms")
    assert len(alone.table()) == len(cmp.table()) / 2
    with pytest.raises(UsageError, match="no scenario 'other' against 'many_alarms'"):
        cmp["other"]


def test_with_many_outcomes_fewer_are_beyond_chance_than_outside_their_own_interval():
    assert simultaneous(1) == 0.95
    assert simultaneous(10) == 0.995


def test_means_of_which_few_pairs_differ_are_never_beyond_chance(write):
    cmp = vs.compare(write(HOLDS_BACK, name="calm"), write(ALARMS.replace("0.02", "0.00002"), name="rare"))
    few = cmp.table()[cmp.table()["too_few"]]
    assert not few["beyond_chance"].any()


def test_sentences_say_how_many_were_looked_at_and_what_is_ruled_out(write):
    cmp = vs.compare(write(ALARMS, name="alarms"), write(ALARMS.replace("0.02", "0.0201"), name="as_many"))
    said = "\n".join(cmp.sentences())
    assert f"{len(cmp.table())} differences were looked at" in said
    assert "is ruled out" in said
    assert "nan" not in said


def test_with_drawn_numbers_pairs_are_right_too(two):
    cmp = vs.compare(*two, settings={"ensemble.vary": True}, runs=40)
    assert cmp.n == 40
    assert all(side.varies for side in cmp.sides)


def test_drawn_numbers_against_stated_ones_are_warned_of(two):
    cmp = vs.compare(two[0], vs.run(two[1], settings={"ensemble.vary": True}))
    assert any("a difference is also one of numbers" in note for note in cmp.notes)


def test_first_deployments_and_first_moves_add_up(two):
    cmp = vs.compare(*two)
    last = cmp.first_deployments("north").groupby("scenario").last()["share"]
    moved = cmp.first_moves("north").groupby("scenario")["share"].sum()
    assert (last + moved).to_numpy() == pytest.approx(np.ones(2))
    with pytest.raises(UsageError, match="no region 'nord'"):
        cmp.first_moves("nord")


def test_where_nobody_ever_moves_there_are_no_first_moves(write):
    calm, still = write(HOLDS_BACK, name="calm"), write(HOLDS_BACK + "\ntrust: {}", name="still")
    assert vs.compare(calm, still).first_moves().empty


def test_quantiles_are_compared_on_demand(two):
    quantiles = vs.compare(*two).quantiles("months_without_deployment.north")
    assert list(quantiles.loc["few_alarms"].index) == ["q05", "q50", "q95"]
    with pytest.raises(UsageError, match="stands for several"):
        vs.compare(*two).quantiles("months_without_deployment")


def test_it_shows_itself_shortly_and_richly(two):
    cmp = vs.compare(*two, outcomes=["peak_rung"])
    assert repr(cmp) == "<Comparison of 'few_alarms' with 'many_alarms': 200 runs, 1 outcome>"
    html = cmp._repr_html_()
    assert "<table" in html
    assert "peak_rung" in html


def test_the_picture_names_every_outcome_that_differs_and_what_it_is_against(two):
    (ax,) = vs.compare(*two, outcomes=["peak_rung", "nobody_deployed"]).plot().axes
    said = " ".join([ax.get_title(loc="left"), *(text.get_text() for text in ax.texts)])
    for what in ("many_alarms", "few_alarms", "peak_rung", "nobody_deployed.north"):
        assert what in said


def test_a_comparison_in_which_nothing_differs_has_a_picture_all_the_same(two):
    assert vs.compare(two[0], two[0]).plot().axes


def test_frames_that_are_alike_pass(two):
    sides = vs.compare(*two).sides
    check_alike([side.frame for side in sides])


def test_what_answers_a_question_comes_first_is_marked_and_told_in_full(write):
    asked = "answered_by: [peak_rung, crises]\n"
    one, other = write(ALARMS, name="one"), write(asked + ALARMS.replace("0.02", "0.005"), name="other")
    found = vs.compare(one, other)
    table = found.table()
    outcomes = list(table.index.get_level_values("outcome"))
    assert outcomes[:3] == ["months_without_deployment.north", "peak_rung", "crises"]
    assert table.index[table["asked"]].get_level_values("outcome").tolist() == ["peak_rung", "crises"]
    assert any("peak_rung is" in said for said in found.sentences())
    assert not vs.compare(one, other, outcomes=["spending"]).table()["asked"].any()


def test_an_answer_that_is_no_outcome_is_refused_before_anything_runs(write):
    wrong = write("answered_by: [peak_run, peak_rung.mars]\n", name="wrong")
    for ask in (lambda: vs.compare(wrong, wrong), lambda: vs.run(wrong)):
        with pytest.raises(vs.ScenarioError) as error:
            ask()
        assert "wrong.yaml: answered_by: no outcome 'peak_run'; did you mean 'peak_rung'?" in str(error.value)
        assert "'peak_rung.mars' ends in no party or region; there are: blue, north, red" in str(error.value)


def test_results_are_compared_without_mesa_and_without_the_model(write, tmp_path):
    for name in ("one", "other"):
        vs.run(write(ALARMS, name=name), runs=20).save(tmp_path / name, plot=False)
    code = (
        "import sys, verifsim\n"
        f"found = verifsim.compare({str(tmp_path / 'one')!r}, {str(tmp_path / 'other')!r})\n"
        "found.table(), found.sentences(), found.first_moves()\n"
        "sys.exit(any(name.split('.')[:2] in (['mesa'], ['verifsim', 'model']) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_cannot_be_compared_is_a_sentence(two, tmp_path):
    for arguments, said in (
        ({"outcomes": []}, "no outcome to look at"),
        ({"runs": -5}, "needs two runs; given: -5"),
        ({"most_runs": 100}, "goes with until"),
    ):
        with pytest.raises(UsageError, match=said):
            vs.compare(*two, **arguments)
    with pytest.raises(vs.VerifsimError, match="no results here"):
        vs.compare(two[0], tmp_path / "nothing")
