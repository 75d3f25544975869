"""From findings to belief, and from belief to the number a careful planner assumes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from verifsim.arrays import Count, Mask, Number, Real, Runs

_LEAST = 1e-9
"""Belief is kept within [1e-9, 1 - 1e-9], so that no finding is ever beyond recall."""


@dataclass(frozen=True)
class Belief:
    """What a party thinks the other does in each region; the rest is that it complies.

    Both are probabilities of shape (region, run).
    """

    at_site: Real
    """It violates at a declared site, where a visit may find it."""
    elsewhere: Real
    """It violates elsewhere in the region."""
    unrecognised: Number = 0.0
    """It violates so that no visit would ever recognise it, wherever that is."""

    @cached_property
    def violating(self) -> Real:
        """It violates there, in whatever way."""
        return self.at_site + self.elsewhere + self.unrecognised

    @classmethod
    def split(cls, violating: Real, *, goes_to_site: Number, never_recognised: Number) -> Belief:
        """A probability of violating, split as a new violation would be."""
        seen = violating * (1.0 - never_recognised)
        return cls(seen * goes_to_site, seen * (1.0 - goes_to_site), violating * never_recognised)


@dataclass(frozen=True)
class Likelihood:
    """How likely this month's findings are in each state, (region, run)."""

    compliant: Real
    at_site: Real
    elsewhere: Real
    unrecognised: Number = 1.0

    def weigh(self, region: int, runs: Runs, other: Likelihood) -> None:
        """Weigh in independent findings of some runs in a region, of the shape of ``runs``; in place."""
        for f in fields(self):
            there = getattr(self, f.name)[region]
            there[runs] *= getattr(other, f.name)

    @classmethod
    def of_nothing(cls, shape: tuple[int, ...]) -> Likelihood:
        """Of no findings at all."""
        return cls(np.ones(shape), np.ones(shape), np.ones(shape), np.ones(shape))

    def times(self, other: Likelihood) -> Likelihood:
        """Of independent findings together."""
        return Likelihood(
            self.compliant * other.compliant,
            self.at_site * other.at_site,
            self.elsewhere * other.elsewhere,
            self.unrecognised * other.unrecognised,
        )


def month_passes(
    belief: Belief,
    *,
    turns_covert: Number,
    turns_back: Number,
    relocates: Number,
    goes_to_site: Number,
    never_recognised: Number = 0.0,
) -> Belief:
    """Belief before this month's findings: the other may have turned covert, turned back or moved.

    With s (at a site), e (elsewhere) and u (never recognised), w the share of recognisable violations at
    sites, m the share never recognised and b = s + e + u:
    ``s' = (1 - back) (s + r (w (s + e) - s)) + covert (1 - b) (1 - m) w``, the same for e with 1 - w, and
    ``u' = (1 - back) u + covert (1 - b) m``.

    Parameters
    ----------
    belief
        Belief of last month.
    turns_covert, turns_back, relocates
        Chances a month: that a compliant party turns covert, that a violating one turns back, that it
        moves what it hides (r).
    goes_to_site
        The share w, 0 to 1; 0 where the other has no site. Shape (region, run), or broadcast.
    never_recognised
        The share m, 0 to 1.
    """
    onset = Belief.split(
        turns_covert * (1.0 - belief.violating), goes_to_site=goes_to_site, never_recognised=never_recognised
    )
    findable = belief.at_site + belief.elsewhere
    at_site = belief.at_site + relocates * (goes_to_site * findable - belief.at_site)
    elsewhere = belief.elsewhere + relocates * ((1.0 - goes_to_site) * findable - belief.elsewhere)
    stays = 1.0 - turns_back
    return Belief(
        stays * at_site + onset.at_site,
        stays * elsewhere + onset.elsewhere,
        stays * belief.unrecognised + onset.unrecognised,
    )


def weighed(belief: Belief, likelihood: Likelihood, prior: Belief) -> Belief:
    """Belief after a month's findings, by Bayes' rule.

    Where no state allows the findings (0/0), belief returns to the prior. The probability of a
    violation is kept within [1e-9, 1 - 1e-9], its split between the states as it comes out.

    Parameters
    ----------
    belief
        Belief before the findings.
    likelihood
        How likely they are in each state, computed from a declared reference quantity and never from
        the true number, so that equal findings give equal beliefs.
    prior
        Belief at the outset.

    References
    ----------
    R. Avenhaus and M. J. Canty, Compliance Quantified, Cambridge University Press, 1996.
    """
    at_site = belief.at_site * likelihood.at_site
    elsewhere = belief.elsewhere * likelihood.elsewhere
    unrecognised = belief.unrecognised * likelihood.unrecognised
    total = at_site + elsewhere + unrecognised + (1.0 - belief.violating) * likelihood.compliant
    known = total > 0.0
    if known.all():  # as nearly always
        return _clipped(Belief(at_site / total, elsewhere / total, unrecognised / total))
    divisor = np.where(known, total, 1.0)
    return _clipped(
        Belief(
            np.where(known, at_site / divisor, prior.at_site),
            np.where(known, elsewhere / divisor, prior.elsewhere),
            np.where(known, unrecognised / divisor, prior.unrecognised),
        )
    )


def _clipped(belief: Belief) -> Belief:
    violating = belief.violating
    clipped = np.clip(violating, _LEAST, 1.0 - _LEAST)
    known = violating > 0.0
    if known.all():
        scale = clipped / violating
        return Belief(belief.at_site * scale, belief.elsewhere * scale, belief.unrecognised * scale)
    scale = clipped / np.where(known, violating, 1.0)
    nothing = np.where(known, 0.0, _LEAST)  # with no split to keep, it is put elsewhere
    return Belief(belief.at_site * scale, belief.elsewhere * scale + nothing, belief.unrecognised * scale)


def last_finding(alarm: Mask) -> Belief:
    """Belief as this month's findings alone: 1 after an alarm, else 0; shape of ``alarm``."""
    return Belief(np.zeros(alarm.shape), alarm.astype(np.float64))


def assumed_number(
    announced: Count,
    disputed: Count,
    belief: Real,
    *,
    reference_missiles: Number,
    worst_case_factor: Number,
    latent: Number = 0.0,
) -> Real:
    """Missiles a careful planner assumes the other to have in a region.

    ``announced + latent + factor (disputed + belief * reference)``: what is announced is counted,
    what is contested or only believed is taken at its worst. The factor shrinks with access, see
    `overstatement`; what is latent does not, see `latent_missiles`.

    Parameters
    ----------
    announced, disputed
        Missiles, 0 or more, shape (region, run).
    belief
        Probability that undeclared missiles are there, shape (region, run).
    reference_missiles
        How many a violation is taken to be, 0 or more.
    worst_case_factor
        1 or more: the ratio of the assumed to the credible number.
    latent
        Missiles that the other's cells there are taken to be good for, shape (region, run).

    Returns
    -------
    Missiles, not necessarily whole, shape (region, run).
    """
    return announced + latent + worst_case_factor * (disputed + belief * reference_missiles)


def latent_missiles(cells: Number, reads: Number, conversion_months: Number, warning_months: Number) -> Real:
    """Missiles that cells are taken to be good for before one could answer, ``c x / (1 + t / w)``.

    To open cells shows what is in them now; it does not show what they could hold by then. So no visit
    moves this number.

    Parameters
    ----------
    cells
        Cells c, 0 or more; broadcast.
    reads
        The share x of them that is taken for launchers of missiles, 0 to 1.
    conversion_months
        How long it takes to turn them, t, 0 or more.
    warning_months
        How long an answer takes, w, above 0.
    """
    return np.asarray(cells) * np.asarray(reads) / (1.0 + np.asarray(conversion_months) / warning_months)


def overstatement(worst_case_factor: Number, visits: Real, halved_by: Number) -> Real:
    """The worst-case factor that is left after so much access, ``1 + (F - 1) / (1 + visits / h)``.

    Parameters
    ----------
    worst_case_factor
        The factor F without access, 1 or more.
    visits
        Visits held there over about the last year, 0 or more, shape (region, run).
    halved_by
        Visits a year h that halve the overstatement; 0 says that access changes nothing.
    """
    eased = np.where(
        np.asarray(halved_by) > 0.0, visits / np.where(np.asarray(halved_by) > 0.0, halved_by, 1.0), 0.0
    )
    return np.asarray(1.0 + (np.asarray(worst_case_factor) - 1.0) / (1.0 + eased))
