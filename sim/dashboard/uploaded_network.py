"""A visitor's own network: read from uploaded files, held while its page is open, and used as the start everywhere.

What was understood is written, as two plain CSV files, into a folder that only this process can read; it goes when the
visitor leaves, when another network takes its place, or when the server ends.  Answers about it are kept with it, not
with everybody's.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.dashboard.asking import Memory
from sim.dashboard.pages.watch.film import places
from sim.dashboard.questions import FINGERPRINT, MOST_OWN, Question
from sim.inputs.networks.formats import File, checked_size, read_network, to_csv
from sim.inputs.networks.health import health
from sim.model.start import NetworkError, StartNetwork

MOST_UPLOADED = 4_000_000
FEWEST_OWN = 5
_folders: set[Path] = set()


@dataclass(frozen=True, eq=False)
class Own:
    """An uploaded network: its fingerprint, where its two files are, what it is, and answers about it."""

    fingerprint: str
    folder: Path
    start: StartNetwork
    files: tuple[str, ...]
    memory: Memory = field(default_factory=Memory)

    def asked(self, question: Question) -> Question:
        """A question with this network as its start."""
        return replace(question, own=self.fingerprint, members=self.start.members)

    def told(self) -> dict[str, Any]:
        """What the page says of it, fit for JSON."""
        strengths = self.start.strength.tolist()
        together = {(i, j): s for (i, j), s in zip(self.start.ties.tolist(), strengths, strict=True)}
        return {
            "files": list(self.files),
            "fingerprint": self.fingerprint,
            "members": self.start.members,
            "notes": list(self.start.notes),
            "health": [vars(finding) for finding in health(self.start)],
            "names": list(self.start.names),
            "places": places([together], self.start.members),
            "ties": [[i, j, round(s, 2)] for (i, j), s in together.items()],
        }


def taken(files: Sequence[File]) -> Own:
    """An uploaded network, checked.  Errors: NetworkError."""
    for file in files:
        checked_size(file.name, len(file.content), MOST_UPLOADED)
    start = read_network(files)
    if not FEWEST_OWN <= start.members <= MOST_OWN:
        raise NetworkError(
            f"{files[0].name}: {start.members} members; the dashboard takes {FEWEST_OWN} to {MOST_OWN} "
            "(larger ones: gennet compare, with network.kind=csv)"
        )
    texts = to_csv(start)
    fingerprint = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:FINGERPRINT]
    folder = Path(tempfile.mkdtemp(prefix="gennet-own-"))
    _folders.add(folder)
    for name, text in zip(("members.csv", "ties.csv"), texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return Own(fingerprint, folder, start, tuple(file.name for file in files))


def forget(own: Own | None) -> None:
    """Remove what was kept of an uploaded network."""
    if own is not None:
        shutil.rmtree(own.folder, ignore_errors=True)
        _folders.discard(own.folder)


@atexit.register
def forget_all() -> None:
    """Remove what is left when the server ends."""
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)
