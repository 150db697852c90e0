"""Members' traits, drawn once and keyed by identity, so that the same newcomers arrive under every strategy."""

import math

from sim.model.jit import hot, rule
from sim.model.luck import identity_in, normal, of, phase_key, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.numbers import clipped
from sim.model.rules.practices import start_with_habit
from sim.model.state import NOBODY, ORGANISATION, RESOURCES, UNDEFINED_CONSTRAINT

TRAITS = 90  # Phase number for keying traits; no phase of the week uses it.
# First random counters of a member's endowments, needs and viewpoint, and of its (normal) outlook and popularity.
ENDOWMENTS, NEEDS, VIEWPOINT, OUTLOOK, POPULARITY = 20, 30, 40, 25, 27
SECTORS = 1 << 40  # Random counter for the viewpoints of sectors.
ENGAGEMENT_SPREAD, ABILITY_SPREAD = 0.1, 0.15  # Standard deviations of initial engagement and of ability.
TRIES = 64  # Draws before a search gives up: if nine of ten members have left, one search in a thousand fails.

PARAMETERS = declare(
    "members",
    [
        Parameter("generosity", default=0.5, low=0.0, high=1.0, plausible=(0.4, 0.6), label="Mean generosity"),
        Parameter("generosity_spread", default=0.2, low=0.0, high=0.5, plausible=(0.1, 0.3), label="Standard deviation of generosity", source="EIES (Freeman & Freeman 1979) suggests 0.3 (fitted by hand)"),
        Parameter("activity", default=1.0, low=0.01, high=50.0, plausible=(0.5, 1.5), unit="occasions per week", label="Mean number of occasions to give"),
        Parameter("activity_sigma", default=1.0, low=0.0, high=2.0, plausible=(0.6, 1.6), unit="log", label="How unequally active members are (sigma of a lognormal distribution)", source="EIES suggests 1.4 (fitted by hand; the top 3 of 32 sent 46% of messages)"),
        Parameter("attention", default=6.0, low=0.0, high=1000.0, plausible=(3.0, 10.0), unit="per week", label="Gifts and encounters that a member has time for", source="bounded attention: Simon (1971)"),
        Parameter("expectation", default=0.5, low=0.0, high=1.0, plausible=(0.2, 0.8), label="Initial expectation that giving is rewarded"),
        Parameter("identity", default=0.2, low=0.0, high=1.0, plausible=(0.1, 0.3), label="Initial identity with the network"),
        Parameter("engagement", default=0.65, low=0.0, high=1.0, plausible=(0.5, 0.8), label="Mean initial engagement"),
        Parameter("history", default=0.35, low=0.0, high=10.0, plausible=(0.2, 0.5), unit="value per week", label="Value given and received per week before the start", source="without it everybody starts disappointed"),
        Parameter("memory", default=0.055, low=0.0, high=1.0, plausible=(0.03, 0.1), unit="per week", label="Speed at which impressions follow experience: value given and received, cost, expected reward (half-life 13 weeks)"),
        Parameter("initiative", default=0.25, low=0.0, high=1.0, plausible=(0.2, 0.35), label="Initial initiative, to which initiative returns"),
        Parameter("ability", default=0.4, low=0.0, high=1.0, plausible=(0.3, 0.6), label="Mean ability for joint work"),
        Parameter("endowment", default=0.3, low=0.0, high=1.0, plausible=(0.2, 0.5), label="Lowest endowment and lowest need of each gift kind (the highest is 1)"),
        Parameter("viewpoint_spread", default=0.6, low=0.0, high=1.0, plausible=(0.4, 0.8), unit="share", label="Share of a viewpoint that is individual rather than the sector's"),
    ],
)  # fmt: skip


@rule
def draw_traits(i, world, p):
    """Draw the traits of a new member, keyed by its number alone: they do not depend on when it joins.  Kind and sector are set before.

    Generosity, engagement and ability are normal, limited to [0, 1]; activity is lognormal; endowments and needs are
    uniform; a viewpoint is a mix of the sector's and the member's own.
    """
    luck = phase_key(world.network.seed, world.network.replicate, 0, TRAITS)
    mine = of(luck, i)
    me = world.members[i]
    me.active = 1
    me.left = -1
    me.generosity = clipped(p.members_generosity + p.members_generosity_spread * normal(mine, 0))
    sigma = p.members_activity_sigma
    me.activity = p.members_activity * math.exp(sigma * normal(mine, 1) - 0.5 * sigma * sigma)
    me.silence = math.exp(-me.activity)
    me.expectation = p.members_expectation
    me.identity = p.members_identity
    me.engagement = clipped(p.members_engagement + ENGAGEMENT_SPREAD * normal(mine, 2))
    me.initiative = p.members_initiative
    me.given, me.received = p.members_history, p.members_history
    me.ability = clipped(p.members_ability + ABILITY_SPREAD * normal(mine, 3))
    least = p.members_endowment
    for kind in range(len(me.need)):
        me.endowment[kind] = least + (1.0 - least) * uniform(mine, ENDOWMENTS + kind)
        me.need[kind] = least + (1.0 - least) * uniform(mine, NEEDS + kind)
    if me.kind == ORGANISATION:
        me.endowment[RESOURCES] = 1.0
    home = of(of(luck, SECTORS), me.sector)
    for axis in range(2):
        own = p.members_viewpoint_spread
        me.viewpoint[axis] = own * uniform(mine, VIEWPOINT + axis) + (1.0 - own) * uniform(home, axis)
        me.outlook[axis] = normal(mine, OUTLOOK + axis)
        me.groups[axis] = NOBODY
    me.popularity = normal(mine, POPULARITY)
    me.strength = 0.0
    me.constraint = UNDEFINED_CONSTRAINT
    start_with_habit(i, world)


@hot
def somebody(luck, look, world):
    """Draw the `look`-th active member of a key, all equally likely.  Returns its number, or -1 if almost all have left.

    A number without an active member is drawn again under a separate key, so the same draw gives the same member in a
    network with more newcomers.
    """
    mine = of(luck, look)
    for attempt in range(TRIES):
        i = identity_in(mine, attempt, int(world.network.members))
        if i != NOBODY and world.members[i].active == 1:
            return i
    return NOBODY


@hot
def has_time(i, world, p):
    """Return whether a member has time for one more gift or encounter this week."""
    return world.members[i].taken < p.members_attention


@hot
def take_time(i, j, world):
    """Count an encounter in the time of both members."""
    world.members[i].taken += 1
    world.members[j].taken += 1
