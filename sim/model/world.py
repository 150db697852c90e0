"""Worlds: build one from a start network and a scenario's numbers, copy it, make its tables longer."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

from sim.model import declarations
from sim.model.engine import run_weeks
from sim.model.jit import entry
from sim.model.rules.groups import new_group, take_seat
from sim.model.rules.members import draw_traits
from sim.model.rules.ties import make_tie
from sim.model.start import StartNetwork
from sim.model.state import (
    ALIGNING,
    BOND,
    CHANGE,
    COORDINATOR,
    GIFT,
    GROUP,
    GROUP_SIZE_LIMIT,
    MAP,
    MEMBER,
    NETWORK,
    NEWCOMERS,
    NOBODY,
    SCRATCH,
    START,
    TALLY,
    TIE,
    WEEKLY,
    World,
    opened,
)

TIE_SLOTS = 150
LEDGER_ROWS = 16_384
ROOM = 128


class WorldError(ValueError):
    """A world that cannot be: one plain sentence that says why."""


def slots_for(start: StartNetwork, rows: int) -> int:
    """Ties that a member can keep: Dunbar's number, or the greatest degree at the start and some more.

    Dunbar (1992, J. Human Evolution 22:469): about 150 stable relations.
    """
    most = int(start.degree.max()) if len(start.ties) else 0
    slots = max(TIE_SLOTS, most + 10) if rows <= 20_000 else max(48, most + 10)
    if slots * rows * TIE.dtype.itemsize > 16e9:
        raise WorldError(
            f"one member has {most} ties among {rows:,} members: the table of ties would take "
            f"{slots * rows * TIE.dtype.itemsize / 1e9:.0f} GB (16 GB at most)"
        )
    return slots


def build_world(
    start: StartNetwork,
    settings: np.ndarray,
    coordinators: np.recarray,
    changes: np.recarray,
    weeks: int,
    seed: int,
    replicate: int,
    ledger: bool = False,
) -> World:
    """A world before its first week.

    `settings`: float64, one a parameter, in order of `sim.model.declarations.PARAMETERS` (copied).  `coordinators`: COORDINATOR
    records, one each (copied).  `changes`: CHANGE records.  `weeks`: rows of the weekly table.  `ledger`: keep every gift.
    Raises WorldError where a table would not fit.
    """
    scheduled = int(sum(float(change.value) for change in changes if change.what == NEWCOMERS))
    rows = math.ceil(start.members * 1.5) + scheduled + 2 * ROOM
    group_rows = rows
    values = np.array(settings, np.float64)
    number = max(1, len(coordinators))
    slots = slots_for(start, rows)
    world = World(
        members=MEMBER.empty(rows),
        ties=TIE.empty(rows, slots),
        contacts=np.zeros((rows, slots), np.int32),
        groups=GROUP.empty(group_rows),
        coordinators=coordinators.copy().view(np.recarray) if len(coordinators) else COORDINATOR.empty(1),
        bonds=BOND.empty(number, rows),
        network=NETWORK.empty(1),
        tally=TALLY.empty(1),
        parameters=values.view(declarations.DTYPE).view(np.recarray),
        settings=values,
        changes=changes.copy().view(np.recarray) if len(changes) else CHANGE.empty(0),
        ledger=GIFT.empty(LEDGER_ROWS + 100 * start.members if ledger else 0),
        weekly=WEEKLY.empty(weeks),
        maps=MAP.empty(-(-weeks // int(values[declarations.NUMBER["measures.every"]]))),
        scratch=SCRATCH.empty(rows),
        draws=np.zeros(slots),
        places=np.zeros(slots, np.int32),
        listed=np.zeros(rows, np.int32),
    )
    network = world.network[0]
    network.seed, network.replicate = seed, replicate
    late = start.joined_late if start.joined_late is not None else np.zeros(start.members, bool)
    world.members.kind[: start.members] = start.kind
    world.members.sector[: start.members] = start.sector
    world.members.starter[: start.members] = ~late
    network.members = network.active = start.members
    network.starters = int((~late).sum())
    network.sectors = int(start.sector.max()) + 1
    strength = start.strength / start.strength.mean() if len(start.ties) else start.strength
    populate(world, start.ties, strength, np.ascontiguousarray(start.viewpoint))
    if world.parameters[0].organisation_fixed > 0.0:
        tree = start.tree_parent if start.tree_parent is not None else np.full(start.members, -1, np.int32)
        staff_teams(world, tree)
    return world


@entry
def populate(world, ties, strength, viewpoint):
    """Give everybody traits, and tie who is tied: trust in proportion to strength relative to the mean."""
    p = world.parameters[0]
    world = opened(world)
    network = world.network
    network.problem[0], network.problem[1] = 0.5, 0.5
    network.agenda[0], network.agenda[1] = 0.5, 0.5
    for kind in range(6):
        network.demand[kind] = 1.0
        network.last_of_kind[kind] = -1000
    for stage in range(4):
        network.reached[stage], network.fallen[stage] = -1, -1
    for i in range(network.members):
        draw_traits(i, world, p)
        if not math.isnan(viewpoint[i, 0]):
            world.members[i].viewpoint[0], world.members[i].viewpoint[1] = viewpoint[i, 0], viewpoint[i, 1]
    for t in range(len(ties)):
        trust = min(0.9, max(1.2 * p.trust_floor, p.trust_start * strength[t]))
        make_tie(int(ties[t, 0]), int(ties[t, 1]), trust, p.trust_start_known, START, world, p)
    world.tally.new_ties[START] = 0


@entry
def staff_teams(world, parent):
    """An organisation's teams: every manager with those who report to them, at work on the agenda from the first week."""
    world = opened(world)
    for boss in range(len(parent)):
        g = NOBODY
        for i in range(len(parent)):
            if parent[i] == boss:
                if g == NOBODY:
                    g = new_group(boss, world)
                    world.groups[g].phase = ALIGNING
                if world.groups[g].seated < GROUP_SIZE_LIMIT:
                    take_seat(i, g, world)
    world.tally.groups_founded = 0


def copy_world(world: World) -> World:
    """An independent copy: what runs on in one does not touch the other."""
    values = world.settings.copy()
    arrays = {name: array.copy() for name, array in world._asdict().items() if name not in ("settings", "parameters")}
    return World(parameters=values.view(declarations.DTYPE).view(np.recarray), settings=values, **arrays)


def lengthened(array: np.ndarray, rows: int, axis: int = 0) -> Any:
    """A copy with `rows` rows along an axis, the new ones 0."""
    shape = list(array.shape)
    shape[axis] = rows
    longer = np.zeros(shape, array.dtype)
    longer[tuple(slice(0, n) for n in array.shape)] = array
    return longer.view(np.recarray) if isinstance(array, np.recarray) else longer


def grown(world: World) -> World:
    """The same world with longer tables: half as many rows of members and groups again, and twice the ledger."""
    week = int(world.network[0].week)
    due = sum(float(change.value) for change in world.changes if change.week == week and change.what == NEWCOMERS)
    rows = math.ceil(len(world.members) * 1.5 + due) + ROOM
    groups = max(2 * rows, len(world.groups))
    longer = {
        name: lengthened(getattr(world, name), rows) for name in ("members", "ties", "contacts", "scratch", "listed")
    }
    longer["bonds"] = lengthened(world.bonds, rows, axis=1)
    longer["groups"] = lengthened(world.groups, groups)
    if len(world.ledger):
        longer["ledger"] = lengthened(world.ledger, len(world.ledger) * 2 + LEDGER_ROWS)
    return world._replace(**longer)


def state_hash(world: World) -> str:
    """A hash of everything that can make a difference next week, and of the weekly table; scratch is left out.

    Rows in use only, and of ties only slots in use, so that tables of different length compare; field by field, since
    the padding between fields is anybody's.
    """
    digest = hashlib.sha256()
    network = world.network[0]
    members = int(network.members)
    used = np.arange(world.ties.shape[1])[None, :] < world.members.degree[:members, None]
    parts = (
        world.members[:members],
        world.ties[:members][used],
        world.groups[: network.group_rows],
        world.coordinators,
        world.bonds[:, :members],
        world.network,
        world.tally,
        world.weekly[: network.week],
    )
    for part in parts:
        for name in part.dtype.names or ():
            if name != "mark":
                digest.update(np.ascontiguousarray(part[name]).tobytes())
    digest.update(world.settings.tobytes())
    return digest.hexdigest()[:16]


def with_weeks(world: World, weeks: int) -> World:
    """The same world, with room for at least `weeks` weeks in the tables of measures; without maps it stays without."""
    if weeks <= len(world.weekly):
        return world
    every = int(world.parameters[0].measures_every)
    maps = lengthened(world.maps, max(len(world.maps), -(-weeks // every))) if len(world.maps) else world.maps
    return world._replace(weekly=lengthened(world.weekly, weeks), maps=maps)


def without_maps(world: World) -> World:
    """The same world, of which no maps are made from now on: they take a tenth of the time, and no rule reads them."""
    return world._replace(maps=MAP.empty(0))


def run_to(world: World, week: int, pause: bool = False) -> World:
    """Run to the end of week number `week` (weeks are numbered from 1), making tables longer where needed.

    `pause`: stop earlier, after the week in which the network is first seen to be generative.  Returns the world, which
    is another one than was handed in if tables had to grow.  Raises WorldError if more people came in one week than the
    tables had room for.
    """
    world = with_weeks(world, week)
    while not run_weeks(world, week, pause):
        world = grown(world)
    if world.network[0].turned_away:
        raise WorldError(
            f"{world.network[0].turned_away} people could not join: more came in one week than was foreseen"
        )
    if 0 < len(world.ledger) < world.network[0].gifts_logged:
        missing = int(world.network[0].gifts_logged) - len(world.ledger)
        raise WorldError(f"the ledger lacks {missing} gifts: more were given in one week than was foreseen")
    return world
