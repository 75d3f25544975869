"""A file with every key: it loads, each number may be noted, and it comes back out as it went in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenario.conftest import Load, Problems
from tests.scenario.whole import WHOLE, noted, plain
from verifsim.doctrines import Doctrine
from verifsim.parameter import Part
from verifsim.scenario import scenario_from
from verifsim.scenario.write import resolved_yaml


def numbers(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers(value, (*path, key))
    elif isinstance(data, (int, float)) and not isinstance(data, bool):
        yield path


def unsaid(part: Part, path: str = "") -> Iterator[str]:
    """The keys that a part does not say, nor the parts in it."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name not in part.model_fields_set:
            yield f"{path}{name}"
        inner = value if isinstance(value, dict) else {"": value}
        for key, each in inner.items():
            if isinstance(each, Part) and not isinstance(each, Doctrine):
                yield from unsaid(each, f"{path}{name}.{key}.".replace("..", "."))


def test_the_file_says_every_key_but_those_of_doctrines_and_events(load: Load) -> None:
    left_out = unsaid(load(WHOLE).scenario)
    assert [key for key in left_out if not key.startswith(("parties.blue.", "doctrines", "events."))] == []


def test_every_number_may_have_a_source_and_nearly_all_a_range() -> None:
    data = plain(WHOLE)
    file = scenario_from(noted(data))
    assert file.scenario == scenario_from(data).scenario
    assert set(file.notes) == set(numbers(data))
    for path in [
        ("crises", "hazard", "arms_race"),
        ("parties", "red", "talks", "accepts", "host_chooses"),
        ("parties", "red", "host_consent", "north", "months"),
        ("parties", "red", "host_consent", "north", "blocked_months"),
        ("agreements", "moratorium", "moves_out", "arrow", "months"),
        ("china", "launchers"),
        ("programmes", "arrow", "true_range", "least"),
        ("events", "war", "by"),
    ]:
        assert file.notes[path].source == "report"
        assert file.notes[path].range is not None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "blocked_months: 12",
            "blocked_months: {value: 1.5}",
            "blocked_months: needs a whole number (given 1.5)",
        ),
        (
            "launchers: 72",
            "launchers: {value: 72, range: [-1, 80]}",
            "launchers.range: the range reaches too far",
        ),
        ("by: 0.5", "by: {value: 0.5, range: [0.6, 0.7]}", "by.value: the value lies outside its own range"),
        (
            "least: 1200",
            "least: {value: 480, source: reprot}",
            "least.source: no source 'reprot'; did you mean 'report'?",
        ),
    ],
)
def test_a_note_on_a_number_is_checked(problems: Problems, old: str, new: str, said: str) -> None:
    assert WHOLE.count(f"{old}") == 1
    (problem,) = problems(WHOLE.replace(old, new))
    assert said in problem


def test_the_resolved_file_is_the_same_scenario(load: Load) -> None:
    file = scenario_from(noted(plain(WHOLE)))
    again = load(resolved_yaml(file))
    assert again.scenario == file.scenario
    assert again.notes == file.notes
