"""The same worlds otherwise: a plain Mesa model for each, arrays of one run, several workers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from measuring.ensembles import best, scenario, seconds
from measuring.sizes import Sizes
from measuring.table import Table, times
from plain_mesa.luck import GeneratorLuck
from plain_mesa.scenario import read_scenario
from plain_mesa.world import run_world
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
        "a Mesa model of scalars for each world ([`plain_mesa/`](plain_mesa/)), which "
        "[gives every run as verifsim does](../docs/rebuilt.md)."
    )
    rows = [(how, f"{1e3 * cost:.3g}", times(cost / among_many)) for how, cost in costs.items()]
    return Table("Against one model a world", said, ("how", "a world, milliseconds", "times"), rows)


def by_workers(sizes: Sizes) -> Table:
    """Against the number of processes that share an ensemble.

    To be filled once an ensemble can be shared: elapsed time (`time.perf_counter`, since processor time
    of one process says nothing here) of ``sizes.many`` runs with 1, 2, … workers, as a ratio to one.
    """
    return Table("Workers", "Not measured: an ensemble is simulated by one process.")
