"""Ranking on made-up draws with known gains: it finds the best, its intervals cover, and it names no winner among equals."""

import numpy as np
import pytest

from sim.lab.analysis.events import Estimate
from sim.lab.analysis.ranking import RankedGain, chosen, largest_t, ranked_gains

pytestmark = pytest.mark.fast
TRUE = np.concatenate((np.full(5, 1.0), np.full(10, 0.3), np.zeros(15)))


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch):
    """A rougher quantile is enough here, and ten times as fast."""
    monkeypatch.setattr("sim.lab.analysis.ranking.DRAWS", 500)


def made_up(rng, gains, number, spread=2.0, shared=1.5):
    """Draws with a known mean for each candidate; `shared` is luck that all draws of a row have in common."""
    luck = rng.standard_t(6, (number, len(gains))) * spread
    return gains + luck + shared * rng.standard_normal((number, 1))


def test_the_best_are_found():
    rng, hits = np.random.default_rng(1), []
    for _ in range(30):
        found = ranked_gains(made_up(rng, TRUE, 150))
        hits.append(np.mean(TRUE[[place for place, one in enumerate(found) if one.rank <= 5]]))
    assert np.mean(hits) > 0.95


def test_the_expected_gain_of_the_best_is_not_exaggerated():
    """The plain means of those that came out best are: luck helped them."""
    rng, plain, drawn = np.random.default_rng(7), [], []
    for _ in range(80):
        true = rng.normal(0.5, 0.3, 30)
        found = ranked_gains(made_up(rng, true, 60, shared=0.3))
        best = [place for place, one in enumerate(found) if one.rank <= 5]
        plain.append(np.mean([found[place].gain.mean - true[place] for place in best]))
        drawn.append(np.mean([found[place].expected - true[place] for place in best]))
    assert np.mean(plain) > 0.15 and abs(np.mean(drawn)) < 0.05


def test_all_intervals_cover_at_once_in_95_of_100_trials():
    rng, covered, ahead = np.random.default_rng(2), 0, 0
    trials = 150
    lead = TRUE - (TRUE.sum() - TRUE) / (len(TRUE) - 1)
    for _ in range(trials):
        found = ranked_gains(made_up(rng, TRUE, 60))
        covered += all(one.gain.low <= true <= one.gain.high for one, true in zip(found, TRUE, strict=True))
        ahead += all(one.ahead.low <= true <= one.ahead.high for one, true in zip(found, lead, strict=True))
    assert covered / trials >= 0.9 and ahead / trials >= 0.9


def test_equals_are_seldom_called_better():
    rng = np.random.default_rng(3)
    wrong = [any(one.better for one in ranked_gains(made_up(rng, np.full(20, 0.5), 50))) for _ in range(80)]
    assert np.mean(wrong) < 0.1


def test_equals_are_drawn_together_and_clear_differences_stay():
    rng = np.random.default_rng(4)
    same = ranked_gains(made_up(rng, np.full(12, 0.5), 100))
    apart = ranked_gains(made_up(rng, np.arange(12.0), 100, spread=0.5))
    means = [one.gain.mean for one in same]
    assert np.ptp([one.expected for one in same]) < 0.5 * np.ptp(means)
    assert [one.rank for one in apart] == list(range(12, 0, -1))
    assert [one.expected for one in apart] == pytest.approx([one.gain.mean for one in apart], abs=0.05)
    assert apart[-1].sign == 1 and apart[-1].better == 1 and apart[0].better == -1


def test_the_quantile_is_between_students_and_bonferronis():
    rng = np.random.default_rng(5)
    independent = rng.standard_normal((40, 10))
    alike = rng.standard_normal((40, 1)) + 1e-6 * independent
    assert largest_t(independent[:, :1]) == pytest.approx(2.0227, abs=1e-3)
    assert largest_t(alike) < 2.2 and 2.75 < largest_t(independent) < 3.0


def test_what_never_changed_anything_is_not_certain_to():
    draws = np.random.default_rng(6).standard_normal((50, 4))
    draws[:, 2] = 0.0
    never = ranked_gains(draws)[2]
    assert never.gain.mean == 0 and never.gain.low < -0.2 and never.sign == 0
    assert ranked_gains(np.zeros((50, 4)))[0].gain == Estimate(0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="at least 8 draws, not 3"):
        ranked_gains(draws[:3])


def test_nobody_has_a_part_in_more_than_two_of_those_chosen():
    nothing = Estimate(0.0, 0.0, 0.0)
    ranked = [RankedGain(nothing, 0.0, nothing, rank) for rank in (2, 1, 3, 4, 5)]
    people = [(0, 1), (0, 2), (0, 3), (4, 5), (6, 7)]
    assert chosen(ranked, people, 3) == [1, 0, 3]
