"""The answer to a question: who gets there first and how sure that is, where all end, what it costs, what to beware of.

Everything here reads a finished `Comparison`; nothing runs a model.  Sentences count futures and use the words of people
who fund networks; the estimators are those of `sim.lab.analysis`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.cautions import cautions, timing, trust
from sim.dashboard.charts import charts
from sim.dashboard.money import costs, dollars, idle, output_price
from sim.dashboard.questions import Question
from sim.dashboard.verdict import verdicts
from sim.lab.analysis.effects import MONTHS, mean_interval
from sim.lab.analysis.events import kaplan_meier
from sim.lab.comparison import Comparison
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.palette import BASELINE, OKABE_ITO, STAGE_COLOURS, glow, ink
from sim.output.words import percent


def colours(question: Question) -> dict[str, dict[str, str]]:
    """Each strategy's colour by its place, grey where nobody coordinates: for lines, and for text on light and dark."""
    chosen = {
        key: BASELINE if one.idle else OKABE_ITO[place]
        for place, (key, one) in enumerate(zip(question.keys, question.strategies, strict=True))
    }
    return {key: toned(colour) for key, colour in chosen.items()}


def toned(colour: str) -> dict[str, str]:
    """A colour for lines, and its shades for text on a light and on a dark page."""
    return {"line": colour, "ink": ink(colour), "glow": glow(colour)}


def described(comparison: Comparison, name: str, label: str, base: str | None) -> dict[str, Any]:
    """One strategy's row of the table of numbers.  `base`: the strategy in which nobody coordinates, if there is one."""
    runs = comparison.of(name)
    tested = runs["renewed"].dropna()
    stages = {}
    for stage in STAGES_REACHED:
        weeks = comparison.weeks(name, stage)
        curve = kaplan_meier(weeks, ~np.isnan(weeks), comparison.scenario.weeks)
        early, late = curve.quantile(0.1), curve.quantile(0.9)
        stages[stage] = {
            "reached": curve.reached,
            "lost": int(runs[f"{stage}_lost_week"].notna().sum()),
            "months": [None if week is None else int(MONTHS.of(week)) for week in (early, curve.median, late)],
        }
    price = output_price(comparison, name, base)
    outputs = mean_interval(runs["outputs"].to_numpy(float))
    return {
        "key": name,
        "label": label,
        "stages": stages,
        "members": round(float(runs["members_active"].mean()), 1),
        "left": round(float(runs["members_left"].mean()), 1),
        "outputs": [round(value, 2) for value in (outputs.mean, outputs.low, outputs.high)],
        "cost": dollars(float(runs["cost"].mean())),
        "price": None if price is None else dollars(price),
        "dependence": percent(float(runs["coordinator_dependence"].mean())),
        "renewed": f"{percent(float(tested.mean()))} of {len(tested)}" if len(tested) else "none tested",
    }


def typical(comparison: Comparison) -> int:
    """The future that is nearest to the middle under all strategies at once, by its outputs: its replicate number."""
    outputs = np.array([comparison.of(name)["outputs"].to_numpy(float) for name in comparison.strategies])
    apart = np.abs(outputs - np.median(outputs, axis=1, keepdims=True))
    spread = np.maximum(np.std(outputs, axis=1, keepdims=True), 1e-9)
    return int(comparison.of(comparison.baseline)["replicate"].to_numpy()[np.argmin((apart / spread).sum(axis=0))])


def answer(question: Question, comparison: Comparison) -> dict[str, Any]:
    """Everything that the page says and draws, fit for JSON."""
    labels, base = question.labels, idle(question)
    preview = comparison.replicates < question.futures
    return {
        "futures": comparison.replicates,
        "of": int(question.futures),
        "stages": {
            stage: {
                **verdicts(comparison, stage, labels, preview),
                "timing": timing(question) if stage != "connected" else "",
            }
            for stage in STAGES_REACHED
        },
        "typical": typical(comparison),
        "cost": costs(question, comparison, labels),
        "trust": trust(),
        "cautions": cautions(question, comparison, labels),
        "strategies": [described(comparison, key, labels[key], base) for key in question.keys],
        "charts": charts(comparison),
        "colours": colours(question),
        "stage_colours": {stage: toned(colour) for stage, colour in STAGE_COLOURS.items()},
    }


def runs_csv(question: Question, runs: pd.DataFrame) -> str:
    """The table of runs as CSV: a row a run, strategies by label, with their seed and replicate."""
    runs = runs.copy()
    runs.insert(1, "label", runs["strategy"].map(question.labels))
    return runs.to_csv(index=False)
