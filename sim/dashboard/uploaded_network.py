"""A visitor's own network: read from uploaded files, held while its page is open, and used as the start everywhere.

What was understood is written, as two plain CSV files, into a folder that only this process can read; it is removed when
the visitor leaves, when another network replaces it, or when the server ends.  Answers about it are kept with it.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.dashboard.answering import Memory
from sim.dashboard.network_drawing import Place, places
from sim.dashboard.questions import FINGERPRINT, MOST_OWN, Question
from sim.inputs.networks.health import Finding, health
from sim.inputs.networks.reading.plain import File
from sim.inputs.networks.reading.reader import checked_size, read_network
from sim.inputs.networks.writing import to_csv
from sim.model.start import NetworkError, StartNetwork

MOST_UPLOADED = 4_000_000
FEWEST_OWN = 5
_folders: set[Path] = set()


@dataclass(frozen=True)
class NetworkSummary:
    """What the page says about an uploaded network, and where to draw its members.  `ties`: rows of both ends, strength."""

    files: tuple[str, ...]
    fingerprint: str
    members: int
    notes: Sequence[str]
    health: Sequence[Finding]
    names: Sequence[str]
    places: list[Place]
    ties: list[tuple[int, int, float]]


@dataclass(frozen=True, eq=False)
class UploadedNetwork:
    """An uploaded network: its fingerprint, the folder of its two files, what it is, and answers about it."""

    fingerprint: str
    folder: Path
    start: StartNetwork
    files: tuple[str, ...]
    memory: Memory = field(default_factory=Memory)

    def question(self, question: Question) -> Question:
        """Return a question with this network as its start."""
        return replace(question, own=self.fingerprint, members=self.start.members)

    def summary(self) -> NetworkSummary:
        """Return what the page says about it."""
        start = self.start
        ties = [(i, j, s) for (i, j), s in zip(start.ties.tolist(), start.strength.tolist(), strict=True)]
        return NetworkSummary(
            files=self.files,
            fingerprint=self.fingerprint,
            members=start.members,
            notes=start.notes,
            health=health(start),
            names=start.names,
            places=places([{(i, j): s for i, j, s in ties}], start.members),
            ties=[(i, j, round(s, 2)) for i, j, s in ties],
        )


def upload(files: Sequence[File]) -> UploadedNetwork:
    """Return the network in some files, checked.  Raises NetworkError if it cannot be used."""
    for file in files:
        checked_size(file, len(file.content), MOST_UPLOADED)
    read = read_network(files)
    start = read.start
    if not FEWEST_OWN <= start.members <= MOST_OWN:
        raise NetworkError(
            f"{files[0].name}: {start.members} members; the dashboard takes {FEWEST_OWN} to {MOST_OWN} "
            "(larger ones: gennet compare, with network.kind=csv)"
        )
    texts = to_csv(read)
    fingerprint = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:FINGERPRINT]
    folder = Path(tempfile.mkdtemp(prefix="gennet-own-"))
    _folders.add(folder)
    for name, text in zip(("members.csv", "ties.csv"), texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return UploadedNetwork(fingerprint, folder, start, tuple(file.name for file in files))


def forget(network: UploadedNetwork | None) -> None:
    """Remove the files of an uploaded network."""
    if network is not None:
        shutil.rmtree(network.folder, ignore_errors=True)
        _folders.discard(network.folder)


@atexit.register
def forget_all() -> None:
    """Remove all files when the server ends."""
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
