"""A study: one scenario, its results and what can be read off them. The front of the Python interface."""

from __future__ import annotations

import json
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from io import BytesIO
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
import pandas as pd
import xarray as xr

from verifsim import results
from verifsim.doctrines.known import Given
from verifsim.errors import UsageError, did_you_mean, names
from verifsim.keeping import Keep, keep_for, months_in_memory, what_is_kept
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.columns import Columns, columns
from verifsim.outcomes.drivers import drivers_table
from verifsim.outcomes.question import check_answers, spoken_of_first
from verifsim.outcomes.sentences import sentences
from verifsim.outcomes.spread import spread_sentences, spread_table
from verifsim.outcomes.summary import escalation_table, outcomes_table, summary_table
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.scenario.schema import MOST_RUNS
from verifsim.store import Content, Folder, interrupts_held, size_of
from verifsim.story import story

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from verifsim.ensemble import Failure

Progress = Callable[[int], Any]

DRIVERS, FAILURES = "drivers.csv", "failures.txt"
PICTURE, TORNADO = "escalation.png", "drivers.png"

_SAID = ("name", "title", "question", "settings", "verifsim_version", "versions", "python")
"""What a results file says of itself, and its metadata repeat."""


_ROWS = 10_000
"""Runs whose outcomes are written at once."""

_NO_NUMBERS = (
    "all runs have the stated numbers; with vary=True, --vary or 'ensemble: {vary: yes}' each draws its own"
)
_NO_TWINS = (
    "no run was simulated once more: that is left out where one is simulated alone, or where runs failed"
)


class Study:
    """Results of one scenario, with outcomes, summary and pictures.

    Attributes
    ----------
    ds
        The labelled dataset: what every run recorded, month by month. Of reduced results, what the
        first 1,000 runs recorded; and what is held of all runs, along ``every_run`` and as sums by month.
    failures
        Chunks of runs that could not be finished; empty if all went well, or loaded from a file.
    """

    def __init__(self, ds: xr.Dataset, failures: tuple[Failure, ...] = ()) -> None:
        n_failed = sum(failure.n_runs for failure in failures)
        self.ds, self.failures = ds.assign_attrs(failed_runs=n_failed) if n_failed else ds, failures

    @property
    def name(self) -> str:
        """The stem of the scenario file's name."""
        return str(self.ds.attrs["name"])

    @property
    def only_run(self) -> int | None:
        """The number of the run that was simulated alone; None for an ensemble."""
        number = self.ds.attrs.get("only_run")
        return None if number is None else int(number)

    @property
    def n_runs(self) -> int:
        """How many runs there are, whether their months are held or not."""
        return results.n_runs(self.ds)

    @property
    def is_reduced(self) -> bool:
        """Results hold outcomes and sums of all runs, and the months of the first ones alone."""
        return results.is_reduced(self.ds)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run, one column an outcome."""
        return self._outcomes_of(slice(None))

    @cached_property
    def _columns(self) -> Columns:
        """The columns of `outcomes`, which are not all copied at once where runs are many."""
        return columns(self.ds, OUTCOMES)

    def _outcomes_of(self, rows: slice) -> pd.DataFrame:
        """Some rows of `outcomes`."""
        read = {name: values[rows].astype(np.float64) for name, values in self._columns.items()}
        return pd.DataFrame(read, index=pd.Index(results.run_numbers(self.ds)[rows], name="run"))

    def _outcomes_csv(self) -> Iterator[bytes]:
        """What goes into the file of outcomes, some rows at a time."""
        for first in range(0, self.n_runs, _ROWS):
            rows = self._outcomes_of(slice(first, first + _ROWS)).reset_index()
            yield csv_content(rows, header=first == 0)

    def summary(self) -> pd.DataFrame:
        """Mean, standard error and quantiles of every outcome; and its spread by chance and by the numbers.

        That is known where every run drew its numbers, and most runs have a twin: see `spread`.
        """
        table = summary_table(self._columns, OUTCOMES)
        return table.join(self.spread()) if self.has_twins else table

    @property
    def varies(self) -> bool:
        """Every run drew its own numbers from their ranges."""
        return "number" in self.ds.coords

    @property
    def has_twins(self) -> bool:
        """Runs were simulated once more, with the numbers they drew and other luck."""
        return "twin_outcomes" in self.ds

    def spread(self) -> pd.DataFrame:
        """How much of each outcome's spread is chance, and how much is not knowing the numbers.

        Raises
        ------
        UsageError
            If all runs had the same numbers, one run was simulated alone, or some failed.
        """
        if not self.has_twins:
            raise UsageError(f"{self.name}: {_NO_TWINS if self.varies else _NO_NUMBERS}")
        twins = self.ds.twin_outcomes.to_pandas()
        return spread_table(self._outcomes_of(slice(int(twins.index[-1]) + 1)), twins)

    def drivers(self, outcome: str | None = None) -> pd.DataFrame:
        """Which numbers move an outcome, the strongest first; of runs whose months are held.

        Parameters
        ----------
        outcome
            A column of ``outcomes``; months without deployment in the region in question, if not said.

        Raises
        ------
        UsageError
            If all runs had the same numbers, there is no such outcome, or nothing moves it.
        """
        if not self.varies:
            raise UsageError(f"{self.name}: {_NO_NUMBERS}")
        return drivers_table(
            self.ds.numbers, self._outcomes_of(slice(self.ds.sizes["run"]))[self._known(outcome)]
        )

    def plot_drivers(self, outcome: str | None = None) -> Figure:
        """A tornado of the numbers that move an outcome; the errors are those of `drivers`."""
        from verifsim.plots import tornado

        drawn = tornado(self.drivers(outcome), self._known(outcome))
        return cast("Figure", drawn.figure)

    def _known(self, outcome: str | None) -> str:
        """The name of an outcome that these results have."""
        name = self._in_question if outcome is None else outcome
        if name not in self._columns:
            known = list(self._columns)
            raise UsageError(f"no outcome '{name}'; {did_you_mean(name, known)}there are: {names(known)}")
        return name

    @property
    def _in_question(self) -> str:
        """The outcome that is spoken of first: it answers the question."""
        return self.spoken_of_first[0]

    def drivers_of_headlines(self) -> pd.DataFrame:
        """The drivers of every outcome that is looked at first, one below the other; of those that vary."""
        found = []
        for name in self.headlines().index:
            with suppress(UsageError):  # the same in all runs, or known in too few
                found.append(self.drivers(str(name)).reset_index().assign(outcome=name))
        return pd.concat(found).set_index(["outcome", "number"]) if found else pd.DataFrame()

    def headlines(self) -> pd.DataFrame:
        """The rows of the summary that are looked at first: those that answer the question on top."""
        first = [outcome.name for outcome in OUTCOMES if outcome.headline]
        table = self.summary()
        others = [name for name in table.index if str(name).split(".")[0] in first]
        return table.loc[list(dict.fromkeys([*self.spoken_of_first, *others]))]

    @property
    def spoken_of_first(self) -> list[str]:
        """The outcomes that answer the scenario's question, or are spoken of first if it names none."""
        return spoken_of_first(self.ds, self._columns)

    def escalation(self) -> pd.DataFrame:
        """The escalation curves: mean rung and share of runs at or above each rung, by month and region."""
        return escalation_table(self.ds)

    def sentences(self) -> tuple[str, ...]:
        """What came out, in a few plain sentences; where numbers vary, also what they have to do with it."""
        said = sentences(self.ds)
        if not self.has_twins:
            return said
        first = f"These are drivers in the first {self.ds.sizes['run']:,} worlds." if self.is_reduced else ""
        return said + spread_sentences(self.spread(), self._in_question, self.drivers, first)

    def story(self, run: int | None = None) -> list[str]:
        """What happened in one run, as dated lines.

        Parameters
        ----------
        run
            The number of the run, from 0; it can be left out where the results hold but one.

        Raises
        ------
        UsageError
            If that run is not among the results, or its months are not held.
        """
        if run is None and self.n_runs > 1:
            raise UsageError(f"which run? there are {self.n_runs:,}; say story(run=…)")
        return [str(line) for line in story(self.ds, int(self.ds.run[0]) if run is None else run)]

    def plot(self) -> Figure:
        """Escalation curves of the region in question and of the world, and the missiles deployed."""
        from verifsim.plots import overview

        return overview(self.ds)

    def save(self, folder: str | PathLike[str], *, plot: bool = True) -> Path:
        """Write all result files into a folder, and return it.

        Raises
        ------
        OutputError
            If it cannot be written; nothing is left half-written.
        """
        with Folder(Path(folder)) as into:
            self.write_into(into, plot=plot)
        return Path(folder)

    def write_into(self, folder: Folder, *, plot: bool = True, again: str = "") -> None:
        """Write all result files into a folder that is open already.

        Without the picture, that of older results is removed. Where runs failed, a file says how, and by
        which command, if one is given, these are simulated ``again``.
        """
        files: dict[str, Content] = {
            results.FILE_NAME: lambda: results.content(self.ds),
            "outcomes.csv": self._outcomes_csv,
            "summary.csv": lambda: csv_content(self.summary().reset_index()),
            "escalation.csv": lambda: csv_content(self.escalation()),
            "scenario.resolved.yaml": lambda: text_content(self.ds.attrs["scenario"]),
            "metadata.json": lambda: text_content(json_text(self.metadata())),
        }
        if plot:
            files[PICTURE] = lambda: png_content(self.plot())
        drivers = self.drivers_of_headlines() if self.varies else pd.DataFrame()
        if len(drivers):
            files[DRIVERS] = lambda: csv_content(drivers.reset_index())
        if plot and len(drivers):
            moved = list(drivers.index.unique("outcome"))
            first = self._in_question if self._in_question in moved else moved[0]
            files[TORNADO] = lambda: png_content(self.plot_drivers(first))
        if self.failures:
            files[FAILURES] = lambda: text_content(_told(self.failures, again))
        folder.write(files, stale=tuple({PICTURE, DRIVERS, TORNADO, FAILURES} - set(files)))

    def metadata(self) -> dict[str, Any]:
        """What was run, when, and with which versions."""
        return {key: self.ds.attrs[key] for key in _SAID} | {
            "seed": int(self.ds.attrs["seed"]),
            "runs": self.n_runs,
            **({"runs_month_by_month": self.ds.sizes["run"]} if self.is_reduced else {}),
            "months": self.ds.sizes["month"],
            "failed_runs": int(self.ds.attrs.get("failed_runs", 0)),
            **({"only_run": self.only_run} if self.only_run is not None else {}),
            **({"vary": True} if self.varies else {}),
            "machine": f"{platform.system()} {platform.machine()}",
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "sentences": list(self.sentences()),
        }

    def __repr__(self) -> str:
        """Name, size and title."""
        months, first = self.ds.sizes["month"], self.ds.sizes["run"]
        held = f" (ds has every month of {first:,} of them)" if self.is_reduced else ""
        return (
            f"<Study '{self.name}': {self.n_runs:,} runs of {months} months{held}; {self.ds.attrs['title']}>"
        )

    def _repr_html_(self) -> str:
        """The sentences and the headlines, for notebooks."""
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences())
        by_numbers = ["share_by_numbers"] if self.has_twins else []
        columns = ["mean", "standard_error", "q05", "q50", "q95", *by_numbers, "unit", "better"]
        table = self.headlines()[columns]
        return f"<p><b>{escape(str(self.ds.attrs['title']))}</b></p><ul>{said}</ul>{table.round(3).to_html()}"


def run(
    scenario: str | PathLike[str] | ScenarioFile,
    *,
    runs: int | None = None,
    seed: int | None = None,
    vary: bool | None = None,
    settings: dict[str, Any] | None = None,
    doctrines: Iterable[Given] = (),
    progress: Progress = lambda n: None,
    only_run: int | None = None,
    keep: Keep | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    folder: str | PathLike[str] | None = None,
    tell: Callable[[str], Any] = lambda sentence: None,
) -> Study:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        A scenario file, or one already loaded.
    runs, seed
        Instead of those of the file.
    vary
        Whether each run draws its own numbers from their ranges, instead of what the file says.
    settings
        Other values instead of the file's, by path: ``{"watching.battery_seen": 0.5}``.
    doctrines
        Doctrines of your own, known to this run alone: classes, or instances that bring their
        parameters where neither file nor settings say them.
    progress
        Called with the number of run-months done since the last call, which may be 0.
    only_run
        The number of one run, from 0, that is simulated alone. It is bit for bit what it is among all
        others, and may lie beyond the file's number of runs: then it is what more runs would show.
    keep
        ``"trajectories"``: every month of every run. ``"outcomes"``: outcomes of every run, sums over all
        runs by month, and every month of the first 1,000 runs. If not said, trajectories, up to 500 MB of
        them, and outcomes beyond.
    jobs
        How many processes share the work; this one does it alone, if not said. No number depends on it, nor
        on what follows. A script that asks for several begins its work under ``if __name__ == "__main__":``.
    executor
        Who does the work instead, any `concurrent.futures.Executor` whose workers have the same verifsim,
        NumPy and Mesa on the same kind of processor; ``jobs`` says how many workers it has.
    folder
        A results folder, in whose ``chunks`` finished parts of an ensemble of many thousand runs are kept:
        the same call goes on from there, however it ended, and more runs cost only what is missing.
    tell
        Called with a sentence where something about the work is worth knowing: what was kept, or damaged.

    Returns
    -------
    The study; ``.ds``, ``.outcomes``, ``.summary()``, ``.plot()``, ``.save(folder)``.

    Raises
    ------
    ScenarioError
        With every problem of the file at once.
    SimulationError
        If no run could be finished.
    UsageError
        If ``only_run`` is no number of a run, settings are given to a loaded scenario, or a doctrine of your
        own cannot be sent to other processes; if ``keep`` is neither, or asks for less of a run alone; if
        ``jobs`` or ``executor`` is none.
    OutputError
        If ``folder`` cannot be written.
    DoctrineError
        If a doctrine that does not ship fails, or decides what cannot be carried out.
    """
    from verifsim.ensemble import n_twins, simulate_ensemble, simulate_twins  # who only reads needs no Mesa

    if only_run is not None and not 0 <= only_run < MOST_RUNS:
        raise UsageError(f"no run {only_run}: runs are counted from 0, up to {MOST_RUNS - 1:,}")
    check_keep(keep, only_run)
    _check_labour(jobs, executor, folder)
    if isinstance(scenario, ScenarioFile):
        if runs is not None or seed is not None or vary is not None or settings or doctrines:
            raise UsageError(
                "runs, seed, vary, settings and doctrines go with a file; "
                "give load_scenario() the settings and doctrines"
            )
        file = scenario
    else:
        file = load_scenario(
            scenario, as_settings(settings, runs=runs, seed=seed, vary=vary), doctrines=doctrines
        )
    check_answers(file)
    with interrupts_held(twice_is_now=True) as check:

        def each_month(n: int) -> None:
            check()
            progress(n)

        ds, failures = simulate_ensemble(
            file,
            progress=each_month,
            only_run=only_run,
            keep="trajectories" if only_run is not None else _kept(file, keep, tell),
            jobs=jobs,
            executor=executor,
            folder=None if folder is None else Path(folder),
            tell=tell,
        )
        if only_run is None and n_twins(file) and not failures:
            ds = _with_twins(ds, outcomes_table(simulate_twins(file, progress=each_month), OUTCOMES))
    return Study(ds, tuple(failures))


def _check_labour(jobs: int | None, executor: Executor | None, folder: str | PathLike[str] | None) -> None:
    """Refuse, before the work, who cannot do it, and a folder that cannot be written."""
    if jobs is not None and (not isinstance(jobs, Integral) or jobs < 1):
        raise UsageError(f"jobs: a whole number of processes from 1 (given {jobs!r})")
    if executor is not None and not isinstance(executor, Executor):
        raise UsageError(f"executor: a concurrent.futures.Executor, made and at work (given {executor!r})")
    if folder is not None:
        with Folder(Path(folder)):
            pass


def _kept(file: ScenarioFile, keep: Keep | None, tell: Callable[[str], Any]) -> Keep:
    """What is kept of an ensemble; told, where it is less than every month and nobody asked for that."""
    kept, n = keep_for(file.scenario, keep), file.scenario.ensemble.runs
    if kept != keep and kept == "outcomes":
        size = size_of(n * months_in_memory(file.scenario))
        tell(
            f"every month of {n:,} runs takes {size} of memory: kept are {what_is_kept()} "
            "(--keep trajectories keeps everything)"
        )
    return kept


def check_keep(keep: str | None, only_run: int | None) -> None:
    """Refuse what cannot be kept.

    Raises
    ------
    UsageError
        If it is no kind, or asks for less of a run alone.
    """
    if keep not in (None, *get_args(Keep)):
        raise UsageError(f"keep is {names(get_args(Keep))}; given: {keep!r}")
    if keep == "outcomes" and only_run is not None:
        raise UsageError("a run alone is kept month by month; leave out keep (--keep)")


def _with_twins(ds: xr.Dataset, outcomes: pd.DataFrame) -> xr.Dataset:
    """Results with the outcomes of twins beside them."""
    named = outcomes.rename_axis("twin").rename_axis("outcome", axis="columns")
    said = {"long_name": "outcomes of runs simulated again, with the same numbers and other luck"}
    return ds.assign(twin_outcomes=xr.DataArray(named, attrs=said))


def as_settings(
    settings: Mapping[str, Any] | None = None,
    *,
    runs: int | None = None,
    seed: int | None = None,
    vary: bool | None = None,
) -> list[str]:
    """``path=value`` strings out of Python values, validated like a file's.

    Raises
    ------
    UsageError
        If settings are no dictionary, or hold what no file could say.
    """
    if not isinstance(settings, Mapping | None):
        example = "{'watching.battery_seen': 0.5}"
        raise UsageError(f"settings: a dictionary of paths and values, e.g. {example} (given {settings!r})")
    of_ensemble = {"ensemble.runs": runs, "ensemble.seed": seed, "ensemble.vary": vary}
    said = {**(settings or {}), **{path: value for path, value in of_ensemble.items() if value is not None}}
    return [f"{path}={json.dumps(value, default=_plain)}" for path, value in said.items()]


def _plain(value: object) -> Any:
    """A number, or numbers, of NumPy as Python has them; nothing else is to be had from a file."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise UsageError(
        f"settings: a file can say numbers, texts, true or false, lists and maps (given {value!r})"
    )


def load(path: str | PathLike[str]) -> Study:
    """Read results from a folder or a ``results.nc``; the file is read and closed."""
    return Study(results.load(path))


def _told(failures: Iterable[Failure], again: str) -> str:
    """Which runs failed, how, and how to simulate these again."""
    how = [f"Runs {f.first} to {f.first + f.n_runs - 1} failed:\n{f.traceback}" for f in failures]
    return "\n".join([*([f"To simulate these again: {again}\n"] if again else []), *how])


def json_text(data: dict[str, Any]) -> str:
    """Data as JSON that people can read."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def text_content(text: str) -> bytes:
    """What goes into a file of text; its last line ends."""
    return (text if text.endswith("\n") else text + "\n").encode()


def csv_content(table: pd.DataFrame, *, header: bool = True) -> bytes:
    """What goes into a CSV file of a table, without its index."""
    return table.to_csv(index=False, header=header, lineterminator="\n", float_format="%.10g").encode()


def png_content(figure: Figure) -> bytes:
    """What goes into a PNG file of a picture."""
    return picture_content(figure, "png")


def picture_content(figure: Figure, kind: str) -> bytes:
    """What goes into a file of a picture: ``png``, ``svg`` or ``pdf``."""
    into = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a box for a letter no font has
        figure.savefig(into, format=kind, dpi=120)
    return into.getvalue()
