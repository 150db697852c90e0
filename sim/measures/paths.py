"""Paths through the network: how long they are, and who lies on them (betweenness).

Theory.  Betweenness (Freeman 1977, Sociometry 40:35) is the share of pairs of members whose shortest paths lead through
a member.  Brandes (2001, J. Math. Sociology 25:163) gets it from one breadth-first search a member; Brandes & Pich
(2007, Int. J. Bifurcation and Chaos 17:2303) from the searches of a sample of members.
"""

import math

import numpy as np

from sim.jit import allocating
from sim.luck import uniform
from sim.measures.structure import contact_lists


@allocating
def source_bound(members, n, luck, samples):
    """The `samples`-th smallest of the active members' uniforms under `luck`: sources are those not above it."""
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
def search(first, other, linked, source, distance, paths, order):
    """Search breadth first from `source`: distances, numbers of shortest paths, members in the order found.

    Returns how many were found (the source with them).  Distance is `n` where no path leads.  `linked`: members with
    ties; when all are found and the furthest are reached, what is left to look at leads nowhere new.  `order` has one
    place to spare: a contact is written down before it is known to be new.  The inner loop has no branches on purpose:
    whether a contact is new is a coin toss to the processor, and wrong guesses took half the time.
    """
    n = len(distance)
    for i in range(n):
        distance[i] = n
        paths[i] = 0.0
    distance[source] = 0
    paths[source] = 1.0
    order[0] = source
    head, found = 0, 1
    while head < found:
        at = order[head]
        head += 1
        if found == linked and distance[at] == distance[order[found - 1]]:
            break
        beyond = distance[at] + 1
        ways = paths[at]
        for e in range(first[at], first[at + 1]):
            contact = other[e]
            known = distance[contact]
            order[found] = contact
            found += int(known == n)
            distance[contact] = min(known, beyond)
            paths[contact] += ways * int(known >= beyond)
    return found


@allocating
def depend(first, other, found, distance, paths, order, reliance, between):
    """Add to `between` how much one source depends on each member for reaching the others.

    Brandes's dependency of a member is its number of paths times the sum of (1 + dependency) / paths over contacts one
    step further out; `reliance` keeps that quotient, and holds some number for everybody on entry.
    """
    furthest = distance[order[found - 1]]
    for k in range(found - 1, 0, -1):
        at = order[k]
        beyond = distance[at] + 1
        total = 0.0
        if beyond <= furthest:
            for e in range(first[at], first[at + 1]):
                contact = other[e]
                total += reliance[contact] * int(distance[contact] == beyond)
        reliance[at] = 1.0 / paths[at] + total
        between[at] += paths[at] * total


@allocating
def centralisation(members, n, between):
    """How far betweenness centres on one member: 1 in a star, 0 where all have the same (Freeman 1977)."""
    active, total, highest = 0, 0.0, 0.0
    for i in range(n):
        if members[i].active == 1:
            active += 1
            total += between[i]
            highest = max(highest, between[i])
    return (active * highest - total) / (active - 1) if active > 2 else 0.0


@allocating
def path_and_betweenness(members, contacts, n, luck, samples, between):
    """Mean shortest path and everybody's betweenness: returns (path length in steps, betweenness centralisation).

    Exact where at most `samples` (>= 2) members are active, else from that many sources, picked by the key `luck` and
    who they are (the lowest of the uniforms at counter `i`), so that a member's being a source does not hang on others'
    numbers.  The path length is the mean over ordered pairs (source, other) that a path connects; not a number where
    there is none.  `between` (`n` numbers, written) is in [0, 1] when exact, normalised and, when sampled, scaled up
    as in networkx 3.6: a source's figure comes from one search less, because nobody is between itself and others.
    """
    # Uncompiled, a key comes as a Python number, which numba takes for a signed one.
    key = np.uint64(luck)
    first, other = contact_lists(members, contacts, n)
    distance, order = np.empty(n, np.int32), np.empty(n + 1, np.uint32)
    paths, reliance = np.empty(n, np.float64), np.zeros(n, np.float64)
    active, linked = 0, 0
    for i in range(n):
        between[i] = 0.0
        active += int(members[i].active == 1)
        linked += int(members[i].degree > 0)
    sources = min(active, samples)
    bound = source_bound(members, n, key, samples) if active > samples else 1.0
    steps, pairs = 0, 0
    for i in range(n):
        if members[i].active == 1 and members[i].degree > 0 and uniform(key, i) <= bound:
            found = search(first, other, linked, i, distance, paths, order)
            depend(first, other, found, distance, paths, order, reliance, between)
            pairs += found - 1
            for k in range(1, found):
                steps += int(distance[order[k]])
    for i in range(n):
        if between[i] > 0.0:
            searches = sources - 1 if uniform(key, i) <= bound else sources
            between[i] /= max(searches, 1) * (active - 2)
    return (steps / pairs if pairs > 0 else math.nan), centralisation(members, n, between)
