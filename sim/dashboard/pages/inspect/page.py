"""Inspect one run: Mesa's own page on one future of the question, stepped agent by agent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import solara
from solara.components.applayout import appbar_portal, sidebar_portal

from sim.dashboard.answers import toned
from sim.dashboard.pages.inspect.state import (
    MOST_MEMBERS,
    BuiltRun,
    InspectedNetwork,
    build,
    network_of,
    weekly_of,
)
from sim.dashboard.shared.background import use_background
from sim.dashboard.shared.one_future import run_choice
from sim.dashboard.shared.templates import Element, Template, packed
from sim.dashboard.uploaded_network import sources, uploaded
from sim.output.figures.palette import OKABE_ITO

HERE = Path(__file__).parent
INTERVAL, SHORTEST = 201, 101
"""Milliseconds between weeks while playing; Mesa's slider moves in tens from 1."""
TONES = packed([toned(colour) for colour in OKABE_ITO])


Choices = Template(HERE / "view.vue", "labels chosen future futures notes status most", "choose go")
NetworkDrawing = Template(HERE / "network.vue", "now")
WeeklyLines = Template(HERE / "weekly.vue", "now tones")


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
    return NetworkDrawing(now=packed(network_of(model)))


@solara.component
def WeeklySoFar(model: InspectedNetwork) -> Element:
    """The charts, drawn again whenever Mesa reports a change."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    return WeeklyLines(now=packed(weekly_of(model)), tones=TONES)


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
    choice = solara.use_memo(lambda: run_choice(router.search, MOST_MEMBERS), [router.search])
    _, folder = sources(choice.question)
    key = (choice, uploaded.value)
    view = use_background(lambda dropped: build(choice, folder, dropped), key)

    def choose(data: Mapping[str, object]) -> None:
        other = choice.other(data.get("strategy"), data.get("future"))
        if other != choice:
            router.push(f"{router.path}?{other.query}")

    linked = choice.linked
    choices = Choices(
        labels=linked.labels,
        chosen=choice.key,
        future=choice.future,
        futures=int(linked.futures),
        notes=choice.notes,
        status=view.status,
        most=MOST_MEMBERS,
        on_choose=choose,
        on_go=lambda path: router.push(f"{'/watch' if path == '/watch' else '/'}?{choice.query}"),
    )
    run = view.result if view.of == key else None
    shown = [] if run is None else [Mesa(run).key(f"run-{id(run.model)}")]
    return solara.v.Html(tag="section", class_="gn-verdict gn-inspect", children=[choices, *shown])
