"""Networks that visitors asked the server to keep: under a key that nobody can guess, until a date, or until they delete it.

The server stores files under a hash of the key, so that access to the folder opens no link.  Nothing is kept without a request.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from sim.inputs.reading.plain import File
from sim.lab.results import ResultsError, written_aside
from sim.model.start import NetworkError

FOLDER = "GENNET_KEPT"
"""The environment variable that names another folder for kept networks."""
DAYS, MOST_DAYS = 30, 365
DAY = 86_400.0
MOST_KEPT, MOST_BYTES = 500, 8_000_000
SUFFIX = ".gennet.json"
KEY_BYTES = 24


@dataclass(frozen=True)
class KeptNetwork:
    """A network with the settings of its page: two CSV texts, the names of its first files, and the query of a link.

    `until`: seconds since 1970 at which the server deletes it; 0 in a file that its owner keeps.
    """

    members: str
    ties: str
    names: tuple[str, ...]
    query: str
    until: float = 0.0

    def to_json(self) -> str:
        """Return it as the text of a file."""
        return json.dumps({"gennet": 1, **vars(self)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> KeptNetwork:
        """Return what a file holds.  Raises NetworkError if it is none of ours."""
        try:
            found = json.loads(text)
            if found["gennet"] != 1:
                raise ValueError
            texts = [str(found[part]) for part in ("members", "ties", "query")]
            names = tuple(str(name)[:200] for name in found["names"][:20])
            return cls(texts[0], texts[1], names, texts[2][:4000], float(found.get("until", 0.0)))
        except (ValueError, KeyError, TypeError):
            raise NetworkError("the saved network cannot be read; it was cut off or changed") from None

    @property
    def files(self) -> list[File]:
        """The files to read it from."""
        return [File("members.csv", self.members.encode()), File("ties.csv", self.ties.encode())]


def saved_in(files: Sequence[File]) -> KeptNetwork | None:
    """Return the network in a file that this dashboard saved, if the files are one.  Raises NetworkError if it is damaged."""
    if len(files) == 1 and files[0].name.lower().endswith(SUFFIX):
        return KeptNetwork.from_json(files[0].content)
    return None


class KeptNetworks:
    """The folder of kept networks."""

    def __init__(self, folder: Path | None = None) -> None:
        named = os.environ.get(FOLDER)
        self.folder = folder or (Path(named) if named else user_state_path("generative-networks") / "kept-networks")
        self._lock = threading.Lock()

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}{SUFFIX}"

    def keep(self, network: KeptNetwork, days: int = DAYS) -> tuple[str, float]:
        """Keep a network; return its key and when it will be deleted.  Raises NetworkError if there is no room."""
        until = time.time() + min(max(1, days), MOST_DAYS) * DAY
        text = KeptNetwork(network.members, network.ties, network.names, network.query, until).to_json()
        key = secrets.token_urlsafe(KEY_BYTES)
        with self._lock:
            self.purge()
            if len(text.encode()) > MOST_BYTES or len(list(self.folder.glob(f"*{SUFFIX}"))) >= MOST_KEPT:
                raise NetworkError("the server has no room to keep this network; save it as a file instead")
            try:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with written_aside(self._path(key)) as aside:
                    aside.touch(mode=0o600)
                    aside.write_text(text, encoding="utf-8")
            except (OSError, ResultsError) as fault:
                raise NetworkError(f"the server cannot keep this network ({fault})") from None
        return key, until

    def get(self, key: str) -> KeptNetwork | None:
        """Return a kept network; None if there is none under this key, or no more."""
        try:
            found = KeptNetwork.from_json(self._path(key).read_text("utf-8"))
        except (OSError, NetworkError):
            return None
        if found.until <= time.time():
            self.delete(key)
            return None
        return found

    def delete(self, key: str) -> bool:
        """Delete a kept network; return whether there was one."""
        try:
            self._path(key).unlink()
        except OSError:
            return False
        return True

    def purge(self) -> None:
        """Delete what has outlived its date."""
        for path in self.folder.glob(f"*{SUFFIX}"):
            try:
                if KeptNetwork.from_json(path.read_text("utf-8")).until <= time.time():
                    path.unlink()
            except (OSError, NetworkError):
                continue
