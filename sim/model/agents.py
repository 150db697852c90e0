"""Mesa's agents: members, coordinators and working groups as views on rows of the world's tables.

What an agent does in a phase of the week is its method of the phase's name, which calls the phase's rule.  See
`sim.GenerativeNetwork` for an example of overriding one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

import mesa
import numpy as np

from sim.model import steps
from sim.model.graphs import name_of
from sim.model.levers import LEVERS
from sim.model.schedule import SCHEDULE, Phase
from sim.model.state import (
    CONNECTIONS,
    COORDINATOR,
    COORDINATOR_MADE,
    GROUP,
    KINDS,
    MEMBER,
    MEMBER_MADE,
    NOBODY,
    ORIGINS,
    Layout,
    World,
)
from sim.model.tie_rows import half

GROUP_DRAWS = 1 << 40  # keys of groups' luck lie beyond those of members, which are rows
C = TypeVar("C", bound=type)
Record: TypeAlias = Any
"""A row of a table, or the value of one of its fields: numpy's records have no static types."""


class Tie(NamedTuple):
    """One member's half of a tie at the moment it was read."""

    trust: float
    owed: float
    known: float
    last: int
    origin: str


class Host(Protocol):
    """What agents use of their model (`sim.model.agent_model.AgentModel`)."""

    world: World
    names: Sequence[str]

    def luck_of(self, phase: str) -> np.uint64: ...
    def luck_of_act(self, who: int, what: int, whom: int) -> np.uint64: ...
    def draw(self, who: int, n: int) -> float: ...
    def member(self, row: int) -> Member: ...
    def group(self, row: int) -> WorkingGroup: ...
    def tie(self, one: Member, other: Member, trust: float | None, origin: int) -> bool: ...
    def keep_in_step(self) -> None: ...


def fields_of(layout: Layout) -> Callable[[C], C]:
    """Give a class a readable and writable property for every field of its row that it does not define itself."""

    def property_of(name: str, doc: str, scalar: bool) -> property:
        def read(agent: Row) -> object:
            return agent.record[name].item() if scalar else agent.record[name]

        def write(agent: Row, value: object) -> None:
            agent.record[name] = value

        return property(read, write, doc=doc)

    def add(cls: C) -> C:
        for name, doc in layout.meaning.items():
            if not hasattr(cls, name):
                setattr(cls, name, property_of(name, doc, layout.dtype[name].shape == ()))
        return cls

    return add


def acts_as(who: str) -> Callable[[C], C]:
    """Give a class a method for every phase in which it acts: it calls the phase's rule, and may be overridden."""

    def method_of(phase: Phase) -> Callable[..., None]:
        step = steps.STEPS[phase.name]

        def act(agent: Row) -> None:
            step(agent.row, agent.model.world, agent.model.luck_of(phase.name))

        def act_as_network(model: Host) -> None:
            step(model.world, model.luck_of(phase.name))

        return act_as_network if who == "network" else act

    def add(cls: C) -> C:
        for phase in SCHEDULE:
            if phase.who.split()[0] == who:
                method = method_of(phase)
                method.__name__, method.__qualname__ = phase.name, f"{cls.__name__}.{phase.name}"
                method.__doc__ = f"{phase.what}  (The rule is in `{phase.where}`.)"
                setattr(cls, phase.name, method)
        return cls

    return add


class Row(mesa.Agent):
    """An agent that is a view on one row of a table; `record` is that row with all its fields."""

    table = ""
    if TYPE_CHECKING:
        model: Host

    def __init__(self, model: Host, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def record(self) -> Record:
        """The agent's row: fields can be read and written."""
        return getattr(self.model.world, self.table)[self.row]

    if TYPE_CHECKING:  # the fields and phases that the decorators add

        def __getattr__(self, name: str) -> Record: ...

        def __setattr__(self, name: str, value: object) -> None: ...


@acts_as("member")
@fields_of(MEMBER)
class Member(Row):
    """A member of the network: an individual or an organisation."""

    table = "members"

    @property
    def name(self) -> str:
        """The member's name."""
        return name_of(self.row, self.model.names)

    @property
    def contacts(self) -> list[Member]:
        """The members it has ties to."""
        return [self.model.member(j) for j in self._others().tolist()]

    @property
    def groups(self) -> list[WorkingGroup]:
        """The working groups it sits in."""
        return [self.model.group(int(g)) for g in self.record.groups if g != NOBODY]

    def _others(self) -> np.ndarray:
        """Rows of its contacts, in order of slots."""
        first = int(self.model.world.first[self.row])
        others: np.ndarray = self.model.world.contacts[first : first + int(self.record.degree)]
        return others

    def tie_to(self, other: Member) -> Tie | None:
        """Return its half of the tie to another member; None if they are not tied."""
        slots = np.flatnonzero(self._others() == other.row)
        if not len(slots):
            return None
        tie = half(self.model.world, self.row, int(slots[0]))
        origin = ORIGINS[int(tie.origin)]
        return Tie(float(tie.trust), float(tie.owed), float(tie.known), int(tie.last), origin)

    def draw(self, n: int = 0) -> float:
        """Return the `n`-th number of the member's luck in this phase, uniform on [0, 1).

        It is the same under every strategy, whatever others do, and independent of the numbers that rules read.
        """
        return self.model.draw(self.row, n)

    def give_to(self, other: Member, kind: str | int) -> bool:
        """Give knowledge, skills or resources to a member; a first gift to a stranger makes a tie.

        Value, trust, balance and passing on follow the model's rules.  Returns whether the gift met attention.
        """
        number = KINDS.index(kind) if isinstance(kind, str) else int(kind)
        if number == CONNECTIONS:
            raise ValueError("connections are given by introduce()")
        self._here(other)
        luck = self.model.luck_of_act(self.row, number, other.row)
        return bool(steps.give_to(self.row, other.row, number, self.model.world, luck))

    def introduce(self) -> bool:
        """Introduce two contacts to each other, chosen by the model's rule; return whether it found two."""
        self._here(self)
        luck = self.model.luck_of_act(self.row, CONNECTIONS, self.row)
        return bool(steps.introduce(self.row, self.model.world, luck))

    def get_to_know(self, other: Member, trust: float | None = None) -> bool:
        """Tie this member to another, without a gift; returns whether they are tied (both need room for a tie)."""
        self._here(other)
        return self.model.tie(self, other, trust, MEMBER_MADE)

    def found_group(self) -> WorkingGroup | None:
        """Found a group with the contacts it trusts and agrees with, if the model's rule finds enough of them."""
        self._here(self)
        if NOBODY not in self.record.groups or not steps.found_group(self.row, self.model.world):
            return None
        self.model.keep_in_step()
        return max(self.groups, key=lambda group: group.serial)

    def join(self, group: WorkingGroup) -> bool:
        """Join a group, if it and the member have a place left; returns whether they had."""
        self._here(self)
        return self not in group.members and bool(steps.take_seat(self.row, group.row, self.model.world))

    def quit(self, group: WorkingGroup) -> None:
        """Give up the seat in a group."""
        if self in group.members:
            steps.leave_group(self.row, group.row, self.model.world)

    def leave(self) -> None:
        """Leave the network; ties and seats go too."""
        self._here(self)
        steps.leave_network(self.row, self.model.world)
        self.model.keep_in_step()

    def remove(self) -> None:
        """Leave the network: Mesa's way to take an agent out of the model."""
        if self.record.active:
            self.leave()
        else:
            super().remove()

    def _here(self, other: Member) -> None:
        """Raise ValueError unless both are active members of this network."""
        for one in (self, other):
            if one.model is not self.model or not one.record.active:
                raise ValueError(f"{one.name} is not active in this network")


@acts_as("coordinator")
@fields_of(COORDINATOR)
class Coordinator(Row):
    """A person paid to weave the network."""

    table = "coordinators"

    def draw(self, n: int = 0) -> float:
        """Return the `n`-th number of the coordinator's luck in this phase, uniform on [0, 1)."""
        return self.model.draw(NOBODY - self.row, n)

    def act(self, lever: str) -> float:
        """Act once by a lever, whatever hours are left; returns the hours it took, 0.0 if there was nothing to do."""
        allowed = {name: entry.number for name, entry in LEVERS.items() if not entry.continuous}
        if lever not in allowed:
            raise ValueError(f"lever {lever!r}: allowed are {', '.join(allowed)}")
        number = allowed[lever]
        luck = self.model.luck_of_act(NOBODY - self.row, number, 0)
        return float(steps.act(self.row, number, self.model.world, luck))

    def introduce(self, one: Member, other: Member, trust: float | None = None) -> bool:
        """Tie two members to each other, if both have room for a tie; returns whether they are tied."""
        return self.model.tie(one, other, trust, COORDINATOR_MADE)

    def remove(self) -> None:
        """Leave office: Mesa's way to take an agent out of the model."""
        self.record.working = 0.0
        self.model.keep_in_step()
        super().remove()


@acts_as("group")
@fields_of(GROUP)
class WorkingGroup(Row):
    """A working group; `serial` is its number in order of founding."""

    table = "groups"

    def __init__(self, model: Host, row: int) -> None:
        super().__init__(model, row)
        self.number = int(model.world.groups[row].serial)

    @property
    def record(self) -> Record:
        """The group's row.  Raises LookupError if the group has ended and its row serves another one."""
        record = self.model.world.groups[self.row]
        if record.serial != self.number:
            raise LookupError(f"working group {self.number} has ended")
        return record

    @property
    def members(self) -> list[Member]:
        """Who sits in the group."""
        record = self.record
        seated = record["members"][: record["seated"]]  # (`record.size` would be numpy's)
        return [self.model.member(int(i)) for i in seated]

    def draw(self, n: int = 0) -> float:
        """Return the `n`-th number of the group's luck in this phase, uniform on [0, 1)."""
        return self.model.draw(GROUP_DRAWS + self.number, n)

    def remove(self) -> None:
        """Dissolve: Mesa's way to take an agent out of the model."""
        record = self.model.world.groups[self.row]
        if record.serial == self.number and record.alive:
            steps.dissolve(self.row, self.model.world)
            self.model.keep_in_step()
        super().remove()
