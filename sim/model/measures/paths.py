"""Shortest paths: their length, and betweenness.

Theory.  Betweenness (Freeman 1977, Sociometry 40:35) is the share of pairs of members whose shortest paths lead through
a member.  Brandes (2001, J. Math. Sociology 25:163) gets it from one breadth-first search a member; Brandes & Pich
(2007, Int. J. Bifurcation and Chaos 17:2303) from the searches of a sample of members.
"""

import math

import numpy as np

from sim.model.jit import allocating, fetch, hot
from sim.model.luck import uniform
from sim.model.measures.structure import contact_lists

SCATTERED = 5000  # Number of members from which they do not fit into the cache.
LANES = 16  # Number of sources from which paths are followed at once.


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


@hot
def fetch_contacts(first, other, i, distance, numbers):
    """Have the processor fetch what is known of a member's contacts, who in a large network lie scattered in memory."""
    if len(distance) >= SCATTERED:
        for e in range(first[i], first[i + 1]):
            fetch(distance, int(other[e]), 0)
            fetch(numbers, int(other[e]), 0)
            fetch(numbers, int(other[e]), 1)


@allocating
def search(first, other, sources, linked, distance, paths, order, start):
    """Search breadth first from several sources at once: distances, and numbers of shortest paths.

    `sources`: one per lane of `distance` and `paths` (members x lanes, written).  Distance is infinite without a path.
    `order` and `start` (written): order[start[d]:start[d + 1]] are the members `d` steps from some source.  `linked`: number
    of members with ties; the search stops when all are found from every source.  Returns the greatest distance.

    Several at once, since a processor adds several lanes in the time of one.  The inner loops have no branches, which
    mispredictions would make twice as slow.
    """
    lanes = distance.shape[1]
    ways, met = np.empty(lanes, np.float64), np.zeros(len(distance), np.int64)
    distance[:, :] = math.inf
    paths[:, :] = 0.0
    for lane in range(len(sources)):
        order[lane] = sources[lane]
        distance[sources[lane], lane] = 0.0
        paths[sources[lane], lane] = 1.0
    start[0], start[1] = 0, len(sources)
    step, found = 0, len(sources)
    while start[step] < start[step + 1] and found < linked * len(sources):
        step += 1
        end = start[step]
        for k in range(start[step - 1], start[step]):
            at = order[k]
            if k + 1 < start[step]:
                fetch_contacts(first, other, int(order[k + 1]), distance, paths)
            for lane in range(lanes):
                ways[lane] = paths[at, lane] * int(distance[at, lane] == step - 1)
            for e in range(first[at], first[at + 1]):
                contact = other[e]
                # Written before it is known to be new in this step.
                order[end] = contact
                end += int(met[contact] < step)
                met[contact] = step
                for lane in range(lanes):
                    paths[contact, lane] += ways[lane] * int(distance[contact, lane] == math.inf)
        start[step + 1] = start[step]
        for k in range(start[step], end):
            at, new = order[k], 0
            for lane in range(lanes):
                reached = (distance[at, lane] == math.inf) & (paths[at, lane] > 0.0)
                distance[at, lane] = step if reached else distance[at, lane]
                new += int(reached)
            order[start[step + 1]] = at
            start[step + 1] += int(new > 0)
            found += new
    return step if start[step] < start[step + 1] else step - 1


@allocating
def depend(first, other, furthest, distance, paths, order, start, reliance):
    """Turn numbers of shortest paths into dependencies: how much each source depends on each member to reach others.

    Brandes's dependency of a member is its number of paths times the sum of (1 + dependency) / paths over contacts one
    step further out; `reliance` (members x lanes) holds that quotient.  `paths` of the sources themselves is unchanged.
    """
    lanes = distance.shape[1]
    total = np.empty(lanes, np.float64)
    for step in range(furthest, 0, -1):
        for k in range(start[step], start[step + 1]):
            at = order[k]
            total[:] = 0.0
            if k + 1 < start[step + 1]:
                fetch_contacts(first, other, int(order[k + 1]), distance, reliance)
            if step < furthest:
                for e in range(first[at], first[at + 1]):
                    contact = other[e]
                    for lane in range(lanes):
                        total[lane] += reliance[contact, lane] * int(distance[contact, lane] == step + 1)
            for lane in range(lanes):
                here = distance[at, lane] == step
                ways = paths[at, lane] if here else 1.0
                reliance[at, lane] = 1.0 / ways + total[lane] if here else reliance[at, lane]
                paths[at, lane] = ways * total[lane] if here else paths[at, lane]


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
    distance = np.empty((n, LANES), np.float32)
    paths, reliance = np.empty((n, LANES)), np.zeros((n, LANES))
    order, start = np.empty(n * (LANES + 1) + 1, np.uint32), np.empty(n + 2, np.int64)
    sources = np.empty(LANES, np.int64)
    active, linked = 0, 0
    for i in range(n):
        between[i] = 0.0
        active += int(members[i].active == 1)
        linked += int(members[i].degree > 0)
    number = min(active, samples)
    bound = source_bound(members, n, key, samples) if active > samples else 1.0
    steps, pairs, waiting = 0.0, 0, 0
    for i in range(n):
        if members[i].active == 1 and members[i].degree > 0 and uniform(key, i) <= bound:
            sources[waiting] = i
            waiting += 1
        if waiting == LANES or (waiting > 0 and i == n - 1):
            furthest = search(first, other, sources[:waiting], linked, distance, paths, order, start)
            depend(first, other, furthest, distance, paths, order, start, reliance)
            for j in range(n):
                for lane in range(waiting):
                    if 0.0 < distance[j, lane] < math.inf:
                        between[j] += paths[j, lane]
                        steps += float(distance[j, lane])
                        pairs += 1
            waiting = 0
    for i in range(n):
        if between[i] > 0.0:
            searches = number - 1 if uniform(key, i) <= bound else number
            between[i] /= max(searches, 1) * (active - 2)
    return (steps / pairs if pairs > 0 else math.nan), centralisation(members, n, between)
