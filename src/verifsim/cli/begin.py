"""``verifsim init`` and ``new``: files to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from verifsim.cli.say import PATH, count, examples, say
from verifsim.store import interrupts_held


@click.command(epilog=examples("verifsim init class", "cd class", "verifsim run scenarios/moratorium.yaml"))
@click.argument("folder", type=PATH, metavar="DIR")
def init(folder: Path) -> int:
    """Copy the scenarios and notebooks that ship into a folder to work in.

    DIR is made if it is not there. Files that are there already are never overwritten: if one is in
    the way, nothing is copied.
    """
    with interrupts_held():
        from verifsim.workplace import copy_shipped
    written = copy_shipped(folder)
    kinds = [("scenario", ".yaml"), ("notebook", ".ipynb")]
    counted = [count(sum(p.suffix == suffix for p in written), what) for what, suffix in kinds]
    go_there = "" if folder.resolve() == Path.cwd() else f"  cd {folder}\n"
    say(
        f"{' and '.join(counted)} are in {folder}; {folder / 'README.md'} says more. Next:\n\n"
        f"{go_there}"
        f"  verifsim run {Path('scenarios') / 'moratorium.yaml'}\n"
        f"  verifsim new my_question -o scenarios"
    )
    return 0


@click.command(
    epilog=examples(
        "verifsim new my_question",
        "verifsim new my_question --extends moratorium.yaml",
        "verifsim new my_question --extends scenarios/moratorium.yaml -o scenarios",
    )
)
@click.argument("name")
@click.option(
    "--extends",
    "parent",
    type=PATH,
    default="baseline.yaml",
    show_default=True,
    metavar="FILE",
    help="The file it changes: one that ships, or one of the folder it is written to.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=PATH,
    default=".",
    metavar="FOLDER",
    help="Its folder. [default: here]",
)
def new(name: str, parent: Path, folder: Path) -> int:
    """Write NAME.yaml, a scenario of your own that changes another one.

    NAME is made of small letters, digits and underscores. A file that is there already is never
    overwritten.
    """
    with interrupts_held():
        from verifsim.workplace import new_scenario
    path = new_scenario(name, extends=parent, folder=folder)
    say(
        f"{path} is written. It changes nothing yet: open it in an editor, then\n\n"
        f"  verifsim validate {path}\n"
        f"  verifsim show {path} --diff\n"
        f"  verifsim run {path}"
    )
    return 0
