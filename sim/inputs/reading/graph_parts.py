"""What readers of graph files share: nodes and edges with attributes, turned into people and ties."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.inputs.reading.columns import position_of
from sim.inputs.reading.decoding import clean, heading_key
from sim.inputs.reading.headings import KIND_WORDS, meanings
from sim.inputs.reading.plain import (
    MEANINGS,
    File,
    NamedTie,
    PeopleTable,
    Person,
    ReadOptions,
    Spot,
    Tables,
    TieTable,
    listed,
    refuse_declarations,
    short,
)


class Node(NamedTuple):
    """A node as a file has it: its number among the nodes, its id, and its attributes by name."""

    number: int
    id: str
    attributes: Mapping[str, str]


class Edge(NamedTuple):
    """An edge as a file has it: its number, both ends, whether it is directed (None if not stated), and its attributes."""

    number: int
    source: str
    target: str
    directed: bool | None
    attributes: Mapping[str, str]


def graph_tables(
    file: File,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    options: ReadOptions,
    notes: Sequence[str] = (),
    words: tuple[str, str] = ("node", "edge"),
    directed: bool | None = None,
    ends: tuple[str, str] = ("source", "target"),
) -> Tables:
    """Return the people and ties of a graph.

    Attributes are found by what their names usually mean, in any case; all others are kept.  `words`: what nodes and edges
    are called in messages.  `directed`: of edges that do not say.
    """
    node_names = list(dict.fromkeys(name for node in nodes for name, value in node.attributes.items() if value))
    edge_names = list(dict.fromkeys(name for edge in edges for name, value in edge.attributes.items() if value))
    of_node = chosen_names(node_names, MEANINGS[1:], options)
    kinds = [name for name in node_names if heading_key(name) in ("type", "element type")]
    if "kind" not in of_node and kinds:
        of_node["kind"] = kinds[0]
    if "kind" in of_node and not options.column("kind"):
        values = {heading_key(v) for node in nodes if (v := node.attributes.get(of_node["kind"], ""))}
        if not values <= KIND_WORDS.keys() and heading_key(of_node["kind"]) != "kind":
            of_node.pop("kind")
    of_edge = chosen_names(edge_names, ("strength",), options)
    strength = of_edge.get("strength", "")
    people = [person(node, of_node) for node in nodes]
    ties = [
        NamedTie(
            edge.number,
            edge.source,
            edge.target,
            edge.attributes.get(strength, "") if strength else "",
            edge.directed,
            {name: clean(value) for name, value in edge.attributes.items() if value and name != strength},
        )
        for edge in edges
    ]
    said = list(notes)
    for name, meaning in ((name, meaning) for meaning, name in of_node.items()):
        if heading_key(name) != heading_key(meaning) and heading_key(name) not in ("label", "title"):
            said.append(f"attribute {name!r} was read as {meaning}")
    if strength and heading_key(strength) not in ("strength", "weight"):
        said.append(f"attribute {strength!r} was read as strength")
    kept = [name for name in node_names if name not in of_node.values()]
    if kept:
        said.append(f"{file.short}: kept with members: {listed(kept)}")
    tie_table = TieTable(Spot(file.name, unit=words[1]), ties, ends=ends, directed=directed, several=False)
    people_table = PeopleTable(Spot(file.name, unit=words[0]), people, exact=True)
    return Tables([people_table], [tie_table], said, [], [*node_names, *edge_names])


def chosen_names(names: Sequence[str], among: Sequence[str], options: ReadOptions) -> dict[str, str]:
    """Return the attribute that has each meaning: the user's choice, else what its name usually means."""
    found = {meaning: names[k] for meaning, k in meanings(names, among).items()}
    for meaning in among:
        if options.column(meaning):
            position = position_of(names, options.column(meaning))
            if position is not None:
                found = {one: name for one, name in found.items() if name != names[position]}
                found[meaning] = names[position]
    return found


def person(node: Node, of_node: Mapping[str, str]) -> Person:
    """Return a node as a person."""
    used = set(of_node.values())
    values = {meaning: node.attributes.get(name, "") for meaning, name in of_node.items()}
    more = {name: clean(value) for name, value in node.attributes.items() if value and name not in used}
    return Person(node.number, node.id, values, more)


def parsed_xml(file: File, what: str, root: str) -> ET.Element:
    """Return the root of an XML file.  Raises NetworkFaults."""
    refuse_declarations(file, file.content)
    try:
        tree = ET.fromstring(file.content)
    except (ET.ParseError, ValueError, LookupError, RecursionError) as fault:
        raise file.fault(f"cannot be read as {what} ({short(fault)})") from None
    if local(tree.tag) != root:
        raise file.fault(f"cannot be read as {what} (its first element is <{local(tree.tag)}>, not <{root}>)")
    return tree


def local(tag: object) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: ET.Element, name: str) -> list[ET.Element]:
    """Return the children with a name, in any namespace."""
    return [child for child in element if local(child.tag) == name]


def single_graph(file: File, graphs: Sequence[ET.Element]) -> ET.Element:
    """Return the only graph of a file.  Raises NetworkFaults if there are none or several."""
    if len(graphs) != 1:
        sizes = "; ".join(
            f"graph {k}: {sum(local(x.tag) == 'node' for x in graph.iter())} nodes, "
            f"{sum(local(x.tag) == 'edge' for x in graph.iter())} edges"
            for k, graph in enumerate(graphs[:5], 1)
        )
        found = f"holds {len(graphs)} graphs ({sizes})" if graphs else "holds no graph"
        raise file.fault(f"{found}; allowed is one in a file")
    return graphs[0]
