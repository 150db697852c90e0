"""Start networks: generated, real, or from a user's files; and to and from networkx.

`build` makes the network that a scenario asks for: a function of the settings, seed and replicate, whatever the
strategy.  Ties come from the kind; then the weakest are thinned away, then some at random, then newcomers join.

    settings.py   what a scenario may say          start.py      what a start network is
    generate.py   generated kinds                  real.py       karate club, southern women, Florentine families
    userfiles.py  a user's files, read by table.py exchange.py   to and from networkx
    formats.py    CSV, Excel, GraphML, GEXF, Kumu  health.py     how a network stands, in words
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.inputs.networks import generate, real, userfiles
from sim.inputs.networks.exchange import from_networkx, to_networkx
from sim.inputs.networks.settings import AnyKind, Communities, Csv, Florentine, Karate, NetworkSettings, SouthernWomen
from sim.model.start import UNKNOWN, NetworkError, StartNetwork, numbered

__all__ = [
    "Communities",
    "NetworkError",
    "NetworkSettings",
    "StartNetwork",
    "build",
    "from_networkx",
    "to_networkx",
]


def build(settings: AnyKind, seed: int, replicate: int, base: Path | None = None) -> StartNetwork:
    """The start network that the settings ask for.

    `seed`, `replicate`: whole numbers from 0 on.  `base`: the folder that paths of a user's files start from (the
    scenario file's; by default the current one).  Real networks and users' own do not depend on the replicate, but for
    thinning at random and for what is drawn where the data are silent: kinds and home communities.
    Errors: `NetworkError`.
    """
    if isinstance(settings, Csv):
        folder = base or Path()
        files = folder / settings.members, folder / settings.ties
        start = userfiles.read_again(*files, userfiles.states(*files))
    elif isinstance(settings, Karate):
        start = real.karate()
    elif isinstance(settings, SouthernWomen):
        start = real.southern_women()
    elif isinstance(settings, Florentine):
        start = real.florentine()
    else:
        start = generate.generate(settings, seed, replicate)
    start = thinned(start, settings.keep_strongest, settings.keep_random, seed, replicate)
    start = with_sectors(start, settings.sectors, seed, replicate)
    start = with_newcomers(start, settings.newcomers, seed, replicate)
    return with_kinds(start, settings.organisations, seed, replicate)


def thinned(start: StartNetwork, strongest: float, at_random: float, seed: int, replicate: int) -> StartNetwork:
    """The network with the given share of its ties, the strongest, and of these a share at random; numbers are rounded.

    Of equally strong ties those go first whose fixed draw is higher, the same in every run and replicate.  A share of
    ties contains every lower share.
    """
    count = generate.half_up(strongest * len(start.ties))
    if count < len(start.ties):
        fixed = generate.ranks_of(generate.key(0, 0, generate.EQUALS), start.ties)
        kept = np.sort(np.lexsort((fixed, -start.strength))[:count])
        start = replace(start, ties=start.ties[kept], strength=start.strength[kept])
    count = generate.half_up(at_random * len(start.ties))
    if count < len(start.ties):
        chosen = generate.lowest(generate.ranks_of(generate.key(seed, replicate, generate.THIN), start.ties), count)
        start = replace(start, ties=start.ties[chosen], strength=start.strength[chosen])
    return start


def with_sectors(start: StartNetwork, sectors: int, seed: int, replicate: int) -> StartNetwork:
    """The network with home communities drawn where unknown: like that of a known member, else any of `sectors`."""
    unknown = start.sector == UNKNOWN
    if not unknown.any():
        return start
    known = start.sector[~unknown] if not unknown.all() else np.arange(sectors, dtype=np.int32)
    drawn = generate.uniforms(generate.key(seed, replicate, generate.SECTOR), start.members)
    return replace(start, sector=np.where(unknown, known[(drawn * len(known)).astype(np.int64)], start.sector))


def with_newcomers(start: StartNetwork, count: int, seed: int, replicate: int) -> StartNetwork:
    """The network with members added who know nobody, each of the same home community as a member drawn."""
    if not count:
        return start
    n = start.members
    drawn = generate.uniforms(generate.key(seed, replicate, generate.NEWCOMER_SECTOR), count)

    def longer(values: np.ndarray) -> np.ndarray:
        """The values with an unknown one for each newcomer."""
        return np.concatenate((values, np.full(count, UNKNOWN, values.dtype)))

    return replace(
        start,
        names=start.names + numbered("newcomer", 1, count),
        ids=None if start.ids is None else start.ids + new_ids(start.ids, count),
        sector=np.concatenate((start.sector, start.sector[(drawn * n).astype(np.int64)])),
        kind=longer(start.kind),
        viewpoint=np.concatenate((start.viewpoint, np.full((count, 2), np.nan))),
        faction=None if start.faction is None else longer(start.faction),
        tree_parent=None if start.tree_parent is None else longer(start.tree_parent),
        joined_late=np.arange(n + count) >= n,
    )


def new_ids(known: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Ids of newcomers that nobody has yet."""
    word, taken = "newcomer", set(known)
    while not taken.isdisjoint(found := numbered(word, 1, count)):
        word += "-new"
    return found


def with_kinds(start: StartNetwork, organisations: float, seed: int, replicate: int) -> StartNetwork:
    """The network with kinds drawn where unknown, each by its own draw: a higher share only adds organisations."""
    drawn = generate.uniforms(generate.key(seed, replicate, generate.KIND), start.members) < organisations
    return replace(start, kind=np.where(start.kind == UNKNOWN, drawn, start.kind).astype(np.int8))
