"""The order in which members act where attention or places are scarce: by a random number drawn for each."""

from sim.model.jit import rule
from sim.model.luck import uniform


@rule
def keyed_order(world, luck):
    """Put the active members into `scratch.order`, sorted by their draws.  Returns their number.

    Which of two members comes first does not change when others join or leave.
    """
    count = list_active(world)
    sort_listed(count, world, luck)
    return count


@rule
def list_active(world):
    """Put the active members into `listed`, in the order of their numbers.  Returns their number."""
    count = 0
    for i in range(world.network.members):
        world.listed[count] = i
        count += int(world.members[i].active == 1)
    return count


@rule
def sort_listed(count, world, luck):
    """Put the first `count` members that are `listed` into `scratch.order`, sorted by their draws.

    The order of two members does not depend on who else is listed.  A bucket sort, linear in time since the draws are
    uniform.
    """
    scratch = world.scratch
    for n in range(count):
        scratch[n].key = uniform(luck, world.listed[n])
        scratch[n].bucket = 0
    for n in range(count):
        scratch[int(scratch[n].key * count)].bucket += 1
    start = 0
    for b in range(count):
        start += scratch[b].bucket
        scratch[b].bucket = start - scratch[b].bucket
    for n in range(count):
        key = scratch[n].key
        b = int(key * count)
        place = scratch[scratch[b].bucket]
        place.order, place.draw = world.listed[n], key
        scratch[b].bucket += 1
    for a in range(1, count):
        i, key = scratch[a].order, scratch[a].draw
        b = a
        while b > 0 and scratch[b - 1].draw > key:
            scratch[b].order, scratch[b].draw = scratch[b - 1].order, scratch[b - 1].draw
            b -= 1
        scratch[b].order, scratch[b].draw = i, key
