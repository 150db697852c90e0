"""`gennet network`: numbers for programs, faults for people, and files that are never written over."""

import csv
import io
import json

import networkx as nx
import pytest
from typer.testing import CliRunner

from sim.cli.app import app


def call(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["network", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    """Write a user's members, with columns that the model does not know, and directed ties."""
    (tmp_path / "m.csv").write_text(
        "id,name,sector,e-mail,role\na,Mia,Food,mia@example.org,lead\nb,Noor,,,=1+1\nc,Oki,Food,,\n"
    )
    (tmp_path / "t.csv").write_text("from,to,strength,since\na,b,3,2030\nb,a,1,\nb,c,2.5,2031\n")
    return tmp_path / "m.csv", tmp_path / "t.csv"


def test_json_has_numbers(files):
    found = json.loads(call(*files, "--json").stdout)
    assert (found["members"], found["ties"], found["one_way"]) == (3, 2, 1)
    assert found["strengths"] == {"sum": 5.5, "least": 2.5, "most": 3.0}
    assert found["faults"] == [] and found["attributes"] == ["e-mail", "role"]


def test_json_has_faults(files):
    files[1].write_text("from,to,strength\na,z,1\nMia,Noor,lots\n")
    done = call(*files, "--json")
    assert done.exit_code == 2
    found = json.loads(done.stdout)
    assert found["members"] is None and found["fault_count"] == 2
    assert found["exit_code"] == 2 and found["error"] in done.stderr
    assert [(fault["row"], fault["column"], fault["found"]) for fault in found["faults"]] == [
        (2, "to", "z"),
        (3, "strength", "lots"),
    ]
    assert found["faults"][0]["file"] == str(files[1])


def test_options_say_how_to_read(files):
    files[1].write_text("from,to,trust\na,b,warm\nb,Rex,4\n")
    options = (
        "--column",
        "strength=trust",
        "--column",
        "sector=role",
        "--scale",
        "warm=7",
        "--add-missing",
        "--undirected",
    )
    found = json.loads(call(*files, *options, "--json").stdout)
    assert (found["members"], found["ties"], found["one_way"]) == (4, 2, 0)
    assert found["strengths"] == {"sum": 11.0, "least": 4.0, "most": 7.0}
    assert "sectors: 0 lead, 1 =1+1" in found["notes"]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (("--column", "colour=red"), "--column: 'colour=red' is not MEANING=HEADING; allowed meanings are id, name"),
        (("--column", "sector"), "is not MEANING=HEADING"),
        (("--scale", "strong=much"), "--scale: 'strong=much' is not WORD=NUMBER"),
        (("--encoding", "latin-99"), "'latin-99' is not an encoding"),
        (
            ("--column", "sector=colour"),
            "no such column; the columns found are from, to, strength, since, id",
        ),
    ],
)
def test_wrong_options_are_one_message(files, option, expected):
    done = call(*files, *option)
    assert done.exit_code == 2 and expected in done.output and done.output.count("\n") == 1


def test_an_input_is_never_written_over(files):
    files = [
        path.rename(path.with_name(f"our-{what}.csv")) for path, what in zip(files, ("members", "ties"), strict=True)
    ]
    before = [path.read_bytes() for path in files]
    done = call(*files, "--to", files[0].with_name("our.csv"))
    assert done.exit_code == 2 and "would write over the input" in done.output
    assert [path.read_bytes() for path in files] == before


def test_a_converted_network_keeps_directions_and_further_columns(files):
    first = json.loads(call(*files, "--json").stdout)
    folder = files[0].parent
    for name in ("x.csv", "x.graphml", "x.gexf"):
        assert call(*files, "--to", folder / name).exit_code == 0
    members, ties = (folder / f"x-{part}.csv" for part in ("members", "ties"))
    assert "a,Mia,,Food,,,mia@example.org,lead" in members.read_text() and "'=1+1" in members.read_text()
    assert ties.read_text().splitlines()[:2] == ["from,to,strength,direction,since", "a,b,3,directed,2030"]
    assert nx.read_graphml(folder / "x.graphml").nodes["a"]["e-mail"] == "mia@example.org"
    for again in ((members, ties), (folder / "x.graphml",), (folder / "x.gexf",)):
        found = json.loads(call(*again, "--json").stdout)
        for key in ("members", "ties", "one_way", "strengths", "health"):
            assert found[key] == first[key], (again, key)
        assert set(found["attributes"]) >= {"e-mail", "role"}


def test_json_has_the_profile_and_a_row_a_member(files):
    found = json.loads(call(*files, "--json").stdout)
    profile, people = found["profile"], found["people"]
    assert profile["density"] == pytest.approx(2 / 3) and profile["path_length"] == pytest.approx(4 / 3)
    assert profile["reciprocity"] == pytest.approx(2 / 3) and profile["one_way"] == 1
    assert profile["key_people"] == [{"name": "Noor", "damage": 1.0, "cut_off": 1}]
    assert profile["named_but_silent"] == ["Oki"] and profile["without_ties"] == []
    assert [(row["id"], row["ties"], row["e-mail"]) for row in people] == [
        ("a", 1, "mia@example.org"),
        ("b", 2, ""),
        ("c", 1, ""),
    ]
    assert people[0]["strength"] == 3.0 and people[1]["damage"] == 1.0


def test_the_profile_in_words_and_the_table_to_download(files):
    target = files[0].parent / "people.csv"
    done = call(*files, "--people", target)
    assert done.exit_code == 0 and f"Written: {target}" in done.output
    for title in ("Stage", "Connections", "People without a tie", "Whom it depends on", "Bridgers", "Unanswered"):
        assert f"\n{title}\n" in done.output
    assert "Named by others, and named nobody: Oki (by 1)." in done.output
    lines = target.read_text().splitlines()
    assert lines[0].startswith("id,name,kind,sector,ties") and lines[0].endswith("damage,e-mail,role")
    assert len(lines) == 4 and lines[2].endswith(",'=1+1")
    refused = call(*files, "--people", files[0])
    assert refused.exit_code == 2 and "--people: would write over the input" in refused.output


def test_codes_replace_names_everywhere_and_the_key_is_a_file_of_its_own(files):
    folder = files[0].parent
    arguments = (*files, "--codes", folder / "key.csv", "--people", folder / "p.csv", "--to", folder / "coded.csv")
    done = call(*arguments, "--json")
    assert done.exit_code == 0, done.output
    texts = [done.output, *((folder / name).read_text() for name in ("p.csv", "coded-members.csv", "coded-ties.csv"))]
    assert not any(name in text for text in texts for name in ("Mia", "Noor", "Oki", "mia@example.org"))
    key = folder / "key.csv"
    assert key.stat().st_mode & 0o077 == 0 and sorted(key.read_text().split()[1:])[0].startswith("P01,")
    assert "Mia" in key.read_text()
    again = call(*arguments)
    assert again.exit_code == 2 and "key.csv exists; name a new file" in again.output


def test_what_changed_since_an_earlier_wave(files):
    later = files[0].parent / "later.csv"
    later.write_text("from,to\nMia,Noor\nMia,Oki\nOki,Rex\n")
    found = json.loads(call(later, "--since", files[0], "--since", files[1], "--json").stdout)["progress"]
    assert found["matched_by"] == "name" and found["joined"] == ["Rex"] and found["left"] == []
    assert found["ties_kept"] == 1 and found["ties_lost"] == [["Noor", "Oki"]] and found["ties_new_with_joiners"] == 1
    done = call(later, "--since", files[0], "--since", files[1])
    assert "What changed" in done.output and "3 members stayed, 1 joined and 0 left" in " ".join(done.output.split())


def test_codes_are_the_same_in_both_waves(files):
    later = files[0].with_name("later.csv")
    later.write_text("from,to\nMia,Noor\nMia,Oki\nOki,Rex\n")
    key = later.with_name("k.csv")
    done = call(later, "--since", files[0], "--since", files[1], "--codes", key, "--json")
    assert done.exit_code == 0 and not any(name in done.output for name in ("Mia", "Noor", "Oki", "Rex"))
    found = json.loads(done.stdout)["progress"]
    code_of = {row["name"]: row["code"] for row in csv.DictReader(io.StringIO(key.read_text()))}
    assert found["joined"] == [code_of["Rex"]] and found["left"] == [] and found["ties_kept"] == 1
    assert found["ties_lost"] == [sorted((code_of["Noor"], code_of["Oki"]))]
