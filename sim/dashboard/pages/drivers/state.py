"""The analysis as the page shows it: the latest findings, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from sim.dashboard.answering import Memory
from sim.dashboard.pages.drivers.driver_analysis import analyse
from sim.dashboard.pages.drivers.driver_findings import DriverFindings
from sim.dashboard.pages.drivers.run_cache import cache_of
from sim.dashboard.pages.drivers.selection import Selection
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import sources, uploaded
from sim.dashboard.shared.background import Background, use_background
from sim.dashboard.workshop import Update
from sim.inputs.scenario.errors import ScenarioError


def analysis(
    question: Question, selection: Selection, memory: Memory, folder: Path | None, dropped: threading.Event
) -> Iterator[Update[DriverFindings]]:
    """Analyse a question.  Raises ScenarioError if that cannot be done."""
    kept = memory.get(question)
    runs = None if kept is None else kept.runs
    for news in analyse(question, selection, services().workshop, cache_of(memory), dropped.is_set, folder, runs):
        if news.fault:
            raise ScenarioError(news.fault)
        yield Update(news.done, news.total, news.findings, final=news.final)


def use_analysis(question: Question, selection: Selection) -> Background[DriverFindings]:
    """Run the analysis in the background; a new question drops the one before."""
    memory, folder = sources(question)
    key = (selection.address(question), uploaded.value)
    return use_background(lambda dropped: analysis(question, selection, memory, folder, dropped), key)
