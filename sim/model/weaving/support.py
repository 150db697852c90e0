"""Support of groups: facilitated sessions, channels between groups and network, help for pilots and for groups that drift."""

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.alignment import hold_session
from sim.model.rules.giving import account, quality_of
from sim.model.rules.groups import take_stock
from sim.model.rules.members import somebody
from sim.model.rules.spreading import has_given_to, log_gift, take_in
from sim.model.state import ALIGNING, KNOWLEDGE, NOBODY, PILOT
from sim.model.weaving.customized import touch

PARAMETERS = declare(
    "support",
    [
        Parameter("session_hours", 4.0, 0.01, 100.0, "hours", "Work in a facilitated session", "assumed", "", (2.0, 8.0)),
        Parameter("session_head_cost", 150.0, 0.0, 1e6, "dollars a head", "Travel to a session in person", "assumed", "", (50.0, 500.0)),
        Parameter("facilitated", 2.0, 0.0, 10.0, "times", "How much further a facilitated session takes a group than one of its own", "assumed", "", (1.5, 3.0)),
        Parameter("channel_setup", 20.0, 0.1, 1e4, "hours", "Work in channels, whatever the number of groups", "assumed", "", (10.0, 40.0)),
        Parameter("channel_group", 3.0, 0.0, 1000.0, "hours a group", "Work in channels for each group", "assumed", "", (1.0, 6.0)),
        Parameter("channel_decay", 0.05, 0.0, 1.0, "a week", "How fast channels fall silent without care", "assumed", "", (0.02, 0.1)),
        Parameter("group_hours", 1.0, 0.01, 100.0, "hours", "Work in one act of support for a group", "assumed", "", (0.5, 2.0)),
        Parameter("pilot_help", 0.06, 0.0, 1.0, "agreement", "Lack of agreement that help with a pilot makes up for; fades", "assumed", "", (0.02, 0.1)),
        Parameter("drift", 0.5, 0.0, 1.0, "share", "Share of the surplus needed to break away at which a group counts as drifting", "assumed", "", (0.3, 0.8)),
    ],
)  # fmt: skip


@rule
def keep_channels(hours, world, p):
    """Hours go into channels: the more groups there are, the more work."""
    network = world.network
    groups = 0
    for g in range(network.group_rows):
        groups += world.groups[g].alive
    network.channel += min(1.0, hours / (p.support_channel_setup + p.support_channel_group * groups)) * (
        1.0 - network.channel
    )


@rule
def facilitate(c, world, p, luck):
    """A facilitated session for the group that agrees least among those still aligning; in person if paid for.

    Returns the hours it took, 0.0 if there is no such group.
    """
    best, highest = NOBODY, 0.0
    for g in range(world.network.group_rows):
        group = world.groups[g]
        if group.alive == 1 and group.phase <= ALIGNING and group.seated >= 2:
            need = (1.05 - group.agreement) * (0.5 + uniform(luck, group.serial))
            if need > highest:
                best, highest = g, need
    if best == NOBODY:
        return 0.0
    group, chief, tally = world.groups[best], world.coordinators[c], world.tally
    price = group.seated * p.support_session_head_cost
    draw = uniform(of(luck, 1 << 20), 0)
    in_person = draw < world.coordinators[c].in_person and chief.purse >= price
    take_stock(best, world, p)
    for a in range(group.seated):
        touch(c, int(group.members[a]), 0.5 * p.customized_bond, world)
    step, gain = p.alignment_online, p.alignment_trust_online
    if in_person:
        step, gain = p.alignment_in_person, p.alignment_trust_in_person
        chief.purse -= price
        tally.money += price
        tally.sessions_in_person += 1
    step = min(1.0, step * p.support_facilitated)
    hold_session(best, step, gain, p.alignment_synthesis, p.alignment_session_cost, world, p)
    tally.sessions += 1
    tally.work_coordinators += 1.0
    return p.support_session_hours


@hot
def is_drifting(g, world, p):
    """Whether a group is on its way to getting more from itself than from the network."""
    group = world.groups[g]
    return group.phase >= PILOT and group.surplus > 0.0 and group.surplus > p.support_drift * group.bar


@rule
def support_group(c, world, p, luck):
    """Bring gifts from the network to a group that drifts away; if none does, help a group towards its pilot.

    What a group compares, and when it leaves, is not touched: it just gets more from the network.  Returns the hours it
    took, 0.0 if no group needs it.
    """
    best, highest = NOBODY, 0.0
    for g in range(world.network.group_rows):
        group = world.groups[g]
        if group.alive == 0 or group.seated < 2:
            continue
        need = 0.0
        if is_drifting(g, world, p):
            need = 2.0 + group.surplus
        elif group.phase == ALIGNING:
            need = uniform(luck, group.serial)
        if need > highest:
            best, highest = g, need
    if best == NOBODY:
        return 0.0
    if highest >= 2.0:
        bring_gifts(best, world, p, of(luck, 1 << 20))
    else:
        world.groups[best].help += p.support_pilot_help
    world.tally.work_coordinators += 1.0
    return p.support_group_hours


@rule
def bring_gifts(g, world, p, luck):
    """For each member of a group, the coordinator asks somebody outside for a piece of knowledge; they give if engaged."""
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
