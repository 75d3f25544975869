"""A run that drew its numbers is the run of a file that states them; one number for all is what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, get_args

import numpy as np
import pytest
import xarray as xr

from tests.scenario.varying import busy, numbers, ranged, stated
from verifsim.arrays import power
from verifsim.doctrines import CATALOGUE
from verifsim.ensemble import simulate_ensemble
from verifsim.model.world import simulate
from verifsim.parameter import Part
from verifsim.results import VARIABLES
from verifsim.scenario import ScenarioFile, declared, load_scenario, scenario_from
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.schema import Scenario
from verifsim.scenario.tree import Path_
from verifsim.scenario.vary import _inside, _put, uncertain
from verifsim.study import Study
from verifsim.verification.inspection import moved_out_probability
from verifsim.verification.ntm import alarm_probability

VARY = {"vary": "yes"}


def results(data: dict[str, Any], only_run: int | None = None) -> xr.Dataset:
    ds, failures = simulate_ensemble(scenario_from(data), only_run=only_run)
    assert not failures, failures[0].traceback
    return ds


def varied_and_stated(data: dict[str, Any], runs: Iterable[int]) -> Iterator[tuple[xr.Dataset, xr.Dataset]]:
    """Runs of a file whose numbers vary, and each alone of a file that states what it drew."""
    varied = results(ranged(data) | {"ensemble": data["ensemble"] | VARY})
    for run in runs:
        drawn = varied.sel(run=run)
        said = dict(zip(drawn.number.values.tolist(), drawn.numbers.values.tolist(), strict=True))
        yield varied.sel(run=[run]), results(stated(data, said), only_run=run)


@pytest.mark.parametrize("doctrine", CATALOGUE)
def test_a_run_that_drew_its_numbers_is_that_of_a_file_which_states_them(doctrine):
    for varied, alone in varied_and_stated(busy(doctrine), runs=range(0, 20, 3)):
        for name in VARIABLES:
            np.testing.assert_array_equal(varied[name].values, alone[name].values, err_msg=name)


def test_what_is_read_off_it_and_told_of_it_is_that_of_a_file_which_states_them():
    for varied, alone in varied_and_stated(busy(), runs=(4, 12)):
        one, other = Study(varied), Study(alone)
        both = [name for name in other.outcomes if name in one.outcomes]
        assert len(both) > 50
        for name in both:
            assert one.outcomes[name].tolist() == pytest.approx(other.outcomes[name].tolist(), nan_ok=True), (
                name
            )
        assert one.story() == other.story()


def test_the_file_is_busy_enough_to_tell():
    ds = results(ranged(busy()) | {"ensemble": busy()["ensemble"] | VARY})
    for name in VARIABLES:
        assert len(np.unique(ds[name].values)) > 1, name


@pytest.mark.parametrize("exponent", [0.5, 1.0, 4 / 3, 2.0, 3.0])
def test_a_power_is_the_same_to_the_bit_for_all_runs_at_once_and_for_each(exponent):
    """NumPy takes short cuts to squares and roots where one exponent serves all."""
    base = np.random.default_rng(1).random(2000)
    each = np.full(base.size, exponent)
    alone = [float(power(b, exponent)) for b in base]
    assert power(base, each).tolist() == power(base, exponent).tolist() == alone
    assert power(base[0], each[:3]).tolist() == [alone[0]] * 3
    assert power(0.5, exponent).shape == ()


def test_rules_with_powers_give_each_run_what_it_would_have_alone():
    rng = np.random.default_rng(2)
    p, q, n = rng.random(500), rng.random(500), rng.integers(0, 4, 500)
    seen = {"hidden_at_site_seen": 0.1, "false_alarm": 0.03}
    together = alarm_probability(n, 0, battery_seen=p, **seen)
    alone = [
        float(alarm_probability(int(k), 0, battery_seen=float(x), **seen)) for k, x in zip(n, p, strict=True)
    ]
    assert together.tolist() == alone
    hours = rng.choice([12.0, 32.0, 48.0], 500)
    alone = [float(moved_out_probability(float(h), float(x))) for h, x in zip(hours, q, strict=True)]
    assert moved_out_probability(hours, q).tolist() == alone


# One number for all runs, given as an array


def simulated(file: ScenarioFile, changes: dict[Path_, Any]) -> dict[str, np.ndarray]:
    return simulate(_put(file.scenario, changes), 0, file.scenario.ensemble.runs)


def as_arrays(file: ScenarioFile, paths: list[Path_]) -> dict[Path_, np.ndarray]:
    return {path: np.full(20, reduce(_inside, path, file.scenario)) for path in paths}


def moved(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> list[str]:
    return [
        name
        for name in one
        if one[name].dtype != other[name].dtype
        or not np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f")
    ]


@pytest.mark.parametrize("doctrine", CATALOGUE)
def test_a_number_given_as_an_array_of_one_value_moves_no_bit(doctrine):
    data = busy(doctrine)
    file = scenario_from(data)
    assert moved(simulated(file, {}), simulated(file, as_arrays(file, list(numbers(data))))) == []


@pytest.mark.slow
@pytest.mark.parametrize("doctrine", ["covert_deploy", "counter_china", "hedge"])
def test_nor_does_one_of_them_alone_or_all_but_one(doctrine):
    data = busy(doctrine)
    file = scenario_from(data)
    plain, arrays = simulated(file, {}), as_arrays(file, list(numbers(data)))
    if doctrine != "mirror":
        arrays = {path: values for path, values in arrays.items() if path[0] == "doctrines"}
    for path, values in arrays.items():
        assert moved(plain, simulated(file, {path: values})) == [], path
        others = {other: array for other, array in arrays.items() if other != path}
        assert moved(plain, simulated(file, others)) == [], f"all but {path}"


def quantities(part: type[Part]) -> Iterator[tuple[str, str]]:
    """Every number with a unit that a part declares, or a part in it: by part and key."""
    for key, field in declared.fields(part).items():
        if declared.unit(field) is not None:
            yield part.__name__, key
        for kind in _parts(field.annotation):
            yield from quantities(kind)


def _parts(annotation: Any) -> Iterator[type[Part]]:
    for kind in declared.alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, Part):
            yield kind
        for inner in get_args(kind):
            yield from _parts(inner)


def test_those_are_all_the_numbers_that_can_vary():
    can = set(quantities(Scenario)) | {pair for kind in CATALOGUE.values() for pair in quantities(kind)}
    did = set()
    for doctrine in CATALOGUE:
        scenario = scenario_from(busy(doctrine)).scenario
        for *above, key in numbers(busy(doctrine)):
            part = reduce(_inside, above, scenario)
            if isinstance(part, Part):
                did.add((type(part).__name__, key))
    assert can - did == {("Scenario", "months"), ("Ensemble", "runs"), ("Ensemble", "seed")}


# What ships


@pytest.mark.slow
@pytest.mark.parametrize("path", shipped_files()[::3], ids=lambda path: path.stem)  # each takes seconds
def test_the_same_holds_of_what_ships(path, tmp_path):
    file = load_scenario(path, ["ensemble.vary=yes", "ensemble.runs=24"])
    varied, _ = simulate_ensemble(file)
    whole = {number.name: number.is_whole for number in uncertain(file.scenario, file.notes)}
    for run in (0, 5, 17):
        drawn = varied.sel(run=run)
        values = zip(drawn.number.values.tolist(), drawn.numbers.values.tolist(), strict=True)
        said = [f"{name}={round(value) if whole[name] else repr(value)}" for name, value in values]
        alone, _ = simulate_ensemble(load_scenario(path, [*said, "ensemble.runs=24"]), only_run=run)
        for name in VARIABLES:
            np.testing.assert_array_equal(drawn[name].values, alone[name].values[0], err_msg=name)
    fixed = load_scenario(path, ["ensemble.runs=20"])
    arrays = as_arrays(fixed, [number.path for number in uncertain(fixed.scenario, fixed.notes)])
    assert moved(simulated(fixed, {}), simulated(fixed, arrays)) == []
