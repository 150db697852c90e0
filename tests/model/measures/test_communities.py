"""Communities: modularity compared with networkx, planted communities, bridgers."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.measures import communities as c
from sim.model.measures.structure import map_constraint

from .conftest import build, graphs, networks

seeds = st.integers(0, 2**32 - 1)


def find(members, contacts, n):
    """Return (number of communities, modularity, community by row)."""
    community = np.full(len(members), 99)
    return *c.communities(members, contacts, n, community), community


def parts(community, rows):
    """Return the partition as sets of nodes."""
    found = {}
    for node, row in rows.items():
        found.setdefault(int(community[row]), set()).add(node)
    return list(found.values())


@given(networks(), seeds)
def test_modularity_of_any_partition(network, seed):
    graph, members, contacts, n, rows = network
    community = np.random.default_rng(seed).integers(0, max(1, min(n, 4)), len(members))
    value = c.modularity(members, contacts, n, community)
    expected = nx.community.modularity(graph, parts(community, rows)) if graph.number_of_edges() else 0.0
    assert value == pytest.approx(expected, abs=1e-12)


@given(networks())
def test_the_returned_modularity_is_that_of_the_partition(network):
    graph, members, contacts, n, rows = network
    number, value, community = find(members, contacts, n)
    partition = parts(community, rows)
    assert number == len(partition)
    firsts = [community[i] for i in range(n) if members[i].active]
    assert list(dict.fromkeys(firsts)) == list(range(number))
    assert all(community[i] == -1 for i in range(n) if not members[i].active)
    assert all(nx.is_connected(graph.subgraph(part)) for part in partition if len(part) <= 3)
    expected = nx.community.modularity(graph, partition) if graph.number_of_edges() else 0.0
    assert value == pytest.approx(expected, abs=1e-12)


@given(networks())
def test_merging_two_communities_never_raises_modularity(network):
    graph, members, contacts, n, rows = network
    _, value, community = find(members, contacts, n)
    partition = parts(community, rows)
    for a in range(len(partition)):
        for b in range(a):
            joined = [part for k, part in enumerate(partition) if k not in (a, b)] + [partition[a] | partition[b]]
            if graph.number_of_edges():
                assert nx.community.modularity(graph, joined) <= value + 1e-12


def test_planted_communities_are_found():
    graph = nx.planted_partition_graph(5, 16, 0.7, 0.02, seed=2)
    members, contacts, n, rows = build(graph, seed=1, gone=4)
    number, _, community = find(members, contacts, n)
    assert number == 5
    assert {frozenset(part) for part in parts(community, rows)} == {frozenset(p) for p in graph.graph["partition"]}


@pytest.mark.parametrize("seed", range(5))
def test_modularity_is_close_to_that_of_networkx(seed):
    graph = nx.gnm_random_graph(150, 700, seed=seed)
    members, contacts, n, _ = build(graph, seed)
    theirs = [nx.community.louvain_communities(graph, seed=s) for s in range(5)]
    mean = np.mean([nx.community.modularity(graph, partition) for partition in theirs])
    assert find(members, contacts, n)[1] > mean - 0.02


@given(graphs(), seeds, seeds)
def test_the_order_of_slots_does_not_matter(graph, one, another):
    rows = {node: node for node in graph}
    found = [find(*build(graph, seed, 2, rows)[:3]) for seed in (one, another)]
    assert found[0][:2] == found[1][:2]
    assert (found[0][2] == found[1][2]).all()


@given(graphs(), seeds, seeds)
def test_modularity_is_the_same_under_other_rows(graph, one, another):
    values = []
    for seed, gone in ((one, 3), (another, 5)):
        members, contacts, n, rows = build(graph, seed, gone)
        community = np.zeros(len(members), np.int64)
        for node, row in rows.items():
            community[row] = node % 3
        values.append(c.modularity(members, contacts, n, community))
    assert values[0] == values[1]


@given(networks())
def test_bridgers_match_the_definition(network):
    graph, members, contacts, n, rows = network
    map_constraint(members, contacts, n)
    _, _, community = find(members, contacts, n)
    tied = [node for node in graph if graph.degree[node]]
    burt = nx.constraint(graph) if tied else {}
    expected = [
        node
        for node in tied
        if burt[node] < 0.5 - 1e-9 and any(community[rows[node]] != community[rows[other]] for other in graph[node])
    ]
    unsure = sum(abs(burt[node] - 0.5) <= 1e-9 for node in tied)
    assert len(expected) <= c.bridgers(members, contacts, n, community) <= len(expected) + unsure


def test_the_member_between_two_circles_is_the_bridger():
    graph = nx.disjoint_union_all([nx.complete_graph(5)] * 3)
    graph.add_edges_from([(15, 0), (15, 5), (15, 10)])
    members, contacts, n, rows = build(graph, seed=4, gone=2)
    map_constraint(members, contacts, n)
    community = np.zeros(len(members), np.int64)
    for node, row in rows.items():
        community[row] = min(node // 5, 2)
    # 15 counts to the third circle.  0 and 5 tie across as well, but their other contacts all know each other.
    assert members[rows[15]].constraint < 0.5 < members[rows[0]].constraint
    assert c.bridgers(members, contacts, n, community) == 1


def test_equal_gains_go_to_the_lowest_community():
    """In a ring of four, the first member could join either neighbour."""
    graph = nx.cycle_graph(4)
    assert list(find(*build(graph, rows={node: node for node in graph})[:3])[2][:4]) == [0, 0, 1, 1]


def hubs_of(graph, seed=4):
    """Return (hubs, linked hubs) of a graph."""
    members, contacts, n, _ = build(graph, seed=seed, gone=2)
    count, _, community = find(members, contacts, n)
    return c.hubs(members, contacts, n, community, count)


def ring_of_stars(number, spokes=9):
    """Return stars whose centres are tied in a ring."""
    graph = nx.disjoint_union_all([nx.star_graph(spokes)] * number)
    graph.add_edges_from(((spokes + 1) * k, (spokes + 1) * ((k + 1) % number)) for k in range(number) if number > 1)
    return graph


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.star_graph(12), (1, 0)),
        (ring_of_stars(2), (2, 2)),
        (ring_of_stars(5), (5, 5)),
        (nx.disjoint_union(nx.star_graph(9), nx.star_graph(9)), (2, 0)),
        (nx.disjoint_union(nx.star_graph(9), nx.complete_graph(8)), (1, 0)),
        (nx.disjoint_union_all([nx.complete_graph(6)] * 4), (0, 0)),
        (nx.star_graph(3), (0, 0)),
        (nx.cycle_graph(20), (0, 0)),
        (nx.empty_graph(5), (0, 0)),
        (nx.empty_graph(0), (0, 0)),
    ],
)
def test_hubs_of_hand_made_networks(graph, expected):
    assert hubs_of(graph) == expected


@pytest.mark.parametrize("ties", [3, 6, 10])
def test_random_networks_have_few_hubs(ties):
    found = [hubs_of(nx.gnm_random_graph(60, 30 * ties, seed=seed)) for seed in range(20)]
    assert np.mean([number for number, _ in found]) < 1.0 and np.mean([linked >= 2 for _, linked in found]) < 0.25


def test_a_core_and_its_periphery_are_not_several_hubs():
    graph = nx.complete_graph(12)
    graph.add_edges_from((12 + k, (k * step) % 12) for k in range(40) for step in (1, 5))
    assert hubs_of(graph)[1] < 2


@given(networks(), seeds)
def test_hubs_do_not_depend_on_rows_of_members(network, seed):
    graph, members, contacts, n, rows = network
    count, _, community = find(members, contacts, n)
    other_members, other_contacts, m, others = build(graph, seed, 3)
    same = np.full(len(other_members), -1)
    for node, row in others.items():
        same[row] = community[rows[node]]
    assert c.hubs(members, contacts, n, community, count) == c.hubs(other_members, other_contacts, m, same, count)
