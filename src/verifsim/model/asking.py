"""A party asks its doctrines; one that does not ship is not trusted to answer as it should."""

from __future__ import annotations

from verifsim.chance import Draw
from verifsim.doctrines import Decision, Doctrine, View, origin, ships
from verifsim.doctrines.wellformed import how_it_failed, locked, what_is_wrong
from verifsim.errors import DoctrineError
from verifsim.scenario.months import month_name, month_number


def asked(doctrine: Doctrine, view: View, draw: Draw, *, party: str, start: str) -> Decision:
    """What a doctrine decides.

    Parameters
    ----------
    doctrine, view, draw
        Who is asked, what the party knows, and its luck.
    party, start
        Who asks, and the first month of the scenario: for what is said of a failure.

    Raises
    ------
    DoctrineError
        If it is none that ships, and fails or decides what cannot be carried out.
    """
    if ships(type(doctrine)):
        return doctrine.decide(view, draw)
    try:
        decision = doctrine.decide(locked(view), draw)
    except MemoryError:
        raise
    except Exception as error:
        what = f"failed with {how_it_failed(error, type(doctrine))}"
        raise DoctrineError(_sentence(doctrine, view, party, start, what)) from error
    if wrong := what_is_wrong(decision, view):
        what = f"decided what cannot be carried out: {'; '.join(wrong)}"
        raise DoctrineError(_sentence(doctrine, view, party, start, what))
    return decision


def _sentence(doctrine: Doctrine, view: View, party: str, start: str, what: str) -> str:
    month = month_name(month_number(start) + view.month)
    return f"the doctrine '{doctrine.kind}' ({origin(type(doctrine))}), asked by {party} in {month}, {what}"
