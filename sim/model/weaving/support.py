"""Support of groups: facilitated sessions, channels between groups and network, visits to groups at work."""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import hold_session
from sim.model.rules.giving import account, quality_of
from sim.model.rules.groups import decide
from sim.model.rules.members import somebody
from sim.model.rules.production import information
from sim.model.rules.spreading import has_given_to, log_gift, take_in
from sim.model.state import ALIGNING, KNOWLEDGE, NOBODY, PILOT
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "support",
    [
        Parameter("session_hours", default=6.0, low=0.01, high=100.0, plausible=(3.0, 16.0), unit="hours", label="Hours per facilitated session", basis="published", source="training design: 10-30 hours per class hour, a ceiling"),
        Parameter("session_head_cost", default=150.0, low=0.0, high=1e6, plausible=(50.0, 500.0), unit="dollars per person", label="Travel to a session in person"),
        Parameter("channel_group", default=7.0, low=0.01, high=1000.0, plausible=(3.0, 12.0), unit="hours per group", label="Work on complete channels for each group"),
        Parameter("channel_decay", default=0.05, low=0.0, high=1.0, plausible=(0.02, 0.1), unit="per week", label="Share of channels, and of what a visit told a group, that is lost without care"),
        Parameter("group_hours", default=3.0, low=0.01, high=100.0, plausible=(1.0, 6.0), unit="hours", label="Hours per visit to a group at work"),
    ],
)  # fmt: skip

HIGHEST_NEED = 1.05
"""Need of a group without agreement for a session; above 1, so that a group in full agreement has some need, too."""
LEAST_CHANCE = 0.5  # Added to the draw by which need is multiplied: the neediest group does not always come first.
SESSION_CONTACT = 0.5  # Contact of a coordinator with each participant of a session, relative to a personal contact.
FURTHER = 1 << 20  # Counter of luck for what follows the choice of a group.


@rule
def keep_channels(hours, world, p):
    """Hours make channels more complete: more slowly with more groups, and the more complete they are."""
    network = world.network
    groups = 0
    for g in range(network.group_rows):
        groups += world.groups[g].alive
    network.channel += min(1.0, hours / (p.support_channel_group * max(1, groups))) * (1.0 - network.channel)


@rule
def facilitate(c, world, p, luck):
    """Facilitate a session, preferably for the group that agrees least among those still aligning; in person if paid for.

    Returns the hours it took, 0.0 if there is no such group.
    """
    best, highest = NOBODY, 0.0
    for g in range(world.network.group_rows):
        group = world.groups[g]
        if group.alive == 1 and group.phase <= ALIGNING and group.seated >= 2:
            need = (HIGHEST_NEED - group.agreement) * (LEAST_CHANCE + uniform(luck, group.serial))
            if need > highest:
                best, highest = g, need
    if best == NOBODY:
        return 0.0
    group, chief, tally = world.groups[best], world.coordinators[c], world.tally
    price = group.seated * p.support_session_head_cost
    draw = uniform(of(luck, FURTHER), 0)
    in_person = draw < world.coordinators[c].in_person and chief.purse >= price
    decide(best, world, p)
    for a in range(group.seated):
        touch(c, int(group.members[a]), SESSION_CONTACT * p.meeting_gain, world)
    weight = p.meeting_online
    if in_person:
        weight = 1.0
        chief.owing += group.seated * p.convening_head_hours
        chief.purse -= price
        tally.money += price
        tally.sessions_in_person += 1
    hold_session(best, weight, p.alignment_synthesis, world, p, of(luck, FURTHER + 1))
    tally.sessions += 1
    tally.work_coordinators += 1.0
    return p.support_session_hours


@hot
def need_of_support(g, world, p):
    """Return how much a group at work needs support: what it lacks of information, plus its surplus as a share of the one at which it may leave."""
    group = world.groups[g]
    lacking = 1.0 - information(g, world, p)
    return lacking + group.surplus / group.bar if group.surplus > 0.0 and group.bar > 0.0 else lacking


@rule
def support_group(c, world, p, luck):
    """Visit the group at work that needs it most: inform it about the network, and if it drifts away bring it gifts.

    The visit informs the group as fully as channels would, and like them this fades.  A group drifts away if its members
    get more from it than from the network; its criterion for leaving is unchanged, it only receives more from the network.
    Returns the hours it took, 0.0 if no group is at work.
    """
    best, highest = NOBODY, 0.0
    for g in range(world.network.group_rows):
        group = world.groups[g]
        if group.alive == 0 or group.phase < PILOT or group.seated < 2:
            continue
        need = need_of_support(g, world, p) * (LEAST_CHANCE + uniform(luck, group.serial))
        if need > highest:
            best, highest = g, need
    if best == NOBODY:
        return 0.0
    world.groups[best].help = 1.0
    if world.groups[best].surplus > 0.0:
        bring_gifts(best, world, p, of(luck, FURTHER))
    world.tally.work_coordinators += 1.0
    return p.support_group_hours


@rule
def bring_gifts(g, world, p, luck):
    """For each member of a group, ask a member outside it for a gift of knowledge; engaged members are more likely to give."""
    group = world.groups[g]
    for a in range(group.seated):
        i = int(group.members[a])
        giver = somebody(of(luck, i), 0, world)
        if giver == NOBODY or giver == i:
            continue
        if world.members[giver].groups[0] == g or world.members[giver].groups[1] == g:
            continue
        if uniform(of(luck, i), 1) >= world.members[giver].engagement:
            continue
        partner = has_given_to(i, giver, world)
        value = take_in(i, giver, giver, KNOWLEDGE, quality_of(giver, KNOWLEDGE, world, p), partner, world, p)
        if value > 0.0:
            account(giver, KNOWLEDGE, value, True, partner, world, p)
            log_gift(giver, i, giver, KNOWLEDGE, 0, 1, value, world)
