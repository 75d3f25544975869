"""Results in, axes out: one file a theme.

Nothing here opens a window, and importing it changes no style. A plot takes ``ax=None``
and returns the axes it drew on.
"""

from verifsim.plots.deployment import deployments
from verifsim.plots.drivers import tornado
from verifsim.plots.escalation import escalation_curve
from verifsim.plots.forest import forest
from verifsim.plots.kinds import KINDS
from verifsim.plots.overview import overview

__all__ = ["KINDS", "deployments", "escalation_curve", "forest", "overview", "tornado"]
