"""A party's missiles: its programmes, what they have turned out, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from verifsim.arrays import NEVER, Count, Mask, Number, Real, column, smallest_type
from verifsim.scenario.events import Deploy, Exercise
from verifsim.scenario.forces import Programme
from verifsim.scenario.schema import Scenario


class Stage(IntEnum):
    """How far a programme has come."""

    PLANNED = 0
    DEVELOPMENT = 1
    FLIGHT_TESTED = 2
    PRODUCED = 3


class Place(IntEnum):
    """How a battery stands in a region, or will when it arrives."""

    ANNOUNCED = 0
    ELSEWHERE = 1  # undeclared, away from declared sites
    AT_SITE = 2  # undeclared, at a declared site
    EXERCISE = 3  # announced, and announced as temporary
    DISPUTED = 4  # known, and contested


COUNTED = tuple(place for place in Place if place != Place.DISPUTED)
"""The places whose batteries count as missiles that stand in a region: all but the disputed ones."""


@dataclass(frozen=True)
class Figures:
    """What the file says of a party's programmes, each of shape (programme, 1), or (programme, run)."""

    missiles: Count
    a_year: Real
    cost: Real
    development_cost: Real
    months_to_test: Real
    months_to_field: Real
    months_to_move: Real
    slips: Real
    can_stand: Mask
    """(programme, region, 1)"""

    @classmethod
    def of(cls, programmes: list[Programme], regions: tuple[str, ...]) -> Figures:
        """Gather the figures of some programmes."""

        def of(name: str) -> Real:
            return column(getattr(p, name) for p in programmes)

        return cls(
            missiles=of("missiles").astype(np.int32),
            a_year=of("a_year"),
            cost=of("cost"),
            development_cost=of("development_cost"),
            months_to_test=of("months_to_test"),
            months_to_field=of("months_to_field"),
            months_to_move=of("months_to_move"),
            slips=of("slips"),
            can_stand=np.array(
                [[[p.regions is None or r in p.regions] for r in regions] for p in programmes], dtype=np.bool_
            ).reshape(len(programmes), len(regions), 1),
        )


@dataclass(frozen=True)
class Holdings:
    """What a party has in regions, counted once while nothing moves; each of shape (region, run).

    In missiles, but for the batteries that a look or a visit may meet.
    """

    announced: Count
    """Openly deployed, for an exercise or to last."""
    exercising: Count
    """Those of the announced that are there for an exercise."""
    undeclared: Count
    """Hidden there."""
    disputed: Count
    """Those whose standing the parties contest; they are in none of the others."""
    standing: Count
    """Announced or hidden."""
    own: Count
    """Standing there, or on the way."""
    own_at_site: Count
    """Hidden at a declared site, or on the way there."""
    batteries_elsewhere: Count
    """Batteries hidden away from declared sites."""
    batteries_at_site: Count
    """Batteries hidden at a declared site."""

    @property
    def nothing_hidden(self) -> Mask:
        """Not one battery is hidden there, (region, run)."""
        return self.undeclared == 0


@dataclass
class Arsenal:
    """The state of a party's programmes in every run."""

    names: tuple[str, ...]
    figures: Figures
    stage: Count
    """`Stage`, (programme, run)."""
    due: Real
    """The month in which the next stage is due, (programme, run); a month, not a countdown."""
    reserve: Count
    """Batteries at home, (programme, run)."""
    part_built: Real
    """The battery under construction, as a fraction, (programme, run)."""
    deployed: Count
    """Batteries that stand in regions, by `Place`: (place, programme, region, run)."""
    by_event: Count
    """Those of the deployed that an event put there, and only an event removes; of the same shape."""
    moved_out: Count
    """Disputed batteries that went home under an agreement, (programme, region, run); they are in reserve."""
    exercise_ends: Count
    """The month in which an exercise ends there: the party's own, an event's; (2, programme, region, run)."""
    on_the_way: Count
    """Batteries ordered and not yet there, (programme, region, run)."""
    arrives: Count
    """The month in which they are due, (programme, region, run)."""
    arrives_as: Count
    """How they will stand, as a `Place`, (programme, region, run)."""

    @classmethod
    def at_start(cls, scenario: Scenario, owner: str, n_runs: int) -> Arsenal:
        """The arsenal of a party as the file describes it."""
        regions = tuple(scenario.regions)
        own = {name: p for name, p in scenario.programmes.items() if p.owner == owner}
        programmes = list(own.values())
        figures = Figures.of(programmes, regions)
        each, everywhere = (len(own), n_runs), (len(own), len(regions), n_runs)
        whole = smallest_type(sum(most_batteries(scenario).values()))
        stage = np.zeros(each, dtype=np.int8) + column(Stage[p.stage.upper()] for p in programmes).astype(
            np.int8
        )
        standing = np.zeros((len(Place), *everywhere), dtype=whole)
        for p, programme in enumerate(programmes):
            place = Place.DISPUTED if programme.disputed else Place.ANNOUNCED
            for region, batteries in programme.deployed.items():
                standing[place, p, regions.index(region)] = batteries
        return cls(
            names=tuple(own),
            figures=figures,
            stage=stage,
            due=np.where(stage == Stage.DEVELOPMENT, figures.months_to_test, figures.months_to_field),
            reserve=np.zeros(each, dtype=whole) + column(p.reserve for p in programmes).astype(whole),
            part_built=np.zeros(each),
            deployed=standing,
            by_event=np.zeros_like(standing),
            moved_out=np.zeros(everywhere, dtype=whole),
            exercise_ends=np.full((2, *everywhere), -NEVER, dtype=np.int16),
            on_the_way=np.zeros(everywhere, dtype=whole),
            arrives=np.zeros(everywhere, dtype=np.int16),
            arrives_as=np.zeros(everywhere, dtype=np.int8),
        )

    @cached_property
    def smallest_battery(self) -> Real:
        """Missiles in the smallest battery that could stand there, (region, run or 1); infinite for none."""
        sizes = np.where(self.figures.can_stand, self.figures.missiles[:, None, :], np.inf)
        return np.asarray(sizes.min(axis=0, initial=np.inf))

    def missiles(self, batteries: Count) -> Count:
        """Missiles in batteries of shape (programme, region, run), summed over programmes: (region, run)."""
        total = np.zeros(batteries.shape[1:], dtype=np.int32)
        for size, each in zip(self.figures.missiles, batteries, strict=True):
            if each.any():
                total += each * size
        return total

    def holdings(self) -> Holdings:
        """Count what there is of it in regions."""
        lasting, exercising, elsewhere, at_site, disputed = (
            self.missiles(self.deployed[place])
            for place in (Place.ANNOUNCED, Place.EXERCISE, Place.ELSEWHERE, Place.AT_SITE, Place.DISPUTED)
        )
        announced, undeclared = lasting + exercising, elsewhere + at_site
        coming, coming_to_site = np.zeros_like(announced), np.zeros_like(announced)
        for size, batteries, place in zip(
            self.figures.missiles, self.on_the_way, self.arrives_as, strict=True
        ):
            if batteries.any():
                missiles = batteries * size
                coming += missiles * (place != Place.DISPUTED)
                coming_to_site += missiles * (place == Place.AT_SITE)
        return Holdings(
            announced=announced,
            exercising=exercising,
            undeclared=undeclared,
            disputed=disputed,
            standing=announced + undeclared,
            own=announced + undeclared + coming,
            own_at_site=at_site + coming_to_site,
            batteries_elsewhere=self._batteries(Place.ELSEWHERE),
            batteries_at_site=self._batteries(Place.AT_SITE),
        )

    def _batteries(self, place: Place) -> Count:
        """Batteries of all programmes that stand in some way, (region, run)."""
        return self.deployed[place].sum(axis=0, dtype=np.int32)

    def own_missiles(self) -> Count:
        """Missiles that stand in regions or are on the way, disputed ones apart, (region, run)."""
        batteries = self.on_the_way * (self.arrives_as != Place.DISPUTED)
        for place in COUNTED:
            batteries += self.deployed[place]
        return self.missiles(batteries)

    @property
    def reserve_missiles(self) -> Count:
        """Missiles at home, (run,)."""
        return (self.reserve * self.figures.missiles).sum(axis=0, dtype=np.int32)


def most_missiles(scenario: Scenario) -> float:
    """More missiles than a scenario's parties can ever have, all together."""
    batteries = most_batteries(scenario)
    return float(np.max(sum(p.missiles * batteries[name] for name, p in scenario.programmes.items())))


def most_batteries(scenario: Scenario) -> dict[str, Number]:
    """More batteries of each programme than there can ever be, one number for all runs or one for each."""
    put_there = [event for event in scenario.events.values() if isinstance(event, (Deploy, Exercise))]
    return {
        name: p.reserve
        + sum(p.deployed.values())
        + sum(event.batteries for event in put_there if event.programme == name)
        + p.a_year * scenario.months / 12
        + 2
        for name, p in scenario.programmes.items()
    }
