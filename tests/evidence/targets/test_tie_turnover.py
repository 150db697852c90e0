"""Ties: worked examples of contacts and silences; embeddedness is measured if and only if the rule has it."""

import numpy as np

from sim.evidence.targets import tie_turnover
from sim.evidence.targets.counting import Counted
from sim.model.state import GIFT


def ledger_lines(*rows):
    """Return lines of a ledger: giver, receiver, week, hops, relayed."""
    ledger = GIFT.empty(len(rows))
    for line, (giver, receiver, week, hops, relayed) in zip(ledger, rows, strict=True):
        line.giver, line.receiver, line.week, line.hops, line.relayed = giver, receiver, week, hops, relayed
    return np.array(ledger)


def test_contacts_are_direct_gifts_once_a_pair_and_week():
    seen = tie_turnover.contacts(
        ledger_lines((3, 1, 5, 0, 0), (1, 3, 5, 0, 0), (1, 3, 2, 0, 0), (1, 3, 7, 1, 0), (1, 3, 8, 0, 1))
    )
    assert seen.tolist() == [[1, 3, 2], [1, 3, 5]]


def silence(before, later):
    """Return the measured silence of one pair in week 100."""
    seen = np.array([[0, 1, week] for week in (*before, *later)])
    return tie_turnover.silences(seen, np.array([True, True]), 100)


def test_a_tie_is_silent_after_eight_of_its_usual_intervals():
    silent = silence((60, 62, 64, 66), ())
    assert silent["silent_ended"] == Counted(1.0, 1.0) and silent["others_ended"] == Counted(0.0, 0.0)
    lively = silence((70, 78, 86, 94), ())
    assert lively["silent_ended"] == Counted(0.0, 0.0) and lively["others_ended"] == Counted(1.0, 1.0)


def test_a_contact_in_the_half_year_after_ends_a_silence():
    assert silence((60, 62, 64, 66), (120,))["silent_ended"] == Counted(0.0, 1.0)
    assert silence((60, 62, 64, 66), (126,))["silent_ended"] == Counted(1.0, 1.0)


def test_pairs_with_few_contacts_and_leavers_are_excluded():
    assert silence((60, 62, 64), ())["silent_ended"].total == 0
    seen = np.array([[0, 1, week] for week in (60, 62, 64, 66)])
    assert tie_turnover.silences(seen, np.array([True, False]), 100)["silent_ended"].total == 0
    assert tie_turnover.silences(np.zeros((0, 3), np.int64), np.array([True, True]), 100)["silent_ended"].total == 0


def test_bridges_are_not_lost_first_without_embeddedness():
    def lost(overrides):
        """Return the shares of bridges and of embedded ties lost, over some futures."""
        run = tie_turnover.ties(overrides)
        runs = [run(1, replicate) for replicate in range(8)]
        pooled = {name: [one[name] for one in runs] for name in ("lost_bridges", "lost_embedded")}
        bridges, embedded = (sum(c.hits for c in all_) / sum(c.total for c in all_) for all_ in pooled.values())
        return bridges / embedded

    assert lost({"trust.embedded": 3.0}) > lost({"trust.embedded": 0.0})
