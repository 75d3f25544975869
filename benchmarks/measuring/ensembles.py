"""Ensembles of the fullest scenario that ships, as they grow in one direction or another."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from measuring import machine
from measuring.sizes import Sizes
from measuring.table import Table, times
from verifsim.ensemble import simulate_ensemble
from verifsim.keeping import Keep, keep_for
from verifsim.scenario import ScenarioFile, load_scenario

SCENARIO = Path(__file__).parents[2] / "scenarios" / "moratorium.yaml"
"""Types, a moratorium, inspections, talks, China, crises."""


def scenario(runs: int, months: int, *settings: str) -> ScenarioFile:
    """The scenario with so many runs and months."""
    return load_scenario(SCENARIO, [f"ensemble.runs={runs}", f"months={months}", *settings])


def seconds(file: ScenarioFile, repeats: int, chunk: int | None = None, keep: Keep = "trajectories") -> float:
    """Processor time of an ensemble, recording included, best of several; once, where it is long."""
    once = file.scenario.ensemble.runs > 50_000
    return best(lambda: simulate_ensemble(file, chunk=chunk, keep=keep), 1 if once else repeats)


def best(work: Callable[[], object], repeats: int) -> float:
    """Processor time of some work, best of several."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def by_runs(sizes: Sizes) -> Table:
    """Throughput against the number of runs."""
    rows = []
    for n in sizes.runs:
        file = scenario(n, sizes.horizon)
        spent = seconds(file, sizes.repeats, keep=keep_for(file.scenario))
        rows.append((f"{n:,}", f"{spent:.2f}", f"{1e6 * spent / n:,.0f}", f"{n / spent:,.0f}"))
    said = f"`moratorium.yaml`, {sizes.horizon} months, recording included; from some 25,000 runs on, outcomes are kept of each."
    return Table("Runs", said, ("runs", "seconds", "a run, microseconds", "runs a second"), rows)


def by_chunk(sizes: Sizes) -> Table:
    """The same ensemble with more or fewer runs simulated at once."""
    file = scenario(sizes.many, sizes.horizon)
    found = {chunk: seconds(file, sizes.repeats, chunk) for chunk in sizes.chunks}
    return _growing(
        "Runs at a time", f"{sizes.many:,} runs of {sizes.horizon} months, so many simulated at once.", found
    )


def by_months(sizes: Sizes) -> Table:
    """Against the length of the horizon."""
    found = {n: seconds(scenario(sizes.many, n), sizes.repeats) for n in sizes.months}
    return _growing("Months", f"{sizes.many:,} runs.", found)


def by_sites(sizes: Sizes) -> Table:
    """Against the number of sites that the moratorium opens to visits, half of them on each side."""
    known = load_scenario(SCENARIO).scenario.agreements["moratorium"].inspections
    assert known is not None
    found = {}
    for n in sizes.sites:
        more = [f"more_{k}" for k in range(n - len(known.sites))]
        settings = [
            f"sites.{name}={{owner: {('us_nato', 'russia')[k % 2]}, region: europe, title: {name}, kind: launcher, objects: 24}}"
            for k, name in enumerate(more)
        ]
        under_terms = f"agreements.moratorium.inspections.sites=[{', '.join([*known.sites, *more])}]"
        found[n] = seconds(scenario(sizes.many, sizes.horizon, *settings, under_terms), sizes.repeats)
    return _growing(
        "Sites", f"{sizes.many:,} runs of {sizes.horizon} months; the visits a year are the same.", found
    )


def by_regions(sizes: Sizes) -> Table:
    """Against the number of regions; in those beside the first two, both sides mirror."""
    found = {}
    for n in sizes.regions:
        more = [f"more_{k}" for k in range(n - 2)]
        settings = [f"regions.{name}={{title: {name}}}" for name in more]
        settings += [
            f"parties.{party}.doctrine.{name}=mirror" for party in ("russia", "us_nato") for name in more
        ]
        found[n] = seconds(scenario(sizes.many, sizes.horizon, *settings), sizes.repeats)
    return _growing("Regions", f"{sizes.many:,} runs of {sizes.horizon} months.", found)


def memory(sizes: Sizes) -> Table:
    """Peak memory of fresh processes, by what is kept."""
    rows = [(f"{n:,}", *(_peak(n, sizes, keep) for keep in get_args(Keep))) for n in sizes.memory]
    said = f"The peak of a fresh process that simulates so many runs of {sizes.horizon} months and writes results, in MB."
    return Table("Memory", said, ("runs", *(f"`--keep {keep}`" for keep in get_args(Keep))), rows)


def _peak(n_runs: int, sizes: Sizes, keep: Keep) -> str:
    if keep == "trajectories" and n_runs > 100_000:
        return "not measured"
    return f"{machine.peak_megabytes(n_runs, sizes.horizon, keep):,.0f}"


def _growing(title: str, said: str, found: dict[int, float]) -> Table:
    first = next(iter(found.values()))
    rows = [(f"{n:,}", f"{spent:.2f}", times(spent / first)) for n, spent in found.items()]
    return Table(title, said, (title.lower(), "seconds", f"times that of {next(iter(found)):,}"), rows)
