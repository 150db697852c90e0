"""Ties as a data structure: find, count, drop (`trust.make_tie` makes them).

A tie has one half in each member's row, which points to the other half.  Rows lie one after another in `ties` and
`contacts`: that of member `i` begins at place `first[i]`, with room for `room[i]` ties (see `sim.model.tie_rows`).
"""

from sim.model.jit import hot, rule
from sim.model.state import NOBODY

LEAST_ROOM = 8  # Rows with room for no more than this are not halved.


@hot
def at(i, s, world):
    """Return the place of slot `s` of a member's row in `ties` and `contacts`.  It may change when a tie is made."""
    return int(world.first[i]) + s


@hot
def most_ties(world):
    """Return how many ties a member can have."""
    return len(world.draws)


@rule
def widen(i, world):
    """Make room for one more tie in a member's row.  Returns whether there is.

    A full row moves behind all others, into about twice the room; its old place stays empty.
    """
    degree = int(world.members[i].degree)
    if degree < world.room[i]:
        return True
    most = most_ties(world)
    if degree >= most:
        return False
    room = most
    while room > LEAST_ROOM and (room + 1) // 2 > degree:
        room = (room + 1) // 2
    old, new = int(world.first[i]), int(world.network.tie_places)
    world.network.tie_places += room
    if world.network.tie_places > len(world.ties):
        return False
    for s in range(degree):
        world.ties[new + s] = world.ties[old + s]
        world.contacts[new + s] = world.contacts[old + s]
    world.first[i], world.room[i] = new, room
    return True


@hot
def slot_of(world, i, j):
    """Return the slot of the tie to `j` in the row of `i`, or -1.  The shorter of the two rows is searched."""
    if world.members[i].degree <= world.members[j].degree:
        row = int(world.first[i])
        for s in range(world.members[i].degree):
            if world.contacts[row + s] == j:
                return s
    else:
        row = int(world.first[j])
        for s in range(world.members[j].degree):
            if world.contacts[row + s] == i:
                return int(world.ties[row + s].mirror)
    return NOBODY


@hot
def shares_group(world, i, j):
    """Return 1 if two members share a working group, else 0 (a number, so that the caller need not branch)."""
    mine, theirs = world.members[i].groups, world.members[j].groups
    shared = 0
    for a in range(2):
        shared |= int(mine[a] != NOBODY) & (int(mine[a] == theirs[0]) | int(mine[a] == theirs[1]))
    return shared


@rule
def recount(i, j, step, world):
    """Update the counts of common contacts when i and j are tied (`step` 1) or untied (-1).

    `common` changes by `step` at both ends of the ties to each of their common contacts, so it is always current.  Returns
    the number of common contacts of i and j.
    """
    if world.members[i].degree > world.members[j].degree:
        i, j = j, i
    world.network.stamp += 1
    stamp = world.network.stamp
    mine, theirs = int(world.first[i]), int(world.first[j])
    for s in range(world.members[i].degree):
        other = world.contacts[mine + s]
        world.marks[other] = stamp
        world.scratch[other].slot = s
    number = 0
    for t in range(world.members[j].degree):
        other = world.contacts[theirs + t]
        if world.marks[other] == stamp:
            number += 1
            for end in range(2):
                half = world.ties[mine + world.scratch[other].slot if end == 0 else theirs + t]
                half.common += step
                world.ties[at(other, half.mirror, world)].common += step
    return number


@hot
def vacate(i, s, world):
    """Remove half a tie from a row: the row's last tie moves into the slot, and its mirror is updated."""
    last = int(world.members[i].degree) - 1
    if s != last:
        row = int(world.first[i])
        world.ties[row + s] = world.ties[row + last]
        world.contacts[row + s] = world.contacts[row + last]
        moved = world.ties[row + s]
        world.ties[at(moved.other, moved.mirror, world)].mirror = s
    world.members[i].degree = last


@rule
def drop_tie(i, s, world):
    """End the tie in slot `s` of member `i`, at both ends."""
    tie = world.ties[at(i, s, world)]
    j, mirror = int(tie.other), int(tie.mirror)
    vacate(j, mirror, world)
    vacate(i, s, world)
    recount(i, j, -1, world)
    world.tally.lost_ties += 1


@rule
def drop_all_ties(i, world):
    """End every tie of member `i`."""
    while world.members[i].degree > 0:
        drop_tie(i, int(world.members[i].degree) - 1, world)
