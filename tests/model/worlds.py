"""Small constructed worlds for tests, single phases, and a check of the invariants of every world."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sim.model.declarations import NUMBER, defaults
from sim.model.levers import LEVERS
from sim.model.luck import phase_key
from sim.model.schedule import PHASES
from sim.model.start import new_network, numbered, sorted_ties
from sim.model.state import CHANGE, COORDINATOR, GROUP_SLOTS, NEVER, NOBODY, ORIGINS, View, World
from sim.model.steps import STEPS, act
from sim.model.steps import take_seat as sit_down
from sim.model.tie_rows import half, halves
from sim.model.world import build_world, fields_hash, fields_in_use

TRIANGLE = [(0, 1), (0, 2), (1, 2)]


def complete(*members):
    """Return every pair of the members as a tie."""
    return list(combinations(members, 2))


def coordinator(**fields):
    """Return a coordinator's record: ten hours, always connecting, and shares of 0 for all levers not given by name."""
    record = COORDINATOR.empty(1)
    one = record[0]
    one.working, one.hours, one.hour_cost, one.policy = 1.0, 10.0, 50.0, NEVER
    for name, value in fields.items():
        if name in LEVERS:
            for stage in ("connect", "align", "produce"):
                one[stage][LEVERS[name].number] = value
        else:
            one[name] = value
    return record


def even_shares():
    """Return equal shares of hours for all levers, with some hours left unassigned."""
    return dict.fromkeys(LEVERS, 1 / (len(LEVERS) + 1))


def change(week, what, target=-1, field=0, value=0.0):
    """Return the record of a scheduled change."""
    record = CHANGE.empty(1)
    one = record[0]
    one.week, one.what, one.target, one.field, one.value = week, what, target, field, value
    return record


def joined(records, layout):
    """Return records joined into one array."""
    return np.concatenate(records).view(np.recarray) if records else layout.empty(0)


def make_world(
    n,
    ties=(),
    *,
    given=None,
    coordinators=(),
    changes=(),
    kinds=None,
    sectors=None,
    tree=None,
    weeks=60,
    seed=1,
    replicate=0,
    ledger=False,
    even=True,
):
    """Return a world of `n` members before its first week.

    `given`: parameters by key.  `coordinators`, `changes`: records of `coordinator` and `change`.  `even`: everybody
    alike (see `level`), so that what differs is what a test sets.
    """
    values = defaults()
    for key, value in (given or {}).items():
        values[NUMBER[key]] = value
    start = new_network(
        sorted_ties(np.array(list(ties), np.int32).reshape(-1, 2)),
        names=numbered("member", 0, n),
        source="a test",
        sector=np.zeros(n, np.int32) if sectors is None else np.array(sectors, np.int32),
        kind=np.zeros(n, np.int8) if kinds is None else np.array(kinds, np.int8),
        tree_parent=None if tree is None else np.array(tree, np.int32),
    )
    everybody, happening = joined(list(coordinators), COORDINATOR), joined(list(changes), CHANGE)
    world = build_world(start, values, everybody, happening, weeks, seed, replicate, ledger)
    if even:
        level(world)
    return world


def level(world):
    """Make all members identical: average traits, central viewpoints, no exchange so far."""
    members = world.members[: world.network[0].members]
    members.generosity, members.activity, members.silence = 0.5, 2.0, np.exp(-2.0)
    members.engagement, members.expectation, members.identity = 0.65, 0.5, 0.2
    members.ability, members.initiative = 0.4, 0.25
    members.endowment, members.need, members.viewpoint = 0.65, 0.65, 0.5


def eager(world, *rows):
    """Make members give on nearly every one of many occasions."""
    for i in rows or range(world.network[0].members):
        me = world.members[i]
        me.generosity, me.expectation, me.identity, me.engagement, me.initiative = 1.0, 1.0, 1.0, 1.0, 1.0
        me.activity, me.silence = 20.0, np.exp(-20.0)


def view(world: World) -> View:
    """Return the world as rules see it, for calling a rule that is not a phase."""
    return View(
        network=world.network[0],
        tally=world.tally[0],
        **{name: getattr(world, name) for name in View._fields if name not in ("network", "tally")},
    )


def parameters(world):
    """Return the record of parameters, as rules receive it."""
    return world.parameters[0]


def luck_of(world, name):
    """Return the random key of a phase in the world's current week."""
    network = world.network[0]
    key = phase_key(int(network.seed), int(network.replicate), int(network.week), PHASES[name].number)
    return np.uint64(key)


def lucks(number, seed=7):
    """Return some independent random keys."""
    return [np.uint64(phase_key(seed, n, 0, 0)) for n in range(number)]


def do(world, name, row=None, luck=None):
    """Run a phase for one row, or for all its actors."""
    luck = luck_of(world, name) if luck is None else luck
    step, who, network = STEPS[name], PHASES[name].who, world.network[0]
    if who == "network":
        step(world, luck)
        return
    numbers = {
        "coordinator": len(world.coordinators),
        "group": network.group_rows,
        "member": network.members,
        "member in keyed order": network.members,
    }
    for one in range(int(numbers[who])) if row is None else (row,):
        step(one, world, luck)


def act_once(world, lever, luck):
    """Let the first coordinator use a lever once; return the hours used."""
    return act(0, LEVERS[lever].number, world, luck)


def turn_page(world, weeks=1):
    """Advance the week without running any phase."""
    world.network[0].week += weeks


def row_of(world, i):
    """Return the places of a member's ties, in order of slots."""
    first = int(world.first[i])
    return slice(first, first + int(world.members[i].degree))


def slot(world, i, j):
    """Return the slot of the tie to `j` in the row of `i`, or -1, by plain search."""
    found = [s for s in range(world.members[i].degree) if half(world, i, s).other == j]
    assert len(found) <= 1
    return found[0] if found else NOBODY


def tie(world, i, j):
    """Return the first member's half of the tie between two members."""
    s = slot(world, i, j)
    assert s != NOBODY, f"{i} and {j} are not tied"
    return half(world, i, s)


def tied(world, i, j):
    """Return whether two members are tied."""
    return slot(world, i, j) != NOBODY


def set_trust(world, value, *pairs):
    """Set trust at both ends of the given pairs' ties, or of all ties, and sum up each member's trust."""
    for i in range(world.network[0].members):
        for s in range(world.members[i].degree):
            other = int(half(world, i, s).other)
            if not pairs or (i, other) in pairs or (other, i) in pairs:
                half(world, i, s).trust = value
        world.members[i].strength = world.ties[row_of(world, i)].trust.sum()


def seat(world, g, *members):
    """Let members join a group."""
    for i in members:
        assert sit_down(i, g, world)


def make_group(world, *members, phase=0, topic=(0.5, 0.5), **fields):
    """Make a working group of the given members; return its row."""
    network = world.network[0]
    g = int(network.group_rows)
    network.group_rows += 1
    group = world.groups[g]
    group.alive, group.in_network, group.phase, group.kind = 1, 1, phase, NOBODY
    group.serial, group.scale, group.last_output, group.ended = network.groups, 1.0, -1000, NOBODY
    group.topic = topic
    network.groups += 1
    for name, value in fields.items():
        group[name] = value
    seat(world, g, *members)
    return g


def counted(world, name):
    """Return a count of this week's tally."""
    value = world.tally[0][name]
    return value.tolist()


def world_hash(world):
    """Return a hash of a world's state and weekly table."""
    fields = fields_in_use(world)
    return fields_hash({name: values for name, values in fields.items() if not name.startswith(("maps.", "ledger."))})


def weekly(world, name):
    """Return a weekly measure for the weeks run so far."""
    return np.array(world.weekly[name][: world.network[0].week])


# Invariants of every world.


def check_world(world):
    """Check the invariants after a week that was run (not after `turn_page`): ties, groups, counts and bounds."""
    check_ties(world)
    check_groups(world)
    check_counts(world)
    check_bounds(world)


def check_ties(world):
    """Check that every tie is in both rows with correct mirrors, without duplicates or self-ties."""
    number, week = int(world.network[0].members), int(world.network[0].week)
    floor = float(world.parameters[0].trust_floor)
    organisation = float(world.parameters[0].organisation_fixed) > 0.0
    members = world.members[:number]
    degree = members.degree
    assert ((degree >= 0) & (degree <= world.room[:number]) & (world.room[:number] <= len(world.draws))).all()
    assert not degree[members.active == 0].any(), "somebody left but still has ties"
    i, s, places = halves(world)
    half = world.ties.view(np.ndarray)[places]
    j, mirror = half["other"], half["mirror"]
    assert (world.contacts[places] == j).all(), "packed contacts differ"
    assert ((j >= 0) & (j < number) & (j != i)).all() and (members.active[j] == 1).all()
    linked = np.zeros((number, number), np.float32)
    np.add.at(linked, (i, j), 1)
    assert linked.max(initial=0) <= 1, f"duplicate ties: {np.argwhere(linked > 1)}"
    assert (half["common"] == (linked @ linked.T)[i, j]).all(), "contacts in common are miscounted"
    assert ((mirror >= 0) & (mirror < degree[j])).all()
    back = world.ties.view(np.ndarray)[world.first[j] + mirror]
    assert ((back["other"] == i) & (back["mirror"] == s)).all(), "halves do not know each other"
    for name in ("last", "common", "origin", "made"):
        differ = half[name] != back[name]
        assert not differ.any(), f"{name} differs at the ends of {i[differ]}-{j[differ]}"
    for name in ("trust", "known"):
        assert ((half[name] >= 0.0) & (half[name] <= 1.0)).all(), name
    assert (half["owed"] >= 0.0).all()
    strongest = np.maximum(half["trust"], back["trust"])
    assert organisation or ((strongest >= floor) | (half["last"] >= week - 1)).all()
    assert ((half["origin"] >= 0) & (half["origin"] < len(ORIGINS))).all() and np.isin(half["gave"], (0, 1)).all()


def check_groups(world):
    """Check that members and groups agree, no member is twice in a group or in three, and ended groups are empty."""
    network = world.network[0]
    for g in range(network.group_rows):
        group = world.groups[g]
        seated = group.members[: group["seated"]].tolist()
        assert len(set(seated)) == len(seated) and 0 <= group["seated"] <= len(group.members)
        assert group.alive in (0, 1) and (group.alive == 1 or group["seated"] == 0)
        for i in seated:
            assert world.members[i].active == 1 and list(world.members[i].groups).count(g) == 1
    for i in range(network.members):
        assert world.members[i].groups[0] != NOBODY or world.members[i].groups[1] == NOBODY, (
            "a second seat and no first"
        )
        for a in range(GROUP_SLOTS):
            g = int(world.members[i].groups[a])
            assert g == NOBODY or (
                world.groups[g].alive == 1 and i in world.groups[g].members[: world.groups[g]["seated"]]
            )
    assert not world.groups[network.group_rows :].alive.any()
    alive = world.groups[: network.group_rows][world.groups[: network.group_rows].alive == 1]
    assert len(set(alive.serial.tolist())) == len(alive)


def check_counts(world):
    """Check that counts in the network's record agree with the rows."""
    network = world.network[0]
    members = world.members[: network.members]
    assert network.active == int(members.active.sum())
    assert not world.members[network.members :].active.any()
    assert (members.left[members.active == 1] == NOBODY).all() and (members.left[members.active == 0] >= 0).all()
    last = world.weekly[network.week - 1] if network.week else None
    if last is not None:
        assert last.members == network.active
        assert 2 * last.ties == int(members.degree.sum())


def check_bounds(world):
    """Check that shares are within [0, 1] and all values are finite."""
    network = world.network[0]
    members = world.members[: network.members]
    for name in ("engagement", "identity", "ability", "expectation", "initiative", "generosity", "bridging"):
        values = members[name]
        assert ((values >= 0.0) & (values <= 1.0)).all(), f"{name} leaves [0, 1]: {values.min()}, {values.max()}"
    assert ((members.viewpoint >= 0.0) & (members.viewpoint <= 1.0)).all()
    assert ((members.need >= 0.0) & (members.need <= 1.0)).all() and (members.endowment >= 0.0).all()
    for name in ("given", "received", "stock", "cost", "group_value", "network_value"):
        assert (members[name] >= 0.0).all() and np.isfinite(members[name]).all(), name
    groups = world.groups[: network.group_rows]
    for name in ("cohesion", "agreement"):
        assert ((groups[name] >= 0.0) & (groups[name] <= 1.0 + 1e-12)).all(), name
    assert ((network.standing >= 0.0) & (network.standing <= 1.0)).all()
    held = members.practice > 0
    assert (members.tries >= 0.0).all() and ((members.seems == 0.0) | held).all() and (members.seems >= 0.0).all()
    for row in members.practice:
        assert len(set(row[row > 0].tolist())) == np.sum(row > 0), "a practice is held twice"
    assert ((network.problem >= 0.0) & (network.problem <= 1.0)).all()
    assert 0.0 <= network.directory <= 1.0 and 0.0 <= network.channel <= 1.0
    bonds = world.bonds[:, : network.members].trust
    assert ((bonds >= 0.0) & (bonds <= 1.0)).all()
    for chief in world.coordinators:
        assert chief.purse >= 0.0 and (chief.bank >= -1e-9).all() and chief.spare >= 0.0
