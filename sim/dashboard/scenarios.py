"""A question as a scenario: equal budgets turned into hours and meetings, shares of hours into levers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.dashboard.questions import Question, StrategySettings
from sim.dashboard.settings import FACILITATION, FACTS, MASS, PERSONAL, SINGLE, Values
from sim.inputs.scenario import Scenario
from sim.inputs.scenario.errors import ScenarioError
from sim.model.declarations import BY_KEY

MONTH = 52 / 12
YEAR = 52
FIRST_CONVENING = 13
HEAD_COST = BY_KEY["convening.head_cost"].default
FACILITATING = {lever for mix in FACILITATION.values() for lever in mix}
DEGREED = ("communities", "random", "core_periphery")


@dataclass(frozen=True)
class Spending:
    """What a strategy's yearly budget goes into, dollars; hours a week; and what is left.

    `heads`: people at each convening; `wanted`: what its convenings would cost without a budget; `sessions`: the part of
    `meetings` for facilitated sessions in person.
    """

    hours_week: float
    hours: float
    meetings: float
    heads: int
    left: float
    wanted: float
    sessions: float = 0.0


def week_of(months: float) -> int:
    """Return the week, counted from 0, that begins after so many months."""
    return round(months * MONTH)


def spending(question: Question, strategy: StrategySettings) -> Spending:
    """Return a year's spending: meetings first, as far as the budget goes, and hours for all the rest."""
    question = question.seen_by(strategy)
    if strategy.idle:
        return Spending(0.0, 0.0, 0.0, 0, question.budget, 0.0)
    heads = round(strategy.invited / 100 * question.members) if strategy.convenings else 0
    wanted = strategy.convenings * heads * HEAD_COST
    sessions = strategy.in_person / 100 * question.budget
    meetings = min(wanted, question.budget - sessions) + sessions
    hours_week = (question.budget - meetings) / (YEAR * question.hour_cost)
    hours = hours_week * YEAR * question.hour_cost
    return Spending(hours_week, hours, meetings, heads, question.budget - hours - meetings, wanted, sessions)


def shares(strategy: StrategySettings) -> dict[str, dict[str, float]]:
    """Return the shares of hours by lever for each focus.

    While connecting there are no groups to facilitate: all hours go to weaving, in the proportion of its kinds; to
    facilitation only if there is nothing else.
    """
    single = [(share / 100, {lever: 1.0}) for lever, share in zip(SINGLE, strategy.single, strict=True)]
    early = [(strategy.personal / 100, PERSONAL), (strategy.mass / 100, MASS)]
    early += [(share, levers) for share, levers in single if not FACILITATING & set(levers)]
    weaving = [(strategy.personal / 100, PERSONAL), (strategy.mass / 100, MASS), *single]
    facilitation = 1 - strategy.personal / 100 - strategy.mass / 100 - sum(share for share, _ in single)
    total = sum(share for share, _ in early)
    first = [(share / total, levers) for share, levers in early] if total > 0 else [(1.0, FACILITATION["align"])]
    later = {focus: mixed(*weaving, (facilitation, levers)) for focus, levers in FACILITATION.items()}
    return {"connect": mixed(*first), **later}


def mixed(*parts: tuple[float, Mapping[str, float]]) -> dict[str, float]:
    """Return the levers of several kinds of weaving, each kind with its share of the hours, without levers of share 0."""
    mix: dict[str, float] = {}
    for share, levers in parts:
        for lever, part in levers.items():
            mix[lever] = round(mix.get(lever, 0.0) + share * part, 6)
    # Rounding may take the sum above 1, which no scenario allows: the largest share gives that up.
    over = round(sum(mix.values()) - 1, 6)
    if over > 0:
        largest = max(mix, key=lambda lever: mix[lever])
        mix[largest] = round(mix[largest] - over, 6)
    return {lever: share for lever, share in mix.items() if share > 0}


def coordination(question: Question, strategy: StrategySettings, label: str) -> Values:
    """Return a strategy as a scenario file would have it."""
    if strategy.idle:
        return {"label": label, "coordinators": [], "changes": changes(question, strategy)}
    spent = spending(question, strategy)
    align = week_of(strategy.align)
    return {
        "label": label,
        "hours": spent.hours_week,
        "hour_cost": question.seen_by(strategy).hour_cost,
        "money": spent.meetings,
        "hub_share": strategy.hub / 100,
        "in_person": float(strategy.in_person > 0),
        "sets_agenda": strategy.agenda == "coordinator",
        "convenings": strategy.convenings,
        "convening_first": FIRST_CONVENING,
        "convening_share": strategy.invited / 100,
        **({"convening_core": True} if strategy.convened == "core" else {}),
        "policy": strategy.policy,
        "align_week": align,
        "produce_week": max(align, week_of(strategy.produce)),
        **shares(strategy),
        "changes": changes(question, strategy),
    }


def changes(question: Question, strategy: StrategySettings) -> list[Values]:
    """Return what happens later under a strategy, if it happens before the horizon.

    Each strategy lists its own changes, so that what happens to coordinators leaves the runs without any as they are.
    """
    question = question.seen_by(strategy)
    later: list[Values] = []
    if question.leaves and not strategy.idle:
        later.append({"week": week_of(question.leaves), "coordinator_leaves": True})
    if question.cut_after and not strategy.idle:
        later.append({"week": week_of(question.cut_after), "budget_factor": question.cut_to / 100})
    if question.join_after:
        later.append({"week": week_of(question.join_after), "newcomers": int(question.join)})
    if question.shift_after:
        later.append({"week": week_of(question.shift_after), "problem_shift": question.shift / 100})
    if strategy.form == "organisation":
        later.append({"week": 0, "set": {"organisation.fixed": 1.0}})
    return [change for change in later if change["week"] < question.weeks]


def start_of(question: Question, folder: Path | None) -> Values:
    """Return the start network as a scenario file would have it.  Raises ScenarioError if an uploaded one is missing."""
    shared: Values = {"organisations": question.organisations / 100, "newcomers": int(question.strangers)}
    if question.own and folder is None:
        raise ScenarioError(
            f"this link is about an uploaded network (fingerprint {question.own}), which links do not carry. If you have its "
            "files, open them under Your network"
        )
    if question.own:
        return {"kind": "csv", "members": "members.csv", "ties": "ties.csv", **shared}
    tied: Values = {"degree": float(question.degree)} if question.shape in DEGREED else {}
    return {"kind": question.shape, "members": int(question.members), **tied, **shared}


def facts_of(question: Question) -> Values:
    """Return what is known of the network as a scenario file would have it, without the table if nothing is."""
    facts = {
        one.name: {
            "value": round(one.value * FACTS[one.name].scale, 6),
            "within": round(one.within * FACTS[one.name].scale, 6),
        }
        for one in question.facts
    }
    return {"facts": facts} if facts else {}


def joining_of(question: Question) -> Values:
    """Return how many join by themselves as a scenario file would have it, nothing if as many as usual."""
    if question.joining == 100:
        return {}
    usual = {name: BY_KEY[f"arrival.{name}"].default for name in ("base", "referral")}
    return {"arrival": {name: value * question.joining / 100 for name, value in usual.items()}}


def scenario_of(question: Question, folder: Path | None = None) -> Scenario:
    """Return the scenario that answers a question; strategies are called a, b, c, d, and labelled as on the page.

    `folder`: where the files of an uploaded network are.  Raises ScenarioError if there is none and one is needed.
    """
    return Scenario.from_document(
        {
            "title": "A question from the dashboard",
            "weeks": question.weeks,
            "seed": int(question.seed),
            "replicates": int(question.futures),
            "network": start_of(question, folder),
            "strategies": {
                key: coordination(question, one, question.labels[key])
                for key, one in zip(question.keys, question.strategies, strict=True)
            },
            **facts_of(question),
            **joining_of(question),
        },
        folder or ".",
    )
