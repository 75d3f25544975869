"""Whatever happens to the command or its machine, what was finished is kept, and nothing else is there."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import verifsim as vs
from tests.ensemble.conftest import LUCKY, chunks_in, csv_of, start
from verifsim.errors import OutputError
from verifsim.results import FILE_NAME
from verifsim.scenario import load_scenario

FILES = {
    "results.nc",
    "outcomes.csv",
    "summary.csv",
    "escalation.csv",
    "scenario.resolved.yaml",
    "metadata.json",
}

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")

MANY = ("-n", "30000", "--set", "months=24", "--no-plot", "-o", "out")
"""Three chunks for one process, four for two."""

FOUND = r"lucky: [\d,]+ of 30,000 runs are kept from before; .* simulated( again)?\n"
"""What a command says, and all it says, that goes on with what another has finished."""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What outcomes.csv is to be, with settings if wanted."""
    path, known = tmp_path_factory.mktemp("expected") / "lucky.yaml", {}
    path.write_text(LUCKY, encoding="utf-8")

    def expected(*settings):
        if settings not in known:
            known[settings] = csv_of(load_scenario(path, ["ensemble.runs=30000", "months=24", *settings]))
        return known[settings]

    return expected


@pytest.fixture
def here(lucky, monkeypatch):
    """The folder of the scenario, to work in."""
    monkeypatch.chdir(lucky.parent)
    return lucky.parent


def _until(happened, process):
    """Wait for something, or the end of a process."""
    for _ in range(6000):
        if happened() or process.poll() is not None:
            return
        time.sleep(0.01)
    pytest.fail("nothing happened in a minute")


def _begun(*options):
    """A command that has finished a chunk, and is at work on others."""
    process = start("run", "lucky.yaml", *MANY, *options)
    _until(lambda: any(name.endswith(".npz") for name in chunks_in("out")), process)
    assert process.poll() is None, process.communicate()
    return process


def _finished(*options):
    """What a command prints on stderr that must go well."""
    process = start("run", "lucky.yaml", *MANY, *options)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "30,000 runs of 24 months" in out
    return err


def chunk_runs(name):
    """How many runs a chunk has, by its name."""
    first, last = name.partition(".")[0].split("-")[1:]
    return int(last) - int(first) + 1


def _is_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _is_whole(here, outcomes):
    names = {path.name for path in (here / "out").iterdir()}
    assert names == FILES | {"chunks"}
    assert (here / "out" / "outcomes.csv").read_bytes() == outcomes
    assert all(name.startswith("runs-") for name in chunks_in("out"))


@posix
@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [("2", "1")])
def test_a_command_that_is_killed_goes_on_where_it_stopped_and_leaves_no_process(
    before, after, here, expected
):
    process = _begun("-j", before)
    process.kill()
    process.communicate()
    for _ in range(1000):
        if not _is_alive(process.pid):
            break
        time.sleep(0.01)
    assert not _is_alive(process.pid), "its workers go with it"
    assert {path.name for path in (here / "out").iterdir()} == {"chunks"}
    assert "runs are kept from before; the other " in _finished("-j", after)
    _is_whole(here, expected())


@posix
@pytest.mark.slow
@pytest.mark.parametrize(("times", "jobs"), [(1, "2"), (2, "1")])
def test_ctrl_c_keeps_what_was_finished_and_says_so(times, jobs, here, expected):
    process = _begun("-j", jobs)
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to workers too
        time.sleep(0.02)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    kept, interrupted = (line for line in err.splitlines() if line)
    n = sum(chunk_runs(name) for name in chunks_in("out"))
    where = Path("out/chunks")
    assert kept == f"lucky: {n:,} finished runs are kept in {where}; the same command goes on from there"
    assert interrupted == "interrupted; nothing was left half-written"
    assert {path.name for path in (here / "out").iterdir()} == {"chunks"}
    assert "runs are kept from before" in _finished("-j", "1")
    _is_whole(here, expected())


@posix
@pytest.mark.slow
@pytest.mark.parametrize("seconds", [2.0])
def test_ctrl_c_at_any_time_with_workers_leaves_all_or_finished_chunks(seconds, here, expected):
    process = start("run", "lucky.yaml", *MANY, "-j", "2")
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    if process.returncode == 0:
        _is_whole(here, expected())
    elif (here / "out").exists():
        assert {path.name for path in (here / "out").iterdir()} == {"chunks"}
        assert all(name.startswith("runs-") for name in chunks_in("out"))


SLOW_PIPE = """
import multiprocessing.connection, os, signal, sys, time
from verifsim.cli import main

usual, struck = multiprocessing.connection.Connection._recv, []

def recv(self, size, *rest):
    if size > 50_000:
        if not struck:
            struck.append(size)
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1.0)
    return usual(self, size, *rest)

if __name__ == "__main__":
    multiprocessing.connection.Connection._recv = recv
    try:
        main(sys.argv[1:])
    finally:
        assert struck
"""


@posix
@pytest.mark.slow
def test_ctrl_c_while_a_finished_chunk_is_on_its_way_ends_all(here):
    (here / "slow_pipe.py").write_text(SLOW_PIPE, encoding="utf-8")
    call = [sys.executable, "slow_pipe.py", "run", "lucky.yaml", *MANY, "-j", "2"]
    ended = subprocess.run(call, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert "Traceback" not in ended.stderr


@posix
@pytest.mark.slow
def test_a_scenario_that_changes_before_the_second_try_meets_no_chunk_of_the_first(here, expected):
    process = _begun("-j", "1")
    process.kill()
    process.communicate()
    old = set(chunks_in("out"))
    text = (here / "lucky.yaml").read_text(encoding="utf-8")
    (here / "lucky.yaml").write_text(text.replace("patience: 0.3", "patience: 0.2"), encoding="utf-8")
    assert "kept from before" not in _finished("-j", "1")
    _is_whole(here, expected("doctrines.mirror.patience=0.2"))
    assert expected("doctrines.mirror.patience=0.2") != expected()
    assert old < set(chunks_in("out")), "who was interrupted less than a day ago may yet go on"


@posix
@pytest.mark.slow
def test_two_commands_on_one_folder_at_once_both_end_with_whole_results(here, expected):
    both = [start("run", "lucky.yaml", *MANY, "-j", jobs) for jobs in ("1", "2")]
    for process in both:
        _, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        assert not err or re.fullmatch(FOUND, err), "who begins later finds what the other has done by then"
    _is_whole(here, expected())
    assert vs.load("out").ds.sizes["run"] == 30_000


def _full_at(n_bytes):
    """A disk that takes no file larger than so many bytes."""
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


@posix
@pytest.mark.slow
def test_a_full_disk_is_a_sentence_and_the_same_command_goes_on(here, expected):
    process = start("run", "lucky.yaml", *MANY, "-j", "1", preexec_fn=_full_at(5_000))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert "cannot be written (File too large); what was finished before is kept" in err
    assert err.count("\n") == 1
    assert not chunks_in("out")
    _finished("-j", "1")
    sizes = [path.stat().st_size for path in (here / "out" / "chunks").iterdir()]
    results = here / "out" / FILE_NAME
    assert max(sizes) < results.stat().st_size
    for path in (here / "out").iterdir():
        if path.is_file():
            path.unlink()
    process = start("run", "lucky.yaml", *MANY, "-j", "1", preexec_fn=_full_at(max(sizes)))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert f"{FILE_NAME}: cannot be written (File too large)" in err
    assert {path.name for path in (here / "out").iterdir()} == {"chunks"}
    assert "30,000 of 30,000 runs are kept from before; none is simulated again" in _finished("-j", "1")
    _is_whole(here, expected())


@posix
@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_costs_no_run(file):
    killed = []

    def kill_one(n):
        children = multiprocessing.active_children()
        if children and not killed and n:
            killed.append(children[0].pid)
            os.kill(children[0].pid, signal.SIGKILL)

    many = file("ensemble.runs=9000")
    assert csv_of(many, chunk=1000, jobs=2, progress=kill_one) == csv_of(many)
    assert killed


@pytest.mark.slow
def test_a_folder_that_is_a_file_is_said_before_any_process_is_started(here):
    (here / "out").write_text("mine")
    process = start("run", "lucky.yaml", *MANY, "-j", "2")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err == "out: cannot be written (a file is in its place); nothing was left half-written\n"
    assert (here / "out").read_text() == "mine"


def test_results_that_are_cut_short_anywhere_are_a_sentence(file, tmp_path):
    path = vs.run(file()).save(tmp_path / "out", plot=False) / FILE_NAME
    whole = path.read_bytes()
    for length in [0, 1, 7, 100, *range(512, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(OutputError, match="not a readable results file"):
            vs.load(path)
    path.write_bytes(whole)
    assert vs.load(path).ds.sizes["run"] == 40
