"""`extends`: a file says only what differs from its parent."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from verifsim.errors import Problem, ScenarioError, did_you_mean, names
from verifsim.scenario.overlay import overlaid
from verifsim.scenario.text import read
from verifsim.scenario.tree import Path_, Tree, shortened

MOST_PARENTS = 20

_HERE: Path_ = ("extends",)


def shipped_folder(what: str = "scenarios") -> Path:
    """The folder of the scenario files, or of the notebooks, that come with verifsim.

    They are in the installed package, or else in the checkout that it is used from.
    """
    package = Path(str(files("verifsim")))
    installed = package / "shipped" / what
    return installed if installed.is_dir() else package.parents[1] / what


def shipped_files() -> list[Path]:
    """The scenario files that come with verifsim, by name."""
    return sorted(shipped_folder().glob("*.yaml"))


def parent_of(path: Path) -> Path | None:
    """The file that a valid file extends; None where it extends none."""
    child = read(path)
    if not isinstance(child.data, dict) or "extends" not in child.data:
        return None
    return _parent(child, path, child.data["extends"], [path])


def read_with_parents(path: Path) -> Tree:
    """Read a file and merge it over the files it extends; problems are in the tree."""
    try:
        return _read_chain(path, [])
    except FileNotFoundError:
        raise ScenarioError([Problem(str(path), 0, 0, "", "no such file", _nearby(path))]) from None


def _nearby(path: Path) -> str:
    """Which file may have been meant: a shipped one of that name, or one in the same folder."""
    shipped = [f"a shipped one is {p}" for p in shipped_files() if p.stem == path.stem]
    found = sorted(path.parent.glob("*.yaml"))[:20] if path.parent.is_dir() else []
    hint = shipped[0] if shipped else did_you_mean(path.stem, [p.stem for p in found]).strip()
    listed = f"in {path.parent} there are: {names(p.name for p in found)}" if found else ""
    return "; ".join(filter(None, [hint, listed]))


def _read_chain(path: Path, above: list[Path]) -> Tree:
    child = read(path)
    if not isinstance(child.data, dict) or "extends" not in child.data:
        return child
    given = child.data.pop("extends")
    chain = [*above, path]
    parent_path = _parent(child, path, given, chain)
    parent = _read_parent(child, parent_path, chain) if parent_path is not None else None
    if parent is None:
        child.whole = False
        return child
    return overlaid(parent, child)


def _read_parent(child: Tree, path: Path, chain: list[Path]) -> Tree | None:
    """The parent's tree; None, with its problems kept, where nothing can be read in it."""
    try:
        parent = _read_chain(path, chain)
    except FileNotFoundError:
        child.report(_HERE, f"no file {shortened(path.name)}")  # gone since it was looked for
        return None
    except ScenarioError as error:
        child.problems += error.problems
        return None
    if not isinstance(parent.data, dict):
        child.problems += parent.problems
        return None
    return parent


def _parent(child: Tree, path: Path, given: Any, chain: list[Path]) -> Path | None:
    """The file that is extended; None, with a problem reported, where there is none."""
    shipped = [p.name for p in shipped_files()]
    if _HERE in child.unread:
        return None
    if not isinstance(given, str) or not given:
        child.report(
            _HERE, f"needs the name of a file (given {shortened(given)})", f"shipped are: {names(shipped)}"
        )
        return None
    if given in (".", "..") or any(separator in given for separator in ("/", "\\", ":")):
        what = f"a file outside this folder (given {shortened(given)})"
        child.report(_HERE, what, "a file of the same folder, or a shipped one, by name")
        return None
    found = next((p for p in (path.parent / given, shipped_folder() / given) if _is_file(p)), None)
    if found is None:
        local = [p.name for p in path.parent.glob("*.yaml") if p.name != path.name]
        known = sorted({*local, *shipped})
        child.report(
            _HERE, f"no file {shortened(given)}", f"{did_you_mean(given, known)}there are: {names(known)}"
        )
        return None
    return found if _ends(child, found, chain) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # a name too long, or with characters that no file has


def _ends(child: Tree, found: Path, chain: list[Path]) -> bool:
    """Whether the chain of files ends, as far as can be seen; reported where not."""
    if any(found.samefile(earlier) for earlier in chain):
        circle = " extends ".join(p.name for p in [*chain, found])
        child.report(_HERE, f"files extend each other in a circle ({circle})", "a chain that ends")
        return False
    if len(chain) > MOST_PARENTS:
        child.report(_HERE, "too many files extend each other", f"a chain of at most {MOST_PARENTS}")
        return False
    return True
