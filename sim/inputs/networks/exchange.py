"""Start networks to networkx, with attributes that GraphML can hold: numbers, text, true or false."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.start import UNKNOWN, StartNetwork
from sim.model.state import KIND_NAMES

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(start: StartNetwork) -> nx.Graph:
    """Return the network as a graph of nodes 0 to n-1, the members' rows.

    Node attributes: `name`; `kind` (text) and `sector` (its name where the data have names, else its number) where known;
    and where they apply `id` (of the data), `viewpoint_x`, `viewpoint_y`, `leader` (1 for the first), `faction`,
    `manager`, `learner`, `newcomer`.  Edge attribute: `strength`, in the data's own measure.  Graph attributes: `source`,
    `notes` (a line each), and `scale` if strengths were divided by another number than 1.
    """
    import networkx as nx

    graph = nx.Graph(source=start.source, notes="\n".join(start.notes))
    if start.scale != 1.0:
        graph.graph["scale"] = start.scale
    for i, name in enumerate(start.names):
        graph.add_node(i, name=name)
        if start.ids is not None:
            graph.nodes[i]["id"] = start.ids[i]
        if start.kind[i] != UNKNOWN:
            graph.nodes[i]["kind"] = KIND_NAMES[int(start.kind[i])]
        if start.sector[i] != UNKNOWN:
            number = int(start.sector[i])
            graph.nodes[i]["sector"] = start.sector_names[number] if start.sector_names else number
    for i in np.flatnonzero(~np.isnan(start.viewpoint).any(axis=1)).tolist():
        graph.nodes[i].update(viewpoint_x=float(start.viewpoint[i, 0]), viewpoint_y=float(start.viewpoint[i, 1]))
    for number, i in enumerate(start.leaders, start=1):
        graph.nodes[i]["leader"] = number
    for attribute, values in (("faction", start.faction), ("manager", start.tree_parent)):
        if values is not None:
            nx.set_node_attributes(graph, dict(enumerate(values.tolist())), attribute)
    if start.learner is not None:
        nx.set_node_attributes(graph, dict(enumerate(start.learner.tolist())), "learner")
    if start.joined_late is not None:
        nx.set_node_attributes(graph, dict(enumerate(start.joined_late.tolist())), "newcomer")
    for (i, j), strength in zip(start.ties.tolist(), start.strength_given.tolist(), strict=True):
        graph.add_edge(i, j, strength=strength)
    return graph
