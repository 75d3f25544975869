"""The page ``docs/validation.md``: what the model gives beside what was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd
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
    """The page and its picture, simulated anew; ``runs`` worlds of each scenario."""
    simulated = Simulated(runs)
    answers = [fact.measure(simulated) for fact in FACTS]
    history = simulated.ds("history")
    parts = [
        _HEAD,
        _in_short(answers, {name: simulated.varied(name) for name in _FORECASTS}),
        _facts(answers, runs),
        _course(history),
        *(_forecast(name, said, simulated.varied(name)) for name, said in _FORECASTS.items()),
        _FOOT + _tuned(),
    ]
    return "\n".join(parts), curves(history)


_HEAD = f"""\
# Held against what happened

This page is written by `python -m validation`, which simulates everything anew in a minute or two; its picture is
`docs/{PICTURE}`. Intervals are of 95 % and speak of chance in the model alone.

Two scenarios stand for the years from 2019 to 2026. [`history`](../scenarios/history.yaml) replays what lies outside
the model's choice (suspension and withdrawal, flight tests, deliveries and deployments of the US, New START, the war),
and simulates what Russia, NATO and China answer, with numbers fitted to what happened.
[`as_known_2024`](../scenarios/as_known_2024.yaml) is the same, with every number that rests on a later source replaced
by what was known, or thought possible, by March 2024. [`forecast_2024`](../scenarios/forecast_2024.yaml) takes out
what the US did after that month too. [`baseline`](../scenarios/baseline.yaml) begins in November 2020
and replays hardly anything.

What is **by construction** cannot fail, and so proves nothing. What is **calibrated** may fail, but where it holds, it
shows that the numbers can be reached, and no more. Only what is **emergent** would speak for the model. A fact is **foreseen** if it also comes
out of worlds that know nothing after March 2024 (see below); – is where that was not tried.
"""


def _facts(answers: list[Answer], runs: int) -> str:
    """Every stylised fact, whether it holds, and below it what the model gives."""
    verdict = {True: "yes", False: "**no**", None: "–"}
    numbered = list(enumerate(zip(FACTS, answers, strict=True), start=1))
    rows = [
        (str(n), fact.what, verdict[answer.holds], verdict[answer.foreseen], fact.standing)
        for n, (fact, answer) in numbered
    ]
    details = [
        f"{n}. {fact.what}. *Seen:* {fact.seen}. *Test:* {fact.test}. *Simulated:* {answer.text}. "
        f"*{fact.standing.capitalize()}:* {fact.because}.\n"
        for n, (fact, answer) in numbered
    ]
    return "\n".join(
        [
            "## Stylised facts\n",
            table(("", "stylised fact", "holds", "foreseen", "standing"), rows),
            _count(answers),
            f"What was seen, how it is tested, and what came out of {runs:,} worlds of each scenario:\n",
            *details,
        ]
    )


def _in_short(answers: list[Answer], of_forecasts: dict[str, xr.Dataset]) -> str:
    """What a reader in a hurry has to know, for better or worse."""
    standing = [fact.standing for fact, answer in zip(FACTS, answers, strict=True) if answer.holds]
    said = [
        f"{len(standing)} of {len(FACTS)} stylised facts hold, most of them since they were put in. Of those that could have "
        f"failed, {standing.count('calibrated')} calibrated and {standing.count('emergent')} emergent ones hold"
    ]
    for name, ds in of_forecasts.items():
        score = forecast.scores(forecast.forecasts(ds, _targets(name)))["Brier score"]
        said.append(
            f"what `{name}` expected in March 2024 has a Brier score of {score.model:.2f}, constant hazards {score.naive:.2f}, "
            f"a coin {score.coin:.2f}"
        )
    return (
        f"**In short:** {'; '.join(said)} (less is better). The model says what follows from stated assumptions; it has not "
        "earned the name of a forecast.\n"
    )


def _targets(name: str) -> tuple[forecast.Target, ...]:
    return tuple(target for target in forecast.TARGETS if name == "forecast_2024" or target.of_russia)


def _count(answers: list[Answer]) -> str:
    """How many hold, and how many of them could have failed."""
    held = Counter(fact.standing for fact, answer in zip(FACTS, answers, strict=True) if answer.holds)
    free = held["calibrated"] + held["emergent"]
    fail, silent = (_where(answers, verdict) for verdict in (False, None))
    built = [n for n, fact in enumerate(FACTS, start=1) if fact.standing == "by construction"]
    return (
        f"Of {len(FACTS)} facts {sum(held.values())} hold, and {free} of them without having been put in by construction. "
        f"That is few, and for these reasons. {_numbers(built)} follow from what a rule, a chance or an event of the "
        "scenarios says: a model in which doctrines, terms and events are stated gives back what they state. "
        f"{_numbers(fail)} came out otherwise than was seen. On {_numbers(silent)} the model has nothing to say.\n"
    )


def _where(answers: list[Answer], verdict: bool | None) -> list[int]:
    return [n for n, answer in enumerate(answers, start=1) if answer.holds is verdict]


def _numbers(numbers: list[int]) -> str:
    if not numbers:
        return "None"
    *most, last = map(str, numbers)
    return f"Facts {', '.join(most)} and {last}" if most else f"fact {last}"


def _course(ds: xr.Dataset) -> str:
    """How much of the simulated worlds stood, month by month, on the rung that there was."""
    rows, turn = [], forecast.month_of(ds, "2024-04")
    for region in (*map(str, ds.region.values), None):
        at, seen = met(ds, region), observed_rungs(ds, region)
        assert seen is not None, "the scenario states what was observed"
        constant = Counter(seen[turn:].tolist()).most_common(1)[0][1] / seen[turn:].size
        name = "the world" if region is None else titles(ds, "region")[region]
        shares = (at[:turn].mean(), at[turn:].mean(), constant)
        rows.append((name, *(f"{100 * share:.0f} %" for share in shares)))
    head = (
        "",
        "until March 2024",
        "from April 2024",
        "from April 2024, the one rung that fits best in hindsight",
    )
    return f"""\
## The course of the rungs

The black line leads through the rung that there was, month by month; where its band is thin, few worlds went that way.
The rungs as they happened are stated in [`history`](../scenarios/history.yaml) under `observed`, each with its source;
that the world was in an arms race in June 2026 rests on a single report.

![Simulated shares of worlds on each rung in Europe, the Asia-Pacific and the world, and the rungs as they happened]({PICTURE})

Share of worlds that stood on the rung that there was, mean over months:

{table(head, rows)}
Until 2024 little could differ. After it, to have said one and the same rung every month, had one known which, would have
been better everywhere: the model escalates too fast, and in the Asia-Pacific where it did not (see [below](#where-the-model-misses)).
"""


def met(ds: xr.Dataset, region: str | None) -> np.ndarray:
    """The share of worlds on the rung that was observed, (month,)."""
    rungs = observed_rungs(ds, region)
    assert rungs is not None, "the scenario states what was observed"
    shares = rung_shares(ds, region)
    return shares[rungs.astype(int), np.arange(rungs.size)]


def curves(ds: xr.Dataset) -> Figure:
    """The escalation curves of each region and of the world, with the rungs as they happened."""
    where = [*map(str, ds.region.values), None]
    figure = Picture((10.0, 3.6 * len(where)))
    for ax, region in zip(figure.subplots(len(where), 1, sharex=True), where, strict=True):
        escalation_curve(ds, region, ax=ax)
    return figure


def _forecast(name: str, said: str, ds: xr.Dataset) -> str:
    """What a scenario expected from April 2024 on, scored."""
    targets = _targets(name)
    kept, hiding = forecast.as_seen(ds), np.asarray(forecast.hides(ds))
    expected = forecast.forecasts(ds, targets)
    silent = forecast.forecasts(ds, targets, silent_orders=True)
    ordered = 1.0 - expected.of.iloc[0] / (kept & ~hiding).sum()
    return f"""\
## From March 2024: `{name}`

What was to be expected {said}. Of {kept.size:,} worlds with numbers drawn from their ranges, {kept.sum():,} were in
March 2024 as the world was, but for orders of production: pledges kept, no Russian missiles openly in a region, none of
the US in the Asia-Pacific or still in Europe, nothing agreed, no crisis out of control. They are the forecast; no number
was fitted to these targets.

{table(("target", "", "model", "naive", "came", "worlds counted"), _expected(expected))}
{table(("the lower, the better", "Brier score", "log score"), _scored(expected, silent))}
In {100 * ordered:.0f} % of the worlds that are kept and in which Russia does not hide missiles, it had ordered production
by March 2024. In truth it had not. Russia hides missiles in {100 * hiding.mean():.0f} % of all worlds, and in
{100 * hiding[kept].mean():.0f} % of those kept. The numbers that are moved most by leaving worlds out:

{_learnt(ds)}"""


def _expected(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [
        (
            row.target if row.by == forecast.BY[0] else "",
            f"by {row.by}",
            f"{100 * row.model:.0f} %",
            f"{100 * row.naive:.0f} %",
            "yes" if row.came else "no",
            f"{row.of:,}",
        )
        for row in table.itertuples()
    ]


def _scored(expected: pd.DataFrame, silent: pd.DataFrame) -> list[tuple[str, ...]]:
    """Scores of the model and of what needs no model; and of the model, were the targets others."""
    without = expected[expected.target != forecast.TARGETS[0].name]
    scored, others, by_silence = (forecast.scores(t) for t in (expected, without, silent))
    rows = {
        "model": scored.loc["model"],
        "naive: constant hazards": scored.loc["naive"],
        "a coin": scored.loc["coin"],
        "model, without orders of production": others.loc["model"],
        "naive, without orders of production": others.loc["naive"],
        "model, with silent orders (see below)": by_silence.loc["model"],
    }
    return [(who, *(f"{value:.3f}" for value in values)) for who, values in rows.items()]


def _learnt(ds: xr.Dataset, n: int = 5) -> str:
    rows = [
        (
            f"`{name}`",
            *(f"{row[c]:.3g}" for c in ("stated", "all worlds", "kept worlds")),
            f"{row['standard errors']:+.1f}",
        )
        for name, row in forecast.learnt(ds).head(n).iterrows()
    ]
    head = ("number", "stated", "mean of all worlds", "mean of those kept", "shift, in standard errors")
    return table(head, rows)


_FOOT = f"""\
## How to read the forecasts

- The **naive forecast** holds every hazard constant: none of these things had come in the {forecast.MONTHS_SEEN} months from August 2019
  to March 2024, and half an event is added (Jeffreys' prior), so that nothing is held to be impossible. **A coin** gives
  one half to everything.
- **All forecasts are of one history**, and hang together: a single event decides several of them. A better score is
  no proof that the model is better, and no interval of the difference could be given that would mean anything.
- **Orders of production** need a choice, for the model does not say what a Russia that hides missiles would announce.
  The tables read this target off worlds in which Russia does not hide, and had ordered nothing by March 2024. The row
  *silent orders* reads it otherwise: a Russia that hides orders in silence, and worlds in which any other Russia had
  ordered production by March 2024 are left out for every target. That was tried first; the tables' way was chosen when
  its scores were known. So both are here, and the scores of all other targets alone.
- **Hindsight** is not gone. Numbers whose sources are later than March 2024 are replaced, and whether exercises count,
  which was said in June 2024, is drawn (tests hold [`as_known_2024`](../scenarios/as_known_2024.yaml) to the dates of its
  sources, and to other values than those they replace). Some of these were set, and exercises drawn, after first scores
  had been seen; the scores became worse by it. And rules, ranges and assumptions were written by people who
  knew what came.

## Where the model misses

- **Where Russia answers.** It answered US missiles in the Asia-Pacific with missiles in Belarus, and placed none openly
  in the Asia-Pacific. A regional mirror answers on the spot, a global one everywhere; neither moves an answer to
  another region. So `history` puts Russian missiles into the Asia-Pacific in most worlds, and given what the US did,
  `as_known_2024` was nearly sure of it.
- **How soon.** By the ranges of `as_known_2024`, Russia was to give up its pledge within the year after Luzon. It took
  sixteen months. In `history`, whose patience was tuned to that, it takes about half as long: a global mirror loses
  patience in each region by itself, and the first to lose it ends the pledge everywhere.
- **Production.** What was known in March 2024 made the model expect an order long before: the first battery had been
  delivered fifteen months earlier. And it fields the land-based Kalibr by June 2026 in most worlds; none was confirmed.
- **Offers.** The letters of 2019 follow shocks; the offers of October 2020 and December 2021 followed none that the
  model knows, and it makes few offers after 2019.
- **The Oreshnik** was not known in March 2024, and a model of known programmes cannot deploy it.
- **Inspections and planning.** That visits ease the count a planner assumes is a rule; that anybody therefore deploys
  less does not show in the scenarios that ship.
- **Alliance politics**, and how Germany came to ask and the US to cancel, are a delay and a chance.

## What was tuned, and to what

These sources of `baseline.yaml` and `history.yaml` name the numbers that were set so that a date comes out. None of them
is used in the forecasts.

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
