"""What the model does not say, for every report: the one place where it is written for readers of pages."""

from __future__ import annotations

STATED = (
    "How little the numbers are known is not in the intervals.",
    "Every world here has the stated numbers. The intervals speak of chance inside the model alone; a number "
    "above carries the range that is thought possible, and another number from it would give other results.",
)

DRAWN = (
    "Numbers were drawn from ranges that are mostly assumptions.",
    "They were drawn independently of each other, though in the world they may go together. Doctrines, terms "
    "and events were not varied at all.",
)

LIMITS = (
    (
        "This is no forecast.",
        "It says what follows from stated assumptions. “In 40 of 100 worlds” means 40 of 100 runs of this "
        "model, and no chance of anything in the real world.",
    ),
    (
        "Parties follow rules.",
        "Doctrines are rules that officials stated, or that were assumed; they are not people who decide.",
    ),
    (
        "Nobody bargains.",
        "Offers are taken or left: no terms are haggled over, no package is made with other subjects, and no "
        "agreement brings home what is openly deployed.",
    ),
    (
        "Two parties, and one who watches.",
        "China, where a scenario has it, is one block with a trend and a small answer; hosts are one for a "
        "region, answer by chance and consent for good.",
    ),
    (
        "Events come in every world alike.",
        "What a scenario dates, such as a war, happens in all worlds in the same month.",
    ),
    (
        "What follows a crisis out of control is not simulated.",
        "Such a world is frozen, and counts as it stood to the end.",
    ),
    (
        "A rung is an order, not a measure.",
        "Rungs of the escalation ladder are counted one by one, but the steps between them are not of one "
        "size: a mean rung is a summary and no quantity.",
    ),
    (
        "No difference seen is not no difference.",
        "More runs may show one. A difference beyond chance is one of the model; whether it is one of the "
        "world depends on the assumptions.",
    ),
)
"""Short statements, each with what it means; the page of the model lists all that is missing or crude."""


def limits(*, varies: bool) -> tuple[tuple[str, str], ...]:
    """What results do not say: first what concerns all of them, and how the numbers were taken."""
    first, *others = LIMITS
    return first, DRAWN if varies else STATED, *others
