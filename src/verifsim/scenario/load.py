"""From a scenario file to a frozen, validated `Scenario`: all problems at once, or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from verifsim.doctrines import CATALOGUE
from verifsim.errors import Problem, ScenarioError
from verifsim.scenario.explain import report
from verifsim.scenario.merge import read_with_parents
from verifsim.scenario.notes import Note, check_ranges, take_notes
from verifsim.scenario.schema import Scenario
from verifsim.scenario.text import Mark, Path_, Tree


@dataclass(frozen=True)
class ScenarioFile:
    """A validated scenario, where it came from, and the notes on its numbers."""

    scenario: Scenario
    name: str
    """The stem of the file's name: what its results are called."""
    notes: dict[Path_, Note] = field(default_factory=dict)
    """Ranges and sources, by the path of the number."""


def load_scenario(path: str | PathLike[str], settings: Iterable[str] = ()) -> ScenarioFile:
    """Read, merge and validate a scenario file.

    Parameters
    ----------
    path
        The file.
    settings
        ``path.to.key=value`` strings, put on top and validated like the file.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its place.
    """
    path = Path(path)
    tree = read_with_parents(path, settings)
    if not isinstance(tree.data, dict):
        raise ScenarioError(tree.problems)
    return ScenarioFile(*_validated(tree, path.stem))


def _validated(tree: Tree, name: str) -> tuple[Scenario, str, dict[Path_, Note]]:
    notes = take_notes(tree)
    _name_kinds(tree.data)
    check_ranges(tree, notes)
    try:
        scenario = Scenario.model_validate(
            tree.data, context=_context(tree.data), by_name=False, by_alias=True
        )
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            report(tree, detail)
        raise ScenarioError(tree.problems) from None
    if tree.problems:
        raise ScenarioError(tree.problems)
    return scenario, name, notes


def _context(data: dict[str, Any]) -> dict[str, Any]:
    """What names and dates are checked against while the parts are validated."""
    known = {
        key: list(data[key])
        for key in ("regions", "parties", "programmes")
        if isinstance(data.get(key), dict)
    }
    own = data.get("doctrines")
    known["doctrines"] = sorted({*CATALOGUE, *(own if isinstance(own, dict) else ())})
    return {"programmes": [], **known, "start": data.get("start"), "months": data.get("months")}


def _name_kinds(data: dict[str, Any]) -> None:
    """Let a doctrine's name be its kind where none is given, and list those used without parameters."""
    doctrines = data.setdefault("doctrines", {})
    if not isinstance(doctrines, dict):
        return
    for name in _doctrines_used(data):
        if name in CATALOGUE:
            doctrines.setdefault(name, {})
    for name, parameters in doctrines.items():
        if isinstance(parameters, dict):
            doctrines[name] = {"kind": name, **parameters}


def _doctrines_used(data: dict[str, Any]) -> list[str]:
    parties = data.get("parties")
    used: list[str] = []
    for party in parties.values() if isinstance(parties, dict) else ():
        doctrine = party.get("doctrine") if isinstance(party, dict) else None
        used += [
            n for n in (doctrine.values() if isinstance(doctrine, dict) else [doctrine]) if isinstance(n, str)
        ]
    return used


def scenario_from(data: dict[str, Any], name: str = "scenario") -> ScenarioFile:
    """Validate a scenario given as plain data, as in a file without ``extends``."""
    if not isinstance(data, dict):
        raise ScenarioError([Problem(name, 0, 0, "", "a scenario is made of keys and values")])
    return ScenarioFile(*_validated(Tree(data, {(): Mark(name)}), name))
