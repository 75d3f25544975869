"""`extends`: a file says only what differs from its parent."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from verifsim.errors import Problem, ScenarioError, did_you_mean, names
from verifsim.scenario.text import Mark, Path_, Tree, parse, read, shortened, written

REMOVES = ("none", None)
"""What a child writes to remove what its parent says."""


def shipped_folder() -> Path:
    """The folder of the scenario files that come with verifsim."""
    installed = Path(str(files("verifsim"))) / "shipped"
    return installed if installed.is_dir() else Path(str(files("verifsim"))).parents[1] / "scenarios"


def shipped_files() -> list[Path]:
    """The scenario files that come with verifsim, by name."""
    return sorted(shipped_folder().glob("*.yaml"))


def read_with_parents(path: Path, settings: Iterable[str] = ()) -> Tree:
    """Read a file, merge it over the files it extends, then put ``--set`` values on top."""
    tree = _read_chain(path, [])
    for setting in settings:
        _put(tree, setting)
    return tree


def _read_chain(path: Path, above: list[Path]) -> Tree:
    child = read(path)
    if not isinstance(child.data, dict) or "extends" not in child.data:
        return child
    given = child.data.pop("extends")
    parent_path = _parent(child, path, given, [*above, path])
    if parent_path is None:
        return child
    return merged(_read_chain(parent_path, [*above, path]), child)


def _parent(child: Tree, path: Path, given: Any, chain: list[Path]) -> Path | None:
    """The file that is extended; None, with a problem reported, where there is none."""
    here: Path_ = ("extends",)
    shipped = [p.name for p in shipped_files()]
    if not isinstance(given, str) or not given:
        child.report(here, f"needs the name of a file ({shortened(given)})", f"shipped are: {names(shipped)}")
        return None
    if given in (".", "..") or any(separator in given for separator in ("/", "\\", ":")):
        child.report(
            here,
            f"a file outside this folder ({shortened(given)})",
            "a file of the same folder, or a shipped one, by name",
        )
        return None
    candidates = [path.parent / given, shipped_folder() / given]
    found = next((p for p in candidates if p.is_file()), None)
    if found is None:
        local = [p.name for p in path.parent.glob("*.yaml") if p.name != path.name]
        known = sorted({*local, *shipped})
        child.report(here, f"no file '{given}'", f"{did_you_mean(given, known)}there are: {names(known)}")
        return None
    if any(os.path.samefile(found, earlier) for earlier in chain):
        circle = " extends ".join(p.name for p in [*chain, found])
        child.report(here, f"files extend each other in a circle ({circle})", "a chain that ends")
        return None
    return found


def merged(parent: Tree, child: Tree) -> Tree:
    """A child's tree over its parent's: maps merge; lists and scalars replace; ``none`` removes."""
    result = Tree(parent.data, dict(parent.marks), [*parent.problems, *child.problems])
    result.marks[()] = child.mark(())
    if not isinstance(parent.data, dict):
        result.data = {}
    result.data = _merged(result, child, ())
    return result


def _merged(result: Tree, child: Tree, path: Path_) -> dict[str, Any]:
    """Merge the child's map at a path into the result's; marks follow."""
    into = dict(_at(result.data, path))
    for key, value in _at(child.data, path).items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            into[key] = _merged(result, child, here)
            result.marks[here] = child.marks[here]
            continue
        for old in [p for p in result.marks if p[: len(here)] == here]:
            del result.marks[old]
        if _removes(value):
            into.pop(key, None)
            continue
        into[key] = _without_removed(value)
        result.marks |= {p: mark for p, mark in child.marks.items() if p[: len(here)] == here}
    return into


def _removes(value: Any) -> bool:
    return value is None or value == "none"


def _without_removed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_removed(item) for key, item in value.items() if not _removes(item)}
    return value


def _at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data


def _put(tree: Tree, setting: str) -> None:
    """Put one ``path.to.key=value`` of the command line into a tree."""
    label = f"--set {setting}"
    path, equals, text = setting.partition("=")
    keys = tuple(key.strip() for key in path.split("."))
    if not equals or not all(keys):
        raise ScenarioError(
            [Problem(label, 0, 0, "", "not of the form path.to.key=value", "e.g. --set months=60")]
        )
    value = parse(f"value: {text.strip() or 'none'}".encode(), label)
    if value.problems:
        tree.problems += [Problem(label, 0, 0, path, p.what, p.allowed) for p in value.problems]
        return
    data: Any = value.data["value"]
    for key in reversed(keys):
        data = {key: data}
    layer = Tree(data, {keys[:n]: Mark(label) for n in range(1, len(keys) + 1)})
    layer.marks |= {(*keys, *p[1:]): Mark(label) for p in value.marks if len(p) > 1}
    kept = dict(tree.marks)
    over = merged(tree, layer)
    over.marks |= {keys[:n]: kept[keys[:n]] for n in range(len(keys)) if keys[:n] in kept}
    tree.data, tree.marks = over.data, over.marks


__all__ = ["read_with_parents", "shipped_files", "shipped_folder", "written"]
