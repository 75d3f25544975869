"""What every doctrine keeps to, whatever it sees; a new doctrine inherits these tests from the catalogue."""

from __future__ import annotations

import dataclasses
from typing import get_args

import numpy as np
import pytest

from verifsim.chance import Chance, Draw
from verifsim.doctrines import CATALOGUE, Decision, Doctrine, Reason, View

REGIONS, N = ("north", "south"), 64
SHAPE = (len(REGIONS), N)
MOST_SWAY = 200.0
"""By how much trust can ever sway a chance, in log-odds: twice the largest weight that a file can give it."""


def draw(first: int = 0, n: int = N) -> Draw:
    return Draw(Chance(5, first, n), "red", REGIONS, month=3)


def view(number: float, mask: bool, belief: float) -> View:
    """The same number, mask and belief everywhere; trust sways by as much as it ever can."""
    numbers, masks, runs = np.full(SHAPE, number), np.full(SHAPE, mask), np.full(N, mask)
    return View(
        month=3,
        own=numbers,
        own_at_site=numbers.copy(),
        wanted=numbers.copy(),
        remembered=numbers.copy(),
        bound=masks,
        announced=numbers.copy(),
        disputed=numbers.copy(),
        belief=np.full(SHAPE, belief),
        exercising=numbers.copy(),
        latent=numbers.copy(),
        assumed=numbers * 2.5,
        offered=masks.copy(),
        offer_is_verified=runs,
        trust_sways=np.full(N, MOST_SWAY * (2.0 * belief - 1.0)),
        china_launchers=np.full(N, number),
        china_is_there=masks.copy(),
        other_suspended=runs.copy(),
        other_develops=runs.copy(),
        other_produces=runs.copy(),
    )


def mixed_view() -> View:
    """Everything at once, different in each run and region."""
    u = Chance(9, 0, N)
    real = {
        name: u.each(name, REGIONS) * 100
        for name in ("own", "own_at_site", "wanted", "announced", "disputed", "latent", "assumed")
    }
    for name in ("announced", "wanted", "disputed", "latent"):
        real[name] = np.where(real[name] < 50, 0.0, real[name])
    masks = {name: u.each(name, REGIONS) < 0.5 for name in ("bound", "offered", "china_is_there")}
    of_party = ("offer_is_verified", "other_suspended", "other_develops", "other_produces")
    return View(
        month=3,
        belief=u.each("belief", REGIONS),
        remembered=np.floor(u.each("remembered", REGIONS) * 4.0),
        exercising=real["announced"] * (u.each("exercising", REGIONS) < 0.5),
        trust_sways=4.0 * u.uniform("trust_sways") - 2.0,
        china_launchers=u.uniform("china_launchers") * 2.0,
        **real,
        **masks,
        **{name: u.uniform(name) < 0.5 for name in of_party},
    )


EXTREMES = [
    view(number, mask, belief)
    for number in (0.0, 1.0, 1e6)
    for mask in (False, True)
    for belief in (0.0, 1e-9, 0.5, 1.0)
] + [mixed_view()]


def variants() -> list[Doctrine]:
    """Every doctrine as it stands, with each number at its bounds, and with each choice made otherwise."""
    found: list[Doctrine] = []
    for doctrine in CATALOGUE.values():
        found.append(doctrine())
        for name, field in doctrine.model_fields.items():
            values = (0.0, 1e-9, 1.0, 1e6) if field.annotation is float else ()
            values = (not field.default,) if field.annotation is bool else values
            values = get_args(field.annotation) if name == "scope" else values
            for value in values:
                try:
                    found.append(doctrine(**{name: value}))
                except ValueError:
                    continue  # out of its bounds
    return [*found, *COMBINED]


AT_ONCE = {"launchers_least": 0.0, "launchers_most": 1.0, "missiles": 32.0, "leaves": 0.5}
COMBINED = [
    CATALOGUE["counter_china"](**AT_ONCE),
    CATALOGUE["counter_china"](**AT_ONCE, scope="global", openly=False, as_exercise=True),
    CATALOGUE["mirror"](scope="global", disputed_counts=True, latent_counts=True, exercises_count=False),
    CATALOGUE["forward_deploy"](missiles=32.0, as_exercise=True),
]
"""What shows only where several parameters are set at once."""


@pytest.fixture(
    params=variants(),
    ids=lambda d: " ".join(f"{k}={v}" for k, v in d.model_dump(exclude_defaults=True).items()) or d.kind,
)
def doctrine(request) -> Doctrine:
    return request.param


BY_REGION = ("undeclared", "at_site", "refuse", "as_exercise", "accept", "leave_treaty")
OF_PARTY = ("develop", "produce", "suspend")


def test_a_decision_is_well_formed(doctrine):
    for seen in EXTREMES:
        check_a_decision_is_well_formed(doctrine, seen)


def check_a_decision_is_well_formed(doctrine, seen):
    decision = doctrine.decide(seen, draw())
    assert decision.wanted.shape == SHAPE
    assert np.isfinite(decision.wanted).all()
    assert (decision.wanted >= 0).all()
    assert decision.remember.shape == SHAPE
    assert np.isfinite(decision.remember).all()
    assert decision.reason.shape == SHAPE
    assert decision.reason.dtype == np.int8
    assert set(np.unique(decision.reason)) <= set(Reason)
    for name in BY_REGION:
        assert getattr(decision, name).shape == SHAPE, name
        assert getattr(decision, name).dtype == np.bool_, name
    for name in OF_PARTY:
        assert getattr(decision, name).shape == (N,), name
        assert getattr(decision, name).dtype == np.bool_, name


def test_the_contract_knows_every_field_of_a_decision():
    assert {f.name for f in dataclasses.fields(Decision)} == {
        "wanted",
        "reason",
        "remember",
        *BY_REGION,
        *OF_PARTY,
    }


def test_what_is_wanted_has_a_reason_and_what_is_not_has_none(doctrine):
    for seen in EXTREMES:
        check_what_is_wanted_has_a_reason_and_what_is_not_has_none(doctrine, seen)


def check_what_is_wanted_has_a_reason_and_what_is_not_has_none(doctrine, seen):
    decision = doctrine.decide(seen, draw())
    assert ((decision.reason != Reason.NONE) == (decision.wanted > 0)).all()
    assert not np.isin(decision.reason, [Reason.EVENT, Reason.FALSE_ALARM]).any(), "only the world can tell"


def test_a_doctrine_leaves_its_view_as_it_was(doctrine):
    for seen in EXTREMES:
        check_a_doctrine_leaves_its_view_as_it_was(doctrine, seen)


def check_a_doctrine_leaves_its_view_as_it_was(doctrine, seen):
    before = {f.name: np.copy(getattr(seen, f.name)) for f in dataclasses.fields(View)}
    doctrine.decide(seen, draw())
    for name, value in before.items():
        assert np.array_equal(getattr(seen, name), value), name


def part_of(whole: object, runs: slice) -> dict[str, np.ndarray]:
    fields = dataclasses.fields(whole)
    return {f.name: v[..., runs] for f in fields if isinstance(v := getattr(whole, f.name), np.ndarray)}


def test_a_run_is_decided_on_what_that_run_shows(doctrine):
    seen, runs = mixed_view(), slice(20, 40)
    whole = doctrine.decide(seen, draw())
    part = doctrine.decide(View(month=3, **part_of(seen, runs)), draw(first=20, n=20))
    for name, value in part_of(part, slice(None)).items():
        assert np.array_equal(value, part_of(whole, runs)[name]), name


def test_the_same_view_and_luck_give_the_same_decision(doctrine):
    one, again = (doctrine.decide(mixed_view(), draw()) for _ in range(2))
    for name, value in part_of(one, slice(None)).items():
        assert np.array_equal(value, getattr(again, name)), name


def test_a_doctrine_leaves_china_alone_where_china_is_not(doctrine):
    for seen in EXTREMES:
        nowhere = dataclasses.replace(seen, china_is_there=np.zeros(SHAPE, dtype=bool))
        few = dataclasses.replace(nowhere, china_launchers=np.zeros(N))
        decided, decided_of_few = (doctrine.decide(view, draw()) for view in (nowhere, few))
        assert not (decided.reason == Reason.CHINA).any()
        for name, value in part_of(decided, slice(None)).items():
            assert np.array_equal(value, getattr(decided_of_few, name)), name


def test_every_doctrine_says_what_it_does_and_who_said_so(doctrine):
    assert doctrine.title
    assert doctrine.source
    for name, field in type(doctrine).model_fields.items():
        assert name == "kind" or field.description, f"{name} has no docstring"


def test_the_contract_notices_a_doctrine_that_breaks_it():
    """A negative control: without it, nobody knows that the tests above can fail."""

    class Forgetful(Doctrine):
        kind: str = "forgetful"

        def decide(self, view: View, draw: Draw) -> Decision:
            view.wanted[:] = -1.0
            return Decision.of(view, wanted=view.wanted, reason=np.zeros(SHAPE, dtype=np.int8))

    with pytest.raises(AssertionError):
        check_a_decision_is_well_formed(Forgetful(), view(1.0, True, 0.5))
    with pytest.raises(AssertionError):
        check_a_doctrine_leaves_its_view_as_it_was(Forgetful(), view(1.0, True, 0.5))
