"""What a party finds: alarms of its look, and what its visits came to."""

from __future__ import annotations

from collections.abc import Iterator

from verifsim.codes import Finding
from verifsim.scenario.told import listed
from verifsim.story.recorded import Recorded, happenings

Told = Iterator[tuple[int, str]]
"""What happened: months since the start, and a sentence without its full stop."""


def alarms(run: Recorded) -> Told:
    """Alarms of the look by satellite that no visit of the month cleared, and whether they were true."""
    hidden = run.of("hidden_when_looked")
    for month, (party, region), _ in happenings(run.of("alarm")):
        truth = (
            f"in truth, {run.parties[1 - party]} hides missiles there"
            if hidden[month, 1 - party, region]
            else "in truth, it is a false alarm: nothing is hidden there"
        )
        yield month, f"{run.parties[party]} finds signs of hidden missiles in {run.regions[region]}; {truth}"


def visits(run: Recorded) -> Told:
    """The month's visits: in one line where they found nothing, else in one for each party."""
    clean: dict[int, list[str]] = {}
    for month, (party,), finding in happenings(run.of("findings")):
        if finding == Finding.CLEAN:
            n = _count(run, "held", month, party)
            clean.setdefault(month, []).append(f"{run.parties[party]} ({_visits(n)})")
            continue
        said = [part for tell in _RESULTS for part in tell(run, month, party)]
        yield month, f"{run.parties[party]} sends inspectors to {run.parties[1 - party]}: {'; '.join(said)}"
    for month, whose in clean.items():
        yield month, f"inspectors of {listed(whose)} find nothing"


def _alarming(run: Recorded, month: int, party: int) -> Iterator[str]:
    n, found = _count(run, "alarming", month, party), int(run.of("true_alarms")[month, party].sum())
    if not n:
        return
    truth = (
        "in truth, nothing prohibited was there"
        if not found
        else "in truth, it was there"
        if found == n
        else f"in truth, it was there in {found} of them"
    )
    yield f"{_visits(n)} {'finds' if n == 1 else 'find'} what looks prohibited ({truth})"


def _refused(run: Recorded, month: int, party: int) -> Iterator[str]:
    n = _count(run, "refused", month, party)
    if n:
        yield f"{_visits(n)} {'is' if n == 1 else 'are'} refused"


def _clarified(run: Recorded, month: int, party: int) -> Iterator[str]:
    n = _count(run, "clarified", month, party)
    if n:
        raise_ = "raises" if n == 1 else "raise"
        yield f"{_visits(n)} {raise_} a false alarm that a clarifying visit clears up"


def _clean(run: Recorded, month: int, party: int) -> Iterator[str]:
    kinds = ("held", "alarming", "clarified")
    held, alarming, clarified = (_count(run, kind, month, party) for kind in kinds)
    n = held - alarming - clarified
    if n:
        yield f"{_visits(n)} {'finds' if n == 1 else 'find'} nothing"


_RESULTS = (_alarming, _refused, _clarified, _clean)
"""What visits may come to, at their worst first."""


def _count(run: Recorded, kind: str, month: int, party: int) -> int:
    return int(run.of(f"inspections_{kind}")[month, party])


def _visits(n: int) -> str:
    return "one visit" if n == 1 else f"{n} visits"
