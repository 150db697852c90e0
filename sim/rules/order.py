"""In which order members act, where attention or places are scarce: by a number drawn for each of them."""

from sim.jit import rule
from sim.luck import uniform


@rule
def keyed_order(world, luck):
    """Put the active members into `scratch.order`, sorted by their draws, and return how many there are.

    Who comes before whom is a matter of these two alone: it does not change when others come or go.  A bucket sort, since
    the draws are uniform: linear in time.
    """
    scratch, number = world.scratch, int(world.network.members)
    count = 0
    for i in range(number):
        if world.members[i].active == 1:
            scratch[i].key = uniform(luck, i)
            count += 1
    for b in range(count):
        scratch[b].bucket = 0
    for i in range(number):
        if world.members[i].active == 1:
            scratch[int(scratch[i].key * count)].bucket += 1
    start = 0
    for b in range(count):
        start += scratch[b].bucket
        scratch[b].bucket = start - scratch[b].bucket
    for i in range(number):
        if world.members[i].active == 1:
            b = int(scratch[i].key * count)
            scratch[scratch[b].bucket].order = i
            scratch[b].bucket += 1
    for a in range(1, count):
        i = scratch[a].order
        b = a
        while b > 0 and scratch[scratch[b - 1].order].key > scratch[i].key:
            scratch[b].order = scratch[b - 1].order
            b -= 1
        scratch[b].order = i
    return count
