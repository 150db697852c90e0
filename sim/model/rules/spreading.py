"""Spreading: who receives passes on, and adds something of its own.

Calibrated on Fowler & Christakis (2010, PNAS 107:5334): in public-goods experiments each contribution was tripled over
three degrees by others who were influenced to contribute.  That decentralised networks magnify gifts is nowhere stated
here: it has to follow from attention limits and paths.
"""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.ties import shares_group, slot_of
from sim.model.state import CONNECTIONS, KNOWLEDGE, NOBODY, RESOURCES, SKILLS

PARAMETERS = declare(
    "spreading",
    [
        Parameter("chance", 0.80, 0.0, 1.0, "a gift", "Chance to pass a gift on to somebody fully trusted, at full identity", "published", "total 3-4 contributions over three degrees: Fowler & Christakis (2010)", (0.4, 0.9)),
        Parameter("floor", 0.10, 0.0, 1.0, "share", "Share of that chance that needs no identity", "assumed", "", (0.05, 0.3)),
        Parameter("distrust", 0.6, 0.0, 1.0, "share", "Share of that chance that needs no trust", "assumed", "", (0.3, 0.7)),
        Parameter("skills", 0.4, 0.0, 1.0, "share", "How much less skills spread than knowledge", "assumed", "skills take practice", (0.2, 0.6)),
        Parameter("fan", 4.0, 0.0, 100.0, "people", "People whom an ordinarily active member would pass a gift on to", "assumed", "", (2.0, 5.0)),
        Parameter("hops", 3.0, 0.0, 10.0, "degrees", "How many times a gift is passed on at most", "published", "three degrees: Fowler & Christakis (2010)", (2.0, 4.0), whole=True),
        Parameter("enhancement", 0.5, 0.0, 2.0, "share", "How much a passer's own strength in the kind adds to the gift", "assumed", "GN: gifts are enhanced as they go round", (0.2, 0.8)),
        Parameter("attention", 6.0, 0.0, 1000.0, "gifts a week", "Gifts that a member can take in", "assumed", "bounded attention: Simon (1971)", (3.0, 10.0)),
        Parameter("coordinator_attention", 15.0, 0.0, 1000.0, "gifts a week", "Gifts that a coordinator can take in", "assumed", "", (8.0, 30.0)),
        Parameter("learning", 0.01, 0.0, 1.0, "share of what is missing, a unit of value", "Ability gained by a gift of skills", "assumed", "", (0.005, 0.03)),
    ],
)  # fmt: skip


@hot
def has_given_to(i, j, world):
    """Whether member `i` has given to member `j` since they were tied."""
    s = slot_of(world, i, j)
    return s != NOBODY and world.ties[i, s].gave == 1


@hot
def mark_givers(i, stamp, world):
    """Mark in `scratch.giver` who of a member's contacts has given to it since they were tied."""
    for s in range(world.members[i].degree):
        other = int(world.contacts[i, s])
        gave = world.ties[other, world.ties[i, s].mirror].gave
        world.scratch[other].giver = stamp if gave == 1 else 0


@hot
def log_gift(giver, receiver, source, kind, hops, relayed, value, world):
    """Write a gift into the ledger, if one is kept.  Where there is no room it is counted only: the run is then refused."""
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
    """Somebody receives a gift, if attention is left; returns its value to them (0.0: it met no attention).

    Value is what the gift is worth times how much the receiver lacks that kind.  Knowledge raises the stock that
    production draws on, skills raise ability, resources go to the receiver's working group.
    """
    member = world.members[receiver]
    if member.taken >= p.spreading_attention:
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
    """A gift of knowledge or skills goes on from its first receiver, person to person, over at most three degrees.

    Each carrier passes it to any tie with a chance that rises with the carrier's identity and activity and the tie's
    trust, and falls with the number of ties it has (it passes to some people, not to a share of everybody).  It adds to
    the gift from its own strength in the kind.  Passing on is no direct contact: it builds no trust.
    """
    if kind == CONNECTIONS or kind == RESOURCES:
        return
    zest = p.spreading_chance * p.spreading_fan * (p.spreading_skills if kind == SKILLS else 1.0)
    scratch = world.scratch
    world.network.stamp += 1
    stamp = world.network.stamp
    scratch[source].mark = stamp
    scratch[first].mark = stamp
    mark_givers(source, stamp, world)
    scratch[0].carrier = first
    scratch[0].hops = 0
    scratch[0].quality = quality
    count, at = 1, 0
    while at < count and scratch[at].hops < p.spreading_hops:
        carrier = scratch[at]
        at += 1
        passer = int(carrier.carrier)
        me = world.members[passer]
        if me.degree == 0:
            continue
        readiness = (p.spreading_floor + (1.0 - p.spreading_floor) * me.identity) * me.engagement
        ceiling = zest * readiness * me.activity / (p.members_activity * me.degree)
        enhanced = carrier.quality * (1.0 + p.spreading_enhancement * me.endowment[kind])
        mine = of(luck, passer)
        # Noted first, without a branch, and looked at afterwards: whose draw is low enough is not to be guessed.
        low = 0
        for s in range(me.degree):
            u = uniform(mine, world.contacts[passer, s])
            world.draws[s] = u
            world.places[low] = s
            low += int(u < ceiling)
        for n in range(low):
            s = int(world.places[n])
            other = int(world.contacts[passer, s])
            if scratch[other].mark == stamp:
                continue
            trust = world.ties[passer, s].trust
            if world.draws[s] >= ceiling * (p.spreading_distrust + (1.0 - p.spreading_distrust) * trust):
                continue
            scratch[other].mark = stamp
            partner = scratch[other].giver == stamp
            value = take_in(other, passer, source, kind, enhanced, partner, world, p)
            if value == 0.0:
                continue
            world.tally.passed_on += 1
            log_gift(passer, other, source, kind, carrier.hops + 1, 0, value, world)
            scratch[count].carrier = other
            scratch[count].hops = carrier.hops + 1
            scratch[count].quality = enhanced
            count += 1
