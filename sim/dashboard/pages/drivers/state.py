"""The analysis as the page shows it: the latest findings, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from sim.dashboard.pages.drivers.driver_analysis import analyse
from sim.dashboard.pages.drivers.driver_findings import DriverFindings
from sim.dashboard.pages.drivers.run_cache import cache_of
from sim.dashboard.pages.drivers.selection import Selection
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import sources, uploaded
from sim.dashboard.shared.background import Background, use_background
from sim.dashboard.workshop import Update


def use_analysis(question: Question, selection: Selection) -> Background[DriverFindings]:
    """Run the analysis in the background; a new question drops the one before."""
    memory, folder = sources(question)

    def work(dropped: threading.Event) -> Iterator[Update[DriverFindings]]:
        kept = memory.get(question)
        runs = None if kept is None else kept.runs
        return analyse(question, selection, services().workshop, cache_of(memory), dropped.is_set, folder, runs)

    return use_background(work, (selection.address(question), uploaded.value))
