"""Components, counted every week, and Burt's constraint.

The graph is undirected and simple: `contacts` (`sim.model.tie_rows.Contacts`) has member `i`'s contacts, in no particular order,
and every tie is in both rows.  Members who left have no ties.  Coordinators are not part of the graph.  Sums are
integer, or go over sorted lists of contacts, so that no measure depends on the order of slots, to the last bit.

The weekly functions allocate nothing: work lists are arguments.  `mark` is shared with the rules, whose stamps are above 0;
here marks are 0 or below, so that none is ever mistaken for a stamp.
"""

import numpy as np

from sim.model.jit import allocating, fetch, hot, rule
from sim.model.state import UNDEFINED_CONSTRAINT

# One in fixed point: integers have the same sum in any order.
ONE = 2**48
# Rows of contacts of at least so many members do not fit into the cache: those of members so many places later are fetched.
SCATTERED, AHEAD = 50_000, 12


@rule
def components(members, contacts, n, mark, queue):
    """Return the number of components and the size of the largest.  A member without ties is a component, as in networkx.

    `mark`, `queue`: scratch of at least `n` numbers.  Breadth first; it stops as soon as all members with ties are found.
    `mark` is minus twice a member's number of ties, made odd when the member is found, so that its record need not be read
    again.  A contact is written before it is known to be new: the inner loop has no branches, which mispredictions would
    make twice as slow.
    """
    active, linked = 0, 0
    for i in range(n):
        mark[i] = -2 * members[i].degree
        active += int(members[i].active == 1)
        linked += int(members[i].degree > 0)
    number = active - linked
    largest = min(number, 1)
    found = 0
    for i in range(n):
        if found == linked:
            break
        if mark[i] == 0 or mark[i] & 1 == 1:
            continue
        mark[i] |= 1
        queue[0] = i
        head, size = 0, 1
        while head < size and found + size < linked:
            if n >= SCATTERED and head + AHEAD < size:
                fetch(contacts.other, contacts.first[queue[head + AHEAD]], 0)
            at = queue[head]
            head += 1
            row = contacts.first[at]
            for s in range((1 - mark[at]) >> 1):
                other = np.uint32(contacts.other[row + s])
                queue[min(size, n - 1)] = other
                size += 1 - (mark[other] & 1)
                mark[other] |= 1
        found += size
        number += 1
        largest = max(largest, size)
    return number, largest


@rule
def degree_centralisation(members, n):
    """Return how far ties centre on one member: 1 in a star, 0 if all have equally many.

    Freeman (1979, Social Networks 1:215): the sum of differences to the highest degree, over the largest sum that so
    many members could have; 0 for fewer than three members.
    """
    active, halves, highest = 0, 0, 0
    for i in range(n):
        if members[i].active == 1:
            active += 1
            halves += members[i].degree
            highest = max(highest, int(members[i].degree))
    if active < 3:
        return 0.0
    return (active * highest - halves) / ((active - 1) * (active - 2))


@hot
def constraint_with(members, contacts, i, weight):
    """Return the constraint of a member.  `weight`: `n` integers, all 0 before and after."""
    degree = int(members[i].degree)
    if degree == 0:
        return UNDEFINED_CONSTRAINT
    row = contacts.first[i]
    for s in range(degree):
        other = np.uint32(contacts.other[row + s])
        weight[other] = ONE // int(members[other].degree)
    total = 0
    for s in range(degree):
        other = np.uint32(contacts.other[row + s])
        invested, theirs = ONE, contacts.first[other]
        for t in range(members[other].degree):
            invested += weight[np.uint32(contacts.other[theirs + t])]
        share = invested / ONE / degree
        total += int(share * share * ONE)
    for s in range(degree):
        weight[np.uint32(contacts.other[row + s])] = 0
    return total / ONE


@allocating
def constraint(members, contacts, n, i):
    """Return Burt's constraint of member `i` (1992, Structural Holes, ch. 2): how far its contacts form one closed circle.

    The share of i's ties that leads to contact j, directly and over common contacts, squared and summed over j: low if
    contacts do not know each other, so that `i` is between them.  All ties have equal weight.  In (0, 1.125], highest
    in a closed circle of three; equal to networkx's; 9 if undefined (no ties).
    """
    return constraint_with(members, contacts, i, np.zeros(n, np.int64))


@allocating
def map_constraint(members, contacts, n):
    """Write every member's constraint into `members.constraint` (see `constraint`)."""
    weight = np.zeros(n, np.int64)
    for i in range(n):
        members[i].constraint = constraint_with(members, contacts, i, weight)


@allocating
def contact_lists(members, contacts, n):
    """Return (first, other): all contacts in one packed list; those of `i`, in rising order, are other[first[i]:first[i + 1]].

    For measures that go over all ties many times.  Members are written into the lists of their contacts, row after row,
    which sorts the lists whatever the order of slots.
    """
    first = np.zeros(n + 1, np.int64)
    for i in range(n):
        first[i + 1] = first[i] + members[i].degree
    end = first[:n].copy()
    other = np.empty(first[n], np.uint32)
    for i in range(n):
        row = contacts.first[i]
        for s in range(members[i].degree):
            contact = np.uint32(contacts.other[row + s])
            other[end[contact]] = i
            end[contact] += 1
    return first, other
