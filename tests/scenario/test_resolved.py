"""The resolved scenario, written to disk, loads again to the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.conftest import WORLD, Load, Put, change
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.scenario.write import resolved_yaml


def again(file: ScenarioFile, folder: Path) -> ScenarioFile:
    path = folder / "again.yaml"
    path.write_text(resolved_yaml(file), encoding="utf-8")
    return load_scenario(path)


def test_it_loads_to_the_same_scenario_with_the_same_notes(load: Load, tmp_path: Path) -> None:
    file = load()
    assert file.notes
    reloaded = again(file, tmp_path)
    assert reloaded.scenario == file.scenario
    assert reloaded.notes == file.notes


def test_it_says_what_the_parents_say_and_extends_nothing(load: Load, put: Put, tmp_path: Path) -> None:
    put()
    settings = ("months=36", "treaty.notice_months={value: 6, range: [0, 12], source: assumption}")
    file = load(
        "extends: world.yaml\ntitle: child\nparties: {red: {pledge: none}}\n", *settings, name="child.yaml"
    )
    assert "extends" not in resolved_yaml(file)
    reloaded = again(file, tmp_path)
    assert (reloaded.scenario, reloaded.notes) == (file.scenario, file.notes)


def test_it_resolves_to_itself(load: Load, tmp_path: Path) -> None:
    once = again(load(), tmp_path)
    assert resolved_yaml(once) == resolved_yaml(again(once, tmp_path))


@pytest.mark.parametrize(
    "title",
    [
        "Überprüfung à Genève, 東京",
        "two\nlines",
        "two\n\n  lines\n",
        " spaced ",
        "tab\there",
        "a 'single' and a \"double\" quote",
        "a # that is no comment",
        "# nor this",
        "key: value",
        "- item",
        "[flow]",
        "{flow: map}",
        "*alias &anchor !tag %directive @at `tick`",
        "%",
        "---",
        "...",
        "a\\b",
        "back\\",
        "no",
        "Yes",
        "none",
        "null",
        "~",
        "true",
        "1e5",
        "1e-3",
        ".5",
        "5.",
        "+1",
        "007",
        "0o17",
        "0x1F",
        "1_000",
        ".inf",
        ".nan",
        "2020-11",
        "2020-11-01",
        "1:30",
        "<<",
        "=",
        "",
        "\u2028 line separator",
        "no\u00a0break",
        "\U0001f680",
        "\ufeff",
        "word " * 500,
        "w" * 3000,
    ],
)
def test_any_text_survives(load: Load, tmp_path: Path, title: str) -> None:
    quoted = '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in title) + '"'
    text = change("a small world", quoted)
    text = change("A report, 2019", quoted, text)
    text = change("{title: North}", f"{{title: {quoted}}}", text)
    file = load(text)
    assert file.scenario.title == title
    reloaded = again(file, tmp_path)
    assert reloaded.scenario == file.scenario
    assert reloaded.notes == file.notes


@pytest.mark.parametrize("number", ["1e-300", "0.1", "1e9", "123456789.123456789", "0"])
def test_any_number_survives(load: Load, tmp_path: Path, number: str) -> None:
    ranged = f"{{value: {number}, range: [0, 1e9], source: assumption}}"
    file = load(change("budget: 300", f"budget: {ranged}"))
    reloaded = again(file, tmp_path)
    assert (reloaded.scenario, reloaded.notes) == (file.scenario, file.notes)


def test_the_largest_seed_survives(load: Load, tmp_path: Path) -> None:
    file = load(change("seed: 7", f"seed: {2**64 - 1}"))
    assert again(file, tmp_path).scenario.ensemble.seed == 2**64 - 1


def test_a_ceiling_noted_as_not_there_survives(load: Load, tmp_path: Path) -> None:
    file = load(change("budget: 300", "budget: {value: null, source: report}"))
    reloaded = again(file, tmp_path)
    assert (reloaded.scenario, reloaded.notes) == (file.scenario, file.notes)


@pytest.mark.parametrize("name", ["two\nlines: 1", "ünï", "# hash", "x" * 200])
def test_the_name_of_the_file_stays_within_the_comment(load: Load, tmp_path: Path, name: str) -> None:
    file = load(WORLD, name=f"{name}.yaml")
    assert again(file, tmp_path).scenario == file.scenario
