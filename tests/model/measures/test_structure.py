"""Components and constraint, compared with networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.measures import structure

from .conftest import build, graphs, networks

seeds = st.integers(0, 2**32 - 1)


def scratch(members):
    """Return a work list with leftover marks of rules and measures."""
    return np.random.default_rng(1).integers(-30, 30, len(members))


@given(networks())
def test_components(network):
    graph, members, contacts, n, _ = network
    sizes = [len(part) for part in nx.connected_components(graph)]
    found = structure.components(members, contacts, n, scratch(members), np.zeros(n, np.int64))
    assert found == (len(sizes), max(sizes, default=0))


@given(networks())
def test_degree_centralisation(network):
    graph, members, _, n, _ = network
    degrees = [degree for _, degree in graph.degree]
    most = (len(graph) - 1) * (len(graph) - 2)
    expected = sum(max(degrees) - degree for degree in degrees) / most if len(graph) > 2 else 0.0
    assert structure.degree_centralisation(members, n) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("graph", "expected"), [(nx.star_graph(7), 1.0), (nx.cycle_graph(7), 0.0)])
def test_degree_centralisation_of_star_and_ring(graph, expected):
    members, _, n, _ = build(graph, gone=2)
    assert structure.degree_centralisation(members, n) == expected


@given(networks())
def test_constraint(network):
    graph, members, contacts, n, rows = network
    structure.map_constraint(members, contacts, n)
    expected = nx.constraint(graph) if len(graph) else {}
    for node, row in rows.items():
        value = 9.0 if graph.degree[node] == 0 else expected[node]
        assert members[row].constraint == pytest.approx(value, rel=1e-12)
        assert structure.constraint(members, contacts, n, row) == members[row].constraint


def test_constraint_is_highest_in_a_closed_circle_of_three():
    members, contacts, n, rows = build(nx.complete_graph(3))
    assert structure.constraint(members, contacts, n, rows[0]) == 1.125


@given(networks())
def test_contact_lists(network):
    graph, members, contacts, n, rows = network
    first, other = structure.contact_lists(members, contacts, n)
    for node, row in rows.items():
        assert list(other[first[row] : first[row + 1]]) == sorted(rows[contact] for contact in graph[node])
    assert len(other) == 2 * graph.number_of_edges()


@given(graphs(), seeds, seeds)
def test_counts_do_not_depend_on_the_order_of_rows_and_slots(graph, one, another):
    found = []
    for seed, gone in ((one, 0), (another, 3)):
        members, contacts, n, rows = build(graph, seed, gone)
        mark, queue = scratch(members), np.zeros(n, np.int64)
        structure.map_constraint(members, contacts, n)
        found.append(
            (
                structure.components(members, contacts, n, mark, queue),
                structure.degree_centralisation(members, n),
                {node: float(members[row].constraint) for node, row in rows.items()},
            )
        )
    assert found[0] == found[1]


def test_leftover_marks_are_never_mistaken_for_a_stamp(medium):
    _, members, contacts, n, _ = medium
    mark = np.full(len(members), 5)
    structure.components(members, contacts, n, mark, np.zeros(n, np.int64))
    assert (mark[:n] <= 0).all()
