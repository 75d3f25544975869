"""A table of what was measured, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Figures under one title; ``said`` goes before the rows."""

    title: str
    said: str
    head: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)

    def text(self) -> str:
        """The table in Markdown."""
        lines = [f"## {self.title}", "", self.said]
        if self.rows:
            lines += ["", _line(self.head), _line(["---", *["---:"] * (len(self.head) - 1)])]
            lines += [_line(row) for row in self.rows]
        return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def times(ratio: float) -> str:
    """A ratio as one reads it: two figures that matter, or whole."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2f}"
