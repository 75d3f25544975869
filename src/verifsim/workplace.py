"""A place to work in: a scenario of one's own, and copies of what ships."""

from __future__ import annotations

import json
import os
import re
from os import PathLike
from pathlib import Path

from verifsim.errors import UsageError, did_you_mean, names
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.scenario.merge import shipped_files, shipped_folder
from verifsim.scenario.months import month_name, month_number
from verifsim.store import Content, Folder

SCHEMA = "verifsim.schema.json"

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")

README = """\
# Scenarios and notebooks of verifsim

In this folder, type:

    verifsim run scenarios/moratorium.yaml
    verifsim list scenarios

The first writes its results to `results/moratorium`. For a scenario of your own:

    verifsim new my_question --extends moratorium.yaml -o scenarios
    verifsim validate scenarios/my_question.yaml
    verifsim show scenarios/my_question.yaml --diff
    verifsim run scenarios/my_question.yaml

`new` writes a file that changes `moratorium.yaml`; open it in an editor and say what you change. To see what
happened in one of the simulated worlds, month by month:

    verifsim run scenarios/my_question.yaml --only-run 17 --trace

The notebooks need Jupyter: `pip install notebook`, then `jupyter notebook notebooks/01_first_run.ipynb`.

The scenarios here are copies: change them as you like. `scenarios/verifsim.schema.json` lets an editor that
knows YAML schemas explain and check what you write.
"""
"""What lies in a folder of copies, and says what to type."""


def copy_shipped(folder: str | PathLike[str]) -> list[Path]:
    """Copy the scenarios and notebooks that ship into a folder, with the editor's schema and a README.

    Parameters
    ----------
    folder
        It is made if it is not there; other files in it are left alone.

    Returns
    -------
    The files that were written.

    Raises
    ------
    UsageError
        If any of them is there already, with all that are; nothing is written then.
    OutputError
        If they cannot be written; nothing is left half-written.
    """
    folder = Path(folder)
    contents = _shipped()
    in_the_way = [name for name in contents if os.path.lexists(folder / name)]
    if in_the_way:
        raise UsageError(
            f"{folder}: there already, and never overwritten: {names(in_the_way)}; "
            "choose another folder, or move them away"
        )
    with Folder(folder) as into:
        into.write(contents)
    return [folder / name for name in contents]


def _shipped() -> dict[str, Content]:
    """What is copied, by its name in the new folder."""
    scenarios = [*shipped_files(), shipped_folder() / SCHEMA]
    notebooks = sorted(shipped_folder("notebooks").glob("*.ipynb"))
    kept = {"scenarios": scenarios, "notebooks": notebooks}
    copies = {f"{where}/{path.name}": path.read_bytes for where, paths in kept.items() for path in paths}
    return {"README.md": README.encode, **copies}


def new_scenario(
    name: str, *, extends: str | PathLike[str] = "baseline.yaml", folder: str | PathLike[str] = "."
) -> Path:
    """Write a scenario file that extends another one, with examples to uncomment.

    Parameters
    ----------
    name
        Of the file, without ``.yaml``: small letters, digits and underscores, at most 60.
    extends
        The file it changes: one that ships, or one of the folder it is written to.
    folder
        Where it goes.

    Returns
    -------
    The file that was written; it is valid.

    Raises
    ------
    UsageError
        If the name is none, or taken, or the file to extend is not where it can be extended.
    ScenarioError
        If the file to extend is not valid.
    OutputError
        If it cannot be written.
    """
    folder, given = Path(folder), Path(extends)
    stem = _checked_name(name, folder)
    if not given.name:
        raise UsageError(f"no name of a file to extend: {str(extends)!r}; e.g. baseline.yaml")
    parent = _parent(given if given.suffix else given.with_suffix(".yaml"), folder)
    text = _starter(stem, parent.name, load_scenario(parent), with_schema=(folder / SCHEMA).is_file())
    file = f"{stem}.yaml"
    with Folder(folder) as into:
        into.write({file: text.encode})
    return folder / file


def _checked_name(name: str, folder: Path) -> str:
    """The stem of the new file's name."""
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem):
        raise UsageError(
            f"not a name for a scenario: {name[:80]!r}; small letters, digits and underscores, at most 60, "
            "as in my_question (the folder goes with -o)"
        )
    if stem in [path.stem for path in shipped_files()]:
        raise UsageError(f"a scenario named '{stem}' ships with verifsim; choose another name")
    if os.path.lexists(folder / f"{stem}.yaml"):
        raise UsageError(f"{folder / stem}.yaml: there already, and never overwritten; choose another name")
    return stem


def _parent(given: Path, folder: Path) -> Path:
    """The file that a file of a folder extends by the name given.

    What ``extends`` finds by that name has to be what the path given leads to from here.
    """
    candidates = (folder / given.name, shipped_folder() / given.name)
    found = next((path for path in candidates if path.is_file()), None)
    if given.is_file() and (found is None or not found.samefile(given)):
        raise UsageError(
            f"{given} lies in another folder than the new file, and a file extends one of its own folder, "
            f"or one that ships; write the new one there ('-o {given.parent}'), or copy that one here first"
        )
    if found is None or (given.parent != Path() and not given.is_file()):
        known = sorted({path.name for path in [*folder.glob("*.yaml"), *shipped_files()]})
        raise UsageError(
            f"no file {given} to extend; {did_you_mean(given.name, known)}there are: {names(known)}"
        )
    return found


def _starter(name: str, parent: str, file: ScenarioFile, *, with_schema: bool) -> str:
    """The text of a new file; every example in it is valid as soon as its ``#`` is taken away."""
    title = name.replace("_", " ").capitalize()
    question = f"What changes, compared with '{file.scenario.title}'?"
    schema = f"# yaml-language-server: $schema={SCHEMA}\n" if with_schema else ""
    return f"""\
{schema}extends: {parent}
title: {_quoted(title)}
question: {_quoted(question)}

# What is not said here is as in {parent}. Below are examples: take away the # before the
# lines that you want, and write your own numbers, months and names.

# An event, which happens in every world in that month:
{_commented(_event(file))}

# A number, with the range that is thought possible and its source, or the word 'assumption':
#watching:
#  false_alarm: {{value: 0.05, range: [0.01, 0.10], source: assumption}}

# How many worlds are simulated; more make the means surer:
#ensemble: {{runs: 4000}}
"""


def _event(file: ScenarioFile) -> str:
    """An event that is valid in a scenario: a deployment if it has missiles, else a shock to trust."""
    scenario = file.scenario
    month = month_name(month_number(scenario.start) + scenario.months // 2)
    free = "my_event" if "my_event" not in scenario.events else "my_other_event"
    head = f"events:\n  {free}:\n    month: {month}\n"
    for key, programme in scenario.programmes.items():
        if not programme.disputed:
            region = (programme.regions or list(scenario.regions))[0]
            return f"{head}    does: deploy\n    programme: {key}\n    region: {region}\n    batteries: 1"
    return f"{head}    does: shock_to_trust\n    by: 0.3"


def _commented(text: str) -> str:
    return "\n".join(f"#{line}" for line in text.splitlines())


def _quoted(text: str) -> str:
    """A text that YAML reads as it is, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
