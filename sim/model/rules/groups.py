"""Working groups: members who trust each other and agree enough found them, and decide what they work on.

CAP: alignment happens in working groups that form around a shared interest; members may belong to two and so bridge them.
"""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import distance, free_group_slot, hold_session, tolerance
from sim.model.rules.order import sort_listed
from sim.model.rules.ties import at
from sim.model.state import ALIGNING, FORMING, GROUP_SIZE_LIMIT, LONG_AGO, NOBODY, ORGANISATION, PILOT

PARAMETERS = declare(
    "groups",
    [
        Parameter("trust", default=0.12, low=0.0, high=1.0, plausible=(0.08, 0.18), unit="trust", label="Trust required to found or join a group together"),
        Parameter("smallest", default=4.0, low=2.0, high=16.0, plausible=(3.0, 5.0), whole=True, unit="members", label="Fewest members to found a group; one with two fewer dissolves", basis="published", source="working groups of 4 to 9: Hackman (2002)"),
        Parameter("largest", default=9.0, low=2.0, high=16.0, plausible=(7.0, 12.0), whole=True, unit="members", label="Most members of a group", basis="published", source="Hackman (2002)"),
        Parameter("founding", default=0.02, low=0.0, high=1.0, plausible=(0.01, 0.03), unit="per week", label="Chance that a member with full initiative tries to found a group"),
        Parameter("prompting", default=3.0, low=0.0, high=20.0, plausible=(1.0, 5.0), unit="factor", label="How much full prompting by coordinators adds to founding"),
        Parameter("join", default=0.06, low=0.0, high=1.0, plausible=(0.03, 0.1), unit="per week", label="Chance that a member looks for a group to join, or leaves one whose topic is out of reach"),
        Parameter("own_session", default=0.10, low=0.0, high=1.0, plausible=(0.05, 0.25), unit="per week", label="Chance that a group meets without a coordinator"),
        Parameter("agreement", default=0.75, low=0.0, high=1.0, plausible=(0.7, 0.85), label="Agreement at which a group starts a pilot", basis="published", source="consensus in Delphi studies: at a median of 75%, Diamond et al. (2014)"),
    ],
)  # fmt: skip

OUT_OF_REACH = 1.5  # Distance from the topic at which a member may quit, in multiples of its tolerance.
NARROWEST = 1e-9  # Avoids a division by zero without tolerance.
QUITTING, SESSION = 1 << 20, 1 << 21  # Random counters of a group: members who quit, its own meeting.


@rule
def take_seat(i, g, world):
    """A member joins a group if both have a place left.  Returns 1 if so, else 0."""
    group = world.groups[g]
    slot = free_group_slot(i, world)
    if slot == NOBODY or group.seated >= GROUP_SIZE_LIMIT:
        return 0
    group.members[group.seated] = i
    group.seated += 1
    world.members[i].groups[slot] = g
    return 1


@rule
def leave_group(i, g, world):
    """A member gives up its place in a group.  Its other group moves to the first slot."""
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
    """Start a group with its founder as the only member.  Returns its row."""
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
    group.seated, group.kind, group.failures, group.last_output = 0, NOBODY, 0, LONG_AGO
    group.links, group.linked, group.ended = 0, 0, -1
    group.cohesion, group.agreement, group.progress, group.scale = 0.0, 0.0, 0.0, 1.0
    group.experience, group.resources, group.help, group.surplus = 0.0, 0.0, 0.0, 0.0
    group.bar = 0.0
    for kind in range(len(group.outputs)):
        group.outputs[kind] = 0
    for axis in range(2):
        group.topic[axis] = world.members[founder].viewpoint[axis]
    world.tally.groups_founded += 1
    take_seat(founder, g, world)
    return g


@hot
def mutual_trust(i, s, world):
    """Return the mean of the trust that the two ends of a tie have in each other."""
    tie = world.ties[at(i, s, world)]
    return 0.5 * (tie.trust + world.ties[at(tie.other, tie.mirror, world)].trust)


@hot
def would_join_founder(i, s, world, p):
    """Return a contact's willingness to found a group with a member: trust times closeness of viewpoints, 0.0 if unwilling."""
    other = int(world.ties[at(i, s, world)].other)
    trust = mutual_trust(i, s, world)
    if trust < p.groups_trust or free_group_slot(other, world) == NOBODY:
        return 0.0
    gap = distance(world.members[i].viewpoint, world.members[other].viewpoint)
    reach = min(tolerance(i, world, p), tolerance(other, world, p))
    if gap >= reach or reach <= 0.0:
        return 0.0
    for a in range(2):
        g = world.members[other].groups[a]
        if g != NOBODY and (g == world.members[i].groups[0] or g == world.members[i].groups[1]):
            return 0.0
    return trust * (1.0 - gap / reach)


@rule
def found(i, world, p):
    """A member founds a group with the contacts it trusts and agrees with most.  Returns 0 if there are too few, else 1."""
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
            willingness = would_join_founder(i, s, world, p)
            if willingness > highest:
                best, highest = int(world.ties[at(i, s, world)].other), willingness
        if best == NOBODY:
            break
        take_seat(best, g, world)
    return 1


@rule
def join_nearest(i, world, p):
    """A member joins the group with the nearest topic among those of contacts it trusts."""
    me = world.members[i]
    nearest, gap = NOBODY, tolerance(i, world, p)
    for s in range(me.degree):
        tie = world.ties[at(i, s, world)]
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
    """Return whether a member with a free group slot looks for a group to join this week, and whether it tries to found one.

    Organisations join less readily.  Founding takes initiative, and coordinators can prompt it.
    """
    me = world.members[i]
    if me.active == 0 or me.degree == 0 or free_group_slot(i, world) == NOBODY or p.organisation_fixed > 0.0:
        return False, False
    mine = of(luck, i)
    slower = p.leaving_organisations if me.kind == ORGANISATION else 1.0
    chance = p.groups_founding * me.initiative * (1.0 + p.groups_prompting * world.network.prompting)
    return uniform(mine, 0) < p.groups_join * slower, uniform(mine, 1) < chance


@rule
def seekers(world, p, luck):
    """Put the members who look for a group into `scratch.order`, in keyed order.  Returns their number.

    They are few, so only they are sorted.  Acting members do not make others start looking.
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
    """A member with a free group slot may join a group or try to found one."""
    joins, founds = looks_for_group(i, world, p, luck)
    if joins:
        join_nearest(i, world, p)
    if founds and free_group_slot(i, world) != NOBODY and found(i, world, p) == 1:
        world.tally.work_members += 1.0


@hot
def support_for(g, i, world, p):
    """Return the support in a group for what one of its members proposes: its viewpoint.

    Members support it if it is within their tolerance, the more the closer it is and the more engaged they are.
    """
    group = world.groups[g]
    total = 0.0
    for a in range(group.seated):
        j = int(group.members[a])
        gap, reach = distance(world.members[i].viewpoint, world.members[j].viewpoint), tolerance(j, world, p)
        if gap < reach:
            total += world.members[j].engagement * (1.0 - gap / reach)
    return total


@hot
def agenda_is_set(world, p):
    """Return whether somebody above the groups decides what they work on: an organisation's top, or a coordinator."""
    above = p.organisation_fixed > 0.0
    for c in range(len(world.coordinators)):
        chief = world.coordinators[c]
        above = above or (chief.working > 0.0 and chief.sets_agenda > 0.0)
    return above


@rule
def decide(g, world, p):
    """Members propose what their group works on, and the proposal with most support becomes its topic.

    CAP: members set the agenda.  They decide when they start aligning, in every session until they are at work, and on each
    pilot and project, so that the topic follows its members' views.  Where somebody above the group sets it, that agenda becomes the topic.
    """
    group, network = world.groups[g], world.network
    if agenda_is_set(world, p):
        group.topic[0], group.topic[1] = network.agenda[0], network.agenda[1]
        network.imposed += 1.0
        return
    winner, most = NOBODY, -1.0
    for a in range(group.seated):
        i = int(group.members[a])
        support = support_for(g, i, world, p)
        if support > most or (support == most and i < winner):
            winner, most = i, support
    if winner != NOBODY:
        me = world.members[winner]
        group.topic[0], group.topic[1] = me.viewpoint[0], me.viewpoint[1]
        me.influence += 1.0


@rule
def dissolve(g, world):
    """A group ends: its members leave it."""
    group = world.groups[g]
    while group.seated > 0:
        leave_group(int(group.members[group.seated - 1]), g, world)
    group.alive = 0
    group.ended = world.network.week


@rule
def take_stock(g, world, p):
    """Update a group's agreement on its topic and its cohesion.  An organisation's agenda is every team's topic.

    Cohesion is mean trust over all pairs, 0 for pairs without a tie.  Ties to members of other groups matter, and are
    counted, only once the group produces.
    """
    group = world.groups[g]
    world.network.stamp += 1
    stamp = world.network.stamp
    for a in range(group.seated):
        world.marks[group.members[a]] = stamp
    if p.organisation_fixed > 0.0:
        group.topic[0], group.topic[1] = world.network.agenda[0], world.network.agenda[1]
    off, trust, links = 0.0, 0.0, 0
    for a in range(group.seated):
        i = int(group.members[a])
        me = world.members[i]
        off += distance(me.viewpoint, group.topic)
        row = int(world.first[i])
        for s in range(me.degree):
            # Multiplied by 0 or 1 instead of an unpredictable branch.
            other = world.contacts[row + s]
            seated_here = int(world.marks[other] == stamp)
            trust += world.ties[row + s].trust * seated_here
            if group.phase >= PILOT:
                links += int(world.members[other].groups[0] != NOBODY) * (1 - seated_here)
    group.agreement = max(0.0, 1.0 - off / (group.seated * max(NARROWEST, p.alignment_tolerance)))
    group.cohesion = trust / (group.seated * (group.seated - 1)) if group.seated > 1 else 0.0
    group.links = links


@rule
def meet_by_itself(g, world, p, luck):
    """A group meets without a coordinator: it decides what to work on, online and without synthesis beyond tolerance.

    In an organisation a team works in one place and its manager chairs: the meeting has the effect of a facilitated session
    in person.
    """
    decide(g, world, p)
    if p.organisation_fixed > 0.0:
        hold_session(g, 1.0, p.alignment_synthesis, world, p, luck)
    else:
        hold_session(g, p.meeting_online, 0.0, world, p, luck)
    world.tally.meetings += 1
    world.tally.work_members += 1.0


@rule
def meet(g, world, p, luck):
    """A working group may meet without a coordinator; it starts aligning at once, and a pilot when it agrees enough.

    Members whose viewpoint is too far from the topic may quit; a group that is too small dissolves.
    """
    group = world.groups[g]
    if group.alive == 0:
        return
    mine = of(luck, group.serial)
    quitting = of(mine, QUITTING)
    a = 0
    while a < group.seated:
        i = int(group.members[a])
        out = distance(world.members[i].viewpoint, group.topic) >= OUT_OF_REACH * tolerance(i, world, p)
        if out and p.organisation_fixed == 0.0 and uniform(quitting, i) < p.groups_join:
            leave_group(i, g, world)
        else:
            a += 1
    if group.seated < p.groups_smallest - 1.0:
        dissolve(g, world)
        world.tally.groups_dissolved += 1
        return
    take_stock(g, world, p)
    astray = p.organisation_fixed > 0.0 and group.agreement < p.groups_agreement
    if (group.phase <= ALIGNING or astray) and uniform(mine, 0) < p.groups_own_session:
        meet_by_itself(g, world, p, of(mine, SESSION))
    if group.phase == FORMING:
        group.phase = ALIGNING
        decide(g, world, p)
        take_stock(g, world, p)
    elif group.phase == ALIGNING and group.agreement >= p.groups_agreement:
        group.phase = PILOT
        group.kind = NOBODY
        group.progress = 0.0
        take_stock(g, world, p)
    group.help *= 1.0 - p.support_channel_decay
