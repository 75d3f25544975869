"""The headline outcomes of each scenario, with 95 % intervals, in words of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from verifsim.comparing import Comparison
from verifsim.comparison.intervals import is_share, mean_difference, share_interval
from verifsim.comparison.sentences import as_told, numbers, unit_of
from verifsim.comparison.table import DECLARED
from verifsim.outcomes.question import spoken_of_first
from verifsim.outcomes.summary import QUANTILES


@dataclass(frozen=True)
class Level:
    """An outcome of one scenario, and how it differs from the reference."""

    scenario: str
    value: str
    interval: str
    n: str
    """In how many runs the outcome has a meaning, where that is not all."""
    spread: str
    """Where 90 of 100 runs lie; nothing for what happens or not."""
    difference: str = ""
    difference_interval: str = ""
    luck: str = ""
    """In how many worlds it does better than the reference, on the same luck."""


@dataclass(frozen=True)
class Block:
    """An outcome, and its value in each scenario."""

    name: str
    """As sentences and files have it."""
    label: str
    meaning: str
    unit: str
    better: str
    levels: tuple[Level, ...]


def blocks(
    outcomes: Mapping[str, pd.DataFrame], ds: xr.Dataset, comparison: Comparison | None
) -> list[Block]:
    """A block for each outcome that answers the question, or is a headline; or that a comparison looked at.

    Parameters
    ----------
    outcomes
        By scenario, the reference first: one row a run, one column an outcome.
    ds
        The results of the reference, for the names of parties and regions.
    comparison
        Of these scenarios; None for a single one.
    """
    first = next(iter(outcomes.values()))
    if comparison is None:
        headlines = [str(name) for name in first if DECLARED[str(name).split(".")[0]].headline]
        shown = list(dict.fromkeys([*spoken_of_first(ds, map(str, first)), *headlines]))
    else:
        shown = list(dict.fromkeys(comparison.table().index.get_level_values("outcome")))
    table = None if comparison is None else comparison.table()
    return [_block(name, outcomes, ds, table) for name in shown]


def _block(
    name: str, outcomes: Mapping[str, pd.DataFrame], ds: xr.Dataset, table: pd.DataFrame | None
) -> Block:
    declared = DECLARED[name.split(".")[0]]
    levels = tuple(
        _level(scenario, of[name], declared.unit, _row(table, scenario, name))
        for scenario, of in outcomes.items()
        if name in of
    )
    better = "" if declared.better == "neither" else f"{declared.better} is better"
    unit = unit_of(pd.Series({"unit": declared.unit}))
    return Block(name, label(name, ds), declared.sentence, unit, better, levels)


def _row(table: pd.DataFrame | None, scenario: str, name: str) -> pd.Series | None:
    """The row of a comparison's table; none for the reference, and for a single scenario."""
    return None if table is None or (scenario, name) not in table.index else table.T[scenario, name]


def _level(scenario: str, values: pd.Series, unit: str, compared: pd.Series | None) -> Level:
    known = values.dropna()
    value, interval = _mean(known, unit)
    n = "" if len(known) == len(values) else f"{len(known):,} of {len(values):,} runs"
    level = {"scenario": scenario, "value": value, "interval": interval, "n": n}
    told = {} if compared is None else as_told(compared)
    return Level(
        **level,
        spread=_spread(known, unit),
        difference=told.get("difference", ""),
        difference_interval=told.get("95 % interval", ""),
        luck=told.get("better in", ""),
    )


def _mean(known: pd.Series, unit: str) -> tuple[str, str]:
    """A mean with its 95 % interval, to two digits of half its width: Wilson's for shares, else Student's."""
    found = mean_difference(known, np.zeros(len(known)))
    low, high = found.low, found.high
    if unit == "share" and len(known) > 1 and is_share(known, known):
        low, high = share_interval(int(known.sum()), len(known))
    row = pd.Series({"difference": found.difference, "low": low, "high": high, "unit": unit})
    value, least, most = (text.removeprefix("+") for text in numbers(row))
    return value, "" if np.isnan(low) else f"{least} to {most}"


def _spread(known: pd.Series, unit: str) -> str:
    if (unit == "share" and is_share(known, known)) or len(known) < 2:
        return ""
    low, high = (float(known.quantile(QUANTILES[q])) for q in ("q05", "q95"))
    scale = 100.0 if unit == "share" else 1.0
    return f"{_short(scale * low)} to {_short(scale * high)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.3g}"


def label(name: str, ds: xr.Dataset) -> str:
    """The name of an outcome as people write it: ``Nobody deployed, Europe``."""
    outcome, *members = name.split(".")
    titles = {
        key: title
        for dim in ("party", "region")
        for key, title in zip(ds[dim].values.tolist(), ds[f"{dim}_title"].values.tolist(), strict=True)
    }
    words = outcome.replace("_", " ")
    return ", ".join([words[:1].upper() + words[1:], *(titles.get(member, member) for member in members)])


def linked(sentence: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """A sentence in pieces: its text, with the name of the outcome where a piece is one, else nothing.

    A name counts where it is not part of a longer one.
    """
    pieces: list[tuple[str, str]] = []
    rest = ""
    for word in sentence.split(" "):
        bare = word.rstrip(".,;:")
        if bare in names:
            pieces += [(rest, ""), (bare, bare)]
            rest = f"{word[len(bare) :]} "
        else:
            rest += f"{word} "
    return [piece for piece in [*pieces, (rest[:-1], "")] if piece[0]]
