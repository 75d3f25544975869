"""Doctrines of other packages, found by their entry points; one that is broken harms no other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from verifsim.doctrines.base import Doctrine
from verifsim.doctrines.shipped import CATALOGUE, kind_of

GROUP = "verifsim.doctrines"

_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")


class Plugin:
    """A doctrine that a package offers; imported when it is first asked for, and never again.

    Parameters
    ----------
    offers
        The entry points of its name: one, unless packages compete for it.
    """

    def __init__(self, offers: list[EntryPoint]) -> None:
        self._offers = offers
        self.name = offers[0].name
        self.package = " and ".join(sorted(map(_package, offers)))

    @property
    def doctrine(self) -> type[Doctrine] | None:
        """The class; none if it cannot be had."""
        return None if isinstance(self._found, str) else self._found

    @property
    def why_not(self) -> str:
        """Why the class cannot be had, in a sentence; empty if it can."""
        what = f"the doctrine '{self.name}' of {self.package} could not be loaded"
        return f"{what}: {self._found}" if isinstance(self._found, str) else ""

    @property
    def is_broken(self) -> bool:
        """Whether it has been asked for, in vain."""
        return isinstance(self.__dict__.get("_found"), str)

    def is_loaded_as(self, doctrine: type[Doctrine]) -> bool:
        """Whether it has been asked for, and is that class."""
        return self.__dict__.get("_found") is doctrine

    @cached_property
    def _found(self) -> type[Doctrine] | str:
        if self.name in CATALOGUE:
            return "a doctrine of that name ships with verifsim"
        if len(self._offers) > 1:
            return "several packages offer that name; uninstall all but one"
        try:
            found = self._offers[0].load()
        except (Exception, SystemExit) as error:  # whatever a module does when it is imported
            return in_a_line(error)
        return wrong_with(found, self.name) or found


def _package(entry: EntryPoint) -> str:
    return f"package {entry.dist.name} {entry.dist.version}" if entry.dist else f"module {entry.module}"


def in_a_line(error: BaseException) -> str:
    """An exception in a line: its type, and what it says."""
    return ": ".join(filter(None, [type(error).__name__, " ".join(str(error).split())]))


def wrong_with(found: Any, name: str | None = None) -> str:
    """Why something cannot serve as a doctrine, of a name if one is given; empty if it can."""
    if not isinstance(found, type) or not issubclass(found, Doctrine):
        return f"{found!r} is no class that inherits from verifsim.doctrines.Doctrine"
    kind = kind_of(found)
    if name is not None and kind != name:
        return f"the class {found.__name__} says that its kind is '{kind}', not '{name}'"
    if not _NAME.fullmatch(kind):
        return f"its kind '{kind}' is not a name; small letters, digits and underscores, at most 60"
    if found.decide is Doctrine.decide:
        return f"the class {found.__name__} has no decide(self, view, draw)"
    return ""


@cache
def installed() -> dict[str, Plugin]:
    """What installed packages offer, by name; nothing is imported yet."""
    offers: dict[str, list[EntryPoint]] = {}
    for entry in sorted(_entry_points(), key=lambda entry: entry.name):
        offers.setdefault(entry.name, []).append(entry)
    return {name: Plugin(of_name) for name, of_name in offers.items()}


def _entry_points() -> Iterable[EntryPoint]:
    return entry_points(group=GROUP)
