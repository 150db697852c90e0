"""A user's network in every format: the same network, or one clear message."""

import io
import json
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim.cli.app import app
from sim.inputs import networks
from sim.inputs.networks import NetworkError
from sim.inputs.networks.health import health
from sim.inputs.networks.kinds import Csv, Karate
from sim.inputs.networks.network_writing import to_csv
from sim.inputs.reading.plain import File
from sim.inputs.reading.reader import read_network
from sim.model.start import new_network, sorted_ties

EXAMPLES = Path(__file__).parents[2] / "scenarios" / "networks"
MEMBERS = [
    ("id", "name", "kind", "sector"),
    ("a", "Ann", "person", "food"),
    ("b", "Bo", "organisation", "water"),
    ("c", "Cy", "", "food"),
]
TIES = [("from", "to", "strength"), ("a", "b", 2), ("b", "c", 1), ("c", "b", 1)]


def csv_of(rows):
    """Return rows as the bytes of a CSV file."""
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def workbook(**sheets):
    """Return the bytes of a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def graph():
    """Return the same network in networkx."""
    made = nx.DiGraph()
    for identity, name, kind, sector in MEMBERS[1:]:
        made.add_node(identity, name=name, **({"kind": kind} if kind else {}), sector=sector)
    for a, b, strength in TIES[1:]:
        made.add_edge(a, b, weight=float(strength))
    return made


def written(write):
    """Return the bytes that networkx writes."""
    saved = io.BytesIO()
    write(graph(), saved)
    return saved.getvalue()


KUMU = {
    "elements": [
        {"_id": f"elem-{n}", "attributes": {"label": name, "type": kind or "person", "sector": sector}}
        for n, (_, name, kind, sector) in enumerate(MEMBERS[1:])
    ],
    "connections": [
        {"from": "elem-0", "to": "elem-1", "attributes": {"strength": 2}},
        {"from": "Bo", "to": "Cy", "direction": "undirected"},
        {"from": "elem-2", "to": "elem-1"},
    ],
}
for connection in KUMU["connections"]:
    connection.setdefault("attributes", {}).setdefault("strength", 1)
SAME = {
    "csv": lambda: [File("members.csv", csv_of(MEMBERS)), File("ties.csv", csv_of(TIES))],
    "csv the other way round": lambda: [File("ties.csv", csv_of(TIES)), File("members.csv", csv_of(MEMBERS))],
    "xlsx": lambda: [File("ours.xlsx", workbook(Members=MEMBERS, Ties=TIES))],
    "xlsx of Kumu": lambda: [File("ours.xlsx", workbook(Elements=MEMBERS, Connections=TIES, Notes=[["hello"]]))],
    "xlsx by columns": lambda: [File("ours.xlsx", workbook(People=MEMBERS, Whoever=TIES))],
    "graphml": lambda: [File("ours.graphml", written(nx.write_graphml))],
    "gexf": lambda: [File("ours.GEXF", written(nx.write_gexf))],
    "kumu": lambda: [File("ours.json", json.dumps(KUMU).encode())],
}


@pytest.mark.parametrize("format_", SAME)
def test_every_format_gives_the_same_network(format_):
    network = read_network(SAME[format_]()).start
    assert network.names == ("Ann", "Bo", "Cy")
    assert network.ties.tolist() == [[0, 1], [1, 2]]
    assert network.strength.tolist() == [1.0, 0.5]
    assert network.sector.tolist() == [0, 1, 0]
    assert network.kind.tolist()[:2] == [0, 1]
    assert network.kind[2] == (0 if format_ == "kumu" else -1)
    assert "3 members, 2 ties" in network.notes[0]


def test_ties_alone_define_the_members_with_a_note():
    network = read_network([File("ties.csv", b"Source;Target;Weight\nx;y;3\ny;z;1,5\n")]).start
    assert network.names == ("x", "y", "z") and network.strength.tolist() == [1.0, 0.5]
    assert any("no list of members" in note for note in network.notes)


def test_a_kumu_table_uses_labels_as_ids():
    network = read_network(
        [File("elements.csv", b"Label,Type\nAnn,Person\nBo,Organization\n"), File("c.csv", b"From,To\nAnn,Bo\n")]
    ).start
    assert network.names == ("Ann", "Bo") and network.kind.tolist() == [0, 1]
    assert {"column 'label' was read as name", "column 'type' was read as kind"} <= set(network.notes)


BOMB = b'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa">]><graphml>&a;</graphml>'
BAD = {
    "no file": ([], "0 files"),
    "too many files": ([File("a.csv", b"")] * 21, "21 files were given; allowed are 1 to 20"),
    "ending": ([File("ours.pdf", b"%PDF")], r"ours\.pdf: ends in '\.pdf'; allowed are"),
    "empty": ([File("ties.csv", b"")], "ties.csv: is empty"),
    "no ties": ([File("members.csv", csv_of(MEMBERS))], "no table of ties"),
    "twice ties": (
        [File("a.csv", csv_of(TIES)), File("b.csv", csv_of(TIES))],
        r"ties are in 2 files, a\.csv and b\.csv; allowed is one",
    ),
    "unknown member": ([File("m.csv", b"id\na\n"), File("t.csv", b"from,to\na,bb\n")], r"t\.csv, line 2: to is 'bb'"),
    "bad strength": ([File("t.csv", b"from,to,strength\na,b,lots\n")], r"t\.csv, line 2: strength is 'lots'"),
    "no workbook": ([File("a.xlsx", b"PK nothing")], r"is not an Excel workbook \(\.xlsx\)"),
    "no sheets": (
        [File("a.xlsx", workbook(Data=[["x", "y"], [1, 2]]))],
        r"no table of ties; .*Found: Data: x, y",
    ),
    "entities": ([File("a.graphml", BOMB)], "holds <!DOCTYPE"),
    "entities in two bytes a letter": ([File("a.gexf", BOMB.decode().encode("utf-16"))], "holds <!DOCTYPE"),
    "no graph": ([File("a.graphml", b"<hello>")], "cannot be read as GraphML"),
    "no gexf": ([File("a.gexf", b"{}")], "cannot be read as GEXF"),
    "no json": ([File("a.json", b"{,")], "is not JSON"),
    "other json": ([File("a.json", b'{"nodes": []}')], "is not a network in JSON"),
    "kumu end": (
        [File("a.json", b'{"elements": [{"label": "A"}], "connections": [{"from": "A", "to": "B"}]}')],
        "connection 1: to is 'B'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_unusable_files_give_one_message(case):
    files, message = BAD[case]
    with pytest.raises(NetworkError, match=message):
        read_network(files)


@pytest.mark.slow
def test_an_archive_with_excessive_content_is_rejected_before_unpacking():
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 410_000_000)
    assert len(saved.getvalue()) < 1_000_000
    with pytest.raises(NetworkError, match="has 410,000,000 bytes when unpacked"):
        read_network([File("bomb.xlsx", saved.getvalue())])


def test_a_workbook_with_entities_raises_an_error():
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("xl/workbook.xml", BOMB)
    with pytest.raises(NetworkError, match="<!DOCTYPE"):
        read_network([File("a.xlsx", saved.getvalue())])


@given(st.binary(max_size=200), st.sampled_from([".csv", ".xlsx", ".graphml", ".gexf", ".json"]))
def test_any_bytes_give_a_network_or_one_message(content, ending):
    try:
        network = read_network([File(f"any{ending}", content)]).start
    except NetworkError as fault:
        assert str(fault).startswith(f"any{ending}")
    else:
        assert network.members > 0


@pytest.mark.slow
@given(st.integers(2, 12), st.data())
def test_a_network_written_as_csv_reads_back(n, data):
    pairs = [(i, j) for i in range(n) for j in range(i)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    ties = sorted_ties(np.array(chosen, np.int64).reshape(-1, 2))
    strength = np.linspace(1.0, 0.25, len(ties)) if len(ties) else np.ones(0)
    start = new_network(
        ties,
        names=tuple(f"name {i}, or so" for i in range(n)),
        source="test",
        strength=strength,
        kind=np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=n, max_size=n)), np.int8),
        viewpoint=np.array([[i / n, 0.1] if i % 2 else [np.nan, np.nan] for i in range(n)]),
    )
    members, tied = to_csv(start)
    network = read_network([File("m.csv", members.encode()), File("t.csv", tied.encode())]).start
    assert network.names == start.names and network.ties.tolist() == start.ties.tolist()
    assert np.array_equal(network.strength, start.strength) and np.array_equal(network.kind, start.kind)
    assert np.array_equal(network.viewpoint, start.viewpoint, equal_nan=True)


def test_a_changed_file_is_read_again(tmp_path):
    (tmp_path / "m.csv").write_text("id\na\nb\n")
    (tmp_path / "t.csv").write_text("from,to\na,b\n")
    settings = Csv(members="m.csv", ties="t.csv")
    assert networks.build(settings, 1, 0, tmp_path).members == 2
    (tmp_path / "m.csv").write_text("id\na\nb\nc\n")
    assert networks.build(settings, 1, 0, tmp_path).members == 3
    (tmp_path / "t.csv").unlink()
    with pytest.raises(NetworkError, match="no such file"):
        networks.build(settings, 1, 0, tmp_path)


def test_health_of_the_karate_club_matches_networkx():
    rows = {one.label: one for one in health(networks.build(Karate(), 1, 0))}
    club = nx.karate_club_graph()
    assert rows["Members"].value == "34" and rows["Ties per member"].value == f"{2 * 78 / 34:.1f}"
    assert rows["Contacts who know each other"].value == f"{100 * nx.transitivity(club):.0f}%"
    assert rows["Members who connect others"].value == str(len(list(nx.articulation_points(club))))
    assert rows["Most ties"].value == "17" and rows["Most ties"].grade == "poor"
    assert rows["Members without a tie"].grade == "good" and rows["Reachable from one another"].value == "100%"


def test_health_of_a_network_without_ties():
    rows = {one.label: one for one in health(new_network(np.zeros((0, 2), np.int32), names=tuple("abcd"), source=""))}
    assert rows["Members without a tie"].value == "4 (100%)" and rows["Members without a tie"].grade == "poor"
    assert rows["Ties per member"].grade == "poor" and rows["Most ties"].value == "0"
    assert rows["Reachable from one another"].words == "There are no ties yet."


def test_a_member_without_a_tie_is_not_called_connected():
    start = new_network(np.array([[0, 1], [1, 2]], np.int32), names=tuple("abcd"), source="")
    rows = {one.label: one for one in health(start)}
    assert rows["Reachable from one another"].value == "75%"
    assert rows["Reachable from one another"].words == "All members with ties are connected."


def test_the_command_describes_and_converts(tmp_path):
    files = [str(EXAMPLES / "example-members.csv"), str(EXAMPLES / "example-ties.csv")]
    done = CliRunner().invoke(app, ["network", *files, "--to", str(tmp_path / "ours.graphml")])
    assert done.exit_code == 0 and "Ties per member" in done.output
    again = CliRunner().invoke(
        app, ["network", str(tmp_path / "ours.graphml"), "--json", "--to", str(tmp_path / "x.csv")]
    )
    description = json.loads(again.stdout)
    first = json.loads(CliRunner().invoke(app, ["network", *files, "--json"]).stdout)
    assert (description["members"], description["ties"]) == (first["members"], first["ties"])
    assert [one["value"] for one in description["health"]] == [one["value"] for one in first["health"]]
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["x-members.csv", "x-ties.csv"]


def test_the_command_gives_errors_in_one_line(tmp_path):
    for arguments in (["no-such.csv"], [str(tmp_path)], [str(EXAMPLES / "example-ties.csv"), "--to", "x.doc"]):
        done = CliRunner().invoke(app, ["network", *arguments])
        assert done.exit_code == 2 and done.output.startswith("gennet: ") and done.output.count("\n") == 1


OWN_MEMBERS = (
    "id,name,kind,sector\nfood-bank,Food bank,organisation,food\ngarden,,individual,food\nclinic,Clinic,,health\n"
)
OWN_TIES = "from,to,strength\nfood-bank,garden,3\ngarden,clinic,0.7\nfood-bank,clinic,12\n"


def two_files(folder):
    """Write a user's files of members and ties."""
    (folder / "m.csv").write_text(OWN_MEMBERS)
    (folder / "t.csv").write_text(OWN_TIES)
    return ["network", str(folder / "m.csv"), str(folder / "t.csv"), "--to"]


def test_a_converted_csv_keeps_the_users_ids_sectors_and_strengths(tmp_path):
    assert CliRunner().invoke(app, [*two_files(tmp_path), str(tmp_path / "x.csv")]).exit_code == 0
    rows = [line.split(",")[:4] for line in (tmp_path / "x-members.csv").read_text().splitlines()]
    assert rows[1:] == [
        ["food-bank", "Food bank", "organisation", "food"],
        ["garden", "garden", "individual", "food"],
        ["clinic", "Clinic", "", "health"],
    ]
    ties = {frozenset((a, b)): value for a, b, value in (line.split(",") for line in OWN_TIES.splitlines()[1:])}
    rows = [line.split(",") for line in (tmp_path / "x-ties.csv").read_text().splitlines()[1:]]
    assert {frozenset((a, b)): value for a, b, value in rows} == ties


@pytest.mark.parametrize(("ending", "read"), [(".graphml", nx.read_graphml), (".gexf", nx.read_gexf)])
def test_a_converted_graph_keeps_the_users_ids_sectors_and_strengths(tmp_path, ending, read):
    assert CliRunner().invoke(app, [*two_files(tmp_path), str(tmp_path / f"x{ending}")]).exit_code == 0
    graph = read(tmp_path / f"x{ending}")
    assert {node: graph.nodes[node]["sector"] for node in graph} == {
        "food-bank": "food",
        "garden": "food",
        "clinic": "health",
    }
    strengths = {frozenset(edge[:2]): float(edge[2]["strength"]) for edge in graph.edges(data=True)}
    assert strengths == {
        frozenset(("food-bank", "garden")): 3.0,
        frozenset(("garden", "clinic")): 0.7,
        frozenset(("food-bank", "clinic")): 12.0,
    }
    once = CliRunner().invoke(app, ["network", str(tmp_path / f"x{ending}"), "--to", str(tmp_path / "back.csv")])
    assert (
        once.exit_code == 0 and "food-bank,Food bank,organisation,food" in (tmp_path / "back-members.csv").read_text()
    )


@pytest.mark.slow
@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=6), st.booleans())
def test_strengths_are_unchanged_by_writing_and_reading(strengths, rounded):
    given_ = [round(value, 4) or 0.5 for value in strengths] if rounded else strengths
    ties = "\n".join(f"hub,m{n},{value!r}" for n, value in enumerate(given_))
    start = read_network([File("t.csv", f"from,to,strength\n{ties}\n".encode())]).start
    again = read_network([File("t.csv", to_csv(start)[1].encode())]).start
    assert again.strength.tolist() == start.strength.tolist()
    if rounded:
        assert start.strength_given.tolist() == given_


def test_newcomers_get_unused_ids(tmp_path):
    (tmp_path / "m.csv").write_text("id\nnewcomer-01\nb\n")
    (tmp_path / "t.csv").write_text("from,to\nb,newcomer-01\n")
    start = networks.build(Csv(members="m.csv", ties="t.csv", newcomers=2), 1, 0, tmp_path)
    assert start.ids[:2] == ("newcomer-01", "b") and len(set(start.ids)) == 4
