"""The table of a comparison: a row for each scenario and outcome, against the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from verifsim.comparison.intervals import (
    CONFIDENCE,
    FEW,
    Difference,
    chances,
    is_share,
    known_pairs,
    mean_difference,
    share_difference,
)
from verifsim.comparison.sides import Side, one_scenario
from verifsim.errors import UsageError, did_you_mean, names
from verifsim.outcomes import OUTCOMES

DECLARED = {outcome.name: outcome for outcome in OUTCOMES}


def check_names(wanted: Sequence[str] | None) -> None:
    """Refuse what is no outcome of any scenario, before anything runs.

    Raises
    ------
    UsageError
        For the first name whose part before the first dot is no outcome.
    """
    for name in wanted or ():
        if name.split(".")[0] not in DECLARED:
            near = did_you_mean(name.split(".")[0], DECLARED)
            raise UsageError(f"no outcome '{name}'; {near}there are: {names(DECLARED)}")


def columns(sides: Sequence[Side], wanted: Sequence[str] | None = None) -> list[str]:
    """The outcomes that are looked at: those wanted, or those that answer a question and the headlines.

    Of these, those that the reference and another have; what is spoken of first comes first.

    A name without a party or region stands for all of them.

    Raises
    ------
    UsageError
        If a wanted one is not there.
    """
    check_names(wanted)
    if wanted is not None and not wanted:
        raise UsageError("no outcome to look at; leave outcomes out to look at the headlines")
    others = {name for side in sides[1:] for name in side.outcomes}
    shared = [str(name) for name in sides[0].outcomes if name in others]
    if wanted is None:
        first = [name for side in sides for name in side.spoken_of_first if name in shared]
        headlines = [name for name in shared if DECLARED[name.split(".")[0]].headline]
        return list(dict.fromkeys([*first, *headlines]))
    for name in wanted:
        if name not in shared and not any(there.split(".")[0] == name for there in shared):
            who = f"'{sides[0].name}' and another scenario"
            raise UsageError(
                f"no outcome '{name}' in {who}; {did_you_mean(name, shared)}both have: {names(shared)}"
            )
    return [name for name in shared if name in wanted or name.split(".")[0] in wanted]


def table(sides: Sequence[Side], looked_at: Sequence[str], confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Each scenario but the reference, which comes first, against it, outcome by outcome.

    Returns
    -------
    Rows by (scenario, outcome). ``value`` and ``reference`` are means over the ``n`` pairs in which both have
    a meaning, so that ``difference`` is theirs; ``low`` and ``high`` its interval;
    ``beyond_chance``, whether it differs from 0 when it is considered how many rows were looked at
    (Bonferroni); ``chance_better``, with the ends of its interval, ``chance_same`` and ``chance_worse``,
    shares of pairs, nan where neither direction is better; ``differ``, how many pairs are not the same;
    ``too_few``, whether these are too few for an interval of a mean to be trusted; ``asked``, whether it
    answers the question of one of them; ``unit``, ``better`` and ``headline`` as declared.
    """
    rows = [(side, name) for side in sides[1:] for name in looked_at if name in side.outcomes]
    levels = confidence, simultaneous(len(rows), confidence)
    same = {side.name: one_scenario(sides[0], side) for side in sides[1:]}
    found = [_row(side, sides[0], name, levels, same=same[side.name]) for side, name in rows]
    index = pd.MultiIndex.from_tuples([(s.name, n) for s, n in rows], names=["scenario", "outcome"])
    return pd.DataFrame(found, index=index)


def simultaneous(n_rows: int, confidence: float = CONFIDENCE) -> float:
    """The level of each of so many intervals at which all hold at once at a confidence (Bonferroni)."""
    return 1.0 - (1.0 - confidence) / max(n_rows, 1)


def difference(side: Side, reference: Side, name: str, confidence: float = CONFIDENCE) -> Difference:
    """The difference of one outcome, by the method that suits it; exactly 0 between a scenario and itself."""
    of, against = side.outcomes[name], reference.outcomes[name]
    if one_scenario(reference, side):
        return Difference(0.0, 0.0, 0.0, len(known_pairs(of, against)[0]), 0)
    method = share_difference if happens_or_not(side, reference, name) else mean_difference
    return method(of, against, confidence)


def happens_or_not(side: Side, reference: Side, name: str) -> bool:
    """Whether an outcome is the share of runs in which something happened."""
    is_unit = DECLARED[name.split(".")[0]].unit == "share"
    return is_unit and is_share(side.outcomes[name], reference.outcomes[name])


def _row(
    side: Side, reference: Side, name: str, levels: tuple[float, float], *, same: bool
) -> dict[str, object]:
    outcome = DECLARED[name.split(".")[0]]
    of, against = side.outcomes[name], reference.outcomes[name]
    found, wide = (difference(side, reference, name, c) for c in levels)
    values = [float(known.mean()) if known.size else np.nan for known in known_pairs(of, against)]
    too_few = 0 < found.differ < FEW and not happens_or_not(side, reference, name)
    beyond = bool(wide.low > 0.0 or wide.high < 0.0) and not too_few
    return (
        {"value": values[0], "reference": values[1]}
        | {"difference": found.difference, "low": found.low, "high": found.high, "beyond_chance": beyond}
        | _luck(of, against, outcome.better, same=same)
        | {"n": found.n, "differ": found.differ, "too_few": too_few}
        | {"asked": name in (*side.asked, *reference.asked)}
        | {"unit": outcome.unit, "better": outcome.better, "headline": outcome.headline}
    )


def _luck(of: pd.Series, against: pd.Series, better: str, *, same: bool) -> dict[str, float]:
    """How often it does better, worse or the same on the same luck; nan where neither direction is better."""
    found = chances(-of, -against) if better == "lower" else chances(of, against)
    ends = (0.0, 0.0) if same else (found.more_low, found.more_high)
    shown = (found.more, *ends, found.less) if better != "neither" else [np.nan] * 4
    keys = ("chance_better", "chance_better_low", "chance_better_high", "chance_worse")
    return dict(zip(keys, shown, strict=True)) | {"chance_same": found.same}
