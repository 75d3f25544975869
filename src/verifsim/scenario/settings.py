"""``path.to.key=value``: what the command line or a caller puts over a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from verifsim.errors import Problem, did_you_mean
from verifsim.parameter import Name, Part
from verifsim.scenario import declared
from verifsim.scenario.overlay import overlaid
from verifsim.scenario.text import parse
from verifsim.scenario.tree import Mark, Path_, Tree, cut, there_are

_FORM = "e.g. --set months=60, with no spaces around '='"


def put_settings(tree: Tree, settings: Iterable[str]) -> Tree:
    """The tree with settings on top, checked like the file; problems are in the tree."""
    for setting in settings:
        tree = _put(tree, setting)
    return tree


def _put(tree: Tree, setting: str) -> Tree:
    label = f"--set {cut(setting)}"
    path, equals, text = setting.partition("=")
    keys = tuple(key.strip() for key in path.split("."))
    if not equals or not all(keys):
        problem = Problem(label, 0, 0, "", "not of the form path.to.key=value", _FORM)
        tree.problems.append(problem)
        return tree
    value = parse(f"value: {text.strip() or 'none'}".encode("utf-8", "surrogateescape"), label)
    if value.problems or list(value.data) != ["value"]:
        problems = value.problems or [Problem(label, 0, 0, "", "more than one value", "one value")]
        tree.problems += [Problem(label, 0, 0, cut(path), p.what, p.allowed) for p in problems]
        return tree
    if not isinstance(tree.data, dict) or _is_misspelt(tree, keys, label):
        return tree
    return _with(tree, keys, value, label)


def _with(tree: Tree, keys: tuple[str, ...], value: Tree, label: str) -> Tree:
    """The tree with one value put at a path; what is new in it is marked with the setting."""
    data: Any = value.data["value"]
    for key in reversed(keys):
        data = {key: data}
    layer = Tree(data, {(*keys, *p[1:]): Mark(label) for p in value.marks if p})
    result = overlaid(tree, layer)
    for n in range(1, len(keys)):
        result.marks.setdefault(keys[:n], Mark(label))
    return result


def _is_misspelt(tree: Tree, keys: tuple[str, ...], label: str) -> bool:
    """Whether a path leads through a party, programme, … that there is not; reported where so."""
    data: Any = tree.data
    for n, key in enumerate(keys[:-1]):
        if not isinstance(data, dict):
            return False
        known = [*data, *(tree.known if keys[:n] == ("doctrines",) else ())]
        if key not in known and _holds_parts(keys[:n], tree.data):
            hint = f"{did_you_mean(key, known)}{there_are(known)}"
            path = ".".join(cut(k) for k in keys)
            tree.problems.append(Problem(label, 0, 0, path, f"no '{cut(key)}' to change", hint))
            return True
        data = data.get(key)
    return False


def _holds_parts(path: Path_, data: Any) -> bool:
    """Whether a path is declared as a map from names of its own to parts, such as ``parties``."""
    kind, _ = declared.at(path, data)
    if get_origin(kind) is not dict or get_args(kind)[0] != Name:
        return False
    parts = declared.alternatives(get_args(kind)[-1])
    return all(isinstance(part, type) and issubclass(part, Part) for part in parts)
