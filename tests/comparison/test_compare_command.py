"""``verifsim compare``: what it prints, writes and refuses."""

import csv
import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import verifsim as vs
from verifsim.cli import main
from verifsim.comparing import part_of
from verifsim.ensemble import many, work

ALARMS = """
watching: {false_alarm: 0.02}
doctrines: {mirror: {believes_above: 0.05}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, write):
    """An empty folder to work in, with two scenarios."""
    monkeypatch.chdir(tmp_path)
    write(ALARMS, name="many")
    write(ALARMS.replace("0.02", "0.005"), name="few")
    return tmp_path


@pytest.fixture
def call(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["compare", *map(str, arguments)])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return call


def test_it_prints_a_table_for_each_headline_and_sentences_and_writes_three_files(call):
    code, out, err = call("many.yaml", "few.yaml")
    assert (code, err) == (0, "")
    assert "months_without_deployment.north (months; higher is better; 200 pairs)\n  many" in out
    assert "differences were looked at" in out
    assert out.rstrip().endswith("Results are in results/comparison/")
    written = {path.name for path in Path("results/comparison").iterdir()}
    assert written == {"comparison.csv", "comparison.json", "comparison.png", "first_moves.csv"}
    assert "who is first to deploy in North, and why" in out


def test_the_csv_and_the_json_hold_the_table(call):
    call("many.yaml", "few.yaml", "-o", "out")
    table = vs.compare("many.yaml", "few.yaml").table()
    rows = list(csv.DictReader(Path("out/comparison.csv").read_text(encoding="utf-8").splitlines()))
    data = json.loads(Path("out/comparison.json").read_text(encoding="utf-8"))
    assert len(rows) == len(data["table"]) == len(table)
    assert [row["outcome"] for row in rows] == [row["outcome"] for row in data["table"]]
    assert float(rows[0]["low"]) == pytest.approx(table["low"].iloc[0])
    assert data["reference"] == "many"
    assert data["runs"] == 200


def test_json_is_all_there_is_on_stdout_and_quiet_says_nothing(call):
    assert json.loads(call("many.yaml", "few.yaml", "--json")[1])["sentences"]
    assert call("many.yaml", "few.yaml", "-q") == (0, "", "")


def test_files_and_folders_of_results_may_be_mixed(call):
    vs.run("few.yaml").save("results/few", plot=False)
    of_files, mixed = call("many.yaml", "few.yaml")[1], call("many.yaml", "results/few")[1]
    assert mixed.replace(", in place of earlier ones", "") == of_files


def test_options_choose_the_reference_the_runs_the_settings_and_the_outcomes(call):
    options = (
        "--reference",
        "few",
        "-n",
        40,
        "--seed",
        3,
        "--set",
        "months=12",
        "--outcome",
        "peak_rung",
        "--json",
    )
    data = json.loads(call("many.yaml", "few.yaml", *options)[1])
    assert (data["reference"], data["runs"]) == ("few", 40)
    assert [row["outcome"] for row in data["table"]] == ["peak_rung"]
    assert {side["seed"] for side in data["scenarios"].values()} == {3}
    assert {side["months"] for side in data["scenarios"].values()} == {12}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["many.yaml"], 2, "two scenarios or more"),
        (["many.yaml", "few.yaml", "--reference", "man"], 2, "did you mean 'many'?"),
        (["many.yaml", "few.yaml", "--outcome", "peak"], 2, "no outcome 'peak'"),
        (["many.yaml", "few.yaml", "-n", 1], 2, "not in the range x>=2"),
        (["many.yaml", "other.yaml"], 3, "other.yaml"),
        (["many.yaml", "empty"], 1, "no results here"),
        (["kept", "few.yaml", "--seed", 8], 2, "have seeds 7 and 8"),
        (["kept", "kept", "--seed", 8], 2, "all that are given are results"),
        (["kept", "kept", "--set", "months=3"], 2, "none is given as a file"),
        (["many.yaml", "few.yaml", "-o", "many.yaml"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_compared_is_a_sentence_and_leaves_nothing(arguments, code, said, call):
    Path("empty").mkdir()
    vs.run("many.yaml", runs=5).save("kept", plot=False)
    found = call(*arguments)
    assert found[0] == code
    assert said in found[2]
    assert "Traceback" not in found[2]
    assert not Path("results").exists()


def test_failed_runs_are_left_out_said_and_exit_code_4(call):
    study = vs.run("many.yaml")
    study.ds = study.ds.isel(run=slice(0, 150)).assign_attrs(failed_runs=50)
    study.save("some_failed", plot=False)
    code, out, _ = call("some_failed", "few.yaml")
    assert code == 4
    assert "50 runs of 'many' failed" in out
    assert "150 runs that all have" in out


def test_a_second_comparison_replaces_the_first(call):
    call("many.yaml", "few.yaml")
    assert "in place of earlier ones" in call("many.yaml", "few.yaml")[1]


def test_runs_grow_until_what_is_asked_for_is_known(call):
    code, out, _ = call("many.yaml", "few.yaml", "--until", "nobody_deployed.north=0.03", "--most-runs", 1000)
    assert code == 0
    assert "runs were simulated, at look" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--until", "peak_rung"], "OUTCOME=HALFWIDTH is wanted"),
        (["--until", "peak_rung=wide"], "OUTCOME=HALFWIDTH is wanted"),
        (["--until", "peak_rung=-1"], "above 0"),
        (["--until", "peak_rung=1", "-n", 5], "leave runs (-n) out"),
        (["--most-runs", 1000], "--most-runs goes with --until"),
    ],
)
def test_an_ensemble_that_is_to_grow_to_no_end_is_exit_code_2(arguments, said, call):
    code, _, err = call("many.yaml", "few.yaml", *arguments)
    assert code == 2
    assert said in err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a disk that takes any bytes as a name")
def test_names_that_are_no_text_have_a_question_mark(call):
    names = [os.fsdecode(b"caf\xe9.yaml"), os.fsdecode(b"th\xe9.yaml")]
    for name, of in zip(names, ("many.yaml", "few.yaml"), strict=True):
        Path(name).write_bytes(Path(of).read_bytes())
    code, out, err = call(*names, "-n", "10")
    assert (code, err) == (0, "")
    assert "caf\ufffd" in out


# large ensembles


@pytest.fixture
def simulated(monkeypatch):
    """Which runs are simulated, fifty at a time, by their first; and after how many fifties it is interrupted."""
    usual, found = work.simulate, SimpleNamespace(seen=[], stops_after=None)

    def simulate(inputs, first, n_runs, *rest):
        if len(found.seen) == found.stops_after:
            raise KeyboardInterrupt
        found.seen.append(first)
        return usual(inputs, first, n_runs, *rest)

    in_pieces = many.simulate_ensemble.__kwdefaults__ | {"chunk": 50}
    monkeypatch.setattr(many.simulate_ensemble, "__kwdefaults__", in_pieces)
    monkeypatch.setattr(work, "simulate", simulate)
    return found


def test_what_was_finished_before_an_interrupt_is_not_simulated_again(call, simulated):
    call("many.yaml", "few.yaml", "-n", "200", "-o", "whole")
    simulated.seen.clear()
    simulated.stops_after = 6
    code, out, err = call("many.yaml", "few.yaml", "-n", "200", "-o", "out")
    assert (code, out) == (130, "")
    assert err.startswith("300 finished runs are kept in out/parts; the same command goes on from there\n")
    assert sorted(path.name for path in Path("out", "parts").iterdir()) == ["few", "many"]
    simulated.stops_after = None
    code, _, err = call("many.yaml", "few.yaml", "-n", "200", "-o", "out")
    assert (code, simulated.seen[6:]) == (0, [100, 150])
    assert err.splitlines() == [
        "many: 200 of 200 runs are kept from before; none is simulated again",
        "few: 100 of 200 runs are kept from before; the other 100 are simulated",
    ]
    for name in ("comparison.csv", "first_moves.csv"):
        assert Path("out", name).read_bytes() == Path("whole", name).read_bytes()


def test_a_comparison_that_grows_keeps_no_parts(call, simulated):
    code, _, err = call("many.yaml", "few.yaml", "--until", "nobody_deployed=0.0001", "--most-runs", "600")
    assert (code, err) == (0, "")
    assert not Path("results/comparison/parts").exists()


def test_what_the_disk_has_no_room_for_is_said_before_it_is_simulated(call, simulated, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000))
    code, out, err = call("many.yaml", "few.yaml", "-n", "20000")
    assert (code, out, simulated.seen) == (1, "", [])
    assert "-o puts it elsewhere, and fewer runs (-n) take less" in err
    assert not Path("results").exists()
    assert call("many.yaml", "few.yaml", "-n", "2")[0] == 0


NAMES = [
    "a_b",
    "a.b",
    "../up",
    "a/b",
    "comparison.csv",
    "x with a.b=[1, 2]; c=3",
    "漢" * 300,
    "漢" * 301,
    "..",
]


def test_parts_of_scenarios_of_any_names_stay_within_the_folder_and_apart(tmp_path):
    parts = [part_of(tmp_path, name) for name in NAMES]
    assert {part.parent for part in parts} == {tmp_path / "parts"}
    assert len({part.name for part in parts} - {"", ".", ".."}) == len(NAMES)
    for part in parts:
        part.mkdir(parents=True)
