"""The reference page says every key, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from verifsim.parameter import Part
from verifsim.scenario import declared
from verifsim.scenario.events import Event
from verifsim.scenario.reference import parameters_markdown
from verifsim.scenario.schema import Scenario


def parts(annotation: Any) -> Iterator[type[Part]]:
    """The parts in what a field takes, and all that these are made of."""
    for choice in declared.alternatives(annotation):
        if get_origin(choice) is dict:
            yield from parts(get_args(choice)[1])
        elif isinstance(choice, type) and issubclass(choice, Part):
            yield choice
            for field in declared.fields(choice).values():
                yield from parts(field.annotation)


def test_the_reference_has_every_key_of_every_part() -> None:
    sections = parameters_markdown().split("\n## ")
    for part in parts(Scenario):
        keys = [f"| `{key}` |" for key in declared.fields(part)]
        assert any(all(key in section for key in keys) for section in sections), part


def test_the_sections_of_the_reference_follow_the_file() -> None:
    heads = [line.strip("# `") for line in parameters_markdown().splitlines() if line.startswith("## ")]
    agreements = [head for head in heads if head.startswith("agreements")]
    assert agreements == [
        "agreements.<name>",
        "agreements.<name>.moves_out.<name>",
        "agreements.<name>.ends",
        "agreements.<name>.inspections",
        "agreements.<name>.inspections.visits_a_year",
    ]
    first = list(dict.fromkeys(head.partition(".")[0].partition(":")[0] for head in heads[1:-1]))
    assert first == [key for key in declared.fields(Scenario) if key in first]
    assert {"agreements", "talks", "trust", "china", "crises"} <= set(first)
    events = [head.removeprefix("events: ") for head in heads if head.startswith("events")]
    assert events == declared.kinds(("events",), {})
    assert len(events) == len(declared.alternatives(Event))


def test_the_reference_says_what_a_key_takes() -> None:
    page = parameters_markdown()
    assert "| `offers` | an agreement |" in page
    assert "| `sites` | a list of sites |" in page
    assert "| `host_consent` | parts by region, see below |" in page
    assert "| `moves_out` | parts by programme, see below |" in page
    assert "chance an offer" in page
    assert "chance a offer" not in page
