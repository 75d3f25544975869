"""The outcomes that answer a scenario's question."""

from __future__ import annotations

from collections.abc import Iterable

import xarray as xr

from verifsim.errors import Problem, ScenarioError, did_you_mean, names
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.base import region_in_question
from verifsim.scenario import ScenarioFile

FIRST = "months_without_deployment"
"""What is spoken of first, in the region in question, where a scenario names nothing else."""


def check_answers(file: ScenarioFile) -> None:
    """Refuse a scenario that says it is answered by what is no outcome.

    Raises
    ------
    ScenarioError
        With every name that is none.
    """
    known = [outcome.name for outcome in OUTCOMES]
    ends = {*file.scenario.parties, *file.scenario.regions}
    problems = []
    for name in file.scenario.answered_by:
        outcome, *of = name.split(".")
        if outcome not in known:
            what, allowed = f"no outcome '{name}'", f"{did_you_mean(outcome, known)}there are: {names(known)}"
        elif not set(of) <= ends:
            wrong = next(end for end in of if end not in ends)
            what = f"'{name}' ends in no party or region"
            allowed = f"{did_you_mean(wrong, ends)}there are: {names(sorted(ends))}"
        else:
            continue
        problems.append(Problem(f"{file.name}.yaml", 0, 0, "answered_by", what, allowed))
    if problems:
        raise ScenarioError(problems)


def answers(ds: xr.Dataset, columns: Iterable[str]) -> list[str]:
    """Those of the outcomes there are that answer the question, in the order in which the file names them.

    A name without a party or region stands for all of them.
    """
    there = [str(column) for column in columns]
    named = str(ds.attrs.get("answered_by", "")).split()
    found = [column for name in named for column in there if column == name or column.startswith(f"{name}.")]
    return list(dict.fromkeys(found))


def spoken_of_first(ds: xr.Dataset, columns: Iterable[str]) -> list[str]:
    """What answers the question; if the file names nothing, how long the region in question stays free."""
    return answers(ds, columns) or [f"{FIRST}.{region_in_question(ds)}"]
