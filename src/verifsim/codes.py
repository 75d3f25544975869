"""What coded variables mean: the same words in the model, the results and the texts."""

from __future__ import annotations

from enum import IntEnum


class Stance(IntEnum):
    """A party's standing in the treaty."""

    IN_FORCE = 0
    SUSPENDED = 1
    WITHDRAWN = 2


class Ended(IntEnum):
    """Why a moratorium is no longer in force, or never was."""

    NOT_ENDED = 0
    OPEN_DEPLOYMENT = 1
    BELIEVED_BROKEN = 2
    NOTICE_OF_LEAVING = 3
    OVERTAKEN_BY_DEPLOYMENT = 4  # a bound party had missiles there before it could enter into force


class Finding(IntEnum):
    """What a month's visits to the other came to, at their worst."""

    NONE = 0
    CLEAN = 1
    CLARIFIED = 2
    REFUSED = 3
    ALARMING = 4


class Talk(IntEnum):
    """What becomes of an offer to a party, this month."""

    NOTHING_OFFERED = 0
    ON_THE_TABLE = 1
    ACCEPTED = 2
    REJECTED = 3
    LAPSED = 4


class Consent(IntEnum):
    """Where a party stands with the hosts in a region."""

    NOT_ASKED = 0
    ASKED = 1
    GIVEN = 2  # also where no host is to be asked
    BLOCKED = 3  # a plan was cancelled, and nothing can be asked for yet


class Position(IntEnum):
    """What China says, this month."""

    SILENT = 0
    PROTESTS = 1  # parties that concern it have missiles in its region
    URGES_DIALOGUE = 2
    OPPOSES_WITHDRAWAL = 3
    DECLINES_TALKS = 4


def words(codes: type[IntEnum]) -> tuple[str, ...]:
    """The names of codes 0, 1, … as people write them."""
    return tuple(code.name.lower().replace("_", " ") for code in codes)
