"""Made-up waves: simulated by the model itself, so that the truth is known."""

from functools import lru_cache

import numpy as np

from sim.inputs.networks import build
from sim.inputs.networks.kinds import Communities
from sim.inputs.networks.network_writing import user_network
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.reading.wave_dates import When
from sim.inputs.reading.wave_files import DatedNetwork
from sim.model.start import new_network, numbered, sorted_ties


def named_network(graph, names=None):
    """Return who names whom as a network with all ties alike."""
    n = len(graph)
    ends = np.argwhere(np.triu(graph | graph.T, 1))
    ties = sorted_ties(ends) if len(ends) else np.zeros((0, 2), np.int32)
    halves = np.stack((graph[ties[:, 0], ties[:, 1]], graph[ties[:, 1], ties[:, 0]]), axis=1).astype(float)
    names = names or numbered("p", 1, n)
    start = new_network(
        ties, names=names, source="made up", ends=halves, sector=np.arange(n, dtype=np.int32) % 2, ids=names
    )
    arcs = np.argwhere(graph).astype(np.int32)
    return UserNetwork(start, arcs, np.ones(len(arcs)))


@lru_cache(maxsize=1)
def first_wave(members=24):
    """Return a first wave of two sectors."""
    start = build(Communities(kind="communities", members=members, sectors=2, degree=4.0), 7, 0)
    return DatedNetwork(When(0, "2024"), user_network(start))


def dated(week, graph, names=None):
    """Return a wave at a week."""
    return DatedNetwork(When(week, f"week {week}"), named_network(graph, names))
