"""Work in the background of a page: it restarts when the page asks for something else, and stops when nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

import solara

from sim.dashboard.services import PREPARING, USUAL_SECONDS, services
from sim.dashboard.shared.visitor import NobodyWaits, visitor_name
from sim.dashboard.workshop import VISITOR, TooMuchWork, Update
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.experiment.runner import default_jobs
from sim.model.start import NetworkError
from sim.model.world import WorldError
from sim.output.words import capital

Result = TypeVar("Result")
TICK = 0.3
Progress = Callable[[int, int], None]
"""Takes how much is done, and of how much."""


@dataclass(frozen=True)
class Status:
    """How far the work is.

    `state`: starting, compiling, running, stopped, final or fault; `text`: what is being done, or what is wrong; `done` of
    `total`: runs, or seconds while compiling; `fresh`: whether the result on the page belongs to the present settings; `of`:
    a short name of what the result is about.
    """

    state: str = "running"
    text: str = ""
    done: int = 0
    total: int = 0
    fresh: bool = False
    of: str = ""


Work = Callable[[threading.Event], Iterator[Update[Result]]]
"""What runs in a thread: it yields news, and ends soon after the event `dropped` is set."""


@dataclass(frozen=True)
class Background(Generic[Result]):
    """What a page shows of its work: the latest result, the key of what it is the result of, and the status."""

    result: Result | None = None
    of: object = None
    status: Status = field(default_factory=Status)
    stop: Callable[[], None] = lambda: None
    again: Callable[[], None] = lambda: None


def after(news: Update[Result], key: object, now: Background[Result]) -> Background[Result]:
    """Return what there is to show after some news."""
    seen = replace(now, status=Status("final" if news.final else "running", news.text, news.done, news.total))
    return seen if news.result is None else replace(seen, result=news.result, of=key)


def time_left(seconds: float, done: int, total: int) -> str:
    """Return how long work will still take at its pace so far, in words; '' while that is not known."""
    if seconds < 2 or done < 0.03 * total:
        return ""
    left = seconds / done * (total - done)
    if left < 90:
        return f"about {max(5, 5 * round(left / 5))} seconds left"
    return f"about {round(left / 60)} minutes left"


def worked_out(
    compute: Callable[[Progress, int], Result], total: int, doing: str, unknown: str, dropped: threading.Event
) -> Iterator[Update[Result]]:
    """Compute in a thread, and yield how far it is, then the result; end soon after `dropped` is set.

    `compute` is given where to report progress, and how many threads to use.  `unknown`: how long it takes, while that is not
    known.  Raises ScenarioError where `compute` raises ValueError.
    """
    far, result = [0, total], Future[Result]()

    def tick(done: int, of: int) -> None:
        far[:] = [done, of]

    def work() -> None:
        try:
            result.set_result(compute(tick, max(1, default_jobs() - 1)))  # one core is left for other pages
        except BaseException as fault:
            result.set_exception(fault)

    threading.Thread(target=work, name="gennet-background", daemon=True).start()
    began = time.monotonic()
    while not result.done():
        left = time_left(time.monotonic() - began, far[0], far[1])
        yield Update(far[0], far[1], text=f"{doing}, {left or unknown} …")
        dropped.wait(TICK)
        if dropped.is_set():
            return
    try:
        found = result.result()
    except ValueError as fault:
        raise ScenarioError(str(fault)) from None
    yield Update(result=found, final=True)


def use_background(work: Work[Result], key: object) -> Background[Result]:
    """Run `work` in a thread, again whenever `key` changes; what ran before is dropped, its result stays until the next."""
    nothing: Background[Result] = Background()
    seen, set_seen = solara.use_state(nothing)
    attempt, set_attempt = solara.use_state(0)
    running = solara.use_ref(threading.Event())

    def begin() -> Callable[[], None]:
        dropped = NobodyWaits()
        running.current = dropped

        def show(change: Callable[[Background[Result]], Background[Result]]) -> None:
            if not dropped.is_set():
                set_seen(change)

        def left() -> None:
            """Show a visitor who comes back after all that the work was stopped."""
            if dropped.gone:
                set_seen(lambda now: replace(now, status=replace(now.status, state="stopped")))

        show(lambda now: replace(now, status=Status()))
        threading.Thread(target=run, args=(work, key, dropped, show, left), daemon=True).start()
        return dropped.set

    def stop() -> None:
        running.current.set()
        set_seen(lambda now: replace(now, status=replace(now.status, state="stopped")))

    solara.use_effect(begin, [key, attempt])
    status = replace(seen.status, fresh=seen.result is not None and seen.of == key)
    return replace(seen, status=status, stop=stop, again=lambda: set_attempt(attempt + 1))


def run(
    work: Work[Result],
    key: object,
    dropped: threading.Event,
    show: Callable[[Callable[[Background[Result]], Background[Result]]], None],
    left: Callable[[], None] = lambda: None,
) -> None:
    """Wait for the compiled rules, then do the work and show its news; a fault is shown as a sentence.

    `left` is called if the work ends because nobody waits for it any more.
    """
    VISITOR.set(visitor_name())

    def fail(text: str) -> None:
        show(lambda now: Background(status=Status("fault", text)))

    def wait(state: str, seconds: int) -> None:
        show(lambda now: replace(now, status=Status(state, PREPARING, seconds, USUAL_SECONDS)))

    fault = services().warming.wait(dropped, wait)
    if fault is None:
        return left()
    if fault:
        return fail(fault)
    try:
        for news in work(dropped):
            if dropped.is_set():
                return left()
            show(partial(after, news, key))
        if dropped.is_set():
            left()
    except (ScenarioError, NetworkError, WorldError, TooMuchWork) as found:
        fail(capital(str(found).removeprefix("scenario: ")))
    except Exception as found:
        fail(f"The computation failed ({type(found).__name__}: {found}). This is a fault in the program.")
