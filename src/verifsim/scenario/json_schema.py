"""The JSON Schema of scenario files, so that editors complete and check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifsim.doctrines import CATALOGUE, Doctrine
from verifsim.scenario.schema import Scenario

_REMOVED = {"enum": ["none", None], "description": "removes what the parent file says"}


def json_schema(doctrines: Mapping[str, type[Doctrine]] = CATALOGUE) -> dict[str, Any]:
    """The schema of a file: what `Scenario` declares, with ``extends``, notes on numbers and ``none``.

    ``doctrines`` are those that a file may name, by kind.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    others = {name: doctrines[name] for name in doctrines if name not in CATALOGUE and name in doctrines}
    for name, doctrine in others.items():
        definitions |= _definitions(name, doctrine)
    for part in (schema, *definitions.values()):
        part.pop("required", None)  # a file may leave to its parent what it does not change
        for key, declared in part.get("properties", {}).items():
            part["properties"][key] = _as_written(declared)
    schema["properties"]["doctrines"] = _doctrines(schema["properties"]["doctrines"], others)
    schema["properties"] = {"extends": _EXTENDS, **schema["properties"]}
    _plain_doctrine(definitions["Party"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_EXTENDS = {
    "type": "string",
    "description": "Another file of the same folder, or a shipped one, that this one changes.",
}


def _as_written(declared: dict[str, Any]) -> dict[str, Any]:
    """A declared property, or a number with its range and source, or ``none``."""
    said: dict[str, Any] = {
        key: declared.pop(key) for key in ("title", "description", "default") if key in declared
    }
    for option in (declared, *declared.get("anyOf", ())):
        _loosen_map(option)
    unit = declared.pop("unit", None)
    choices = [declared, _REMOVED]
    if unit is not None:
        said["description"] = f"{said.get('description', '')} [{unit}]".strip()
        choices.insert(1, _noted(declared))
    return {**said, "anyOf": choices}


def _loosen_map(by_name: dict[str, Any]) -> None:
    """A map of a file that extends another holds only what changes, and may remove entries."""
    by_name.pop("minProperties", None)
    for names, entry in by_name.get("patternProperties", {}).items():
        options = entry.pop("oneOf", [entry])  # of an event, a file may say no more than its new month
        by_name["patternProperties"][names] = {"anyOf": [*options, _REMOVED]}
        by_name["additionalProperties"] = False
    if isinstance(by_name.get("additionalProperties"), dict):
        by_name["additionalProperties"] = _as_written(by_name["additionalProperties"])


def _noted(number: dict[str, Any]) -> dict[str, Any]:
    ends = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    source = {"type": "string", "description": "A key of `sources`, or the word assumption."}
    return {
        "type": "object",
        "properties": {"value": number, "range": ends, "source": source},
        "additionalProperties": False,
    }


def _definitions(name: str, doctrine: type[Doctrine]) -> dict[str, Any]:
    """The schema of a doctrine that does not ship and of its parts, under names that begin with its kind."""
    schema = doctrine.model_json_schema(by_alias=True, ref_template=f"#/$defs/{name}.{{model}}")
    parts = schema.pop("$defs", {})
    return {name: schema} | {f"{name}.{part}": said for part, said in parts.items()}


def _doctrines(declared: dict[str, Any], others: Mapping[str, type[Doctrine]]) -> dict[str, Any]:
    """A doctrine's own name needs no kind; any other name does."""
    by_name = declared["anyOf"][0]
    definitions = {name: kind.__name__ for name, kind in CATALOGUE.items()} | {name: name for name in others}
    (any_kind,) = by_name.pop("patternProperties").values()
    by_name["properties"] = {
        name: {"anyOf": [{"$ref": f"#/$defs/{definition}"}, _REMOVED]}
        for name, definition in definitions.items()
    }
    any_kind["anyOf"][:0] = [{"$ref": f"#/$defs/{name}"} for name in others]
    by_name["additionalProperties"] = any_kind
    return declared


def _plain_doctrine(party: dict[str, Any]) -> None:
    """A party's doctrine may be a name, shares by name, or either for each region."""
    share: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
    shares = {"type": "object", "additionalProperties": {"anyOf": [share, _noted(share), _REMOVED]}}
    either = {"anyOf": [{"type": "string"}, share, _noted(share), shares, _REMOVED]}
    party["properties"]["doctrine"]["anyOf"] = [
        {"type": "string"},
        {"type": "object", "additionalProperties": either},
    ]
