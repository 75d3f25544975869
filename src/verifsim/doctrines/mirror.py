"""`mirror`: does what the other does, and never first."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from verifsim.arrays import Mask, Real
from verifsim.chance import Draw, swayed
from verifsim.doctrines.base import Decision, Doctrine, Reason, Reasons, View, because
from verifsim.parameter import YesNo, chance, quantity


class Mirroring(Doctrine):
    """What all share who do what the other does, and never first."""

    scope: Literal["regional", "global"] = "regional"
    """Whether a deployment is answered in its own region, or in every region."""
    patience: float = chance(1.0)
    """Chance that a provoked party decides to answer; 1 is at once, one over it the mean wait in months."""
    believes_above: float = quantity(0.5, "probability", low=0.0, high=1.0)
    """A violation believed more firmly than this is answered; 1 answers none."""
    believes_gone_below: float = quantity(0.5, "probability", low=0.0, high=1.0)
    """Below this belief the other's hidden missiles are taken to be gone, and one's own are withdrawn."""
    missiles_for_each: float = quantity(1.0, "missiles", low=0.0, high=1000)
    """Missiles wanted for each that the other is assumed to have; at least one battery is always wanted."""
    answers_production: float = chance(1.0)
    """Chance that it orders production where the other produces or has openly deployed; 1 is at once."""
    openly: YesNo = True
    """Whether the answer is announced."""
    exercises_count: YesNo = True
    """Whether an exercise of the other's is answered as a deployment."""
    disputed_counts: YesNo = False
    """Whether a disputed system of the other's is answered as a deployment."""
    latent_counts: YesNo = False
    """Whether MK-41 cells of the other's that are taken for launchers are answered as a deployment."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Answer once patience has run out, and undo it when what was answered is gone."""
        provoked, gone, assumed = self._scope(view)
        impatient = draw.by_region("patience") < swayed(self.patience, -view.trust_sways)
        answers = provoked & (impatient | (view.wanted > 0))
        level = np.maximum(assumed * self.missiles_for_each, 1.0)
        wanted = np.where(answers, np.maximum(level, view.wanted), np.where(gone, 0.0, view.wanted))
        return Decision.of(
            view,
            wanted=wanted,
            reason=self._why(view, wanted),
            undeclared=not self.openly,
            develop=view.other_develops,
            produce=self._produces(view, draw),
            suspend=view.other_suspended,
            accept=wanted <= 0,
        )

    def _produces(self, view: View, draw: Draw) -> Mask:
        """It keeps up, or orders now, production for which the other gives cause, (run,)."""
        if np.all(np.asarray(self.answers_production) >= 1.0):
            return view.other_produces
        orders = draw.of_party("production") < self.answers_production
        return view.other_produces & (view.produced | orders)

    def _standing(self, view: View) -> Real:
        return view.standing(
            disputed=self.disputed_counts, exercises=self.exercises_count, latent=self.latent_counts
        )

    def _scope(self, view: View) -> tuple[Mask, Mask, Real]:
        """Where it is provoked, where nothing is left to answer, and the number to match."""
        standing = self._standing(view) > 0
        provoked = standing | (view.belief > self.believes_above)
        gone = ~standing & (view.belief < self.believes_gone_below)
        if self.scope == "regional":
            return provoked, gone, view.assumed
        shape = view.belief.shape
        return (
            np.broadcast_to(provoked.any(axis=0), shape),
            np.broadcast_to(gone.all(axis=0), shape),
            np.broadcast_to(view.assumed.max(axis=0), shape),
        )

    def _why(self, view: View, wanted: Real) -> Reasons:
        anywhere = self.scope == "global"
        reason = np.full(wanted.shape, Reason.BELIEF_ANYWHERE if anywhere else Reason.BELIEF, dtype=np.int8)
        counted = [(Reason.ANNOUNCED_DEPLOYMENT, False, False)]
        if self.disputed_counts:
            counted.insert(0, (Reason.DISPUTED_SYSTEM, True, False))
        if self.latent_counts:
            counted.insert(0, (Reason.LATENT_CELLS, self.disputed_counts, True))
        for why, disputed, latent in counted:
            there = view.standing(disputed=disputed, exercises=self.exercises_count, latent=latent) > 0
            there = np.broadcast_to(np.any(there, axis=0), there.shape) if anywhere else there
            reason = because(why, there, reason)
        return because(Reason.NONE, wanted <= 0, reason)


class Mirror(Mirroring):
    """Suspends if they suspend, develops if they develop, deploys where they have deployed."""

    kind: Literal["mirror"] = "mirror"
    title: ClassVar[str] = "answers what is announced or believed: there (regional), or everywhere (global)"
    source: ClassVar[str] = (
        "President Putin, meeting with ministers Lavrov and Shoigu, 2 February 2019 (regional); "
        "Deputy Foreign Minister Ryabkov, 17 April 2024 (global)"
    )
