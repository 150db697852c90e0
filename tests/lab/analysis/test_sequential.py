"""Clear differences over a page and a whole run: error against made-up truth, bounds against published ones, power."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from sim.lab.analysis.sequential import LOOKS, PairedOutcome, boundary, clear_signs, signs_of

HORIZON = 156.0


def page(rng, futures, never=(0.0, 0.01, 0.03, 0.05), strategies=4, gain=0.0):
    """Draw the comparisons of a page: all pairs of strategies in weeks to four stages, and in outputs.

    Futures have half of their luck in common.  The first strategy has `gain` standard deviations more outputs, else all are
    alike.
    """
    shape = (futures, strategies)
    columns = []
    for stage, share in enumerate(never):
        luck = rng.normal(size=(futures, 1)) * np.sqrt(0.5) + rng.normal(size=shape) * np.sqrt(0.5)
        weeks = np.minimum(np.exp(3.5 + 0.3 * stage + 0.35 * luck), HORIZON)
        columns.append((np.where(rng.random(shape) < share, HORIZON, weeks), HORIZON))
    outputs = rng.negative_binomial(3, 0.1, shape).astype(float)
    outputs[:, 0] += gain * outputs.std()
    columns.append((outputs, None))
    pairs = list(combinations(range(strategies), 2))
    return [PairedOutcome(values[:, i], values[:, j], end) for values, end in columns for i, j in pairs]


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("futures", [50, 200])
@pytest.mark.parametrize("never", [(0.0, 0.01, 0.03, 0.05), (0.05, 0.2, 0.5, 0.95)])
def test_at_most_one_page_in_twenty_on_identical_strategies_names_a_winner(futures, never):
    """Over all ten looks; each comparison by itself at 95% and at every look would name one on nine pages in ten."""
    rng = np.random.default_rng(futures)
    wrong = [any(clear_signs(page(rng, futures, never))) for _ in range(200)]
    assert sum(wrong) <= 10


def test_identical_strategies_with_the_same_luck_are_never_called_different():
    values = np.random.default_rng(1).normal(size=100)
    assert clear_signs([PairedOutcome(values, values.copy()), PairedOutcome(values, values, HORIZON)]) == (0, 0)


def test_bounds_are_those_of_lan_and_demets():
    """The ten bounds at an error of .05 with O'Brien-Fleming spending; the last of one look is Student's in the limit."""
    published = [6.20, 4.39, 3.59, 3.12, 2.82, 2.60, 2.44, 2.31, 2.21, 2.13]
    assert boundary(LOOKS, 0.05) == pytest.approx(published, abs=0.012)
    assert boundary(1, 0.01) == pytest.approx([stats.norm.isf(0.005)])


@pytest.mark.parametrize("error", [0.05, 0.05 / 30])
def test_bounds_are_exceeded_by_chance_as_often_as_the_error_allows(error):
    rng = np.random.default_rng(2)
    paths = np.cumsum(rng.normal(size=(400_000, LOOKS)), axis=1) / np.sqrt(np.arange(1, LOOKS + 1))
    wrong = (np.abs(paths) > boundary(LOOKS, error)).any(axis=1).mean()
    assert wrong == pytest.approx(error, abs=4 * np.sqrt(error / 400_000))


def test_real_differences_are_found():
    rng = np.random.default_rng(3)
    results = np.array([clear_signs(page(rng, 200, gain=0.5))[24:27] for _ in range(40)])
    assert (results == 1).mean() > 0.9 and not (results == -1).any()


def test_what_was_clear_stays_clear_and_later_looks_add_to_it():
    rng = np.random.default_rng(4)
    whole = page(rng, 100, gain=0.8)
    before = [0] * len(whole)
    for futures in (7, 20, 24, 50, 99, 100):
        part = [PairedOutcome(one.a[:futures], one.b[:futures], one.end) for one in whole]
        now = clear_signs(part, planned=100)
        assert all(new == old or not old for new, old in zip(now, before, strict=True))
        before = now
    assert before == clear_signs(whole) and any(before)


def test_between_looks_nothing_changes():
    rng = np.random.default_rng(5)
    whole = page(rng, 100, gain=1.0)
    at = [clear_signs([PairedOutcome(one.a[:n], one.b[:n], one.end) for one in whole], 100) for n in (30, 39)]
    assert at[0] == at[1]


def test_swapping_strategies_swaps_the_sign():
    rng = np.random.default_rng(6)
    whole = page(rng, 100, gain=1.0)
    swapped = clear_signs([PairedOutcome(one.b, one.a, one.end) for one in whole])
    assert swapped == tuple(-sign for sign in clear_signs(whole))


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize("sd", [15, 25])
@pytest.mark.parametrize("never", [0.01, 0.05])
def test_rare_failures_to_arrive_do_not_make_false_winners(sd, never):
    """One strategy arrives later, the other sometimes never: their restricted means are equal in all 15 comparisons."""
    rng = np.random.default_rng(7)
    later = (1 - never) * 60 + never * HORIZON
    wrong = 0
    for _ in range(200):
        contrasts = []
        for _ in range(15):
            a = np.where(rng.random(100) < never, HORIZON, np.clip(rng.normal(60, sd, 100), 1, HORIZON))
            contrasts.append(PairedOutcome(a, np.clip(rng.normal(later, sd, 100), 1, HORIZON), HORIZON))
        wrong += any(clear_signs(contrasts))
    assert wrong <= 10


def test_equal_signs_in_few_futures_prove_no_more_than_a_sign_test():
    """Ten equal differences have no variance, yet under the null one sample in 512 looks so."""
    assert PairedOutcome(np.ones(10), np.zeros(10)).score(10) == pytest.approx(stats.norm.isf(0.5**10))
    assert signs_of(np.array([[PairedOutcome(np.ones(4), np.zeros(4)).score(4)]])) == (0,)
    assert signs_of(np.array([[PairedOutcome(np.ones(10), np.zeros(10)).score(10)]])) == (1,)


def test_without_comparisons_there_are_no_signs():
    assert clear_signs([]) == ()
    assert clear_signs([PairedOutcome(np.array([3.0]), np.array([9.0]))]) == (0,)
