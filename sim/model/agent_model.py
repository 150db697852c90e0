"""The network agent by agent, with Mesa: the compiled loop's rules, called a row at a time in the order of the schedule.

`AgentModel` steps an existing world; `sim.GenerativeNetwork` builds one from a scenario.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import mesa
import networkx as nx
import numpy as np
import pandas as pd

from sim.model import steps
from sim.model.agents import Coordinator, Member, Row, WorkingGroup, acts_as
from sim.model.declarations import NUMBER
from sim.model.graphs import to_networkx
from sim.model.luck import phase_key, uniform
from sim.model.outcomes import STAGES_REACHED, stage_weeks
from sim.model.schedule import SCHEDULE, Phase
from sim.model.state import World
from sim.model.tables import maps_table, weekly_table
from sim.model.world import grown, with_weeks

COLLECTED = (
    "members",
    "mean_degree",
    "mean_trust",
    "largest_component",
    "gifts",
    "value_per_member",
    "mean_identity",
    "mean_engagement",
    "in_groups",
    "past_aligning",
    "outputs",
    "hours",
)
"""Weekly measures that the model's DataCollector reports."""
OWN_DRAWS, OWN_ACTS = 1 << 50, 1 << 51  # Random counters of agents' draws, above those of rules.
YEAR = 52
R = TypeVar("R", bound=Row)


def latest(name: str) -> Callable[[AgentModel], float]:
    """Return a reporter for Mesa's DataCollector: last week's value of a weekly measure."""
    return lambda model: float(model.world.weekly[model.week - 1][name]) if model.week else math.nan


@acts_as("network")
class AgentModel(mesa.Model):
    """A world, agent by agent; `step()` is a week.

    `world`: before its first week.  `names`: of the members at the start.  `seed`, `replicate`: as in building the world.
    `horizon`: weeks after which the model stops running.  `offices`: number of coordinators, in or out of office.
    `member_class`, `coordinator_class`, `group_class`: subclasses whose methods override rules.  `member_reporters`:
    fields of members that the DataCollector keeps week by week.
    """

    def __init__(
        self,
        world: World,
        *,
        names: Sequence[str],
        seed: int,
        replicate: int,
        horizon: int,
        offices: int,
        member_class: type[Member] = Member,
        coordinator_class: type[Coordinator] = Coordinator,
        group_class: type[WorkingGroup] = WorkingGroup,
        member_reporters: Sequence[str] = (),
    ) -> None:
        super().__init__(rng=seed)
        self.world, self.names = world, names
        self.seed, self.replicate, self.horizon = seed, replicate, horizon
        self.member_class, self.coordinator_class, self.group_class = member_class, coordinator_class, group_class
        self._offices = offices
        self.phase: Phase | None = None
        self._acts: Counter[tuple[int, int, int]] = Counter()
        self._lucks: dict[str, np.uint64] = {}
        self._members: list[Member | None] = []
        self._coordinators: list[Coordinator | None] = [None] * self._offices
        self._groups: list[WorkingGroup | None] = []
        self._seen: tuple[int, ...] = ()
        self._draw_lucks()
        self.keep_in_step()
        self.datacollector = mesa.DataCollector(
            model_reporters={name: latest(name) for name in COLLECTED},
            agenttype_reporters={member_class: {name: name for name in member_reporters}} if member_reporters else None,
        )

    def step(self) -> None:
        """One week: every phase of `sim.model.schedule`, each by the agents' method of its name."""
        self._make_room()
        try:
            for phase in SCHEDULE:
                self.phase = phase
                self._acts.clear()
                self._go_through(phase)
                self.keep_in_step()
        finally:
            self.phase = None
        self._draw_lucks()
        self.running = self.week < self.horizon
        self.datacollector.collect(self)

    def _go_through(self, phase: Phase) -> None:
        """Let everybody who acts in a phase do so, one after the other."""
        if phase.who == "network":
            getattr(self, phase.name)()
        elif phase.who == "coordinator":
            for row, coordinator in enumerate(list(self._coordinators)):
                if coordinator is not None:
                    getattr(coordinator, phase.name)()
                else:  # out of office: trust in it still fades
                    steps.STEPS[phase.name](row, self.world, self.luck_of(phase.name))
        elif phase.who == "group":
            for group in self.groups:
                if self._groups[group.row] is group:
                    getattr(group, phase.name)()
        else:
            for member in self.members if phase.who == "member" else self._in_keyed_order(phase):
                if member.record.active:
                    getattr(member, phase.name)()

    def _in_keyed_order(self, phase: Phase) -> list[Member]:
        """The active members in the order drawn for a phase."""
        number = steps.members_in_order(self.world, self.luck_of(phase.name))
        return [self.member(i) for i in self.world.scratch.order[:number].tolist()]

    def keep_in_step(self) -> None:
        """Add agents for new rows, and remove those of former members, groups and coordinators."""
        network, groups = self.world.network[0], self.world.groups
        members, rows = int(network.members), int(network.group_rows)
        working = self.world.coordinators.working[: self._offices] > 0.0
        now = (members, int(network.active), int(network.groups), int(groups.alive[:rows].sum()), int(working.sum()))
        if now == self._seen:
            return
        self._seen = now
        active = self.world.members.active[:members] == 1
        self._match(self._members, active.tolist(), self.member_class)
        self._match(self._coordinators, working.tolist(), self.coordinator_class)
        self._match(self._groups, (groups.alive[:rows] == 1).tolist(), self.group_class)

    def _match(self, agents: list[R | None], present: list[bool], kind: type[R]) -> None:
        """Have one agent for every row that is present, and none for the others."""
        agents.extend([None] * (len(present) - len(agents)))
        for row, here in enumerate(present):
            agent = agents[row]
            ended = isinstance(agent, WorkingGroup) and agent.number != self.world.groups[row].serial
            if agent is not None and (ended or not here):
                agents[row] = None
                agent.remove()
            if here and agents[row] is None:
                agents[row] = kind(self, row)

    def _make_room(self) -> None:
        """Lengthen tables, if this week could need it."""
        week = self.week
        if week >= len(self.world.weekly):
            self.world = with_weeks(self.world, week + YEAR)
        while not steps.tables_suffice(self.world):
            self.world = grown(self.world)

    def _draw_lucks(self) -> None:
        """Set the luck of every phase of the coming week."""
        self._lucks = {
            phase.name: np.uint64(phase_key(self.seed, self.replicate, self.week, phase.number)) for phase in SCHEDULE
        }

    def luck_of(self, phase: str) -> np.uint64:
        """The luck of a phase this week, by its name."""
        return self._lucks[phase]

    def _own(self, who: int) -> np.uint64:
        """Return the luck of one actor in this phase.  Raises RuntimeError outside a week's phases."""
        if self.phase is None:
            raise RuntimeError(
                "random numbers can be drawn only during a phase: call this from a method that step() calls"
            )
        return steps.own_key(self.luck_of(self.phase.name), who % (1 << 64))

    def draw(self, who: int, n: int) -> float:
        """Return the `n`-th random number of one actor in this phase, uniform on [0, 1)."""
        return float(uniform(steps.own_key(self._own(who), OWN_DRAWS), n))

    def luck_of_act(self, who: int, what: int, whom: int) -> np.uint64:
        """Return the luck of an act: keyed by who does what with whom, and how many times in this phase."""
        self._acts[who, what, whom] += 1
        key = steps.own_key(steps.own_key(self._own(who), OWN_ACTS + what), whom)
        return steps.own_key(key, self._acts[who, what, whom])

    @property
    def week(self) -> int:
        """Weeks simulated."""
        return int(self.world.network[0].week)

    @property
    def members(self) -> list[Member]:
        """Active members in order of rows."""
        return [member for member in self._members if member is not None]

    @property
    def coordinators(self) -> list[Coordinator]:
        """Coordinators in office."""
        return [coordinator for coordinator in self._coordinators if coordinator is not None]

    @property
    def groups(self) -> list[WorkingGroup]:
        """Working groups in order of rows."""
        return [group for group in self._groups if group is not None]

    def member(self, row: int) -> Member:
        """Return the member in a row.  Raises LookupError if there is none, or it has left."""
        return agent_in(self._members, row, "member")

    def group(self, row: int) -> WorkingGroup:
        """Return the working group in a row.  Raises LookupError if there is none."""
        self.keep_in_step()
        return agent_in(self._groups, row, "working group")

    def parameter(self, key: str) -> float:
        """The present value of a parameter, by `group.name`."""
        return float(self.world.settings[NUMBER[key]])

    def tie(self, one: Member, other: Member, trust: float | None, origin: int) -> bool:
        """Tie two members, by default with the trust of a first gift; returns whether they are tied."""
        one._here(other)
        start = self.parameter("trust.first") if trust is None else float(trust)
        return bool(steps.make_tie(one.row, other.row, start, origin, self.world))

    @property
    def weekly(self) -> pd.DataFrame:
        """Weekly measures, one row per week; `sim.model.state.WEEKLY` documents the columns."""
        return weekly_table(self.world, self.week)

    @property
    def maps(self) -> pd.DataFrame:
        """Maps of the network's structure, one row per quarter; `sim.model.state.MAP` documents the columns."""
        return maps_table(self.world, self.week)

    @property
    def network(self) -> nx.Graph:
        """The active members and their ties as a networkx graph."""
        return to_networkx(self.world, self.names)

    @property
    def reached(self) -> dict[str, int | None]:
        """The weeks until each stage was reached; None where it was not."""
        weeks = stage_weeks(self.world.network[0].reached, self.week)
        return {
            stage: None if math.isnan(week) else int(week) for stage, week in zip(STAGES_REACHED, weeks, strict=True)
        }


def agent_in(agents: Sequence[R | None], row: int, what: str) -> R:
    """Return the agent in a row.  Raises LookupError if there is none."""
    agent = agents[row] if 0 <= row < len(agents) else None
    if agent is None:
        raise LookupError(f"no {what} in row {row}")
    return agent
