"""Doctrines of the caller's own, for a notebook: given to one run, known to no other, and blamed by name."""

from __future__ import annotations

import linecache
import types
import warnings
from collections.abc import Callable
from textwrap import dedent
from typing import Literal

import numpy as np
import pytest

import verifsim as vs
from tests.conftest import SMALL_WORLD
from verifsim.doctrines import CATALOGUE, Decision, Doctrine, Part, Reason, View, quantity
from verifsim.ensemble import simulate_ensemble
from verifsim.errors import DoctrineError, ScenarioError, UsageError
from verifsim.scenario import scenario_from
from verifsim.scenario.text import parse
from verifsim.scenario.write import resolved_data


class Shares(Part):
    north: float = quantity(0.0, "share", low=0, high=1)
    south: float = quantity(0.0, "share", low=0, high=1)


class Settled(Doctrine):
    """Wants the same number everywhere."""

    missiles: float = quantity(10.0, "missiles a region", low=0, high=100)
    shares: Shares = Shares()

    def decide(self, view: View, draw: vs.Draw) -> Decision:
        return Decision.of(view, wanted=self.missiles, reason=Reason.OWN_PLAN, produce=True)


USED = {"parties.red.doctrine": "settled"}


@pytest.fixture
def world(write):
    return write()


def at_end(study: vs.Study) -> set[int]:
    return set(study.ds.deployed_announced.sel(party="red").isel(month=-1).values.ravel().tolist())


# Given to a run


def test_a_class_is_used_by_its_name(world):
    assert at_end(vs.run(world, doctrines=[Settled], settings=USED)) == {10}


def test_an_instance_brings_its_parameters(world):
    assert at_end(vs.run(world, doctrines=[Settled(missiles=20)], settings=USED)) == {20}


def test_the_file_goes_before_what_an_instance_brings_and_settings_before_the_file(write):
    path = write(
        "parties: {red: {doctrine: settled}}\ndoctrines: {settled: {missiles: 20, shares: {north: 0.5}}}"
    )
    own = Settled(missiles=30, shares=Shares(north=0.1, south=0.2))
    by_file = vs.load_scenario(path, doctrines=[own]).scenario.doctrines["settled"]
    assert (by_file.missiles, by_file.shares) == (20.0, Shares(north=0.5, south=0.2))
    by_setting = vs.load_scenario(path, ["doctrines.settled.missiles=10"], doctrines=[own])
    assert by_setting.scenario.doctrines["settled"].missiles == 10.0
    other_name = ["parties.red.doctrine=mine", "doctrines.mine={kind: settled, shares: {north: 0.3}}"]
    mine = vs.load_scenario(path, other_name, doctrines=[own]).scenario.doctrines["mine"]
    assert (mine.missiles, mine.shares) == (30.0, Shares(north=0.3, south=0.2))


def test_a_shipped_class_may_be_given_too(world):
    file = vs.load_scenario(world, doctrines=[CATALOGUE["mirror"](patience=0.25)])
    assert file.scenario.doctrines["mirror"].patience == 0.25


def test_what_is_given_and_not_used_leaves_no_trace(world):
    assert "settled" not in vs.load_scenario(world, doctrines=[Settled(missiles=20)]).scenario.doctrines


def test_it_is_known_to_that_load_alone(world):
    vs.run(world, runs=2, doctrines=[Settled], settings=USED)
    with pytest.raises(ScenarioError, match=r"parties\.red.doctrine: no doctrine 'settled'; there are"):
        vs.run(world, runs=2, settings=USED)
    with pytest.raises(
        ScenarioError, match=r"doctrines\.settled: no doctrine 'settled' to give parameters to"
    ):
        vs.load_scenario(world, ["doctrines={settled: {missiles: 3}}"])


def test_the_resolved_scenario_runs_again_with_the_class_and_says_what_it_needs_without(world, tmp_path):
    study = vs.run(world, runs=5, doctrines=[Settled(missiles=20)], settings=USED)
    text = study.ds.attrs["scenario"]
    assert "settled:\n    kind: settled\n    missiles: 20.0\n" in text
    assert f"# Needs the doctrine settled (class {__name__}.Settled).\n" in text
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    again = vs.run(tmp_path / "again.yaml", doctrines=[Settled])
    np.testing.assert_array_equal(again.ds.deployed_announced, study.ds.deployed_announced)
    with pytest.raises(
        ScenarioError, match=r"no doctrine 'settled' is known here; .* give its class, as in vs\.run"
    ):
        vs.load_scenario(tmp_path / "again.yaml")


def test_plain_data_takes_them_too():
    data = parse(SMALL_WORLD.encode(), "small").data | {"doctrines": {"settled": {"missiles": 3}}}
    file = scenario_from(data, doctrines=[Settled])
    assert file.scenario.doctrines["settled"].missiles == 3.0
    assert resolved_data(file)["doctrines"]["settled"]["missiles"] == 3.0


def test_a_class_may_be_defined_again_in_the_next_cell(world):
    cell = """
        from verifsim.doctrines import Decision, Doctrine, Reason, quantity
        class Rule(Doctrine):
            \"""Wants some.\"""
            missiles: float = quantity({missiles}, "missiles")
            def decide(self, view, draw):
                return Decision.of(view, wanted=self.missiles, reason=Reason.OWN_PLAN, produce=True)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for missiles in (10, 20):
            notebook = {"__name__": "__main__"}
            exec(dedent(cell).format(missiles=missiles), notebook)
            study = vs.run(
                world, runs=3, doctrines=[notebook["Rule"]], settings={"parties.red.doctrine": "rule"}
            )
            assert at_end(study) == {missiles}
    assert "# Needs the doctrine rule (your class Rule).\n" in study.ds.attrs["scenario"]


def test_what_is_no_doctrine_is_refused_with_a_sentence(world):
    class Empty(Doctrine):
        pass

    class Mirror(Settled):
        kind: Literal["mirror"] = "mirror"

    class Odd(Settled):
        kind: Literal["Not a name"] = "Not a name"

    for given, said in (
        (Settled, r"needs a list of classes or instances, as in \[CoolOff\]"),
        (Settled(), "needs a list of classes or instances"),
        (None, "needs a list of classes or instances"),
        (["settled"], "'settled' is no class that inherits from verifsim.doctrines.Doctrine"),
        ([int], "no class that inherits"),
        ([Empty], "the class Empty has no decide"),
        ([Mirror], "'mirror' ships with verifsim; give Mirror another kind"),
        ([Odd], "'Not a name' is not a name"),
        ([Settled, Settled(missiles=3)], "two are named 'settled'"),
    ):
        with pytest.raises(UsageError, match=said):
            vs.load_scenario(world, doctrines=given)
    with pytest.raises(UsageError, match="doctrines go with a file"):
        vs.run(vs.load_scenario(world), doctrines=[Settled])


def test_it_goes_before_a_packages_of_that_name(install, world):
    install("settlers", "raise RuntimeError", settled="Settled")
    assert vs.load_scenario(world, ["parties.red.doctrine=settled"], doctrines=[Settled])


# Written with pleasure


def test_a_class_is_called_as_it_says_or_as_its_name_in_small_letters():
    class CoolOff(Settled):
        pass

    class HTTPWait2(Settled):
        pass

    class _Private(Settled):
        pass

    class Otherwise(Settled):
        kind: Literal["by_another_name"] = "by_another_name"

    class Plain(Settled):
        kind: str = "plain_text"

    names = [each().kind for each in (CoolOff, HTTPWait2, _Private, Otherwise, Plain)]
    assert names == ["cool_off", "http_wait2", "private", "by_another_name", "plain_text"]
    assert list(CoolOff.model_fields) == ["kind", "missiles", "shares"]


def test_title_and_source_have_sensible_defaults_and_are_not_inherited():
    class Child(Settled):
        """Waits, e.g. for long.

        And more.
        """

        title = "waits"

    class Silent(CATALOGUE["mirror"]):
        pass

    assert (Settled.title, Settled.source) == ("Wants the same number everywhere", "not stated")
    assert (Child.title, Silent.title, Silent.source) == ("waits", "", "not stated")


def test_a_decision_is_put_together_out_of_plain_values_and_of_arrays():
    from verifsim.testing import view

    seen = view()
    shape, n = seen.belief.shape, seen.belief.shape[1]
    somewhere = np.arange(n) % 2
    decision = Decision.of(seen, wanted=somewhere, reason=Reason.OWN_PLAN, remember=3, accept=True)
    assert decision.wanted.dtype == np.float64
    assert decision.wanted.shape == decision.reason.shape == decision.remember.shape == shape
    assert np.array_equal(decision.reason == Reason.OWN_PLAN, decision.wanted > 0)
    assert (decision.remember == 3.0).all()
    exact = np.full(shape, 5.0)
    assert Decision.of(seen, wanted=exact, reason=decision.reason).wanted is exact
    with pytest.raises(ValueError, match=r"remember has the shape \(3,\), and needs \(2, 64\)"):
        Decision.of(seen, wanted=0, reason=Reason.NONE, remember=np.zeros(3))


def test_all_that_an_author_needs_comes_from_one_place():
    import verifsim.doctrines as one_place

    for name in (
        "Doctrine",
        "View",
        "Decision",
        "Reason",
        "because",
        "chance",
        "quantity",
        "Draw",
        "YesNo",
        "Part",
    ):
        assert hasattr(one_place, name), name
        assert name in one_place.__all__
    for name in ("Doctrine", "View", "Decision", "Reason", "Draw", "DoctrineError"):
        assert name in dir(vs)
        assert getattr(vs, name)


# Blamed by name

Failing = Callable[..., str]


@pytest.fixture
def failing(world) -> Failing:
    """What is said of a doctrine that decides otherwise in the fifth month."""

    def failing(otherwise, **settings) -> str:
        class Faulty(Settled):
            def decide(self, view, draw):
                return otherwise(view) if view.month == 4 else super().decide(view, draw)

        with pytest.raises(DoctrineError) as raised:
            vs.run(world, doctrines=[Faulty], settings={"parties.red.doctrine": "faulty"} | settings)
        assert raised.value.exit_code == 1
        assert isinstance(raised.value, vs.VerifsimError)
        return str(raised.value)

    return failing


def fine(view: View, **changes) -> Decision:
    return Decision.of(view, **{"wanted": 1.0, "reason": Reason.OWN_PLAN} | changes)


def test_an_exception_is_told_with_month_party_and_the_authors_line(failing):
    def otherwise(view):
        return np.zeros(3) + np.zeros(4)

    line = otherwise.__code__.co_firstlineno + 1
    assert failing(otherwise) == (
        f"changed: the doctrine 'faulty' (class {__name__}.Faulty), asked by red in 2020-05, failed with "
        f"ValueError: operands could not be broadcast together with shapes (3,) (4,) ({__file__}:{line})"
    )


def test_the_exception_itself_stays_at_hand(world):
    class Faulty(Settled):
        def decide(self, view, draw):
            raise KeyError("a")

    with pytest.raises(DoctrineError) as raised:
        vs.run(world, doctrines=[Faulty], settings={"parties.red.doctrine": "faulty"})
    assert isinstance(raised.value.__cause__, KeyError)


def test_of_what_verifsim_raises_the_authors_line_is_told(world):
    class Faulty(CATALOGUE["mirror"]):
        def _standing(self, view):
            return view.standing(disputed=np.ones(3, bool), exercises=True, latent=True)

    line = Faulty._standing.__code__.co_firstlineno + 1
    with pytest.raises(DoctrineError) as raised:
        vs.run(world, doctrines=[Faulty], settings={"parties.red.doctrine": "faulty"})
    assert str(raised.value).endswith(f"({__file__}:{line})")


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        (lambda view: None, "decide gives nothing, and must give a Decision"),
        (lambda view: fine(view, wanted=np.nan), "wanted is nan in places, and must be a finite number"),
        (lambda view: fine(view, wanted=-1.0, reason=Reason.NONE), "wanted is negative in places (as -1)"),
        (lambda view: fine(view, reason=np.full(view.belief.shape, 77, np.int8)), "reason is 77 in places, which is no Reason"),
        (lambda view: fine(view, reason=np.ones(view.belief.shape)), "reason holds float64, and must hold int8"),
        (lambda view: fine(view, accept=view.belief), "accept holds float64, and must hold bool"),
        (lambda view: fine(view, reason=np.zeros(3, np.int8)), "reason has the shape (3,), and must have (2, 200)"),
    ],
)  # fmt: skip
def test_a_malformed_decision_is_told(failing, otherwise, said):
    message = failing(otherwise)
    assert "asked by red in 2020-05, decided what cannot be carried out: " in message
    assert said in message


def test_all_that_is_malformed_is_told_at_once(failing):
    said = failing(lambda view: fine(view, accept=view.belief, refuse=view.belief))
    assert "refuse holds float64" in said
    assert "accept holds float64" in said


def test_what_a_party_knows_cannot_be_written_to(failing):
    def otherwise(view):
        view.wanted[:] = 3.0
        return fine(view)

    assert "ValueError: assignment destination is read-only" in failing(otherwise)


def test_a_failure_in_a_later_chunk_of_runs_is_told_as_well(world):
    class Faulty(Settled):
        def decide(self, view, draw):
            return 1 / 0 if view.belief.shape[1] == 20 else super().decide(view, draw)

    file = vs.load_scenario(world, ["parties.red.doctrine=faulty", "ensemble.runs=100"], doctrines=[Faulty])
    with pytest.raises(DoctrineError, match="ZeroDivisionError"):
        simulate_ensemble(file, chunk=40)


def test_of_code_in_no_file_the_line_itself_is_told(world):
    code = "def decide(self, view, draw):\n    return view.nothing\n"
    linecache.cache["<cell 3>"] = (len(code), None, code.splitlines(keepends=True), "<cell 3>")
    notebook = {"__name__": "__main__"}
    exec(compile(code, "<cell 3>", "exec"), notebook)
    rule = types.new_class("Rule", (Settled,), exec_body=lambda body: body.update(notebook))
    with pytest.raises(DoctrineError, match=r"no attribute 'nothing' \(line 2: return view.nothing\)"):
        vs.run(world, doctrines=[rule], settings={"parties.red.doctrine": "rule"})


def test_one_that_ships_is_not_checked(monkeypatch, world):
    def never(*arguments):
        raise AssertionError("checked")

    monkeypatch.setattr("verifsim.model.asking.what_is_wrong", never)
    monkeypatch.setattr("verifsim.model.asking.locked", never)
    vs.run(world, runs=2)
    with pytest.raises(DoctrineError):
        vs.run(world, runs=2, doctrines=[Settled], settings=USED)
