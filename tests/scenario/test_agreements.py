"""Agreements, who offers them, and China: what they ask of other parts of the file."""

from __future__ import annotations

import pytest

from tests.scenario.conftest import WORLD, Load, Problems, Put, change

AGREED = "agreements:\n  moratorium: {binds: [red, blue], regions: [south], from: 2020-06}\n"
CHINA = "china: {region: south, concerned_by: [red], launchers: 72}\n"


def agreed(said: str, text: str = WORLD) -> str:
    return change("from: 2020-06}", f"from: 2020-06, {said}}}", text)


def of_red(said: str, text: str = WORLD) -> str:
    return change("    title: Red\n", f"    title: Red\n    {said}\n", text)


def happening(said: str, text: str = WORLD) -> str:
    return change("events:\n", f"events:\n  it: {{month: 2020-04, {said}}}\n", text)


OFFER = "does: offer, party: red, agreement: moratorum"


# Agreements


def test_there_may_be_several_agreements_under_names_of_their_own(load: Load) -> None:
    other = "  later: {binds: [blue], regions: [north], from: 2020-07}\n"
    agreements = load(change(AGREED, AGREED + other)).scenario.agreements
    assert {name: agreement.from_month for name, agreement in agreements.items()} == {
        "moratorium": "2020-06",
        "later": "2020-07",
    }


@pytest.mark.parametrize("offered", ["by nobody", "by event", "in talks"])
def test_an_agreement_without_a_month_needs_somebody_to_offer_it(
    load: Load, problems: Problems, offered: str
) -> None:
    text = AGREED.replace(", from: 2020-06", "")
    if offered == "by event":
        text = change(AGREED, text, happening("does: offer, party: red, agreement: moratorium"))
    else:
        text = change(AGREED, text, of_red("talks: {offers: moratorium}") if offered == "in talks" else WORLD)
    if offered == "by nobody":
        (problem,) = problems(text)
        assert (
            "agreements.moratorium: comes into force never: it has no month, and nobody offers it" in problem
        )
    else:
        assert load(text).scenario.agreements["moratorium"].from_month is None


def test_there_may_be_ten_agreements_and_not_eleven(load: Load, problems: Problems) -> None:
    ten = "".join(f"  number_{n}: {{binds: [red], regions: [north], from: 2020-02}}\n" for n in range(10))
    assert len(load(change(AGREED, f"agreements:\n{ten}")).scenario.agreements) == 10
    (problem,) = problems(change(AGREED, AGREED + ten))
    assert "agreements: holds 11: moratorium, number_0" in problem
    assert "number_9; allowed: 0 to 10" in problem


def test_a_disputed_programme_may_be_moved_out(load: Load) -> None:
    moratorium = load(agreed("moves_out: {arrow: {months: 6}}")).scenario.agreements["moratorium"]
    assert moratorium.moves_out["arrow"].months == 6


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("arow", "arow: no programme 'arow'; did you mean 'arrow'? there are: arrow, bow"),
        ("bow", "bow: no disputed programme 'bow'; there are: arrow"),
    ],
)
def test_only_a_disputed_programme_is_moved_out(problems: Problems, name: str, said: str) -> None:
    (problem,) = problems(agreed(f"moves_out: {{{name}: {{months: 6}}}}"))
    assert problem.endswith(f"agreements.moratorium.moves_out.{said}")


def test_where_nothing_is_disputed_it_says_so(problems: Problems) -> None:
    (problem,) = problems(agreed("moves_out: {arrow: {months: 6}}", change(", disputed: yes", "")))
    assert problem.endswith("no disputed programme 'arrow'; there are none")


@pytest.mark.parametrize(
    ("old", "new"),
    [("disputed: yes", "disputed: maybe"), ("  arrow: {owner: red, ", "  arrow: 3\n  dart: {owner: red, ")],
)
def test_of_a_programme_that_is_wrong_itself_no_more_is_said(problems: Problems, old: str, new: str) -> None:
    text = agreed("moves_out: {arrow: {months: 6}}", change(old, new))
    (problem,) = problems(change("programme: arrow, region: north", "programme: bow, region: north", text))
    assert "programmes.arrow" in problem


def test_a_programme_of_a_party_that_is_not_bound_is_not_moved_out(problems: Problems) -> None:
    text = change("title: Bow}", "title: Bow, disputed: yes}")
    text = agreed("moves_out: {bow: {}, arrow: {months: 6}}", change("[red, blue]", "[blue]", text))
    (problem,) = problems(text)
    assert problem.endswith(
        "agreements.moratorium.moves_out: the moratorium does not bind red, who owns arrow; it binds: blue"
    )


# Offers


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (happening(OFFER), "events.it.agreement"),
        (of_red("talks: {offers: moratorum}"), "parties.red.talks.offers"),
    ],
    ids=["event", "party"],
)
def test_an_offer_of_an_agreement_there_is_not(problems: Problems, text: str, place: str) -> None:
    (problem,) = problems(text)
    assert problem.endswith(
        f"{place}: no agreement 'moratorum'; did you mean 'moratorium'? there are: moratorium"
    )
    (problem,) = problems(change(AGREED, "", text))
    assert problem.endswith(f"{place}: no agreement 'moratorum'; there are none")


def test_several_agreements_are_not_written_as_one_offer(problems: Problems) -> None:
    (problem,) = problems(of_red("talks: {offers: [moratorium]}"))
    assert problem.endswith("offers: needs text (given ['moratorium']); one text, without '[' or '-'")


def test_an_agreement_that_enters_into_force_by_itself_may_be_offered_too(load: Load) -> None:
    text = happening("does: offer, party: blue, agreement: moratorium")
    scenario = load(of_red("talks: {starts: yes, offers: moratorium}", text)).scenario
    assert scenario.agreements["moratorium"].from_month == "2020-06"
    assert scenario.parties["red"].talks.starts is True


def test_talks_are_not_started_with_nothing_to_offer(problems: Problems) -> None:
    (problem,) = problems(of_red("talks: {starts: yes}"))
    assert problem.endswith(
        "parties.red.talks: talks are started with nothing to offer; "
        "name an agreement in offers (there are: moratorium), or leave starts out"
    )


def test_one_who_does_not_start_talks_needs_nothing_to_offer(load: Load) -> None:
    assert load(of_red("talks: {starts: no}")).scenario.parties["red"].talks.offers is None


@pytest.mark.parametrize("talks", ["", "talks: {after_shock: 0.5}"])
def test_nor_does_an_event_start_them(problems: Problems, talks: str) -> None:
    (problem,) = problems(of_red(talks, happening("does: start_talks, party: red")))
    assert problem.endswith(
        "events.it.party: red has nothing to offer; "
        "name an agreement in parties.red.talks.offers (there are: moratorium)"
    )


def test_an_event_starts_talks_of_a_party_with_an_offer(load: Load) -> None:
    text = happening("does: start_talks, party: red")
    assert "it" in load(of_red("talks: {offers: moratorium}", text)).scenario.events


# China


def test_china_is_not_asked_where_there_is_none(load: Load, problems: Problems) -> None:
    (problem,) = problems(agreed("with_china: yes"))
    assert problem.endswith(
        "agreements.moratorium.with_china: there is no china to be asked; "
        "add the section china, or leave with_china out"
    )
    assert load(agreed("with_china: no")).scenario.china is None
    assert load(agreed("with_china: yes") + CHINA).scenario.agreements["moratorium"].with_china is True


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("south", "suoth", "china.region: no region 'suoth'; did you mean 'south'? there are: north, south"),
        (
            "[red]",
            "[blue, rde]",
            "china.concerned_by (entry 2): no party 'rde'; did you mean 'red'? there are: red, blue",
        ),
        ("[red]", "[red, red]", "china.concerned_by: in the list more than once: red; each name once"),
        ("72", "-1", "china.launchers: out of bounds (given -1); allowed: 0 to 100,000 launchers"),
        ("region: south, ", "", "china.region: 'region' is missing; Where it is"),
    ],
)
def test_what_china_is_asked_for_is_checked(problems: Problems, old: str, new: str, said: str) -> None:
    (problem,) = problems(WORLD + change(old, new, CHINA))
    assert problem.endswith(said)


# Hosts


def test_hosts_are_those_of_a_region(problems: Problems) -> None:
    (problem,) = problems(of_red("host_consent: {nroth: {months: 3}}"))
    assert problem.endswith(
        "parties.red.host_consent.nroth: no region 'nroth'; did you mean 'north'? there are: north, south"
    )


# All at once, and without the parent


def test_all_problems_are_told_at_once_in_the_order_of_the_file(problems: Problems) -> None:
    text = of_red("talks: {starts: yes}", agreed("with_china: yes, moves_out: {bow: {}}", happening(OFFER)))
    places = [problem.split(": ")[1] for problem in problems(text)]
    assert places == [
        "parties.red.talks",
        "agreements.moratorium.with_china",
        "agreements.moratorium.moves_out.bow",
        "events.it.agreement",
    ]


def test_without_the_parent_nothing_is_said_of_what_may_stand_in_it(problems: Problems, put: Put) -> None:
    put("title: [")
    (problem,) = problems(
        "extends: world.yaml\n"
        "parties: {red: {talks: {starts: yes}}, blue: {talks: {offers: moratorium}}}\n"
        "programmes: {arrow: {true_range: {least: 1, likeliest: 2, most: 3}}}\n"
        "agreements: {own: {binds: [red], with_china: yes, moves_out: {arrow: {}}}}\n"
        "events:\n"
        "  one: {does: start_talks, month: 2020-03, party: blue}\n"
        "  two: {does: start_talks, month: 2020-03, party: red}\n"
        "  three: {does: offer, month: 2020-03, party: red, agreement: moratorium}\n",
        name="child.yaml",
    )
    assert problem.startswith("world.yaml:1:")


def test_a_child_may_remove_what_an_offer_needs_and_is_told_so(problems: Problems, put: Put) -> None:
    put(of_red("talks: {starts: yes, offers: moratorium}"))
    (problem,) = problems("extends: world.yaml\nparties: {red: {talks: {offers: none}}}\n", name="child.yaml")
    assert "parties.red.talks: talks are started with nothing to offer" in problem
