"""How parties decide: one doctrine a file, each with its source; and all it takes to write another.

A doctrine sees a `View` and returns a `Decision`; it never sees the truth about the
other, the model or its agents. `Known` holds those that a scenario may name: those that
ship, those of installed packages, and the caller's own.
"""

from __future__ import annotations

from verifsim.chance import Draw, swayed
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because
from verifsim.doctrines.known import Known, is_installed, origin
from verifsim.doctrines.shipped import CATALOGUE, ships
from verifsim.parameter import Part, YesNo, chance, quantity

__all__ = [
    "CATALOGUE",
    "Decision",
    "Doctrine",
    "Draw",
    "Known",
    "Part",
    "Reason",
    "View",
    "YesNo",
    "because",
    "chance",
    "is_installed",
    "origin",
    "quantity",
    "ships",
    "swayed",
]
