"""The one loop over weeks, compiled: the same rules in the same order as `sim.model.schedule` lists them."""

from sim.model.declarations import NUMBER
from sim.model.jit import allocating, entry, rule
from sim.model.luck import phase_key
from sim.model.measures.weekly import close_week, map_structure, measure, survey
from sim.model.rules.alignment import talk, think
from sim.model.rules.changes import happen
from sim.model.rules.giving import give
from sim.model.rules.groups import gather, meet, seekers
from sim.model.rules.identity import belong, read_news
from sim.model.rules.membership import consider_leaving, newcomers, refer, stay_or_leave
from sim.model.rules.order import keyed_order, list_active
from sim.model.rules.production import plan, produce, turn_of_events
from sim.model.rules.reciprocity import learn
from sim.model.rules.trust import fade, reckon_upkeep
from sim.model.state import NEWCOMERS, SET, opened
from sim.model.weaving.policy import keep_in_touch, open_week, weave

ARRIVING, REFERRING, ATTENTION = (NUMBER[key] for key in ("arrival.base", "arrival.referral", "spreading.attention"))


@rule
def luck_of(phase, world):
    """The luck of a phase this week."""
    network = world.network
    return phase_key(network.seed, network.replicate, network.week, phase)


@rule
def at_most(number, world):
    """A parameter's value, or the highest that it is given this week if that is more."""
    most = world.settings[number]
    for n in range(len(world.changes)):
        change = world.changes[n]
        if change.week == world.network.week and change.what == SET and change.target == number:
            most = max(most, change.value)
    return most


@rule
def has_room(world):
    """Whether the tables have room for whatever the coming week may bring.

    Newcomers: those scheduled, at most 20 and five times the mean by themselves, and four times as many as expected
    brought along, 64 to spare.  Groups: everybody in two groups of their own.  Gifts: all that everybody can take in.
    """
    network = world.network
    coming = 84.0 + 5.0 * at_most(ARRIVING, world) * network.starters / 30.0
    coming += min(1.0, 4.0 * at_most(REFERRING, world)) * network.active
    for n in range(len(world.changes)):
        if world.changes[n].week == network.week and world.changes[n].what == NEWCOMERS:
            coming += world.changes[n].value
    if network.members + coming > len(world.members):
        return False
    people = network.active + coming
    if network.group_rows + people > len(world.groups) and 2.0 * people > len(world.groups):
        return False
    gifts = people * (at_most(ATTENTION, world) + 1.0)
    return len(world.ledger) == 0 or network.gifts_logged + gifts <= len(world.ledger)


@rule
def exchange(world, p):
    """First part of a week: what happens, what coordinators do, who gives to whom."""
    happen(world, p, luck_of(1, world))
    turn_of_events(world, p, luck_of(2, world))
    plan(world, p, luck_of(3, world))
    open_week(world, p, luck_of(4, world))
    luck = luck_of(5, world)
    for c in range(len(world.coordinators)):
        weave(c, world, p, luck)
    luck = luck_of(6, world)
    for place in range(keyed_order(world, luck)):
        give(int(world.scratch[place].order), world, p, luck)


@rule
def take_part(world, p):
    """Second part of a week: members learn, talk and gather in groups."""
    here = list_active(world)
    luck = luck_of(7, world)
    for n in range(here):
        read_news(int(world.listed[n]), world, p, luck)
    luck = luck_of(8, world)
    for n in range(here):
        learn(int(world.listed[n]), world, p, luck)
    luck = luck_of(9, world)
    for n in range(here):
        belong(int(world.listed[n]), world, p, luck)
    luck = luck_of(10, world)
    for n in range(here):
        talk(int(world.listed[n]), world, p, luck)
    luck = luck_of(11, world)
    for n in range(here):
        think(int(world.listed[n]), world, p, luck)
    luck = luck_of(12, world)
    for place in range(seekers(world, p, luck)):
        gather(int(world.scratch[place].order), world, p, luck)


@rule
def work(world, p):
    """Third part of a week: groups meet, produce, and may leave."""
    luck = luck_of(13, world)
    for g in range(world.network.group_rows):
        meet(g, world, p, luck)
    luck = luck_of(14, world)
    for g in range(world.network.group_rows):
        produce(g, world, p, luck)
    luck = luck_of(15, world)
    for g in range(world.network.group_rows):
        consider_leaving(g, world, p, luck)


@allocating
def come_and_go(world, p):
    """Last part of a week: members leave and join, ties fade, and everything is measured."""
    here = list_active(world)
    luck = luck_of(16, world)
    for n in range(here):
        stay_or_leave(int(world.listed[n]), world, p, luck)
    luck = luck_of(17, world)
    for n in range(here):
        refer(int(world.listed[n]), world, p, luck)
    newcomers(world, p, luck_of(18, world))
    luck = luck_of(19, world)
    for c in range(len(world.coordinators)):
        keep_in_touch(c, world, p, luck)
    here = list_active(world)
    luck = luck_of(20, world)
    for n in range(here):
        reckon_upkeep(int(world.listed[n]), world, p, luck)
    luck = luck_of(21, world)
    for n in range(here):
        fade(int(world.listed[n]), world, p, luck)
    measure(world, p, luck_of(22, world))
    survey(world, p, luck_of(23, world))
    map_structure(world, p, luck_of(24, world))
    close_week(world, p, luck_of(25, world))


@entry
def run_weeks(world, until, pause):
    """Run weeks until week `until`, or until a table might become too small for the next week.

    `pause`: stop also after the week in which the network is first seen to be generative.
    Returns True if it stopped because week `until` was reached, or for the pause.
    """
    p = world.parameters[0]
    view = opened(world)
    network = view.network
    while network.week < until:
        if not has_room(view):
            return False
        exchange(view, p)
        take_part(view, p)
        work(view, p)
        come_and_go(view, p)
        if pause and network.hold[3] == int(p.stages_hold) and network.reached[3] == network.week - int(p.stages_hold):
            return True
    return True
