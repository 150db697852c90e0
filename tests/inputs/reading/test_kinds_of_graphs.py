"""Graphs as programs write them: what is directed, and where a program says so."""

import json

import pytest

from sim.inputs.reading.plain import NetworkFaults
from tests.inputs.reading.reading_helpers import arcs, notes, read, ties, workbook

YED = """<graphml xmlns:y="http://www.yworks.com/xml/graphml"><graph edgedefault="directed"><node id="Mia"/><node id="Noor"/>
<edge source="Mia" target="Noor"><data key="d"><y:PolyLineEdge><y:Arrows source="SOURCE" target="TARGET"/></y:PolyLineEdge>
</data></edge></graph></graphml>"""


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("none", "standard", {("Mia", "Noor")}),
        ("delta", "none", {("Noor", "Mia")}),
        ("none", "none", {("Mia", "Noor"), ("Noor", "Mia")}),
        ("standard", "standard", {("Mia", "Noor"), ("Noor", "Mia")}),
    ],
)
def test_arrows_of_yed_say_where_a_tie_goes(source, target, expected):
    text = YED.replace("SOURCE", source).replace("TARGET", target)
    assert set(arcs(read(("y.graphml", text)))) == expected


@pytest.mark.parametrize(("kind", "count"), [("Directed", 2), ("Undirected", 4)])
def test_nodexl_says_among_its_metrics_whether_a_graph_is_directed(kind, count):
    network = read(
        (
            "n.xlsx",
            workbook(
                Edges=[["Vertex 1", "Vertex 2"], ["Mia", "Noor"], ["Noor", "Oki"]],
                Vertices=[["Vertex", "Color"], ["Mia"], ["Noor"], ["Oki"]],
                Overall_Metrics=[["Graph Metric", "Value"], ["Graph Type", kind], ["Vertices", 3]],
            ),
        )
    )
    assert len(arcs(network)) == count and ("calls the graph directed" in notes(network)) == (kind == "Directed")


def test_records_in_json_are_a_table():
    rows = [{"from": "Mia", "to": "Noor", "strength": 2}, {"from": "Noor", "to": "Oki", "strength": "weekly"}]
    assert ties(read(("r.json", json.dumps(rows)))) == {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 4.0}


def test_a_matrix_of_pajek_needs_a_cell_for_each_pair():
    vertices = "*Vertices 3\n1 Mia\n2 Noor\n3 Oki\n*Matrix\n"
    with pytest.raises(NetworkFaults, match="line 6: has 2 cells; a row of this matrix has 3"):
        read(("g.net", vertices + "0 1\n1 0\n"))
    with pytest.raises(NetworkFaults, match="its matrix has 2 rows; 3 are expected"):
        read(("g.net", vertices + "0 1 0\n1 0 0\n"))
