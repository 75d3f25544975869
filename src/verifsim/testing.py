"""Check a doctrine: what every doctrine keeps to, whatever it sees.

>>> from verifsim.testing import check_doctrine
>>> check_doctrine(CoolOff)  # doctest: +SKIP

It needs no test framework. `view` and `draw` make what a doctrine is given, for tests of what is
special about it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from verifsim.chance import Chance, Draw
from verifsim.doctrines import CATALOGUE, Decision, Doctrine, Part, Reason, View, ships
from verifsim.doctrines.plugins import wrong_with
from verifsim.doctrines.wellformed import how_it_failed, what_is_wrong

__all__ = ["REGIONS", "RUNS", "check_doctrine", "draw", "everywhere", "mixed", "view"]

REGIONS, RUNS = ("north", "south"), 64
"""The regions, and the number of runs, of what is made here."""

_SHAPE, _MONTH = (len(REGIONS), RUNS), 3
_ARRAYS = tuple(f.name for f in fields(View) if f.name != "month")
_OF_RUN = ("produced", "offer_is_verified", "trust_sways", "china_launchers")
_MASKS = ("produced", "bound", "offered", "offer_is_verified", "china_is_there")
_MOST_SWAY = 200.0
"""By how much trust can ever sway a chance, in log-odds: twice the largest weight that a file can give it."""

Wrong = Iterator[tuple[str, str]]
"""What is wrong, and on which view."""


def draw(first: int = 0, n_runs: int = RUNS, month: int = _MONTH) -> Draw:
    """The luck of a party, the same at each call; of a part of the runs, if wanted."""
    return Draw(Chance(5, first, n_runs), "red", REGIONS, month)


def view(month: int = _MONTH, **seen: ArrayLike) -> View:
    """A view on which nothing has happened but what is given: plain values hold everywhere.

    >>> view(announced=16, assumed=40)  # doctest: +SKIP
    """
    if unknown := [name for name in seen if name not in _ARRAYS]:
        raise TypeError(f"a view has no {', '.join(unknown)}")
    arrays: dict[str, Any] = {name: _filled(name, seen.get(name, 0)) for name in _ARRAYS}
    return View(month=month, **arrays)


def _filled(name: str, value: ArrayLike) -> NDArray[Any]:
    of_other = name.startswith("other_")
    dtype = np.bool_ if of_other or name in _MASKS else np.float64
    return np.broadcast_to(
        np.asarray(value, dtype), _SHAPE[1:] if of_other or name in _OF_RUN else _SHAPE
    ).copy()


def everywhere(number: float, mask: bool, belief: float) -> View:
    """The same number, mask and belief everywhere; trust sways by as much as it ever can."""
    values: dict[str, Any] = {
        name: mask if name in _MASKS or name.startswith("other_") else number for name in _ARRAYS
    }
    sways = _MOST_SWAY * (2.0 * belief - 1.0)
    return view(**values | {"assumed": number * 2.5, "belief": belief, "trust_sways": sways})


def mixed(month: int = _MONTH) -> View:
    """Everything at once, different in each run and region."""
    u = Chance(9, 0, RUNS)
    real = {
        name: u.each(name, REGIONS, month) * 100
        for name in ("own", "own_at_site", "wanted", "announced", "disputed", "latent", "assumed")
    }
    for name in ("announced", "wanted", "disputed", "latent"):
        real[name] = np.where(real[name] < 50, 0.0, real[name])
    return view(
        month,
        **real,
        **{name: u.each(name, REGIONS, month) < 0.5 for name in ("bound", "offered", "china_is_there")},
        **{name: u.uniform(name, month) < 0.5 for name in _ARRAYS if name.startswith("other_")},
        belief=u.each("belief", REGIONS, month),
        produced=u.uniform("produced", month) < 0.3,
        remembered=np.floor(u.each("remembered", REGIONS, month) * 4.0),
        exercising=real["announced"] * (u.each("exercising", REGIONS, month) < 0.5),
        offer_is_verified=u.uniform("offer_is_verified", month) < 0.5,
        trust_sways=4.0 * u.uniform("trust_sways", month) - 2.0,
        china_launchers=u.uniform("china_launchers", month) * 2.0,
    )


@cache
def _mixed_views() -> dict[str, View]:
    return {f"a mixed view in month {month}": mixed(month) for month in (0, _MONTH, 40)}


@cache
def _views() -> dict[str, View]:
    """Views of every sort, by what they are."""
    extremes = {
        f"a view of {number:g} missiles, {'all' if mask else 'nothing'} true, belief {belief:g}": everywhere(
            number, mask, belief
        )
        for number in (0.0, 1.0, 1e6)
        for mask in (False, True)
        for belief in (0.0, 1e-9, 0.5, 1.0)
    }
    return extremes | _mixed_views()


def check_doctrine(doctrine: Doctrine | type[Doctrine], *, at_bounds: bool = True) -> None:
    """Check that a doctrine keeps to what every doctrine must.

    Its decisions are well-formed whatever it sees; the same view and luck give the same decision; it
    leaves its view as it was; a run is decided on what that run shows, however many there are; luck
    comes from ``draw`` alone; each parameter may be a number for each run; and it says what it does,
    and who said so (of which a class in a notebook or script is spared).

    Parameters
    ----------
    doctrine
        A class, or an instance: then its parameters are what the others vary from.
    at_bounds
        Whether each parameter is also tried at its bounds, and each choice made otherwise.

    Raises
    ------
    AssertionError
        With all that is wrong, a line each.
    """
    made = _made(doctrine)
    found: dict[str, str] = {}
    for what in _wrong_words(type(made)):
        found.setdefault(what, what)
    for label, variant in _variants(made) if at_bounds else [("as it is", made)]:
        for what, seen in _wrong(variant):
            found.setdefault(re.sub(r"-?\d[\d.e+-]*|nan|-?inf", "#", what), f"{what} [{label}; on {seen}]")
    if found:
        n = "one thing is" if len(found) == 1 else f"{len(found)} things are"
        raise AssertionError("\n- ".join([f"{made.kind}: {n} wrong", *found.values()]))


def _made(given: Any) -> Doctrine:
    """An instance, with what parameters the class has of its own where a class is given."""
    doctrine = type(given) if isinstance(given, Doctrine) else given
    if wrong := wrong_with(doctrine):
        raise AssertionError(wrong)
    if isinstance(given, Doctrine):
        return given
    try:
        return doctrine()
    except ValidationError as error:
        missing = ", ".join(str(detail["loc"][0]) for detail in error.errors() if detail["loc"])
        name = doctrine.__name__
        raise AssertionError(
            f"{name} cannot be made without parameters ({missing}); check an instance, as in "
            f"check_doctrine({name}({missing.split(', ')[0]}=…))"
        ) from None


def _wrong_words(doctrine: type[Doctrine]) -> Iterator[str]:
    kind = doctrine.model_fields["kind"].default
    if kind in CATALOGUE and not ships(doctrine):
        yield f"a doctrine '{kind}' ships with verifsim; give yours another kind"
    if doctrine.__module__ == "__main__":
        return
    if not doctrine.title:
        yield "it does not say what it does; give it a title, or a docstring"
    if doctrine.source == Doctrine.source:
        yield "it does not say who stated the rule; give it a source, which may begin with 'assumption'"
    for name, field in doctrine.model_fields.items():
        if name != "kind" and not field.description:
            yield f"{name} has no docstring below it that says what it means"


def _variants(doctrine: Doctrine) -> Iterator[tuple[str, Doctrine]]:
    """The doctrine as it is, and with each parameter at its bounds or chosen otherwise."""
    yield "as it is", doctrine
    yield from _changed(doctrine)


def _changed(part: Any) -> Iterator[tuple[str, Any]]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Part):
            changes = [(f"{name}.{label}", inner) for label, inner in _changed(value)]
        else:
            changes = [(f"{name} = {value}", value) for value in _values(name, field)]
        for label, change in changes:
            try:
                yield label, type(part)(**{**dict(part), name: change})
            except ValueError:
                continue  # out of its bounds


def _values(name: str, field: FieldInfo) -> list[Any]:
    """Values to try of a parameter; what is out of its bounds, its class refuses."""
    bounds: list[Any] = [
        m.ge if isinstance(m, Ge) else m.le for m in field.metadata if isinstance(m, (Ge, Le))
    ]
    if field.annotation is float:
        return list(dict.fromkeys([0.0, 1e-9, 1.0, 1e6, *(float(bound) for bound in bounds)]))
    if field.annotation is int:
        return list(dict.fromkeys([0, 1, 1000, *bounds]))
    if field.annotation is bool:
        return [True, False]
    return (
        list(get_args(field.annotation)) if get_origin(field.annotation) is Literal and name != "kind" else []
    )


def _wrong(doctrine: Doctrine) -> Wrong:
    """What is wrong with a doctrine as it is, and on which view."""
    for label, seen in _views().items():
        for what in [*_wrong_on(doctrine, seen), *_wrong_about_china(doctrine, seen)]:
            yield what, label
    for label, seen in _mixed_views().items():
        for what in [*_wrong_across_runs(doctrine, seen), *_wrong_with_arrays(doctrine, seen)]:
            yield what, label


def _decided(doctrine: Doctrine, seen: View, **luck: int) -> Decision | str:
    """What it decides on a view of its own; or how it fails."""
    try:
        decision = doctrine.decide(_copied(seen), draw(month=seen.month, **luck))
    except Exception as error:
        return f"it fails with {how_it_failed(error, type(doctrine))}"
    wrong = what_is_wrong(decision, seen)
    return wrong[0] if wrong else decision


def _wrong_on(doctrine: Doctrine, seen: View) -> Iterator[str]:
    given, luck = _copied(seen), _luck()
    try:
        decision = doctrine.decide(given, draw(month=seen.month))
    except Exception as error:
        yield f"it fails with {how_it_failed(error, type(doctrine))}"
        return
    if luck != _luck():
        yield "it draws luck of its own, from numpy.random or random; take it from draw"
    if changed := _differing(given, seen):
        yield f"it writes to its view ({changed}); what a view holds is the party's own"
    if wrong := what_is_wrong(decision, seen):
        yield from wrong
        return
    again = _decided(doctrine, seen)
    if isinstance(again, Decision) and (differing := _differing(decision, again)):
        yield (
            f"asked again with the same view and luck, it decides otherwise ({differing}); luck comes from "
            "draw, and last month from remember"
        )


def _wrong_about_china(doctrine: Doctrine, seen: View) -> Iterator[str]:
    nowhere = replace(seen, china_is_there=np.zeros_like(seen.china_is_there))
    none = replace(nowhere, china_launchers=np.zeros_like(seen.china_launchers))
    decided, decided_of_none = (_decided(doctrine, each) for each in (nowhere, none))
    if not isinstance(decided, Decision) or not isinstance(decided_of_none, Decision):
        return
    if (decided.reason == Reason.CHINA).any():
        yield "it gives China as its reason where China is in no region"
    if differing := _differing(decided, decided_of_none):
        yield f"China's launchers change what it decides where China is in no region ({differing})"


def _wrong_across_runs(doctrine: Doctrine, seen: View) -> Iterator[str]:
    whole = _decided(doctrine, seen)
    for first, n in ((20, 20), (5, 1)):
        runs = slice(first, first + n)
        part = _decided(doctrine, _of_runs(seen, runs), first=first, n_runs=n)
        if isinstance(whole, str):
            return
        if isinstance(part, str):
            yield f"with {'one run alone' if n == 1 else 'fewer runs'}: {part}"
        elif differing := _differing(part, _of_runs(whole, runs)):
            yield (
                f"what it decides in a run depends on other runs, or on how many there are ({differing}); "
                "use each run's own numbers, and luck from draw"
            )


def _wrong_with_arrays(doctrine: Doctrine, seen: View) -> Iterator[str]:
    """Where numbers differ between runs, each run is decided on its own."""
    plain = _decided(doctrine, seen)
    for name, others, arrayed in _with_arrays(doctrine):
        of_others, decided = _decided(others, seen), _decided(arrayed, seen)
        if isinstance(plain, str) or isinstance(of_others, str):
            continue
        if isinstance(decided, str):
            yield f"with {name} an array over runs: {decided}"
        elif differing := _differing(decided, _alternately(plain, of_others)):
            yield f"with {name} an array over runs, it does not take each run's own ({differing})"


def _with_arrays(part: Any) -> Iterator[tuple[str, Any, Any]]:
    """A part with one of its numbers changed, and with that number and its own in every other run."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Part):
            for inner_name, others, arrayed in _with_arrays(value):
                changed = (part.model_copy(update={name: inner}) for inner in (others, arrayed))
                yield f"{name}.{inner_name}", *changed
        elif field.annotation in (float, int):
            for other in _taken(part, name, [v for v in _values(name, field) if v != value][:2]):
                each = np.where(np.arange(RUNS) % 2 == 0, value, other)
                yield name, *(part.model_copy(update={name: number}) for number in (other, each))


def _taken(part: Any, name: str, values: list[Any]) -> Iterator[Any]:
    """Those of some values that a part takes in place of its own."""
    for value in values:
        with suppress(ValueError):
            type(part)(**{**dict(part), name: value})
            yield value


def _alternately(even: Decision, odd: Decision) -> Decision:
    """A decision that is one's in the runs of even number, and another's in those of odd number."""
    is_even, others = np.arange(RUNS) % 2 == 0, _arrays(odd)
    return replace(even, **{name: np.where(is_even, v, others[name]) for name, v in _arrays(even).items()})


def _luck() -> tuple[Any, ...]:
    """How far the generators have come that a doctrine should leave alone."""
    state: Any = np.random.get_state(legacy=True)  # noqa: NPY002
    return state[1].tobytes(), state[2:], random.getstate()


def _copied(seen: View) -> View:
    copies: dict[str, Any] = {name: value.copy() for name, value in _arrays(seen).items()}
    return replace(seen, **copies)


def _of_runs(whole: Any, runs: slice) -> Any:
    """A view or a decision of some of the runs."""
    return replace(whole, **{name: value[..., runs] for name, value in _arrays(whole).items()})


def _arrays(whole: Any) -> dict[str, NDArray[Any]]:
    return {name: value for name, value in vars(whole).items() if isinstance(value, np.ndarray)}


def _differing(one: Any, other: Any) -> str:
    """The arrays that are not the same in both, by name."""
    others = _arrays(other)
    return ", ".join(name for name, value in _arrays(one).items() if not np.array_equal(value, others[name]))
