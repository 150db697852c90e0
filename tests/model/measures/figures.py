"""All measures of some networks as exact text, for comparing compiled with uncompiled code."""

import json

import networkx as nx
import numpy as np

from sim.model.measures import communities, core, paths, structure

from .conftest import build


def bits(value):
    """Return one or several numbers in a form that shows every bit."""
    if isinstance(value, (tuple, list, np.ndarray)):
        return [bits(part) for part in value]
    return float(value).hex() if isinstance(value, (float, np.floating)) else int(value)


def figures_of(members, contacts, n):
    """Return every measure of one network, by name."""
    rows = len(members)
    mark, queue = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    between, community, cores = np.zeros(rows), np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    structure.map_constraint(members, contacts, n)
    found = {
        "components": structure.components(members, contacts, n, mark, queue),
        "degree centralisation": structure.degree_centralisation(members, n),
        "sampled": paths.path_and_betweenness(members, contacts, n, np.uint64(2**64 - 99), 5, between),
        "sampled between": between.copy(),
        "exact": paths.path_and_betweenness(members, contacts, n, np.uint64(7), 99, between),
        "between": between,
        "constraint": members.constraint,
        "one constraint": structure.constraint(members, contacts, n, 1),
        "communities": communities.communities(members, contacts, n, community),
        "community": community,
        "modularity": communities.modularity(members, contacts, n, np.arange(rows) % 3),
        "bridgers": communities.bridgers(members, contacts, n, community),
        "highest core": core.core_numbers(members, contacts, n, cores),
        "cores": cores,
        "core periphery": core.core_periphery(members, contacts, n),
        "hubs": communities.hubs(members, contacts, n, community, int(community.max()) + 1 if n else 0),
        "krebs holley": core.krebs_holley(0.9, 0.2, 1, 0.2),
    }
    return {name: bits(value) for name, value in found.items()}


def figures():
    """Return every measure of a few networks."""
    graphs = [
        nx.empty_graph(3),
        nx.star_graph(6),
        nx.gnm_random_graph(30, 60, seed=1),
        nx.planted_partition_graph(4, 9, 0.5, 0.04, seed=3),
        nx.barabasi_albert_graph(40, 3, seed=2),
    ]
    return [figures_of(*build(graph, seed, gone=seed)[:3]) for seed, graph in enumerate(graphs)]


if __name__ == "__main__":
    print(json.dumps(figures()))
