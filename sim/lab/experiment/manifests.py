"""What the manifest of a sweep says, as JSON; `results/README.md` describes it."""

from __future__ import annotations

from typing import TypedDict

from sim.lab.results import JsonObject


class DesignJson(TypedDict):
    """The design: `samples` and `levels` as the experiment file has them, `points`: how many."""

    kind: str
    samples: int | None
    levels: int | None
    second_order: bool
    seed: int
    points: int


class ExperimentJson(TypedDict):
    """An `Experiment`.  `scenario`: path of its file, `resolved`: the scenario in full."""

    title: str
    question: str
    scenario: str
    strategies: list[str]
    replicates: int
    seed: int
    weeks: int
    renewal: bool
    outcomes: list[str]
    weekly: list[str]
    design: DesignJson
    factors: list[JsonObject]
    resolved: JsonObject


class SessionJson(TypedDict):
    """One session of a sweep: when it ran, for how long, how many runs it did and why it ended."""

    started: str
    ended: str
    seconds: float
    runs: int
    stop_reason: str


class Counts(TypedDict):
    """Runs expected, done, failed and left."""

    runs: int
    done: int
    failed: int
    left: int


class Totals(Counts):
    """Counts with a state: running, stopped or finished."""

    state: str


class StatusJson(Totals):
    """What `gennet status --json` prints.  Seconds are of ended sessions; `seconds_left` is an estimate."""

    folder: str
    command: str
    title: str
    strategies: dict[str, Counts]
    seconds: float | None
    seconds_a_run: float | None
    seconds_left: float | None
    model_version: str
    same_version: bool
    command_line: list[str] | None
    working_folder: str | None
