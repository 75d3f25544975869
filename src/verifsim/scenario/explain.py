"""What validation found, in the words of the scenario language."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic_core import ErrorDetails

from verifsim.doctrines import CATALOGUE
from verifsim.errors import Problem, did_you_mean, names
from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.slips import ENTRIES, how_to_write, slip_in, slip_in_key
from verifsim.scenario.tree import Path_, Tree, cut, shortened, there_are, written

MOST_EXPLAINED = 200

_ALIKE = 0.8
"""How alike a key must be to what was written to be named beside keys of that very name."""

_MOST_PLACES = 3
"""A key that stands in more places than these does not tell which is meant."""

_BRING_IT = "install the package that brings it, or give its class, as in vs.run(…, doctrines=[…])"

_NOTED = "{value: 0.3, range: [0.1, 0.6], source: a key of sources}"

_NEEDS = {
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a sensible size",
    "bool_type": "yes or no in small letters",
    "bool_parsing": "yes or no in small letters",
    "string_type": "text",
    "list_type": "a list, as in [europe]",
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), ENTRIES),
    "finite_number": "a finite number",
}
_OUT_OF_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_OWN = (
    "month",
    "not_stationed",
    "not_hidden",
    "no_site_there",
    "site_elsewhere",
    "range_order",
    "not_bound",
    "not_disputed",
    "no_cells",
    "no_china",
    "no_offer",
    "repeated",
    "shares",
    "mixed",
)
_NEED_THE_PARENT = (
    "missing",
    "unknown_name",
    "horizon",
    "missing_region",
    "not_stationed",
    "not_hidden",
    "no_site_there",
    "site_elsewhere",
    "not_disputed",
    "no_china",
    "no_offer",
    "shares",
    "mixed",
    "union_tag_not_found",
    "too_short",
)
"""What cannot be said of a file whose parent could not be read."""

Explanation = tuple[str, str]


def report_all(tree: Tree, details: list[ErrorDetails]) -> None:
    """Put pydantic's findings into the tree as problems, in the order of the file."""
    found = [(_place_in(tree, detail), detail) for detail in details]
    found = [(path, detail) for path, detail in found if _is_told(tree, path, detail)]
    found.sort(key=lambda each: tree.mark(each[0]))
    for path, detail in found[:MOST_EXPLAINED]:
        tree.report(path, *_explained(tree, path, detail))
    if rest := found[MOST_EXPLAINED:]:
        what = f"{len(rest):,} more problems from here on"
        tree.problems.append(Problem(*tree.mark(rest[0][0]), "", what, "put the others right first"))


def _place_in(tree: Tree, detail: ErrorDetails) -> Path_:
    path = place(detail["loc"], tree.data, detail["type"])
    if detail["type"] == "union_tag_invalid":
        said = (*path, _sign(detail))
        return said if said in tree.marks else path  # a doctrine's kind may be its name
    return path


def _sign(detail: ErrorDetails) -> str:
    """The key that tells an event or a doctrine from others: ``does`` or ``kind``."""
    return str(detail.get("ctx", {}).get("discriminator", "kind")).strip("'")


def place(loc: tuple[str | int, ...], data: Any, kind: str) -> Path_:
    """The path in the file that a finding speaks of: its location without pydantic's own marks."""
    path: list[str | int] = []
    for n, key in enumerate(loc):
        if n == 2 and (loc[0] == "events" or (loc[0] == "doctrines" and _is_kind(key, data))):
            continue  # which of the events or doctrines it was taken for
        if _leads_on(data, key):
            data = data[key]
        elif not (kind == "missing" and n == len(loc) - 1):
            continue
        path.append(key)
    return tuple(path)


def _is_kind(key: str | int, doctrine: Any) -> bool:
    """Whether a part of a location is pydantic's mark for a doctrine that ships, and no parameter."""
    return key in CATALOGUE and isinstance(doctrine, dict) and doctrine.get("kind") == key


def _leads_on(data: Any, key: str | int) -> bool:
    if isinstance(data, dict):
        return key in data
    return isinstance(data, list) and isinstance(key, int) and key < len(data)


def _is_told(tree: Tree, path: Path_, detail: ErrorDetails) -> bool:
    """Whether a finding says something new, and something that can be known."""
    if any(path[:n] in tree.unread for n in range(1, len(path) + 1)):
        return False
    own_doctrine = path[:1] == ("doctrines",) and detail["type"] == "union_tag_invalid"
    return tree.whole or not (own_doctrine or detail["type"] in _NEED_THE_PARENT)


def _explained(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    explain = _EXPLAINED.get(detail["type"])
    if explain is None:
        return f"{detail['msg'].lower()} (given {shortened(detail['input'])})", ""
    return explain(tree, path, detail)


def _missing(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data, tree.known)
    meaning = field.description.replace("\n", " ") if field is not None and field.description else ""
    own_world = path == ("parties",) and ("extends",) not in tree.marks
    start = "; or start the file with 'extends: baseline.yaml'" if own_world else ""
    return f"'{path[-1]}' is missing", meaning.rstrip(".") + start


def _unknown_key(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    owner, _ = declared.at(path[:-1], tree.data, tree.known)
    known = list(declared.fields(owner)) if isinstance(owner, type) and issubclass(owner, Part) else []
    key = str(path[-1])
    alike = get_close_matches(cut(key), known, n=1, cutoff=_ALIKE)
    deeper = declared.places(key, tree.data, path[:-1] if len(path) > 2 else (), tree.known)
    meant = alike + (deeper if len(deeper) <= _MOST_PLACES else [])
    near = f"did you mean {' or '.join(map(repr, meant))}? " if meant else did_you_mean(key, known)
    return f"unknown key '{cut(key)}'", slip_in_key(key) or f"{near}allowed: {names(known)}"


def _own_words(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    what, _, allowed = detail["msg"].partition("; ")
    return what, allowed


def _outside(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    what, allowed = _own_words(tree, path, detail)
    return what, allowed + _set_elsewhere(tree, path, [("start",), ("months",)])


def _missing_region(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    what, allowed = _own_words(tree, path, detail)
    regions = detail["ctx"]["regions"]
    return what, allowed + _set_elsewhere(tree, path, [("regions", region) for region in regions[:5]])


def _set_elsewhere(tree: Tree, path: Path_, others: list[Path_]) -> str:
    """Where the other side of a contradiction stands, if in another file than what is reported."""
    here = tree.mark(path).file
    marks = {str(other[-1]): tree.mark(other) for other in others}
    said = [f"{key} in {mark.short()}" for key, mark in marks.items() if mark.file != here]
    return f"; see {' and '.join(said)}" if said else ""


def _unknown_name(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    known = detail["ctx"]["known"]
    if detail["ctx"]["what"] == "doctrine" and (why_not := tree.known.why_not(detail["input"])):
        return why_not, there_are(known)
    return detail["msg"], f"{did_you_mean(str(detail['input']), known)}{there_are(known)}"


def _wrong_type(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data, tree.known)
    needs, given = _NEEDS[detail["type"]], detail["input"]
    allowed = declared.allowed(field) if field is not None else ""
    if field is not None and declared.is_month(field):
        needs, allowed = "a month", "year and month, as in 2020-11"
    hint = _without_its_name(tree, path) or how_to_write(needs, given)
    allowed = "; ".join(filter(None, [hint, allowed]))
    if field is not None and declared.unit(field) is not None and isinstance(given, dict):
        allowed = "; ".join(filter(None, [allowed, f"with its range, write {_NOTED}"]))
    return f"needs {needs} (given {shortened(given)})", allowed


def _without_its_name(tree: Tree, path: Path_) -> str:
    """Where a key of a part belongs that stands where the part's name should."""
    above, _ = declared.at(path[:-1], tree.data, tree.known)
    part = get_args(above)[-1] if get_origin(above) is dict else None
    if isinstance(part, type) and issubclass(part, Part) and path[-1] in declared.fields(part):
        return f"did you mean '{written((*path[:-1], declared.ANY, path[-1]))}'?"
    return ""


def _out_of_bounds(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data, tree.known)
    said = declared.allowed(field) if field is not None else ""
    return f"out of bounds (given {shortened(detail['input'])})", said or f"it {detail['msg'].lower()}"


def _no_such_choice(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data, tree.known)
    choices = [str(c) for c in declared.choices(field)] if field is not None else []
    given = detail["input"]
    hint = did_you_mean(given, choices) if isinstance(given, str) else ""
    return f"no such choice (given {shortened(given)})", f"{hint}there are: {names(choices)}"


def _no_such_kind(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    key = _sign(detail)
    known = declared.kinds(path[:1], tree.data, tree.known)
    given = detail["input"].get(key) if isinstance(detail["input"], dict) else None
    hint = f"{did_you_mean(str(given), known)}there are: {names(known)}"
    if why_not := tree.known.why_not(given) if key == "kind" else "":
        return why_not, hint
    if key == "kind" and given == path[-1]:
        return (
            f"no doctrine '{cut(str(given))}' to give parameters to",
            f"{hint}; one of your own needs a 'kind'",
        )
    if key == "kind" and given == path[-2]:
        return f"no doctrine '{cut(str(given))}' is known here", f"{hint}; {_BRING_IT}"
    return f"no such '{key}' (given {shortened(given)})", hint


def _no_kind(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    key = _sign(detail)
    given = detail["input"] if isinstance(detail["input"], dict) else {}
    misspelt = next((k for k in map(str, given) if did_you_mean(k, [key])), None)
    hint = f"did you mean '{key}' by '{cut(misspelt)}'? " if misspelt else ""
    return f"'{key}' is missing", f"{hint}there are: {names(declared.kinds(path[:1], tree.data, tree.known))}"


def _wrong_length(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data, tree.known)
    given = [str(key) for key in detail["input"]]
    listed = f": {names(given)}" if given else ""
    near = did_you_mean(given[-1], given[:-1]) if detail["type"] == "too_long" else ""
    allowed = f"allowed: {declared.lengths(field)}" if field is not None else ""
    return f"holds {len(given):,}{listed}", f"{allowed}; {near}".rstrip("; ")


def _bad_name(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    given = str(detail["input"])
    better = re.sub("[^a-z0-9]+", "_", given[:60].lower()).strip("_")
    near = f"did you mean '{better}'? " if better and better != given else ""
    return (
        f"not a name (given {shortened(given)})",
        slip_in(given) or f"{near}small letters, digits and underscores, at most 60",
    )


Explain = Callable[[Tree, Path_, ErrorDetails], Explanation]

_EXPLAINED: dict[str, Explain] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "unknown_name": _unknown_name,
    "literal_error": _no_such_choice,
    "union_tag_invalid": _no_such_kind,
    "union_tag_not_found": _no_kind,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
    "string_pattern_mismatch": _bad_name,
    "string_too_long": _bad_name,
    "horizon": _outside,
    "missing_region": _missing_region,
    **dict.fromkeys(_OWN, _own_words),
    **dict.fromkeys(_NEEDS, _wrong_type),
    **dict.fromkeys(_OUT_OF_BOUNDS, _out_of_bounds),
}
