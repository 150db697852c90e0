"""GraphML, also as yEd writes it.  Nested graphs are read with their group; edges keep their own direction."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import NamedTuple

from sim.inputs.reading.graph_parts import Edge, Node, children, graph_tables, local, parsed_xml, single_graph
from sim.inputs.reading.plain import File, ReadOptions, Tables, counted


class Key(NamedTuple):
    """The declaration of an attribute: what it belongs to, its name, and its default."""

    domain: str
    name: str
    default: str


class Walk:
    """The nodes and edges of a graph and of those nested in it."""

    def __init__(self, keys: dict[str, Key]) -> None:
        self.keys = keys
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.nested = self.hyperedges = 0

    def graph(self, graph: ET.Element, group: str = "") -> None:
        """Read a graph."""
        directed = graph.get("edgedefault", "undirected") == "directed"
        waiting = [(graph, group, directed)]
        while waiting:
            element, group, directed = waiting.pop()
            inner = []
            for child in element:
                if (name := local(child.tag)) == "node":
                    attributes = self.attributes(child, "node") | ({"group": group} if group else {})
                    self.nodes.append(Node(len(self.nodes) + 1, child.get("id", ""), attributes))
                    inner += [(one, child.get("id", "")) for one in children(child, "graph")]
                elif name == "edge":
                    way = {"true": True, "false": False}.get(child.get("directed", ""), directed)
                    ends = child.get("source", ""), child.get("target", "")
                    if (drawn := arrows(child)) is not None:
                        way = drawn[0] != drawn[1]
                        ends = (ends[1], ends[0]) if drawn == (True, False) else ends
                    self.edges.append(Edge(len(self.edges) + 1, *ends, way, self.attributes(child, "edge")))
                    inner += [(one, group) for one in children(child, "graph")]
                elif name == "hyperedge":
                    self.hyperedges += 1
            self.nested += len(inner)
            waiting += [
                (one, name, one.get("edgedefault", "undirected") == "directed") for one, name in reversed(inner)
            ]

    def attributes(self, element: ET.Element, domain: str) -> dict[str, str]:
        """Return the attributes of a node or an edge, defaults included; of a drawing only its label."""
        found = {key.name: key.default for key in self.keys.values() if key.default and key.domain in (domain, "all")}
        for data in children(element, "data"):
            key = self.keys.get(data.get("key", ""), Key(domain, data.get("key", ""), ""))
            if len(data):
                label = next((x.text for x in data.iter() if local(x.tag) in ("nodelabel", "edgelabel") and x.text), "")
                if label and label.strip():
                    found.setdefault("label", label.strip())
            elif data.text and data.text.strip():
                found[key.name] = data.text.strip()
        return found


def arrows(edge: ET.Element) -> tuple[bool, bool] | None:
    """Return whether an edge of yEd has an arrow at its source and at its target; None if nothing is drawn.

    yEd calls all edges directed, and shows by their arrows which ones are.
    """
    drawn = next((x for data in children(edge, "data") for x in data.iter() if local(x.tag) == "arrows"), None)
    return None if drawn is None else (drawn.get("source", "none") != "none", drawn.get("target", "none") != "none")


def read_graphml(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a GraphML file.  Raises NetworkFaults."""
    tree = parsed_xml(file, "GraphML", "graphml")
    keys = {}
    for key in children(tree, "key"):
        default = next(((x.text or "").strip() for x in children(key, "default") if not len(x)), "")
        name = key.get("attr.name", "") or key.get("id", "")
        keys[key.get("id", "")] = Key(key.get("for", "all"), name, default)
    walk = Walk(keys)
    walk.graph(single_graph(file, children(tree, "graph")))
    notes = []
    if walk.nested:
        found = f"{counted(walk.nested, 'graph')} nested in nodes"
        notes.append(f"{file.short}: {found}: their nodes are members like the others, with the outer node as 'group'")
    if walk.hyperedges:
        notes.append(f"{file.short}: {counted(walk.hyperedges, 'edge')} of more than two nodes not read")
    return graph_tables(file, walk.nodes, walk.edges, options, notes)
