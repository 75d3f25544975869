"""What a doctrine sees, what it may decide, and what all doctrines share."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from verifsim.arrays import Mask, Real
from verifsim.chance import Draw
from verifsim.parameter import Part


class Reason(IntEnum):
    """Why a party moved as it did."""

    NONE = 0
    OWN_PLAN = 1
    ANNOUNCED_DEPLOYMENT = 2
    BELIEF = 3
    FALSE_ALARM = 4  # belief, where in truth nothing was undeclared: only the world can tell
    ASSUMED_NUMBER = 5
    EVENT = 6
    BELIEF_ANYWHERE = 7
    CHINA = 8
    DISPUTED_SYSTEM = 9
    LATENT_CELLS = 10
    EXPECTED_UTILITY = 11
    SLIP = 12  # it meant to hold back: only the world can tell


Reasons = NDArray[np.int8]


@dataclass(frozen=True)
class View:
    """What a party knows when it decides: its own truth, what is announced, what it believes.

    Nothing else: the truth about the other is not in here.
    """

    month: int
    """Months since the start, from 0."""
    own: Real
    """Own missiles standing there or on their way, (region, run)."""
    own_at_site: Real
    """Those of them hidden at a declared site, or on their way there, (region, run)."""
    wanted: Real
    """Missiles it decided last month to have there, (region, run)."""
    produced: Mask
    """It decided last month to keep production lines at work, (run,)."""
    remembered: Real
    """What its doctrine chose last month to remember there, 0 at first, (region, run)."""
    bound: Mask
    """A moratorium or the treaty forbids it to deploy there, (region, run)."""
    announced: Real
    """Missiles the other has openly deployed there, (region, run)."""
    disputed: Real
    """Missiles the other has there whose standing the parties contest, (region, run)."""
    belief: Real
    """Probability that the other has undeclared missiles there, (region, run)."""
    exercising: Real
    """Those of the announced that are there for an exercise, (region, run)."""
    latent: Real
    """Missiles that the other's MK-41 cells there are taken to be good for, (region, run)."""
    assumed: Real
    """Missiles a careful planner assumes the other to have there, (region, run)."""
    offered: Mask
    """The other has put an agreement on the table that covers the region, (region, run)."""
    offer_is_verified: Mask
    """What is on the table comes with inspections, (run,)."""
    trust_sways: Real
    """Log-odds by which trust in the other sways a chance; 0 is not at all, (run,)."""
    china_launchers: Real
    """China's launchers of such missiles, (run,)."""
    china_is_there: Mask
    """China is in the region, (region, run)."""
    other_suspended: Mask
    """The other has suspended or left the treaty, (run,)."""
    other_develops: Mask
    """The other is known to develop such missiles, (run,)."""
    other_produces: Mask
    """The other is known to produce such missiles, or has openly deployed some, (run,)."""

    def standing(self, *, disputed: bool, exercises: bool, latent: bool) -> Real:
        """What of the other's stands openly there, by what is counted; missiles, (region, run)."""
        found = self.announced if exercises else self.announced - self.exercising
        found = found + self.disputed if disputed else found
        return found + self.latent if latent else found


OF_PARTY = ("develop", "produce", "suspend")
"""What a party decides once; everything else it decides region by region."""


@dataclass(frozen=True)
class Decision:
    """What a party wants: how many missiles where, and why; the world carries it out.

    Wanting fewer than stand there moves nothing; wanting none withdraws all but what an
    event has put there. A wish to deploy openly where an own pledge or moratorium stands
    ends that pledge, or gives notice of leaving, before anything moves: words before deeds.
    """

    wanted: Real
    """Missiles to have there, 0 or more; any wish is good for one battery, (region, run)."""
    reason: Reasons
    """Why, as a `Reason`, (region, run)."""
    remember: Real
    """A number of the doctrine's own, which comes back in its next `View`, (region, run)."""
    undeclared: Mask
    """Deploy without announcing it, (region, run)."""
    at_site: Mask
    """Hide what is undeclared at a declared site of one's own, if there is one, (region, run)."""
    develop: Mask
    """Start what is planned, (run,)."""
    produce: Mask
    """Keep production lines at work, (run,)."""
    suspend: Mask
    """Suspend the treaty, (run,)."""
    refuse: Mask
    """Refuse next month's visits, for the sake of this region, (region, run)."""
    as_exercise: Mask
    """Go there for an exercise while hosts have not consented to more, (region, run)."""
    accept: Mask
    """Willing to be bound there by what is on the table, (region, run)."""
    leave_treaty: Mask
    """Give notice of leaving the treaty for the sake of this region, (region, run)."""

    @classmethod
    def of(
        cls,
        view: View,
        *,
        wanted: ArrayLike,
        reason: Reasons | Reason,
        remember: ArrayLike = 0.0,
        **masks: Mask | bool,
    ) -> Decision:
        """Put a decision together out of arrays, or of plain values that hold everywhere.

        A plain reason holds wherever something is wanted. Masks that are not given are nowhere true.

        Raises
        ------
        TypeError
            For what a decision does not hold.
        ValueError
            For an array of another shape.
        """
        regional, of_party = view.belief.shape, view.belief.shape[-1:]
        shapes = {f.name: of_party if f.name in OF_PARTY else regional for f in fields(cls)[3:]}
        whole = {name: _spread(name, masks.pop(name, False), shape) for name, shape in shapes.items()}
        if masks:
            raise TypeError(f"a decision has no {', '.join(masks)}")
        wanted = _spread("wanted", wanted, regional, np.float64)
        why = because(reason, wanted > 0) if isinstance(reason, Reason) else reason
        return cls(
            wanted=wanted, reason=why, remember=_spread("remember", remember, regional, np.float64), **whole
        )


def _spread(name: str, value: ArrayLike, shape: tuple[int, ...], dtype: Any = None) -> NDArray[Any]:
    """A value over a shape; raises ValueError with its name where it does not fit."""
    if isinstance(value, bool if dtype is None else float):
        return _everywhere(value, shape)
    array = np.asarray(value, dtype)
    if array.shape == shape:
        return array
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"{name} has the shape {array.shape}, and needs {shape}") from None


@lru_cache(maxsize=64, typed=True)
def _everywhere(value: bool | float, shape: tuple[int, ...]) -> NDArray[Any]:
    """One value everywhere, in an array that nobody can write to."""
    return np.broadcast_to(np.asarray(value), shape)


class Doctrine(Part):
    """A rule by which a party decides, region by region.

    A doctrine is one small class in one file: its fields are its parameters, its
    `decide` reads like the sentence it stands for, its docstring names who said so. It
    keeps no memory of its own; what it decided last month, and chose to remember, comes
    back in the `View`.

    Its name in scenario files is its ``kind``; a class that says none is called as the class
    is, in small letters: ``CoolOff`` is ``cool_off``.
    """

    kind: str = ""
    title: ClassVar[str] = ""
    """The rule in a sentence; the head of the docstring, if not said."""
    source: ClassVar[str] = "not stated"
    """Who stated it, where and when."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Name what the class leaves unnamed; pydantic reads the annotations after this."""
        super().__init_subclass__(**kwargs)
        declared = inspect.get_annotations(cls)
        if "kind" not in declared:
            kind = _small_letters(cls.__name__)
            cls.__annotations__ = {**declared, "kind": Literal[kind]}
            cls.kind = kind
        for name, default in (("title", _in_short(cls.__doc__)), ("source", Doctrine.source)):
            if name not in cls.__dict__:
                setattr(cls, name, default)

    def decide(self, view: View, draw: Draw) -> Decision:
        """Decide for every region and run at once.

        Parameters
        ----------
        view
            What the party knows.
        draw
            The party's luck of this month, one stream a purpose: draw for every run,
            then mask.
        """
        raise AssertionError(f"{type(self).__name__} must say how it decides")


def _small_letters(name: str) -> str:
    """A class's name in small letters: ``CoolOff`` is ``cool_off``, ``_HTTPWait2`` is ``http_wait2``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().strip("_")


def _in_short(text: str | None) -> str:
    """The first paragraph of a docstring, on a line and without its full stop."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split()).removesuffix(".")


def because(reason: Reason, where: Mask, otherwise: Reasons | int = Reason.NONE) -> Reasons:
    """Give a reason where a mask holds, and another one elsewhere; shape of ``where``."""
    return np.where(where, np.int8(reason), np.asarray(otherwise, dtype=np.int8))
