"""Small worlds that tests own: two like parties, red and blue, and two regions."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from verifsim.ensemble import simulate_ensemble
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.study import Study

SMALL_WORLD = """
title: a small world
start: 2020-01
months: 24
ensemble: {runs: 200, seed: 7}
regions:
  north: {title: North}
  south: {title: South}
parties:
  red: {title: Red, doctrine: mirror}
  blue: {title: Blue, doctrine: mirror}
programmes:
  arrow: {owner: red, title: Arrow, stage: produced, missiles: 10, reserve: 50}
  bow: {owner: blue, title: Bow, stage: produced, missiles: 10, reserve: 50}
"""

WriteScenario = Callable[..., Path]
LoadScenario = Callable[..., ScenarioFile]
RunScenario = Callable[..., Study]


def pytest_collection_finish() -> None:
    """Leave what is imported by now out of every later look for garbage: that takes a fourth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def write(tmp_path: Path) -> WriteScenario:
    """Write a file that changes the small world; give its path."""

    def write(changes: str = "", name: str = "changed") -> Path:
        (tmp_path / "small.yaml").write_text(SMALL_WORLD, encoding="utf-8")
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"extends: small.yaml\n{dedent(changes)}", encoding="utf-8")
        return path

    return write


@pytest.fixture
def scenario(write: WriteScenario) -> LoadScenario:
    """Load a change of the small world."""

    def load(changes: str = "", *settings: str) -> ScenarioFile:
        return load_scenario(write(changes), settings)

    return load


@pytest.fixture
def simulate(scenario: LoadScenario) -> RunScenario:
    """Run a change of the small world, through a scenario file."""

    def simulate(changes: str = "", *settings: str) -> Study:
        ds, failures = simulate_ensemble(scenario(changes, *settings))
        assert not failures, failures[0].traceback
        return Study(ds)

    return simulate
