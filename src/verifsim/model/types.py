"""A party's true type: each run draws, once, which of its doctrines it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from verifsim.arrays import Count, Mask, Number, Real, column, either
from verifsim.doctrines import Decision, Doctrine
from verifsim.doctrines.base import OF_PARTY

SharesByRegion = Mapping[str, Mapping[str, Number]]
"""For each region, doctrines and the chance with which a party follows each."""


def names(shares: SharesByRegion) -> tuple[str, ...]:
    """The doctrines a party may follow, in the order in which the file names them."""
    return tuple(dict.fromkeys(name for of_region in shares.values() for name in of_region))


def drawn(shares: SharesByRegion, u: Real) -> Count:
    """Which doctrine a party follows in each region, as a place in `names`, (region, run).

    Parameters
    ----------
    shares
        For each region, doctrines and their shares, which add up to 1.
    u
        Uniforms on [0, 1), (run,): one for all regions, so that a type holds everywhere.
    """
    known = names(shares)
    followed = [
        np.array([known.index(name) for name in of_region])[
            (u >= np.cumsum(column(of_region.values()), axis=0)[:-1]).sum(axis=0)
        ]
        for of_region in shares.values()
    ]
    return np.stack(followed).astype(np.int8)


def in_charge(
    shares: SharesByRegion, followed: Count, doctrines: dict[str, Doctrine]
) -> list[tuple[Doctrine, Mask, list[bool]]]:
    """Each doctrine with where it is in charge, (region, run), and in which regions it may be at all."""
    return [
        (doctrines[name], followed == number, [name in of_region for of_region in shares.values()])
        for number, name in enumerate(names(shares))
    ]


def joined(parts: list[tuple[Decision, Mask]]) -> Decision:
    """One decision out of those of several doctrines.

    In a region, the doctrine in charge of it decides; to develop, produce or suspend, one voice
    of those in charge somewhere is enough.
    """
    if len(parts) == 1:
        return parts[0][0]
    by_region = (f.name for f in fields(Decision) if f.name not in OF_PARTY)
    chosen = {name: _of_who_is_in_charge(name, parts) for name in by_region}
    somewhere = [(decision, where.any(axis=0)) for decision, where in parts]
    voices = {
        name: np.logical_or.reduce([getattr(decision, name) & where for decision, where in somewhere])
        for name in OF_PARTY
    }
    return Decision(**chosen, **voices)


def _of_who_is_in_charge(name: str, parts: list[tuple[Decision, Mask]]) -> Any:
    """One field of several decisions, (region, run): in each region and run, of the doctrine in charge."""
    (first, _), *others = parts
    result = getattr(first, name)
    for decision, where in others:
        result = either(where, getattr(decision, name), result)
    return result
