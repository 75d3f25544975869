"""Files to begin with: a scenario of one's own, and copies of what ships."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import verifsim as vs
from verifsim.errors import OutputError, UsageError
from verifsim.scenario.merge import shipped_files, shipped_folder
from verifsim.workplace import copy_shipped, new_scenario

BARE = """
title: "Two: that 'hold' back"
start: 2020-11
months: 1
regions: {north: {title: North}}
parties:
  red: {title: Red, doctrine: hold_back}
  blue: {title: Blue, doctrine: hold_back}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def examples(text):
    """Each block of commented-out lines, uncommented."""
    blocks = re.findall(r"(?:^#(?! ).*\n)+(?:^#.*\n)*", text, re.MULTILINE)
    return [re.sub(r"^#", "", block, flags=re.MULTILINE) for block in blocks]


def test_a_new_file_extends_the_baseline_and_is_valid():
    path = new_scenario("my_question")
    assert path == Path("my_question.yaml")
    scenario = vs.load_scenario(path).scenario
    assert scenario.title == "My question"
    assert scenario.question.endswith("?")
    assert vs.differences(path) == ()


@pytest.mark.parametrize("parent", [*(p.name for p in shipped_files()), "bare.yaml"])
def test_every_example_of_a_new_file_is_valid_when_uncommented(parent, here):
    (here / "bare.yaml").write_text(BARE, encoding="utf-8")
    path = new_scenario("mine", extends=parent)
    text = path.read_text(encoding="utf-8")
    blocks = examples(text)
    assert [block.split(":")[0] for block in blocks] == ["events", "watching", "ensemble"]
    path.write_text(text + "".join(blocks), encoding="utf-8")
    assert vs.differences(path)


def test_each_example_of_a_new_file_is_valid_alone(here):
    text = (path := new_scenario("mine", extends="baseline.yaml")).read_text(encoding="utf-8")
    for block in examples(text):
        path.write_text(text + block, encoding="utf-8")
        assert vs.differences(path)


def test_a_new_file_may_extend_one_of_its_own_folder(here):
    (here / "class").mkdir()
    (here / "class" / "bare.yaml").write_text(BARE, encoding="utf-8")
    for name, given in (("a", "class/bare.yaml"), ("b", "bare.yaml"), ("c", "bare")):
        path = new_scenario(name, extends=given, folder="class")
        assert (
            vs.load_scenario(path).scenario.question == "What changes, compared with 'Two: that 'hold' back'?"
        )


def test_a_parent_in_another_folder_is_refused_with_what_to_do(here):
    (here / "class").mkdir()
    (here / "class" / "bare.yaml").write_text(BARE, encoding="utf-8")
    (here / "class" / "moratorium.yaml").write_text(BARE, encoding="utf-8")
    for name in ("bare.yaml", "moratorium.yaml"):  # the second would be the shipped one, by its name
        with pytest.raises(
            UsageError, match=r"another folder .* write the new one there \('-o class'\), or copy"
        ):
            new_scenario("mine", extends=f"class/{name}")
    assert not Path("mine.yaml").exists()


def test_a_path_that_leads_to_a_shipped_file_will_do():
    assert new_scenario("mine", extends=shipped_folder() / "moratorium.yaml").read_text().splitlines()[0] == (
        "extends: moratorium.yaml"
    )


def test_a_parent_that_is_not_there_is_an_error_that_lists_what_is():
    with pytest.raises(
        UsageError, match=r"no file moratoriun\.yaml to extend; did you mean 'moratorium\.yaml'\?"
    ):
        new_scenario("mine", extends="moratoriun")
    with pytest.raises(UsageError, match=r"no file nowhere/moratorium\.yaml"):
        new_scenario("mine", extends="nowhere/moratorium.yaml")


def test_a_parent_that_is_not_valid_is_an_error_and_nothing_is_written(here):
    (here / "bare.yaml").write_text(BARE.replace("months: 1", "months: 0"), encoding="utf-8")
    with pytest.raises(vs.ScenarioError, match="months"):
        new_scenario("mine", extends="bare.yaml")
    assert set(found(here)) == {"bare.yaml"}


@pytest.mark.parametrize(
    "name", ["", "My question", "über", "a/b", "../a", "-o", "a.b", "_a", "a" * 61, "baseline"]
)
def test_a_name_that_will_not_do_is_refused(name, here):
    with pytest.raises(UsageError, match=r"not a name for a scenario|ships with verifsim"):
        new_scenario(name)
    assert found(here) == {}


def test_a_new_file_never_takes_the_place_of_another(here):
    (here / "mine.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.yaml: there already, and never overwritten"):
        new_scenario("mine.yaml")
    assert found(here) == {"mine.yaml": b"mine"}


def test_copies_are_what_ships_and_run_from_where_they_are(here):
    written = copy_shipped("class")
    copies = found("class")
    assert {p.relative_to("class").as_posix() for p in written} == set(copies)
    assert {"README.md", "scenarios/verifsim.schema.json", "notebooks/01_first_run.ipynb"} <= set(copies)
    assert {f"scenarios/{p.name}" for p in shipped_files()} <= set(copies)
    for path in shipped_files():
        assert copies[f"scenarios/{path.name}"] == path.read_bytes()
        assert (
            vs.load_scenario(Path("class/scenarios") / path.name).scenario == vs.load_scenario(path).scenario
        )
    json.loads(copies["scenarios/verifsim.schema.json"])
    assert all("../scenarios" in copies[name].decode() for name in copies if name.endswith(".ipynb"))


def test_copied_scenarios_extend_each_other(here):
    copy_shipped("class")
    baseline = Path("class/scenarios/baseline.yaml")
    text = baseline.read_text(encoding="utf-8").replace("months: 120", "months: 24")
    baseline.write_text(text, encoding="utf-8")
    assert (
        vs.load_scenario(
            "class/scenarios/us_deploys_asia.yaml", ["events.typhon_on_luzon=none"]
        ).scenario.months
        == 24
    )


def test_a_new_file_among_copies_says_which_schema_it_follows():
    copy_shipped("class")
    path = new_scenario("mine", extends="moratorium.yaml", folder="class/scenarios")
    assert path.read_text().startswith(
        "# yaml-language-server: $schema=verifsim.schema.json\nextends: moratorium.yaml"
    )


def test_what_the_copied_readme_says_to_type_is_there(here):
    copy_shipped("class")
    text = Path("class/README.md").read_text(encoding="utf-8")
    for file in re.findall(r"(?:scenarios|notebooks)/[\w.]*\w", text):
        assert (here / "class" / file).is_file() or "my_question" in file


def test_an_empty_folder_may_be_there_already_and_other_files_in_it_are_left_alone(here):
    (here / "class").mkdir()
    copy_shipped("class")
    (here / "other" / "scenarios").mkdir(parents=True)
    (here / "other" / "scenarios" / "own.yaml").write_text("own")
    copy_shipped("other")
    assert found("other") == found("class") | {"scenarios/own.yaml": b"own"}


def test_files_in_the_way_are_all_said_at_once_and_nothing_is_copied(here):
    (here / "class" / "notebooks").mkdir(parents=True)
    (here / "class" / "README.md").write_text("own")
    (here / "class" / "notebooks" / "01_first_run.ipynb").write_text("own")
    before = found("class")
    with pytest.raises(
        UsageError, match=r"never overwritten: README\.md, notebooks/01_first_run\.ipynb; choose"
    ):
        copy_shipped("class")
    assert found("class") == before
    assert not Path("class/scenarios").exists()


def test_copies_that_cannot_be_written_leave_nothing(here, monkeypatch):
    move, moved = Path.rename, []

    def rename(self, target):
        moved.append(target)
        if len(moved) == 9:
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OutputError, match="No space left"):
        copy_shipped("a/class")
    assert list(here.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_a_sentence(here):
    (here / "class").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"):
        copy_shipped("class")
    assert found(here) == {"class": b"mine"}
