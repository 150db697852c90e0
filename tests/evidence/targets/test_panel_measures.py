"""Turnover and choices: worked examples."""

import networkx as nx
import numpy as np
import pytest

from sim.evidence.targets import panel_measures
from sim.evidence.targets.counting import Counted
from sim.lab.analysis.matrix_measures import off_diagonal


def graph(n, *pairs):
    """Return directed ties as a matrix."""
    matrix = np.zeros((n, n), bool)
    for i, j in pairs:
        matrix[i, j] = True
    return matrix


BEFORE = graph(4, (0, 1), (1, 0), (1, 2), (3, 0))
AFTER = graph(4, (0, 1), (0, 2), (2, 1), (3, 0), (2, 3))


def test_formed_ties_are_counted_by_common_contacts_and_by_being_chosen():
    found = panel_measures.turnover(BEFORE, AFTER)
    # Not tied either way: 0-2 (1 in common), 1-3 (0 in common), 2-3 (none in common).
    assert found["formed_1"] == Counted(1, 4) and found["formed_0"] == Counted(1, 2)
    assert found["formed_2"] == Counted(0, 0)
    assert found["formed_chosen"] == Counted(1, 2), "2 to 1 formed, 0 to 3 did not"
    assert found["formed_unchosen"] == Counted(2, 6)


def test_lost_ties_are_counted_by_common_contacts_and_by_being_mutual():
    found = panel_measures.turnover(BEFORE, AFTER)
    assert found["lost"] == Counted(2, 4)
    assert found["lost_mutual"] == Counted(1, 2) and found["lost_one_sided"] == Counted(1, 2)
    assert found["lost_0"] == Counted(2, 4) and found["lost_some"] == Counted(0, 0)
    triangle = graph(3, (0, 1), (1, 2), (2, 0))
    closed = panel_measures.turnover(triangle, graph(3, (0, 1)))
    assert closed["lost_1"] == closed["lost_some"] == Counted(2, 3) and closed["lost_0"].total == 0


def test_only_judged_pairs_are_counted():
    judged = np.outer([True, True, False, True], [True, True, False, True])
    found = panel_measures.turnover(BEFORE, AFTER, judged)
    assert found["lost"] == Counted(1, 3)
    assert found["formed_unchosen"] == Counted(0, 2)


def test_counts_of_several_times_add_up():
    once = panel_measures.turnover(BEFORE, AFTER)
    twice = panel_measures.added([once, once])
    assert twice["lost"] == Counted(4, 8) and twice.keys() == once.keys()


def test_choices_made_again_and_returned():
    assert panel_measures.same_choices(BEFORE, AFTER) == Counted(2, 7)
    assert panel_measures.returned(BEFORE) == Counted(2, 4)


def test_reciprocity_and_transitivity_match_networkx():
    luck = np.random.default_rng(4)
    for density in (0.1, 0.3, 0.6):
        choices = (luck.random((12, 12)) < density) & off_diagonal(12)
        other = nx.from_numpy_array(choices, create_using=nx.DiGraph)
        assert panel_measures.returned(choices).share == pytest.approx(nx.overall_reciprocity(other))
        paths = [(i, k) for i, j in other.edges for _, k in other.out_edges(j) if i != k]
        closed = panel_measures.closed(choices)
        assert closed == Counted(sum(other.has_edge(*ends) for ends in paths), len(paths))


def test_the_most_chosen_get_a_share_of_choices():
    choices = graph(5, (0, 1), (2, 1), (3, 1), (1, 0), (4, 0), (0, 2), (1, 3))
    assert panel_measures.to_most_chosen(choices, 1) == Counted(3, 7)
    assert panel_measures.to_most_chosen(choices, 3) == Counted(6, 7)


def test_top_choices_are_the_best_liked_of_each():
    liking = np.array([[9.0, 0.1, 0.5, 0.4], [0.3, 9.0, 0.2, 0.1], [0.0, 0.0, 9.0, 0.0], [-1.0, -3.0, -2.0, 9.0]])
    found = panel_measures.top_choices(liking, 2)
    assert found.sum(axis=1).tolist() == [2, 2, 2, 2] and not found.diagonal().any()
    assert found[0].tolist() == [False, False, True, True] and found[3].tolist() == [True, False, True, False]
    assert panel_measures.top_choices(liking, 9).sum() == 12


def test_the_strongest_of_all_are_as_many_as_asked_for_unless_there_are_fewer():
    liking = np.array([[5.0, 0.9, 0.0], [0.8, 5.0, 0.7], [0.0, 0.6, 5.0]])
    assert np.argwhere(panel_measures.strongest(liking, 2)).tolist() == [[0, 1], [1, 0]]
    assert panel_measures.strongest(liking, 6).sum() == 4
    among = np.array([[True, False, True]] * 3)
    assert np.argwhere(panel_measures.strongest(liking, 2, among)).tolist() == [[1, 0], [1, 2]]
