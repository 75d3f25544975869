"""A file with every key, but for those of doctrines and of the older events."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML

WHOLE = """\
title: everything
question: Does every key do something?
answered_by: [months_without_deployment.north, peak_rung]
start: 2020-01
months: 24
ensemble: {runs: 20, seed: 7, vary: no}
regions:
  north: {title: North}
  south: {title: South}
parties:
  red:
    title: Red
    treaty: suspended
    pledge: {not_first_in: [north], since: 2019-02}
    doctrine: mirror
    refuses_visits: 0.1
    new_missile_budget: 300
    trust: 0.4
    reads_cells_as_missiles: 0.5
    warning_needed: 8
    slips: 0.01
    talks:
      starts: yes
      offers: moratorium
      after_shock: 0.2
      answers: 0.8
      accepts: {unverified: 0.5, host_chooses: 0.8, inspector_chooses: 0.2}
      belief_counts: 0.5
    host_consent: {north: {months: 2.5, cancelled: 0.2, blocked_months: 12}}
    exercises: {months: 2, becomes_lasting: 0.5, gap_months: 12}
  blue: {title: Blue, doctrine: hold_back}
treaty: {notice_months: 6}
programmes:
  arrow:
    owner: red
    title: Arrow
    stage: produced
    missiles: 16
    a_year: 1.5
    cost: 80
    development_cost: 50
    months_to_test: 12
    months_to_field: 8
    months_to_move: 0.5
    slips: 0.3
    regions: [north]
    reserve: 2
    deployed: {north: 2}
    disputed: yes
    true_range: {owner_says: 480, owner_is_right: 0.05, least: 1200, likeliest: 2000, most: 2500}
sites:
  fort:
    owner: blue
    region: south
    title: Fort
    kind: mk41_cell
    objects: 24
    may_hide: yes
    objects_a_battery: 16
    conversion_months: 3.5
watching: {battery_seen: 0.3, hidden_at_site_seen: 0.01, false_alarm: 0.03}
inspecting:
  recognised: 0.9
  never_recognised: 0.05
  false_alarm: 0.01
  clarified: 0.8
  clears_look: 0.5
  moved_out_a_day: 0.15
  finds_chosen_base: 0.2
  refusal_if_violating: 0.3
  refusal_if_compliant: 0.05
  visit_cost: 0.5
  regime_cost: 10
believing:
  rule: bayes
  prior: 0.05
  turns_covert: 0.002
  turns_back: 0.02
  relocates: 0.02
  at_site: 0.3
  reference_batteries: 2
  reference_missiles: 16
  worst_case_factor: 1.5
  overstatement_halved_by: 6
agreements:
  moratorium:
    regions: [south]
    binds: [red, blue]
    from: 2020-06
    with_china: yes
    moves_out: {arrow: {months: 6}}
    ends: {believed_broken_above: 0.7, notice_months: 6}
    inspections:
      sites: [fort]
      visits_a_year: {routine: 6, challenge: 2}
      objects_opened: 4
      notice_hours: 32
      sites_chosen_by: inspector
      concern_above: 0.3
      suspended_after: 2
      suspended_for: 6
talks: {negotiation_months: 2.5, lapse_months: 12, shock_months: 6, gap_months: 12}
trust: {weight: 1, kept_month: 0.01, clean_visit: 0.02, finding: 0.3, refusal: 0.1, deployment: 0.2}
china:
  title: The observer
  region: south
  launchers: 72
  a_year: 36
  concerned_by: [blue]
  half_concerned_at: 32
  reaction: 0.02
  reaction_launchers: 18
  joins: 0.01
  urges: 0.1
crises:
  hazard:
    verified_restraint: 0.0001
    restraint: 0.0002
    dispute: 0.0005
    development_race: 0.001
    first_deployment: 0.003
    mirrored_deployment: 0.006
    arms_race: 0.01
  misperceived: 1
  missiles: 0.2
  ends: 0.5
  uncontrolled_after: 6
escalation: {arms_race_months: 12, violation_believed_above: 0.7, production_lead_months: 8}
events:
  deployed: {does: deploy, month: 2020-02, programme: arrow, region: north, batteries: 1}
  practised: {does: exercise, month: 2020-03, programme: arrow, region: north, batteries: 2}
  removed: {does: remove, month: 2020-04, programme: arrow, region: north, batteries: 1}
  offered: {does: offer, month: 2020-05, party: red, agreement: moratorium}
  accepted: {does: accept, month: 2020-06, party: blue}
  rejected: {does: reject, month: 2020-07, party: blue}
  stopped: {does: stop_talks, month: 2020-08, party: red}
  started: {does: start_talks, month: 2020-09, party: red}
  war: {does: shock_to_trust, month: 2020-10, by: 0.5}
  spent: {does: set_budget, month: 2020-11, party: red, new_missile_budget: 100}
observed:
  seen: {since: 2020-03, region: north, rung: first_deployment, source: report}
sources:
  report: A report, 2019
"""


def plain(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def noted(data: Any, path: tuple[str, ...] = ()) -> Any:
    """The data with a source on every number, and a range on all that may differ between runs."""
    if isinstance(data, dict):
        return {key: noted(value, (*path, key)) for key, value in data.items()}
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        shared = path[0] == "ensemble" or path == ("months",)
        return {"value": data, "source": "report"} | ({} if shared else {"range": [data, data]})
    return data
