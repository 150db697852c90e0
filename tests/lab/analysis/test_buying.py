"""The best buy: switching prices compared with a fine search, clear prices with Fieller's interval and a t-test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.lab.analysis.economics import buying, cost_of_more, switches
from tests.lab.analysis.test_economics import blocks, normal_sweep


def equal_strategies(points=40, seed=3, gap=0.0):
    """Return two strategies with equal cost and outputs, and one without cost or outputs."""
    luck = np.random.default_rng(seed)
    outputs = np.stack([np.zeros((1, points)), *(luck.normal(20 + k * gap, 6, (1, points)) for k in (0, 1))], axis=-1)
    costs = np.broadcast_to(np.array([0.0, 78_000, 78_000]), outputs.shape)
    return blocks(costs, outputs, ("none", "customized", "blended"))


lines = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=7)


@given(lines)
def test_switching_prices_agree_with_a_search_over_prices(pairs):
    costs, outputs = (np.array(row, float) for row in zip(*pairs, strict=True))
    result = switches(costs, outputs)
    bounds = [0.0, *(price for price, _, _ in result), 1e6]
    holders = [*(before for _, before, _ in result), result[-1][2] if result else int(np.lexsort((-outputs, costs))[0])]
    assert bounds == sorted(bounds)
    for low, high, holder in zip(bounds, bounds[1:], holders, strict=False):
        for price in np.linspace(low, high, 5):
            net = price * outputs - costs
            assert net[holder] == pytest.approx(net.max())


def test_clear_prices_of_two_strategies_agree_with_fiellers_interval():
    (costs, outputs), _ = normal_sweep(60)
    result, price = buying(costs, outputs), cost_of_more(costs, outputs, "weave", "none")
    assert [one.price for one in result.switches] == pytest.approx([price.price])
    assert [one.names for one in result.stretches] == [("none",), ("none", "weave"), ("weave",)]
    assert [one.low for one in result.stretches] == pytest.approx([0, price.low, price.high])
    assert result.stretches[-1].high == np.inf
    net = price.high * (outputs.of("weave") - outputs.of("none")) - (costs.of("weave") - costs.of("none"))
    assert stats.ttest_1samp(net.ravel(), 0).pvalue == pytest.approx(0.05, abs=1e-6)


def test_there_is_no_best_buy_without_a_clear_difference():
    """The interval of their difference in outputs includes 0, so there is no clear difference at any price."""
    costs, outputs = equal_strategies()
    more = outputs.of("blended") - outputs.of("customized")
    assert stats.ttest_1samp(more.ravel(), 0).pvalue > 0.05
    result = buying(costs, outputs)
    assert result.stretches[0].names == ("none",) and set(result.stretches[-1].names) == {"customized", "blended"}
    assert not any(one.names in (("customized",), ("blended",)) for one in result.stretches)
    clear = buying(*equal_strategies(gap=9.0))
    assert clear.stretches[-1].names == ("blended",)


def test_identical_strategies_have_no_best_buy():
    costs, outputs = blocks(np.zeros((4, 3, 3)), np.zeros((4, 3, 3)), ("none", "weave", "duo"))
    result = buying(costs, outputs)
    assert result.switches == ()
    assert [(one.low, one.high, set(one.names)) for one in result.stretches] == [(0, np.inf, {"none", "weave", "duo"})]


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_error_rate_of_a_best_buy_is_the_nominal_one():
    """Of two equally good strategies, one is named in about 5% of the sets of runs."""
    named = sum(len(buying(*equal_strategies(30, 100 + k)).stretches[-1].names) == 1 for k in range(300))
    assert named / 300 <= 0.09
