"""Start networks: generated, real, or from a user's files; and to networkx.

`build` returns the network of a scenario: a function of settings, seed and replicate, not of the strategy.  Ties come
from the kind; then the weakest are removed, then some at random, then newcomers join.

    kinds.py      settings of each kind            generate.py   generated kinds
    real.py       karate club, southern women, ... ../reading/   a user's files, in any format
    exchange.py   to networkx       network_writing.py   to CSV and graph files
    health.py     a network before any weaving, in words
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.inputs.networks import generate, real
from sim.inputs.networks.exchange import to_networkx
from sim.inputs.networks.kinds import AnyKind, Communities, Csv, Florentine, Karate, NetworkSettings, SouthernWomen
from sim.inputs.reading.reader import read_csv, read_file, read_network, states
from sim.model.start import UNKNOWN, NetworkError, StartNetwork, numbered

__all__ = [
    "Communities",
    "NetworkError",
    "NetworkSettings",
    "StartNetwork",
    "build",
    "read_file",
    "read_network",
    "to_networkx",
]


def build(settings: AnyKind, seed: int, replicate: int, base: Path | None = None) -> StartNetwork:
    """Return the start network of the settings.

    `seed`, `replicate`: whole numbers from 0 on.  `base`: the folder where paths of a user's files start (the scenario
    file's; by default the current one).  Real networks and users' own depend on the replicate only through random thinning
    and the kinds and sectors that the data do not give.

    Raises NetworkError.
    """
    if isinstance(settings, Csv):
        folder = base or Path()
        files = folder / settings.members, folder / settings.ties
        start = read_csv(*files, states(*files))
    elif isinstance(settings, Karate):
        start = real.karate().copy()
    elif isinstance(settings, SouthernWomen):
        start = real.southern_women().copy()
    elif isinstance(settings, Florentine):
        start = real.florentine().copy()
    else:
        start = generate.generate(settings, seed, replicate)
    start = thinned(start, settings.keep_strongest, settings.keep_random, seed, replicate)
    start = with_sectors(start, settings.sectors, seed, replicate)
    start = with_newcomers(start, settings.newcomers, seed, replicate)
    return with_kinds(start, settings.organisations, seed, replicate)


def changed(start: StartNetwork, **fields: object) -> StartNetwork:
    """Return a copy with other fields, which is not checked before the last step of `build`: checks take longer than steps."""
    twin = copy(start)
    for name, value in fields.items():
        object.__setattr__(twin, name, value)
    return twin


def thinned(start: StartNetwork, strongest: float, at_random: float, seed: int, replicate: int) -> StartNetwork:
    """Return the network with the strongest share of its ties, and of these a random share; numbers are rounded.

    Among equally strong ties a fixed draw decides, the same in every run and replicate.  A share of ties contains every
    lower share.
    """
    count = generate.half_up(strongest * len(start.ties))
    if count < len(start.ties):
        fixed = generate.ranks_of(generate.key(0, 0, generate.EQUALS), start.ties)
        kept = np.sort(np.lexsort((fixed, -start.strength))[:count])
        start = start.with_ties(kept)
    count = generate.half_up(at_random * len(start.ties))
    if count < len(start.ties):
        chosen = generate.lowest(generate.ranks_of(generate.key(seed, replicate, generate.THIN), start.ties), count)
        start = start.with_ties(chosen)
    return start


def with_sectors(start: StartNetwork, sectors: int, seed: int, replicate: int) -> StartNetwork:
    """Return the network with unknown sectors drawn: that of a known member, else any of `sectors`."""
    unknown = start.sector == UNKNOWN
    if not unknown.any():
        return start
    known = start.sector[~unknown] if not unknown.all() else np.arange(sectors, dtype=np.int32)
    drawn = generate.uniforms(generate.key(seed, replicate, generate.SECTOR), start.members)
    return changed(start, sector=np.where(unknown, known[(drawn * len(known)).astype(np.int64)], start.sector))


def with_newcomers(start: StartNetwork, count: int, seed: int, replicate: int) -> StartNetwork:
    """Return the network with new members who know nobody, each of the sector of a random member."""
    if not count:
        return start
    n = start.members
    drawn = generate.uniforms(generate.key(seed, replicate, generate.NEWCOMER_SECTOR), count)

    def longer(values: np.ndarray) -> np.ndarray:
        """Return the values with an unknown one for each newcomer."""
        return np.concatenate((values, np.full(count, UNKNOWN, values.dtype)))

    return changed(
        start,
        names=start.names + numbered("newcomer", 1, count),
        ids=None if start.ids is None else start.ids + new_ids(start.ids, count),
        sector=np.concatenate((start.sector, start.sector[(drawn * n).astype(np.int64)])),
        kind=longer(start.kind),
        viewpoint=np.concatenate((start.viewpoint, np.full((count, 2), np.nan))),
        faction=None if start.faction is None else longer(start.faction),
        tree_parent=None if start.tree_parent is None else longer(start.tree_parent),
        learner=None if start.learner is None else np.concatenate((start.learner, np.ones(count, bool))),
        joined_late=np.arange(n + count) >= n,
    )


def new_ids(known: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return ids of newcomers that no member has yet."""
    word, taken = "newcomer", set(known)
    while not taken.isdisjoint(found := numbered(word, 1, count)):
        word += "-new"
    return found


def with_kinds(start: StartNetwork, organisations: float, seed: int, replicate: int) -> StartNetwork:
    """Return the network with unknown kinds drawn, each by its own draw: a higher share only adds organisations."""
    drawn = generate.uniforms(generate.key(seed, replicate, generate.KIND), start.members) < organisations
    return replace(start, kind=np.where(start.kind == UNKNOWN, drawn, start.kind).astype(np.int8))
