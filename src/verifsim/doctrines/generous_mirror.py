"""`generous_mirror`: mirrors, and forgives with some chance."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Reason, View, because
from verifsim.doctrines.mirror import Mirroring
from verifsim.parameter import chance


class GenerousMirror(Mirroring):
    """Mirrors, but each month forgives with a chance what provoked it, and takes its answer back."""

    kind: Literal["generous_mirror"] = "generous_mirror"
    title: ClassVar[str] = "mirrors, and each month forgives with some chance"
    source: ClassVar[str] = (
        "P. Molander, The optimal level of generosity in a selfish, uncertain environment, Journal of "
        "Conflict Resolution 29, 1985; M. A. Nowak and K. Sigmund, Tit for tat in heterogeneous "
        "populations, Nature 355, 1992"
    )

    forgives: float = chance(0.0)
    """That it lets a month pass as if nothing had provoked it."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Mirror, unless it forgives."""
        mirrored = super().decide(view, draw)
        forgiven = draw.by_region("forgives") < self.forgives
        wanted = np.where(forgiven, 0.0, mirrored.wanted)
        reason = because(Reason.NONE, forgiven, mirrored.reason)
        return replace(mirrored, wanted=wanted, reason=reason, accept=wanted <= 0)
