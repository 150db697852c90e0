"""Names replaced by codes: the network stays the same, and nothing says who is who."""

import csv
import io

import networkx as nx
import numpy as np
import pytest

from sim.inputs.networks.network_writing import to_csv
from sim.inputs.profile.codes import coded, faults_without_names
from sim.inputs.profile.network_profile import people_csv, profile_of
from sim.inputs.reading.plain import NetworkFaults
from tests.inputs.reading.reading_helpers import read

pytestmark = pytest.mark.fast
MEMBERS = (
    "id,name,sector,e-mail,role\nmia1,Mia Berg,Food,mia@example.org,lead\nnoor2,Noor,Water,noor@example.org,\n"
    "oki3,Oki,Food,oki@example.org,lead\npia4,Pia,Water,,lead\n"
)
TIES = "from,to,strength,note\nmia1,noor2,3,met Oki\nnoor2,oki3,1,\noki3,noor2,2,\npia4,mia1,1,\n"


def arcs_of(network, names):
    """Ties in both directions, with strengths, by name."""
    return {(names[i], names[j]): s for (i, j), s in zip(network.arcs.tolist(), network.trust.tolist(), strict=True)}


def test_the_key_restores_the_network():
    network = read(("m.csv", MEMBERS), ("t.csv", TIES))
    found = coded([network], np.random.default_rng(3))
    key = {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(found.key))}
    names = [key[code] for code in found.networks[0].start.names]
    assert sorted(names) == sorted(network.start.names) and names != list(network.start.names)
    assert arcs_of(found.networks[0], names) == arcs_of(network, network.start.names)
    before, after = profile_of(network), profile_of(found.networks[0])
    sectors = dict(zip(names, after.people["sector"], strict=True))
    assert sectors == dict(zip(network.start.names, before.people["sector"], strict=True))
    assert nx.faster_could_be_isomorphic(nx.Graph(before.lists.ties.tolist()), nx.Graph(after.lists.ties.tolist()))


def test_nothing_says_who_is_who():
    found = coded([read(("m.csv", MEMBERS), ("t.csv", TIES))])
    assert found.dropped == ("e-mail",) and set(found.networks[0].attributes) == {"role"}
    texts = [
        *to_csv(found.networks[0]),
        people_csv(profile_of(found.networks[0])),
        " ".join(found.networks[0].start.notes),
    ]
    for name in ("Mia", "Noor", "Oki", "Pia", "mia1", "oki3", "example.org"):
        assert not any(name in text for text in texts), name
    assert "left out, since names are replaced by codes: e-mail, columns of ties" in found.networks[0].start.notes


def test_codes_cannot_be_foreseen():
    network = read(("m.csv", MEMBERS), ("t.csv", TIES))
    assert len({coded([network]).key for _ in range(12)}) > 3


def test_one_sided_ties_stay_one_sided():
    network = read(("m.csv", MEMBERS), ("t.csv", TIES))
    found = coded([network], np.random.default_rng(3)).networks[0]
    key = {
        row["name"]: row["code"] for row in csv.DictReader(io.StringIO(coded([network], np.random.default_rng(3)).key))
    }

    def ends(start, names):
        made = {}
        for (i, j), (forth, back) in zip(start.ties.tolist(), start.halves.tolist(), strict=True):
            made |= {(names[i], names[j]): forth, (names[j], names[i]): back}
        return made

    assert found.start.ends is not None
    before = {(key[a], key[b]): value for (a, b), value in ends(network.start, network.start.names).items()}
    assert ends(found.start, found.start.names) == before


@pytest.mark.parametrize(
    "files",
    [
        (("m.csv", MEMBERS), ("t.csv", "from,to\nmia1,Nora\nO'Brien,oki3\n")),
        (("m.csv", "id,name\nmia1,Mia\nmia1,Noor\n"), ("t.csv", "from,to\nmia1,Oki\n")),
        (("m.csv", "id,name\nMia,Mia\nNoor,Noor\n"), ("t.csv", "Mia,Noor\n1,2\n")),
        (("m.csv", "id,name,kind\nmia1,Mia,Oki\n"), ("t.csv", "from,to,strength\nmia1,pia4,Pia\n")),
    ],
)
def test_faults_name_nobody(files):
    with pytest.raises(NetworkFaults) as raised:
        read(*files)
    hidden = faults_without_names(raised.value)
    text = f"{hidden} {hidden.faults} {hidden.headings}"
    assert hidden.total == raised.value.total and ".csv" in text
    for name in ("Mia", "Noor", "Nora", "Oki", "Pia", "mia1", "oki3", "pia4", "Brien"):
        assert name not in text, text


def test_a_member_has_the_same_code_in_all_waves():
    tables = ("from,to\nmia,noor\nnoor,oki\n", "from,to\nnoor,oki\noki,pia\n", "from,to\npia,mia\noki,pia\n")
    waves = [read(("t.csv", text)) for text in tables]
    found, key, _ = coded(waves, np.random.default_rng(5))
    names = {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(key))}
    assert sorted(names.values()) == ["mia", "noor", "oki", "pia"] and sorted(names) == ["P01", "P02", "P03", "P04"]
    for wave, made in zip(waves, found, strict=True):
        own = [names[code] for code in made.start.names]
        assert arcs_of(made, own) == arcs_of(wave, wave.start.names)
