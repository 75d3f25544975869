"""Files made to hurt: each is answered, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.scenario.conftest import WORLD, Problems, Put, change
from verifsim.errors import ScenarioError
from verifsim.scenario import load_scenario

MOST_SECONDS = 2.0
"""On a machine that adds up a million numbers in 0.04 seconds; on a slower or busier one, so much more."""


def most_seconds() -> float:
    begun, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return MOST_SECONDS * max(1.0, (time.process_time() - begun) / 0.04)


N = 900_000

HEAD = "title: x\nstart: 2020-01\nmonths: 12\n"

BIG = {
    "one word": f"title: {'x' * N}",
    "many words": f"title: {'x ' * (N // 2)}",
    "newlines": "\n" * N,
    "newlines between": "title: x\n" + "\n" * N + "months: 1\n",
    "comments": "#\n" * (N // 2),
    "one quoted text": 'title: "' + "\\x41" * (N // 4) + '"',
    "one text of lines": "title: |\n" + " x\n" * (N // 3),
    "entries": "".join(f"k{n}: {n}\n" for n in range(50_000)),
    "a list": f"title: [{'1,' * 50_000}]",
    "a word for a tag": f"title: !{'x' * N} 1",
    "directives": "%a\n" * (N // 3),
    "repeated keys": "title: 1\n" * (N // 10),
    "open brackets": "[" * 5000,
    "open brackets, and more": "[" * N,
    "open braces": "{" * N,
    "closed brackets": "title: " + "]" * N,
    "dashes": "- " * (N // 2),
    "question marks": "? " * (N // 2),
    "deep blocks": "".join(" " * n + "a:\n" for n in range(1200)),
    "digits": f"months: {'1' * N}",
    "unknown keys": HEAD + "".join(f"montsh{n}: 1\n" for n in range(9000)),
    "bad names": HEAD + "sources:\n" + "".join(f"  E {n}: x\n" for n in range(9000)),
    "events": WORLD.replace("events:\n", "events:\n" + "".join(f"  e{n}: {{}}\n" for n in range(4500))),
    "names": HEAD
    + "programmes:\n"
    + "".join(f"  p{n}: {{owner: c}}\n" for n in range(1900))
    + "events:\n"
    + "".join(f"  e{n}: {{does: develop, programme: x{n}, month: 2020-01}}\n" for n in range(1400)),
    "regions and parties": HEAD
    + "regions:\n"
    + "".join(f"  r{n}: {{}}\n" for n in range(4500))
    + "parties:\n"
    + "".join(f"  p{n}: {{doctrine: x}}\n" for n in range(2500)),
    "removals": "extends: parent.yaml\nsources:\n" + "".join(f"  x{n}: none\n" for n in range(9900)),
    "a large parent": "extends: parent.yaml\nsources:\n" + "".join(f"  s{n}: 3\n" for n in range(9900)),
}


@pytest.mark.parametrize("name", BIG)
def test_a_file_made_to_be_slow_is_answered_soon(put: Put, name: str) -> None:
    put(WORLD + "".join(f"  s{n}: x\n" for n in range(9800)), name="parent.yaml")
    path = put(BIG[name])
    begun = time.process_time()  # what it costs, whatever else the machine is at
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert time.process_time() - begun < most_seconds()
    assert 0 < len(caught.value.problems) <= 201
    assert len(str(caught.value)) < 500_000


def test_a_file_of_over_a_megabyte_is_not_read(problems: Problems) -> None:
    (problem,) = problems(WORLD + "#" * 1_000_000)
    assert problem == "world.yaml:1:1: the file is too large; at most 1,000,000 bytes"


@pytest.mark.parametrize(
    "deep",
    [
        "[" * 21 + "]" * 21,
        "{a: " * 25 + "1" + "}" * 25,
        "\n" + "".join(" " * n + "- \n" for n in range(1, 25)),
    ],
)
def test_over_20_levels_are_too_deep(problems: Problems, deep: str) -> None:
    (problem,) = problems(f"title: x\nmonths: {deep}\n")
    assert "nested too deeply; at most 20 levels" in problem


def test_50_000_entries_are_too_many(problems: Problems) -> None:
    (problem,) = problems(change("months: 24", f"months: [{', '.join(['1'] * 50_000)}]"))
    assert problem.startswith("world.yaml:3:")
    assert "too many entries; at most 20,000 in a file" in problem


@pytest.mark.parametrize("opened", ["[" * 5000, "{" * 5000, "[{" * 2500])
def test_unbalanced_brackets_are_answered(problems: Problems, opened: str) -> None:
    assert len(problems(opened)) == 1
    assert len(problems(f"title: {opened}")) == 1


def test_a_device_without_end_is_too_large() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("no such device here")
    with pytest.raises(ScenarioError, match="the file is too large"):
        load_scenario(endless)
