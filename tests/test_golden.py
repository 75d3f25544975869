"""Known numbers of a lively small world: a change here moves the numbers, and the changelog says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.theory.test_known_answers import LIVELY

GOLDEN = Path(__file__).with_name("golden.json")


def test_the_numbers_have_not_moved(simulate):
    """To accept moved numbers, delete golden.json, run this twice, and write into CHANGELOG.md why they moved."""
    found = simulate(LIVELY).summary()["mean"].to_dict()
    if not GOLDEN.exists():
        GOLDEN.write_text(json.dumps(found, indent=2) + "\n")
        pytest.fail("golden.json was missing and has been written; look at it, then run again")
    known = json.loads(GOLDEN.read_text())
    assert found.keys() == known.keys()
    for name, mean in known.items():
        assert found[name] == pytest.approx(mean, rel=1e-9), name
