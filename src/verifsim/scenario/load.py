"""From a scenario file to a frozen, validated `Scenario`: all problems at once, or none."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from verifsim.doctrines import Known
from verifsim.doctrines.known import Given
from verifsim.errors import Problem, ScenarioError
from verifsim.scenario.explain import report_all
from verifsim.scenario.in_vain import report_in_vain
from verifsim.scenario.merge import read_with_parents
from verifsim.scenario.months import horizon, is_month, month_number
from verifsim.scenario.notes import ASSUMPTION, Note, check_ranges, take_notes
from verifsim.scenario.schema import Scenario
from verifsim.scenario.settings import put_settings
from verifsim.scenario.text import parse
from verifsim.scenario.tree import Mark, Path_, Tree
from verifsim.scenario.vary import contradictions, shares_alone, uncertain


@dataclass(frozen=True)
class ScenarioFile:
    """A validated scenario, where it came from, and the notes on its numbers."""

    scenario: Scenario
    name: str
    """The stem of the file's name: what its results are called."""
    notes: dict[Path_, Note] = field(default_factory=dict)
    """Ranges and sources, by the path of the number."""
    settings: tuple[str, ...] = ()
    """What was set on top of the file, as ``path=value``."""


def load_scenario(
    path: str | PathLike[str], settings: Iterable[str] = (), *, doctrines: Iterable[Given] = ()
) -> ScenarioFile:
    """Read, merge and validate a scenario file.

    Parameters
    ----------
    path
        The file.
    settings
        ``path.to.key=value`` strings, put on top and validated like the file.
    doctrines
        Doctrines of your own, known here alone: classes, or instances that bring their parameters
        where neither file nor settings say them.

    Raises
    ------
    ScenarioError
        With every problem of the file, each with its place.
    UsageError
        If one of the doctrines is none, or has a name that another one has.
    """
    path, settings, known = Path(path), tuple(settings), Known(doctrines)
    tree = put_settings(replace(read_with_parents(path), known=known), settings)
    if not isinstance(tree.data, dict):
        raise ScenarioError(tree.problems)
    _report_never_offered(tree)
    _leave_out_what_is_too_late(tree, str(path))
    name = path.stem.encode(errors="surrogateescape").decode(errors="replace")  # whatever bytes it is of
    return ScenarioFile(*_validated(tree, name), settings=settings)


def resolved_scenario(text: str, name: str) -> ScenarioFile:
    """Read back what results hold of their scenario: see `verifsim.scenario.write.resolved_yaml`.

    Raises
    ------
    ScenarioError
        If it is not valid here: it may name a doctrine that is not installed.
    """
    tree = parse(text.encode(), name)
    if not isinstance(tree.data, dict):
        raise ScenarioError(tree.problems)
    return ScenarioFile(*_validated(tree, name))


def _report_never_offered(tree: Tree) -> None:
    """Report agreements that never come about: they have no month, and nobody offers them."""
    agreements, events, parties = (_parts(tree.data.get(key)) for key in ("agreements", "events", "parties"))
    offered = [event.get("agreement") for event in events.values() if event.get("does") == "offer"]
    for party in parties.values():
        talks = party.get("talks")
        offered += [talks.get("offers")] if isinstance(talks, dict) else []
    for name, terms in agreements.items():
        if tree.whole and "from" not in terms and name not in offered:
            what = "comes into force never: it has no month, and nobody offers it"
            tree.report(
                ("agreements", name), what, "'from: 2021-08', or an offer by event or in a party's talks"
            )


def _leave_out_what_is_too_late(tree: Tree, file: str) -> None:
    """Leave out events that a parent dates beyond a horizon which it did not set itself.

    What the file itself dates stays, unless a setting shortens the horizon: else it would be a slip unseen.
    """
    _, last = horizon(tree.data)
    events, set_by = tree.data.get("events"), {tree.mark((key,)).file for key in ("start", "months")}
    if last is None or not isinstance(events, dict):
        return
    by_setting = any(place.startswith("--set") for place in set_by)
    for name, event in list(events.items()):
        month = event.get("month") if isinstance(event, dict) else None
        dated_by = tree.mark(("events", name, "month")).file
        late = is_month(month) and month_number(str(month)) > last
        if (
            late
            and (by_setting or (dated_by != file and set_by != {dated_by}))
            and not dated_by.startswith("--set")
        ):
            del events[name]


def _validated(tree: Tree, name: str) -> tuple[Scenario, str, dict[Path_, Note]]:
    _name_kinds(tree.data, tree.known)
    notes = take_notes(tree)
    check_ranges(tree, notes)
    report_in_vain(tree)
    context = _context(tree.data, tree.known)
    try:
        scenario = Scenario.model_validate(tree.data, context=context, by_name=False, by_alias=True)
    except ValidationError as error:
        report_all(tree, error.errors(include_url=False))
        raise ScenarioError(tree.problems) from None
    notes = _by_region(notes, scenario)
    if scenario.ensemble.vary:
        _check_what_varies(tree, scenario, notes)
    if tree.problems:
        raise ScenarioError(tree.problems)
    return scenario, name, notes


def _check_what_varies(tree: Tree, scenario: Scenario, notes: dict[Path_, Note]) -> None:
    """Report that nothing can vary, or that numbers can be drawn which contradict each other."""
    if not uncertain(scenario, notes):
        what = "no number that anything depends on has a range to draw from"
        tree.report(
            ("ensemble", "vary"), what, "e.g. watching: {battery_seen: {value: 0.3, range: [0.1, 0.6]}}"
        )
    for path in shares_alone(scenario, notes):
        what = "a range on one share alone leaves nothing open: it is what the others leave"
        tree.report(path, what, "a range on another share of that party too, or on none")
    for path, what in contradictions(scenario, notes):
        tree.report(path, f"as numbers vary: {what}", "ranges that cannot cross")


def _by_region(notes: dict[Path_, Note], scenario: Scenario) -> dict[Path_, Note]:
    """The notes, those on shares that are said for all regions at once repeated for each."""
    result: dict[Path_, Note] = {}
    for path, note in notes.items():
        said_once = path[2:3] == ("doctrine",) and len(path) == 4
        paths = [(*path[:3], region, path[3]) for region in scenario.regions] if said_once else [path]
        result |= dict.fromkeys(paths, note)
    return result


def _context(data: dict[str, Any], doctrines: Known) -> dict[str, Any]:
    """What names and dates are checked against while the parts are validated."""
    named = {"programmes": {}, "sites": {}, "agreements": {}} | {
        key: data[key] for key in ("regions", "parties", "programmes", "sites", "agreements") if key in data
    }
    known: dict[str, Any] = {
        key: dict.fromkeys(part) for key, part in named.items() if isinstance(part, dict)
    }
    listed, own = data.get("sources"), data.get("doctrines")
    known["sources"] = [*(listed if isinstance(listed, dict) else ()), ASSUMPTION]
    known["doctrines"] = sorted({*doctrines, *(own if isinstance(own, dict) else ())})
    known["known_doctrines"] = doctrines
    programmes, sites = _parts(named["programmes"]), _parts(named["sites"])
    calm = {
        name for name, programme in programmes.items() if programme.get("disputed", False) in (False, "no")
    }
    if "programmes" in known:
        known["disputed"] = [name for name in known["programmes"] if name not in calm]
    known["china"] = data.get("china") is not None
    parties = _parts(named.get("parties"))
    known["without_offer"] = [name for name, party in parties.items() if _offers_nothing(party)]
    known["stations"] = {name: programme.get("regions") for name, programme in programmes.items()}
    known["owners"] = {name: programme.get("owner") for name, programme in programmes.items()}
    known["site_places"] = {name: (site.get("owner"), site.get("region")) for name, site in sites.items()}
    return {**known, "start": data.get("start"), "months": data.get("months")}


def _offers_nothing(party: dict[str, Any]) -> bool:
    talks = party.get("talks", {})
    return isinstance(talks, dict) and talks.get("offers") is None


def _parts(named: Any) -> dict[str, dict[str, Any]]:
    return (
        {name: part for name, part in named.items() if isinstance(part, dict)}
        if isinstance(named, dict)
        else {}
    )


def _name_kinds(data: dict[str, Any], known: Known) -> None:
    """Let a doctrine's name be its kind where none is given, and list those used without parameters.

    Parameters that an instance of the caller's own brings stand below those of the file.
    """
    doctrines = data.setdefault("doctrines", {})
    if not isinstance(doctrines, dict):
        return
    for name in _doctrines_used(data):
        if name in known:
            doctrines.setdefault(name, {})
    for name, parameters in doctrines.items():
        if isinstance(parameters, dict):
            brought = known.brings(parameters.get("kind", name))
            doctrines[name] = {"kind": name, **_over(brought, parameters)}


def _over(under: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """What is said above, and what is said below alone."""
    both = {
        key: _over(under[key], said) if isinstance(said, dict) and isinstance(under.get(key), dict) else said
        for key, said in above.items()
    }
    return {**under, **both}


def _doctrines_used(data: dict[str, Any]) -> list[str]:
    parties = data.get("parties")
    used: list[str] = []
    for party in parties.values() if isinstance(parties, dict) else ():
        doctrine = party.get("doctrine") if isinstance(party, dict) else None
        used += _names_in(doctrine)
    return used


def _names_in(doctrine: Any) -> list[str]:
    """Every text in a doctrine, however deep: names, and shares by name."""
    if isinstance(doctrine, dict):
        return [name for key, value in doctrine.items() for name in (key, *_names_in(value))]
    return [doctrine] if isinstance(doctrine, str) else []


def scenario_from(
    data: dict[str, Any], name: str = "scenario", *, doctrines: Iterable[Given] = ()
) -> ScenarioFile:
    """Validate a scenario given as plain data, as in a file without ``extends``."""
    if not isinstance(data, dict):
        raise ScenarioError([Problem(name, 0, 0, "", "a scenario is made of keys and values")])
    return ScenarioFile(*_validated(Tree(deepcopy(data), {(): Mark(name)}, known=Known(doctrines)), name))
