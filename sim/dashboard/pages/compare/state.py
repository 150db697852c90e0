"""A page's question and its answer: computed in the background, fresh or of the settings before, and in the address."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.asking import Memory, Step, follow, numbers_of
from sim.dashboard.links import to_query
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import mine, sources
from sim.dashboard.warming import USUAL_SECONDS
from sim.output.words import capital

NEVER = object()


@dataclass(frozen=True)
class View:
    """What is on the page of the question: the latest answer and whose it is, progress, and how it stands."""

    answer: dict[str, Any] | None = None
    of: Question | None = None
    done: int = 0
    total: int = 0
    state: str = "running"
    text: str = ""

    @staticmethod
    def after(step: Step, view: View) -> View:
        """What there is to show once a step has come."""
        if step.fault:
            return View(state="fault", text=capital(step.fault.removeprefix("scenario: ")))
        seen = replace(view, done=step.done, total=step.total, state="final" if step.final else "running", text="")
        return seen if step.answer is None else replace(seen, answer=step.answer, of=step.question)


def run_question(
    question: Question,
    kept: tuple[Memory, Path | None],
    dropped: threading.Event,
    update: Callable[[Callable[[View], View]], None],
) -> None:
    """Follow a question to its answer, in a thread of its own; `update` changes what is on the page.

    `kept`: where answers are kept, and where the files of an uploaded network are.
    """
    memory, folder = kept
    shared = services()
    wrong = shared.warming.wait(
        dropped, lambda state, seconds: update(partial(replace, state=state, done=seconds, total=USUAL_SECONDS))
    )
    if wrong:
        update(lambda view: View(state="fault", text=wrong))
    if wrong != "":
        return
    try:
        for step in follow(question, shared.workshop, memory, dropped.is_set, folder):
            if dropped.is_set():
                return
            update(partial(View.after, step))
    except Exception as fault:
        text = f"The computation failed ({type(fault).__name__}: {fault}). This is a fault in the program."
        update(lambda view: View(state="fault", text=text))


def status_of(view: View, question: Question) -> dict[str, Any]:
    """How the answer on the page stands to the question: computing, fresh, or of the settings before."""
    fresh = view.of is not None and numbers_of(view.of) == numbers_of(question)
    of = "" if view.of is None else hashlib.sha256(numbers_of(view.of).encode()).hexdigest()[:8]
    return {"state": view.state, "done": view.done, "total": view.total, "fresh": fresh, "text": view.text, "of": of}


def use_answer(question: Question) -> tuple[View, Callable[[], None], Callable[[], None]]:
    """The answer to a question as it comes, a way to stop, and one to begin again; another question drops the one before."""
    view, set_view = solara.use_state(View())
    attempt, set_attempt = solara.use_state(0)
    running: Any = solara.use_ref(None)

    def compute() -> Callable[[], None]:
        """Run the question; what ran before is dropped."""
        dropped = threading.Event()
        running.current = dropped
        set_view(lambda view: replace(view, state="running", done=0, total=0, text=""))
        threading.Thread(
            target=run_question, args=(question, sources(question), dropped, set_view), daemon=True
        ).start()
        return dropped.set

    def stop() -> None:
        """Give up the runs under way; what is there stays."""
        if running.current is not None:
            running.current.set()
        set_view(lambda view: replace(view, state="stopped"))

    solara.use_effect(compute, [numbers_of(question), attempt, mine.value])
    return view, stop, lambda: set_attempt(attempt + 1)


def use_address(
    router: Any, asked: Question, question: Question, set_question: Callable[[Any], None], finished: bool
) -> None:
    """Keep the page and its address together.  `asked`: the question of the address as it stands.

    A finished what-if becomes the page's address, so that Back goes from one to the one before.  A link that was opened,
    or Back, becomes the question, unless the address is of the page's own making.
    """
    known: Any = solara.use_ref(router.search)
    pushed: Any = solara.use_ref(NEVER)

    def arrived() -> None:
        """The address may have changed.

        Asked after every rendering, not at a change of the address alone: where Back is quicker than the rendering of an
        address that the page made, the page never sees that address, and yet has to follow.
        """
        own, due = router.search == pushed.current, pushed.current is not NEVER
        changed = router.search != known.current
        known.current, pushed.current = router.search, NEVER
        if (changed or due) and not own:
            set_question(asked)

    def record() -> None:
        """The question has its answer."""
        if finished and asked != question:
            pushed.current = to_query(question)
            router.push(f"{router.path}?{pushed.current}")

    solara.use_effect(arrived)
    solara.use_effect(record, [finished, question])
