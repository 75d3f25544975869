"""`covert_deploy`: pledges, and hides."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because
from verifsim.parameter import chance, quantity


class CovertDeploy(Doctrine):
    """Keeps every word in the open, and hides missiles: at a declared site, or elsewhere in the region.

    Where it hides is drawn once a run, by ``at_site``: those who hide stay with their plan.
    """

    kind: Literal["covert_deploy"] = "covert_deploy"
    title: ClassVar[str] = "pledges, and hides missiles at a declared site or elsewhere, by stated shares"
    source: ClassVar[str] = (
        "the fear that inspections answer: US Department of State, findings on the 9M729, since 31 July 2014"
    )

    missiles: float = quantity(0.0, "missiles a region", low=0, high=1_000_000)
    """How many missiles it wants to hide in a region."""
    begins: float = chance(1.0)
    """That it decides to hide; 1 is at once. Who has undisputed missiles there at the start, has decided."""
    at_site: float = quantity(0.0, "share", low=0, high=1)
    """The share of worlds in which it hides at a declared site, if it has one; else elsewhere."""
    refuses: float = chance(0.0, "month")
    """That it refuses visits while it hides at a declared site."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Begin to hide when the dice say so, and go on; do in the open what the other does."""
        begins = draw.by_region("covert") < self.begins
        wanted = np.where(begins | (view.wanted > 0), self.missiles, 0.0)
        at_site = draw.kept_by_region("covert_at_site") < self.at_site
        hides_there = view.own_at_site > 0
        return Decision.of(
            view,
            wanted=wanted,
            reason=because(Reason.OWN_PLAN, wanted > 0),
            undeclared=True,
            at_site=at_site,
            develop=True,
            produce=True,
            suspend=view.other_suspended,
            accept=True,
            refuse=hides_there & (draw.by_region("covert_refuses") < self.refuses),
        )
