"""Core numbers compared with networkx; core/periphery with its formula; Krebs & Holley's structures."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.measures import communities, core
from sim.model.measures.structure import degree_centralisation

from .conftest import build, graphs, networks

seeds = st.integers(0, 2**32 - 1)


def errors_of(graph, inside):
    """Return the number of missing ties in the core plus ties within the periphery."""
    outside = [node for node in graph if node not in inside]
    missing = len(inside) * (len(inside) - 1) // 2 - graph.subgraph(inside).number_of_edges()
    return missing + graph.subgraph(outside).number_of_edges()


def correlation_of(graph, inside):
    """Return the correlation of ties with the ideal, over the pairs inside the core and inside the periphery."""
    if len(inside) < 3:
        return 0.0
    pairs = [(i, j) for i, j in itertools.combinations(graph, 2) if (i in inside) == (j in inside)]
    tied = [float(graph.has_edge(i, j)) for i, j in pairs]
    ideal = [float(i in inside) for i, _ in pairs]
    if len(set(tied)) < 2 or len(set(ideal)) < 2:
        return 0.0
    return np.corrcoef(tied, ideal)[0, 1]


def structure_of(graph):
    """Return Krebs & Holley's structure of a graph, at the default thresholds."""
    members, contacts, n, _ = build(graph, seed=2, gone=3)
    largest = max(len(part) for part in nx.connected_components(graph)) / len(graph)
    community = np.zeros(len(members), np.int64)
    count, _ = communities.communities(members, contacts, n, community)
    _, linked = communities.hubs(members, contacts, n, community, count)
    fit = core.core_periphery(members, contacts, n)[0]
    return core.krebs_holley(largest, degree_centralisation(members, n), linked, fit)


@given(networks())
def test_core_numbers(network):
    graph, members, contacts, n, rows = network
    found = np.full(len(members), 99)
    highest = core.core_numbers(members, contacts, n, found)
    expected = nx.core_number(graph)
    assert {node: found[row] for node, row in rows.items()} == expected
    assert highest == max(expected.values(), default=0)
    assert all(found[i] == 0 for i in range(n) if not members[i].active)


@given(networks())
def test_core_periphery_is_the_correlation_with_its_core(network):
    graph, members, contacts, n, _ = network
    fit, share, least = core.core_periphery(members, contacts, n)
    inside = {node for node in graph if least > 0 and graph.degree[node] >= least}
    assert share == (len(inside) / len(graph) if len(graph) else 0.0)
    assert fit == pytest.approx(correlation_of(graph, inside), abs=1e-12)


@given(graphs(largest=9))
def test_the_core_is_the_best_among_cuts_by_degree(graph):
    members, _, n, _ = build(graph, seed=1, gone=1)
    least = core.least_core_degree(members, n)
    if least == 0:
        assert graph.number_of_edges() == 0
        return
    chosen = errors_of(graph, {node for node in graph if graph.degree[node] >= least})
    for degree in {degree for _, degree in graph.degree if degree > 0}:
        assert chosen <= errors_of(graph, {node for node in graph if graph.degree[node] >= degree})


@given(st.integers(4, 8), st.integers(0, 12), seeds)
def test_a_planted_core_is_found(size, fringe, seed):
    """A complete core with an attached periphery is recovered with perfect fit."""
    luck = np.random.default_rng(seed)
    graph = nx.complete_graph(size)
    graph.add_edges_from((size + k, int(luck.integers(size))) for k in range(fringe))
    members, contacts, n, _ = build(graph, seed=seed, gone=2)
    fit, share, least = core.core_periphery(members, contacts, n)
    assert share == size / (size + fringe)
    assert fit == pytest.approx(1.0 if fringe > 1 else 0.0)
    assert least == min(graph.degree[node] for node in range(size))


@given(graphs(), seeds, seeds)
def test_the_same_under_other_rows_and_slots(graph, one, another):
    found = []
    for seed, gone in ((one, 0), (another, 3)):
        members, contacts, n, rows = build(graph, seed, gone)
        numbers = np.zeros(len(members), np.int64)
        highest = core.core_numbers(members, contacts, n, numbers)
        cores = {node: int(numbers[row]) for node, row in rows.items()}
        found.append((core.core_periphery(members, contacts, n), highest, cores))
    assert found[0] == found[1]


def stars(number, spokes=10, ring=True):
    """Return stars of equal size whose centres are tied in a ring (two: to each other), or not tied at all."""
    graph = nx.disjoint_union_all([nx.star_graph(spokes)] * number)
    if ring:
        graph.add_edges_from(((spokes + 1) * k, (spokes + 1) * ((k + 1) % number)) for k in range(number) if number > 1)
    return graph


def core_with_fringe():
    """Return a clique of twelve and forty members with ties to two of them each."""
    graph = nx.complete_graph(12)
    graph.add_edges_from((12 + k, (k * step) % 12) for k in range(40) for step in (1, 5))
    return graph


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.disjoint_union_all([nx.complete_graph(4)] * 6), core.FRAGMENTS),
        (nx.empty_graph(12), core.FRAGMENTS),
        (stars(4, ring=False), core.FRAGMENTS),
        (nx.star_graph(20), core.HUB_AND_SPOKE),
        (stars(2), core.MULTI_HUB),
        (stars(5), core.MULTI_HUB),
        (core_with_fringe(), core.CORE_PERIPHERY),
        (nx.complete_graph(12), core.NO_STRUCTURE),
        (nx.cycle_graph(20), core.NO_STRUCTURE),
        (nx.watts_strogatz_graph(60, 6, 0.1, seed=1), core.NO_STRUCTURE),
    ],
)
def test_krebs_holley(graph, expected):
    assert structure_of(graph) == expected


@pytest.mark.parametrize("ties", [3, 6, 10])
def test_random_networks_have_none_of_the_structures(ties):
    found = [structure_of(nx.gnm_random_graph(60, 30 * ties, seed=seed)) for seed in range(20)]
    assert found.count(core.NO_STRUCTURE) >= 15


def test_krebs_holley_at_its_thresholds():
    assert core.krebs_holley(0.5, 0.0, 0, 0.3) == core.CORE_PERIPHERY
    assert core.krebs_holley(0.49, 1.0, 5, 0.3) == core.FRAGMENTS
    assert core.krebs_holley(0.5, 0.5, 5, 0.3) == core.HUB_AND_SPOKE
    assert core.krebs_holley(0.5, 0.49, 2, 0.3) == core.MULTI_HUB
    assert core.krebs_holley(0.5, 0.49, 1, 0.29) == core.NO_STRUCTURE
    assert len(core.STRUCTURES) == 5
