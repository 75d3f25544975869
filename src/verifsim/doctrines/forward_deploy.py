"""`forward_deploy`: deploys wherever it can."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because
from verifsim.parameter import YesNo, quantity


class ForwardDeploy(Doctrine):
    """Develops, produces and deploys as soon as batteries are ready, without being provoked."""

    kind: Literal["forward_deploy"] = "forward_deploy"
    title: ClassVar[str] = "deploys as soon as batteries are ready, up to a number of missiles a region"
    source: ClassVar[str] = "US Secretary of Defense Esper on missiles in Asia, 3 August 2019"

    missiles: float = quantity(0.0, "missiles a region", low=0, high=1_000_000)
    """How many missiles it wants in each region."""
    as_exercise: YesNo = False
    """Whether it goes for exercises while hosts have not consented to more."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Want the same number in every region."""
        wanted = np.zeros_like(view.belief) + self.missiles
        reason = because(Reason.OWN_PLAN, wanted > 0)
        return Decision.of(
            view,
            wanted=wanted,
            reason=reason,
            develop=True,
            produce=True,
            as_exercise=self.as_exercise,
            accept=self.missiles == 0.0,
        )
