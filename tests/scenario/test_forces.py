"""Programmes and sites: true ranges, conversions, and where exercises can be held."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, change


def flying(said: str, text: str = WORLD) -> str:
    return change("deployed: {north: 2}", f"deployed: {{north: 2}}, true_range: {said}", text)


RANGE = "{least: 480, likeliest: 2000, most: 2500}"


def test_a_disputed_programme_may_have_a_true_range(load: Load) -> None:
    true_range = load(flying(RANGE)).scenario.programmes["arrow"].true_range
    assert true_range is not None
    assert (true_range.least, true_range.likeliest, true_range.most) == (480, 2000, 2500)


def test_the_figures_of_a_true_range_may_be_the_same(load: Load) -> None:
    assert load(flying("{least: 480, likeliest: 480, most: 480}")).scenario.programmes["arrow"].true_range


@pytest.mark.parametrize("figures", ["500, 480, 2500", "480, 2500, 500", "500, 490, 480"])
def test_the_figures_of_a_true_range_are_in_order(problems: Problems, figures: str) -> None:
    least, likeliest, most = figures.split(", ")
    (problem,) = problems(flying(f"{{least: {least}, likeliest: {likeliest}, most: {most}}}"))
    assert problem.endswith(
        f"programmes.arrow.true_range.most: the figures are not in order (given {figures}); "
        "the least first, then the likeliest, then the most"
    )


@pytest.mark.parametrize("disputed", ["", ", disputed: no"])
def test_only_a_disputed_programme_has_a_true_range(problems: Problems, disputed: str) -> None:
    (problem,) = problems(flying(RANGE, change(", disputed: yes", disputed)))
    assert problem.endswith(
        "programmes.arrow.true_range: only a disputed programme has a true range; "
        "write 'disputed: yes', or leave true_range out"
    )


def test_a_true_range_is_not_written_as_a_list(problems: Problems) -> None:
    (problem,) = problems(flying("[480, 2000, 2500]"))
    assert problem.endswith("true_range: needs 'key: value' entries (given [480, 2000, 2500])")


@pytest.mark.parametrize(("kind", "months"), [("mk41_cell", 3), ("launcher", 0)])
def test_months_of_conversion_at_a_site(load: Load, kind: str, months: int) -> None:
    text = change("kind: launcher", f"kind: {kind}, conversion_months: {months}")
    assert load(text).scenario.sites["fort"].conversion_months == months


@pytest.mark.parametrize("kind", ["launcher", "canister"])
def test_only_cells_are_converted(problems: Problems, kind: str) -> None:
    (problem,) = problems(change("kind: launcher", f"kind: {kind}, conversion_months: 3"))
    assert problem.endswith(
        "sites.fort.conversion_months: only the cells of an mk41_cell site are converted, "
        f"and this is a {kind}; leave conversion_months out"
    )


def test_of_a_site_of_an_unknown_kind_no_more_is_said(problems: Problems) -> None:
    (problem,) = problems(change("kind: launcher", "kind: mk14_cell, conversion_months: 3"))
    assert "no such choice (given 'mk14_cell'); did you mean 'mk41_cell'?" in problem


def test_an_exercise_is_held_where_the_programme_can_stand(load: Load, problems: Problems) -> None:
    text = change("does: deploy", "does: exercise")
    assert load(text).scenario.events["first"].region == "north"
    (problem,) = problems(change("programme: arrow, region: north", "programme: arrow, region: south", text))
    assert problem.endswith(
        "events.first.region: the programme cannot stand in south; its regions are: north"
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("does: shock_to_trust", "events.war.by: 'by' is missing; The share of their trust that they lose"),
        (
            "does: shock_to_trust, by: 2",
            "events.war.by: out of bounds (given 2); allowed: 0 to 1 share of trust",
        ),
        (
            "does: set_budget, party: red, new_missile_budget: none",
            "events.war.new_missile_budget: needs a number (given 'none'); to say nothing, leave it out; "
            "allowed: 0 to 1,000,000,000 US$ m a year",
        ),
    ],
)
def test_a_shock_or_a_budget_that_is_wrong(problems: Problems, said: str, problem: str) -> None:
    (given,) = problems(change("events:\n", f"events:\n  war: {{month: 2020-04, {said}}}\n"))
    assert given.endswith(problem)


def test_a_budget_may_be_lifted(load: Load) -> None:
    text = change("events:\n", "events:\n  war: {month: 2020-04, does: set_budget, party: red}\n")
    assert load(text).scenario.events["war"].new_missile_budget is None
