"""The same worlds otherwise: a plain Mesa model for each, arrays of one run, several workers."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from measuring.ensembles import best, scenario, seconds
from measuring.sizes import Sizes
from measuring.table import Table, times
from plain_mesa.luck import GeneratorLuck
from plain_mesa.scenario import read_scenario
from plain_mesa.world import run_world
from verifsim.ensemble import simulate_ensemble
from verifsim.model.world import simulate
from verifsim.scenario.write import resolved_yaml


def against_plain_mesa(sizes: Sizes) -> Table:
    """The cost of a world, against one plain Mesa model of scalars for each."""
    file = scenario(sizes.many, sizes.horizon)
    among_many = seconds(file, sizes.repeats) / sizes.many
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.resolved.yaml"
        path.write_text(resolved_yaml(file), encoding="utf-8")
        plain = read_scenario(path)

    def plainly() -> None:
        for run in range(sizes.alone):
            run_world(plain, GeneratorLuck(0, run)).close()

    def one_at_a_time() -> None:
        for run in range(sizes.alone):
            simulate(file.scenario, run, 1)

    costs = {
        f"verifsim, {sizes.many:,} runs at once": among_many,
        "a plain Mesa model for each world": best(plainly, sizes.repeats) / sizes.alone,
        "verifsim, one run at a time": best(one_at_a_time, 1) / sizes.alone,
    }
    said = (
        f"The same rules and scenario, {sizes.horizon} months, as agent-based models are usually written: "
        "a Mesa model of scalars for each world (`plain_mesa/`), which "
        "[gives every run as verifsim does](../docs/rebuilt.md)."
    )
    rows = [(how, f"{1e3 * cost:.3g}", times(cost / among_many)) for how, cost in costs.items()]
    return Table("Against one model a world", said, ("how", "a world, milliseconds", "times"), rows)


def by_workers(sizes: Sizes) -> Table:
    """Elapsed time against the number of processes that share an ensemble."""
    file, found = scenario(sizes.shared, sizes.horizon), {}
    for jobs in range(1, (os.cpu_count() or 1) + 1):
        start = time.perf_counter()
        simulate_ensemble(file, jobs=jobs, keep="outcomes")
        found[jobs] = time.perf_counter() - start
    said = (
        f"{sizes.shared:,} runs of {sizes.horizon} months, outcomes of each kept; by the clock, with the start of the "
        "processes, on a machine with as many cores as the last row has processes."
    )
    rows = [(f"{jobs}", f"{spent:.1f}", times(found[1] / spent)) for jobs, spent in found.items()]
    return Table("Workers", said, ("processes", "seconds", "times as fast as one"), rows)
