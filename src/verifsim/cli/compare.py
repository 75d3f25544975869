"""``verifsim compare``: scenarios side by side, run by run under the same luck."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifsim.cli.labour import JOBS, SCHEDULER, labour, telling
from verifsim.cli.run import bar
from verifsim.cli.say import PATH, SETTINGS, examples, say
from verifsim.errors import UsageError
from verifsim.store import Content, Folder, interrupts_held

if TYPE_CHECKING:
    from verifsim.cli.resuming import Part
    from verifsim.comparing import Comparison, Entries


@click.command(
    epilog=examples(
        "verifsim compare scenarios/baseline.yaml scenarios/moratorium.yaml",
        "verifsim compare results/baseline results/moratorium scenarios/inf_restored.yaml",
        "verifsim compare scenarios/*.yaml --reference baseline --outcome nobody_deployed",
    ),
    short_help="Compare scenarios run by run, and say how they differ and how sure that is.",
)
@click.argument("scenarios", nargs=-1, required=True, type=PATH, metavar="SCENARIO SCENARIO...")
@click.option(
    "--reference", metavar="NAME", help="The scenario the others are compared with. [default: the first]"
)
@click.option("-n", "--runs", type=click.IntRange(2), help="How many worlds, instead of the files' numbers.")
@click.option("--seed", type=click.IntRange(0), help="The luck, instead of the files'.")
@click.option("--vary", is_flag=True, help="Let each world draw its own numbers from their ranges.")
@SETTINGS
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="NAME",
    help="An outcome to look at, instead of the headlines. Repeatable.",
)
@click.option(
    "--until",
    "until",
    multiple=True,
    metavar="OUTCOME=HALFWIDTH",
    help="Double the runs, from 500, until half the 95 % interval is that narrow (a share: 0.02 for 2 of 100 "
    "worlds). Repeatable.",
)
@click.option("--most-runs", type=click.IntRange(2), help="The most runs for --until. [default: 16,000]")
@click.option(
    "-o",
    "--output",
    "folder",
    type=PATH,
    default=Path("results") / "comparison",
    show_default=True,
    metavar="DIR",
    help="Where the comparison goes.",
)
@click.option(
    "--report", "with_report", is_flag=True, help="Write report.html too: one page to send or print."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the comparison as JSON, and nothing else, on stdout."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--no-progress", is_flag=True, help="No progress bar; there is none without a terminal.")
@JOBS
@SCHEDULER
def compare(
    scenarios: tuple[Path, ...],
    reference: str | None,
    runs: int | None,
    seed: int | None,
    vary: bool,
    settings: tuple[str, ...],
    outcomes: tuple[str, ...],
    until: tuple[str, ...],
    most_runs: int | None,
    folder: Path,
    with_report: bool,
    as_json: bool,
    quiet: bool,
    no_progress: bool,
    jobs: int | None,
    scheduler: str | None,
) -> int:
    """Compare scenarios run by run under the same luck, and say how they differ and how sure that is.

    SCENARIOs are scenario files, which are simulated here, or folders of results. The first is the reference.
    Run i has the same luck in all of them, so that what luck does to all drops out. Into the
    folder go comparison.csv, first_moves.csv, comparison.json and comparison.png; with --report also
    report.html.

    Of ensembles of many thousand worlds, finished parts are kept in the folder's parts: after an interrupt
    the same command goes on from there. With --until none are kept.
    """
    close = _half_widths(until, most_runs)
    with interrupts_held():  # one in the middle of an import can do anything
        from verifsim import comparing
        from verifsim.cli.resuming import MANY, check_room, resumable
        from verifsim.comparison.precision import MOST_RUNS
        from verifsim.comparison.table import check_names
        from verifsim.study import as_settings, json_text

        check_names([*outcomes, *close])
        opened = comparing.opened(
            scenarios, [*settings, *as_settings(runs=runs, seed=seed, vary=vary or None)]
        )
        entries = comparing.ready(opened, reference, runs, seed)
        most = most_runs or MOST_RUNS
        if close:
            comparing.check_until(entries, close, runs, most)
    replaced = (folder / "comparison.csv").exists()
    tell = telling(quiet=quiet)
    kept = None if close else folder  # an ensemble that grows is small at first, and all of it is soon done
    parts = [] if kept is None else _parts(entries, kept)
    with (
        Folder(folder) as into,
        labour(jobs, scheduler, tell) as hands,
        resumable(parts, folder / comparing.PARTS, tell),
    ):
        large = [part for part in parts if part.n_kept() < part.n_runs > MANY]  # of others little is written
        check_room(into, large, "-o puts it elsewhere, and fewer runs (-n) take less")
        n_missing = max((part.n_runs - part.n_kept() for part in parts), default=0)
        months = max((part.file.scenario.months for part in parts), default=0)
        total = None if close else comparing.run_months(entries)
        jobs = hands.jobs if close else hands.jobs_for(n_missing, months, tell)
        with _progress(total, wanted=not (no_progress or quiet)) as progress:
            simulate = comparing.simulation(
                progress=progress, jobs=jobs, executor=hands.executor, folder=kept, tell=tell
            )
            if close:
                found = comparing.until_known(
                    entries, outcomes or None, close, most, simulate, keep_results=with_report
                )
            else:
                found = comparing.carried_out(
                    entries, outcomes or None, runs, simulate, keep_results=with_report
                )
        found.write_into(into, _report(found) if with_report else None)
    if as_json:
        say(json_text(found.as_data() | {"folder": str(folder)}))
    elif not quiet:
        where = f"Results are in {folder}{os.sep}" + (", in place of earlier ones" if replaced else "")
        say("\n".join([_told(found), "", where]))
    return 4 if found.n_failed else 0


def _parts(entries: Entries, folder: Path) -> list[Part]:
    """The ensembles that are to be simulated."""
    from verifsim.cli.resuming import Part
    from verifsim.comparing import part_of
    from verifsim.keeping import keep_for
    from verifsim.scenario import ScenarioFile

    return [
        Part(file, part_of(folder, name), keep_for(file.scenario))
        for name, file in entries
        if isinstance(file, ScenarioFile)
    ]


def _report(found: Comparison) -> Content:
    """What makes the page."""
    with interrupts_held():
        from verifsim.report import html
    return lambda: html(found).encode()


def _half_widths(said: tuple[str, ...], most_runs: int | None) -> dict[str, float]:
    """What ``--until`` asks for, by outcome."""
    if most_runs is not None and not said:
        raise UsageError("--most-runs goes with --until; say how many runs with -n")
    found = {}
    for text in said:
        name, _, width = text.partition("=")
        try:
            found[name] = float(width)
        except ValueError:
            example = "e.g. --until months_without_deployment=1"
            raise UsageError(f"--until '{text}': OUTCOME=HALFWIDTH is wanted, {example}") from None
    return found


def _progress(total: int | None, *, wanted: bool) -> Any:
    """A context that yields what to call with run-months done; a bar on a terminal's stderr."""
    if not wanted or total == 0 or sys.stderr is None or not sys.stderr.isatty():
        return nullcontext(lambda n: None)
    return bar("comparison", total)


def _told(found: Comparison) -> str:
    """The titles, the tables, and the sentences."""
    from verifsim import listing

    head = [f"{side.name}: {side.title}" for side in found.sides]
    tables = listing.comparison(found.table(), found.reference)
    moves = listing.first_moves(found.first_moves(), found.sides[0].region_title)
    return "\n".join([*head, "", tables, "", moves, "", *found.sentences()])
