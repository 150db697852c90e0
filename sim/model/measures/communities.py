"""Communities: parts of the network with more ties inside than by chance, their hubs, and members who bridge them.

Theory.  Modularity (Newman & Girvan 2004, Phys. Rev. E 69:026113) is the share of ties inside communities minus the
share expected if ties were random with the same degrees.  The search is Louvain's (Blondel et al. 2008, J. Stat. Mech.
P10008), made deterministic: members move in the order of their numbers, and equal gains go to the lowest community.  Gains are
compared as integers, so rounding never decides.
"""

import numpy as np

from sim.model.jit import allocating, rule
from sim.model.measures.structure import contact_lists

CENTRED = 0.5  # Degree centralisation from which ties centre on one member: halfway between equal degrees and a star.
SMALLEST_COMMUNITY = 5  # Members from which a community can have a hub: in smaller ones a star is common by chance.
FREE = 0.5  # Constraint of a member with two contacts who do not know each other.


@allocating
def modularity(members, contacts, n, community):
    """Return the modularity of a partition, in [-0.5, 1): equal to networkx's; 0 without ties.

    `community[i]`: number from 0 to n-1 of active member `i`'s community.
    """
    inside, halves = 0, 0
    strength = np.zeros(n, np.int64)
    for i in range(n):
        degree = int(members[i].degree)
        if degree > 0:
            halves += degree
            strength[community[i]] += degree
            row = contacts.first[i]
            for s in range(degree):
                inside += int(community[contacts.other[row + s]] == community[i])
    if halves == 0:
        return 0.0
    squares = 0
    for c in range(n):
        squares += strength[c] * strength[c]
    return inside / halves - squares / halves / halves


@allocating
def move_nodes(first, other, weight, strength, label):
    """Move nodes, one by one, into the neighbouring community that gains most modularity, until none gains.

    `weight` by entry of `other`; `strength` by node, loops included; `label` (written) starts with one community each.
    A node is visited again after a neighbour has moved elsewhere (Traag et al. 2019, Sci. Rep. 9:5233).
    """
    nodes = len(strength)
    total = strength.copy()
    link = np.zeros(nodes, np.int32)
    near = np.empty(nodes, np.uint32)
    queue, waiting = np.arange(nodes).astype(np.uint32), np.ones(nodes, np.int8)
    everything = 0
    for v in range(nodes):
        everything += strength[v]
        label[v] = v
    head, size = 0, nodes
    while size > 0:
        v = queue[head]
        head = head + 1 if head + 1 < nodes else 0
        size -= 1
        waiting[v] = 0
        found = 0
        for e in range(first[v], first[v + 1]):
            c = label[other[e]]
            near[found] = c
            found += int(link[c] == 0)
            link[c] += weight[e]
        own = label[v]
        total[own] -= strength[v]
        best, best_gain = own, np.int64(link[own]) * everything - strength[v] * total[own]
        for k in range(found):
            c = near[k]
            gain = np.int64(link[c]) * everything - strength[v] * total[c]
            link[c] = 0
            better = (gain > best_gain) | ((gain == best_gain) & (best != own) & (c < best))
            best = c if better else best
            best_gain = max(gain, best_gain)
        total[best] += strength[v]
        if best != own:
            label[v] = best
            for e in range(first[v], first[v + 1]):
                u = other[e]
                if waiting[u] == 0 and label[u] != best:
                    waiting[u] = 1
                    end = head + size
                    queue[end if end < nodes else end - nodes] = u
                    size += 1


@allocating
def number_labels(label):
    """Renumber the labels 0, 1, 2 ... in order of first occurrence, in place.  Returns how many there are."""
    number = np.full(len(label), -1, np.int64)
    count = 0
    for v in range(len(label)):
        if number[label[v]] < 0:
            number[label[v]] = count
            count += 1
        label[v] = number[label[v]]
    return count


@allocating
def merge_nodes(first, other, weight, strength, label, count):
    """Return the network of communities: each of `count` labels becomes a node, and ties between them add up."""
    strengths = np.zeros(count, np.int64)
    place = np.zeros(count + 1, np.int64)
    for v in range(len(label)):
        strengths[label[v]] += strength[v]
        place[label[v] + 1] += 1
    for c in range(count):
        place[c + 1] += place[c]
    by_label = np.empty(len(label), np.int64)
    for v in range(len(label) - 1, -1, -1):
        place[label[v] + 1] -= 1
        by_label[place[label[v] + 1]] = v
    firsts = np.zeros(count + 1, np.int64)
    others, weights = np.empty(len(other), np.uint32), np.empty(len(other), np.int32)
    entry = np.full(count, -1, np.int64)
    end = 0
    k = 0
    for c in range(count):
        while k < len(label) and label[by_label[k]] == c:
            v = by_label[k]
            k += 1
            for e in range(first[v], first[v + 1]):
                d = label[other[e]]
                if d == c:
                    continue
                if entry[d] < firsts[c]:
                    entry[d] = end
                    others[end] = d
                    weights[end] = 0
                    end += 1
                weights[entry[d]] += weight[e]
        firsts[c + 1] = end
    return firsts, others[:end], weights[:end], strengths


@allocating
def grouped(first, other):
    """Return the number of each member's community, from packed lists of contacts (see `structure.contact_lists`)."""
    n = len(first) - 1
    weight = np.ones(len(other), np.int32)
    strength = np.empty(n, np.int64)
    place = np.arange(n)
    for i in range(n):
        strength[i] = first[i + 1] - first[i]
    while True:
        label = np.empty(len(strength), np.uint32)
        move_nodes(first, other, weight, strength, label)
        count = number_labels(label)
        if count == len(label):
            return place
        for i in range(n):
            place[i] = label[place[i]]
        first, other, weight, strength = merge_nodes(first, other, weight, strength, label, count)


@allocating
def communities(members, contacts, n, community):
    """Find communities by greedy modularity.  Returns (number of communities, modularity).

    `community` (`n` integers, written): each active member's, numbered from 0 in order of first members; -1 for members who
    left.  A member without ties is a community of its own, as in networkx.
    """
    first, other = contact_lists(members, contacts, n)
    place = grouped(first, other)
    gone = np.full(n, -1, np.int64)
    count = 0
    for i in range(n):
        community[i] = -1
        if members[i].active == 1:
            if gone[place[i]] < 0:
                gone[place[i]] = count
                count += 1
            community[i] = gone[place[i]]
    return count, modularity(members, contacts, n, community)


@allocating
def bridgers(members, contacts, n, community):
    """Count bridgers: members with a tie to another community and a constraint below `FREE`.

    Burt's brokers (2004, Am. J. Sociology 110:349): a tie to another community is not enough, a broker's contacts must not
    know each other either.  Reads `members.constraint` (see `map_constraint`) and `community` (see `communities`).
    """
    number = 0
    for i in range(n):
        if members[i].degree > 0 and members[i].constraint < FREE:
            row = contacts.first[i]
            for s in range(members[i].degree):
                if community[contacts.other[row + s]] != community[i]:
                    number += 1
                    break
    return number


@rule
def has_hub(size, total, most, degree):
    """Return whether a community has a hub (see `hubs`).

    `size`: its members; `total`: their ties inside, each counted twice; `most`, `degree`: of the member with most ties
    inside, these and all its ties.
    """
    return (
        size >= SMALLEST_COMMUNITY and 2 * most >= degree and size * most - total >= CENTRED * (size - 1) * (size - 2)
    )


@allocating
def hubs(members, contacts, n, community, count):
    """Return (number of communities with a hub, number of those with a tie to another of them).

    A community has a hub if the ties inside it centre on one member: its degree centralisation (Freeman 1979), 1 in a star
    and 0 if all have equally many ties, is at least `CENTRED`, and the hub has no more ties outside than inside, as
    members of a core have.  `community` and `count`: see `communities`.
    """
    size, total, most = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    degree = np.zeros(count, np.int64)  # Of the member with most ties inside; of several such, the lowest.
    for i in range(n):
        c = community[i]
        if c >= 0:
            inside, row = 0, contacts.first[i]
            for s in range(members[i].degree):
                inside += int(community[contacts.other[row + s]] == c)
            size[c] += 1
            total[c] += inside
            if inside > most[c] or (inside == most[c] and members[i].degree < degree[c]):
                most[c], degree[c] = inside, members[i].degree
    central = np.zeros(count, np.int8)
    number, linked = 0, 0
    for c in range(count):
        central[c] = int(has_hub(size[c], total[c], most[c], degree[c]))
        number += central[c]
    met = np.zeros(count, np.int8)
    for i in range(n):
        c = community[i]
        if c >= 0 and central[c] == 1 and met[c] == 0:
            row = contacts.first[i]
            for s in range(members[i].degree):
                other = community[contacts.other[row + s]]
                if other != c and central[other] == 1:
                    met[c] = 1
                    linked += 1
                    break
    return number, linked
