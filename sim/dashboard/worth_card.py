"""What would be worth finding out before choosing a strategy, from the plausible worlds of an answer.

With a hundred worlds, some of a hundred uncertain numbers would seem to decide by chance.  A number is named only if it
explains more of the difference between the two best strategies than any does in 95% of random reorderings of the worlds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.dashboard.verdict import dollars
from sim.lab.analysis.worth import partial_information, perfect_information
from sim.lab.comparison import Comparison
from sim.lab.facts import measured_names
from sim.lab.world_draws import drawn, uncertain
from sim.lab.worlds import values_of

FEWEST_WORLDS, MOST_NAMED = 50, 3
ORDERS, RESAMPLES = 200, 50
CHANCE = 0.95


@dataclass(frozen=True)
class WorthQuestion:
    """One uncertain number, and what it would be worth to know it for this decision, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class WorthCard:
    """What it would be worth to find out: everything at most, and the numbers that stand out."""

    everything: str
    questions: tuple[WorthQuestion, ...]


def worth_card(comparison: Comparison, labels: Mapping[str, str], output_worth: float) -> WorthCard | None:
    """Return what it would be worth to find out; None if there are too few worlds, or a result is worth nothing.

    None also if facts weight the worlds: the estimates take worlds that count equally.
    """
    worlds = comparison.worlds
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
    everything = perfect_information(benefits, resamples=RESAMPLES)
    means = benefits.mean(axis=(0, 1))
    first, second = np.argsort(-means)[:2]
    best = labels[comparison.strategies[first]]
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
    draws = [drawn(comparison.scenario, comparison.seed, int(world)) for world in numbers]
    known = {p.key: p.label for p in uncertain() if p.key in draws[0]}
    values = np.array([[float(draw[key]) for key in known] for draw in draws])
    apart = benefits[..., first].mean(axis=1) - benefits[..., second].mean(axis=1)
    named = []
    for place in standing_out(values, apart):
        worth = partial_information(benefits, values[:, [place]], resamples=RESAMPLES)
        named.append((worth.mean, WorthQuestion(list(known.values())[place], f"up to {dollars(worth.mean)}")))
    named = sorted((row for row in named if dollars(row[0]) != "$0"), key=lambda row: -row[0])
    return WorthCard(text, tuple(row for _, row in named))


def standing_out(values: np.ndarray, apart: np.ndarray) -> list[int]:
    """Return which columns explain more of a difference than chance would, the most first; at most three.

    `values`: (worlds, parameters); `apart`: (worlds,).  Each is fitted by a cubic polynomial.
    """
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    terms = np.stack([scaled, scaled**2, scaled**3], axis=-1).transpose(1, 0, 2)
    bases, _ = np.linalg.qr(terms - terms.mean(axis=1, keepdims=True))
    rng = np.random.default_rng(0)
    centred = apart - apart.mean()
    orders = np.stack([centred, *(rng.permutation(centred) for _ in range(ORDERS))], axis=-1)
    explained = (np.einsum("pwt,wo->pto", bases, orders) ** 2).sum(axis=1)
    least = float(np.quantile(explained[:, 1:].max(axis=0), CHANCE))
    order = np.argsort(-explained[:, 0])[:MOST_NAMED]
    return [int(place) for place in order if explained[place, 0] > least]
