"""Shortest paths: their length, and betweenness.

Theory.  Betweenness (Freeman 1977, Sociometry 40:35) is the share of pairs of members whose shortest paths lead through
a member.  Brandes (2001, J. Math. Sociology 25:163) gets it from one breadth-first search a member; Brandes & Pich
(2007, Int. J. Bifurcation and Chaos 17:2303) from the searches of a sample of members.
"""

import math

import numpy as np

from sim.model.jit import allocating
from sim.model.luck import uniform
from sim.model.measures.structure import contact_lists

UNREACHED = -1  # Distance of a member to whom no path leads.


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


@allocating
def search(first, other, source, linked, distance, paths, order):
    """Search breadth first from a source: distances, and numbers of shortest paths.  Returns (number found, greatest distance).

    `distance` (written): -1 where no path leads.  `order` (written, one longer than they are many): the members found, nearest
    first.  `linked`: number of members with ties; the search stops when all are found.  The inner loop has no branches,
    which mispredictions would make twice as slow: a contact is written before it is known to be new.
    """
    distance[:], paths[:] = UNREACHED, 0.0
    order[0], distance[source], paths[source] = source, 0, 1.0
    begin, found, step = 0, 1, 0
    while begin < found and found < linked:
        step += 1
        end = found
        for k in range(begin, end):
            at = order[k]
            for e in range(first[at], first[at + 1]):
                contact = other[e]
                order[found] = contact
                is_new = distance[contact] == UNREACHED
                found += int(is_new)
                distance[contact] = step if is_new else distance[contact]
                paths[contact] += paths[at] * int(distance[contact] == step)
        begin = end
    return found, step


@allocating
def depend(first, other, found, furthest, distance, paths, order, reliance, between):
    """Add how much a source depends on each member to reach others to `between`.  Returns the sum of distances.

    Brandes's dependency of a member is its number of paths times the sum of (1 + dependency) / paths over contacts one
    step further out; `reliance` (written) is that quotient.  The other arguments are as `search` wrote them.
    """
    steps = 0
    for k in range(found - 1, 0, -1):
        at = order[k]
        step, total = distance[at], 0.0
        if step < furthest:
            for e in range(first[at], first[at + 1]):
                total += reliance[other[e]] * int(distance[other[e]] == step + 1)
        reliance[at] = 1.0 / paths[at] + total
        between[at] += paths[at] * total
        steps += int(step)
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
    distance, order = np.empty(n, np.int32), np.empty(n + 1, np.uint32)
    paths, reliance = np.empty(n), np.zeros(n)
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
            found, furthest = search(first, other, i, linked, distance, paths, order)
            steps += depend(first, other, found, furthest, distance, paths, order, reliance, between)
            pairs += found - 1
    for i in range(n):
        if between[i] > 0.0:
            searches = number - 1 if uniform(key, i) <= bound else number
            between[i] /= max(searches, 1) * (active - 2)
    return (steps / pairs if pairs > 0 else math.nan), centralisation(members, n, between)
