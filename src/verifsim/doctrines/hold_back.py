"""`hold_back`: never deploys."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Doctrine, Reason, View, because


class HoldBack(Doctrine):
    """Neither develops nor deploys, whatever the other does; accepts what is verified."""

    kind: Literal["hold_back"] = "hold_back"
    title: ClassVar[str] = "never deploys; leaves a moratorium believed broken, and still holds back"
    source: ClassVar[str] = "NATO, press conference by Secretary General Stoltenberg, 12 February 2019"

    def decide(self, view: View, draw: Draw) -> Decision:
        """Want nothing anywhere."""
        nothing = np.zeros_like(view.belief)
        reason = because(Reason.NONE, nothing > 0)
        return Decision.of(view, wanted=nothing, reason=reason, accept=view.offer_is_verified)
