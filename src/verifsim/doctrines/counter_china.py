"""`counter_china`: answers China's arsenal where China is, and mirrors beside."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from verifsim.arrays import Mask
from verifsim.chance import Draw
from verifsim.doctrines.base import Decision, Reason, View, because
from verifsim.doctrines.mirror import Mirroring
from verifsim.parameter import YesNo, chance, quantity


class CounterChina(Mirroring):
    """Deploys in China's region, and may leave a treaty that does not bind China, as its launchers grow.

    How many launchers it tolerates is drawn once a run, evenly between ``launchers_least`` and
    ``launchers_most``. It mirrors beside.
    """

    kind: Literal["counter_china"] = "counter_china"
    title: ClassVar[str] = (
        "deploys in China's region as China's launchers pass what it tolerates, and mirrors beside"
    )
    source: ClassVar[str] = (
        "President Trump on leaving the INF Treaty, 20 October 2018; "
        "US Secretary of Defense Esper on missiles in Asia, 3 August 2019"
    )

    launchers_least: float = quantity(1_000_000, "launchers", low=0, high=1_000_000)
    """The fewest launchers that it may be found to tolerate."""
    launchers_most: float = quantity(1_000_000, "launchers", low=0, high=1_000_000)
    """The most launchers that it may be found to tolerate."""
    missiles: float = quantity(0.0, "missiles a region", low=0, high=1_000_000)
    """How many missiles it then wants in China's region."""
    leaves: float = chance(0.0)
    """That it then gives notice of leaving the treaty."""
    as_exercise: YesNo = False
    """Whether it goes for exercises while hosts have not consented to more."""

    def decide(self, view: View, draw: Draw) -> Decision:
        """Mirror, and where China is, do what its launchers call for."""
        too_many = self._too_many(view, draw)
        against_china = np.where(too_many, self.missiles, 0.0)
        for_china = view.wanted <= against_china
        mirrored = super().decide(replace(view, wanted=np.where(for_china, 0.0, view.wanted)), draw)
        wanted = np.maximum(against_china, mirrored.wanted)
        leaves = too_many & (draw.by_region("leaves") < self.leaves)
        return replace(
            mirrored,
            wanted=wanted,
            reason=because(Reason.CHINA, against_china > 0, mirrored.reason),
            undeclared=mirrored.undeclared & ~(against_china > 0),
            develop=np.ones_like(mirrored.develop),
            produce=np.ones_like(mirrored.produce),
            as_exercise=view.china_is_there & self.as_exercise,
            accept=wanted <= 0,
            leave_treaty=leaves,
        )

    def _too_many(self, view: View, draw: Draw) -> Mask:
        """Where China is and has more launchers than are tolerated, (region, run)."""
        u = draw.kept_by_region("tolerance")
        tolerated = self.launchers_least + u * (self.launchers_most - self.launchers_least)
        return view.china_is_there & (view.china_launchers > tolerated)
