"""The command line: choose and show; it computes nothing.

Heavy modules are imported when a command needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from verifsim.errors import OutputError, ScenarioError, UsageError, VerifsimError
from verifsim.store import Folder, interrupts_held

if TYPE_CHECKING:
    from verifsim.scenario import ScenarioFile
    from verifsim.study import Study

EXIT_CODES = """\b
Exit codes:
  0    done
  1    failure: results could not be written, or no run could be finished
  2    usage: an option or argument is off
  3    a scenario file is invalid
  4    some runs failed; the others were written
  130  interrupted
"""

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Another value instead of the file's, e.g. --set watching.battery_seen=0.5. Repeatable.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="verifsim")
def cli() -> None:
    """Simulate a verification regime for missiles after the INF Treaty.

    Start with: verifsim run scenarios/moratorium.yaml
    """


@cli.command(epilog=EXIT_CODES, short_help="Simulate scenarios, and write results, tables and a picture.")
@FILES
@click.option("-n", "--runs", type=click.IntRange(1), help="How many worlds, instead of the file's number.")
@click.option("--seed", type=click.IntRange(0), help="The luck, instead of the file's.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Where results go: a folder, or for several FILEs the folder that holds one folder each. "
    "[default: results/<name of the file>]",
)
@SETTINGS
@click.option(
    "--json", "as_json", is_flag=True, help="Print the summaries as JSON, and nothing else, on stdout."
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--no-progress", is_flag=True, help="No progress bar; there is none without a terminal.")
@click.option("--no-plot", is_flag=True, help="Do not draw escalation.png; an older one is removed.")
def run(
    files: tuple[Path, ...],
    runs: int | None,
    seed: int | None,
    output: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    no_progress: bool,
    no_plot: bool,
) -> int:
    """Simulate scenarios, and write results, tables and a picture of each.

    Into the folder go results.nc (for xarray), outcomes.csv (one row a run), summary.csv,
    escalation.csv, escalation.png, scenario.resolved.yaml and metadata.json.
    """
    folders = _folders(files, output)
    with interrupts_held():  # one in the middle of an import can do anything
        from verifsim.study import as_settings

        scenarios = _load_all(files, [*settings, *as_settings(runs, seed, {})])
    said, n_failed = [], 0
    for scenario, folder in zip(scenarios, folders, strict=True):
        held_results = (folder / "results.nc").exists()
        study = _run_one(scenario, folder, bar=not (no_progress or quiet), plot=not no_plot)
        n_failed += _say_failures(study)
        if as_json:
            said.append(_as_json(study, folder))
        elif not quiet:
            _show(study, folder, first=folder == folders[0], replaced=held_results)
    if as_json:
        _say(json.dumps(said, indent=2))
    return 4 if n_failed else 0


@cli.command(epilog=EXIT_CODES)
@FILES
@SETTINGS
def validate(files: tuple[Path, ...], settings: tuple[str, ...]) -> int:
    """Check scenario files, and say all that is wrong with them."""
    with interrupts_held():
        scenarios = _load_all(files, list(settings))
    for path, file in zip(files, scenarios, strict=True):
        _say(f"{path}: valid ({file.scenario.title})")
    return 0


@cli.command(name="list")
@click.argument("what", type=click.Choice(["scenarios", "doctrines", "outcomes"]))
def list_(what: str) -> int:
    """Say which scenarios, doctrines or outcomes there are."""
    from verifsim import listing

    _say(getattr(listing, what)())
    return 0


@cli.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from verifsim.scenario.json_schema import json_schema

    _say(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


def _load_all(files: tuple[Path, ...], settings: list[str]) -> list[ScenarioFile]:
    """Load every file, or say what is wrong with all of them before anything runs."""
    from verifsim.scenario import load_scenario

    loaded, problems = [], []
    for path in files:
        try:
            loaded.append(load_scenario(path, settings))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return loaded


def _folders(files: tuple[Path, ...], output: Path | None) -> list[Path]:
    """A folder for each file's results."""
    stems = [path.stem for path in files]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise UsageError(f"several files are named '{twice[0]}': their results would meet in one folder")
    if output is not None and len(files) == 1:
        return [output]
    return [(output or Path("results")) / stem for stem in stems]


def _run_one(scenario: ScenarioFile, folder: Path, *, bar: bool, plot: bool) -> Study:
    """Simulate one scenario and write its results; the folder is tried before the work."""
    from verifsim.study import run as simulate

    with Folder(folder) as into:
        with _progress(scenario, bar) as progress:
            study = simulate(scenario, progress=progress)
        study.write_into(into, plot=plot)
    return study


def _progress(scenario: ScenarioFile, bar: bool) -> Any:
    """A context that yields what to call with run-months done; a bar on a terminal's stderr."""
    if not bar or sys.stderr is None or not sys.stderr.isatty():
        return nullcontext(lambda n: None)
    return _bar(scenario)


def _bar(scenario: ScenarioFile) -> Any:
    from contextlib import contextmanager

    from tqdm import tqdm

    @contextmanager
    def bar() -> Any:
        months, runs = scenario.scenario.months, scenario.scenario.ensemble.runs
        with tqdm(
            total=months * runs, desc=scenario.name, unit=" run-months", unit_scale=True, leave=False
        ) as shown:
            yield shown.update

    return bar()


def _say_failures(study: Study) -> int:
    """Say on stderr which runs failed, and how: each way once; give how many."""
    ways: dict[str, list[str]] = {}
    for failure in study.failures:
        last = failure.first + failure.n_runs - 1
        ways.setdefault(failure.traceback, []).append(f"{failure.first} to {last}")
    for traceback, runs in ways.items():
        _say(f"{study.name}: runs {', '.join(runs)} failed:\n{traceback}", err=True)
    n_failed = sum(failure.n_runs for failure in study.failures)
    if n_failed:
        n = n_failed + study.ds.sizes["run"]
        _say(f"{study.name}: {n_failed:,} of {n:,} runs failed; the others were written", err=True)
    return n_failed


def _as_json(study: Study, folder: Path) -> dict[str, Any]:
    summary = json.loads(study.summary().reset_index().to_json(orient="records"))
    return study.metadata() | {"folder": str(folder), "summary": summary}


def _show(study: Study, folder: Path, *, first: bool, replaced: bool) -> None:
    """What was run, the short table, the sentences, and where the results are."""
    from verifsim import listing

    attrs, runs, months = study.ds.attrs, study.ds.sizes["run"], study.ds.sizes["month"]
    said = [
        attrs["title"] if first else f"\n{attrs['title']}",
        *([attrs["question"]] if attrs["question"] else []),
        *([f"with {attrs['settings']}"] if attrs["settings"] else []),
        f"{_count(runs, 'run')} of {_count(months, 'month')}, seed {attrs['seed']}",
        f"\n{listing.headlines(study.headlines(), runs)}\n",
        *study.sentences(),
        f"\nResults are in {folder}{os.sep}" + (", in place of earlier ones" if replaced else ""),
    ]
    _say("\n".join(said))


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _say(text: str, *, err: bool = False) -> None:
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


def _speak_safely() -> None:
    """Let a console that lacks a letter show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line, and leave with its exit code."""
    _speak_safely()
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the work is done: nothing to interrupt
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        return int(cli.main(args=arguments, prog_name="verifsim", standalone_mode=False) or 0)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted; nothing was left half-written", 130)
    except click.ClickException as error:
        error.show()
        return 2
    except ScenarioError as error:
        n = _count(len(error.problems), "problem")
        return _fail(f"{error}\n{n}; nothing was run or written", error.exit_code)
    except VerifsimError as error:
        return _fail(str(error), error.exit_code)
    except MemoryError:
        return _fail("not enough memory; fewer runs (-n) need less", 1)


def _fail(sentence: str, exit_code: int) -> int:
    with suppress(OutputError):
        _say(sentence, err=True)
    return exit_code
