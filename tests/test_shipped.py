"""The scenario files that ship: they run, they ask a question, and they keep to what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from ruamel.yaml import YAML

from verifsim.chance import swayed
from verifsim.codes import Ended, Position, Stance, Talk
from verifsim.ensemble import simulate_ensemble
from verifsim.ladder import RESTRAINT, VERIFIED_RESTRAINT
from verifsim.outcomes.base import has_missiles, months_before
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files
from verifsim.scenario.notes import ASSUMPTION
from verifsim.scenario.write import resolved_yaml

FILES = {path.stem: path for path in shipped_files()}


@pytest.fixture(scope="module")
def ran():
    """Every shipped scenario, 200 runs each, under the same luck."""
    return {
        name: simulate_ensemble(load_scenario(path, ["ensemble.runs=200"]))[0] for name, path in FILES.items()
    }


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_has_a_title_and_asks_a_question(name):
    scenario = load_scenario(FILES[name]).scenario
    assert scenario.title
    assert scenario.question.endswith("?")


@pytest.mark.parametrize("name", FILES)
def test_a_shipped_file_says_which_schema_it_follows(name):
    assert FILES[name].read_text().startswith("# yaml-language-server: $schema=verifsim.schema.json\n")


def numbers(data, path=()):
    """Every number in plain data, with its path."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if isinstance(value, (dict, list)):
            yield from numbers(value, (*path, key))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield (*path, key), value


def test_every_number_of_the_baseline_has_a_source_or_is_called_an_assumption():
    file = load_scenario(FILES["baseline"])
    said = dict(numbers(file.scenario.model_dump(by_alias=True, exclude_unset=True)))
    assert len(said) > 100
    told = {path for path, note in file.notes.items() if note.source}
    assert not told - said.keys()
    needs_none = {path for path in said if path[0] in ("months", "ensemble")}
    needs_none |= {path for path, value in said.items() if "doctrine" in path and value == 1.0}  # one alone
    assert not said.keys() - told - needs_none


def sources_used(file):
    noted = {note.source for note in file.notes.values()}
    seen = {observation.source for observation in file.scenario.observed.values()}
    dated = {event.source for event in file.scenario.events.values()}
    return (noted | dated | seen) - {ASSUMPTION, None}


def listed(name):
    """The sources that a file lists itself, beside those of its parents."""
    return YAML(typ="safe").load(FILES[name].read_text(encoding="utf-8")).get("sources", {})


@pytest.mark.parametrize("name", FILES)
def test_a_source_that_a_number_or_an_event_names_is_listed(name):
    file = load_scenario(FILES[name])
    assert sources_used(file) <= set(file.scenario.sources)


@pytest.mark.parametrize("name", FILES)
def test_every_source_is_used_in_the_file_that_lists_it(name):
    assert set(listed(name)) <= sources_used(load_scenario(FILES[name]))


@pytest.mark.parametrize("name", FILES)
def test_every_source_says_publisher_title_and_date(name):
    for key, text in listed(name).items():
        assert any(year in text for year in map(str, range(1987, 2027))), key
        assert len(text.split()) > 5, key
        assert "http" not in text, key


def test_a_budget_ceiling_is_never_passed(ran):
    for name, ds in ran.items():
        ceiling = (ds.budget_ceiling / 12).fillna(np.inf)
        assert set(ceiling.dims) == {"month", "party"}
        assert bool((ds.spending <= ceiling).all()), name


def test_a_budget_ceiling_binds_until_the_war_raises_it(ran):
    """The baseline says so: what Russia develops and produces costs more than it may spend in peace."""
    for name in ("baseline", "moratorium", "us_deploys_europe"):
        ds = ran[name].sel(party="russia")
        at_ceiling = ds.spending == ds.budget_ceiling / 12
        assert bool(at_ceiling.sel(month=slice(None, "2022-01")).any()), name
        raised = ds.budget_ceiling.diff("month")
        assert raised.month[raised != 0].dt.strftime("%Y-%m").values.tolist() == ["2022-02"], name
        assert float(raised.max()) > 0
    assert ran["baseline"].budget_ceiling.sel(party="us_nato").isnull().all()
    assert ran["arms_race"].budget_ceiling.isnull().all()


def test_the_arms_race_climbs_at_least_as_high_as_any_other(ran):
    race = ran["arms_race"].world_rung.max("month")
    for name, ds in ran.items():
        assert bool((race >= ds.world_rung.max("month")).all()), name


def test_a_global_trigger_never_deploys_less_in_europe_than_a_regional_one(ran):
    regional, worldwide = ran["us_deploys_asia"], ran["us_deploys_asia_global_trigger"]

    def deployed(ds):
        return (ds.deployed_announced.sel(region="europe", party="russia") > 0).any("month")

    assert bool((deployed(worldwide) >= deployed(regional)).all())
    assert float(deployed(worldwide).mean()) > float(deployed(regional).mean())


def test_the_moratorium_without_inspections_has_none_and_otherwise_the_same_luck(ran):
    verified, unverified = ran["moratorium"], ran["moratorium_unverified"]
    assert verified.inspections_held.any()
    assert not unverified.inspections_held.any()
    early = {"month": slice(None, "2021-07")}
    for name in ("alarm", "deployed_undeclared", "doctrine_followed"):
        a, b = (
            ds[name] if name == "doctrine_followed" else ds[name].sel(early) for ds in (verified, unverified)
        )
        assert a.equals(b), name


def test_under_the_moratorium_restraint_in_europe_is_verified_once_the_9m729_has_left_and_not_before(ran):
    ds = ran["moratorium"].sel(region="europe", agreement="moratorium")
    verified, there = ds.rung == VERIFIED_RESTRAINT, (ds.deployed_disputed > 0).any("party")
    assert not (verified & there).any()
    assert there.sel(month=slice(None, "2021-12")).all(), "they take six months from August 2021"
    assert not (there & ds.agreement_in_force).sel(month=slice("2022-01", None)).any()
    assert float(verified.sel(month="2022-01").mean()) > 0.5
    assert not (ran["moratorium_unverified"].rung == VERIFIED_RESTRAINT).any()


def test_nobody_verifies_restraint_where_there_are_no_declared_sites(ran):
    for name, ds in ran.items():
        assert (ds.rung.sel(region="asia_pacific") >= RESTRAINT).all(), name


def test_the_restored_treaty_reaches_verified_restraint_and_is_not_left(ran):
    ds = ran["inf_restored"]
    europe = ds.sel(region="europe")
    verified = (europe.rung == VERIFIED_RESTRAINT).any("month")
    assert float(verified.mean()) > 0.9
    at_the_end = (europe.rung.isel(month=-1) == VERIFIED_RESTRAINT).mean()
    assert float(at_the_end) > 0.5
    assert (ds.treaty_stance == Stance.IN_FORCE).all()
    assert not has_missiles(ds).any()
    there = (ds.deployed_disputed > 0).any(["party", "region"]) & ds.agreement_in_force.any("agreement")
    assert there.sel(month=slice(None, "2023-09")).any("run").all(), "they take three years"
    assert not there.sel(month=slice("2023-10", None)).any()


def test_china_alone_undoes_the_restored_treaty_in_some_worlds(ran):
    ds = ran["counter_china"]
    left = (ds.treaty_stance == Stance.WITHDRAWN).any(["month", "party"])
    assert 0 < float(left.mean()) <= 1
    suspends = months_before(ds.treaty_stance >= Stance.SUSPENDED)
    assert (suspends.sel(party="us_nato") <= suspends.sel(party="russia")).all(), (
        "it is the US that goes first"
    )
    few = ds.china_launchers.shift(month=1, fill_value=0) <= 100  # the fewest that may be found too many
    assert (ds.treaty_stance.where(few, 0) == Stance.IN_FORCE).all()
    gone = (ds.treaty_stance == Stance.WITHDRAWN).any("party")
    assert not (has_missiles(ds).any(["party", "region"]) & ~gone).any(), "nobody deploys under the treaty"
    us_in_asia = has_missiles(ds).sel(party="us_nato", region="asia_pacific").any("month")
    assert float(us_in_asia.where(left).mean()) > 0.5
    restored = ran["inf_restored"]
    assert float(ds.world_rung.mean()) > float(restored.world_rung.mean())
    assert (restored.treaty_stance == Stance.IN_FORCE).all()


def test_an_arrangement_in_the_asia_pacific_delays_missiles_there_and_does_not_last_without_china(ran):
    without, with_it = ran["moratorium"], ran["moratorium_asia"]
    assert with_it.agreement.values.tolist() == ["moratorium", "asia_pacific"]
    in_asia = {"region": "asia_pacific", "party": "us_nato"}
    earlier, later = (months_before(has_missiles(ds).sel(in_asia)) for ds in (without, with_it))
    assert float(later.mean()) > float(earlier.mean())
    months = with_it.agreement_in_force.sum("month").mean("run")
    assert float(months.sel(agreement="asia_pacific")) < float(months.sel(agreement="moratorium"))
    ended = with_it.moratorium_ended.sel(agreement="asia_pacific")
    assert float((ended == Ended.NOTICE_OF_LEAVING).mean()) > 0.5, "the US leaves it for China's sake"
    assert float(with_it.moratorium_in_force.sel(region="asia_pacific").any("month").mean()) > 0.9


def test_the_counter_offer_is_accepted_in_about_one_world_of_five(ran):
    """As its chance says, lowered by belief and swayed by trust and by China as they then were."""
    ds, scenario = ran["us_choice_of_bases"], load_scenario(FILES["us_choice_of_bases"]).scenario
    russia = scenario.parties["russia"].talks
    here = ds.sel(party="russia")
    assert not ds.talks.sel(party="us_nato").any(), "it is the only offer"
    answered = here.talks.isin([Talk.ACCEPTED, Talk.REJECTED])
    assert (answered.sum("month") <= 1).all()
    eased = 1.0 - russia.belief_counts * here.belief.sel(region="europe").values
    said = ds.china_position.shift(month=1, fill_value=0)
    urges = scenario.china.urges * said.isin([Position.URGES_DIALOGUE, Position.OPPOSES_WITHDRAWAL]).values
    sways = 2.0 * scenario.trust.weight * (here.trust.values - scenario.parties["russia"].trust) + urges
    chances = swayed(russia.accepts.inspector_chooses * eased, sways)[answered.values]
    accepted = int((here.talks == Talk.ACCEPTED).sum())
    assert len(chances) > 0.9 * ds.sizes["run"]
    assert abs(accepted - chances.sum()) < 4 * np.sqrt((chances * (1 - chances)).sum())
    assert abs(chances.mean() - 0.2) < 0.06
    verified = (ds.rung.sel(region="europe") == VERIFIED_RESTRAINT).any("month")
    assert not (verified & ~(here.talks == Talk.ACCEPTED).any("month")).any()


@pytest.mark.parametrize("name", FILES)
def test_the_resolved_file_gives_the_same_numbers(name, ran, tmp_path):
    file = load_scenario(FILES[name], ["ensemble.runs=200"])
    path = tmp_path / "scenario.resolved.yaml"
    path.write_text(resolved_yaml(file), encoding="utf-8")
    again = load_scenario(path)
    assert again.scenario == file.scenario
    assert again.notes == file.notes
    if name == "moratorium":
        assert simulate_ensemble(again)[0].drop_attrs().identical(ran[name].drop_attrs())
