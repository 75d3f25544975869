"""Long-run restraint of two alike under noise, against the Markov chain of their rules (repeated games).

One region, one battery a side, no delay: a month is a round of the game. The rules are written down here
once more, for one pair of players; the chain runs over what both did and remember.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from verifsim.outcomes.base import has_missiles

WORLD = """
    months: 400
    ensemble: {{runs: 400}}
    parties: {{red: {{doctrine: {kind}, slips: {slips}}}, blue: {{doctrine: {kind}, slips: {slips}}}}}
    doctrines: {{{kind}: {{patience: 1, openly: {openly}, {rest}}}}}
    programmes: {{arrow: {{regions: [north]}}, bow: {{regions: [north]}}}}
    watching: {{battery_seen: {seen}, false_alarm: {false}}}
    believing: {{reference_missiles: 10}}
"""
BURN_IN = 100

Memory = tuple[bool, ...]
Rule = Callable[[bool, bool, Memory, bool], tuple[bool, Memory]]
"""(own act, the other's as seen, memory, a toss) to what is meant, and the memory after."""


def mirror(own: bool, seen: bool, memory: Memory, toss: bool) -> tuple[bool, Memory]:
    return seen, memory


def generous(own: bool, seen: bool, memory: Memory, toss: bool) -> tuple[bool, Memory]:
    return seen and not toss, memory


def grim(own: bool, seen: bool, memory: Memory, toss: bool) -> tuple[bool, Memory]:
    provoked = memory[0] or seen
    return provoked, (provoked,)


def contrite(own: bool, seen: bool, memory: Memory, toss: bool) -> tuple[bool, Memory]:
    own_bad, other_bad = memory
    own_now = own and not (other_bad and not own_bad)
    other_now = seen and not (own_bad and not other_bad)
    return other_now and not own_now, (own_now, other_now)


RULES: dict[str, tuple[Rule, int]] = {
    "mirror": (mirror, 0),
    "generous_mirror": (generous, 0),
    "grim_trigger": (grim, 1),
    "contrite_mirror": (contrite, 2),
}


def long_run_hold(
    rule: Rule, size: int, *, slip: float = 0.0, misread: float = 0.0, toss: float = 0.0
) -> float:
    """How often each holds back in the long run, by the chain's stationary distribution from mutual restraint."""
    memories = list(product((False, True), repeat=size))
    states = list(product((False, True), (False, True), memories, memories))
    index = {state: n for n, state in enumerate(states)}
    step = np.zeros((len(states), len(states)))
    noises = [slip, slip, misread, misread, toss, toss]
    for state in states:
        red, blue, red_memory, blue_memory = state
        for bits in product((False, True), repeat=6):
            chance = np.prod([p if bit else 1 - p for p, bit in zip(noises, bits, strict=True)])
            if chance == 0.0:
                continue
            means_red, memory_red = rule(red, blue ^ bits[2], red_memory, bits[4])
            means_blue, memory_blue = rule(blue, red ^ bits[3], blue_memory, bits[5])
            after = (means_red ^ bits[0], means_blue ^ bits[1], memory_red, memory_blue)
            step[index[state], index[after]] += chance
    now = np.zeros(len(states))
    now[index[(False, False, memories[0], memories[0])]] = 1.0
    for _ in range(BURN_IN):
        now = now @ step
    share = [now := now @ step for _ in range(300)]
    holds = np.array([not state[0] for state in states])
    return float(np.mean([distribution @ holds for distribution in share]))


def simulated(simulate, kind: str, *, slip: float = 0.0, misread: float = 0.0, rest: str = "") -> np.ndarray:
    """How often red held back, by run, after the burn-in."""
    world = WORLD.format(
        kind=kind,
        slips=slip,
        openly="no" if misread else "yes",
        seen=1 - misread / (1 - misread) if misread else 1,
        false=misread,
        rest=rest,
    )
    held = ~has_missiles(simulate(world).ds).sel(party="red", region="north").transpose("run", "month").values
    return held[:, BURN_IN:].mean(axis=1)


CASES = [
    (kind, noise, rate, rest, toss)
    for kind, rest, toss in (
        ("mirror", "", 0.0),
        ("generous_mirror", "forgives: 0.3", 0.3),
        ("grim_trigger", "", 0.0),
        ("contrite_mirror", "", 0.0),
    )
    for noise, rate in (("slip", 0.05), ("misread", 0.05))
]


@pytest.mark.parametrize(("kind", "noise", "rate", "rest", "toss"), CASES)
def test_restraint_in_the_long_run_is_that_of_the_markov_chain(simulate, kind, noise, rate, rest, toss):
    held = simulated(simulate, kind, rest=rest, **{noise: rate})
    expected = long_run_hold(*RULES[kind], toss=toss, **{noise: rate})
    error, months = held.std(ddof=1) / np.sqrt(held.size), held.size * 300
    assert abs(held.mean() - expected) < 4 * error + 4 / months, "and what is rarer than once is not seen"


def test_slips_are_what_the_literature_says():
    """Molander 1985, Wu & Axelrod 1995: a slip halves restraint among mirrors; generosity and contrition mend it."""
    few = {kind: long_run_hold(*RULES[kind], slip=0.01, toss=0.3) for kind in RULES}
    assert few["mirror"] == pytest.approx(0.5, abs=0.15)
    assert few["grim_trigger"] < 0.1
    assert few["generous_mirror"] > 0.9
    assert few["contrite_mirror"] > 0.95


def test_contrition_does_not_mend_what_was_misread_and_generosity_does():
    """Boerlijst, Nowak & Sigmund 1997: contrition needs both to agree on who was at fault."""
    few = {kind: long_run_hold(*RULES[kind], misread=0.01, toss=0.3) for kind in RULES}
    assert few["generous_mirror"] > 0.9 > 0.7 > few["contrite_mirror"]


def test_nobody_slips_changes_no_bit(simulate):
    without, with_it = (
        simulate(
            "parties: {red: {slips: 0}}",
            "events.d={month: 2020-03, does: deploy, programme: bow, region: north}",
        ).ds,
        simulate("", "events.d={month: 2020-03, does: deploy, programme: bow, region: north}").ds,
    )
    for name in without.data_vars:
        np.testing.assert_array_equal(without[name].values, with_it[name].values)


QUANTAL = """
    ensemble: {runs: 4000}
    months: 12
    parties: {red: {doctrine: expected_utility}, blue: {doctrine: hold_back}}
    programmes: {arrow: {regions: [north]}}
    doctrines:
      expected_utility: {payoffs: {only_own: 1, both_hold: 2}, precision: 1.5, missiles: 10}
"""


def test_quantal_response_deploys_as_often_as_its_logit_says(simulate):
    """Nothing announced, nothing believed: the gain is 1 - 2, and the chance 1 / (1 + exp(1.5))."""
    ds = simulate(QUANTAL, "doctrines.expected_utility.reconsiders=1").ds
    has = has_missiles(ds).sel(party="red", region="north").transpose("run", "month").values
    p = 1 / (1 + np.exp(1.5))
    assert abs(has.mean() - p) < 4 * np.sqrt(p * (1 - p) / has.size)


def test_quantal_response_is_sticky(simulate):
    ds = simulate(QUANTAL, "doctrines.expected_utility.reconsiders=0.2", "months=60").ds
    has = has_missiles(ds).sel(party="red", region="north").transpose("run", "month").values[:, 30:]
    p = 1 / (1 + np.exp(1.5))
    left, at = has[:, :-1] & ~has[:, 1:], has[:, :-1]
    expected, share = 0.2 * (1 - p), left.sum() / at.sum()
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / at.sum())
