"""Which strategy is the best buy at which worth of an output, and where that can't be told.

At a worth of `p` dollars an output, a strategy's net benefit is `p * outputs - cost` (Stinnett & Mullahy 1998).  One strategy
is told from another where the 95% interval of the difference in mean net benefit leaves out 0; the prices at which it does
are the ends of Fieller's interval of the price of one more output, so both tell the same.  Everything is exact in the price:
no grid of prices decides where one strategy takes over from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import isfinite, sqrt

import numpy as np

from sim.lab.analysis.economics import joined
from sim.lab.analysis.pairs import Spread, crossed, t_factor
from sim.lab.analysis.runs import Block


@dataclass(frozen=True)
class Switch:
    """From this price of an output on, `after` is the best buy on average and no longer `before`."""

    price: float
    before: str
    after: str


@dataclass(frozen=True)
class Stretch:
    """Prices of an output from `low` to `high` (may be infinite) at which the best buy is one of `names`.

    One name: it can be told.  Several: they can't be told apart there, the one that is best on average first.
    """

    low: float
    high: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Buying:
    """`switches`: of the best buy on average, by price.  `stretches`: what can be told, from 0 dollars an output on."""

    switches: tuple[Switch, ...]
    stretches: tuple[Stretch, ...]


def buying(costs: Block, outputs: Block) -> Buying:
    """The best buy by what an output is worth.  ValueError for a single run of each strategy, or blocks of different runs."""
    both = joined(costs, outputs)
    names = costs.strategies
    means = both.mean(axis=(0, 1))
    # Outputs first, as in `cost_of_more`: they decide the degrees of freedom.
    pairs = {
        (i, j): crossed((both[:, :, i] - both[:, :, j])[:, :, ::-1]) for i, j in combinations(range(len(names)), 2)
    }
    takeovers = switches(means[:, 0], means[:, 1])
    edges = {price for price, _, _ in takeovers} | {edge for spread in pairs.values() for edge in undecided(spread)}
    bounds = [0.0, *sorted(edge for edge in edges if edge > 0), np.inf]
    stretches: list[Stretch] = []
    for low, high in pairwise(bounds):
        inside = (low + high) / 2 if isfinite(high) else 2 * low + 1.0
        may = tuple(names[place] for place in candidates(inside, means, pairs))
        if stretches and set(stretches[-1].names) == set(may):
            stretches[-1] = Stretch(stretches[-1].low, high, stretches[-1].names)
        else:
            stretches.append(Stretch(low, high, may))
    told = tuple(Switch(price, names[before], names[after]) for price, before, after in takeovers)
    return Buying(told, tuple(stretches))


def switches(
    costs: Sequence[float] | np.ndarray, outputs: Sequence[float] | np.ndarray
) -> list[tuple[float, int, int]]:
    """Prices at which the largest of the lines `price * outputs - cost` changes: price, place before, place after."""
    here = min(range(len(costs)), key=lambda place: (costs[place], -outputs[place]))
    found: list[tuple[float, int, int]] = []
    while True:
        more = [place for place in range(len(costs)) if outputs[place] > outputs[here]]
        if not more:
            return found
        prices = {place: float((costs[place] - costs[here]) / (outputs[place] - outputs[here])) for place in more}
        after = min(more, key=lambda place: (prices[place], -outputs[place]))
        found.append((prices[after], here, after))
        here = after


def undecided(spread: Spread) -> list[float]:
    """Prices at which the interval of the difference in net benefit just touches 0; outputs first in the spread."""
    t2 = t_factor(spread.freedom) ** 2
    more, dearer = (float(value) for value in spread.mean)
    square = more**2 - t2 * float(spread.covariance[0, 0])
    middle = more * dearer - t2 * float(spread.covariance[0, 1])
    rest = dearer**2 - t2 * float(spread.covariance[1, 1])
    return [float(root.real) for root in np.roots([square, -2 * middle, rest]) if abs(root.imag) < 1e-9 * abs(root)]


def candidates(price: float, means: np.ndarray, pairs: dict[tuple[int, int], Spread]) -> list[int]:
    """Places of the strategies that can't be told from the best buy at a price, the best on average first."""
    net = price * means[:, 1] - means[:, 0]
    best = int(np.argmax(net))
    others = [place for place in range(len(net)) if place != best]
    kept = [place for place in others if not told(price, pairs[min(best, place), max(best, place)])]
    return [best, *sorted(kept, key=lambda place: -net[place])]


def told(price: float, spread: Spread) -> bool:
    """Whether the interval of the difference in mean net benefit leaves out 0."""
    weights = np.array([price, -1.0])
    variance = max(0.0, float(weights @ spread.covariance @ weights))
    return abs(float(weights @ spread.mean)) > t_factor(spread.freedom) * sqrt(variance)
