"""Worlds: build one from a start network and a scenario's numbers, run it, copy it, lengthen its tables, hash it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sim.model import declarations
from sim.model.engine import run_weeks
from sim.model.levers import LEVERS
from sim.model.memory import MemoryLimitError, hold, release, reserve
from sim.model.start import StartNetwork
from sim.model.state import (
    BOND,
    CHANGE,
    CONNECTIONS,
    COORDINATOR,
    GIFT,
    GROUP,
    MAP,
    MEMBER,
    NETWORK,
    NEWCOMERS,
    SCRATCH,
    SKILLS,
    TALLY,
    TIE,
    WEEKLY,
    Array,
    World,
    table,
)
from sim.model.steps import enter, populate, staff_teams
from sim.model.tie_rows import GROWTH, RESERVE, halves, places_for, rooms_for

TIE_SLOTS = 150  # Dunbar (1992, J. Human Evolution 22:469): about 150 stable relations
# Of a table of members beyond this many rows: few networks of this size are that dense.
MANY_ROWS, FEWER_TIE_SLOTS = 20_000, 48
MOST_SLOTS = int(np.iinfo(np.int16).max)  # so that slots, weeks and counts of ties take two bytes
SPARE_TIE_SLOTS = 10  # for new ties of the member with the most ties at the start
TIE_BYTES = TIE.dtype.itemsize + 4  # of a place in `ties` and `contacts`
LEDGER_ROWS, LEDGER_ROWS_A_MEMBER = 16_384, 100
SPARE_ROWS = 96

HASHED_AS = {f"ties.{field}": np.int32 for field in ("mirror", "made", "last", "contacts", "common")}
"""Types of fields, where they are not those of the table: hashes stay when a table becomes smaller."""

STATE = ("members", "ties", "groups", "coordinators", "bonds", "network", "tally", "settings")
"""Tables that determine the rest of a run.  The others are observations (`weekly`, `maps`, `ledger`) or scratch."""


class WorldError(ValueError):
    """A world cannot be built or continued; the message is one sentence that gives the reason."""


def slots_for(degree: np.ndarray, rows: int) -> int:
    """Return how many ties a member can keep: Dunbar's number, or the greatest degree at the start and some more."""
    most = int(degree.max()) if len(degree) else 0
    return max(TIE_SLOTS if rows <= MANY_ROWS else FEWER_TIE_SLOTS, most + SPARE_TIE_SLOTS)


def bytes_a_row(coordinators: int) -> int:
    """Return the bytes of all tables that have a row for each member, by row, without ties."""
    layouts = sum(layout.dtype.itemsize for layout in (MEMBER, GROUP, SCRATCH))
    return layouts + coordinators * BOND.dtype.itemsize + 16


def bytes_of_ties(places: int) -> int:
    """Return the bytes of so many places for ties, of which most are a reserve that takes no memory."""
    return places // RESERVE * TIE_BYTES


def bytes_of(world: World) -> int:
    """Return the bytes of a world's tables."""
    others = [name for name in World._fields if name not in ("ties", "contacts", "parameters")]
    return sum(int(getattr(world, name).nbytes) for name in others) + bytes_of_ties(len(world.ties))


def within_memory(size: int, what: str, make: Callable[[], World]) -> World:
    """Return the world that `make` makes, of so many bytes.  Raises WorldError if tables would take more than they may."""
    try:
        reserve(size, what)
    except MemoryLimitError as fault:
        raise WorldError(str(fault)) from None
    try:
        world = make()
    except BaseException:
        release(size)
        raise
    hold(world.ties, size)
    return world


def empty_tables(
    rows: int,
    slots: int,
    places: int,
    coordinating: int,
    gifts: int,
    weeks: int,
    values: np.ndarray,
    coordinators: np.recarray,
    changes: np.recarray,
) -> World:
    """Return the tables of a world without members.

    `slots`: ties that a member can have; `places`: of ties; `gifts`: rows of the ledger; the others are as in `build_world`.
    """
    if slots > MOST_SLOTS:
        raise WorldError(
            f"a member has {slots - SPARE_TIE_SLOTS:,} ties; at most {MOST_SLOTS - SPARE_TIE_SLOTS:,} can be kept"
        )
    return World(
        members=MEMBER.empty(rows),
        ties=table((places,), TIE.dtype, np.recarray, clear=False),
        contacts=table((places,), np.dtype(np.int32), np.ndarray, clear=False),
        first=np.zeros(rows, np.int32),
        room=np.zeros(rows, np.int32),
        groups=GROUP.empty(rows),
        coordinators=resized(coordinators, coordinators.shape) if len(coordinators) else COORDINATOR.empty(1),
        bonds=BOND.empty(coordinating, rows),
        network=NETWORK.empty(1),
        tally=TALLY.empty(1),
        parameters=values.view(declarations.DTYPE).view(np.recarray),
        settings=values,
        changes=changes.copy().view(np.recarray) if len(changes) else CHANGE.empty(0),
        ledger=GIFT.empty(gifts),
        weekly=WEEKLY.empty(weeks),
        maps=MAP.empty(-(-weeks // int(values[declarations.NUMBER["measures.every"]]))),
        marks=np.zeros(rows, np.int32),
        scratch=SCRATCH.empty(rows),
        draws=np.zeros(slots),
        places=np.zeros(slots, np.int32),
        listed=np.zeros(rows, np.int32),
    )


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
    """Return a world before its first week.

    `settings`: float64, one a parameter, in order of `sim.model.declarations.PARAMETERS` (copied).  `coordinators`: COORDINATOR
    records, one each (copied).  `changes`: CHANGE records.  `weeks`: rows of the weekly table.  `ledger`: keep every gift.
    Raises WorldError where a table would not fit, or ties would not.
    """
    scheduled = int(sum(float(change.value) for change in changes if change.what == NEWCOMERS))
    rows = math.ceil(start.members * GROWTH) + scheduled + 2 * SPARE_ROWS
    values = np.array(settings, np.float64)
    number = max(1, len(coordinators))
    degree = start.degree
    slots = slots_for(degree, rows)
    room = rooms_for(degree, slots)
    places = places_for(int(room.sum()), rows, slots)
    gifts = LEDGER_ROWS + LEDGER_ROWS_A_MEMBER * start.members if ledger else 0
    size = rows * bytes_a_row(number) + bytes_of_ties(places)
    size += gifts * GIFT.dtype.itemsize + weeks * WEEKLY.dtype.itemsize
    world = within_memory(
        size,
        f"the tables of {start.members:,} members with {len(start.ties):,} ties",
        lambda: empty_tables(rows, slots, places, number, gifts, weeks, values, coordinators, changes),
    )
    late = start.joined_late if start.joined_late is not None else np.zeros(start.members, bool)
    strength = start.halves / start.strength.mean() if len(start.ties) else start.halves
    enter(world, start.kind, start.sector, late, room, seed, replicate)
    populate(world, start.ties, strength, np.ascontiguousarray(start.viewpoint))
    if start.learner is not None:
        give_one_way(world, start.learner)
    if world.parameters[0].organisation_fixed > 0.0:
        tree = start.tree_parent if start.tree_parent is not None else np.full(start.members, -1, np.int32)
        staff_teams(world, tree)
    return world


def give_one_way(world: World, learner: np.ndarray) -> None:
    """Let skills and connections go from the experienced to learners only: learners have none, the experienced need none."""
    learners, experienced = np.flatnonzero(learner), np.flatnonzero(~learner)
    for kind in (SKILLS, CONNECTIONS):
        world.members.endowment[learners, kind] = 0.0
        world.members.need[experienced, kind] = 0.0


def copy_world(world: World) -> World:
    """Return an independent copy.  Raises WorldError where it would take too much memory."""
    what = f"a copy of the tables of {int(world.network[0].members):,} members"
    return within_memory(bytes_of(world), what, lambda: copied(world))


def copied(world: World) -> World:
    """Return an independent copy: of rows and places in use, which are a small part, and without scratch."""
    values, used = world.settings.copy(), parts_in_use(world)
    arrays = {
        name: resized(array, array.shape, used.get(name), clear=name not in ("ties", "contacts"))
        for name, array in world._asdict().items()
        if name not in ("settings", "parameters")
    }
    parameters = values.view(declarations.DTYPE).view(np.recarray)
    return World(parameters=parameters, settings=values, **arrays)


def packed(world: World) -> World:
    """Return an independent copy without a reserve of places, and with 0 where there is no tie: always the same bytes."""
    used = halves(world).place
    places = int(world.network[0].tie_places)
    ties, contacts = TIE.empty(places), np.zeros(places, np.int32)
    ties[used], contacts[used] = world.ties[used], world.contacts[used]
    return copied(world._replace(ties=ties, contacts=contacts))


def unpacked(world: World) -> World:
    """Return a world that was packed, with a reserve of places."""
    return with_places(world, places_for(len(world.ties), len(world.members), len(world.draws)))


def parts_in_use(world: World) -> dict[str, tuple[int, ...]]:
    """Return how much of the large tables is in use, along their first axes; nothing of scratch is, between weeks."""
    network = world.network[0]
    members, groups, places = int(network.members), int(network.group_rows), int(network.tie_places)
    return {
        "members": (members,),
        "ties": (places,),
        "contacts": (places,),
        "first": (members,),
        "room": (members,),
        "groups": (groups,),
        "bonds": (len(world.bonds), members),
        **dict.fromkeys(("marks", "scratch", "draws", "places", "listed"), (0,)),
    }


def resized(array: Array, shape: Sequence[int], used: Sequence[int] | None = None, clear: bool = True) -> Array:
    """Return a copy of the given shape; a recarray's is a recarray.

    `used`: how much is copied along the first axes; by default everything.  `clear`: the rest is 0, otherwise anything.
    """
    copy = table(shape, array.dtype, type(array), clear)
    part = list(used or array.shape)
    if 0 in part:
        return copy
    part[-1] *= array.dtype.itemsize
    within = tuple(slice(0, n) for n in part)
    # As bytes, since numpy copies records field by field.
    copy.view(np.uint8, np.ndarray)[within] = array.view(np.uint8, np.ndarray)[within]
    return copy


def lengthened(array: Array, rows: int, axis: int = 0, used: Sequence[int] | None = None) -> Array:
    """Return a copy with `rows` rows along an axis, the new ones 0; a recarray's is a recarray.  `used`: as in `resized`."""
    shape = list(array.shape)
    shape[axis] = rows
    return resized(array, shape, used)


def grown(world: World) -> World:
    """Return the same world with longer tables: more places for ties if rows of ties need them, otherwise half as many rows of
    members and groups again, and twice the ledger.

    Raises WorldError where they would take too much memory, or more ties were made in a week than there were places.
    """
    network = world.network[0]
    week, taken, most = int(network.week), int(network.tie_places), len(world.draws)
    if taken > len(world.ties):
        raise WorldError(f"more ties were made in week {week} than was foreseen")
    what = f"longer tables for {int(network.members):,} members in week {week + 1}"
    places = places_for(taken, len(world.members), most)
    if RESERVE * taken > len(world.ties) and places > len(world.ties):
        size = bytes_of(world) + bytes_of_ties(places) - bytes_of_ties(len(world.ties))
        return within_memory(size, what, lambda: with_places(world, places))
    due = sum(float(change.value) for change in world.changes if change.week == week and change.what == NEWCOMERS)
    rows = math.ceil(len(world.members) * GROWTH + due) + SPARE_ROWS
    gifts, places = len(world.ledger) * 2 + LEDGER_ROWS if len(world.ledger) else 0, places_for(taken, rows, most)
    size = rows * (bytes_a_row(len(world.bonds)) + GROUP.dtype.itemsize) + gifts * GIFT.dtype.itemsize
    size += bytes_of_ties(places)
    return within_memory(size, what, lambda: with_places(with_rows(world, rows, gifts), places))


def with_places(world: World, places: int) -> World:
    """Return the same world with so many places for ties."""
    used = parts_in_use(world)["ties"]
    ties = resized(world.ties, (places,), used, clear=False)
    return world._replace(ties=ties, contacts=resized(world.contacts, (places,), used, clear=False))


def with_rows(world: World, rows: int, gifts: int) -> World:
    """Return the same world with so many rows of members, and of gifts if it keeps them."""
    used = parts_in_use(world)
    longer = {
        name: lengthened(getattr(world, name), rows, used=used[name])
        for name in ("members", "first", "room", "marks", "scratch", "listed")
    }
    longer["bonds"] = lengthened(world.bonds, rows, 1, used["bonds"])
    longer["groups"] = lengthened(world.groups, max(2 * rows, len(world.groups)), used=used["groups"])
    if len(world.ledger):
        longer["ledger"] = lengthened(world.ledger, gifts)
    return world._replace(**longer)


def fields_in_use(world: World) -> dict[str, np.ndarray]:
    """Return what a world's tables hold, field by field, such as "members.identity" or "settings.trust.gain".

    Only rows and slots in use, so that worlds with tables of different lengths compare.  Scratch, marks and places are excluded.
    """
    network = world.network[0]
    members = int(network.members)
    tables: dict[str, np.ndarray] = {
        "members": world.members[:members],
        "ties": world.ties[halves(world).place],
        "groups": world.groups[: network.group_rows],
        "coordinators": world.coordinators,
        "bonds": world.bonds[:, :members],
        "network": world.network,
        "tally": world.tally,
        "weekly": world.weekly[: network.week],
        "maps": world.maps[: math.ceil(network.week / world.parameters[0].measures_every)],
        "ledger": world.ledger[: network.gifts_logged],
    }
    fields = {
        f"{table}.{field}": np.ascontiguousarray(values[field], HASHED_AS.get(f"{table}.{field}"))
        for table, values in tables.items()
        for field in values.dtype.names or ()
        if field not in ("mark", "tie_places")
    }
    # By lever, so that a new one adds fields and leaves the others as they are.
    for name in [
        name for name in fields if name.startswith("coordinators.") and fields[name].shape[1:] == (len(LEVERS),)
    ]:
        columns = fields.pop(name)
        fields |= {f"{name}.{lever}": np.ascontiguousarray(columns[:, n]) for n, lever in enumerate(LEVERS)}
    return fields | {f"settings.{key}": world.settings[n : n + 1] for key, n in declarations.NUMBER.items()}


def fields_hash(fields: Mapping[str, np.ndarray]) -> str:
    """Return a hash (16 hex digits) of fields' names and values, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(fields):
        digest.update(name.encode() + fields[name].tobytes())
    return digest.hexdigest()[:16]


def state_hash(world: World) -> str:
    """Return a hash of everything that determines the rest of a run, without observations."""
    return fields_hash({name: values for name, values in fields_in_use(world).items() if name.split(".")[0] in STATE})


def with_weeks(world: World, weeks: int) -> World:
    """Return the same world, with room for at least `weeks` weeks in the tables of measures; without maps it stays without."""
    if weeks <= len(world.weekly):
        return world
    every = int(world.parameters[0].measures_every)
    maps = lengthened(world.maps, max(len(world.maps), -(-weeks // every))) if len(world.maps) else world.maps
    return world._replace(weekly=lengthened(world.weekly, weeks), maps=maps)


def without_maps(world: World) -> World:
    """Return the same world without maps from now on: they take a fifth of the time, and no rule reads them."""
    return world._replace(maps=MAP.empty(0))


def run_to(world: World, week: int, pause: bool = False) -> World:
    """Run to the end of week number `week` (weeks are numbered from 1), making tables longer where needed.

    `pause`: stop earlier, after the week in which the network is first seen to be generative.  Returns the world, a new
    one if tables had to grow.  Raises WorldError if more people came, or gifts were given, in one week than the tables
    had room for.
    """
    world = with_weeks(world, week)
    while world.network[0].week < week and not run_weeks(world, week, pause):
        world = grown(world)
    if world.network[0].turned_away:
        raise WorldError(
            f"{world.network[0].turned_away} people could not join: more came in one week than was foreseen"
        )
    if world.network[0].tie_places > len(world.ties):
        raise WorldError(f"more ties were made in week {int(world.network[0].week)} than was foreseen")
    if 0 < len(world.ledger) < world.network[0].gifts_logged:
        missing = int(world.network[0].gifts_logged) - len(world.ledger)
        raise WorldError(f"the ledger is full: {missing} gifts could not be recorded")
    return world
