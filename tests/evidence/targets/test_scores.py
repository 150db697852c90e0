"""Scores: formulas, and that a wide interval does not win."""

import numpy as np
import pytest

from sim.evidence.targets import scores
from sim.evidence.targets.target_catalogue import TARGETS
from sim.evidence.targets.validate import judge

POINT = (0.3, 0.3)


def test_the_crps_is_the_integral_over_thresholds():
    """Gneiting & Raftery (2007), equation 20: the Brier scores of all thresholds."""
    sample = np.random.default_rng(1).normal(0.4, 0.2, 60)
    grid = np.linspace(-2.0, 3.0, 200_001)
    below = (sample[:, None] <= grid[::100]).mean(axis=0)
    brier = (below - (grid[::100] >= 0.3)) ** 2
    assert scores.crps(sample, 0.3) == pytest.approx(np.trapezoid(brier, grid[::100]), abs=0.002)


def test_the_crps_of_a_point_is_its_distance():
    assert scores.crps(np.full(9, 0.5), 0.3) == pytest.approx(0.2)


def test_the_interval_score_adds_a_penalty_to_the_width():
    assert scores.interval_score(0.2, 0.5, 0.3) == pytest.approx(0.3)
    assert scores.interval_score(0.2, 0.5, 0.1) == pytest.approx(0.3 + 20 * 0.1)
    assert scores.interval_score(0.2, 0.5, 0.6) == pytest.approx(0.3 + 20 * 0.1)


def scored(sample, figure=0.3, span=POINT, unit="share"):
    """Return the score of a sample with its own 90% interval."""
    return scores.score(sample, *np.quantile(sample, (0.05, 0.95)), figure, span, unit)


def test_a_wide_sample_scores_worse_than_a_narrow_one_with_the_same_middle():
    narrow, wide = (scored(0.3 + width * np.linspace(-1, 1, 101)) for width in (0.05, 0.3))
    assert narrow.interval < wide.interval and narrow.crps < wide.crps
    assert 1.0 > narrow.skill > wide.skill > -0.1


def test_skill_is_one_for_the_figure_and_none_for_knowing_the_scale():
    assert scored(np.full(20, 0.3)).skill == pytest.approx(1.0)
    assert scored(np.linspace(0, 0.6, 500)).skill == pytest.approx(0.0, abs=0.01)
    assert scored(np.full(20, 0.9)).skill < -2


def test_only_what_lies_outside_a_range_counts():
    span = (0.2, 0.4)
    assert scored(np.linspace(0.2, 0.4, 50), span=span) == pytest.approx((0.0, 0.0, 1.0))
    assert scored(np.full(9, 0.5), span=span).crps == pytest.approx(0.1)
    bound = scored(np.array([3.0, 50.0]), 4.0, (2.5, np.inf), "times")
    assert bound.crps == 0.0 and bound.skill == 1.0


def test_no_figure_or_no_sample_gives_no_score():
    assert np.isnan(scores.score(np.array([]), np.nan, np.nan, 0.3, POINT, "share")).all()
    assert np.isnan(scores.score(np.array([0.1]), 0.1, 0.1, np.nan, (np.nan, np.nan), "share")).all()
    never = scores.score(np.array([1.0, np.inf]), 1.0, np.inf, 100.0, (100.0, 100.0), "weeks")
    assert never.crps == np.inf and never.skill == -np.inf


@pytest.mark.parametrize("target", [target for target in TARGETS if target.pooling == "futures"], ids=lambda t: t.name)
def test_every_target_of_futures_is_scored_unless_it_is_a_direction(target):
    size = abs(target.observed) or 0.1
    near, far = (
        judge(target, [{target.measures[0]: target.observed + step * size} for step in steps], 1, True).score
        for steps in ((-0.01, 0.0, 0.01), (-2.0, 0.0, 3.0))
    )
    if target.kind == "direction":
        assert np.isnan(near.skill)
    else:
        assert near.skill > 0.9 and far.skill < near.skill
