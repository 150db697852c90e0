"""What the page Your network shows, and the files that a browser sends it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sim.dashboard.uploaded_network import MOST_UPLOADED
from sim.inputs.networks.reading.plain import File
from sim.inputs.networks.reading.reader import ALLOWED
from sim.inputs.networks.real import karate
from sim.inputs.networks.writing import to_csv
from sim.model.start import NetworkError


@dataclass(frozen=True)
class NetworkView:
    """The properties of `view.vue`.

    `network`: a `NetworkSummary`, packed; `wanted`: the fingerprint of the network that a link needs and that is not there;
    `used`: whether the uploaded network is the start on all pages; `most`: bytes; `example`: two CSV files.
    """

    network: str
    fault: str
    wanted: str
    used: bool
    example: tuple[str, ...]
    most: int = MOST_UPLOADED
    allowed: str = ALLOWED


class SentFile(TypedDict):
    """A file as a browser sends it, its content in base64."""

    name: str
    content: str


def files_of(sent: Sequence[SentFile]) -> list[File]:
    """Return the files that a browser sent.  Raises NetworkError if they did not arrive whole."""
    try:
        return [File(str(one["name"])[:200], base64.b64decode(one["content"], validate=True)) for one in sent[:3]]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NetworkError("the files did not arrive whole; try again") from None


def example() -> tuple[str, ...]:
    """Return an example as two CSV files, members and ties: Zachary's karate club."""
    return tuple(to_csv(karate()))
