"""The resolved scenario: one file that says everything and extends nothing."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from verifsim.doctrines import origin, ships
from verifsim.scenario.load import ScenarioFile
from verifsim.scenario.tree import cut


def resolved_data(file: ScenarioFile) -> dict[str, Any]:
    """The scenario as plain data, with ranges and sources back beside their numbers."""
    data: dict[str, Any] = file.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    for path, note in file.notes.items():
        into: Any = data
        for key in path[:-1]:
            into = into[key]
        noted: dict[str, Any] = {"value": into.get(path[-1])}  # none: a ceiling may be noted as not there
        if note.range is not None:
            noted["range"] = list(note.range)
        if note.source is not None:
            noted["source"] = note.source
        into[path[-1]] = noted
    return data


def resolved_yaml(file: ScenarioFile) -> str:
    """The resolved scenario as YAML; running it gives the same numbers."""
    text = "".join(_section(key, json.dumps(value)) for key, value in resolved_data(file).items())
    name = cut(repr(file.name)[1:-1])  # whatever the name holds, it stays within the comment
    head = f"# {name}, resolved: what was run, with nothing left to look up.\n"
    return f"{head}{_others(file)}{text}"


@lru_cache(maxsize=500)
def _section(key: str, data: str) -> str:
    """One key of the file, and all under it, given as JSON: most are the same in most scenarios."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 1000
    text = io.StringIO()
    yaml.dump(_flowing({key: json.loads(data)}), text)
    return text.getvalue()


def _others(file: ScenarioFile) -> str:
    """Where the doctrines come from that do not ship: who runs the file again needs them."""
    kinds = {d.kind: type(d) for d in file.scenario.doctrines.values() if not ships(type(d))}
    return "".join(f"# Needs the doctrine {kind} ({origin(kinds[kind])}).\n" for kind in sorted(kinds))


def _flowing(data: Any) -> Any:
    """Short maps and lists on one line, as a person would write them."""
    if isinstance(data, dict):
        result = CommentedMap({key: _flowing(value) for key, value in data.items()})
        if set(data) <= {"value", "range", "source"}:
            result.fa.set_flow_style()
        return result
    if isinstance(data, list):
        sequence = CommentedSeq(data)
        sequence.fa.set_flow_style()
        return sequence
    return data
