"""The rungs from the first deployment up (section 7.8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Ladder:
    """The rungs 4 to 6 of a place, read from what each party has there month by month."""

    arms_race_months: int
    had: list[list[int]] | None = None
    added: int | None = None

    def read(self, month: int, have: list[list[int]], below: int) -> int:
        """Give the rung: `have` is what each party has by region, `below` the rung if nobody has any."""
        if self.had is not None and all(any(regions) for regions in self.had):
            months = zip(have, self.had, strict=True)
            if any(now > then for pair in months for now, then in zip(*pair, strict=True)):
                self.added = month
        self.had = have
        some = sum(any(regions) for regions in have)
        if some == 2:
            racing = self.added is not None and month - self.added < self.arms_race_months
            return 6 if racing else 5
        return 4 if some else below
