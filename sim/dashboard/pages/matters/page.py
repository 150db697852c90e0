"""What matters: what the result of a question hangs on, what more money buys, and where the answer flips."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.asking import Memory
from sim.dashboard.links import from_query
from sim.dashboard.matters.inquire import inquire
from sim.dashboard.matters.inquiry import Part
from sim.dashboard.matters.looks import EACHES, LEAD, PAIR, Look, look_of
from sim.dashboard.matters.measure import OUTCOMES
from sim.dashboard.matters.runs import shelf_beside
from sim.dashboard.matters.table import csv_of
from sim.dashboard.matters.variations import WORDS
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import mine, sources
from sim.dashboard.shared.answer_parts import TAKING, Taking
from sim.dashboard.shared.templates import Event, handed, nothing, packed
from sim.dashboard.warming import USUAL_SECONDS

NO_FILE: dict[str, Any] = {}


@solara.component_vue("view.vue")
def Shown(
    told: str,
    status: dict[str, Any],
    look: dict[str, Any],
    choices: dict[str, Any],
    about: str,
    notes: list[str],
    event_look: Event = nothing,
    event_stop: Event = nothing,
    event_again: Event = nothing,
) -> None:
    """The bars, the curves, and where the answer flips."""


@dataclass(frozen=True)
class Seen:
    """What is on the page: the latest findings and what they are of, progress, and how it stands."""

    told: dict[str, Any] | None = None
    of: str = ""
    state: str = "running"
    text: str = ""
    done: int = 0
    total: int = 0

    @staticmethod
    def after(part: Part, of: str, seen: Seen) -> Seen:
        """What there is to show once a part has come."""
        if part.fault:
            return Seen(state="fault", text=part.fault)
        state = "final" if part.final else "running"
        new = replace(seen, state=state, text="", done=part.done, total=part.total)
        return new if part.told is None else replace(new, told=part.told, of=of)


def run(
    question: Question,
    look: Look,
    kept: tuple[Memory, Path | None],
    dropped: threading.Event,
    update: Callable[[Callable[[Seen], Seen]], None],
) -> None:
    """Find what matters, in a thread of its own; `update` changes what is on the page."""
    memory, folder = kept
    shared = services()

    def change(new: Callable[[Seen], Seen]) -> None:
        """Nothing more comes once it is dropped."""
        if not dropped.is_set():
            update(new)

    wrong = shared.warming.wait(
        dropped, lambda state, seconds: change(partial(replace, state=state, done=seconds, total=USUAL_SECONDS))
    )
    if wrong:
        change(lambda seen: Seen(state="fault", text=wrong))
    if wrong != "":
        return
    try:
        of = look.address(question)
        found = memory.get(question)
        known = None if found is None else found.runs
        shelf = shelf_beside(memory)
        for part in inquire(question, look, shared.workshop, shelf, dropped.is_set, folder, known):
            change(partial(Seen.after, part, of))
    except Exception as fault:
        text = f"The computation failed ({type(fault).__name__}: {fault}). This is a fault in the program."
        change(lambda seen: Seen(state="fault", text=text))


def about(question: Question) -> str:
    """The question in a line."""
    tied = "An uploaded network of" if question.own else f"{WORDS['degree'](question.degree)} at the start,"
    size = f"{question.members:g} members"
    network = f"{tied} {size}" if question.own else f"{size}, {tied.rstrip(',')}"
    years = WORDS["years"](question.years)
    return f"{network}, {WORDS['budget'](question.budget)}, {years} ahead: {'; '.join(question.labels.values())}."


def choices_of(question: Question) -> dict[str, Any]:
    """What can be chosen to look at."""
    whose = {LEAD: "the leading strategy", PAIR: "the leader\u2019s lead on the second", **question.labels}
    return {"result": OUTCOMES, "whose": whose, "each": list(EACHES)}


@solara.component
def Matters() -> Any:
    """The page."""
    router = solara.use_router()
    asked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question = asked.question
    look = solara.use_memo(lambda: look_of(router.search, question), [router.search])
    seen, set_seen = solara.use_state(Seen())
    attempt, set_attempt = solara.use_state(0)
    file, set_file = solara.use_state(NO_FILE)
    running: Any = solara.use_ref(None)
    here = look.address(question)
    fresh = seen.of == here

    def begin() -> Callable[[], None]:
        """Look into it; what ran before is dropped, and its runs stay on the shelf."""
        dropped = threading.Event()
        running.current = dropped
        set_seen(lambda now: replace(now, state="running", text="", done=0, total=0))
        threading.Thread(target=run, args=(question, look, sources(question), dropped, set_seen), daemon=True).start()
        return dropped.set

    def stop(data: Any) -> None:
        """Give up the runs under way; what is there stays."""
        if running.current is not None:
            running.current.set()
        set_seen(lambda now: replace(now, state="stopped"))

    def change(data: Any) -> None:
        """Another outcome, another's, or other numbers of futures, under an address of its own."""
        wanted = asdict(look) | {name: data[name] for name in ("outcome", "whose", "each") if name in data}
        new = Look(str(wanted["outcome"]), str(wanted["whose"]), int(wanted["each"]))
        router.push(f"{router.path}?{new.held(question).address(question)}")

    def download(data: Any) -> None:
        """What the charts show, as a table."""
        if seen.told is not None and fresh:
            made = {"name": "what-matters.csv", "type": "text/csv", "text": csv_of(seen.told)}
            set_file(handed(made, file))

    solara.use_effect(begin, [here, attempt, mine.value])
    told = solara.use_memo(lambda: packed(seen.told), [id(seen.told)])
    status = {"state": seen.state, "text": seen.text, "done": seen.done, "total": seen.total, "fresh": fresh}
    shown = Shown(
        told=told,
        status=status,
        look=asdict(look),
        choices=choices_of(question),
        about=about(question),
        notes=list(asked.notes),
        event_look=change,
        event_stop=stop,
        event_again=lambda data: set_attempt(attempt + 1),
    )
    taking = Taking(
        link=f"{router.path}?{here}",
        file=file,
        ready=seen.state in ("final", "stopped") and fresh,
        words={**TAKING, "csv": "Download these numbers (CSV)"},
        event_download=download,
    )
    return solara.v.Html(tag="div", class_="gn-matters", children=[shown, taking])
