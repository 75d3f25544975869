"""The pages are fresh, their examples run, and the JSON Schema accepts what verifsim accepts."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

import verifsim
from verifsim.doctrines import CATALOGUE
from verifsim.scenario import declared
from verifsim.scenario.events import Event
from verifsim.scenario.reference import parameters_markdown
from verifsim.scenario.schema import Scenario

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
GUIDE = (ROOT / "docs" / "scenario-files.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\S+) ?(.*?)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def _make() -> Any:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = _make()


def _examples() -> list[str]:
    """Every YAML block that is a scenario, whole: a fragment is put over its parent."""
    files = [body for kind, mark, body in BLOCKS if (kind, mark) == ("yaml", "file")]
    parents = [(mark.removeprefix("over "), body) for kind, mark, body in BLOCKS if mark.startswith("over ")]
    return files + [f"extends: {parent}\n{body}" for parent, body in parents]


def _title(example: str) -> str:
    lines = example.splitlines()
    return " ".join(lines[:3])[:60]


def _load(text: str, folder: Path, settings: Sequence[str] = ()) -> verifsim.scenario.ScenarioFile:
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    return verifsim.load_scenario(path, settings)


def _example_with(words: str) -> str:
    return next(example for example in _examples() if words in example)


# The generated pages


@pytest.mark.parametrize("path", make.PAGES, ids=lambda path: path.name)
def test_generated_page_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == make.PAGES[path](), "run python docs/make.py"


def test_reference_has_every_key() -> None:
    page = parameters_markdown()
    parts = [Scenario, *CATALOGUE.values(), *declared.alternatives(Event)]
    keys = [key for part in parts for key in declared.fields(part)]
    assert [key for key in keys if f"| `{key}` |" not in page] == []


def test_reference_has_every_number_of_the_baseline_with_its_source() -> None:
    page = parameters_markdown()
    notes = verifsim.load_scenario(ROOT / "scenarios" / "baseline.yaml").notes
    rows = {line.split(" | ")[0].strip("| `"): line for line in page.splitlines() if line.startswith("| `")}
    for path, note in notes.items():
        assert str(note.source) in rows[".".join(map(str, path))]
        assert note.source == "assumption" or f"### {note.source}\n" in page


def test_reference_gives_value_range_unit_and_bounds() -> None:
    page = parameters_markdown()
    assert "| `watching.battery_seen` | 0.29 | 0.1 to 0.6 | [battalions_2017](#battalions_2017) |" in page
    assert "| `notice_months` | a whole number | months | 0 to 120 | `0` |" in page
    assert "| `since` | a month | off |" in page


def test_tables_have_as_many_cells_as_heads() -> None:
    for page in (parameters_markdown(), make.outcomes_markdown(), make.RANKING.read_text(encoding="utf-8")):
        for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
            lines = table.splitlines()
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1, lines[0]


# The scenarios that ship


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_readme_asks_the_question_of_the_file(path: Path) -> None:
    page = make.RANKING.read_text(encoding="utf-8")
    question = verifsim.load_scenario(path).scenario.question
    assert f"| [`{path.name}`]({path.name}) | {question} |" in page


def test_ranking_has_every_scenario_once() -> None:
    page = make.RANKING.read_text(encoding="utf-8")
    ranking = page.partition(make.BEGIN)[2].partition(make.END)[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", ranking, re.MULTILINE)) == [
        path.stem for path in make.ranked_files()
    ]


# How to write a scenario file


def test_every_block_says_what_it_is() -> None:
    marks = {f"{kind} {mark}".strip() for kind, mark, _ in BLOCKS}
    over = {"yaml over baseline.yaml", "yaml over moratorium.yaml"}
    assert marks == {"yaml", "yaml file", "yaml wrong", "text", "console"} | over
    assert [body for kind, mark, body in BLOCKS if kind == "yaml" and not mark] == [
        "# yaml-language-server: $schema=verifsim.schema.json\n"
    ]


@pytest.mark.parametrize("example", _examples(), ids=_title)
def test_example_runs(example: str, tmp_path: Path) -> None:
    file = _load(example, tmp_path, ["ensemble.runs=2"])
    assert verifsim.run(file).ds.sizes["run"] == 2


def test_every_event_has_an_example(tmp_path: Path) -> None:
    events = [e for example in _examples() for e in _load(example, tmp_path).scenario.events.values()]
    assert {type(event) for event in events} == set(declared.alternatives(Event))


def test_merging_does_what_the_guide_says(tmp_path: Path) -> None:
    baseline = verifsim.load_scenario(ROOT / "scenarios" / "baseline.yaml")
    file = _load(_example_with("land_kalibr: none"), tmp_path)
    russia = file.scenario.parties["russia"]
    assert russia.pledge is not None
    assert (russia.pledge.not_first_in, russia.pledge.since) == (["europe"], "2019-02")
    assert russia.new_missile_budget is None
    assert "land_kalibr" not in file.scenario.programmes
    assert ("watching", "battery_seen") not in file.notes
    assert file.scenario.watching.false_alarm == 0.02
    assert file.notes["watching", "false_alarm"] == baseline.notes["watching", "false_alarm"]


def test_own_doctrine_starts_from_defaults(tmp_path: Path) -> None:
    doctrines = _load(_example_with("patient_mirror: {"), tmp_path).scenario.doctrines
    assert doctrines["patient_mirror"].model_fields_set == {
        "kind",
        "patience",
        "believes_above",
        "believes_gone_below",
    }


def test_commands_with_settings_are_valid() -> None:
    commands = [line for kind, _, body in BLOCKS if kind == "console" for line in body.splitlines()]
    settings = [shlex.split(command) for command in commands if "--set" in command]
    assert settings
    for _, _, file, *words in settings:
        values = [value for option, value in pairwise(words) if option == "--set"]
        verifsim.load_scenario(ROOT / file, values)


# The JSON Schema

VALIDATOR = Draft202012Validator(json.loads(make.schema_json()))


def _plain(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_schema_is_valid() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_schema_accepts_what_ships(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=verifsim.schema.json\n")
    assert [error.message for error in VALIDATOR.iter_errors(_plain(text))] == []


@pytest.mark.parametrize("example", _examples(), ids=_title)
def test_schema_accepts_the_examples(example: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(_plain(example))] == []


@pytest.mark.parametrize(
    "changes",
    [
        "parties: {russia: {doctrine: mirror}}",
        "events: {typhon_on_luzon: {month: 2024-05}}",
        "events: {typhon_on_luzon: none}",
        "doctrines: {mirror: none}",
        "watching: {battery_seen: {range: [0.2, 0.4]}}",
        "programmes: {9m729: {deployed: {europe: {value: 2, source: assumption}}}}",
    ],
)
def test_schema_accepts_what_a_child_may_say(changes: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(_plain(changes))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "monts: 120",
        "watching: {battery_sen: 0.5}",
        "watching: {battery_seen: {value: 0.5, rnage: [0.1, 0.6]}}",
        "parties: {russia: {pledge: {not_first: [europe]}}}",
        "doctrines: {mirror: {patiense: 0.1}}",
        "doctrines: {own: {kind: mirror, patiense: 0.1}}",
        "agreements: {moratorium: {ends: {notice: 6}}}",
        "events: {e: {month: 2024-04, does: suspend, prty: russia}}",
    ],
)
def test_schema_refuses_a_misspelt_key(wrong: str) -> None:
    assert not VALIDATOR.is_valid(_plain(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        "watching: {battery_seen: 1.5}",
        "watching: {battery_seen: {value: 1.5}}",
        "programmes: {typhon: {disputed: maybe}}",
        "start: 2020-13",
        "events: {e: {month: 2024-04, does: nothing}}",
        "regions: {Middle East: {title: Middle East}}",
    ],
)
def test_schema_refuses_a_wrong_value(wrong: str) -> None:
    assert not VALIDATOR.is_valid(_plain(wrong))
