"""Hosts: whose consent a party needs to station missiles openly, and how long it takes."""

from __future__ import annotations

import numpy as np

from verifsim.arrays import NEVER, Count, Mask
from verifsim.chance import Chance, whole_months
from verifsim.codes import Consent
from verifsim.scenario.parties import HostConsent


class Hosts:
    """The hosts of a party's missiles, region by region, in every run.

    Where a file names none, consent stands from the start.
    """

    def __init__(
        self, party: str, terms: dict[str, HostConsent], regions: tuple[str, ...], n_runs: int
    ) -> None:
        self._party = party
        self._terms = {regions.index(name): (name, consent) for name, consent in terms.items()}
        shape = (len(regions), n_runs)
        asked = np.array([[r in self._terms] for r in range(len(regions))])
        self.consent: Count = np.zeros(shape, dtype=np.int8) + np.where(
            asked, Consent.NOT_ASKED, Consent.GIVEN
        ).astype(np.int8)
        """`Consent`, (region, run)."""
        self._due: Count = np.full(shape, NEVER, dtype=np.int16)
        """The month in which they answer, or from which they can be asked anew."""

    @property
    def consented(self) -> Mask:
        """They have consented, or need not be asked, (region, run)."""
        return self.consent == Consent.GIVEN

    def ask(self, month: int, wanted: Mask, chance: Chance) -> None:
        """Ask where missiles are openly wanted; a plan that is dropped is no longer asked for.

        What is asked for may be answered in the same month. ``wanted``: (region, run).
        """
        for r, (region, terms) in self._terms.items():
            consent, due = self.consent[r], self._due[r]
            consent[(consent == Consent.BLOCKED) & (due <= month)] = Consent.NOT_ASKED
            consent[(consent == Consent.ASKED) & ~wanted[r]] = Consent.NOT_ASKED
            asks = wanted[r] & (consent == Consent.NOT_ASKED)
            if asks.any():
                u = chance.uniform(f"consent.{self._party}.{region}", month)
                due[:] = np.where(asks, month + whole_months(terms.months, u), due)
                consent[asks] = Consent.ASKED
            self._answer(r, month, chance)

    def _answer(self, region: int, month: int, chance: Chance) -> None:
        """Consent where that is due, or cancel the plan."""
        (name, terms), consent, due = self._terms[region], self.consent[region], self._due[region]
        answers = (consent == Consent.ASKED) & (due <= month)
        if not answers.any():
            return
        u = chance.uniform(f"cancelled.{self._party}.{name}", month)
        cancels = answers & (u < terms.cancelled)
        consent[answers] = Consent.GIVEN
        consent[cancels] = Consent.BLOCKED
        due[:] = np.where(cancels, month + terms.blocked_months, due)
