"""Stylised facts of 2013 to 2026, each beside what the model gives, and how it came to give it.

A fact stands **by construction** where the scenario or a rule says as much; it is **calibrated** where a number
was set by it; it is **emergent** where it follows from rules and numbers that were set by something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy import stats

import verifsim
from validation.forecast import as_seen, month_of
from verifsim import Study
from verifsim.codes import Stance, Talk
from verifsim.comparison.intervals import mean_difference, share_interval
from verifsim.outcomes.base import has_missiles, months_before
from verifsim.scenario import Scenario
from verifsim.verification.inference import overstatement
from verifsim.verification.inspection import visit_probabilities

Standing = Literal["by construction", "calibrated", "emergent", "not in the model"]

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


class Simulated:
    """Scenarios, simulated when they are first asked for.

    Parameters
    ----------
    runs
        How many worlds of each; ten times as many where numbers vary, since most worlds are then left out.
    """

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self._studies: dict[str, Study] = {}

    def study(self, name: str, settings: Mapping[str, Any] | None = None, *, vary: bool = False) -> Study:
        """A shipped scenario, with other values by path where any are given, or with numbers that vary."""
        key = f"{name} {settings} {vary}"
        if key not in self._studies:
            runs, path = self.runs * (10 if vary else 1), SCENARIOS / f"{name}.yaml"
            said = dict(settings or {})
            self._studies[key] = verifsim.run(path, runs=runs, vary=vary, settings=said)
        return self._studies[key]

    def ds(self, name: str, settings: Mapping[str, Any] | None = None) -> xr.Dataset:
        """The dataset of a scenario."""
        return self.study(name, settings).ds

    def varied(self, name: str) -> xr.Dataset:
        """A scenario with numbers drawn from their ranges."""
        return self.study(name, vary=True).ds

    def kept(self, name: str) -> xr.Dataset:
        """Of these, the worlds that are in March 2024 as the world was."""
        ds = self.varied(name)
        return ds.isel(run=as_seen(ds))

    @cached_property
    def kalibr_alone(self) -> xr.Dataset:
        """`history` with the land-based Kalibr as Russia's only missile: so its stages can be read off."""
        gone = {f"programmes.{name}": None for name in ("land_hypersonic", "oreshnik", "9m729")}
        return self.ds("history", {"agreements.moratorium.moves_out": None, **gone})


def stated(name: str) -> Scenario:
    """A shipped scenario as its file states it."""
    return verifsim.load_scenario(SCENARIOS / f"{name}.yaml").scenario


def overstated(visits: ArrayLike) -> np.ndarray:
    """The factor by which a careful planner of `baseline` overstates, by visits a year."""
    believing = stated("baseline").believing
    known = np.asarray(visits, dtype=float)
    return overstatement(believing.worst_case_factor, known, believing.overstatement_halved_by)


@dataclass(frozen=True)
class Answer:
    """What the model gives: in words with an interval, and whether it is what was seen."""

    text: str
    holds: bool | None
    """None where nothing can be said."""
    foreseen: bool | None = None
    """Whether it comes out by what was known in March 2024, where that was simulated too."""


@dataclass(frozen=True)
class Fact:
    """A stylised fact, how it is tested, and how the model came to it."""

    what: str
    seen: str
    test: str
    standing: Standing
    because: str
    measure: Callable[[Simulated], Answer]


def share(mask: ArrayLike) -> tuple[str, float]:
    """A share of worlds in words, with its 95 % interval, and as a number."""
    yes = np.asarray(mask, dtype=bool)
    low, high = share_interval(int(yes.sum()), yes.size)
    return f"{100 * yes.mean():.1f} % ({100 * low:.1f} to {100 * high:.1f})", float(yes.mean())


def median(values: ArrayLike) -> tuple[str, float]:
    """A median in words, with the 95 % interval by order statistics, and as a number."""
    ordered = np.sort(np.asarray(values, dtype=float))
    n = ordered.size
    low, high = stats.binom.ppf([0.025, 0.975], n, 0.5).astype(int)
    return (
        f"{np.median(ordered):.0f} ({ordered[max(low - 1, 0)]:.0f} to {ordered[min(high, n - 1)]:.0f})",
        float(np.median(ordered)),
    )


def difference(values: ArrayLike, reference: ArrayLike, unit: str) -> tuple[str, float, float]:
    """A mean difference of pairs in words, and the ends of its 95 % interval."""
    d = mean_difference(values, reference)
    return f"{d.difference:+.2f} {unit} ({d.low:+.2f} to {d.high:+.2f})", d.low, d.high


def suspension(simulated: Simulated) -> Answer:
    """Russia mirrors the suspension at once, and the treaty ends half a year after the notice."""
    stance = simulated.ds("history").treaty_stance
    at_once = (stance.isel(month=0) == Stance.SUSPENDED).all("party")
    lapses = (stance.sel(month="2019-08") == Stance.WITHDRAWN).all(["party", "month"])
    lapses &= (stance.sel(month="2019-07") != Stance.WITHDRAWN).all(["party", "month"])
    said, at = share(at_once)
    said_lapse, lapse = share(lapses)
    return Answer(
        f"mirrored in the same month in {said}; ended in August 2019 in {said_lapse}", min(at, lapse) > 0.9
    )


def us_test_and_deployment(simulated: Simulated) -> Answer:
    """Flight test at once, deployment only years later."""
    ds = simulated.ds("baseline")
    since_the_treaty = 15  # from August 2019 to the first month of `baseline`
    first = since_the_treaty + months_before(has_missiles(ds).sel(party="us_nato").any("region"))
    said, _ = share((first >= 36) & (first <= 60))
    of, typical = median(first)
    text = f"`baseline`: first US deployment anywhere {of} months after the treaty; 36 to 60 in {said}"
    return Answer(text, 36 <= typical <= 60)


def kalibr(simulated: Simulated) -> Answer:
    """The US tests before Russia fields the land-based Kalibr."""
    ds = simulated.kalibr_alone
    us, russia = (months_before(ds.tested_or_produces.sel(party=party)) for party in ("us_nato", "russia"))
    before, p = share(us < russia)
    on_plan, _ = share(russia <= month_of(ds, "2020-12"))
    return Answer(f"US test first in {before}; Kalibr even flown by the end of 2020 in {on_plan}", p > 0.9)


def no_lasting_deployment(simulated: Simulated) -> Answer:
    """The plan for Europe is not carried out by mid-2026."""
    in_file, p = share(_none_to_stay(simulated.ds("baseline")))
    expected, q = share(_none_to_stay(simulated.kept("forecast_2024")))
    text = f"none to stay in {in_file} of `baseline`, and in {expected} of what was expected in March 2024"
    return Answer(text, p > 0.5, foreseen=q > 0.5)


def _none_to_stay(ds: xr.Dataset) -> xr.DataArray:
    europe = ds.sel(month=slice(None, "2026-06"), party="us_nato", region="europe")
    return ~((europe.deployed_announced > 0) & ~europe.exercise).any("month")


def pledge(simulated: Simulated) -> Answer:
    """The pledge is kept for years beside a disputed missile in the field."""
    ds = simulated.ds("history")
    life = ds.pledge_stands.sel(party="russia").all("region").sum("month")
    there = (ds.deployed_disputed.sel(party="russia").sum("region") > 0).all("month")
    said, p = share((life >= 50) & there)
    of, _ = median(life)
    return Answer(f"50 months or more in {said}, median {of}", p > 0.5)


def reaction_times(simulated: Simulated) -> Answer:
    """Words within a month, missiles in Europe within 4 to 20 of those on Luzon."""
    parts, in_time = [], []
    for what, ds in (("`history`", simulated.ds("history")), ("March 2024", simulated.kept("as_known_2024"))):
        luzon = month_of(ds, "2024-04")
        openly = ds.deployed_announced.sel(party="russia") > 0
        fresh = ~openly.isel(month=luzon - 1).any("region").values
        after = openly.isel(month=slice(luzon, None), run=fresh)
        lag, anywhere = months_before(after.sel(region="europe")), months_before(after.any("region"))
        never, _ = share(lag >= after.sizes["month"])
        said, p = share((lag >= 4) & (lag <= 20))
        of, _ = median(anywhere)
        parts.append(
            f"{what}: missiles in Europe so late in {said}, never in {never}; anywhere after {of} months"
        )
        in_time.append(p > 0.5)
    text = "words in the same month (the suspension). By " + "; by ".join(parts)
    return Answer(text, in_time[0], foreseen=in_time[1])


def refused(simulated: Simulated) -> Answer:
    """Offers of a moratorium, with Kaliningrad alone inspected, are refused."""
    said, p = share(_accepted(simulated.ds("baseline"), "us_nato"))
    return Answer(f"`baseline`: accepted in {said} of the worlds in which an offer was answered", p < 0.05)


def choice_of_bases(simulated: Simulated) -> Answer:
    """Terms under which the other side chooses the bases are accepted more often."""
    theirs = {"agreements.moratorium.inspections.sites_chosen_by": "inspector"}
    kaliningrad, low = share(_accepted(simulated.ds("baseline"), "us_nato"))
    chosen, high = share(_accepted(simulated.ds("baseline", theirs), "us_nato"))
    russia, _ = share(_accepted(simulated.ds("us_choice_of_bases"), "russia"))
    text = (
        f"the US/NATO accept Kaliningrad alone in {kaliningrad}, bases of their choice in {chosen}; Russia "
        f"accepts bases of US choice in {russia}; each of the worlds in which it is answered"
    )
    return Answer(text, high > low)


def _accepted(ds: xr.Dataset, party: str) -> np.ndarray:
    """Of the worlds in which a party ever answered an offer, those in which it accepted one."""
    talks = ds.talks.sel(party=party)
    answered = talks.isin([Talk.ACCEPTED, Talk.REJECTED]).any("month")
    return np.asarray((talks == Talk.ACCEPTED).any("month"))[np.asarray(answered)]


def offers_in_clusters(simulated: Simulated) -> Answer:
    """Three offers from 2019 to 2021, 7 to 14 months apart, none after February 2022."""
    talks = simulated.ds("history").talks.sel(party="us_nato")
    on_table = np.asarray(talks == Talk.ON_THE_TABLE)
    offers = on_table & ~np.concatenate([np.zeros_like(on_table[:, :1]), on_table[:, :-1]], axis=1)
    number = offers.sum(axis=1)
    three, p = share(number >= 3)
    late, _ = share(offers[:, month_of(simulated.ds("history"), "2020-06") :].any(axis=1))
    text = f"offers a world: {number.mean():.2f}; three or more in {three}; any after mid-2020 in {late}"
    return Answer(text, p > 0.5)


def one_ally(simulated: Simulated) -> Answer:
    """France breaks ranks, and the line holds."""
    return Answer("US/NATO are one party", None)


def narrower_counts(simulated: Simulated) -> Answer:
    """Access narrows what a careful planner assumes."""
    del simulated
    visits = (0, 2, 8, 20)
    factors = overstated(visits)
    said = ", ".join(f"{f:.2f} at {v}" for f, v in zip(factors, visits, strict=True))
    return Answer(f"worst-case factor by visits a year: {said}", bool((np.diff(factors) < 0).all()))


def false_alarms(simulated: Simulated) -> Answer:
    """Where cheating is rare, an alarm by satellite is more often false than true."""
    shares = {"europe": {"mirror": 0.95, "covert_deploy": 0.05}, "asia_pacific": "mirror"}
    parts, holds = [], []
    for name, settings in (("1 in 5", {}), ("1 in 20", {"parties.russia.doctrine": shares})):
        ds = simulated.ds("baseline", settings)
        alarms = ds.alarm.sel(party="us_nato", region="europe")
        hidden = ds.hidden_when_looked.sel(party="russia", region="europe")
        n, true = int(alarms.sum()), int((alarms & hidden).sum())
        parts.append(
            f"where Russia hides missiles in {name}, {100 * true / n:.0f} % of {n:,} alarms are true"
        )
        holds.append(true / n < 0.5)
    return Answer("`baseline`: " + "; ".join(parts), holds[-1])


def four_of_24(simulated: Simulated) -> Answer:
    """Four cells of 24 opened: one bad cell is rarely found, half a battery often."""
    del simulated
    found, _ = visit_probabilities(24, 4, np.array([1, 8]), recognised=1.0, false_alarm=0.0)
    return Answer(f"{found[0]:.3f} and {found[1]:.3f}", bool(np.allclose(found, [0.1667, 0.8287], atol=1e-4)))


def exercises_count(simulated: Simulated) -> Answer:
    """What comes for an exercise is answered like a deployment."""
    off = {f"doctrines.{mirror}.exercises_count": False for mirror in ("mirror", "global_mirror")}
    counted, not_so = (_moved(simulated.ds("history", said), "2023-09", "2024-03") for said in ({}, off))
    with_it, _ = share(counted)
    gap, low, _ = difference(counted, not_so, "of worlds")
    return Answer(
        f"Russia decides to answer by March 2024 in {with_it}; because of the exercise, {gap}", low > 0
    )


def _moved(ds: xr.Dataset, first: str, last: str) -> np.ndarray:
    why = ds.moved_because.sel(party="russia", month=slice(first, last))
    return np.asarray((why > 0).any(["month", "region"]))


def china_declines(simulated: Simulated) -> Answer:
    """China does not join talks, whatever the others do."""
    all_else = {"unverified": 1, "host_chooses": 1, "inspector_chooses": 1}
    settings = {"agreements.moratorium.with_china": True, "parties.us_nato.talks.accepts": all_else}
    accepted = _accepted(simulated.ds("baseline", settings), "us_nato")
    said, p = share(accepted)
    return Answer(f"talks that need China succeed in {said}", p < 0.05)


def budget_rule(simulated: Simulated) -> Answer:
    """Spending keeps to the rule until the war."""
    ds = simulated.ds("history")
    spending, ceiling = ds.spending.sel(party="russia"), ds.budget_ceiling.sel(party="russia") / 12
    before, at_war = spending.sel(month=slice(None, "2022-01")), spending.sel(month=slice("2023-01", None))
    kept, p = share((before <= ceiling.sel(month=slice(None, "2022-01")) + 1e-9).all("month"))
    ratio = float(at_war.mean() / before.mean())
    over, q = share(at_war.max("month") > float(ceiling.isel(month=0)))
    return Answer(
        f"under the ceiling of peace until the war in {kept}, above it at some time after in {over}; "
        f"mean spending rises no more than {ratio:.2f}-fold",
        p > 0.99 and q > 0.5,
    )


def slips(simulated: Simulated) -> Answer:
    """Programmes take 1.5 to 3 times as long as planned."""
    ds, planned = simulated.kalibr_alone, stated("history").programmes["land_kalibr"].months_to_test
    of, typical = median(months_before(ds.tested_or_produces.sel(party="russia")))
    russia = {"party": "russia"}
    missiles = ds.reserve.sel(russia) + ds.deployed_announced.sel(russia).sum("region")
    fielded, _ = share((missiles + ds.deployed_undeclared.sel(russia).sum("region") > 0).any("month"))
    text = f"land-based Kalibr flown after {of} months, {planned:.0f} being planned; fielded by June 2026 in {fielded}"
    return Answer(text, 1.5 <= typical / planned <= 3)


def lower_planning(simulated: Simulated) -> Answer:
    """Verification lowers worst-case planning: the sign alone is known."""
    factors = overstated((0, 8))
    with_it, without = (
        simulated.study(name).outcomes["deployed.us_nato.europe"].to_numpy()
        for name in ("moratorium", "moratorium_unverified")
    )
    gap, _, _ = difference(with_it, without, "of worlds")
    text = (
        f"the count is overstated by {100 * (factors[0] - 1):.0f} % without visits, {100 * (factors[1] - 1):.0f} % at "
        f"8 a year; that fewer US missiles come to Europe does not follow: {gap}"
    )
    return Answer(text, bool(factors[1] < factors[0]))


FACTS = (
    Fact(
        "A suspension is mirrored within a day; withdrawal follows after the fixed six months",
        "2 February and 2 August 2019",
        "in over 90 % of worlds of `history`",
        "by construction",
        "a mirror suspends when the other has; six months' notice is the treaty's",
        suspension,
    ),
    Fact(
        "The US flies a missile within a month of the treaty's end, and deploys none for three years or more",
        "flown after 0.5 months, deployed after 56",
        "first deployment, in the median of `baseline`, 36 to 60 months after the treaty",
        "calibrated",
        "the flight is an event; PrSM's months are its plan of 2020, Typhon's its own dates; the test is of the deployment alone",
        us_test_and_deployment,
    ),
    Fact(
        "The US test comes before Russia's land-based Kalibr, though that was planned for 2020",
        "none confirmed by mid-2026",
        "before its first flight in over 90 % of worlds of `history`, with the Kalibr as Russia's only missile",
        "by construction",
        "the US test is an event, the treaty bars Russian ones before it, and the Kalibr's plan begins in 2019",
        kalibr,
    ),
    Fact(
        "The deployment planned for Europe is announced late and not carried out by mid-2026",
        "announced in July 2024, cancelled in May 2026",
        "no US missiles in Europe to stay by June 2026, in more than half of all worlds",
        "calibrated",
        "in `baseline`, hosts' months and cancellation are those of Germany; in `forecast_2024`, assumed",
        no_lasting_deployment,
    ),
    Fact(
        "Russia keeps its pledge for years, while its disputed missile is in the field",
        "78 months",
        "50 months or more, in more than half of the worlds of `history`",
        "by construction",
        "nothing provokes Russia before month 55, when a launcher comes to Bornholm",
        pledge,
    ),
    Fact(
        "Deployment answers within 4 to 20 months, words within one",
        "from Luzon: production 2.7 months, end of the pledge 15.9, missiles in Belarus 20.3",
        "Russian missiles openly in Europe 4 to 20 months after Luzon, in more than half of all worlds",
        "calibrated",
        "patience is set by the same lag in `history`, and not in `as_known_2024`",
        reaction_times,
    ),
    Fact(
        "Offers of a moratorium are refused, with inspections in Kaliningrad too",
        "2019, 2020 and 2021",
        "accepted in under 5 % of the worlds in which one is offered",
        "by construction",
        "the chance of accepting was set by these refusals",
        refused,
    ),
    Fact(
        "Acceptance rises where the other side chooses the bases",
        "the counter-offer of January 2022",
        "the US/NATO accept such terms more often",
        "by construction",
        "the chances of accepting say so",
        choice_of_bases,
    ),
    Fact(
        "Offers come in clusters after shocks, and stop without an answer",
        "September 2019, October 2020, December 2021; none after February 2022",
        "three offers or more in more than half of the worlds of `history`",
        "emergent",
        "offers follow shocks, which is a rule; how many come is not (that they stop with the war is an event)",
        offers_in_clusters,
    ),
    Fact(
        "One ally breaks ranks, and the line of the alliance holds",
        "France, November 2019",
        "none",
        "not in the model",
        "the alliance decides as one",
        one_ally,
    ),
    Fact(
        "Inspections narrow worst-case counts",
        "estimates of 64 to some 100 missiles in 2019, without access",
        "the factor falls with visits",
        "by construction",
        "it is a formula (docs/model.md, 7.3)",
        narrower_counts,
    ),
    Fact(
        "Where cheating is rare, an alarm is more often false than true",
        "by Bayes' rule, at a prior of 5 %, detection of 0.5 and false alarms of 0.05: true in 34 %",
        "of US alarms about Europe, under half are true where Russia hides missiles in 1 world of 20",
        "by construction",
        "it is Bayes' rule at the rates of satellites, which were set by other things",
        false_alarms,
    ),
    Fact(
        "Opening 4 cells of 24 rarely finds one bad cell, and often half a battery",
        "0.167 and 0.829",
        "the same, to four digits",
        "by construction",
        "it is arithmetic",
        four_of_24,
    ),
    Fact(
        "What comes for an exercise counts as a deployment for the other side",
        "Bornholm in 2023, named by President Putin in June 2024",
        "Russia answers more often than if exercises did not count",
        "by construction",
        "`exercises_count` says so; how often is not",
        exercises_count,
    ),
    Fact(
        "China declines talks, whatever the others do",
        "August 2019 and since",
        "talks that need China succeed in under 5 % of worlds",
        "by construction",
        "`joins` is 0",
        china_declines,
    ),
    Fact(
        "The budget rule holds from 2019 to 2021, and breaks in the war",
        "spending flat or falling, then several times as much",
        "under the ceiling of peace until the war, above it after, in more than half of all worlds",
        "by construction",
        "a ceiling is a parameter, and an event raises it; that spending then passes it is said by neither",
        budget_rule,
    ),
    Fact(
        "Programmes slip, to 1.5 to 3 times their plan",
        "Redzikowo 98 months in place of some 30; Dark Eagle two years late",
        "land-based Kalibr's months to its first flight, in the median of `history`",
        "by construction",
        "its slips were set to make it so late, and it is fielded in most worlds all the same",
        slips,
    ),
    Fact(
        "Experts say that verification lowers worst-case planning; they give no size",
        "no figure is known",
        "the sign",
        "by construction",
        "planning counts fall by rule",
        lower_planning,
    ),
)
"""Every stylised fact."""
