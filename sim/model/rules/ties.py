"""Ties as a data structure: find, count, drop (`trust.make_tie` makes them).  A tie has one half in each member's row, which points to the other half."""

from sim.model.jit import hot, rule
from sim.model.state import NOBODY


@hot
def slot_of(world, i, j):
    """Return the slot of the tie to `j` in the row of `i`, or -1.  The shorter of the two rows is searched."""
    if world.members[i].degree <= world.members[j].degree:
        for s in range(world.members[i].degree):
            if world.contacts[i, s] == j:
                return s
    else:
        for s in range(world.members[j].degree):
            if world.contacts[j, s] == i:
                return int(world.ties[j, s].mirror)
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
    for s in range(world.members[i].degree):
        other = world.contacts[i, s]
        world.scratch[other].mark = stamp
        world.scratch[other].slot = s
    number = 0
    for t in range(world.members[j].degree):
        other = world.contacts[j, t]
        if world.scratch[other].mark == stamp:
            number += 1
            for end in range(2):
                half = world.ties[i, world.scratch[other].slot] if end == 0 else world.ties[j, t]
                half.common += step
                world.ties[other, half.mirror].common += step
    return number


@hot
def vacate(i, s, world):
    """Remove half a tie from a row: the row's last tie moves into the slot, and its mirror is updated."""
    last = int(world.members[i].degree) - 1
    if s != last:
        world.ties[i, s] = world.ties[i, last]
        world.contacts[i, s] = world.contacts[i, last]
        moved = world.ties[i, s]
        world.ties[moved.other, moved.mirror].mirror = s
    world.members[i].degree = last


@rule
def drop_tie(i, s, world):
    """End the tie in slot `s` of member `i`, at both ends."""
    j, mirror = int(world.ties[i, s].other), int(world.ties[i, s].mirror)
    vacate(j, mirror, world)
    vacate(i, s, world)
    recount(i, j, -1, world)
    world.tally.lost_ties += 1


@rule
def drop_all_ties(i, world):
    """End every tie of member `i`."""
    while world.members[i].degree > 0:
        drop_tie(i, int(world.members[i].degree) - 1, world)
