"""The page: what the sections say, put into the template."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from verifsim.comparing import Comparison, compare
from verifsim.errors import OutputError, UsageError
from verifsim.report.again import again
from verifsim.report.assumptions import assumptions
from verifsim.report.figures import figures
from verifsim.report.limits import limits
from verifsim.report.scenarios import Scenario, changes, rules, scenario_of
from verifsim.report.tables import blocks, linked
from verifsim.store import Folder
from verifsim.study import Study, load

Reported = str | PathLike[str] | Study | Comparison
"""What a report is written of: results, or a comparison that kept its results."""

SUFFIXES = (".html", ".htm")


def write_report(
    path: str | PathLike[str], *results: Reported, reference: str | None = None, title: str | None = None
) -> Path:
    """Write one page on results for people who never ran the tool, and return where it is.

    The page is a single file that needs no network: pictures, tables and the scenarios themselves are in it.

    Parameters
    ----------
    path
        Where it goes; its name ends in ``.html``.
    results
        Studies, results folders or ``results.nc`` files: of one scenario, or of several, which are compared.
        Or one comparison that kept its results: ``compare(…, keep_results=True)``.
    reference
        The name of the scenario that the others are compared with; the first, if not said.
    title
        The title of the page; that of the scenario, or what is compared, if not said.

    Raises
    ------
    UsageError
        If nothing is given, or what cannot be compared; if the name does not end in ``.html``.
    OutputError
        If results cannot be read, or the page cannot be written; nothing is left half-written.
    """
    into = Path(path)
    if into.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{into}: a report's name ends in {' or '.join(SUFFIXES)}")
    if into.is_dir():
        raise OutputError(f"{into} is a folder")
    with Folder(into.parent) as folder:
        page = html(*results, reference=reference, title=title)
        folder.write({into.name: page.encode})
    return into


def html(*results: Reported, reference: str | None = None, title: str | None = None) -> str:
    """The page as text; for parameters and errors see `write_report`."""
    if len(results) == 1 and isinstance(results[0], Comparison):
        comparison = _with_results(results[0], reference)
        return _page(comparison.studies, comparison, title)
    studies = [_study(given) for given in results]
    if len(studies) > 1:
        comparison = compare(*studies, reference=reference, keep_results=True)
        return _page(comparison.studies, comparison, title)
    if not studies:
        raise UsageError("of which results? e.g. verifsim report results/moratorium")
    if reference not in (None, studies[0].name):
        raise UsageError(f"no scenario '{reference}' among these results; there is: {studies[0].name}")
    return _page(studies, None, title)


def _with_results(comparison: Comparison, reference: str | None) -> Comparison:
    if reference not in (None, comparison.reference):
        raise UsageError(f"this comparison is with '{comparison.reference}', and not with '{reference}'")
    if not comparison.studies:
        raise UsageError("this comparison let go of its results; compare(…, keep_results=True) keeps them")
    return comparison


def _study(given: Reported) -> Study:
    if isinstance(given, Comparison):
        raise UsageError("a report is of one comparison, or of results")
    if isinstance(given, Study):
        return given
    if Path(given).suffix.lower() in (".yaml", ".yml"):
        raise UsageError(
            f"{given}: a scenario, and no results yet; 'verifsim run' it first, and report its folder"
        )
    return load(given)


def _page(studies: Sequence[Study], comparison: Comparison | None, title: str | None) -> str:
    """The page of one scenario, or of a comparison, over the runs that all have."""
    names = [studies[0].name] if comparison is None else list(comparison.scenarios)
    shared = studies[0].outcomes.index if comparison is None else comparison.sides[0].outcomes.index
    studies = [_of_runs(study, shared.to_list()) for study in studies]
    scenarios = [scenario_of(study, name) for name, study in zip(names, studies, strict=True)]
    outcomes = {name: study.outcomes for name, study in zip(names, studies, strict=True)}
    table = blocks(outcomes, studies[0].ds, comparison)
    known = [block.name for block in table]
    found = studies[0].sentences() if comparison is None else comparison.sentences()
    groups, left_out = figures(names, studies, comparison)
    return _TEMPLATES.get_template("report.html.jinja").render(
        title=title or _title(scenarios),
        scenarios=scenarios,
        changes=changes(scenarios),
        findings=[linked(sentence, known) for sentence in found],
        alone=[(s.name, s.study.sentences()) for s in scenarios] if comparison is not None else [],
        n=len(shared),
        blocks=table,
        groups=groups,
        left_out=left_out,
        rules=[] if scenarios[0].file is None else rules(scenarios[0].file),
        assumptions=assumptions(scenarios),
        limits=limits(varies=any(study.varies for study in studies)),
        again=again(scenarios, int(shared.max()) + 1, comparison),
    )


def _of_runs(study: Study, runs: list[int]) -> Study:
    """The study of some of its runs alone; itself, where these are all.

    Raises
    ------
    UsageError
        If the months of some are not held, so that nothing can be counted of these alone.
    """
    if len(runs) == study.n_runs:
        return study
    if study.is_reduced:
        raise UsageError(
            f"'{study.name}' holds the months of the first of its {study.n_runs:,} runs alone: a report "
            f"can be of all of them only, not of {len(runs):,}; give all scenarios as many runs (-n)"
        )
    return Study(study.ds.sel(run=runs))


def _title(scenarios: Sequence[Scenario]) -> str:
    first, *others = (f"“{scenario.title}”" for scenario in scenarios)
    if not others:
        return scenarios[0].title
    return f"{others[0] if len(others) == 1 else f'{len(others)} scenarios'} against {first}"


_TEMPLATES = Environment(
    loader=PackageLoader("verifsim", "report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
