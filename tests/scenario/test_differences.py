"""What differs between two scenarios, as data and in words."""

from __future__ import annotations

from pathlib import Path

import pytest

import verifsim as vs
from verifsim.scenario import events, load_scenario
from verifsim.scenario.differences import Difference, differences
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.told import Titles, told

PARENT = """
title: Parent
question: What if?
start: 2020-01
months: 24
regions:
  north: {title: North}
  south: {title: South}
parties:
  red: {title: Red, doctrine: {north: {mirror: {value: 0.6, range: [0.5, 0.7], source: guess}, hold_back: 0.4}, south: mirror}, new_missile_budget: {value: 300, range: [100, 400], source: guess}}
  blue: {title: Blue, doctrine: hold_back}
programmes:
  arrow: {owner: red, title: Arrow, stage: produced, missiles: 10, reserve: 5}
watching: {battery_seen: {value: 0.3, range: [0.1, 0.6], source: guess}, false_alarm: 0.02}
events:
  war: {month: 2021-02, does: shock_to_trust, by: {value: 0.5, range: [0.2, 0.9], source: guess}, source: guess}
  gone: {month: 2020-03, does: end_pledge, party: red, regions: [north]}
sources: {guess: A guess of 2020}
"""


@pytest.fixture
def differ(tmp_path):
    """What a change of the parent differs in: by path."""
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")

    def differ(changes: str) -> dict[str, Difference]:
        path = tmp_path / "child.yaml"
        path.write_text(f"extends: parent.yaml\n{changes}", encoding="utf-8")
        return {".".join(map(str, d.path)): d for d in differences(path)}

    return differ


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    {
        "a number, with what was noted beside it": (
            "watching: {battery_seen: 0.5}",
            "watching.battery_seen",
            "watching.battery_seen: 0.5 instead of 0.3 (chance a month)\n"
            "    That a battery hidden away from declared sites is seen. "
            "No range (there: 0.1 to 0.6). No source (there: guess).",
        ),
        "a range alone": (
            "watching: {battery_seen: {value: 0.3, range: [0.2, 0.4]}}",
            "watching.battery_seen",
            "watching.battery_seen: still 0.3 (chance a month)\n"
            "    That a battery hidden away from declared sites is seen. Range: 0.2 to 0.4 (there: 0.1 to 0.6).",
        ),
        "a source where there was none": (
            "watching: {false_alarm: {value: 0.03, source: assumption}}",
            "watching.false_alarm",
            "watching.false_alarm: 0.03 instead of 0.02 (chance a month)\n"
            "    That a region in which nothing is undeclared raises an alarm. Source: assumption.",
        ),
        "a ceiling lifted": (
            "parties: {red: {new_missile_budget: none}}",
            "parties.red.new_missile_budget",
            "parties.red.new_missile_budget: none instead of 300 (US$ m a year)\n"
            "    Ceiling on what it spends on these missiles; no ceiling if not said.",
        ),
        "an event that is new": (
            "events: {visit: {month: 2021-04, does: exercise, programme: arrow, region: south}}",
            "events.visit",
            "events.visit is added: in 2021-04, Red brings a battery of Arrow to South for an exercise",
        ),
        "an event that is gone": (
            "events: {gone: none}",
            "events.gone",
            "events.gone is removed: in 2020-03, Red abandons its pledge not to be first in North",
        ),
        "an event that happens otherwise": (
            "events: {war: {month: 2021-05, by: {value: 0.4}}}",
            "events.war",
            "events.war: in 2021-05, both parties lose 40 % of their trust in each other "
            "instead of in 2021-02, both parties lose 50 % of their trust in each other",
        ),
        "an agreement": (
            "agreements: {pact: {binds: [red, blue], regions: [north], from: 2020-06}}",
            "agreements.pact",
            "agreements.pact is added: regions: north; binds: red, blue; from: 2020-06",
        ),
        "a site": (
            "sites: {yard: {owner: red, region: north, title: Yard, kind: canister, objects: 4}}",
            "sites.yard",
            "sites.yard is added: owner: red; region: north; title: Yard; kind: canister; objects: 4",
        ),
        "a source": (
            "sources: {study: A study of 2021}",
            "sources.study",
            "sources.study is added: A study of 2021",
        ),
        "yes and no": (
            "programmes: {arrow: {disputed: yes}}",
            "programmes.arrow.disputed",
            "programmes.arrow.disputed: yes instead of no\n"
            "    Whether the parties contest that those batteries are what the treaty banned.",
        ),
    }.values(),
)
def test_a_difference_is_said_in_a_line_or_two(changes, path, words, differ):
    found = differ(changes)
    assert list(found) == [path]
    assert str(found[path]) == words


def test_a_type_of_uncertain_doctrine_is_told_whole(differ):
    found = differ("parties: {red: {doctrine: {north: {mirror: {value: 0.7}, hold_back: 0.3}}}}")
    first, second = str(found["parties.red.doctrine.north"]).splitlines()
    assert (
        first == "parties.red.doctrine.north: mirror 0.7, hold_back 0.3 instead of mirror 0.6, hold_back 0.4"
    )
    assert "range" not in second.lower()


def test_a_doctrine_that_is_new_is_told_by_its_rule(differ):
    found = differ("doctrines: {patient: {kind: mirror, patience: 0.1}}")
    assert str(found["doctrines.patient"]).startswith("doctrines.patient is added: answers ")
    assert str(found["doctrines.patient"]).endswith("patience: 0.1")


def test_a_difference_is_data_too(differ):
    (found,) = differ("watching: {battery_seen: {value: 0.5, range: [0.4, 0.6]}}").values()
    assert (found.here.value, found.there.value, found.unit, found.what) == (
        0.5,
        0.3,
        "chance a month",
        "changed",
    )
    assert dict(found.here.notes)[found.path].range == (0.4, 0.6)


def test_titles_and_questions_are_no_difference(differ):
    assert differ("title: Another\nquestion: And now?") == {}


def test_a_file_without_a_parent_differs_in_nothing(differ, tmp_path):
    differ("")
    assert differences(tmp_path / "parent.yaml") == ()


def test_a_loaded_scenario_alone_is_refused(differ, tmp_path):
    differ("")
    with pytest.raises(vs.VerifsimError, match="say what to compare with"):
        differences(load_scenario(tmp_path / "child.yaml"))


def test_any_two_scenarios_can_be_compared_and_the_same_is_the_same():
    files = shipped_files()
    for file in files:
        assert differences(file, file) == ()
        here, there = (load_scenario(f) for f in (file, files[0]))
        assert len(differences(here, there)) == len(differences(there, here))
        assert all(str(d) for d in differences(here, there))


def test_what_a_shipped_file_says_is_what_differs_from_its_parent():
    found = differences(Path(shipped_files()[0]).with_name("us_deploys_asia_global_trigger.yaml"))
    assert [str(d).splitlines()[0] for d in found] == ["doctrines.mirror.scope: global instead of regional"]


def test_every_kind_of_event_has_a_sentence(tmp_path):
    titles = Titles({"red": "Red"}, {"north": "North"}, {"arrow": "Arrow"}, {"arrow": "red"})
    kinds = events.Event.__origin__.__args__
    values = {
        "party": "red",
        "programme": "arrow",
        "region": "north",
        "agreement": "pact",
        "by": 0.5,
    }
    for kind in kinds:
        given = {key: value for key, value in values.items() if key in kind.model_fields}
        does = kind.model_fields["does"].annotation.__args__[0]
        sentence = told(kind(month="2020-01", does=does, **given), titles)
        assert sentence
        assert not sentence.endswith(".")
        assert "red" not in sentence.split()
