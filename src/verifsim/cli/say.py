"""Printing, and what commands share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verifsim.errors import OutputError, ScenarioError

if TYPE_CHECKING:
    from verifsim.scenario import ScenarioFile

EXIT_CODES = """\b
Exit codes:
  0    done
  1    failure: results could not be written, or no run could be finished
  2    usage: an option or argument is off
  3    a scenario file is invalid
  4    some runs failed; the others were written
  130  interrupted
"""

PATH = click.Path(path_type=Path)

FILES = click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Another value instead of the file's, e.g. --set watching.battery_seen=0.5. Repeatable.",
)


def examples(*lines: str) -> str:
    """Examples of a command below its help, and all exit codes."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines), "", EXIT_CODES])


def load_all(files: tuple[Path, ...], settings: list[str]) -> list[ScenarioFile]:
    """Load every file, or say what is wrong with all of them before anything runs."""
    from verifsim.outcomes.question import check_answers
    from verifsim.scenario import load_scenario

    loaded, problems = [], []
    for path in files:
        try:
            file = load_scenario(path, settings)
            check_answers(file)
            loaded.append(file)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return loaded


def count(n: int, what: str) -> str:
    """``1 run``, ``1,000 runs``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def say(text: str, *, err: bool = False) -> None:
    """Print; whoever has stopped listening (``| head -1``) stops no work."""
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, (sys.stderr if err else sys.stdout).fileno())
        os.close(nobody)
    except OSError as error:
        where = "errors" if err else "output"
        raise OutputError(f"standard {where}: cannot be written ({error.strerror})") from None
