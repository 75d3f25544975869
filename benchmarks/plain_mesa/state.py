"""What agents keep and decide (section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plain_mesa.agents import Agreement

Likelihoods = tuple[float, float, float, float]
"""How likely a finding is: if hidden at a site, elsewhere, where no visit recognises it; if nothing is."""
STANDS = ("announced", "exercise", "at_site", "elsewhere")
"""How batteries stand that a party counts as its own in a region: disputed ones apart."""


@dataclass
class Standing:
    """What a programme has in a region, and what is on its way there (batteries)."""

    announced: int = 0
    exercise: int = 0
    at_site: int = 0
    elsewhere: int = 0
    disputed: int = 0
    moved_out: int = 0
    exercise_ends: int = 0
    on_the_way: int = 0
    arrives: int = 0
    to_stand: str = "announced"

    @property
    def own(self) -> int:
        """What stands there, disputed batteries apart."""
        return self.announced + self.exercise + self.at_site + self.elsewhere


@dataclass
class Belief:
    """Belief in a violation at a declared site, elsewhere, or where no visit would recognise it (7.2)."""

    site: float
    elsewhere: float
    unrecognised: float

    @property
    def total(self) -> float:
        """What `belief` means everywhere else."""
        return self.site + self.elsewhere + self.unrecognised


@dataclass
class Decision:
    """What a doctrine decides for a region (7.4)."""

    wanted: float = 0.0
    reason: str = "none"
    undeclared: bool = False
    at_site: bool = False
    as_exercise: bool = False
    refuses: bool = False
    willing: bool = True


@dataclass
class Hosts:
    """Where a party stands with its hosts in a region (7.7); `months` None: no consent is needed."""

    months: float | None = None
    cancelled: float = 0.0
    blocked_months: int = 0
    state: str = "given"
    due: int = 0


@dataclass
class Offer:
    """An agreement that lies on a table (7.10)."""

    agreement: Agreement
    seen_from: int


@dataclass
class Inspectorate:
    """A party as guest under one agreement (7.9)."""

    routine: float = 0.0
    challenge: float = 0.0
    turn: int = 0
    refusals: int = 0


@dataclass(frozen=True)
class Site:
    """A declared site (2)."""

    name: str
    owner: str
    region: str
    kind: str
    objects: int
    may_hide: bool
    objects_a_battery: int
    conversion_months: float


def site_of(name: str, spec: dict[str, Any]) -> Site:
    """Read a declared site."""
    keys = ("owner", "region", "kind", "objects", "may_hide", "objects_a_battery", "conversion_months")
    return Site(name, **{key: spec[key] for key in keys})
