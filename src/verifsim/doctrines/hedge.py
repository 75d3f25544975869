"""`hedge`: prepares, and deploys with a chance that rises in the assumed number."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because
from verifsim.parameter import chance, quantity


class Hedge(Doctrine):
    """Develops and produces; deploys the likelier, the more missiles it assumes the other to have.

    The chance a month is logistic in the assumed number m,
    ``at_most / (1 + exp(-(m - even_at) / spread))``. A moratorium that binds it, it keeps.
    """

    kind: Literal["hedge"] = "hedge"
    title: ClassVar[str] = (
        "prepares, and deploys with a chance rising in the number it assumes the other to have"
    )
    source: ClassVar[str] = "assumption: planning against capabilities, as a logistic response"

    at_most: float = chance(0.0)
    """The chance of a decision to deploy when the assumed number is very large."""
    even_at: float = quantity(0.0, "missiles", low=0, high=1_000_000)
    """The assumed number at which the chance is half of that."""
    spread: float = quantity(1.0, "missiles", above=0, high=1_000_000)
    """How gradually the chance rises: it goes from 27 to 73 % of its top over twice this."""
    withdraws_below: float = quantity(0.0, "missiles", low=0, high=1_000_000)
    """It withdraws once it assumes the other to have fewer than this."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Deploy up to the assumed number, once the dice say so; stay until it has fallen."""
        # at_most / (1 + exp(-x)), written so that no x overflows
        urge = self.at_most / 2.0 * (1.0 + np.tanh((view.assumed - self.even_at) / (2.0 * self.spread)))
        moves = (draw.by_region("hedge") < urge) & ~view.bound
        stays = (view.wanted > 0) & (view.assumed >= self.withdraws_below) & ~view.bound
        wanted = np.where(moves | stays, np.maximum(view.assumed, 1.0), 0.0)
        reason = because(Reason.ASSUMED_NUMBER, wanted > 0)
        return Decision.of(view, wanted=wanted, reason=reason, develop=True, produce=True, accept=wanted <= 0)
