"""Numbers by chance, and the chances of looks and visits."""

from __future__ import annotations

import math
from functools import cache

NEAR = 1e-9
"""Twelve twelfths are one, whatever floating point says."""


def swayed(chance: float, log_odds: float) -> float:
    """Multiply the odds of a chance (4, swayed chances)."""
    factor = math.exp(log_odds)
    return chance * factor / (1 - chance + chance * factor)


def rounded_by_chance(span: float, uniform: float) -> int:
    """Round a span of months up by chance (3, conventions on timing)."""
    whole = math.floor(span)
    return whole + (uniform < span - whole)


def alarm_chance(watching: dict[str, float], at_site: int, elsewhere: int) -> float:
    """Give the chance that a month's look raises an alarm (7.1)."""
    quiet = (1 - watching["battery_seen"]) ** elsewhere * (1 - watching["hidden_at_site_seen"]) ** at_site
    return 1 - (1 - watching["false_alarm"]) * quiet


@cache
def visit_finds(
    objects: int, opened: int, bad: int, recognised: float, false_alarm: float
) -> tuple[float, float]:
    """Give the chances that a visit finds something, and that it raises a false alarm only (7.9)."""
    missed = false = 0.0
    for k in range(min(bad, opened) + 1):
        if opened - k > objects - bad:
            continue
        chance = math.comb(bad, k) * math.comb(objects - bad, opened - k) / math.comb(objects, opened)
        chance *= (1 - recognised) ** k
        missed += chance
        false += chance * (1 - (1 - false_alarm) ** (opened - k))
    return 1 - missed, false
