"""Inspect one run: Mesa's own page on one future of the question, stepped agent by agent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import solara
from solara.components.applayout import appbar_portal, sidebar_portal

from sim.dashboard.answers import toned
from sim.dashboard.pages.inspect.state import (
    MOST_MEMBERS,
    BuiltRun,
    InspectedNetwork,
    build,
    network_of,
    run_choice,
    weekly_of,
)
from sim.dashboard.session import sources, uploaded
from sim.dashboard.shared.background import Status, use_background
from sim.dashboard.shared.templates import Element, Template, packed
from sim.output.figures.palette import OKABE_ITO

HERE = Path(__file__).parent
INTERVAL, SHORTEST = 201, 101
"""Milliseconds between weeks while playing; Mesa's slider moves in tens from 1."""
TONES = packed([toned(colour) for colour in OKABE_ITO])


@dataclass(frozen=True)
class InspectView:
    """The properties of `view.vue`: what this page is, and which run it is about."""

    labels: dict[str, str]
    chosen: str
    future: int
    futures: int
    notes: tuple[str, ...]
    status: Status
    most: int = MOST_MEMBERS


@dataclass(frozen=True)
class InspectNetworkView:
    """The properties of `network.vue`: a `DrawnWeek`, packed."""

    now: str


@dataclass(frozen=True)
class InspectWeeklyView:
    """The properties of `weekly.vue`: `WeeklyCharts`, packed, and colours for lines."""

    now: str
    tones: str = TONES


Choices = Template(HERE / "view.vue", InspectView, "choose go")
NetworkDrawing = Template(HERE / "network.vue", InspectNetworkView)
WeeklyLines = Template(HERE / "weekly.vue", InspectWeeklyView)


class ChosenRun(TypedDict, total=False):
    """What was chosen on the page."""

    strategy: str
    future: int


@solara.component
def Within(children: list[Element] = []) -> Element:  # noqa: B006
    """Mesa's page within ours: its side bar stands next to it, its app bar is left out.

    Solara's own layout would lay both over our header, and over the whole screen of a phone.
    """
    side = sidebar_portal.use_portal()
    appbar_portal.use_portal()
    label = {"aria-label": "Mesa\u2019s controls"}
    panel = solara.v.Html(tag="aside", class_="gn-mesa-panel", attributes=label, children=side)
    view = solara.v.Html(tag="div", class_="gn-mesa-view", children=children)
    return solara.v.Html(tag="div", class_="gn-mesa", children=[panel, view])


@solara.component
def NetworkNow(model: InspectedNetwork) -> Element:
    """The network, drawn again whenever Mesa reports a change."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return NetworkDrawing(InspectNetworkView(packed(network_of(model))))


@solara.component
def WeeklySoFar(model: InspectedNetwork) -> Element:
    """The charts, drawn again whenever Mesa reports a change."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return WeeklyLines(InspectWeeklyView(packed(weekly_of(model))))


@solara.component
def Mesa(run: BuiltRun) -> Element:
    """Mesa's own page on a run."""
    from mesa.visualization import SolaraViz

    held: solara.Reactive[InspectedNetwork] = solara.use_reactive(run.model)
    interval = solara.use_reactive(INTERVAL)
    solara.use_effect(lambda: interval.set(max(interval.value, SHORTEST)), [interval.value])
    page = SolaraViz(
        held,
        components=[(NetworkNow, 0), (WeeklySoFar, 0)],
        model_params=run.parameters,
        play_interval=interval,
        name="One simulated future",
    )
    return Within(children=[page])


@solara.component
def Inspect() -> Element:
    """The page."""
    router = solara.use_router()
    choice = solara.use_memo(lambda: run_choice(router.search), [router.search])
    _, folder = sources(choice.question)
    key = (choice, uploaded.value)
    view = use_background(lambda dropped: build(choice, folder, dropped), key)

    def choose(data: ChosenRun) -> None:
        other = choice.other(data.get("strategy"), data.get("future"))
        if other != choice:
            router.push(f"{router.path}?{other.query}")

    linked = choice.linked
    choices = Choices(
        InspectView(
            labels=linked.labels,
            chosen=choice.key,
            future=choice.future,
            futures=int(linked.futures),
            notes=choice.notes,
            status=view.status,
        ),
        choose=choose,
        go=lambda path: router.push(f"{'/watch' if path == '/watch' else '/'}?{choice.query}"),
    )
    run = view.result if view.of == key else None
    shown = [] if run is None else [Mesa(run).key(f"run-{id(run.model)}")]
    return solara.v.Html(tag="section", class_="gn-verdict gn-inspect", children=[choices, *shown])
