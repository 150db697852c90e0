"""Files of the kinds that people have, with invented names: each gives the right network, and says by what rule."""

import json

import pytest

from sim.model.start import NetworkError
from tests.inputs.reading.reading_helpers import arcs, notes, read, ties, workbook

CHAIN = {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 1.0}
SAME = {
    "weights in Excel": [("t.xlsx", workbook(Ties=[["from", "to", "weight"], ["Mia", "Noor", 2], ["Noor", "Oki", 1]]))],
    "German words": [("t.csv", "Von;Nach;Stärke\nMia;Noor;2\nNoor;Oki;1\n")],
    "French words": [("t.csv", "De;À;Intensité\nMia;Noor;2\nNoor;Oki;1,0\n")],
    "Spanish words": [("t.csv", "Desde,Hasta,Fuerza\nMia,Noor,2\nNoor,Oki,1\n")],
    "sender and receiver": [("t.csv", "sender,receiver,value\nMia,Noor,2\nNoor,Oki,1\n")],
    "title above the header": [("t.csv", "Who knows whom 2031,,\n\nfrom,to,strength\nMia,Noor,2\nNoor,Oki,1\n")],
    "title in Excel": [
        (
            "t.xlsx",
            workbook(Ties=[["Survey 2031"], [], ["From", "To", "Weight"], ["Mia", "Noor", 2], ["Noor", "Oki", 1]]),
        )
    ],
    "a workbook called CSV": [
        ("t.csv", workbook(A=[["from", "to", "weight"], ["Mia", "Noor", 2], ["Noor", "Oki", 1]]))
    ],
    "UTF-16": [("t.csv", "from,to,strength\nMia,Noor,2\nNoor,Oki,1\n".encode("utf-16"))],
    "matrix": [("m.csv", ",Mia,Noor,Oki\nMia,0,2,0\nNoor,2,0,1\nOki,0,1,0\n")],
    "upper half of a matrix": [("m.csv", ";Mia;Noor;Oki\nMia;;2;\nNoor;;;1\nOki;;;\n")],
    "people and events": [("p.csv", "person,event\nMia,A\nNoor,A\nMia,B\nNoor,B\nNoor,C\nOki,C\n")],
    "people by events": [("p.csv", "Name,A,B,C\nMia,x,x,\nNoor,x,x,x\nOki,,,x\n")],
    "strength under another name": [
        (
            "g.graphml",
            '<graphml><key id="w" for="edge" attr.name="Weight" attr.type="double"/><graph edgedefault="undirected">'
            '<node id="Mia"/><node id="Noor"/><node id="Oki"/><edge source="Mia" target="Noor"><data key="w">2</data></edge>'
            '<edge source="Noor" target="Oki"/></graph></graphml>',
        )
    ],
    "GEXF 1.3": [
        (
            "g.gexf",
            '<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph><attributes class="node"><attribute id="0" title="t" '
            'type="liststring"/></attributes><nodes><node id="1" label="Mia"><attvalues>'
            '<attvalue for="0" value="[a, b]"/></attvalues>'
            '</node><node id="2" label="Noor"/><node id="3" label="Oki"/></nodes><edges><edge source="1" target="2" weight="2"/>'
            '<edge source="2" target="3"/></edges></graph></gexf>',
        )
    ],
    "Pajek": [("g.net", '*Vertices 3\n1 "Mia" 0.1 0.2\n2 "Noor"\n3 "Oki"\n*Edges\n1 2 2\n2 3\n')],
    "Pajek project": [
        (
            "g.paj",
            '*Network n\n*Vertices 3\n1 "Mia"\n2 "Noor"\n3 "Oki"\n*Edges\n1 2 2\n2 3\n*Partition p\n*Vertices 3\n1\n2\n2\n',
        )
    ],
    "Pajek of two modes": [
        ("g.net", "*Vertices 6 3\n1 Mia\n2 Noor\n3 Oki\n4 A\n5 B\n6 C\n*Edges\n1 4\n2 4\n1 5\n2 5\n2 6\n3 6\n")
    ],
    "DL matrix": [("g.dl", "dl n=3 format=fullmatrix\nlabels:\nMia,Noor,Oki\ndata:\n0 2 0\n2 0 1\n0 1 0\n")],
    "DL with labels in the data": [
        (
            "g.dl",
            "DL N=3\nROW LABELS EMBEDDED COLUMN LABELS EMBEDDED\nDATA:\n Mia Noor Oki\nMia 0 2 0\nNoor 2 0 1\nOki 0 1 0\n",
        )
    ],
    "DL edges": [("g.dl", "dl n=3 format=edgelist1\nlabels embedded\ndata:\nMia Noor 2\nNoor Oki\n")],
    "DL lower half": [("g.dl", "dl n=3 format=lowerhalf diagonal=absent\nlabels: Mia Noor Oki\ndata:\n2\n0 1\n")],
    "DL without a diagonal": [
        ("g.dl", 'DL N=3 FORMAT = LOWERHALF DIAGONAL ABSENT\nLABELS:\n"Mia"\n"Noor"\n"Oki"\nDATA:\n2\n0 1\n')
    ],
    "GML": [
        (
            "g.gml",
            'graph [ node [ id 0 label "Mia" ] node [ id 1 label "Noor" ] node [ id 2 label "Oki" ] '
            "edge [ source 0 target 1 value 2 ] edge [ source 1 target 2 ] ]",
        )
    ],
    "node-link": [
        (
            "g.json",
            json.dumps(
                {
                    "nodes": [{"id": "Mia"}, {"id": "Noor"}, {"id": "Oki"}],
                    "links": [{"source": "Mia", "target": "Noor", "value": 2}, {"source": "Noor", "target": "Oki"}],
                }
            ),
        )
    ],
    "node-link by position": [
        (
            "g.json",
            json.dumps(
                {
                    "nodes": [{"name": "Mia"}, {"name": "Noor"}, {"name": "Oki"}],
                    "links": [{"source": 0, "target": 1, "value": 2}, {"source": 1, "target": 2}],
                }
            ),
        )
    ],
    "Cytoscape": [
        (
            "g.cyjs",
            json.dumps(
                {
                    "elements": {
                        "nodes": [
                            {"data": {"id": str(k), "name": name}} for k, name in enumerate(("Mia", "Noor", "Oki"))
                        ],
                        "edges": [
                            {"data": {"source": "0", "target": "1", "weight": 2}},
                            {"data": {"source": "1", "target": "2"}},
                        ],
                    }
                }
            ),
        )
    ],
    "Kumu JSON": [
        (
            "k.json",
            json.dumps(
                {
                    "elements": [
                        {"_id": f"e{k}", "attributes": {"label": name}} for k, name in enumerate(("Mia", "Noor", "Oki"))
                    ],
                    "connections": [
                        {"from": "e0", "to": "e1", "attributes": {"strength": "medium"}},
                        {"from": "Noor", "to": "Oki"},
                    ],
                }
            ),
        )
    ],
    "NodeXL": [
        (
            "n.xlsx",
            workbook(
                Edges=[
                    ["", "", "Visual"],
                    ["Vertex 1", "Vertex 2", "Edge Weight"],
                    ["Mia", "Noor", 2],
                    ["Noor", "Oki", 1],
                ],
                Vertices=[["", "Visual"], ["Vertex", "Color"], ["Mia"], ["Noor"], ["Oki"]],
                Groups=[["Group", "Label"], ["G1", "one"]],
                Group_Vertices=[["Group", "Vertex"], ["G1", "Mia"]],
                Overall_Metrics=[["Graph Metric", "Value"], ["Vertices", "3"]],
            ),
        )
    ],
}


@pytest.mark.parametrize("kind", SAME)
def test_every_kind_of_file_gives_the_same_network(kind):
    network = read(*SAME[kind])
    assert ties(network) == CHAIN
    assert set(network.start.names) == {"Mia", "Noor", "Oki"}


def test_relations_of_a_sif_file_are_kept():
    network = read(("g.sif", "Mia Lee\tknows\tNoor\tOki\nPia\n"))
    assert ties(network) == {("Mia Lee", "Noor"): 1.0, ("Mia Lee", "Oki"): 1.0}
    assert network.start.members == 4 and network.tie_attributes[0, 1] == {"interaction": "knows"}


SURVEY = (
    'Timestamp,What is your name?,Whom do you know?,Organisation\n1,Mia,"Noor, Oki",Kitchen\n2,Noor,"Mia;Pia",Orchard\n'
)
SURVEYS = {
    "contacts in one cell": SURVEY,
    "a column a contact": "Name,Contact 1,Contact 2,Organisation\nMia,Noor,Oki,Kitchen\nNoor,Mia,Pia,Orchard\n",
    "a grid": "Name,Organisation,How well do you know [Noor],How well do you know [Mia],How well do you know [Oki],"
    "How well do you know [Pia]\nMia,Kitchen,1,,1,\nNoor,Orchard,0,1,,1\n",
    "questions of Qualtrics": "Q0,Q1,Q2_1,Q2_2,Q2_3,Q2_4\nOrganisation,Your name,Do you know - Noor,Do you know - Mia,"
    "Do you know - Oki,"
    'Do you know - Pia\n"{""ImportId"":""a""}",,,,,\nKitchen,Mia,yes,,yes,\nOrchard,Noor,,yes,never,yes\n',
    "German": 'Wie heißen Sie?;Mit wem arbeiten Sie zusammen?;Organisation\nMia;Noor, Oki;Kitchen\nNoor;"Mia; Pia";Orchard\n',
    "no known word": 'Hvem,Netto,Organisation\nMia,"Noor, Oki",Kitchen\nNoor,"Mia, Pia",Orchard\nPia,Noor,\nOki,,\n',
}


@pytest.mark.parametrize("kind", SURVEYS)
def test_surveys_say_who_named_whom(kind):
    network = read(("s.csv", SURVEYS[kind]))
    found = arcs(network)
    assert {("Mia", "Noor"), ("Mia", "Oki"), ("Noor", "Mia"), ("Noor", "Pia")} <= set(found)
    assert ("Oki", "Mia") not in found
    assert network.attributes["Organisation"][network.start.names.index("Mia")] == "Kitchen"
    assert "read as a survey" in notes(network)


def test_people_who_are_named_but_did_not_answer_are_listed():
    assert "2 people named but did not answer: 'Oki', 'Pia'" in notes(read(("s.csv", SURVEY)))


def test_one_question_of_several_can_be_chosen():
    text = "Name,Whom do you know?,Whom do you trust?\nMia,Noor,Oki\nNoor,Mia,Mia\n"
    both = read(("s.csv", text))
    assert len(both.start.ties) == 2 and "2 questions read together" in notes(both)
    assert both.tie_attributes[0, 1] == {"question": "Whom do you know? | Whom do you trust?"}
    one = read(("s.csv", text), columns=(("contacts", "Whom do you trust?"),))
    assert set(arcs(one)) == {("Mia", "Oki"), ("Noor", "Mia")}


def test_kumu_workbooks_have_any_number_of_element_sheets():
    network = read(
        (
            "k.xlsx",
            workbook(
                People=[["Label", "Type", "Tags"], ["Mia", "Person", "a|b"], ["Noor", "Person", None]],
                Funders=[["Label", "Type"], ["Bank", "Organization"]],
                Connections=[["From", "To", "Direction", "Type"], ["Mia", "Noor|Bank", "mutual", "works with"]],
            ),
        )
    )
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Bank", "Mia"): 1.0}
    assert network.start.kind.tolist() == [0, 0, 1]
    assert network.attributes["sheet"] == ("People", "People", "Funders")
    assert network.attributes["Tags"] == ("a|b", "", "") and network.tie_attributes[0, 1] == {"Type": "works with"}


def test_a_dynamic_graph_is_read_at_a_date():
    text = (
        '<gexf version="1.2"><graph mode="dynamic"><attributes class="edge" mode="dynamic"><attribute id="w" title="Weight"/>'
        '</attributes><nodes><node id="a"/><node id="b"/><node id="c" end="2030-06-01"/></nodes><edges>'
        '<edge source="a" target="b">'
        '<attvalues><attvalue for="w" value="1" end="2030-06-01"/>'
        '<attvalue for="w" value="5" start="2030-07-01"/></attvalues></edge>'
        '<edge source="a" target="c"/></edges></graph></gexf>'
    )
    last = read(("g.gexf", text))
    assert ties(last) == {("a", "b"): 5.0} and "read at 2030-07-01, the last date" in notes(last)
    assert "1 node and 1 edge do not exist then" in notes(last)
    assert ties(read(("g.gexf", text), at="2030-02-01")) == {("a", "b"): 1.0, ("a", "c"): 1.0}


def test_a_matrix_keeps_directions_and_other_columns():
    network = read(("m.csv", "Name,Organisation,Mia,Noor,Oki\nMia,Kitchen,,3,\nNoor,Orchard,1,,2\n"))
    assert arcs(network) == {("Mia", "Noor"): 3.0, ("Noor", "Mia"): 1.0, ("Noor", "Oki"): 2.0}
    assert network.attributes == {"Organisation": ("Kitchen", "Orchard", "")}
    assert "1 person with a column but no row: 'Oki'" in notes(network)


def test_columns_are_chosen_by_the_user():
    members = "id,name,organisation\n1,Mia,Kitchen\n2,Noor,Orchard\n3,Oki,kitchen \n"
    network = read(
        ("m.csv", members),
        ("t.csv", "from,to,strength,trust\n1,2,1,7\n2,3,1,4\n"),
        columns=(("sector", "Organisation"), ("strength", "trust")),
    )
    assert ties(network) == {("Mia", "Noor"): 7.0, ("Noor", "Oki"): 4.0}
    assert network.start.sector.tolist() == [0, 1, 0] and network.start.sector_names == ("Kitchen", "Orchard")
    assert "'kitchen' as 'Kitchen'" in notes(network)


def test_a_list_of_members_and_a_matrix_are_about_the_same_people():
    members = "id,name,sector\n1,Mia,Food\n2,Noor,Water\n3,Pia,Food\n"
    for heads in (("Mia", "Noor", "Oki"), ("1", "2", "Oki")):
        a, b, c = heads
        network = read(("m.csv", members), ("x.csv", f",{a},{b},{c}\n{a},,2,\n{b},2,,1\n{c},,1,\n"))
        assert ties(network) == CHAIN and network.start.members == 4
        assert network.start.sector.tolist() == [0, 1, 0, -1]
        assert "1 person not in the list of members, and added: 'Oki'" in notes(network)


def test_questions_that_ask_how_are_not_about_contacts():
    text = (
        'Name,Whom do you know?,How did you meet?\nMia,"Noor, Oki","at work, long ago"\nNoor,Mia,"by chance, I think"\n'
    )
    network = read(("s.csv", text))
    assert set(network.start.names) == {"Mia", "Noor", "Oki"}
    assert network.attributes["How did you meet?"][0] == "at work, long ago"


@pytest.mark.parametrize(
    "header",
    [
        "name,contact 1,how close 1,contact 2,how close 2",
        "name,friend 1,strength (1),friend 2,strength (2)",
    ],
)
def test_a_survey_with_a_strength_beside_each_contact(header):
    rows = "Anna,Ben,3,Carl,1\nBen,Anna,2,,\nCarl,Dora,strong,Ben,1\nDora,,,,\n"
    found = read(("s.csv", f"{header}\n{rows}"))
    assert arcs(found) == {
        ("Anna", "Ben"): 3.0, ("Anna", "Carl"): 1.0, ("Ben", "Anna"): 2.0, ("Carl", "Dora"): 3.0, ("Carl", "Ben"): 1.0
    }  # fmt: skip
    assert any(note.startswith("strengths are in the columns") for note in found.start.notes) and not found.attributes


def test_a_table_of_ties_without_a_header():
    found = read(("t.csv", "Anna,Ben,3\nBen,Carl,1\nCarl,Dora,2\n"))
    assert ties(found) == {("Anna", "Ben"): 3.0, ("Ben", "Carl"): 1.0, ("Carl", "Dora"): 2.0}
    assert "t.csv: has no header; its columns were read as from, to, strength" in found.start.notes
    assert len(ties(read(("t.csv", "Anna,Ben\nBen,Carl\nAnna,Dora\n")))) == 3
    for other in ("Who,Whom it may concern\nAnna,Ben\nBen,Carl\n", "1,2\n2,3\n", "a,b,c,d\nb,a,d,c\n"):
        with pytest.raises(NetworkError):
            read(("t.csv", other))
