"""What was compared: each scenario, and what it says otherwise than the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifsim.doctrines import Known
from verifsim.errors import ScenarioError
from verifsim.scenario import ScenarioFile
from verifsim.scenario.differences import Difference, differences
from verifsim.scenario.load import resolved_scenario
from verifsim.scenario.tree import written
from verifsim.study import Study


@dataclass(frozen=True)
class Scenario:
    """One scenario, as its results tell of it."""

    name: str
    """What it is called in the report."""
    study: Study
    file: ScenarioFile | None
    """What was run; None where it cannot be read here."""
    unread: str = ""
    """Why not."""

    @property
    def title(self) -> str:
        """What is assumed, in a few words."""
        return str(self.study.ds.attrs["title"])

    @property
    def question(self) -> str:
        """What it asks, if anything."""
        return str(self.study.ds.attrs["question"])

    @property
    def text(self) -> str:
        """The resolved scenario: what was run, with nothing left to look up."""
        return str(self.study.ds.attrs["scenario"])

    @property
    def facts(self) -> str:
        """How much was simulated, of when, and under which luck."""
        ds, (first, last) = self.study.ds, self.study.ds.month[[0, -1]].dt.strftime("%B %Y").values
        n, settings = self.study.n_runs, str(ds.attrs["settings"])
        alone = "" if self.study.only_run is None else f" (run {self.study.only_run:,} alone)"
        drawn = "; each world drew its numbers from their ranges" if self.study.varies else ""
        set_to = f"; with {settings}" if settings else ""
        failed = int(ds.attrs.get("failed_runs", 0))
        lost = f"; {failed:,} more runs failed, and are left out" if failed else ""
        worlds = f"{n:,} world{'' if n == 1 else 's'}{alone}"
        return f"{worlds}, {first} to {last}, seed {ds.attrs['seed']}{set_to}{drawn}{lost}."


def scenario_of(study: Study, name: str) -> Scenario:
    """A scenario out of its results; its text is read back, if it can be."""
    try:
        return Scenario(name, study, resolved_scenario(str(study.ds.attrs["scenario"]), name))
    except ScenarioError as error:
        return Scenario(name, study, None, str(error))


@dataclass(frozen=True)
class Change:
    """One thing that a scenario says otherwise."""

    place: str
    """Where it stands in the file."""
    said: str
    """What follows the place: ``: 6 instead of 2``, `` is removed: …``."""
    meaning: str
    """What the key means, and what is noted on it."""


@dataclass(frozen=True)
class Changes:
    """All that a scenario says otherwise than the reference."""

    scenario: str
    changes: tuple[Change, ...]
    unread: str = ""
    """Why they cannot be told, where they cannot."""


def changes(scenarios: Sequence[Scenario]) -> list[Changes]:
    """What each scenario says otherwise than the first one, in words."""
    first, *others = scenarios
    return [_changes(other, first) for other in others]


def _changes(other: Scenario, first: Scenario) -> Changes:
    if other.file is None or first.file is None:
        return Changes(other.name, (), other.unread or first.unread)
    return Changes(other.name, tuple(map(_change, differences(other.file, first.file))))


def _change(difference: Difference) -> Change:
    place = written(difference.path)
    said, _, meaning = str(difference).removeprefix(place).partition("\n    ")
    return Change(place, said, meaning)


@dataclass(frozen=True)
class Rule:
    """Who follows a doctrine where, in how many worlds."""

    party: str
    region: str
    share: str
    """Nothing, where it is followed in all."""
    doctrine: str
    rule: str
    source: str


def rules(file: ScenarioFile) -> list[Rule]:
    """The doctrines that the parties of a scenario follow, region by region."""
    scenario, known = file.scenario, Known()
    found = []
    for party in scenario.parties.values():
        for region, shares in party.doctrine.items():
            for name, share in shares.items():
                kind = known[scenario.doctrines[name].kind]
                where = scenario.regions[region].title
                part = "" if share == 1 else f"in {100 * share:.3g} of 100 worlds"
                if share > 0:
                    found.append(Rule(party.title, where, part, name, kind.title, kind.source))
    return found
