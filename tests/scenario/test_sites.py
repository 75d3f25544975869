"""Sites: which may be inspected, and at which something may be hidden."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import Load, Problems, Put, change

INSPECTED = "from: 2020-06, inspections: {sites: [fort]}}"
EVENT = "does: deploy, month: 2020-03, programme: arrow, region: north"
KEEP = "  keep: {owner: red, region: north, title: Keep, kind: canister}\nwatching:"


def test_a_site_in_the_regions_of_the_moratorium_may_be_inspected(load: Load) -> None:
    moratorium = load(change("from: 2020-06}", INSPECTED)).scenario.agreements["moratorium"]
    assert moratorium.inspections is not None
    assert moratorium.inspections.sites == ["fort"]


def test_a_site_that_there_is_not_is_answered_with_the_nearest(problems: Problems) -> None:
    (problem,) = problems(change("from: 2020-06}", INSPECTED.replace("fort", "frot")))
    assert "inspections.sites (entry 1): no site 'frot'; did you mean 'fort'? there are: fort" in problem


def test_a_site_outside_the_regions_of_the_moratorium_is_refused(problems: Problems) -> None:
    text = change("from: 2020-06}", INSPECTED)
    (problem,) = problems(change("regions: [south], from", "regions: [north], from", text))
    assert problem.endswith(
        "agreements.moratorium.inspections: the site fort lies in south, which the moratorium does not "
        "cover; it covers: north"
    )


def hidden(said: str, sites: str = KEEP) -> str:
    return change(EVENT, f"{EVENT}{said}", change("watching:", sites))


def test_batteries_may_be_hidden_at_a_site_of_their_owner(load: Load) -> None:
    assert load(hidden(", announced: no, at_site: yes")).scenario.events["first"].at_site is True


@pytest.mark.parametrize("announced", [", announced: yes", ""])
def test_what_is_announced_is_not_hidden_at_a_site(problems: Problems, announced: str) -> None:
    (problem,) = problems(hidden(f"{announced}, at_site: yes"))
    assert problem.endswith(
        "events.first.at_site: what is announced is not hidden at a site; "
        "write 'announced: no', or leave at_site out"
    )


@pytest.mark.parametrize(
    "sites",
    ["watching:", KEEP.replace("red", "blue"), KEEP.replace("north", "south")],
    ids=["none", "blue", "south"],
)
def test_batteries_hide_at_a_site_only_where_their_owner_has_one(problems: Problems, sites: str) -> None:
    (problem,) = problems(hidden(", announced: no, at_site: yes", sites))
    assert "events.first.at_site: red has no declared site in north to hide at; add one to sites" in problem


def test_without_the_parent_nothing_is_said_of_its_sites(problems: Problems, put: Put) -> None:
    put("title: [")
    child = (
        "extends: world.yaml\nevents: {e: {month: 2020-03, does: deploy, programme: arrow, region: north, "
        "announced: no, at_site: yes}}\nparties: {red: {doctrine: {mirror: 0.3}}}\n"
    )
    (problem,) = problems(child, name="child.yaml")
    assert problem.startswith("world.yaml:1:")
