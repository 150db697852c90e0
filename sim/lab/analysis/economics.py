"""Cost-effectiveness: incremental cost of an output, dominance, acceptability curves, and the best buy by price.

Costs and outputs of a run are resampled and paired together.  The interval of a ratio is Fieller's (1954), which may be
unbounded.  The acceptability curve (van Hout et al. 1994; Fenwick, Claxton & Sculpher 2001) gives, for each price that a
funder would pay for one output, the share of simulated worlds (futures, where there is one world) in which each strategy is
the best buy.

At `p` dollars an output, a strategy's net benefit is `p * outputs - cost` (Stinnett & Mullahy 1998).  Two strategies differ
clearly where the 95% interval of the difference in mean net benefit excludes 0; the prices where it does are the ends of
Fieller's interval of the price of one more output.  Everything is exact in the price, without a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import isfinite, sqrt

import numpy as np

from sim.lab.analysis.effects import wilson
from sim.lab.analysis.events import CONFIDENCE, Estimate, t_quantile
from sim.lab.analysis.pairs import Spread, crossed, resampled
from sim.lab.analysis.regret import MOST_NUMBERS, RESAMPLES, best_of, interval
from sim.lab.analysis.runs import Block

STEPS = 51
SURE = 0.95


@dataclass(frozen=True)
class CostOfMore:
    """Dollars for one more output than the baseline produces, with Fieller's 95% interval.

    `price`: None where the strategy produces no more.  `low`, `high`: None where the interval has no two ends; then there is no
    clear difference in outputs, and no price can be stated.
    """

    strategy: str
    baseline: str
    more_cost: Estimate
    more_outputs: Estimate
    price: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Standing:
    """A strategy's status: "on the frontier", "dominated" or "extendedly dominated"; by which others; and how certain that is."""

    strategy: str
    cost: float
    outputs: float
    status: str
    by: tuple[str, ...]
    sure: float
    words: str


@dataclass(frozen=True)
class Acceptability:
    """Share of units in which each strategy is the best buy: `share`, `low`, `high` of shape (prices, strategies).

    `prices`: dollars that one output is worth.  `net`: expected net benefit in dollars, mean over units, same shape.
    `best`: at each price, the place of the strategy whose expected net benefit is largest.
    """

    strategies: tuple[str, ...]
    unit: str
    prices: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    net: np.ndarray
    net_low: np.ndarray
    net_high: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """Place of the best buy on average at each price."""
        places: np.ndarray = np.argmax(self.net, axis=1)
        return places


def joined(costs: Block, outputs: Block) -> np.ndarray:
    """Stack costs and outputs: (points, replicates, strategies, 2).  Raises ValueError if they are of different runs."""
    if costs.strategies != outputs.strategies or costs.values.shape != outputs.values.shape:
        raise ValueError("costs and outputs are of different runs")
    return np.stack([costs.values, outputs.values], axis=-1)


def cost_of_more(costs: Block, outputs: Block, strategy: str, baseline: str) -> CostOfMore:
    """Return the cost of one more output than the baseline produces under a strategy, pair by pair."""
    both = joined(costs, outputs)
    places = costs.strategies.index(strategy), costs.strategies.index(baseline)
    apart = both[:, :, places[0]] - both[:, :, places[1]]
    money, more = crossed(apart, costs.shared), crossed(apart[:, :, ::-1], costs.shared)
    price = float(money.mean[0] / money.mean[1]) if money.mean[1] > 0 else None
    # Outputs first: they vary, and decide the degrees of freedom; costs often don't vary at all.
    low, high = fieller(more)
    return CostOfMore(strategy, baseline, money.first, more.first, price, low, high)


def fieller(spread: Spread) -> tuple[float | None, float | None]:
    """Return the 95% interval of second over first mean (cost over outputs); (None, None) if the first may be 0 or less.

    Fieller, E. C. 1954, Journal of the Royal Statistical Society B 16, 175-185.
    """
    below, above = (float(value) for value in spread.mean)
    t2 = t_quantile(spread.freedom) ** 2
    v_below, v_above, together = spread.covariance[0, 0], spread.covariance[1, 1], spread.covariance[0, 1]
    square = below**2 - t2 * v_below
    if square <= 0 or below <= 0:
        return None, None
    middle = above * below - t2 * together
    inside = middle**2 - square * (above**2 - t2 * v_above)
    root = sqrt(max(0.0, float(inside)))
    return float((middle - root) / square), float((middle + root) / square)


def frontier(costs: Sequence[float], outputs: Sequence[float]) -> list[tuple[str, tuple[int, ...]]]:
    """Return for each strategy a status and the places of those that dominate it.

    "dominated": another produces as much or more for the same cost or less, and one of the two strictly.  "extendedly
    dominated": a mixture of two others would produce more for the same cost.  Else "on the frontier" (Weinstein 1990).
    """
    number = len(costs)
    found: list[tuple[str, tuple[int, ...]]] = [("on the frontier", ())] * number
    for i in range(number):
        better = [
            j
            for j in range(number)
            if costs[j] <= costs[i] and outputs[j] >= outputs[i] and (costs[j] < costs[i] or outputs[j] > outputs[i])
        ]
        if better:
            found[i] = ("dominated", (max(better, key=lambda j: (outputs[j], -costs[j])),))
    left = sorted((i for i in range(number) if not found[i][1]), key=lambda i: (costs[i], outputs[i]))
    changed = True
    while changed:
        changed = False
        for before, here, after in zip(left, left[1:], left[2:], strict=False):
            # Prices of one more output have to rise along the frontier; products, since costs may be equal.
            cheap = (costs[here] - costs[before]) * (outputs[after] - outputs[here])
            dear = (costs[after] - costs[here]) * (outputs[here] - outputs[before])
            if cheap > dear:
                found[here] = ("extendedly dominated", (before, after))
                left.remove(here)
                changed = True
                break
    return found


def standings(costs: Block, outputs: Block, seed: int = 0, resamples: int = RESAMPLES) -> list[Standing]:
    """Return each strategy's standing by mean cost and outputs, with the share of resamples in which it is the same."""
    both = joined(costs, outputs)
    names = costs.strategies
    means = both.mean(axis=(0, 1))
    status = frontier(means[:, 0].tolist(), means[:, 1].tolist())
    flat = both.reshape(*both.shape[:2], -1)
    drawn = resampled(flat, np.random.default_rng(seed), _number(flat, resamples), costs.shared)
    drawn = drawn.mean(axis=1).reshape(-1, *both.shape[2:])
    again = [[one for one, _ in frontier(sample[:, 0].tolist(), sample[:, 1].tolist())] for sample in drawn]
    rows = []
    for place, name in enumerate(names):
        kind, by = status[place]
        sure = float(np.mean([kinds[place] == kind for kinds in again]))
        others = tuple(names[j] for j in by)
        cost, produced = (float(value) for value in means[place])
        rows.append(Standing(name, cost, produced, kind, others, sure, in_words(name, kind, others, sure)))
    return rows


def _number(values: np.ndarray, resamples: int) -> int:
    return max(100, min(resamples, MOST_NUMBERS // max(1, values.size)))


def in_words(name: str, status: str, by: Sequence[str], sure: float) -> str:
    """Return a standing as a sentence."""
    if status == "dominated":
        kind, why = "dominated", f"{by[0]} produces as much or more at the same cost or less"
    elif status == "extendedly dominated":
        kind, why = "extendedly dominated", f"a mixture of {by[0]} and {by[1]} would produce more at the same cost"
    else:
        kind, why = "on the frontier", "no other strategy produces as much at a lower cost"
    if sure >= SURE:
        return f"{name} is {kind}: {why}."
    return f"{name} may be {kind}: in these runs {why}. This is uncertain: it is so in {100 * sure:.0f}% of resamples."


def acceptability(
    costs: Block,
    outputs: Block,
    prices: Sequence[float] | np.ndarray | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES // 2,
) -> Acceptability:
    """Return the acceptability curve and expected net benefit, with 95% intervals from resampling worlds and seeds.

    `prices`: dollars that an output may be worth; by default from 0 to twice the dearest price that matters.
    """
    both = joined(costs, outputs)
    worths = default_prices(both.mean(axis=(0, 1))) if prices is None else np.asarray(prices, float)
    units = both.mean(axis=1) if both.shape[0] > 1 else both[0]
    benefits = [price * units[..., 1] - units[..., 0] for price in worths]
    share = np.array([best_of(one).mean(axis=0) for one in benefits])
    net = np.array([one.mean(axis=0) for one in benefits])
    flat = both.reshape(*both.shape[:2], -1)
    drawn = resampled(flat, np.random.default_rng(seed), min(_number(flat, resamples), resamples), costs.shared)
    drawn = drawn.reshape(*drawn.shape[:2], *both.shape[2:])
    bounds = np.empty((2, 2, *share.shape))
    for place, price in enumerate(worths):
        worth = price * drawn[..., 1] - drawn[..., 0]
        winners = worth == worth.max(axis=2, keepdims=True)
        shares = (winners / winners.sum(axis=2, keepdims=True)).mean(axis=1)
        for kind, values in enumerate((shares, worth.mean(axis=1))):
            for strategy in range(share.shape[1]):
                found = interval(0.0, values[:, strategy])
                bounds[kind, :, place, strategy] = found.low, found.high
    (low, high), (net_low, net_high) = bounds
    # Best in all units or in none, so in every resample too: Wilson's interval instead.
    least, most = wilson(share * len(units), len(units))
    low, high = np.where(share == 1, least, low), np.where(share == 0, most, high)
    return Acceptability(costs.strategies, costs.unit, worths, share, low, high, net, net_low, net_high)


def default_prices(means: np.ndarray) -> np.ndarray:
    """Return prices from 0 to twice the highest mean price of one more output between any two strategies, in round steps."""
    dearest = 0.0
    for cost, outputs in means:
        for other_cost, other_outputs in means:
            more = outputs - other_outputs
            # A tiny difference in outputs can give any price.
            if cost > other_cost and more > 0.02 * max(means[:, 1].max(), 1e-9):
                dearest = max(dearest, (cost - other_cost) / more)
    top = 2 * dearest or 2 * float(means[:, 0].max()) / max(float(means[:, 1].max()), 1.0) or 1000.0
    size = 10 ** np.floor(np.log10(top))
    return np.linspace(0, next(float(step * size) for step in (1, 2, 5, 10) if step * size >= top), STEPS)


@dataclass(frozen=True)
class Switch:
    """The price of an output above which `after` replaces `before` as the best buy on average."""

    price: float
    before: str
    after: str


@dataclass(frozen=True)
class Stretch:
    """Prices of an output from `low` to `high` (may be infinite) at which the best buy is one of `names`.

    One name: it is clearly the best.  Several: no clear difference between them, the best on average first.
    """

    low: float
    high: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Buying:
    """`switches` of the best buy on average, by price; `stretches`: which are clearly best, from 0 dollars an output on."""

    switches: tuple[Switch, ...]
    stretches: tuple[Stretch, ...]


def buying(costs: Block, outputs: Block, confidence: float = CONFIDENCE) -> Buying:
    """Return the best buy by the worth of an output.

    `confidence`: of each pair of strategies.  Raises ValueError for one run of each strategy, or different runs.
    """
    both = joined(costs, outputs)
    names = costs.strategies
    means = both.mean(axis=(0, 1))
    # Outputs first, as in `cost_of_more`: they decide the degrees of freedom.
    pairs = {
        (i, j): crossed((both[:, :, i] - both[:, :, j])[:, :, ::-1], costs.shared)
        for i, j in combinations(range(len(names)), 2)
    }
    takeovers = switches(means[:, 0], means[:, 1])
    edges = {price for price, _, _ in takeovers} | {
        edge for spread in pairs.values() for edge in undecided(spread, confidence)
    }
    bounds = [0.0, *sorted(edge for edge in edges if edge > 0), np.inf]
    stretches: list[Stretch] = []
    for low, high in pairwise(bounds):
        inside = (low + high) / 2 if isfinite(high) else 2 * low + 1.0
        may = tuple(names[place] for place in candidates(inside, means, pairs, confidence))
        if stretches and set(stretches[-1].names) == set(may):
            stretches[-1] = Stretch(stretches[-1].low, high, stretches[-1].names)
        else:
            stretches.append(Stretch(low, high, may))
    return Buying(tuple(Switch(price, names[i], names[j]) for price, i, j in takeovers), tuple(stretches))


def switches(
    costs: Sequence[float] | np.ndarray, outputs: Sequence[float] | np.ndarray
) -> list[tuple[float, int, int]]:
    """Return where the largest of the lines `price * outputs - cost` changes: price, place before, place after."""
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


def undecided(spread: Spread, confidence: float = CONFIDENCE) -> list[float]:
    """Return prices at which the interval of the difference in net benefit touches 0; outputs come first in the spread."""
    t2 = t_quantile(spread.freedom, confidence) ** 2
    more, dearer = (float(value) for value in spread.mean)
    square = more**2 - t2 * float(spread.covariance[0, 0])
    middle = more * dearer - t2 * float(spread.covariance[0, 1])
    rest = dearer**2 - t2 * float(spread.covariance[1, 1])
    return [float(root.real) for root in np.roots([square, -2 * middle, rest]) if abs(root.imag) < 1e-9 * abs(root)]


def candidates(
    price: float, means: np.ndarray, pairs: dict[tuple[int, int], Spread], confidence: float = CONFIDENCE
) -> list[int]:
    """Return places of the strategies without a clear difference from the best buy at a price, the best first."""
    net = price * means[:, 1] - means[:, 0]
    best = int(np.argmax(net))
    others = [place for place in range(len(net)) if place != best]
    kept = [place for place in others if not is_clear(price, pairs[min(best, place), max(best, place)], confidence)]
    return [best, *sorted(kept, key=lambda place: -net[place])]


def is_clear(price: float, spread: Spread, confidence: float = CONFIDENCE) -> bool:
    """Return whether the interval of the difference in mean net benefit excludes 0."""
    weights = np.array([price, -1.0])
    variance = max(0.0, float(weights @ spread.covariance @ weights))
    return abs(float(weights @ spread.mean)) > t_quantile(spread.freedom, confidence) * sqrt(variance)
