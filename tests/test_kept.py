"""Reduced results: what every run came to, sums by month, and the months of a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

import verifsim as vs
from verifsim import results
from verifsim.ensemble import simulate_ensemble
from verifsim.outcomes import reduced as reducing
from verifsim.scenario import ScenarioFile, load_scenario
from verifsim.study import Study

SHIPPED = Path(__file__).parents[1] / "scenarios"
TABLES = ("outcomes.csv", "summary.csv", "escalation.csv", "scenario.resolved.yaml")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample of 30 runs."""
    monkeypatch.setattr(results, "SAMPLE", 30)
    monkeypatch.setattr(reducing, "SAMPLE", 30)
    monkeypatch.setattr("verifsim.ensemble.many.SAMPLE", 30)


@pytest.fixture(scope="module")
def file() -> ScenarioFile:
    """Talks, visits, hosts, crises that get out of control, and several agreements."""
    return load_scenario(SHIPPED / "turbulent.yaml", ["ensemble.runs=150", "months=60"])


@pytest.fixture(scope="module")
def whole(file: ScenarioFile) -> Study:
    return vs.run(file)


@pytest.fixture
def reduced(file: ScenarioFile) -> Study:
    return vs.run(file, keep="outcomes")


def _files(study: Study, folder: Path) -> dict[str, bytes]:
    study.save(folder, plot=False)
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.mark.parametrize("chunk", [1000, 150, 47, 8])
def test_tables_and_sentences_are_those_of_whole_results_however_runs_are_cut(chunk, file, whole, tmp_path):
    ds, _ = simulate_ensemble(file, chunk=chunk, keep="outcomes")
    study = Study(ds)
    assert _files(study, tmp_path / "reduced") == _files(whole, tmp_path / "whole")
    assert study.sentences() == whole.sentences()
    assert study.outcomes.equals(whole.outcomes)
    assert study.headlines().equals(whole.headlines())
