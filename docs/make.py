"""Rewrite everything that is generated: ``python docs/make.py``.

Writes the reference pages, the JSON Schema, the error messages shown in
``scenario-files.md``, the figure of the README and the ranking of the shipped scenarios.
``--check`` writes nothing and simulates nothing but one month of one run: it says which
texts are stale, and leaves with 1 if any is. The figure and the ranking it cannot check.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import numpy as np

import verifsim
from verifsim import Study
from verifsim.cli.commands import cli
from verifsim.cli.say import EXIT_CODES
from verifsim.errors import ScenarioError
from verifsim.listing import with_error
from verifsim.outcomes import OUTCOMES, Outcome
from verifsim.outcomes.columns import column
from verifsim.plots.kinds import KINDS
from verifsim.results import VARIABLES
from verifsim.scenario.json_schema import json_schema
from verifsim.scenario.reference import parameters_markdown

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "scenarios"
GUIDE = ROOT / "docs" / "scenario-files.md"
FIGURE = ROOT / "docs" / "escalation-moratorium.png"
RANKING = SCENARIOS / "README.md"
READING = ROOT / "docs" / "reading-results.md"
FALSE_ALARMS = ROOT / "docs" / "false-alarms.md"
COMPARING = ROOT / "docs" / "comparing.md"
PICTURES = ROOT / "docs" / "pictures.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
RATES = (0.0, 0.0002, 0.002)
"""False alarms for each allowed object opened: no value has been published."""

WRONG = re.compile(
    r"(?<=```yaml wrong\n)(?P<file>.*?)(?P<between>```\n.*?```text\n)(?P<said>.*?)(?=```)", re.DOTALL
)
"""A scenario file with mistakes, and what verifsim says of it."""


def outcomes_markdown() -> str:
    """The table of outcomes, in Markdown."""
    ds = verifsim.run(SCENARIOS / "baseline.yaml", runs=1, settings={"months": 1}).ds
    rows = [_outcome_row(outcome, outcome.of(ds).dims) for outcome in OUTCOMES]
    head = ("outcome", "one for each", "unit", "better", "meaning")
    return f"{_OUTCOMES}\n{_table(head, rows)}"


_OUTCOMES = """\
# Outcomes

What is read off each run: the columns of `outcomes.csv`, and, averaged over runs with a Monte Carlo
standard error, the rows of `summary.csv`. This page is written by `python docs/make.py`.

An outcome that there is one of for each party or region carries their names:
`months_held_back.russia.europe`. What happened or did not is 1 or 0 in a run, so that its mean is a share of
runs. A run in which an outcome has no meaning gives none: `comes_back_down` speaks only of the runs that saw
a deployment, and `n` in `summary.csv` says how many these are. Outcomes marked * are those of the short
table on the screen.

Missiles are counted where they stand in a region, announced or hidden. Disputed systems that stand there from
the start, such as the 9M729 of `baseline.yaml`, are not: they show in the rung "dispute".

A **breach** begins in the first month in which the party hides something in the region, when the other
looks or at the end of the month, and ends with the first in which it hides nothing; the first breach counts
alone. The other **knows** in the first month of it in which something is there when it looks, and it
believes so more firmly than `violation_believed_above` or one of its visits there finds it. "Within a year"
is in the month in which the breach begins or in the twelve after it; "in time to answer by production", in
that month or in the `production_lead_months` after it. Where the horizon cuts these months short, there is
no value, found or not. What a party's belief is measured against is what was there when it looked:
`hidden_when_looked` in `results.nc`.
"""


def _outcome_row(outcome: Outcome, dims: Iterable[object]) -> tuple[str, ...]:
    each = " and ".join(str(dim) for dim in dims if dim != "run")
    name = f"`{outcome.name}`{' *' if outcome.headline else ''}"
    return name, each, outcome.unit, outcome.better, outcome.sentence


def schema_json() -> str:
    """The JSON Schema, as ``verifsim schema`` prints it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def guide_markdown() -> str:
    """The page on scenario files, with each error message as verifsim gives it now."""

    def said(match: re.Match[str]) -> str:
        return f"{match['file']}{match['between']}{message(match['file'])}\n"

    return WRONG.sub(said, GUIDE.read_text(encoding="utf-8"))


def message(text: str) -> str:
    """What verifsim says of a scenario file with mistakes in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my_scenario.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            verifsim.load_scenario(path)
        except ScenarioError as error:
            return str(error).replace(f"{folder}{os.sep}", "")
    raise AssertionError(f"meant to be wrong, but valid:\n{text}")


def ranking_markdown() -> str:
    """The page on the shipped scenarios, with their ranking simulated anew."""
    return _with_table(RANKING, _ranking([verifsim.run(path) for path in ranked_files()]))


def ranked_files() -> list[Path]:
    """The shipped scenarios that begin when ``baseline.yaml`` does: months are counted from there."""
    files = {path: verifsim.load_scenario(path).scenario for path in sorted(SCENARIOS.glob("*.yaml"))}
    start = files[SCENARIOS / "baseline.yaml"].start
    return [path for path, scenario in files.items() if scenario.start == start]


def _with_table(path: Path, table: str) -> str:
    """A page with the table between its markers put in anew."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def false_alarms_markdown() -> str:
    """The page on false alarms of visits, simulated anew under the same luck for each rate."""
    key, runs = "inspecting.false_alarm", 10_000
    studies = {
        f"{clarified:g}": [
            verifsim.run(
                SCENARIOS / "moratorium.yaml",
                runs=runs,
                settings={key: rate, "inspecting.clarified": clarified},
            )
            for rate in RATES
        ]
        for clarified in (0.8, 0.0)
    }
    rows = [
        (f"{rate:g}", clarified, *map(_mean_and_error, _false_alarm_row(study, of_rates[0])))
        for clarified, of_rates in studies.items()
        for rate, study in zip(RATES, of_rates, strict=True)
    ]
    head = (
        "false alarms an object opened",
        "cleared by a clarifying visit",
        "US visits that stood as alarms",
        "months of the moratorium",
        "months, against a rate of 0",
        "% of worlds in which it was left though kept",
        "% of worlds without deployment in Europe",
    )
    return _with_table(FALSE_ALARMS, f"{runs:,} worlds a row; mean ± standard error.\n\n{_table(head, rows)}")


def _false_alarm_row(study: Study, without: Study) -> tuple[np.ndarray, ...]:
    outcomes, months = study.outcomes, study.outcomes["moratorium_months"]
    return (
        outcomes["inspections_alarming.us_nato"].to_numpy(),
        months.to_numpy(),
        (months - without.outcomes["moratorium_months"]).to_numpy(),
        100 * outcomes["moratorium_lost_to_false_belief"].to_numpy(),
        100 * outcomes[column_of("nobody_deployed")].to_numpy(),
    )


def comparing_markdown() -> str:
    """The page on comparisons, with what pairing gains between shipped scenarios measured anew."""
    pairs = (
        ("baseline", "moratorium"),
        ("baseline", "us_choice_of_bases"),
        ("baseline", "inspections_refused"),
        ("moratorium", "moratorium_unverified"),
    )
    studies = {name: verifsim.run(SCENARIOS / f"{name}.yaml") for name in dict.fromkeys(sum(pairs, ()))}
    gains = {
        f"`{other}` against `{reference}`": verifsim.compare(studies[reference], studies[other])
        .pairing_gain()
        .loc[other]
        for reference, other in pairs
    }
    outcomes = list(dict.fromkeys(name for gain in gains.values() for name in gain.index))
    rows = [(f"`{name}`", *(_times(gain.get(name)) for gain in gains.values())) for name in outcomes]
    runs = studies["baseline"].ds.sizes["run"]
    said = f"{runs:,} runs each; –: not in both, or no two pairs differ by different amounts."
    return _with_table(COMPARING, f"{said}\n\n{_table(('outcome', *gains), rows)}")


def _times(gain: float | None) -> str:
    return "–" if gain is None or np.isnan(gain) else f"{gain:,.1f}"


def _ranking(studies: list[Study]) -> str:
    ranked = sorted(studies, key=lambda study: (_mean_rungs(study).mean(), study.name))
    ensembles = sorted({f"{s.ds.sizes['run']:,} runs, seed {s.ds.attrs['seed']}" for s in studies})
    head = (
        "scenario",
        "mean rung of the world",
        "rung in the last month",
        "months without deployment in Europe",
        "% of worlds without deployment in Europe",
    )
    said = f"Mean over runs ± Monte Carlo standard error, 0 where all runs agree; {'; '.join(ensembles)}."
    return f"{said}\n\n{_table(head, map(_ranking_row, ranked))}"


def _ranking_row(study: Study) -> tuple[str, ...]:
    outcomes = study.outcomes
    columns = (
        _mean_rungs(study),
        outcomes["final_rung"].to_numpy(),
        outcomes[column_of("months_without_deployment")].to_numpy(),
        100 * outcomes[column_of("nobody_deployed")].to_numpy(),
    )
    return f"`{study.name}`", *map(_mean_and_error, columns)


def column_of(outcome: str) -> str:
    """The column of an outcome for Europe."""
    return column(next(o for o in OUTCOMES if o.name == outcome), ("europe",))


def _mean_rungs(study: Study) -> np.ndarray:
    """The mean rung of the world over the months, run by run."""
    return np.asarray(study.ds.world_rung.mean("month").values)


def _mean_and_error(values: np.ndarray) -> str:
    return " ".join(with_error(float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def dataset_markdown() -> str:
    """The page on reading results, with the table of recorded variables."""
    rows = [
        (f"`{name}`", ", ".join(dim for dim in v.dims if dim != "run"), v.unit, v.long_name)
        for name, v in VARIABLES.items()
    ]
    head = ("variable", "for each run and", "unit", "what it is")
    return _with_table(READING, _table(head, rows))


def pictures_markdown() -> str:
    """The page on pictures, with the table of kinds."""
    rows = [
        (f"`{k.name}`", f"`{k.draw.__name__}`", k.shows, ", ".join(f"`--{o}`" for o in k.options), k.of.value)
        for k in KINDS.values()
    ]
    return _with_table(PICTURES, _table(("kind", "function", "shows", "takes", "of"), rows))


def commands_markdown() -> str:
    """The page on the command line: what ``--help`` says of each command."""
    context = click.Context(cli, info_name="verifsim", terminal_width=90, **cli.context_settings)
    return "\n".join([_COMMANDS, *_help(cli, context)])


_COMMANDS = """\
# The command line

What `verifsim COMMAND --help` says of each command. All leave with the exit codes of `verifsim` itself.
This page is written by `python docs/make.py`.
"""


def _help(command: click.Command, context: click.Context) -> Iterable[str]:
    """A heading and the help of a command, and of those below it; the exit codes once, on top."""
    said = command.get_help(context)
    if context.parent:
        said = said.partition(f"  {EXIT_CODES.splitlines()[1]}")[0].rstrip()
    yield f"## `{context.command_path}`\n\n```text\n{said}\n```\n"
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        yield from _help(below, click.Context(below, context, name))


PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "parameters.md": parameters_markdown,
    ROOT / "docs" / "outcomes.md": outcomes_markdown,
    ROOT / "docs" / "commands.md": commands_markdown,
    SCENARIOS / "verifsim.schema.json": schema_json,
    GUIDE: guide_markdown,
    READING: dataset_markdown,
    PICTURES: pictures_markdown,
}
"""The texts that need no simulation."""


SIMULATED: dict[Path, Callable[[], str]] = {
    RANKING: ranking_markdown,
    FALSE_ALARMS: false_alarms_markdown,
    COMPARING: comparing_markdown,
}
"""The texts that are simulated anew, and cannot be checked without."""


def stale() -> list[Path]:
    """The texts that are not what they would be if written now."""
    return [
        path
        for path, text in PAGES.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text()
    ]


def write_all() -> None:
    """Write every text, the ranking and the figure."""
    for path, text in (PAGES | SIMULATED).items():
        _write(path, text().encode("utf-8"))
    figure = FIGURE.with_name(f".{FIGURE.name}")
    verifsim.run(SCENARIOS / "moratorium.yaml").plot().savefig(
        figure, dpi=120, format="png", metadata={"Software": None}
    )
    figure.replace(FIGURE)


def _write(path: Path, raw: bytes) -> None:
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(raw)
    partial.replace(path)


def main() -> int:
    """Write, or check."""
    parser = argparse.ArgumentParser(description="Rewrite everything that is generated.")
    parser.add_argument("--check", action="store_true", help="write nothing; leave with 1 if a text is stale")
    if not parser.parse_args().check:
        write_all()
        return 0
    for path in (old := stale()):
        print(f"{path.relative_to(ROOT)}: stale; run python docs/make.py", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
