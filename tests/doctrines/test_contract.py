"""What every doctrine keeps to, whatever it sees; a new doctrine inherits these tests from the catalogue."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from verifsim.chance import Chance, Draw
from verifsim.doctrines import CATALOGUE, Decision, Doctrine, Reason, View

REGIONS, N = ("north", "south"), 64
SHAPE = (len(REGIONS), N)


def draw(first: int = 0, n: int = N) -> Draw:
    return Draw(Chance(5, first, n), "red", REGIONS, month=3)


def view(number: float, mask: bool, belief: float) -> View:
    """The same number, mask and belief everywhere."""
    numbers, masks, runs = np.full(SHAPE, number), np.full(SHAPE, mask), np.full(N, mask)
    return View(
        month=3,
        own=numbers,
        own_at_site=numbers.copy(),
        wanted=numbers.copy(),
        bound=masks,
        announced=numbers.copy(),
        disputed=numbers.copy(),
        belief=np.full(SHAPE, belief),
        assumed=numbers * 2.5,
        other_suspended=runs,
        other_develops=runs,
        other_produces=runs,
    )


def mixed_view() -> View:
    """Everything at once, different in each run and region."""
    u = Chance(9, 0, N)
    real = {
        f.name: u.each(f.name, REGIONS) * 100
        for f in dataclasses.fields(View)
        if f.name in ("own", "own_at_site", "wanted", "announced", "disputed", "assumed")
    }
    real["announced"] = np.where(real["announced"] < 50, 0.0, real["announced"])
    real["wanted"] = np.where(real["wanted"] < 50, 0.0, real["wanted"])
    runs = {name: u.uniform(name) < 0.5 for name in ("other_suspended", "other_develops", "other_produces")}
    return View(
        month=3, belief=u.each("belief", REGIONS), bound=u.each("bound", REGIONS) < 0.5, **real, **runs
    )


EXTREMES = [
    view(number, mask, belief)
    for number in (0.0, 1.0, 1e6)
    for mask in (False, True)
    for belief in (0.0, 1e-9, 0.5, 1.0)
] + [mixed_view()]


def variants() -> list[Doctrine]:
    """Every doctrine as it stands, and with each number at its bounds."""
    found: list[Doctrine] = []
    for doctrine in CATALOGUE.values():
        found.append(doctrine())
        numbers = [name for name, field in doctrine.model_fields.items() if field.annotation is float]
        for name in numbers:
            for value in (0.0, 1e-9, 1.0, 1e6):
                try:
                    found.append(doctrine(**{name: value}))
                except ValueError:
                    continue  # out of its bounds
    return found


@pytest.fixture(
    params=variants(),
    ids=lambda d: " ".join(f"{k}={v}" for k, v in d.model_dump(exclude_defaults=True).items()) or d.kind,
)
def doctrine(request) -> Doctrine:
    return request.param


def test_a_decision_is_well_formed(doctrine):
    for seen in EXTREMES:
        check_a_decision_is_well_formed(doctrine, seen)


def check_a_decision_is_well_formed(doctrine, seen):
    decision = doctrine.decide(seen, draw())
    assert decision.wanted.shape == SHAPE
    assert np.isfinite(decision.wanted).all()
    assert (decision.wanted >= 0).all()
    assert decision.reason.shape == SHAPE
    assert set(np.unique(decision.reason)) <= set(Reason)
    for name in ("undeclared", "at_site"):
        assert getattr(decision, name).shape == SHAPE
        assert getattr(decision, name).dtype == np.bool_
    for name in ("develop", "produce", "suspend", "refuse"):
        mask = getattr(decision, name)
        assert mask.shape == (N,)
        assert mask.dtype == np.bool_


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
