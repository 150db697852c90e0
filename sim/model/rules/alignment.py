"""Alignment: viewpoints converge when tied members talk and when groups meet.

Bounded confidence (Deffuant et al. 2000; Hegselmann & Krause 2002): people move towards others whose viewpoint is
not too far away.  In facilitated sessions, participants also move towards their common mean from further away (CAP, "align").
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import bell, of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.meeting import meet
from sim.model.rules.numbers import clipped
from sim.model.rules.practices import tell
from sim.model.rules.ties import at
from sim.model.state import MEMBER_MADE, NOBODY

PARAMETERS = declare(
    "alignment",
    [
        Parameter("tolerance", default=0.22, low=0.0, high=1.5, plausible=(0.15, 0.3), unit="distance", label="Distance between viewpoints within which people move towards each other, without identity", basis="published", source="bounded-confidence range: Deffuant et al. (2000)"),
        Parameter("tolerance_identity", default=0.25, low=0.0, high=1.5, plausible=(0.1, 0.4), unit="distance", label="Tolerance added by full identity"),
        Parameter("talk", default=0.15, low=0.0, high=1.0, plausible=(0.08, 0.25), unit="per week", label="Chance that two tied members discuss aims"),
        Parameter("dyad", default=0.2, low=0.0, high=0.5, plausible=(0.1, 0.3), unit="share of the distance", label="Step towards each other when two fully trusting members talk"),
        Parameter("session", default=0.15, low=0.0, high=1.0, plausible=(0.03, 0.3), unit="share of the distance", label="Step towards the group's topic in a session in person", basis="published", source="21 deliberative polls: no strong convergence; an experiment with 568 people: a strong pull to the mean (Muhlberger 2005)"),
        Parameter("synthesis", default=0.6, low=0.0, high=1.0, plausible=(0.3, 0.8), unit="share", label="Share of a facilitated step that also works beyond tolerance", source="CAP: facilitation finds common ground"),
        Parameter("session_cost", default=0.6, low=0.0, high=20.0, plausible=(0.3, 1.5), unit="engagement", label="Cost of a session in person to each participant", source="alignment work is tiring: without this cost, drop-out peaks while the network connects"),
        Parameter("noise", default=0.006, low=0.0, high=0.2, plausible=(0.0, 0.01), unit="distance per week", label="Standard deviation of random weekly changes of a viewpoint"),
        Parameter("notice", default=0.003, low=0.0, high=1.0, plausible=(0.0005, 0.01), unit="share of the distance per week", label="Step towards where the problem lies"),
    ],
)  # fmt: skip


@hot
def tolerance(i, world, p):
    """Return the distance within which a viewpoint influences a member; it grows with identity."""
    return p.alignment_tolerance + p.alignment_tolerance_identity * world.members[i].identity


@hot
def distance(a, b):
    """Return the distance between two viewpoints."""
    dx, dy = a[0] - b[0], a[1] - b[1]
    return math.sqrt(dx * dx + dy * dy)


@hot
def move(i, x, y, step, world):
    """Move a member's viewpoint the share `step` of the way towards a point."""
    viewpoint = world.members[i].viewpoint
    viewpoint[0] += step * (x - viewpoint[0])
    viewpoint[1] += step * (y - viewpoint[1])


@hot
def exchange_views(i, s, world, p, draw):
    """Two tied members talk: each moves if the other is within its tolerance, and tells whoever trusts it of its practices."""
    tie = world.ties[at(i, s, world)]
    j = int(tie.other)
    back = world.ties[at(j, tie.mirror, world)]
    a, b = world.members[i], world.members[j]
    gap = distance(a.viewpoint, b.viewpoint)
    ax, ay, bx, by = a.viewpoint[0], a.viewpoint[1], b.viewpoint[0], b.viewpoint[1]
    if gap < tolerance(i, world, p):
        move(i, bx, by, p.alignment_dyad * tie.trust, world)
    if gap < tolerance(j, world, p):
        move(j, ax, ay, p.alignment_dyad * back.trust, world)
    if draw < p.alignment_talk * back.trust:
        tell(i, j, world)
    if draw < p.alignment_talk * tie.trust:
        tell(j, i, world)


@hot
def talk(i, world, p, luck):
    """Tied members sometimes discuss aims.  Each pair is drawn once, in the row of the member with the lower number."""
    if world.members[i].active == 0:
        return
    mine = of(luck, i)
    row, number = int(world.first[i]), 0
    for s in range(world.members[i].degree):
        other = world.contacts[row + s]
        u = uniform(mine, other)
        # Collected first, without a branch: the processor cannot predict which draws are low.
        world.draws[s] = u
        world.places[number] = s
        number += int(u < p.alignment_talk) & int(other > i)
    for n in range(number):
        s = int(world.places[n])
        exchange_views(i, s, world, p, world.draws[s])


@hot
def think(i, world, p, luck):
    """A member's viewpoint changes at random, and slowly moves towards where the problem lies."""
    me = world.members[i]
    if me.active == 0:
        return
    mine = of(luck, i)
    if p.organisation_fixed == 0.0:
        move(i, world.network.problem[0], world.network.problem[1], p.alignment_notice, world)
    for axis in range(2):
        me.viewpoint[axis] = clipped(me.viewpoint[axis] + p.alignment_noise * bell(mine, axis))


@rule
def hold_session(g, weight, beyond, world, p, luck):
    """A group works on its aims: participants move towards the topic, and meet each other.

    Within tolerance they move by a step; further away by the share `beyond` of it.  `weight`: how much meeting there
    counts, 1.0 in person: it scales the step and the engagement that each participant spends.
    """
    group = world.groups[g]
    step = p.alignment_session * weight
    for a in range(group.seated):
        i = int(group.members[a])
        me = world.members[i]
        me.cost_now += p.alignment_session_cost * weight
        within = distance(me.viewpoint, group.topic) < tolerance(i, world, p)
        move(i, group.topic[0], group.topic[1], step if within else step * beyond, world)
        for b in range(a):
            meet(i, int(group.members[b]), weight, MEMBER_MADE, world, p, luck)


@hot
def free_group_slot(i, world):
    """Return a member's first free group slot, or -1."""
    for a in range(2):
        if world.members[i].groups[a] == NOBODY:
            return a
    return NOBODY
