"""`contrite_mirror`: mirrors, but does not answer a punishment that it earned."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from verifsim.arrays import Mask, Real
from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Reason, View, because
from verifsim.doctrines.mirror import Mirroring

_OWN_FAULT, _OTHERS_FAULT = 1, 2


class ContriteMirror(Mirroring):
    """Mirrors, but after an unprovoked deployment of its own it takes the answer without answering back.

    Each side stands well until it deploys against a side that stands well; to deploy while standing well,
    against one that does not, is a punishment and costs nothing; a month of holding back restores it.
    It remembers how both stood, as far as it could see.
    """

    kind: Literal["contrite_mirror"] = "contrite_mirror"
    title: ClassVar[str] = "mirrors, but does not answer a punishment that it earned"
    source: ClassVar[str] = (
        "J. Wu and R. Axelrod, How to cope with noise in the iterated prisoner's dilemma, Journal of "
        "Conflict Resolution 39, 1995; M. C. Boerlijst, M. A. Nowak and K. Sigmund, The logic of "
        "contrition, Journal of Theoretical Biology 185, 1997"
    )

    def decide(self, view: View, draw: Draw) -> Decision:
        """Mirror where the other is at fault and oneself is not."""
        provoked, _, _ = self._scope(view)
        own_fault, others_fault = self._faults(view, provoked)
        mirrored = super().decide(view, draw)
        punishes = others_fault & ~own_fault
        wanted = np.where(punishes, mirrored.wanted, 0.0)
        reason = because(Reason.NONE, wanted <= 0, mirrored.reason)
        remembered = _OWN_FAULT * own_fault + _OTHERS_FAULT * others_fault
        return replace(
            mirrored,
            wanted=wanted,
            reason=reason,
            accept=wanted <= 0,
            remember=remembered.astype(np.float64),
        )

    def _faults(self, view: View, provoked: Mask) -> tuple[Mask, Mask]:
        """Who is at fault after last month, oneself and the other, (region, run)."""
        own_before, others_before = _read(view.remembered)
        deployed = view.own > 0
        own = deployed & ~(~own_before & others_before)
        others = provoked & ~(~others_before & own_before)
        return own, others


def _read(remembered: Real) -> tuple[Mask, Mask]:
    faults = remembered.astype(np.int64)
    return (faults & _OWN_FAULT) > 0, (faults & _OTHERS_FAULT) > 0
