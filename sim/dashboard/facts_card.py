"""What facts about the network did to an answer, in words: how well worlds fit, what changed, or which fact is in the way."""

from __future__ import annotations

from dataclasses import dataclass

from sim.dashboard.questions import Question, StatedFact, text_of
from sim.dashboard.settings import FACTS
from sim.lab.comparison import Comparison
from sim.lab.facts import NoWorldFits, measured_names
from sim.output.both_bands import standing, turned
from sim.output.facts_words import change_words, moved_words, worlds_words
from sim.output.words import number


@dataclass(frozen=True)
class FactRow:
    """One fact: what is known, and what the model says without facts, of last year with them, and of a usual year."""

    label: str
    known: str
    before: str
    after: str
    usual: str


@dataclass(frozen=True)
class FactsCard:
    """What facts did: a row each, and sentences.

    `problem`: which fact is in the way if no world fits; `weighted`: whether some worlds count more than others.
    """

    rows: tuple[FactRow, ...] = ()
    sentences: tuple[str, ...] = ()
    problem: str = ""
    weighted: bool = False


def facts_card(question: Question, comparison: Comparison, unfit: NoWorldFits | None = None) -> FactsCard | None:
    """Return what facts did; None without facts, or before worlds are there."""
    if unfit is not None:
        return FactsCard(problem=unfit_words(question, unfit))
    report = comparison.facts
    if report is None:
        return None
    stated = {one.name: one for one in question.facts}
    rows = tuple(
        FactRow(
            FACTS[one.name].value.label,
            fact_words(stated[one.name]),
            *(in_units(one.name, value) for value in (one.before, one.after, one.usual)),
        )
        for one in report.facts
    )
    sentences = (worlds_words(report), moved_words(report), changed_words(question, comparison))
    return FactsCard(rows, tuple(filter(None, sentences)), weighted=bool(measured_names(comparison.scenario)))


def fact_words(fact: StatedFact) -> str:
    """Return a fact as people say it: "30%, give or take 10%"."""
    unit = "%" if FACTS[fact.name].value.unit == "%" else ""
    return f"{text_of(fact.value)}{unit}, give or take {text_of(fact.within)}{unit}"


def in_units(name: str, value: float) -> str:
    """Return a model's value of a fact in the units in which the fact is stated."""
    unit = "%" if FACTS[name].value.unit == "%" else ""
    return f"{number(value / FACTS[name].scale)}{unit}"


def changed_words(question: Question, comparison: Comparison) -> str:
    """Return how the facts changed what worlds say of the best strategy and the next; '' if that is not known."""
    best = standing(comparison).order[:2]
    rows = {frozenset((one.strategy, one.baseline)): one for one in comparison.without_facts}
    without = rows.get(frozenset(best))
    if without is None:
        return ""
    known = comparison.over_worlds(without.strategy, without.baseline, "outputs")
    if without.strategy != best[0]:
        without, known = turned(without), turned(known)
    return change_words(without, known, question.labels)


def unfit_words(question: Question, unfit: NoWorldFits) -> str:
    """Return which fact is in the way, as people say it, and what to do."""
    fact = next(one for one in question.facts if one.name == unfit.name)
    others = "" if unfit.alone else " together with the other facts, each of which some world fits"
    least, most = (in_units(fact.name, value) for value in (unfit.least, unfit.most))
    return (
        f"No plausible world fits what you know. In the way{others}: \u201c{FACTS[fact.name].value.label}: {fact_words(fact)}"
        f"\u201d. In the {unfit.drawn:,} worlds that were drawn, its mean is {least} to {most}. Check the number, allow it to be "
        "further off, or change the settings that make your network different."
    )
