"""Small scenarios for direction tests, and outcomes close to a mechanism, both by name."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.inputs.networks import build
from sim.inputs.scenario import Scenario
from sim.model import tie_rows
from sim.model.declarations import NUMBER
from sim.model.state import FOCUSES
from sim.model.world import build_world, run_to

FACILITATED = {"alignment.session_cost": 0.2}
COMMUNITIES = {"kind": "communities", "members": 40}
GROUPS = {
    "groups.founding": 0.1,
    "groups.join": 0.2,
    "groups.agreement": 0.6,
    "production.rate": 2.0,
    "production.failure": 0.4,
    "leaving.hazard": 0.002,
}
TALK = {"alignment.talk": 0.5, "alignment.dyad": 0.1, "alignment.notice": 0.0, "alignment.noise": 0.0}

SHIFTS = [{"week": week, "problem_shift": 0.2} for week in range(1, 104, 5)]


def levers(hours=20.0, **shares_and_fields):
    """Return a strategy that spends its hours on the named levers under every focus, with other fields as passed."""
    fields = {"hub_share", "in_person", "money", "convenings", "convening_first", "convening_share"}
    shares = {name: value for name, value in shares_and_fields.items() if name not in fields}
    fields_set = {name: value for name, value in shares_and_fields.items() if name in fields}
    return {"hours": hours, "hub_share": 0.0, "policy": "never", **dict.fromkeys(FOCUSES, shares), **fields_set}


# name: (weeks, network, parameters, strategy)
FIXTURES = {
    "short": (13, COMMUNITIES, {}, None),
    "plain": (40, COMMUNITIES, {}, None),
    "hopeful": (20, COMMUNITIES, {"members.expectation": 0.9, "members.memory": 0.0}, None),
    "disappointed": (20, COMMUNITIES, {"reciprocity.overhead": 3.0}, None),
    "belonging": (30, COMMUNITIES, {"members.identity": 0.9, "identity.fade": 0.0}, None),
    "crowded": (26, COMMUNITIES | {"degree": 14}, {"trust.comfortable": 1.0}, None),
    "names": (
        40,
        COMMUNITIES | {"degree": 10},
        {"spreading.fan": 0.0, "reciprocity.answer": 0.0},
        None,
    ),
    "connecting": (40, COMMUNITIES | {"degree": 5}, {"trust.decay": 0.015, "arrival.base": 0.5}, None),
    "starving": (40, COMMUNITIES, {"engagement.threshold": 2.5}, None),
    "organisations": (52, COMMUNITIES | {"organisations": 1.0}, {"leaving.hazard": 0.02}, None),
    "talking": (40, COMMUNITIES, TALK, None),
    "talking together": (40, COMMUNITIES, TALK | {"members.identity": 0.9, "identity.fade": 0.0}, None),
    "noticing": (30, COMMUNITIES, {}, None),
    "groups": (78, COMMUNITIES | {"degree": 8}, GROUPS, None),
    "practising groups": (78, COMMUNITIES | {"degree": 8}, GROUPS | {"members.ability": 0.9, "production.rate": 1.5}, None),
    "dear failures": (78, COMMUNITIES | {"degree": 8}, GROUPS | {"production.failure": 0.9}, None),
    "organisation": (104, {"kind": "organisation", "members": 40}, {}, {"coordinators": [], "changes": SHIFTS}),
    "fragments": (
        60,
        {"kind": "fragments", "members": 36, "size": 6},
        GROUPS | {"choice.beyond": 0.0, "arrival.base": 0.0, "breakaway.surplus": 0.0, "meeting.sector": 1.0},
        None,
    ),
    "hub": (40, COMMUNITIES, {}, levers(hub_share=0.7)),
    "triads": (40, COMMUNITIES, {}, levers(close_triads=1.0)),
    "bridgers": (40, COMMUNITIES, {}, levers(support_bridgers=1.0)),
    "clusters": (
        52,
        COMMUNITIES | {"members": 60, "degree": 6, "within": 0.9},
        {},
        levers(support_bridgers=1.0),
    ),
    "unconnected": (40, COMMUNITIES, {"arrival.base": 1.0}, levers(engage_unconnected=1.0)),
    "unconnected and groups": (
        52,
        COMMUNITIES | {"degree": 8},
        GROUPS | {"groups.join": 0.0, "arrival.base": 1.0},
        levers(engage_unconnected=1.0),
    ),
    "directory": (40, COMMUNITIES, {}, levers(directory=1.0)),
    "newsletter": (40, COMMUNITIES, {"identity.readers": 1.0, "identity.news": 0.1}, levers(newsletter=1.0)),
    "icebreakers": (30, COMMUNITIES, {}, levers(icebreakers=1.0)),
    "convening": (30, COMMUNITIES, {}, levers(hours=0.0, money=30000.0, convenings=4.0, convening_first=2)),
    "convening and triads": (
        30,
        COMMUNITIES,
        {},
        levers(close_triads=1.0, money=30000.0, convenings=4.0, convening_first=2),
    ),
    "sessions": (52, COMMUNITIES | {"degree": 8}, GROUPS | FACILITATED | {"groups.agreement": 1.0}, levers(facilitation=1.0)),
    "sessions in person": (
        52,
        COMMUNITIES | {"degree": 8},
        GROUPS | FACILITATED | {"groups.agreement": 1.0},
        levers(facilitation=1.0, in_person=1.0, money=100000.0),
    ),
    "channels": (78, COMMUNITIES | {"degree": 8}, GROUPS | {"production.alone": 0.05}, levers(channels=1.0)),
    "group support": (52, COMMUNITIES | {"degree": 8}, GROUPS, levers(group_support=1.0)),
}  # fmt: skip


@cache
def scenario_of(name):
    """Return the scenario of a fixture."""
    weeks, network, parameters, strategy = FIXTURES[name]
    nested: dict = {}
    for key, value in parameters.items():
        group, _, short = key.partition(".")
        nested.setdefault(group, {})[short] = value
    strategies = {"it": {"coordinators": []} if strategy is None else strategy}
    return Scenario.from_document({"weeks": weeks, "network": network, "strategies": strategies, **nested})


@cache
def start_of(name, replicate):
    """Return the start network of a fixture."""
    return build(scenario_of(name).network, 11, replicate)


def run(name, key, value, replicate):
    """Run a fixture with one parameter set to `value`, and return the world."""
    scenario = scenario_of(name)
    settings = scenario.settings()
    settings[NUMBER[key]] = value
    coordinators, changes = scenario.coordinator_records("it"), scenario.change_records("it")
    world = build_world(start_of(name, replicate), settings, coordinators, changes, scenario.weeks, 11, replicate)
    return run_to(world, scenario.weeks)


# Outcomes.


def active(world):
    """Return the rows of active members."""
    members = world.members[: world.network[0].members]
    return members[members.active == 1]


def halves(world):
    """Return both halves of every tie."""
    return world.ties[tie_rows.halves(world).place]


def owners(world):
    """Return the row of the member at whose end each half of `halves` is."""
    return np.repeat(np.arange(world.network[0].members), world.members.degree[: world.network[0].members])


def same_sector(world):
    """Return whether the two ends of each half are in one sector."""
    return world.members.sector[owners(world)] == world.members.sector[halves(world).other]


def likenesses(world):
    """Return how close the outlooks of the two ends of each half are."""
    outlook = world.members.outlook
    return -((outlook[owners(world)] - outlook[halves(world).other]) ** 2).sum(axis=1)


def trust_back(world):
    """Return the trust at the other end of each half."""
    return world.ties.trust[world.first[halves(world).other] + halves(world).mirror]


def difference(values, where):
    """Return the mean of the values in some places minus that in the others."""
    return float(values[where].mean() - (values[~where].mean() if not where.all() else 0.0))


def correlated(a, b):
    """Return the correlation of two arrays."""
    return float(np.corrcoef(a, b)[0, 1])


def alive_groups(world):
    """Return the existing groups."""
    groups = world.groups[: world.network[0].group_rows]
    return groups[groups.alive == 1]


def member_mean(name):
    """Return a function for the mean of a field over active members."""
    return lambda world: float(active(world)[name].mean())


def within_sectors(world):
    """Return the standard deviation of viewpoints within a sector, averaged over sectors."""
    here = active(world)
    return float(np.mean([here.viewpoint[here.sector == s].std(axis=0).mean() for s in np.unique(here.sector)]))


def off_problem(world):
    """Return the mean distance of viewpoints from the problem."""
    return float(np.hypot(*(active(world).viewpoint - world.network[0].problem).T).mean())


def correlation(a, b):
    """Return a function for the correlation of two fields over active members."""
    return lambda world: float(np.corrcoef(active(world)[a], active(world)[b])[0, 1])


def stage(place):
    """Return a function for the weeks to a stage, or the horizon if it was not reached (a restricted time)."""

    def outcome(world):
        reached = int(world.network[0].reached[place])
        return float(reached if reached >= 0 else world.network[0].week)

    return outcome


def weekly_sum(*names):
    """Return a function for the sum of weekly counts over the run."""
    return lambda world: float(sum(world.weekly[name].sum() for name in names))


def value_a_gift(world):
    """Return the mean value of a first gift."""
    return float(world.weekly.value_first.sum() / world.weekly.gifts.sum())


SPECIAL = {
    "generosity sd": lambda world: float(active(world).generosity.std()),
    "activity cv": lambda world: float(active(world).activity.std() / active(world).activity.mean()),
    "generous giving": correlation("generosity", "given"),
    "giving to givers": correlation("given", "received"),
    "views apart": lambda world: float(active(world).viewpoint.std(axis=0).mean()),
    "views apart in sectors": within_sectors,
    "off the problem": off_problem,
    "agenda off": lambda world: float(np.hypot(*(world.network[0].agenda - world.network[0].problem))),
    "problem moved": lambda world: float(np.hypot(*(world.network[0].problem - 0.5))),
    "ability": member_mean("ability"),
    "stock": member_mean("stock"),
    "network value": member_mean("network_value"),
    "bridging": member_mean("bridging"),
    "resources to give": lambda world: float(active(world).endowment[:, 3].mean()),
    "known": lambda world: float(halves(world).known.mean()),
    "balances": lambda world: float(np.abs(halves(world).owed).mean()),
    "trust unequal": lambda world: float(halves(world).trust.std()),
    "contacts across": lambda world: float(
        halves(world).contacts[halves(world).common == 0].sum() / halves(world).contacts.sum()
    ),
    "trust in the sector": lambda world: difference(halves(world).trust, same_sector(world)),
    "trust among the like": lambda world: correlated(halves(world).trust, likenesses(world)),
    "trust in the popular": lambda world: correlated(
        halves(world).trust, world.members.popularity[halves(world).other]
    ),
    "trust returned": lambda world: correlated(halves(world).trust, trust_back(world)),
    "new ties in sectors": lambda world: float(same_sector(world)[halves(world).made > 0].mean()),
    "contacts": lambda world: float(halves(world).contacts.mean()),
    "bonds": lambda world: float(world.bonds.trust[:, : world.network[0].members].mean()),
    "channel": lambda world: float(world.network[0].channel),
    "size of groups": lambda world: float(np.mean(alive_groups(world)["seated"])) if len(alive_groups(world)) else 0.0,
    "group resources": lambda world: float(alive_groups(world).resources.sum()),
    "value a gift": value_a_gift,
    "failures": weekly_sum("pilots_failed", "projects_failed"),
    "pilots": weekly_sum("pilots_done", "pilots_failed"),
    "connected": stage(0),
    "aligned": stage(1),
    "producing": stage(2),
    "generative": stage(3),
}


def outcome_of(world, name):
    """Return an outcome by name: `sum`, `mean` or `end` of a weekly measure (as in `sum gifts`), or one of `SPECIAL`."""
    if name in SPECIAL:
        return SPECIAL[name](world)
    how, _, measure = name.partition(" ")
    weeks = world.weekly[measure]
    return float({"sum": np.nansum, "mean": np.nanmean, "end": lambda values: values[-1]}[how](weeks))
