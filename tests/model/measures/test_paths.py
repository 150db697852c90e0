"""Path length and betweenness, compared with networkx; sampling."""

import math
import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.luck import of, uniform
from sim.model.measures import paths

from .conftest import build, graphs, networks

LUCK = np.uint64(0x9C0FFEE123456789)
seeds = st.integers(0, 2**32 - 1)
NEEDS_NEW_SCALE = pytest.mark.skipif(
    tuple(int(part) for part in nx.__version__.split(".")[:2]) < (3, 6), reason="networkx scaled samples otherwise"
)


class Picks(random.Random):
    """A generator that makes networkx sample the given nodes."""

    def __init__(self, nodes):
        super().__init__(0)
        self.nodes = nodes

    def sample(self, population, k):
        assert k == len(self.nodes)
        return self.nodes


def measure(members, contacts, n, samples, luck=LUCK):
    """Return (path length, betweenness centralisation, betweenness by row)."""
    between = np.full(len(members), 99.0)
    return *paths.path_and_betweenness(members, contacts, n, luck, samples, between), between


def freeman(values):
    """Return Freeman's centralisation of normalised betweenness."""
    return sum(max(values) - value for value in values) / (len(values) - 1) if len(values) > 2 else 0.0


@given(networks())
def test_exact(network):
    graph, members, contacts, n, rows = network
    length, centralisation, between = measure(members, contacts, n, samples=max(len(graph), 2))
    steps = [d for _, row in nx.all_pairs_shortest_path_length(graph) for d in row.values() if d > 0]
    assert length == pytest.approx(np.mean(steps)) if steps else math.isnan(length)
    expected = nx.betweenness_centrality(graph)
    for node, row in rows.items():
        assert between[row] == pytest.approx(expected[node], rel=1e-12, abs=1e-15)
    assert centralisation == pytest.approx(freeman(list(expected.values())), abs=1e-12)
    assert all(between[row] == 0.0 for row in range(n) if members[row].active == 0)


@NEEDS_NEW_SCALE
@given(networks(), st.integers(2, 12), seeds)
def test_sampling_matches_networkx_with_the_same_sources(network, samples, seed):
    graph, members, contacts, n, rows = network
    luck = np.uint64(of(seed, 0))
    if len(graph) <= samples:
        return
    sources = sorted(graph, key=lambda node: uniform(luck, rows[node]))[:samples]
    length, _, between = measure(members, contacts, n, samples, luck)
    expected = nx.betweenness_centrality(graph, k=samples, seed=Picks(sources))
    for node, row in rows.items():
        assert between[row] == pytest.approx(expected[node], rel=1e-12, abs=1e-15)
    steps = [d for s in sources for d in nx.single_source_shortest_path_length(graph, s).values() if d > 0]
    assert length == pytest.approx(np.mean(steps)) if steps else math.isnan(length)


def test_sampling_is_unbiased(medium):
    _, members, contacts, n, _ = medium
    exact_length, _, exact = measure(members, contacts, n, 10_000)
    tries = [measure(members, contacts, n, 16, np.uint64(of(77, k))) for k in range(400)]
    hub = int(np.argmax(exact[:n]))
    for draws, expected in (
        ([t[2][:n].sum() for t in tries], exact[:n].sum()),
        ([t[2][hub] for t in tries], exact[hub]),
        ([t[0] for t in tries], exact_length),
    ):
        error = np.std(draws) / math.sqrt(len(draws))
        assert abs(np.mean(draws) - expected) < 4 * error


def test_sampling_all_members_is_exact(medium):
    graph, members, contacts, n, _ = medium
    reference = measure(members, contacts, n, 10_000)
    for luck in (1, 2**63 + 5):
        found = measure(members, contacts, n, len(graph), np.uint64(luck))
        assert found[:2] == reference[:2]
        assert (found[2] == reference[2]).all()


def test_sources_are_keyed_by_identity():
    """If a source leaves, one other member replaces it and all other sources stay."""
    members, _, n, _ = build(nx.empty_graph(60), seed=1)
    before = paths.source_bound(members, n, LUCK, 10)
    chosen = [i for i in range(n) if uniform(LUCK, i) <= before]
    assert len(chosen) == 10
    members[chosen[3]].active = 0
    after = paths.source_bound(members, n, LUCK, 10)
    still = [i for i in range(n) if uniform(LUCK, i) <= after and members[i].active]
    assert len(still) == 10
    assert set(chosen) - {chosen[3]} <= set(still)


@given(graphs(), seeds, seeds)
def test_results_are_bit_identical_for_any_order_of_slots(graph, one, another):
    rows = {node: node for node in graph}
    for samples in (2, 5, 100):
        first, second = (measure(*build(graph, seed, 2, rows)[:3], samples) for seed in (one, another))
        assert np.array(first[:2]).tobytes() == np.array(second[:2]).tobytes()
        assert first[2].tobytes() == second[2].tobytes()


@given(graphs(), seeds, seeds)
def test_the_same_under_other_slots_and_rows(graph, one, another):
    results = []
    for seed, gone in ((one, 0), (another, 3)):
        members, contacts, n, rows = build(graph, seed, gone)
        length, centralisation, between = measure(members, contacts, n, 100)
        results.append([length, centralisation, *(between[rows[node]] for node in graph)])
    assert results[0] == pytest.approx(results[1], rel=1e-12, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize(
    "graph",
    [
        nx.path_graph(50),
        nx.cycle_graph(33),
        nx.grid_2d_graph(6, 8),
        nx.connected_watts_strogatz_graph(70, 6, 0.2, seed=1),
        nx.disjoint_union_all([nx.path_graph(20), nx.star_graph(16), nx.complete_graph(5), nx.empty_graph(3)]),
    ],
    ids=["path", "cycle", "grid", "small world", "fragments"],
)
def test_every_member_as_a_source(graph):
    graph = nx.convert_node_labels_to_integers(graph)
    members, contacts, n, rows = build(graph, seed=4, gone=2)
    length, _, between = measure(members, contacts, n, samples=1000)
    steps = [d for _, row in nx.all_pairs_shortest_path_length(graph) for d in row.values() if d > 0]
    assert length == pytest.approx(np.mean(steps), rel=1e-12)
    expected = nx.betweenness_centrality(graph)
    for node, row in rows.items():
        assert between[row] == pytest.approx(expected[node], rel=1e-12, abs=1e-15)


def test_star_centres_on_one():
    members, contacts, n, _ = build(nx.star_graph(9), gone=3)
    assert measure(members, contacts, n, 100)[:2] == (pytest.approx(162 / 90), pytest.approx(1.0))
