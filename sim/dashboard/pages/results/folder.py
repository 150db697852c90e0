"""One folder of results, opened: what it is, the answer in words and charts, how it came about, what can be taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import solara

from sim.dashboard.folders.loading import Loaded, in_thread, tried
from sim.dashboard.folders.shelf import ShelfError
from sim.dashboard.folders.takeaway import figures, page_of, runs_csv
from sim.dashboard.folders.wanted import Wanted
from sim.dashboard.shared.answer_parts import AnswerStatus, Charts, ChartsView, Save, SaveView, Verdict, VerdictView
from sim.dashboard.shared.templates import Download, Event, nothing, packed
from sim.dashboard.services import services
from sim.dashboard.answers import Answer

FINAL = AnswerStatus("final", fresh=True, of="results")
NO_HEAD: dict[str, Any] = {}
HINT = "The link opens this page for whoever has the same folder of results."
Going = Callable[[Wanted], None]


@solara.component_vue("folder.vue")
def Top(
    told: str,
    head: dict[str, Any] | None,
    state: str,
    fault: str,
    name: str,
    event_back: Event = nothing,
    event_refresh: Event = nothing,
    event_look: Event = nothing,
) -> None:
    """One folder: what it is, the answer in words, tables, its report."""


@solara.component_vue("origin.vue")
def Origin(told: str, figures: str, event_figures: Event = nothing) -> None:
    """One folder: its figures, and how to get it again."""


@dataclass(frozen=True)
class Handing:
    """A file on its way to the browser: the file, whether it is being made, why it cannot be had, and how to ask for it."""

    file: Download
    busy: bool
    fault: str
    ask: Event


def use_handing(name: str, again: object) -> Handing:
    """The table of a folder's runs, or its report, when they are asked for.  A fault is forgotten once `again` changes."""
    shelf, stem = services().shelf, name.replace("/", "-")
    file, set_file = solara.use_state(Download())
    fault, set_fault = solara.use_state("")
    busy, set_busy = solara.use_state(False)

    def ask(what: Any) -> None:
        """Make it in a thread, then hand it on."""
        page = what["file"] == "brief"
        ending = "html" if page else "csv"

        def made(found: Any) -> None:
            """It is there, or cannot be had."""
            set_busy(False)
            if isinstance(found, ShelfError):
                set_fault(str(found))
                return
            set_file(lambda now: now.then(f"{stem}.{ending}", found))

        set_busy(page)
        set_fault("")
        in_thread(lambda: tried(lambda: (page_of if page else runs_csv)(shelf, name)), made)

    solara.use_effect(lambda: set_fault(""), [name, again])
    return Handing(file, busy, fault, ask)


def use_extras(name: str, again: object) -> tuple[str, dict[str, Any], Event, Event]:
    """What is fetched of a folder only once somebody asks: its figures, packed, and how far it is by now.

    Returned with the events that ask for them.  Both are forgotten once `again` changes.
    """
    shelf = services().shelf
    shown, set_figures = solara.use_state("")
    look, set_look = solara.use_state(NO_HEAD)

    def forget() -> None:
        """Another folder, or the same read anew."""
        set_figures("")
        set_look(NO_HEAD)

    def fetch(data: Any) -> None:
        """The figures."""
        in_thread(lambda: tried(lambda: figures(shelf, name)), lambda found: set_figures(packed(found)))

    def observe(data: Any) -> None:
        """How far it is by now."""
        in_thread(lambda: shelf.entry(name).told(), set_look)

    solara.use_effect(forget, [name, again])
    return shown, look, fetch, observe


def answered(answer: Answer, drawn: str, wanted: Wanted, go: Going) -> list[Any]:
    """The answer of a folder: its verdict, if it compares strategies, and its charts.  `drawn`: the answer, packed."""
    charts = Charts(ChartsView(drawn, wanted.stage))
    if not answer.several:
        return [charts]
    verdict = Verdict(
        VerdictView.of(answer, wanted.stage, FINAL), stage=lambda stage: go(replace(wanted, stage=str(stage)))
    )
    return [verdict, charts]


@solara.component
def Folder(wanted: Wanted, here: Loaded, go: Going, back: Event, refresh: Event) -> Any:
    """The page of one folder."""
    name, own = wanted.names[0], here.told or {}
    handing = use_handing(name, here.told is None)
    shown, look, fetch, observe = use_extras(name, here.told is None)
    answer = own.get("answer")
    # Long tables and pictures go to the browser once: what depends on the stage is small.
    rest = {key: value for key, value in own.items() if key != "answer"}
    told = solara.use_memo(lambda: packed(rest or None), [id(here.told)])
    drawn = solara.use_memo(lambda: packed(answer), [id(answer)])
    top = Top(
        told=told,
        head=look or own.get("head"),
        state=here.state,
        fault=here.text or handing.fault,
        name=name,
        event_back=back,
        event_refresh=refresh,
        event_look=observe,
    )
    parts: list[Any] = [top]
    if answer:
        parts += answered(answer, drawn, wanted, go)
    if own:
        csv = "Download the runs (CSV)" if own["csv"] else ""
        taking = Save(
            SaveView(
                f"/results?{wanted.query}",
                handing.file,
                csv=csv,
                page="Download a report (HTML)" if own["reports"] or own["page"] else "",
                hint=HINT,
                busy=handing.busy,
                fault=handing.fault,
            ),
            download=handing.ask,
        )
        parts += [Origin(told=told, figures=shown, event_figures=fetch), taking]
    return solara.v.Html(tag="div", class_="gn-results", children=parts)
