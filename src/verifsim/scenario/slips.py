"""What slips in writing, and how to put it right."""

from __future__ import annotations

import re
from typing import Any

from verifsim.scenario.tree import cut

ENTRIES = "'key: value' entries"
INDENT = "indent the lines below it further"

_COMMA = "write a decimal point, not a comma"
_PERCENT = "write a fraction of 1: 80% is 0.8"
_SPACE = "a space is missing after ':'"


def slip_in(text: str) -> str:
    """What slipped in writing a value, if anything: 0,5 for 0.5, or ``key:value`` for ``key: value``."""
    if re.fullmatch("-?[0-9]+,[0-9]+", text):
        return _COMMA
    if re.fullmatch("[0-9.]+ ?%", text):
        return _PERCENT
    return _SPACE if re.match(r"[a-z0-9_]*[a-z_]:\S", text) else ""


def slip_in_key(text: str) -> str:
    """What slipped in writing a key, if anything."""
    return _COMMA if re.fullmatch("[0-9]+", text) else slip_in(text)


def how_to_write(needs: str, given: Any) -> str:
    """What to change in a value that is of another type than needed."""
    if given == "none":
        return "to say nothing, leave it out"
    if isinstance(given, str):
        return slip_in(given)
    if needs == "text" and isinstance(given, list):
        return "one text, without '[' or '-'"
    if needs != ENTRIES:
        return ""
    if given is None:
        return INDENT
    if isinstance(given, list) and given and isinstance(given[0], dict):
        first = next(iter(given[0]), "key")
        return f"give each a name instead of '-', as in 'my_name: {{{cut(str(first))}: …}}'"
    return ""
