"""Production: groups turn engagement, ability and knowledge into pilots and joint outputs of six kinds.

CAP: pilots first, then joint outputs; information has to flow between groups and network.  GN's list of what comes out:
new products and services, practices, advocacy, coordinated services, joint purchasing, investment.  What a group makes
follows from its topic, skills and stocks, not from a die; whether it succeeds is luck that experience improves.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import adopt, distance
from sim.model.rules.giving import saturating
from sim.model.rules.members import clipped
from sim.model.state import (
    ADVOCACY,
    INNOVATION,
    INVESTMENT,
    NOBODY,
    ORGANISATION,
    PILOT,
    PRACTICE,
    PROJECT,
    PURCHASING,
    RESOURCES,
    SERVICES,
)

PRACTICE_BITS = 62

PARAMETERS = declare(
    "production",
    [
        Parameter("rate", 0.08, 0.0, 5.0, "work a week", "Work done a week by a full measure of engagement, ability and fit", "assumed", "", (0.04, 0.10)),
        Parameter("cost", 0.18, 0.0, 20.0, "engagement a week", "What producing costs each member", "assumed", "", (0.1, 0.3)),
        Parameter("alone", 0.25, 0.0, 1.0, "share", "What a group knows without the network", "assumed", "", (0.15, 0.4)),
        Parameter("per_link", 0.12, 0.0, 1.0, "share a tie a member", "What ties to members of other groups add to that", "assumed", "", (0.06, 0.2)),
        Parameter("by_channel", 0.8, 0.0, 1.0, "share", "What a full channel between groups and network adds to that", "assumed", "", (0.3, 0.9)),
        Parameter("resource_use", 0.1, 0.0, 1.0, "a week", "Share of its resources that a group at work uses up", "assumed", "", (0.05, 0.2)),
        Parameter("resource_work", 0.008, 0.0, 1.0, "work a unit of value", "Work that resources save a group", "assumed", "", (0.004, 0.015)),
        Parameter("stock", 0.5, 0.0, 5.0, "share", "How much a full stock of knowledge adds to ability", "assumed", "", (0.2, 1.0)),
        Parameter("stock_fade", 0.05, 0.0, 1.0, "a week", "Knowledge that becomes stale", "assumed", "", (0.02, 0.1)),
        Parameter("pilots", 1.0, 0.0, 1.0, "switch", "1: a group starts with a pilot; 0: straight with projects", "assumed", "CAP", (1.0, 1.0), whole=True),
        Parameter("pilot_scale", 0.3, 0.01, 5.0, "projects", "Size of a pilot", "assumed", "", (0.2, 0.5)),
        Parameter("pilot_lesson", 1.0, 0.0, 10.0, "lessons", "What a pilot teaches, whether it fails or not", "assumed", "", (0.5, 2.0)),
        Parameter("project_lesson", 0.4, 0.0, 10.0, "lessons", "What a project teaches", "assumed", "", (0.2, 1.0)),
        Parameter("failure", 0.65, 0.0, 1.0, "chance", "Chance that a first pilot or project fails, without any experience", "assumed", "", (0.4, 0.8)),
        Parameter("learning", 0.9, 0.0, 5.0, "a lesson", "How much experience lowers the chance of failing (exponent)", "assumed", "", (0.5, 1.5)),
        Parameter("failure_cost", 0.25, 0.0, 1.0, "share of engagement", "What a failed project of size 1 costs its members", "assumed", "", (0.1, 0.4)),
        Parameter("saturation", 0.15, 0.0, 1.0, "share", "How much an output lowers the worth of the next of its kind, in a network of 40", "assumed", "", (0.05, 0.3)),
        Parameter("renewal", 0.02, 0.0, 1.0, "a week", "How fast demand for a kind returns", "assumed", "", (0.01, 0.04)),
        Parameter("reach_of_topic", 0.4, 0.01, 5.0, "distance", "Distance between topic and problem at which an output loses most of its worth", "assumed", "", (0.25, 0.6)),
        Parameter("affinity", 0.6, 0.0, 5.0, "share", "How much the side from which a group sees the problem decides what it makes", "assumed", "", (0.3, 1.0)),
        Parameter("own_share", 0.25, 0.0, 5.0, "benefit a unit of worth", "What an output is worth to those who made it", "assumed", "", (0.1, 0.4)),
        Parameter("own_fade", 0.04, 0.0, 1.0, "a week", "How fast one's own success fades", "assumed", "", (0.02, 0.08)),
        Parameter("practice_ability", 0.04, 0.0, 1.0, "share of what is missing", "Ability gained by taking over a practice", "assumed", "", (0.02, 0.08)),
        Parameter("insight", 0.5, 0.0, 10.0, "value", "Knowledge that an innovation leaves with its makers", "assumed", "", (0.2, 1.0)),
        Parameter("returns", 0.15, 0.0, 1.0, "share", "Endowment with resources that an investment adds, for each member", "assumed", "", (0.05, 0.3)),
    ],
) + declare(
    "problem",
    [
        Parameter("shift_chance", 0.0, 0.0, 1.0, "a week", "Chance that the problem shifts", "assumed", "off unless a scenario asks for it", (0.0, 0.02)),
        Parameter("shift_distance", 0.35, 0.0, 1.0, "distance", "How far the problem moves when it shifts at random", "assumed", "", (0.2, 0.5)),
    ],
)  # fmt: skip


@hot
def information(g, world, p):
    """What reaches a group from elsewhere: a floor of its own, ties to members of other groups, and channels."""
    group = world.groups[g]
    per_member = group.links / max(1, int(group.seated))
    return min(
        1.0, p.production_alone + p.production_per_link * per_member + p.production_by_channel * world.network.channel
    )


@hot
def skill_mix(g, world):
    """How completely a group's members cover the gift kinds between them: the mean over kinds of the best endowment."""
    group = world.groups[g]
    total = 0.0
    for kind in range(4):
        best = 0.0
        for a in range(group.seated):
            best = max(best, world.members[group.members[a]].endowment[kind])
        total += min(1.0, best)
    return 0.25 * total


@rule
def count_linked(g, world):
    """How many other groups a group's members have ties to, or sit in."""
    group = world.groups[g]
    world.network.stamp += 1
    stamp = world.network.stamp
    world.groups[g].mark = stamp
    number = 0
    for a in range(group.seated):
        i = int(group.members[a])
        for s in range(-1, world.members[i].degree):
            who = i if s < 0 else int(world.contacts[i, s])
            for b in range(2):
                other = world.members[who].groups[b]
                if other != NOBODY and world.groups[other].mark != stamp:
                    world.groups[other].mark = stamp
                    number += 1
    return number


@rule
def readiness(g, kind, world, p):
    """How ready a group is for a kind of output, about 0 to 1: each kind comes about differently.

    Innovation needs fresh knowledge and mixed skills; a practice needs ability and what was learned in pilots; advocacy
    needs breadth: several home communities and many contacts; coordinated services need ties to other groups; joint
    purchasing needs organisations; investment needs resources that were put in.
    """
    group = world.groups[g]
    size = int(group.seated)
    total, sectors, organisations = 0.0, 0, 0
    for a in range(size):
        me = world.members[group.members[a]]
        if kind == INNOVATION:
            total += saturating(me.stock)
        elif kind == PRACTICE:
            total += me.ability
        elif kind == PURCHASING and me.kind == ORGANISATION:
            organisations += 1
        elif kind == ADVOCACY:
            total += saturating(me.degree / p.trust_comfortable)
            sectors |= 1 << (int(me.sector) % 60)
    if kind == INNOVATION:
        return skill_mix(g, world) * total / size
    if kind == PRACTICE:
        return (total / size) * (0.5 + 0.5 * saturating(group.experience))
    if kind == ADVOCACY:
        different = 0
        while sectors != 0:
            sectors &= sectors - 1
            different += 1
        return saturating(different - 1.0) * 1.3 * total / size
    if kind == SERVICES:
        return saturating(0.35 * group.linked)
    if kind == PURCHASING:
        return saturating(0.7 * organisations)
    return saturating(group.resources / size)


@rule
def choose_output(g, world, p):
    """A group takes on what it is readiest for, seen from its own side of the problem, and still in demand."""
    group, network = world.groups[g], world.network
    group.linked = count_linked(g, world)
    dx, dy = group.topic[0] - network.problem[0], group.topic[1] - network.problem[1]
    off = math.sqrt(dx * dx + dy * dy)
    best, highest = INNOVATION, -1.0
    for kind in range(6):
        angle = 2.0 * math.pi * kind / 6.0
        side = 0.0 if off == 0.0 else (dx * math.cos(angle) + dy * math.sin(angle)) / off
        score = readiness(g, kind, world, p) * network.demand[kind] * (1.0 + p.production_affinity * side)
        if score > highest:
            best, highest = kind, score
    group.kind = best
    group.progress = 0.0
    share = group.seated / p.groups_largest
    group.scale = p.production_pilot_scale if group.phase == PILOT else 0.5 + share


@rule
def produce(g, world, p, luck):
    """A group with a pilot or project works on it: engagement times ability, cohesion, agreement, skills and information.

    Resources that its members were given save it work, and are used up.  When the work is done it succeeds or fails.
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
        me = world.members[group.members[a]]
        work += me.engagement * min(1.0, me.ability * (1.0 + p.production_stock * saturating(me.stock)))
        me.cost_now += p.production_cost
    fit = group.cohesion * group.agreement * skill_mix(g, world) * information(g, world, p)
    used = p.production_resource_use * group.resources
    group.resources -= used
    group.progress += p.production_rate * work * fit + p.production_resource_work * used
    if group.progress >= group.scale:
        finish(g, world, p, of(of(luck, group.serial), 0))


@rule
def finish(g, world, p, luck):
    """A pilot or project is done: it fails with a chance that experience lowers, and teaches either way.

    Failing costs the members engagement in proportion to size, so a pilot is a cheap way to learn.
    """
    group, tally = world.groups[g], world.tally
    failed = uniform(luck, 0) < p.production_failure * math.exp(-p.production_learning * group.experience)
    pilot = group.phase == PILOT
    group.experience += p.production_pilot_lesson if pilot else p.production_project_lesson
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
        bring_out(g, world, p)
    group.kind = NOBODY
    group.progress = 0.0


@rule
def bring_out(g, world, p):
    """An output comes out: its worth follows from its size, the demand for its kind, and how well the topic fits the problem."""
    group, network, tally = world.groups[g], world.network, world.tally
    kind = int(group.kind)
    off = distance(group.topic, network.problem) / p.production_reach_of_topic
    worth = group.scale * network.demand[kind] * math.exp(-0.5 * off * off)
    per_member = 40.0 / max(10.0, float(network.active))
    network.demand[kind] *= 1.0 - min(1.0, p.production_saturation * per_member)
    network.worth_now += worth * per_member
    group.outputs[kind] += 1
    tally.outputs[kind] += 1
    tally.output_value += worth
    network.last_of_kind[kind] = network.week
    group.last_output = network.week
    if kind == PRACTICE:
        network.practice_number += 1
    for a in range(group.seated):
        i = int(group.members[a])
        reap(i, kind, worth, world, p)
    if kind == INVESTMENT:
        group.resources *= 0.5


@rule
def reap(i, kind, worth, world, p):
    """What an output leaves with one of its makers."""
    me = world.members[i]
    me.own_outputs += p.production_own_share * worth
    if kind == INNOVATION:
        me.stock += p.production_insight
    elif kind == PRACTICE:
        adopt(i, 1 << ((int(world.network.practice_number) - 1) % PRACTICE_BITS), world, p)
    elif kind == INVESTMENT:
        me.endowment[RESOURCES] += p.production_returns * clipped(1.0 - 0.5 * me.endowment[RESOURCES])


@rule
def turn_of_events(world, p, luck):
    """Demand for each kind returns; what came out becomes last week's news; the problem may shift."""
    network = world.network
    for kind in range(6):
        network.demand[kind] += p.production_renewal * (1.0 - network.demand[kind])
    network.worth_last = network.worth_now
    network.worth_now = 0.0
    if p.problem_shift_chance > 0.0 and uniform(luck, 0) < p.problem_shift_chance:
        shift_problem(p.problem_shift_distance, world, luck)


@rule
def shift_problem(by, world, luck):
    """The problem moves a given distance in a direction drawn by luck, reflected at the border of viewpoint space."""
    network = world.network
    angle = 2.0 * math.pi * uniform(luck, 1)
    for axis in range(2):
        at = network.problem[axis] + by * (math.cos(angle) if axis == 0 else math.sin(angle))
        at = -at if at < 0.0 else at
        network.problem[axis] = 2.0 - at if at > 1.0 else at


@rule
def plan(world, p, luck):
    """An organisation's top looks at the problem once a year and sets the agenda for everybody."""
    network = world.network
    if p.organisation_fixed > 0.0 and network.week % int(p.organisation_planning) == 0:
        for axis in range(2):
            network.agenda[axis] = network.problem[axis]


ORGANISATION_PARAMETERS = declare(
    "organisation",
    [
        Parameter("fixed", 0.0, 0.0, 1.0, "switch", "1: a fixed tree of ties with an agenda from the top, the comparator", "assumed", "GN: network against organisation", (0.0, 0.0), whole=True),
        Parameter("planning", 52.0, 1.0, 520.0, "weeks", "How often an organisation's top looks at the problem anew", "assumed", "yearly planning", (26.0, 104.0), whole=True),
        Parameter("turnover", 0.0025, 0.0, 1.0, "a week", "Members who leave an organisation, whatever their engagement", "assumed", "12% a year", (0.001, 0.005)),
    ],
)  # fmt: skip
