"""Customized weaving: one person at a time (CAP).  Closing triads, supporting bridgers, engaging the unconnected."""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.giving import bring_together, fit, introduce
from sim.model.rules.groups import take_seat
from sim.model.rules.meeting import companion, meet
from sim.model.rules.members import somebody
from sim.model.rules.ties import slot_of
from sim.model.state import COORDINATOR_MADE, NOBODY

PARAMETERS = declare(
    "customized",
    [
        Parameter("introduction_hours", default=3.0, low=0.01, high=100.0, plausible=(1.0, 6.0), unit="hours", label="Hours to introduce two members, or to ask a member to do so", basis="published", source="alumni mentoring: 2.6 to 3.1 hours a match (calculated from Terrilink)"),
        Parameter("unconnected_hours", default=6.0, low=0.01, high=100.0, plausible=(2.0, 10.0), unit="hours", label="Hours to engage an unconnected member", basis="published", source="link workers of the NHS: 7-8 hours a person (calculated); Halifax Connector: about 10 a match, a ceiling"),
        Parameter("bridger_hours", default=1.5, low=0.01, high=100.0, plausible=(1.0, 3.0), unit="hours", label="Hours to support a bridger"),
        Parameter("asked_initiative", default=0.05, low=0.0, high=1.0, plausible=(0.02, 0.1), unit="share of the gap to 1", label="Initiative gained by being asked to introduce others", source="CAP: weaving makes weavers"),
        Parameter("crowding", default=1.0, low=0.0, high=1.0, plausible=(0.93, 1.0), unit="factor", label="Initiative left when a coordinator makes an introduction or relays a gift; 1: no crowding out", source="option; rewards crowd out motivation, d -.28 to -.40 (Deci, Koestner & Ryan 1999), but nothing is known of brokering"),
        Parameter("few", default=1.0, low=0.0, high=20.0, plausible=(0.0, 2.0), whole=True, unit="ties", label="Most ties of a member who counts as unconnected"),
        Parameter("help_share", default=0.3, low=0.0, high=1.0, plausible=(0.1, 0.5), unit="chance", label="Chance that an unconnected member is given a task in a running group"),
    ],
)  # fmt: skip

GUESS = 1.0  # Highest random score: that of two people who complement each other well and would get on fairly well.
SUPPORTED = 0.5  # Support from which a bridger is not supported again.
UNDEFINED = 2.0  # Above every constraint that is defined (at most 1.125).
# A coordinator reads the map of constraint with an error: times a factor from LEAST_READ to LEAST_READ + READ_SPREAD.
LEAST_READ, READ_SPREAD = 0.8, 0.4
# Counters of luck, by purpose.
GUESSING, MATCHING, ROUTING, HELPING, TOGETHER = 1 << 20, 1 << 30, 1 << 31, 1 << 32, 1 << 33


@hot
def touch(c, i, gain, world):
    """A coordinator is in contact with a member: trust between them rises by the share `gain` of the gap to 1."""
    bond = world.bonds[c, i]
    bond.trust += gain * (1.0 - bond.trust)
    bond.last = world.network.week


@rule
def draw_member(least_ties, world, luck):
    """Draw an active member with at least `least_ties` ties, keyed by identity.  Returns its number or -1."""
    found, highest = NOBODY, -1.0
    for i in range(world.network.members):
        if world.members[i].degree >= least_ties and world.members[i].active == 1:
            u = uniform(luck, i)
            if u > highest:
                found, highest = i, u
    return found


@rule
def match_for(c, i, world, p, luck):
    """Choose whom a coordinator introduces a member to: the best fit among those it considers.

    It judges as far as it knows the two, by its bonds with them; the rest is random.  Returns a number or -1.
    """
    best, highest = NOBODY, 0.0
    for look in range(int(p.choice_looks)):
        k = somebody(luck, look, world)
        if k == NOBODY or k == i or slot_of(world, i, k) != NOBODY:
            continue
        insight = 0.5 * (world.bonds[c, i].trust + world.bonds[c, k].trust)
        score = insight * fit(i, k, world, p) + (1.0 - insight) * GUESS * uniform(of(luck, GUESSING), k)
        if score > highest:
            best, highest = k, score
    return best


@rule
def close_triad(c, world, p, luck):
    """Ask a member to introduce two of its contacts to each other; or, as a hub, introduce two members directly.

    Being asked raises initiative if the member makes an introduction; being introduced by the coordinator lowers it.
    Returns the hours used, 0.0 if there was no one to ask.
    """
    chief = world.coordinators[c]
    if uniform(luck, 0) < chief.hub_share:
        return broker(c, world, p, of(luck, 1))
    i = draw_member(2, world, of(luck, 2))
    if i == NOBODY:
        return 0.0
    touch(c, i, p.meeting_gain, world)
    if introduce(i, COORDINATOR_MADE, world, p, of(luck, 3)) == 1:
        me = world.members[i]
        me.initiative += p.customized_asked_initiative * (1.0 - me.initiative)
        world.coordinators[c].introductions += 1
    return p.customized_introduction_hours


@rule
def broker(c, world, p, luck):
    """The coordinator introduces two members directly.  Returns the hours used, 0.0 if no match was found."""
    i = draw_member(0, world, of(luck, 0))
    if i == NOBODY:
        return 0.0
    k = match_for(c, i, world, p, of(luck, 1))
    if k == NOBODY:
        return 0.0
    touch(c, i, p.meeting_gain, world)
    touch(c, k, p.meeting_gain, world)
    if bring_together(i, k, COORDINATOR_MADE, world, p, of(luck, 2)) == 1:
        for end in (i, k):
            world.members[end].initiative *= p.customized_crowding
        world.coordinators[c].introductions += 1
        world.tally.work_coordinators += 1.0
    return p.customized_introduction_hours


@rule
def engage_unconnected(c, world, p, luck):
    """Introduce a member with few or no ties to a matching member (the host).

    If they get together, the host gives it a task in its group or brings it into a conversation.  Returns the hours used, 0.0 if all members are connected.
    """
    found, highest = NOBODY, -1.0
    for i in range(world.network.members):
        me = world.members[i]
        if me.active == 1 and me.degree <= p.customized_few:
            u = uniform(luck, i) - me.degree
            if found == NOBODY or u > highest:
                found, highest = i, u
    if found == NOBODY:
        return 0.0
    touch(c, found, p.meeting_gain, world)
    host = match_for(c, found, world, p, of(luck, MATCHING))
    if host == NOBODY:
        return p.customized_unconnected_hours
    touch(c, host, p.meeting_gain, world)
    if bring_together(found, host, COORDINATOR_MADE, world, p, of(luck, TOGETHER)) == 0:
        return p.customized_unconnected_hours
    world.coordinators[c].introductions += 1
    world.tally.work_coordinators += 1.0
    if uniform(of(luck, ROUTING), 0) < world.coordinators[c].hub_share:
        for end in (found, host):
            world.members[end].initiative *= p.customized_crowding
    else:
        world.members[host].initiative += p.customized_asked_initiative * (1.0 - world.members[host].initiative)
    bring_along(found, host, world, p, of(luck, HELPING))
    return p.customized_unconnected_hours


@rule
def bring_along(found, host, world, p, luck):
    """A host gives a newcomer a task in its working group, which meets it; or a seat in a conversation with a contact."""
    g = int(world.members[host].groups[0])
    if g != NOBODY and uniform(luck, 0) < p.customized_help_share:
        group = world.groups[g]
        for a in range(group.seated):
            meet(found, int(group.members[a]), 1.0, COORDINATOR_MADE, world, p, of(luck, 1))
        mine = world.members[found].groups
        if group.seated < p.groups_largest and g != mine[0] and g != mine[1]:
            take_seat(found, g, world)
        return
    other = companion(found, host, world, of(luck, 2))
    if other != NOBODY:
        meet(found, other, 1.0, COORDINATOR_MADE, world, p, of(luck, 3))


@rule
def support_bridger(c, world, p, luck):
    """Support a member who is between clusters: with the lowest constraint when the network was last mapped.

    For some weeks it gives more across clusters.  Source: CAP; Burt (1992).
    Returns the hours used, 0.0 if no member is between clusters.
    """
    best, lowest = NOBODY, UNDEFINED
    for i in range(world.network.members):
        me = world.members[i]
        if me.active == 1 and me.degree >= 2 and me.bridging < SUPPORTED:
            score = me.constraint * (LEAST_READ + READ_SPREAD * uniform(luck, i))
            if score < lowest:
                best, lowest = i, score
    if best == NOBODY:
        return 0.0
    touch(c, best, p.meeting_gain, world)
    me = world.members[best]
    me.bridging = 1.0
    me.initiative += p.customized_asked_initiative * (1.0 - me.initiative)
    world.tally.work_coordinators += 1.0
    return p.customized_bridger_hours
