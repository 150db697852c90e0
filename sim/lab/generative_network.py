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

from collections.abc import Sequence
from pathlib import Path

from sim.inputs.bounds import whole
from sim.inputs.scenario import Scenario
from sim.lab.future import open_world
from sim.model.agent_model import AgentModel
from sim.model.agents import Coordinator, Member, WorkingGroup


class GenerativeNetwork(AgentModel):
    """A run of a scenario, agent by agent; `step()` is a week.

    `scenario`: a `Scenario`, the path of a file, or None for the default network without coordinators.  `strategy`: its
    name (required if the scenario has several).  `rng`: the seed, a whole number; None for the scenario's.  `replicate`:
    which replicate of that seed.  `member_class`, `coordinator_class`, `group_class`: subclasses whose methods override
    rules.  `ledger`: keep every gift in `world.ledger`.  `member_reporters`: fields of members that the DataCollector
    keeps week by week.  Further keywords are settings of the scenario with "__" for ".": `giving__base=-0.5`,
    `network__members=30`, `weeks=52`; Mesa's `batch_run` and sliders vary parameters by them.
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

    @property
    def scenario(self) -> None:
        """None: Mesa 3.5 has scenarios of another kind, passed on reset; this model's is `world_scenario`."""
        return None

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        """Accept Mesa 3.5's own scenario, without effect."""
        self._scenario = scenario
