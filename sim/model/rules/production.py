"""Production: groups turn engagement, ability and knowledge into pilots and joint outputs of six kinds.

CAP: pilots first, then joint outputs; information has to flow between groups and network.  GN lists as outputs: new
products and services, practices, advocacy, coordinated services, joint purchasing, investment.  What a group makes
depends on its topic, skills and stocks; whether it succeeds is random, with better odds for experienced groups.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import adopt, distance
from sim.model.rules.numbers import clipped, saturating
from sim.model.state import (
    ADVOCACY,
    INNOVATION,
    INVESTMENT,
    KINDS,
    NOBODY,
    ORGANISATION,
    OUTPUTS,
    PILOT,
    PRACTICE,
    PROJECT,
    PURCHASING,
    RESOURCES,
    SERVICES,
)

PRACTICE_BITS = 62  # Number of distinct practices: bits of a member's record.
SECTOR_BITS = 60  # Number of distinct sectors when a group's breadth is counted.
KIND_COUNT, OUTPUT_COUNT = len(KINDS), len(OUTPUTS)
REFERENCE_SIZE = 40.0  # Number of members for which saturation and the stages' thresholds are stated.
SMALLEST_SIZE = 10.0  # Size below which an output saturates demand no faster.
PROJECT_BASE = 0.5  # Size of a project, to which a group's share of the largest group is added.
UNTESTED = 0.5  # Readiness for a practice without experience, as a share of readiness with full experience.
BREADTH = 1.3  # Scales up readiness for advocacy, a product of two saturating factors.
PER_LINKED_GROUP, PER_ORGANISATION = 0.35, 0.7
"""How much a linked group counts for coordinated services, and an organisation for joint purchasing."""
RESOURCES_LEFT = 0.5  # Share of a group's resources left after an investment.
CROWDING = 0.5  # How much existing resources lower what an investment adds.

PARAMETERS = declare(
    "production",
    [
        Parameter("rate", default=0.08, low=0.0, high=5.0, plausible=(0.04, 0.10), unit="work per week", label="Work per week at full engagement, ability and fit"),
        Parameter("cost", default=0.18, low=0.0, high=20.0, plausible=(0.1, 0.3), unit="engagement per week", label="Cost of producing to each member"),
        Parameter("alone", default=0.25, low=0.0, high=1.0, plausible=(0.15, 0.4), unit="share", label="Information that a group has without the network"),
        Parameter("per_link", default=0.12, low=0.0, high=1.0, plausible=(0.06, 0.2), unit="share per tie per member", label="Information added by ties to members of other groups"),
        Parameter("by_channel", default=0.8, low=0.0, high=1.0, plausible=(0.3, 0.9), unit="share", label="Information added by complete channels between groups and network"),
        Parameter("resource_use", default=0.1, low=0.0, high=1.0, plausible=(0.05, 0.2), unit="per week", label="Share of its resources that a working group uses up"),
        Parameter("resource_work", default=0.008, low=0.0, high=1.0, plausible=(0.004, 0.015), unit="work per unit of value", label="Work saved by resources"),
        Parameter("stock", default=0.5, low=0.0, high=5.0, plausible=(0.2, 1.0), unit="share", label="How much a full stock of knowledge adds to ability"),
        Parameter("stock_fade", default=0.05, low=0.0, high=1.0, plausible=(0.02, 0.1), unit="per week", label="Share of the stock of knowledge that becomes outdated"),
        Parameter("pilots", default=1.0, low=0.0, high=1.0, plausible=(1.0, 1.0), whole=True, unit="switch", label="1: groups start with a pilot; 0: groups start with projects", source="CAP"),
        Parameter("pilot_scale", default=0.3, low=0.01, high=5.0, plausible=(0.2, 0.5), unit="projects", label="Size of a pilot"),
        Parameter("pilot_lesson", default=1.0, low=0.0, high=10.0, plausible=(0.5, 2.0), unit="lessons", label="Experience gained from a pilot, whether it fails or not"),
        Parameter("project_lesson", default=0.4, low=0.0, high=10.0, plausible=(0.2, 1.0), unit="lessons", label="Experience gained from a project, whether it fails or not"),
        Parameter("failure", default=0.65, low=0.0, high=1.0, plausible=(0.4, 0.8), unit="chance", label="Chance that a pilot or project fails, without experience"),
        Parameter("learning", default=0.9, low=0.0, high=5.0, plausible=(0.5, 1.5), unit="per lesson", label="How much experience lowers the chance of failure (exponent)"),
        Parameter("failure_cost", default=0.25, low=0.0, high=1.0, plausible=(0.1, 0.4), unit="share of engagement", label="Cost of a failed project of size 1 to its members"),
        Parameter("saturation", default=0.15, low=0.0, high=1.0, plausible=(0.05, 0.3), unit="share", label="How much an output lowers the worth of the next of its kind, in a network of 40"),
        Parameter("renewal", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.04), unit="per week", label="Recovery of the demand for a kind of output"),
        Parameter("reach_of_topic", default=0.4, low=0.01, high=5.0, plausible=(0.25, 0.6), unit="distance", label="Distance between topic and problem at which an output loses most of its worth"),
        Parameter("affinity", default=0.6, low=0.0, high=5.0, plausible=(0.3, 1.0), unit="share", label="How much a group's position relative to the problem determines what it makes"),
        Parameter("own_share", default=0.25, low=0.0, high=5.0, plausible=(0.1, 0.4), unit="benefit per unit of worth", label="Benefit of an output to those who made it"),
        Parameter("own_fade", default=0.04, low=0.0, high=1.0, plausible=(0.02, 0.08), unit="per week", label="Fading of that benefit"),
        Parameter("practice_ability", default=0.04, low=0.0, high=1.0, plausible=(0.02, 0.08), unit="share of the gap to 1", label="Ability gained by adopting a practice"),
        Parameter("insight", default=0.5, low=0.0, high=10.0, plausible=(0.2, 1.0), unit="value", label="Knowledge that an innovation gives to its makers"),
        Parameter("returns", default=0.15, low=0.0, high=1.0, plausible=(0.05, 0.3), unit="share", label="Endowment with resources that an investment gives to each of its makers"),
    ],
) + declare(
    "problem",
    [
        Parameter("shift_chance", default=0.0, low=0.0, high=1.0, plausible=(0.0, 0.02), unit="per week", label="Chance that the problem shifts", source="off unless a scenario sets it"),
        Parameter("shift_distance", default=0.35, low=0.0, high=1.0, plausible=(0.2, 0.5), unit="distance", label="Distance of a random shift of the problem"),
    ],
) + declare(
    "organisation",
    [
        Parameter("fixed", default=0.0, low=0.0, high=1.0, plausible=(0.0, 0.0), whole=True, unit="switch", label="1: an organisation, with a fixed tree of ties and an agenda set by its top, for comparison", source="GN: network against organisation"),
        Parameter("planning", default=52.0, low=1.0, high=520.0, plausible=(26.0, 104.0), whole=True, unit="weeks", label="Interval at which an organisation's top updates its agenda", source="yearly planning"),
        Parameter("turnover", default=0.0025, low=0.0, high=1.0, plausible=(0.001, 0.005), unit="per week", label="Share of members who leave an organisation, whatever their engagement", source="12% per year"),
    ],
)  # fmt: skip


@hot
def information(g, world, p):
    """Return a group's information: a base level, plus ties to members of other groups, plus channels."""
    group = world.groups[g]
    per_member = group.links / max(1, int(group.seated))
    return min(
        1.0, p.production_alone + p.production_per_link * per_member + p.production_by_channel * world.network.channel
    )


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
            who = i if s < 0 else int(world.contacts[i, s])
            for b in range(2):
                other = world.members[who].groups[b]
                if other != NOBODY and world.groups[other].mark != stamp:
                    world.groups[other].mark = stamp
                    number += 1
    return number


@rule
def readiness(g, kind, world, p):
    """Return how ready a group is for a kind of output, from 0 to about 1.

    Innovation needs fresh knowledge and mixed skills; a practice needs ability and experience; advocacy needs several
    sectors and many contacts; coordinated services need ties to other groups; joint purchasing needs organisations;
    investment needs resources.
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
            total += saturating(me.strength / p.trust_comfortable)
            sectors |= 1 << (int(me.sector) % SECTOR_BITS)
    if kind == INNOVATION:
        return skill_mix(g, world) * total / size
    if kind == PRACTICE:
        return (total / size) * (UNTESTED + (1.0 - UNTESTED) * saturating(group.experience))
    if kind == ADVOCACY:
        different = 0
        while sectors != 0:
            sectors &= sectors - 1
            different += 1
        return saturating(different - 1.0) * BREADTH * total / size
    if kind == SERVICES:
        return saturating(PER_LINKED_GROUP * group.linked)
    if kind == PURCHASING:
        return saturating(PER_ORGANISATION * organisations)
    return saturating(group.resources / size)


@rule
def choose_output(g, world, p):
    """A group chooses the output it is most ready for, weighted by demand and by its position relative to the problem."""
    group, network = world.groups[g], world.network
    group.linked = count_linked(g, world)
    dx, dy = group.topic[0] - network.problem[0], group.topic[1] - network.problem[1]
    off = math.sqrt(dx * dx + dy * dy)
    best, highest = INNOVATION, -1.0
    for kind in range(OUTPUT_COUNT):
        angle = 2.0 * math.pi * kind / OUTPUT_COUNT
        side = 0.0 if off == 0.0 else (dx * math.cos(angle) + dy * math.sin(angle)) / off
        score = readiness(g, kind, world, p) * network.demand[kind] * (1.0 + p.production_affinity * side)
        if score > highest:
            best, highest = kind, score
    group.kind = best
    group.progress = 0.0
    share = group.seated / p.groups_largest
    group.scale = p.production_pilot_scale if group.phase == PILOT else PROJECT_BASE + share


@rule
def produce(g, world, p, luck):
    """A group works on its pilot or project: engagement times ability, cohesion, agreement, skills and information.

    Resources save work and are used up.  When the work is done, it succeeds or fails.
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
    """A pilot or project ends: it fails with a chance that experience lowers, and adds to experience either way.

    Failure costs the members engagement in proportion to size, so a pilot is a cheap way to learn.
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
        complete(g, world, p)
    group.kind = NOBODY
    group.progress = 0.0


@rule
def complete(g, world, p):
    """A group completes an output: its worth is size times demand times how well the topic fits the problem."""
    group, network, tally = world.groups[g], world.network, world.tally
    kind = int(group.kind)
    off = distance(group.topic, network.problem) / p.production_reach_of_topic
    worth = group.scale * network.demand[kind] * math.exp(-0.5 * off * off)
    per_member = REFERENCE_SIZE / max(SMALLEST_SIZE, float(network.active))
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
        group.resources *= RESOURCES_LEFT


@rule
def reap(i, kind, worth, world, p):
    """A maker benefits from an output: knowledge, a practice or resources, depending on its kind."""
    me = world.members[i]
    me.own_outputs += p.production_own_share * worth
    if kind == INNOVATION:
        me.stock += p.production_insight
    elif kind == PRACTICE:
        adopt(i, 1 << ((int(world.network.practice_number) - 1) % PRACTICE_BITS), world, p)
    elif kind == INVESTMENT:
        me.endowment[RESOURCES] += p.production_returns * clipped(1.0 - CROWDING * me.endowment[RESOURCES])


@rule
def turn_of_events(world, p, luck):
    """Demand for each kind of output recovers; new outputs become news; the problem may shift."""
    network = world.network
    for kind in range(OUTPUT_COUNT):
        network.demand[kind] += p.production_renewal * (1.0 - network.demand[kind])
    network.worth_last = network.worth_now
    network.worth_now = 0.0
    if p.problem_shift_chance > 0.0 and uniform(luck, 0) < p.problem_shift_chance:
        shift_problem(p.problem_shift_distance, world, luck)


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
    """An organisation's top management reviews the problem at intervals and sets the agenda for all members."""
    network = world.network
    if p.organisation_fixed > 0.0 and network.week % int(p.organisation_planning) == 0:
        for axis in range(2):
            network.agenda[axis] = network.problem[axis]
