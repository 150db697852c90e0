"""What the page Your network shows, and the files that a browser sends it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from sim.dashboard.kept_networks import KeptNetwork
from sim.dashboard.questions import Question, to_query, values_of
from sim.dashboard.uploaded_network import UploadedNetwork
from sim.inputs.networks.network_writing import to_csv
from sim.inputs.networks.real import karate
from sim.inputs.reading.plain import File, ReadOptions
from sim.inputs.reading.reader import MOST_FILES
from sim.model.start import NetworkError

KEPT = "kept"
"""The name of the key in a link to a kept network."""
CHOICES = {
    "from": "Who (from)",
    "to": "Whom (to)",
    "strength": "Strength of a tie",
    "name": "Name of a member",
    "contacts": "Question about contacts",
    "event": "What people came to",
    "sector": "Sector",
    "kind": "Individual or organisation",
}
"""What a visitor can choose a column for."""


def files_of(sent: Sequence[Mapping[str, str]]) -> list[File]:
    """Return the files that a browser sent, their content in base64.  Raises NetworkError if they did not arrive whole."""
    try:
        return [
            File(str(one["name"])[:200], base64.b64decode(one["content"], validate=True)) for one in sent[:MOST_FILES]
        ]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NetworkError("the files did not arrive whole; try again") from None


def kept_network(network: UploadedNetwork, question: Question) -> KeptNetwork:
    """Return an uploaded network with the settings of the page, to be kept."""
    members, ties = to_csv(network.read)
    return KeptNetwork(members, ties, network.files, to_query(network.question(question)))


def without_key(query: str | None) -> str:
    """Return the query of a link without the key of a kept network."""
    return urlencode([(name, value) for name, value in values_of(query).items() if name != KEPT], safe=",")


def options_of(chosen: Mapping[str, object]) -> ReadOptions:
    """Return how the visitor wants files to be read: headings by meaning, and whether people who are named are added."""
    columns = chosen.get("columns")
    pairs = [(str(a), str(b)[:200]) for a, b in columns.items()] if isinstance(columns, Mapping) else []
    return ReadOptions(
        columns=tuple((meaning, heading) for meaning, heading in pairs if meaning in CHOICES and heading),
        add_missing=chosen.get("add_missing") is True,
    )


def example() -> tuple[str, ...]:
    """Return an example as two CSV files, members and ties: Zachary's karate club."""
    return tuple(to_csv(karate()))
