"""Finished chunks: what was simulated once is not simulated again, and nothing stale or damaged is used."""

from __future__ import annotations

import os
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import verifsim as vs
from tests.ensemble.conftest import chunks_in, csv_of
from verifsim.doctrines import Decision, Doctrine, Reason
from verifsim.doctrines.plugins import GROUP, installed
from verifsim.ensemble import Job, key, simulate_ensemble, work
from verifsim.ensemble.kept import Kept
from verifsim.ensemble.key import key_of
from verifsim.ensemble.packing import DamagedError, packed, unpacked
from verifsim.ensemble.work import Chunk
from verifsim.errors import OutputError
from verifsim.scenario import load_scenario
from verifsim.scenario.vary import varied


class Waiting(Doctrine):
    """A doctrine of one's own."""

    kind: str = "waiting"

    def decide(self, view, draw):
        return Decision.of(view, wanted=0 * view.belief, reason=Reason.NONE)


def recorded(file, n_runs=12):
    inputs, _ = varied(file.scenario, file.notes, np.arange(n_runs))
    return work.simulate(inputs, 0, n_runs)


# As bytes


def test_what_is_packed_is_what_comes_out(file):
    arrays = recorded(file()) | {
        "one": np.array(3.5),
        "words": np.array(["à", "b"]),
        "none": np.empty((0, 2)),
    }
    found = unpacked(packed(arrays))
    assert list(found) == list(arrays)
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_the_run_changes_fastest_in_memory_as_in_the_model(file):
    found = unpacked(packed(recorded(file())))
    assert found["belief"].strides[0] == found["belief"].itemsize


def test_numpy_reads_a_chunk_without_this_package(file, tmp_path):
    (tmp_path / "chunk.npz").write_bytes(packed({"rung": np.arange(6).reshape(3, 2)}))
    with np.load(tmp_path / "chunk.npz", allow_pickle=False) as whole:
        np.testing.assert_array_equal(whole["rung"], np.arange(6).reshape(3, 2).T)


def test_nothing_is_ever_pickled():
    with pytest.raises(ValueError, match="allow_pickle"):
        packed({"objects": np.array([object()])})


def test_any_cut_or_flipped_byte_is_noticed(file):
    whole = packed({name: values for name, values in recorded(file()).items() if name in ("rung", "belief")})
    luck = random.Random(1)
    for length in [*range(70), *(luck.randrange(len(whole)) for _ in range(100)), len(whole) - 1]:
        with pytest.raises(DamagedError):
            unpacked(whole[:length])
    for place in [0, len(whole) - 1, *(luck.randrange(len(whole)) for _ in range(200))]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << luck.randrange(8)
        with pytest.raises(DamagedError):
            unpacked(bytes(damaged))


# In a folder


def test_an_ensemble_of_one_chunk_keeps_none(file, tmp_path):
    csv_of(file(), folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_ensemble_that_writes_to_no_folder_keeps_none(file, tmp_path):
    csv_of(file(), chunk=10)
    assert [path.name for path in tmp_path.iterdir()] == ["lucky.yaml"]


def test_the_range_of_runs_is_in_the_name(file, tmp_path):
    csv_of(file(), chunk=15, folder=tmp_path)
    ranges = [
        re.fullmatch(r"runs-(\d{8})-(\d{8})\.[0-9a-f]{16}\.npz", name).groups()
        for name in chunks_in(tmp_path)
    ]
    assert [(int(first), int(last)) for first, last in ranges] == [(0, 14), (15, 29), (30, 39)]


def test_the_same_again_simulates_nothing_and_gives_the_same(file, tmp_path, simulated):
    alone = csv_of(file())
    assert len(set(alone.splitlines())) > 5, "runs differ"
    assert csv_of(file(), chunk=15, folder=tmp_path) == alone
    simulated.clear()
    said = []
    assert csv_of(file(), chunk=7, folder=tmp_path, tell=said.append) == alone
    assert simulated == []
    assert said == ["40 of 40 runs are kept from before; none is simulated again"]


def test_more_runs_cost_only_what_is_missing(file, tmp_path, simulated):
    csv_of(file(), chunk=15, folder=tmp_path)
    (tmp_path / "chunks" / chunks_in(tmp_path)[1]).unlink()
    simulated.clear()
    said = []
    more = csv_of(file("ensemble.runs=60"), chunk=15, folder=tmp_path, tell=said.append)
    assert simulated == [(15, 15), (40, 15), (55, 5)]
    assert said == ["25 of 60 runs are kept from before; the other 35 are simulated"]
    assert more == csv_of(file("ensemble.runs=60"))


def test_fewer_runs_use_what_lies_wholly_within(file, tmp_path, simulated):
    csv_of(file(), chunk=15, folder=tmp_path)
    simulated.clear()
    assert csv_of(file("ensemble.runs=35"), chunk=15, folder=tmp_path) == csv_of(file("ensemble.runs=35"))
    assert simulated[0] == (30, 5)


def test_progress_counts_what_was_kept(file, tmp_path):
    done = []
    csv_of(file(), chunk=15, folder=tmp_path)
    csv_of(file("ensemble.runs=60"), chunk=15, folder=tmp_path, progress=done.append)
    assert sum(done) == 60 * 6


@pytest.mark.parametrize("what", ["cut", "flipped", "empty", "no array"])
def test_a_damaged_chunk_is_said_simulated_again_and_mended(what, file, tmp_path, simulated):
    csv_of(file(), chunk=15, folder=tmp_path)
    path = tmp_path / "chunks" / chunks_in(tmp_path)[1]
    whole = path.read_bytes()
    flipped = whole[:500] + bytes([whole[500] ^ 1]) + whole[501:]
    path.write_bytes({"cut": whole[:-1], "flipped": flipped, "empty": b"", "no array": b"x" * 1000}[what])
    simulated.clear()
    said = []
    assert csv_of(file(), chunk=15, folder=tmp_path, tell=said.append) == csv_of(file())
    assert said == [
        f"{path} is damaged (its checksum is wrong) and removed; its runs are simulated again",
        "25 of 40 runs are kept from before; the other 15 are simulated",
    ]
    assert simulated[0] == (15, 15)
    assert unpacked(path.read_bytes(), path.name)["rung"].shape[0] == 15


def test_a_chunk_under_the_name_of_other_runs_is_damaged(file, tmp_path, simulated):
    csv_of(file(), chunk=10, folder=tmp_path)
    first, second, *_ = (tmp_path / "chunks" / name for name in chunks_in(tmp_path))
    second.write_bytes(first.read_bytes())
    all_runs = first.with_name(first.name.replace("-00000009", "-00000039"))
    all_runs.write_bytes(first.read_bytes())
    simulated.clear()
    assert csv_of(file(), chunk=10, folder=tmp_path) == csv_of(file())
    assert simulated[0] == (10, 10)
    assert not all_runs.exists()


def test_a_chunk_of_another_key_is_damaged_under_this_one(file, tmp_path, simulated):
    csv_of(file("ensemble.seed=6"), chunk=10, folder=tmp_path)
    for path in (tmp_path / "chunks").iterdir():
        path.rename(path.with_name(path.name.replace(path.name[-20:-4], key_of(Job(file())))))
    assert csv_of(file(), chunk=10, folder=tmp_path) == csv_of(file())


def test_a_damaged_chunk_that_is_longer_than_what_replaces_it_is_mended_once(file, tmp_path, simulated):
    csv_of(file(), chunk=20, folder=tmp_path)
    (tmp_path / "chunks" / chunks_in(tmp_path)[0]).write_bytes(b"")
    csv_of(file(), chunk=10, folder=tmp_path)
    assert len(chunks_in(tmp_path)) == 3
    simulated.clear()
    said = []
    csv_of(file(), chunk=10, folder=tmp_path, tell=said.append)
    assert simulated == []
    assert said == ["40 of 40 runs are kept from before; none is simulated again"]


@pytest.mark.parametrize(
    "change", ["doctrines.mirror.patience=0.4", "months=7", "ensemble.seed=6", "watching.false_alarm=0.1"]
)
def test_another_scenario_never_meets_a_chunk_and_clears_those_it_finds(change, file, tmp_path):
    csv_of(file(), chunk=15, folder=tmp_path)
    before = chunks_in(tmp_path)
    said = []
    assert csv_of(file(change), chunk=15, folder=tmp_path, tell=said.append) == csv_of(file(change))
    assert said == [
        "3 files of finished runs were removed: of another scenario, seed or version, and of no use here"
    ]
    assert len(chunks_in(tmp_path)) == 3
    assert not set(before) & set(chunks_in(tmp_path))


def test_a_quick_look_costs_nothing_that_was_finished_before(file, tmp_path):
    simulate_ensemble(file(), chunk=15, folder=tmp_path, keep="outcomes")
    before = chunks_in(tmp_path)
    csv_of(file("ensemble.runs=8"), folder=tmp_path)
    csv_of(file("ensemble.runs=8", "ensemble.seed=6"), folder=tmp_path)
    assert chunks_in(tmp_path) == before
    csv_of(file("ensemble.runs=30"), chunk=15, folder=tmp_path)
    assert set(before) < set(chunks_in(tmp_path))


def test_a_run_that_fails_clears_nothing(file, tmp_path, monkeypatch):
    csv_of(file(), chunk=15, folder=tmp_path)
    before = chunks_in(tmp_path)
    usual = work.simulate

    def fail(inputs, first, *rest):
        if first == 15:
            raise ZeroDivisionError
        return usual(inputs, first, *rest)

    monkeypatch.setattr(work, "simulate", fail)
    _, failures = simulate_ensemble(file("ensemble.seed=6"), chunk=15, folder=tmp_path)
    assert [failure.first for failure in failures] == [15]
    assert set(before) < set(chunks_in(tmp_path))


def test_files_of_the_user_and_chunks_that_another_is_just_writing_stay(file, tmp_path):
    folder = tmp_path / "chunks"
    folder.mkdir()
    theirs, old = f"runs-00000000-00000009.{'0' * 16}.npz", f"runs-00000000-00000009.{'1' * 16}.npz"
    for name in ("notes.txt", theirs, old, ".partial-theirs", ".partial-old"):
        (folder / name).write_bytes(b"x")
    for digit in "01":
        (folder / f".unfinished-{digit * 16}").touch()
    for name in (".partial-old", f".unfinished-{'1' * 16}"):
        os.utime(folder / name, (0, 0))
    csv_of(file(), chunk=15, folder=tmp_path)
    stay = {"notes.txt", theirs, ".partial-theirs", f".unfinished-{'0' * 16}"}
    assert {p.name for p in folder.iterdir()} - stay == {*chunks_in(tmp_path)} - stay
    assert {p.name for p in folder.iterdir()} >= stay
    assert not (folder / old).exists()
    assert not (folder / ".partial-old").exists()


@pytest.fixture
def interrupted(file, tmp_path, monkeypatch):
    """Interrupt an ensemble after some chunks of 10 runs; give the names of those that are kept."""

    def after(n):
        def simulate(inputs, first, *rest):
            if first == 10 * n:
                raise KeyboardInterrupt
            return usual(inputs, first, *rest)

        usual = work.simulate
        monkeypatch.setattr(work, "simulate", simulate)
        with pytest.raises(KeyboardInterrupt):
            csv_of(file(), chunk=10, folder=tmp_path)
        monkeypatch.setattr(work, "simulate", usual)
        kept = set(chunks_in(tmp_path))
        assert len(kept) == n
        return kept

    return after


def test_another_command_removes_no_chunk_of_one_that_was_interrupted(file, tmp_path, interrupted):
    before = interrupted(2)
    csv_of(file("ensemble.seed=6"), chunk=15, folder=tmp_path)
    assert before < set(chunks_in(tmp_path))
    csv_of(file(), chunk=15, folder=tmp_path)  # now it is finished, and fair game
    csv_of(file("ensemble.seed=6", "ensemble.runs=50"), chunk=15, folder=tmp_path)
    assert not before & set(chunks_in(tmp_path))


def test_fewer_runs_make_no_fair_game_of_more_that_were_interrupted(file, tmp_path, interrupted):
    before = interrupted(3)
    csv_of(file("ensemble.runs=20"), chunk=10, folder=tmp_path)
    csv_of(file("ensemble.seed=6"), chunk=10, folder=tmp_path)
    assert before < set(chunks_in(tmp_path))


def test_fewer_outcomes_cost_no_months_that_are_not_reduced(file, tmp_path):
    csv_of(file(), chunk=15, folder=tmp_path)
    before = set(chunks_in(tmp_path))
    simulate_ensemble(file("ensemble.runs=20"), chunk=10, keep="outcomes", folder=tmp_path)
    assert {name for name in before if not name.startswith("runs-00000000")} < set(chunks_in(tmp_path))
    simulate_ensemble(file(), chunk=10, keep="outcomes", folder=tmp_path)
    assert not before & set(chunks_in(tmp_path))


def test_a_chunk_that_vanishes_is_simulated_again(file, tmp_path, monkeypatch):
    csv_of(file(), chunk=15, folder=tmp_path)
    monkeypatch.setattr(Kept, "chunks", lambda kept: [Chunk(0, 15), Chunk(20, 10)])
    said = []
    assert csv_of(file(), chunk=15, folder=tmp_path, tell=said.append) == csv_of(file())
    assert "is damaged (No such file or directory) and removed; its runs are simulated again" in said[0]


def test_a_full_disk_is_said_with_what_is_kept_and_the_same_call_goes_on(
    file, tmp_path, monkeypatch, simulated
):
    usual = os.fsync

    def full(number):
        if len(chunks_in(tmp_path)) > 2:  # two chunks, and what is being written
            raise OSError(28, "No space left on device")
        return usual(number)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"\(No space left on device\); what was finished before is kept"):
        csv_of(file(), chunk=15, folder=tmp_path)
    monkeypatch.undo()
    assert len(chunks_in(tmp_path)) == 2
    assert csv_of(file(), chunk=15, folder=tmp_path) == csv_of(file())


def test_a_folder_that_another_command_removes_as_it_is_empty_is_made_again(file, tmp_path, monkeypatch):
    usual, removed = Path.mkdir, []

    def mkdir(path, *how, **more):
        usual(path, *how, **more)
        if path.name == "chunks" and not removed:
            removed.append(path)
            path.rmdir()

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert csv_of(file(), chunk=15, folder=tmp_path) == csv_of(file())
    assert removed
    assert len(chunks_in(tmp_path)) == 3


def test_chunks_of_every_month_are_reduced_where_outcomes_are_wanted(file, tmp_path, simulated):
    csv_of(file(), chunk=15, folder=tmp_path)
    by_month = set(chunks_in(tmp_path))
    more = file("ensemble.runs=60")
    expected, _ = simulate_ensemble(more, keep="outcomes")
    simulated.clear()
    said = []
    found, _ = simulate_ensemble(more, chunk=15, keep="outcomes", folder=tmp_path, tell=said.append)
    assert simulated == [(40, 15), (55, 5)]
    assert said[0] == "40 of 60 runs are kept from before; the other 20 are simulated"
    assert found.identical(expected)
    assert not by_month & set(chunks_in(tmp_path))
    simulated.clear()
    again, _ = simulate_ensemble(more, chunk=15, keep="outcomes", folder=tmp_path)
    assert again.identical(expected)
    assert simulated == []


def test_chunks_of_every_month_stay_until_all_outcomes_are_there(file, tmp_path, monkeypatch):
    csv_of(file(), chunk=15, folder=tmp_path)
    by_month = set(chunks_in(tmp_path))

    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(work, "simulate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate_ensemble(file("ensemble.runs=60"), chunk=15, keep="outcomes", folder=tmp_path)
    assert by_month < set(chunks_in(tmp_path))


def test_a_file_where_the_chunks_should_be_is_said(file, tmp_path):
    (tmp_path / "chunks").write_text("mine")
    with pytest.raises(OutputError, match=r"chunks/runs-\S+: cannot be written \(a file is in its place\)"):
        csv_of(file(), chunk=15, folder=tmp_path)
    assert (tmp_path / "chunks").read_text() == "mine"


def test_twins_and_single_runs_keep_nothing(lucky, tmp_path, monkeypatch):
    ranged = lucky.with_name("ranged.yaml")
    text = lucky.read_text(encoding="utf-8")
    ranged.write_text(
        text.replace("patience: 0.3", "patience: {value: 0.3, range: [0.1, 0.9]}"), encoding="utf-8"
    )
    monkeypatch.setattr(simulate_ensemble, "__kwdefaults__", simulate_ensemble.__kwdefaults__ | {"chunk": 15})
    vs.run(ranged, vary=True, only_run=3, folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    study = vs.run(ranged, vary=True, folder=tmp_path / "out")
    assert study.has_twins
    assert len(chunks_in(tmp_path / "out")) == 3
    again = vs.run(ranged, vary=True, folder=tmp_path / "out")
    assert again.ds.identical(study.ds)


# Under which key


def test_the_key_is_the_same_for_the_resolved_file_and_any_number_of_runs(file, tmp_path):
    study = vs.run(file())
    study.save(tmp_path / "out", plot=False)
    again = load_scenario(tmp_path / "out" / "scenario.resolved.yaml", ["ensemble.runs=77"])
    assert key_of(Job(again)) == key_of(Job(file()))


def _kept_rung(file, chunk, arrays):
    return {"rung": arrays["rung"]}


@pytest.mark.parametrize(
    "job",
    [
        lambda file: Job(file("months=7")),
        lambda file: Job(file("ensemble.seed=6")),
        lambda file: Job(file(), luck="twin "),
        lambda file: Job(file(), reduce=_kept_rung),
    ],
)
def test_whatever_moves_a_number_moves_the_key(job, file):
    assert key_of(job(file)) != key_of(Job(file()))


@pytest.mark.parametrize(
    "moved",
    [
        ("verifsim.ensemble.key.version", lambda name: "9.9" if name == "numpy" else "1.0"),
        ("verifsim.ensemble.key.version", lambda name: "9.9" if name == "verifsim" else "1.0"),
        ("verifsim.ensemble.key._digest", lambda folder, files: "other code"),
        ("platform.machine", lambda: "another machine"),
        ("verifsim.ensemble.packing.FORMAT", 99),
        ("verifsim.results.FORMAT", 99),
    ],
    ids=lambda moved: moved[0],
)
def test_other_code_packages_machines_and_layouts_move_the_key(moved, file, monkeypatch):
    before = key_of(Job(file()))
    key.code.cache_clear()
    monkeypatch.setattr(*moved)
    try:
        assert key_of(Job(file())) != before
    finally:
        key.code.cache_clear()


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """A package that offers the doctrine, with a second module that it may import."""
    package = tmp_path / "patience_package"
    package.mkdir()
    source = Path(__file__).read_text(encoding="utf-8")
    body = source[source.index("class Waiting") : source.index("def recorded")]
    head = "from verifsim.doctrines import Decision, Doctrine, Reason\n\n\n"
    (package / "__init__.py").write_text(head + body, encoding="utf-8")
    (package / "numbers.csv").write_text("1\n", encoding="utf-8")
    info = tmp_path / "patience_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: patience_package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nwaiting = patience_package:Waiting\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "patience_package", raising=False)
    installed.cache_clear()
    yield tmp_path
    installed.cache_clear()


def test_any_changed_file_or_version_of_a_package_that_brings_a_doctrine_moves_the_key(lucky, offered):
    def its_key():
        installed.cache_clear()
        return key_of(Job(load_scenario(lucky, ["parties.blue.doctrine=waiting"])))

    seen = [its_key()]
    assert seen == [its_key()] != [None]
    (offered / "patience_package" / "numbers.csv").write_text("2\n", encoding="utf-8")
    seen.append(its_key())
    metadata = offered / "patience_package-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.0", "1.1"))
    seen.append(its_key())
    assert len(set(seen)) == 3


def test_what_a_doctrine_of_ones_own_does_is_not_kept_for_it_may_change_unseen(lucky, tmp_path):
    file = load_scenario(lucky, ["parties.blue.doctrine=waiting"], doctrines=[Waiting])
    assert key_of(Job(file)) is None
    csv_of(file, chunk=15, folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_that_work_into_one_folder_at_once_both_end_whole(file, tmp_path):
    alone = csv_of(file())
    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(csv_of, file(), chunk=5, folder=tmp_path) for _ in range(8)]
    assert {one.result() for one in done} == {alone}
    assert len(chunks_in(tmp_path)) == 8
