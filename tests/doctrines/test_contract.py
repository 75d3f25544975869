"""What every doctrine keeps to, whatever it sees: the shipped ones do, and what does not is told."""

from __future__ import annotations

import dataclasses
import random
import re
from typing import ClassVar, Literal

import numpy as np
import pytest

from verifsim.doctrines import CATALOGUE, Decision, Doctrine, Draw, Part, Reason, View, because, quantity
from verifsim.doctrines.base import OF_PARTY
from verifsim.testing import REGIONS, RUNS, check_doctrine, draw, everywhere, mixed, view

AT_ONCE = {"launchers_least": 0.0, "launchers_most": 1.0, "missiles": 32.0, "leaves": 0.5}
COMBINED = [
    CATALOGUE["counter_china"](**AT_ONCE),
    CATALOGUE["counter_china"](**AT_ONCE, scope="global", openly=False, as_exercise=True),
    CATALOGUE["mirror"](scope="global", disputed_counts=True, latent_counts=True, exercises_count=False),
    CATALOGUE["forward_deploy"](missiles=32.0, as_exercise=True),
    CATALOGUE["covert_deploy"](missiles=32.0, begins=0.5, at_site=0.5, refuses=0.5),
    CATALOGUE["hedge"](at_most=0.8, even_at=50.0, spread=10.0, withdraws_below=5.0),
    CATALOGUE["generous_mirror"](patience=0.3, forgives=0.4),
    CATALOGUE["expected_utility"](
        payoffs={"both_hold": 3.0, "only_own": 4.0, "only_other": -5.0},
        precision=0.7,
        reconsiders=0.3,
        missiles=20.0,
    ),
]
"""What shows only where several parameters are set at once."""


@pytest.mark.parametrize("kind", CATALOGUE)
def test_a_shipped_doctrine_keeps_to_what_every_doctrine_must(kind):
    check_doctrine(CATALOGUE[kind])


@pytest.mark.parametrize("doctrine", COMBINED, ids=lambda d: d.kind)
def test_it_does_so_with_several_parameters_set_at_once(doctrine):
    check_doctrine(doctrine, at_bounds=False)


# Negative controls: without them, nobody knows that the check can fail


class Fine(Doctrine):
    """Does what the other does."""

    source: ClassVar[str] = "assumption"
    matches: float = quantity(1.0, "missiles", low=0, high=100)
    """How many for each."""

    def decide(self, view: View, draw: Draw) -> Decision:
        wanted = view.announced * self.matches
        return Decision.of(view, wanted=wanted, reason=Reason.ANNOUNCED_DEPLOYMENT, accept=wanted <= 0)


def test_what_is_fine_passes_as_class_and_as_instance():
    check_doctrine(Fine)
    check_doctrine(Fine(matches=3.0))


def wrong(decide, doctrine: type[Doctrine] = Fine) -> str:
    """What is said of a doctrine that decides otherwise."""
    broken = type(
        "Fine", (doctrine,), {"decide": decide, "__doc__": "Decides otherwise.", "source": "assumption"}
    )
    with pytest.raises(AssertionError) as raised:
        check_doctrine(broken)
    return str(raised.value)


def whole(view: View, **changes) -> Decision:
    return dataclasses.replace(Fine().decide(view, draw()), **changes)


MALFORMED = [
    (lambda s, v, d: None, "decide gives nothing, and must give a Decision"),
    (lambda s, v, d: (v.wanted, v.belief), "decide gives a tuple"),
    (lambda s, v, d: whole(v, wanted=3.0), "wanted is a float, and must be an array (region, run)"),
    (lambda s, v, d: whole(v, wanted=np.zeros(3)), "wanted has the shape (3,), and must have (2, 64)"),
    (lambda s, v, d: whole(v, wanted=np.zeros(v.belief.shape, int)), "wanted holds int64, and must hold float64"),
    (lambda s, v, d: whole(v, develop=np.ones(v.belief.shape, bool)), "develop has the shape (2, 64)"),
    (lambda s, v, d: whole(v, accept=v.belief), "accept holds float64, and must hold bool"),
    (lambda s, v, d: whole(v, remember=v.belief * np.nan), "remember is nan in places"),
    (lambda s, v, d: whole(v, wanted=v.wanted - 2), "wanted is negative in places (as -2), and must be 0 or more"),
    (lambda s, v, d: whole(v, reason=np.full(v.belief.shape, 99, np.int8)), "reason is 99 in places"),
    (lambda s, v, d: whole(v, reason=np.full(v.belief.shape, -1, np.int8)), "reason is -1 in places"),
    (lambda s, v, d: whole(v, reason=because(Reason.SLIP, v.announced > 0)), "only the world can tell"),
    (lambda s, v, d: whole(v, reason=np.zeros(v.belief.shape, np.int8)), "missiles are wanted without a reason"),
    (lambda s, v, d: whole(v, reason=np.ones(v.belief.shape, np.int8)), "a reason is given where nothing is wanted"),
    (lambda s, v, d: Decision.of(v, wanted=np.zeros(5), reason=Reason.NONE), "ValueError: wanted has the shape (5,)"),
    (lambda s, v, d: Decision.of(v, wanted=0, reason=Reason.NONE, acept=True), "a decision has no acept"),
]  # fmt: skip


@pytest.mark.parametrize(("decide", "said"), MALFORMED, ids=lambda x: x if isinstance(x, str) else "")
def test_a_malformed_decision_is_told(decide, said):
    assert said in wrong(decide)


def test_a_failure_is_told_with_the_line_of_the_authors_code():
    def decide(self, view, draw):
        return 1 / 0

    line = decide.__code__.co_firstlineno + 1
    assert f"it fails with ZeroDivisionError: division by zero ({__file__}:{line})" in wrong(decide)


def test_what_is_written_to_the_view_is_told():
    def decide(self, view, draw):
        view.remembered[:] += 1
        return Fine.decide(self, view, draw)

    assert "it writes to its view (remembered)" in wrong(decide)


def test_luck_of_its_own_is_told():
    def from_numpy(self, view, draw):
        return whole(view, accept=np.random.random(view.belief.shape) < 0.5)  # noqa: NPY002

    def from_python(self, view, draw):
        return whole(view, suspend=np.full(view.belief.shape[1], random.random() < 0.5))

    def from_a_generator(self, view, draw):
        return whole(view, accept=np.random.default_rng().random(view.belief.shape) < 0.5)

    for decide in (from_numpy, from_python):
        assert "it draws luck of its own" in wrong(decide)
    assert "decides otherwise (accept); luck comes from draw" in wrong(from_a_generator)


def test_what_it_keeps_to_itself_from_one_call_to_the_next_is_told():
    seen = []

    def decide(self, view, draw):
        seen.append(view)
        return whole(view, refuse=np.full(view.belief.shape, len(seen) % 2 == 0))

    assert "asked again with the same view and luck, it decides otherwise (refuse)" in wrong(decide)


def test_a_run_that_is_decided_on_other_runs_is_told():
    def mean(self, view, draw):
        return whole(view, accept=view.belief > view.belief.mean())

    def seeded(self, view, draw):
        return whole(view, accept=np.random.default_rng(1).random(view.belief.shape) < 0.5)

    def number(self, view, draw):
        return whole(view, accept=np.full(view.belief.shape, view.belief.shape[1] > 30))

    for decide in (mean, seeded, number):
        assert "depends on other runs, or on how many there are (accept)" in wrong(decide)


def test_a_doctrine_that_needs_many_runs_is_told():
    def decide(self, view, draw):
        return whole(view, accept=np.zeros(view.belief.shape, bool) | (view.belief[:, [30]] < 0))

    said = wrong(decide)
    assert "with fewer runs: it fails with IndexError" in said
    assert "with one run alone: it fails with IndexError" in said


def test_china_where_it_is_not_is_told():
    def launchers(self, view, draw):
        return whole(view, accept=np.broadcast_to(view.china_launchers > 1, view.belief.shape))

    def reason(self, view, draw):
        return whole(view, reason=because(Reason.CHINA, view.announced > 0))

    assert "China's launchers change what it decides where China is in no region (accept)" in wrong(launchers)
    assert "it gives China as its reason where China is in no region" in wrong(reason)


class Inner(Part):
    """A part of its own."""

    share: float = quantity(0.5, "share", low=0, high=1)
    """A share."""


class Outer(Fine):
    """Has a part."""

    source: ClassVar[str] = "assumption"
    inner: Inner = Inner()
    """The part."""


def test_a_number_for_each_run_must_do():
    def branches(self, view, draw):
        return whole(view, accept=np.full(view.belief.shape, bool(self.matches > 2)))

    def branches_inside(self, view, draw):
        return whole(view, accept=np.full(view.belief.shape, self.inner.share == 0.5))

    def by_region(self, view, draw):
        return whole(view, accept=np.full(view.belief.shape, np.ndim(self.matches) > 0))

    def of_all_runs(self, view, draw):
        return whole(view, accept=np.broadcast_to(view.belief * 10 < np.max(self.matches), view.belief.shape))

    assert "with matches an array over runs: it fails with ValueError: The truth value" in wrong(branches)
    assert "with matches an array over runs, it does not take each run's own (accept)" in wrong(by_region)
    assert "with matches an array over runs, it does not take each run's own (accept)" in wrong(of_all_runs)
    check_doctrine(
        type("Outer", (Outer,), {"decide": branches_inside, "__doc__": "A.", "source": "assumption"})
    )


class Counting(Fine):
    """Counts months."""

    source: ClassVar[str] = "assumption"
    months: int = quantity(3, "months", low=1, high=100)
    """How many."""


def test_a_whole_number_for_each_run_must_do_too():
    def counts(self, view, draw):
        return whole(view, accept=np.full(view.belief.shape, len(range(self.months)) > 2))

    counting = type("Counting", (Counting,), {"decide": counts, "__doc__": "A.", "source": "assumption"})
    with pytest.raises(AssertionError, match="with months an array over runs: it fails with TypeError"):
        check_doctrine(counting)


def test_parameters_are_tried_at_their_bounds_those_of_parts_too():
    def at_most(self, view, draw):
        assert self.matches < 100.0
        return whole(view)

    def at_least(self, view, draw):
        assert np.all(self.inner.share > 0.0)
        return whole(view)

    assert "[matches = 100.0; on a view of 0 missiles, nothing true, belief 0]" in wrong(at_most)
    assert "[inner.share = 0.0;" in wrong(at_least, Outer)


def test_each_thing_wrong_is_told_once_and_all_at_once():
    def decide(self, view, draw):
        random.random()
        view.wanted[:] = -1.0
        return whole(view, wanted=view.wanted)

    said = wrong(decide)
    assert said.startswith("fine: 4 things are wrong\n- ")
    assert len(said.splitlines()) == 5
    assert len(re.findall("wanted is negative", said)) == 1


def test_words_are_wanted_of_what_is_published_and_not_of_a_notebook():
    class Silent(Doctrine):
        number: float = 1.0

        def decide(self, view: View, draw: Draw) -> Decision:
            return Decision.of(view, wanted=0, reason=Reason.NONE)

    with pytest.raises(AssertionError) as raised:
        check_doctrine(Silent)
    assert "title" in str(raised.value)
    assert "source" in str(raised.value)
    assert "number has no docstring" in str(raised.value)
    Silent.__module__ = "__main__"
    check_doctrine(Silent)


def test_what_is_no_doctrine_or_cannot_be_made_is_told():
    class Needs(Fine):
        months: float

    class Empty(Doctrine):
        pass

    class Mirror(Fine):
        kind: Literal["mirror"] = "mirror"

    for given, said in (
        (Needs, r"cannot be made without parameters \(months\); .* check_doctrine\(Needs\(months=…\)\)"),
        (Empty, "has no decide"),
        (int, "no class that inherits"),
        (3, "no class that inherits"),
        (Mirror, "a doctrine 'mirror' ships with verifsim"),
    ):
        with pytest.raises(AssertionError, match=said):
            check_doctrine(given)
    with pytest.raises(AssertionError, match="source"):
        check_doctrine(Needs(months=1.0))


# What a doctrine is given, for tests of one's own


def test_a_view_is_calm_but_for_what_is_given():
    seen = view(announced=16, offered=True)
    assert (seen.announced == 16.0).all()
    assert seen.announced.shape == (len(REGIONS), RUNS)
    assert seen.offered.all()
    assert not seen.belief.any()
    with pytest.raises(TypeError, match="a view has no anounced"):
        view(anounced=16)


def test_all_views_have_the_shapes_and_dtypes_of_a_view():
    for seen in (view(), everywhere(3.0, True, 0.5), mixed()):
        for name, value in vars(seen).items():
            if name == "month":
                continue
            of_run = name.startswith("other_") or name in (
                "produced",
                "offer_is_verified",
                "trust_sways",
                "china_launchers",
            )
            assert value.shape == ((RUNS,) if of_run else (len(REGIONS), RUNS)), name
            is_mask = View.__annotations__[name] == "Mask"
            assert value.dtype == (np.bool_ if is_mask else np.float64), name


def test_the_check_knows_every_field_of_a_decision():
    by_region = {"undeclared", "at_site", "refuse", "as_exercise", "accept", "leave_treaty"}
    assert {f.name for f in dataclasses.fields(Decision)} == {
        "wanted",
        "reason",
        "remember",
        *by_region,
        *OF_PARTY,
    }
