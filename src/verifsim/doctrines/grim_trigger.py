"""`grim_trigger`: one deployment, and never again restraint."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, View
from verifsim.doctrines.mirror import Mirroring


class GrimTrigger(Mirroring):
    """Mirrors, but never undoes its answer: what was once provoked stays."""

    kind: Literal["grim_trigger"] = "grim_trigger"
    title: ClassVar[str] = "answers what is announced or believed, and keeps its answer for good"
    source: ClassVar[str] = (
        "J. W. Friedman, A non-cooperative equilibrium for supergames, Review of Economic Studies 38, 1971"
    )

    def decide(self, view: View, draw: Draw) -> Decision:
        """Mirror, and never want less than before."""
        mirrored = super().decide(view, draw)
        wanted = np.maximum(mirrored.wanted, view.wanted)
        return replace(mirrored, wanted=wanted, reason=self._why(view, wanted), accept=wanted <= 0)
