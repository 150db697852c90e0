"""Scheduled changes: coordinators leave, budgets change, newcomers arrive, the problem shifts, members are lost or introduced."""

from sim.model.jit import rule
from sim.model.luck import of, uniform
from sim.model.rules.giving import get_acquainted
from sim.model.rules.membership import arrive_somewhere, depart
from sim.model.rules.production import shift_problem
from sim.model.rules.ties import slot_of
from sim.model.state import (
    COORDINATOR_MADE,
    INTRODUCE,
    LEAVE,
    LOSE,
    LOSE_MEMBER,
    NEWCOMERS,
    NOBODY,
    SCALE,
    SET,
    SHIFT,
)

BUDGET, HOURS, MONEY, HUB = range(4)  # What a budget change scales; BUDGET: hours and money.
ARRIVING = 1 << 20  # Random counter for scheduled newcomers.


@rule
def happen(world, p, luck):
    """Carry out this week's scheduled changes, in the scenario's order.

    Draws are keyed by the kind of change, not by its place in the list, so a strategy's changes do not affect other draws.
    """
    for n in range(len(world.changes)):
        change = world.changes[n]
        if change.week != world.network.week:
            continue
        if change.what == SET:
            set_parameter(int(change.target), change.value, world)
        elif change.what == SCALE:
            scale_budget(int(change.target), int(change.field), change.value, world)
        elif change.what == LEAVE:
            for c in range(len(world.coordinators)):
                if change.target == -1 or change.target == c:
                    world.coordinators[c].working = 0.0
        elif change.what == NEWCOMERS:
            for _ in range(int(change.value)):
                arrive_somewhere(world, p, of(luck, ARRIVING))
        elif change.what == SHIFT:
            shift_problem(change.value, world, of(luck, SHIFT))
        elif change.what == LOSE:
            lose_members(change.value, world, of(luck, LOSE))
        elif change.what == LOSE_MEMBER:
            lose_member(int(change.target), world)
        elif change.what == INTRODUCE:
            make_introduction(int(change.target), int(change.field), world, p, of(luck, INTRODUCE))


@rule
def set_parameter(number, value, world):
    """Set a parameter by its place in the declarations."""
    world.settings[number] = value


@rule
def scale_budget(target, field, factor, world):
    """Multiply coordinators' budgets by a factor.  `field`: BUDGET, HOURS, MONEY or HUB."""
    for c in range(len(world.coordinators)):
        if target != -1 and target != c:
            continue
        chief = world.coordinators[c]
        if field == BUDGET or field == HOURS:
            chief.hours *= factor
        if field == BUDGET or field == MONEY:
            chief.money *= factor
        if field == HUB:
            chief.hub_share = min(1.0, chief.hub_share * factor)


@rule
def lose_members(share, world, luck):
    """Remove a share of the active members from the network, drawn at random."""
    number = int(share * world.network.active + 0.5)
    for _ in range(number):
        found, highest = NOBODY, -1.0
        for i in range(world.network.members):
            if world.members[i].active == 1:
                u = uniform(luck, i)
                if u > highest:
                    found, highest = i, u
        if found != NOBODY:
            depart(found, world)
            world.tally.removed += 1


@rule
def lose_member(i, world):
    """Remove one member from the network, if it is still there."""
    if i < world.network.members and world.members[i].active == 1:
        depart(i, world)
        world.tally.removed += 1


@rule
def make_introduction(i, j, world, p, luck):
    """Introduce two members who get together for certain, unless one has left or they know each other.

    That not every introduction succeeds is for those to count who schedule it: `choice.success` is not drawn.
    """
    here = world.members[i].active == 1 and world.members[j].active == 1
    if here and slot_of(world, i, j) == NOBODY:
        get_acquainted(i, j, COORDINATOR_MADE, world, p, luck)
