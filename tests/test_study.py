"""The Python interface: run, look, save, load."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import suppress
from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import verifsim as vs
from verifsim.ensemble import simulate_ensemble, work
from verifsim.errors import UsageError
from verifsim.model.world import simulate as simulate_chunk

FILES = {
    "results.nc",
    "outcomes.csv",
    "summary.csv",
    "escalation.csv",
    "escalation.png",
    "scenario.resolved.yaml",
    "metadata.json",
}

QUIET = """
title: Nobody ever deploys
start: 2020-11
months: 6
ensemble: {runs: 20, seed: 1}
regions:
  north: {title: North}
parties:
  red: {title: Red, doctrine: hold_back}
  blue: {title: Blue, doctrine: hold_back}
"""

LIVELY = """
title: Both move
question: Who is first?
start: 2020-11
months: 12
ensemble: {runs: 20, seed: 18446744073709551615}
regions:
  north: {title: North}
  south: {title: South}
parties:
  red: {title: Red, doctrine: mirror, pledge: {not_first_in: [north]}, new_missile_budget: 200.1}
  blue: {title: Blue, doctrine: forward_deploy}
doctrines:
  mirror: {patience: {value: 0.3, range: [0.1, 0.5], source: guess}}
  forward_deploy: {missiles: 12}
programmes:
  r: {owner: red, title: R, stage: produced, missiles: 4, a_year: 7.7, cost: 1.0e-7, reserve: 2}
  b: {owner: blue, title: B, stage: produced, missiles: 6, a_year: 3, cost: 20, months_to_move: 1.5}
watching: {battery_seen: 0.1, false_alarm: 0.123456789012345}
sources: {guess: a guess}
"""


@pytest.fixture
def lively(tmp_path):
    path = tmp_path / "lively.yaml"
    path.write_text(LIVELY, encoding="utf-8")
    return path


@pytest.fixture
def quiet(tmp_path):
    path = tmp_path / "quiet.yaml"
    path.write_text(QUIET, encoding="utf-8")
    return path


def test_a_study_has_data_outcomes_a_summary_and_a_picture(lively):
    study = vs.run(lively, runs=30, seed=1)
    assert study.ds.sizes["run"] == 30
    assert study.ds.attrs["seed"] == "1"
    assert study.name == "lively"
    assert study.outcomes.shape[0] == 30
    assert {"mean", "standard_error", "q05", "q50", "q95", "unit", "better"} <= set(study.summary())
    assert isinstance(study.plot(), Figure)
    assert len(study.sentences()) == 3
    assert set(study.headlines().index) < set(study.summary().index)


def test_runs_and_seed_are_those_of_the_file_if_not_said(lively):
    study = vs.run(lively)
    assert study.ds.sizes["run"] == 20
    assert study.metadata()["seed"] == 18446744073709551615


def test_more_runs_keep_the_runs_there_were(lively):
    few, many = vs.run(lively, runs=5).ds, vs.run(lively, runs=9).ds
    assert few.drop_attrs().identical(many.isel(run=slice(5)).drop_attrs())


def test_settings_are_checked_like_the_file(lively):
    assert vs.run(lively, settings={"months": 3, "watching.battery_seen": 0.5}).ds.sizes["month"] == 3
    with pytest.raises(vs.ScenarioError, match=r"watching\.battery_seen"):
        vs.run(lively, settings={"watching.battery_seen": 2})
    with pytest.raises(vs.ScenarioError, match="runs"):
        vs.run(lively, runs=0)


def test_numbers_of_numpy_are_numbers(lively):
    seen = {"watching.battery_seen": np.float32(0.5), "regions.north.title": "N"}
    ds = vs.run(lively, runs=np.int64(7), settings={"months": np.arange(4)[3], **seen}).ds
    assert (ds.sizes["run"], ds.sizes["month"]) == (7, 3)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("months=3", r"a dictionary of paths and values, e\.g\. .* \(given 'months=3'\)"),
        ({"start": date(2020, 1, 1)}, r"a file can say numbers, texts, .* \(given datetime.date"),
    ],
)
def test_settings_that_no_file_could_say_are_refused(settings, said, lively):
    with pytest.raises(UsageError, match=said):
        vs.run(lively, settings=settings)


def test_a_scenario_loaded_before_can_be_run_but_not_changed(lively):
    file = vs.load_scenario(lively)
    assert vs.run(file).ds.identical(vs.run(lively).ds)
    with pytest.raises(vs.VerifsimError, match="go with a file"):
        vs.run(file, runs=3)
    with pytest.raises(vs.VerifsimError, match="go with a file"):
        vs.run(file, vary=True)


def test_progress_is_told_in_run_months(lively):
    done = []
    vs.run(lively, progress=done.append)
    assert sum(done) == 20 * 12


def test_an_interrupt_that_a_library_would_swallow_still_stops_a_run(lively, monkeypatch):
    months = []

    def swallowing(inputs, first, n_runs, each_month, luck):
        def next_month():
            months.append(len(months))
            with suppress(KeyboardInterrupt):  # as numpy does where it looks up attributes
                signal.raise_signal(signal.SIGINT)
            each_month()

        return simulate_chunk(inputs, first, n_runs, next_month, luck)

    monkeypatch.setattr(work, "simulate", swallowing)
    with pytest.raises(KeyboardInterrupt):
        vs.run(lively)
    assert months == [0]


def test_all_files_are_written(lively, tmp_path):
    folder = vs.run(lively).save(tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == FILES


def test_no_picture_is_written_where_none_is_wanted_and_an_older_one_goes(lively, tmp_path):
    study = vs.run(lively)
    study.save(tmp_path / "out")
    (tmp_path / "out" / "mine.png").write_bytes(b"mine")
    study.save(tmp_path / "out", plot=False)
    assert {p.name for p in (tmp_path / "out").iterdir()} == FILES - {"escalation.png"} | {"mine.png"}


def test_the_tables_of_a_folder_are_those_of_the_study(lively, tmp_path):
    study = vs.run(lively)
    folder = study.save(tmp_path / "out", plot=False)
    outcomes = pd.read_csv(folder / "outcomes.csv", index_col="run")
    pd.testing.assert_frame_equal(outcomes, study.outcomes, check_dtype=False)
    summary = pd.read_csv(folder / "summary.csv", index_col="outcome")
    assert summary["mean"].tolist() == pytest.approx(study.summary()["mean"].tolist())
    escalation = pd.read_csv(folder / "escalation.csv")
    assert escalation["region"].unique().tolist() == ["world", "north", "south"]
    assert (folder / "escalation.png").exists() is False


def test_metadata_say_what_was_run(lively, tmp_path):
    folder = vs.run(lively).save(tmp_path / "out", plot=False)
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    assert (metadata["name"], metadata["title"]) == ("lively", "Both move")
    assert (metadata["runs"], metadata["months"], metadata["failed_runs"]) == (20, 12, 0)
    assert metadata["seed"] == 18446744073709551615
    assert metadata["verifsim_version"]
    assert len(metadata["sentences"]) == 3


def test_the_resolved_file_gives_the_same_numbers(lively, tmp_path):
    first = vs.run(lively, runs=7, settings={"months": 9})
    again = vs.run(first.save(tmp_path / "out", plot=False) / "scenario.resolved.yaml")
    assert again.ds.drop_attrs().identical(first.ds.drop_attrs())
    assert again.metadata()["seed"] == first.metadata()["seed"]
    third = vs.run(again.save(tmp_path / "again", plot=False) / "scenario.resolved.yaml")
    assert third.outcomes.equals(first.outcomes)


def test_a_loaded_study_is_a_study(lively, tmp_path):
    study = vs.run(lively)
    loaded = vs.load(study.save(tmp_path / "out", plot=False))
    assert loaded.ds.identical(study.ds)
    assert loaded.outcomes.equals(study.outcomes)
    assert loaded.sentences() == study.sentences()
    assert isinstance(loaded.plot(), Figure)


def test_a_study_shows_itself(lively):
    study = vs.run(lively)
    assert repr(study) == "<Study 'lively': 20 runs of 12 months; Both move>"
    assert "<table" in study._repr_html_()
    assert study.sentences()[0] in study._repr_html_()


def test_a_study_can_be_run_and_saved_in_a_thread(quiet, tmp_path):
    done = []
    thread = threading.Thread(target=lambda: done.append(vs.run(quiet).save(tmp_path / "out")))
    thread.start()
    thread.join()
    assert {p.name for p in done[0].iterdir()} == FILES


def _fail_in(*bad_chunks):
    """A simulation that fails in chunks that begin at some runs."""

    def simulate(inputs, first, n_runs, *rest):
        if first in bad_chunks:
            raise ZeroDivisionError("a doctrine went wrong")
        return simulate_chunk(inputs, first, n_runs, *rest)

    return simulate


def test_a_doctrine_that_fails_in_one_chunk_leaves_the_others(lively, tmp_path, monkeypatch):
    whole = vs.run(lively)
    monkeypatch.setattr(work, "simulate", _fail_in(8))
    ds, failures = simulate_ensemble(vs.load_scenario(lively), chunk=4)
    study = vs.Study(ds, tuple(failures))
    assert [(f.first, f.n_runs) for f in study.failures] == [(8, 4)]
    assert "a doctrine went wrong" in study.failures[0].traceback
    others = [run for run in range(20) if not 8 <= run < 12]
    assert study.ds.drop_attrs().identical(whole.ds.isel(run=others).drop_attrs())
    loaded = vs.load(study.save(tmp_path / "out"))
    assert loaded.ds.run.values.tolist() == others
    assert loaded.metadata()["failed_runs"] == study.metadata()["failed_runs"] == 4


def test_a_doctrine_that_fails_everywhere_is_an_error(lively, monkeypatch):
    monkeypatch.setattr(work, "simulate", _fail_in(0))
    with pytest.raises(vs.VerifsimError, match=r"no run could be finished .*a doctrine went wrong"):
        vs.run(lively)


BARE = {
    "nobody_deploys": {},
    "one_run": {"ensemble.runs": 1},
    "one_month": {"months": 1},
    "one_run_of_one_month": {"ensemble.runs": 1, "months": 1},
    "two_months": {"months": 2},
}


@pytest.mark.parametrize("settings", BARE.values(), ids=BARE)
@pytest.mark.parametrize("kind", ["quiet", "lively"])
def test_bare_scenarios_give_sentences_tables_and_a_picture(settings, kind, request, tmp_path):
    study = vs.run(request.getfixturevalue(kind), settings=settings)
    folder = study.save(tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == FILES
    assert all(s.endswith(".") and "nan" not in s for s in study.sentences())
    summary = pd.read_csv(folder / "summary.csv")
    assert summary["mean"].notna().all()
    assert np.isfinite(summary[["q05", "q50", "q95"]]).all(axis=None)
    assert summary["standard_error"].isna().all() == (study.ds.sizes["run"] == 1)


def test_a_picture_of_one_month_shows_its_rung(quiet):
    above, *_, below = vs.run(quiet, settings={"months": 1}).plot().axes
    assert above.collections[0].get_datalim(above.transData).width > 0
    assert above.get_xlim()[1] > above.get_xlim()[0]
    assert below.get_ylim() == (0.0, 1.0)


def test_any_title_can_be_drawn(quiet, tmp_path):
    titles = {
        "title": r"100 % of $5 \bad$ 导弹",
        "regions.north.title": r"$\worse$",
        "parties.red.title": "$x",
    }
    folder = vs.run(quiet, settings=titles).save(tmp_path / "out")
    assert (folder / "escalation.png").stat().st_size > 10_000
    assert vs.load(folder).ds.attrs["title"] == titles["title"]


def test_a_scenario_where_nobody_deploys_says_so(quiet):
    study = vs.run(quiet)
    assert study.sentences() == (
        "In 20 of 20 worlds nobody had deployed in North by April 2021 (the same in all 20 runs).",
        "Nobody was first to deploy in North.",
        "Counting every region, 0 of 20 worlds saw a deployment and the median world ended at 'restraint'; "
        "the highest rung seen, 'restraint', was reached in 20 of 20 worlds.",
    )
    assert "comes_back_down" not in study.outcomes
    assert "moratorium_months" not in study.outcomes


# Numbers that vary


def test_numbers_vary_where_that_is_asked_for(lively):
    study = vs.run(lively, runs=60, vary=True)
    assert study.varies
    assert study.has_twins
    assert study.ds.number.values.tolist() == ["doctrines.mirror.patience"]
    assert study.metadata()["vary"] is True
    stated = vs.run(lively, runs=60)
    assert not stated.varies
    assert "vary" not in stated.metadata()
    assert vs.run(lively, runs=60, vary=False).ds.identical(stated.ds)


def test_files_of_a_varied_study_have_drivers_and_a_tornado(lively, tmp_path):
    study = vs.run(lively, runs=60, vary=True)
    folder = study.save(tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == FILES | {"drivers.csv", "drivers.png"}
    table = pd.read_csv(folder / "summary.csv", index_col="outcome")
    assert table["share_by_numbers"].to_numpy() == pytest.approx(
        study.summary()["share_by_numbers"].to_numpy(), nan_ok=True
    )
    assert isinstance(study.plot_drivers(), Figure)
    study.save(folder, plot=False)
    assert {p.name for p in folder.iterdir()} == FILES - {"escalation.png"} | {"drivers.csv"}
    vs.run(lively).save(folder)
    assert {p.name for p in folder.iterdir()} == FILES


def test_a_varied_study_says_in_a_notebook_what_the_numbers_do(lively):
    assert "share_by_numbers" in vs.run(lively, runs=60, vary=True)._repr_html_()
    assert "share_by_numbers" not in vs.run(lively)._repr_html_()


def test_too_few_runs_to_rank_numbers_are_written_without_drivers(lively, tmp_path):
    folder = vs.run(lively, runs=5, vary=True).save(tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == FILES


def test_sentences_and_pictures_speak_of_the_region_in_question(lively, tmp_path, monkeypatch):
    """The file's first region is north; an agreement stands in the south."""
    settings = {
        "agreements.pact": {"binds": ["red", "blue"], "regions": ["south"], "from": "2020-11"},
        "parties.blue.doctrine": {"north": "forward_deploy", "south": "hold_back"},
        "doctrines.mirror.scope": "global",
        "programmes.r.reserve": 9,
    }
    study = vs.run(lively, runs=60, vary=True, settings=settings)
    assert "variance of months_without_deployment.south" in " ".join(study.sentences())
    drawn = study.plot_drivers().axes[0].get_title(loc="left")
    assert drawn == "What moves months_without_deployment.south"
    asked, draw = [], vs.Study.plot_drivers
    monkeypatch.setattr(
        vs.Study, "plot_drivers", lambda self, name=None: asked.append(name) or draw(self, name)
    )
    study.save(tmp_path / "out")
    assert asked == ["months_without_deployment.south"]
