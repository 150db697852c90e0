"""Warnings: what may go wrong under a strategy that looks good, and what intervals and calendars decide."""

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
    """Return all warnings on an answer."""
    words = list(comparison.scenario.budget_warnings(comparison.strategies))
    if not question.budget:
        words.append("Without a budget there is no coordinator: every strategy here does nothing.")
    words += many_leave(comparison, labels)
    for key, one in zip(question.keys, question.strategies, strict=True):
        label, runs = labels[key], comparison.of(key)
        words += [*dangers(runs, label), *early_or_late(question, comparison, key, label), *not_renewed(runs, label)]
        spent = spending(question, one)
        if spent.wanted > spent.meetings + 0.5:
            words.append(
                f"{label}: its meetings would cost {dollars(spent.wanted)} a year; the budget pays for fewer people, and for "
                "no hours."
            )
    return words


def many_leave(comparison: Comparison, labels: Mapping[str, str]) -> list[str]:
    """Return one warning about all strategies under which many members leave."""
    parts = []
    for key, label in labels.items():
        runs = comparison.of(key)
        left = float(runs["members_left"].mean())
        ever = left + float(runs["members_active"].mean())
        if ever and left / ever > MANY_LEAVE:
            parts.append(f"{label} {left:.0f} of {ever:.0f} who were ever members")
    return [f"Many members leave by the end: {'; '.join(parts)}."] if parts else []


def dangers(runs: pd.DataFrame, label: str) -> list[str]:
    """Return warnings that a strategy's runs give by themselves: dependence, break-aways."""
    words = []
    dependence = float(runs["coordinator_dependence"].mean())
    if dependence > MUCH_DEPENDENCE:
        words.append(
            f"{label}: {percent(dependence)} of new ties and gifts depend on the coordinator; what if that person leaves?"
        )
    apart = int((runs["break_aways"] > 0).sum())
    if apart / len(runs) > OFTEN:
        words.append(f"{label}: in {apart} of {len(runs)} simulated futures a working group breaks away.")
    return words


def not_renewed(runs: pd.DataFrame, label: str) -> list[str]:
    """Return a warning if a generative network seldom stays so without its coordinator."""
    tested = runs["renewed"].dropna()
    if len(tested) < 10 or float(tested.mean()) >= SELDOM:
        return []
    return [
        f"{label}: of {len(tested)} futures that become generative, only {int(tested.sum())} stay generative for a year "
        "without the coordinator."
    ]


def early_or_late(question: Question, comparison: Comparison, key: str, label: str) -> list[str]:
    """Return a warning if the focus moves on before the network is connected, or waits for what often never comes."""
    one = question.strategies[question.keys.index(key)]
    align = week_of(one.align)
    if one.idle or not question.budget:
        return []
    if one.policy == "weeks" and align < question.weeks and one.facilitation:
        latest, often = align, SELDOM
        does, then = f"moves on to aligning after {number(one.align)} months, but", "is not connected by then"
    elif one.policy == "readiness":
        latest, often = question.weeks, OFTEN
        does, then = "waits until the network is ready, and", "never gets connected"
    else:
        return []
    weeks = comparison.weeks(key, "connected")
    late = int((np.isnan(weeks) | (weeks > latest)).sum())
    if late / len(weeks) <= often:
        return []
    return [f"{label}: the coordinator {does} in {late} of {len(weeks)} simulated futures the network {then}."]


def timing(question: Question) -> str:
    """Return a sentence if the calendar decides much of when the network aligns, else ''."""
    weavers = [one for one in question.strategies if not one.idle]
    if not weavers or not question.budget or len({(one.policy, one.align) for one in weavers}) > 1:
        return ""
    align, facilitated = weavers[0].align, any(one.facilitation for one in weavers)
    if weavers[0].policy != "weeks" or not 0 < align < 12 * question.years or not facilitated:
        return ""
    who = ("The coordinator moves", "Both coordinators move", "All coordinators move")[min(len(weavers), 3) - 1]
    return (
        f"{who} to aligning after {number(align)} months, by the calendar set for each strategy. That decides much of when the "
        "network aligns, and makes strategies look alike."
    )


def trust() -> str:
    """Return what the intervals do not cover."""
    assumed = sum(parameter.basis == "assumed" for parameter in PARAMETERS)
    return (
        f"This says how sure the simulation is, not how right the model is: {assumed} of its {len(PARAMETERS)} parameters are "
        "assumptions."
    )
