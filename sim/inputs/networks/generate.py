"""Generated start networks: functions of settings, seed and replicate only.

Members are the same for every kind: member i belongs to sector i modulo `sectors` (equal sizes), and its own draw makes
it an individual or an organisation.  So a star and a spread-out network differ in their ties only.

The number of ties is exact, for the same reason: claims compare structures with equal numbers of ties.  Every pair of
members has a random rank, and the pairs of lowest rank are tied (Erdős & Rényi's 1959 G(n, m), within
blocks of pairs).  A network of higher degree thus contains that of lower degree, and pairs are independent.
Where a block has too many pairs to rank them all, candidates are drawn first, by skipping from one to the next as
Batagelj & Brandes (2005) do, each member on draws of its own: time and memory grow with members and ties.

All that numba compiles here calls `sim.model.luck` and nothing else, so that numba's cache notices every edit of this file.
Keys are wrapped in np.uint64: uncompiled, `sim.model.luck` returns them as Python numbers, which numba takes as signed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.inputs.networks.kinds import (
    Communities,
    Connectivity,
    CorePeriphery,
    Empty,
    Fragments,
    Organisation,
    Random,
    SmallWorld,
    Star,
)
from sim.model import luck
from sim.model.jit import entry
from sim.model.start import StartNetwork, new_network, numbered, pair_codes, sorted_ties

# Phases of week 0, beyond those of the schedule: what a draw of a start network is for.
RANK, SKIP, REWIRE, REWIRE_TO, CONTACT = 100, 101, 102, 103, 104
KIND, SECTOR, NEWCOMER_SECTOR, THIN, EQUALS = 105, 106, 107, 108, 109

RANK_ALL = 2048 * 2048  # rows times columns of a block up to which all its pairs are ranked
REWIRE_ATTEMPTS = 64


def key(seed: int, replicate: int, phase: int) -> np.uint64:
    """Return the key of one phase of the start networks."""
    return np.uint64(luck.phase_key(seed, replicate, 0, phase))


@entry
def uniforms(phase, count):
    """Return the random numbers 0 to count-1 under a key: float64 (count,)."""
    numbers = np.empty(count)
    for n in range(count):
        numbers[n] = luck.uniform(phase, n)
    return numbers


@entry
def ranks_of(phase, ties):
    """Return the random number of each pair (m, 2) under a key: float64 (m,)."""
    ranks = np.empty(len(ties))
    for t in range(len(ties)):
        own = np.uint64(luck.pair(phase, np.int64(ties[t, 0]), np.int64(ties[t, 1])))
        ranks[t] = luck.uniform(own, 0)
    return ranks


@entry
def candidates(phase, first_row, rows, first_column, columns, step, chance):
    """Return pairs (i, j) of a block, each with the given chance, by skipping (Batagelj & Brandes 2005): int64 (m, 2).

    Rows i run from `first_row` up to `rows`, columns j from `first_column` or i+step up to `columns`, `step` apart.
    A chance of 1 gives every pair; one of 0 is not allowed.
    """
    miss = math.log1p(-chance) if chance < 1.0 else 0.0
    pairs = np.empty((0, 2), np.int64)
    for filling in range(2):
        count = 0
        for i in range(first_row, rows):
            own = np.uint64(luck.of(phase, i))
            j = i if step > 1 else max(i, first_column - 1)
            draw = 0
            while True:
                skip = math.floor(math.log(1.0 - luck.uniform(own, draw)) / miss) if miss < 0.0 else 0.0
                if j + (skip + 1.0) * step >= columns:
                    break
                j += (int(skip) + 1) * step
                draw += 1
                if filling:
                    pairs[count, 0] = i
                    pairs[count, 1] = j
                count += 1
        if not filling:
            pairs = np.empty((count, 2), np.int64)
    return pairs


@entry
def low_ranks(phase, first_row, rows, first_column, columns, step, sectors, bound):
    """Return the pairs of a block (see `PairBlock`) whose random number under a key is below a bound, in order: int64 (m, 2)."""
    pairs = np.empty((64, 2), np.int64)
    count = 0
    for i in range(first_row, rows):
        first = (i if step > 1 else max(i, first_column - 1)) + step
        for j in range(first, columns, step):
            if sectors > 0 and i % sectors == j % sectors:
                continue
            if luck.uniform(np.uint64(luck.pair(phase, np.int64(i), np.int64(j))), 0) < bound:
                if count == len(pairs):
                    longer = np.empty((2 * count, 2), np.int64)
                    for n in range(count):  # for `longer[:count] = pairs`, numba compiles messages for seconds
                        longer[n, 0], longer[n, 1] = pairs[n, 0], pairs[n, 1]
                    pairs = longer
                pairs[count, 0] = i
                pairs[count, 1] = j
                count += 1
    return pairs[:count]


def lowest(ranks: np.ndarray, count: int) -> np.ndarray:
    """Return which `count` of the ranks are lowest; equal ones in order: bool, as long as `ranks`."""
    if not 0 < count < len(ranks):
        return np.full(len(ranks), count > 0)
    bound = np.partition(ranks, count - 1)[count - 1]
    chosen: np.ndarray = ranks < bound
    chosen[np.flatnonzero(ranks == bound)[: count - int(chosen.sum())]] = True
    return chosen


class PairBlock(NamedTuple):
    """A set of pairs (i, j): rows, columns and step as in `candidates`.

    `number`: of the block in its network, which keys its draws.  `pairs`: how many there are.  `sectors`: if above 0, pairs
    within one of so many sectors are left out.  `taken`: codes of pairs left out.
    """

    number: int
    pairs: int
    first_row: int
    rows: int
    first_column: int
    columns: int
    step: int = 1
    sectors: int = 0
    taken: np.ndarray | None = None

    def lowest_ranked(self, phase: np.uint64, members: int, bound: float) -> np.ndarray:
        """Return pairs of the block whose rank is below a bound: int64 (m, 2)."""
        found: np.ndarray = low_ranks(
            phase, self.first_row, self.rows, self.first_column, self.columns, self.step, self.sectors, bound
        )
        return found if self.taken is None else found[~np.isin(pair_codes(found, members), self.taken)]

    def among(self, phase: np.uint64, members: int, chance: float) -> np.ndarray:
        """Return pairs of the block, each with the given chance: int64 (m, 2)."""
        own = np.uint64(luck.of(phase, self.number))
        found: np.ndarray = candidates(
            own, self.first_row, self.rows, self.first_column, self.columns, self.step, chance
        )
        if self.sectors:
            found = found[found[:, 0] % self.sectors != found[:, 1] % self.sectors]
        if self.taken is not None:
            found = found[~np.isin(pair_codes(found, members), self.taken)]
        return found


def tie(seed: int, replicate: int, members: int, wanted: int, block: PairBlock) -> np.ndarray:
    """Return `wanted` random pairs of the block: int64 (wanted, 2), or all if there are fewer."""
    wanted = min(wanted, block.pairs)
    if wanted <= 0:
        return np.empty((0, 2), np.int64)
    everything = (block.rows - block.first_row) * (block.columns - block.first_column) // block.step
    ranking = key(seed, replicate, RANK)
    # The lowest ranks are among those below the chance, or else among a random share of pairs.
    draw = (
        partial(block.lowest_ranked, ranking)
        if everything <= RANK_ALL
        else partial(block.among, key(seed, replicate, SKIP))
    )
    chance = min(1.0, (wanted + 6.0 * math.sqrt(wanted) + 20.0) / block.pairs)
    found = draw(members, chance)
    while len(found) < wanted:  # about once in 10^9 networks
        chance = min(1.0, 1.5 * chance)
        found = draw(members, chance)
    return np.compress(lowest(ranks_of(ranking, found), wanted), found, axis=0)


def half_up(number: float) -> int:
    """Return a rounded number of ties."""
    return math.floor(number + 0.5)


def pairs_of(count: int) -> int:
    """Return the number of pairs among `count` members."""
    return count * (count - 1) // 2


def by_sector(members: int, sectors: int) -> np.ndarray:
    """Return members in the order of their sectors, for rings, fragments and trees: int64 (members,)."""
    return np.argsort(np.arange(members) % sectors, kind="stable")


def communities(settings: Communities, seed: int, replicate: int) -> np.ndarray:
    """Return ties of sectors: an exact share inside; ties that do not fit there lie between sectors."""
    n, sectors = settings.members, min(settings.sectors, settings.members)
    total = half_up(n * settings.degree / 2)
    sizes = np.bincount(np.arange(n) % sectors)
    inside_pairs = int((sizes * (sizes - 1) // 2).sum())
    between_pairs = pairs_of(n) - inside_pairs
    between = min(total - min(half_up(settings.within * total), inside_pairs), between_pairs)
    inside_block = PairBlock(0, inside_pairs, 0, n, 0, n, step=sectors)
    between_block = PairBlock(1, between_pairs, 0, n, 0, n, sectors=sectors)
    inside_ties = tie(seed, replicate, n, total - between, inside_block)
    return np.concatenate((inside_ties, tie(seed, replicate, n, between, between_block)))


def random(settings: Random, seed: int, replicate: int) -> np.ndarray:
    """Return ties of a random network (Erdős & Rényi 1959): every set of pairs of this number is equally likely."""
    n = settings.members
    return tie(seed, replicate, n, half_up(n * settings.degree / 2), PairBlock(0, pairs_of(n), 0, n, 0, n))


def first_of_each(codes: np.ndarray) -> np.ndarray:
    """Return which codes occur for the first time: bool, as long as `codes`."""
    first = np.zeros(len(codes), bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return first


@entry
def ring_draws(phase, own, offset, attempt):
    """Return the random number of each tie on the ring, by owner, offset and attempt: float64 (m,)."""
    numbers = np.empty(len(own))
    for t in range(len(own)):
        draws = np.uint64(luck.of(np.uint64(luck.of(phase, own[t])), offset[t]))
        numbers[t] = luck.uniform(draws, attempt)
    return numbers


def small_world(settings: SmallWorld, seed: int, replicate: int) -> np.ndarray:
    """Return ties of a small world (Watts & Strogatz 1998): a ring through the sectors, each tie rewired with a chance.

    A rewired tie keeps one end and goes to a pair that is neither tied nor neighbours on the ring; in Watts & Strogatz's
    process it may also replace a removed tie.  If there is no such pair, it stays.
    """
    n, half = settings.members, settings.degree // 2
    own, offset = np.repeat(np.arange(n), half), np.tile(np.arange(1, half + 1), n)
    ring = np.sort(np.stack((own, (own + offset) % n), axis=1), axis=1)
    rewired = ring_draws(key(seed, replicate, REWIRE), own, offset, 0) < settings.rewire
    taken, result = pair_codes(ring, n), ring.copy()
    waiting = np.flatnonzero(rewired)
    for attempt in range(REWIRE_ATTEMPTS):
        if not len(waiting):
            break
        drawn = ring_draws(key(seed, replicate, REWIRE_TO), own[waiting], offset[waiting], attempt)
        proposed = np.sort(np.stack((own[waiting], (drawn * n).astype(np.int64)), axis=1), axis=1)
        codes = pair_codes(proposed, n)
        free = (proposed[:, 0] != proposed[:, 1]) & ~np.isin(codes, taken) & first_of_each(codes)
        result[waiting[free]] = proposed[free]
        taken = np.concatenate((taken, codes[free]))
        waiting = waiting[~free]
    return np.take(by_sector(n, settings.sectors), result)


def core_periphery(settings: CorePeriphery, seed: int, replicate: int) -> np.ndarray:
    """Return ties of a core and its periphery, after Borgatti & Everett (2000): the periphery is tied to the core only.

    Half of the ties lie within the core, or more if each member of the periphery has one (as far as the core has pairs).
    The rest tie the periphery to the core, first one each, then any; only a full block spills over, to ties within the
    periphery.  The core is the first rows, from all sectors.
    """
    n = settings.members
    core = core_size(settings)
    total, edge = half_up(n * settings.degree / 2), n - core
    inside = min(max(total - edge, total // 2), pairs_of(core))
    across = min(total - inside, core * edge)
    own_contact = (uniforms(key(seed, replicate, CONTACT), n)[core:] * core).astype(np.int64)
    first = np.stack((own_contact, np.arange(core, n)), axis=1)
    first = first[lowest(ranks_of(key(seed, replicate, RANK), first), across)]
    further = PairBlock(1, core * edge - len(first), 0, core, core, n, taken=pair_codes(first, n))
    blocks = (
        tie(seed, replicate, n, inside, PairBlock(0, pairs_of(core), 0, core, 0, core)),
        first,
        tie(seed, replicate, n, across - len(first), further),
        tie(seed, replicate, n, total - inside - across, PairBlock(2, pairs_of(edge), core, n, 0, n)),
    )
    return np.concatenate(blocks)


def connectivity(settings: Connectivity, seed: int, replicate: int) -> np.ndarray:
    """Return ties of a connectivity network: experienced people are the core, and learners its periphery."""
    return core_periphery(as_core(settings), seed, replicate)


def as_core(settings: Connectivity) -> CorePeriphery:
    """Return the core and periphery whose core are the experienced."""
    return CorePeriphery(members=settings.members, degree=settings.degree, core=settings.experienced)


def core_size(settings: CorePeriphery) -> int:
    """Return the number of members in the core."""
    return min(max(2, half_up(settings.core * settings.members)), settings.members - 1)


def star(settings: Star, seed: int, replicate: int) -> np.ndarray:
    """Return ties of a star: hubs (the first rows) tied to all; further ties are random."""
    n, hubs = settings.members, settings.hubs
    spokes = candidates(key(seed, replicate, SKIP), 0, hubs, 0, n, 1, 1.0)
    rest = half_up(n * settings.degree / 2) - len(spokes)
    return np.concatenate((spokes, tie(seed, replicate, n, rest, PairBlock(0, pairs_of(n - hubs), hubs, n, 0, n))))


def fragments(settings: Fragments, seed: int, replicate: int) -> np.ndarray:
    """Return ties of fragments (Krebs & Holley 2006): complete inside, formed in order of sectors."""
    n, size = settings.members, settings.size
    position = np.repeat(np.arange(n), size - 1)
    other = position + np.tile(np.arange(1, size), n)
    same = (other < n) & (other // size == position // size)
    return np.take(by_sector(n, settings.sectors), np.stack((position[same], other[same]), axis=1))


def empty(settings: Empty, seed: int, replicate: int) -> np.ndarray:
    """Return no ties."""
    return np.empty((0, 2), np.int64)


@entry
def depth_first(members, span):
    """Return depth-first positions of the nodes of a full tree, numbered level by level: int64 (members,)."""
    position = np.empty(members, np.int64)
    stack = np.empty(members, np.int64)
    stack[0], top, count = 0, 1, 0
    while top > 0:
        top -= 1
        node = stack[top]
        position[node] = count
        count += 1
        for child in range(min(members, node * span + span + 1) - 1, node * span, -1):
            stack[top] = child
            top += 1
    return position


def managers(settings: Organisation) -> np.ndarray:
    """Return the manager of each member of an organisation, -1 for the top (row 0): int32 (members,).

    Levels are full from the top down.  Branches follow the sectors, so a department is mostly of one.
    """
    n, span = settings.members, settings.span
    row = by_sector(n, settings.sectors)[depth_first(n, span)]
    parent = np.full(n, -1, np.int32)
    parent[row[1:]] = row[(np.arange(1, n) - 1) // span]
    return parent


def organisation(settings: Organisation, seed: int, replicate: int) -> np.ndarray:
    """Return ties of an organisation: everybody with their manager."""
    parent = managers(settings)
    below = np.flatnonzero(parent >= 0)
    return np.stack((parent[below].astype(np.int64), below), axis=1)


GENERATORS: dict[str, Callable[[Any, int, int], np.ndarray]] = {
    "communities": communities,
    "random": random,
    "small_world": small_world,
    "core_periphery": core_periphery,
    "connectivity": connectivity,
    "star": star,
    "fragments": fragments,
    "empty": empty,
    "organisation": organisation,
}
SOURCES = {
    "communities": "generated: sectors, few ties between them",
    "random": "generated: random network of a given number of ties (Erdős & Rényi 1959)",
    "small_world": "generated: small world (Watts & Strogatz 1998)",
    "core_periphery": "generated: core and periphery (after Borgatti & Everett 2000)",
    "connectivity": "generated: experienced people and learners (a connectivity network, Plastrik, Taylor & Cleveland 2014)",
    "star": "generated: hubs tied to all, further ties at random",
    "fragments": "generated: scattered fragments (after Krebs & Holley 2006)",
    "empty": "generated: members who do not know each other",
    "organisation": "generated: a tree of managers",
}
GeneratedKind = (
    Communities | Random | SmallWorld | CorePeriphery | Connectivity | Star | Fragments | Empty | Organisation
)


def generate(settings: GeneratedKind, seed: int, replicate: int) -> StartNetwork:
    """Return the generated network of the settings' kind; members' kinds are not drawn yet."""
    ties = sorted_ties(GENERATORS[settings.kind](settings, seed, replicate))
    learner = None
    if isinstance(settings, Connectivity):
        learner = np.arange(settings.members) >= core_size(as_core(settings))
    return new_network(
        ties,
        names=numbered("member", 1, settings.members),
        source=SOURCES[settings.kind],
        sector=(np.arange(settings.members) % settings.sectors).astype(np.int32),
        tree_parent=managers(settings) if isinstance(settings, Organisation) else None,
        learner=learner,
    )
