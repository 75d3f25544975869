"""From results to outcomes: one file a theme; `summary` alone adds up over runs."""

from verifsim.outcomes import agreements, china, cost, deployment, escalation, verification
from verifsim.outcomes.base import Outcome

OUTCOMES: tuple[Outcome, ...] = (
    *deployment.OUTCOMES,
    *escalation.OUTCOMES,
    *agreements.OUTCOMES,
    *verification.OUTCOMES,
    *cost.OUTCOMES,
    *china.OUTCOMES,
)
"""Every outcome, in the order in which it is shown."""

__all__ = ["OUTCOMES", "Outcome"]
