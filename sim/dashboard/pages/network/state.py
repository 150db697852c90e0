"""What the page Your network shows, and the files that a browser sends it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

from sim.inputs.networks.real import karate
from sim.inputs.networks.writing import to_csv
from sim.inputs.reading.plain import File
from sim.model.start import NetworkError


def files_of(sent: Sequence[Mapping[str, str]]) -> list[File]:
    """Return the files that a browser sent, their content in base64.  Raises NetworkError if they did not arrive whole."""
    try:
        return [File(str(one["name"])[:200], base64.b64decode(one["content"], validate=True)) for one in sent[:3]]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NetworkError("the files did not arrive whole; try again") from None


def example() -> tuple[str, ...]:
    """Return an example as two CSV files, members and ties: Zachary's karate club."""
    return tuple(to_csv(karate()))
