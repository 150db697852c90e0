"""Core and periphery, and classification into Krebs & Holley's structures."""

import math

import numpy as np

from sim.model.jit import allocating, rule
from sim.model.measures.communities import CENTRED
from sim.model.measures.structure import contact_lists

STRUCTURES = ("scattered fragments", "hub-and-spoke", "multi-hub small world", "core/periphery", "no clear structure")
FRAGMENTS, HUB_AND_SPOKE, MULTI_HUB, CORE_PERIPHERY, NO_STRUCTURE = range(5)
CONNECTED_SHARE = 0.5  # Share of members in the largest component below which a network is scattered fragments.
CLEAR_FIT = 0.3  # Core-periphery fit from which a network has a core and a periphery.


@allocating
def core_numbers(members, contacts, n, core):
    """Compute core numbers: the largest k such that a member belongs to a set in which all have k ties inside.

    Seidman (1983, Social Networks 5:269), by the algorithm of Batagelj & Zaversnik (2003); equal to networkx's.  `core`
    (`n` integers, written): 0 for members without ties.  Returns the highest.
    """
    first, other = contact_lists(members, contacts, n)
    highest = 0
    for i in range(n):
        core[i] = members[i].degree
        highest = max(highest, int(members[i].degree))
    start = np.zeros(highest + 2, np.int64)
    for i in range(n):
        start[core[i] + 1] += 1
    for d in range(highest + 1):
        start[d + 1] += start[d]
    # Members sorted by remaining degree, and the place of each; start[d]: the first of degree d.
    order, place = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        place[i] = start[core[i]]
        order[place[i]] = i
        start[core[i]] += 1
    for d in range(highest, -1, -1):
        start[d + 1] = start[d]
    start[0] = 0
    for k in range(n):
        i = order[k]
        for e in range(first[i], first[i + 1]):
            j = other[e]
            if core[j] > core[i]:
                # Take one tie from j: swap it with the first of its degree, and start that degree's block one later.
                to = start[core[j]]
                swapped = order[to]
                order[place[j]] = swapped
                place[swapped] = place[j]
                order[to] = j
                place[j] = to
                start[core[j]] += 1
                core[j] -= 1
    return core[order[n - 1]] if n > 0 else 0


@allocating
def least_core_degree(members, n):
    """Return the lowest degree of core members: the one for which the network comes closest to the ideal pattern.

    In the ideal, all pairs in the core are tied, none in the periphery are, and pairs across are excluded.  The number of
    missing plus surplus ties is then pairs in the core + ties - sum of the core's degrees: only degrees matter (Lip 2011,
    arXiv:1102.5511).  Members of equal degree stay together; of equally good cores the largest is taken.
    """
    highest, halves = 0, 0
    for i in range(n):
        highest = max(highest, int(members[i].degree))
        halves += members[i].degree
    having = np.zeros(highest + 1, np.int64)
    for i in range(n):
        having[members[i].degree] += int(members[i].active == 1)
    size, sum_degrees = 0, 0
    best, least_errors = highest, 0
    for d in range(highest, 0, -1):
        if having[d] == 0:
            continue
        size += having[d]
        sum_degrees += d * having[d]
        errors = size * (size - 1) // 2 + halves // 2 - sum_degrees
        if d == highest or errors <= least_errors:
            best, least_errors = d, errors
    return best


@rule
def core_fit(active, size, core_halves, rest_halves):
    """Return how well a core of `size` of the `active` members describes the ties (see `core_periphery`).

    `core_halves`, `rest_halves`: ties inside the core and outside it, each counted twice.
    """
    rest = active - size
    core_pairs, rest_pairs = size * (size - 1) / 2, rest * (rest - 1) / 2
    core_ties, rest_ties = core_halves / 2, rest_halves / 2
    tied = core_ties + rest_ties
    spread = core_pairs * rest_pairs * tied * (core_pairs + rest_pairs - tied)
    return (core_ties * rest_pairs - rest_ties * core_pairs) / math.sqrt(spread) if spread > 0.0 else 0.0


@allocating
def core_periphery(members, contacts, n):
    """Return how well a core and a periphery describe the network: (fit, share of members in the core, their lowest degree).

    Fit is Borgatti & Everett's (1999, Social Networks 21:375) correlation, over pairs, of ties with the ideal pattern
    of a full core and an empty periphery, in [-1, 1], with pairs across left out; 0 if undefined.  The core are
    the members with at least `least_core_degree` ties; with fewer than three of them the fit is 0, because one hub, or two
    tied hubs, would fit perfectly.
    """
    least = least_core_degree(members, n)
    active, size, core_halves, rest_halves = 0, 0, 0, 0
    for i in range(n):
        active += int(members[i].active == 1)
        if members[i].active == 1 and members[i].degree >= least:
            size += 1
        row = contacts.first[i]
        for s in range(members[i].degree):
            other_in = members[contacts.other[row + s]].degree >= least
            if members[i].degree >= least:
                core_halves += int(other_in)
            else:
                rest_halves += int(not other_in)
    if size < 3 or core_halves + rest_halves == 0:
        return 0.0, (size / active if least > 0 else 0.0), least
    return core_fit(active, size, core_halves, rest_halves), size / active, least


@allocating
def krebs_holley(largest_share, star, linked, fit):
    """Classify a network into Krebs & Holley's four structures (2006, Building Smart Communities through Network Weaving), or none.

    `largest_share`: share of members in the largest component; `star`: how far all ties centre on one member;
    `linked`: hubs of communities that are tied to another hub's community; `fit`: of core and periphery.  The thresholds are
    assumptions, since theirs are drawings.  A random network has none of the structures.
    """
    if largest_share < CONNECTED_SHARE:
        return FRAGMENTS
    if star >= CENTRED:
        return HUB_AND_SPOKE
    if linked >= 2:
        return MULTI_HUB
    return CORE_PERIPHERY if fit >= CLEAR_FIT else NO_STRUCTURE
