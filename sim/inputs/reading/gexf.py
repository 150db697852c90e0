"""GEXF 1.1 to 1.3 (Gephi): mixed directions, nested nodes, lists, and dynamic graphs, taken at a date."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime

from sim.inputs.reading.graph_parts import Edge, Node, children, graph_tables, local, parsed_xml, single_graph
from sim.inputs.reading.plain import File, ReadOptions, Tables, counted

START, END = ("start", "startopen"), ("end", "endopen")
DIRECTED = {"directed": True, "undirected": False, "mutual": False}
PERIODS = re.compile(r"[\[\]<>();]")
Interval = tuple[float, float]


def moment(text: str) -> float:
    """Return a date or number of a file as a number.  Raises ValueError."""
    try:
        return float(text)
    except ValueError:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def periods(element: ET.Element) -> list[Interval]:
    """Return the periods in which an element exists; none: always."""
    found = []
    begin = next((element.get(name) for name in START if element.get(name)), "")
    end = next((element.get(name) for name in END if element.get(name)), "")
    if begin or end:
        found.append((moment(begin) if begin else -math.inf, moment(end) if end else math.inf))
    if element.get("timestamp"):
        found.append((moment(element.get("timestamp", "")),) * 2)
    for one in numbers(element.get("timestamps", "")):
        found += [(moment_, moment_) for moment_ in one]
    found += [(one[0], one[-1]) for one in numbers(element.get("intervals", "")) if one]
    for spells in children(element, "spells") + children(element, "slices"):
        for spell in spells:
            found += periods(spell)
    return found


def numbers(text: str) -> Iterator[list[float]]:
    """Yield the numbers of each pair of brackets in a text such as "<[2003, 2004]; [2007, 2008]>"."""
    for part in PERIODS.split(text):
        words = [word.strip().strip('"') for word in part.split(",") if word.strip()]
        if words:
            yield [moment(word) for word in words[:1000]]


def exists(when: list[Interval], at: float) -> bool:
    """Return whether something with these periods exists at a moment."""
    return not when or any(begin <= at <= end for begin, end in when)


class GexfReading:
    """A graph of Gephi, read at a moment."""

    def __init__(self, graph: ET.Element, at: float) -> None:
        self.at = at
        self.default = DIRECTED.get(graph.get("defaultedgetype", "undirected"), False)
        self.titles: dict[str, dict[str, tuple[str, str]]] = {"node": {}, "edge": {}}
        for attributes in children(graph, "attributes"):
            for one in children(attributes, "attribute"):
                default = next((x.text or "" for x in children(one, "default")), "")
                titles = self.titles.setdefault(attributes.get("class", "node"), {})
                titles[one.get("id", "")] = (one.get("title", "") or one.get("id", ""), default.strip())
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.number = 0
        self.gone_nodes: set[str] = set()
        self.gone_edges = 0
        for part in children(graph, "nodes"):
            self.read_nodes(part)
        for part in children(graph, "edges"):
            for number, edge in enumerate(children(part, "edge"), len(self.edges) + 1):
                self.read_edge(number, edge)

    def read_nodes(self, part: ET.Element) -> None:
        """Read nodes and those inside them, in the order of the file."""
        waiting = list(reversed([(node, "") for node in children(part, "node")]))
        while waiting:
            node, outer = waiting.pop()
            self.number += 1
            identity = node.get("id", "")
            found = {"label": node.get("label", ""), "group": outer or node.get("pid", "")} | self.values(node, "node")
            if exists(periods(node), self.at):
                self.nodes.append(Node(self.number, identity, {k: v for k, v in found.items() if v}))
            else:
                self.gone_nodes.add(identity)
            inner = [child for nodes in children(node, "nodes") for child in children(nodes, "node")]
            waiting += reversed([(child, identity) for child in inner])

    def read_edge(self, number: int, edge: ET.Element) -> None:
        """Read an edge."""
        source, target = edge.get("source", ""), edge.get("target", "")
        if not exists(periods(edge), self.at) or {source, target} & self.gone_nodes:
            self.gone_edges += 1
            return
        found = {name: edge.get(name, "") for name in ("weight", "label", "kind")} | self.values(edge, "edge")
        if edge.get("weight") and not found.get("weight"):
            found["weight"] = edge.get("weight", "")
        way = DIRECTED.get(edge.get("type", ""), self.default)
        self.edges.append(Edge(number, source, target, way, {k: v for k, v in found.items() if v}))

    def values(self, element: ET.Element, what: str) -> dict[str, str]:
        """Return attributes by title, at the moment: of several values, the one that began last."""
        found = {title: default for title, default in self.titles[what].values() if default}
        began: dict[str, float] = {}
        for part in children(element, "attvalues"):
            for one in children(part, "attvalue"):
                key = one.get("for") or one.get("id") or ""
                title = self.titles[what].get(key, (key, ""))[0]
                when = periods(one)
                begin = max((begin for begin, _ in when), default=-math.inf)
                if exists(when, self.at) and begin >= began.get(title, -math.inf):
                    found[title], began[title] = listed_value(one.get("value", "")), begin
        return found


def listed_value(text: str) -> str:
    """Return a value, and a list of values with bars between them."""
    if text.startswith("[") and text.endswith("]"):
        return " | ".join(part.strip() for part in text[1:-1].split(",") if part.strip())
    return text


def dates(graph: ET.Element) -> list[tuple[float, str]]:
    """Return the moments at which something begins or ends, with their texts."""
    found = []
    for element in graph.iter():
        if local(element.tag) in ("node", "edge", "attvalue", "spell"):
            texts = [element.get(name, "") for name in (*START, *END, "timestamp")]
            for name in ("timestamps", "intervals"):
                texts += [w.strip().strip('"') for w in PERIODS.sub(",", element.get(name, "")).split(",")]
            found += [(moment(text), text) for text in texts if text]
    return [(when, text) for when, text in found if math.isfinite(when)]


def read_gexf(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a GEXF file; a dynamic graph at `options.at`, by default its last date.

    Raises NetworkFaults.
    """
    graph = single_graph(file, children(parsed_xml(file, "GEXF", "gexf"), "graph"))
    try:
        when = dates(graph)
        at, shown = max(when) if when else (math.inf, "")
        if options.at:
            at, shown = moment(options.at), options.at
        read = GexfReading(graph, at)
    except ValueError as fault:
        raise file.fault(f"a date cannot be read ({fault}); allowed are numbers and dates such as 2025-03-31") from None
    notes = []
    if when:
        left = f"{counted(len(read.gone_nodes), 'node')} and {counted(read.gone_edges, 'edge')} do not exist then"
        last = "" if options.at else ", the last date in the file (--at chooses another)"
        notes.append(f"{file.short}: a dynamic graph, read at {shown}{last}; {left}")
    return graph_tables(file, read.nodes, read.edges, options, notes)
