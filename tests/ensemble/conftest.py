"""A small world in which luck decides what each run comes to, and what its ensembles leave."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifsim.ensemble import simulate_ensemble, work
from verifsim.outcomes import OUTCOMES
from verifsim.outcomes.summary import outcomes_table
from verifsim.scenario import load_scenario
from verifsim.study import csv_content

LUCKY = """
title: Luck decides
start: 2020-11
months: 6
ensemble: {runs: 40, seed: 5}
regions:
  north: {title: North}
parties:
  red: {title: Red, doctrine: mirror}
  blue: {title: Blue, doctrine: mirror}
watching: {false_alarm: 0.2}
doctrines:
  mirror: {patience: 0.3}
programmes:
  r: {owner: red, title: R, stage: produced, missiles: 4, reserve: 8}
  b: {owner: blue, title: B, stage: produced, missiles: 6, reserve: 12}
"""


@pytest.fixture
def lucky(tmp_path):
    """The scenario's path."""
    path = tmp_path / "lucky.yaml"
    path.write_text(LUCKY, encoding="utf-8")
    return path


@pytest.fixture
def file(lucky):
    """The scenario, loaded, with settings if wanted."""
    return lambda *settings: load_scenario(lucky, settings)


@pytest.fixture
def simulated(monkeypatch):
    """Which runs are simulated in this process, chunk by chunk."""
    usual, seen = work.simulate, []

    def simulate(inputs, first, n_runs, *rest):
        seen.append((first, n_runs))
        return usual(inputs, first, n_runs, *rest)

    monkeypatch.setattr(work, "simulate", simulate)
    return seen


def csv_of(file, **how):
    """The bytes of outcomes.csv of an ensemble that is simulated in some way."""
    ds, failures = simulate_ensemble(file, **how)
    assert not failures, failures[0].traceback
    return csv_content(outcomes_table(ds, OUTCOMES).reset_index())


def chunks_in(folder):
    """The names of the chunks that a results folder holds."""
    return sorted(p.name for p in (Path(folder) / "chunks").glob("*") if not p.match(".unfinished-*"))


def start(*arguments, **keywords):
    """Start the command line as a process, and a group, of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "verifsim", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        **keywords,
    )
