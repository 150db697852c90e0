"""The space of plans for one coordinator: mix of levers, hub share, meetings, and when the focus moves on, within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.inputs.scenario import Scenario
from sim.inputs.scenario.parts import CoordinatorSettings, Strategy
from sim.inputs.scenario.writing import strategy_table

YEAR = 52
INTRODUCTIONS = ("close_triads", "engage_unconnected", "support_bridgers")
MASS = ("directory", "newsletter", "icebreakers")
Choice = float | str
Point = Mapping[str, Choice]
"""A value for each variable of `VARIABLES`."""


@dataclass(frozen=True)
class Variable:
    """One thing that a plan decides: from `low` to `high`, or one of `values`.  `label`: for the table of what matters."""

    name: str
    label: str
    low: float = 0.0
    high: float = 1.0
    values: tuple[str, ...] = ()
    profiled: bool = False


VARIABLES = (
    Variable("introductions", "introductions, as a share of hours for connecting", profiled=True),
    Variable("triads", "closing triads, against other introductions"),
    Variable("unconnected", "engaging the unconnected, against other introductions"),
    Variable("bridgers", "supporting bridgers, against other introductions"),
    Variable("directory", "directory, against newsletter and ice-breakers"),
    Variable("newsletter", "newsletter, against directory and ice-breakers"),
    Variable("icebreakers", "ice-breakers, against directory and newsletter"),
    Variable("facilitation", "facilitated sessions, as a share of hours while aligning", profiled=True),
    Variable("channels", "channels, against other hours while producing"),
    Variable("sessions", "facilitated sessions, against other hours while producing"),
    Variable("group_support", "visits to groups, against other hours while producing"),
    Variable("connecting", "connecting, against other hours while producing"),
    Variable("hub_share", "hub share", 0.0, 0.5, profiled=True),
    Variable("money", "money for meetings, as a share of the budget", 0.0, 0.5, profiled=True),
    Variable("convenings", "convenings a year", 1.0, 4.0),
    Variable("in_person", "share of sessions in person"),
    Variable("policy", "what moves the focus on", values=("weeks", "readiness", "never")),
    Variable("align", "week from which the focus is aligning, as a share of the horizon", 0.0, 0.7, profiled=True),
    Variable("produce", "week from which it is producing, as a share of what is left", 0.0, 1.0),
)


def strategy_of(point: Point, budget: float, hour_cost: float, weeks: int, label: str = "") -> dict[str, object]:
    """Return a plan as a strategy's table, which costs the budget a year."""
    number = {name: float(value) for name, value in point.items() if not isinstance(value, str)}
    money = number["money"] if number["money"] >= 0.02 else 0.0
    mix = split(number, INTRODUCTIONS, ("triads", "unconnected", "bridgers"), number["introductions"])
    mix |= split(number, MASS, ("directory", "newsletter", "icebreakers"), 1 - number["introductions"])
    align = {lever: share * (1 - number["facilitation"]) for lever, share in mix.items()}
    work = split(number, ("channels", "facilitation", "group_support", "mix"), PRODUCING, 1.0)
    produce = {lever: share * work["mix"] for lever, share in mix.items()}
    policy = str(point["policy"])
    first = round(number["align"] * weeks)
    table: dict[str, object] = {
        "label": label,
        "hours": round(budget * (1 - money) / YEAR / hour_cost, 4),
        "hour_cost": hour_cost,
        "hub_share": round(number["hub_share"], 3),
        "policy": policy,
        "connect": shares(mix),
        "align": shares(align | {"facilitation": number["facilitation"]}),
        "produce": shares(produce | {lever: work[lever] for lever in ("channels", "facilitation", "group_support")}),
    }
    if money:
        table |= {"money": round(budget * money, 2), "convenings": float(round(number["convenings"]))}
        table["in_person"] = round(number["in_person"], 3)
    if policy == "weeks":
        table |= {"align_week": first, "produce_week": first + round(number["produce"] * (weeks - first))}
    return table


PRODUCING = ("channels", "sessions", "group_support", "connecting")


def split(number: Mapping[str, float], levers: Sequence[str], names: Sequence[str], whole: float) -> dict[str, float]:
    """Return how much of `whole` each lever gets, in proportion to the variables of these names."""
    total = sum(number[name] for name in names)
    parts = [number[name] / total if total else 1 / len(names) for name in names]
    return {lever: whole * part for lever, part in zip(levers, parts, strict=True)}


def shares(parts: Mapping[str, float]) -> dict[str, float]:
    """Return shares of hours that add up to at most 1, without the smallest."""
    kept = {lever: share for lever, share in parts.items() if share >= 0.01}
    total = sum(kept.values()) or 1.0
    return {lever: int(1000 * share / total) / 1000 for lever, share in kept.items()}


def presets_of(scenario: Scenario, budget: float) -> dict[str, Mapping[str, object]]:
    """Return the scenario's strategies that cost something, with hours and money scaled so that they cost the budget."""
    return {
        name: scaled(strategy, budget / strategy.yearly_cost)
        for name, strategy in scenario.strategies.items()
        if strategy.coordinators and strategy.yearly_cost > 0
    }


def scaled(strategy: Strategy, factor: float) -> dict[str, object]:
    """Return a strategy as a table, with hours and money of its coordinators multiplied."""
    table = dict(strategy_table(strategy))
    for name in ("hours", "money"):
        default = CoordinatorSettings.model_fields[name].default
        table[name] = float(str(table.get(name, default))) * factor
    each = table.get("coordinators")
    if isinstance(each, list):
        table["coordinators"] = [
            {name: value * factor if name in ("hours", "money") else value for name, value in one.items()}
            for one in each
        ]
    return table
