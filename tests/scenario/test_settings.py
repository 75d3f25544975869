"""``--set path.to.key=value``: put on top, and checked like the file."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, change

PATIENCE = ("doctrines", "mirror", "patience")


@pytest.mark.parametrize("setting", ["months=60", " months = 60 ", "months=  60"])
def test_a_setting_replaces_what_the_file_says(load: Load, setting: str) -> None:
    assert load(WORLD, setting).scenario.months == 60


def test_the_last_setting_wins(load: Load) -> None:
    assert load(WORLD, "months=60", "months=48").scenario.months == 48


def test_a_setting_may_reach_into_what_the_file_does_not_say(load: Load) -> None:
    settings = (
        "treaty.notice_months=6",
        "doctrines.hedge.spread=3",
        "parties.blue.pledge.not_first_in=[north]",
    )
    scenario = load(WORLD, *settings).scenario
    assert scenario.treaty.notice_months == 6
    assert scenario.doctrines["hedge"].spread == 3
    assert scenario.parties["blue"].pledge is not None


def test_a_setting_may_be_a_list_a_map_or_text_with_an_equals_sign(load: Load) -> None:
    site = "sites.keep={owner: red, region: north, title: Keep, kind: canister}"
    scenario = load(WORLD, site, "agreements.moratorium.binds=[red]", "title=a = b").scenario
    assert scenario.sites["keep"].title == "Keep"
    assert scenario.agreements["moratorium"].binds == ["red"]
    assert scenario.title == "a = b"


def test_a_setting_may_say_for_another_region_what_the_file_says_for_one(load: Load) -> None:
    text = change("    title: Red\n", "    title: Red\n    host_consent: {north: {months: 3}}\n")
    consent = load(text, "parties.red.host_consent.south.months=6").scenario.parties["red"].host_consent
    assert {region: said.months for region, said in consent.items()} == {"north": 3, "south": 6}


@pytest.mark.parametrize("value", ["none", "null", ""])
def test_a_setting_may_remove(load: Load, value: str) -> None:
    assert load(WORLD, f"parties.red.pledge={value}").scenario.parties["red"].pledge is None


def test_a_bare_number_over_a_ranged_one_drops_range_and_source(load: Load) -> None:
    file = load(WORLD, "doctrines.mirror.patience=0.9")
    assert PATIENCE not in file.notes
    assert file.scenario.doctrines["mirror"].patience == 0.9


def test_a_setting_may_bring_its_own_range(load: Load) -> None:
    file = load(WORLD, "doctrines.mirror.patience={value: 0.9, range: [0.8, 1]}")
    assert file.notes[PATIENCE].range == (0.8, 1.0)


def test_a_setting_may_change_the_value_alone(load: Load) -> None:
    assert load(WORLD, "doctrines.mirror.patience.value=0.5").notes[PATIENCE].range == (0.1, 0.6)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("monhts=60", "monhts: unknown key 'monhts'; did you mean 'months'?"),
        ("ensemble.rnus=60", "ensemble.rnus: unknown key 'rnus'; did you mean 'runs'? allowed: runs, seed"),
        ("foo.bar=1", "foo: unknown key 'foo'"),
        ("watchin.battery_seen=1", "watchin: unknown key 'watchin'; did you mean 'watching'?"),
        ("parties.rde.title=R", "no 'rde' to change; did you mean 'red'? there are: red, blue"),
        ("events.frist.month=2020-02", "no 'frist' to change; did you mean 'first'? there are: first"),
        ("doctrines.mirorr.patience=1", "no 'mirorr' to change; did you mean 'mirror'?"),
        ("events.frist=none", "events.frist: no 'frist' to remove; did you mean 'first'?"),
        ("title.x=1", "title: needs text (given {'x': 1})"),
        ("months.x=1", "months: needs a whole number (given {'x': 1})"),
        ("months=many", "months: needs a whole number (given 'many'); allowed: 1 to 1,200 months"),
        ("months=0", "months: out of bounds (given 0)"),
        ("months=1e400", "months: too large for a number (given 1e400)"),
        (
            "doctrines.mirror.patience.source=x",
            "patience.source: no source 'x'; there are: report, assumption",
        ),
        ("parties.red.doctrine.north=hedge", "parties.red.doctrine: no doctrine for south"),
        ("months=[1", "months: a '[' opened in line 1 is not closed"),
        ("months=&a 3", "months: an anchor (&a) is not allowed"),
        ("months=3\nother: 4", "more than one value; one value"),
        ("title=a\udcffb", "title: not text in UTF-8"),
        ("months", "not of the form path.to.key=value; e.g. --set months=60, with no spaces around '='"),
        ("battery_seen=0.5", "unknown key 'battery_seen'; did you mean 'watching.battery_seen'? allowed: "),
        ("=60", "not of the form path.to.key=value"),
        ("a..b=60", "not of the form path.to.key=value"),
        (".months=60", "not of the form path.to.key=value"),
        ("", "not of the form path.to.key=value"),
    ],
)
def test_a_setting_that_is_off_is_told_with_itself_as_the_place(
    problems: Problems, setting: str, said: str
) -> None:
    (problem,) = problems(WORLD, setting)
    assert problem.startswith(f"--set {setting}".split("\n")[0].replace("\udcff", "\\udcff"))
    assert said in problem


def test_all_settings_and_the_file_are_told_at_once(problems: Problems) -> None:
    said = problems(change("months: 24", "months: many"), "oops", "title=3", "runs=5")
    assert len(said) == 4


def test_of_an_unreadable_file_only_its_own_problem_is_told(problems: Problems) -> None:
    (problem,) = problems("title: [", "months=60")
    assert problem.startswith("world.yaml:1:")


def test_a_very_long_setting_is_shortened(problems: Problems) -> None:
    (problem,) = problems(WORLD, f"{'x' * 5000}={'y' * 5000}")
    assert len(problem) < 600
