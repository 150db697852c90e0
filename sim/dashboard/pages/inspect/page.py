"""Inspect one run: Mesa's own page on one future of the question, stepped agent by agent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara
from solara.components.applayout import appbar_portal, sidebar_portal

from sim.dashboard.answers import colours, toned
from sim.dashboard.pages.inspect.state import (
    MOST_MEMBERS,
    Steps,
    Wanted,
    built,
    make_ready,
    network_of,
    wanted_of,
    weekly_of,
)
from sim.dashboard.services import services
from sim.dashboard.session import mine, sources
from sim.dashboard.shared.templates import Event, nothing, packed
from sim.dashboard.warming import PREPARING
from sim.inputs.scenario.errors import ScenarioError
from sim.model.version import MODEL_VERSION
from sim.output.figures.palette import OKABE_ITO
from sim.output.words import capital

INTERVAL, SHORTEST = 201, 101
"""Milliseconds between weeks while playing; Mesa's slider moves in tens from 1."""
TONES = packed([toned(colour) for colour in OKABE_ITO])


@solara.component_vue("view.vue")
def Choices(
    labels: dict[str, str],
    chosen: str,
    future: int,
    futures: int,
    most: int,
    model: str,
    colours: dict[str, Any],
    notes: list[str],
    status: dict[str, Any],
    event_choose: Event = nothing,
    event_go: Event = nothing,
) -> None:
    """What this is, and which run it is about."""


@solara.component_vue("network.vue")
def Drawn(told: str) -> None:
    """The network in one week."""


@solara.component_vue("weekly.vue")
def Charted(told: str, tones: str) -> None:
    """What was measured so far."""


@dataclass(frozen=True)
class Made:
    """How far the model is: being built, there, or a fault in words."""

    model: Steps | None = None
    words: dict[str, Any] | None = None
    of: Wanted | None = None
    state: str = "running"
    text: str = ""


def make(
    wanted: Wanted,
    folder: Path | None,
    dropped: threading.Event,
    update: Callable[[Made], None],
    tell: Callable[[str], None],
) -> None:
    """Build the model, in a thread of its own.  `folder`: where the files of an uploaded network are."""
    shared = services()
    wrong = shared.warming.wait(dropped, lambda state, seconds: tell(PREPARING))
    if wrong:
        update(Made(state="fault", text=wrong))
    if wrong != "":
        return
    try:
        make_ready(tell)
        if not dropped.is_set():
            tell("Building the network \u2026")
            update(Made(*built(wanted, folder, dropped), wanted, "final"))
    except ScenarioError as fault:
        words = str(fault).removeprefix("scenario: ")
        update(Made(state="fault", text=capital(words)))
    except Exception as fault:
        update(Made(state="fault", text=f"The network could not be built ({type(fault).__name__}: {fault})."))


@solara.component
def Within(children: list[Any] = []) -> Any:  # noqa: B006
    """Mesa's page within ours: what it puts into a side bar of Solara's stands beside it, its app bar is left out.

    Solara's own layout would lay both over our head, and over the whole screen of a phone.
    """
    beside = sidebar_portal.use_portal()
    appbar_portal.use_portal()
    panel = solara.v.Html(
        tag="aside", class_="gn-mesa-panel", attributes={"aria-label": "Mesa\u2019s controls"}, children=beside
    )
    return solara.v.Html(
        tag="div",
        class_="gn-mesa",
        children=[panel, solara.v.Html(tag="div", class_="gn-mesa-view", children=children)],
    )


@solara.component
def NetworkNow(model: Steps) -> Any:
    """The network, drawn anew whenever Mesa says that something changed."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return Drawn(told=packed(network_of(model)))


@solara.component
def WeeklySoFar(model: Steps) -> Any:
    """The charts, drawn anew whenever Mesa says that something changed."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return Charted(told=packed(weekly_of(model)), tones=TONES)


@solara.component
def Mesa(model: Steps, words: dict[str, Any]) -> Any:
    """Mesa's own page on a model of this visitor's own."""
    from mesa.visualization import SolaraViz

    held: Any = solara.use_reactive(model)
    interval = solara.use_reactive(INTERVAL)
    solara.use_effect(lambda: interval.set(max(interval.value, SHORTEST)), [interval.value])
    return Within(
        children=[
            SolaraViz(
                held,
                components=[(NetworkNow, 0), (WeeklySoFar, 0)],
                model_params=words,
                play_interval=interval,
                name="One simulated future",
            )
        ]
    )


@solara.component
def Inspect() -> Any:
    """The page."""
    router = solara.use_router()
    wanted = solara.use_memo(lambda: wanted_of(router.search), [router.search])
    made, set_made = solara.use_state(Made())

    def begin() -> Callable[[], None]:
        """Build the run that is wanted; the one before ends, wherever it is."""
        dropped = threading.Event()
        update: Callable[[Made], None] = lambda new: None if dropped.is_set() else set_made(new)  # noqa: E731
        update(Made(text="Building the network \u2026"))
        _, folder = sources(wanted.question)
        tell: Callable[[str], None] = lambda text: update(Made(text=text))  # noqa: E731
        threading.Thread(target=make, args=(wanted, folder, dropped, update, tell), daemon=True).start()
        return dropped.set

    def go(new: Wanted) -> None:
        """Another run, under its own address."""
        if new != wanted:
            router.push(f"{router.path}?{new.query}")

    solara.use_effect(begin, [wanted, mine.value])
    choices = Choices(
        labels=wanted.asked.labels,
        chosen=wanted.key,
        future=wanted.future,
        futures=int(wanted.asked.futures),
        most=MOST_MEMBERS,
        model=MODEL_VERSION,
        colours=colours(wanted.asked)[wanted.key],
        notes=list(wanted.notes),
        status={"state": made.state, "text": made.text},
        event_choose=lambda data: go(wanted.other(data.get("strategy"), data.get("future"))),
        event_go=lambda path: router.push(f"{'/watch' if path == '/watch' else '/'}?{wanted.query}"),
    )
    shown = []
    if made.model is not None and made.words is not None:
        shown = [Mesa(made.model, made.words).key(f"run-{id(made.model)}")]
    return solara.v.Html(tag="section", class_="gn-verdict gn-inspect", children=[choices, *shown])
