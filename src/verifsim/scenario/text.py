"""From bytes to a plain tree with the place of every key and value: YAML 1.2, and no more.

Nothing is ever executed: no tags, no anchors, no aliases. Size is checked before
parsing, depth and number of entries while parsing. Every problem found is kept, so that
a user sees them all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml_events
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from verifsim.errors import Problem, ScenarioError
from verifsim.scenario.broken import in_words, place
from verifsim.scenario.scalar import TooLarge, plain_scalar
from verifsim.scenario.tree import Mark, Path_, Tree, cut, shortened, written

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_ENTRIES = 20_000
MOST_PROBLEMS = 200

_START = "start with the lines 'title: …' and 'extends: baseline.yaml'"

_SLOW = (
    (re.compile(r"^%", re.MULTILINE), "a directive (a line that begins with %) is not allowed", "plain YAML"),
    (
        re.compile(r"![^\s]{1000}"),
        "a tag of this length is not allowed",
        "plain text, numbers, lists and maps",
    ),
)
"""What the YAML parser would take long to look at, and no scenario needs."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def read(path: Path) -> Tree:
    """Read a scenario file into a tree; what is wrong in it is in the tree.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ScenarioError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(
            [Problem(str(path), 0, 0, "", f"cannot be read ({what})", "a text file")]
        ) from None
    return parse(raw, str(path))


def parse(raw: bytes, file: str) -> Tree:
    """Parse the bytes of a scenario file."""
    tree = Tree(marks={(): Mark(file, 1, 1)})
    if len(raw) > MOST_BYTES:
        tree.report((), "the file is too large", f"at most {MOST_BYTES:,} bytes")
        return tree
    text = _decoded(raw, tree)
    if text is None:
        return tree
    if not text.strip():
        tree.report((), "the file is empty", _START)
        return tree
    for slow, what, allowed in _SLOW:
        if match := slow.search(text):
            tree.problems.append(Problem(*_mark_in(text, match.start(), file), "", what, allowed))
            return tree
    _Builder(tree, file).build(text)
    return tree


def _decoded(raw: bytes, tree: Tree) -> str | None:
    """The bytes as text; None, with a problem reported, where they are none."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        mark = _mark_in(before, len(before), tree.mark(()).file)
        what = f"not text in UTF-8 (byte {raw[error.start]:#04x})"
        tree.problems.append(Problem(*mark, "", what, "UTF-8 text"))
        return None
    if "\0" in text:
        tree.report((), "not a text file (it holds a zero byte)", "UTF-8 text")
        return None
    return text


def _mark_in(text: str, position: int, file: str) -> Mark:
    line_start = text.rfind("\n", 0, position) + 1
    return Mark(file, text.count("\n", 0, position) + 1, position - line_start + 1)


class _StopError(Exception):
    """The rest of the file is not worth reading."""


class _Builder:
    """Builds a tree from the parser's events, one at a time."""

    def __init__(self, tree: Tree, file: str) -> None:
        self.tree, self.file, self.n_entries = tree, file, 0

    def build(self, text: str) -> None:
        try:
            self._document(YAML(typ="safe", pure=True).parse(text))
        except _StopError:
            self.tree.data = None
        except ReaderError as error:
            mark = _mark_in(text, error.position, self.file)
            what = f"a character that text does not hold (#x{error.character:04x})"
            self.tree.problems.append(Problem(*mark, "", what, "UTF-8 text"))
        except MarkedYAMLError as error:
            self.tree.data = None
            self.tree.problems.append(Problem(*self._at_mark(place(error)), "", *in_words(error, text)))
        except (YAMLError, ValueError) as error:
            self.tree.report((), f"not readable as YAML: {str(error).splitlines()[0]}", "YAML 1.2")

    def _document(self, events: Iterator[Any]) -> None:
        n_documents = 0
        for event in events:
            if isinstance(event, yaml_events.DocumentStartEvent):
                n_documents += 1
                if n_documents > 1:
                    self._at(event, (), "a second document begins here", "one scenario a file")
                    break
            elif isinstance(event, yaml_events.NodeEvent):
                self.tree.data = self._value(event, events, ())
        if n_documents == 0:
            self.tree.report((), "the file is empty but for comments", _START)
        elif not isinstance(self.tree.data, dict) and not self.tree.problems:
            what = f"not a scenario (given {shortened(self.tree.data)})"
            self.tree.report((), what, f"'key: value' lines; {_START}")

    def _at(self, event: Any, path: Path_, what: str, allowed: str = "") -> None:
        mark = self._mark(event)
        self.tree.problems.append(Problem(*mark, written(path), what, allowed))
        if len(self.tree.problems) >= MOST_PROBLEMS:
            self.tree.problems.append(
                Problem(*mark, "", "too many problems to read on", "put these right first")
            )
            raise _StopError

    def _mark(self, event: Any) -> Mark:
        return self._at_mark(event.start_mark)

    def _at_mark(self, mark: Any) -> Mark:
        return Mark(self.file, mark.line + 1, mark.column + 1) if mark else Mark(self.file, 1, 1)

    def _value(self, event: Any, events: Iterator[Any], path: Path_) -> Any:
        fine = self._check(event, path)
        if isinstance(event, yaml_events.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml_events.SequenceStartEvent):
            return self._sequence(events, path)
        if fine and isinstance(event, yaml_events.ScalarEvent):
            return self._scalar(event, path)
        self.tree.unread.add(path)
        return None

    def _check(self, event: Any, path: Path_) -> bool:
        """Report what no scenario may hold; whether there was nothing of it."""
        self.n_entries += 1
        if len(path) > MOST_DEPTH:
            self._at(event, path[:3], "nested too deeply", f"at most {MOST_DEPTH} levels")
            raise _StopError
        if self.n_entries > MOST_ENTRIES:
            self._at(event, path, "too many entries", f"at most {MOST_ENTRIES:,} in a file")
            raise _StopError
        found = list(_forbidden(event))
        for what, allowed in found:
            self._at(event, path, what, allowed)
        return not found

    def _mapping(self, events: Iterator[Any], path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml_events.MappingEndEvent):
                break
            if not isinstance(event, yaml_events.ScalarEvent):
                self._at(event, path, "a key must be a name", "text before the colon")
                raise _StopError
            key, here = event.value, (*path, event.value)
            self._check(event, path)
            fine = self._is_new(event, here, result) and not _UNPRINTABLE.search(key)
            if fine:
                self.tree.marks[here] = self._mark(event)
                result[key] = None  # from here on it stands there
            else:
                here = (*path, f"{key} (again)")
            value = self._value(next(events), events, here)
            if fine:
                result[key] = value
        return result

    def _is_new(self, event: Any, here: Path_, result: dict[str, Any]) -> bool:
        """Whether a key may stand here; reported where not."""
        if event.value == "<<" and event.implicit[0]:
            self._at(
                event, here, "a merge key (<<) is not allowed", "write the keys out, or extend another file"
            )
            return False
        if event.value in result:
            first = f"first in line {self.tree.marks[here].line}"
            self._at(
                event, here, f"the key '{cut(event.value)}' stands here again ({first})", "each key once"
            )
            return False
        return True

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
            self.tree.unread.add(path)
            return None
        return value


def _forbidden(event: Any) -> Iterator[tuple[str, str]]:
    """What an event brings that no scenario may hold: what it is, and what is allowed."""
    if isinstance(event, yaml_events.AliasEvent):
        yield f"an alias (*{cut(event.anchor)}) is not allowed", "write the value out"
    elif event.anchor is not None:
        yield f"an anchor (&{cut(event.anchor)}) is not allowed", "write the value out where it is meant"
    if getattr(event, "tag", None) is not None:
        yield f"a tag ({cut(str(event.tag))}) is not allowed", "plain text, numbers, lists and maps"
    if isinstance(event, yaml_events.ScalarEvent) and (match := _UNPRINTABLE.search(event.value)):
        yield f"a character that cannot be printed (#x{ord(match[0]):04x})", "plain text"
