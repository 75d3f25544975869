"""A tiny valid file that tests break, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from verifsim.errors import ScenarioError
from verifsim.scenario import ScenarioFile, load_scenario

WORLD = """\
title: a small world
start: 2020-01
months: 24
ensemble: {runs: 20, seed: 7}
regions:
  north: {title: North}
  south: {title: South}
parties:
  red:
    title: Red
    doctrine: mirror
    pledge: {not_first_in: [north]}
    new_missile_budget: 300
  blue: {title: Blue, doctrine: {north: hedge, south: hold_back}}
doctrines:
  mirror: {patience: {value: 0.3, range: [0.1, 0.6], source: report}}
programmes:
  arrow: {owner: red, title: Arrow, regions: [north], deployed: {north: 2}, disputed: yes}
  bow: {owner: blue, title: Bow}
sites:
  fort: {owner: blue, region: south, title: Fort, kind: launcher}
watching: {battery_seen: 0.2}
agreements:
  moratorium: {binds: [red, blue], regions: [south], from: 2020-06}
events:
  first: {does: deploy, month: 2020-03, programme: arrow, region: north}
sources:
  report: A report, 2019
"""

Changed = Callable[..., str]
Problems = Callable[..., list[str]]
Load = Callable[..., ScenarioFile]
Put = Callable[..., Path]


def change(old: str, new: str, text: str = WORLD) -> str:
    """The small world with one thing put differently."""
    assert text.count(old) == 1, f"{old!r} should stand once in the text"
    return text.replace(old, new)


def line_of(part: str, text: str = WORLD) -> int:
    """The line in which a part of the text begins."""
    return text[: text.index(part)].count("\n") + 1


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file."""

    def put(content: str | bytes = WORLD, name: str = "world.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put


@pytest.fixture
def load(put: Put) -> Load:
    """Write a file and load it."""

    def load(content: str | bytes = WORLD, *settings: str, name: str = "world.yaml") -> ScenarioFile:
        return load_scenario(put(content, name), settings)

    return load


@pytest.fixture
def problems(load: Load, tmp_path: Path) -> Problems:
    """Load what cannot be loaded, and give what is printed: a line a problem, without the folder."""

    def problems(content: str | bytes, *settings: str, name: str = "world.yaml") -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            load(content, *settings, name=name)
        printed = str(caught.value).replace(f"{tmp_path}/", "").split("\n")
        assert len(printed) == len(caught.value.problems)
        return printed

    return problems
