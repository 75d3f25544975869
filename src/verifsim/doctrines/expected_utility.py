"""`expected_utility`: weighs what holding and deploying promise, given its beliefs."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because
from verifsim.parameter import Part, chance, quantity


class Payoffs(Part):
    """What each month is worth to it, in units of its own."""

    both_hold: float = quantity(0.0, "utility", low=-1000, high=1000)
    """Neither has missiles there."""
    only_other: float = quantity(0.0, "utility", low=-1000, high=1000)
    """The other alone has."""
    only_own: float = quantity(0.0, "utility", low=-1000, high=1000)
    """It alone has."""
    both_deploy: float = quantity(0.0, "utility", low=-1000, high=1000)
    """Both have."""


class ExpectedUtility(Doctrine):
    """Deploys with a chance that is logistic in what deploying promises over holding, given its beliefs.

    With b the probability that the other has missiles there, the gain is
    ``g = b (both_deploy - only_other) + (1 - b) (only_own - both_hold)``, and the chance
    ``1 / (1 + exp(-precision g))``. It reconsiders with a monthly chance, and else stays with what it chose.
    """

    kind: Literal["expected_utility"] = "expected_utility"
    title: ClassVar[str] = (
        "weighs payoffs by its beliefs, errs the less the more is at stake, and reconsiders rarely"
    )
    source: ClassVar[str] = (
        "R. D. McKelvey and T. R. Palfrey, Quantal response equilibria for normal form games, Games and "
        "Economic Behavior 10, 1995"
    )

    payoffs: Payoffs = Payoffs()
    """What each month is worth to it."""
    precision: float = quantity(0.0, "1 / utility", low=0, high=1000)
    """How sharply the choice follows the gain; 0 is a coin's."""
    reconsiders: float = chance(0.0)
    """That it reconsiders."""
    missiles: float = quantity(0.0, "missiles a region", low=0, high=1_000_000)
    """How many missiles it wants where it deploys."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Reconsider when the dice say so; else stay."""
        p = self.payoffs
        believed = np.where(view.announced > 0, 1.0, view.belief)
        gain = believed * (p.both_deploy - p.only_other) + (1.0 - believed) * (p.only_own - p.both_hold)
        chance_to_deploy = 0.5 * (1.0 + np.tanh(0.5 * self.precision * gain))
        deploys = draw.by_region("chooses") < chance_to_deploy
        again = draw.by_region("reconsiders") < self.reconsiders
        wanted = np.where(
            again, np.where(deploys, self.missiles, 0.0), np.minimum(view.wanted, self.missiles)
        )
        reason = because(Reason.EXPECTED_UTILITY, wanted > 0)
        return Decision.of(view, wanted=wanted, reason=reason, develop=True, produce=True, accept=wanted <= 0)
