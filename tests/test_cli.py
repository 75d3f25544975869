"""The command line: what it prints, writes and returns, whatever happens."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from verifsim.cli import labour, main
from verifsim.cli.resuming import Part
from verifsim.ensemble import many, work
from verifsim.model.world import simulate as simulate_chunk
from verifsim.outcomes import OUTCOMES

SCENARIOS = Path(__file__).parents[1] / "scenarios"

FILES = {
    "results.nc",
    "outcomes.csv",
    "summary.csv",
    "escalation.csv",
    "escalation.png",
    "scenario.resolved.yaml",
    "metadata.json",
}

TINY = """
title: Кто первый, à la carte
question: Who is first?
start: 2020-11
months: 6
ensemble: {runs: 8, seed: 1}
regions:
  north: {title: North}
parties:
  red: {title: Red, doctrine: mirror}
  blue: {title: Blue, doctrine: forward_deploy}
doctrines:
  mirror: {patience: 0.5}
  forward_deploy: {missiles: 12}
programmes:
  r: {owner: red, title: R, stage: produced, missiles: 4, reserve: 2}
  b: {owner: blue, title: B, stage: produced, missiles: 6, a_year: 3, cost: 20, months_to_move: 1.5}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty folder to work in, with one scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def call(capsys):
    """Call the command line in this process: exit code, stdout and stderr."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return call


def start(*arguments, **environment):
    """Start the command line as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "verifsim", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment,
    )


def names(folder):
    return {p.name for p in Path(folder).iterdir()}


def test_a_run_prints_a_table_three_sentences_and_where_results_are(call):
    code, out, err = call("run", "tiny.yaml")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == ["Кто первый, à la carte", "Who is first?", "8 runs of 6 months, seed 1"]
    assert re.fullmatch(r"outcome +mean +± standard error +5 to 95 % of runs +unit +better", lines[4])
    table = lines[6 : lines.index("", 6)]
    headlines = [o.name for o in OUTCOMES if o.headline]
    assert {row.split()[0].split(".")[0] for row in table} <= set(headlines)
    assert lines[-6] == ""
    assert lines[-5].startswith("In ")
    assert lines[-4].startswith("First to deploy there")
    assert lines[-3].startswith("Counting every region")
    assert lines[-2:] == ["", f"Results are in {Path('results/tiny')}{os.sep}"]
    assert max(map(len, table)) < 120


def test_results_go_into_a_folder_named_after_the_file(call):
    assert call("run", "tiny.yaml", "-q") == (0, "", "")
    assert names("results") == {"tiny"}
    assert names("results/tiny") == FILES


def test_another_folder_can_be_chosen_and_files_in_it_are_kept(call):
    Path("mine/deep").mkdir(parents=True)
    Path("mine/notes.txt").write_text("mine")
    assert call("run", "tiny.yaml", "-q", "--no-plot", "-o", "mine")[0] == 0
    assert call("run", "tiny.yaml", "-q", "--output", "mine", "--seed", "5")[0] == 0
    assert names("mine") == FILES | {"notes.txt", "deep"}
    assert not Path("results").exists()


def test_several_files_get_one_folder_each(call):
    Path("other.yaml").write_text("extends: tiny.yaml\ntitle: Other\n")
    code, out, _ = call("run", "tiny.yaml", "other.yaml", "-o", "out")
    assert code == 0
    assert names("out") == {"tiny", "other"}
    assert names("out/tiny") == names("out/other") == FILES
    assert "\n\nOther\n" in out


def test_options_override_the_file(call):
    call(
        "run",
        "tiny.yaml",
        "-q",
        "-n",
        "3",
        "--seed",
        "9",
        "--set",
        "months=4",
        "--set",
        "doctrines.mirror.patience=1",
    )
    metadata = json.loads(Path("results/tiny/metadata.json").read_text(encoding="utf-8"))
    assert (metadata["runs"], metadata["seed"], metadata["months"]) == (3, 9, 4)
    resolved = Path("results/tiny/scenario.resolved.yaml").read_text(encoding="utf-8")
    assert re.search(r"patience: 1(\.0)?\n", resolved)


def test_running_the_resolved_file_gives_the_same_numbers(call):
    patience = "doctrines.mirror.patience=0.123456789012345"
    call("run", "tiny.yaml", "-q", "--no-plot", "-n", "5", "--set", patience)
    call("run", "results/tiny/scenario.resolved.yaml", "-q", "--no-plot", "-o", "again")
    for name in ("outcomes.csv", "summary.csv", "escalation.csv"):
        assert (Path("again") / name).read_bytes() == (Path("results/tiny") / name).read_bytes()


def test_tables_have_the_columns_they_should(call):
    call("run", "tiny.yaml", "-q", "--no-plot")

    def head(name):
        with (Path("results/tiny") / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        return rows[0], len(rows) - 1

    summary, _ = head("summary.csv")
    assert {"outcome", "mean", "standard_error", "q05", "q50", "q95", "unit", "better"} <= set(summary)
    outcomes, n_runs = head("outcomes.csv")
    assert outcomes[0] == "run"
    assert n_runs == 8
    escalation, n_rows = head("escalation.csv")
    assert escalation[:4] == ["month", "region", "mean_rung", "standard_error"]
    assert sum(c.startswith("at_or_above_") for c in escalation) == 7
    assert n_rows == 6 * 2


def test_json_is_all_there_is_on_stdout(call):
    code, out, err = call("run", "tiny.yaml", "--no-plot", "--json")
    assert (code, err) == (0, "")
    (said,) = json.loads(out)
    assert said["title"] == "Кто первый, à la carte"
    assert said["folder"] == str(Path("results/tiny"))
    peak = next(row for row in said["summary"] if row["outcome"] == "peak_rung")
    assert peak["better"] == "lower"
    assert {"mean", "standard_error", "q05", "q50", "q95", "unit"} <= set(peak)


def test_json_has_no_number_where_there_is_none(call):
    _, out, _ = call("run", "tiny.yaml", "--no-plot", "--json", "-n", "1")
    assert all(row["standard_error"] is None for row in json.loads(out)[0]["summary"])


def test_no_picture_if_none_is_wanted(call):
    assert call("run", "tiny.yaml", "-q", "--no-plot")[0] == 0
    assert names("results/tiny") == FILES - {"escalation.png"}


def test_one_run_alone_is_written_beside_the_others_and_said(call):
    code, out, err = call("run", "tiny.yaml", "--only-run", "3")
    assert (code, err) == (0, "")
    assert "run 3 alone, of 6 months, seed 1\n" in out
    assert names("results/tiny_run_3") == FILES
    with Path("results/tiny_run_3/outcomes.csv").open(encoding="utf-8") as file:
        (alone,) = csv.DictReader(file)
    call("run", "tiny.yaml", "-q", "-o", "all")
    with Path("all/outcomes.csv").open(encoding="utf-8") as file:
        assert [row for row in csv.DictReader(file) if row["run"] == "3"] == [alone]


def test_a_run_beyond_the_number_of_the_file_is_simulated_and_said(call):
    code, out, _ = call("run", "tiny.yaml", "--only-run", "11", "--no-plot")
    assert code == 0
    assert "run 11 alone, beyond the scenario's own 8 runs (0 to 7), of 6 months, seed 1\n" in out
    assert call("run", "tiny.yaml", "--only-run", "11", "-n", "3", "--trace")[0] == 0


def test_a_story_is_printed_and_nothing_written_unless_a_folder_is_named(call):
    code, out, err = call("run", "tiny.yaml", "--only-run", "3", "--trace")
    assert (code, err) == (0, "")
    head, story = out.split("\n\n")
    assert head.splitlines()[-1] == "run 3 alone, of 6 months, seed 1"
    lines = story.splitlines()
    assert all(re.match(r"20(20-1[12]|21-0[1-4]): [A-Z0-9].*\.$", line) for line in lines)
    assert "2020-11: Blue decides to deploy in North, by a plan of its own." in lines
    assert names(".") == {"tiny.yaml"}
    code, out, err = call("run", "tiny.yaml", "--only-run", "3", "--trace", "-o", "mine")
    assert out.endswith(f"\n\nResults are in mine{os.sep}\n")
    assert lines == out.split("\n\n")[1].splitlines()
    assert names("mine") == FILES


def test_several_files_tell_a_story_each(call):
    Path("other.yaml").write_text("extends: tiny.yaml\ntitle: Other\n")
    _, out, _ = call("run", "tiny.yaml", "other.yaml", "--only-run", "3", "--trace")
    assert out.count("run 3 alone, of 6 months") == 2
    assert "\n\nOther\n" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--trace"], "say which, e.g. --only-run 17"),
        (["--trace", "--only-run", "1", "-q"], "-q prints none"),
        (["--trace", "--only-run", "1", "--json"], "--json prints none"),
        (["--only-run", "-1"], "-1"),
        (["--only-run", "99999999999"], "up to 9,999,999"),
    ],
)
def test_a_run_or_a_story_that_cannot_be_is_exit_code_2(arguments, said, call):
    code, out, err = call("run", "tiny.yaml", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert names(".") == {"tiny.yaml"}


def test_what_is_shown_is_the_resolved_scenario(call):
    call("run", "tiny.yaml", "-q", "--no-plot", "--set", "months=4")
    code, out, err = call("show", "tiny.yaml", "--set", "months=4")
    assert (code, err) == (0, "")
    assert out == Path("results/tiny/scenario.resolved.yaml").read_text(encoding="utf-8")


def test_what_differs_from_the_parent_is_said_with_settings(call):
    Path("child.yaml").write_text("extends: tiny.yaml\ntitle: Child\ndoctrines: {mirror: {patience: 0.25}}\n")
    code, out, err = call("show", "child.yaml", "--diff", "--set", "months=4")
    assert (code, err) == (0, "")
    heading, blank, *lines = out.splitlines()
    assert (
        heading
        == "What differs in child.yaml (Child) from tiny.yaml (Кто первый, à la carte), which it extends:"
    )
    assert [line for line in (blank, *lines) if not line.startswith("    ")] == [
        "",
        "months: 4 instead of 6 (months)",
        "doctrines.mirror.patience: 0.25 instead of 0.5 (chance a month)",
    ]
    assert lines[1] == "    How many months are simulated."


def test_what_differs_from_any_other_file_is_said(call):
    Path("other.yaml").write_text(TINY.replace("months: 6", "months: 9"), encoding="utf-8")
    code, out, _ = call("show", "tiny.yaml", "--from", "other.yaml")
    assert code == 0
    assert "months: 6 instead of 9 (months)" in out
    same = call("show", "tiny.yaml", "--from", "tiny.yaml")[1]
    assert "tiny.yaml (Кто первый, à la carte) says the same as tiny.yaml" in same


def test_a_file_without_a_parent_says_so(call):
    assert call("show", "tiny.yaml", "--diff") == (
        0,
        "tiny.yaml extends no other file; name one to compare it with: --from OTHER\n",
        "",
    )


def test_a_file_that_cannot_be_shown_is_exit_code_3(call):
    for arguments in (
        ["nowhere.yaml"],
        ["tiny.yaml", "--from", "nowhere.yaml"],
        ["tiny.yaml", "--set", "x=1"],
    ):
        code, out, err = call("show", *arguments)
        assert (code, out) == (3, "")
        assert "Traceback" not in err


def test_a_new_file_is_written_once_and_what_to_type_next_works(call):
    code, out, err = call("new", "mine", "--extends", "tiny.yaml")
    assert (code, err) == (0, "")
    for line in out.splitlines():
        if line.startswith("  verifsim "):
            assert call(*line.split()[1:])[0] == 0
    assert call("new", "mine")[0] == 2
    assert call("new", "My question")[0] == 2


def test_copies_are_made_once_and_what_to_type_next_works(call, monkeypatch):
    code, out, err = call("init", "class")
    assert (code, err) == (0, "")
    typed = [line.split() for line in out.splitlines() if line.startswith("  ")]
    assert typed[0] == ["cd", "class"]
    monkeypatch.chdir("class")
    assert call(*typed[1][1:], "-n", "2", "--no-plot")[0] == 0
    assert call(*typed[2][1:])[0] == 0
    code, out, err = call("init", ".")
    assert (code, out) == (2, "")
    assert "README.md, scenarios/arms_race.yaml" in err


def test_validate_says_that_files_are_valid_and_writes_nothing(call):
    code, out, err = call("validate", "tiny.yaml")
    assert (code, out, err) == (0, "tiny.yaml: valid (Кто первый, à la carte)\n", "")
    assert names(".") == {"tiny.yaml"}


@pytest.mark.parametrize("command", ["run", "validate"])
def test_problems_of_all_files_are_said_at_once(command, call):
    Path("bad.yaml").write_text(TINY.replace("months: 6", "months: 0"), encoding="utf-8")
    Path("worse.yaml").write_text(TINY + "colour: red\n", encoding="utf-8")
    code, out, err = call(command, "bad.yaml", "tiny.yaml", "worse.yaml")
    assert (code, out) == (3, "")
    assert re.search(r"^bad\.yaml:\d+:\d+: months: ", err, re.MULTILINE)
    assert re.search(r"^worse\.yaml:\d+:\d+: colour: ", err, re.MULTILINE)
    assert err.endswith("2 problems; nothing was run or written\n")
    assert not Path("results").exists()


def test_settings_are_checked_like_the_file(call):
    code, _, err = call("run", "tiny.yaml", "--set", "monhts=3")
    assert code == 3
    assert "months" in err
    assert "1 problem; nothing" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "tiny.yaml", "-n", "0"],
        ["run", "tiny.yaml", "-n", "many"],
        ["run", "tiny.yaml", "--seed", "-1"],
        ["run", "tiny.yaml", "--colour"],
        ["run", "tiny.yaml", "./tiny.yaml"],
        ["walk"],
        ["list", "everything"],
    ],
    ids=" ".join,
)
def test_usage_that_is_off_is_exit_code_2(arguments, call):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err
    assert not Path("results").exists()


def test_a_folder_that_cannot_be_written_is_exit_code_1_before_the_work(call, monkeypatch):
    Path("file").write_text("mine")
    monkeypatch.setattr(work, "simulate", lambda *rest: pytest.fail("the work began"))
    for folder in ("file", "file/deeper"):
        code, out, err = call("run", "tiny.yaml", "-o", folder)
        assert (code, out) == (1, "")
        assert re.fullmatch(r"file\S*: cannot be written \(.+\); nothing was left half-written\n", err)
    assert names(".") == {"tiny.yaml", "file"}


def _failing(*bad):
    def simulate(inputs, first, n_runs, *rest):
        if first in bad:
            raise ZeroDivisionError("a doctrine went wrong")
        return simulate_chunk(inputs, first, n_runs, *rest)

    return simulate


def test_some_failed_runs_are_said_and_the_others_written(call, monkeypatch):
    monkeypatch.setattr(
        many.simulate_ensemble, "__kwdefaults__", many.simulate_ensemble.__kwdefaults__ | {"chunk": 2}
    )
    monkeypatch.setattr(work, "simulate", _failing(2, 6))
    code, out, err = call("run", "tiny.yaml")
    assert code == 4
    assert "tiny: runs 2 to 3, 6 to 7 failed:" in err
    assert err.count("ZeroDivisionError: a doctrine went wrong") == 1
    *_, how_many, again = err.splitlines()
    assert how_many == "tiny: 4 of 8 runs failed; the others were written"
    assert again.startswith("to simulate these alone, for the others are kept: verifsim run tiny.yaml -o ")
    assert "4 runs of 6 months" in out
    assert names("results/tiny") == FILES | {"chunks", "failures.txt"}
    recorded = Path("results/tiny/failures.txt").read_text(encoding="utf-8")
    assert recorded.startswith(f"To simulate these again: {again.partition('kept: ')[2]}\n")
    assert "Runs 6 to 7 failed:" in recorded
    with Path("results/tiny/outcomes.csv").open(encoding="utf-8") as file:
        assert [row["run"] for row in csv.DictReader(file)] == ["0", "1", "4", "5"]
    assert json.loads(Path("results/tiny/metadata.json").read_text(encoding="utf-8"))["failed_runs"] == 4


def test_the_command_that_is_named_simulates_what_failed_alone(call, monkeypatch):
    in_pieces = many.simulate_ensemble.__kwdefaults__ | {"chunk": 2}
    monkeypatch.setattr(many.simulate_ensemble, "__kwdefaults__", in_pieces)
    monkeypatch.setattr(work, "simulate", _failing(2, 6))
    _, _, err = call(
        "run", "tiny.yaml", "-n", "8", "--seed", "3", "--set", "months=5", "--no-plot", "-o", "a b"
    )
    again = shlex.split(err.splitlines()[-1].partition("kept: ")[2])
    seen = []

    def simulate(inputs, first, n_runs, *rest):
        seen.append((first, n_runs))
        return simulate_chunk(inputs, first, n_runs, *rest)

    monkeypatch.setattr(work, "simulate", simulate)
    code, out, err = call(*again[1:], "--no-plot")
    assert (code, seen) == (0, [(2, 2), (6, 2)])
    assert err == "tiny: 4 of 8 runs are kept from before; the other 4 are simulated\n"
    assert "8 runs of 5 months, seed 3" in out
    assert names("a b") == FILES - {"escalation.png"} | {"chunks"}


def _interrupting_at(at):
    def simulate(inputs, first, n_runs, *rest):
        if first == at:
            raise KeyboardInterrupt
        return simulate_chunk(inputs, first, n_runs, *rest)

    return simulate


def test_an_interrupt_says_how_many_runs_are_kept_and_counts_none_of_another_scenario(call, monkeypatch):
    in_pieces = many.simulate_ensemble.__kwdefaults__ | {"chunk": 2}
    monkeypatch.setattr(many.simulate_ensemble, "__kwdefaults__", in_pieces)
    assert call("run", "tiny.yaml", "--seed", "3", "--no-plot")[0] == 0
    monkeypatch.setattr(work, "simulate", _interrupting_at(0))
    code, _, err = call("run", "tiny.yaml", "--no-plot")
    assert (code, "kept" in err) == (130, False)
    monkeypatch.setattr(work, "simulate", _interrupting_at(6))
    _, _, err = call("run", "tiny.yaml", "--no-plot")
    assert err.startswith("tiny: 6 finished runs are kept in results/tiny/chunks; the same command goes on")


def test_a_second_interrupt_waits_until_it_is_said_what_is_kept(call, monkeypatch):
    in_pieces = many.simulate_ensemble.__kwdefaults__ | {"chunk": 2}
    monkeypatch.setattr(many.simulate_ensemble, "__kwdefaults__", in_pieces)
    monkeypatch.setattr(work, "simulate", _interrupting_at(6))
    kept = Part.n_kept

    def n_kept(part):
        n = kept(part)
        if n:
            signal.raise_signal(signal.SIGINT)
        return n

    monkeypatch.setattr(Part, "n_kept", n_kept)
    code, _, err = call("run", "tiny.yaml", "--no-plot")
    assert code == 130
    assert [line for line in err.splitlines() if line] == [
        "tiny: 6 finished runs are kept in results/tiny/chunks; the same command goes on from there",
        "interrupted; nothing was left half-written",
    ]


def test_an_interrupt_waits_until_a_sentence_is_said_and_the_bar_is_back(monkeypatch, capsys):
    steps = []

    @contextmanager
    def above_a_bar():
        steps.append("the bar is off")
        signal.raise_signal(signal.SIGINT)
        yield
        steps.append("the bar is back")

    monkeypatch.setattr(labour, "_above_a_bar", above_a_bar)
    with pytest.raises(KeyboardInterrupt):
        labour.telling("tiny", quiet=False)("something")
    assert steps == ["the bar is off", "the bar is back"]
    assert capsys.readouterr().err == "tiny: something\n"


def test_nobody_is_said_to_share_work_that_is_done(call, monkeypatch):
    in_pieces = many.simulate_ensemble.__kwdefaults__ | {"chunk": 2}
    monkeypatch.setattr(many.simulate_ensemble, "__kwdefaults__", in_pieces)
    assert call("run", "tiny.yaml", "--no-plot")[0] == 0
    monkeypatch.setattr("verifsim.ensemble.worth.WORTH_SHARING", 1e-9)
    monkeypatch.setattr("verifsim.ensemble.worth.LEAST", 1)
    monkeypatch.setattr("verifsim.ensemble.worth.n_cpus", lambda: 2)
    _, _, err = call("run", "tiny.yaml", "--no-plot")
    assert err == "tiny: 8 of 8 runs are kept from before; none is simulated again\n"


def test_no_run_finished_is_exit_code_1_and_leaves_nothing(call, monkeypatch):
    monkeypatch.setattr(work, "simulate", _failing(0))
    code, out, err = call("run", "tiny.yaml")
    assert (code, out) == (1, "")
    assert err == "tiny: no run could be finished (ZeroDivisionError: a doctrine went wrong)\n"
    assert not Path("results").exists()


def test_too_little_memory_is_a_sentence(call, monkeypatch):
    def no_room(*rest):
        raise MemoryError

    monkeypatch.setattr("verifsim.results.content", no_room)
    code, out, err = call("run", "tiny.yaml")
    assert (code, out, err) == (
        1,
        "",
        "not enough memory; fewer runs (-n) need less, and so does --keep outcomes\n",
    )
    assert not Path("results").exists()


@pytest.mark.parametrize("where", ["verifsim.ensemble.work.simulate", "verifsim.results.content"])
def test_an_interrupt_is_exit_code_130_and_leaves_nothing(where, call, monkeypatch):
    monkeypatch.setattr(where, lambda *rest: signal.raise_signal(signal.SIGINT) or b"")
    code, out, err = call("run", "tiny.yaml", "-o", "a/b/c")
    assert (code, out) == (130, "")
    assert err.strip() == "interrupted; nothing was left half-written"
    assert names(".") == {"tiny.yaml"}


def test_there_is_no_progress_bar_without_a_terminal(call):
    assert call("run", "tiny.yaml", "--no-plot")[2] == ""


def test_the_progress_bar_goes_to_a_terminal_and_can_be_switched_off(call, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = call("run", "tiny.yaml")
    assert code == 0
    assert "tiny:   0%" in err
    assert "tiny: " not in out
    assert call("run", "tiny.yaml", "--no-plot", "--no-progress")[2] == ""
    assert call("run", "tiny.yaml", "--no-plot", "-q")[1:] == ("", "")


def test_help_says_every_exit_code(call):
    for command in ([], ["run"], ["validate"], ["show"], ["new"], ["init"]):
        code, out, _ = call(*command, "--help")
        assert code == 0
        for line in (
            "0    done",
            "1    failure",
            "2    usage",
            "3    a scenario",
            "4    some",
            "130  interrupted",
        ):
            assert line in out


def test_lists_say_what_there_is(call):
    code, out, err = call("list", "outcomes")
    assert (code, err) == (0, "")
    assert all(re.search(rf"^{o.name}$", out, re.MULTILINE) for o in OUTCOMES)
    assert re.search(r"^mirror$", call("list", "doctrines")[1], re.MULTILINE)
    assert "moratorium.yaml" in call("list", "scenarios")[1]


def test_the_schema_is_json(call):
    code, out, err = call("schema")
    assert (code, err) == (0, "")
    assert json.loads(out)["properties"]["months"]


@pytest.mark.parametrize("command", [[], ["run"], ["list"], ["new"]], ids=str)
def test_help_imports_nothing_heavy(command):
    heavy = ("numpy", "scipy", "xarray", "matplotlib", "mesa", "pandas", "pydantic", "h5py", "ruamel", "tqdm")
    script = (
        "import sys; from verifsim.cli import main\n"
        f"try: main({[*command, '--help']!r})\n"
        f"except SystemExit: print('found', [m for m in {heavy!r} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "found []"


def test_a_console_that_lacks_letters_is_no_obstacle():
    out, err = start("run", "tiny.yaml", "--no-plot", PYTHONIOENCODING="cp1252").communicate()
    assert err == b""
    assert out.decode("cp1252").splitlines()[0] == "??? ??????, à la carte"
    title = json.loads(Path("results/tiny/metadata.json").read_text(encoding="utf-8"))["title"]
    assert title == "Кто первый, à la carte"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs POSIX locales")
def test_paths_with_spaces_and_accents_do_in_any_locale(here):
    folder = here / "mañana ça"
    folder.mkdir()
    (folder / "é ü.yaml").write_text(TINY, encoding="utf-8")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for i, locale in enumerate([ascii_only, {"LC_ALL": "C.UTF-8"}]):
        process = start("run", folder / "é ü.yaml", "-o", f"where é {i}", **locale)
        _, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
        metadata = json.loads((here / f"where é {i}" / "metadata.json").read_text(encoding="utf-8"))
        assert metadata["name"] == "é ü"


def test_a_reader_that_leaves_early_stops_no_work():
    Path("other.yaml").write_text("extends: tiny.yaml\n")
    process = start("run", "tiny.yaml", "other.yaml", "--no-plot")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0
    assert names("results/tiny") == names("results/other") == FILES - {"escalation.png"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_printed_is_exit_code_1():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "verifsim", "list", "doctrines"], stdout=full, stderr=subprocess.PIPE
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"standard output: cannot be written (")
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_during_the_simulation_leaves_nothing(here):
    process = start("run", "tiny.yaml", "-n", "1000000", "-j", "1", "--set", "months=240", "-o", "a/b")
    while process.poll() is None and not Path("a/b").exists():
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.strip().endswith(b"interrupted; nothing was left half-written")
    assert names(here) == {"tiny.yaml"}


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_while_results_are_written_leaves_old_ones_whole(here):
    start("run", "tiny.yaml", "-q", "-o", "a").communicate()
    before = {p.name: p.read_bytes() for p in Path("a").iterdir()}
    process = start("run", "tiny.yaml", "-n", "2500", "-o", "a")
    while process.poll() is None and not list(here.glob("a/.partial-*/results.nc")):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.strip() == b"interrupted; nothing was left half-written"
    assert {p.name: p.read_bytes() for p in Path("a").iterdir()} == before


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("seconds", [0.4, 1.0, 1.6, 2.2, 2.8])
def test_ctrl_c_at_any_time_leaves_all_or_nothing(seconds, here):
    process = start("run", "tiny.yaml", "-n", "3000", "-o", "a/b")
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert b"Traceback" not in err
    if not Path("a").exists():
        assert process.returncode == 130
        assert err.strip() == b"interrupted; nothing was left half-written"
    else:
        assert names("a/b") == FILES


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml"))[:1], ids=lambda path: path.stem)
def test_a_shipped_scenario_runs_from_end_to_end(path, call):
    code, out, err = call("run", path, "-n", "20")
    assert (code, err) == (0, "")
    assert "20 runs of" in out
    assert names(Path("results") / path.stem) == FILES


# Numbers that vary


VARIED = TINY.replace("patience: 0.5", "patience: {value: 0.5, range: [0.1, 0.9]}").replace(
    "runs: 8", "runs: 40"
)
DRAWN = {"drivers.csv", "drivers.png"}


@pytest.fixture
def ranged(here):
    """A scenario with a range."""
    (here / "ranged.yaml").write_text(VARIED, encoding="utf-8")
    return here


def test_vary_writes_drivers_and_says_how_much_numbers_matter(call, ranged):
    code, out, err = call("run", "ranged.yaml", "--vary")
    assert (code, err) == (0, "")
    assert "40 runs of 6 months, seed 1, with numbers drawn from their ranges" in out
    assert "spread due to numbers" in out[out.index("outcome ") :].splitlines()[0]
    assert re.search(r"months_without_deployment\.north .* \d+ % \(\d+ to \d+\)  months", out)
    assert "Each world drew its numbers from their ranges." in out
    assert {p.name for p in Path("results/ranged").iterdir()} == FILES | DRAWN


def test_without_vary_nothing_is_said_of_numbers(call, ranged):
    _, out, _ = call("run", "ranged.yaml")
    assert "spread due to numbers" not in out
    assert "from their ranges" not in out
    assert {p.name for p in Path("results/ranged").iterdir()} == FILES


def test_an_outcome_that_is_the_same_in_all_runs_has_an_empty_cell(call, ranged):
    _, out, _ = call("run", "ranged.yaml", "--vary", "--no-plot")
    (row,) = (line for line in out.splitlines() if line.startswith("missiles_at_end.blue "))
    assert "%" not in row
    assert "nan" not in out


def test_older_drivers_are_removed_where_nothing_varies_any_more(call, ranged):
    call("run", "ranged.yaml", "--vary", "-q")
    assert {p.name for p in Path("results/ranged").iterdir()} == FILES | DRAWN
    call("run", "ranged.yaml", "--vary", "-q", "--no-plot")
    assert {p.name for p in Path("results/ranged").iterdir()} == FILES - {"escalation.png"} | {"drivers.csv"}
    call("run", "ranged.yaml", "-q")
    assert {p.name for p in Path("results/ranged").iterdir()} == FILES


def test_quiet_and_json_hold_with_vary(call, ranged):
    assert call("run", "ranged.yaml", "--vary", "-q", "--no-plot")[1:] == ("", "")
    code, out, err = call("run", "ranged.yaml", "--vary", "--json", "--no-plot")
    (said,) = json.loads(out)
    assert (code, err, said["vary"]) == (0, "", True)
    rows = {row["outcome"]: row for row in said["summary"]}
    assert 0 <= rows["months_without_deployment.north"]["share_by_numbers"] <= 1
    assert rows["missiles_at_end.blue"]["share_by_numbers"] is None
    (said,) = json.loads(call("run", "ranged.yaml", "--json", "--no-plot")[1])
    assert "vary" not in said


def test_the_resolved_file_of_a_varied_run_gives_the_same_again(call, ranged):
    call("run", "ranged.yaml", "--vary", "-q", "--no-plot")
    call("run", "results/ranged/scenario.resolved.yaml", "-q", "--no-plot", "-o", "again")
    for name in ("outcomes.csv", "summary.csv", "drivers.csv"):
        assert Path("again", name).read_bytes() == Path("results/ranged", name).read_bytes()


def test_one_run_of_those_that_vary_is_the_same_alone_with_its_story(call, ranged):
    call("run", "ranged.yaml", "--vary", "-q", "--no-plot")
    rows = Path("results/ranged/outcomes.csv").read_text().splitlines()
    code, out, _ = call("run", "ranged.yaml", "--vary", "--only-run", "17", "--no-plot")
    assert code == 0
    assert "run 17 alone" in out
    assert "spread due to numbers" not in out
    of_all = dict(zip(rows[0].split(","), rows[18].split(","), strict=True))
    alone = [line.split(",") for line in Path("results/ranged_run_17/outcomes.csv").read_text().splitlines()]
    for name, value in zip(*alone, strict=True):
        assert of_all[name] == value, name
    assert "drivers.csv" not in {p.name for p in Path("results/ranged_run_17").iterdir()}
    assert call("run", "ranged.yaml", "--vary", "--only-run", "17", "--trace")[0] == 0


def test_vary_where_no_number_has_a_range_is_a_sentence(call):
    code, out, err = call("run", "tiny.yaml", "--vary")
    assert (code, out) == (3, "")
    assert "no number that anything depends on has a range to draw from" in err
    assert not Path("results").exists()
