"""Networks in JSON: Kumu, node-link (networkx, D3, Gephi and Sigma), Cytoscape, and JSON Graph Format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sim.inputs.reading.decoding import decoded, heading_key
from sim.inputs.reading.graph_parts import Edge, Node, graph_tables
from sim.inputs.reading.headings import DIRECTIONS, ends_of
from sim.inputs.reading.plain import File, NetworkFaults, ReadOptions, Sheet, SheetRow, Spot, Tables, plain_text, short

Item = Mapping[str, object]
NODES, EDGES = ("nodes", "elements", "vertices"), ("links", "edges", "connections", "ties")
IDS = ("_id", "id", "key", "name", "label")
SOURCES, TARGETS = ("source", "from", "src"), ("target", "to", "dst")
WAYS = ("direction", "directed", "undirected")
DRAWING = frozenset(
    ("x", "y", "z", "fx", "fy", "vx", "vy", "position", "color", "colour", "size", "selected", "style", "classes")
)
NEEDED = "it needs a list of nodes (or 'elements') and one of links (or 'edges', 'connections')"


def read_json(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a JSON file.  Raises NetworkFaults."""
    text, note = decoded(file, options.encoding)
    try:
        export = json.loads(text)
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, NetworkFaults):
            raise
        raise file.fault(f"is not JSON ({short(fault)})") from None
    notes = [note] if note else []
    if isinstance(export, dict) and isinstance(export.get("graphs"), list):
        if len(export["graphs"]) != 1:
            raise file.fault(f"holds {len(export['graphs'])} graphs; allowed is one in a file")
        export = export["graphs"][0]
    if isinstance(export, dict) and isinstance(export.get("graph"), dict) and "nodes" in export["graph"]:
        export = export["graph"]
    if records := records_of(export):
        return Tables(notes=notes, sheets=[table_of(file, records)])
    nodes, edges, words = parts_of(file, export)
    kumu = words[0] == "element" and words[1] == "connection"
    fallback = None if kumu or not isinstance(export, dict) else export.get("directed", export.get("edgedefault"))
    directed = fallback if isinstance(fallback, bool) else None if fallback is None else fallback == "directed"
    people = [node_of(number, item) for number, item in enumerate(nodes, 1)]
    ties = by_position(people, [edge_of(number, item) for number, item in enumerate(edges, 1)])
    ends = ("from", "to") if kumu else ("source", "target")
    return graph_tables(file, people, ties, options, notes, words, directed, ends)


def records_of(export: object) -> list[Item]:
    """Return the rows of a table of ties (a list of objects with two ends, as pandas writes it); none if it is a graph."""
    rows = items(export) if isinstance(export, list) else []
    headings = list(dict.fromkeys(key for row in rows for key in row))
    return rows if ends_of(headings) and all(ends_of(list(row)) for row in rows) else []


def table_of(file: File, records: Sequence[Item]) -> Sheet:
    """Return records as a sheet."""
    headings = list(dict.fromkeys(key for record in records for key in record))
    rows = [[plain_text(record.get(key)) for key in headings] for record in records]
    return Sheet(Spot(file.name, unit="record"), [SheetRow(k, cells) for k, cells in enumerate([headings, *rows])])


def parts_of(file: File, export: object) -> tuple[list[Item], list[Item], tuple[str, str]]:
    """Return the nodes and edges of an export, and what they are called in it.  Raises NetworkFaults."""
    if not isinstance(export, dict | list):
        raise file.fault(f"is not a network in JSON; {NEEDED}")
    elements = export.get("elements") if isinstance(export, dict) else export
    if isinstance(elements, dict) and ("nodes" in elements or "edges" in elements):  # Cytoscape
        return items(elements.get("nodes")), items(elements.get("edges")), ("node", "edge")
    if isinstance(elements, list) and not (isinstance(export, dict) and any(key in export for key in EDGES)):
        every = items(elements)  # Cytoscape, all in one list
        inner = [one.get("data", one) for one in every]
        ties = [isinstance(one, Mapping) and "source" in one and "target" in one for one in inner]
        if any(ties):
            return (
                [one for one, tie in zip(every, ties, strict=True) if not tie],
                [one for one, tie in zip(every, ties, strict=True) if tie],
                ("node", "edge"),
            )
    if isinstance(export, dict):
        node_key = next((key for key in NODES if isinstance(export.get(key), list | dict)), "")
        edge_key = next((key for key in EDGES if isinstance(export.get(key), list)), "")
        if node_key and edge_key:
            words = (node_key.removesuffix("s").replace("vertice", "vertex"), edge_key.removesuffix("s"))
            return items(export[node_key]), items(export[edge_key]), words
    raise file.fault(f"is not a network in JSON; {NEEDED}")


def items(value: object) -> list[Item]:
    """Return the items of a list, or of a table by id."""
    if isinstance(value, dict):
        return [{"id": key, **one} for key, one in value.items() if isinstance(one, dict)]
    if not isinstance(value, list):
        return []
    return [one if isinstance(one, dict) else {"id": one} for one in value]


def spread(item: Item) -> dict[str, str]:
    """Return an item's values as text, those of its inner tables ("attributes", "data", "metadata") among them."""
    found: dict[str, str] = {}
    for key, value in item.items():
        if key.lower() in ("attributes", "data", "metadata", "properties") and isinstance(value, dict):
            found |= {name: text for name, text in spread(value).items() if name not in found}
        elif not isinstance(value, dict):
            found[str(key)] = plain_text(value)
    return found


def node_of(number: int, item: Item) -> Node:
    """Return an item as a node."""
    values = spread(item)
    lower = {key.lower(): key for key in values}
    identity = next((lower[key] for key in IDS if key in lower and values[lower[key]]), "")
    named = {"name", "label"} & lower.keys()
    skip = {identity} if named - {identity} or identity.lower() in ("_id", "id", "key") else set()
    more = {
        k: v for k, v in values.items() if k not in skip and k.lower() not in DRAWING and (k, v) != ("group", "nodes")
    }
    return Node(number, values.get(identity, ""), more)


def edge_of(number: int, item: Item) -> Edge:
    """Return an item as an edge; its ends are ids, names, or whole nodes."""
    values = spread(item)
    ends, used = [], set()
    for words in (SOURCES, TARGETS):
        whole = next((key for key in item if key.lower() in words), "")
        key = whole or next((key for key in values if key.lower() in words), "")
        end = item.get(whole)
        ends.append(spread(end).get("id", "") if isinstance(end, dict) else values.get(key, ""))
        used.add(key)
    ways = {key.lower(): DIRECTIONS.get(heading_key(value)) for key, value in values.items() if key.lower() in WAYS}
    directed = next((way for way in ways.values() if way is not None), None)
    if directed is not None and "undirected" in ways:
        directed = not directed
    skip = {key for key in values if key in used or key.lower() in ("_id", "id", "key", *WAYS)}
    skip |= {"group"} if values.get("group") == "edges" else set()
    more = {key: value for key, value in values.items() if key not in skip and key.lower() not in DRAWING}
    return Edge(number, ends[0], ends[1], directed, more)


def by_position(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Edge]:
    """Return edges with ids as ends where they are the positions of nodes, from 0, as D3 has it for nodes without ids."""
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    ids = {node.id for node in nodes}
    if ends & ids or not ends or not all(end.isdigit() and int(end) < len(nodes) for end in ends):
        return list(edges)
    return [edge._replace(source=nodes[int(edge.source)].id, target=nodes[int(edge.target)].id) for edge in edges]
