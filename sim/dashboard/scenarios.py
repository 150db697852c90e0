"""A question as a scenario: equal budgets turned into hours and meetings, shares of hours into levers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.dashboard.questions import Question, Strategy
from sim.inputs.scenario import Scenario
from sim.inputs.scenario.errors import ScenarioError
from sim.model.declarations import BY_KEY

MONTH = 52 / 12
YEAR = 52
FIRST_CONVENING = 13
PERSONAL = {"close_triads": 0.45, "engage_unconnected": 0.35, "support_bridgers": 0.20}
MASS = {"directory": 0.30, "newsletter": 0.30, "icebreakers": 0.40}
FACILITATION = {
    "align": {"facilitation": 1.0},
    "produce": {"channels": 0.35, "facilitation": 0.30, "group_support": 0.35},
}
HEAD_COST = BY_KEY["convening.head_cost"].default
DEGREED = ("communities", "random", "core_periphery")


@dataclass(frozen=True)
class Spending:
    """What a strategy's yearly budget goes into, dollars; hours a week; and what is left."""

    hours_week: float
    hours: float
    meetings: float
    heads: int
    left: float
    wanted: float

    @property
    def total(self) -> float:
        """Dollars a year."""
        return self.hours + self.meetings


def week_of(months: float) -> int:
    """The week, counted from 0, that begins after so many months."""
    return round(months * MONTH)


def spending(question: Question, strategy: Strategy) -> Spending:
    """A year's spending: meetings first, as far as the budget goes, and hours for all the rest."""
    if strategy.idle:
        return Spending(0.0, 0.0, 0.0, 0, question.budget, 0.0)
    heads = round(strategy.invited / 100 * question.members) if strategy.convenings else 0
    wanted = strategy.convenings * heads * HEAD_COST
    meetings = min(wanted, question.budget)
    hours_week = (question.budget - meetings) / (YEAR * question.hour_cost)
    hours = hours_week * YEAR * question.hour_cost
    return Spending(hours_week, hours, meetings, heads, question.budget - hours - meetings, wanted)


def shares(strategy: Strategy) -> dict[str, dict[str, float]]:
    """Shares of hours by lever at each stage.

    While connecting there are no groups to facilitate: hours go to weaving, in the proportion of the two kinds; to
    facilitation from the start only if there is nothing else.
    """
    personal, mass = strategy.personal / 100, strategy.mass / 100
    facilitation = 1 - personal - mass
    weaving = personal + mass
    # Nothing but facilitation: then from the start.
    parts = ((personal / weaving, PERSONAL), (mass / weaving, MASS)) if weaving > 0 else ((1.0, FACILITATION["align"]),)
    connect = mixed(*parts)
    later = {
        stage: mixed((personal, PERSONAL), (mass, MASS), (facilitation, levers))
        for stage, levers in FACILITATION.items()
    }
    return {"connect": connect, **later}


def mixed(*parts: tuple[float, dict[str, float]]) -> dict[str, float]:
    """Levers of several kinds of weaving, each kind with its share of the hours; levers without a share are left out."""
    found = {lever: round(share * part, 6) for share, levers in parts for lever, part in levers.items()}
    # Rounding may take the sum above 1, which no scenario allows: the largest share gives that up.
    over = round(sum(found.values()) - 1, 6)
    if over > 0:
        largest = max(found, key=lambda lever: found[lever])
        found[largest] = round(found[largest] - over, 6)
    return {lever: share for lever, share in found.items() if share > 0}


def coordination(question: Question, strategy: Strategy, label: str) -> dict[str, Any]:
    """A strategy as a scenario file would have it."""
    if strategy.idle:
        return {"label": label, "coordinators": []}
    spent = spending(question, strategy)
    align = week_of(strategy.align)
    return {
        "label": label,
        "hours": spent.hours_week,
        "hour_cost": question.hour_cost,
        "money": spent.meetings,
        "hub_share": strategy.hub / 100,
        "convenings": strategy.convenings,
        "convening_first": FIRST_CONVENING,
        "convening_share": strategy.invited / 100,
        "policy": strategy.policy,
        "align_week": align,
        "produce_week": max(align, week_of(strategy.produce)),
        **shares(strategy),
    }


def changes(question: Question) -> list[dict[str, Any]]:
    """What happens later under every strategy, as far as it happens before the horizon."""
    found: list[dict[str, Any]] = []
    somebody = any(not one.idle for one in question.strategies)
    if question.leaves and somebody:
        found.append({"week": week_of(question.leaves), "coordinator_leaves": True})
    if question.cut_after and somebody:
        found.append({"week": week_of(question.cut_after), "budget_factor": question.cut_to / 100})
    if question.join_after:
        found.append({"week": week_of(question.join_after), "newcomers": int(question.join)})
    return [change for change in found if change["week"] < question.weeks]


def start_of(question: Question, folder: Path | None) -> dict[str, Any]:
    """The start network as a scenario file would have it.  Errors: ScenarioError where the uploaded one is not at hand."""
    shared = {"organisations": question.organisations / 100, "newcomers": int(question.strangers)}
    if question.own and folder is None:
        raise ScenarioError(
            f"this is about an uploaded network (fingerprint {question.own}), which a link does not carry: whoever has its "
            "files can open them under Your network"
        )
    if question.own:
        return {"kind": "csv", "members": "members.csv", "ties": "ties.csv", **shared}
    tied = {"degree": float(question.degree)} if question.shape in DEGREED else {}
    return {"kind": question.shape, "members": int(question.members), **tied, **shared}


def scenario_of(question: Question, folder: Path | None = None) -> Scenario:
    """The scenario that answers a question; strategies are called a, b, c, d, and labelled as on the page.

    `folder`: where the files of an uploaded network are.  Errors: ScenarioError if there is none and one is needed.
    """
    return Scenario.from_document(
        {
            "title": "A question from the dashboard",
            "weeks": question.weeks,
            "seed": int(question.seed),
            "replicates": int(question.futures),
            "network": start_of(question, folder),
            "changes": changes(question),
            "strategies": {
                key: coordination(question, one, question.labels[key])
                for key, one in zip(question.keys, question.strategies, strict=True)
            },
        },
        folder or ".",
    )
