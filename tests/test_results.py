"""The results file: complete, labelled, and enough to recompute the ladder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
from ruamel.yaml import YAML

import verifsim as vs
from verifsim import results

BUSY = """
title: Everything happens
start: 2020-11
months: 40
ensemble: {runs: 30, seed: 3}
regions:
  north: {title: North}
  south: {title: South}
parties:
  red:
    title: Red
    treaty: in_force
    pledge: {not_first_in: [north]}
    refuses_visits: 0.05
    doctrine: mirror
    new_missile_budget: 500
  blue: {title: Blue, treaty: in_force, doctrine: {north: hold_back, south: hedge}}
treaty: {notice_months: 3}
doctrines:
  mirror: {patience: 0.3, believes_above: 0.6, believes_gone_below: 0.3, missiles_for_each: 1}
  hedge: {at_most: 0.1, even_at: 8, spread: 4, withdraws_below: 2}
programmes:
  r1: {owner: red, title: R1, stage: produced, missiles: 4, a_year: 3, cost: 10, reserve: 3,
       months_to_move: 0.5, deployed: {south: 1}, disputed: yes}
  b1: {owner: blue, title: B1, stage: development, missiles: 6, a_year: 2, cost: 20, development_cost: 10,
       months_to_test: 5, months_to_field: 9, months_to_move: 1.5}
sites:
  base: {owner: blue, region: north, title: Base, kind: mk41_cell, objects: 24}
  works: {owner: red, region: north, title: Works, kind: canister, objects: 16}
inspecting: {recognised: 0.9, false_alarm: 0.02, clarified: 0.5, clears_look: 0.5}
watching: {battery_seen: 0.3, false_alarm: 0.05}
believing: {rule: bayes, prior: 0.05, turns_covert: 0.01, turns_back: 0.05, reference_missiles: 8}
agreements:
  moratorium: {binds: [red, blue], regions: [north], from: 2021-04,
               ends: {believed_broken_above: 0.9, notice_months: 2},
               inspections: {sites: [base, works], visits_a_year: {routine: 6, challenge: 2}, objects_opened: 4,
                             concern_above: 0.3, suspended_after: 1, suspended_for: 2}}
escalation: {arms_race_months: 5, violation_believed_above: 0.5}
events:
  e0: {month: 2020-12, does: remove, programme: r1, region: south, batteries: 1}
  e1: {month: 2021-02, does: suspend, party: blue}
  e2: {month: 2021-03, does: withdraw, party: blue}
  s1: {month: 2021-10, does: suspend_inspections}
  s2: {month: 2021-12, does: resume_inspections}
  e3: {month: 2022-03, does: deploy, programme: b1, region: north}
  e4: {month: 2022-06, does: deploy, programme: r1, region: north, batteries: 2}
  e5: {month: 2022-08, does: deploy, programme: b1, region: north, announced: no}
  e6: {month: 2023-09, does: remove, programme: b1, region: north, batteries: 9}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> vs.Study:
    """A busy scenario, run, saved and read back."""
    folder = tmp_path_factory.mktemp("busy")
    (folder / "busy.yaml").write_text(BUSY, encoding="utf-8")
    vs.run(folder / "busy.yaml").save(folder / "saved", plot=False)
    return vs.load(folder / "saved")


@pytest.fixture(scope="module")
def ds(study: vs.Study) -> xr.Dataset:
    return study.ds


def _arrays(ds: xr.Dataset) -> dict[str, np.ndarray]:
    order = ("run", "month", "agreement", "party", "region", "programme")
    return {
        str(name): v.transpose(*(d for d in order if d in v.dims)).values
        for name, v in ds.data_vars.items()
        if "run" in v.dims or name in ("agreement_binds", "agreement_covers")
    }


def _higher_rung(counts: list[list[int]], month: int, window: int) -> int:
    """Rungs 4 to 6, or -1, from the two parties' missiles by month: counts[month][party]."""
    red, blue = counts[month]
    if red > 0 and blue > 0:
        for then in range(max(1, month - window + 1), month + 1):
            before, after = counts[then - 1], counts[then]
            both_had = before[0] > 0 and before[1] > 0
            if both_had and (after[0] > before[0] or after[1] > before[1]):
                return 6
        return 5
    return 4 if red > 0 or blue > 0 else -1


def _lower_rung(
    a: dict[str, np.ndarray],
    run: int,
    month: int,
    region: int,
    believed_above: float,
    *,
    whose: tuple[int, ...] = (0, 1),
    visited: tuple[int, ...] = (0,),
) -> int:
    """Rungs 0 to 3, where nobody has missiles; ``whose`` beliefs count.

    ``visited`` are the agreements with inspections.
    """
    standing = [
        number
        for number, covers in enumerate(a["agreement_covers"])
        if covers[region] and a["agreement_in_force"][run, month, number]
    ]
    assert bool(standing) == a["moratorium_in_force"][run, month, region]
    stances = [a["treaty_stance"][run, month, p] for p in (0, 1)]
    treaty = all(stance != 2 for stance in stances)
    pledge = any(a["pledge_stands"][run, month, p, region] for p in (0, 1))
    if all(a["tested_or_produces"][run, month, p] for p in (0, 1)) and not (treaty or pledge or standing):
        return 3
    believed = any(a["belief"][run, month, p, region] > believed_above for p in whose)
    disputed = any(a["deployed_disputed"][run, month, p, region] > 0 for p in (0, 1))
    suspended = treaty and any(stance == 1 for stance in stances)
    inspected = [number for number in standing if number in visited]
    suspended = suspended or any(a["inspections_suspended"][run, month, number] for number in inspected)
    if believed or disputed or suspended:
        return 2
    running = [number for number in inspected if a["inspections_in_force"][run, month, number]]
    return 0 if any(all(a["agreement_binds"][number]) for number in running) else 1


def _scenario(ds: xr.Dataset) -> dict[str, Any]:
    return YAML(typ="safe").load(ds.attrs["scenario"])


def _missiles(a: dict[str, np.ndarray], run: int, month: int, region: int) -> list[int]:
    return [
        int(a["deployed_announced"][run, month, p, region] + a["deployed_undeclared"][run, month, p, region])
        for p in (0, 1)
    ]


def _ladder(
    ds: xr.Dataset, run: int, there: list[list[list[int]]], whose: tuple[int, ...]
) -> tuple[list[list[int]], list[int]]:
    """Rungs of the regions, [month][region], and of the world, from missiles [region][month][party]."""
    a, months, regions = _arrays(ds), range(ds.sizes["month"]), range(ds.sizes["region"])
    window, above = int(ds.attrs["arms_race_months"]), float(ds.attrs["violation_believed_above"])
    anywhere = [[sum(there[r][m][p] for r in regions) for p in (0, 1)] for m in months]
    regional: list[list[int]] = []
    world: list[int] = []
    for m in months:
        high = [_higher_rung(there[r], m, window) for r in regions]
        low = [_lower_rung(a, run, m, r, above, whose=whose) for r in regions]
        regional.append([h if h > 0 else below for h, below in zip(high, low, strict=True)])
        of_world = _higher_rung(anywhere, m, window)
        world.append(of_world if of_world > 0 else max(regional[-1]))
    return regional, world


def _recomputed(ds: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    a = _arrays(ds)
    months, regions = range(ds.sizes["month"]), range(ds.sizes["region"])
    ladders = [
        _ladder(ds, run, [[_missiles(a, run, m, r) for m in months] for r in regions], (0, 1))
        for run in range(ds.sizes["run"])
    ]
    return np.array([regional for regional, _ in ladders]), np.array([world for _, world in ladders])


def _perceived(ds: xr.Dataset, run: int, party: int) -> list[int]:
    """The world's rungs as a party sees them: its own missiles, what is announced, and what it believes."""
    a, above = _arrays(ds), float(ds.attrs["violation_believed_above"])
    reference = math.ceil(_scenario(ds)["believing"]["reference_missiles"])
    there: list[list[list[int]]] = []
    for r in range(ds.sizes["region"]):
        there.append([])
        for m in range(ds.sizes["month"]):
            seen = int(a["deployed_announced"][run, m, 1 - party, r])
            seen += reference if a["belief"][run, m, party, r] > above else 0
            own = _missiles(a, run, m, r)[party]
            there[-1].append([own, seen] if party == 0 else [seen, own])
    return _ladder(ds, run, there, (party,))[1]


def test_the_rung_of_every_region_can_be_recomputed_from_a_saved_file(ds: xr.Dataset) -> None:
    regional, _ = _recomputed(ds)
    assert set(np.unique(regional)) == set(range(7)), "the scenario should visit every rung"
    np.testing.assert_array_equal(ds.rung.transpose("run", "month", "region").values, regional)


def test_the_rung_of_the_world_can_be_recomputed_from_a_saved_file(ds: xr.Dataset) -> None:
    regional, world = _recomputed(ds)
    assert (world > regional.max(axis=2)).any(), "missiles in different regions should meet in the world"
    np.testing.assert_array_equal(ds.world_rung.transpose("run", "month").values, world)


def test_the_perceived_rung_can_be_recomputed_from_a_saved_file(ds: xr.Dataset) -> None:
    recorded = ds.perceived_rung.transpose("run", "month", "party").values
    assert (recorded != ds.world_rung.values[..., None]).any(), "perception should err"
    for run in range(0, ds.sizes["run"], 3):
        for party in (0, 1):
            assert recorded[run, :, party].tolist() == _perceived(ds, run, party)


def test_the_scenario_has_inspections_that_run_that_pause_and_that_are_refused(ds: xr.Dataset) -> None:
    quiet = (
        (ds.world_rung < 2) & ~ds.inspections_in_force.any("agreement") & ds.moratorium_in_force.any("region")
    )
    assert not quiet.any(), "while inspections pause there is a dispute"
    assert bool((ds.rung == 0).any())
    assert bool(ds.inspections_suspended.any())
    assert not (ds.inspections_suspended & ds.inspections_in_force).any()
    assert int(ds.inspections_refused.sum()) > 0


def test_what_was_hidden_when_the_other_looked_is_what_events_left_before_deliveries(ds: xr.Dataset) -> None:
    looked, at_end = ds.hidden_when_looked, ds.deployed_undeclared > 0
    before = at_end.shift(month=1, fill_value=False)
    hides, removes = (ds.month == np.datetime64(month) for month in ("2022-08-01", "2023-09-01"))
    xr.testing.assert_equal(looked.where(~hides & ~removes), before.where(~hides & ~removes))
    there = {"party": "blue", "region": "north"}
    assert looked.sel(**there, month="2022-08").all()
    assert not looked.sel(**there, month="2023-09").any()


def test_suspended_inspections_are_a_dispute_only_where_the_moratorium_stands(tmp_path: Path) -> None:
    calm = BUSY.replace("not_first_in: [north]", "not_first_in: [north, south]")
    (tmp_path / "busy.yaml").write_text(calm, encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=10).ds
    elsewhere = ds.rung.where(ds.inspections_suspended.any("agreement") & ~ds.moratorium_in_force)
    assert bool((elsewhere == 1).any())
    regional, _ = _recomputed(ds)
    np.testing.assert_array_equal(ds.rung.transpose("run", "month", "region").values, regional)


def test_restraint_is_not_verified_where_the_moratorium_binds_one_party_alone(tmp_path: Path) -> None:
    (tmp_path / "busy.yaml").write_text(BUSY.replace("binds: [red, blue]", "binds: [red]"), encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=10).ds
    assert ds.agreement_binds.values.tolist() == [[True, False]]
    assert bool(ds.inspections_in_force.any())
    regional, _ = _recomputed(ds)
    assert regional.min() == 1
    np.testing.assert_array_equal(ds.rung.transpose("run", "month", "region").values, regional)


SIDE_BY_SIDE = (
    BUSY.replace(
        "escalation:",
        """  second: {binds: [red, blue], regions: [south], from: 2021-06, ends: {believed_broken_above: 0.9}}
  third: {binds: [red, blue], regions: [north, south]}
escalation:""",
    )
    .replace("    refuses_visits: 0.05", "    refuses_visits: 0.05\n    talks: {offers: third}", 1)
    .replace("does: suspend_inspections", "does: refuse_inspection, party: red")
    .replace("does: resume_inspections", "does: refuse_inspection, party: blue")
)


def test_the_rungs_can_be_recomputed_where_agreements_stand_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "busy.yaml").write_text(SIDE_BY_SIDE, encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=10).ds
    assert ds.agreement_covers.values.tolist() == [[True, False], [False, True], [True, True]]
    in_force = ds.agreement_in_force.any("month")
    assert in_force.sel(agreement=["moratorium", "second"]).any("run").all()
    assert not in_force.sel(agreement="third").any(), "nobody offers it: its owner starts no talks"
    only = ds.agreement_in_force.sum("agreement") == 1
    assert bool((only & ds.inspections_suspended.any("agreement")).any()), (
        "inspections pause under one of them"
    )
    regional, world = _recomputed(ds)
    np.testing.assert_array_equal(ds.rung.transpose("run", "month", "region").values, regional)
    np.testing.assert_array_equal(ds.world_rung.transpose("run", "month").values, world)


def test_the_moratoria_in_force_somewhere_are_the_agreements_that_cover_it(tmp_path: Path) -> None:
    (tmp_path / "busy.yaml").write_text(SIDE_BY_SIDE, encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=10).ds
    covered = (ds.agreement_in_force & ds.agreement_covers).any("agreement")
    assert covered.transpose(*ds.moratorium_in_force.dims).equals(ds.moratorium_in_force)


def test_after_a_crisis_got_out_of_control_a_world_stays_as_it_stood(tmp_path: Path) -> None:
    lost = "crises: {hazard: {dispute: 0.05, first_deployment: 0.1, mirrored_deployment: 0.2}, ends: 0.1, uncontrolled_after: 3}\n"
    (tmp_path / "busy.yaml").write_text(BUSY + lost, encoding="utf-8")
    (tmp_path / "calm.yaml").write_text(BUSY, encoding="utf-8")
    ds, calm = (vs.run(tmp_path / f"{name}.yaml").ds for name in ("busy", "calm"))
    lost_in = ds.uncontrolled.argmax("month").where(ds.uncontrolled.any("month"), ds.sizes["month"])
    assert 3 < int((lost_in < 36).sum()) < 30
    happens = {"alarm", "moved_because", "talks", "true_alarms", "findings", "spending"}
    happens |= {f"inspections_{name}" for name in ("held", "refused", "alarming", "clarified")}
    for name in (name for name, variable in results.VARIABLES.items() if "month" in variable.dims):
        found, otherwise = (d[name].transpose("run", "month", ...).values for d in (ds, calm))
        for run, month in enumerate(lost_in.values.astype(int)):
            if name not in ("crisis", "uncontrolled"):
                assert np.array_equal(found[run, : month + 1], otherwise[run, : month + 1]), name
            if month < ds.sizes["month"]:
                frozen = np.zeros_like(found[run, month]) if name in happens else found[run, month]
                assert (found[run, month + 1 :] == frozen).all(), name


def test_the_ceiling_is_that_of_the_month(tmp_path: Path) -> None:
    changes = """  b1: {month: 2022-01, does: set_budget, party: red, new_missile_budget: 20}
  b2: {month: 2021-01, does: set_budget, party: red}
  b3: {month: 2023-12, does: set_budget, party: blue, new_missile_budget: 6}
"""
    (tmp_path / "busy.yaml").write_text(BUSY + changes, encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=2).ds
    assert ds.budget_ceiling.dims == ("month", "party")
    red, blue = (ds.budget_ceiling.sel(party=p).values.tolist() for p in ("red", "blue"))
    assert red == pytest.approx([500.0] * 2 + [math.nan] * 12 + [20.0] * 26, nan_ok=True)
    assert blue == pytest.approx([math.nan] * 37 + [6.0] * 3, nan_ok=True)


def test_every_variable_says_its_unit_and_its_meaning(ds: xr.Dataset) -> None:
    for name, variable in ds.variables.items():
        assert variable.attrs.get("long_name"), name
        assert variable.attrs.get("units") or name == "month", name


def test_every_variable_of_the_file_says_its_unit(study: vs.Study, tmp_path: Path) -> None:
    with h5py.File(study.save(tmp_path / "x", plot=False) / "results.nc") as file:
        for name, variable in file.items():
            assert variable.attrs["units"], name
            assert variable.attrs["long_name"], name


def test_dims_are_run_month_party_region_agreement_programme_and_site(ds: xr.Dataset) -> None:
    sizes = {"run": 30, "month": 40, "party": 2, "region": 2, "agreement": 1, "programme": 2, "site": 2}
    assert dict(ds.sizes) == sizes
    assert ds.party.values.tolist() == ["red", "blue"]
    assert ds.region.values.tolist() == ["north", "south"]
    assert ds.agreement.values.tolist() == ["moratorium"]
    assert ds.programme.values.tolist() == ["r1", "b1"]
    assert ds.site.values.tolist() == ["base", "works"]


def test_programmes_come_party_by_party_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    claims = "disputed: yes, true_range: {least: 480, likeliest: 2000, most: 2500}"
    more = f"""programmes:
  b0: {{owner: blue, title: B0, missiles: 6}}
  r0: {{owner: red, title: R0, stage: produced, {claims}}}
"""
    text = BUSY.replace("programmes:\n", more)
    (tmp_path / "busy.yaml").write_text(text, encoding="utf-8")
    ds = vs.run(tmp_path / "busy.yaml", runs=40).ds
    assert ds.programme.values.tolist() == ["r0", "r1", "b0", "b1"]
    assert ds.programme_owner.values.tolist() == ["red", "red", "blue", "blue"]
    assert ds.programme_title.values.tolist() == ["R0", "R1", "B0", "B1"]
    drawn = ds.true_range.sel(programme="r0").values
    assert ((drawn >= 480) & (drawn <= 2500)).all()
    assert len(set(drawn.tolist())) == 40
    assert ds.true_range.sel(programme=["r1", "b0", "b1"]).isnull().all()


def test_months_are_the_first_days_of_months(ds: xr.Dataset) -> None:
    assert ds.month.dtype == "datetime64[ns]"
    assert set(ds.month.dt.day.values) == {1}
    assert [str(m)[:10] for m in ds.month.values[[0, 1, 2, -1]]] == [
        "2020-11-01",
        "2020-12-01",
        "2021-01-01",
        "2024-02-01",
    ]


def test_a_file_says_what_was_run(ds: xr.Dataset) -> None:
    assert ds.attrs["name"] == "busy"
    assert ds.attrs["title"] == "Everything happens"
    assert ds.attrs["seed"] == "3"
    assert ds.attrs["format"] == results.FORMAT == 3
    assert "numpy" in ds.attrs["versions"]
    assert ds.attrs["verifsim_version"]
    assert "arms_race_months: 5" in ds.attrs["scenario"]


def test_what_is_loaded_is_what_was_simulated(tmp_path: Path) -> None:
    (tmp_path / "busy.yaml").write_text(BUSY, encoding="utf-8")
    study = vs.run(tmp_path / "busy.yaml", runs=4)
    (tmp_path / "one.nc").write_bytes(results.content(study.ds))
    assert results.load(tmp_path / "one.nc").identical(study.ds)


def test_codes_are_explained(ds: xr.Dataset) -> None:
    for name in (name for name, variable in results.VARIABLES.items() if variable.codes):
        meanings = ds[name].attrs["flag_meanings"].split()
        assert list(ds[name].attrs["flag_values"]) == list(range(len(meanings)))
        assert int(ds[name].min()) >= 0
        assert int(ds[name].max()) < len(meanings)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_loading_closes_the_file(study: vs.Study, tmp_path: Path) -> None:
    folder = study.save(tmp_path / "x", plot=False)
    loaded = vs.load(folder)
    still_open = {str(fd.resolve()) for fd in Path("/proc/self/fd").iterdir()}
    assert not any(str(folder) in path for path in still_open)
    assert loaded.ds.rung.shape == study.ds.rung.shape


def test_a_loaded_folder_can_be_written_over(study: vs.Study, tmp_path: Path) -> None:
    loaded = vs.load(study.save(tmp_path / "x", plot=False))
    loaded.ds.attrs["title"] = "another"
    loaded.save(tmp_path / "x", plot=False)
    assert vs.load(tmp_path / "x").ds.attrs["title"] == "another"
    assert loaded.ds.identical(vs.load(tmp_path / "x" / "results.nc").ds)


def test_a_folder_without_results_is_said(tmp_path: Path) -> None:
    with pytest.raises(vs.VerifsimError, match="no results here"):
        vs.load(tmp_path)
    with pytest.raises(vs.VerifsimError, match="no results here"):
        vs.load(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["text", "cut", "empty", "hole"])
def test_a_damaged_file_is_said_without_noise(
    damage: str, study: vs.Study, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = results.content(study.ds)
    hole = bytearray(whole)
    hole[100:600] = b"\x13" * 500
    damaged = {"text": b"not results", "cut": whole[: len(whole) // 2], "empty": b"", "hole": bytes(hole)}
    (tmp_path / "results.nc").write_bytes(damaged[damage])
    with pytest.raises(vs.VerifsimError, match="not a readable results file"):
        vs.load(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("change", ["format", "variable"])
def test_results_of_another_version_are_not_read(change: str, study: vs.Study, tmp_path: Path) -> None:
    other = study.ds.assign_attrs(format=99) if change == "format" else study.ds.drop_vars("belief")
    (tmp_path / "results.nc").write_bytes(results.content(other))
    with pytest.raises(vs.VerifsimError, match="not results of this version"):
        vs.load(tmp_path)


def test_another_kind_of_netcdf_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.nc").write_bytes(results.content(xr.Dataset({"a": ("x", [1, 2])})))
    with pytest.raises(vs.VerifsimError, match="written by version unknown"):
        vs.load(tmp_path / "x.nc")


def test_runs_keep_their_numbers_when_others_are_missing() -> None:
    from verifsim.scenario import scenario_from

    scenario = scenario_from(
        {
            "title": "t",
            "start": "2020-11",
            "months": 2,
            "regions": {"here": {"title": "Here"}},
            "parties": {p: {"title": p, "doctrine": "hold_back"} for p in ("a", "b")},
        }
    ).scenario
    joiner = results.Joiner(6)
    joiner.put(0, {"world_rung": np.full((2, 2), 1, dtype=np.int8)})
    joiner.put(4, {"world_rung": np.full((2, 2), 5, dtype=np.int8)})
    ds = joiner.dataset(scenario, np.array([0, 1, 4, 5]), {})
    assert ds.run.values.tolist() == [0, 1, 4, 5]
    assert ds.world_rung.isel(month=0).values.tolist() == [1, 1, 5, 5]
    assert (ds.sizes["site"], ds.sizes["agreement"], ds.sizes["programme"]) == (0, 0, 0)
