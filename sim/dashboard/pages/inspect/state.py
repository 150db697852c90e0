"""One future, stepped week by week by the agent-by-agent path: which one a link asks for, and what there is to see of it.

`Steps` is the model that Mesa's own page holds: a `GenerativeNetwork` that ends at its horizon or when nobody looks any
more, and that knows what the compiled loop gives for the same future.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import numpy as np

from sim.dashboard.links import FUTURE, LONGEST, from_query, future_of, to_query
from sim.dashboard.pages.watch.film import (
    add_ties,
    group_at,
    phases_of,
    places,
    seat_of,
    ties_of,
    touched_by_coordinators,
)
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.inputs.scenario import Scenario
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.future import open_world
from sim.lab.generative_network import GenerativeNetwork
from sim.model import steps
from sim.model.declarations import BY_KEY, PARAMETERS
from sim.model.graphs import name_of
from sim.model.jit import is_compiled_already
from sim.model.outcomes import STAGES_REACHED
from sim.model.parameters import Parameter
from sim.model.world import run_to
from sim.output.words import exact

STRATEGY = "strategy"
MOST_MEMBERS = 200
MONTH = 52 / 12
SLIDERS = ("giving.base", "giving.identity", "choice.owed", "choice.generalized", "trust.decay", "leaving.hazard")
FEWEST_STEPS = 10
TRIED = 80
TRY_OUT = "import sim.dashboard.pages.inspect.state as i; i.try_out()"
CHARTS: tuple[tuple[str, bool, dict[str, str]], ...] = (
    ("Members", False, {"members": "all", "grouped": "in working groups"}),
    ("Ties a member", False, {"mean_degree": "ties"}),
    ("Means of members and ties", True, {"mean_trust": "trust", "mean_identity": "identity", "mean_engagement": "engagement"}),
    ("Gifts and joint outputs", False, {"gifts": "gifts a week", "made": "outputs so far"}),
)  # fmt: skip
"""Title, whether in percent, and what is drawn: a measure and what to call it."""


@dataclass(frozen=True)
class Wanted:
    """What to step: one strategy of a question in one of its futures.  `asked`: the question as the link has it."""

    question: Question
    asked: Question
    key: str
    future: int
    notes: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The query of a link to it."""
        return f"{to_query(self.asked)}&{STRATEGY}={self.key}&{FUTURE}={self.future}"

    def other(self, key: str | None = None, future: Any = None) -> Wanted:
        """Another strategy or another future of the same question, held to what there is."""
        chosen = key if key is not None and key in self.asked.keys else self.key
        try:
            number = min(max(int(future), 0), int(self.asked.futures) - 1)
        except (TypeError, ValueError, OverflowError):
            number = self.future
        return replace(self, key=chosen, future=number)


def wanted_of(search: str | None) -> Wanted:
    """What a link asks to step, held in bounds, with a sentence for all that was not taken as it stood."""
    found = from_query(search)
    asked = question = found.question
    notes = list(found.notes)
    given = dict(parse_qsl((search or "")[:LONGEST]))
    key, text = given.get(STRATEGY, asked.keys[0]), given.get(FUTURE, "0")
    future = future_of(search, asked) or 0
    if key not in asked.keys:
        notes.append(f"The link asks for strategy {key[:12]!r}; shown is {asked.labels[asked.keys[0]]}.")
    if text != str(future):
        notes.append(f"The link asks for simulated future {text[:12]!r}; shown is number {future}.")
    if asked.members > MOST_MEMBERS and not asked.own:
        question = replace(asked, members=float(MOST_MEMBERS))
        notes.append(
            f"The question is about {asked.members:.0f} members. Agent by agent at most {MOST_MEMBERS} are stepped, so this is "
            f"another network: the same settings with {MOST_MEMBERS} members."
        )
    return Wanted(question, asked, key if key in asked.keys else asked.keys[0], future, tuple(notes))


class Compiled(NamedTuple):
    """What the compiled loop gives for a future: weekly measures, and a place for everybody who is ever a member."""

    weekly: np.ndarray
    places: list[list[float]]


def compiled(scenario: Scenario, strategy: str, seed: int, replicate: int) -> Compiled:
    """Run a future by the compiled loop."""
    _, world = open_world(scenario, strategy, seed, replicate)
    together: dict[tuple[int, int], float] = {}
    for week in range(scenario.weeks + 1):
        world = run_to(world, week)
        add_ties(together, *ties_of(world)[:3])
    return Compiled(world.weekly[: scenario.weeks].copy(), places([together], int(world.network[0].members)))


class Steps(GenerativeNetwork):
    """The network as it is looked at: it ends at the horizon, and as soon as `dropped` is set.

    `usual`: the scenario without what was changed on the page.  Mesa builds another one from the same keywords at every
    reset, with its sliders' values as settings.
    """

    def __init__(self, usual: Scenario | None = None, dropped: threading.Event | None = None, **kwargs: Any) -> None:
        super().__init__(usual, **kwargs)
        self.usual = usual or self.world_scenario
        self.dropped = dropped or threading.Event()
        self.lock = threading.Lock()
        self.compiled = compiled(self.world_scenario, self.strategy, self.seed, self.replicate)
        self._week_by_mesa, self.step = self.step, self._week  # type: ignore[method-assign]

    def _week(self) -> None:
        """A week, unless it is over: Mesa's page asks for several at once, and goes on when its visitor has gone."""
        with self.lock:
            if self.dropped.is_set() or self.week >= self.horizon:
                self.running = False
            else:
                self._week_by_mesa()

    @property
    def same(self) -> bool:
        """Whether all weekly measures so far are those of the compiled loop, bit for bit."""
        week = self.week
        return bool(self.world.weekly[:week].tobytes() == self.compiled.weekly[:week].tobytes())

    @property
    def changed(self) -> list[str]:
        """Rules' parameters that are not as the question has them, in words."""
        pairs = zip(PARAMETERS, self.world_scenario.settings(), self.usual.settings(), strict=True)
        return [
            f"{parameter.label} ({parameter.key}): {exact(float(now))} instead of {exact(float(usual))}"
            for parameter, now, usual in pairs
            if now != usual
        ]


def parameters(wanted: Wanted, scenario: Scenario, dropped: threading.Event) -> dict[str, Any]:
    """What Mesa's page builds the model from: what is fixed, and sliders for some of the rules' parameters."""
    fixed = {"usual": scenario, "strategy": wanted.key, "rng": int(wanted.question.seed), "replicate": wanted.future}
    settings = dict(zip((one.key for one in PARAMETERS), scenario.settings(), strict=True))
    sliders = {key.replace(".", "__"): slider(BY_KEY[key], float(settings[key])) for key in SLIDERS}
    return {**fixed, "dropped": dropped, **sliders}


def slider(parameter: Parameter, value: float) -> dict[str, Any]:
    """A slider of Mesa's over a parameter's plausible range, on whose steps the present value lies."""
    low, high = parameter.range
    low, high = min(low, value), max(high, value)
    digits = max(len(f"{number:.10f}".rstrip("0").partition(".")[2]) for number in (low, high, value))
    step = 10.0**-digits
    if (high - low) / step < FEWEST_STEPS:
        step /= 2
    return {"type": "SliderFloat", "label": f"{parameter.label}, {parameter.unit}" if parameter.unit else parameter.label,
            "value": value, "min": low, "max": high, "step": step}  # fmt: skip


def built(wanted: Wanted, folder: Path | None, dropped: threading.Event) -> tuple[Steps, dict[str, Any]]:
    """The model before its first week, and what Mesa's page builds it anew from.

    Errors: ScenarioError where the uploaded network is not at hand, or too large.
    """
    if wanted.asked.own and wanted.asked.members > MOST_MEMBERS:
        raise ScenarioError(
            f"your network has {wanted.asked.members:.0f} members; agent by agent at most {MOST_MEMBERS} are stepped. Compare "
            "and Watch take it whole."
        )
    words = parameters(wanted, scenario_of(wanted.question, folder), dropped)
    values = {key: one["value"] if isinstance(one, dict) else one for key, one in words.items()}
    return Steps(**values), words


def network_of(model: Steps) -> dict[str, Any]:
    """The network as it is, and the week in words, fit for JSON."""
    with model.lock:
        world, week = model.world, model.week
        a, b, trust, _ = ties_of(world)
        number = int(world.network[0].members)
        here = np.flatnonzero(world.members.active[:number] == 1).tolist()
        seats, phases = seat_of(world), phases_of(world)
        groups = {i: group_at(world, int(seats[i])) for i in here}
        spots = model.compiled.places
        return {
            "week": week,
            "weeks": model.horizon,
            "month": round(week / MONTH),
            "members": [
                {
                    "name": name_of(i, model.names),
                    "at": spots[i] if i < len(spots) else [0.0, 0.0],
                    "group": groups[i],
                    "phase": phases.get(groups[i], -1),
                    "kind": int(world.members.kind[i]),
                    "ties": int(world.members.degree[i]),
                    "row": i,
                }
                for i in here
            ],
            "ties": [[i, j, round(t, 2)] for i, j, t in zip(a.tolist(), b.tolist(), trust.tolist(), strict=True)],
            "touched": touched_by_coordinators(world, week),
            "coordinators": len(model.coordinators),
            "groups": len(phases),
            "stages": {stage: at for stage in STAGES_REACHED if (at := model.reached[stage]) is not None},
            "same": model.same,
            "changed": model.changed,
        }


def weekly_of(model: Steps) -> dict[str, Any]:
    """What was measured so far, week by week, for the charts."""
    with model.lock:
        week = model.week
        weekly: Any = model.world.weekly[:week].copy()
    rows = {
        name: np.asarray(weekly[name], float) for _, _, drawn in CHARTS for name in drawn if name in weekly.dtype.names
    }
    rows["grouped"] = np.asarray(weekly["in_groups"] * weekly["members"], float)
    rows["made"] = np.cumsum(weekly["outputs"])
    months = [round((at + 1) / MONTH, 3) for at in range(week)]
    charts = [
        {
            "title": title,
            "percent": percent,
            "labels": drawn,
            "series": {
                name: {"x": months, "y": [None if y != y else round(float(y), 3) for y in rows[name]]} for name in drawn
            },
        }
        for title, percent, drawn in CHARTS
    ]
    return {"week": week, "months": round(model.horizon / MONTH, 2), "charts": charts}


_one_at_a_time = threading.Lock()
_tried: list[bool] = []
_processes: list[subprocess.Popen[bytes]] = []


def try_out() -> None:
    """Enough weeks of a small network to compile what is called row by row, or to load it."""
    model = GenerativeNetwork(scenario_of(replace(Question(), members=40.0)), "a", rng=1)
    for _ in range(TRIED):
        model.step()


def make_ready(tell: Callable[[str], None]) -> None:
    """Compile what is called row by row, once for each version of the model, in a process of its own (see `warming`)."""
    if _tried or all(is_compiled_already(step) for step in steps.PHASE_STEPS):
        return
    tell("Preparing the agent-by-agent path: compiling its rules, once for this version, about a minute \u2026")
    with _one_at_a_time:
        if _tried:
            return
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", TRY_OUT], stdin=subprocess.DEVNULL)
        _processes.append(process)
        process.wait()
        _tried.append(True)


@atexit.register
def end_processes() -> None:
    """No process of ours outlives the server."""
    for process in _processes:
        if process.poll() is None:
            process.terminate()
