"""A lever at zero strength, and what is not there, change no bit."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from tests.theory.test_known_answers import LIVELY
from verifsim.model.world import simulate as simulate_runs

ALARMED = "watching.battery_seen=0.3", "watching.false_alarm=0.05"


@pytest.mark.parametrize(
    "lever",
    [
        "sites.cellar={owner: blue, region: south, title: Cellar, kind: mk41_cell, objects: 9, may_hide: no}",
        "programmes.idle={owner: red, title: Idle, stage: produced}",
        "programmes.dear={owner: red, title: Dear, stage: planned, months_to_test: 1200, regions: []}",
        "parties.red.new_missile_budget=1000000",
        "doctrines.forward_deploy={missiles: 100}",
        "parties.red.refuses_visits=1",
        "inspecting={false_alarm: 1, recognised: 0.5, clears_look: 1, clarified: 1}",
        "believing.overstatement_halved_by=1",
        "agreements.moratorium.inspections={sites: [silo], visits_a_year: {routine: 0}}",
    ],
)
def test_a_lever_at_zero_strength_changes_no_bit(simulate, lever):
    silo = "sites={silo: {owner: red, region: south, title: Silo, kind: launcher, objects: 9}}"
    sited = silo, "believing.at_site=0.5", "watching.hidden_at_site_seen=0.1"  # sites matter to belief
    without, with_it = simulate(LIVELY, *sited).ds, simulate(LIVELY, *sited, lever).ds
    assert_no_bit_differs(without, with_it, but=("budget_ceiling",))


def assert_no_bit_differs(without: xr.Dataset, with_it: xr.Dataset, *, but: tuple[str, ...] = ()) -> None:
    """Of all that both have: a programme, site or agreement more is looked away from, and what is named."""
    here = {dim: without[dim].values for dim in ("programme", "site", "agreement")}
    for name in without.data_vars:
        if not name.startswith(but or "-"):
            found = with_it[name].sel(
                {dim: names for dim, names in here.items() if dim in with_it[name].dims}
            )
            xr.testing.assert_equal(without[name], found)


LIVELIER = (
    "ensemble.runs=600",
    "watching.hidden_at_site_seen=0.1",
    "believing.at_site=0.5",
    "escalation.violation_believed_above=0.6",
    "sites.cells={owner: red, region: south, title: Cells, kind: mk41_cell, objects: 24}",
    "sites.blue_cells={owner: blue, region: south, title: Cells, kind: mk41_cell, objects: 24}",
    "agreements.moratorium.inspections={sites: [cells, blue_cells], visits_a_year: {routine: 6}, objects_opened: 4}",
    "inspecting={false_alarm: 0.01, clears_look: 0.5}",
    "parties.red.refuses_visits=0.1",
    "talks={negotiation_months: 1.5, lapse_months: 6, shock_months: 6, gap_months: 2}",
)
"""Inspections, refusals and a clock for talks; every mechanism that the levers below belong to is off."""

OFFERS = "starts: yes, offers: moratorium, after_shock: 0.5, answers: 0.5"
OLD = "programmes.old={owner: blue, title: Old, stage: produced, missiles: 10, disputed: yes"
DISPUTED = f"{OLD}, deployed: {{north: 2, south: 1}}}}"
SLOW = """programmes.slow={owner: blue, title: Slow, stage: development, missiles: 10, months_to_test: 3,
  months_to_field: 3, a_year: 2, cost: 10, development_cost: 10}"""
CHINA = "region: north, launchers: 72, a_year: 36, concerned_by: [red, blue], half_concerned_at: 10, reaction_launchers: 9"
LEFT = "events.left={month: 2020-04, does: leave_moratorium, party: red}"
MOVES = "trust={kept_month: 0.05, clean_visit: 0.1, finding: 0.5, refusal: 0.3, deployment: 0.5"
TOUCHY = "misperceived: 3, missiles: 1, ends: 0.1, uncontrolled_after: 2"


def both(said: str) -> tuple[str, ...]:
    """The same of either party."""
    return tuple(f"parties.{party}.{said}" for party in ("red", "blue"))


LEVERS = {
    "offers that nobody accepts": ((LEFT,), both(f"talks={{{OFFERS}}}"), "talks"),
    "hosts that consent at once": (
        (),
        both("host_consent={north: {months: 0, cancelled: 0, blocked_months: 9}, south: {months: 0}}"),
        "host_consent",
    ),
    "exercises that nobody holds": (
        (),
        both("exercises={months: 3, becomes_lasting: 0.5, gap_months: 6}"),
        "",
    ),
    "exercises where hosts need not be asked": (
        ("parties.blue.doctrine=forward_deploy", "doctrines.forward_deploy={missiles: 10}"),
        ("doctrines.forward_deploy.as_exercise=yes", "parties.blue.exercises.months=3"),
        "",
    ),
    "trust that sways nothing": ((), (f"{MOVES}, weight: 0}}", *both("trust=0.1")), "trust"),
    "a china that nothing listens to": (
        (LEFT, *both(f"talks={{{OFFERS}, accepts: {{unverified: 0.5, host_chooses: 0.5}}}}")),
        (f"china={{{CHINA}, reaction: 0, joins: 0, urges: 0}}",),
        "china_",
    ),
    "a china that reacts to what concerns it": (
        (),
        (f"china={{{CHINA}, reaction: 0.5, urges: 2}}",),
        "china_",
    ),
    "crises that never begin": ((), (f"crises={{{TOUCHY}}}",), ""),
    "slips of no month": ((SLOW,), ("programmes.slow.slips=0",), ""),
    "slips of what is developed": ((), ("programmes.bow.slips=0.9",), ""),
    "cells that take long to turn where nothing hides": (
        (),
        ("sites.cells.conversion_months=6", "sites.blue_cells.conversion_months=0.5"),
        "site_",
    ),
    "cells that hide nothing and are turned": (
        (*both("doctrine=covert_deploy"), "doctrines.covert_deploy={missiles: 10, begins: 0.05, at_site: 0}"),
        ("sites.cells.conversion_months=6", "sites.blue_cells.conversion_months=6"),
        "site_",
    ),
    "a disputed range": (
        (DISPUTED,),
        ("programmes.old.true_range={least: 480, likeliest: 2000, most: 2500}",),
        "true_range",
    ),
    "another disputed range": (
        (DISPUTED, "programmes.old.true_range={least: 480, likeliest: 480, most: 480}"),
        ("programmes.old.true_range={least: 480, likeliest: 2000, most: 2500}",),
        "true_range",
    ),
    "an account of the owner's that is never right": (
        (DISPUTED, "programmes.old.true_range={least: 480, likeliest: 2000, most: 2500}"),
        ("programmes.old.true_range={owner_says: 480, owner_is_right: 0}",),
        "",
    ),
    "warning of cells that nobody reads as missiles": ((), both("warning_needed=24"), ""),
    "moving out what is not there": (
        (f"{OLD}}}",),
        ("agreements.moratorium.moves_out={old: {months: 6}}",),
        "",
    ),
    "an agreement that nobody offers": (
        (),
        (
            "agreements.idle={regions: [north, south], binds: [red, blue], ends: {notice_months: 3},"
            " inspections: {sites: [cells, blue_cells], visits_a_year: {routine: 12}}}",
            "parties.red.talks.offers=idle",
        ),
        "",
    ),
    "disputed missiles that count, where there are none": ((), ("doctrines.mirror.disputed_counts=yes",), ""),
    "exercises that do not count, where there are none": ((), ("doctrines.mirror.exercises_count=no",), ""),
    "latent missiles that count, where nobody reads any": ((), ("doctrines.mirror.latent_counts=yes",), ""),
    "a ceiling that is set to what it is": (
        both("new_missile_budget=2"),
        ("events.same={month: 2020-06, does: set_budget, party: blue, new_missile_budget: 2}",),
        "",
    ),
}
"""What there is anyway, the lever, and how the variables begin that it may move."""


@pytest.mark.parametrize("lever", LEVERS)
def test_a_new_lever_at_zero_strength_changes_no_bit(simulate, lever):
    anyway, pulled, but = LEVERS[lever]
    without = simulate(LIVELY, *LIVELIER, *anyway).ds
    with_it = simulate(LIVELY, *LIVELIER, *anyway, *pulled).ds
    assert_no_bit_differs(without, with_it, but=(but,) if but else ())
    if but:
        moved = [name for name in without.data_vars if name.startswith(but)]
        assert not all(without[name].equals(with_it[name]) for name in moved) or but == "site_"


STRONG = {
    "offers that are accepted": ((LEFT,), both(f"talks={{{OFFERS}, accepts: {{host_chooses: 1}}}}")),
    "hosts that take time": ((), both("host_consent={north: {months: 6}}")),
    "hosts that cancel": ((), both("host_consent={north: {cancelled: 0.5, blocked_months: 9}}")),
    "exercises until hosts consent": (
        (
            "parties.blue={doctrine: forward_deploy, host_consent: {north: {months: 6}}}",
            "doctrines.forward_deploy={missiles: 10}",
        ),
        ("doctrines.forward_deploy.as_exercise=yes", "parties.blue.exercises.months=3"),
    ),
    "trust that sways": ((), (f"{MOVES}, weight: 2}}", *both("trust=0.1"))),
    "a china that urges": (
        (LEFT, *both(f"talks={{{OFFERS}, accepts: {{unverified: 0.5, host_chooses: 0.5}}}}")),
        (f"china={{{CHINA}, urges: 2}}",),
    ),
    "crises": ((), (f"crises={{hazard: {{first_deployment: 0.1, mirrored_deployment: 0.1}}, {TOUCHY}}}",)),
    "slips": ((SLOW,), ("programmes.slow.slips=0.5",)),
    "cells that take long to turn where something hides": (
        (*both("doctrine=covert_deploy"), "doctrines.covert_deploy={missiles: 10, begins: 0.05, at_site: 1}"),
        ("sites.cells.conversion_months=6",),
    ),
    "moving out what is there": ((DISPUTED,), ("agreements.moratorium.moves_out={old: {months: 6}}",)),
    "an agreement that is offered": (
        (),
        (
            "agreements.other={regions: [north], binds: [red, blue]}",
            "parties.blue.talks.accepts.unverified=1",
            "events.offer={month: 2020-02, does: offer, party: red, agreement: other}",
        ),
    ),
    "disputed missiles that count": ((DISPUTED,), ("doctrines.mirror.disputed_counts=yes",)),
    "exercises that do not count": (
        ("events.e={month: 2020-02, does: exercise, programme: bow, region: north}",),
        ("doctrines.mirror.exercises_count=no",),
    ),
    "latent missiles that count": (
        both("reads_cells_as_missiles=1"),
        ("doctrines.mirror.latent_counts=yes",),
    ),
    "cells that are read as missiles": ((), both("reads_cells_as_missiles=1")),
    "a ceiling that is lowered": (
        both("new_missile_budget=2"),
        ("events.less={month: 2020-06, does: set_budget, party: blue, new_missile_budget: 1}",),
    ),
}


@pytest.mark.parametrize("lever", STRONG)
def test_a_new_lever_at_some_strength_changes_what_is_deployed_or_what_stands(simulate, lever):
    """A negative control: the levers above are pulled in worlds in which they could matter."""
    anyway, pulled = STRONG[lever]
    without = simulate(LIVELY, *LIVELIER, *anyway).ds
    with_it = simulate(LIVELY, *LIVELIER, *anyway, *pulled).ds
    moved = (
        "deployed_announced",
        "deployed_undeclared",
        "deployed_disputed",
        "reserve",
        "moratorium_in_force",
    )
    assert not all(without[name].equals(with_it[name]) for name in moved)


def test_a_new_region_changes_no_bit_in_the_others(simulate):
    without = simulate(LIVELY).ds
    with_it = simulate(LIVELY, "regions.far={title: Far}", "programmes.arrow.regions=[north, south]",
                       "programmes.bow.regions=[north, south]").ds  # fmt: skip
    for name in (
        "alarm",
        "belief",
        "deployed_announced",
        "deployed_undeclared",
        "spending",
        "moratorium_in_force",
    ):
        here = with_it[name]
        here = here.sel(region=["north", "south"]) if "region" in here.dims else here
        xr.testing.assert_equal(
            without[name].drop_vars("region", errors="ignore"), here.drop_vars("region", errors="ignore")
        )


def test_a_doctrine_with_no_appetite_holds_back(simulate):
    hedging = "parties: {blue: {doctrine: hedge}}\ndoctrines: {hedge: {at_most: 0}}\n"
    assert not simulate(hedging, *ALARMED).ds.deployed_announced.sel(party="blue").any()


def test_a_missile_nobody_wants_for_a_missile_still_answers_with_a_battery(simulate):
    change = """
        parties: {blue: {doctrine: hold_back}}
        doctrines: {mirror: {missiles_for_each: 0}}
        events: {first: {month: 2020-03, does: deploy, programme: bow, region: north, batteries: 3}}
    """
    ds = simulate(change).ds
    assert (ds.deployed_announced.sel(party="red", region="north").isel(month=-1) == 10).all()


TYPES_BY_REGION = """
    parties:
      red: {doctrine: {north: {covert_deploy: 0.5, mirror: 0.5}, south: {mirror: 0.9, covert_deploy: 0.1}}}
    doctrines: {covert_deploy: {missiles: 10, refuses: 0.5, at_site: 1, begins: 0.1}}
    sites:
      fort: {owner: red, region: north, title: Fort, kind: launcher, objects: 4}
      base: {owner: red, region: south, title: Base, kind: launcher, objects: 4}
    agreements:
      word:
        binds: [red, blue]
        regions: [north, south]
        from: 2020-01
        inspections: {sites: [fort, base], visits_a_year: {routine: 12}, objects_opened: 1}
    events:
      hides: {month: 2020-03, does: deploy, programme: arrow, region: south, announced: no, at_site: yes}
"""


def test_a_run_is_the_same_alone_as_among_runs_whose_types_have_a_say_elsewhere(scenario):
    inputs = scenario(TYPES_BY_REGION).scenario
    together = simulate_runs(inputs, 0, 40)
    assert together["inspections_refused"].sum() > 0
    for run in range(40):
        alone = simulate_runs(inputs, run, 1)
        for name, values in together.items():
            assert np.array_equal(alone[name][0], values[run], equal_nan=values.dtype.kind == "f"), (
                run,
                name,
            )
