"""The doctrines that a scenario may name, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from verifsim.doctrines.base import Doctrine
from verifsim.doctrines.plugins import installed, wrong_with
from verifsim.doctrines.shipped import CATALOGUE, kind_of, ships
from verifsim.errors import UsageError

Given = type[Doctrine] | Doctrine
"""A doctrine of the caller's own: a class, or an instance that brings its parameters."""


class Known(Mapping[str, type[Doctrine]]):
    """The doctrines that ship, those of installed packages, and the caller's own, by kind.

    A package's doctrine is imported when it is looked up. The caller's own goes before a
    package's of that name, and is known to nobody else.

    Parameters
    ----------
    given
        The caller's own, each a class, or an instance that brings its parameters.

    Raises
    ------
    UsageError
        For what is no doctrine, or has a name that another one has.
    """

    def __init__(self, given: Iterable[Given] = ()) -> None:
        if isinstance(given, (str, type, Doctrine)) or not isinstance(given, Iterable):
            raise UsageError(
                f"doctrines needs a list of classes or instances, as in [CoolOff] (given {given!r})"
            )
        self._given: dict[str, type[Doctrine]] = {}
        self._brings: dict[str, dict[str, Any]] = {}
        for doctrine in given:
            self._add(doctrine)

    def _add(self, given: Given) -> None:
        doctrine = type(given) if isinstance(given, Doctrine) else given
        if wrong := wrong_with(doctrine):
            raise UsageError(f"doctrines: {wrong}")
        kind = kind_of(doctrine)
        if kind in CATALOGUE and not ships(doctrine):
            raise UsageError(
                f"doctrines: '{kind}' ships with verifsim; give {doctrine.__name__} another kind"
            )
        if kind in self._given:
            raise UsageError(f"doctrines: two are named '{kind}'; give one of them another kind")
        self._given[kind] = doctrine
        if isinstance(given, Doctrine):
            self._brings[kind] = given.model_dump(
                mode="json", by_alias=True, exclude_unset=True, exclude={"kind"}
            )

    def brings(self, kind: object) -> dict[str, Any]:
        """The parameters that the caller's own instance of a kind says, as in a file."""
        return self._brings.get(kind, {}) if isinstance(kind, str) else {}

    def why_not(self, kind: object) -> str:
        """Why a package's doctrine cannot be had, in a sentence; empty if it can, or none is offered."""
        there = isinstance(kind, str) and kind not in self._given and kind not in CATALOGUE
        plugin = installed().get(str(kind)) if there else None
        return plugin.why_not if plugin else ""

    def not_loaded(self) -> list[str]:
        """Why each of the packages' doctrines that cannot be had cannot; all are imported for it."""
        return [plugin.why_not for plugin in installed().values() if plugin.why_not]

    def __getitem__(self, kind: str) -> type[Doctrine]:
        """The class of a kind; KeyError where there is none, or it cannot be loaded."""
        found = self._given.get(kind) or CATALOGUE.get(kind)
        if found is None and kind in installed():
            found = installed()[kind].doctrine
        if found is None:
            raise KeyError(kind)
        return found

    def __iter__(self) -> Iterator[str]:
        """The kinds, but for those found broken; nothing is imported for it."""
        offered = [name for name, plugin in installed().items() if not plugin.is_broken]
        return iter(dict.fromkeys([*CATALOGUE, *offered, *self._given]))

    def __len__(self) -> int:
        """How many kinds there are."""
        return sum(1 for _ in self)


def is_installed(doctrine: type[Doctrine]) -> bool:
    """Whether a doctrine is one that an installed package offers."""
    return any(plugin.is_loaded_as(doctrine) for plugin in installed().values())


def origin(doctrine: type[Doctrine]) -> str:
    """Where a doctrine comes from, in a few words."""
    if ships(doctrine):
        return "ships with verifsim"
    for plugin in installed().values():
        if plugin.is_loaded_as(doctrine):
            return plugin.package
    if doctrine.__module__ == "__main__":
        return f"your class {doctrine.__name__}"
    return f"class {doctrine.__module__}.{doctrine.__name__}"
