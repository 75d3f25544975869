"""`cool_off` keeps to what every doctrine must, and waits as long as it says."""

from __future__ import annotations

import numpy as np
import pytest

from verifsim.testing import check_doctrine, draw, view
from verifsim_cool_off import CoolOff


@pytest.mark.parametrize("doctrine", [CoolOff, CoolOff(months=3.0)], ids=["at once", "after three months"])
def test_it_keeps_to_what_every_doctrine_must(doctrine):
    check_doctrine(doctrine)


@pytest.mark.parametrize("months", [0.0, 1.0, 2.5, 6.0])
def test_it_answers_once_the_period_has_passed_and_begins_anew_after_a_break(months):
    rule, remembered, answered = CoolOff(months=months), np.zeros((2, 64)), []
    for announced in [16] * 8 + [0] + [16] * 8:
        seen = view(announced=announced, assumed=16, remembered=remembered)
        decision = rule.decide(seen, draw())
        remembered = decision.remember
        answered.append(bool((decision.wanted > 0).all()))
    waits = int(np.ceil(months))
    eight_months = [False] * waits + [True] * (8 - waits)
    assert answered == [*eight_months, False, *eight_months]
