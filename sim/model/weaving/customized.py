"""Customized weaving: one person at a time (CAP).  Closing triads, supporting bridgers, engaging the unconnected."""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.giving import complement, introduce
from sim.model.rules.groups import take_seat
from sim.model.rules.members import somebody
from sim.model.rules.ties import make_tie, slot_of
from sim.model.state import COORDINATOR_MADE, NOBODY

PARAMETERS = declare(
    "customized",
    [
        Parameter("introduction_hours", 2.0, 0.01, 100.0, "hours", "Asking a member to introduce two others", "assumed", "", (1.0, 4.0)),
        Parameter("own_introduction_hours", 1.0, 0.01, 100.0, "hours", "Introducing two members oneself", "assumed", "", (0.5, 2.0)),
        Parameter("unconnected_hours", 2.0, 0.01, 100.0, "hours", "Engaging an unconnected member", "assumed", "", (1.0, 4.0)),
        Parameter("bridger_hours", 1.5, 0.01, 100.0, "hours", "Supporting a bridger", "assumed", "", (1.0, 3.0)),
        Parameter("asked_initiative", 0.05, 0.0, 1.0, "share of what is missing", "Initiative gained by being asked to introduce others", "assumed", "CAP: weaving makes weavers", (0.02, 0.1)),
        Parameter("brokered_initiative", 0.93, 0.0, 1.0, "times", "What is left of initiative when the coordinator does the introducing", "assumed", "", (0.9, 0.98)),
        Parameter("looks", 16.0, 1.0, 1000.0, "members", "Members whom a coordinator thinks of when it looks for a match", "assumed", "", (8.0, 30.0), whole=True),
        Parameter("few", 1.0, 0.0, 20.0, "ties", "Ties up to which a member counts as unconnected", "assumed", "", (0.0, 2.0), whole=True),
        Parameter("help_share", 0.3, 0.0, 1.0, "chance", "Chance that an unconnected member is asked to help a running group", "assumed", "", (0.1, 0.5)),
        Parameter("bridging_fade", 0.9, 0.0, 1.0, "a week", "What is left a week later of the support for a bridger", "assumed", "", (0.8, 0.95)),
        Parameter("bridging_trust", 0.1, 0.0, 1.0, "share of what is missing", "Trust that support adds to ties across clusters", "assumed", "", (0.05, 0.2)),
        Parameter("survey", 13.0, 1.0, 520.0, "weeks", "How often coordinators map who stands between clusters", "assumed", "CAP: network mapping", (8.0, 26.0), whole=True),
        Parameter("bond", 0.2, 0.0, 1.0, "share of what is missing", "Trust between coordinator and member gained by a personal contact", "assumed", "", (0.1, 0.3)),
        Parameter("bond_decay", 0.02, 0.0, 1.0, "a week", "Trust between coordinator and member lost without contact", "assumed", "", (0.01, 0.04)),
    ],
)  # fmt: skip


@hot
def touch(c, i, gain, world):
    """A coordinator is in contact with a member: trust between them rises."""
    bond = world.bonds[c, i]
    bond.trust += gain * (1.0 - bond.trust)
    bond.last = world.network.week


@rule
def anyone(least_ties, world, luck):
    """Draw an active member with at least so many ties, keyed by identity; returns their number or -1."""
    found, highest = NOBODY, -1.0
    for i in range(world.network.members):
        if world.members[i].degree >= least_ties and world.members[i].active == 1:
            u = uniform(luck, i)
            if u > highest:
                found, highest = i, u
    return found


@rule
def match_for(i, world, p, luck):
    """Whom a coordinator would introduce a member to: the best complement among those it thinks of.

    It judges by what it knows of them (`profile`); the rest is guesswork.  Returns a number or -1.
    """
    best, highest = NOBODY, 0.0
    for look in range(int(p.customized_looks)):
        k = somebody(luck, look, world)
        if k == NOBODY or k == i or slot_of(world, i, k) != NOBODY:
            continue
        insight = 0.5 * (world.members[i].profile + world.members[k].profile)
        near = 1.0 if world.members[k].sector == world.members[i].sector else 0.8
        score = near * (insight * complement(i, k, world) + (1.0 - insight) * 3.0 * uniform(of(luck, 1 << 20), k))
        if score > highest:
            best, highest = k, score
    return best


@rule
def close_triad(c, world, p, luck):
    """Ask a member who knows two who do not know each other to introduce them; or, hub-like, introduce two oneself.

    Being asked raises initiative, if there were two to introduce; having it done for one lowers it.  Returns the hours it took,
    0.0 if there was nobody to ask.
    """
    chief = world.coordinators[c]
    if uniform(luck, 0) < chief.hub_share:
        return broker(c, world, p, of(luck, 1))
    i = anyone(2, world, of(luck, 2))
    if i == NOBODY:
        return 0.0
    touch(c, i, p.customized_bond, world)
    if introduce(i, COORDINATOR_MADE, world, p, of(luck, 3)) == 1:
        me = world.members[i]
        me.initiative += p.customized_asked_initiative * (1.0 - me.initiative)
        world.coordinators[c].introductions += 1
    return p.customized_introduction_hours


@rule
def broker(c, world, p, luck):
    """The coordinator ties two members itself, starting from the product of the trust that both have in it.

    Returns the hours it took, 0.0 if nobody was found.
    """
    i = anyone(0, world, of(luck, 0))
    if i == NOBODY:
        return 0.0
    k = match_for(i, world, p, of(luck, 1))
    if k == NOBODY:
        return 0.0
    touch(c, i, p.customized_bond, world)
    touch(c, k, p.customized_bond, world)
    trust = max(p.trust_new, world.bonds[c, i].trust * world.bonds[c, k].trust)
    make_tie(i, k, trust, p.trust_acquaint, COORDINATOR_MADE, world, p)
    for end in (i, k):
        world.members[end].initiative *= p.customized_brokered_initiative
    world.coordinators[c].introductions += 1
    world.tally.work_coordinators += 1.0
    return p.customized_own_introduction_hours


@rule
def engage_unconnected(c, world, p, luck):
    """Find a member with no or few ties, introduce them to a fitting member and one of that member's contacts.

    They may be asked to help a running group of that member's.  Returns the hours it took, 0.0 if all are connected.
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
    touch(c, found, p.customized_bond, world)
    host = match_for(found, world, p, of(luck, 1 << 30))
    if host == NOBODY:
        return p.customized_unconnected_hours
    touch(c, host, p.customized_bond, world)
    world.coordinators[c].introductions += 1
    world.tally.work_coordinators += 1.0
    hub = uniform(of(luck, 1 << 31), 0) < world.coordinators[c].hub_share
    if hub:
        for end in (found, host):
            world.members[end].initiative *= p.customized_brokered_initiative
    else:
        world.members[host].initiative += p.customized_asked_initiative * (1.0 - world.members[host].initiative)
    make_tie(
        found, host, max(p.trust_new, world.bonds[c, host].trust * 0.5), p.trust_acquaint, COORDINATOR_MADE, world, p
    )
    bring_along(found, host, world, p, of(luck, 1 << 32))
    return p.customized_unconnected_hours


@rule
def bring_along(found, host, world, p, luck):
    """A host makes the newcomer known to the contact it trusts most, and maybe takes them into its group."""
    best, highest = NOBODY, 0.0
    for s in range(world.members[host].degree):
        tie = world.ties[host, s]
        if tie.other != found and tie.trust > highest:
            best, highest = int(tie.other), tie.trust
    if best != NOBODY:
        mine = slot_of(world, found, host)
        trust = world.ties[found, mine].trust * highest if mine != NOBODY else 0.0
        make_tie(found, best, max(p.trust_new, trust), p.trust_acquaint, COORDINATOR_MADE, world, p)
    g = int(world.members[host].groups[0])
    if g != NOBODY and uniform(luck, 0) < p.customized_help_share and world.groups[g].seated < p.groups_largest:
        mine_0, mine_1 = world.members[found].groups[0], world.members[found].groups[1]
        if g != mine_0 and g != mine_1:
            take_seat(found, g, world)


@rule
def support_bridger(c, world, p, luck):
    """Find a member between clusters (lowest constraint on the last map of the network) and support it.

    For some weeks it gives more across clusters, and its ties across clusters grow stronger.  Source: CAP; Burt (1992).
    Returns the hours it took, 0.0 if nobody stands between clusters.
    """
    best, lowest = NOBODY, 2.0
    for i in range(world.network.members):
        me = world.members[i]
        if me.active == 1 and me.degree >= 2 and me.bridging < 0.5:
            score = me.constraint * (0.8 + 0.4 * uniform(luck, i))
            if score < lowest:
                best, lowest = i, score
    if best == NOBODY:
        return 0.0
    touch(c, best, p.customized_bond, world)
    me = world.members[best]
    me.bridging = 1.0
    me.initiative += p.customized_asked_initiative * (1.0 - me.initiative)
    for s in range(me.degree):
        tie = world.ties[best, s]
        if tie.common == 0:
            back = world.ties[tie.other, tie.mirror]
            trust = tie.trust + p.customized_bridging_trust * (1.0 - tie.trust)
            tie.trust = trust
            back.trust = trust
    world.tally.work_coordinators += 1.0
    return p.customized_bridger_hours
