"""What an unquoted word of a file is: a number, yes or no, nothing, or text."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

MOST_DIGITS = 30


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
        given = f"too large for a number (given {text[:40]})"
        return value if math.isfinite(value) else TooLarge(given, "a finite number")
    return text
