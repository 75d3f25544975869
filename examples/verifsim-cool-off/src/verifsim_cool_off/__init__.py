"""`cool_off`: answers nothing before a cooling-off period has passed."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.doctrines import Decision, Doctrine, Draw, Reason, View, because, quantity


class CoolOff(Doctrine):
    """Does what the other does, but not before what provoked it has lasted for a cooling-off period.

    It remembers, region by region, for how many months it has been provoked there without a break, up
    to the whole months of the period.
    """

    kind: Literal["cool_off"] = "cool_off"
    title: ClassVar[str] = "answers what is announced or believed once it has lasted for a cooling-off period"
    source: ClassVar[str] = (
        "Covenant of the League of Nations, 28 June 1919, Article 12: no resort to war until three months "
        "after the award; before it, the Treaties for the Advancement of Peace that W. J. Bryan "
        "negotiated for the United States, 1913 to 1914, which gave a commission a year to report"
    )

    months: float = quantity(0.0, "months", low=0, high=1200)
    """How long what provoked it must have lasted before it answers; 0 is at once."""
    believes_above: float = quantity(0.5, "probability", low=0, high=1)
    """A violation believed more firmly than this provokes it; 1 is never."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Count the months of provocation; answer once there are enough, and as long as it lasts."""
        provoked = (view.announced > 0) | (view.belief > self.believes_above)
        answers = provoked & (view.remembered >= self.months)
        wanted = np.where(answers, np.maximum(view.assumed, 1.0), 0.0)
        why = because(Reason.ANNOUNCED_DEPLOYMENT, view.announced > 0, Reason.BELIEF)
        lasted = np.minimum(view.remembered + 1.0, np.ceil(self.months))
        return Decision.of(
            view,
            wanted=wanted,
            reason=because(Reason.NONE, wanted <= 0, why),
            remember=np.where(provoked, lasted, 0.0),
            develop=view.other_develops,
            produce=view.other_produces,
            suspend=view.other_suspended,
            accept=~answers,
        )
