"""Who members are: traits drawn once, by identity, so that the same newcomer arrives under every strategy."""

import math

from sim.model.jit import hot, rule
from sim.model.luck import identity_in, normal, of, phase_key, uniform
from sim.model.parameters import Parameter, declare
from sim.model.state import NOBODY, ORGANISATION

TRAITS = 90
TRIES = 64
"""Draws after which nobody is found: one in a thousand where nine of ten numbers are nobody's any more."""

PARAMETERS = declare(
    "members",
    [
        Parameter("generosity", 0.5, 0.0, 1.0, "", "Generosity, mean", "assumed", "", (0.4, 0.6)),
        Parameter("generosity_spread", 0.2, 0.0, 0.5, "", "Generosity, standard deviation", "assumed", "a hand fit to EIES (Freeman & Freeman 1979) takes .3", (0.1, 0.3)),
        Parameter("activity", 2.0, 0.01, 50.0, "occasions a week", "Occasions to give, mean", "assumed", "", (1.0, 3.0)),
        Parameter("activity_sigma", 0.6, 0.0, 2.0, "log", "How unequal activity is: sigma of the lognormal", "assumed", "a hand fit to EIES takes 1.4 (top 3 of 32 sent 46% of messages)", (0.4, 1.4)),
        Parameter("expectation", 0.5, 0.0, 1.0, "", "Expectation at the start that giving is rewarded", "assumed", "", (0.2, 0.8)),
        Parameter("identity", 0.2, 0.0, 1.0, "", "Identity with the network at the start", "assumed", "", (0.1, 0.3)),
        Parameter("engagement", 0.65, 0.0, 1.0, "", "Engagement at the start", "assumed", "", (0.5, 0.8)),
        Parameter("history", 0.35, 0.0, 10.0, "value a week", "Value that people were giving and receiving before the start", "assumed", "without it everybody starts disappointed", (0.2, 0.5)),
        Parameter("initiative", 0.25, 0.0, 1.0, "", "Initiative that people bring along and return to", "assumed", "", (0.2, 0.35)),
        Parameter("ability", 0.4, 0.0, 1.0, "", "Ability for joint work, mean", "assumed", "", (0.3, 0.6)),
        Parameter("endowment", 0.3, 0.0, 1.0, "", "Least endowment and least need in a kind (the most is 1)", "assumed", "", (0.2, 0.5)),
        Parameter("organisation_resources", 1.8, 0.0, 10.0, "times", "How much more resources an organisation has to give", "assumed", "", (1.3, 3.0)),
        Parameter("viewpoint_spread", 0.6, 0.0, 1.0, "", "How much of viewpoints is one's own rather than the home community's", "assumed", "", (0.4, 0.8)),
    ],
)  # fmt: skip


@hot
def clipped(x):
    """A number held in [0, 1]."""
    return min(1.0, max(0.0, x))


@rule
def draw_traits(i, world, p):
    """Give a new row its traits, all drawn by identity: what member 40 is like does not depend on when it came.

    Kind and home community are set before, by where the member comes from.

    Generosity is normal, clipped; activity is lognormal with the mean that `activity` says; endowments and needs are
    uniform; viewpoints mix a place of one's home community with one's own.
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
    me.engagement = clipped(p.members_engagement + 0.1 * normal(mine, 2))
    me.initiative = p.members_initiative
    me.given, me.received = p.members_history, p.members_history
    me.ability = clipped(p.members_ability + 0.15 * normal(mine, 3))
    least = p.members_endowment
    for kind in range(4):
        me.endowment[kind] = least + (1.0 - least) * uniform(mine, 20 + kind)
        me.need[kind] = least + (1.0 - least) * uniform(mine, 30 + kind)
    if me.kind == ORGANISATION:
        me.endowment[3] = me.endowment[3] * p.members_organisation_resources
    home = of(of(luck, 1 << 40), me.sector)
    for axis in range(2):
        own = p.members_viewpoint_spread
        me.viewpoint[axis] = own * uniform(mine, 40 + axis) + (1.0 - own) * uniform(home, axis)
        me.groups[axis] = NOBODY
    me.constraint = 9.0


@hot
def somebody(luck, look, world):
    """The `look`-th active member under a key, all equally likely; -1 where there is hardly anybody.

    A number that is nobody's, or of somebody who has left, is drawn again under a key of its own: the same draw names the
    same member in a network with more newcomers, and a look finds somebody however many have left.
    """
    mine = of(luck, look)
    for attempt in range(TRIES):
        i = identity_in(mine, attempt, int(world.network.members))
        if i != NOBODY and world.members[i].active == 1:
            return i
    return NOBODY
