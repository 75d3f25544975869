"""Tables for the screen: what there is, and what came out."""

from __future__ import annotations

import math
from textwrap import fill, indent

import pandas as pd

from verifsim.comparison.sentences import as_told
from verifsim.doctrines import Doctrine, Known, origin
from verifsim.errors import ScenarioError
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.summary import QUANTILES
from verifsim.plots.kinds import KINDS
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files


def scenarios() -> str:
    """The scenario files that ship, each with its question."""
    entries = []
    for path in shipped_files():
        try:
            scenario = load_scenario(path).scenario
        except ScenarioError:
            continue  # a file put there by hand; `validate` says what is wrong with it
        entries.append(_entry(path.name, scenario.title, scenario.question))
    return "\n".join(entries)


def doctrines() -> str:
    """The doctrines, each with its rule, source, parameters and origin; then what could not be loaded."""
    known = Known()
    entries = [_doctrine(name, known[name]) for name in list(known) if name in known]
    return "\n".join([*entries, *known.not_loaded()])


def _doctrine(name: str, doctrine: type[Doctrine]) -> str:
    parameters = ", ".join(key for key in doctrine.model_fields if key != "kind")
    return _entry(
        name,
        doctrine.title,
        f"source: {doctrine.source}",
        f"parameters: {parameters or '(none)'}",
        origin(doctrine),
    )


def outcomes() -> str:
    """The outcomes, each with its meaning, unit and better direction."""
    better = {
        "higher": "higher is better",
        "lower": "lower is better",
        "neither": "neither direction is better",
    }
    return "\n".join(_entry(o.name, o.sentence, f"in {o.unit}; {better[o.better]}") for o in OUTCOMES)


def _entry(name: str, *lines: str) -> str:
    return "\n".join([name, *(indent(fill(line, 92), "    ") for line in lines if line)])


def headlines(table: pd.DataFrame, n: int) -> str:
    """The short table of outcomes, with Monte Carlo standard errors."""
    varies = "share_by_numbers" in table
    head: tuple[str, ...] = ("outcome", "mean", "± standard error", "5 to 95 % of runs")
    head += (("spread due to numbers",) if varies else ()) + ("unit", "better")
    rows = [head]
    for name, row in table.iterrows():
        unit = row["unit"] if row["n"] == n else f"{row['unit']} (in {row['n']:,} of {n:,} runs)"
        spread = "" if _yes_or_no(row) else f"{_short(row['q05'])} to {_short(row['q95'])}"
        by_numbers = (_by_numbers(row),) if varies else ()
        mean = with_error(row["mean"], row["standard_error"])
        rows.append((str(name), *mean, spread, *by_numbers, unit, row["better"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = (False, True, True, True, *([True] if varies else []), False, False)
    lines = [
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def pictures() -> str:
    """All kinds of pictures, what they show, and what they take."""
    width = max(map(len, KINDS))
    lines = [
        f"{kind.name:<{width}}  {kind.shows}" + "".join(f" [--{option}]" for option in kind.options)
        for kind in KINDS.values()
    ]
    return "\n".join(lines)


def comparison(table: pd.DataFrame, reference: str) -> str:
    """The short tables of a comparison: for each outcome, the reference and the others below it."""
    blocks = [
        _compared(str(name), rows, reference) for name, rows in table.groupby(level="outcome", sort=False)
    ]
    return "\n\n".join(blocks)


def _compared(outcome: str, rows: pd.DataFrame, reference: str) -> str:
    """One outcome: the reference's value, over each other's pairs if these differ, and the others'."""
    told = {str(name): as_told(row) for name, row in rows.droplevel("outcome").iterrows()}
    of_each = rows.drop_duplicates("reference").droplevel("outcome").index
    values = " or ".join(told[str(name)]["reference"] for name in of_each)
    pairs = " or ".join(dict.fromkeys(row["pairs"] for row in told.values()))
    unit, better = next(iter(told.values()))["unit"], rows["better"].iloc[0]
    direction = "" if better == "neither" else f"; {better} is better"
    asked = "  <- the question" if rows["asked"].any() else ""
    lines = [(reference, values, "", "", "")]
    for scenario, row in told.items():
        luck = f"better in {row['better in']}" if row["better in"] else ""
        lines.append((scenario, row["value"], row["difference"], row["95 % interval"], luck))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    sides = (str.ljust, str.rjust, str.rjust, str.rjust, str.ljust)
    body = [
        "  ".join(["", *(to(cell, w) for cell, w, to in zip(line, widths, sides, strict=True))]).rstrip()
        for line in lines
    ]
    return "\n".join([f"{outcome} ({unit}{direction}; {pairs} pairs){asked}", *body])


def first_moves(table: pd.DataFrame, where: str) -> str:
    """Who is first to deploy, and why: the share of worlds by the horizon, a column a scenario."""
    scenarios = list(dict.fromkeys(table["scenario"]))
    nobody = 1.0 - table.groupby("scenario")["share"].sum().reindex(scenarios)
    lines = [("", *scenarios), ("nobody", *(f"{100 * share:.1f}" for share in nobody))]
    for (who, why), rows in table.groupby(["who", "why"], sort=False):
        lines.append((f"{who}: {why}", *(f"{100 * share:.1f}" for share in rows["share"])))
    widths = [max(len(line[column]) for line in lines) + 2 for column in range(len(lines[0]))]
    body = ["".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([f"who is first to deploy in {where}, and why (of 100 worlds, by the horizon)", *body])


def _by_numbers(row: pd.Series) -> str:
    """The share of the variance that is not knowing the numbers, with its 95 % interval, in per cent."""
    if math.isnan(row["share_by_numbers"]):
        return ""
    share, low, high = (100 * row[f"share_by_numbers{end}"] for end in ("", "_low", "_high"))
    return f"{share:.0f} % ({low:.0f} to {high:.0f})"


def _yes_or_no(row: pd.Series) -> bool:
    """Whether each run gave yes or no, so that quantiles over runs say nothing."""
    return row["unit"] == "share" and all(row[q] in (0.0, 1.0) for q in QUANTILES)


def with_error(mean: float, error: float) -> tuple[str, str]:
    """A mean and its standard error, to two digits of the error."""
    if math.isnan(error):
        return _short(mean), "one run"
    if error < 1e-9 * max(abs(mean), 1.0):
        return _short(mean), "± 0"
    decimals = min(max(0, 1 - math.floor(math.log10(error))), 6)
    return f"{mean:,.{decimals}f}", f"± {error:,.{decimals}f}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:,.3g}"
