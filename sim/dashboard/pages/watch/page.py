"""Watch: two strategies in one typical future, side by side, week by week."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import solara

from sim.dashboard.answers import colours
from sim.dashboard.asking import Memory, follow
from sim.dashboard.links import FUTURE, from_query, future_of, to_query
from sim.dashboard.pages.watch.film import Dropped, film
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.session import mine, sources
from sim.dashboard.shared.templates import Event, nothing, packed
from sim.dashboard.warming import PREPARING
from sim.inputs.scenario.errors import ScenarioError

SIDES = "sides"


@solara.component_vue("view.vue")
def Player(
    told: str,
    status: dict[str, Any],
    labels: dict[str, str],
    typical: bool,
    chosen: list[str],
    colours: dict[str, Any],
    event_choose: Event = nothing,
    event_another: Event = nothing,
) -> None:
    """The film and its controls."""


@dataclass(frozen=True)
class Wanted:
    """What to show: a question's two strategies in one of its futures; None: a typical one."""

    question: Question
    sides: tuple[str, str]
    future: int | None = None

    @property
    def query(self) -> str:
        """The query of a link to it."""
        future = "" if self.future is None else f"&{FUTURE}={self.future}"
        return f"{to_query(self.question)}&{SIDES}={''.join(self.sides)}{future}"


@dataclass(frozen=True)
class Shown:
    """What there is: the film and whose it is, and how far the making of another is."""

    film: dict[str, Any] | None = None
    of: Wanted | None = None
    state: str = "running"
    text: str = "Looking for a typical future \u2026"
    done: int = 0
    total: int = 0


def wanted_of(search: str | None) -> Wanted:
    """What a link asks to see, held in bounds."""
    question = from_query(search).question
    given = parse_qs((search or "")[:4000])
    sides = [key for key in given.get(SIDES, [""])[0] if key in question.keys][:2]
    first, second = (*sides, *[key for key in question.keys if key not in sides])[:2]
    return Wanted(question, (first, second), future_of(search, question))


def make(
    wanted: Wanted,
    kept: tuple[Memory, Path | None],
    dropped: threading.Event,
    update: Callable[[Shown], None],
    tell: Callable[..., None],
) -> None:
    """Find a typical future if none is asked for, and film it; in a thread of its own.

    `kept`: where answers are kept, and where the files of an uploaded network are.
    """
    memory, folder = kept
    shared = services()
    wrong = shared.warming.wait(dropped, lambda state, seconds: tell(text=PREPARING))
    if wrong:
        update(Shown(state="fault", text=wrong))
    if wrong != "":
        return
    try:
        future = wanted.future
        if future is None:
            for step in follow(wanted.question, shared.workshop, memory, dropped.is_set, folder):
                if dropped.is_set():
                    return
                if step.fault:
                    update(Shown(state="fault", text=step.fault))
                    return
                tell(text="Simulating futures, to find a typical one \u2026", done=step.done, total=step.total)
                if step.final and step.answer:
                    future = int(step.answer["typical"])
        if future is None:
            return
        tell(text="Filming it \u2026", done=0, total=0)
        made = film(wanted.question, wanted.sides, future, dropped.is_set, folder)
        update(Shown(made, replace(wanted, future=future), "final", ""))
    except Dropped:
        return
    except ScenarioError as fault:
        update(Shown(state="fault", text=str(fault).removeprefix("scenario: ")))
    except Exception as fault:
        update(Shown(state="fault", text=f"The film could not be made ({type(fault).__name__}: {fault})."))


@solara.component
def Watch() -> Any:
    """The page."""
    router = solara.use_router()
    wanted = solara.use_memo(lambda: wanted_of(router.search), [router.search])
    shown, set_shown = solara.use_state(Shown())
    told = solara.use_memo(lambda: packed(shown.film), [id(shown.film)])

    def begin() -> Callable[[], None] | None:
        """Make the film that is wanted, unless it is the one on show."""
        if shown.of == wanted:
            return None
        dropped = threading.Event()

        def tell(**told: Any) -> None:
            """How far it is."""
            set_shown(lambda now: replace(now, state="running", **told))

        def update(new: Shown) -> None:
            """It is there: its address says which future it is."""
            if dropped.is_set():
                return
            set_shown(new)

        tell(text="Looking for a typical future \u2026")
        threading.Thread(
            target=make, args=(wanted, sources(wanted.question), dropped, update, tell), daemon=True
        ).start()
        return dropped.set

    def go(new: Wanted) -> None:
        """Another film, under its own address."""
        router.push(f"{router.path}?{new.query}")

    def choose(data: dict[str, Any]) -> None:
        """Another strategy on one side; where it is on the other side already, the two change places."""
        sides = list(wanted.sides)
        place = int(data["side"]) % 2
        if data["key"] in wanted.question.keys and data["key"] != sides[place]:
            if data["key"] == sides[1 - place]:
                sides[1 - place] = sides[place]
            sides[place] = data["key"]
            go(replace(wanted, sides=(sides[0], sides[1])))

    def another(data: Any) -> None:
        """The next future."""
        go(replace(wanted, future=((present or 0) + 1) % int(wanted.question.futures)))

    present = shown.of.future if shown.of is not None else wanted.future
    solara.use_effect(begin, [wanted, mine.value])
    return Player(
        told=told,
        status={"state": shown.state, "text": shown.text, "done": shown.done, "total": shown.total},
        labels=wanted.question.labels,
        typical=wanted.future is None,
        chosen=list(wanted.sides),
        colours=colours(wanted.question),
        event_choose=choose,
        event_another=another,
    )
