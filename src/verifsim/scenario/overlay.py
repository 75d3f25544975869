"""One tree over another: maps merge; lists and scalars replace; ``none`` removes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verifsim.scenario.tree import Path_, Tree


def overlaid(parent: Tree, child: Tree) -> Tree:
    """A child's tree over its parent's; where both say something, the child's place is kept."""
    layers = _Layers()
    under = parent.data if isinstance(parent.data, dict) else {}
    return Tree(
        data=layers.over(under, child.data, ()),
        marks={p: m for p, m in parent.marks.items() if not layers.replaces(p)} | child.marks,
        problems=[*parent.problems, *child.problems],
        unread=parent.unread | child.unread,
        in_vain=parent.in_vain | layers.in_vain,
        whole=parent.whole and child.whole,
        known=parent.known,
    )


@dataclass
class _Layers:
    """What happens while one map is laid over another."""

    replaced: set[Path_] = field(default_factory=set)
    in_vain: dict[Path_, Any] = field(default_factory=dict)

    def over(self, under: dict[str, Any], above: dict[str, Any], path: Path_) -> dict[str, Any]:
        """The upper map over the lower one."""
        result = dict(under)
        for key, value in above.items():
            here = (*path, key)
            if _removes(value):
                self._remove(result, here, value)
            elif isinstance(value, dict):
                lower = result.get(key)
                if not isinstance(lower, dict):
                    self.replaced.add(here)
                    lower = {}
                result[key] = self.over(lower, value, here)
            else:
                self.replaced.add(here)
                result[key] = value
        return result

    def _remove(self, result: dict[str, Any], here: Path_, value: Any) -> None:
        if here[-1] not in result:
            self.in_vain[here] = value
        self.replaced.add(here)
        result.pop(str(here[-1]), None)

    def replaces(self, path: Path_) -> bool:
        """Whether what the lower tree says at a path is gone."""
        return any(path[:n] in self.replaced for n in range(1, len(path) + 1))


def _removes(value: Any) -> bool:
    return value is None or value == "none"
