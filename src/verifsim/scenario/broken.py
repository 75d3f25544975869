"""Why a file could not be read as YAML, in plain words."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import MarkedYAMLError

_UNCLOSED = "close it; or a comma, or a space after ':', is missing before this"
_SPACED = "write 'key: value', with a space after ':'"
_TOGETHER = "indent lines that belong together the same"

_WORDS = (
    (r"a flow mapping expected ',' or", "a '{{' opened in line {line} is not closed", _UNCLOSED),
    (r"a flow sequence expected ',' or", "a '[' opened in line {line} is not closed", _UNCLOSED),
    (r"a flow node .* '<stream end>'", "a '{{' or '[' is not closed", _UNCLOSED),
    (r"a quoted scalar found unexpected", "a quote opened in line {line} is not closed", "close it"),
    (r"a simple key could not find", "a line without 'key: value'", _SPACED),
    (r"found '([]}},:])'", "a '{found}' too many", "remove it, or put the text that holds it in quotes"),
    (r"found '(<scalar>|\{|\[)'", "text after the end of a value", "put quotes around the whole text"),
    (r"found '[?-]'", "lines with and without '-' side by side", "either all begin with '-', or none"),
    (
        r"found .*'<block (mapping|sequence) start>'",
        "this line is indented differently from its neighbours",
        _TOGETHER,
    ),
    (r"found character '\\t'", "a tab", "indent with spaces, not with tabs"),
    (r"found character '(.)' that cannot", "a text that begins with '{found}'", "it needs quotes"),
    (r"sequence entries are not allowed", "a '-' after a key", "begin the list in the next line, or use [ ]"),
)
"""What the parser says; in plain words; what to do."""


def place(error: MarkedYAMLError) -> Any:
    """Where to look: at what was opened and never closed, else where reading stopped."""
    opened = re.search("a (quoted scalar|simple key)", error.context or "")
    return error.context_mark if opened else error.problem_mark or error.context_mark


def in_words(error: MarkedYAMLError, text: str) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    said = " ".join(filter(None, [error.context, error.problem]))
    if "mapping values are not allowed" in said:
        return _second_colon(error, text)
    for sign, what, hint in _WORDS:
        if match := re.search(sign, said):
            line = error.context_mark.line + 1 if error.context_mark else 0
            return what.format(line=line, found=match[match.lastindex or 0]), hint
    return f"not readable as YAML: {said}", "see to the indentation, quotes and brackets up to here"


def _second_colon(error: MarkedYAMLError, text: str) -> tuple[str, str]:
    """A ``:`` where none can stand: a text that holds one, or a line that hangs on to the one above."""
    mark = error.problem_mark
    line = "".join(text.splitlines()[mark.line : mark.line + 1])
    if ": " in line[: mark.column]:
        return "a second ': ' in one line", "a text with ': ' in it needs quotes"
    return "this line continues the one above", f"{_TOGETHER}, and put a space after every ':'"
