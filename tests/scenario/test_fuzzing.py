"""Shipped files, mutated at random: each is valid or answered with problems, and soon."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scenario.test_adversaries import most_seconds
from verifsim.errors import ScenarioError
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in shipped_files()}

ODD = st.sampled_from(
    [*"{}[]:,#&*!|>'\"%@`-?\\~ \t\n\0", "none", "yes", "1e999", "-0", "0x1f", "2020-13", "1_000", "<<: *a", "..."]
) | st.text(max_size=6)  # fmt: skip
PLACE = st.floats(0, 1, exclude_max=True)

MUTATIONS = st.one_of(
    st.tuples(st.just("insert"), PLACE, ODD),
    st.tuples(st.just("replace"), PLACE, ODD),
    st.tuples(st.just("delete"), PLACE, st.integers(1, 400)),
    st.tuples(st.just("repeat a line"), PLACE, st.integers(1, 5)),
    st.tuples(st.just("drop a line"), PLACE, st.none()),
    st.tuples(st.just("move a line"), PLACE, PLACE),
    st.tuples(st.just("indent"), PLACE, st.integers(-4, 4)),
    st.tuples(st.just("another word"), PLACE, PLACE),
    st.tuples(st.just("cut off"), PLACE, st.none()),
)


def mutated(text: str, mutation) -> str:
    kind, place, extra = mutation
    at, lines = int(place * len(text)), text.split("\n")
    line = int(place * len(lines))
    words = text.split(" ")
    word = int(place * len(words))
    match kind:
        case "insert":
            return text[:at] + extra + text[at:]
        case "replace":
            return text[:at] + extra + text[at + len(extra) :]
        case "delete":
            return text[:at] + text[at + extra :]
        case "repeat a line":
            lines[line:line] = [lines[line]] * extra
        case "drop a line":
            del lines[line]
        case "move a line":
            lines.insert(int(extra * len(lines)), lines.pop(line))
        case "indent":
            lines[line] = " " * extra + lines[line] if extra > 0 else lines[line][-extra:]
        case "another word":
            words[word] = words[int(extra * len(words))]
            return " ".join(words)
        case "cut off":
            return text[:at]
    return "\n".join(lines)


def test_every_kind_of_mutation_changes_a_file():
    text = TEXTS["baseline.yaml"]
    for kind, extra in {
        "insert": "{", "replace": "none", "delete": 9, "repeat a line": 2, "drop a line": None, "move a line": 0.9,
        "indent": 2, "another word": 0.123, "cut off": None,
    }.items():  # fmt: skip
        assert mutated(text, (kind, 0.5, extra)) != text, kind


@pytest.mark.slow
@given(name=st.sampled_from(sorted(TEXTS)), mutations=st.lists(MUTATIONS, min_size=1, max_size=4))
@settings(max_examples=1000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_mutated_file_is_valid_or_answered_and_soon(tmp_path_factory, name: str, mutations) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzing"
    folder.mkdir(exist_ok=True)
    text = TEXTS[name]
    for mutation in mutations:
        text = mutated(text, mutation) or " "
    path = Path(folder) / name
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    begun = time.process_time()
    with suppress(ScenarioError):
        load_scenario(path)
    taken = time.process_time() - begun
    assert taken < 2.0 or taken < most_seconds(), text
