"""What would be worth finding out before choosing a strategy, from the plausible worlds of an answer.

Questions are those that could be answered by asking or observing.  Some would seem to decide by chance: a question is named
only if its answer is worth more than that to any is in 95% of random orders of the worlds.  A hundred worlds are too few for
that, so that more are run for it (`WORTH_WORLDS`) once the answer is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.dashboard.verdict import dollars
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.worth import coherent, noise_level, partial_information, perfect_information
from sim.lab.analysis.worth_questions import questions_on
from sim.lab.comparison import Comparison
from sim.lab.facts import measured_names
from sim.lab.world_draws import drawn, uncertain
from sim.lab.worlds import values_of

FEWEST_WORLDS, MOST_NAMED, WORTH_WORLDS = 50, 3, 400
ORDERS, RESAMPLES = 100, 50


@dataclass(frozen=True)
class WorthQuestion:
    """A question that could be answered, and the value of the answer for this decision, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class WorthCard:
    """What it would be worth to find out: everything at most, the questions that stand out, and what they rest on."""

    everything: str
    questions: tuple[WorthQuestion, ...]
    note: str


def worth_card(
    comparison: Comparison,
    labels: Mapping[str, str],
    output_worth: float,
    more: pd.DataFrame | None = None,
    awaited: bool = False,
) -> WorthCard | None:
    """Return what it would be worth to find out; None if there are too few worlds, or a result is worth nothing.

    None also if facts weight the worlds: the estimates take worlds that count equally.  `more`: worlds to use instead of the
    comparison's; `awaited`: whether more are to come.
    """
    worlds = comparison.worlds if more is None else more
    if worlds is None or len(comparison.strategies) < 2 or not output_worth:
        return None
    if measured_names(comparison.scenario):
        return None
    numbers = worlds["world"].unique()
    if len(numbers) < FEWEST_WORLDS:
        return None
    columns = {
        name: [values_of(worlds, strategy, name, comparison.scenario.weeks) for strategy in comparison.strategies]
        for name in ("outputs", "cost")
    }
    benefits = output_worth * np.stack(columns["outputs"], axis=-1) - np.stack(columns["cost"], axis=-1)
    draws = [drawn(comparison.scenario, comparison.seed, int(world)) for world in numbers]
    keys = [one.key for one in uncertain() if one.key in draws[0]]
    asked = questions_on(keys)
    values = {q: np.array([[float(draw[key]) for key in asked[q]] for draw in draws]) for q in asked}
    noise = noise_level(benefits, list(values.values()), orders=ORDERS) if values else 0.0
    found = {} if awaited else worth_asking(benefits, values, noise)
    # All that is left is above noise.
    estimates = [perfect_information(benefits, resamples=RESAMPLES), *found.values()]
    everything, *answers = coherent(estimates, [0] * len(estimates), noise=0.0)
    means = benefits.mean(axis=(0, 1))
    best = labels[comparison.strategies[int(np.argmax(means))]]
    text = (
        f"At ${output_worth:,.0f} for a joint result, {best} brings most for its cost, on average over plausible worlds: "
        "the choice if one must be made now. "
    )
    if dollars(everything.mean) == "$0":
        text += "Knowing more would hardly change that choice."
    else:
        text += (
            f"Knowing everything that is uncertain would be worth up to {dollars(everything.mean)} for this choice "
            f"(95% interval {dollars(everything.low)} to {dollars(everything.high)})."
        )
    if awaited:
        return WorthCard(text, (), f"Which questions decide most follows, from {WORTH_WORLDS} plausible worlds.")
    shown = {words: dollars(worth.mean) for words, worth in zip(found, answers, strict=True) if worth.low > 0}
    named = tuple(WorthQuestion(words, f"up to {worth}") for words, worth in shown.items() if worth != "$0")
    none = "" if named else "No single question stands out; the choice depends on many at once. "
    chance = f", in which less than {dollars(noise)} could be chance" if values else ""
    return WorthCard(text, named, f"{none}From {len(numbers)} plausible worlds{chance}.")


def worth_asking(
    benefits: np.ndarray, questions: Mapping[str, np.ndarray], noise: float | None = None
) -> dict[str, Estimate]:
    """Return questions whose answers are worth more than any would seem to be by chance, and how much; at most three.

    `benefits`: (worlds, futures, strategies); `questions`: by words, the uncertain numbers that they are about by world;
    `noise`: what is there by chance, if that is known.
    """
    if not questions:
        return {}
    noise = noise_level(benefits, list(questions.values()), orders=ORDERS) if noise is None else noise
    means = {words: partial_information(benefits, values, resamples=2).mean for words, values in questions.items()}
    best = sorted((words for words in means if means[words] > noise), key=lambda words: -means[words])[:MOST_NAMED]
    return {words: partial_information(benefits, questions[words], resamples=RESAMPLES) for words in best}
