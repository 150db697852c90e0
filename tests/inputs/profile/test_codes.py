"""Names replaced by codes: the network stays the same, and nothing says who is who."""

import csv
import io

import networkx as nx
import numpy as np
import pytest

from sim.inputs.networks.network_writing import to_csv
from sim.inputs.profile.codes import coded
from sim.inputs.profile.network_profile import people_csv, profile_of
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
    found = coded(network, np.random.default_rng(3))
    key = {row["code"]: row["name"] for row in csv.DictReader(io.StringIO(found.key))}
    names = [key[code] for code in found.network.start.names]
    assert sorted(names) == sorted(network.start.names) and names != list(network.start.names)
    assert arcs_of(found.network, names) == arcs_of(network, network.start.names)
    before, after = profile_of(network), profile_of(found.network)
    sectors = dict(zip(names, after.people["sector"], strict=True))
    assert sectors == dict(zip(network.start.names, before.people["sector"], strict=True))
    assert nx.faster_could_be_isomorphic(nx.Graph(before.lists.ties.tolist()), nx.Graph(after.lists.ties.tolist()))


def test_nothing_says_who_is_who():
    found = coded(read(("m.csv", MEMBERS), ("t.csv", TIES)))
    assert found.dropped == ("e-mail",) and set(found.network.attributes) == {"role"}
    texts = [*to_csv(found.network), people_csv(profile_of(found.network)), " ".join(found.network.start.notes)]
    for name in ("Mia", "Noor", "Oki", "Pia", "mia1", "oki3", "example.org"):
        assert not any(name in text for text in texts), name
    assert "left out, since names are replaced by codes: e-mail, columns of ties" in found.network.start.notes


def test_codes_cannot_be_foreseen():
    network = read(("m.csv", MEMBERS), ("t.csv", TIES))
    assert len({coded(network).key for _ in range(12)}) > 3
