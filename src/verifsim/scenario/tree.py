"""Plain data with the place of every key and value in it, so that a problem can say where."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from verifsim.doctrines import Known
from verifsim.errors import Problem, names

_LONGEST = 60

Path_ = tuple[str | int, ...]
"""Where something stands in a tree: keys and places in lists."""


class Mark(NamedTuple):
    """A place in a file, counted from 1; line 0 says that there is none."""

    file: str
    line: int = 0
    column: int = 0

    def short(self) -> str:
        """The file's name and the line."""
        return f"{Path(self.file).name}:{self.line}" if self.line else self.file


@dataclass
class Tree:
    """Plain data with the mark of every path in it, and what was wrong on the way."""

    data: Any = None
    marks: dict[Path_, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[Path_] = field(default_factory=set)
    """Where a value could not be taken: reported already, and not to be judged again."""
    in_vain: dict[Path_, Any] = field(default_factory=dict)
    """What a child removes though no parent says it, and whether by nothing or by ``none``."""
    whole: bool = True
    """Whether every file that is extended was read: what is not there may stand in one of them."""
    known: Known = field(default_factory=Known)
    """The doctrines that it may name."""

    def mark(self, path: Path_) -> Mark:
        """The place of a path, or of the nearest one above it that has one."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark("scenario"))

    def report(self, path: Path_, what: str, allowed: str = "") -> None:
        """Keep a problem found at a path."""
        self.problems.append(Problem(*self.mark(path), written(path), what, allowed))


def written(path: Path_) -> str:
    """A path as a user writes it: ``parties.russia.doctrine``, ``binds (entry 2)``."""
    keys = (f" (entry {key + 1})" if isinstance(key, int) else f".{cut(str(key))}" for key in path)
    return "".join(keys).removeprefix(".")


def cut(text: str) -> str:
    """A text as it is if it is short, else its beginning."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def there_are(known: Collection[str]) -> str:
    """The names among which one can choose, as a list after "there are"."""
    return f"there are: {names(known)}" if known else "there are none"


_WORDS: dict[Any, str] = {None: "nothing", True: "true", False: "false"}


def shortened(value: Any) -> str:
    """What was given, as a short text for a message."""
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, str):
        return cut(repr(value[:_LONGEST]))
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    if isinstance(value, int) and abs(value) >= 10**_LONGEST:
        return "a number of very many digits"  # Python refuses to write some of them out
    return cut(repr(value))
