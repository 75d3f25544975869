"""Slips of the pen that are told by what they are."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Problems, Put, change

COMMA = "write a decimal point, not a comma"
SPACE = "a space is missing after ':'"


@pytest.mark.parametrize("number", ["0,05", "0,5", "1,0"])
def test_a_decimal_comma_between_braces_is_told(problems: Problems, put: Put, number: str) -> None:
    key = number.split(",")[1]
    said = f"watching.{key}: unknown key '{key}'; {COMMA}"
    own = problems(change("{battery_seen: 0.2}", f"{{battery_seen: {number}}}"))
    put()
    childs = problems(f"extends: world.yaml\nwatching: {{battery_seen: {number}}}\n", name="child.yaml")
    assert [problem.split(": ", 1)[1] for problem in own + childs] == [said, said]


def test_a_decimal_comma_on_a_line_is_told(problems: Problems) -> None:
    (problem,) = problems(change("watching: {battery_seen: 0.2}", "watching:\n  battery_seen: 0,2"))
    assert problem.endswith(f"needs a number (given '0,2'); {COMMA}; allowed: 0 to 1 chance a month")


def test_a_percentage_is_told(problems: Problems) -> None:
    (problem,) = problems(change("battery_seen: 0.2", "battery_seen: 20%"))
    assert "needs a number (given '20%'); write a fraction of 1: 80% is 0.8; allowed: 0 to 1" in problem


@pytest.mark.parametrize(
    "line",
    [
        "watching: {battery_seen:0.5}",
        "watching:{battery_seen: 0.5}",
        "watching:\n  battery_seen:0.5",
        "sources: {book:A book}",
    ],
)
def test_a_missing_space_after_a_colon_is_told(problems: Problems, put: Put, line: str) -> None:
    put()
    (problem,) = problems(f"extends: world.yaml\n{line}\n", name="child.yaml")
    assert problem.endswith(f"; {SPACE}")


def test_a_missing_space_after_a_colon_is_told_in_a_file_of_its_own(problems: Problems) -> None:
    (problem,) = problems(change("{battery_seen: 0.2}", "{battery_seen:0.2}"))
    assert problem.endswith(f"unknown key 'battery_seen:0.2'; {SPACE}")


@pytest.mark.parametrize("value", ["1:30", "'24'", "a word", "24x"])
def test_other_texts_are_not_taken_for_slips(problems: Problems, value: str) -> None:
    (problem,) = problems(change("months: 24", f"months: {value}"))
    assert COMMA not in problem
    assert SPACE not in problem


def test_events_in_a_list_are_told_to_need_names(problems: Problems) -> None:
    world, _, _ = WORLD.partition("events:")
    (problem,) = problems(f"{world}events:\n  - month: 2020-03\n    does: suspend\nsources: {{report: x}}\n")
    assert "events: needs 'key: value' entries (given [{" in problem
    assert problem.endswith("; give each a name instead of '-', as in 'my_name: {month: …}'")


def test_lines_that_are_not_indented_are_told_in_a_file_of_its_own(problems: Problems) -> None:
    world = WORLD.replace("  first:", "  empty:\n  first:")
    (problem,) = problems(world)
    assert "events.empty: needs 'key: value' entries (given nothing); indent the lines below it" in problem


@pytest.mark.parametrize("word", ["No", "NO", "Yes", "off", "n"])
def test_yes_and_no_are_asked_for_in_small_letters(problems: Problems, word: str) -> None:
    (problem,) = problems(change("disputed: yes", f"disputed: {word}"))
    assert problem.endswith(f"disputed: needs yes or no in small letters (given '{word}')")
