"""Measures of matrices, compared with networkx and worked examples."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.targets.counting import counted
from sim.lab.analysis import matrix_measures
from tests.model.worlds import complete, make_world, set_trust


@st.composite
def graphs(draw):
    """Draw a graph of 3 to 12 nodes as a boolean matrix."""
    n = draw(st.integers(3, 12))
    bits = draw(st.lists(st.booleans(), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2))
    graph = np.zeros((n, n), bool)
    graph[np.triu_indices(n, 1)] = bits
    return graph | graph.T


@pytest.mark.slow
@given(graphs())
def test_density_transitivity_and_common_contacts_match_networkx(graph):
    other = nx.from_numpy_array(graph)
    assert matrix_measures.density(graph) == pytest.approx(nx.density(other))
    wedges = sum(d * (d - 1) for _, d in other.degree)
    if wedges:
        assert matrix_measures.transitivity(graph) == pytest.approx(nx.transitivity(other))
    else:
        assert np.isnan(matrix_measures.transitivity(graph))
    common = matrix_measures.common_contacts(graph)
    for i, j in complete(*range(len(graph))):
        assert common[i, j] == len(list(nx.common_neighbors(other, i, j)))


@given(graphs())
def test_centralisation_is_freemans_and_between_ring_and_star(graph):
    degrees = [d for _, d in nx.from_numpy_array(graph).degree]
    n = len(degrees)
    by_hand = sum(max(degrees) - d for d in degrees) / ((n - 1) * (n - 2))
    assert matrix_measures.centralisation(graph) == pytest.approx(by_hand)
    assert 0.0 <= matrix_measures.centralisation(graph) <= 1.0


def test_centralisation_of_star_and_ring():
    star = nx.to_numpy_array(nx.star_graph(6)).astype(bool)
    ring = nx.to_numpy_array(nx.cycle_graph(7)).astype(bool)
    assert matrix_measures.centralisation(star) == 1.0
    assert matrix_measures.centralisation(ring) == 0.0


def test_shares_of_the_most_and_the_least_active():
    sent = np.array([50, 20, 10, 8, 6, 4, 1, 1])
    assert matrix_measures.top_share(sent, 3) == pytest.approx(0.80)
    assert matrix_measures.bottom_share(sent, 4) == pytest.approx(0.12)
    assert np.isnan(matrix_measures.top_share(np.zeros(4), 3))


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=40).filter(any), st.integers(1, 40))
def test_top_and_bottom_add_up(sent, number):
    sent = np.array(sent)
    number = min(number, len(sent))
    both = matrix_measures.top_share(sent, number) + matrix_measures.bottom_share(sent, len(sent) - number)
    assert both == pytest.approx(1.0)


def test_answered_matches_networkx_reciprocity():
    rng = np.random.default_rng(3)
    sent = rng.integers(0, 3, (9, 9)) * (rng.random((9, 9)) < 0.5)
    np.fill_diagonal(sent, 0)
    other = nx.from_numpy_array(sent, create_using=nx.DiGraph)
    assert matrix_measures.answered(sent) == pytest.approx(nx.overall_reciprocity(other))
    matched = sum(min(sent[i, j], sent[j, i]) for i in range(9) for j in range(9))
    assert matrix_measures.answered_weight(sent) == pytest.approx(matched / sent.sum())


def test_touching_counts_both_directions():
    sent = np.array([[0, 3, 1], [2, 0, 4], [0, 0, 0]])
    assert matrix_measures.touching(sent, 0) == pytest.approx(0.6)
    assert matrix_measures.touching(sent, 2) == pytest.approx(0.5)


def test_the_trust_matrix_has_every_tie_in_both_directions():
    world = make_world(5, [(0, 1), (1, 2), (3, 4)])
    set_trust(world, 0.5, (0, 1))
    set_trust(world, 0.25, (1, 2))
    trust = matrix_measures.trust_matrix(world)
    assert trust.shape == (5, 5)
    assert np.array_equal(trust, trust.T)
    assert trust[0, 1] == 0.5 and trust[2, 1] == 0.25 and trust[4, 3] > 0
    assert np.count_nonzero(trust) == 6


def test_each_end_of_a_tie_has_its_own_trust():
    world = make_world(3, [(0, 1), (1, 2)])
    wanted = np.array([[0.0, 0.7, 0.0], [0.2, 0.0, 0.0], [0.0, 0.4, 0.0]])
    matrix_measures.give_trust(world, wanted)
    assert np.array_equal(matrix_measures.trust_matrix(world), wanted)
    assert np.array_equal(matrix_measures.either(wanted), (wanted + wanted.T) > 0)


def test_a_share_counts_each_pair_once():
    among = np.zeros((4, 4), bool)
    among[0, 1] = among[1, 0] = among[2, 3] = among[3, 2] = True
    hits = np.zeros((4, 4), bool)
    hits[0, 1] = hits[1, 0] = hits[0, 2] = hits[2, 0] = True
    assert counted(hits, among).share == 0.5
    assert np.isnan(counted(hits, np.zeros((4, 4), bool)).share)
