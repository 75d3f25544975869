"""What a file removes though there is no such thing."""

from __future__ import annotations

from itertools import islice
from typing import Any, get_origin

from verifsim.errors import did_you_mean
from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.explain import MOST_EXPLAINED, Explanation
from verifsim.scenario.slips import INDENT, slip_in_key
from verifsim.scenario.tree import Path_, Tree, cut, there_are


def report_in_vain(tree: Tree) -> None:
    """Report what a file removes though there is no such thing: most likely it is misspelt."""
    in_vain = tree.in_vain if tree.whole else {}
    for path, value in islice(in_vain.items(), MOST_EXPLAINED):
        owner, _ = declared.at(path[:-1], tree.data, tree.known)
        key = str(path[-1])
        if isinstance(owner, type) and issubclass(owner, Part):
            known = list(declared.fields(owner))
            fine = key in known
        else:
            known = list(_map(tree.data, path[:-1]))
            fine = get_origin(owner) is not dict
        if not fine:
            tree.report(path, *_nothing_removed(key, value, known))


def _nothing_removed(key: str, value: Any, known: list[str]) -> Explanation:
    near = did_you_mean(key, known)
    if value is not None:
        return f"no '{cut(key)}' to remove", f"{near}{there_are(known)}"
    if slip := slip_in_key(key):
        return f"unknown key '{cut(key)}'", slip
    return f"'{cut(key)}' is empty", f"{near}{INDENT}, or write 'none' to remove what the parent says"


def _map(data: Any, path: Path_) -> dict[str, Any]:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}
