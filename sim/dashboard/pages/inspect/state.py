"""One future, stepped week by week by the agent-by-agent path, and what there is to see of it.

`InspectedNetwork` is the model that Mesa's own page holds: a `GenerativeNetwork` that ends at its horizon or when nobody
looks any more, and that knows what the compiled loop gives for the same future.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.dashboard.charts import Numbers, PlotLine
from sim.dashboard.network_drawing import (
    Place,
    Ties,
    called,
    groups_of,
    phases_of,
    places,
    ties_of,
    touched_by_coordinators,
)
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import MONTH, scenario_of
from sim.dashboard.services import services
from sim.dashboard.shared.one_future import RunChoice
from sim.dashboard.workshop import Update
from sim.inputs.scenario import Scenario
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.generative_network import GenerativeNetwork
from sim.lab.open_world import open_world
from sim.model import steps
from sim.model.declarations import BY_KEY, PARAMETERS
from sim.model.jit import is_cached
from sim.model.outcomes import STAGES_REACHED
from sim.model.parameters import Parameter
from sim.model.world import run_to
from sim.output.words import exact

MOST_MEMBERS = 200
SLIDERS = ("giving.base", "giving.identity", "reciprocity.answer", "choice.beyond", "trust.decay", "leaving.hazard")
FEWEST_STEPS = 10
TRIED = 80
CHARTS: tuple[tuple[str, bool, dict[str, str]], ...] = (
    ("Members", False, {"members": "all", "grouped": "in working groups"}),
    ("Ties per member", False, {"mean_degree": "ties"}),
    ("Means of members and ties", True, {"mean_trust": "trust", "mean_identity": "identity", "mean_engagement": "engagement"}),
    ("Gifts and joint results", False, {"gifts": "gifts a week", "made": "outputs so far"}),
)  # fmt: skip
"""Title, whether in percent, and what is drawn: a measure and what to call it."""


class CompiledRun(NamedTuple):
    """What the compiled loop gives for a future: weekly measures, and a place for everybody who is ever a member."""

    weekly: np.ndarray
    places: list[Place]


def compiled_run(scenario: Scenario, strategy: str, seed: int, replicate: int) -> CompiledRun:
    """Run a future by the compiled loop."""
    _, world = open_world(scenario, strategy, seed, replicate)
    together: Ties = {}
    for week in range(scenario.weeks + 1):
        world = run_to(world, week)
        for pair, trust in ties_of(world).pairs():
            together[pair] = together.get(pair, 0.0) + trust
    return CompiledRun(world.weekly[: scenario.weeks].copy(), places([together], int(world.network[0].members)))


class InspectedNetwork(GenerativeNetwork):
    """The network on the page: it ends at the horizon, and as soon as `dropped` is set.

    `usual`: the scenario without what was changed on the page.  Mesa builds another network from the same keywords at every
    reset, with its sliders' values as settings.
    """

    def __init__(self, usual: Scenario | None = None, dropped: threading.Event | None = None, **kwargs: object) -> None:
        super().__init__(usual, **kwargs)  # type: ignore[arg-type]
        self.usual = usual or self.world_scenario
        self.dropped = dropped or threading.Event()
        self.lock = threading.Lock()
        self.compiled = compiled_run(self.world_scenario, self.strategy, self.seed, self.replicate)
        self._step_of_mesa, self.step = self.step, self._step_until_dropped  # type: ignore[method-assign]

    def _step_until_dropped(self) -> None:
        """Step a week, unless it is over: Mesa's page asks for several at once, and continues when its visitor has gone."""
        with self.lock:
            if self.dropped.is_set() or self.week >= self.horizon:
                self.running = False
            else:
                self._step_of_mesa()

    @property
    def same(self) -> bool:
        """Whether all weekly measures so far equal those of the compiled loop, bit for bit."""
        week = self.week
        return bool(self.world.weekly[:week].tobytes() == self.compiled.weekly[:week].tobytes())

    @property
    def changed(self) -> list[str]:
        """The rules' parameters that differ from the question's, in words."""
        pairs = zip(PARAMETERS, self.world_scenario.settings(), self.usual.settings(), strict=True)
        return [
            f"{parameter.label} ({parameter.key}): {exact(float(now))} instead of {exact(float(usual))}"
            for parameter, now, usual in pairs
            if now != usual
        ]


MesaParameters = dict[str, object]
"""What Mesa's page builds the model from: a slider, or a value that is fixed."""


def mesa_parameters(choice: RunChoice, scenario: Scenario, dropped: threading.Event) -> MesaParameters:
    """Return what is fixed, and sliders for some of the rules' parameters."""
    settings = dict(zip((one.key for one in PARAMETERS), scenario.settings(), strict=True))
    sliders = {key.replace(".", "__"): slider(BY_KEY[key], float(settings[key])) for key in SLIDERS}
    seed = int(choice.question.seed)
    fixed = {"usual": scenario, "strategy": choice.key, "rng": seed, "replicate": choice.future, "dropped": dropped}
    return {**fixed, **sliders}


def slider(parameter: Parameter, value: float) -> dict[str, str | float]:
    """Return a slider over a parameter's plausible range, with the present value on its steps."""
    low, high = min(parameter.range[0], value), max(parameter.range[1], value)
    digits = max(len(f"{number:.10f}".rstrip("0").partition(".")[2]) for number in (low, high, value))
    step = 10.0**-digits / (2 if (high - low) * 10.0**digits < FEWEST_STEPS else 1)
    label = f"{parameter.label}, {parameter.unit}" if parameter.unit else parameter.label
    return {"type": "SliderFloat", "label": label, "value": value, "min": low, "max": high, "step": step}


class BuiltRun(NamedTuple):
    """The model before its first week, and what Mesa's page builds it from at a reset."""

    model: InspectedNetwork
    parameters: MesaParameters


def built(choice: RunChoice, folder: Path | None, dropped: threading.Event) -> BuiltRun:
    """Build the model of a run.  Raises ScenarioError if the uploaded network is missing or too large."""
    if choice.linked.own and choice.linked.members > MOST_MEMBERS:
        raise ScenarioError(
            f"your network has {choice.linked.members:.0f} members; at most {MOST_MEMBERS} can be stepped agent by agent. "
            "Compare and Watch take all of it."
        )
    parameters = mesa_parameters(choice, scenario_of(choice.question, folder), dropped)
    values = {key: one["value"] if isinstance(one, dict) else one for key, one in parameters.items()}
    return BuiltRun(InspectedNetwork(**values), parameters)  # type: ignore[arg-type]


def build(choice: RunChoice, folder: Path | None, dropped: threading.Event) -> Iterator[Update[BuiltRun]]:
    """Compile what is called agent by agent, if need be, then build the model.  `folder`: of an uploaded network."""
    if not (_tried or all(is_cached(step) for step in steps.STEPS.values())):
        yield Update(
            text="Preparing the agent-by-agent path: compiling its rules, up to a minute, once a version \u2026"
        )
        compile_steps()
    yield Update(text="Building the network \u2026")
    if not dropped.is_set():
        yield Update(result=built(choice, folder, dropped), final=True)


@dataclass(frozen=True)
class DrawnMember:
    """A member as it is drawn.  `group`, `phase`: -1 for none; `kind`: 1 for an organisation."""

    name: str
    at: Place
    group: int
    phase: int
    kind: int
    ties: int
    row: int


@dataclass(frozen=True)
class DrawnWeek:
    """The network in one week.  `ties`: rows of both ends, trust; `stages`: week in which each was reached."""

    week: int
    weeks: int
    month: int
    members: list[DrawnMember]
    ties: list[tuple[int, int, float]]
    touched: list[int]
    coordinators: int
    groups: int
    stages: dict[str, int]
    same: bool
    changed: list[str]


def network_of(model: InspectedNetwork) -> DrawnWeek:
    """Return the present network."""
    with model.lock:
        world, week = model.world, model.week
        groups, phases = groups_of(world), phases_of(world)
        spots, rows = model.compiled.places, world.members
        return DrawnWeek(
            week=week,
            weeks=model.horizon,
            month=round(week / MONTH),
            members=[
                DrawnMember(
                    name=called(i, model.names),
                    at=spots[i] if i < len(spots) else (0.0, 0.0),
                    group=group,
                    phase=phases.get(group, -1),
                    kind=int(rows.kind[i]),
                    ties=int(rows.degree[i]),
                    row=i,
                )
                for i, group in groups.items()
            ],
            ties=[(i, j, round(trust, 2)) for (i, j), trust in ties_of(world).pairs()],
            touched=touched_by_coordinators(world, week),
            coordinators=len(model.coordinators),
            groups=len(phases),
            stages={stage: at for stage in STAGES_REACHED if (at := model.reached[stage]) is not None},
            same=model.same,
            changed=model.changed,
        )


@dataclass(frozen=True)
class WeeklyChart:
    """A chart of weekly measures, with what each is called."""

    title: str
    percent: bool
    labels: dict[str, str]
    series: dict[str, PlotLine]


@dataclass(frozen=True)
class WeeklyCharts:
    """What was measured so far.  `months`: the horizon."""

    week: int
    months: float
    charts: list[WeeklyChart]


def weekly_of(model: InspectedNetwork) -> WeeklyCharts:
    """Return what was measured so far, week by week."""
    with model.lock:
        week = model.week
        weekly = model.world.weekly[:week].copy()
    derived = {"grouped": weekly["in_groups"] * weekly["members"], "made": np.cumsum(weekly["outputs"])}
    months: Numbers = [round((at + 1) / MONTH, 3) for at in range(week)]

    def line(name: str) -> PlotLine:
        values = np.asarray(derived[name] if name in derived else weekly[name], float)
        return PlotLine(months, [None if y != y else round(float(y), 3) for y in values])

    charts = [
        WeeklyChart(title, percent, drawn, {name: line(name) for name in drawn}) for title, percent, drawn in CHARTS
    ]
    return WeeklyCharts(week, round(model.horizon / MONTH, 2), charts)


_one_at_a_time = threading.Lock()
_tried: list[bool] = []


def try_out() -> None:
    """Step a small network for enough weeks to compile what is called agent by agent, or to load it."""
    model = GenerativeNetwork(scenario_of(replace(Question(), members=40.0)), "a", rng=1)
    for _ in range(TRIED):
        model.step()


def compile_steps() -> None:
    """Compile what is called agent by agent, once for each version of the model, in another process (see `warming`)."""
    with _one_at_a_time:
        if not _tried:
            services().warming.compile(__name__)
            _tried.append(True)
