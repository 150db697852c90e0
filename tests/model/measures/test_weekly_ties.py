"""Ties, components, transitivity and trust of the weekly table, compared with networkx after some weeks."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.lab.open_world import open_world
from sim.model.graphs import to_networkx
from sim.model.world import run_to
from tests.model.worlds import check_world

SCENARIO = Scenario.from_document(
    {
        "weeks": 40,
        "network": {"kind": "small_world", "members": 24, "degree": 4, "newcomers": 4},
        "leaving": {"hazard": 0.02},
        "trust": {"floor": 0.08},
        "strategies": {"weaver": {"hours": 12, "convenings": 2, "money": 9000, "convening_first": 10}},
    }
)


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_the_weekly_line_equals_networkx(seed, weeks):
    _, world = open_world(SCENARIO, "weaver", seed, 0)
    world = run_to(world, weeks)
    check_world(world)
    graph, line = to_networkx(world), world.weekly[weeks - 1]
    trust = list(nx.get_edge_attributes(graph, "trust").values())
    sizes = [len(part) for part in nx.connected_components(graph)]
    assert line.members == len(graph) and line.ties == graph.number_of_edges()
    assert line.density == pytest.approx(nx.density(graph))
    assert line.mean_degree == pytest.approx(2 * graph.number_of_edges() / len(graph))
    assert line.unconnected == pytest.approx(nx.number_of_isolates(graph) / len(graph))
    assert line.components == len(sizes) and line.largest_component == pytest.approx(max(sizes) / len(graph))
    assert line.transitivity == pytest.approx(nx.transitivity(graph))
    assert line.mean_trust == pytest.approx(np.mean(trust))
    assert line.strength == pytest.approx(2 * sum(trust) / len(graph))
