"""A results folder: whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from verifsim.errors import OutputError
from verifsim.store import Folder, interrupts_held

OLD = {"a.csv": b"old a", "b.csv": b"old b", "c.png": b"old c"}
NEW = {"a.csv": b"new a", "b.csv": b"new b"}


def _contents(files):
    return {name: lambda whole=whole: whole for name, whole in files.items()}


def _found(folder):
    """Every file below a folder, hidden ones too, with what is in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def old(tmp_path):
    """A folder with older results and a file of the user's."""
    folder = tmp_path / "results"
    with Folder(folder) as into:
        into.write(_contents(OLD))
    (folder / "my notes.txt").write_bytes(b"mine")
    return folder


def test_files_come_under_their_names_and_older_ones_give_way(old):
    with Folder(old) as into:
        into.write(_contents(NEW))
    assert _found(old) == OLD | NEW | {"my notes.txt": b"mine"}
    assert not [p for p in old.iterdir() if p.is_dir()]


def test_files_of_older_results_that_would_now_be_wrong_go(old):
    with Folder(old) as into:
        into.write(_contents(NEW), stale=["c.png", "never there.png"])
    assert _found(old) == NEW | {"my notes.txt": b"mine"}


def test_folders_are_made_as_deep_as_needed(tmp_path):
    with Folder(tmp_path / "a" / "b" / "c") as into:
        into.write(_contents(NEW))
    assert _found(tmp_path / "a" / "b" / "c") == NEW


def test_folders_made_for_nothing_are_removed_and_no_others(tmp_path):
    (tmp_path / "there before").mkdir()
    with pytest.raises(ZeroDivisionError), Folder(tmp_path / "there before" / "b" / "c"):
        _ = 1 / 0
    assert [p.name for p in tmp_path.rglob("*")] == ["there before"]


def test_a_file_where_the_folder_should_be_is_said_before_the_work(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(OutputError, match="cannot be written"), Folder(path):
            pytest.fail("the work began")
    assert _found(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_place_where_nothing_can_be_made_is_said(tmp_path):
    with (
        pytest.raises(OutputError, match=r"^/proc/nowhere/x: cannot be written \("),
        Folder(Path("/proc/nowhere/x")),
    ):
        pytest.fail("the work began")


def test_a_folder_that_takes_no_files_is_removed_again(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(OutputError, match="Permission denied"), Folder(tmp_path / "a" / "b"):
        pytest.fail("the work began")
    assert not (tmp_path / "a").exists()


def test_content_that_cannot_be_made_leaves_old_results_whole(old):
    before = _found(old)
    with pytest.raises(ZeroDivisionError), Folder(old) as into:
        into.write(_contents(NEW) | {"d.csv": lambda: bytes(1 // 0)})
    assert _found(old) == before


@pytest.mark.parametrize("nth", [1, 2])
def test_a_disk_that_fills_up_leaves_old_results_whole(nth, old, monkeypatch):
    before, written, usual = _found(old), [], Path.write_bytes

    def fill_up(path, whole):
        written.append(path)
        if len(written) < nth:
            return usual(path, whole)
        usual(path, whole[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    said = r"[ab]\.csv: cannot be written \(No space left on device\)"
    with pytest.raises(OutputError, match=said), Folder(old) as into:
        into.write(_contents(NEW))
    assert _found(old) == before


@pytest.mark.parametrize("name", ["a.csv", "b.csv", "c.png"])
def test_a_folder_in_the_place_of_a_file_leaves_everything_as_it_was(name, tmp_path):
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine").write_bytes(b"mine")
    (tmp_path / "a.csv" if name != "a.csv" else tmp_path / "b.csv").write_bytes(b"old")
    before = _found(tmp_path)
    with pytest.raises(OutputError, match=f"{name}: cannot be written"), Folder(tmp_path) as into:
        into.write(_contents(NEW), stale=["c.png"])
    assert _found(tmp_path) == before


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_move_that_fails_brings_old_results_back(nth, old, monkeypatch):
    before, moves, usual = _found(old), [], Path.rename

    def locked(path, to):
        moves.append(path)
        if len(moves) == nth:
            raise PermissionError(13, "Permission denied")
        return usual(path, to)

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(OutputError, match="Permission denied"), Folder(old) as into:
        into.write(_contents(NEW), stale=["c.png"])
    assert _found(old) == before


def test_an_interrupt_while_writing_leaves_old_results_whole(old):
    before, made = _found(old), []

    def interrupted():
        signal.raise_signal(signal.SIGINT)
        made.append("made to the end")
        return b"new"

    with pytest.raises(KeyboardInterrupt), Folder(old) as into:
        into.write({"a.csv": interrupted, "b.csv": lambda: pytest.fail("went on")})
    assert made, "the interrupt waits for what is being made"
    assert _found(old) == before


def test_an_interrupt_while_the_folder_is_made_leaves_nothing(tmp_path, monkeypatch):
    usual = tempfile.mkdtemp

    def interrupted(**keywords):
        signal.raise_signal(signal.SIGINT)
        return usual(**keywords)

    monkeypatch.setattr(tempfile, "mkdtemp", interrupted)
    with pytest.raises(KeyboardInterrupt), Folder(tmp_path / "a" / "b"):
        pytest.fail("the work began")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_files_are_moved_waits_until_all_are(old, monkeypatch):
    usual = Path.rename

    def interrupted(path, to):
        signal.raise_signal(signal.SIGINT)
        return usual(path, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), Folder(old) as into:
        into.write(_contents(NEW))
    assert _found(old) == OLD | NEW | {"my notes.txt": b"mine"}


def test_an_interrupt_during_the_work_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), Folder(tmp_path / "a" / "b"):
        signal.raise_signal(signal.SIGINT)
    assert not list(tmp_path.iterdir())


def test_whoever_ignores_interrupts_is_not_interrupted():
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts_held() as check:
            signal.raise_signal(signal.SIGINT)
            check()
    finally:
        signal.signal(signal.SIGINT, usual)


def test_an_interrupt_waits_for_a_good_moment_and_comes_once():
    with interrupts_held() as check:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            check()
        check()


def test_a_second_interrupt_can_be_let_through_at_once():
    steps = []

    def impatient():
        with interrupts_held(twice_is_now=True):
            for step in (1, 2, 3):
                steps.append(step)
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        impatient()
    assert steps == [1, 2]


def test_an_interrupt_is_not_lost_when_something_else_goes_wrong():
    def unlucky():
        with interrupts_held():
            signal.raise_signal(signal.SIGINT)
            _ = 1 / 0

    with pytest.raises(KeyboardInterrupt):
        unlucky()


def test_handling_of_interrupts_is_put_back():
    usual = signal.getsignal(signal.SIGINT)
    with interrupts_held():
        assert signal.getsignal(signal.SIGINT) is not usual
    assert signal.getsignal(signal.SIGINT) is usual


def test_a_folder_can_be_written_from_any_thread(tmp_path):
    def write():
        with Folder(tmp_path / "a") as into:
            into.write(_contents(NEW))

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert _found(tmp_path / "a") == NEW


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from verifsim.scenario import scenario_from
from verifsim import study
from verifsim.errors import OutputError

file = scenario_from({
    "title": "t", "start": "2020-11", "months": 60, "ensemble": {"runs": 300},
    "regions": {"here": {"title": "Here"}},
    "parties": {p: {"title": p, "doctrine": "hold_back"} for p in ("a", "b")},
})
done = study.run(file)
folder = Path(sys.argv[1])
old = done.save(folder / "old")
whole = {p.name: p.read_bytes() for p in old.iterdir()}
largest = max(len(w) for w in whole.values())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (0, 1, 700, 4096, 20_000, largest - 1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    for path in (old, folder / "new" / "deep"):
        try:
            done.save(path)
        except OutputError as error:
            print(limit, str(error).count("cannot be written (File too large)"))
assert {p.name: p.read_bytes() for p in old.iterdir()} == whole
assert [p.name for p in folder.iterdir()] == ["old"]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
done.save(old)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on file sizes")
def test_a_disk_that_takes_no_more_bytes_gives_a_sentence_and_leaves_nothing(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    limits = [line.split() for line in ran.stdout.splitlines()]
    assert len(limits) == 12, "every save was refused"
    assert all(count == "1" for _, count in limits)
