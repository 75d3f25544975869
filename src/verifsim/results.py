"""The labelled dataset: which variables there are, in which units; building, packing, loading it.

A saved results file is enough for everything that follows: outcomes, comparison and
pictures never need the model.

Results are whole, with every month of every run, or reduced: every month of the first runs alone, the sample;
of every run what it came to, a column each along ``every_run``; and sums over all runs by month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any

import h5netcdf
import h5py
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.backends import H5NetCDFStore

from verifsim.arrays import column
from verifsim.codes import Consent, Ended, Finding, Position, Stance, Talk, words
from verifsim.doctrines import Reason
from verifsim.errors import OutputError
from verifsim.ladder import RUNGS
from verifsim.scenario import Scenario
from verifsim.scenario.events import SetBudget
from verifsim.scenario.months import month_number
from verifsim.scenario.vary import Drawn

FILE_NAME = "results.nc"

FORMAT = 3
"""The version of this layout; files of another one are not read."""

SAMPLE = 1_000
"""Runs, the first ones, of which reduced results hold every month."""

EVERY_RUN = "every_run"
"""The dimension of what reduced results hold of all runs."""

EXISTS = "exists."
"""Before the name of a column, among what is added up: in how many runs what it speaks of is there."""


@dataclass(frozen=True)
class Variable:
    """One variable of the dataset."""

    dims: tuple[str, ...]
    unit: str
    long_name: str
    codes: tuple[str, ...] = ()
    """What the values 0, 1, … mean, where they are codes."""
    bytes: int = 1
    """What a value takes in memory; a few more, where there are very many missiles."""


_REGIONAL, _PARTY, _AGREED, _BOTH = (
    ("run", "month", "region"),
    ("run", "month", "party"),
    ("run", "month", "agreement"),
    ("run", "month", "party", "region"),
)

VARIABLES: dict[str, Variable] = {
    "rung": Variable(_REGIONAL, "1", "rung of the escalation ladder", RUNGS),
    "world_rung": Variable(("run", "month"), "1", "rung of the world", RUNGS),
    "crisis": Variable(("run", "month"), "1", "there is a crisis"),
    "uncontrolled": Variable(
        ("run", "month"), "1", "a crisis has got out of control, and the world is frozen"
    ),
    "perceived_rung": Variable(_PARTY, "1", "rung of the world as the party perceives it", RUNGS),
    "deployed_announced": Variable(_BOTH, "missiles", "missiles openly deployed", bytes=2),
    "deployed_undeclared": Variable(_BOTH, "missiles", "missiles hidden in a region", bytes=2),
    "deployed_disputed": Variable(_BOTH, "missiles", "missiles whose standing the parties contest", bytes=2),
    "exercise": Variable(_BOTH, "1", "some of the openly deployed are there for an exercise"),
    "host_consent": Variable(_BOTH, "1", "where the party stands with the hosts there", words(Consent)),
    "reserve": Variable(_PARTY, "missiles", "missiles held back at home", bytes=2),
    "alarm": Variable(_BOTH, "1", "this month's look at the other raised an alarm"),
    "belief": Variable(_BOTH, "probability", "belief that the other hides missiles there", bytes=8),
    "trust": Variable(_PARTY, "1", "trust in the other, 0 to 1", bytes=4),
    "talks": Variable(_PARTY, "1", "what became of an offer to the party", words(Talk)),
    "moved_because": Variable(
        _BOTH,
        "1",
        "why it decided this month to deploy there",
        words(Reason),
    ),
    "pledge_stands": Variable(_BOTH, "1", "an own pledge not to be first stands there"),
    "moratorium_in_force": Variable(_REGIONAL, "1", "a moratorium on deployment is in force there"),
    "agreement_in_force": Variable(_AGREED, "1", "the agreement is in force"),
    "inspections_in_force": Variable(_AGREED, "1", "inspections run under the agreement"),
    "inspections_suspended": Variable(_AGREED, "1", "its inspections are suspended"),
    "inspections_held": Variable(_PARTY, "visits", "visits that the party made", bytes=2),
    "inspections_refused": Variable(_PARTY, "visits", "visits that the party was refused", bytes=2),
    "inspections_alarming": Variable(_PARTY, "visits", "visits that stood as alarms", bytes=2),
    "inspections_clarified": Variable(
        _PARTY, "visits", "false alarms that a clarifying visit cleared", bytes=2
    ),
    "true_alarms": Variable(_BOTH, "visits", "visits that found something prohibited", bytes=2),
    "hidden_when_looked": Variable(_BOTH, "1", "the party had hidden missiles there when the other looked"),
    "findings": Variable(
        _PARTY,
        "1",
        "what the party's visits came to, at their worst",
        words(Finding),
    ),
    "doctrine_followed": Variable(
        ("run", "party", "region"), "1", "which of its doctrines the party truly follows"
    ),
    "moratorium_ended": Variable(("run", "agreement"), "1", "why the agreement ended", words(Ended)),
    "left_falsely": Variable(
        ("run", "agreement"), "1", "it was left as broken while nothing was hidden where it stood"
    ),
    "true_range": Variable(
        ("run", "programme"), "km", "how far the missile truly flies, where that is disputed", bytes=8
    ),
    "treaty_stance": Variable(_PARTY, "1", "standing in the treaty", words(Stance)),
    "tested_or_produces": Variable(_PARTY, "1", "has flight-tested or produces such a missile"),
    "produces": Variable(_PARTY, "1", "has ordered production of such missiles, and no treaty forbids it"),
    "spending": Variable(_PARTY, "US$ m a month", "spending on these missiles", bytes=8),
    "china_launchers": Variable(("run", "month"), "launchers", "China's launchers of such missiles", bytes=4),
    "china_concern": Variable(
        ("run", "month"), "1", "how far missiles in its region concern China, 0 to 1", bytes=4
    ),
    "china_position": Variable(("run", "month"), "1", "what China says", words(Position)),
}
"""Every variable that a model run records."""

SUMS: dict[str, Variable] = {
    "world_rung_runs": Variable(("month", "each_rung"), "runs", "runs in which the world stands on the rung"),
    "rung_runs": Variable(
        ("month", "region", "each_rung"), "runs", "runs in which the region stands on the rung"
    ),
    "crisis_runs": Variable(("month",), "runs", "runs in which there is a crisis"),
    "uncontrolled_runs": Variable(("month",), "runs", "runs in which a crisis has got out of control"),
    "moratorium_runs": Variable(("month", "region"), "runs", "runs in which a moratorium is in force there"),
    "deployed_sum": Variable(_BOTH[1:], "missiles", "missiles deployed, added up over runs"),
    "deployed_squares": Variable(_BOTH[1:], "missiles squared", "their squares, added up over runs"),
    "disputed_sum": Variable(_BOTH[1:], "missiles", "disputed missiles, added up over runs"),
    "disputed_squares": Variable(_BOTH[1:], "missiles squared", "their squares, added up over runs"),
}
"""What is added up over all runs, month by month: exact also where results are reduced."""


def is_reduced(ds: xr.Dataset) -> bool:
    """Whether results hold the months of a sample of their runs alone."""
    return EVERY_RUN in ds.dims


def run_numbers(ds: xr.Dataset) -> NDArray[np.int64]:
    """The numbers of all runs, (run,), also of those whose months are not held."""
    return np.asarray(ds[EVERY_RUN if is_reduced(ds) else "run"].values)


def n_runs(ds: xr.Dataset) -> int:
    """How many runs there are in all."""
    return ds.sizes[EVERY_RUN if is_reduced(ds) else "run"]


def months_of(scenario: Scenario) -> NDArray[np.datetime64]:
    """The first day of each month of a scenario."""
    start = np.datetime64(month_number(scenario.start) - 1970 * 12, "M")
    return (start + np.arange(scenario.months)).astype("datetime64[ns]")


class Joiner:
    """Joins chunks of arrays into one dataset, without holding anything twice.

    Parameters
    ----------
    n_runs
        How many runs there will be.
    n_whole
        How many of them, the first ones, are held month by month; all, if not said.
    """

    def __init__(self, n_runs: int, n_whole: int | None = None) -> None:
        self._n_runs, self._n_whole = n_runs, n_runs if n_whole is None else min(n_whole, n_runs)
        self._first_whole = 0
        self._arrays: dict[str, NDArray[Any]] = {}
        self._sums: dict[str, NDArray[Any]] = {}

    def put(self, first: int, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Put in the runs from ``first`` on.

        ``arrays`` has by name `VARIABLES`, run first, of those runs that are held month by month; `SUMS`, and
        numbers, which are added up; and columns, a value for every run.
        """
        for name, values in arrays.items():
            if name in SUMS or values.ndim == 0:
                self._sums[name] = self._sums.get(name, 0) + values
            elif len(values):
                if name in VARIABLES:
                    self._put(name, first - self._first_whole, values, self._n_whole)
                else:
                    self._put(name, first, values, self._n_runs)

    def _put(self, name: str, first: int, values: NDArray[Any], n: int) -> None:
        """Put in values of some of n runs; a chunk that has all of them is taken as it is."""
        if len(values) == n:
            self._arrays[name] = values
            return
        if name not in self._arrays:
            room = np.empty((*values.shape[1:], n), dtype=values.dtype)
            self._arrays[name] = np.moveaxis(room, -1, 0)  # as the model has it: the run changes fastest
        room = self._arrays[name]
        if room.dtype != values.dtype:  # chunks that drew other numbers may have more to count
            self._arrays[name] = room = room.astype(np.promote_types(room.dtype, values.dtype), order="K")
        room[first : first + len(values)] = values

    def hold(self, first: int, n: int) -> None:
        """Let others than the first runs be held month by month, as none of those is: so many from one on."""
        self._first_whole, self._n_whole = first, n

    def whole(self, runs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some runs, in order, that are held month by month."""
        if self._n_whole == self._n_runs:
            return runs
        begin, end = np.searchsorted(runs, [self._first_whole, self._first_whole + self._n_whole])
        return runs[begin:end]

    def dataset(
        self,
        scenario: Scenario,
        runs: NDArray[np.int64],
        attrs: Mapping[str, Any],
        numbers: Mapping[str, Drawn] = MappingProxyType({}),
    ) -> xr.Dataset:
        """The dataset of the runs that were finished, by number.

        Where runs drew numbers of their own, the scenario has arrays over those finished runs in their place
        that are held month by month, and ``numbers`` are these by name.
        """
        whole = self.whole(runs)
        places = whole - self._first_whole
        recorded = {name: self._of(name, places) for name in self._arrays if name in VARIABLES}
        ds = labelled(recorded, scenario, whole, attrs, numbers)
        return ds.assign(self.of_all(runs)) if self._sums else ds

    def _of(self, name: str, runs: NDArray[np.int64]) -> NDArray[Any]:
        values = self._arrays[name]
        return values if len(values) == len(runs) else values[runs]

    def of_all(self, runs: NDArray[np.int64]) -> dict[str, Any]:
        """The columns that have a meaning in some run, and the sums over runs."""
        lacking = {name.removeprefix(EXISTS) for name, n in self._sums.items() if n.ndim == 0 and n == 0}
        there = [name for name in self._arrays if name not in VARIABLES and name not in lacking]
        columns = {name: self._of(name, runs) for name in there}
        numbers = (EVERY_RUN, runs, {"units": "1", "long_name": "number of each run there is"})
        return (
            {EVERY_RUN: numbers}
            | {name: (EVERY_RUN, values) for name, values in columns.items() if not np.isnan(values).all()}
            | {name: (of.dims, self._sums[name], _attrs(of)) for name, of in SUMS.items()}
        )


def labelled(
    recorded: Mapping[str, NDArray[Any]],
    scenario: Scenario,
    runs: NDArray[np.int64],
    attrs: Mapping[str, Any],
    numbers: Mapping[str, Drawn] = MappingProxyType({}),
) -> xr.Dataset:
    """The dataset of what some runs recorded, with what a reader needs of the scenario."""
    variables = {name: (VARIABLES[name].dims, v, _attrs(VARIABLES[name])) for name, v in recorded.items()}
    coords = {
        "run": ("run", runs, {"units": "1", "long_name": "run"}),
        "month": ("month", months_of(scenario), {"long_name": "month (its first day)"}),
        "party": _texts("party", scenario.parties, "party"),
        "region": _texts("region", scenario.regions, "region"),
        "agreement": _texts("agreement", scenario.agreements, "agreement"),
        "programme": _texts("programme", _by_owner(scenario), "missile programme"),
        "site": _texts("site", scenario.sites, "declared site"),
    }
    given = _given(scenario, numbers) | _observed(scenario)
    return xr.Dataset(variables | given, coords=coords | _drawn(numbers), attrs=dict(attrs))


def _drawn(numbers: Mapping[str, Drawn]) -> dict[str, Any]:
    """What each run drew, as coordinates along the run; nothing where all have the stated numbers."""
    if not numbers:
        return {}
    said = numbers.values()
    ends = np.array([[n.low, n.value, n.high] for n in said])
    return {
        "number": _texts("number", numbers, "number with a range, by its path in the file"),
        "numbers": (
            ("run", "number"),
            np.stack([n.values for n in said], axis=1),
            {"long_name": "what the run drew"},
        ),
        "number_unit": _texts("number", [n.unit for n in said], "unit of the number"),
        "number_low": ("number", ends[:, 0], {"long_name": "low end of its range"}),
        "number_stated": ("number", ends[:, 1], {"long_name": "stated value"}),
        "number_high": ("number", ends[:, 2], {"long_name": "high end of its range"}),
    }


def given(ds: xr.Dataset, path: str) -> xr.DataArray:
    """A number of the scenario that outcomes need: one for all runs, or what each run drew."""
    if "number" in ds.coords and path in ds.number:
        return ds.numbers.sel(number=path).reset_coords(drop=True)
    return xr.DataArray(ds.attrs[path.rpartition(".")[2]])


UNOBSERVED = -1
"""In place of a rung, where nobody observed one."""


def _observed(scenario: Scenario) -> dict[str, Any]:
    """The rungs as they truly were, by region and of the world; nothing, where the file observes none."""
    if not scenario.observed:
        return {}
    first, words = month_number(scenario.start), [name.replace(" ", "_") for name in RUNGS]
    where = (*scenario.regions, None)
    rungs = np.full((scenario.months, len(where)), UNOBSERVED, dtype=np.int8)
    for seen in sorted(scenario.observed.values(), key=lambda seen: seen.since):
        since = max(month_number(seen.since) - first, 0)
        rungs[since:, where.index(seen.region)] = words.index(seen.rung) if seen.rung in words else UNOBSERVED
    said = {"units": "1", "long_name": "rung as it was observed; -1 where it was not"}
    return {
        "observed_rung": (("month", "region"), rungs[:, :-1], said),
        "observed_world_rung": (("month",), rungs[:, -1], said),
    }


def _given(scenario: Scenario, varying: Iterable[str]) -> dict[str, Any]:
    """What a reader of results needs of the file: of parties, regions, sites; by run, where it varies."""
    keys = {name.rpartition(".")[2] for name in varying}
    parties, regions = scenario.parties.values(), scenario.regions.values()
    sites = scenario.sites.values()
    objects = column(site.objects for site in sites).astype(np.int32)
    return {
        "party_title": _texts("party", [p.title for p in parties], "name of the party"),
        "agreement_binds": (
            ("agreement", "party"),
            _members(scenario, scenario.parties, "binds"),
            {"units": "1", "long_name": "the agreement binds the party"},
        ),
        "agreement_covers": (
            ("agreement", "region"),
            _members(scenario, scenario.regions, "regions"),
            {"units": "1", "long_name": "the agreement covers the region"},
        ),
        "budget_ceiling": _by_run(
            ("month", "party"),
            _ceilings(scenario),
            {"units": "US$ m a year", "long_name": "ceiling on spending"},
            varies="new_missile_budget" in keys,
        ),
        "programme_owner": _texts(
            "programme", [scenario.programmes[p].owner for p in _by_owner(scenario)], "party it belongs to"
        ),
        "programme_disputed": (
            "programme",
            np.array([scenario.programmes[p].disputed for p in _by_owner(scenario)], dtype=np.bool_),
            {"units": "1", "long_name": "its standing is disputed"},
        ),
        "programme_title": _texts(
            "programme", [scenario.programmes[p].title for p in _by_owner(scenario)], "name of the programme"
        ),
        "region_title": _texts("region", [r.title for r in regions], "name of the region"),
        "site_title": _texts("site", [s.title for s in sites], "name of the site"),
        "site_owner": _texts("site", [s.owner for s in sites], "party it belongs to"),
        "site_region": _texts("site", [s.region for s in sites], "region it is in"),
        "site_kind": _texts("site", [s.kind for s in sites], "kind of object"),
        "site_objects": _by_run(
            ("site",),
            objects,
            {"units": "objects", "long_name": "objects declared there"},
            varies="objects" in keys,
        ),
    }


def _by_owner(scenario: Scenario) -> list[str]:
    """The programmes, party by party: the order in which they are recorded."""
    programmes = scenario.programmes.items()
    return [name for party in scenario.parties for name, p in programmes if p.owner == party]


def _members(scenario: Scenario, names: Iterable[str], key: str) -> NDArray[np.bool_]:
    """Which names each agreement lists under a key, (agreement, name)."""
    agreements = scenario.agreements.values()
    listed = [[name in getattr(terms, key) for name in names] for terms in agreements]
    return np.array(listed, dtype=np.bool_).reshape(len(listed), len(list(names)))


def _by_run(
    dims: tuple[str, ...], values: NDArray[Any], attrs: dict[str, str], *, varies: bool
) -> tuple[Any, ...]:
    """A variable with these dims out of values (..., 1), or, where they vary between runs, (..., run)."""
    if not varies:
        return dims, values[..., 0], attrs
    return ("run", *dims), np.moveaxis(values, -1, 0), attrs


def _ceilings(scenario: Scenario) -> NDArray[np.float64]:
    """The ceilings on spending, (month, party, 1) or (month, party, run); nan for none."""
    parties = scenario.parties
    changes = [event for event in scenario.events.values() if isinstance(event, SetBudget)]
    known = [party.new_missile_budget for party in parties.values()]
    known += [event.new_missile_budget for event in changes]
    ceilings = column(np.nan if ceiling is None else ceiling for ceiling in known)
    result = np.empty((scenario.months, len(parties), ceilings.shape[-1]))
    result[:] = ceilings[: len(parties)]
    for event, ceiling in sorted(
        zip(changes, ceilings[len(parties) :], strict=True), key=lambda change: change[0].month
    ):
        since = month_number(event.month) - month_number(scenario.start)
        result[since:, list(parties).index(event.party)] = ceiling
    return result


def _texts(dim: str, values: Iterable[str], long_name: str) -> tuple[str, NDArray[np.str_], dict[str, str]]:
    texts = np.array(list(values) or [], dtype=np.str_)
    return dim, texts, {"units": "1", "long_name": long_name}


def _attrs(variable: Variable) -> dict[str, Any]:
    attrs: dict[str, Any] = {"units": variable.unit, "long_name": variable.long_name}
    if variable.codes:
        attrs["flag_values"] = np.arange(len(variable.codes), dtype=np.int8)
        attrs["flag_meanings"] = " ".join(code.replace(" ", "_") for code in variable.codes)
    return attrs


def content(ds: xr.Dataset) -> memoryview:
    """A dataset as the content of a NetCDF file; packed to be fast rather than smallest.

    It is made in memory: HDF5 that meets a full disk may fail again, or crash, long after
    it has said so.
    """
    packed = {"zlib": True, "complevel": 1, "shuffle": True}
    by_run = [name for name, values in ds.data_vars.items() if name in VARIABLES or EVERY_RUN in values.dims]
    into = BytesIO()
    with h5netcdf.File(into, "w") as file:
        ds.dump_to_store(H5NetCDFStore(file), encoding=dict.fromkeys(by_run, packed))
    return into.getbuffer()


def load(path: str | PathLike[str]) -> xr.Dataset:
    """Read a results file, or the results file of a folder, and close it.

    Raises
    ------
    OutputError
        If there is none, or it is not one of this version's.
    """
    file = Path(path)
    file = file / FILE_NAME if file.is_dir() else file
    if file.suffix in (".yaml", ".yml"):
        raise OutputError(f"{file} is a scenario; 'verifsim run {file}' makes results of it")
    if not file.is_file():
        begun = ", and goes on from the finished runs in chunks" if (file.parent / "chunks").is_dir() else ""
        raise OutputError(f"{file}: no results here; 'verifsim run' writes them{begun}")
    try:
        with h5py.File(file) as whole:  # xarray leaves a damaged file half open
            whole.visititems(lambda name, item: None)
        ds = xr.load_dataset(file, engine="h5netcdf")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise OutputError(f"{file}: not a readable results file ({error})") from None
    missing = [name for name in VARIABLES if name not in ds]
    if ds.attrs.get("format") != FORMAT or missing:
        found = ds.attrs.get("verifsim_version", "unknown")
        raise OutputError(f"{file}: not results of this version of verifsim (written by version {found})")
    for variable in ds.variables.values():
        if variable.dtype == object:
            variable.values = variable.values.astype(np.str_)
    return ds
