"""``verifsim run``: simulate, write, and say what came out."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verifsim.cli.labour import JOBS, SCHEDULER, Labour, labour, telling
from verifsim.cli.say import FILES, PATH, SETTINGS, count, examples, load_all, say
from verifsim.errors import UsageError
from verifsim.store import Folder, interrupts_held

if TYPE_CHECKING:
    from verifsim.keeping import Keep
    from verifsim.scenario import ScenarioFile
    from verifsim.study import Study


@dataclass(frozen=True)
class Wanted:
    """What the user wants simulated, drawn and shown."""

    only_run: int | None
    trace: bool
    bar: bool
    plot: bool
    quiet: bool
    labour: Labour
    keep: Keep | None


@click.command(
    epilog=examples(
        "verifsim run scenarios/moratorium.yaml",
        "verifsim run scenarios/*.yaml -n 200",
        "verifsim run scenarios/moratorium.yaml --only-run 17 --trace",
    ),
    short_help="Simulate scenarios, and write results, tables and a picture.",
)
@FILES
@click.option("-n", "--runs", type=click.IntRange(1), help="How many worlds, instead of the file's number.")
@click.option("--seed", type=click.IntRange(0), help="The luck, instead of the file's.")
@click.option("--vary", is_flag=True, help="Let each world draw its own numbers from their ranges.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    help="Where results go: a folder, or for several FILEs the folder that holds one folder each. "
    "[default: results/<name of the file>; of a run alone, results/<name of the file>_run_<I>]",
)
@SETTINGS
@click.option(
    "--only-run",
    type=click.IntRange(0),
    metavar="I",
    help="Simulate run I alone, counted from 0: it is bit for bit what it is among all others.",
)
@click.option(
    "--keep",
    type=click.Choice(["trajectories", "outcomes"]),
    help="What is kept: every month of every run; or outcomes of every run, sums over all runs by month, and "
    "every month of the first 1,000 runs, in a fiftieth of the memory. [default: trajectories, up to 500 MB, "
    "some 25,000 runs of moratorium.yaml; beyond that outcomes]",
)
@click.option(
    "--trace",
    is_flag=True,
    help="Print the dated story of the run of --only-run instead of the table; write results only with -o.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the summaries as JSON, and nothing else, on stdout."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--no-progress", is_flag=True, help="No progress bar; there is none without a terminal.")
@JOBS
@SCHEDULER
@click.option(
    "--no-plot", is_flag=True, help="Do not draw escalation.png and drivers.png; older ones are removed."
)
def run(
    files: tuple[Path, ...],
    runs: int | None,
    seed: int | None,
    vary: bool,
    output: Path | None,
    settings: tuple[str, ...],
    only_run: int | None,
    keep: Keep | None,
    trace: bool,
    as_json: bool,
    quiet: bool,
    no_progress: bool,
    jobs: int | None,
    scheduler: str | None,
    no_plot: bool,
) -> int:
    """Simulate scenarios, and write results, tables and a picture of each.

    Into the folder go results.nc (for xarray), outcomes.csv (one row a run), summary.csv,
    escalation.csv, escalation.png, scenario.resolved.yaml and metadata.json; with --vary also
    drivers.csv and drivers.png: which numbers move what comes out.

    Of an ensemble of many thousand worlds, finished parts are kept in the folder's chunks: after an
    interrupt the same command goes on from there, and more worlds (-n) cost only what is missing.
    Where every month of every world would take too much memory, months of the first 1,000 are kept, and
    tables and sentences are of all: see --keep.
    """
    _check_trace(only_run, trace=trace, said=[f for f, on in (("--json", as_json), ("-q", quiet)) if on])
    folders = _folders(files, output, "" if only_run is None else f"_run_{only_run}")
    with interrupts_held():  # one in the middle of an import can do anything
        from verifsim.study import as_settings, check_keep

        check_keep(keep, only_run)
        scenarios = load_all(files, [*settings, *as_settings(runs=runs, seed=seed, vary=vary or None)])
    said, n_failed = [], 0
    with labour(jobs, scheduler, telling(quiet=quiet)) as hands:
        wanted = Wanted(only_run, trace, not (no_progress or quiet), not no_plot, quiet, hands, keep)
        for path, scenario, folder in zip(files, scenarios, folders, strict=True):
            held_results = (folder / "results.nc").exists()
            into = None if trace and output is None else folder
            again = _again(path, folder, runs, seed, keep, vary=vary, settings=settings)
            study = _run_one(scenario, into, wanted, again)
            n_failed += _say_failures(study, again)
            if as_json:
                said.append(_as_json(study, folder))
            elif not quiet:
                head = _head(study, scenario, first=folder == folders[0])
                where = [] if into is None else ["", _where(folder, replaced=held_results)]
                say("\n".join([*head, "", *(study.story() if trace else _table(study)), *where]))
    if as_json:
        say(json.dumps(said, indent=2))
    return 4 if n_failed else 0


def _check_trace(only_run: int | None, *, trace: bool, said: list[str]) -> None:
    """Refuse a story of no run, or one that nobody could read."""
    if trace and only_run is None:
        raise UsageError("--trace tells the story of one run; say which, e.g. --only-run 17")
    if trace and said:
        raise UsageError(f"--trace prints a story, and {said[0]} prints none; leave one of them out")


def _folders(files: tuple[Path, ...], output: Path | None, suffix: str) -> list[Path]:
    """A folder for each file's results; with a suffix, beside those of all its runs."""
    stems = [path.stem for path in files]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise UsageError(f"several files are named '{twice[0]}': their results would meet in one folder")
    if output is not None and len(files) == 1:
        return [output]
    return [(output or Path("results")) / f"{stem}{suffix}" for stem in stems]


def _again(
    path: Path,
    folder: Path,
    runs: int | None,
    seed: int | None,
    keep: Keep | None,
    *,
    vary: bool,
    settings: tuple[str, ...],
) -> str:
    """The command that simulates once more what failed, in one process; what was finished is kept."""
    sets = [("--set", setting) for setting in settings]
    said = [("-n", runs), ("--seed", seed), ("--keep", keep), *sets, ("-o", folder)]
    options = [str(word) for option in said if option[1] is not None for word in option]
    return shlex.join(["verifsim", "run", str(path), *options, *(["--vary"] if vary else []), "-j", "1"])


def _run_one(scenario: ScenarioFile, folder: Path | None, wanted: Wanted, again: str) -> Study:
    """Simulate one scenario and write its results, if at all; the folder is tried before the work."""
    from verifsim.cli.resuming import MANY, Part, check_room, resumable
    from verifsim.keeping import keep_for
    from verifsim.study import run as simulate

    tell = telling(scenario.name, quiet=wanted.quiet)
    kept = keep_for(scenario.scenario, wanted.keep)
    parts = [] if folder is None or wanted.only_run is not None else [Part(scenario, folder, kept)]
    n_runs = 1 if wanted.only_run is not None else scenario.scenario.ensemble.runs
    n_missing = n_runs - sum(part.n_kept() for part in parts)
    jobs = wanted.labour.jobs_for(n_missing, scenario.scenario.months, tell)
    where = Path() if folder is None else folder / "chunks"
    with nullcontext() if folder is None else Folder(folder) as into, resumable(parts, where, tell):
        if into is not None:
            fewer = "" if kept == "outcomes" else "--keep outcomes takes less, "
            check_room(into, parts, f"{fewer}-o puts them elsewhere, and fewer runs (-n) take less")
        with _progress(scenario, wanted) as progress:
            study = simulate(
                scenario,
                progress=progress,
                only_run=wanted.only_run,
                keep=wanted.keep,
                jobs=jobs,
                executor=wanted.labour.executor,
                folder=folder,
                tell=tell,
            )
        if into is not None:
            if _is_watched(wanted) and study.n_runs > MANY:
                tell("writing results …")
            study.write_into(into, plot=wanted.plot, again=again)
    return study


def _progress(scenario: ScenarioFile, wanted: Wanted) -> Any:
    """A context that yields what to call with run-months done; a bar on a terminal's stderr."""
    if not _is_watched(wanted):
        return nullcontext(lambda n: None)
    from verifsim.ensemble import n_twins

    n_runs = scenario.scenario.ensemble.runs + n_twins(scenario)
    runs = n_runs if wanted.only_run is None else 1
    return bar(scenario.name, scenario.scenario.months * runs)


def _is_watched(wanted: Wanted) -> bool:
    """Somebody sits before a terminal, and wants to see how the work goes."""
    return wanted.bar and sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def bar(name: str, total: int | None) -> Iterator[Any]:
    """A progress bar on stderr, which yields what to call with run-months done."""
    from tqdm import tqdm

    with tqdm(total=total, desc=name, unit=" run-months", unit_scale=True, leave=False) as shown:
        yield shown.update


def _say_failures(study: Study, again: str) -> int:
    """Say on stderr which runs failed, and how: each way once; give how many."""
    ways: dict[str, list[str]] = {}
    for failure in study.failures:
        last = failure.first + failure.n_runs - 1
        ways.setdefault(failure.traceback, []).append(f"{failure.first} to {last}")
    for traceback, runs in ways.items():
        say(f"{study.name}: runs {', '.join(runs)} failed:\n{traceback}", err=True)
    n_failed = sum(failure.n_runs for failure in study.failures)
    if n_failed:
        n = n_failed + study.n_runs
        say(f"{study.name}: {n_failed:,} of {n:,} runs failed; the others were written", err=True)
        say(f"to simulate these alone, for the others are kept: {again}", err=True)
    return n_failed


def _as_json(study: Study, folder: Path) -> dict[str, Any]:
    summary = json.loads(study.summary().reset_index().to_json(orient="records"))
    return study.metadata() | {"folder": str(folder), "summary": summary}


def _table(study: Study) -> list[str]:
    """The short table, and the sentences."""
    from verifsim import listing

    table = listing.headlines(study.headlines(), study.n_runs)
    return [table, "", *study.sentences()]


def _where(folder: Path, *, replaced: bool) -> str:
    return f"Results are in {folder}{os.sep}" + (", in place of earlier ones" if replaced else "")


def _head(study: Study, scenario: ScenarioFile, *, first: bool) -> list[str]:
    """What was run, over what came out."""
    attrs, months = study.ds.attrs, count(study.ds.sizes["month"], "month")
    return [
        attrs["title"] if first else f"\n{attrs['title']}",
        *([attrs["question"]] if attrs["question"] else []),
        *([f"with {attrs['settings']}"] if attrs["settings"] else []),
        f"{_runs(study, scenario.scenario.ensemble.runs)} of {months}, seed {attrs['seed']}"
        + (", with numbers drawn from their ranges" if study.varies else ""),
    ]


def _runs(study: Study, n_runs: int) -> str:
    """How many runs, or which: a run beyond the file's own number is there, but nobody will see it there."""
    if study.only_run is None:
        return count(study.n_runs, "run")
    beyond = f", beyond the scenario's own {count(n_runs, 'run')} (0 to {n_runs - 1:,})"
    return f"run {study.only_run:,} alone{beyond if study.only_run >= n_runs else ''},"
