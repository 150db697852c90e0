"""What must hold in every network after every week, whatever its settings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.model.state import KINDS, World
from sim.model.tie_rows import halves
from sim.model.world import STATE, fields_in_use

SLACK = 1e-9
"""Share by which sums in another order may differ."""


def violations(world: World, hours: float = np.inf, money: float = np.inf) -> list[str]:
    """Return one sentence for each violation.  `hours`: most a week, `money`: dollars a year, all coordinators together."""
    return [*ties(world), *counts(world), *gifts(world), *budgets(world, hours, money), *numbers(world)]


def ties(world: World) -> Iterator[str]:
    """Every tie is in the rows of both its members, once, and nobody has one to somebody who left."""
    number = int(world.network[0].members)
    degree, active = world.members.degree[:number], world.members.active[:number].astype(bool)
    first, room = world.first[:number].astype(np.int64), world.room[:number]
    if (
        (degree < 0) | (degree > room) | (room > len(world.draws)) | (first + room > world.network[0].tie_places)
    ).any():
        yield "a member has more ties than there is room for"
        return
    taken = np.argsort(first[room > 0])
    if ((first + room)[room > 0][taken][:-1] > first[room > 0][taken][1:]).any():
        yield "two members' rows of ties overlap"
        return
    if degree[~active].any():
        yield "somebody who left has ties"
    here, slot, place = halves(world)
    other, mirror = world.ties.other[place], world.ties.mirror[place]
    if ((other < 0) | (other >= number) | (other == here)).any():
        yield "a tie leads to nobody, or to its own member"
        return
    if not active[other].all():
        yield "a tie leads to somebody who left"
    if ((mirror < 0) | (mirror >= degree[other])).any():
        yield "a tie has no mirror"
        return
    back = world.ties[first[other] + mirror]
    if (back["other"] != here).any() or (back["mirror"] != slot).any():
        yield "the two halves of a tie do not match"
    if (world.contacts[place] != other).any():
        yield "the list of contacts differs from the ties"
    if len(np.unique(here * np.int64(number) + other)) < len(here):
        yield "two members have two ties"


def counts(world: World) -> Iterator[str]:
    """Members are those at the start and who joined, without those who left."""
    network = world.network[0]
    number, week = int(network.members), int(network.week)
    active, weekly = world.members.active[:number], world.weekly[:week]
    if int(active.sum()) != network.active or world.members.active[number:].any():
        yield "the count of active members is wrong"
    if not week:
        return
    if int(world.members.degree[:number].sum()) != 2 * weekly["ties"][-1]:
        yield "the count of ties is wrong"
    left = weekly["dropped_out"] + weekly["removed"] + weekly["broken_away"]
    if not np.array_equal(np.diff(weekly["members"]), (weekly["newcomers"] - left)[1:]):
        yield "members do not balance: those of last week, and who joined, without who left"


def gifts(world: World) -> Iterator[str]:
    """What is given is what is taken: every gift of the ledger, if it is kept, is in the weekly measures."""
    network = world.network[0]
    weekly = world.weekly[: int(network.week)]
    if not np.array_equal(sum(weekly[f"gifts_{kind}"] for kind in KINDS), weekly["gifts"]):
        yield "gifts by kind do not sum to all gifts"
    if not len(world.ledger):
        return
    ledger = world.ledger[: int(network.gifts_logged)]
    first = ledger["hops"] == 0
    for name, rows in (("gifts", first), ("passed_on", ~first)):
        taken = np.bincount(ledger["week"][rows], minlength=len(weekly))
        if not np.array_equal(taken, weekly[name]):
            yield f"gifts taken are not the {name.replace('_', ' ')} given"
    for name, rows in (("value_first", first), ("value_received", np.ones(len(ledger), bool))):
        value = np.bincount(ledger["week"][rows], weights=ledger["value"][rows], minlength=len(weekly))
        if not np.allclose(value, weekly[name], rtol=SLACK, atol=SLACK):
            yield f"the value of gifts taken is not the {name.replace('_', ' ')}"


def budgets(world: World, hours: float, money: float) -> Iterator[str]:
    """Coordinators never spend more hours or money than they have."""
    weekly = world.weekly[: int(world.network[0].week)]
    if len(weekly) and weekly["hours"].max() > hours * (1.0 + SLACK):
        yield "coordinators spent more hours than they have"
    years = np.arange(len(weekly)) // 52 + 1
    if np.isfinite(money) and (np.cumsum(weekly["money"]) > money * years * (1.0 + SLACK)).any():
        yield "coordinators spent more money than they have"
    if (world.coordinators.purse < 0.0).any() or (world.coordinators.bank < -SLACK).any():
        yield "a coordinator is overdrawn"


def numbers(world: World) -> Iterator[str]:
    """No state is infinite or not a number, and shares are between 0 and 1."""
    for name, values in fields_in_use(world).items():
        if name.split(".")[0] in STATE and values.dtype.kind == "f" and not np.isfinite(values).all():
            yield f"{name} is not finite"
    members = world.members[: int(world.network[0].members)]
    for name in ("engagement", "identity", "ability", "expectation", "initiative"):
        if ((members[name] < 0.0) | (members[name] > 1.0)).any():
            yield f"members.{name} is outside 0 to 1"
