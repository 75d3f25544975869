"""A real scheduler and two real workers, on this machine alone."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.ensemble.conftest import LUCKY, chunks_in, csv_of, start
from verifsim.errors import UsageError
from verifsim.scenario import load_scenario

pytestmark = pytest.mark.slow

MANY = ("-n", "40000", "--set", "months=24", "--no-plot", "-o", "out")


@pytest.fixture
def here(lucky, monkeypatch):
    monkeypatch.chdir(lucky.parent)
    return lucky.parent


def _dask(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def _at_work(folder):
    """A scheduler with two workers: its address, and the three processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    processes = [_dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    at_work = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(folder))
    processes += [_dask("worker", address, "--host", "127.0.0.1", *at_work) for _ in range(2)]
    try:
        yield address, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a scheduler with two workers that nobody kills."""
    with _at_work(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


@pytest.fixture
def mortal(tmp_path):
    """A scheduler with two workers, and all three may be killed."""
    with _at_work(tmp_path / "dask") as found:
        yield found


def _run(address, *options):
    process = start("run", "lucky.yaml", *MANY, "--scheduler", address, *options)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What outcomes.csv is to be."""
    path = tmp_path_factory.mktemp("outcomes") / "lucky.yaml"
    path.write_text(LUCKY, encoding="utf-8")
    return csv_of(load_scenario(path, ["ensemble.runs=40000", "months=24"]))


@pytest.fixture
def is_whole(here, outcomes):
    """Whether the command has written all outcomes."""
    return lambda: (here / "out" / "outcomes.csv").read_bytes() == outcomes


def _begun(address, *options):
    """A command that has finished a chunk, and is at work on others."""
    process = start("run", "lucky.yaml", *MANY, "--scheduler", address, *options)
    for _ in range(6000):
        if chunks_in("out") or process.poll() is not None:
            break
        time.sleep(0.01)
    assert process.poll() is None, process.communicate()
    return process


def test_two_workers_of_a_scheduler_give_the_same_bytes_as_one_process(scheduler, here, is_whole):
    code, _, err = _run(scheduler, "-j", "2")
    assert code == 0, err
    assert "encrypted" not in err
    assert len(chunks_in("out")) == 4
    assert is_whole()


def test_a_worker_that_is_killed_costs_no_run(mortal, here, is_whole):
    process = _begun(mortal[0], "-j", "2")
    mortal[1][1].send_signal(signal.SIGKILL)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert is_whole()


def test_a_scheduler_that_is_gone_is_a_sentence_and_the_same_command_goes_on_without(mortal, here, is_whole):
    process = _begun(mortal[0], "-j", "2")
    mortal[1][0].send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert re.search(
        r"^lucky: the scheduler is gone, or whatever executor did the work \(.+\)$", err.splitlines()[-1]
    )
    assert "Traceback" not in err
    again = start("run", "lucky.yaml", *MANY, "-j", "1")
    _, err = again.communicate(timeout=300)
    assert again.returncode == 0
    assert "are kept from before" in err
    assert is_whole()


def test_ctrl_c_lets_go_of_the_scheduler_and_keeps_what_was_finished(scheduler, here, is_whole):
    process = _begun(scheduler, "-j", "2")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "finished runs are kept in" in err
    code, _, err = _run(scheduler, "-j", "2")
    assert (code, "are kept from before" in err) == (0, True)
    assert is_whole()


def test_scenarios_are_compared_by_a_scheduler_as_by_one_process(scheduler, here):
    settings = ("--set", "months=12", "-n", "2000", "-q")
    (here / "other.yaml").write_text("extends: lucky.yaml\ndoctrines: {mirror: {patience: 0.1}}\n")
    for options in (["--scheduler", scheduler], ["-j", "1"]):
        folder = options[0].strip("-")
        process = start("compare", "lucky.yaml", "other.yaml", *settings, "-o", folder, *options)
        _, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, "")
    for name in ("comparison.csv", "first_moves.csv"):
        assert (here / "scheduler" / name).read_bytes() == (here / "j" / name).read_bytes()


def test_a_scheduler_of_this_machine_shows_itself_to_nobody_else(here, is_whole):
    code, _, err = _run("local", "-j", "2")
    assert code == 0, err
    (said,) = err.splitlines()
    assert re.search(r"http://127\.0\.0\.1:\d+/status", said)
    assert is_whole()
    metadata = json.loads((here / "out" / "metadata.json").read_text(encoding="utf-8"))
    assert metadata["failed_runs"] == 0


def test_ctrl_c_ends_a_scheduler_of_this_machine_and_its_workers(here):
    process = _begun("local", "-j", "2")
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_an_address_where_nobody_answers_is_a_sentence(here):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        code, out, err = _run(address)
    assert (code, out) == (UsageError.exit_code, "")
    assert err.startswith(f"--scheduler: no scheduler answers at {address} (")
    assert err.count("\n") == 1
    assert not (here / "out").exists()
