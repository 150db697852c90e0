"""Chemistry: how far trust between two people can rise, whatever they do together.

Each ordered pair has a ceiling of trust.  It is higher within a sector and between people with similar outlooks, and has a
part that both ends share, a part of the other's popularity, and a part of one's own.  It is what keeps networks from
becoming complete: without it, everybody ends up trusting everybody they meet.  Chance parts are redrawn from time to
time, as people and circumstances change.  Nothing is stored: the ceiling is a function of who, whom and when.

Those who are tied at the start have more in common than others: ties that do not suit their ends would have ended.
"""

import math

from sim.model.jit import hot, rule
from sim.model.luck import bell, of, pair, phase_key, uniform
from sim.model.parameters import Parameter, declare
from sim.model.rules.numbers import logistic

PARAMETERS = declare(
    "chemistry",
    [
        Parameter("base", default=-3.0, low=-10.0, high=10.0, plausible=(-3.6, -2.4), unit="logit", label="How far trust can rise between average strangers of different sectors", basis="fitted", source="trial on Newcomb (1961), EIES and AMENDS"),
        Parameter("sector", default=0.9, low=0.0, high=10.0, plausible=(0.4, 1.4), unit="logit", label="How much further trust can rise within a sector (homophily)", basis="fitted", source="direction: McPherson et al. (2001)"),
        Parameter("outlook", default=1.2, low=0.0, high=10.0, plausible=(0.7, 1.6), unit="logit", label="How much further trust can rise between members of similar outlook", basis="fitted", source="direction: Newcomb (1961)"),
        Parameter("shared", default=1.05, low=0.0, high=10.0, plausible=(0.5, 1.3), unit="logit", label="How much pairs differ in how far trust can rise, the same for both ends", basis="fitted"),
        Parameter("popularity", default=0.2, low=0.0, high=10.0, plausible=(0.1, 0.6), unit="logit", label="How much members differ in how far others can trust them", basis="fitted"),
        Parameter("own", default=0.8, low=0.0, high=10.0, plausible=(0.4, 1.1), unit="logit", label="How much the two ends of a pair differ in how far each can trust the other", basis="fitted"),
        Parameter("change", default=0.01, low=0.0, high=1.0, plausible=(0.005, 0.04), unit="per week", label="How often it changes by chance how far trust can rise", basis="fitted"),
    ],
)  # fmt: skip

CHEMISTRY = 92  # Phase number that keys chemistry; no phase of the week uses it.
SPREAD_OF_OUTLOOK = 4.0  # Mean and standard deviation of the squared distance of two outlooks (two standard normals).


@rule
def key_of_chemistry(seed, replicate):
    """Return the key of a future's chemistry."""
    return phase_key(seed, replicate, 0, CHEMISTRY)


@rule
def likeness(a, b):
    """Return how similar two outlooks are: mean 0 and standard deviation 1 over pairs, at most 1."""
    dx, dy = a[0] - b[0], a[1] - b[1]
    return 1.0 - (dx * dx + dy * dy) / SPREAD_OF_OUTLOOK


@rule
def resemble_contacts(world):
    """Make outlooks at the start resemble those of contacts: half of their variance is one's own, half the contacts'.

    They stay standard normal.  With six ties each, the outlooks of two who are tied correlate by .41 or more, as in networks
    that the model itself grew (`tests/model/rules/test_chemistry.py`).
    """
    members, scratch = world.members, world.scratch
    for i in range(world.network.members):
        scratch[i].key, scratch[i].draw = members[i].outlook[0], members[i].outlook[1]
    for i in range(world.network.members):
        degree = int(members[i].degree)
        if degree > 0:
            row, x, y = int(world.first[i]), 0.0, 0.0
            for s in range(degree):
                j = world.contacts[row + s]
                x += scratch[j].key
                y += scratch[j].draw
            members[i].outlook[0] = (scratch[i].key + x / math.sqrt(degree)) / math.sqrt(2.0)
            members[i].outlook[1] = (scratch[i].draw + y / math.sqrt(degree)) / math.sqrt(2.0)


@hot
def present_luck(i, j, world, p):
    """Return the key of a pair's chance parts as things are."""
    both = pair(world.network.chemistry, i, j)
    # Each pair changes at moments of its own.
    epoch = int(p.chemistry_change * world.network.week + uniform(both, 0))
    return of(both, 1 + epoch)


@hot
def common_ground(i, j, now, world, p):
    """Return what both ends of a pair share of how far trust can rise, in logits."""
    me, other = world.members[i], world.members[j]
    return (
        p.chemistry_base
        + p.chemistry_sector * int(me.sector == other.sector)
        + p.chemistry_outlook * likeness(me.outlook, other.outlook)
        + p.chemistry_shared * bell(now, 0)
    )


@hot
def one_way(i, j, shared, now, world, p):
    """Return the highest trust of `i` in `j`, given what both ends share."""
    popularity = world.members[j].popularity
    return logistic(shared + p.chemistry_popularity * popularity + p.chemistry_own * bell(now, 1 if i < j else 2))


@rule
def ceiling(i, j, world, p):
    """Return the highest trust that member `i` can come to have in member `j` as things are."""
    now = present_luck(i, j, world, p)
    return one_way(i, j, common_ground(i, j, now, world, p), now, world, p)


@rule
def ceilings(i, j, world, p):
    """Return the highest trust of `i` in `j`, and of `j` in `i`."""
    now = present_luck(i, j, world, p)
    shared = common_ground(i, j, now, world, p)
    return one_way(i, j, shared, now, world, p), one_way(j, i, shared, now, world, p)
