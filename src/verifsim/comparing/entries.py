"""What is to be compared: read, named, put in order, and refused if its runs are no pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from os import PathLike
from pathlib import Path

from verifsim.comparison.sides import Frame, check_alike, frame_of
from verifsim.doctrines.known import Given
from verifsim.errors import ScenarioError, UsageError, did_you_mean, names
from verifsim.outcomes.question import check_answers
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.study import Study, load

Comparable = str | PathLike[str] | ScenarioFile | Study
"""What can be compared: a scenario's file, or what it was loaded as, run to, or written into."""

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
