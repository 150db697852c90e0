"""Cost-effectiveness: the acceptability curve compared with its closed form, Fieller's interval, worked dominance."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from sim.lab.analysis.economics import acceptability, cost_of_more, fieller, frontier, standings
from sim.lab.analysis.pairs import Spread, crossed
from sim.lab.analysis.runs import block
from tests.lab.analysis.tables import table_of

TWO = ("none", "weave")


def blocks(costs, outputs, names=TWO):
    """Return blocks of cost and outputs from arrays (points, replicates, strategies)."""
    runs = table_of(*costs.shape[:2], names, {"cost": costs, "outputs": outputs})
    return block(runs, "cost", names, 156), block(runs, "outputs", names, 156)


def normal_sweep(points, seed=0, mean=(5000.0, 10.0), deviation=(1500.0, 6.0), together=0.4):
    """Return increments of cost and outputs, bivariate normal over worlds."""
    luck = np.random.default_rng(seed)
    covariance = [[deviation[0] ** 2, together * deviation[0] * deviation[1]], [0, deviation[1] ** 2]]
    covariance[1][0] = covariance[0][1]
    more = luck.multivariate_normal(mean, covariance, points)
    zero = np.zeros((points, 1, 1))
    return blocks(*(np.concatenate([zero, zero + more[:, None, k : k + 1]], axis=2) for k in (0, 1))), covariance


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_acceptability_curve_matches_its_closed_form():
    """With normal increments, it is the probability that a normal net benefit is above 0."""
    (costs, outputs), covariance = normal_sweep(8000)
    prices = np.array([0, 200, 400, 500, 700, 1500])
    result = acceptability(costs, outputs, prices, resamples=100)
    weights = np.stack([-np.ones(6), prices], axis=1)
    spread = np.sqrt(np.einsum("pi,ij,pj->p", weights, covariance, weights))
    expected = stats.norm.cdf((prices * 10.0 - 5000.0) / spread)
    assert result.share[:, 1] == pytest.approx(expected, abs=0.015)
    assert result.share.sum(axis=1) == pytest.approx(np.ones(6))
    assert ((result.low[:, 1] - 0.01 <= expected) & (expected <= result.high[:, 1] + 0.01)).all()
    assert result.net[:, 1] == pytest.approx(prices * 10.0 - 5000.0, abs=200)
    assert result.best.tolist() == [0, 0, 0, int(result.net[3, 1] > 0), 1, 1]
    assert ((result.net_low <= result.net + 1e-9) & (result.net - 1e-9 <= result.net_high)).all()


def test_price_and_interval_of_one_additional_output():
    (costs, outputs), _ = normal_sweep(400)
    result = cost_of_more(costs, outputs, "weave", "none")
    assert result.price == pytest.approx(costs.of("weave").mean() / outputs.of("weave").mean())
    assert result.low < 500 < result.high and result.low < result.price < result.high
    assert result.more_outputs.low < 10 < result.more_outputs.high


def test_fiellers_interval_contains_the_prices_that_a_t_test_does_not_reject():
    luck = np.random.default_rng(4)
    below, above = luck.normal(5, 4, 30), luck.normal(20, 10, 30)
    low, high = fieller(crossed(np.stack([below, above], axis=-1)[:, None]))
    for ratio in (low, high):
        assert stats.ttest_1samp(above - ratio * below, 0).pvalue == pytest.approx(0.05, abs=1e-6)
    assert low < above.mean() / below.mean() < high


def test_fiellers_interval_covers_the_true_value():
    luck, held = np.random.default_rng(5), 0
    for _ in range(400):
        pairs = luck.multivariate_normal([5, 20], [[9, 6], [6, 25]], 25)
        low, high = fieller(crossed(pairs[:, None]))
        held += low is not None and low <= 4 <= high
    assert held / 400 == pytest.approx(0.95, abs=0.03)


def test_there_is_no_price_without_a_clear_difference_in_outputs():
    more = np.tile([6.0, -5.0], 15).reshape(30, 1, 1)
    costs, outputs = (np.concatenate([np.zeros((30, 1, 1)), one], axis=2) for one in (0 * more + 5000, more))
    costs, outputs = blocks(costs, outputs)
    result = cost_of_more(costs, outputs, "weave", "none")
    assert (result.low, result.high) == (None, None)
    (costs, outputs), _ = normal_sweep(30, mean=(5000.0, -8.0))
    assert cost_of_more(costs, outputs, "weave", "none").price is None


def test_with_a_constant_cost_the_interval_is_that_of_outputs():
    spread = Spread(np.array([10.0, 5000.0]), np.array([[1.0, 0], [0, 0]]), 1e9, 1.0, 0.0, 0.0)
    z = stats.norm.ppf(0.975)
    assert fieller(spread) == pytest.approx((5000 / (10 + z), 5000 / (10 - z)), rel=1e-6)


def test_dominance_in_a_worked_example():
    """No weaving, an efficient strategy, a dominated one, an extendedly dominated one, and the most expensive one."""
    costs, outputs = [0, 100, 120, 200, 400], [0, 10, 8, 11, 20]
    assert [status for status, _ in frontier(costs, outputs)] == [
        "on the frontier",
        "on the frontier",
        "dominated",
        "extendedly dominated",
        "on the frontier",
    ]
    assert frontier(costs, outputs)[2][1] == (1,)
    assert frontier(costs, outputs)[3][1] == (1, 4)


def test_equal_cost_with_fewer_outputs_is_dominated_and_equal_strategies_are_not():
    assert [status for status, _ in frontier([5, 5, 5], [3, 4, 4])] == [
        "dominated",
        "on the frontier",
        "on the frontier",
    ]


def test_prices_rise_along_the_frontier():
    luck = np.random.default_rng(6)
    for _ in range(50):
        costs, outputs = luck.integers(0, 50, 8).tolist(), luck.integers(0, 50, 8).tolist()
        kept = sorted((costs[i], outputs[i]) for i, (_, by) in enumerate(frontier(costs, outputs)) if not by)
        kept = list(dict.fromkeys(kept))
        prices = [(c2 - c1) / (o2 - o1) for (c1, o1), (c2, o2) in pairwise(kept)]
        assert prices == sorted(prices)
        # No strategy beats the frontier at any price.
        for price in (0.0, 0.5, 1.0, 3.0, 100.0):
            assert max(price * o - c for c, o in zip(costs, outputs, strict=True)) == pytest.approx(
                max(price * o - c for c, o in kept)
            )


def test_standings_report_their_probability():
    luck = np.random.default_rng(7)
    names = ("none", "close", "clear")
    outputs = np.stack([np.zeros((1, 50)), luck.normal(5, 4, (1, 50)), luck.normal(20, 1, (1, 50))], axis=-1)
    costs = np.broadcast_to(np.array([0.0, 100, 100]), outputs.shape)
    by_strategy = {one.strategy: one for one in standings(*blocks(costs, outputs, names))}
    assert (
        by_strategy["close"].status == "dominated"
        and by_strategy["close"].by == ("clear",)
        and by_strategy["close"].sure == 1
    )
    assert "clear produces as much or more" in by_strategy["close"].words
    even = np.stack([np.zeros((1, 50)), *(luck.normal(10, 4, (1, 50)) for _ in range(2))], axis=-1)
    unsure = [one for one in standings(*blocks(costs, even, names)) if one.strategy != "none"]
    assert all(0.05 < one.sure < 0.95 and "uncertain" in one.words for one in unsure)
