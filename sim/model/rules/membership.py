"""Membership: people come and go, as the network pays or not; groups that need it no longer may break away."""

import math

from sim.model.jit import hot, rule
from sim.model.luck import of, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.giving import logistic
from sim.model.rules.groups import leave_group
from sim.model.rules.members import draw_traits
from sim.model.rules.ties import drop_all_ties, make_tie
from sim.model.state import NOBODY, ORGANISATION, PILOT, REFERRAL_MADE

PARAMETERS = declare(
    "engagement",
    [
        Parameter("rate", 0.04, 0.0, 1.0, "a week", "How fast engagement follows benefit and cost", "assumed", "", (0.02, 0.08)),
        Parameter("steepness", 3.0, 0.0, 20.0, "", "How sharply it follows", "assumed", "", (2.0, 5.0)),
        Parameter("threshold", 0.85, -5.0, 5.0, "benefit", "Benefit minus cost at which people put in half of what they could: overhead .30 and indifference .55", "assumed", "", (0.7, 1.0)),
        Parameter("exchange", 1.6, 0.0, 10.0, "benefit", "Benefit of the value received, at most", "assumed", "", (1.2, 2.0)),
        Parameter("enough", 0.5, 0.01, 10.0, "value a week", "Value received at which that benefit reaches 63%", "assumed", "", (0.35, 0.6)),
        Parameter("belonging", 0.8, 0.0, 10.0, "benefit", "Benefit of full identity", "assumed", "", (0.5, 1.1)),
        Parameter("cost_memory", 0.06, 0.0, 1.0, "a week", "How fast costs are forgotten", "assumed", "", (0.03, 0.1)),
    ],
) + declare(
    "leaving",
    [
        Parameter("hazard", 0.009, 0.0, 1.0, "a week", "Chance to leave at engagement .5 (37% a year)", "fitted", "yearly attrition 20-36%: volunteers 35.5%, CNCS (2009)", (0.006, 0.012)),
        Parameter("steepness", 3.0, 0.0, 20.0, "", "How sharply leaving rises as engagement falls", "assumed", "", (2.0, 6.0)),
        Parameter("organisations", 0.5, 0.0, 1.0, "times", "How much less organisations leave", "assumed", "", (0.3, 0.8)),
    ],
) + declare(
    "arrival",
    [
        Parameter("base", 0.08, 0.0, 100.0, "newcomers a week", "Newcomers by themselves, in a network that started with 30", "assumed", "", (0.04, 0.15)),
        Parameter("referral", 0.004, 0.0, 1.0, "newcomers a week", "Newcomers whom a member of full identity and engagement brings along", "assumed", "", (0.002, 0.008)),
        Parameter("referral_trust", 0.2, 0.0, 1.0, "trust", "Trust between a newcomer and who brought them", "assumed", "", (0.1, 0.4)),
        Parameter("organisations", 0.15, 0.0, 1.0, "share", "Share of newcomers that are organisations", "assumed", "", (0.0, 0.3)),
    ],
) + declare(
    "breakaway",
    [
        Parameter("surplus", 0.15, -5.0, 5.0, "value a week", "Surplus of the group over the network from which a group without identity leaves", "assumed", "", (0.1, 0.3)),
        Parameter("identity", 0.5, 0.0, 5.0, "value a week", "What full identity adds to that", "assumed", "", (0.3, 0.8)),
        Parameter("patience", 13.0, 0.0, 520.0, "weeks", "Weeks in a row that it takes", "assumed", "", (8.0, 26.0), whole=True),
        Parameter("hazard", 0.08, 0.0, 1.0, "a week", "Chance to break away after that", "assumed", "", (0.04, 0.15)),
        Parameter("rate", 0.06, 0.0, 1.0, "a week", "How fast members compare group and network", "assumed", "", (0.03, 0.1)),
    ],
)  # fmt: skip
LARGEST_PART = 500.0
"""Mean up to which exp(-mean) times mean**n / n! is summed as it stands."""


@hot
def net_benefit(i, world, p):
    """What a member gets out (value received, belonging, own outputs) minus what it puts in (giving, aligning, producing)."""
    me = world.members[i]
    exchange = p.engagement_exchange * (1.0 - math.exp(-me.received / p.engagement_enough))
    return exchange + p.engagement_belonging * me.identity + me.own_outputs - me.cost


@hot
def stay_or_leave(i, world, p, luck):
    """Engagement follows benefit minus cost, and whoever has little of it left is the likelier to leave.

    In an organisation people leave at a constant low rate instead: their livelihood does not hang on engagement, and the
    position is filled again.
    """
    me = world.members[i]
    if me.active == 0:
        return
    me.cost += p.engagement_cost_memory * (me.cost_now - me.cost)
    me.own_outputs *= 1.0 - p.production_own_fade
    me.stock *= 1.0 - p.production_stock_fade
    inside = me.group_now
    outside = max(0.0, me.direct_now + me.network_now - me.group_now)
    me.group_value += p.breakaway_rate * (inside - me.group_value)
    me.network_value += p.breakaway_rate * (outside - me.network_value)
    level = logistic(p.engagement_steepness * (net_benefit(i, world, p) - p.engagement_threshold))
    me.engagement += p.engagement_rate * (level - me.engagement)
    u = uniform(of(luck, i), 0)
    if p.organisation_fixed > 0.0:
        hazard = p.organisation_turnover
    elif u < p.leaving_hazard * math.exp(0.5 * p.leaving_steepness):
        hazard = p.leaving_hazard * math.exp(-p.leaving_steepness * (me.engagement - 0.5))
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
    """In an organisation somebody new takes over a leaver's position: its ties, with the trust of a first day, and its seats.

    What was the leaver's own is gone: experience, habits, what coordinators knew of them.  The position stays one of those
    that the organisation began with.
    """
    me = world.members[i]
    me.joined = world.network.week
    me.given, me.received = p.members_history, p.members_history
    me.group_value, me.network_value = 0.0, 0.0
    me.practices, me.profile, me.bridging, me.core = 0, 0.0, 0.0, 0
    me.expectation, me.identity = p.members_expectation, p.members_identity
    me.engagement, me.initiative, me.ability = p.members_engagement, p.members_initiative, p.members_ability
    me.stock, me.cost, me.own_outputs = 0.0, 0.0, 0.0
    for s in range(me.degree):
        tie = world.ties[i, s]
        back = world.ties[tie.other, tie.mirror]
        tie.trust, back.trust = p.trust_new, p.trust_new
        tie.owed, back.owed = 0.0, 0.0
        tie.known, back.known = p.trust_acquaint, p.trust_acquaint
        tie.gave, back.gave = 0, 0
    world.tally.newcomers += 1


@rule
def depart(i, world):
    """A member leaves: ties and seats go with it."""
    me = world.members[i]
    drop_all_ties(i, world)
    while me.groups[0] != NOBODY:
        leave_group(i, int(me.groups[0]), world)
    me.active = 0
    me.left = world.network.week
    world.network.active -= 1


@rule
def arrive(world, p, luck, kind, sector):
    """Somebody new joins; the row's number decides who it is.  Returns the number, or -1 if the tables are full."""
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
    """A newcomer of a kind and home community drawn by its row number."""
    mine = of(luck, 1000 + int(world.network.members))
    kind = ORGANISATION if uniform(mine, 0) < p.arrival_organisations else 0
    return arrive(world, p, luck, kind, int(uniform(mine, 1) * world.network.sectors))


@rule
def newcomers(world, p, luck):
    """People join by themselves, unconnected: a Poisson number in proportion to the size that the network started with.

    A large mean comes in parts, each with luck of its own: exp(-mean) must not vanish.
    """
    mean = p.arrival_base * world.network.starters / 30.0
    if p.organisation_fixed > 0.0:
        return
    part = 0
    while mean > 0.0:
        arrive_in_part(
            min(mean, LARGEST_PART), uniform(luck, 0) if part == 0 else uniform(of(luck, 1 << 40), part), world, p, luck
        )
        mean -= LARGEST_PART
        part += 1


@rule
def arrive_in_part(mean, u, world, p, luck):
    """As many join as a Poisson number of this mean is at the draw `u`."""
    term = math.exp(-mean)
    total = term
    number = 0
    while u >= total and number < 20 + 4 * mean:
        number += 1
        term *= mean / number
        total += term
        arrive_somewhere(world, p, luck)


@hot
def refer(i, world, p, luck):
    """A member who identifies with the network brings somebody along from its home community, and is their first tie."""
    me = world.members[i]
    if me.active == 0 or p.organisation_fixed > 0.0:
        return
    mine = of(luck, i)
    if uniform(mine, 0) >= p.arrival_referral * me.identity * me.engagement:
        return
    kind = ORGANISATION if uniform(mine, 1) < p.arrival_organisations else 0
    j = arrive(world, p, luck, kind, int(me.sector))
    if j != NOBODY:
        make_tie(i, j, p.arrival_referral_trust, 0.3, REFERRAL_MADE, world, p)


@rule
def consider_leaving(g, world, p, luck):
    """A producing group whose members have long got more from each other than from the network may break away with them.

    CAP: groups leave when the network no longer adds value.  Identity with the whole holds them.  A group of half the
    members or more has nothing to break away from: it is the network.
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
    group.bar = p.breakaway_surplus + p.breakaway_identity * identity / group.seated
    if group.surplus <= group.bar:
        group.drifting = 0
        return
    group.drifting += 1
    if group.drifting > p.breakaway_patience and uniform(of(luck, group.serial), 0) < p.breakaway_hazard:
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
