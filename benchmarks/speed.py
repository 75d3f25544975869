"""Speed and memory, in one run: throughput, against one plain model a world, peak memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plain_mesa.luck import GeneratorLuck
from plain_mesa.scenario import read_scenario
from plain_mesa.world import run_world
from verifsim.ensemble import CHUNK, simulate_ensemble
from verifsim.model.world import simulate
from verifsim.scenario import load_scenario
from verifsim.scenario.write import resolved_yaml

SCENARIO = Path(__file__).parents[1] / "scenarios" / "moratorium.yaml"
"""The fullest that ships: types, moratorium, inspections."""
SIZES = (100, 1_000, 10_000, 100_000)
ALONE = 20
"""Worlds simulated with a model object each."""
MANY = 10_000
"""Runs at a time, with which these are compared."""


def seconds_of(n_runs: int) -> float:
    """Processor time, best of three, recording included."""
    file = load_scenario(SCENARIO, [f"ensemble.runs={n_runs}"])
    times = []
    for _ in range(3):
        start = time.process_time()
        simulate_ensemble(file)
        times.append(time.process_time() - start)
    return min(times)


def seconds_of_a_plain_world(worlds: int = ALONE) -> float:
    """Processor time a world, best of three; each is a plain Mesa model of scalars with the same rules."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.resolved.yaml"
        path.write_text(resolved_yaml(load_scenario(SCENARIO)), encoding="utf-8")
        scenario = read_scenario(path)
    times = []
    for batch in range(3):
        start = time.process_time()
        for run in range(worlds):
            run_world(scenario, GeneratorLuck(batch, run)).close()
        times.append((time.process_time() - start) / worlds)
    return min(times)


def seconds_of_an_array_for_each_run() -> float:
    """Per run, where verifsim simulates one run at a time, arrays of length one and all."""
    scenario = load_scenario(SCENARIO).scenario
    start = time.process_time()
    for run in range(ALONE):
        simulate(scenario, run, 1)
    return (time.process_time() - start) / ALONE


def seconds_by_chunk(n_runs: int = 10_000) -> dict[int, float]:
    """An ensemble in chunks of several sizes."""
    file, found = load_scenario(SCENARIO, [f"ensemble.runs={n_runs}"]), {}
    for chunk in sorted({500, 1_000, 2_500, CHUNK, 10_000}):
        start = time.process_time()
        simulate_ensemble(file, chunk=chunk)
        found[chunk] = time.process_time() - start
    return found


def peak_megabytes(n_runs: int) -> float:
    """Peak memory of a fresh process that simulates an ensemble."""
    call = [sys.executable, __file__, "--peak", str(n_runs)]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def compare(per_run: float, worlds: int = ALONE) -> None:
    """Print what a world costs otherwise, against its cost among many, in seconds."""
    plain, one = seconds_of_a_plain_world(worlds), seconds_of_an_array_for_each_run()
    print(
        f"\nA plain Mesa model a world: {1e3 * plain:.0f} ms, {plain / per_run:,.0f} times the cost among {MANY:,}."
    )
    print(f"verifsim, one run at a time: {1e3 * one:.0f} ms, {one / per_run:,.0f} times.")


def main() -> None:
    """Print the tables."""
    if sys.argv[1:] == ["--plain"]:
        compare(seconds_of(MANY) / MANY)
        return
    if sys.argv[1:2] == ["--peak"]:
        seconds_of_one(int(sys.argv[2]))
        print(peak_so_far())
        return
    print("| runs | seconds | a run, microseconds | runs a second |\n|---|---|---|---|")
    per_run = {}
    for n in SIZES:
        seconds = seconds_of(n)
        per_run[n] = seconds / n
        print(f"| {n:,} | {seconds:.2f} | {1e6 * per_run[n]:,.0f} | {n / seconds:,.0f} |")
    compare(per_run[MANY])
    print("\n| runs at a time | seconds for 10,000 |\n|---|---|")
    for chunk, seconds in seconds_by_chunk().items():
        print(f"| {chunk:,} | {seconds:.2f} |")
    print()
    for n in (1_000, 10_000, 100_000):
        print(f"Peak memory, {n:,} runs: {peak_megabytes(n):,.0f} MB.")


def peak_so_far() -> float:
    """Peak memory of this process in MB, as Linux tells it."""
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return float(line.split()[1]) / 1024


def seconds_of_one(n_runs: int) -> None:
    """Simulate once, for the sake of memory."""
    simulate_ensemble(load_scenario(SCENARIO, [f"ensemble.runs={n_runs}"]))


if __name__ == "__main__":
    main()
