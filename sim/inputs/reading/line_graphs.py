"""SIF (Cytoscape) and GML."""

from __future__ import annotations

from collections.abc import Mapping

from sim.inputs.reading.decoding import decoded
from sim.inputs.reading.graph_parts import Edge, Node, graph_tables
from sim.inputs.reading.plain import Fault, File, NetworkFaults, ReadOptions, Spot, Tables, plain_text, short


def read_sif(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a SIF file: lines of a node, a relation and further nodes.

    Tabs separate words if there are any, else spaces do.  Raises NetworkFaults.
    """
    text, note = decoded(file, options.encoding)
    tabs = "\t" in text
    names: dict[str, int] = {}
    edges = []
    for number, line in enumerate(text.splitlines(), 1):
        words = [word.strip() for word in (line.split("\t") if tabs else line.split())]
        words = [word for word in words if word]
        if len(words) == 2:
            message = (
                f"has two words, {words[0]!r} and {words[1]!r}; allowed are a node, or a node, a relation and nodes"
            )
            raise NetworkFaults([Fault(Spot(file.name, unit="line"), number, message)])
        for word in words[:1] + words[2:]:
            names.setdefault(word, len(names) + 1)
        edges += [Edge(number, words[0], word, None, {"interaction": words[1]}) for word in words[2:]]
    nodes = [Node(number, name, {}) for name, number in names.items()]
    return graph_tables(file, nodes, edges, options, [note] if note else [], ("node", "line"))


def read_gml(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a GML file.  Raises NetworkFaults."""
    import networkx as nx

    text, note = decoded(file, options.encoding)
    if "multigraph" not in text:  # else two edges between the same nodes would be refused
        text = text.replace("graph [", "graph [ multigraph 1 ", 1).replace("graph\n[", "graph\n[ multigraph 1 ", 1)
    try:
        graph = nx.parse_gml(text, label="id")
    except Exception as fault:  # networkx raises many kinds
        raise file.fault(f"cannot be read as GML ({short(fault)})") from None
    nodes = [Node(number, str(node), texts(values)) for number, (node, values) in enumerate(graph.nodes(data=True), 1)]
    edges = [
        Edge(number, str(a), str(b), graph.is_directed(), texts(values))
        for number, (a, b, values) in enumerate(graph.edges(data=True), 1)
    ]
    return graph_tables(file, nodes, edges, options, [note] if note else [])


def texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return attributes as text, without inner tables, which hold drawings."""
    return {key: plain_text(value) for key, value in values.items() if not isinstance(value, dict)}
