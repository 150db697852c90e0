"""Membership: people join, stay or leave depending on their benefit; groups that no longer need the network may break away."""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.groups import leave_group
from sim.model.rules.members import draw_traits, somebody
from sim.model.rules.numbers import logistic
from sim.model.rules.practices import start_with_habit
from sim.model.rules.ties import at, drop_all_ties
from sim.model.rules.trust import make_tie
from sim.model.state import ADVOCACY, NOBODY, ORGANISATION, PILOT, REFERRAL_MADE

PARAMETERS = declare(
    "engagement",
    [
        Parameter("rate", default=0.04, low=0.0, high=1.0, plausible=(0.02, 0.08), unit="per week", label="Speed at which engagement follows benefit and cost"),
        Parameter("steepness", default=3.0, low=0.0, high=20.0, plausible=(2.0, 5.0), unit="per unit of benefit", label="How steeply engagement depends on benefit minus cost"),
        Parameter("threshold", default=0.85, low=-5.0, high=5.0, plausible=(0.7, 1.0), unit="benefit", label="Benefit minus cost at which engagement settles at one half: 0.30 for overhead and 0.55 for indifference"),
        Parameter("exchange", default=1.6, low=0.0, high=10.0, plausible=(1.2, 2.0), unit="benefit", label="Highest benefit that value received can have"),
        Parameter("enough", default=0.5, low=0.01, high=10.0, plausible=(0.35, 0.6), unit="value per week", label="Value received at which its benefit reaches 63% of the highest"),
        Parameter("belonging", default=0.8, low=0.0, high=10.0, plausible=(0.5, 1.1), unit="benefit", label="Benefit of full identity"),
    ],
) + declare(
    "leaving",
    [
        Parameter("hazard", default=0.009, low=0.0, high=1.0, plausible=(0.006, 0.012), unit="per week", label="Chance to leave at engagement 0.5 (37% per year)", basis="fitted", source="yearly attrition 20-36%: volunteers 35.5%, CNCS (2009)"),
        Parameter("steepness", default=3.0, low=0.0, high=20.0, plausible=(2.0, 6.0), unit="per unit of engagement", label="How steeply leaving rises as engagement falls"),
        Parameter("organisations", default=0.5, low=0.0, high=1.0, plausible=(0.3, 0.8), unit="factor", label="How readily an organisation leaves the network or joins a group, relative to an individual"),
    ],
) + declare(
    "arrival",
    [
        Parameter("base", default=0.08, low=0.0, high=100.0, plausible=(0.04, 0.15), unit="newcomers per week", label="Newcomers who join unprompted, in a network that started with 30 members"),
        Parameter("referral", default=0.004, low=0.0, high=1.0, plausible=(0.002, 0.008), unit="newcomers per week", label="Newcomers referred by a member with full identity and engagement"),
    ],
) + declare(
    "breakaway",
    [
        Parameter("surplus", default=0.6, low=-5.0, high=5.0, plausible=(0.3, 1.0), unit="value per week", label="Surplus of a group's own value over the network's at which a group without identity may leave; twice that with full identity"),
        Parameter("hazard", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.02), unit="per week", label="Chance that a group breaks away once its own value exceeds the network's by enough"),
    ],
)  # fmt: skip
LARGEST_PART = 500.0  # Largest Poisson mean drawn at once: exp(-mean) must not underflow.
NEWCOMER_PARTS = 1 << 40  # Random counter for further parts of a large number of newcomers.
ARRIVALS = 1000  # First random counter of newcomers, by row.
ARRIVAL_SIZE = 30.0  # Initial number of members for which `arrival.base` is stated.
HALF_ENGAGED = 0.5  # Engagement for which `leaving.hazard` is stated.


@hot
def net_benefit(i, world, p):
    """Return a member's benefit (value received, belonging) minus its cost (giving, aligning, producing)."""
    me = world.members[i]
    exchange = p.engagement_exchange * (1.0 - math.exp(-me.received / p.engagement_enough))
    return exchange + p.engagement_belonging * me.identity - me.cost


@hot
def stay_or_leave(i, world, p, luck):
    """Engagement follows benefit minus cost, and members with low engagement are more likely to leave.

    In an organisation, members leave at a constant low rate instead, because their livelihood does not depend on
    engagement.  The vacancy is filled.
    """
    me = world.members[i]
    if me.active == 0:
        return
    me.cost += p.members_memory * (me.cost_now - me.cost)
    me.stock *= 1.0 - p.production_fade
    inside = me.group_now
    outside = max(0.0, me.direct_now + me.network_now - me.group_now)
    me.group_value += p.members_memory * (inside - me.group_value)
    me.network_value += p.members_memory * (outside - me.network_value)
    level = logistic(p.engagement_steepness * (net_benefit(i, world, p) - p.engagement_threshold))
    me.engagement += p.engagement_rate * (level - me.engagement)
    u = uniform(of(luck, i), 0)
    if p.organisation_fixed > 0.0:
        hazard = p.organisation_turnover
    elif u < p.leaving_hazard * math.exp(HALF_ENGAGED * p.leaving_steepness):
        hazard = p.leaving_hazard * math.exp(-p.leaving_steepness * (me.engagement - HALF_ENGAGED))
        if me.kind == ORGANISATION:
            hazard *= p.leaving_organisations
    else:
        hazard = 0.0
    if u < hazard:
        world.tally.dropped_out += 1
        if p.organisation_fixed > 0.0:
            fill_position(i, world, p)
        else:
            depart(i, world)


@rule
def fill_position(i, world, p):
    """In an organisation, a new member takes over a leaver's position: its ties, with the trust of a new tie, and its groups.

    The leaver's experience and habits, and what coordinators knew of the leaver, are lost.  The position still counts as
    an initial one.
    """
    me = world.members[i]
    me.joined = world.network.week
    me.given, me.received = p.members_history, p.members_history
    me.group_value, me.network_value = 0.0, 0.0
    me.influence, me.bridging, me.core = 0.0, 0.0, 0
    start_with_habit(i, world)
    me.expectation, me.identity = p.members_expectation, p.members_identity
    me.engagement, me.initiative, me.ability = p.members_engagement, p.members_initiative, p.members_ability
    me.stock, me.cost = 0.0, 0.0
    for s in range(me.degree):
        tie = world.ties[at(i, s, world)]
        back = world.ties[at(tie.other, tie.mirror, world)]
        tie.trust, back.trust = p.trust_first, p.trust_first
        tie.owed, back.owed = 0.0, 0.0
        tie.known, back.known = p.meeting_learn, p.meeting_learn
        tie.gave, back.gave = 0, 0
    world.tally.newcomers += 1


@rule
def depart(i, world):
    """A member leaves, and loses its ties and its places in groups."""
    me = world.members[i]
    drop_all_ties(i, world)
    while me.groups[0] != NOBODY:
        leave_group(i, int(me.groups[0]), world)
    me.active = 0
    me.left = world.network.week
    world.network.active -= 1


@rule
def arrive(world, p, luck, kind, sector):
    """A new member joins; its row number determines its traits.  Returns the number, or -1 if the table is full."""
    network = world.network
    i = int(network.members)
    if i >= len(world.members):
        network.turned_away += 1
        return NOBODY
    network.members += 1
    network.active += 1
    me = world.members[i]
    me.kind = kind
    me.sector = sector
    me.joined = network.week
    draw_traits(i, world, p)
    world.tally.newcomers += 1
    return i


@rule
def arrive_somewhere(world, p, luck):
    """A newcomer joins, of a sector drawn by its row number, and of the same kind as a member drawn by it."""
    mine = of(luck, ARRIVALS + int(world.network.members))
    like = somebody(mine, 0, world)
    kind = int(world.members[like].kind) if like != NOBODY else 0
    return arrive(world, p, luck, kind, int(uniform(mine, 1) * world.network.sectors))


@rule
def newcomers(world, p, luck):
    """People join without any ties: a Poisson number in proportion to the network's initial size; advocacy attracts more.

    A large number is drawn in parts, each with a separate draw.
    """
    known = 1.0 + p.production_advocacy * world.network.standing[ADVOCACY]
    mean = p.arrival_base * known * world.network.starters / ARRIVAL_SIZE
    if p.organisation_fixed > 0.0:
        return
    part = 0
    while mean > 0.0:
        arrive_in_part(
            min(mean, LARGEST_PART),
            uniform(luck, 0) if part == 0 else uniform(of(luck, NEWCOMER_PARTS), part),
            world,
            p,
            luck,
        )
        mean -= LARGEST_PART
        part += 1


@rule
def arrive_in_part(mean, u, world, p, luck):
    """Let a Poisson number of members join: the quantile `u` of the distribution with this mean."""
    term = math.exp(-mean)
    total = term
    number = 0
    while u >= total and number < 20 + 4 * mean:  # Bounds the loop if rounding keeps the sum below u.
        number += 1
        term *= mean / number
        total += term
        arrive_somewhere(world, p, luck)


@hot
def refer(i, world, p, luck):
    """A member who identifies with the network may refer a newcomer of its sector and kind, and becomes their first tie."""
    me = world.members[i]
    if me.active == 0 or p.organisation_fixed > 0.0:
        return
    mine = of(luck, i)
    if uniform(mine, 0) >= p.arrival_referral * me.identity * me.engagement:
        return
    j = arrive(world, p, luck, int(me.kind), int(me.sector))
    if j != NOBODY:
        make_tie(i, j, p.trust_start, p.trust_start, p.trust_start, REFERRAL_MADE, world, p)


@rule
def consider_leaving(g, world, p, luck):
    """A producing group may break away if its members have long received more value from each other than from the network.

    CAP: groups leave when the network no longer adds value.  Identity with the network retains them.  A group of at
    least half of all members does not leave, because it is the network.
    """
    group = world.groups[g]
    if group.alive == 0 or group.seated == 0 or group.phase < PILOT or p.organisation_fixed > 0.0:
        return
    surplus, identity = 0.0, 0.0
    for a in range(group.seated):
        me = world.members[group.members[a]]
        surplus += me.group_value - me.network_value
        identity += me.identity
    group.surplus = surplus / group.seated if 2 * group.seated < world.network.active else 0.0
    group.bar = p.breakaway_surplus * (1.0 + identity / group.seated)
    if group.surplus > group.bar and uniform(of(luck, group.serial), 0) < p.breakaway_hazard:
        break_away(g, world)


@rule
def break_away(g, world):
    """A group leaves the network, with its members."""
    group, tally = world.groups[g], world.tally
    while group.seated > 0:
        i = int(group.members[group.seated - 1])
        depart(i, world)
        tally.broken_away += 1
    group.in_network = 0
    group.alive = 0
    group.ended = world.network.week
    tally.break_aways += 1
