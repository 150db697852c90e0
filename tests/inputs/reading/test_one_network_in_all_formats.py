"""One directed network with strengths, in every format, gives the same ties, directions and profile."""

import io
import json
import random

import networkx as nx
import pytest

from sim.inputs.networks.health import health
from sim.inputs.networks.network_writing import to_csv, to_graph
from tests.inputs.reading.reading_helpers import arcs, read, workbook

NAMES = [
    f"{first} {last}" for first in ("Mia", "Noor", "Oki", "Pia", "Rex") for last in ("Lund", "Aziz", "Berg", "Cho")
]


def made_up():
    """Return strengths of 1 to 4 by ordered pair, without a pattern; every member has a tie."""
    draw = random.Random(7)
    found = {(a, b): float(draw.randint(1, 4)) for a in NAMES for b in NAMES if a != b and draw.random() < 0.2}
    return found | {(NAMES[k], NAMES[k - 1]): 2.0 for k in range(len(NAMES))}


ARCS = made_up()
ROWS = [("from", "to", "strength", "direction"), *((a, b, s, "directed") for (a, b), s in ARCS.items())]
MEMBERS = [("name",), *((name,) for name in NAMES)]
NUMBER = {name: k for k, name in enumerate(NAMES, 1)}


def csv_of(rows):
    """Return rows as CSV."""
    return "\n".join(",".join(str(cell) for cell in row) for row in rows)


def graph():
    """Return the network in networkx."""
    made = nx.DiGraph()
    made.add_nodes_from(NAMES)
    made.add_weighted_edges_from((a, b, s) for (a, b), s in ARCS.items())
    return made


def written(write, made):
    """Return what networkx writes."""
    saved = io.BytesIO()
    write(made, saved)
    return saved.getvalue()


def cell(a, b):
    """Return a cell of a matrix."""
    return ARCS.get((a, b), "")


def kumu():
    """Return Kumu's JSON."""
    elements = [{"_id": f"elem-{NUMBER[name]}", "attributes": {"label": name}} for name in NAMES]
    connections = [
        {"from": f"elem-{NUMBER[a]}", "to": f"elem-{NUMBER[b]}", "direction": "directed", "attributes": {"strength": s}}
        for (a, b), s in ARCS.items()
    ]
    return json.dumps({"elements": elements, "connections": connections})


def pajek():
    """Return a file of Pajek."""
    vertices = "\n".join(f'{NUMBER[name]} "{name}"' for name in NAMES)
    return f"*Vertices {len(NAMES)}\n{vertices}\n*Arcs\n" + "\n".join(
        f"{NUMBER[a]} {NUMBER[b]} {s}" for (a, b), s in ARCS.items()
    )


def own(part):
    """Return what the project itself writes of the CSV files."""
    network = read(("m.csv", csv_of(MEMBERS)), ("t.csv", csv_of(ROWS)))
    return to_csv(network) if part == "csv" else written(nx.write_graphml, to_graph(network))


FORMATS = {
    "csv": lambda: [("m.csv", csv_of(MEMBERS)), ("t.csv", csv_of(ROWS))],
    "xlsx": lambda: [("n.xlsx", workbook(Members=MEMBERS, Ties=ROWS))],
    "graphml": lambda: [("n.graphml", written(nx.write_graphml, graph()))],
    "gexf": lambda: [("n.gexf", written(nx.write_gexf, graph()))],
    "gml": lambda: [("n.gml", written(nx.write_gml, graph()))],
    "pajek": lambda: [("n.net", pajek())],
    "matrix": lambda: [("n.csv", csv_of([("", *NAMES), *((a, *(cell(a, b) for b in NAMES)) for a in NAMES)]))],
    "survey": lambda: [
        (
            "n.csv",
            csv_of(
                [
                    ("Timestamp", "Your name", *(f"How well do you know [{b}]" for b in NAMES)),
                    *(("2031", a, *(cell(a, b) for b in NAMES)) for a in NAMES),
                ]
            ),
        )
    ],
    "kumu": lambda: [("n.json", kumu())],
    "node-link": lambda: [("n.json", json.dumps(nx.node_link_data(graph(), edges="links")))],
    "own csv": lambda: list(zip(("m.csv", "t.csv"), own("csv"), strict=True)),
    "own graphml": lambda: [("n.graphml", own("graphml"))],
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_directed_network(name):
    network = read(*FORMATS[name]())
    assert arcs(network) == ARCS
    expected = read(*FORMATS["csv"]())
    assert sorted(map(str, health(network.start))) == sorted(map(str, health(expected.start)))
    assert network.strengths == expected.strengths
