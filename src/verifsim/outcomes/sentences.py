"""What came out, in a few plain sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from verifsim.codes import Ended
from verifsim.ladder import FIRST_DEPLOYMENT, RUNGS
from verifsim.outcomes import escalation
from verifsim.outcomes.base import region_in_question
from verifsim.outcomes.by_month import by_month
from verifsim.outcomes.columns import columns
from verifsim.outcomes.fates import Fate, fate
from verifsim.outcomes.first_moves import First, first_deployment
from verifsim.results import n_runs


def sentences(ds: xr.Dataset) -> tuple[str, ...]:
    """Say who held back and who moved first in the region in question, and how it ended.

    How it ended is the fate of every agreement that was ever agreed, how far it went in all regions, and
    how often a crisis got out of control, if it did.
    """
    region, fates = region_in_question(ds), {str(name): fate(ds, str(name)) for name in ds.agreement.values}
    first, of_world = first_deployment(ds, region), columns(ds, escalation.OUTCOMES)
    lost = float(np.mean(of_world["uncontrolled"], dtype=np.float64))
    said = [_who_held_back(ds, region, first), _who_was_first(ds, region, first)]
    said += [_agreement(ds, name, its) for name, its in fates.items() if its.agreed.any()]
    said += [_how_far(n_runs(ds), of_world["peak_rung"], of_world["final_rung"])]
    said += [_out_of_control(n_runs(ds), lost)] if lost else []
    return tuple(said)


def _out_of_control(n: int, lost: float) -> str:
    return (
        f"In {of_worlds(lost, n)} a crisis got out of control; from then on such a world counts as it stood."
    )


def of_worlds(share: float, n: int) -> str:
    """A share as so many of 100 worlds, or of n where there are fewer: ``62 of 100 worlds``."""
    return f"{_worlds(share, n)} of {_all(n)}"


def _worlds(share: float, n: int) -> str:
    """How many of 100 worlds, or of n where there are fewer.

    Never 0 for what happened, nor all for what has exceptions.
    """
    of = min(n, 100)
    count = round(share * of)
    if count == 0 < share:
        return "fewer than 1"
    if count == of and share < 1:
        return f"more than {of - 1}"
    return str(count)


def _all(n: int) -> str:
    return f"{min(n, 100)} world{'' if n == 1 else 's'}"


def _error(share: float, n: int) -> str:
    """The standard error of a share, in worlds of 100; where all runs agree, there is none to give."""
    if n < 2:
        return "a single run says nothing of chance"
    if share in (0.0, 1.0):
        return f"the same in all {n:,} runs"
    of = min(n, 100)
    return f"standard error {of * np.sqrt(share * (1 - share) / (n - 1)):.2g} of {of}"


def _place(ds: xr.Dataset, region: str) -> str:
    return str(ds.region_title.sel(region=region).item())


def _month(ds: xr.Dataset, month: int) -> str:
    return str(ds.month.isel(month=month).dt.strftime("%B %Y").item())


def _who_held_back(ds: xr.Dataset, region: str, first: First) -> str:
    n, held = n_runs(ds), float((first.month == ds.sizes["month"]).mean())
    where, when = _place(ds, region), _month(ds, -1)
    disputed = bool(by_month(ds, "disputed_sum").disputed_sum.sel(region=region).isel(month=0).any())
    beyond = ", beyond the disputed missiles that stood there from the start" if disputed else ""
    if held == 0:
        return f"In every world somebody had deployed in {where} by {when}{beyond} ({_error(held, n)})."
    return f"In {of_worlds(held, n)} nobody had deployed in {where} by {when}{beyond} ({_error(held, n)})."


def _who_was_first(ds: xr.Dataset, region: str, first: First) -> str:
    n, both = n_runs(ds), ds.sizes["party"]
    if bool((first.month == ds.sizes["month"]).all()):
        return f"Nobody was first to deploy in {_place(ds, region)}."
    said = [
        f"{title} in {_worlds(float((first.who == party).mean()), n)}"
        for party, title in enumerate(ds.party_title.values.tolist())
    ]
    secret = float(((first.who < both) & first.in_secret).mean())
    together = float((first.who == both).mean())
    said += [f"both in the same month in {_worlds(together, n)}"] if together else []
    said += [f"in secret in {_worlds(secret, n)} of these"] if secret else []
    return f"First to deploy there, of {_all(n)}: {', '.join(said)}; {_by_when(ds, first.month)}."


def _by_when(ds: xr.Dataset, first: NDArray[Any]) -> str:
    """When half of all worlds had seen a deployment; ``first`` is the horizon where none was seen."""
    middle = int(np.quantile(first, 0.5, method="lower"))
    if middle == ds.sizes["month"]:
        return "fewer than half of all worlds saw a deployment there"
    return (
        f"half of all worlds had seen it by {_month(ds, middle)}"
        if first.size > 1
        else f"it came in {_month(ds, middle)}"
    )


def _how_far(n: int, peak: NDArray[Any], final: NDArray[Any]) -> str:
    middle = RUNGS[int(np.quantile(final, 0.5, method="lower"))]
    deployed = float((peak >= FIRST_DEPLOYMENT).mean())
    top = int(peak.max())
    reached = float((peak == top).mean())
    return (
        f"Counting every region, {of_worlds(deployed, n)} saw a deployment "
        f"and the median world ended at '{middle}'; "
        f"the highest rung seen, '{RUNGS[top]}', was reached in {of_worlds(reached, n)}."
    )


def _agreement(ds: xr.Dataset, name: str, its: Fate) -> str:
    """Whether an agreement still stood at the end, and why it did not where not."""
    n = n_runs(ds)
    shares = {code: float((its.ended == code).mean()) for code in _ENDS}
    reasons = [f"{_ENDS[code]} in {_worlds(share, n)}" for code, share in shares.items() if share]
    false = float(its.left_falsely.mean())
    if false:
        mistaken = f", with nothing hidden in {_worlds(false, n)}"
        reasons = [why + mistaken * why.startswith(_ENDS[Ended.BELIEVED_BROKEN]) for why in reasons]
    said = _stood(its, n, name if ds.sizes["agreement"] > 1 else "")
    if not reasons:
        return f"{said}."
    lasted = float(its.months[its.agreed].mean())
    return f"{said}, and lasted {lasted:.0f} months on average; {', '.join(reasons)}."


def _stood(its: Fate, n: int, name: str) -> str:
    """In how many worlds it was agreed, where not in all, and in how many it still stood at the end."""
    stood, share = float(its.stood.mean()), float(its.agreed.mean())
    subject = f"agreement '{name}'" if name else "moratorium"
    if share == 1:
        return f"The {subject} still stood at the end in {of_worlds(stood, n)}"
    agreed_in = f"{'The' if name else 'A'} {subject} was agreed in {of_worlds(share, n)}"
    return f"{agreed_in}, and still stood at the end in {_worlds(stood, n)}"


_ENDS = {
    Ended.OPEN_DEPLOYMENT: "it was broken in the open",
    Ended.BELIEVED_BROKEN: "one side left it as broken",
    Ended.NOTICE_OF_LEAVING: "one side left it with notice",
    Ended.OVERTAKEN_BY_DEPLOYMENT: "deployment came before it",
}
"""Why an agreement ended, as it reads in a sentence."""
