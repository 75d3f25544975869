"""What the schema declares at a path: the field, its bounds and unit, its neighbours."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from functools import reduce
from operator import ge, gt, le
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from verifsim.doctrines import CATALOGUE, Doctrine, Known
from verifsim.errors import names
from verifsim.parameter import Part
from verifsim.scenario.months import MONTH_PATTERN
from verifsim.scenario.schema import Scenario
from verifsim.scenario.tree import Path_, written


def at(path: Path_, data: Any, known: Known | None = None) -> tuple[Any, FieldInfo | None]:
    """The type declared at a path, and its field; (None, None) for a path nobody declared.

    ``data`` is the scenario itself: its ``does`` and ``kind`` say which event or doctrine
    is meant. ``known`` are the doctrines that it may name: those that ship or are installed,
    if not said.
    """
    known = Known() if known is None else known
    declared: Any = Scenario
    field: FieldInfo | None = None
    for key in _in_full(path, data):
        declared = _chosen(declared, data, known)
        data = _inside(data, key)
        if isinstance(declared, type) and issubclass(declared, Part):
            field = fields(declared).get(str(key))
            declared = field.annotation if field is not None else None
        elif get_origin(declared) in (dict, list):
            declared = get_args(declared)[-1]
            field = next((m for m in getattr(declared, "__metadata__", ()) if isinstance(m, FieldInfo)), None)
        else:
            return None, None
    return _chosen(declared, data, known), field


def _in_full(path: Path_, data: Any) -> Path_:
    """The path with a place for the region, where a party's share is said for all regions at once."""
    if path[:1] != ("parties",) or path[2:3] != ("doctrine",) or len(path) < 4:
        return path
    said = reduce(_inside, path[:4], data)
    is_share = isinstance(said, (int, float)) or (isinstance(said, dict) and "value" in said)
    by_region = _inside(_inside(data, "regions"), path[3]) is not None
    return (*path[:3], "", *path[3:]) if is_share and not by_region else path


ANY = "<name>"
"""Stands in a path for a name that the file chooses."""


def places(key: str, data: Any, below: Path_ = (), known: Known | None = None) -> list[str]:
    """Where a key is declared, deeper than in the part at a path: ``ensemble.runs``."""
    part, _ = at(below, data, known)
    found = list(_places(key, part, below, data)) if isinstance(part, type) and issubclass(part, Part) else []
    if not below:
        found += _places_in_doctrines(key, data, Known() if known is None else known)
    return [written(path) for path in found if len(path) > len(below) + 1]


def _places_in_doctrines(key: str, data: Any, known: Known) -> list[Path_]:
    """Where a key is declared in the doctrines that the file uses; if in none, in any that ships."""
    used = _inside(data, "doctrines")
    others = {name: known[name] for name in (used if isinstance(used, dict) else ()) if name in known}
    found = [
        path
        for name, kind in (CATALOGUE | others).items()
        for path in _places(key, kind, ("doctrines", name), data)
    ]
    return [path for path in found if _inside(used, path[1]) is not None] or found


def _places(key: str, part: type[Part], path: Path_, data: Any) -> Iterator[Path_]:
    for name, field in fields(part).items():
        if name == key:
            yield (*path, name)
        for below, kind in _parts(field.annotation, (*path, name), data):
            yield from _places(key, kind, below, data)


def _parts(annotation: Any, path: Path_, data: Any) -> Iterator[tuple[Path_, type[Part]]]:
    """The parts that a field takes; those in a map under the one name there is, or under any."""
    for kind in alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, Part):
            yield path, kind
        elif get_origin(kind) is dict and len(alternatives(get_args(kind)[1])) == 1:
            named = reduce(_inside, path, data)
            (name,) = named if isinstance(named, dict) and len(named) == 1 else (ANY,)
            yield from _parts(get_args(kind)[1], (*path, str(name)), data)


def fields(part: type[Part]) -> dict[str, FieldInfo]:
    """The fields of a part under the names that files use."""
    return {field.alias or name: field for name, field in part.model_fields.items()}


def _inside(data: Any, key: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(key)
    if isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data):
        return data[key]
    return None


def alternatives(declared: Any) -> tuple[Any, ...]:
    """The members of a union, None aside; the type itself where it is none."""
    while get_origin(declared) is Annotated:
        declared = get_args(declared)[0]
    if get_origin(declared) in (Union, types.UnionType):
        members = (a for a in get_args(declared) if a is not type(None))
        return tuple(a for member in members for a in alternatives(member))
    return (declared,)


def discriminator(part: type[Part]) -> tuple[str, str] | None:
    """The key and value by which a part is told from its alternatives."""
    for key in ("does", "kind"):
        field = part.model_fields.get(key)
        values = get_args(field.annotation) if field is not None else ()
        if len(values) == 1:
            return key, values[0]
    return None


def _chosen(declared: Any, data: Any, known: Known) -> Any:
    """The one type among alternatives that the data asks for."""
    choices = alternatives(declared)
    if len(choices) == 1:
        return choices[0]
    if _are_doctrines(choices):
        kind = data.get("kind") if isinstance(data, dict) else None
        return known.get(kind) if isinstance(kind, str) else None
    for choice in choices:
        sign = discriminator(choice) if isinstance(choice, type) and issubclass(choice, Part) else None
        if sign and isinstance(data, dict) and data.get(sign[0]) == sign[1]:
            return choice
    return None


def _are_doctrines(choices: tuple[Any, ...]) -> bool:
    return isinstance(choices[0], type) and issubclass(choices[0], Doctrine)


def unit(field: FieldInfo) -> str | None:
    """The unit a quantity is declared with; None for what is not a quantity."""
    extra = field.json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) and "unit" in extra else None


def is_month(field: FieldInfo) -> bool:
    """Whether a field takes a month, as in 2020-11."""
    return field.json_schema_extra == MONTH_PATTERN


def _limits(field: FieldInfo) -> Iterator[tuple[str, Any]]:
    for meta in field.metadata:
        if isinstance(meta, Ge):
            yield "at least", meta.ge
        elif isinstance(meta, Gt):
            yield "above", meta.gt
        elif isinstance(meta, Le):
            yield "at most", meta.le


def _said(limit: float) -> str:
    """A limit in full where it is a whole number: 10,000,000 and not 1e+07."""
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"


def bounds(field: FieldInfo) -> str:
    """The bounds of a quantity in words: ``0 to 1``, ``at least 0``, or nothing."""
    limits = {word: _said(limit) for word, limit in _limits(field)}
    if set(limits) == {"at least", "at most"}:
        return f"{limits['at least']} to {limits['at most']}"
    return " and ".join(f"{word} {limit}" for word, limit in limits.items())


_HOLDS: dict[str, Callable[[float, float], bool]] = {"at least": ge, "above": gt, "at most": le}


def allows(field: FieldInfo, value: float) -> bool:
    """Whether a number lies within a quantity's bounds."""
    return all(_HOLDS[word](value, limit) for word, limit in _limits(field))


def lengths(field: FieldInfo) -> str:
    """How many entries a map or list may have, in words: ``exactly 2``, ``1 to 20``."""
    least = next((m.min_length for m in field.metadata if isinstance(m, MinLen)), 0)
    most = next((m.max_length for m in field.metadata if isinstance(m, MaxLen)), None)
    if most is None:
        return f"at least {least}"
    return f"exactly {most}" if least == most else f"{least} to {most:,}"


def allowed(field: FieldInfo) -> str:
    """What a field allows, in words: its bounds and unit, or its choices."""
    words = f"one of {names(map(str, choices(field)))}" if choices(field) else ""
    said = " ".join(filter(None, [bounds(field), unit(field) or "", words]))
    return f"allowed: {said}" if said else ""


def choices(field: FieldInfo) -> tuple[Any, ...]:
    """The words a field may take, where it takes words out of a list."""
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def kinds(path: Path_, data: Any, known: Known | None = None) -> list[str]:
    """The values of ``does`` or ``kind`` among which the entries of a map choose."""
    declared, _ = at(path, data, known)
    parts = alternatives(get_args(declared)[-1]) if get_origin(declared) is dict else ()
    if parts and _are_doctrines(parts):
        return list(Known() if known is None else known)
    signs = [discriminator(part) for part in parts if isinstance(part, type) and issubclass(part, Part)]
    return [sign[1] for sign in signs if sign]
