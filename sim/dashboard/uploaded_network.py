"""A visitor's own network: read from uploaded files, held as long as the session lives, and used as the start everywhere.

What was understood is written, as two plain CSV files, into a folder that only this process can read; it is removed when
the visitor leaves, when another network replaces it, or when the server ends.  Answers about it are kept with it.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import solara
from solara.lab import on_kernel_start
from solara.lab.utils.cookies import cookies

from sim.dashboard.answering import Memory
from sim.dashboard.kept_networks import KeptNetwork, KeptNetworks
from sim.dashboard.network_drawing import Place, places
from sim.dashboard.questions import FINGERPRINT, MOST_OWN, Question
from sim.dashboard.services import services
from sim.inputs.networks.health import Finding, health
from sim.inputs.networks.network_writing import to_csv
from sim.inputs.profile.network_profile import NetworkProfile, attribute_values, people_csv, profile_of
from sim.inputs.reading.limited import Limits, read_limited, read_waves_limited
from sim.inputs.reading.plain import DEFAULT_OPTIONS, File, ReadOptions
from sim.inputs.reading.reader import checked_size
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.reading.wave_files import DatedNetwork
from sim.model.start import NetworkError, StartNetwork
from sim.output.network_words import ProfilePart, profile_parts
from sim.output.words import counted, percent

MOST_UPLOADED = 4_000_000
_folders: set[Path] = set()


@dataclass(frozen=True)
class NetworkSummary:
    """What the page shows of an uploaded network.

    `ties`: rows of both ends, strength.  `colourings`: by attribute, each member's value.  `sizes`: by measure, each member's,
    from 0 to 1.  `facts`: short sentences on each member.  `people`: the table with one row per member, as CSV.
    """

    files: tuple[str, ...]
    fingerprint: str
    members: int
    notes: tuple[str, ...]
    health: list[Finding]
    parts: list[ProfilePart]
    names: tuple[str, ...]
    places: list[Place]
    ties: list[tuple[int, int, float]]
    colourings: dict[str, Sequence[str]]
    sizes: dict[str, list[float]]
    facts: list[list[str]]
    people: str


@dataclass(frozen=True, eq=False)
class UploadedNetwork:
    """An uploaded network: its fingerprint, the folder of its two files, what it is, and answers about it."""

    fingerprint: str
    folder: Path
    read: UserNetwork
    files: tuple[str, ...]
    memory: Memory = field(default_factory=Memory)

    @property
    def start(self) -> StartNetwork:
        """The network as simulations start with it."""
        return self.read.start

    def question(self, question: Question) -> Question:
        """Return a question with this network as its start."""
        return replace(question, own=self.fingerprint, members=self.start.members)

    @cached_property
    def profile(self) -> NetworkProfile:
        """What it is like."""
        return profile_of(self.read)

    def summary(self) -> NetworkSummary:
        """Return what the page says about it, and how to draw it."""
        start, profile = self.start, self.profile
        ties = [(i, j, s) for (i, j), s in zip(start.ties.tolist(), start.strength.tolist(), strict=True)]
        return NetworkSummary(
            files=self.files,
            fingerprint=self.fingerprint,
            members=start.members,
            notes=start.notes,
            health=health(start),
            parts=profile_parts(profile),
            names=start.names,
            places=places([{(i, j): s for i, j, s in ties}], start.members),
            ties=[(i, j, round(s, 2)) for i, j, s in ties],
            colourings=dict(attribute_values(profile)),
            sizes=sizes_of(profile),
            facts=facts_of(profile),
            people=people_csv(profile),
        )


def sizes_of(profile: NetworkProfile) -> dict[str, list[float]]:
    """Return the measures by which members can be drawn larger, each from 0 to 1."""
    people = profile.people
    shown = {
        "Ties": "ties",
        "Damage if they leave": "damage",
        "Between others": "betweenness",
        "Named by others": "named_by",
    }
    if not profile.directions.one_way:
        shown.pop("Named by others")
    found = {}
    for label, column in shown.items():
        values = people[column].fillna(0).to_numpy(float)
        found[label] = (values / max(float(values.max()), 1e-12)).round(3).tolist()
    return found


def facts_of(profile: NetworkProfile) -> list[list[str]]:
    """Return the sentence on each member that is shown when it is chosen on the map."""
    people, further = profile.people, profile.network.attributes
    found = []
    for row in range(profile.members):
        one = people.iloc[row]
        facts = [counted(int(one["ties"]), "tie"), one["group"] and f"group {one['group']}"]
        facts += [f"{word}: {one[word]}" for word in ("sector", "kind") if one[word]]
        facts += [f"{heading}: {values[row]}" for heading, values in further.items() if values[row]]
        if one["damage"] > 0:
            facts.append(f"if this member leaves, the others lose {percent(float(one['damage']))} of their closeness")
        if one["cut_off"]:
            facts.append(f"{counted(int(one['cut_off']), 'other')} would be cut off")
        if one["bridger"]:
            facts.append("between groups")
        found.append([fact for fact in facts if fact])
    return found


def upload(files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS, names: Sequence[str] = ()) -> UploadedNetwork:
    """Return the network in some files, checked.  Raises NetworkError if it cannot be used.

    They are read in a process of its own, with limits on memory and time.
    """
    if files:
        checked_size(files[0], sum(len(file.content) for file in files), MOST_UPLOADED)
    read = read_limited(files, options, Limits(members=MOST_OWN))
    return stored(read, names or tuple(file.name for file in files))


def upload_waves(
    files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[UploadedNetwork, tuple[DatedNetwork, ...]]:
    """Return the latest wave in some files as the network, and all waves; a network without dates is one wave.

    Raises NetworkError as `upload` does.
    """
    if files:
        checked_size(files[0], sum(len(file.content) for file in files), MOST_UPLOADED)
    waves = read_waves_limited(files, options, Limits(members=MOST_OWN))
    return stored(waves[-1].network, tuple(file.name for file in files)), waves


def stored(read: UserNetwork, names: Sequence[str]) -> UploadedNetwork:
    """Return a network as simulations need it: as two files in a folder of its own.  `names`: what its files were called."""
    texts = to_csv(read)
    fingerprint = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:FINGERPRINT]
    folder = Path(tempfile.mkdtemp(prefix="gennet-own-"))
    _folders.add(folder)
    for name, text in zip(("members.csv", "ties.csv"), texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    return UploadedNetwork(fingerprint, folder, read, tuple(names))


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


_held: dict[str, UploadedNetwork] = {}
_none: UploadedNetwork | None = None
uploaded = solara.reactive(_none)
"""The session's uploaded network, or None."""


@dataclass(frozen=True)
class KeptHere:
    """Under which key the server keeps the session's network, and until when (seconds since 1970)."""

    key: str
    until: float


_not_kept: KeptHere | None = None
kept_here = solara.reactive(_not_kept)
"""Where the session's network is kept on the server; None if it is not."""
COOKIE = "gennet-kept"


def restore(key: str) -> KeptNetwork | None:
    """Hold the network that the server keeps under a key, and return it; None if there is none, or no more."""
    found = KeptNetworks().get(key)
    if found is None:
        return None
    try:
        hold(upload(found.files, names=found.names))
    except NetworkError:
        return None
    kept_here.set(KeptHere(key, found.until))
    return found


def restore_from_cookie() -> None:
    """Hold the network that this browser asked to be kept, unless the session has one already."""
    key = (cookies.value or {}).get(COOKIE, "")
    if key and uploaded.value is None:
        restore(key)


def hold(network: UploadedNetwork | None) -> None:
    """Replace the session's network and forget the one before; None: no network."""
    session = solara.get_kernel_id()
    forget(_held.pop(session, None))
    if network is not None:
        _held[session] = network
    kept_here.set(None)
    uploaded.set(network)


@on_kernel_start
def session_begins() -> Callable[[], None]:
    """Forget the session's network when it ends."""
    session = solara.get_kernel_id()
    return lambda: forget(_held.pop(session, None))


def sources(question: Question) -> tuple[Memory, Path | None]:
    """Return where answers to a question are kept, and the folder of the uploaded network that it is about."""
    if not question.own:
        return services().memory, None
    network = uploaded.value
    if network is None or network.fingerprint != question.own:
        return Memory(), None
    return network.memory, network.folder
