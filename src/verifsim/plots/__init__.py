"""Results in, axes out: one file a theme.

Nothing here opens a window, and importing it changes no style. A plot takes ``ax=None``
and returns the axes it drew on.
"""

from verifsim.plots.china import china_launchers
from verifsim.plots.deployment import deployments
from verifsim.plots.detection import detection
from verifsim.plots.drivers import tornado
from verifsim.plots.escalation import escalation_curve
from verifsim.plots.first_moves import first_moves_curve
from verifsim.plots.forest import forest
from verifsim.plots.kinds import KINDS
from verifsim.plots.mean_rung import mean_rung
from verifsim.plots.minds import belief_against_truth, perceived_rungs
from verifsim.plots.money import spending
from verifsim.plots.overview import overview
from verifsim.plots.paths import spaghetti
from verifsim.plots.survival import survival
from verifsim.plots.timeline import timeline
from verifsim.plots.visits import inspections

__all__ = [
    "KINDS",
    "belief_against_truth",
    "china_launchers",
    "deployments",
    "detection",
    "escalation_curve",
    "first_moves_curve",
    "forest",
    "inspections",
    "mean_rung",
    "overview",
    "perceived_rungs",
    "spaghetti",
    "spending",
    "survival",
    "timeline",
    "tornado",
]
