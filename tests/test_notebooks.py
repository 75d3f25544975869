"""The notebooks have been run, teach what exists, and work from a copy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest

import verifsim as vs
from verifsim.testing import check_doctrine

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCENARIOS = ROOT / "scenarios"

MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:tmp|home|root|usr|var|opt|mnt|work|Users|private)/|\b[A-Z]:\\|site-packages"
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def _code(path: Path) -> list[str]:
    return [cell.source for cell in _read(path).cells if cell.cell_type == "code"]


def _nodes(path: Path) -> Iterator[ast.AST]:
    for source in _code(path):
        yield from ast.walk(ast.parse(source))


def _texts(path: Path) -> Iterator[str]:
    """All that a reader sees, but for pictures."""
    for cell in _read(path).cells:
        yield cell.source
        for output in cell.get("outputs", []):
            yield output.get("text", "")
            yield from (data for kind, data in output.get("data", {}).items() if kind.startswith("text/"))


def _definitions(path: Path) -> dict[str, Any]:
    """What a notebook imports, and the classes that it defines; nothing else of it is run."""
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef)
    nodes = [node for source in _code(path) for node in ast.parse(source).body if isinstance(node, kept)]
    defined: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(ast.Module(nodes, []), path.name, "exec"), defined)
    return defined


# Every notebook


@each_notebook
def test_a_notebook_is_whole_and_has_been_run_from_top_to_bottom(path: Path) -> None:
    notebook = _read(path)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = [output.output_type for cell in cells for output in cell.outputs]
    assert "error" not in kinds
    assert "display_data" in kinds or "execute_result" in kinds


@each_notebook
def test_a_notebook_shows_no_warnings(path: Path) -> None:
    streams = [output for cell in _read(path).cells for output in cell.get("outputs", []) if "name" in output]
    assert [output.text for output in streams if output.name == "stderr"] == []


@each_notebook
def test_a_notebook_begins_with_a_title_and_ends_with_questions_to_try(path: Path) -> None:
    first, *_, last = _read(path).cells
    assert re.match(r"# \w", first.source)
    assert re.search(r"^## .*questions to try$", last.source, re.MULTILINE)
    assert re.findall(r"^(\d)\. ", last.source.partition("<details>")[0], re.MULTILINE)[:2] == ["1", "2"]


@each_notebook
def test_a_notebook_names_no_path_of_a_machine(path: Path) -> None:
    assert [found for text in _texts(path) for found in MACHINE_PATH.findall(text)] == []


@each_notebook
def test_a_notebook_uses_public_names_alone(path: Path) -> None:
    for node in _nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "vs":
            assert node.attr in vs.__all__
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("verifsim"):
            public = import_module(str(node.module)).__all__
            assert [name.name for name in node.names if name.name not in public] == []
        if isinstance(node, ast.Import):
            assert [name.name for name in node.names if name.name.startswith("verifsim.")] == []


@each_notebook
def test_a_notebook_names_files_that_there_are(path: Path) -> None:
    texts = [node.value for node in _nodes(path) if isinstance(node, ast.Constant)]
    strings = [text for text in texts if isinstance(text, str) and "\n" not in text]
    made = {f"{text}.yaml" for text in strings}  # new_scenario is given the name without the suffix
    named = {Path(text).name for text in strings if text.endswith(".yaml")} - made
    assert [name for name in named if not (SCENARIOS / name).is_file()] == []
    linked = [found for text in _texts(path) for found in re.findall(r"\]\((\.\./[^)#]+)", text)]
    assert [file for file in linked if not (path.parent / file).is_file()] == []


# What single notebooks promise


CHANGE, WRITE = (
    ROOT / "notebooks" / f"{name}.ipynb" for name in ("04_change_a_scenario", "05_write_a_doctrine")
)


def test_the_mistakes_made_on_purpose_are_found_and_then_put_right(tmp_path: Path) -> None:
    said: dict[str, Any] = {}
    file = tmp_path / "own.yaml"

    def write_next(source: str) -> None:
        exec(compile(ast.Module(ast.parse(source).body[:1], []), CHANGE.name, "exec"), said)
        file.write_text(said["text"], encoding="utf-8")

    wrong, right = (source for source in _code(CHANGE) if source.startswith("text = "))
    write_next(wrong)
    with pytest.raises(vs.ScenarioError) as raised:
        vs.load_scenario(file)
    assert len(raised.value.problems) == 2
    write_next(right)
    assert [".".join(map(str, difference.path)) for difference in vs.differences(file)] == [
        "agreements.moratorium.inspections.visits_a_year.routine",
        "events.visits_end",
        "sources.suspended_2023",
    ]


def test_the_doctrine_of_the_notebook_keeps_to_what_every_doctrine_must() -> None:
    check_doctrine(_definitions(WRITE)["CoolOff"])


def test_the_doctrine_that_is_to_fail_does() -> None:
    with pytest.raises(AssertionError, match="truth value of an array"):
        check_doctrine(_definitions(WRITE)["Hasty"])


def _decides(*doctrines: Any) -> Any:
    """The month in which Russia, by run, decides to answer a US battery that comes to Europe and stays.

    It follows the doctrine given, or else the mirror of the scenario; 0 where it never decides.
    """
    study = vs.run(
        SCENARIOS / "us_deploys_europe.yaml",
        runs=50,
        settings={"parties.russia.doctrine": "cool_off"} if doctrines else {},
        doctrines=doctrines,
    )
    return (study.ds.moved_because.sel(party="russia", region="europe") > 0).argmax("month").values


def test_the_doctrine_of_the_notebook_answers_once_the_time_has_passed() -> None:
    cool_off = _definitions(WRITE)["CoolOff"]
    at_once, later = (_decides(cool_off(months=months, patience=1.0)) for months in (0, 6))
    assert (at_once > 0).all()
    assert (later - at_once == 6).all()


def test_without_waiting_it_does_what_a_mirror_does() -> None:
    mirror = _decides()
    assert len(set(mirror)) > 10
    assert (_decides(_definitions(WRITE)["CoolOff"]) == mirror).mean() > 0.95


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [NOTEBOOKS[0], CHANGE], ids=lambda path: path.stem
)  # all are run where they are
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs_from_a_copy_and_writes_to_results_alone(path: Path, tmp_path: Path) -> None:
    from nbclient import NotebookClient

    copies = set(vs.copy_shipped(tmp_path / "class"))
    copy = tmp_path / "class" / "notebooks" / path.name
    NotebookClient(_read(copy), timeout=300, resources={"metadata": {"path": str(copy.parent)}}).execute()
    written = {file for file in (tmp_path / "class").rglob("*") if file.is_file()} - copies
    assert {file.relative_to(tmp_path / "class").parts[0] for file in written} <= {"results"}
