"""What a comparison found, in plain sentences; what it could not see, it says how closely it looked."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from verifsim.comparison.intervals import CONFIDENCE
from verifsim.comparison.precision import Precision
from verifsim.comparison.table import simultaneous
from verifsim.outcomes.sentences import of_worlds

MOST_LISTED = 6
"""Outcomes that one sentence lists; the table has them all."""


def sentences(
    table: pd.DataFrame,
    reference: str,
    precision: Precision | None = None,
    missed: Collection[str] = (),
) -> tuple[str, ...]:
    """Say for each scenario how it differs from the reference, and how sure that is.

    What answers a question of theirs, and the first row, is told in full, and first.

    Parameters
    ----------
    table
        As `verifsim.comparison.table.table` gives it.
    reference
        The name of the reference.
    precision
        What was asked for, where the ensemble grew until it was known closely enough.
    missed
        Of what was asked for, the outcomes that are not known so closely.
    """
    if table.empty:
        return (f"Nothing was compared: no outcome was looked at that '{reference}' and another have.",)
    said = [_how_many(table, reference, CONFIDENCE if precision is None else precision.confidence)]
    said += [] if precision is None else [*_how_close(table, precision, missed)]
    for name, rows in table.groupby(level="scenario", sort=False):
        said += _of_scenario(rows.droplevel("scenario"), str(name), reference)
    return tuple(said)


def _how_close(table: pd.DataFrame, precision: Precision, missed: Collection[str]) -> Iterator[str]:
    """How many runs it took until what was asked for was known closely enough, or that it never was."""
    sizes, n_runs = precision.sizes, precision.n_runs
    yield (
        f"{n_runs:,} runs were simulated, at look {precision.n_looks} of at most {len(sizes)} ({sizes[0]:,} "
        f"to {sizes[-1]:,} runs); so that looking again costs no certainty, each interval of a difference in "
        f"the table, called one of 95 %, is one of {100 * precision.confidence:.2f} %."
    )
    for outcome, asked in precision.half_widths.items():
        rows = table.xs(outcome, level="outcome")
        widest = float(((rows["high"] - rows["low"]) / 2.0).max())
        wanted = f"± {asked:g} {rows['unit'].iloc[0]}"
        if outcome not in missed:
            yield f"{outcome} is known to ± {widest:.3g}; as asked ({wanted})."
        elif widest > asked:
            yield f"{outcome} is known to ± {widest:.3g}; more than was asked ({wanted})."
        else:
            yield f"{outcome} is not known as closely as asked ({wanted}): too few pairs differ to trust it."


def _how_many(table: pd.DataFrame, reference: str, confidence: float) -> str:
    n, worlds = len(table), int(table["n"].max())
    if n == 1:
        return f"Against '{reference}', in {worlds:,} pairs of worlds that share their luck, at 95 %:"
    return (
        f"Against '{reference}', in {worlds:,} pairs of worlds that share their luck; intervals are 95 %, "
        f"each on its own. {n} differences were looked at; those beyond chance (*) differ from none at "
        f"{100 * simultaneous(n, confidence):.2f} %, so that all of them hold at once 95 times in 100 "
        f"(Bonferroni)."
    )


def _of_scenario(rows: pd.DataFrame, name: str, reference: str) -> list[str]:
    known = rows[rows["n"] > 0]
    same = known[(known["differ"] == 0) & (known["low"] == 0.0) & (known["high"] == 0.0)]
    rest = known.drop(index=same.index)
    said = []
    asked = rest[rest["asked"] | (rest.index == rows.index[0])]
    said += [_in_full(outcome, row, name, reference) for outcome, row in _each(asked)]
    rest = rest.drop(index=asked.index)
    sure, few = rest[rest["beyond_chance"]], rest[rest["too_few"]]
    unsure = rest.drop(index=sure.index.union(few.index))
    parts = (
        ("beyond chance:", [_sure(o, row) for o, row in _each(sure)]),
        ("not beyond chance:", [_unsure(o, row) for o, row in _each(unsure)]),
        (
            "too few pairs differ for an interval to be trusted:",
            [f"{o} ({row['differ']} of {row['n']:,})" for o, row in _each(few)],
        ),
        (
            f"the same in each of {int(known['n'].max()) if len(known) else 0:,} pairs:",
            [str(o) for o in same.index],
        ),
    )
    return said + [f"{name}, {what} {_listed(items)}." for what, items in parts if items]


def _each(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    return ((str(name), row) for name, row in rows.iterrows())


def _listed(items: list[str]) -> str:
    more = len(items) - MOST_LISTED
    return "; ".join(items[:MOST_LISTED]) + (f"; and {more} more in the table" if more > 0 else "")


def _in_full(outcome: str, row: pd.Series, name: str, reference: str) -> str:
    more = "more" if row["difference"] >= 0 else "less"
    size, low, high = numbers(row)
    is_told = any(digit in size for digit in "123456789")
    how_much = f"{size.lstrip('+-−')} {unit_of(row)} {more} than in" if is_told else "the same as in"
    found = f"{name}: {outcome} is {how_much} {reference} (95 % interval {low} to {high}){_judged(row)}"
    if row["too_few"]:
        found += f"; only {row['differ']} of {row['n']:,} pairs differ, too few to trust that interval"
    elif not row["beyond_chance"]:
        found += f"; that is not beyond chance: {_ruled_out(row)}"
    if np.isnan(row["chance_better"]):
        return f"{found}."
    told = [of_worlds(float(row[f"chance_{how}"]), row["n"]) for how in ("better", "worse", "same")]
    worse, same = (worlds.split(" of ")[0] for worlds in told[1:])
    return f"{found}. On the same luck it does better in {told[0]}, worse in {worse}, the same in {same}."


def _judged(row: pd.Series) -> str:
    if row["better"] == "neither" or not row["beyond_chance"]:
        return ""
    return f", which is {better_or_worse(row)}"


def better_or_worse(row: pd.Series) -> str:
    """Whether a difference is for the better; empty where there is none, or neither direction is better."""
    if row["better"] == "neither" or row["difference"] == 0:
        return ""
    return "better" if (row["difference"] > 0) == (row["better"] == "higher") else "worse"


def _sure(outcome: str, row: pd.Series) -> str:
    size, low, high = numbers(row)
    judged = better_or_worse(row)
    return f"{outcome} {size} {unit_of(row)} ({low} to {high}){f', {judged}' if judged else ''}"


def _unsure(outcome: str, row: pd.Series) -> str:
    return f"{outcome} ({_ruled_out(row)})"


def _ruled_out(row: pd.Series) -> str:
    """What an interval still rules out that includes no difference, or would among so many."""
    if np.isnan(row["low"]):
        return "no interval: fewer than two pairs"
    size, low, high = numbers(row)
    if row["low"] > 0 or row["high"] < 0:
        return f"{size} {unit_of(row)}, {low} to {high} on its own, but so many were looked at"
    rise, fall = high.lstrip("+"), low.lstrip("−")
    return f"a rise of more than {rise} or a fall of more than {fall} {unit_of(row)} is ruled out"


def unit_of(row: pd.Series) -> str:
    """The unit in which a difference is told: shares of runs as so many of 100 worlds."""
    return "of 100 worlds" if row["unit"] == "share" else str(row["unit"])


def numbers(row: pd.Series) -> tuple[str, str, str]:
    """A difference and the ends of its interval, with signs, to two digits of half its width."""
    scale, decimals = _scale(row), _decimals(row)
    size, low, high = (_signed(scale * row[key], decimals) for key in ("difference", "low", "high"))
    return size, low, high


def _scale(row: pd.Series) -> float:
    return 100.0 if row["unit"] == "share" else 1.0


def _decimals(row: pd.Series) -> int:
    """How many to tell a difference to two digits of half its interval's width, or of itself."""
    half = (row["high"] - row["low"]) / 2.0
    wide = _scale(row) * (half if half > 0 else abs(row["difference"]))
    return min(max(0, 1 - math.floor(math.log10(wide))), 6) if wide > 0 else 0


def _signed(value: float, decimals: int) -> str:
    """With a plus or a minus; 0, and what rounds to it, with none; nan as a dash."""
    if np.isnan(value):
        return "–"
    told = f"{value:+,.{decimals}f}".replace("-", "−")
    return told if any(digit in told for digit in "123456789") else told[1:]


def as_told(row: pd.Series) -> dict[str, str]:
    """A row of the table as people read it: shares as so many of 100 worlds, a star beyond chance."""
    scale, decimals = _scale(row), _decimals(row)
    size, low, high = numbers(row)
    star, few = " *" if row["beyond_chance"] else "", " (few pairs differ)" if row["too_few"] else ""
    better = "" if np.isnan(row["chance_better"]) else of_worlds(row["chance_better"], int(row["n"]))
    return {
        "value": _plain(scale * row["value"], decimals),
        "reference": _plain(scale * row["reference"], decimals),
        "difference": f"{size}{star}",
        "95 % interval": "" if np.isnan(row["low"]) else f"{low} to {high}{few}",
        "better in": better,
        "unit": unit_of(row),
        "better": str(row["better"]),
        "pairs": f"{int(row['n']):,}",
    }


def _plain(value: float, decimals: int) -> str:
    return "–" if np.isnan(value) else f"{value:,.{decimals}f}"
