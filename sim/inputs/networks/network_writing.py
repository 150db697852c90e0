"""A network written to CSV, and to a graph that GraphML and GEXF can hold, with all that its files contain."""

from __future__ import annotations

import networkx as nx
import numpy as np

from sim.inputs.networks.exchange import to_networkx
from sim.inputs.reading.decoding import clean, heading_key
from sim.inputs.reading.headings import END_PAIRS
from sim.inputs.reading.plain import MEANINGS, number_text
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_rows
from sim.model.start import UNKNOWN, StartNetwork
from sim.model.state import KIND_NAMES

TIE_COLUMNS = ("from", "to", "strength", "direction")


def user_network(start: StartNetwork) -> UserNetwork:
    """Return a start network with its directed relations: one-sided where one end of a tie has none."""
    given, halves = start.strength_given, start.halves
    # What the larger end was in the data is known to the bit.
    trust = np.where(halves == start.strength[:, None], given[:, None], halves * start.scale).T.ravel()
    arcs = np.concatenate((start.ties, start.ties[:, ::-1])).astype(np.int32)
    there = np.flatnonzero(trust > 0)
    order = there[np.lexsort((arcs[there, 1], arcs[there, 0]))]
    return UserNetwork(start, arcs[order], trust[order])


def other_headings(names: list[str], taken: tuple[str, ...]) -> dict[str, str]:
    """Return headings for further columns that cannot be mistaken for those with a meaning."""
    mistaken = {heading_key(word) for word in taken} | {word for pair in END_PAIRS for word in pair}
    found = {name: clean(name) or "unnamed" for name in names}
    return {name: f"{said} (data)" if heading_key(said) in mistaken else said for name, said in found.items()}


def to_csv(network: UserNetwork | StartNetwork) -> tuple[str, str]:
    """Return a network as the texts of a file of members and a file of ties, which read back the same.

    Ids, names of sectors, strengths, directions and further columns are those of the data that it was read from, if any.
    """
    if isinstance(network, StartNetwork):
        network = user_network(network)
    start = network.start
    width = len(str(start.members))
    ids = start.ids or tuple(f"m{row + 1:0{width}d}" for row in range(start.members))
    sectors = start.sector_names or tuple(f"sector-{n}" for n in range(1, int(start.sector.max(initial=-1)) + 2))
    others = other_headings(list(network.attributes), MEANINGS)
    rows: list[list[str]] = [[*MEANINGS, *others.values()]]
    for row, name in enumerate(start.names):
        kind = "" if start.kind[row] == UNKNOWN else KIND_NAMES[int(start.kind[row])]
        sector = "" if start.sector[row] == UNKNOWN else sectors[int(start.sector[row])]
        point = ["" if v != v else repr(float(v)) for v in start.viewpoint[row]]
        rows.append([ids[row], name, kind, sector, *point, *(network.attributes[one][row] for one in others)])
    return csv_rows(rows), csv_rows(tie_rows(network, ids))


def tie_rows(network: UserNetwork, ids: tuple[str, ...]) -> list[list[str]]:
    """Return the rows of a file of ties; with a column for the direction if some are not the same both ways."""
    trust = {(i, j): value for (i, j), value in zip(network.arcs.tolist(), network.trust.tolist(), strict=True)}
    both = all(trust.get((j, i)) == value for (i, j), value in trust.items())
    names = list(dict.fromkeys(name for said in network.tie_attributes.values() for name in said))
    others = other_headings(names, TIE_COLUMNS)
    rows = [[*TIE_COLUMNS[: 3 if both else 4], *others.values()]]
    for i, j in network.start.ties.tolist():
        forth, back = trust.get((i, j)), trust.get((j, i))
        said = [network.tie_attributes.get((i, j), {}).get(name, "") for name in others]
        if forth == back and forth is not None:
            rows.append([ids[i], ids[j], number_text(forth), *([] if both else ["undirected"]), *said])
            continue
        for a, b, value in ((i, j, forth), (j, i, back)):
            if value is not None:
                rows.append([ids[a], ids[b], number_text(value), "directed", *said])
    return rows


def to_graph(network: UserNetwork) -> nx.Graph:
    """Return a network as a graph whose nodes are the ids of the data; directed if some ties are not the same both ways."""
    graph = to_networkx(network.start)
    trust = {(i, j): value for (i, j), value in zip(network.arcs.tolist(), network.trust.tolist(), strict=True)}
    if any(trust.get((j, i)) != value for (i, j), value in trust.items()):
        directed = nx.DiGraph(**graph.graph)
        directed.add_nodes_from(graph.nodes(data=True))
        directed.add_edges_from((i, j, {"strength": value}) for (i, j), value in trust.items())
        graph = directed
    for name, heading in other_headings(list(network.attributes), (*MEANINGS, "label")).items():
        for row, value in enumerate(network.attributes[name]):
            if value:
                graph.nodes[row][heading] = value
    for (i, j), said in network.tie_attributes.items():
        for a, b in ((i, j), (j, i)):
            if graph.has_edge(a, b):
                graph.edges[a, b].update(
                    {
                        heading: said[name]
                        for name, heading in other_headings(list(said), (*TIE_COLUMNS, "weight", "id")).items()
                    }
                )
    if network.start.ids is None:
        return graph
    for row in graph:
        graph.nodes[row].pop("id", None)  # ids become the names of nodes
    return nx.relabel_nodes(graph, dict(enumerate(network.start.ids)))
