"""`docs/doctrines.md`: its code runs, what it shows is what is said, and it names all there is."""

from __future__ import annotations

import dataclasses
import linecache
import re
import tomllib
from pathlib import Path

import pytest

import verifsim as vs
from verifsim.testing import check_doctrine

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "doctrines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
PYTHON = [body for kind, body in BLOCKS if kind == "python"]


def run_cell(code: str, notebook: dict) -> None:
    """Run code as a cell of a notebook, whose lines an error may show."""
    cell = "/tmp/ipykernel_7/1234.py"
    linecache.cache[cell] = (len(code), None, code.splitlines(keepends=True), cell)
    exec(compile(code, cell, "exec"), notebook)


@pytest.fixture
def notebook(monkeypatch) -> dict:
    monkeypatch.chdir(ROOT)
    return {"__name__": "__main__"}


def test_the_code_runs_from_top_to_bottom(notebook):
    define, run, check = PYTHON
    for cell in (define, run.replace("runs=500", "runs=5"), check):
        run_cell(cell, notebook)
    assert notebook["study"].ds.sizes["run"] == 5


def test_the_failure_it_shows_is_what_is_said(notebook):
    (shown,) = [body for kind, body in BLOCKS if kind == "text"]
    define, run, _ = PYTHON
    run_cell(define.replace("np.where(answers, view.announced, 0.0)", "np.zeros(3) + np.zeros(4)"), notebook)
    with pytest.raises(vs.DoctrineError) as raised:
        exec(run, notebook)
    assert str(raised.value) == shown.strip()


def test_it_names_all_that_a_doctrine_sees_and_decides():
    for part in (vs.View, vs.Decision):
        for field in dataclasses.fields(part):
            assert f"`{field.name}`" in PAGE, field.name


def test_the_plugin_it_shows_is_the_examples():
    (shown,) = [body for kind, body in BLOCKS if kind == "toml"]
    example = tomllib.loads(
        (ROOT / "examples" / "verifsim-cool-off" / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert tomllib.loads(shown)["project"]["entry-points"] == example["project"]["entry-points"]


def test_the_example_keeps_to_what_every_doctrine_must_and_runs(monkeypatch):
    home = ROOT / "examples" / "verifsim-cool-off"
    monkeypatch.syspath_prepend(home / "src")
    from verifsim_cool_off import CoolOff

    check_doctrine(CoolOff)
    study = vs.run(home / "scenarios" / "cool_off.yaml", runs=4, settings={"months": 6}, doctrines=[CoolOff])
    assert study.ds.sizes["run"] == 4
