"""The story of one run: every kind of happening is told, and nothing that the results do not hold."""

from __future__ import annotations

import re

import numpy as np
import pytest

import verifsim as vs
from verifsim import story
from verifsim.codes import Consent, Finding, Talk
from verifsim.doctrines import Reason
from verifsim.ensemble import simulate_ensemble
from verifsim.scenario import load_scenario
from verifsim.scenario.merge import shipped_files
from verifsim.story.deeds import _BECAUSE

FILES = {path.stem: path for path in shipped_files()}


@pytest.fixture
def told(simulate):
    """The story of run 0 of a change of the small world: the lines of a kind, or all."""

    def told(changes, kind=None, *, run=0):
        lines = story.story(simulate(changes, "ensemble.runs=8").ds, run)
        return [str(line) for line in lines if kind in (None, line.kind)]

    return told


# --- each kind, in a world of its own ---------------------------------------------------------------

AGREED = """
    from: 2020-03
    ends: {believed_broken_above: 0.7, notice_months: 2}
"""

PACT = f"""
agreements:
  pact:
    binds: [red, blue]
    regions: [north]{AGREED}"""

INSPECTED = (
    """
sites:
  yard: {owner: red, region: north, title: Yard, kind: canister, objects: 4, objects_a_battery: 4}
  dock: {owner: blue, region: north, title: Dock, kind: canister, objects: 4, objects_a_battery: 4}
inspecting: {recognised: 1}
"""
    + PACT.replace(AGREED, "\n    from: 2020-03")
    + """
    inspections: {sites: [yard, dock], visits_a_year: {routine: 12}, objects_opened: 4}
"""
)

HIDDEN_AT_SITE = """
events:
  hidden: {month: 2020-06, does: deploy, programme: arrow, region: north, announced: no, at_site: yes}
"""

CASES = {
    "types": (
        "parties: {red: {doctrine: {mirror: 0, hold_back: 1}}}",
        "2020-01: In truth, Red follows the doctrine 'hold_back' in South.",
    ),
    "ranges": (
        "programmes: {arrow: {disputed: yes, true_range: "
        "{owner_says: 480, owner_is_right: 1, least: 600, likeliest: 700, most: 800}}}",
        "2020-01: In truth, the disputed Arrow of Red flies 480 km.",
    ),
    "standing": (
        "programmes: {arrow: {disputed: yes, deployed: {north: 2}}}",
        "2020-01: At the start, 20 disputed missiles of Red stand in North.",
    ),
    "events": (
        "events: {e: {month: 2020-05, does: exercise, programme: bow, region: north, batteries: 2}}",
        "2020-05: Event: Blue brings 2 batteries of Bow to North for an exercise.",
    ),
    "entries": (
        INSPECTED,
        "2020-03: The agreement 'pact' enters into force, with inspections: it binds Red and Blue in North.",
    ),
    "alarms": (
        "watching: {false_alarm: 1}",
        "2020-01: Red finds signs of hidden missiles in North; in truth, it is a false alarm: nothing is hidden there.",
    ),
    "visits": (
        INSPECTED + HIDDEN_AT_SITE,
        "2020-06: Blue sends inspectors to Red: one visit finds what looks prohibited (in truth, it was there).",
    ),
    "beliefs": (
        "watching: {battery_seen: 1}\nescalation: {violation_believed_above: 0.5}\n"
        "events: {e: {month: 2020-06, does: deploy, programme: arrow, region: north, announced: no}}",
        "2020-06: Blue now believes that Red hides missiles in North (0.00 to 1.00); in truth, it does.",
    ),
    "trust": (
        "events: {e: {month: 2020-06, does: shock_to_trust, by: 0.5}}",
        "2020-06: Red's trust in Blue falls from 0.50 to 0.25.",
    ),
    "talks": (
        PACT.replace("from: 2020-03", "") + "parties: {blue: {talks: {answers: 0}}}\n"
        "events:\n  o: {month: 2020-02, does: offer, party: red, agreement: pact}\n"
        "  r: {month: 2020-04, does: reject, party: blue}\n",
        "2020-04: Blue rejects Red's offer of the agreement 'pact'.",
    ),
    "ends": (
        PACT + "events: {e: {month: 2020-05, does: leave_moratorium, party: red}}",
        "2020-07: The agreement 'pact' ends: a notice of leaving it has run out.",
    ),
    "suspensions": (
        INSPECTED + "events:\n  off: {month: 2020-05, does: suspend_inspections}\n"
        "  on_again: {month: 2020-08, does: resume_inspections}\n",
        "2020-05: Inspections under the agreement 'pact' are suspended.",
    ),
    "pledges": (
        "parties: {red: {pledge: {not_first_in: [north]}}}\n"
        "events: {e: {month: 2020-04, does: end_pledge, party: red}}",
        "2020-04: Red's pledge not to be first to deploy in North ends.",
    ),
    "treaty": (
        "parties: {red: {treaty: in_force}, blue: {treaty: in_force}}\n"
        "events: {e: {month: 2020-04, does: suspend, party: blue}}",
        "2020-04: Blue suspends the treaty.",
    ),
    "decisions": (
        "parties: {red: {doctrine: forward_deploy}}\ndoctrines: {forward_deploy: {missiles: 20}}",
        "2020-01: Red decides to deploy in North, by a plan of its own.",
    ),
    "first_tests": (
        "programmes: {arrow: {stage: development, months_to_test: 100}, bow: {stage: planned}}\n"
        "events: {e: {month: 2020-04, does: flight_test, programme: arrow}}",
        "2020-04: Red has now flight-tested or produced such a missile.",
    ),
    "orders_of_production": (
        "parties: {red: {doctrine: hold_back}, blue: {doctrine: mirror}}\n"
        "programmes: {arrow: {stage: flight_tested, months_to_field: 100}, bow: {stage: planned}}\n"
        "events: {e: {month: 2020-04, does: produce, programme: arrow}}",
        "2020-04: Blue orders production of such missiles.",
    ),
    "hosts": (
        "parties: {red: {doctrine: forward_deploy, host_consent: {north: {months: 3}}}}\n"
        "doctrines: {forward_deploy: {missiles: 20}}",
        "2020-04: The hosts of Red in North consent to missiles.",
    ),
    "announced": (
        "parties: {red: {doctrine: hold_back}}\n"
        "events: {e: {month: 2020-04, does: deploy, programme: bow, region: south, batteries: 2}}",
        "2020-04: 20 missiles of Blue openly arrive in South; 20 there now.",
    ),
    "exercises": (
        "parties: {blue: {doctrine: hold_back, exercises: {months: 3}}}\n"
        "events: {e: {month: 2020-04, does: exercise, programme: bow, region: south}}",
        "2020-07: An exercise of Blue with missiles in South is over.",
    ),
    "hidden": (
        "events: {e: {month: 2020-04, does: deploy, programme: bow, region: south, announced: no}}",
        "2020-04: In truth, Blue hides 10 missiles, unannounced, in South; 10 hidden there now.",
    ),
    "disputed": (
        "programmes: {arrow: {disputed: yes, deployed: {north: 2}}}\n"
        + PACT
        + "    moves_out: {arrow: {months: 1}}\n",
        "2020-03: 20 disputed missiles of Red leave North; none there now.",
    ),
    "china": (
        "china: {title: Jade, region: south, concerned_by: [blue]}\n"
        "events: {e: {month: 2020-04, does: deploy, programme: bow, region: south}}",
        "2020-04: Jade protests against missiles in its region.",
    ),
    "rungs": (
        "parties: {red: {doctrine: hold_back}}\n"
        "events: {e: {month: 2020-04, does: deploy, programme: bow, region: south}}",
        "2020-04: South climbs from 'development race' to 'first deployment'.",
    ),
    "misreadings": (
        "parties: {red: {doctrine: hold_back}}\n"
        "events: {e: {month: 2020-04, does: deploy, programme: bow, region: south, announced: no}}",
        "2020-04: Red believes the world to be at 'development race'; in truth, it is at 'first deployment'.",
    ),
    "crises": (
        "crises: {hazard: {development_race: 1}, ends: 1}",
        "2020-02: The crisis ends.",
    ),
    "end": ("", "2021-12: The horizon is reached, with the world at 'development race'."),
}


def test_every_kind_has_a_case_of_its_own():
    assert set(CASES) == set(story.KINDS)


@pytest.mark.parametrize("kind", CASES)
def test_a_kind_of_happening_is_told_in_its_month(kind, told):
    changes, line = CASES[kind]
    assert line in told(changes, kind)


def test_every_reason_of_a_decision_has_words():
    assert set(_BECAUSE) == set(Reason) - {Reason.NONE, Reason.EVENT}


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            "watching: {battery_seen: 1}\n"
            "events: {e: {month: 2020-06, does: deploy, programme: arrow, region: north, announced: no}}\n",
            "2020-06: The agreement 'pact' ends: Blue believes that the other hides missiles there; "
            "in truth, something was hidden where it stood.",
        ),
        (
            "events: {e: {month: 2020-06, does: deploy, programme: arrow, region: north}}\n",
            "2020-06: The agreement 'pact' ends: a party that it binds openly deployed there.",
        ),
        (
            "events: {e: {month: 2020-02, does: deploy, programme: arrow, region: north}}\n",
            "2020-03: The agreement 'pact' was due, and ended at once: a party that it binds openly had missiles there.",
        ),
    ],
)
def test_why_an_agreement_ended_is_told(changes, line, told):
    assert line in told(PACT + changes, "ends")


def test_an_agreement_left_for_a_false_alarm_says_so(told):
    (line,) = told(PACT + "watching: {false_alarm: 1}\n", "ends")
    assert line.startswith("2020-03: The agreement 'pact' was due")
    (line,) = told(
        PACT.replace("2020-03", "2020-01")
        + "watching: {false_alarm: 0.2}\nparties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}\n",
        "ends",
    )
    assert line.endswith("in truth, nothing was hidden where it stood.")


def test_the_reason_of_an_end_before_another_agreement_is_left_out(told):
    """Results keep the reason of the last end alone."""
    lines = told(
        PACT + "parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}\nevents:\n"
        "  left: {month: 2020-04, does: leave_moratorium, party: red}\n"
        "  again: {month: 2020-08, does: offer, party: red, agreement: pact}\n"
        "  yes_: {month: 2020-08, does: accept, party: blue}\n"
        "  broken: {month: 2020-12, does: deploy, programme: arrow, region: north}\n",
        "ends",
    )
    assert lines == [
        "2020-06: The agreement 'pact' is no longer in force.",
        "2020-12: The agreement 'pact' ends: a party that it binds openly deployed there.",
    ]


def test_what_becomes_of_each_offer_is_told(told):
    lines = told(
        PACT.replace("from: 2020-03", "")
        + "parties: {blue: {talks: {answers: 0}}}\ntalks: {lapse_months: 3}\nevents:\n"
        "  o1: {month: 2020-02, does: offer, party: red, agreement: pact}\n"
        "  r1: {month: 2020-02, does: reject, party: blue}\n"
        "  o2: {month: 2020-03, does: offer, party: red, agreement: pact}\n"
        "  r2: {month: 2020-03, does: reject, party: blue}\n"
        "  o3: {month: 2020-05, does: offer, party: red, agreement: pact}\n"
        "  o4: {month: 2021-01, does: offer, party: red, agreement: pact}\n"
        "  a4: {month: 2021-02, does: accept, party: blue}\n",
        "talks",
    )
    assert lines == [
        "2020-02: Blue rejects Red's offer of the agreement 'pact'.",
        "2020-03: Blue rejects Red's offer of the agreement 'pact'.",
        "2020-05: Red's offer of the agreement 'pact' is on Blue's table.",
        "2020-08: Red's offer of the agreement 'pact' lapses without an answer.",
        "2021-01: Red's offer of the agreement 'pact' is on Blue's table.",
        "2021-02: Blue accepts Red's offer of the agreement 'pact'.",
    ]


def test_a_reason_that_may_be_that_of_a_later_start_is_left_out(told):
    """Agreed again, it is left before it is due: then what is recorded is not why it ended before."""
    lines = told(
        PACT
        + "parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}\ntalks: {negotiation_months: 6}\n"
        "events:\n  broken: {month: 2020-05, does: deploy, programme: arrow, region: north}\n"
        "  home: {month: 2020-06, does: remove, programme: arrow, region: north}\n"
        "  again: {month: 2020-08, does: offer, party: red, agreement: pact}\n"
        "  yes_: {month: 2020-08, does: accept, party: blue}\n"
        "  left: {month: 2020-09, does: leave_moratorium, party: red}\n",
        "ends",
    )
    assert lines == ["2020-05: The agreement 'pact' is no longer in force."]


def test_an_agreement_overtaken_at_its_second_start_says_so_in_the_end(told):
    lines = told(
        PACT
        + "parties: {red: {doctrine: hold_back}, blue: {doctrine: hold_back}}\ntalks: {negotiation_months: 2}\n"
        "events:\n  broken: {month: 2020-05, does: deploy, programme: arrow, region: north}\n"
        "  again: {month: 2020-08, does: offer, party: red, agreement: pact}\n"
        "  yes_: {month: 2020-08, does: accept, party: blue}\n",
        "ends",
    )
    assert lines == [
        "2020-05: The agreement 'pact' is no longer in force.",
        "2021-12: By now, the agreement 'pact' was due, and ended at once: "
        "a party that it binds openly had missiles there.",
    ]


def test_a_secret_event_is_marked_as_the_truth(told):
    (line,) = told(CASES["hidden"][0], "events")
    assert (
        line
        == "2020-04: Event, in truth: Blue secretly deploys a battery of Bow in South, away from declared sites."
    )


def test_nothing_is_told_after_the_world_froze(told):
    lines = told(
        "crises: {hazard: {development_race: 1}, ends: 0, uncontrolled_after: 3}\n"
        "events: {late: {month: 2020-09, does: shock_to_trust, by: 0.5}}"
    )
    assert lines[-1] == (
        "2020-04: The crisis gets out of control: the world is frozen, and nothing later is simulated."
    )


def test_lines_are_in_the_order_of_the_months(told):
    dates = [line[:7] for line in told("watching: {false_alarm: 0.3}")]
    assert dates == sorted(dates)


# --- against the results -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds():
    """Runs of shipped scenarios, and the story of each."""
    names = (
        "baseline",
        "moratorium",
        "covert_9m729",
        "inspections_refused",
        "inf_restored",
        "us_choice_of_bases",
    )
    found = []
    for name in names:
        ds, _ = simulate_ensemble(load_scenario(FILES[name], ["ensemble.runs=15"]))
        found += [(ds.sel(run=run), story.story(ds, run)) for run in ds.run.values]
    return found


def _until_frozen(ds):
    frozen = ds.uncontrolled.values
    return ds.isel(month=slice(int(frozen.argmax()) + 1 if frozen.any() else None))


def _changes(variable, start):
    """How often a variable of one run changes, by month."""
    before = variable.shift(month=1, fill_value=0).astype(variable.dtype)
    before[{"month": 0}] = start
    return variable != before


TOLD = {
    "alarms": lambda ds: ds.alarm,
    "decisions": lambda ds: (ds.moved_because > 0) & (ds.moved_because != Reason.EVENT),
    "hidden": lambda ds: _changes(ds.deployed_undeclared, 0),
    "exercises": lambda ds: _changes(ds.exercise, False),
    "entries": lambda ds: _changes(ds.agreement_in_force, False) & ds.agreement_in_force,
    "china": lambda ds: _changes(ds.china_position, 0),
    "hosts": lambda ds: _changes(
        ds.host_consent, np.where((ds.party == "us_nato").values[:, None], Consent.NOT_ASKED, Consent.GIVEN)
    ),
    "pledges": lambda ds: ds.pledge_stands.shift(month=1, fill_value=False) & ~ds.pledge_stands,
    "crises": lambda ds: _changes(ds.crisis, False).astype(int) + _changes(ds.uncontrolled, False),
}
"""What of the results a kind tells, a line each."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", TOLD)
def test_every_month_that_holds_it_has_its_lines_and_no_other(kind, worlds):
    n_lines = 0
    for ds, lines in worlds:
        held = TOLD[kind](_until_frozen(ds)).transpose("month", ...)
        by_month = held.sum([d for d in held.dims if d != "month"]) if held.ndim > 1 else held.astype(int)
        expected = {str(m)[:7]: int(n) for m, n in zip(held.month.values, by_month.values, strict=True) if n}
        found: dict[str, int] = {}
        for line in lines:
            if line.kind == kind:
                found[line.month] = found.get(line.month, 0) + 1
                n_lines += 1
        assert found == expected
    assert n_lines > 0


@pytest.mark.slow
def test_what_an_alarm_is_said_to_be_in_truth_is_what_it_was(worlds):
    for ds, lines in worlds:
        titles = dict(zip(ds.party_title.values.tolist(), range(2), strict=True))
        regions = dict(zip(ds.region_title.values.tolist(), range(2), strict=True))
        for line in lines:
            if line.kind == "alarms":
                who, where = re.match(r"(.*) finds signs of hidden missiles in (.*?);", line.text).groups()
                looked = ds.hidden_when_looked.sel(month=line.month).squeeze("month")
                hidden = bool(looked[1 - titles[who], regions[where]])
                assert ("false alarm" in line.text) is not hidden


@pytest.mark.slow
def test_visits_are_told_of_each_party_that_made_some_or_was_refused(worlds):
    for ds, lines in worlds:
        ds = _until_frozen(ds)
        for p, title in enumerate(ds.party_title.values):
            months = ds.month[(ds.findings[:, p] != Finding.NONE).values].values
            told = [
                n.month
                for n in lines
                if (n.kind == "visits" and f"{title} (" in n.text) or f"{title} sends" in n.text
            ]
            assert told == [str(m)[:7] for m in months]


@pytest.mark.slow
def test_missiles_said_to_be_there_are_there(worlds):
    for ds, lines in worlds:
        regions = dict(zip(ds.region_title.values.tolist(), range(2), strict=True))
        parties = dict(zip(ds.party_title.values.tolist(), range(2), strict=True))
        for line in lines:
            said = re.match(r"[\d,]+ missiles of (.*) openly arrive in (.*); ([\d,]+) there now", line.text)
            if line.kind == "announced" and said:
                standing = ds.deployed_announced.sel(month=line.month).squeeze("month")
                assert standing[parties[said[1]], regions[said[2]]] == int(said[3].replace(",", ""))


@pytest.mark.slow
def test_answers_are_told_in_their_month(worlds):
    words = {Talk.ACCEPTED: " accepts ", Talk.REJECTED: " rejects ", Talk.LAPSED: "lapses"}
    for ds, lines in worlds:
        for answer, word in words.items():
            told = [n.month for n in lines if n.kind == "talks" and word in n.text]
            held = ds.month[
                (_until_frozen(ds).talks == answer)
                .any("party")
                .reindex(month=ds.month, fill_value=False)
                .values
            ]
            assert told == [str(m)[:7] for m in held.values]


@pytest.mark.slow
def test_a_belief_line_ends_on_the_side_of_the_threshold_that_it_says(worlds):
    for ds, lines in worlds:
        for line in lines:
            said = re.match(r"(.*) (now|no longer) believes that .* hides missiles in (.*) \(", line.text)
            if line.kind == "beliefs" and said:
                p = ds.party_title.values.tolist().index(said[1])
                r = ds.region_title.values.tolist().index(said[3])
                belief = float(ds.belief.sel(month=line.month).squeeze("month")[p, r])
                assert (belief > ds.attrs["violation_believed_above"]) is (said[2] == "now")


# --- where it is told --------------------------------------------------------------------------------


def test_a_loaded_study_tells_the_same_story(tmp_path):
    study = vs.run(FILES["moratorium"], runs=4, settings={"months": 40})
    loaded = vs.load(study.save(tmp_path / "out", plot=False))
    assert loaded.story(run=2) == study.story(run=2)


def test_a_run_that_is_not_there_is_a_sentence_with_those_that_are():
    study = vs.run(FILES["baseline"], runs=4, settings={"months": 2})
    with pytest.raises(vs.VerifsimError, match=r"no run 17 in these results; there are: 0 to 3$"):
        study.story(run=17)
    study.ds = study.ds.isel(run=[0, 1, 3])
    with pytest.raises(vs.VerifsimError, match=r"there are: 0 to 1, 3$"):
        study.story(run=2)
    with pytest.raises(vs.VerifsimError, match="which run"):
        study.story()
