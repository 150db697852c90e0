"""What is wrong or doubtful in a file is handled by a stated rule, and said; faults come all at once, each with its row."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest

from sim.inputs.reading.plain import NetworkFaults
from sim.model.start import NetworkError
from tests.inputs.reading.reading_helpers import arcs, notes, read, saved, ties, workbook


def message(*files, **options):
    """Return the error that files give."""
    with pytest.raises(NetworkFaults) as caught:
        read(*files, **options)
    return str(caught.value)


def edited(content, change):
    """Return a workbook whose first sheet's XML is changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            text = source.read(part)
            target.writestr(part.filename, change(text) if part.filename.endswith("sheet1.xml") else text)
    return made.getvalue()


def test_all_faults_come_at_once_with_sheet_and_row():
    rows = [["from", "to", "strength"], ["Mia", "Noor", "lots"], [], ["#N/A", "Noor", 1], ["Mia", None, -1]]
    rows += [[datetime.date(2031, 3, 1), "Noor", datetime.date(2031, 1, 2)]]
    said = message(("t.xlsx", workbook(Ties=rows)))
    assert said.splitlines()[0] == "t.xlsx: 6 faults"
    for expected in (
        "t.xlsx, sheet 'Ties', row 2: strength is 'lots'",
        "t.xlsx, sheet 'Ties', row 4: from is the error '#N/A' of a spreadsheet",
        "t.xlsx, sheet 'Ties', row 5: to is blank",
        "t.xlsx, sheet 'Ties', row 5: strength is -1",
        "t.xlsx, sheet 'Ties', row 6: from is the date '2031-03-01'",
        "t.xlsx, sheet 'Ties', row 6: strength is the date '2031-01-02'",
    ):
        assert expected in said


def test_twenty_faults_are_shown_and_the_others_counted():
    text = "from,to\n" + "".join(f"Mia,X{k}\n" for k in range(33))
    said = message(("m.csv", "name\nMia\nNoor\n"), ("t.csv", text)).splitlines()
    assert said[0] == "t.csv: 33 faults" and said[20].startswith("t.csv, line 21:") and said[21] == "... and 13 more"
    assert "--add-missing" in said[22]


def test_the_nearest_known_name_is_suggested():
    said = message(("m.csv", "name\nMia Lund\nNoor Aziz\n"), ("t.csv", "from,to\nMia Lund,Noor Azis\n"))
    assert "did you mean 'Noor Aziz'?" in said and "\n" not in said


def test_missing_people_are_added_on_request():
    files = ("m.csv", "id,name\na,Mia\nb,Noor\n"), ("t.csv", "from,to\na,b\nMia,Oki from next door\n")
    network = read(*files, add_missing=True)
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Mia", "Oki from next door"): 1.0}
    assert "1 person added: 'Oki from next door'" in notes(network)


def test_names_stand_for_ids_unless_two_people_have_them():
    members = "id,name\na,Mia\nb,Noor\nc,Noor\n"
    assert ties(read(("m.csv", members), ("t.csv", "from,to\nMia,b\n"))) == {("Mia", "Noor"): 1.0}
    said = message(("m.csv", members), ("t.csv", "from,to\nMia,Noor\n"))
    assert "is 'Noor', which names 2 members; use one of the ids 'b', 'c'" in said


def test_one_person_in_several_spellings_is_one():
    network = read(("t.csv", "from,to\nMia ,Noor\nmia,Oki\nMia\u200b,Pia\nMi\x01a\u00a0,Rex\n"))
    assert ties(network) == {("Mia", name): 1.0 for name in ("Noor", "Oki", "Pia", "Rex")}
    assert "'mia' as 'Mia'" in notes(network) and "control or invisible characters" in notes(network)


def test_names_that_look_alike_are_pointed_out():
    said = notes(read(("t.csv", "from,to\nJohan Berg,Noor Aziz\nJohann Berg,Aziz Noor\n")))
    assert "'Johan Berg' and 'Johann Berg' look alike" in said and "'Noor Aziz' and 'Aziz Noor' look alike" in said


@pytest.mark.parametrize("cell", ['"Noor, Oki"', "Noor|Oki", "Noor;Oki", '"Noor\nOki"'])
def test_several_names_in_a_cell_are_several_people(cell):
    network = read(("t.csv", f"from,to\nMia,{cell}\n"))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Mia", "Oki"): 1.0}
    assert "1 cell with several names" in notes(network)


def test_last_names_before_commas_stay_whole():
    network = read(("t.csv", 'from,to\n"Lund, Mia","Aziz, Noor"\n'))
    assert ties(network) == {("Aziz, Noor", "Lund, Mia"): 1.0}


def test_strengths_missing_zero_and_in_words():
    text = "from,to,strength\nMia,Noor,\nMia,Oki,0\nNoor,Oki,strong\nOki,Pia,Weekly\nPia,Rex,2 - somewhat\n"
    network = read(("t.csv", text))
    assert ties(network) == {("Mia", "Noor"): 1.0, ("Noor", "Oki"): 3.0, ("Oki", "Pia"): 4.0, ("Pia", "Rex"): 2.0}
    for said in ("strength of 1 tie not given, so counted as 1", "1 tie of strength 0 left out", "'Weekly' = 4"):
        assert said in notes(network)
    changed = read(("t.csv", text), scale=(("weekly", 9.0),))
    assert ties(changed)["Oki", "Pia"] == 9.0


def test_a_wrong_dimension_loses_no_cell():
    content = workbook(Ties=[["from", "to", "weight"], ["Mia", "Noor", 2], ["Noor", "Oki", 3]])
    wrong = edited(content, lambda xml: re.sub(rb'<dimension ref="[^"]+"', b'<dimension ref="A1:B2"', xml))
    assert wrong != content and ties(read(("t.xlsx", wrong))) == {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 3.0}


def test_hidden_sheets_are_not_read_and_merged_cells_are_filled():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["from", "to"], ["Mia", "Noor"], [None, "Oki"], ["Oki", "Pia"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    old = book.create_sheet("Old members")
    for name in ("name", "Mia", "Secret"):
        old.append([name])
    old.sheet_state = "hidden"
    network = read(("t.xlsx", saved(book)))
    assert set(ties(network)) == {("Mia", "Noor"), ("Mia", "Oki"), ("Oki", "Pia")}
    assert "sheet 'Old members' is hidden and not read" in notes(network) and "1 merged cell" in notes(network)


def test_formulas_without_a_saved_result_are_reported():
    network = read(("t.xlsx", workbook(Ties=[["from", "to", "weight"], ["Mia", "Noor", "=1+1"], ["Noor", "Oki", 2]])))
    assert "1 formula without a saved result" in notes(network)


GRAPH = '<graphml><graph edgedefault="undirected">{}</graph>{}</graphml>'
FAULTS = {
    "column twice": (
        [("t.xlsx", workbook(Ties=[["from", "to", "to"], ["Mia", "Noor", "Oki"]]))],
        "row 1: column 'to' occurs twice",
    ),
    "node twice": (
        [("g.graphml", GRAPH.format('<node id="a"/><node id="a"/>', ""))],
        "node 2: id 'a' is also in node 1",
    ),
    "two graphs": ([("g.graphml", GRAPH.format('<node id="a"/>', "<graph/>"))], "holds 2 graphs"),
    "no such node": (
        [("g.graphml", GRAPH.format('<node id="a"/><node id="b"/><edge source="a" target="z"/>', ""))],
        "edge 1: target is 'z'",
    ),
    "password": ([("t.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600))], "is an old workbook (.xls) or one with a password"),
    "only a list": ([("m.csv", "name,role\nMia,lead\nNoor,cook\n")], "no table of ties"),
    "no such column": (
        [("t.csv", "from,to,trust\nMia,Noor,2\n")],
        "no such column; the columns found are from, to, trust",
    ),
    "a vertex too many": ([("g.net", "*Vertices 2\n1 a\n2 b\n*Edges\n1 7\n")], "g.net, line 5: vertex is '7'"),
    "short matrix": ([("g.dl", "dl n=3\ndata:\n0 1\n")], "the matrix has 2 cells"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_other_faults_are_one_clear_message(case):
    files, expected = FAULTS[case]
    options = {"columns": (("strength", "trsut"),)} if case == "no such column" else {}
    assert expected in message(*files, **options)


def test_mixed_and_nested_graphs_are_read_whole():
    inner = '<node id="n"><graph edgedefault="directed"><node id="n1"/><node id="n2"/>'
    inner += '<edge source="n1" target="n2"/></graph></node>'
    network = read(("g.graphml", GRAPH.format(f'{inner}<node id="b"/><edge source="n" target="b"/>', "")))
    assert set(arcs(network)) == {("n1", "n2"), ("n", "b"), ("b", "n")}
    assert network.attributes["group"][network.start.names.index("n1")] == "n"
    assert "1 of 2 ties goes one way only" in notes(network) and "nested" in notes(network)


def test_ties_in_both_orders_are_one_way_unless_the_user_says_otherwise():
    text = "from,to,strength\nMia,Noor,3\nNoor,Mia,1\nNoor,Oki,2\n"
    network = read(("t.csv", text))
    assert arcs(network) == {("Mia", "Noor"): 3.0, ("Noor", "Mia"): 1.0, ("Noor", "Oki"): 2.0}
    assert arcs(read(("t.csv", text), directed=False))["Oki", "Noor"] == 2.0
    once = read(("t.csv", "from,to\nMia,Noor\nNoor,Oki\n"))
    assert len(arcs(once)) == 4


def test_trust_starts_at_the_end_that_names_the_other_unless_the_other_names_nobody():
    network = read(("t.csv", "from,to,strength\nMia,Noor,4\nNoor,Mia,1\nMia,Oki,2\nNoor,Pia,2\nPia,Mia,4\n"))
    ends = {
        (network.start.names[i], network.start.names[j]): both
        for (i, j), both in zip(network.start.ties.tolist(), network.start.ends.tolist(), strict=True)
    }
    assert ends == {
        ("Mia", "Noor"): [1, 0.25],
        ("Mia", "Oki"): [0.5, 0.5],
        ("Mia", "Pia"): [0, 1],
        ("Noor", "Pia"): [0.5, 0],
    }
    assert "trust at that end alone, unless the other end names nobody" in notes(network)
    assert read(("t.csv", "from,to\nMia,Noor\nNoor,Oki\n")).start.ends is None


def test_older_encodings_are_decoded_and_said():
    network = read(("t.csv", "from,to\nO’Hara,Zoë\n".encode("cp1252")))
    assert set(network.start.names) == {"O’Hara", "Zoë"} and "read as Windows-1252" in notes(network)
    network = read(("t.csv", "from,to\nŁukasz,Zoë\n".encode("cp1250")), encoding="cp1250")
    assert "Łukasz" in network.start.names


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_workbook_is_named_or_still_right(seed):
    """One byte is turned round, at places spread over the file."""
    content = bytearray(workbook(Ties=[["from", "to", "weight"], ["Mia", "Noor", 2], ["Noor", "Oki", 3]]))
    content[len(content) * seed // 60] ^= 0x5A
    try:
        network = read(("t.xlsx", bytes(content)))
    except NetworkFaults as fault:
        assert str(fault).startswith("t.xlsx") and "\n" not in str(fault)
    else:
        assert ties(network) == {("Mia", "Noor"): 2.0, ("Noor", "Oki"): 3.0}


def test_a_column_that_a_graph_does_not_have_is_a_fault():
    text = '{"nodes": [{"id": "a", "role": "x"}, {"id": "b"}], "links": [{"source": "a", "target": "b"}]}'
    assert "no such column; the columns found are role" in message(("g.json", text), columns=(("sector", "rôles"),))
    assert read(("g.json", text), columns=(("sector", "Role"),)).start.sector_names == ("x",)


def test_several_sheets_of_ties_are_read_together_and_said():
    book = workbook(Knows=[["from", "to"], ["Mia", "Noor"]], Trusts=[["from", "to"], ["Noor", "Oki"]])
    both = read(("t.xlsx", book))
    assert len(ties(both)) == 2 and "ties of the sheets 'Knows', 'Trusts' were read together" in notes(both)
    assert set(ties(read(("t.xlsx", book), sheets=("trusts",)))) == {("Noor", "Oki")}
    assert "no sheet 'Likes'; the sheets found are 'Knows', 'Trusts'" in message(("t.xlsx", book), sheets=("Likes",))


def test_a_decimal_comma_in_quotes_is_read_and_a_thousand_is_not():
    network = read(("t.csv", 'from,to,strength\na,b,"1,5"\nb,c,2\n'))
    assert sorted(network.start.strength_given.tolist()) == [1.5, 2.0]
    with pytest.raises(NetworkError, match="strength is '1,500'"):
        read(("t.csv", 'from,to,strength\na,b,"1,500"\n'))
