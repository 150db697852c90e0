"""Working groups: members found them where enough of them trust each other and agree enough; the members set the agenda.

CAP: alignment happens in working groups that form around shared interest; members may sit in two and so bridge them.
"""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import distance, has_free_group_slot, hold_session, tolerance
from sim.model.rules.order import sort_listed
from sim.model.state import ALIGNING, FORMING, GROUP_SIZE_LIMIT, NOBODY, ORGANISATION, PILOT

PARAMETERS = declare(
    "groups",
    [
        Parameter("trust", 0.25, 0.0, 1.0, "trust", "Trust that founding or joining a group takes", "assumed", "", (0.15, 0.35)),
        Parameter("smallest", 4.0, 2.0, 16.0, "members", "Least members to found a group", "published", "working groups of 4 to 9: Hackman (2002)", (3.0, 5.0), whole=True),
        Parameter("largest", 9.0, 2.0, 16.0, "members", "Most members of a group", "published", "Hackman (2002)", (7.0, 12.0), whole=True),
        Parameter("dissolve", 3.0, 1.0, 16.0, "members", "A group with fewer members dissolves", "assumed", "", (3.0, 3.0), whole=True),
        Parameter("founding", 0.01, 0.0, 1.0, "a week", "Chance that a member with full initiative tries to found a group", "assumed", "", (0.005, 0.03)),
        Parameter("prompting", 3.0, 0.0, 20.0, "times", "How much a coordinator's prompting adds to founding", "assumed", "", (1.0, 5.0)),
        Parameter("join", 0.06, 0.0, 1.0, "a week", "Chance that a member looks for a group to join", "assumed", "", (0.03, 0.1)),
        Parameter("organisation_join", 0.4, 0.0, 1.0, "times", "How much slower organisations are to join", "assumed", "", (0.2, 0.7)),
        Parameter("own_session", 0.10, 0.0, 1.0, "a week", "Chance that a group meets by itself", "assumed", "", (0.05, 0.25)),
        Parameter("own_cost", 0.4, 0.0, 20.0, "engagement", "What a group's own meeting costs each member", "assumed", "", (0.2, 1.0)),
        Parameter("cohesion", 0.15, 0.0, 1.0, "trust", "Cohesion from which a group works on its aims", "assumed", "", (0.1, 0.25)),
        Parameter("agreement", 0.85, 0.0, 1.0, "", "Agreement from which a group starts a pilot", "assumed", "", (0.75, 0.9)),
        Parameter("spread", 0.3, 0.01, 2.0, "distance", "Mean distance from the topic that counts as no agreement", "assumed", "", (0.25, 0.4)),
        Parameter("quit", 0.05, 0.0, 1.0, "a week", "Chance to quit a group whose topic is out of reach", "assumed", "", (0.02, 0.1)),
    ],
)  # fmt: skip


@rule
def take_seat(i, g, world):
    """A member sits down in a group, if both have a place left; returns 1 if so."""
    group = world.groups[g]
    slot = has_free_group_slot(i, world)
    if slot == NOBODY or group.seated >= GROUP_SIZE_LIMIT:
        return 0
    group.members[group.seated] = i
    group.seated += 1
    world.members[i].groups[slot] = g
    return 1


@rule
def leave_group(i, g, world):
    """A member's seat in a group is given up.  The other seat becomes the first: without a first there is no second."""
    group, me = world.groups[g], world.members[i]
    for a in range(group.seated):
        if group.members[a] == i:
            group.members[a] = group.members[group.seated - 1]
            group.seated -= 1
            break
    if me.groups[0] == g:
        me.groups[0] = me.groups[1]
        me.groups[1] = NOBODY
    elif me.groups[1] == g:
        me.groups[1] = NOBODY


@rule
def new_group(founder, world):
    """A fresh group row with its founder in it; returns its number."""
    network = world.network
    g = 0
    while g < network.group_rows and world.groups[g].alive == 1:
        g += 1
    if g == network.group_rows:
        network.group_rows += 1
    group = world.groups[g]
    group.alive, group.in_network, group.phase = 1, 1, FORMING
    group.serial, group.founded = network.groups, network.week
    network.groups += 1
    group.seated, group.kind, group.failures, group.last_output = 0, NOBODY, 0, -1000
    group.links, group.linked, group.drifting, group.ended = 0, 0, 0, -1
    group.cohesion, group.agreement, group.progress, group.scale = 0.0, 0.0, 0.0, 1.0
    group.experience, group.resources, group.help, group.surplus = 0.0, 0.0, 0.0, 0.0
    group.bar = 0.0
    for kind in range(6):
        group.outputs[kind] = 0
    for axis in range(2):
        group.topic[axis] = world.members[founder].viewpoint[axis]
    world.tally.groups_founded += 1
    take_seat(founder, g, world)
    return g


@hot
def would_join_founder(i, s, world, p):
    """How gladly a contact would found a group with a member: by trust and closeness of views; 0.0 if not at all."""
    tie = world.ties[i, s]
    other = int(tie.other)
    if tie.trust < p.groups_trust or has_free_group_slot(other, world) == NOBODY:
        return 0.0
    gap = distance(world.members[i].viewpoint, world.members[other].viewpoint)
    reach = min(tolerance(i, world, p), tolerance(other, world, p))
    if gap >= reach or reach <= 0.0:
        return 0.0
    for a in range(2):
        g = world.members[other].groups[a]
        if g != NOBODY and (g == world.members[i].groups[0] or g == world.members[i].groups[1]):
            return 0.0
    return tie.trust * (1.0 - gap / reach)


@rule
def found(i, world, p):
    """A member founds a group with the contacts it trusts and agrees with most, if there are enough.  Returns 1 if so."""
    degree = int(world.members[i].degree)
    willing = 0
    for s in range(degree):
        if would_join_founder(i, s, world, p) > 0.0:
            willing += 1
    if willing + 1 < p.groups_smallest:
        return 0
    g = new_group(i, world)
    while world.groups[g].seated < p.groups_largest:
        best, highest = NOBODY, 0.0
        for s in range(degree):
            gladness = would_join_founder(i, s, world, p)
            if gladness > highest:
                best, highest = int(world.ties[i, s].other), gladness
        if best == NOBODY:
            break
        take_seat(best, g, world)
    return 1


@rule
def join_nearest(i, world, p):
    """A member joins the group with the nearest topic among those in which it trusts somebody."""
    me = world.members[i]
    nearest, gap = NOBODY, tolerance(i, world, p)
    for s in range(me.degree):
        tie = world.ties[i, s]
        if tie.trust < p.groups_trust:
            continue
        for a in range(2):
            g = int(world.members[tie.other].groups[a])
            if g == NOBODY or g == me.groups[0] or g == me.groups[1] or world.groups[g].seated >= p.groups_largest:
                continue
            off = distance(me.viewpoint, world.groups[g].topic)
            if off < gap or (off == gap and g < nearest):
                nearest, gap = g, off
    if nearest != NOBODY:
        take_seat(i, nearest, world)


@hot
def looks_for_group(i, world, p, luck):
    """Whether a member without enough groups looks for one this week: to join, at a low chance, or to found.

    Organisations are slower to join.  Founding takes initiative of one's own, and a coordinator who works on aligning
    prompts it.  Returns (joins, founds).
    """
    me = world.members[i]
    if me.active == 0 or me.degree == 0 or has_free_group_slot(i, world) == NOBODY or p.organisation_fixed > 0.0:
        return False, False
    mine = of(luck, i)
    slower = p.groups_organisation_join if me.kind == ORGANISATION else 1.0
    chance = p.groups_founding * me.initiative * (1.0 + p.groups_prompting * world.network.prompting)
    return uniform(mine, 0) < p.groups_join * slower, uniform(mine, 1) < chance


@rule
def seekers(world, p, luck):
    """Put those who look for a group into `scratch.order`, in keyed order, and return how many there are.

    They are few: nobody else need be put in order.  Nobody starts to look while the others gather.
    """
    count = 0
    for i in range(world.network.members):
        joins, founds = looks_for_group(i, world, p, luck)
        world.listed[count] = i
        count += int(joins or founds)
    sort_listed(count, world, luck)
    return count


@rule
def gather(i, world, p, luck):
    """A member without enough groups looks for one to join, or tries to found one."""
    joins, founds = looks_for_group(i, world, p, luck)
    if joins:
        join_nearest(i, world, p)
    if founds and has_free_group_slot(i, world) != NOBODY and found(i, world, p) == 1:
        world.tally.work_members += 1.0


@rule
def dissolve(g, world):
    """A group ends: its members give up their seats."""
    group = world.groups[g]
    while group.seated > 0:
        leave_group(int(group.members[group.seated - 1]), g, world)
    group.alive = 0
    group.ended = world.network.week


@rule
def take_stock(g, world, p):
    """A group's topic is the middle of its members' views, or its organisation's agenda; agreement and cohesion follow.

    Cohesion is mean trust over all pairs, untied pairs counting as nought.  Ties to members of other groups are counted
    once the group produces, since only then they matter.
    """
    group = world.groups[g]
    world.network.stamp += 1
    stamp = world.network.stamp
    x, y = 0.0, 0.0
    for a in range(group.seated):
        i = group.members[a]
        world.scratch[i].mark = stamp
        x += world.members[i].viewpoint[0]
        y += world.members[i].viewpoint[1]
    if p.organisation_fixed > 0.0:
        group.topic[0], group.topic[1] = world.network.agenda[0], world.network.agenda[1]
    else:
        group.topic[0], group.topic[1] = x / group.seated, y / group.seated
    off, trust, links = 0.0, 0.0, 0
    for a in range(group.seated):
        i = int(group.members[a])
        me = world.members[i]
        off += distance(me.viewpoint, group.topic)
        for s in range(me.degree):
            # Times 0 or 1, not if or not: who sits here is a coin toss to the processor, and a wrong guess is dear.
            other = world.contacts[i, s]
            seated_here = int(world.scratch[other].mark == stamp)
            trust += world.ties[i, s].trust * seated_here
            if group.phase >= PILOT:
                links += int(world.members[other].groups[0] != NOBODY) * (1 - seated_here)
    group.agreement = max(0.0, 1.0 - off / group.seated / p.groups_spread)
    group.cohesion = trust / (group.seated * (group.seated - 1)) if group.seated > 1 else 0.0
    group.links = links


@rule
def meet_by_itself(g, world, p):
    """A group works on its aims without a coordinator: online, and nobody helps those whose views are far off.

    In an organisation a team sits in one place and its manager chairs: its meetings do what a facilitated session in
    person does.
    """
    if p.organisation_fixed > 0.0:
        hold_session(
            g, p.alignment_in_person, p.alignment_trust_in_person, p.alignment_synthesis, p.groups_own_cost, world, p
        )
    else:
        hold_session(g, p.alignment_online, p.alignment_trust_online, 0.0, p.groups_own_cost, world, p)
    world.tally.meetings += 1
    world.tally.work_members += 1.0


@rule
def meet(g, world, p, luck):
    """A working group takes stock, meets by itself now and then, and moves on when it coheres and agrees enough.

    Members whose views the topic left behind may quit; a group that became too small dissolves.
    """
    group = world.groups[g]
    if group.alive == 0:
        return
    mine = of(luck, group.serial)
    quitting = of(mine, 1 << 20)
    a = 0
    while a < group.seated:
        i = int(group.members[a])
        out = distance(world.members[i].viewpoint, group.topic) >= 1.5 * tolerance(i, world, p)
        if out and p.organisation_fixed == 0.0 and uniform(quitting, i) < p.groups_quit:
            leave_group(i, g, world)
        else:
            a += 1
    if group.seated < p.groups_dissolve:
        dissolve(g, world)
        world.tally.groups_dissolved += 1
        return
    take_stock(g, world, p)
    astray = p.organisation_fixed > 0.0 and group.agreement < p.groups_agreement
    if (group.phase <= ALIGNING or astray) and uniform(mine, 0) < p.groups_own_session:
        meet_by_itself(g, world, p)
    if group.phase == FORMING and group.cohesion >= p.groups_cohesion:
        group.phase = ALIGNING
    elif group.phase == ALIGNING and group.agreement + group.help >= p.groups_agreement:
        group.phase = PILOT
        group.kind = NOBODY
        group.progress = 0.0
        take_stock(g, world, p)
    group.help *= 0.9
