"""The answer to a question: who gets there first and how certain that is, where all end, what it costs, what to watch for.

Everything here reads a finished `Comparison`; nothing runs a model.  Estimators are those of `sim.lab.analysis`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sim.dashboard.charts import ChartData, charts
from sim.dashboard.facts_card import FactsCard, facts_card
from sim.dashboard.findings import findings
from sim.dashboard.outcome_answers import OutcomeAnswer, outcome_answers
from sim.dashboard.questions import Question
from sim.dashboard.verdict import (
    StageVerdict,
    cautions,
    costs,
    dollars,
    idle,
    output_price,
    stage_verdict,
    timing,
    trust,
)
from sim.dashboard.worth_card import WorthCard, worth_card
from sim.inputs.safe_csv import csv_table
from sim.lab.analysis.effects import MONTHS, mean_interval
from sim.lab.analysis.events import kaplan_meier
from sim.lab.comparison import Comparison
from sim.lab.facts import NoWorldFits
from sim.model.outcomes import STAGES_REACHED
from sim.output.both_bands import both_bands
from sim.output.figures.palette import BASELINE, OKABE_ITO, STAGE_COLOURS, glow, ink
from sim.output.words import percent


@dataclass(frozen=True)
class Tone:
    """A colour: for lines, and for text on a light page (`ink`) and on a dark one (`glow`)."""

    line: str
    ink: str
    glow: str


@dataclass(frozen=True)
class StageCounts:
    """How many futures reach a stage and lose it again; months to it: 10th, 50th and 90th percentile."""

    reached: int
    lost: int
    months: list[int | None]


@dataclass(frozen=True)
class StrategyRow:
    """A strategy's row in the table of numbers.  `outputs`: mean and 95% interval; `price`: of one more output."""

    key: str
    label: str
    stages: dict[str, StageCounts]
    members: float
    left: float
    outputs: list[float]
    cost: str
    price: str | None
    dependence: str


@dataclass(frozen=True)
class Answer:
    """Everything that a page says and draws of a comparison: `futures` done `of` all, a verdict for each stage, and the rest.

    `several`: whether there is more than one strategy and future to compare; `typical`: a typical future's number;
    `outcomes`: the answer on each outcome that may be chosen; `worth`: the value of information, None until
    worlds are there; `findings`: what the comparison of strategies that differ in one setting says;
    `facts`: what facts about the network did, None without any or before worlds are there.
    """

    futures: int
    of: int
    stages: dict[str, StageVerdict]
    typical: int
    cost: str
    bands: str
    trust: str
    cautions: list[str]
    strategies: list[StrategyRow]
    charts: ChartData
    colours: dict[str, Tone]
    stage_colours: dict[str, Tone]
    several: bool = True
    outcomes: dict[str, OutcomeAnswer] = field(default_factory=dict)
    worth: WorthCard | None = None
    findings: tuple[str, ...] = ()
    facts: FactsCard | None = None


def toned(colour: str) -> Tone:
    """Return the shades of a colour."""
    return Tone(colour, ink(colour), glow(colour))


STAGE_TONES = {stage: toned(colour) for stage, colour in STAGE_COLOURS.items()}


def colours(question: Question) -> dict[str, Tone]:
    """Return each strategy's colour by its place, grey if nobody coordinates."""
    return {
        key: toned(BASELINE if one.idle else OKABE_ITO[place])
        for place, (key, one) in enumerate(zip(question.keys, question.strategies, strict=True))
    }


def strategy_row(comparison: Comparison, name: str, label: str, base: str | None) -> StrategyRow:
    """Return a strategy's row in the table of numbers.  `base`: the strategy without a coordinator, if there is one."""
    runs = comparison.of(name)
    stages = {}
    for stage in STAGES_REACHED:
        weeks = comparison.weeks(name, stage)
        curve = kaplan_meier(weeks, ~np.isnan(weeks), comparison.scenario.weeks)
        quantiles = curve.quantile(0.1), curve.median, curve.quantile(0.9)
        months = [None if week is None else int(MONTHS.of(week)) for week in quantiles]
        stages[stage] = StageCounts(curve.reached, int(runs[f"{stage}_lost_week"].notna().sum()), months)
    price = output_price(comparison, name, base)
    outputs = mean_interval(runs["outputs"].to_numpy(float))
    return StrategyRow(
        key=name,
        label=label,
        stages=stages,
        members=round(float(runs["members_active"].mean()), 1),
        left=round(float(runs["members_left"].mean()), 1),
        outputs=[round(value, 2) for value in (outputs.mean, outputs.low, outputs.high)],
        cost=dollars(float(runs["cost"].mean())),
        price=None if price is None else dollars(price),
        dependence=percent(float(runs["coordinator_dependence"].mean())),
    )


def typical(comparison: Comparison) -> int:
    """Return the replicate whose outputs are nearest to the median under all strategies at once."""
    outputs = np.array([comparison.of(name)["outputs"].to_numpy(float) for name in comparison.strategies])
    apart = np.abs(outputs - np.median(outputs, axis=1, keepdims=True))
    spread = np.maximum(np.std(outputs, axis=1, keepdims=True), 1e-9)
    return int(comparison.of(comparison.baseline)["replicate"].to_numpy()[np.argmin((apart / spread).sum(axis=0))])


def answer(
    question: Question,
    comparison: Comparison,
    unfit: NoWorldFits | None = None,
    more: pd.DataFrame | None = None,
    awaited: bool = False,
) -> Answer:
    """Return everything that the page says and draws.

    `unfit`: why no plausible world could be tried; `more`: more worlds, for what would be worth finding out; `awaited`: whether
    they are to come.
    """
    labels, base = question.labels, idle(question)
    preview = comparison.replicates < question.futures
    verdicts = {stage: stage_verdict(comparison, stage, labels, preview) for stage in STAGES_REACHED}
    calendar = timing(question)
    return Answer(
        futures=comparison.replicates,
        of=int(question.futures),
        stages={
            stage: replace(verdict, timing="" if stage == "connected" else calendar)
            for stage, verdict in verdicts.items()
        },
        typical=typical(comparison),
        cost=costs(question, comparison, labels),
        bands=both_bands(comparison, labels),
        trust=trust(),
        cautions=cautions(question, comparison, labels),
        strategies=[strategy_row(comparison, key, labels[key], base) for key in question.keys],
        charts=charts(comparison),
        colours=colours(question),
        stage_colours=STAGE_TONES,
        outcomes=outcome_answers(comparison, labels, preview),
        worth=worth_card(comparison, labels, question.worth, more, awaited),
        findings=findings(question, comparison),
        facts=facts_card(question, comparison, unfit),
    )


def runs_csv(question: Question, runs: pd.DataFrame) -> str:
    """Return the table of runs as CSV: one row per run, strategies with their labels, with seed and replicate."""
    runs = runs.copy()
    runs.insert(1, "label", runs["strategy"].map(question.labels))
    return csv_table(runs)
