"""Keys: unknown, misspelt, missing, repeated."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change, line_of


def test_the_small_world_is_valid(load: Load) -> None:
    assert load().scenario.title == "a small world"


def test_a_misspelt_key_is_answered_with_the_nearest(problems: Problems) -> None:
    (problem,) = problems(change("months: 24", "months: 24\nensembel: {runs: 3}"))
    assert problem.startswith("world.yaml:4:1: ensembel: unknown key 'ensembel'; did you mean 'ensemble'?")
    assert "allowed: title, question, answered_by, start" in problem


def test_an_unknown_key_far_from_all_others_is_answered_with_all(problems: Problems) -> None:
    (problem,) = problems(change("{battery_seen: 0.2}", "{battery_seen: 0.2, xyz: 1}"))
    assert (
        "watching.xyz: unknown key 'xyz'; allowed: battery_seen, hidden_at_site_seen, false_alarm" in problem
    )


def test_a_misspelt_required_key_is_both_missing_and_unknown(problems: Problems) -> None:
    missing, unknown = sorted(problems(change("months: 24", "month: 24")))
    assert "months: 'months' is missing; How many months are simulated" in missing
    assert "world.yaml:3:1: month: unknown key 'month'; did you mean 'months'?" in unknown


def test_all_repeated_keys_are_reported_with_where_they_stood_first(problems: Problems) -> None:
    repeated = problems(f"{WORLD}title: again\nmonths: 12\ntreaty: {{notice_months: 1, notice_months: 2}}\n")
    last = line_of("title: again", f"{WORLD}title: again")
    assert repeated == [
        f"world.yaml:{last}:1: title: the key 'title' stands here again (first in line 1); each key once",
        f"world.yaml:{last + 1}:1: months: the key 'months' stands here again "
        "(first in line 3); each key once",
        f"world.yaml:{last + 2}:28: treaty.notice_months: the key 'notice_months' stands here again "
        f"(first in line {last + 2}); each key once",
    ]


def test_a_key_may_stand_three_times_and_is_reported_twice(problems: Problems) -> None:
    assert len(problems(f"{WORLD}title: b\ntitle: c\n")) == 2


def test_of_a_repeated_key_the_first_is_still_judged(problems: Problems) -> None:
    first, again = problems(change("months: 24", "months: many") + "months: 3\n")
    assert "needs a whole number (given 'many')" in first
    assert "stands here again" in again


@pytest.mark.parametrize("key", ["title", "start", "months", "regions", "parties"])
def test_a_missing_required_key_is_the_only_problem(problems: Problems, key: str) -> None:
    lines, skipping = [], False
    for line in WORLD.splitlines():
        skipping = line.startswith(f"{key}:") or (skipping and line.startswith(" "))
        lines += [] if skipping else [line]
    (problem,) = problems("\n".join(lines))
    assert problem.startswith(f"world.yaml:1:1: {key}: '{key}' is missing; ")


def test_a_file_without_parties_is_told_once_that_it_may_extend_another(problems: Problems) -> None:
    said = problems("title: x\nwatching: {battery_seen: 0.5}\n")
    assert len(said) == 4
    hints = [problem for problem in said if "or start the file with 'extends: baseline.yaml'" in problem]
    assert [problem.split(": ")[1] for problem in hints] == ["parties"]


def test_a_file_that_extends_another_is_not_told_to(problems: Problems, put: Put) -> None:
    put("title: x\nstart: 2020-01\nmonths: 1\nregions: {north: {title: North}}\nparties: {}\n")
    (problem,) = problems("extends: world.yaml\nparties: none\n", name="child.yaml")
    assert "'parties' is missing" in problem
    assert "start the file" not in problem


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("runs", "did you mean 'ensemble.runs'? allowed: title"),
        ("battery_seen", "did you mean 'watching.battery_seen'? allowed: title"),
        ("binds", "did you mean 'agreements.moratorium.binds'? allowed: title"),
        ("objects_opened", "did you mean 'agreements.moratorium.inspections.objects_opened'? allowed: title"),
        (
            "blocked_months",
            "did you mean 'parties.<name>.host_consent.<name>.blocked_months'? allowed: title",
        ),
        (
            "region",
            "did you mean 'regions' or 'sites.fort.region' or 'china.region' or 'observed.<name>.region'? "
            "allowed: title",
        ),
        ("patience", "did you mean 'doctrines.mirror.patience'? allowed: title"),
        ("false_alarm", "did you mean 'watching.false_alarm' or 'inspecting.false_alarm'? allowed: title"),
    ],
)
def test_a_key_that_belongs_deeper_is_answered_with_its_place(
    problems: Problems, key: str, meant: str
) -> None:
    (problem,) = problems(f"{WORLD}{key}: 1\n")
    assert f"{key}: unknown key '{key}'; {meant}" in problem


def test_a_key_that_stands_in_many_places_is_answered_with_none_of_them(problems: Problems) -> None:
    (problem,) = problems(change("{battery_seen: 0.2}", "{battery_seen: 0.2, title: x}"))
    assert "watching.title: unknown key 'title'; allowed: battery_seen" in problem


def test_a_key_that_belongs_into_a_part_of_a_part_is_answered_with_its_place(problems: Problems) -> None:
    (problem,) = problems(change("from: 2020-06}", "from: 2020-06, suspended_for: 3}"))
    assert "did you mean 'agreements.moratorium.inspections.suspended_for'? allowed: regions" in problem
    (problem,) = problems(change("    title: Red\n", "    title: Red\n    after_shock: 0.1\n"))
    assert "did you mean 'parties.red.talks.after_shock'? allowed: title" in problem


def test_a_part_without_its_name_is_answered_with_where_the_name_goes(problems: Problems) -> None:
    for problem in (
        said := problems(
            change(
                "  moratorium: {binds: [red, blue], regions: [south], from: 2020-06}",
                "  binds: [red]\n  from: 2020-06",
            )
        )
    ):
        key = problem.split(": ")[1].removeprefix("agreements.")
        assert f"needs 'key: value' entries (given {'2020-06' if key == 'from' else ['red']!r}); " in problem
        assert problem.endswith(f"did you mean 'agreements.<name>.{key}'?")
    assert len(said) == 2


def test_a_key_of_a_neighbour_is_answered_with_its_place(problems: Problems) -> None:
    (problem,) = problems(change("{battery_seen: 0.2}", "{battery_seen: 0.2, recognised: 1}"))
    assert "watching.recognised: unknown key 'recognised'; did you mean 'inspecting.recognised'?" in problem


def test_a_missing_key_of_a_part_is_placed_at_the_part(problems: Problems) -> None:
    (problem,) = problems(change("{owner: blue, title: Bow}", "{owner: blue}"))
    assert problem.startswith(f"world.yaml:{line_of('  bow:')}:3: programmes.bow.title: 'title' is missing")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Europe West", "europe_west"), ("EUROPE", "europe"), ("europe-west", "europe_west"), ("_x", "x")],
)
def test_a_key_that_is_no_name_is_answered_with_one(problems: Problems, name: str, meant: str) -> None:
    text = change("north: hedge,", f"{name}: hold_back, north: hedge,")
    said = problems(
        change("  south: {title: South}", f"  south: {{title: South}}\n  {name}: {{title: X}}", text)
    )
    assert said == [
        f"world.yaml:8:3: regions.{name}: not a name (given '{name}'); did you mean '{meant}'? "
        "small letters, digits and underscores, at most 60"
    ]


def test_a_name_of_61_letters_is_too_long(problems: Problems) -> None:
    (problem,) = problems(f"{WORLD}  {'a' * 61}: x\n")
    assert "not a name" in problem
    assert "at most 60" in problem


def test_names_may_be_words_that_mean_something_elsewhere(load: Load) -> None:
    text = WORLD.replace("north", "value").replace("arrow", "range")
    text = text.replace("first:", "source:").replace("report:", "value:").replace("report}", "value}")
    scenario = load(text).scenario
    assert list(scenario.regions) == ["value", "south"]
    assert list(scenario.parties) == ["red", "blue"]
    assert scenario.doctrines["mirror"].patience == 0.3


@pytest.mark.parametrize("key", ["? [a, b]\n", "? {a: b}\n", "*a "])
def test_a_key_that_is_a_list_or_map_is_refused(problems: Problems, key: str) -> None:
    (problem,) = problems(f"{WORLD}{key}: 1\n")
    assert "a key must be a name" in problem


def test_a_key_cannot_write_to_the_terminal(problems: Problems) -> None:
    said = "\n".join(problems(WORLD + '"a\\nb": 1\n"\\e[31mred": 2\n"\\ud800": 3\n'))
    assert said.isascii()
    assert "\x1b" not in said
    assert "unknown key 'a\\nb'" in said


def test_several_mistakes_are_all_reported_in_the_order_of_the_file(problems: Problems) -> None:
    text = change("months: 24", "months: 24.5")
    text = change("launcher", "louncher", text)
    text = change("title: Blue", "titel: Blue", text)
    said = problems(change("0.2", "2", text))
    lines = [int(problem.split(":")[1]) for problem in said]
    assert lines == sorted(lines)
    assert len(said) == 5
    assert len(set(lines)) == 4


def test_of_thousands_of_problems_the_first_hundreds_are_told_and_the_rest_counted(
    problems: Problems,
) -> None:
    said = problems(WORLD + "".join(f"key{n}: 1\n" for n in range(5000)))
    assert len(said) == 201
    assert said[-1].endswith("4,800 more problems from here on; put the others right first")
    assert len(problems(WORLD + "title: x\n" * 5000)) == 201
