"""A scenario run agent by agent, with Mesa: `GenerativeNetwork`.

The rules are those of the compiled loop, called a row at a time (`sim.model.steps`) in the order of
`sim.model.schedule`: with nothing overridden the state is the same, bit for bit.  What an agent does in a phase is its
method of the phase's name, so a rule is changed by overriding that method in plain Python (docs/how-to/own-rule.md has
examples).  Luck is keyed by who, when and what for: what one member does or leaves out never shifts the draws of another.
Agents are views on rows of the world's tables: `member.identity` reads and writes the row (`sim.model.state` says what
the fields mean).  Mesa's `DataCollector`, `batch_run` and `SolaraViz` work with the model.  `batch_run`'s `iterations`
alone repeat the same run, since Mesa passes a model neither its number nor a seed: vary `replicate` or `rng`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.inputs.bounds import whole
from sim.inputs.scenario import Scenario
from sim.lab.open_world import YEAR, open_world
from sim.lab.record import Record
from sim.model.agent_model import AgentModel
from sim.model.agents import Coordinator, Member, WorkingGroup
from sim.model.outcomes import outcomes_of
from sim.model.state import GENERATIVE
from sim.model.world import copy_world


class GenerativeNetwork(AgentModel):
    """A run of a scenario, agent by agent; `step()` is a week.

    `scenario`: a `Scenario`, the path of a file, or None for the default network without coordinators.  `strategy`: its
    name (required if the scenario has several).  `rng`: the seed, a whole number; None for the scenario's.  `replicate`:
    which replicate of that seed.  `member_class`, `coordinator_class`, `group_class`: subclasses whose methods override
    rules.  `ledger`: keep every gift in `world.ledger`.  `member_reporters`: fields of members that the DataCollector
    keeps week by week.  `renewal`: test, as `simulate` does, whether the network stays generative without coordinators; a
    copy of it is stepped for that.  After the horizon, `record`, `outcomes` and `events` are those of `simulate`.  Further
    keywords are settings of the scenario with "__" for ".": `giving__base=-0.5`, `network__members=30`, `weeks=52`; Mesa's
    `batch_run` and sliders vary parameters by them.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        strategy: str | None = None,
        rng: int | None = None,
        replicate: int = 0,
        member_class: type[Member] = Member,
        coordinator_class: type[Coordinator] = Coordinator,
        group_class: type[WorkingGroup] = WorkingGroup,
        ledger: bool = False,
        member_reporters: Sequence[str] = (),
        renewal: bool = False,
        **kwargs: object,
    ) -> None:
        # Mesa 3.3 refuses sliders for settings unless the last argument is called kwargs.
        self.world_scenario = Scenario.from_document({}) if scenario is None else Scenario.of(scenario)
        if kwargs:
            settings = {key.replace("__", "."): value for key, value in kwargs.items()}
            self.world_scenario = self.world_scenario.with_(settings)
        self.strategy = self.world_scenario.strategy(strategy)
        seed = whole(self.world_scenario.seed if rng is None else rng, "rng, the seed,")
        number = whole(replicate, "replicate")
        start, world = open_world(self.world_scenario, self.strategy, seed, number, ledger)
        self.start, self.world_before = start, copy_world(world)
        self._testing, self._renewed = renewal, math.nan
        super().__init__(
            world,
            names=start.names,
            seed=seed,
            replicate=number,
            horizon=self.world_scenario.weeks,
            offices=len(self.world_scenario.coordinator_records(self.strategy)),
            member_class=member_class,
            coordinator_class=coordinator_class,
            group_class=group_class,
            member_reporters=member_reporters,
        )

    def step(self) -> None:
        """Step one week; to test renewal, a copy continues without coordinators a year after it was first generative."""
        super().step()
        reached = int(self.world.network[0].reached[GENERATIVE])
        due = self.week == self.horizon or self.week == reached + 1 + YEAR
        if self._testing and reached >= 0 and due:
            self._testing = False
            self._renewed = renewed_without_coordinators(self, max(reached + 1 + YEAR, self.week))

    @property
    def outcomes(self) -> dict[str, float]:
        """The outcomes of the run, as `simulate` gives them.  Raises RuntimeError before the horizon."""
        return dict(self.record.outcomes)

    @property
    def events(self) -> pd.DataFrame:
        """First passages, break-aways and the like, as a record has them.  Raises RuntimeError before the horizon."""
        return self.record.events

    @property
    def record(self) -> Record:
        """The run as a record: outcomes, events, cost, networks, tables.  Raises RuntimeError before the horizon."""
        weeks = self.world_scenario.weeks
        if self.week < weeks:
            raise RuntimeError(f"the record of a run is complete after week {weeks}; this is week {self.week}")
        network = self.world.network[0]
        outcomes = outcomes_of(self.world, network.reached, network.fallen, weeks, self._renewed)
        names = (self.world_scenario, self.strategy, self.seed, self.replicate)
        return Record(*names, self.start, self.world_before, self.world, outcomes)

    @property
    def scenario(self) -> None:
        """None: Mesa 3.5 has scenarios of another kind, passed on reset; this model's is `world_scenario`."""
        return None

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        """Accept Mesa 3.5's own scenario, without effect."""
        self._scenario = scenario


def renewed_without_coordinators(model: GenerativeNetwork, week: int) -> float:
    """Return whether a copy of a network is generative a year after its coordinators left after a week: 1, or 0."""
    fork = copy.deepcopy(model, {id(model.world): copy_world(model.world)})
    # The class's own step: Mesa 3.5 replaces the model's by one that runs its clock, which a copy shares with the model.
    one_week = type(fork).step
    while fork.week < week:
        one_week(fork)
    fork.world.coordinators.working = 0.0
    fork.keep_in_step()
    while fork.week < week + YEAR:
        one_week(fork)
    return float(fork.world.network[0].hold[GENERATIVE] > 0)
