"""Production: groups turn engagement, ability and knowledge into pilots and joint results of six kinds.

CAP: pilots first, then joint results; information has to flow between groups and network.  GN lists as outputs: new
products and services, practices, advocacy, coordinated services, joint purchasing, investment.  Each kind changes
something for others: some put in place what lasts for a while, others use up a stock and create something else.  A group
makes what it is ready for and what is still missing; whether it succeeds is random, with better odds for experienced groups.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import distance
from sim.model.rules.groups import agenda_is_set, decide
from sim.model.rules.identity import reached
from sim.model.rules.numbers import saturating
from sim.model.rules.practices import best_tested, hear, invent, try_out
from sim.model.rules.ties import at
from sim.model.state import (
    ADVOCACY,
    INNOVATION,
    INVESTMENT,
    KINDS,
    LASTING,
    NOBODY,
    ORGANISATION,
    OUTPUTS,
    PILOT,
    PRACTICE,
    PROJECT,
    PURCHASING,
    SERVICES,
)

SECTOR_BITS = 60  # Number of distinct sectors when a group's breadth is counted.
KIND_COUNT, OUTPUT_COUNT = len(KINDS), len(OUTPUTS)
REFERENCE_SIZE = (
    40.0  # Number of members for which the effect of an output on the network and the stages' thresholds are stated.
)
SMALLEST_SIZE = 10.0  # Size below which an output covers no more of what is missing.
PROJECT_BASE = 0.5  # Size of a project, to which a group's share of the largest group is added.
BREADTH = 1.3  # Scales up readiness for advocacy, a product of two saturating factors.
PER_LINKED_GROUP, PER_ORGANISATION = 0.35, 0.7
"""How much a linked group counts for coordinated services, and an organisation for joint purchasing."""
READERS = 1 << 20  # Random counter for members who read a documented practice.

PARAMETERS = declare(
    "production",
    [
        Parameter("rate", default=0.3, low=0.0, high=5.0, plausible=(0.15, 0.45), unit="work per week", label="Work per week at full engagement, ability and fit"),
        Parameter("cost", default=0.18, low=0.0, high=20.0, plausible=(0.1, 0.3), unit="engagement per week", label="Cost of producing to each member"),
        Parameter("alone", default=0.25, low=0.0, high=1.0, plausible=(0.15, 0.4), unit="share", label="What groups and members know of the network without ties or channels to it"),
        Parameter("per_link", default=0.12, low=0.0, high=1.0, plausible=(0.06, 0.2), unit="share per tie per member", label="Information added by ties to members of other groups"),
        Parameter("stock", default=0.5, low=0.0, high=5.0, plausible=(0.2, 1.0), unit="share", label="How much full stocks add to work: of knowledge to a member's, of resources to a group's"),
        Parameter("fade", default=0.05, low=0.0, high=1.0, plausible=(0.02, 0.1), unit="per week", label="Fading of stocks of knowledge and resources"),
        Parameter("pilots", default=1.0, low=0.0, high=1.0, plausible=(1.0, 1.0), whole=True, unit="switch", label="1: groups start with a pilot; 0: groups start with projects", source="CAP"),
        Parameter("pilot_scale", default=0.3, low=0.01, high=5.0, plausible=(0.2, 0.5), unit="projects", label="Size of a pilot"),
        Parameter("failure", default=0.65, low=0.0, high=1.0, plausible=(0.4, 0.8), unit="chance", label="Chance that a pilot or project fails, without experience"),
        Parameter("learning", default=0.9, low=0.0, high=5.0, plausible=(0.5, 1.5), unit="per attempt", label="How much each pilot or project behind it lowers a group's chance of failure (exponent)"),
        Parameter("failure_cost", default=0.25, low=0.0, high=1.0, plausible=(0.1, 0.4), unit="share of engagement", label="Cost of a failed project of size 1 to its members"),
        Parameter("lasting", default=0.3, low=0.0, high=1.0, plausible=(0.15, 0.5), unit="share", label="Share of what is missing that an output of size 1 puts in place, in a network of 40: of advocacy, services or purchasing"),
        Parameter("wear", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.02), unit="per week", label="Speed at which advocacy, services and purchasing that are in place wear off"),
        Parameter("services", default=0.5, low=0.0, high=10.0, plausible=(0.2, 1.0), unit="share", label="How much full coordinated services add to the worth of every output"),
        Parameter("advocacy", default=1.0, low=0.0, high=10.0, plausible=(0.5, 2.0), unit="factor", label="How much full advocacy adds to the number of newcomers"),
        Parameter("without", default=-1.0, low=-1.0, high=5.0, plausible=(-1.0, -1.0), whole=True, unit="kind of output", label="Kind of output that no group makes, by its place in the list; -1: groups make all kinds", source="to switch a kind off"),
    ],
) + declare(
    "organisation",
    [
        Parameter("fixed", default=0.0, low=0.0, high=1.0, plausible=(0.0, 0.0), whole=True, unit="switch", label="1: an organisation, with a fixed tree of ties and an agenda set by its top, for comparison", source="GN: network against organisation"),
        Parameter("planning", default=52.0, low=1.0, high=520.0, plausible=(26.0, 104.0), whole=True, unit="weeks", label="Interval at which those who set agendas look at the problem: an organisation's top, or coordinators", source="yearly planning"),
        Parameter("turnover", default=0.0025, low=0.0, high=1.0, plausible=(0.001, 0.005), unit="per week", label="Share of members who leave an organisation, whatever their engagement", source="12% per year"),
    ],
)  # fmt: skip


@hot
def full(stock, p):
    """Return how full a stock is: one half for somebody who has long received `engagement.enough` a week, 1 at most."""
    return saturating(stock * p.production_fade / p.engagement_enough)


@hot
def information(g, world, p):
    """Return a group's information: a base level, plus ties to members of other groups, plus channels or a coordinator's support."""
    group = world.groups[g]
    per_member = group.links / max(1, int(group.seated))
    informed = max(world.network.channel, group.help)
    return min(1.0, reached(informed, p) + p.production_per_link * per_member)


@hot
def skill_mix(g, world):
    """Return how completely a group's members cover the gift kinds: the mean over kinds of the highest endowment."""
    group = world.groups[g]
    total = 0.0
    for kind in range(KIND_COUNT):
        best = 0.0
        for a in range(group.seated):
            best = max(best, world.members[group.members[a]].endowment[kind])
        total += min(1.0, best)
    return total / KIND_COUNT


@rule
def count_linked(g, world):
    """Return the number of other groups that a group's members belong to or have ties to."""
    group = world.groups[g]
    world.network.stamp += 1
    stamp = world.network.stamp
    world.groups[g].mark = stamp
    number = 0
    for a in range(group.seated):
        i = int(group.members[a])
        for s in range(-1, world.members[i].degree):
            who = i if s < 0 else int(world.contacts[at(i, s, world)])
            for b in range(2):
                other = world.members[who].groups[b]
                if other != NOBODY and world.groups[other].mark != stamp:
                    world.groups[other].mark = stamp
                    number += 1
    return number


@rule
def readiness(g, kind, world, p):
    """Return how ready a group is for a kind of output, from 0 to about 1.

    Innovation needs fresh knowledge and mixed skills; documenting a practice needs one that the group has seen tested and
    that promises more than the documented one; advocacy needs several sectors and many contacts; coordinated services
    need ties to other groups; joint purchasing needs organisations; investment needs resources.
    """
    group = world.groups[g]
    size = int(group.seated)
    if kind == PRACTICE:
        holder, slot = best_tested(g, world)
        promise = saturating(world.members[holder].seems[slot]) if holder != NOBODY else 0.0
        return promise if promise > world.network.standing[PRACTICE] else 0.0
    if kind == SERVICES:
        return saturating(PER_LINKED_GROUP * group.linked)
    if kind == INVESTMENT:
        return full(group.resources / size, p)
    total, sectors, organisations = 0.0, 0, 0
    for a in range(size):
        me = world.members[group.members[a]]
        if kind == INNOVATION:
            total += full(me.stock, p)
        elif kind == ADVOCACY:
            total += saturating(me.strength / p.trust_comfortable)
            sectors |= 1 << (int(me.sector) % SECTOR_BITS)
        else:
            organisations += int(me.kind == ORGANISATION)
    if kind == INNOVATION:
        return skill_mix(g, world) * total / size
    if kind == PURCHASING:
        return saturating(PER_ORGANISATION * organisations)
    different = 0
    while sectors != 0:
        sectors &= sectors - 1
        different += 1
    return saturating(different - 1.0) * BREADTH * total / size


@hot
def missing(kind, world):
    """Return the share of a kind of output that is not in place; 1 for kinds that do not last."""
    return 1.0 - world.network.standing[kind]


@rule
def choose_output(g, world, p):
    """Members decide what to work on, and the group makes the kind of output that it is ready for and that is most missing."""
    group = world.groups[g]
    decide(g, world, p)
    group.linked = count_linked(g, world)
    best, highest = NOBODY, -1.0
    for kind in range(OUTPUT_COUNT):
        score = readiness(g, kind, world, p) * missing(kind, world)
        if score > highest and kind != p.production_without:
            best, highest = kind, score
    group.kind = best
    group.progress = 0.0
    share = group.seated / p.groups_largest
    group.scale = p.production_pilot_scale if group.phase == PILOT else PROJECT_BASE + share


@hot
def work_of(i, world, p):
    """Return a member's weekly work at full fit: engagement times ability, raised by knowledge and changed by its practices."""
    me = world.members[i]
    able = min(1.0, me.ability * (1.0 + p.production_stock * full(me.stock, p)))
    return me.engagement * able * max(0.0, 1.0 + p.practices_effect * me.practice_worth)


@rule
def produce(g, world, p, luck):
    """A group works on its pilot or project: its members' work, times cohesion, agreement, skills, information and resources.

    When the work is done, it succeeds or fails.
    """
    group = world.groups[g]
    if group.alive == 0 or group.phase < PILOT:
        return
    if group.phase == PILOT and p.production_pilots == 0.0:
        group.phase = PROJECT
    if group.kind == NOBODY:
        choose_output(g, world, p)
    work = 0.0
    for a in range(group.seated):
        i = int(group.members[a])
        work += work_of(i, world, p)
        world.members[i].cost_now += p.production_cost
    fit = group.cohesion * group.agreement * skill_mix(g, world) * information(g, world, p)
    supplied = 1.0 + p.production_stock * full(group.resources / group.seated, p)
    group.resources *= 1.0 - p.production_fade
    group.progress += p.production_rate * work * fit * supplied
    if group.progress >= group.scale:
        finish(g, world, p, of(of(luck, group.serial), 0))


@rule
def finish(g, world, p, luck):
    """A pilot or project ends: it fails with a chance that falls with each one before, and shows how well practices work.

    Failure costs the members engagement in proportion to size, so a pilot is a cheap way to learn.
    """
    group, tally = world.groups[g], world.tally
    failed = uniform(luck, 0) < p.production_failure * math.exp(-p.production_learning * group.experience)
    pilot = group.phase == PILOT
    group.experience += 1.0
    try_out(g, world, p, of(luck, 1))
    if failed:
        group.failures += 1
        for a in range(group.seated):
            world.members[group.members[a]].engagement *= 1.0 - min(1.0, p.production_failure_cost * group.scale)
        if pilot:
            tally.pilots_failed += 1
        else:
            tally.projects_failed += 1
    elif pilot:
        group.phase = PROJECT
        tally.pilots_done += 1
    else:
        complete(g, world, p)
    group.kind = NOBODY
    group.progress = 0.0


@rule
def complete(g, world, p):
    """A group completes an output: its worth is size times what was missing times how well the topic fits the problem.

    Coordinated services raise the worth of every output.
    """
    group, network, tally = world.groups[g], world.network, world.tally
    kind = int(group.kind)
    off = distance(group.topic, network.problem) / (p.alignment_tolerance + p.alignment_tolerance_identity)
    worth = group.scale * missing(kind, world) * math.exp(-0.5 * off * off)
    worth *= 1.0 + p.production_services * network.standing[SERVICES]
    per_member = REFERENCE_SIZE / max(SMALLEST_SIZE, float(network.active))
    network.worth_now += worth * per_member
    group.outputs[kind] += 1
    tally.outputs[kind] += 1
    tally.output_value += worth
    network.last_of_kind[kind] = network.week
    group.last_output = network.week
    returned = group.resources / group.seated if kind == INVESTMENT else 0.0
    for a in range(group.seated):
        reap(int(group.members[a]), kind, worth, returned, world, p)
    if kind == INNOVATION:
        invent(g, world)
    elif kind == PRACTICE:
        document(g, world)
    elif kind == INVESTMENT:
        group.resources = 0.0
    else:
        network.standing[kind] += min(1.0, p.production_lasting * group.scale * per_member) * missing(kind, world)


@rule
def reap(i, kind, worth, returned, world, p):
    """A maker receives what an output is worth.  An innovation uses up its fresh knowledge; an investment returns resources to it."""
    me = world.members[i]
    if kind == INNOVATION:
        me.stock = 0.0
    me.received += p.members_memory * (worth + returned)


@rule
def document(g, world):
    """A group documents the practice that it has seen work best; it replaces the documented one if it promises more."""
    network = world.network
    holder, slot = best_tested(g, world)
    if holder == NOBODY:
        return
    me = world.members[holder]
    promise = saturating(me.seems[slot])
    if promise > network.standing[PRACTICE]:
        network.standing[PRACTICE] = promise
        network.documented = me.practice[slot]
        network.documented_seems, network.documented_tries = me.seems[slot], me.tries[slot]


@rule
def read_documented(world, p, luck):
    """Members hear of the documented practice as far as channels reach them, as often as from a contact whom they trust."""
    network = world.network
    chance = p.alignment_talk * network.channel
    if network.documented == 0 or chance == 0.0:
        return
    for i in range(network.members):
        if world.members[i].active == 1 and uniform(luck, i) < chance:
            hear(i, network.documented, network.documented_seems, network.documented_tries, world)


@rule
def update_outputs(world, p, luck):
    """What outputs put in place wears off; new outputs become news; members read of the documented practice."""
    network = world.network
    for kind in LASTING:
        network.standing[kind] *= 1.0 - p.production_wear
    network.worth_last = network.worth_now
    network.worth_now = 0.0
    read_documented(world, p, of(luck, READERS))


@rule
def shift_problem(by, world, luck):
    """Move the problem by a distance in a random direction, reflected at the border of viewpoint space."""
    network = world.network
    angle = 2.0 * math.pi * uniform(luck, 1)
    for axis in range(2):
        at = network.problem[axis] + by * (math.cos(angle) if axis == 0 else math.sin(angle))
        at = -at if at < 0.0 else at
        network.problem[axis] = 2.0 - at if at > 1.0 else at


@rule
def plan(world, p, luck):
    """Those who set agendas, an organisation's top or coordinators, look at the problem at intervals."""
    network = world.network
    if network.week % int(p.organisation_planning) == 0 and agenda_is_set(world, p):
        for axis in range(2):
            network.agenda[axis] = network.problem[axis]
