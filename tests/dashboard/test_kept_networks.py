"""Networks kept on the server: under a key that cannot be guessed, until a date, or until they are deleted; and in a file."""

import json
import re

import pytest

from sim.dashboard import kept_networks
from sim.dashboard.kept_networks import DAY, KeptNetwork, KeptNetworks, saved_in
from sim.dashboard.pages.network.state import kept_network, without_key
from sim.dashboard.questions import Question, from_query
from sim.dashboard.uploaded_network import forget, stored, upload
from sim.inputs.profile.codes import coded
from sim.inputs.reading.plain import File
from sim.model.start import NetworkError

NETWORK = KeptNetwork("id,name\na,Mia\nb,Noor\n", "from,to\na,b\n", ("ours.xlsx",), "members=2&own=0123456789ab")
FILES = [
    File("m.csv", b"id,name,sector,role\na,Mia,Food,lead\nb,Noor,,\nc,Oki,Water,\n"),
    File("t.csv", b"from,to,strength\na,b,2.5\nb,a,1\nb,c,1\n"),
]


def test_a_kept_network_comes_back_by_its_key_only(tmp_path):
    kept = KeptNetworks(tmp_path / "kept")
    key, until = kept.keep(NETWORK)
    found = kept.get(key)
    assert (found.members, found.ties, found.names, found.query, found.until) == (
        *(*vars(NETWORK).values(),)[:4],
        until,
    )
    assert len(key) >= 32 and key != kept.keep(NETWORK)[0]
    (first, second) = (tmp_path / "kept").iterdir()
    assert key not in first.name + second.name and first.stat().st_mode & 0o077 == 0
    for wrong in ("", key[:-1], "../" + key, first.name, first.stem):
        assert kept.get(wrong) is None


def test_it_is_deleted_on_request_and_after_its_date(tmp_path, monkeypatch):
    kept = KeptNetworks(tmp_path)
    first, second = kept.keep(NETWORK, 2)[0], kept.keep(NETWORK, 40)[0]
    assert kept.delete(first) and kept.get(first) is None and not kept.delete(first)
    third, until = kept.keep(NETWORK, 2)
    monkeypatch.setattr(kept_networks.time, "time", lambda: until - 1)
    assert kept.get(third) is not None
    monkeypatch.setattr(kept_networks.time, "time", lambda: until + DAY)
    assert kept.get(third) is None and kept.get(second) is not None
    monkeypatch.setattr(kept_networks.time, "time", lambda: until + 60 * DAY)
    kept.purge()
    assert list(tmp_path.iterdir()) == []


def test_there_is_room_for_so_many(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_networks, "MOST_KEPT", 2)
    kept = KeptNetworks(tmp_path)
    kept.keep(NETWORK)
    kept.keep(NETWORK)
    with pytest.raises(NetworkError, match="no room to keep this network; save it as a file"):
        kept.keep(NETWORK)


def test_a_saved_file_restores_network_and_settings():
    network = upload(FILES)
    try:
        saved = kept_network(network, Question(budget=60_000, years=2))
        found = saved_in([File("Network.GENNET.json", saved.to_json().encode())])
        again = upload(found.files, names=found.names)
        assert again.fingerprint == network.fingerprint and again.files == ("m.csv", "t.csv")
        assert (
            again.read.arcs.tolist() == network.read.arcs.tolist() and again.read.attributes == network.read.attributes
        )
        question = from_query(found.query).question
        assert (question.budget, question.years, question.own) == (60_000, 2, network.fingerprint)
        forget(again)
    finally:
        forget(network)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"gennet": 2}', '{"gennet": 1, "members": "x"}', json.dumps({"a": 1})]
)
def test_a_damaged_file_is_one_message(text):
    with pytest.raises(NetworkError, match=r"^the saved network cannot be read; it was cut off or changed$"):
        saved_in([File("x.gennet.json", text.encode())])
    assert saved_in([File("x.json", text.encode())]) is None and saved_in(FILES) is None


def test_a_network_with_codes_can_be_used_like_any_other():
    network = upload(FILES)
    made = stored(coded([network.read]).networks[0], ["codes"])
    try:
        assert made.fingerprint != network.fingerprint and set(made.start.names) == {"P01", "P02", "P03"}
        assert not re.search("Mia|Noor|Oki", json.dumps(kept_network(made, Question()).to_json()))
        assert not re.search("Mia|Noor|Oki", str(made.summary()))
    finally:
        forget(made)
        forget(network)


def test_a_link_without_its_key():
    assert without_key("members=60&kept=abc&a=personal,1") == "members=60&a=personal,1"
