"""In which order members act, where attention or places are scarce: by a number drawn for each of them."""

from sim.jit import entry, rule
from sim.luck import of


@rule
def keyed_order(world, luck):
    """Put the active members into `world.order`, sorted by their draws, and return how many there are.

    Who comes before whom is a matter of these two alone: it does not change when others come or go.  A bucket sort, since
    the draws are uniform: linear in time.
    """
    keys, order, buckets = world.keys, world.order, world.mark
    number = int(world.network[0].members)
    count = 0
    for i in range(number):
        if world.members[i].active == 1:
            keys[i] = int(of(luck, i) >> 2)
            count += 1
    for b in range(count + 1):
        buckets[b] = 0
    for i in range(number):
        if world.members[i].active == 1:
            buckets[int(keys[i] * UNIT * count)] += 1
    start = 0
    for b in range(count + 1):
        size = buckets[b]
        buckets[b] = start
        start += size
    for i in range(number):
        if world.members[i].active == 1:
            b = int(keys[i] * UNIT * count)
            order[buckets[b]] = i
            buckets[b] += 1
    for a in range(1, count):
        i = order[a]
        b = a
        while b > 0 and keys[order[b - 1]] > keys[i]:
            order[b] = order[b - 1]
            b -= 1
        order[b] = i
    for b in range(count + 1):
        buckets[b] = 0
    return count


UNIT = 1.0 / 4611686018427387904.0


@entry
def members_in_order(world, luck):
    """`keyed_order` for callers from Python."""
    return keyed_order(world, luck)
