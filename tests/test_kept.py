"""Reduced results: what every run came to, sums by month, and the months of a sample."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import xarray as xr

import verifsim as vs
from tests.scenario.varying import busy, ranged
from verifsim import keeping, results
from verifsim.cli import main
from verifsim.comparing import compare
from verifsim.ensemble import many, simulate_ensemble
from verifsim.errors import UsageError
from verifsim.outcomes import reduced as reducing
from verifsim.outcomes.by_month import by_month
from verifsim.outcomes.first_moves import first_moves
from verifsim.plots import KINDS
from verifsim.plots.kinds import Of, drawn
from verifsim.report import html
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.scenario.load import scenario_from
from verifsim.study import Study

N, SAMPLE = 150, 30
TABLES = ("outcomes.csv", "summary.csv", "escalation.csv", "scenario.resolved.yaml")
SHIPPED = Path(__file__).parents[1] / "scenarios"


@pytest.fixture(scope="module", autouse=True)
def _few():
    """A sample of few runs."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (results, reducing, many, keeping):
            patch.setattr(module, "SAMPLE", SAMPLE)
        yield


def made(*, vary: bool = False, seed: int = 5, runs: int = N) -> ScenarioFile:
    """Talks, visits, hosts, exercises, China, crises that get out of control and several agreements."""
    data = ranged(busy()) if vary else busy()
    data["ensemble"] = {"runs": runs, "seed": seed, "vary": vary}
    return scenario_from(data)


@pytest.fixture(scope="module")
def file() -> ScenarioFile:
    return made()


@pytest.fixture(scope="module")
def whole(file) -> Study:
    return vs.run(file)


@pytest.fixture(scope="module")
def reduced(file) -> Study:
    return vs.run(file, keep="outcomes")


def tables(study: Study, folder: Path) -> dict[str, bytes]:
    study.save(folder, plot=False)
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.mark.parametrize("chunk", [1000, 150, 47, 13])
def test_tables_and_sentences_are_those_of_whole_results_however_runs_are_cut(chunk, file, whole, tmp_path):
    ds, failures = simulate_ensemble(file, chunk=chunk, keep="outcomes")
    assert not failures, failures[0].traceback
    study = Study(ds)
    assert tables(study, tmp_path / "reduced") == tables(whole, tmp_path / "whole")
    assert study.sentences() == whole.sentences()
    assert study.outcomes.equals(whole.outcomes)
    assert len(whole.outcomes.columns) > 70, "a scenario in which little happens would show little"


def test_an_outcome_that_speaks_of_what_is_there_in_one_run_alone_is_0_in_the_others(whole):
    lone = whole.ds.copy()
    here = {"party": "red", "region": "north", "month": lone.month[3]}
    lone["exercise"] = xr.zeros_like(lone.exercise)
    lone.exercise.loc[here | {"run": 77}] = True
    joiner = results.Joiner(N, SAMPLE)
    for first in range(0, N, 10):
        joiner.put(first, reducing.reduced(lone.isel(run=slice(first, first + 10))))
    columns = joiner.of_all(lone.run.values)
    months = columns["outcome.exercise_months.red.north"][1]
    assert (months == (lone.run == 77)).all()
    never = results.Joiner(N, SAMPLE)
    never.put(0, reducing.reduced(lone.assign(exercise=xr.zeros_like(lone.exercise))))
    assert not [name for name in never.of_all(lone.run.values) if "exercise_months" in name]


def test_the_sample_is_the_first_runs_of_the_whole_ensemble(whole, reduced):
    held = reduced.ds[list(results.VARIABLES)].drop_vars("every_run", errors="ignore")
    xr.testing.assert_equal(held, whole.ds[list(results.VARIABLES)].isel(run=slice(SAMPLE)))


def test_what_is_saved_is_what_is_loaded(reduced, tmp_path):
    again = vs.load(reduced.save(tmp_path, plot=False))
    xr.testing.assert_equal(again.ds, reduced.ds)
    assert tables(again, tmp_path / "again") == tables(reduced, tmp_path)
    assert again.sentences() == reduced.sentences()


def test_sums_by_month_are_those_of_whole_results(whole, reduced):
    xr.testing.assert_equal(by_month(reduced.ds), by_month(whole.ds))


def test_first_moves_are_those_of_whole_results(whole, reduced):
    for region in map(str, whole.ds.region.values):
        assert first_moves(reduced.ds, region).equals(first_moves(whole.ds, region))


def test_it_says_how_many_runs_there_are_and_how_many_it_holds(reduced, tmp_path):
    assert repr(reduced).startswith("<Study 'scenario': 150 runs of ")
    assert "(ds has every month of 30 of them)" in repr(reduced)
    assert (reduced.n_runs, reduced.is_reduced, reduced.ds.sizes["run"]) == (150, True, 30)
    said = reduced.metadata()
    assert (said["runs"], said["runs_month_by_month"]) == (150, 30)


def test_a_run_of_the_sample_has_a_story_and_any_other_a_sentence_that_says_how_to_see_it(whole, reduced):
    assert reduced.story(29) == whole.story(29)
    with pytest.raises(UsageError, match=r"the months of runs 0 to 29 alone.* --only-run 30"):
        reduced.story(30)
    with pytest.raises(UsageError, match="no run 150 in these results"):
        reduced.story(150)
    with pytest.raises(UsageError, match="there are 150; say story"):
        reduced.story()


def drawing(figure) -> list[object]:
    """What is drawn: the data of lines and areas, and all texts."""
    paths = [
        path.vertices.tolist() for ax in figure.axes for part in ax.collections for path in part.get_paths()
    ]
    lines = [line.get_xydata().tolist() for ax in figure.axes for line in ax.lines]
    return repr([paths, lines, [text.get_text() for ax in figure.axes for text in ax.texts]])  # nan is nan


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.of_all_runs], ids=lambda k: k.name)
def test_pictures_of_all_runs_are_those_of_whole_results(kind, whole, reduced):
    assert drawing(drawn(kind, reduced)) == drawing(drawn(kind, whole))


def test_the_overview_is_that_of_whole_results(whole, reduced):
    assert drawing(reduced.plot()) == drawing(whole.plot())


@pytest.mark.parametrize(
    "kind", [k for k in KINDS.values() if not k.of_all_runs and k.of is not Of.PAIRS], ids=lambda k: k.name
)
def test_every_other_picture_says_that_it_is_of_a_sample(kind, reduced):
    figure = drawn(kind, reduced)
    said = "\n".join(t.get_text() for ax in figure.axes for t in ax.texts)
    assert "a sample of 30 of 150 runs" in said or (kind.name == "spaghetti" and "150" in said), said


def test_a_comparison_is_that_of_whole_results(file, whole, reduced):
    other = made(seed=5, runs=120)
    against, reduced_against = vs.run(other), vs.run(other, keep="outcomes")
    found, wanted = compare(reduced, reduced_against), compare(whole, against)
    assert found.table().equals(wanted.table())
    assert found.first_moves().equals(wanted.first_moves())
    assert found.first_deployments().equals(wanted.first_deployments())
    assert found.sentences() == wanted.sentences()


def test_a_report_is_of_all_runs_and_says_which_pictures_are_not(reduced):
    page = html(reduced)
    assert "150 worlds" in page
    assert "n = 150 runs" in page
    assert "a sample of 30 of 150 runs" in page


def test_a_report_of_some_of_the_runs_is_refused_in_a_sentence(reduced):
    with pytest.raises(UsageError, match="give all scenarios as many runs"):
        html(reduced, vs.run(made(runs=120), keep="outcomes"))


def test_where_numbers_vary_spread_is_of_all_runs_and_drivers_are_of_the_sample(tmp_path):
    whole, reduced = (vs.run(made(vary=True, runs=80), keep=keep) for keep in ("trajectories", "outcomes"))
    assert tables(reduced, tmp_path / "reduced") == tables(whole, tmp_path / "whole")
    assert reduced.spread().equals(whole.spread())
    assert set(reduced.drivers("spending.red")["n"]) == {SAMPLE}
    xr.testing.assert_equal(reduced.ds.numbers, whole.ds.numbers.isel(run=slice(SAMPLE)))
    assert reduced.sentences()[:-1] == whole.sentences()[:-1]
    assert reduced.sentences()[-1].endswith("These are drivers in the first 30 worlds.")


def test_every_month_is_kept_unasked_up_to_a_size_and_outcomes_beyond(file, monkeypatch):
    each = keeping.months_in_memory(file.scenario)
    monkeypatch.setattr(keeping, "LARGEST", each * N)
    assert not vs.run(file).is_reduced
    monkeypatch.setattr(keeping, "LARGEST", each * N - 1)
    assert vs.run(file).is_reduced
    assert not vs.run(file, keep="trajectories").is_reduced


def test_the_size_is_what_months_take(file, whole):
    held = sum(whole.ds[name].nbytes for name in results.VARIABLES)
    assert keeping.months_in_memory(file.scenario) * N == pytest.approx(held, rel=0.05)


def test_what_cannot_be_kept_is_refused_in_a_sentence(file):
    with pytest.raises(UsageError, match="keep is trajectories, outcomes; given: 'all'"):
        vs.run(file, keep="all")
    with pytest.raises(UsageError, match="a run alone is kept month by month"):
        vs.run(file, keep="outcomes", only_run=3)


def test_where_the_sample_failed_others_take_its_place(file, whole, monkeypatch):
    def fails_first(scenario, first, *rest):
        if first == 0:
            raise RuntimeError("broken")
        return simulate(scenario, first, *rest)

    from verifsim.ensemble import work

    simulate = work.simulate
    monkeypatch.setattr(work, "simulate", fails_first)
    said = []
    ds, failures = simulate_ensemble(file, chunk=50, keep="outcomes", tell=said.append)
    assert said == ["the first runs failed: months are held of runs 50 to 79 in their place"]
    assert [(f.first, f.n_runs) for f in failures] == [(0, 50)]
    assert ds.run.values.tolist() == list(range(50, 50 + results.SAMPLE))
    for name in results.VARIABLES:
        xr.testing.assert_equal(ds[name], whole.ds[name].sel(run=ds.run))
    kept = range(50, N)
    assert Study(ds).outcomes.equals(whole.outcomes.loc[kept].reindex(columns=list(Study(ds).outcomes)))


def test_of_a_sample_with_gaps_no_month_is_made_up(file, whole, monkeypatch):
    from verifsim.ensemble import work

    simulate = work.simulate

    def failing(*chunks):
        def fail(scenario, first, *rest):
            if first in chunks:
                raise RuntimeError("broken")
            return simulate(scenario, first, *rest)

        monkeypatch.setattr(work, "simulate", fail)
        return simulate_ensemble(file, chunk=15, keep="outcomes")[0]

    assert failing(0, 45).run.values.tolist() == list(range(15, 30))
    ds = failing(0, 15, 45)  # nothing of the sample: the first that were finished, up to the next gap
    assert ds.run.values.tolist() == list(range(30, 45))
    for name in results.VARIABLES:
        xr.testing.assert_equal(ds[name], whole.ds[name].sel(run=ds.run))


def test_runs_that_failed_are_left_out(file, whole, monkeypatch):
    def fails_later(scenario, first, *rest):
        if first == 50:
            raise RuntimeError("broken")
        return simulate(scenario, first, *rest)

    from verifsim.ensemble import work

    simulate = work.simulate
    monkeypatch.setattr(work, "simulate", fails_later)
    ds, failures = simulate_ensemble(file, chunk=50, keep="outcomes")
    assert [(f.first, f.n_runs) for f in failures] == [(50, 50)]
    kept = [*range(50), *range(100, 150)]
    assert Study(ds).outcomes.equals(whole.outcomes.loc[kept].reindex(columns=list(Study(ds).outcomes)))


def test_chunks_that_are_kept_in_a_folder_give_the_same_again(file, reduced, tmp_path, monkeypatch):
    first, _ = simulate_ensemble(file, chunk=40, keep="outcomes", folder=tmp_path)
    said = []
    again, _ = simulate_ensemble(file, chunk=40, keep="outcomes", folder=tmp_path, tell=said.append)
    assert said == ["150 of 150 runs are kept from before; none is simulated again"]
    xr.testing.assert_identical(first, again)
    xr.testing.assert_equal(first, reduced.ds)


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return int(end.value.code or 0)


def test_what_is_kept_unasked_is_said_on_stderr(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keeping, "LARGEST", 1_000_000)
    scenario = SHIPPED / "moratorium.yaml"
    assert command("run", scenario, "-n", 60, "--no-plot") == 0
    said = capsys.readouterr()
    assert "every month of 60 runs takes 1 MB of memory: kept are outcomes of every run" in said.err
    assert "--keep trajectories keeps everything" in said.err
    assert "60 runs of 120 months" in said.out
    assert vs.load("results/moratorium").is_reduced
    assert command("run", scenario, "-n", 60, "--no-plot", "--keep", "trajectories") == 0
    assert "kept are" not in capsys.readouterr().err
    assert not vs.load("results/moratorium").is_reduced


def test_what_the_disk_has_no_room_for_is_refused_before_it_is_simulated(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    monkeypatch.setattr("verifsim.ensemble.work.simulate", lambda *a: pytest.fail("simulated all the same"))
    assert command("run", SHIPPED / "moratorium.yaml", "-n", 10_000, "--no-plot") == 1
    said = capsys.readouterr().err
    assert "results will take some" in said
    assert "there is room for 1 MB" in said
    for remedy in ("--keep outcomes", "-o", "-n"):
        assert remedy in said
    assert not Path("results").exists()
    assert command("run", SHIPPED / "moratorium.yaml", "-n", 10_000, "--no-plot", "--keep", "outcomes") == 1
    assert "--keep outcomes takes less" not in capsys.readouterr().err


def test_chunks_that_are_on_the_disk_already_need_no_room_on_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(many, "CHUNK", 40)
    scenario = load_scenario(SHIPPED / "moratorium.yaml", ["ensemble.runs=120"])
    needed = keeping.on_disk(scenario.scenario, "trajectories")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=needed - 1))
    run = ("run", SHIPPED / "moratorium.yaml", "-n", 120, "-q", "--no-plot")
    assert command(*run) == 1
    folder = Path("results/moratorium")
    simulate_ensemble(scenario, folder=folder)
    assert command(*run) == 0
    held = sum(path.stat().st_size for path in (folder / "chunks").iterdir())
    assert 0 < held == many.bytes_kept(scenario, folder)


MEASURED = """
import resource, sys
import verifsim as vs
vs.run(sys.argv[1], runs=int(sys.argv[2]), keep="outcomes").save(sys.argv[3], plot=False)
print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise there")
def test_a_run_more_takes_less_than_a_kilobyte_of_memory_writing_included(write, tmp_path):
    def most_memory(runs: int) -> int:
        call = [sys.executable, "-c", MEASURED, str(write()), str(runs), str(tmp_path / "out")]
        return int(subprocess.run(call, capture_output=True, check=True, text=True).stdout)

    fewer, more = 20_000, 80_000
    assert (most_memory(more) - most_memory(fewer)) / (more - fewer) < 700
