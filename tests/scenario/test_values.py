"""Values: wrong types, out of bounds, dates, names, ranges and sources."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change, line_of


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "months: 24",
            "months: many",
            "months: needs a whole number (given 'many'); allowed: 1 to 1,200 months",
        ),
        (
            "months: 24",
            'months: "24"',
            "months: needs a whole number (given '24'); allowed: 1 to 1,200 months",
        ),
        (
            "months: 24",
            "months: 12.0",
            "months: needs a whole number (given 12.0); allowed: 1 to 1,200 months",
        ),
        (
            "months: 24",
            "months: true",
            "months: needs a whole number (given true); allowed: 1 to 1,200 months",
        ),
        ("months: 24", "months:", "months: needs a whole number (given nothing); allowed: 1 to 1,200 months"),
        ("months: 24", "months: [24]", "months: needs a whole number (given [24])"),
        (
            "seen: 0.2",
            "seen: often",
            "watching.battery_seen: needs a number (given 'often'); allowed: 0 to 1",
        ),
        ("seen: 0.2", "seen: true", "watching.battery_seen: needs a number (given true)"),
        ("seen: 0.2", 'seen: "0.2"', "watching.battery_seen: needs a number (given '0.2')"),
        ("title: Fort", "title: 3", "sites.fort.title: needs text (given 3)"),
        ("title: Fort", "title: true", "sites.fort.title: needs text (given true)"),
        ("title: Fort", "title: 1e5", "sites.fort.title: needs text (given 100000.0)"),
        ("title: Fort", "title: [Fort]", "sites.fort.title: needs text (given ['Fort'])"),
        (
            "disputed: yes",
            "disputed: NO",
            "programmes.arrow.disputed: needs yes or no in small letters (given 'NO')",
        ),
        (
            "disputed: yes",
            "disputed: 1",
            "programmes.arrow.disputed: needs yes or no in small letters (given 1)",
        ),
        ("[red, blue]", "red", "moratorium.binds: needs a list, as in [europe] (given 'red')"),
        ("[red, blue]", "{red: 1}", "moratorium.binds: needs a list, as in [europe] (given {'red': 1})"),
        ("{battery_seen: 0.2}", "[0.2]", "watching: needs 'key: value' entries (given [0.2])"),
        ("{battery_seen: 0.2}", "0.2", "watching: needs 'key: value' entries (given 0.2)"),
        ("{north: 2}", "[north]", "programmes.arrow.deployed: needs 'key: value' entries (given ['north'])"),
        ("doctrine: mirror", "doctrine: [mirror]", "parties.red.doctrine: needs 'key: value' entries"),
        ("start: 2020-01", "start: 2020", "start: needs a month (given 2020); year and month, as in 2020-11"),
    ],
)
def test_a_value_of_the_wrong_type_is_told_with_what_is_needed(
    problems: Problems, old: str, new: str, said: str
) -> None:
    (problem,) = problems(change(old, new))
    assert said in problem
    assert problem.startswith(f"world.yaml:{line_of(old)}:")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("runs: 20", "runs: 0", "runs: out of bounds (given 0); allowed: 1 to 10,000,000 runs"),
        ("runs: 20", "runs: 10000001", "runs: out of bounds (given 10000001)"),
        ("months: 24", "months: -24", "months: out of bounds (given -24); allowed: 1 to 1,200 months"),
        ("seed: 7", "seed: -1", "seed: out of bounds (given -1); allowed: 0 to 18,446,744,073,709,551,615"),
        ("seed: 7", f"seed: {2**64}", f"seed: out of bounds (given {2**64})"),
        ("seen: 0.2", "seen: 1.5", "battery_seen: out of bounds (given 1.5); allowed: 0 to 1 chance a month"),
        (
            "budget: 300",
            "budget: -1",
            "budget: out of bounds (given -1); allowed: 0 to 1,000,000,000 US$ m a year",
        ),
        (
            "{north: 2}",
            "{north: 1001}",
            "deployed.north: out of bounds (given 1001); allowed: 0 to 1,000 batteries",
        ),
    ],
)
def test_a_number_out_of_bounds_is_told_with_its_bounds(
    problems: Problems, old: str, new: str, said: str
) -> None:
    (problem,) = problems(change(old, new))
    assert said in problem


def test_a_number_that_must_be_above_a_limit_says_so(problems: Problems) -> None:
    (problem,) = problems(change("doctrines:", "doctrines:\n  hedge: {spread: 0}"))
    assert (
        "doctrines.hedge.spread: out of bounds (given 0); allowed: above 0 and at most 1,000,000 missiles"
        in problem
    )


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf", ".NaN", "+.Inf"])
def test_a_number_that_is_not_finite_is_refused(problems: Problems, number: str) -> None:
    (problem,) = problems(change("seen: 0.2", f"seen: {number}"))
    assert "watching.battery_seen: needs a finite number (given " in problem


@pytest.mark.parametrize("number", ["1e400", "-1e400", f"{'9' * 5000}.5"])
def test_a_number_no_computer_holds_is_told_once(problems: Problems, number: str) -> None:
    (problem,) = problems(change("months: 24", f"months: {number}"))
    assert "months: too large for a number" in problem
    assert len(problem) < 200


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000])
def test_a_number_of_thousands_of_digits_is_told_once(problems: Problems, number: str) -> None:
    (problem,) = problems(change("months: 24", f"months: {number}"))
    assert f"months: a number of {len(number):,} digits; at most 30 digits" in problem


@pytest.mark.parametrize("month", ["2020-13", "2020-1", "2020-00", "2020-01-01", "0999-01", "January", '""'])
def test_what_is_not_a_month_is_told_with_an_example(problems: Problems, month: str) -> None:
    (problem,) = problems(change("start: 2020-01", f"start: {month}"))
    assert "start: not a month (" in problem
    assert "as in 2020-11" in problem


@pytest.mark.parametrize(("old", "key"), [("2020-03", "events.first.month"), ("2020-06", "moratorium.from")])
@pytest.mark.parametrize("month", ["2019-12", "2022-01"])
def test_a_month_outside_the_horizon_is_told_with_the_horizon(
    problems: Problems, old: str, key: str, month: str
) -> None:
    (problem,) = problems(change(old, month))
    assert f"{key}: outside the horizon ({month}); allowed: 2020-01 to 2021-12" in problem


def test_an_entry_of_a_list_is_named_by_its_number(problems: Problems) -> None:
    (problem,) = problems(change("[red, blue]", "[red, bleu]"))
    assert "agreements.moratorium.binds (entry 2): no party 'bleu'" in problem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("region: south", "region: sout", "no region 'sout'; did you mean 'south'? there are: north, south"),
        ("{north: 2}", "{nroth: 2}", "no region 'nroth'; did you mean 'north'?"),
        ("not_first_in: [north]", "not_first_in: [nort]", "no region 'nort'; did you mean 'north'?"),
        ("regions: [south]", "regions: [west]", "no region 'west'; there are: north, south"),
        ("owner: red", "owner: rad", "no party 'rad'; did you mean 'red'? there are: red, blue"),
        ("[red, blue]", "[red, bleu]", "no party 'bleu'; did you mean 'blue'?"),
        (
            "programme: arrow",
            "programme: arow",
            "no programme 'arow'; did you mean 'arrow'? there are: arrow, bow",
        ),
        ("doctrine: mirror", "doctrine: miror", "no doctrine 'miror'; did you mean 'mirror'?"),
        ("south: hold_back", "south: hold_bakc", "no doctrine 'hold_bakc'; did you mean 'hold_back'?"),
        ("kind: launcher", "kind: lancher", "no such choice (given 'lancher'); did you mean 'launcher'?"),
        ("disputed: yes", "stage: producd", "no such choice (given 'producd'); did you mean 'produced'?"),
        ("{patience:", "{scope: globl, patience:", "did you mean 'global'? there are: regional, global"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(
    problems: Problems, old: str, new: str, said: str
) -> None:
    (problem,) = problems(change(old, new))
    assert said in problem


def test_a_misspelt_doctrine_is_told_though_there_are_no_regions(problems: Problems) -> None:
    said = problems("title: x\nstart: 2020-01\nmonths: 1\nparties: {a: {title: A, doctrine: miror}}\n")
    assert any(
        "parties.a.doctrine: no doctrine 'miror'; did you mean 'mirror'?" in problem for problem in said
    )


def test_parameters_for_a_misspelt_doctrine_are_answered_with_the_nearest(problems: Problems) -> None:
    (problem,) = problems(change("  mirror: {patience", "  mirorr: {patience"))
    assert "doctrines.mirorr: no doctrine 'mirorr' to give parameters to; did you mean 'mirror'?" in problem
    assert "one of your own needs a 'kind'" in problem


def test_a_doctrine_of_an_unknown_kind_is_answered_with_the_nearest(problems: Problems) -> None:
    (problem,) = problems(change("doctrines:", "doctrines:\n  mine: {kind: hegde}"))
    assert "doctrines.mine.kind: no such 'kind' (given 'hegde'); did you mean 'hedge'?" in problem


def test_a_doctrine_must_be_said_for_every_region(problems: Problems) -> None:
    (problem,) = problems(change("{north: hedge, south: hold_back}", "{north: hedge}"))
    assert "parties.blue.doctrine: no doctrine for south; give one name, or one for each region" in problem


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("", "events.first: 'does' is missing; there are: suspend, withdraw"),
        ("doess: deploy, ", "'does' is missing; did you mean 'does' by 'doess'? there are: suspend"),
        (
            "does: deply, ",
            "first.does: no such 'does' (given 'deply'); did you mean 'deploy'? there are: suspend",
        ),
        ("does: [deploy], ", "no such 'does' (given ['deploy']); "),
    ],
)
def test_an_event_must_say_what_it_does(problems: Problems, does: str, said: str) -> None:
    (problem,) = problems(change("does: deploy, ", does))
    assert said in problem


def test_a_field_of_another_event_is_unknown_here(problems: Problems) -> None:
    (problem,) = problems(change("region: north}", "region: north, party: red}"))
    assert "events.first.party: unknown key 'party'; " in problem
    assert "allowed: month, source, does, programme, region, batteries, announced" in problem


def test_a_field_named_like_what_the_event_does_is_unknown_too(problems: Problems) -> None:
    key, region = problems(change("region: north}", "region: nort, deploy: red}"))
    assert "events.first.region: no region 'nort'" in key
    assert "events.first.deploy: unknown key 'deploy'" in region


def test_there_are_exactly_two_parties(problems: Problems) -> None:
    third = "  green: {title: Green, doctrine: mirror}\ndoctrines:"
    (problem,) = problems(change("doctrines:", third))
    assert "parties: holds 3: red, blue, green; allowed: exactly 2" in problem
    (problem,) = problems("title: x\nstart: 2020-01\nmonths: 1\nregions: {a: {title: A}}\nparties: {}\n")
    assert "parties: holds 0; allowed: exactly 2" in problem


def test_a_misspelt_party_of_a_child_is_answered_with_the_nearest(problems: Problems, put: Put) -> None:
    put()
    (problem,) = problems("extends: world.yaml\nparties: {bleu: {doctrine: hedge}}\n", name="child.yaml")
    said = "parties: holds 3: red, blue, bleu; allowed: exactly 2; did you mean 'blue'?"
    assert problem == f"child.yaml:2:1: {said}"


def test_a_moratorium_covers_at_least_one_region(problems: Problems) -> None:
    (problem,) = problems(change("regions: [south]", "regions: []"))
    assert "moratorium.regions: holds 0; allowed: at least 1" in problem


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[red, blue]", "[red, red]", "agreements.moratorium.binds"),
        ("regions: [south]", "regions: [south, south]", "agreements.moratorium.regions"),
        ("in: [north]", "in: [north, south, north]", "parties.red.pledge.not_first_in"),
        ("regions: [north]", "regions: [north, north]", "programmes.arrow.regions"),
    ],
)
def test_a_list_names_everything_once(problems: Problems, old: str, new: str, key: str) -> None:
    (problem,) = problems(change(old, new))
    assert f"{key}: in the list more than once: " in problem


def test_batteries_stand_only_where_their_programme_can(problems: Problems) -> None:
    said = problems(change("deployed: {north: 2}", "deployed: {south: 2}"))
    assert len(said) == 1
    assert "programmes.arrow.deployed: the programme cannot stand in south; its regions are: north" in said[0]


@pytest.mark.parametrize("does", ["deploy", "remove"])
def test_an_event_moves_a_programme_only_where_it_can_stand(problems: Problems, does: str) -> None:
    moved = f"does: {does}, month: 2020-03, programme: arrow, region: south"
    (problem,) = problems(change("does: deploy, month: 2020-03, programme: arrow, region: north", moved))
    assert "events.first.region: the programme cannot stand in south; its regions are: north" in problem


PATIENCE = "{value: 0.3, range: [0.1, 0.6], source: report}"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            "{value: 0.9, range: [0.1, 0.6]}",
            "the value lies outside its own range (given 0.9); from 0.1 to 0.6",
        ),
        (
            "{value: 0.3, range: [0.1, 1.6]}",
            "range: the range reaches too far (given 0.1 to 1.6); allowed: 0 to 1",
        ),
        ("{value: 0.3, range: [-1, 0.6]}", "range: the range reaches too far (given -1 to 0.6)"),
        (
            "{value: 0.3, range: [0.6, 0.1]}",
            "range: not a range (given [0.6, 0.1]); two numbers, the low end",
        ),
        ("{value: 0.3, range: 0.6}", "range: not a range (given 0.6)"),
        ("{value: 0.3, range: [0.1]}", "range: not a range (given [0.1])"),
        ("{value: 0.3, range: [0.1, high]}", "range: not a range (given [0.1, 'high'])"),
        ("{value: 0.3, range: [0, .inf]}", "range: not a range (given [0, inf])"),
        ("{value: 0.3, range: [0, 1e400]}", "range (entry 2): too large for a number (given 1e400)"),
        ("{value: 1e400, range: [0, 1]}", "patience.value: too large for a number (given 1e400)"),
        ("{value: often, range: [0, 1]}", "patience: needs a number (given 'often')"),
        (
            "{value: 0.3, source: repotr}",
            "source: no source 'repotr'; did you mean 'report'? there are: report",
        ),
        ("{value: 0.3, source: [report]}", "source: no source ['report']"),
        (
            "{value: 0.3, rnage: [0, 1]}",
            "unknown key 'rnage'; did you mean 'range'? allowed: value, range, source",
        ),
        (
            "{range: [0, 1]}",
            "with its range, write {value: 0.3, range: [0.1, 0.6], source: a key of sources}",
        ),
    ],
)
def test_a_range_or_source_that_is_off_is_told(problems: Problems, note: str, said: str) -> None:
    (problem,) = problems(change(PATIENCE, note))
    assert said in problem
    assert "doctrines.mirror.patience" in problem


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("title: Fort", "title: {value: Fort, range: [1, 2]}", "sites.fort.title"),
        ("disputed: yes", "disputed: {value: yes, source: report}", "programmes.arrow.disputed"),
        ("start: 2020-01", "start: {value: 2020-01, source: report}", "start"),
        ("[red, blue]", "{value: [red, blue], source: report}", "agreements.moratorium.binds"),
    ],
)
def test_what_is_not_a_quantity_takes_no_range_or_source(
    problems: Problems, old: str, new: str, key: str
) -> None:
    assert any(
        f"{key}: takes no range or source; a plain value" in said for said in problems(change(old, new))
    )


def test_a_number_may_carry_any_part_of_a_note(load: Load) -> None:
    path = ("doctrines", "mirror", "patience")
    assert load(change(PATIENCE, "{value: 0.3}")).notes[path].range is None
    assert load(change(PATIENCE, "{value: 0.3, range: [0, 1]}")).notes[path].source is None
    assert load(change(PATIENCE, "{value: 0.3, source: assumption}")).notes[path].source == "assumption"
    assert path not in load(change(PATIENCE, "0.3")).notes


def test_a_key_called_value_at_the_top_is_an_unknown_key(problems: Problems) -> None:
    (problem,) = problems(f"{WORLD}value: 3\n")
    assert "value: unknown key 'value'" in problem
