"""Where a month's time goes, by the numbered steps of `World.step`."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from measuring.ensembles import scenario
from measuring.sizes import Sizes
from measuring.table import Table
from verifsim.model.world import World

WHOLE = "the whole month"
_STEPS = {
    "1. events": ("_events",),
    "2. entry into force": ("_enter_into_force",),
    "3. look": ("_look",),
    "4. inspect": ("_inspect",),
    "5. infer": ("parties", "infer"),
    "6. decide": ("parties", "decide"),
    "7. speak": ("_speak",),
    "8. act": ("_act",),
    "9. China": ("china", "watch"),
    "10. escalate": ("_escalate",),
    "11. record": ("_record",),
    WHOLE: ("step",),
}
"""Each step, and what carries it out: a method of the world, or of what it holds."""


def by_phase(sizes: Sizes) -> Table:
    """The share of each step of the month."""
    file = scenario(sizes.many, sizes.horizon)
    repeats = [_clocked(World(file.scenario, 0, sizes.many), sizes.horizon) for _ in range(sizes.repeats)]
    found = {step: sum(map(min, zip(*(clock[step] for clock in repeats), strict=True))) for step in _STEPS}
    found["the rest"] = found[WHOLE] - sum(spent for step, spent in found.items() if step != WHOLE)
    said = (
        f"{sizes.many:,} runs of {sizes.horizon} months; of each step in each month, the best of {sizes.repeats}. "
        "What comes before the first month, and after the last, is not in here."
    )
    rows = [(step, f"{spent:.2f}", f"{100 * spent / found[WHOLE]:.0f} %") for step, spent in found.items()]
    return Table("Steps of the month", said, ("step", "seconds", "share"), rows)


def _clocked(world: World, months: int) -> dict[str, list[float]]:
    """Seconds of each step, month by month; those of several parties together."""
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0] * months)
    for step, (first, *rest) in _STEPS.items():
        owners, name = (getattr(world, first), rest[0]) if rest else (world, first)
        for owner in owners if isinstance(owners, list) else [owners]:
            setattr(owner, name, partial(_timed, getattr(owner, name), spent[step], world))
    for _ in range(months):
        world.step()
    world.close()
    return spent


def _timed(work: Callable[..., Any], spent: list[float], world: World, *arguments: Any) -> Any:
    month, start = world.month, time.process_time()
    try:
        return work(*arguments)
    finally:
        spent[month] += time.process_time() - start
