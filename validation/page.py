"""The page ``docs/validation.md``: what the model gives beside what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import verifsim
from validation import forecast
from validation.facts import FACTS, SCENARIOS, Answer, Simulated
from verifsim.plots.escalation import escalation_curve, rung_shares
from verifsim.plots.observed import observed_rungs
from verifsim.plots.style import Picture, titles

PICTURE = "history.png"

_FORECASTS = {
    "forecast_2024": "of all sides, knowing nothing of what came after March 2024",
    "as_known_2024": "of Russia alone, given what the US did until June 2026",
}


def written(runs: int) -> tuple[str, Figure]:
    """The page and its picture, simulated anew.

    Parameters
    ----------
    runs
        Worlds of each scenario; the forecasts take ten times as many, since most are left out.
    """
    simulated = Simulated(runs)
    answers = [fact.measure(simulated) for fact in FACTS]
    history = simulated.ds("history")
    parts = [
        _HEAD,
        _facts(answers, runs),
        _course(history),
        *(_forecast(name, said, 10 * runs) for name, said in _FORECASTS.items()),
        _FOOT + _tuned(),
    ]
    return "\n".join(parts), curves(history)


_HEAD = f"""\
# Held against what happened

This page is written by `python -m validation`, which simulates everything anew in some two minutes; its picture is
`docs/{PICTURE}`. Intervals are of 95 % and speak of chance in the model alone.

Two scenarios stand for the years from 2019 to 2026. [`history`](../scenarios/history.yaml) replays what lies outside
the model's choice (suspension and withdrawal, flight tests, deliveries and deployments of the US, New START, the war),
and simulates what Russia, NATO and China answer, with numbers that know how it came.
[`as_known_2024`](../scenarios/as_known_2024.yaml) is the same, with every number that rests on a later source replaced
by what was known, or thought possible, by March 2024. [`baseline`](../scenarios/baseline.yaml) begins in November 2020
and replays hardly anything.

What is **by construction** cannot fail, and so proves nothing. What is **calibrated** shows that the numbers can be
reached, and no more. Only what is **emergent** could have come out otherwise. Whether a fact was **foreseen** says
whether it also comes out of scenarios that know nothing after March 2024; – where that was not simulated.
"""


def _facts(answers: list[Answer], runs: int) -> str:
    """Every stylised fact beside what the model gives."""
    verdict = {True: "yes", False: "**no**", None: "–"}
    rows = [
        (
            str(number),
            f"{fact.what}. *Seen:* {fact.seen}",
            f"{answer.text}. *Test:* {fact.test}",
            verdict[answer.holds],
            verdict[answer.foreseen],
            f"**{fact.standing}**: {fact.because}",
        )
        for number, (fact, answer) in enumerate(zip(FACTS, answers, strict=True), start=1)
    ]
    head = ("", "stylised fact", f"simulated ({runs:,} worlds each)", "holds", "foreseen", "standing")
    return "\n".join(["## Stylised facts\n", table(head, rows), _count(answers)])


def _count(answers: list[Answer]) -> str:
    """How many hold, and how many of them could have failed."""
    held = [fact.standing for fact, answer in zip(FACTS, answers, strict=True) if answer.holds]
    by = Counter(held)
    free = by["calibrated"] + by["emergent"]
    failed = [n for n, answer in enumerate(answers, start=1) if answer.holds is False]
    silent = [n for n, answer in enumerate(answers, start=1) if answer.holds is None]
    unforeseen = [n for n, answer in enumerate(answers, start=1) if answer.foreseen is False]
    built = [n for n, fact in enumerate(FACTS, start=1) if fact.standing == "by construction"]
    return (
        f"Of {len(FACTS)} facts {len(held)} hold: {by['by construction']} by construction, {by['calibrated']} calibrated, "
        f"{by['emergent']} emergent. So {free} hold without having been put in by construction. "
        f"{_numbers(failed)} fail{'s' if len(failed) == 1 else ''}, and on {_numbers(silent)} the model has nothing to "
        f"say. {_numbers(unforeseen)} would not have been foreseen in March 2024. {_numbers(built)} are by construction, since a rule, a chance or an event of the scenario says as much: a "
        "model that lets doctrines be stated will give back what they state.\n"
    )


def _numbers(numbers: list[int]) -> str:
    if not numbers:
        return "None"
    said = [str(n) for n in numbers]
    return f"Number{'s' if len(said) > 1 else ''} " + (
        said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    )


def _course(ds: xr.Dataset) -> str:
    """How much of the simulated worlds stood, month by month, on the rung that there was."""
    rows = []
    for region in (*map(str, ds.region.values), None):
        at, simulated = met(ds, region), (ds.world_rung if region is None else ds.rung.sel(region=region))
        before, after = at[: _first(ds, "2024-04")], at[_first(ds, "2024-04") :]
        gap = np.nanmean(simulated.mean("run").values - observed_rungs(ds, region))
        name = "the world" if region is None else titles(ds, "region")[region]
        rows.append((name, f"{100 * before.mean():.0f} %", f"{100 * after.mean():.0f} %", f"{gap:+.2f}"))
    head = ("", "until March 2024", "from April 2024", "simulated less observed rung, mean")
    return f"""\
## The course of the rungs

The black line leads through the rung that there was, month by month; where its band is thin, few worlds went that way.
The rungs as they happened are stated in [`history`](../scenarios/history.yaml) under `observed`, each with its source.

![Simulated shares of worlds on each rung in Europe, the Asia-Pacific and the world, and the rungs as they happened]({PICTURE})

Share of worlds that stood on the rung that there was, mean over months:

{table(head, rows)}
A world can be right in every month and still have come there for other reasons.
"""


def met(ds: xr.Dataset, region: str | None) -> np.ndarray:
    """The share of worlds on the rung that was observed, (month,)."""
    rungs = observed_rungs(ds, region)
    assert rungs is not None, "the scenario states what was observed"
    shares = rung_shares(ds.world_rung if region is None else ds.rung.sel(region=region))
    return shares[rungs.astype(int), np.arange(rungs.size)]


def _first(ds: xr.Dataset, month: str) -> int:
    return int((ds.month.values < np.datetime64(month)).sum())


def curves(ds: xr.Dataset) -> Figure:
    """The escalation curves of each region and of the world, with the rungs as they happened."""
    where = [*map(str, ds.region.values), None]
    figure = Picture((10.0, 3.6 * len(where)))
    for ax, region in zip(figure.subplots(len(where), 1, sharex=True), where, strict=True):
        escalation_curve(ds, region, ax=ax)
    return figure


def _forecast(name: str, said: str, runs: int) -> str:
    """What a scenario expected from April 2024 on, scored."""
    study = verifsim.run(SCENARIOS / f"{name}.yaml", runs=runs, vary=True)
    ds = study.ds
    targets = tuple(t for t in forecast.TARGETS if name == "forecast_2024" or t.of_russia)
    kept = forecast.as_seen(ds)
    expected = forecast.forecasts(ds, targets)
    otherwise = forecast.forecasts(ds, targets, silent_orders=True)
    rows = [
        (
            row.target if month == 0 else "",
            f"by {row.by}",
            f"{100 * row.model:.0f} %",
            f"{100 * row.naive:.0f} %",
            "yes" if row.came else "no",
            f"{row.of:,}",
        )
        for month, row in ((i % len(forecast.BY), r) for i, r in enumerate(expected.itertuples()))
    ]
    scored = forecast.scores(expected)
    other = forecast.scores(otherwise)
    score_rows = [
        ("model", *(f"{v:.3f}" for v in scored.loc["model"])),
        ("naive: constant hazards", *(f"{v:.3f}" for v in scored.loc["naive"])),
        ("model, silent orders (see below)", *(f"{v:.3f}" for v in other.loc["model"])),
    ]
    return f"""\
## From March 2024: `{name}`

What was to be expected {said}. Of {runs:,} worlds with numbers drawn from their ranges, {int(kept.sum()):,} were in
March 2024 as the world was: pledges kept, no Russian missiles openly in a region, none of the US in the Asia-Pacific or
still in Europe, nothing agreed, no crisis out of control. They are the forecast; nothing is tuned by hand.

{table(("target", "", "model", "naive", "came", "of worlds"), rows)}
{table(("the lower, the better", *scored.columns), score_rows)}
What being as the world was in March 2024 said of the numbers, those moved most:

{_learnt(ds)}"""


def _learnt(ds: xr.Dataset, n: int = 5) -> str:
    rows = [
        (
            f"`{name}`",
            *(f"{row[c]:.3g}" for c in ("stated", "all worlds", "kept worlds")),
            f"{row['standard errors']:+.1f}",
        )
        for name, row in forecast.learnt(ds).head(n).iterrows()
    ]
    head = ("number", "stated", "mean of all worlds", "mean of those kept", "apart, in standard errors")
    return table(head, rows)


_FOOT = f"""\
## How to read the forecasts

- The **naive forecast** holds every hazard constant: none of these things had come in the {forecast._between(forecast.LAPSED, forecast.SEEN_UNTIL) + 1} months from August 2019
  to March 2024, and half an event is added (Jeffreys' prior), so that nothing is held to be impossible.
- **All forecasts are of one history**, and hang together: a single event decides several of them. A better score is
  no proof that the model is better, and no interval of the difference could be given that would mean anything.
- **Orders of production** need a choice. What a Russia that hides missiles would say of its production is not in the
  model, so this target is read off worlds in which Russia does not hide and had not ordered production by March 2024.
  The row *silent orders* takes the other choice: hiding Russias order in silence, and worlds in which another had
  ordered it are left out for every target. Then nearly all that are left hide missiles, and the order is held to be
  unlikely. The first choice was made after the scores of the second had been seen, which is why both are here.
- **Hindsight** is not gone. Numbers whose sources are later than March 2024 are replaced (a test holds
  [`as_known_2024`](../scenarios/as_known_2024.yaml) to it), but rules, ranges and assumptions were written by people
  who knew what came.

## Where the model misses

- **Where Russia answers.** It answered US missiles in the Asia-Pacific with missiles in Belarus, and placed none openly
  in the Asia-Pacific. A regional mirror answers on the spot, a global one everywhere; neither moves an answer to
  another region. So `history` puts Russian missiles into the Asia-Pacific in most worlds, and given what the US did,
  `as_known_2024` was nearly sure of it.
- **How soon.** By the ranges of `as_known_2024`, Russia was to give up its pledge within the year after Luzon. It took
  sixteen months. `history` is slower, since its patience was tuned to that.
- **Offers.** The letters of 2019 follow shocks; the offers of October 2020 and December 2021 followed none that the
  model knows, and it makes few offers after 2019.
- **The Oreshnik** was not known in March 2024, and a model of known programmes cannot deploy it.
- **Inspections and planning.** That visits ease the count a planner assumes is a rule; that anybody therefore deploys
  less does not show in the scenarios that ship.
- **Alliance politics**, and how Germany came to ask and the US to cancel, are a delay and a chance.

## What was tuned, and to what

Sources of `baseline.yaml` and `history.yaml` that begin with *Tuned to* name every number that was set so that a date
comes out; they are listed here, and none of them is used in the forecasts.

"""


def _tuned() -> str:
    """The sources of numbers that were tuned, with what to."""
    sources = verifsim.load_scenario(SCENARIOS / "history.yaml").scenario.sources
    said = [f"- `{key}`: {' '.join(text.split())}" for key, text in sources.items() if "Tuned to" in text]
    return "\n".join(said) + "\n"


def table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [tuple(head), *rows]
    lines.insert(1, ("---",) * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
