"""Gifts between two: worked examples of bursts and answers."""

import numpy as np
import pytest

from sim.evidence.targets import gift_rhythm
from sim.evidence.targets.counting import Counted
from sim.model.state import GIFT


def ledger(*rows):
    """Return a ledger of gifts: giver, receiver, week, and hops and relayed if not 0."""
    lines = GIFT.empty(len(rows))
    for line, (giver, receiver, week, *rest) in zip(lines, rows, strict=True):
        line.giver, line.receiver, line.week = giver, receiver, week
        line.hops, line.relayed = rest or (0, 0)
    return np.array(lines)


def test_only_gifts_in_person_count():
    gifts = ledger((0, 1, 1), (0, 1, 2, 1, 0), (0, 1, 3, 0, 1), (-1, 1, 4), (1, 0, 5))
    assert gift_rhythm.direct_gifts(gifts)["week"].tolist() == [1, 5]
    assert gift_rhythm.gift_counts(gifts, 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_weeks_of_a_pair_are_in_order_whoever_gives():
    weeks = gift_rhythm.pair_weeks(ledger((2, 1, 9), (0, 1, 4), (1, 2, 3), (1, 0, 2), (0, 2, 1)))
    assert [each.tolist() for each in weeks] == [[2, 4], [1], [3, 9]]
    assert gift_rhythm.pair_weeks(ledger()) == []


def test_burstiness_of_regular_random_and_bursty_events():
    assert gift_rhythm.burstiness(np.arange(0, 50, 5)) == pytest.approx(-1.0)
    luck = np.random.default_rng(2)
    poisson = np.cumsum(luck.exponential(20.0, 4000)).astype(int)
    assert gift_rhythm.burstiness(poisson) == pytest.approx(0.0, abs=0.03)
    bursts = np.concatenate([start + np.arange(5) for start in range(0, 2000, 100)])
    assert gift_rhythm.burstiness(bursts) > 0.2
    assert np.isnan(gift_rhythm.burstiness(np.array([3])))


def test_events_of_one_week_are_spread_over_it():
    assert gift_rhythm.burstiness(np.repeat(np.arange(6), 2)) == pytest.approx(-1.0)


def test_the_mean_is_over_pairs_with_enough_gifts():
    regular = [(0, 1, week) for week in range(0, 60, 5)]
    few = [(2, 3, week) for week in (1, 2, 50)]
    assert gift_rhythm.mean_burstiness(ledger(*regular, *few)) == pytest.approx(-1.0)
    assert np.isnan(gift_rhythm.mean_burstiness(ledger(*few)))


def test_an_answer_comes_within_four_weeks():
    gifts = ledger((0, 1, 10), (1, 0, 14), (0, 1, 20), (2, 0, 21), (1, 0, 40))
    # Of the gifts in weeks 10, 14, 20 and 21 only that of week 10 is answered in time; week 40 is too late to be judged.
    assert gift_rhythm.answered_soon(gifts, 41) == Counted(1, 4)
    same_week = ledger((0, 1, 10), (1, 0, 10))
    assert gift_rhythm.answered_soon(same_week, 30) == Counted(2, 2)
