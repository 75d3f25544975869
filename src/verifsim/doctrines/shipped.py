"""The doctrines that ship."""

from __future__ import annotations

from verifsim.doctrines.base import Doctrine
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


def ships(doctrine: type[Doctrine]) -> bool:
    """Whether a doctrine is one of those."""
    return CATALOGUE.get(kind_of(doctrine)) is doctrine


def kind_of(doctrine: type[Doctrine]) -> str:
    """The name that scenario files use for a doctrine."""
    return str(doctrine.model_fields["kind"].default)
