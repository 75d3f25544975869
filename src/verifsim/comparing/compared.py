"""What a comparison found: tables, sentences, a picture and files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from verifsim.comparison.deployment import cumulative_incidence, still_without
from verifsim.comparison.intervals import CONFIDENCE, pairing_gain, quantile_difference, share_difference
from verifsim.comparison.precision import Precision, close_enough
from verifsim.comparison.sentences import as_told, sentences
from verifsim.comparison.sides import Side, one_scenario, paired
from verifsim.comparison.table import columns, difference, happens_or_not, table
from verifsim.errors import UsageError, did_you_mean, names
from verifsim.outcomes.first_moves import BOTH, NOBODY
from verifsim.outcomes.summary import QUANTILES
from verifsim.plots.forest import forest
from verifsim.store import Content, Folder
from verifsim.study import Study, csv_content, json_text, png_content, text_content

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
