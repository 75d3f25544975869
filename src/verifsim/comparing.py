"""Scenarios side by side: run what is missing, and say how they differ and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from functools import cached_property, partial
from html import escape
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from verifsim.comparison.deployment import cumulative_incidence, still_without
from verifsim.comparison.intervals import CONFIDENCE, pairing_gain, quantile_difference, share_difference
from verifsim.comparison.precision import (
    MOST_RUNS,
    Precision,
    check_half_widths,
    close_enough,
    grown,
    looks,
)
from verifsim.comparison.sentences import as_told, sentences
from verifsim.comparison.sides import Frame, Side, check_alike, frame_of, one_scenario, paired, side_of
from verifsim.comparison.table import check_names, columns, difference, happens_or_not, table
from verifsim.doctrines.known import Given
from verifsim.errors import ScenarioError, UsageError, did_you_mean, names
from verifsim.outcomes.first_moves import BOTH, NOBODY
from verifsim.outcomes.question import check_answers
from verifsim.outcomes.summary import QUANTILES
from verifsim.plots.forest import forest
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.store import Content, Folder
from verifsim.study import Study, as_settings, csv_content, json_text, load, png_content, run, text_content

Comparable = str | PathLike[str] | ScenarioFile | Study
"""What can be compared: a scenario's file, or what it was loaded as, run to, or written into."""

REPORT = "report.html"


class Comparison:
    """Scenarios against one of them, the reference, run by run under the same luck.

    Attributes
    ----------
    sides
        What is known of each scenario, the reference first.
    notes
        What was left out, and what there is to beware of, in sentences.
    wanted
        The outcomes that were asked for; None for the headlines.
    precision
        What was asked for, where the ensemble grew until that was known; else None.
    studies
        The results of each scenario, the reference first; none, where they were let go of.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        outcomes: Sequence[str] | None = None,
        precision: Precision | None = None,
        studies: Sequence[Study] = (),
    ) -> None:
        self.sides, self.notes = paired(sides)
        self.precision, self.studies = precision, tuple(studies)
        self.wanted = None if outcomes is None else tuple(outcomes)
        grown_for = () if precision is None else precision.half_widths
        self._looked_at = list(dict.fromkeys([*columns(self.sides, self.wanted), *grown_for]))

    @property
    def reference(self) -> str:
        """The name of the scenario that the others are compared with."""
        return self.sides[0].name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of all scenarios, the reference first."""
        return tuple(side.name for side in self.sides)

    @property
    def n(self) -> int:
        """How many runs all of them have."""
        return len(self.sides[0].outcomes)

    @property
    def n_failed(self) -> int:
        """How many runs could not be finished, of all scenarios."""
        return sum(side.n_failed for side in self.sides)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return table(
            self.sides, self._looked_at, CONFIDENCE if self.precision is None else self.precision.confidence
        )

    def table(self) -> pd.DataFrame:
        """A row for each scenario and outcome: see `verifsim.comparison.table.table`."""
        return self._table.copy()

    def __getitem__(self, scenario: str) -> Comparison:
        """One scenario against the reference, as if no other had been looked at."""
        return Comparison([self.sides[0], self._side(scenario)], self.wanted, self.precision)

    def quantiles(self, outcome: str) -> pd.DataFrame:
        """How the quantiles of an outcome over runs differ, with bootstrap intervals.

        A row for each scenario and quantile.
        """
        (name,) = self._one(outcome)
        rows = {}
        for side in self.sides[1:]:
            for quantile, share in QUANTILES.items():
                of, against = side.outcomes[name], self.sides[0].outcomes[name]
                rows[side.name, quantile] = quantile_difference(of, against, share)._asdict()
        found = pd.DataFrame.from_dict(rows, orient="index")
        return found.rename_axis(["scenario", "quantile"])

    def pairing_gain(self) -> pd.Series:
        """How many times more runs each row of the table would have taken without shared luck."""
        first, sides = self.sides[0], {side.name: side for side in self.sides}
        gains = [
            pairing_gain(sides[str(scenario)].outcomes[name], first.outcomes[name])
            for scenario, name in self._table.index
        ]
        return pd.Series(gains, index=self._table.index, name="pairing_gain")

    def first_deployments(self, region: str | None = None) -> pd.DataFrame:
        """The share of worlds in which nobody has deployed in a region, by month, with a 95 % interval.

        A row for each scenario and month; the region in question of the reference, if not said.
        """
        where, curves = self._region(region), []
        for side in self.sides:
            curve = still_without(side.moves[where]["month"], side.frame.months)
            months = pd.period_range(side.frame.start, periods=side.frame.months, freq="M").astype(str)
            curves.append(pd.DataFrame({"scenario": side.name, "month": months, **curve._asdict()}))
        return pd.concat(curves, ignore_index=True)

    def first_moves(self, region: str | None = None) -> pd.DataFrame:
        """Who is first to deploy in a region, and why: the share of worlds by the horizon.

        A row for each scenario, party and reason, and the difference from the reference with its interval.
        """
        where = self._region(region)
        moves = [side.moves[where] for side in self.sides]
        causes = pd.concat([m.loc[m["who"] != NOBODY, ["who", "why"]] for m in moves]).drop_duplicates()
        rows = []
        for who, why in causes.sort_values(["who", "why"]).itertuples(index=False):
            came = [(m["who"] == who) & (m["why"] == why) for m in moves]
            for side, its in zip(self.sides, came, strict=True):
                share = cumulative_incidence(side.moves[where]["month"], its, side.frame.months)[-1]
                found = share_difference(its, came[0])._asdict() if side is not self.sides[0] else {}
                reason = why or "in the same month" * (who == BOTH)
                rows.append({"scenario": side.name, "who": who, "why": reason, "share": share, **found})
        return pd.DataFrame(rows, columns=["scenario", "who", "why", "share", "difference", "low", "high"])

    def not_known_yet(self) -> set[str]:
        """The outcomes that are not known as closely as was asked for."""
        if self.precision is None:
            return set()
        first, *others = self.sides
        asked = self.precision.half_widths.items()
        pairs = [(side, name, width) for side in others for name, width in asked if name in side.outcomes]
        return {
            name
            for side, name, width in pairs
            if not one_scenario(first, side)
            and not close_enough(
                difference(side, first, name, self.precision.confidence),
                width,
                share=happens_or_not(side, first, name),
            )
        }

    def sentences(self) -> tuple[str, ...]:
        """What was found, in plain sentences, and before that what was left out."""
        return self.notes + sentences(self._table, self.reference, self.precision, self.not_known_yet())

    def plot(self) -> Figure:
        """A forest of the paired differences."""
        drawn = forest(self)
        assert isinstance(drawn.figure, Figure)
        return drawn.figure

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON: what was compared, the sentences, the table and the first moves."""
        kept = ("title", "question", "varies")
        table, moves = self._table.reset_index(), self.first_moves()
        return {
            "reference": self.reference,
            "scenarios": {s.name: asdict(s.frame) | {k: getattr(s, k) for k in kept} for s in self.sides},
            "runs": self.n,
            "precision": None if self.precision is None else asdict(self.precision),
            "sentences": list(self.sentences()),
            "table": json.loads(table.to_json(orient="records", double_precision=12)),
            "first_moves": json.loads(moves.to_json(orient="records", double_precision=12)),
        }

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write the tables ``comparison.csv`` and ``first_moves.csv``, both and the sentences as
        ``comparison.json``, and ``comparison.png`` into a folder, and return it.

        Raises
        ------
        OutputError
            If it cannot be written; nothing is left half-written.
        """
        with Folder(Path(folder)) as into:
            self.write_into(into)
        return Path(folder)

    def write_into(self, folder: Folder, report: Content | None = None) -> None:
        """Write the files into a folder that is open already, and a report beside them.

        Without one, that of an older comparison is removed.
        """
        files: dict[str, Content] = {
            "comparison.csv": lambda: csv_content(self._table.reset_index()),
            "first_moves.csv": lambda: csv_content(self.first_moves()),
            "comparison.json": lambda: text_content(json_text(self.as_data())),
            "comparison.png": lambda: png_content(self.plot()),
        }
        if report is not None:
            files[REPORT] = report
        folder.write(files, stale=() if report is not None else (REPORT,))

    def _side(self, scenario: str) -> Side:
        others = {side.name: side for side in self.sides[1:]}
        if scenario not in others:
            near = did_you_mean(scenario, others)
            raise UsageError(
                f"no scenario '{scenario}' against '{self.reference}'; {near}there are: {names(others)}"
            )
        return others[scenario]

    def _one(self, outcome: str) -> list[str]:
        found = columns(self.sides, [outcome])
        if len(found) != 1:
            raise UsageError(f"'{outcome}' stands for several outcomes; say one of: {names(found)}")
        return found

    def _region(self, region: str | None) -> str:
        known = [r for r in self.sides[0].moves if all(r in side.moves for side in self.sides)]
        where = self.sides[0].region if region is None else region
        if where not in known:
            raise UsageError(f"no region '{where}' that all have; {did_you_mean(where, known)}{names(known)}")
        return where

    def __repr__(self) -> str:
        """Names and numbers of runs and outcomes."""
        others = ", ".join(f"'{name}'" for name in self.scenarios[1:])
        n = len(self._looked_at)
        outcomes = f"{n} outcome{'' if n == 1 else 's'}"
        return f"<Comparison of {others} with '{self.reference}': {self.n:,} runs, {outcomes}>"

    def _repr_html_(self) -> str:
        """The sentences and the table, for notebooks."""
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences())
        shown = pd.DataFrame([as_told(row) for _, row in self._table.iterrows()], index=self._table.index)
        return f"<p><b>{escape(repr(self)[1:-1])}</b></p><ul>{said}</ul>{shown.to_html()}"


def compare(
    *scenarios: Comparable,
    runs: int | None = None,
    seed: int | None = None,
    vary: bool | None = None,
    settings: dict[str, Any] | None = None,
    doctrines: Iterable[Given] = (),
    reference: str | None = None,
    outcomes: Sequence[str] | None = None,
    until: Mapping[str, float] | None = None,
    most_runs: int | None = None,
    keep_results: bool = False,
    progress: Callable[[int], Any] = lambda n: None,
    jobs: int | None = None,
    executor: Executor | None = None,
) -> Comparison:
    """Compare scenarios run by run under the same luck; simulate those that are not results yet.

    Parameters
    ----------
    scenarios
        Two or more: scenario files, loaded scenarios, studies, results folders or ``results.nc`` files.
    runs, seed
        Instead of those of the files. Of results, the first ``runs`` runs that all have are compared.
    vary, settings, doctrines
        For all scenarios that are given as files, as for `run`.
    reference
        The name of the scenario that the others are compared with; the first, if not said.
    outcomes
        The outcomes to look at, whole names or the part before the first dot; the headlines, if not said.
    until, most_runs
        By outcome, how narrow half its interval is to be, in the outcome's unit:
        ``{"months_without_deployment.europe": 1.0}``. Then 500 runs are simulated, and twice as many each
        time until all scenarios are that close, or there are ``most_runs``; see
        `verifsim.comparison.precision`.
    keep_results
        Whether the comparison holds on to the results, all in memory at once: ``write_report`` needs them.
    progress
        Called with the number of run-months done since the last call, which may be 0.
    jobs, executor
        Who does the work, as for `run`: one scenario after the other.

    Raises
    ------
    ScenarioError
        With every problem of all files at once.
    UsageError
        If there are fewer than two scenarios; if they do not share seed, months or version, or have fewer
        than two runs in common; if there is no such reference or outcome.
    OutputError
        If results cannot be read.
    """
    check_names([*(outcomes or ()), *(until or ())])
    if runs is not None and runs < 2:
        raise UsageError(f"a comparison needs two runs; given: {runs}")
    if most_runs is not None and until is None:
        raise UsageError("most_runs goes with until; say how many runs with runs")
    entries = opened(scenarios, as_settings(settings, runs=runs, seed=seed, vary=vary), tuple(doctrines))
    entries = ready(entries, reference, runs, seed)
    simulate = partial(run, progress=progress, jobs=jobs, executor=executor)
    if until is None:
        return carried_out(entries, outcomes, runs, simulate, keep_results=keep_results)
    most = MOST_RUNS if most_runs is None else most_runs
    check_until(entries, until, runs, most)
    return until_known(entries, outcomes, until, most, simulate, keep_results=keep_results)


Simulate = Callable[[ScenarioFile], Study]
"""Simulates a scenario: `run`, with whoever does the work."""

Entries = list[tuple[str, Study | ScenarioFile]]
"""Names in a comparison, and what is to be compared: results, or what is to be simulated."""


def ready(entries: Entries, reference: str | None, runs: int | None, seed: int | None) -> Entries:
    """The scenarios as they are to be compared, the reference first; refused if they are no pairs."""
    ordered = [(n, with_ensemble(entry, runs, seed)) for n, entry in _reference_first(entries, reference)]
    check_alike([_frame(entry, name) for name, entry in ordered])
    return ordered


def run_months(entries: Entries) -> int:
    """How many months of runs there are to simulate."""
    from verifsim.ensemble import n_twins  # who compares results needs no Mesa

    to_run = [entry for _, entry in entries if isinstance(entry, ScenarioFile)]
    return sum(f.scenario.months * (f.scenario.ensemble.runs + n_twins(f)) for f in to_run)


def largest(entries: Entries) -> tuple[int, int]:
    """Of the scenarios to simulate, the most runs, and the most months."""
    to_run = [entry.scenario for _, entry in entries if isinstance(entry, ScenarioFile)]
    return max((s.ensemble.runs for s in to_run), default=0), max((s.months for s in to_run), default=0)


def carried_out(
    entries: Entries,
    outcomes: Sequence[str] | None,
    runs: int | None = None,
    simulate: Simulate = run,
    *,
    keep_results: bool = False,
) -> Comparison:
    """Simulate what is no results yet, and compare; of results, the first ``runs`` runs."""
    sides, studies = _sides(entries, simulate, keep=keep_results)
    first = [side.of(side.outcomes.index[:runs]) for side in sides]
    return Comparison(first, outcomes, studies=studies)


def check_until(
    entries: Entries, until: Mapping[str, float], runs: int | None, most_runs: int = MOST_RUNS
) -> None:
    """Refuse to let an ensemble grow that cannot, or has a number of runs, or to no end."""
    results = [name for name, entry in entries if isinstance(entry, Study)]
    if results:
        raise UsageError(f"until: the ensemble is to grow, and these are results already: {names(results)}")
    if runs is not None:
        raise UsageError("until chooses the number of runs itself; leave runs (-n) out, or say most_runs")
    check_half_widths(until)
    looks(most_runs)


def until_known(
    entries: Entries,
    outcomes: Sequence[str] | None,
    until: Mapping[str, float],
    most_runs: int = MOST_RUNS,
    simulate: Simulate = run,
    *,
    keep_results: bool = False,
) -> Comparison:
    """Simulate more and more runs until the differences asked for are known closely enough."""
    sizes = looks(most_runs)

    def look(n_runs: int) -> Comparison:
        larger = [(name, with_ensemble(entry, n_runs)) for name, entry in entries]
        sides, studies = _sides(larger, simulate, keep=keep_results)
        asked = {column: width for name, width in until.items() for column in columns(sides, [name])}
        return Comparison(sides, outcomes, Precision(asked, sizes, n_runs), studies)

    return grown(look, lambda found: not found.not_known_yet(), sizes)


def _check_heeded(
    scenarios: Sequence[Comparable], settings: Sequence[str], doctrines: Sequence[Given]
) -> None:
    """Refuse what nothing would heed: results are what they are, and a loaded scenario has its settings."""
    to_read = [
        g for g in scenarios if not isinstance(g, Study | ScenarioFile) and not _holds_results(Path(g))
    ]
    own = [said for said in settings if not said.startswith(("ensemble.runs=", "ensemble.seed="))]
    if (own or doctrines) and not to_read:
        raise UsageError("vary, settings and doctrines go with scenario files, and none is given as a file")
    to_run = to_read or any(isinstance(given, ScenarioFile) for given in scenarios)
    if any(said.startswith("ensemble.seed=") for said in settings) and not to_run:
        raise UsageError(
            "a seed goes with scenarios that are to be simulated; all that are given are results"
        )


def _holds_results(path: Path) -> bool:
    """Whether a path is one of results, or could only be one that is not there."""
    return path.is_dir() or path.suffix == ".nc" or not (path.suffix or path.exists())


def opened(
    scenarios: Sequence[Comparable], settings: Sequence[str], doctrines: Sequence[Given] = ()
) -> Entries:
    """Read every scenario or results file, or say what is wrong with all of them; and name each."""
    _check_heeded(scenarios, settings, doctrines)
    if len(scenarios) < 2:
        raise UsageError(f"a comparison needs two scenarios or more; given: {len(scenarios)}")
    entries, problems = [], []
    for given in scenarios:
        try:
            entries.append(_opened(given, settings, doctrines))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return list(zip(_named(entries), entries, strict=True))


def _opened(given: Comparable, settings: Sequence[str], doctrines: Sequence[Given]) -> Study | ScenarioFile:
    if isinstance(given, Study | ScenarioFile):
        return given
    if _holds_results(Path(given)):
        return load(given)
    file = load_scenario(given, settings, doctrines=doctrines)
    check_answers(file)
    return file


def _named(entries: Sequence[Study | ScenarioFile]) -> list[str]:
    """A name for each: its own; where several share one, with what was set; then with a number."""
    own = [entry.name for entry in entries]
    with_settings = [
        f"{name} with {_settings(entry)}" if own.count(name) > 1 and _settings(entry) else name
        for name, entry in zip(own, entries, strict=True)
    ]
    found: list[str] = []
    for name in with_settings:
        number = 1 + sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(name if number == 1 else f"{name} ({number})")
    return found


def _settings(entry: Study | ScenarioFile) -> str:
    if isinstance(entry, Study):
        return str(entry.ds.attrs["settings"])
    return "; ".join(said for said in entry.settings if not said.startswith("ensemble."))


def _reference_first(entries: Entries, reference: str | None) -> Entries:
    known = [name for name, _ in entries]
    if reference is None:
        return entries
    if reference not in known:
        raise UsageError(
            f"no scenario '{reference}'; {did_you_mean(reference, known)}there are: {names(known)}"
        )
    return sorted(entries, key=lambda entry: entry[0] != reference)


def with_ensemble(
    entry: Study | ScenarioFile, runs: int | None, seed: int | None = None
) -> Study | ScenarioFile:
    """The same scenario with another number of runs or seed; results are what they are."""
    said = {key: value for key, value in (("runs", runs), ("seed", seed)) if value is not None}
    if isinstance(entry, Study) or not said:
        return entry
    ensemble = entry.scenario.ensemble.model_copy(update=said)
    return replace(entry, scenario=entry.scenario.model_copy(update={"ensemble": ensemble}))


def _frame(entry: Study | ScenarioFile, name: str) -> Frame:
    """What a scenario will say of itself once it has run, so that it can be refused before."""
    if isinstance(entry, Study):
        return frame_of(entry.ds, name)
    scenario = entry.scenario
    return Frame(
        name=name,
        seed=scenario.ensemble.seed,
        start=scenario.start,
        months=scenario.months,
        version=version("verifsim"),
        parties=tuple(scenario.parties),
        regions=tuple(scenario.regions),
    )


def _sides(entries: Entries, simulate: Simulate, *, keep: bool) -> tuple[list[Side], list[Study]]:
    """The sides of the comparison, and their results, if these are kept."""
    kept: list[Study] = []
    return [_side(entry, name, simulate, kept if keep else None) for name, entry in entries], kept


def _side(entry: Study | ScenarioFile, name: str, simulate: Simulate, kept: list[Study] | None) -> Side:
    """A side of the comparison; its dataset is let go of unless it is kept, or the caller holds it."""
    study = entry if isinstance(entry, Study) else simulate(entry)
    if kept is not None:
        kept.append(study)
    return side_of(study.ds, study.outcomes, name)
