"""Warnings: what may go wrong under a strategy though it looks good; what intervals and calendars decide."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.dashboard.money import dollars
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import spending, week_of
from sim.lab.comparison import Comparison
from sim.model.declarations import PARAMETERS
from sim.output.words import number, percent

MANY_LEAVE, MUCH_DEPENDENCE, OFTEN, SELDOM = 0.4, 0.35, 0.25, 0.5


def cautions(question: Question, comparison: Comparison, labels: dict[str, str]) -> list[str]:
    """Warnings in words: what may go wrong under a strategy though it looks good."""
    found = list(comparison.scenario.budget_warnings(comparison.strategies))
    if not question.budget:
        found.append("Without a budget nobody weaves: every strategy here does nothing.")
    found += many_leave(comparison, labels)
    for key, one in zip(question.keys, question.strategies, strict=True):
        label = labels[key]
        found += dangers(comparison.of(key), label)
        found += moving_on(question, comparison, key, label) + not_renewed(comparison.of(key), label)
        spent = spending(question, one)
        if spent.wanted > spent.meetings + 0.5:
            found.append(
                f"{label}: its meetings would cost {dollars(spent.wanted)} a year; the budget pays for fewer people, and for "
                "no hours."
            )
    return found


def many_leave(comparison: Comparison, labels: Mapping[str, str]) -> list[str]:
    """A warning where many of the people who were ever members have gone by the end, for all such strategies at once."""
    found = []
    for key, label in labels.items():
        runs = comparison.of(key)
        left = float(runs["members_left"].mean())
        ever = left + float(runs["members_active"].mean())
        if ever and left / ever > MANY_LEAVE:
            found.append(f"{label} {left:.0f} of {ever:.0f} who were ever members")
    return [f"Many leave by the end: {'; '.join(found)}."] if found else []


def dangers(runs: pd.DataFrame, label: str) -> list[str]:
    """Warnings that a strategy's runs give by themselves: dependence, breaking away."""
    found = []
    n = len(runs)
    dependence = float(runs["coordinator_dependence"].mean())
    if dependence > MUCH_DEPENDENCE:
        found.append(
            f"{label}: {percent(dependence)} of new ties and gifts hang on the coordinator; what if that person goes?"
        )
    apart = int((runs["break_aways"] > 0).sum())
    if apart / n > OFTEN:
        found.append(f"{label}: in {apart} of {n} simulated futures a working group breaks away.")
    return found


def not_renewed(runs: pd.DataFrame, label: str) -> list[str]:
    """A warning where what became generative seldom stays so by itself."""
    tested = runs["renewed"].dropna()
    if len(tested) < 10 or float(tested.mean()) >= SELDOM:
        return []
    return [
        f"{label}: of {len(tested)} futures that became generative, only {int(tested.sum())} stay so for a year "
        "without the coordinator."
    ]


def moving_on(question: Question, comparison: Comparison, key: str, label: str) -> list[str]:
    """A warning where effort moves on before the network is typically connected, or waits for what often never comes."""
    one = question.strategies[question.keys.index(key)]
    align = week_of(one.align)
    if one.idle or not question.budget:
        return []
    if one.policy == "weeks" and align < question.weeks and one.facilitation:
        latest, often = align, SELDOM
        does, then = f"moves on to aligning after {number(one.align)} months, but", "is not connected by then"
    elif one.policy == "readiness":
        latest, often = question.weeks, OFTEN
        does, then = "waits until the network is ready, and", "never even gets connected"
    else:
        return []
    weeks = comparison.weeks(key, "connected")
    late = int((np.isnan(weeks) | (weeks > latest)).sum())
    if late / len(weeks) <= often:
        return []
    return [f"{label}: effort {does} in {late} of {len(weeks)} simulated futures the network {then}."]


def timing(question: Question) -> str:
    """Where the calendar decides much of when the network aligns: that it does; '' where it does not."""
    weavers = [one for one in question.strategies if not one.idle]
    if not weavers or not question.budget or len({(one.policy, one.align) for one in weavers}) > 1:
        return ""
    if weavers[0].policy != "weeks":
        return ""
    align = weavers[0].align
    if not 0 < align < 12 * question.years or not any(one.facilitation for one in weavers):
        return ""
    who = "All coordinators turn" if len(weavers) > 2 else "Both coordinators turn" if len(weavers) == 2 else "It turns"
    return (
        f"{who} to aligning after {number(align)} months, by the calendar set on the cards: that decides much of when "
        "alignment comes, and makes strategies look alike."
    )


def trust() -> str:
    """What intervals do not cover."""
    assumed = sum(parameter.basis == "assumed" for parameter in PARAMETERS)
    return (
        f"This is how sure the simulation is, not how right the model is: {assumed} of its {len(PARAMETERS)} parameters are "
        "assumptions."
    )
