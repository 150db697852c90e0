"""The profile, compared with networkx, and on networks made by hand for each structure."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.networks.network_writing import user_network
from sim.inputs.profile.circles import ties_by_group
from sim.inputs.profile.distances import paths_of
from sim.inputs.profile.leaving import Nearness, cut_off, leaving
from sim.inputs.profile.network_profile import attribute_values, directions_of, profile_of
from sim.inputs.profile.tie_lists import TieLists
from sim.inputs.profile.triangles import clustering, constraints, triangles_of
from sim.model.start import new_network, sorted_ties
from tests.inputs.reading.reading_helpers import read

pytestmark = pytest.mark.fast


def lists_of(graph):
    """A graph of nodes 0 to n-1 as lists."""
    return TieLists(len(graph), sorted_ties(np.array(list(graph.edges()), np.int64).reshape(-1, 2)).astype(np.int64))


def profiled(graph, sector=None):
    """The profile of a graph; members are called by their nodes."""
    names = {node: row for row, node in enumerate(graph)}
    ties = np.array([[names[a], names[b]] for a, b in graph.edges()], np.int64).reshape(-1, 2)
    sectors = None if sector is None else np.array(sector, np.int32)
    start = new_network(sorted_ties(ties), names=tuple(map(str, graph)), source="made by hand", sector=sectors)
    return profile_of(user_network(start))


graphs = st.builds(
    nx.gnp_random_graph, st.integers(2, 30), st.sampled_from([0.03, 0.1, 0.3, 0.9]), seed=st.integers(0, 10**6)
)


def listed(values, graph):
    """A dictionary by node as a list."""
    return [values[node] for node in range(len(graph))]


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_measures_are_those_of_networkx(graph):
    lists = lists_of(graph)
    n = len(graph)
    triangles = triangles_of(lists)
    transitivity, local = clustering(lists, triangles.around)
    assert triangles.around.tolist() == listed(nx.triangles(graph), graph)
    assert transitivity == pytest.approx(nx.transitivity(graph))
    assert local == pytest.approx(listed(nx.clustering(graph), graph))
    tied = [node for node in graph if graph.degree[node]]
    burt = nx.constraint(graph)
    assert constraints(lists, triangles.weighted)[tied] == pytest.approx([burt[node] for node in tied])
    assert lists.core_number.tolist() == listed(nx.core_number(graph), graph)
    assert lists.component_sizes.tolist() == sorted(map(len, nx.connected_components(graph)), reverse=True)
    paths = paths_of(lists)
    if n > 2:
        assert paths.betweenness == pytest.approx(listed(nx.betweenness_centrality(graph), graph))
    lengths = [d for _, row in nx.shortest_path_length(graph) for d in row.values() if d]
    assert paths.length == pytest.approx(np.mean(lengths)) if lengths else np.isnan(paths.length)


@settings(max_examples=40, deadline=None)
@given(graphs)
def test_who_is_cut_off_is_found_by_taking_each_member_away(graph):
    expected = []
    for node in graph:
        here = nx.node_connected_component(graph, node) - {node}
        parts = [len(part) for part in nx.connected_components(graph.subgraph(here))]
        expected.append(sum(parts) - max(parts, default=0))
    assert cut_off(lists_of(graph)).tolist() == expected


def nearness_among(graph, people):
    """Sum of 1 / distance over ordered pairs of some people."""
    found = dict(nx.all_pairs_shortest_path_length(graph))
    return sum(1 / found[a][b] for a in people for b in people if a != b and b in found[a])


@settings(max_examples=25, deadline=None)
@given(graphs, st.integers(0, 10**6))
def test_damage_is_the_nearness_that_the_others_lose(graph, seed):
    n = len(graph)
    rows = tuple(np.random.default_rng(seed).choice(n, min(3, n - 1), replace=False).tolist())
    others = set(graph) - set(rows)
    before = nearness_among(graph, others)
    after = nearness_among(graph.subgraph(others), others)
    expected = 1 - after / before if before else 0.0
    assert Nearness(lists_of(graph), np.arange(n)).lost(rows) == pytest.approx(expected, abs=1e-5)


def test_a_member_between_two_circles_is_key_though_others_have_more_ties():
    graph = nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(6))
    graph.add_edges_from((12, other) for other in (0, 1, 6, 7))
    found = profiled(graph)
    assert found.leaving.order()[0] == 12 and graph.degree[12] < graph.degree[0]
    assert found.leaving.cut_off[12] == 6 and found.people.loc[3, "damage"] == 0
    assert found.leaving.damage.max() == found.leaving.damage[12]


def test_the_key_set_is_the_best_of_all_sets():
    """The three centres of three stars in a row: taken one by one, the ends of the row do less than the middle's neighbours."""
    graph = nx.Graph([(hub, f"{hub}{k}") for hub in "abc" for k in range(4)] + [("a", "b"), ("b", "c")])
    found = profiled(graph)
    assert {found.names[row] for row in found.leaving.key_set.rows} == {"a", "b", "c"}
    assert found.leaving.key_set.damage == 1.0 and found.leaving.key_set.cut_off == 11


def star(centre, size):
    """Ties of a star."""
    return [(centre, f"{centre}{k}") for k in range(size)]


HUBS = nx.Graph([tie for hub in "abcd" for tie in star(hub, 6)] + [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")])
CORE = nx.Graph([*nx.complete_graph(6).edges(), *((k % 6, f"p{k}") for k in range(12))])
FRAGMENTS = nx.disjoint_union_all([nx.complete_graph(3) for _ in range(6)])


@pytest.mark.parametrize(
    ("graph", "stage", "following"),
    [
        (FRAGMENTS, "scattered fragments", "hub-and-spoke"),
        (nx.star_graph(12), "hub-and-spoke", "multi-hub small world"),
        (HUBS, "multi-hub small world", "core/periphery"),
        (CORE, "core/periphery", ""),
        (nx.gnm_random_graph(60, 150, seed=1), "no clear structure", None),
    ],
)
def test_each_structure_is_recognised(graph, stage, following):
    structure = profiled(graph).structure
    assert structure.name == stage
    assert following is None or structure.next == following
    assert 0 <= structure.closeness <= 1 and (structure.closeness < 1 or not structure.next)


def test_a_network_comes_closer_to_the_next_structure():
    halves = nx.disjoint_union_all([nx.star_graph(4), nx.star_graph(4), nx.star_graph(5)])
    before = profiled(halves).structure
    halves.add_edges_from([(0, 5)])
    after = profiled(halves).structure
    assert before.name == "scattered fragments" and after.name != "scattered fragments"
    assert before.conditions[0].value == pytest.approx(6 / 16)


def test_bridgers_and_the_groups_between_which_they_are():
    graph = nx.Graph([*nx.complete_graph(5).edges(), *((k + 10, j + 10) for k in range(5) for j in range(k))])
    graph.add_edges_from([("go-between", 0), ("go-between", 10), ("go-between", 1), ("go-between", 11)])
    found = profiled(graph)
    first = int(found.bridgers[0])
    assert found.names[first] == "go-between" and found.circles.count == 2
    assert [count for _, count in ties_by_group(found.lists, found.circles, first)] == [2, 2]


DIRECTED = "from,to\nMia,Noor\nNoor,Mia\nOki,Mia\nNoor,Pia\nMia,Pia\nRex,Mia\n"


def test_groups_do_not_depend_on_the_order_of_members():
    pairs = [(f"m{a:02}", f"m{b:02}") for a, b in nx.gnm_random_graph(40, 90, seed=3).edges]
    found = []
    for turned in (pairs, pairs[::-1]):
        profile = profile_of(read(("t.csv", "from,to\n" + "\n".join(f"{a},{b}" for a, b in turned))))
        assert list(profile.names) != sorted(profile.names)
        found.append(
            (
                profile.circles.modularity,
                dict(zip(profile.names, profile.people["group"], strict=True)),
                [profile.names[row] for row in profile.circles.hub],
                dict(zip(profile.names, profile.circles.inside.tolist(), strict=True)),
                profile.payload()["clustering"],
            )
        )
    assert found[0] == found[1]


def test_directions():
    network = read(("t.csv", DIRECTED))
    found = directions_of(network.arcs, network.start.members)
    names = network.start.names
    graph = nx.DiGraph([tuple(line.split(",")) for line in DIRECTED.split()[1:]])
    assert found.reciprocity == pytest.approx(nx.overall_reciprocity(graph)) and found.one_way == 4
    assert [names[row] for row in found.silent] == ["Pia"]
    assert [names[row] for row in found.unreturned] == ["Oki", "Rex"]
    assert found.named_by.tolist() == [graph.in_degree(name) for name in names]


def test_mixing_of_sectors():
    graph = nx.gnm_random_graph(30, 90, seed=4)
    sector = [node % 3 for node in graph]
    nx.set_node_attributes(graph, dict(enumerate(sector)), "sector")
    found = profiled(graph, sector).mixing
    assert found.assortativity == pytest.approx(nx.attribute_assortativity_coefficient(graph, "sector"))
    assert found.across == pytest.approx(np.mean([sector[a] != sector[b] for a, b in graph.edges()]))
    assert found.ties.tolist() == found.ties.T.tolist() and np.triu(found.ties).sum() == 90
    assert profiled(graph).mixing is None


def test_the_table_has_a_row_a_member_with_all_that_the_files_say():
    members = "id,name,sector,role\na,Mia,Food,lead\nb,Noor,Water,\nc,Oki,Food,lead\nd,Pia,,\n"
    found = profile_of(read(("m.csv", members), ("t.csv", "from,to,strength\na,b,2\nb,c,3\n")))
    people = found.people.set_index("name")
    assert people.loc["Noor", ["ties", "strength", "cut_off", "role"]].tolist() == [2, 5.0, 1, ""]
    assert people["sector"].tolist() == ["Food", "Water", "Food", ""] and people.loc["Pia", "ties"] == 0
    assert found.payload()["without_ties"] == ["Pia"]
    assert attribute_values(found)["sector"] == ["Food", "Water", "Food", ""]


def test_a_network_without_ties_or_of_two():
    for graph in (nx.empty_graph(2), nx.empty_graph(9), nx.path_graph(2)):
        found = profiled(graph)
        assert found.leaving.key_set is None and found.payload()["key_people"] == []
        assert len(found.people) == len(graph)


def test_a_large_network_is_sampled_and_says_so(monkeypatch):
    monkeypatch.setattr("sim.inputs.profile.distances.EVERY_STEP", 1e4)
    graph = nx.barabasi_albert_graph(800, 3, seed=2)
    lists = lists_of(graph)
    rows = np.sort(np.random.default_rng(1).choice(800, 200, replace=False))
    sampled, exact = paths_of(lists, rows), paths_of(lists, np.arange(800))
    assert sampled.length == pytest.approx(exact.length, rel=0.02)
    assert np.corrcoef(sampled.betweenness, exact.betweenness)[0, 1] > 0.98
    monkeypatch.setattr("sim.inputs.profile.leaving.MOST_WORK", 1e6)
    found = leaving(lists, exact.betweenness)
    assert found.sources < 800 and np.isnan(found.damage).any() and found.key_set is not None


def test_a_directed_start_network_has_one_sided_ties():
    network = read(("t.csv", "ego,alter,strength\na,b,3\nb,a,1\nb,c,2\nc,d,1\nd,a,4\n"))
    made = user_network(network.start)
    assert made.arcs.tolist() == network.arcs.tolist() and made.trust.tolist() == network.trust.tolist()
    assert profile_of(made).directions.one_way == 3
