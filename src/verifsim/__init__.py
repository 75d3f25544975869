"""An agent-based model of a missile verification regime after the INF Treaty.

>>> import verifsim as vs
>>> study = vs.run("scenarios/moratorium.yaml", runs=500, seed=1)  # doctest: +SKIP
>>> study.summary(), study.plot()                                  # doctest: +SKIP

The map, in the order the data flows: ``scenario`` reads files, ``doctrines`` and
``verification`` hold the rules, ``model`` the agents and the month, ``ensemble`` runs many,
``results`` labels what they recorded, ``outcomes`` reads values off it, ``story`` tells one run,
``comparison`` says how scenarios differ, ``plots`` draws, ``study`` and ``comparing`` put it in your
hands, ``report`` writes a page on it, ``workplace`` files to begin with, and ``cli`` is your command line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verifsim import plots
    from verifsim.comparing import Comparison, compare
    from verifsim.doctrines import Decision, Doctrine, Draw, Reason, View
    from verifsim.errors import DoctrineError, ScenarioError, VerifsimError
    from verifsim.report import write_report
    from verifsim.scenario.differences import differences
    from verifsim.scenario.load import load_scenario
    from verifsim.study import Study, load, run
    from verifsim.workplace import copy_shipped, new_scenario

__all__ = [
    "Comparison",
    "Decision",
    "Doctrine",
    "DoctrineError",
    "Draw",
    "Reason",
    "ScenarioError",
    "Study",
    "VerifsimError",
    "View",
    "compare",
    "copy_shipped",
    "differences",
    "load",
    "load_scenario",
    "new_scenario",
    "plots",
    "run",
    "write_report",
]

_HOMES = {
    **dict.fromkeys(("Decision", "Doctrine", "Draw", "Reason", "View"), "verifsim.doctrines"),
    **dict.fromkeys(("Comparison", "compare"), "verifsim.comparing"),
    "DoctrineError": "verifsim.errors",
    "ScenarioError": "verifsim.errors",
    "Study": "verifsim.study",
    "VerifsimError": "verifsim.errors",
    "copy_shipped": "verifsim.workplace",
    "differences": "verifsim.scenario.differences",
    "load": "verifsim.study",
    "load_scenario": "verifsim.scenario.load",
    "new_scenario": "verifsim.workplace",
    "run": "verifsim.study",
    "write_report": "verifsim.report",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``verifsim --help`` answers at once."""
    if name == "plots":
        return import_module("verifsim.plots")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'verifsim' has no attribute '{name}'")


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
