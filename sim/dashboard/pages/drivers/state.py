"""What is on the page: the latest findings, how far the analysis is, and the thread that runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import solara

from sim.dashboard.pages.drivers.driver_analysis import AnalysisUpdate, analyse
from sim.dashboard.pages.drivers.driver_findings import DriverFindings
from sim.dashboard.pages.drivers.run_cache import cache_of
from sim.dashboard.pages.drivers.selection import Selection
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import mine, sources
from sim.dashboard.warming import USUAL_SECONDS


@dataclass(frozen=True)
class DriversState:
    """`address`: the link that the findings belong to; `state`: starting, compiling, running, final, stopped or fault."""

    findings: DriverFindings | None = None
    address: str = ""
    state: str = "running"
    text: str = ""
    done: int = 0
    total: int = 0

    def after(self, update: AnalysisUpdate, address: str) -> DriversState:
        """Return the state after an update of the analysis."""
        if update.fault:
            return DriversState(state="fault", text=update.fault)
        state = "final" if update.final else "running"
        new = replace(self, state=state, text="", done=update.done, total=update.total)
        return new if update.findings is None else replace(new, findings=update.findings, address=address)


Change = Callable[[DriversState], DriversState]


def run_analysis(
    question: Question, selection: Selection, dropped: threading.Event, change: Callable[[Change], None]
) -> None:
    """Analyse a question in a thread; `change` changes the state of the page until `dropped` is set."""
    memory, folder = sources(question)
    shared = services()

    def show(new: Change) -> None:
        if not dropped.is_set():
            change(new)

    fault = shared.warming.wait(
        dropped, lambda state, seconds: show(partial(replace, state=state, done=seconds, total=USUAL_SECONDS))
    )
    if fault:
        show(lambda _: DriversState(state="fault", text=fault))
    if fault != "":
        return
    try:
        kept = memory.get(question)
        runs = None if kept is None else kept.runs
        address = selection.address(question)
        cache = cache_of(memory)
        for update in analyse(question, selection, shared.workshop, cache, dropped.is_set, folder, runs):
            show(lambda now, update=update: now.after(update, address))  # type: ignore[misc]
    except Exception as error:
        text = f"The computation failed ({type(error).__name__}: {error}). This is a fault in the program."
        show(lambda _: DriversState(state="fault", text=text))


def use_analysis(
    question: Question, selection: Selection
) -> tuple[DriversState, Callable[[], None], Callable[[], None]]:
    """Return the state of the analysis, a way to stop it and a way to resume it; a new question drops the one before."""
    state, set_state = solara.use_state(DriversState())
    attempt, set_attempt = solara.use_state(0)
    running = solara.use_ref(threading.Event())

    def begin() -> Callable[[], None]:
        dropped = running.current = threading.Event()
        set_state(lambda now: replace(now, state="running", text="", done=0, total=0))
        threading.Thread(target=run_analysis, args=(question, selection, dropped, set_state), daemon=True).start()
        return dropped.set

    def stop() -> None:
        running.current.set()
        set_state(lambda now: replace(now, state="stopped"))

    solara.use_effect(begin, [selection.address(question), attempt, mine.value])
    return state, stop, lambda: set_attempt(attempt + 1)
