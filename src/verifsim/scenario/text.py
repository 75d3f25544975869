"""From bytes to a plain tree with the place of every key and value: YAML 1.2, and no more.

Nothing is ever executed: no tags, no anchors, no aliases. Size is checked before
parsing, depth and number of entries while parsing. Every problem found is kept, so that
a user sees them all at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml_events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from verifsim.errors import Problem, ScenarioError

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_ENTRIES = 20_000
MOST_DIGITS = 30
MOST_PROBLEMS = 50

Path_ = tuple[str | int, ...]
"""Where something stands in a tree: keys and places in lists."""


class Mark(NamedTuple):
    """A place in a file, counted from 1; line 0 says that there is none."""

    file: str
    line: int = 0
    column: int = 0


@dataclass
class Tree:
    """Plain data with the mark of every path in it, and what was wrong on the way."""

    data: Any = None
    marks: dict[Path_, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: Path_) -> Mark:
        """The place of a path, or of the nearest one above it that has one."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark("scenario"))

    def report(self, path: Path_, what: str, allowed: str = "") -> None:
        """Keep a problem found at a path."""
        mark = self.mark(path)
        self.problems.append(Problem(mark.file, mark.line, mark.column, written(path), what, allowed))


def written(path: Path_) -> str:
    """A path as a user writes it: ``parties.russia.doctrine``."""
    return ".".join(map(str, path))


def shortened(value: Any) -> str:
    """What was given, as a short text for a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def read(path: Path) -> Tree:
    """Read a scenario file into a tree; problems are in the tree, not raised."""
    tree = Tree(marks={(): Mark(str(path), 1, 1)})
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([Problem(str(path), 0, 0, "", "no such file", _nearby(path))]) from None
    except OSError as error:
        raise ScenarioError([Problem(str(path), 0, 0, "", f"cannot be read ({error.strerror})")]) from None
    if len(raw) > MOST_BYTES:
        tree.report((), "the file is too large", f"at most {MOST_BYTES:,} bytes")
        return tree
    return parse(raw, str(path))


def _nearby(path: Path) -> str:
    folder = path.parent
    found = sorted(p.name for p in folder.glob("*.yaml"))[:20] if folder.is_dir() else []
    return f"in {folder} there are: {', '.join(found)}" if found else ""


def parse(raw: bytes, file: str) -> Tree:
    """Parse the bytes of a scenario file."""
    tree = Tree(marks={(): Mark(file, 1, 1)})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        mark = Mark(file, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        tree.problems.append(
            Problem(*mark, "", f"not text in UTF-8 (byte {raw[error.start]:#04x})", "UTF-8 text")
        )
        return tree
    if "\0" in text:
        tree.report((), "not a text file (it holds a zero byte)", "UTF-8 text")
        return tree
    if not text.strip():
        tree.report((), "the file is empty", "start with the lines 'title: …' and 'extends: baseline.yaml'")
        return tree
    _Builder(tree, file).build(text)
    return tree


class _Stop(Exception):
    """The rest of the file is not worth reading."""


class _Builder:
    """Builds a tree from the parser's events, one at a time."""

    def __init__(self, tree: Tree, file: str) -> None:
        self.tree, self.file, self.n_entries = tree, file, 0

    def build(self, text: str) -> None:
        events = YAML(typ="safe", pure=True).parse(text)
        try:
            self._document(events)
        except _Stop:
            pass
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Mark(self.file, mark.line + 1, mark.column + 1) if mark else Mark(self.file, 1, 1)
            what = " ".join(filter(None, [error.context, error.problem]))
            self.tree.problems.append(Problem(*place, "", f"not readable as YAML: {what}"))
        except (YAMLError, ValueError) as error:
            what = str(error).splitlines()[0]
            self.tree.problems.append(
                Problem(self.file, 1, 1, "", f"not readable as YAML: {what}", "UTF-8 text")
            )

    def _document(self, events: Iterator[Any]) -> None:
        for event in events:
            if isinstance(event, yaml_events.DocumentStartEvent):
                if self.tree.data is not None:
                    self._at(event, (), "a second document begins here", "one scenario a file")
                    return
            elif isinstance(event, yaml_events.NodeEvent):
                self.tree.data = self._value(event, events, ())
        if not isinstance(self.tree.data, dict) and not self.tree.problems:
            self.tree.report((), f"a scenario is made of 'key: value' lines ({shortened(self.tree.data)})")

    def _at(self, event: Any, path: Path_, what: str, allowed: str = "") -> None:
        mark = self._mark(event)
        self.tree.problems.append(Problem(*mark, written(path), what, allowed))
        if len(self.tree.problems) >= MOST_PROBLEMS:
            raise _Stop

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _value(self, event: Any, events: Iterator[Any], path: Path_) -> Any:
        self._check(event, path)
        if isinstance(event, yaml_events.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml_events.SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, yaml_events.ScalarEvent):
            return self._scalar(event, path)
        return None  # an alias, already reported

    def _check(self, event: Any, path: Path_) -> None:
        self.n_entries += 1
        if len(path) > MOST_DEPTH:
            self._at(event, path[:3], "nested too deeply", f"at most {MOST_DEPTH} levels")
            raise _Stop
        if self.n_entries > MOST_ENTRIES:
            self._at(event, path, "too many entries", f"at most {MOST_ENTRIES:,} in a file")
            raise _Stop
        if isinstance(event, yaml_events.AliasEvent):
            self._at(event, path, f"an alias (*{event.anchor}) is not allowed", "write the value out")
        elif event.anchor is not None:
            self._at(
                event,
                path,
                f"an anchor (&{event.anchor}) is not allowed",
                "write the value out where it is meant",
            )
        if getattr(event, "tag", None) is not None:
            self._at(
                event, path, f"a tag ({event.tag}) is not allowed", "plain text, numbers, lists and maps"
            )

    def _mapping(self, events: Iterator[Any], path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml_events.MappingEndEvent):
                break
            if not isinstance(event, yaml_events.ScalarEvent):
                self._at(event, path, "a key must be a name", "text before the colon")
                raise _Stop
            self._check(event, path)
            key, here = event.value, (*path, event.value)
            if key in result:
                first = self.tree.marks[here]
                self._at(
                    event,
                    here,
                    f"the key '{key}' stands here again (first in line {first.line})",
                    "each key once",
                )
                here = (*path, f"{key} (again)")
            self.tree.marks[here] = self._mark(event)
            result[str(here[-1])] = self._value(next(events), events, here)
        return {key: value for key, value in result.items() if not key.endswith(" (again)")}

    def _sequence(self, events: Iterator[Any], path: Path_) -> list[Any]:
        result: list[Any] = []
        for event in events:
            if isinstance(event, yaml_events.SequenceEndEvent):
                break
            here = (*path, len(result))
            self.tree.marks[here] = self._mark(event)
            result.append(self._value(event, events, here))
        return result

    def _scalar(self, event: Any, path: Path_) -> Any:
        if not event.implicit[0]:
            return event.value  # quoted: text, whatever it looks like
        value = plain_scalar(event.value)
        if isinstance(value, TooLarge):
            self._at(event, path, value.what, value.allowed)
            return 0
        return value


class TooLarge(NamedTuple):
    """A number that no computation could hold."""

    what: str
    allowed: str


_INTEGER = re.compile(r"[-+]?[0-9]+")
_HEX_OCTAL = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: value for value in (True, False) for word in (str(value), str(value).lower(), str(value).upper())
}


def plain_scalar(text: str) -> Any:
    """Resolve an unquoted scalar by YAML's core schema (YAML 1.2.2, section 10.3.2).

    ``NO`` stays text, ``1e-3`` is a number, ``2020-11`` stays text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    if _INTEGER.fullmatch(text) or _HEX_OCTAL.fullmatch(text):
        if len(text) > MOST_DIGITS:
            return TooLarge(f"a number of {len(text):,} digits", f"at most {MOST_DIGITS} digits")
        return int(text, 0) if _HEX_OCTAL.fullmatch(text) else int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return (
            value
            if math.isfinite(value)
            else TooLarge(f"too large for a number ({text[:40]})", "a finite number")
        )
    return text
