"""How parties decide: one doctrine a file, each with its source.

A doctrine sees a `View` and returns a `Decision`; it never sees the truth about the
other, the model or its agents.
"""

from __future__ import annotations

from verifsim.doctrines.base import Decision, Doctrine, Reason, View
from verifsim.doctrines.contrite_mirror import ContriteMirror
from verifsim.doctrines.counter_china import CounterChina
from verifsim.doctrines.covert_deploy import CovertDeploy
from verifsim.doctrines.expected_utility import ExpectedUtility
from verifsim.doctrines.forward_deploy import ForwardDeploy
from verifsim.doctrines.generous_mirror import GenerousMirror
from verifsim.doctrines.grim_trigger import GrimTrigger
from verifsim.doctrines.hedge import Hedge
from verifsim.doctrines.hold_back import HoldBack
from verifsim.doctrines.mirror import Mirror

__all__ = ["CATALOGUE", "Decision", "Doctrine", "Reason", "View"]

CATALOGUE: dict[str, type[Doctrine]] = {
    doctrine.model_fields["kind"].default: doctrine
    for doctrine in (
        ContriteMirror,
        CounterChina,
        CovertDeploy,
        ExpectedUtility,
        ForwardDeploy,
        GenerousMirror,
        GrimTrigger,
        Hedge,
        HoldBack,
        Mirror,
    )
}
"""The doctrines that ship, by the name a scenario file uses."""
