"""The rules as Python may call them: one small entry a phase, for one row, and the acts that an overriding user needs.

The compiled loop calls the rules directly; the Mesa agents of `sim.model.agent_model` call them through here, a row at a time.
So there is one rule and two callers.  Every entry takes a `World` and a phase's luck (an np.uint64: numba would take a
large Python int for a negative number), opens the world, and calls the rule.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.model.engine import has_room
from sim.model.jit import entry
from sim.model.luck import of
from sim.model.measures import weekly
from sim.model.rules import (
    alignment,
    changes,
    giving,
    groups,
    identity,
    membership,
    order,
    production,
    reciprocity,
    ties,
    trust,
)
from sim.model.state import MEMBER_MADE, NOBODY, opened
from sim.model.weaving import policy

# The phases of a week, in the order of `sim.model.schedule`.


@entry
def happen(world, luck):
    """What is scheduled for this week happens."""
    changes.happen(opened(world), world.parameters[0], luck)


@entry
def turn_of_events(world, luck):
    """Demand returns, outputs become news, the problem may shift."""
    production.turn_of_events(opened(world), world.parameters[0], luck)


@entry
def plan(world, luck):
    """An organisation's top sets the agenda."""
    production.plan(opened(world), world.parameters[0], luck)


@entry
def open_week(world, luck):
    """What coordinators together offer this week."""
    policy.open_week(opened(world), world.parameters[0], luck)


@entry
def weave(c, world, luck):
    """A coordinator's week."""
    policy.weave(c, opened(world), world.parameters[0], luck)


@entry
def give(i, world, luck):
    """A member gives."""
    giving.give(i, opened(world), world.parameters[0], luck)


@entry
def read_news(i, world, luck):
    """A member reads the newsletter."""
    identity.read_news(i, opened(world), world.parameters[0], luck)


@entry
def learn(i, world, luck):
    """A member learns whether giving is rewarded."""
    reciprocity.learn(i, opened(world), world.parameters[0], luck)


@entry
def belong(i, world, luck):
    """A member's identity follows what the network gave."""
    identity.belong(i, opened(world), world.parameters[0], luck)


@entry
def talk(i, world, luck):
    """A member talks about aims with its ties."""
    alignment.talk(i, opened(world), world.parameters[0], luck)


@entry
def think(i, world, luck):
    """A member has thoughts of its own."""
    alignment.think(i, opened(world), world.parameters[0], luck)


@entry
def gather(i, world, luck):
    """A member joins or founds a group."""
    groups.gather(i, opened(world), world.parameters[0], luck)


@entry
def meet(g, world, luck):
    """A group takes stock and meets."""
    groups.meet(g, opened(world), world.parameters[0], luck)


@entry
def produce(g, world, luck):
    """A group works on its pilot or project."""
    production.produce(g, opened(world), world.parameters[0], luck)


@entry
def consider_leaving(g, world, luck):
    """A group may break away."""
    membership.consider_leaving(g, opened(world), world.parameters[0], luck)


@entry
def stay_or_leave(i, world, luck):
    """A member's engagement follows benefit minus cost; it may leave."""
    membership.stay_or_leave(i, opened(world), world.parameters[0], luck)


@entry
def refer(i, world, luck):
    """A member may bring somebody along."""
    membership.refer(i, opened(world), world.parameters[0], luck)


@entry
def newcomers(world, luck):
    """People join by themselves."""
    membership.newcomers(opened(world), world.parameters[0], luck)


@entry
def keep_in_touch(c, world, luck):
    """A coordinator's bonds fade without contact."""
    policy.keep_in_touch(c, opened(world), world.parameters[0], luck)


@entry
def reckon_upkeep(i, world, luck):
    """How fast a member's ties will fade."""
    trust.reckon_upkeep(i, opened(world), world.parameters[0], luck)


@entry
def fade(i, world, luck):
    """A member's ties fade."""
    trust.fade(i, opened(world), world.parameters[0], luck)


@entry
def measure(world, luck):
    """The week's line of measures."""
    weekly.measure(opened(world), world.parameters[0], luck)


@entry
def survey(world, luck):
    """Once a quarter: who stands between clusters."""
    weekly.survey(opened(world), world.parameters[0], luck)


@entry
def map_structure(world, luck):
    """Once a quarter: a map of the network's structure."""
    weekly.map_structure(opened(world), world.parameters[0], luck)


@entry
def close_week(world, luck):
    """The week's counts are cleared, and the week counter goes on."""
    weekly.close_week(opened(world), world.parameters[0], luck)


PHASE_STEPS = (
    happen,
    turn_of_events,
    plan,
    open_week,
    weave,
    give,
    read_news,
    learn,
    belong,
    talk,
    think,
    gather,
    meet,
    produce,
    consider_leaving,
    stay_or_leave,
    refer,
    newcomers,
    keep_in_touch,
    reckon_upkeep,
    fade,
    measure,
    survey,
    map_structure,
    close_week,
)
STEPS: MappingProxyType[str, Callable[..., Any]] = MappingProxyType({step.__name__: step for step in PHASE_STEPS})
"""The entry of every phase of `sim.model.schedule`, by the phase's name."""


# What an overriding user's agents may do, with the model's own rules for what it brings about.


@entry
def members_in_order(world, luck):
    """Put the active members into `scratch.order` as they act in a phase in keyed order; returns how many there are."""
    return order.keyed_order(opened(world), luck)


@entry
def give_to(i, j, kind, world, luck):
    """A member gives to another; a first gift to a stranger makes a tie.  Returns whether the gift met attention."""
    view, p = opened(world), world.parameters[0]
    s = ties.make_tie(i, j, p.trust_new, p.trust_acquaint, MEMBER_MADE, view, p)
    if s == NOBODY:
        return False
    before = view.tally.gifts
    giving.hand_over(i, s, kind, view, p, luck)
    return view.tally.gifts > before


@entry
def introduce(i, world, luck):
    """A member introduces two of its contacts to each other; returns whether it found two."""
    return giving.introduce(i, MEMBER_MADE, opened(world), world.parameters[0], luck) == 1


@entry
def make_tie(i, j, trust, origin, world):
    """Tie two members, if both have room for a relation more; returns whether they are tied."""
    view, p = opened(world), world.parameters[0]
    return ties.make_tie(i, j, trust, p.trust_acquaint, origin, view, p) != NOBODY


@entry
def found_group(i, world):
    """A member founds a group with those it trusts and agrees with; returns whether there were enough."""
    view = opened(world)
    if groups.found(i, view, world.parameters[0]) == 0:
        return False
    view.tally.work_members += 1.0
    return True


@entry
def take_seat(i, g, world):
    """A member joins a group, if both have a place left; returns whether they had."""
    return groups.take_seat(i, g, opened(world)) == 1


@entry
def leave_group(i, g, world):
    """A member gives up its seat in a group."""
    groups.leave_group(i, g, opened(world))


@entry
def dissolve(g, world):
    """A group ends."""
    view = opened(world)
    groups.dissolve(g, view)
    view.tally.groups_dissolved += 1


@entry
def leave_network(i, world):
    """A member leaves the network by itself: ties and seats go with it."""
    view = opened(world)
    membership.depart(i, view)
    view.tally.dropped_out += 1


@entry
def act(c, lever, world, luck):
    """A coordinator acts once by a lever; returns the hours that took, 0.0 if there was nothing to do."""
    return policy.act(lever, c, opened(world), world.parameters[0], luck)


@entry
def tables_suffice(world):
    """Whether the tables have room for whatever the coming week may bring."""
    return has_room(opened(world))


def own_key(luck, n):
    """The `n`-th sub-key of a phase's luck, as entries take it."""
    return np.uint64(of(luck, np.uint64(n)))
