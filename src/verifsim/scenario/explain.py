"""What validation found, in the words of the scenario language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from verifsim.errors import did_you_mean, names
from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.text import Path_, Tree, shortened

_NEEDS = {
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a sensible size",
    "bool_type": "yes or no",
    "bool_parsing": "yes or no",
    "string_type": "text",
    "list_type": "a list, as in [europe]",
    "dict_type": "'key: value' entries",
    "model_type": "'key: value' entries",
    "model_attributes_type": "'key: value' entries",
    "finite_number": "a finite number",
}
_OUT_OF_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
_OWN = ("unknown_name", "month", "horizon", "missing_region", "not_stationed")


def report(tree: Tree, detail: ErrorDetails) -> None:
    """Put one of pydantic's findings into the tree as a problem with a place."""
    path = place(detail["loc"], tree.data, detail["type"])
    for belongs, explain in _EXPLAINED:
        if belongs(detail):
            what, allowed = explain(tree, path, detail)
            tree.report(path, what, allowed)
            return
    tree.report(path, f"{detail['msg'].lower()} ({shortened(detail['input'])})")


def place(loc: tuple[str | int, ...], data: Any, kind: str) -> Path_:
    """The path in the file that a finding speaks of: its location without pydantic's own marks."""
    path: list[str | int] = []
    for n, key in enumerate(loc):
        if isinstance(data, dict) and key in data:
            data = data[str(key)]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        elif not (kind == "missing" and n == len(loc) - 1):
            continue
        path.append(key)
    return tuple(path)


Explanation = tuple[str, str]


def _missing(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data)
    meaning = field.description.replace("\n", " ") if field is not None and field.description else ""
    return f"'{path[-1]}' is missing", meaning.rstrip(".")


def _unknown_key(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    owner, _ = declared.at(path[:-1], tree.data)
    known = list(declared.fields(owner)) if isinstance(owner, type) and issubclass(owner, Part) else []
    return f"unknown key '{path[-1]}'", f"{did_you_mean(str(path[-1]), known)}allowed: {names(known)}"


def _own_words(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    what, _, allowed = detail["msg"].partition("; ")
    return what, allowed


def _wrong_type(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data)
    needs = _NEEDS[detail["type"]]
    return f"needs {needs} (given {shortened(detail['input'])})", declared.allowed(
        field
    ) if field is not None else ""


def _out_of_bounds(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data)
    said = declared.allowed(field) if field is not None else ""
    return f"out of bounds (given {shortened(detail['input'])})", said or f"it {detail['msg'].lower()}"


def _no_such_choice(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    _, field = declared.at(path, tree.data)
    choices = [str(c) for c in declared.choices(field)] if field is not None else []
    given = detail["input"]
    hint = did_you_mean(given, choices) if isinstance(given, str) else ""
    return f"no such choice (given {shortened(given)})", f"{hint}there are: {names(choices)}"


def _no_such_kind(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    context = detail.get("ctx", {})
    key = str(context.get("discriminator", "kind")).strip("'")
    known = [n.strip(" '") for n in str(context.get("expected_tags", "")).split(",")]
    given = str(context.get("tag", ""))
    return f"no {key} '{given}'", f"{did_you_mean(given, known)}there are: {names(known)}"


def _no_kind(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    key = str(detail.get("ctx", {}).get("discriminator", "kind")).strip("'")
    return f"'{key}' is missing", "an event says what it does, a doctrine of your own what kind it is"


def _wrong_length(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    context = detail.get("ctx", {})
    least, most = context.get("min_length"), context.get("max_length")
    said = f"at least {least}" if least is not None else f"at most {most}"
    return (
        f"holds {context.get('actual_length')}",
        f"{said} {'is' if 1 in (least, most) else 'are'} needed" if least else said,
    )


def _bad_name(tree: Tree, path: Path_, detail: ErrorDetails) -> Explanation:
    return (
        f"not a name (given {shortened(detail['input'])})",
        "small letters, digits and underscores, at most 60",
    )


_EXPLAINED: tuple[
    tuple[Callable[[ErrorDetails], bool], Callable[[Tree, Path_, ErrorDetails], Explanation]], ...
] = (
    (lambda d: d["type"] == "missing", _missing),
    (lambda d: d["type"] == "extra_forbidden", _unknown_key),
    (lambda d: d["type"] in _OWN, _own_words),
    (lambda d: d["type"] in _NEEDS, _wrong_type),
    (lambda d: d["type"] in _OUT_OF_BOUNDS, _out_of_bounds),
    (lambda d: d["type"] == "literal_error", _no_such_choice),
    (lambda d: d["type"] == "union_tag_invalid", _no_such_kind),
    (lambda d: d["type"] == "union_tag_not_found", _no_kind),
    (lambda d: d["type"] in ("too_short", "too_long"), _wrong_length),
    (lambda d: d["type"] in ("string_pattern_mismatch", "string_too_long"), _bad_name),
)
