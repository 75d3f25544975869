"""The command that measures: it runs, and says what it measured. No time is asserted."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from measuring.phases import by_phase
from measuring.sizes import TINY
from verifsim.model.world import World

SPEED = Path(__file__).parents[1] / "benchmarks" / "speed.py"


def speed(*arguments):
    return subprocess.run([sys.executable, SPEED, *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.slow
def test_one_command_writes_every_table(tmp_path):
    done = speed("--tiny", "--to", tmp_path / "RESULTS.md")
    assert not done.returncode, done.stderr
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    for title in ("Runs", "Runs at a time", "Steps of the month", "Against one model a world", "Months", "Sites",
                  "Regions", "Workers", "Memory"):  # fmt: skip
        assert f"## {title}\n" in page
    assert "a million additions took" in page


def test_the_steps_of_the_month_are_those_of_the_model():
    of_the_model = re.findall(r"# (\d+)\.", inspect.getsource(World.step))
    measured = [step.partition(".")[0] for step, _, _ in by_phase(TINY).rows]
    assert [step for step in measured if step.isdigit()] == of_the_model


def test_a_folder_that_is_not_there_is_said_before_anything_is_measured(tmp_path):
    done = speed("--tiny", "--to", tmp_path / "nowhere" / "RESULTS.md")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
