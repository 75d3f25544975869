"""How to get the same results again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from verifsim.comparing import Comparison
from verifsim.report.scenarios import Scenario


@dataclass(frozen=True)
class Again:
    """Files to save, and what to type."""

    files: tuple[tuple[str, str], ...]
    """The name of each, and its text."""
    commands: tuple[str, ...]
    versions: str


def again(scenarios: Sequence[Scenario], n_runs: int, comparison: Comparison | None) -> Again:
    """The resolved scenarios as files, and the commands that run and compare them.

    Parameters
    ----------
    scenarios
        The reference first.
    n_runs
        How many runs were compared; of a single scenario, its file says so.
    comparison
        Of these scenarios; None for a single one.
    """
    names = _file_names([scenario.name for scenario in scenarios])
    attrs = scenarios[0].study.ds.attrs
    versions = f"verifsim {attrs['verifsim_version']}, Python {attrs['python']}, {attrs['versions']}"
    files = tuple(zip(names, (scenario.text for scenario in scenarios), strict=True))
    return Again(files, tuple(_commands(names, scenarios, n_runs, comparison)), versions)


def _commands(
    names: Sequence[str], scenarios: Sequence[Scenario], n_runs: int, comparison: Comparison | None
) -> list[str]:
    quoted = [shlex.quote(name) for name in names]
    if comparison is not None:
        asked = "".join(f" --outcome {outcome}" for outcome in comparison.wanted or ())
        precision = comparison.precision
        runs = f" -n {n_runs}"
        if precision is not None:
            until = (f" --until {name}={width:g}" for name, width in precision.half_widths.items())
            runs = f"{''.join(until)} --most-runs {precision.sizes[-1]}"
        return [f"verifsim compare {' '.join(quoted)}{runs}{asked} --report"]
    study, stem = scenarios[0].study, names[0].removesuffix(".yaml")
    alone = "" if study.only_run is None else f" --only-run {study.only_run}"
    folder = shlex.quote(f"results/{stem}")
    return [f"verifsim run {quoted[0]}{alone} -o {folder}", f"verifsim report {folder}"]


def _file_names(names: Sequence[str]) -> list[str]:
    """A file for each scenario, after its name, as far as any disk takes it; no two alike."""
    found: list[str] = []
    for name in names:
        stem = re.sub(r"\W+", "_", name).strip("_") or "scenario"
        number = 1 + sum(re.fullmatch(rf"{re.escape(stem)}(_\d+)?", other) is not None for other in found)
        found.append(stem if number == 1 else f"{stem}_{number}")
    return [f"{stem}.yaml" for stem in found]
