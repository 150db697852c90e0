"""Policy: which levers a coordinator pulls in a week, for how many hours, and when it moves its focus on."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.model.jit import by_number, hot, linked, rule
from sim.model.levers import LEVERS, Lever
from sim.model.luck import of
from sim.model.rules.trust import faded
from sim.model.state import ALIGN, BY_READINESS, BY_WEEK, CONNECT, PRODUCE
from sim.model.weaving.convening import convene, is_due

WEEKS_A_YEAR = 52
LEVER_COUNT = len(LEVERS)
CONTINUOUS = tuple(lever.continuous for lever in LEVERS.values())
ONCE_A_WEEK = tuple(lever.once for lever in LEVERS.values())
PROMPTING = tuple(lever.number for lever in LEVERS.values() if lever.prompts)

MOST_ACTS = 400  # Most acts of a lever in a week: bounds the loop if a price is close to 0.
FULL_PROMPTING_HOURS = 4.0  # Weekly hours at which prompting of members to found groups is full.
SPARE_WEEKS = 4.0  # Most spare hours that can be carried over, in weeks of hours.
CONVENING_LUCK = 20  # Counter of a coordinator's luck for convenings; those below belong to the levers.
assert LEVER_COUNT <= CONVENING_LUCK


def action_of(lever: Lever) -> Callable[..., Any]:
    """Return the function named by a lever's entry."""
    module, name = lever.action.split(".")
    return getattr(import_module(f"sim.model.weaving.{module}"), name)


def price_rule(keys: tuple[str, ...]) -> Callable[..., float]:
    """Return a function of the parameters that gives the highest of those named."""
    field, others = keys[0].replace(".", "_"), keys[1:]
    if not others:
        return linked(lambda p: p[field])
    highest = price_rule(others)
    return linked(lambda p: max(p[field], highest(p)))


ACTING = [lever for lever in LEVERS.values() if not lever.continuous]
act = by_number({lever.number: action_of(lever) for lever in ACTING})
"""`act(lever, c, world, p, luck)`: one act of a lever; returns the hours it took, 0.0 if there was nothing to do."""
price_of = by_number({lever.number: price_rule(lever.price) for lever in ACTING})
"""`price_of(lever, p)`: hours that a lever's next act takes, at most."""
use_hours = by_number({lever.number: action_of(lever) for lever in LEVERS.values() if lever.continuous})
"""`use_hours(lever, hours, world, p)`: spend hours on a lever that uses them continuously."""


@rule
def move_on(c, world):
    """Move a coordinator's focus: by week, by readiness (never back), or never away from connecting (CAP)."""
    chief, network = world.coordinators[c], world.network
    if chief.policy == BY_WEEK:
        week = network.week
        chief.focus = PRODUCE if week >= chief.produce_week else ALIGN if week >= chief.align_week else CONNECT
    elif chief.policy == BY_READINESS:
        if chief.focus == CONNECT:
            enough = network.readiness_ties >= min(chief.ready_ties, network.active - 1.0)
            if enough and network.readiness_connected >= chief.ready_connected:
                chief.focus = ALIGN
        elif chief.focus == ALIGN and network.readiness_aligned >= chief.ready_aligned:
            chief.focus = PRODUCE


@hot
def share_of(c, lever, world):
    """Return the share of its hours that a coordinator spends on a lever with its present focus."""
    chief, focus = world.coordinators[c], world.coordinators[c].focus
    if focus == CONNECT:
        return chief.connect[lever]
    if focus == ALIGN:
        return chief.align[lever]
    return chief.produce[lever]


@rule
def open_week(world, p, luck):
    """Update what coordinators offer together, before any of them acts: routing, prompting, the state of directory and channels."""
    network = world.network
    network.hub_share, network.prompting, network.issue = 0.0, 0.0, 0.0
    network.directory *= 1.0 - p.mass_directory_decay
    network.channel *= 1.0 - p.support_channel_decay
    for i in range(network.members):
        world.members[i].bridging *= 1.0 - p.members_memory
    for c in range(len(world.coordinators)):
        if world.coordinators[c].working == 0.0:
            continue
        move_on(c, world)
        network.hub_share = max(network.hub_share, world.coordinators[c].hub_share)
        prompting = 0.0
        for lever in PROMPTING:
            prompting += share_of(c, lever, world)
        hours = prompting * world.coordinators[c].hours
        network.prompting = min(1.0, network.prompting + hours / FULL_PROMPTING_HOURS)


@rule
def weave(c, world, p, luck):
    """A coordinator shares its hours, minus those spent on relaying gifts, out over levers, and may hold a convening.

    A lever acts as soon as its banked hours suffice.  Unused hours are carried over to next week.
    """
    chief, tally = world.coordinators[c], world.tally
    if chief.working == 0.0:
        return
    if world.network.week % WEEKS_A_YEAR == 0:
        chief.purse += chief.money
    tally.hours += chief.hours
    tally.wages += chief.hours * chief.hour_cost
    hours = max(0.0, chief.hours - chief.owing) + chief.spare
    chief.owing = max(0.0, chief.owing - chief.hours)
    chief.spare = 0.0
    mine = of(luck, c)
    for lever in range(LEVER_COUNT):
        share = share_of(c, lever, world)
        chief.bank[lever] += share * hours
        if share > 0.0 and chief.bank[lever] > 0.0:
            pull(c, lever, world, p, of(mine, lever))
        elif share == 0.0:
            chief.spare += chief.bank[lever]
            chief.bank[lever] = 0.0
    chief.spare = min(chief.spare, SPARE_WEEKS * chief.hours)
    if is_due(c, world):
        convene(c, world, p, of(mine, CONVENING_LUCK))


@rule
def pull(c, lever, world, p, luck):
    """Spend a lever's hours: continuously, or act by act."""
    chief = world.coordinators[c]
    if CONTINUOUS[lever]:
        use_hours(lever, chief.bank[lever], world, p)
        chief.bank[lever] = 0.0
        return
    price = price_of(lever, p)
    acts = 0
    while chief.bank[lever] >= price and acts < MOST_ACTS:
        spent = act(lever, c, world, p, of(luck, acts))
        acts += 1
        if spent == 0.0:
            chief.spare += chief.bank[lever]
            chief.bank[lever] = 0.0
            return
        chief.bank[lever] -= spent
        if ONCE_A_WEEK[lever]:
            return


@rule
def keep_in_touch(c, world, p, luck):
    """Trust between a coordinator and members without contact this week fades: at a comfortable load, without silence."""
    week = world.network.week
    for i in range(world.network.members):
        bond = world.bonds[c, i]
        if bond.last < week:
            bond.trust = max(0.0, faded(bond.trust, 1.0, False, 0, p))
