"""What can go wrong that a user can put right; anything else is a bug.

Every error here ends the command line with its own exit code and a sentence,
never with a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

_MOST_LISTED = 40
_MOST_COMPARED = 200
_LONGEST_NAME = 60


class VerifsimError(Exception):
    """Something a user can put right."""

    exit_code = 1


class UsageError(VerifsimError):
    """The command or call itself is off: an option, a path, a number of runs."""

    exit_code = 2


class OutputError(VerifsimError):
    """Results could not be written or read."""


class SimulationError(VerifsimError):
    """No run of the ensemble could be finished."""


class DoctrineError(SimulationError):
    """A doctrine that does not ship failed, or decided what no party can carry out."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a scenario file: where, what was given, what is allowed.

    ``line`` and ``column`` count from 1; 0 says that there is no such place
    (a whole file, or a ``--set`` on the command line).
    """

    file: str
    line: int
    column: int
    path: str
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        """``file:line:column: path.to.key: what is wrong; what is allowed``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f"{self.path}: " if self.path else ""
        allowed = f"; {self.allowed}" if self.allowed else ""
        return _printable(f"{place}: {path}{self.what}{allowed}")


def _printable(text: str) -> str:
    """The text on one line, safe for any terminal: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class ScenarioError(VerifsimError):
    """A scenario file that cannot be run, with all its problems at once."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The nearest known name as ``did you mean '…'? `` or nothing."""
    compared = map(str, islice(known, _MOST_COMPARED))
    near = get_close_matches(given[:_LONGEST_NAME], list(compared), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'? " if near else ""


def names(known: Iterable[str]) -> str:
    """Names as a list a person would write: ``a, b, c``, or ``(none)``."""
    all_names = list(map(str, known))
    listed = [n if len(n) <= _LONGEST_NAME else f"{n[:_LONGEST_NAME]}…" for n in all_names[:_MOST_LISTED]]
    more = len(all_names) - len(listed)
    return ", ".join(listed) + (f" and {more:,} more" if more else "") or "(none)"
