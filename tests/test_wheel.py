"""The wheel: what is installed from it, away from the project, is enough to work with."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A function that calls ``verifsim`` as it is installed from the wheel, in a folder of its own.

    The libraries it needs come from the environment of the tests, where nothing else of the project is found.
    """
    pytest.importorskip("pip")
    folder = tmp_path_factory.mktemp("wheel")
    python = _empty_environment(folder / "environment")
    _do([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT], folder)
    (wheel,) = folder.glob("verifsim-*.whl")
    _do([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel], folder)
    script = python.with_name("verifsim")
    return lambda *arguments, where=folder: _do([script, *arguments], where)


def _empty_environment(where):
    """An environment without packages but those of the tests, which come last; give its interpreter."""
    _do([sys.executable, "-m", "venv", "--without-pip", where], where.parent)
    inside = {"base": str(where), "platbase": str(where)}
    libraries = Path(sysconfig.get_path("purelib", vars=inside)) / "libraries.pth"
    libraries.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Path(sysconfig.get_path("scripts", vars=inside)) / Path(sys.executable).name


def _do(command, where):
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ran = subprocess.run(
        list(map(str, command)), cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_class_can_work_with_what_is_installed(installed, tmp_path):
    installed("init", "class", where=tmp_path)  # out of the wheel: the project is not to be found
    work = tmp_path / "class"
    for folder, pattern in (("scenarios", "*.yaml"), ("notebooks", "*.ipynb")):
        copied, shipped = (
            {p.name: p.read_bytes() for p in (at / folder).glob(pattern)} for at in (work, ROOT)
        )
        assert copied == shipped
    assert (work / "scenarios" / "verifsim.schema.json").is_file()
    assert "Results are in" in installed("run", "scenarios/moratorium.yaml", "-n", "50", where=work)
    assert (work / "results" / "moratorium" / "results.nc").is_file()
    installed("report", "results/moratorium", where=work)
    assert "The October 2020 proposal, adopted" in (work / "report.html").read_text(encoding="utf-8")
    assert "moratorium.yaml" in installed("list", "scenarios", where=work)
    installed("new", "my_question", "--extends", "moratorium.yaml", "-o", "scenarios", where=work)
    said = installed("show", "scenarios/my_question.yaml", "--diff", where=work)
    assert "says the same as moratorium.yaml" in said
    said = installed("show", "scenarios/moratorium.yaml", "--diff", where=work)
    assert "agreements.moratorium.from: 2021-08 instead of none" in said
