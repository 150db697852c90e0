"""Alignment: ideas and goals come closer, by talk over trusted ties and in sessions.

Bounded confidence (Deffuant et al. 2000; Hegselmann & Krause 2002): people move towards those who are not too far off.
Facilitated sessions synthesise: participants move towards their common mean even from further off (CAP, "align").
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import bell, of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.members import clipped
from sim.model.state import NOBODY

PARAMETERS = declare(
    "alignment",
    [
        Parameter("tolerance", 0.22, 0.0, 1.5, "distance", "Distance of viewpoints up to which people move, without identity", "published", "bounded-confidence range: Deffuant et al. (2000)", (0.15, 0.3)),
        Parameter("tolerance_identity", 0.25, 0.0, 1.5, "distance", "What full identity adds to tolerance", "assumed", "", (0.1, 0.4)),
        Parameter("talk", 0.15, 0.0, 1.0, "a week", "Chance that two tied members talk about aims", "assumed", "", (0.08, 0.25)),
        Parameter("dyad", 0.05, 0.0, 0.5, "share of the distance", "Step towards each other when two fully trusting members talk", "assumed", "", (0.02, 0.1)),
        Parameter("online", 0.05, 0.0, 1.0, "share of the distance", "Step towards the common mean in an online session", "assumed", "", (0.04, 0.15)),
        Parameter("in_person", 0.30, 0.0, 1.0, "share of the distance", "Step towards the common mean in person", "assumed", "", (0.2, 0.4)),
        Parameter("synthesis", 0.6, 0.0, 1.0, "share", "Share of a facilitated step that works beyond tolerance too", "assumed", "CAP: facilitation finds common ground", (0.3, 0.8)),
        Parameter("trust_online", 0.03, 0.0, 1.0, "share of what is missing", "Trust gained in an online session", "published", "a randomised 90-minute meeting raised co-application from .16% to .28%: Boudreau et al. (2017)", (0.01, 0.05)),
        Parameter("trust_in_person", 0.08, 0.0, 1.0, "share of what is missing", "Trust gained in a session in person", "published", "Boudreau et al. (2017)", (0.05, 0.15)),
        Parameter("session_cost", 1.0, 0.0, 20.0, "engagement", "What a session costs each participant", "assumed", "alignment work is tiring: without this drop-out peaks while connecting", (0.5, 2.0)),
        Parameter("noise", 0.006, 0.0, 0.2, "distance a week", "Own new thoughts: standard deviation a week", "assumed", "", (0.0, 0.01)),
        Parameter("notice", 0.02, 0.0, 1.0, "a week", "Chance that a member sees for itself where the problem lies", "assumed", "", (0.005, 0.05)),
        Parameter("notice_step", 0.15, 0.0, 1.0, "share of the distance", "Step towards the problem when one has seen it", "assumed", "", (0.05, 0.3)),
        Parameter("adoption", 0.5, 0.0, 1.0, "chance", "Chance that a practice goes over when two fully trusting members talk", "assumed", "", (0.2, 0.8)),
    ],
)  # fmt: skip


@hot
def tolerance(i, world, p):
    """How far off a viewpoint may be and still move this member: it widens with identity."""
    return p.alignment_tolerance + p.alignment_tolerance_identity * world.members[i].identity


@hot
def distance(a, b):
    """Distance of two viewpoints."""
    dx, dy = a[0] - b[0], a[1] - b[1]
    return math.sqrt(dx * dx + dy * dy)


@hot
def move(i, x, y, step, world):
    """Move a member's viewpoint a share of the way towards a point."""
    viewpoint = world.members[i].viewpoint
    viewpoint[0] += step * (x - viewpoint[0])
    viewpoint[1] += step * (y - viewpoint[1])


@hot
def bits(x):
    """Number of bits that are 1."""
    number = 0
    while x != 0:
        x &= x - 1
        number += 1
    return number


@hot
def exchange_views(i, s, world, p, draw):
    """Two tied members talk: each moves if the other is within its tolerance, and practices that work are taken over."""
    tie = world.ties[i, s]
    j = int(tie.other)
    a, b = world.members[i], world.members[j]
    gap = distance(a.viewpoint, b.viewpoint)
    ax, ay, bx, by = a.viewpoint[0], a.viewpoint[1], b.viewpoint[0], b.viewpoint[1]
    step = p.alignment_dyad * tie.trust
    if gap < tolerance(i, world, p):
        move(i, bx, by, step, world)
    if gap < tolerance(j, world, p):
        move(j, ax, ay, step, world)
    if a.practices != b.practices and draw < p.alignment_talk * p.alignment_adoption * tie.trust:
        world.tally.adoptions += adopt(i, int(b.practices), world, p) + adopt(j, int(a.practices), world, p)


@rule
def adopt(i, practices, world, p):
    """A member takes practices over: ability rises with each one that is new to it.  Returns how many were."""
    me = world.members[i]
    new = practices & ~int(me.practices)
    number = bits(new)
    me.practices = int(me.practices) | new
    for _ in range(number):
        me.ability += p.production_practice_ability * (1.0 - me.ability)
    return number


@hot
def talk(i, world, p, luck):
    """Tied members talk about aims now and then.  Each pair is drawn once, in the row of its lower number."""
    if world.members[i].active == 0:
        return
    mine = of(luck, i)
    number = 0
    for s in range(world.members[i].degree):
        other = world.contacts[i, s]
        u = uniform(mine, other)
        # Noted first, without a branch: whose draw is low, and which end is lower, are coin tosses to the processor.
        world.draws[s] = u
        world.places[number] = s
        number += int(u < p.alignment_talk) & int(other > i)
    for n in range(number):
        s = int(world.places[n])
        exchange_views(i, s, world, p, world.draws[s])


@hot
def think(i, world, p, luck):
    """A member has thoughts of its own, and now and then sees for itself where the problem lies."""
    me = world.members[i]
    if me.active == 0:
        return
    mine = of(luck, i)
    if uniform(mine, 20) < p.alignment_notice and p.organisation_fixed == 0.0:
        move(i, world.network.problem[0], world.network.problem[1], p.alignment_notice_step, world)
    for axis in range(2):
        me.viewpoint[axis] = clipped(me.viewpoint[axis] + p.alignment_noise * bell(mine, axis))


@rule
def hold_session(g, step, gain, beyond, cost, world, p):
    """A group works on its ideas and goals: participants move towards the topic, and trust each other more.

    Within tolerance they move the whole `step`; further off only the share `beyond` of it (0: they don't).  `gain` is
    the trust gained by those who are tied; `cost` the engagement each participant spends.
    """
    group = world.groups[g]
    world.network.stamp += 1
    stamp = world.network.stamp
    for a in range(group.seated):
        world.scratch[group.members[a]].mark = stamp
    for a in range(group.seated):
        i = int(group.members[a])
        me = world.members[i]
        me.cost_now += cost
        within = distance(me.viewpoint, group.topic) < tolerance(i, world, p)
        move(i, group.topic[0], group.topic[1], step if within else step * beyond, world)
        for s in range(me.degree):
            other = world.contacts[i, s]
            if other > i and world.scratch[other].mark == stamp:
                meet_again(i, s, gain, world)


@hot
def meet_again(i, s, gain, world):
    """Two tied members sit in a meeting together: trust rises at both ends and the tie is fresh."""
    tie = world.ties[i, s]
    back = world.ties[tie.other, tie.mirror]
    trust = tie.trust + gain * (1.0 - tie.trust)
    tie.trust = trust
    back.trust = trust
    week = world.network.week
    tie.last = week
    back.last = week


@hot
def has_free_group_slot(i, world):
    """The first free group slot of a member, or -1."""
    for a in range(2):
        if world.members[i].groups[a] == NOBODY:
            return a
    return NOBODY
