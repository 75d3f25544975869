"""Who does the work: the same numbers, whoever does it and in whatever order it comes back."""

from __future__ import annotations

import pickle
import random
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

import verifsim as vs
from tests.ensemble.conftest import chunks_in, csv_of
from verifsim.cli.labour import labour, telling
from verifsim.doctrines import Decision, Doctrine, Reason
from verifsim.ensemble import Job, Way, cluster, finished, hands, key, simulate_ensemble, work
from verifsim.ensemble.key import sources
from verifsim.ensemble.work import Chunk
from verifsim.errors import OutputError, SimulationError, UsageError
from verifsim.scenario import load_scenario


class AnyOrder(Executor):
    """Does what it is given in an order drawn by lot, a while after; counts how much waits at most."""

    def __init__(self, seed=0):
        self._luck, self._todo, self.most = random.Random(seed), [], 0
        threading.Thread(target=self._work, daemon=True).start()

    def submit(self, call, /, *arguments):
        future = Future()
        self._todo.append((future, call, arguments))
        self.most = max(self.most, len(self._todo))
        return future

    def _work(self):
        while True:
            time.sleep(0.01)
            if self._todo:
                future, call, arguments = self._todo.pop(self._luck.randrange(len(self._todo)))
                if future.set_running_or_notify_cancel():
                    try:
                        future.set_result(call(*arguments))
                    except BaseException as error:
                        future.set_exception(error)


class Gone(Executor):
    """Breaks after some chunks."""

    def __init__(self, after, error):
        self._left, self._error = after, error

    def submit(self, call, /, *arguments):
        future = Future()
        self._left -= 1
        if self._left < 0 and self._error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        elif self._left < 0:
            future.set_exception(self._error)
        else:
            future.set_result(call(*arguments))
        return future


@pytest.mark.parametrize("chunk", [1, 7, 13, 40])
def test_no_byte_depends_on_the_order_in_which_chunks_come_back(chunk, file):
    alone = csv_of(file())
    for seed in range(3):
        assert csv_of(file(), chunk=chunk, executor=AnyOrder(seed), jobs=8) == alone


def test_no_byte_depends_on_what_was_kept_before(file, tmp_path):
    alone, luck = csv_of(file()), random.Random(2)
    for seed in range(4):
        csv_of(file(f"ensemble.runs={luck.randrange(20, 40)}"), chunk=luck.randrange(3, 9), folder=tmp_path)
        for path in luck.sample(sorted((tmp_path / "chunks").iterdir()), 2):
            path.unlink()
        assert csv_of(file(), chunk=5, executor=AnyOrder(seed), jobs=3, folder=tmp_path) == alone


def test_numbers_that_vary_are_the_same_too(lucky):
    text = lucky.read_text(encoding="utf-8").replace("0.3}", "{value: 0.3, range: [0.1, 0.9]}}")
    many = "missiles: {value: 300, range: [1, 1000]}"  # few are recorded in 16 bits, and many in 32
    lucky.write_text(text.replace("missiles: 4, reserve: 8", f"{many}, reserve: 60"), encoding="utf-8")
    file = load_scenario(lucky, ["ensemble.vary=yes"])
    alone, _ = simulate_ensemble(file)
    for seed in range(3):
        other, _ = simulate_ensemble(file, chunk=3, executor=AnyOrder(seed), jobs=2)
        assert other.identical(alone)
        assert {name: other[name].dtype for name in other} == {name: alone[name].dtype for name in alone}


def test_threads_do(file):
    with ThreadPoolExecutor(3) as threads:
        assert csv_of(file(), chunk=7, executor=threads) == csv_of(file())


def test_only_a_few_chunks_are_on_their_way_for_each_worker(file):
    executor = AnyOrder()
    csv_of(file(), chunk=1, executor=executor, jobs=3)
    assert 3 <= executor.most <= 6


def test_chunks_of_an_executor_can_be_taken_one_by_one_and_left(file):
    executor = AnyOrder()
    parts = finished(Job(file()), Chunk(0, 40), Way(jobs=2, executor=executor, most=5))
    next(parts)
    parts.close()
    time.sleep(0.2)
    assert not executor._todo, "what was on its way is cancelled"


def test_progress_counts_every_run_month_once(file):
    done = []
    csv_of(file(), chunk=7, executor=AnyOrder(), jobs=2, progress=done.append)
    assert sum(done) == 40 * 6


def test_progress_of_processes_is_seen_within_their_chunks_too(file):
    done, n, months = [], 20_000, 40
    simulate_ensemble(
        file(f"ensemble.runs={n}", f"months={months}"),
        chunk=n // 2,
        jobs=2,
        keep="outcomes",
        progress=done.append,
    )
    assert sum(done) == n * months
    assert min(done) >= 0
    assert any(0 < part < n // 2 * months for part in done)


def test_what_is_done_when_an_interrupt_comes_is_kept(file, tmp_path):
    def interrupt(n):
        raise KeyboardInterrupt

    at_once = Gone(9, None)  # what is submitted is done
    with pytest.raises(KeyboardInterrupt):
        simulate_ensemble(file(), chunk=10, executor=at_once, jobs=1, folder=tmp_path, progress=interrupt)
    assert chunks_in(tmp_path)


def test_an_executor_that_is_shut_down_is_a_sentence(lucky):
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    with pytest.raises(SimulationError, match=r"whatever executor did the work .*after shutdown"):
        vs.run(lucky, executor=threads)


@pytest.mark.parametrize("executor", ["threads", ThreadPoolExecutor])
def test_what_is_no_executor_is_refused(executor, lucky):
    with pytest.raises(UsageError, match=r"executor: a concurrent\.futures\.Executor"):
        vs.run(lucky, executor=executor)


def test_a_folder_that_is_a_file_is_refused_before_the_work(lucky, simulated):
    with pytest.raises(OutputError, match="lucky"):
        vs.run(lucky, folder=lucky)
    assert simulated == []


def test_a_chunk_that_fails_is_recorded_and_the_others_finish(file, monkeypatch):
    usual = work.simulate

    def fail(inputs, first, *rest):
        if first == 10:
            raise ZeroDivisionError("a rule went wrong")
        return usual(inputs, first, *rest)

    monkeypatch.setattr(work, "simulate", fail)
    with ThreadPoolExecutor(2) as threads:
        ds, (failure,) = simulate_ensemble(file(), chunk=10, executor=threads, jobs=2)
    assert (failure.first, failure.n_runs) == (10, 10)
    assert "a rule went wrong" in failure.traceback
    assert ds.run.values.tolist() == [*range(10), *range(20, 40)]


def test_a_chunk_that_cannot_be_sent_is_recorded_too(file):
    unsent = Gone(2, pickle.PicklingError("no way"))
    ds, failures = simulate_ensemble(file(), chunk=10, executor=unsent, jobs=1)
    assert ds.sizes["run"] == 20
    assert [failure.first for failure in failures] == [20, 30]
    assert "no way" in failures[0].traceback


@pytest.mark.parametrize("error", [None, BrokenExecutor("a process died")])
def test_an_executor_that_is_gone_is_a_sentence_and_what_was_finished_is_kept(
    error, file, tmp_path, simulated
):
    with pytest.raises(SimulationError, match="lucky: the scheduler is gone, or whatever executor"):
        simulate_ensemble(file(), chunk=10, executor=Gone(2, error), jobs=1, folder=tmp_path)
    simulated.clear()
    assert csv_of(file(), chunk=10, folder=tmp_path) == csv_of(file())
    assert simulated[0] == (20, 10)


def test_a_worker_with_other_code_is_refused(file, monkeypatch):
    monkeypatch.setattr(key, "code", iter([*["mine", "other"] * 9]).__next__)
    with pytest.raises(SimulationError, match="not the same verifsim, NumPy, Mesa, xarray or pydantic as"):
        simulate_ensemble(file(), chunk=10, executor=Gone(9, None), jobs=1)


def test_a_worker_with_another_doctrine_is_refused(lucky, tmp_path, monkeypatch):
    module = tmp_path / "quiet_doctrine.py"
    module.write_text(QUIET, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "quiet_doctrine", raising=False)
    from quiet_doctrine import Quiet

    file = load_scenario(lucky, ["parties.blue.doctrine=quiet"], doctrines=[Quiet])
    job = Job(file)
    made_with = sources(job)
    assert not isinstance(hands.packed_work(job, Chunk(0, 5), made_with), work.Failure)
    module.write_text(f"{QUIET}# changed\n", encoding="utf-8")
    with pytest.raises(SimulationError, match="not the same quiet_doctrine as this process"):
        hands.packed_work(job, Chunk(0, 5), made_with)


@pytest.mark.parametrize("jobs", [0, -1, "2", 1.5])
def test_what_is_no_number_of_processes_is_refused(jobs, lucky):
    with pytest.raises(
        vs.VerifsimError, match=rf"jobs: a whole number of processes from 1 \(given {jobs!r}\)"
    ):
        vs.run(lucky, jobs=jobs)


# Doctrines of one's own

QUIET = """
from verifsim.doctrines import Decision, Doctrine, Reason

class Quiet(Doctrine):
    kind: str = "quiet"
    def decide(self, view, draw):
        return Decision.of(view, wanted=0 * view.belief, reason=Reason.NONE)
"""


def _own(**members):
    def decide(self, view, draw):
        return Decision.of(view, wanted=0 * view.belief, reason=Reason.NONE)

    given = {"__annotations__": {"kind": str}, "kind": "own", "decide": decide, "__module__": __name__}
    return type("Own", (Doctrine,), given | members)


@pytest.mark.parametrize("members", [{}, {"__module__": "__main__", "__qualname__": "Own"}])
def test_a_doctrine_that_cannot_be_sent_is_a_sentence_where_there_are_several_processes(
    members, lucky, monkeypatch
):
    own = _own(**members)
    if members:
        monkeypatch.setattr(sys.modules["__main__"], "Own", own, raising=False)
        monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    file = load_scenario(lucky, ["parties.blue.doctrine=own"], doctrines=[own])
    said = r"the doctrine 'own' \(.*\) cannot be sent to other processes, for it is defined in a notebook or"
    with pytest.raises(UsageError, match=said):
        simulate_ensemble(file, chunk=10, jobs=2)
    assert simulate_ensemble(file, chunk=10)[0].sizes["run"] == 40


# A scheduler


@pytest.mark.parametrize(
    "address", ["", "somewhere", "http://127.0.0.1:8786", "127.0.0.1:8786", "tcp://[::1", "tcp://head:port"]
)
def test_an_address_that_is_none_is_a_sentence(address):
    with (
        pytest.raises(
            UsageError, match=r"--scheduler: no address .*; allowed: local, tcp://HOST:PORT or tls://"
        ),
        cluster.scheduler(address, None),
    ):
        pytest.fail("reached")


def test_a_port_that_is_not_of_dask_is_a_sentence():
    pytest.importorskip("distributed")

    def answer(port):
        with port.accept()[0] as caller:
            caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 5)
            caller.recv(100_000)

    with socket.create_server(("127.0.0.1", 0)) as port:
        threading.Thread(target=answer, args=(port,), daemon=True).start()
        address = f"tcp://127.0.0.1:{port.getsockname()[1]}"
        with (
            pytest.raises(UsageError, match=r"no scheduler answers at .* is not one of Dask\)$"),
            cluster.scheduler(address, None),
        ):
            pytest.fail("reached")


@pytest.mark.parametrize("quiet", [True, False])
def test_that_nothing_is_encrypted_is_said_however_quiet_it_is_to_be(quiet, monkeypatch, capsys):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "_SECONDS_TO_ANSWER", 0.1)
    with (
        pytest.raises(UsageError),
        labour(None, "tcp://192.0.2.1:8786", telling(quiet=quiet)),
    ):
        pytest.fail("reached")
    assert capsys.readouterr().err.startswith("warning: tcp://192.0.2.1:8786 is another machine")


def test_without_dask_a_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(UsageError, match=r"pip install 'verifsim\[distributed\]'"),
        cluster.scheduler("local", 1),
    ):
        pytest.fail("reached")


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("tcp://10.0.0.5:8786", True),
        ("tcp://head.cluster:8786", True),
        ("tcp://0.0.0.0:8786", True),
        ("tls://10.0.0.5:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
    ],
)
def test_an_address_of_another_machine_is_asked_for_tls(address, warned):
    said = []
    cluster._warn_if_open(address, said.append)
    assert bool(said) == warned
    assert all(sentence.startswith("warning: ") for sentence in said)
    assert all("whoever reaches a scheduler can run code on its workers" in sentence for sentence in said)


class Client:
    """Of a scheduler that has workers now and then."""

    def __init__(self, *workers):
        self._workers = iter(workers)

    def nthreads(self):
        return dict.fromkeys(range(next(self._workers, 0)), 1)


def test_a_scheduler_that_loses_its_workers_is_told_of_once_each_time(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_BETWEEN_LOOKS", 0.01)
    said = []
    with cluster._watched(Client(2, 0, 0, 1, 0), "tcp://127.0.0.1:1", said.append):
        time.sleep(0.3)
    assert said == ["tcp://127.0.0.1:1 has no workers any more; waiting for others (Ctrl-C ends it)"] * 2


# Processes


@pytest.mark.parametrize("times", [1, 2])
def test_processes_that_die_as_they_start_are_started_once_more(times, file, monkeypatch):
    class Stillborn(hands.Pool):
        has_started = False

        def submit(self, call, *arguments):
            future = Future()
            future.set_exception(BrokenProcessPool("killed"))
            return future

    pools = iter([Stillborn] * times + [hands.Pool] * 2)
    monkeypatch.setattr(hands, "Pool", lambda *given: next(pools)(*given))
    if times == 1:
        assert csv_of(file(), chunk=20, jobs=2) == csv_of(file())
    else:
        with pytest.raises(SimulationError, match="no worker process could be started"):
            csv_of(file(), chunk=20, jobs=2)


GUARDED = """
import sys
import verifsim as vs

class Mine(vs.Doctrine):
    kind: str = "mine"
    def decide(self, view, draw):
        print("a worker prints")
        return vs.Decision.of(view, wanted=4.0 * (draw.by_region("x") < 0.1), reason=vs.Reason.OWN_PLAN, produce=True)

if __name__ == "__main__":
    how = {"doctrines": [Mine], "settings": {"parties.blue.doctrine": "mine"}, "runs": 2000}
    outcomes = [vs.run(sys.argv[1], jobs=jobs, **how).outcomes for jobs in (2, None)]
    assert outcomes[0].equals(outcomes[1])
"""


def _ran(script, *arguments):
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_a_script_with_a_doctrine_of_its_own_has_the_same_numbers_with_two_processes(lucky, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(GUARDED, encoding="utf-8")
    ran = _ran(script, lucky)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "a worker prints\n" * 6, "one process says so each month, and the workers not at all"


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_so_and_nothing_else(lucky, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"import verifsim as vs\nvs.run({str(lucky)!r}, runs=2000, jobs=2)\n", encoding="utf-8")
    ran = _ran(script)
    assert ran.returncode == 1
    *_, last = ran.stderr.splitlines()
    assert "a script that asks for jobs must begin its work under 'if __name__ == \"__main__\":'" in last
    assert ran.stderr.count("Traceback") == 1


DEADLY = """
import os, signal, time
from pathlib import Path
import numpy as np

def twice(file, chunk, arrays):
    died = Path(__file__).with_name("died")
    if chunk.first == 20 and (not died.exists() or died.stat().st_size < 2):
        with died.open("ab") as note:
            note.write(b"x")
        os.kill(os.getpid(), signal.SIGKILL)
    return arrays

def always(file, chunk, arrays):
    if chunk.first == 20:
        time.sleep(1)  # others come back first
        os.kill(os.getpid(), signal.SIGKILL)
    return arrays

def first(file, chunk, arrays):
    if chunk.first == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(1)  # it comes back before others
    return arrays

def objects(file, chunk, arrays):
    return {"cannot be packed": np.array([object()])} if chunk.first == 20 else arrays

def too_large(file, chunk, arrays):
    if chunk.first == 20:
        raise MemoryError
    return arrays
"""


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """Reductions that kill their process."""
    (tmp_path / "deadly.py").write_text(DEADLY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "deadly", raising=False)
    import deadly

    return deadly


def _come_by(job):
    return dict(finished(job, Chunk(0, 40), Way(jobs=2, most=1000)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_chunk_whose_worker_dies_twice_is_finished_at_the_third_try(deadly, file, monkeypatch):
    monkeypatch.setattr("verifsim.ensemble.plan.LEAST", 5)
    found = _come_by(Job(file(), reduce=deadly.twice))
    assert sorted(found) == [Chunk(0, 20), Chunk(20, 20)]
    assert not any(isinstance(result, work.Failure) for result in found.values())
    assert Path(deadly.__file__).with_name("died").read_bytes() == b"xx"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_chunk_that_kills_every_worker_is_named_and_the_others_finish(deadly, file, monkeypatch):
    monkeypatch.setattr("verifsim.ensemble.plan.LEAST", 5)
    found = dict(finished(Job(file(), reduce=deadly.always), Chunk(0, 40), Way(jobs=2, most=10)))
    (failed,) = (result for result in found.values() if isinstance(result, work.Failure))
    assert (failed.first, failed.n_runs) == (20, 10)
    assert failed.traceback.startswith("runs 20 to 29: their worker process died 3 times")
    assert sorted(found) == [Chunk(0, 10), Chunk(10, 10), Chunk(20, 10), Chunk(30, 10)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_chunk_that_kills_every_worker_is_named_also_if_it_comes_first(deadly, file, monkeypatch):
    monkeypatch.setattr("verifsim.ensemble.plan.LEAST", 5)
    found = dict(finished(Job(file(), reduce=deadly.first), Chunk(0, 40), Way(jobs=2, most=10)))
    (failed,) = (result for result in found.values() if isinstance(result, work.Failure))
    assert (failed.first, failed.n_runs) == (0, 10)
    assert len(found) == 4


@pytest.mark.parametrize("jobs", [None, 2])
@pytest.mark.parametrize("how", ["objects", "too_large"])
def test_a_chunk_that_cannot_be_packed_fails_alone(how, jobs, deadly, file, tmp_path, monkeypatch):
    monkeypatch.setattr("verifsim.ensemble.plan.LEAST", 5)
    way = Way(jobs=jobs, most=10, folder=tmp_path)
    found = dict(finished(Job(file(), reduce=getattr(deadly, how)), Chunk(0, 40), way))
    (failed,) = (result for result in found.values() if isinstance(result, work.Failure))
    assert (failed.first, failed.n_runs) == (20, 10)
    assert len(found) == 4
