"""``verifsim report``: one page on results, for people who never ran the tool."""

from __future__ import annotations

from pathlib import Path

import click

from verifsim.cli.say import PATH, examples, say
from verifsim.store import interrupts_held


@click.command(
    epilog=examples(
        "verifsim report results/moratorium",
        "verifsim report results/baseline results/moratorium -o moratorium.html",
        "verifsim report results/moratorium results/baseline --reference baseline --title 'Does it last?'",
    ),
    short_help="Write one page on results, for people who never ran the tool.",
)
@click.argument("folders", nargs=-1, required=True, type=PATH, metavar="FOLDER...")
@click.option(
    "-o",
    "--output",
    type=PATH,
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="Where it goes.",
)
@click.option(
    "--reference", metavar="NAME", help="The scenario the others are compared with. [default: the first]"
)
@click.option(
    "--title", metavar="TEXT", help="Its title. [default: that of the scenario, or what is compared]"
)
def report(folders: tuple[Path, ...], output: Path, reference: str | None, title: str | None) -> int:
    """Write one page on the results in a FOLDER, or in several, which are compared.

    FOLDERs are what 'verifsim run' wrote; the first is the reference. The page says in words what was asked,
    found, assumed and left out, with tables and pictures. It is a single file that needs no network, to
    send or to print.
    """
    with interrupts_held(twice_is_now=True):  # one in the middle of an import can do anything
        from verifsim.report import write_report

        written = write_report(output, *folders, reference=reference, title=title)
    say(f"A report for any browser: {written}")
    return 0
