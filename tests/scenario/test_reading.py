"""From bytes to a tree: what is text, what is a number, and what is never allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change, line_of
from verifsim.errors import ScenarioError
from verifsim.scenario import load_scenario, scenario_from
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.scalar import plain_scalar


@pytest.mark.parametrize("content", ["", " ", "\n\n \t\n", "\ufeff", "\ufeff\n"])
def test_an_empty_file_is_answered_with_how_to_start(problems: Problems, content: str) -> None:
    (problem,) = problems(content)
    assert problem.startswith("world.yaml:1:1: the file is empty; start with the lines 'title: …'")


@pytest.mark.parametrize("content", ["# a comment", "# one\n\n# two\n"])
def test_a_file_of_comments_is_empty(problems: Problems, content: str) -> None:
    (problem,) = problems(content)
    assert problem.startswith("world.yaml:1:1: the file is empty but for comments; start with")


@pytest.mark.parametrize(
    "content", ["just text", "42", "[a, b]", "- a\n- b\n", "---\n", "null", "'title: x'"]
)
def test_a_file_that_is_no_map_is_no_scenario(problems: Problems, content: str) -> None:
    (problem,) = problems(content)
    assert problem.startswith("world.yaml:1:1: not a scenario (given ")
    assert "'key: value' lines" in problem


def test_bytes_that_are_not_utf8_are_placed(problems: Problems) -> None:
    said = problems("title: é\nstart: é".encode() + b"\xe9\n")
    assert said == ["world.yaml:2:9: not text in UTF-8 (byte 0xe9); UTF-8 text"]


def test_bytes_that_are_not_utf8_are_placed_after_a_byte_order_mark_too(problems: Problems) -> None:
    (problem,) = problems(b"\xef\xbb\xbfab\n\xff")
    assert problem.startswith("world.yaml:2:1: not text in UTF-8")


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n", "title: x".encode("utf-16"), bytes(5000)]
)
def test_a_binary_file_is_not_text(problems: Problems, content: bytes) -> None:
    (problem,) = problems(content)
    assert "not " in problem
    assert problem.endswith("UTF-8 text")


def test_a_control_character_is_placed(problems: Problems) -> None:
    (problem,) = problems("title: x\nstart: \x07\n")
    assert problem == "world.yaml:2:8: a character that text does not hold (#x0007); UTF-8 text"


@pytest.mark.parametrize("escape", [r"\ud800", r"\0", r"\e", r"\x7f", r"\N", r"\uffff"])
def test_an_escape_that_cannot_be_printed_is_refused(problems: Problems, escape: str) -> None:
    (problem,) = problems(change("title: a small world", f'title: "a{escape}b"'))
    assert problem.startswith("world.yaml:1:8: title: a character that cannot be printed (#x")


def test_a_byte_order_mark_is_accepted(load: Load) -> None:
    assert load(b"\xef\xbb\xbf" + WORLD.encode()).scenario == load().scenario


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_of_other_systems_are_accepted(load: Load, problems: Problems, ending: str) -> None:
    assert load(WORLD.replace("\n", ending)).scenario == load().scenario
    (problem,) = problems(change("months: 24", "months: 0").replace("\n", ending))
    assert problem.startswith("world.yaml:3:1: months: ")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("24", 24),
        ("+24", 24),
        ("-7", -7),
        ("007", 7),
        ("0x10", 16),
        ("0o17", 15),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("2020-11", "2020-11"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b1", "0b1"),
        ("e5", "e5"),
        (".", "."),
        ("١٢", "١٢"),
    ],
)
def test_words_are_read_by_the_core_schema_of_yaml_1_2(word: str, value: object) -> None:
    read = plain_scalar(word)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("word", "value"), [("yes", True), ("no", False), ("true", True), ("false", False)])
def test_yes_and_no_are_accepted_like_true_and_false(load: Load, word: str, value: bool) -> None:
    scenario = load(change("disputed: yes", f"disputed: {word}")).scenario
    assert scenario.programmes["arrow"].disputed is value


@pytest.mark.parametrize("word", ["NO", "no", "yes", "off", "2020-11", "1:30", '"24"', "'true'"])
def test_words_stay_text_where_text_is_meant(load: Load, word: str) -> None:
    assert load(change("title: Fort", f"title: {word}")).scenario.sites["fort"].title == word.strip("'\"")


@pytest.mark.parametrize("number", ["1e-3", "0.001", "1.0e-3", "+.001"])
def test_a_number_may_be_written_in_many_ways(load: Load, number: str) -> None:
    assert load(change("seen: 0.2", f"seen: {number}")).scenario.watching.battery_seen == 0.001


def test_a_tag_never_runs_anything(problems: Problems, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    for code in (
        f'!!python/object/apply:os.system ["touch {touched}"]',
        f'!!python/object/new:os.system ["touch {touched}"]',
        f"!!python/name:os.system [touch {touched}]",
    ):
        assert any(
            "a tag (tag:yaml.org,2002:python" in p for p in problems(change("months: 24", f"months: {code}"))
        )
        assert any("a tag (" in p for p in problems(code))
        assert any("a tag (" in p for p in problems(WORLD, f"months={code}"))
    assert not touched.exists()


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("&here 24", "an anchor (&here) is not allowed; write the value out where it is meant"),
        ("*here", "an alias (*here) is not allowed; write the value out"),
        ("!!int 24", "a tag (tag:yaml.org,2002:int) is not allowed"),
        ("!mine 24", "a tag (!mine) is not allowed"),
        ("!!str 24", "a tag (tag:yaml.org,2002:str) is not allowed"),
    ],
)
def test_anchors_aliases_and_tags_are_refused_and_told_once(
    problems: Problems, value: str, what: str
) -> None:
    (problem,) = problems(change("months: 24", f"months: {value}"))
    assert problem.startswith(f"world.yaml:3:9: months: {what}")


def test_anchors_on_maps_and_lists_are_refused(problems: Problems) -> None:
    text = change("{battery_seen: 0.2}", "&a {battery_seen: 0.2}")
    assert len(problems(change("[red, blue]", "&b [red, blue]", text))) == 2


def test_aliases_that_would_grow_without_end_are_never_followed(problems: Problems) -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert any("an alias (*a) is not allowed" in problem for problem in problems(bomb))


def test_a_merge_key_is_refused(problems: Problems) -> None:
    (problem,) = problems(change("{battery_seen: 0.2}", "{<<: {battery_seen: 0.2}}"))
    assert (
        "watching.<<: a merge key (<<) is not allowed; write the keys out, or extend another file" in problem
    )


def test_a_second_document_is_refused(problems: Problems) -> None:
    (problem,) = problems(f"{WORLD}---\ntitle: another\n")
    assert (
        problem
        == f"world.yaml:{WORLD.count(chr(10)) + 1}:1: a second document begins here; one scenario a file"
    )


def test_one_document_may_have_its_marker(load: Load) -> None:
    assert load(f"---\n{WORLD}...\n").scenario == load().scenario


def test_a_directive_is_refused(problems: Problems) -> None:
    (problem,) = problems(f"%YAML 1.1\n---\n{WORLD}")
    assert problem.startswith("world.yaml:1:1: a directive (a line that begins with %) is not allowed")


@pytest.mark.parametrize(
    ("broken", "hint"),
    [
        ("title: x\nstart: 'open", "2:8: a quote opened in line 2 is not closed; close it"),
        ("title: x\nstart: 'open\n---", "2:8: a quote opened in line 2 is not closed; close it"),
        ("title: [1, 2\nstart: x", "2:6: a '[' opened in line 1 is not closed; close it; or a comma"),
        ("title: {a: {b: c}\nstart: x", "2:1: a '{' opened in line 1 is not closed; close it; or"),
        ("title: {a: 1 b: 2}", "1:15: a '{' opened in line 1 is not closed; close it; or a comma"),
        ("title: {a:{b: 1}}", "1:11: a '{' opened in line 1 is not closed; close it; or a comma, or a space"),
        ("title: {", "1:9: a '{' or '[' is not closed"),
        ("title: {a: 1}}", "1:14: a '}' too many; remove it, or put the text that holds it in quotes"),
        ("title: ]", "1:8: a ']' too many"),
        ("title: a: b", "1:9: a second ': ' in one line; a text with ': ' in it needs quotes"),
        ("title: 'it's x'", "1:12: text after the end of a value; put quotes around the whole text"),
        ("title: 'x' {a: b}", "1:12: text after the end of a value; put quotes around the whole text"),
        ("title: {a: : b}", "1:12: a ':' too many; remove it, or put the text that holds it in quotes"),
        ("title: @x", "1:8: a text that begins with '@'; it needs quotes"),
        ("title: - x", "1:8: a '-' after a key; begin the list in the next line, or use [ ]"),
        ("regions:\n\tnorth: {}", "2:1: a tab; indent with spaces, not with tabs"),
        ("title: x\n  start: 3", "2:8: this line continues the one above; indent lines that belong together"),
        (
            "title:x\nstart: 3",
            "2:6: this line continues the one above; indent lines that belong together the ",
        ),
        (
            "start: 3\ntitle:x\n",
            "2:1: a line without 'key: value'; write 'key: value', with a space after ':'",
        ),
        ("a:\n    b: 1\n  c: 2", "3:3: this line is indented differently from its neighbours; indent lines"),
        ("  a: 1\nb: 2", "2:1: this line is indented differently from its neighbours"),
        ("a:\n  - b\n  c: 1", "3:3: lines with and without '-' side by side; either all begin with '-'"),
        ('title: "\\q"', "1:10: not readable as YAML: while scanning a double-quoted scalar"),
    ],
)
def test_what_broke_the_file_is_said_in_plain_words(problems: Problems, broken: str, hint: str) -> None:
    (problem,) = problems(broken)
    assert problem.startswith(f"world.yaml:{hint}")


def test_what_was_wrong_before_the_yaml_broke_is_told_too(problems: Problems) -> None:
    assert len(problems("title: a\ntitle: b\nstart: [")) == 2


def test_a_missing_file_is_answered_with_those_there_are(put: Put, tmp_path: Path) -> None:
    put(name="one.yaml")
    with pytest.raises(ScenarioError, match=r"two.yaml: no such file; in .* there are: one.yaml"):
        load_scenario(tmp_path / "two.yaml")


def test_a_missing_file_is_answered_with_the_nearest(put: Put, tmp_path: Path) -> None:
    put(name="my_world.yaml")
    with pytest.raises(ScenarioError, match="no such file; did you mean 'my_world'"):
        load_scenario(tmp_path / "my_wrold.yaml")


@pytest.mark.parametrize("name", ["moratorium.yaml", "moratorium", "moratorium.yml"])
def test_a_missing_file_that_ships_is_answered_with_where_it_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / name)
    (shipped,) = (path for path in shipped_files() if path.stem == "moratorium")
    assert str(caught.value).endswith(f"no such file; a shipped one is {shipped}")


def test_a_missing_folder_is_answered(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_scenario(tmp_path / "nowhere" / "two.yaml")


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
def test_what_cannot_be_opened_is_answered(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="cannot be read") as caught:
        load_scenario(tmp_path / name)
    assert "\0" not in str(caught.value)


def test_a_scenario_may_be_given_as_data() -> None:
    data = {
        "title": "x",
        "start": "2020-01",
        "months": {"value": 3, "source": "assumption"},
        "regions": {"north": {"title": "North"}},
        "parties": {name: {"title": name, "doctrine": "mirror"} for name in ("red", "blue")},
    }
    file = scenario_from(data)
    assert file.scenario.months == 3
    assert file.notes["months",].source == "assumption"
    assert "doctrines" not in data
    assert data["months"] == {"value": 3, "source": "assumption"}


@pytest.mark.parametrize("data", [[], {}, {1: 2}, {"months": 10**5000}, {"months": {"value": 1, 3: 10**400}}])
def test_data_that_is_no_scenario_is_answered(data: object) -> None:
    with pytest.raises(ScenarioError):
        scenario_from(data)


def test_a_problem_after_a_long_text_has_its_own_line(problems: Problems) -> None:
    text = change("report: A report, 2019", "report: >-\n    A report,\n    2019\n  paper: 3")
    (problem,) = problems(text)
    assert problem.startswith(f"world.yaml:{line_of('  paper', text)}:3: sources.paper: needs text (given 3)")
