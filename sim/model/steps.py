"""Entries: what Python may call of the compiled model.

`STEPS` has one entry a phase, for one row; below it are the acts that an agent's own rule may carry out.  The Mesa agents
of `sim.model.agent_model` call the rules through them, a row at a time: one rule, two callers.  Last come the entries
that fill a new world.  Entries take a `World` and luck as an np.uint64 (numba would take a large Python int for a
negative number).
"""

import math

import numpy as np

from sim.model.engine import has_room
from sim.model.jit import Compiled, entry, entry_from
from sim.model.luck import of
from sim.model.rules import giving, groups, members, membership, order
from sim.model.rules.chemistry import key_of_chemistry, resemble_contacts
from sim.model.rules.trust import initial_trust
from sim.model.rules.trust import make_tie as tie_members
from sim.model.schedule import SCHEDULE, Phase
from sim.model.state import ALIGNING, GROUP_SIZE_LIMIT, LONG_AGO, MEMBER_MADE, NOBODY, OUTPUTS, START, opened
from sim.model.weaving import policy

CENTRE = 0.5  # of viewpoint space, where problem and agenda lie at first


def rule(*arguments):
    """Stand in for a phase's rule in the two templates below."""


def step_of_row(row, world, luck):
    """Carry out a phase for one member, coordinator or group."""
    rule(row, opened(world), world.parameters[0], luck)


def step_of_network(world, luck):
    """Carry out a phase of the network as a whole."""
    rule(opened(world), world.parameters[0], luck)


def step(phase: Phase) -> Compiled:
    """Return the entry of a phase: `(world, luck)` for the network, else `(row, world, luck)`."""
    return entry_from(step_of_network if phase.who == "network" else step_of_row, phase.name, rule=phase.rule)


STEPS: dict[str, Compiled] = {phase.name: step(phase) for phase in SCHEDULE}
"""The entry of every phase of `sim.model.schedule`, by the phase's name."""


# Acts of agents whose rules are overridden; their consequences follow the model's rules.


@entry
def members_in_order(world, luck):
    """Put the active members into `scratch.order` as they act in a phase in keyed order; returns how many there are."""
    return order.keyed_order(opened(world), luck)


@entry
def give_to(i, j, kind, world, luck):
    """A member gives to another; a first gift to a stranger makes a tie.  Returns whether the gift met attention."""
    view, p = opened(world), world.parameters[0]
    s = tie_members(i, j, p.trust_first, 0.0, p.meeting_learn, MEMBER_MADE, view, p)
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
    return tie_members(i, j, trust, trust, p.meeting_learn, origin, view, p) != NOBODY


@entry
def found_group(i, world):
    """A member founds a group with contacts it trusts and agrees with; return whether there were enough."""
    view = opened(world)
    if groups.found(i, view, world.parameters[0]) == 0:
        return False
    view.tally.work_members += 1.0
    return True


@entry
def take_seat(i, g, world):
    """A member joins a group if both have a place left; return whether it joined."""
    return groups.take_seat(i, g, opened(world)) == 1


@entry
def leave_group(i, g, world):
    """A member gives up its place in a group."""
    groups.leave_group(i, g, opened(world))


@entry
def dissolve(g, world):
    """A group ends."""
    view = opened(world)
    groups.dissolve(g, view)
    view.tally.groups_dissolved += 1


@entry
def leave_network(i, world):
    """A member leaves the network by choice, and loses its ties and places in groups."""
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


def own_key(luck: np.uint64, n: int) -> np.uint64:
    """Return the `n`-th sub-key of a key, as entries take it."""
    return np.uint64(of(luck, np.uint64(n)))


# A new world.


@entry
def enter(world, kind, sector, late, room, seed, replicate):
    """Let the first members enter, each with an empty row with `room` for so many ties.  `late`: whether it is a newcomer."""
    network = world.network[0]
    network.seed, network.replicate = seed, replicate
    for i in range(len(kind)):
        me = world.members[i]
        me.kind, me.sector = kind[i], sector[i]
        me.starter = 1 - int(late[i])
        network.starters += me.starter
        network.sectors = max(network.sectors, sector[i] + 1)
        world.first[i], world.room[i] = network.tie_places, room[i]
        network.tie_places += room[i]
    network.members, network.active = len(kind), len(kind)


@entry
def populate(world, ties_at_start, strength, viewpoint):
    """Give all members traits, and tie those who are tied: trust at each end by its strength relative to the mean."""
    p = world.parameters[0]
    world = opened(world)
    network = world.network
    network.problem[0], network.problem[1] = CENTRE, CENTRE
    network.agenda[0], network.agenda[1] = CENTRE, CENTRE
    network.chemistry = key_of_chemistry(network.seed, network.replicate)
    for kind in range(len(OUTPUTS)):
        network.last_of_kind[kind] = LONG_AGO
    for stage in range(len(network.reached)):
        network.reached[stage], network.fallen[stage] = -1, -1
    for i in range(network.members):
        members.draw_traits(i, world, p)
        if not math.isnan(viewpoint[i, 0]):
            world.members[i].viewpoint[0], world.members[i].viewpoint[1] = viewpoint[i, 0], viewpoint[i, 1]
    for t in range(len(ties_at_start)):
        i, j = int(ties_at_start[t, 0]), int(ties_at_start[t, 1])
        mine, theirs = initial_trust(strength[t, 0], p), initial_trust(strength[t, 1], p)
        tie_members(i, j, mine, theirs, max(mine, theirs), START, world, p)
    world.tally.new_ties[START] = 0
    resemble_contacts(world)


@entry
def staff_teams(world, parent):
    """Form an organisation's teams: every manager with those who report to them, at work from the first week."""
    world = opened(world)
    for manager in range(len(parent)):
        g = NOBODY
        for i in range(len(parent)):
            if parent[i] == manager:
                if g == NOBODY:
                    g = groups.new_group(manager, world)
                    world.groups[g].phase = ALIGNING
                if world.groups[g].seated < GROUP_SIZE_LIMIT:
                    groups.take_seat(i, g, world)
    world.tally.groups_founded = 0
