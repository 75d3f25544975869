"""``verifsim plot``: a picture of results."""

from __future__ import annotations

from pathlib import Path

import click

from verifsim.cli.say import PATH, examples, say
from verifsim.errors import OutputError, UsageError
from verifsim.store import Folder, interrupts_held

FORMATS = (".png", ".svg", ".pdf")


@click.command(
    epilog=examples(
        "verifsim plot",
        "verifsim plot escalation results/moratorium -o curve.png",
        "verifsim plot escalation results/baseline results/moratorium --region europe -o curves.svg",
    ),
    short_help="Draw a picture of results, or list the kinds there are.",
)
@click.argument("kind", required=False)
@click.argument("folders", nargs=-1, type=PATH, metavar="[FOLDER]...")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="FILE",
    help=f"Where it goes: {', '.join(FORMATS)}. [default: <KIND>.png]",
)
@click.option("--region", help="A region, where the kind takes one.")
@click.option("--party", help="A party, where the kind takes one.")
@click.option("--run", type=click.IntRange(0), metavar="I", help="A run, where the kind takes one.")
def plot(
    kind: str | None,
    folders: tuple[Path, ...],
    output: Path | None,
    region: str | None,
    party: str | None,
    run: int | None,
) -> int:
    """Draw a picture of a KIND of the results in one FOLDER or several; without a KIND, list all kinds.

    FOLDERs are what 'verifsim run' wrote.
    """
    with interrupts_held():  # one in the middle of an import can do anything
        from verifsim import listing
        from verifsim.plots.kinds import Of, drawn, kind_named

    if kind is None:
        say(listing.pictures())
        return 0
    chosen, into = kind_named(kind), _target(kind, output)
    if not folders:
        raise UsageError(f"of which results? e.g. verifsim plot {kind} results/moratorium")
    with interrupts_held():
        from verifsim import comparing, study

        if chosen.of is Of.PAIRS:
            if (region, party, run) != (None, None, None):
                raise UsageError(f"a picture of '{kind}' takes no region, party or run")
            figure = comparing.compare(*folders).plot()
        else:
            loaded = [study.load(folder) for folder in folders]
            figure = drawn(chosen, *loaded, region=region, party=party, run=run)
    with Folder(into.parent) as folder:
        folder.write({into.name: lambda: study.picture_content(figure, into.suffix[1:].lower())})
    say(f"{chosen.shows[0].upper()}{chosen.shows[1:]}: {into}")
    return 0


def _target(kind: str, output: Path | None) -> Path:
    """Where the picture goes; refused before the work, if it cannot."""
    into = output or Path(f"{kind}.png")
    if into.suffix.lower() not in FORMATS:
        raise UsageError(f"{into}: a picture's name ends in one of {', '.join(FORMATS)}")
    if into.is_dir():
        raise OutputError(f"{into} is a folder")
    return into
