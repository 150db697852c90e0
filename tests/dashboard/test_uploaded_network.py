"""An uploaded network: read in another process, with the visitor's choices, or one message."""

import base64

import pytest

from sim.dashboard.pages.network.state import files_of, options_of
from sim.dashboard.uploaded_network import forget, upload
from sim.inputs.reading.plain import File
from sim.model.start import NetworkError

MEMBERS = File("m.csv", b"name,organisation\nMia,Kitchen\nNoor,Orchard\n")
TIES = File("t.csv", b"from,to,trust\nMia,Noor,3\nNoor,Rex,1\n")


def test_choices_of_the_page_are_options_of_the_reader():
    chosen = {
        "columns": {"sector": "organisation", "strength": "trust", "colour": "red", "kind": ""},
        "add_missing": True,
    }
    options = options_of(chosen)
    assert options.columns == (("sector", "organisation"), ("strength", "trust")) and options.add_missing
    network = upload([MEMBERS, TIES], options)
    try:
        summary = network.summary()
        assert summary.names == ("Mia", "Noor", "Rex") and network.start.sector_names == ("Kitchen", "Orchard")
        assert network.read.strengths == (4.0, 1.0, 3.0)
        assert summary.parts[0].title == "Stage" and summary.sizes["Ties"] == [0.5, 1.0, 0.5]
        assert summary.people.splitlines()[2].split(",")[:2] == ["Noor", "Noor"]
        assert "sector: Orchard" in summary.facts[1] and "1 other would be cut off" in summary.facts[1]
    finally:
        forget(network)


def test_faults_carry_the_columns_to_choose_from():
    with pytest.raises(NetworkError, match="'Rex'") as caught:
        upload([MEMBERS, TIES])
    assert set(caught.value.headings) >= {"name", "organisation", "trust"}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (File("t.xlsx", b"PK\x03\x04" + bytes(300)), "t.xlsx: is damaged and cannot be read as an Excel workbook"),
        (File("t.csv", b"from,to\n" + b"".join(b"p%d,q%d\n" % (k, k) for k in range(1001))), "more than 2,000 members"),
        (File("t.csv", b"from,to\n" + b"a,b\n" * 1_000_000), r"has 4,000,008 bytes; allowed are at most 4,000,000"),
        (File("t.pdf", b"%PDF"), r"ends in '\.pdf'; allowed are"),
    ],
)
def test_files_that_cannot_be_used_give_one_message(file, expected):
    with pytest.raises(NetworkError, match=expected) as caught:
        upload([file])
    assert "\n" not in str(caught.value)


def test_files_that_did_not_arrive_whole_are_refused():
    sent = {"name": "t.csv", "content": base64.b64encode(b"from,to\na,b\n").decode()}
    assert files_of([sent]) == [File("t.csv", b"from,to\na,b\n")]
    with pytest.raises(NetworkError, match="did not arrive whole"):
        files_of([{**sent, "content": "???"}])
