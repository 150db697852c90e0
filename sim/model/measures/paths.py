"""Shortest paths: their length, and betweenness.

Theory.  Betweenness (Freeman 1977, Sociometry 40:35) is the share of pairs of members whose shortest paths lead through
a member.  Brandes (2001, J. Math. Sociology 25:163) gets it from one breadth-first search a member; Brandes & Pich
(2007, Int. J. Bifurcation and Chaos 17:2303) from the searches of a sample of members.
"""

import math

import numpy as np

from sim.model.jit import allocating, rule
from sim.model.luck import uniform
from sim.model.measures.structure import contact_lists

UNREACHED = 0  # Mark of a member to whom no path leads.
MARKS = 65535  # Different marks of distance; contacts are one step apart at most, so that they may recur.
MANY = 16  # A step is sorted if it finds more than one in so many members.


@allocating
def source_bound(members, n, luck, samples):
    """Return the `samples`-th smallest of the active members' uniforms under `luck`: sources are the members not above it."""
    lowest = np.full(samples, 1.0)
    for i in range(n):
        if members[i].active == 1:
            number = uniform(luck, i)
            if number < lowest[samples - 1]:
                k = samples - 1
                while k > 0 and lowest[k - 1] > number:
                    lowest[k] = lowest[k - 1]
                    k -= 1
                lowest[k] = number
    return lowest[samples - 1]


@rule
def mark_of(step):
    """Return the mark of members so many steps from a source: two bytes, for marks are read at random places."""
    return np.uint16(1 + step % MARKS)


@rule
def sort_step(marks, step, begin, end, order):
    """Put the members found in a step, order[begin:end], into the order of their numbers, if they are many.

    Their lists of contacts are then read one after another, which takes half the time in a large network.
    """
    if (end - begin) * MANY > len(marks) and step < MARKS:
        mark, place = mark_of(step), begin
        for i in range(len(marks)):
            order[place] = i
            place += int(marks[i] == mark)


@allocating
def search(first, other, source, linked, marks, paths, order, ends):
    """Search breadth first from a source: distances, and numbers of shortest paths.  Returns the greatest distance.

    `marks` (written): each member's distance, as `mark_of`; 0 where no path leads.  `order` (written, one longer than
    members): the members found, nearest first; those at distance `d` lie before place ends[d] (written).  `linked`: number of
    members with ties; the search stops when all are found.  The inner loop has no branches, which mispredictions would make
    twice as slow: a contact is written before it is known to be new.
    """
    marks[:], paths[:] = UNREACHED, 0.0
    order[0], marks[source], paths[source], ends[0] = source, mark_of(0), 1.0, 1
    begin, found, step = 0, 1, 0
    while begin < found and found < linked:
        end = found
        sort_step(marks, step, begin, end, order)
        step += 1
        mark = mark_of(step)
        for k in range(begin, end):
            at = order[k]
            number = paths[at]
            for e in range(first[at], first[at + 1]):
                contact = other[e]
                order[found] = contact
                is_new = marks[contact] == UNREACHED
                found += int(is_new)
                theirs = mark if is_new else marks[contact]
                marks[contact] = theirs
                paths[contact] += number * int(theirs == mark)
        begin = end
        ends[step] = found
    if step > 0:
        sort_step(marks, step, ends[step - 1], ends[step], order)
    return step


@allocating
def depend(first, other, furthest, marks, paths, order, ends, reliance, between):
    """Add how much a source depends on each member to reach others to `between`.  Returns the sum of distances.

    Brandes's dependency of a member is its number of paths times the sum of (1 + dependency) / paths over contacts one
    step further out; `reliance` (written) is that quotient.  The other arguments are as `search` wrote them.
    """
    steps = 0
    for step in range(furthest, 0, -1):
        beyond = mark_of(step + 1)
        for k in range(ends[step - 1], ends[step]):
            at = order[k]
            total = 0.0
            if step < furthest:
                for e in range(first[at], first[at + 1]):
                    total += reliance[other[e]] * int(marks[other[e]] == beyond)
            reliance[at] = 1.0 / paths[at] + total
            between[at] += paths[at] * total
        steps += step * (ends[step] - ends[step - 1])
    return steps


@allocating
def centralisation(members, n, between):
    """Return how far betweenness centres on one member: 1 in a star, 0 if all have the same (Freeman 1977)."""
    active, total, highest = 0, 0.0, 0.0
    for i in range(n):
        if members[i].active == 1:
            active += 1
            total += between[i]
            highest = max(highest, between[i])
    return (active * highest - total) / (active - 1) if active > 2 else 0.0


@allocating
def path_and_betweenness(members, contacts, n, luck, samples, between):
    """Compute betweenness.  Returns (mean length of shortest paths, betweenness centralisation).

    Exact if at most `samples` (>= 2) members are active, else from that many sources, drawn by identity under the key
    `luck`.  The path length is the mean over ordered pairs (source, other) that a path connects, NaN if there is none.
    `between` (`n` numbers, written) is normalised to [0, 1] and, if sampled, scaled up as in networkx 3.6: a source's value
    comes from one search less, because no member is between itself and others.
    """
    # Uncompiled, a key comes as a Python number, which numba takes for a signed one.
    key = np.uint64(luck)
    first, other = contact_lists(members, contacts, n)
    marks, order = np.empty(n, np.uint16), np.empty(n + 1, np.uint32)
    paths, reliance, ends = np.empty(n), np.zeros(n), np.empty(n + 1, np.int64)
    active, linked = 0, 0
    for i in range(n):
        between[i] = 0.0
        active += int(members[i].active == 1)
        linked += int(members[i].degree > 0)
    number = min(active, samples)
    bound = source_bound(members, n, key, samples) if active > samples else 1.0
    steps, pairs = 0, 0
    for i in range(n):
        if members[i].active == 1 and members[i].degree > 0 and uniform(key, i) <= bound:
            furthest = search(first, other, i, linked, marks, paths, order, ends)
            steps += depend(first, other, furthest, marks, paths, order, ends, reliance, between)
            pairs += int(ends[furthest]) - 1
    for i in range(n):
        if between[i] > 0.0:
            searches = number - 1 if uniform(key, i) <= bound else number
            between[i] /= max(searches, 1) * (active - 2)
    return (steps / pairs if pairs > 0 else math.nan), centralisation(members, n, between)
