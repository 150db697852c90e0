"""Spreading: receivers pass gifts on and add value to them.

Calibrated on Fowler & Christakis (2010, PNAS 107:5334): in public-goods experiments each contribution was tripled over
three degrees by others who were influenced to contribute.  It is not assumed that decentralised networks magnify gifts:
this has to follow from attention limits and paths.
"""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.members import has_time
from sim.model.rules.ties import at, shares_group, slot_of
from sim.model.state import CONNECTIONS, KNOWLEDGE, NOBODY, RESOURCES, SKILLS

PARAMETERS = declare(
    "spreading",
    [
        Parameter("fan", default=1.5, low=0.0, high=100.0, plausible=(0.8, 3.0), unit="people", label="Contacts to whom a member of average activity passes a gift on, at full identity and trust", basis="published", source="total 3-4 contributions over three degrees: Fowler & Christakis (2010)"),
        Parameter("floor", default=0.10, low=0.0, high=1.0, plausible=(0.05, 0.3), unit="share", label="Share of the chance to pass a gift on that needs no identity"),
        Parameter("hops", default=3.0, low=0.0, high=10.0, plausible=(2.0, 4.0), whole=True, unit="steps", label="Most times that a gift is passed on", basis="published", source="three degrees: Fowler & Christakis (2010)"),
        Parameter("enhancement", default=0.5, low=0.0, high=2.0, plausible=(0.2, 0.8), unit="share", label="How much the endowment of those who pass a gift on adds to it", source="GN: gifts are enhanced as they circulate"),
        Parameter("learning", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.03), unit="share of the gap to 1, per unit of value", label="Ability gained from a gift of skills"),
    ],
)  # fmt: skip


@hot
def has_given_to(i, j, world):
    """Return whether member `i` has given to member `j` since they were tied."""
    s = slot_of(world, i, j)
    return s != NOBODY and world.ties[at(i, s, world)].gave == 1


@hot
def log_gift(giver, receiver, source, kind, hops, relayed, value, world):
    """Record a gift in the ledger, if there is one.  If the ledger is full, the gift is only counted, and the run raises an error."""
    if world.network.gifts_logged >= len(world.ledger):
        world.network.gifts_logged += int(len(world.ledger) > 0)
        return
    line = world.ledger[world.network.gifts_logged]
    line.week = world.network.week
    line.giver = giver
    line.receiver = receiver
    line.source = source
    line.kind = kind
    line.hops = hops
    line.relayed = relayed
    line.value = value
    world.network.gifts_logged += 1


@hot
def take_in(receiver, giver, source, kind, quality, partner, world, p):
    """A member receives a gift if it has attention left.  Returns its value to the receiver, 0.0 without attention.

    Value is the gift's quality times the receiver's need of its kind.  Knowledge raises the stock that production draws on,
    skills raise ability, resources go to the receiver's working group.
    """
    member = world.members[receiver]
    if not has_time(receiver, world, p):
        world.tally.refused += 1
        return 0.0
    member.taken += 1
    value = quality * member.need[kind]
    if partner:
        member.direct_now += value
    else:
        member.network_now += value
    member.group_now += value * shares_group(world, receiver, giver)
    if kind == KNOWLEDGE:
        member.stock += value
    elif kind == SKILLS:
        member.ability += min(1.0, p.spreading_learning * value) * (1.0 - member.ability)
    elif kind == RESOURCES and member.groups[0] != NOBODY:
        world.groups[member.groups[0]].resources += value
    world.tally.value_received += value
    return value


@rule
def spread(source, first, kind, quality, world, p, luck):
    """A gift of knowledge or skills is passed on from its first receiver, person to person, over a few degrees.

    Each carrier passes it to some contacts, more often to those it trusts more: the more it identifies with the network,
    the more.  It adds to the gift from its endowment.  Passing a gift on is not direct contact and builds no trust.
    """
    if kind == CONNECTIONS or kind == RESOURCES:
        return
    scratch, marks = world.scratch, world.marks
    world.network.stamp += 1
    stamp = world.network.stamp
    marks[source] = stamp
    marks[first] = stamp
    scratch[0].carrier = first
    scratch[0].hops = 0
    scratch[0].quality = quality
    count, at = 1, 0
    while at < count and scratch[at].hops < p.spreading_hops:
        carrier = scratch[at]
        at += 1
        passer = int(carrier.carrier)
        me = world.members[passer]
        if me.strength == 0.0:
            continue
        readiness = (p.spreading_floor + (1.0 - p.spreading_floor) * me.identity) * me.engagement
        people = p.spreading_fan * readiness * me.activity / (p.members_activity * me.strength)
        enhanced = carrier.quality * (1.0 + p.spreading_enhancement * me.endowment[kind])
        mine = of(luck, passer)
        # Collected first, without a branch: the processor cannot predict which draws are low enough.
        row, low = int(world.first[passer]), 0
        for s in range(me.degree):
            world.places[low] = s
            low += int(uniform(mine, world.contacts[row + s]) < people * world.ties[row + s].trust)
        for n in range(low):
            s = int(world.places[n])
            other = int(world.contacts[row + s])
            if marks[other] == stamp:
                continue
            marks[other] = stamp
            partner = has_given_to(other, source, world)
            value = take_in(other, passer, source, kind, enhanced, partner, world, p)
            if value == 0.0:
                continue
            world.tally.passed_on += 1
            log_gift(passer, other, source, kind, carrier.hops + 1, 0, value, world)
            scratch[count].carrier = other
            scratch[count].hops = carrier.hops + 1
            scratch[count].quality = enhanced
            count += 1
