"""Policy: which levers a coordinator pulls in a week, for how many hours, and when it moves its focus on."""

from sim.model.jit import hot, rule
from sim.model.luck import of
from sim.model.state import (
    ALIGN,
    BY_READINESS,
    BY_WEEK,
    CHANNELS,
    CLOSE_TRIADS,
    CONNECT,
    DIRECTORY,
    ENGAGE_UNCONNECTED,
    FACILITATION,
    GROUP_SUPPORT,
    ICEBREAKERS,
    NEWSLETTER,
    PRODUCE,
    SUPPORT_BRIDGERS,
)
from sim.model.weaving.convening import convene, is_due
from sim.model.weaving.customized import close_triad, engage_unconnected, support_bridger
from sim.model.weaving.mass import break_ice, keep_directory
from sim.model.weaving.support import facilitate, keep_channels, support_group

MOST_ACTS = 400
FULL_PROMPTING_HOURS = 4.0
SPARE_WEEKS = 4.0


@rule
def move_on(c, world):
    """Move a coordinator's focus: by week, by readiness (never back), or never away from connecting (CAP)."""
    chief, network = world.coordinators[c], world.network
    if chief.policy == BY_WEEK:
        week = network.week
        chief.focus = PRODUCE if week >= chief.produce_week else ALIGN if week >= chief.align_week else CONNECT
    elif chief.policy == BY_READINESS:
        if chief.focus == CONNECT:
            enough = network.readiness_trust >= chief.ready_trust and network.readiness_degree >= chief.ready_degree
            if enough and network.readiness_connected >= chief.ready_connected:
                chief.focus = ALIGN
        elif chief.focus == ALIGN and network.readiness_aligned >= chief.ready_aligned:
            chief.focus = PRODUCE


@hot
def share_of(c, lever, world):
    """Share of its hours that a coordinator puts into a lever with its present focus."""
    chief, focus = world.coordinators[c], world.coordinators[c].focus
    if focus == CONNECT:
        return chief.connect[lever]
    if focus == ALIGN:
        return chief.align[lever]
    return chief.produce[lever]


@rule
def open_week(world, p, luck):
    """What all coordinators together offer this week, before any of them acts: routing, prompting, what fell out of date."""
    network = world.network
    network.hub_share, network.prompting, network.issue = 0.0, 0.0, 0
    network.directory *= 1.0 - p.mass_directory_decay
    network.channel *= 1.0 - p.support_channel_decay
    for i in range(network.members):
        world.members[i].bridging *= p.customized_bridging_fade
    for c in range(len(world.coordinators)):
        if world.coordinators[c].working == 0.0:
            continue
        move_on(c, world)
        network.hub_share = max(network.hub_share, world.coordinators[c].hub_share)
        prompting = share_of(c, FACILITATION, world) + share_of(c, GROUP_SUPPORT, world)
        hours = prompting * world.coordinators[c].hours
        network.prompting = min(1.0, network.prompting + hours / FULL_PROMPTING_HOURS)


@rule
def weave(c, world, p, luck):
    """A coordinator's week: hours minus those already spent on relaying gifts, shared out over levers; and meetings, for money.

    A lever acts as soon as its hours suffice.  Hours that find nothing to do go back into next week's.
    """
    chief, tally = world.coordinators[c], world.tally
    chief.taken = 0
    if chief.working == 0.0:
        return
    if world.network.week % 52 == 0:
        chief.purse += chief.money
    tally.hours += chief.hours
    tally.wages += chief.hours * chief.hour_cost
    hours = max(0.0, chief.hours - chief.owing) + chief.spare
    chief.owing = max(0.0, chief.owing - chief.hours)
    chief.spare = 0.0
    mine = of(luck, c)
    for lever in range(9):
        share = share_of(c, lever, world)
        chief.bank[lever] += share * hours
        if share > 0.0 and chief.bank[lever] > 0.0:
            pull(c, lever, world, p, of(mine, lever))
        elif share == 0.0:
            chief.spare += chief.bank[lever]
            chief.bank[lever] = 0.0
    chief.spare = min(chief.spare, SPARE_WEEKS * chief.hours)
    if is_due(c, world):
        convene(c, world, p, of(mine, 20))


@rule
def price_of(lever, p):
    """Hours that a lever's next act takes, at most."""
    if lever == CLOSE_TRIADS:
        return max(p.customized_introduction_hours, p.customized_own_introduction_hours)
    if lever == SUPPORT_BRIDGERS:
        return p.customized_bridger_hours
    if lever == ENGAGE_UNCONNECTED:
        return p.customized_unconnected_hours
    if lever == NEWSLETTER:
        return p.mass_newsletter_hours
    if lever == ICEBREAKERS:
        return p.mass_icebreaker_hours
    if lever == FACILITATION:
        return p.support_session_hours
    return p.support_group_hours


@rule
def act(c, lever, world, p, luck):
    """One act of a lever; returns the hours it took, 0.0 if there was nothing to do."""
    if lever == CLOSE_TRIADS:
        return close_triad(c, world, p, luck)
    if lever == SUPPORT_BRIDGERS:
        return support_bridger(c, world, p, luck)
    if lever == ENGAGE_UNCONNECTED:
        return engage_unconnected(c, world, p, luck)
    if lever == ICEBREAKERS:
        return break_ice(c, world, p, luck)
    if lever == FACILITATION:
        return facilitate(c, world, p, luck)
    if lever == GROUP_SUPPORT:
        return support_group(c, world, p, luck)
    world.network.issue = 1
    world.tally.work_coordinators += 1.0
    return p.mass_newsletter_hours


@rule
def pull(c, lever, world, p, luck):
    """Spend a lever's hours: continuously on directory and channels, act by act on the others."""
    chief = world.coordinators[c]
    if lever == DIRECTORY:
        keep_directory(chief.bank[lever], world, p)
        chief.bank[lever] = 0.0
        return
    if lever == CHANNELS:
        keep_channels(chief.bank[lever], world, p)
        chief.bank[lever] = 0.0
        return
    price = price_of(lever, p)
    acts = 0
    while chief.bank[lever] >= price and acts < MOST_ACTS:
        spent = act(c, lever, world, p, of(luck, acts))
        acts += 1
        if spent == 0.0:
            chief.spare += chief.bank[lever]
            chief.bank[lever] = 0.0
            return
        chief.bank[lever] -= spent
        if lever == NEWSLETTER:
            return


@rule
def keep_in_touch(c, world, p, luck):
    """Trust between a coordinator and members it has not been in contact with fades."""
    week = world.network.week
    for i in range(world.network.members):
        bond = world.bonds[c, i]
        if bond.last < week:
            bond.trust *= 1.0 - p.customized_bond_decay
