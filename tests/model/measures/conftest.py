"""Networks in the form that measures read: record arrays with rows of members who left, and slots in any order."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from sim.model.state import MEMBER
from sim.model.tie_rows import Contacts

# The first call compiles: that takes longer than hypothesis grants an example.
settings.register_profile("measures", parent=settings.default, deadline=None)
settings.load_profile("measures")


def build(graph, seed=0, gone=0, rows=None):
    """Convert a networkx graph to the form that measures read: (members, contacts, n, row of each node).

    Nodes get rows in an order drawn from `seed`, between which `gone` rows of members who left are strewn; the slots of
    a row are in an order drawn from `seed` too.  `rows` (node -> row) sets the rows instead.
    """
    random = np.random.default_rng(seed)
    n = graph.number_of_nodes() + gone
    if rows is None:
        rows = {node: int(row) for node, row in zip(graph, random.permutation(n), strict=False)}
    members = MEMBER.empty(n + 2)  # two rows not yet in use
    # Where a row has no contact (any more) stands a row not in use: what a measure must not read.
    width = 1 + max((degree for _, degree in graph.degree), default=0)
    contacts = np.full((n + 2, width), n + 1, np.int32)
    for node, row in rows.items():
        members[row].active = 1
        members[row].degree = graph.degree[node]
        others = [rows[other] for other in graph[node]]
        contacts[row, : len(others)] = [others[k] for k in random.permutation(len(others))]
    first = np.arange(0, (n + 2) * width, width, np.int32)
    return members, Contacts(first, contacts.ravel()), n, rows


@st.composite
def graphs(draw, largest=18):
    """Draw simple graphs, including empty ones: sparse, dense, in blocks, with hubs, with isolates."""
    n = draw(st.integers(0, largest))
    pairs = [(i, j) for i in range(n) for j in range(i)]
    kind = draw(st.sampled_from(["any", "random", "blocks", "hubs"]))
    if kind == "any":
        edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=40)) if pairs else []
    else:
        chance = {"random": lambda i, j: 0.3, "blocks": lambda i, j: 0.7 if i % 3 == j % 3 else 0.08}.get(
            kind, lambda i, j: 0.9 if j < 2 else 0.1
        )
        luck = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        edges = [(i, j) for i, j in pairs if luck.random() < chance(i, j)]
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    return graph


@st.composite
def networks(draw, largest=18):
    """Draw a graph in the form that measures read: (graph, members, contacts, n, row of each node)."""
    graph = draw(graphs(largest))
    return graph, *build(graph, draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 4)))


@pytest.fixture(scope="session")
def medium():
    """Return a medium-sized network with communities and some members without ties: (graph, members, contacts, n, rows)."""
    graph = nx.planted_partition_graph(6, 20, 0.35, 0.02, seed=5)
    graph.add_nodes_from(range(1000, 1005))
    return graph, *build(graph, seed=3, gone=9)
