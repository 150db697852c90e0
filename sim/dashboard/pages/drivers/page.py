"""What drives the result: which settings and parameters matter, what more money buys, where another strategy would lead."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import solara

from sim.dashboard.pages.drivers.driver_analysis import analyse
from sim.dashboard.pages.drivers.driver_findings import DriverFindings, findings_csv
from sim.dashboard.pages.drivers.metric import FUTURES, LEAD, OUTCOMES, PAIR, Selection, selection_of
from sim.dashboard.pages.drivers.run_cache import cache_of
from sim.dashboard.pages.drivers.tornado import WORDS
from sim.dashboard.questions import Question, from_query
from sim.dashboard.services import services
from sim.dashboard.shared.answer_parts import HINT, Save
from sim.dashboard.shared.background import Background, use_background
from sim.dashboard.shared.templates import Download, Element, Template, packed
from sim.dashboard.uploaded_network import sources, uploaded
from sim.dashboard.workshop import Update

PATH = "/drivers"


View = Template(
    Path(__file__).parent / "view.vue", "findings status selection choices about notes", "select stop again"
)


def about(question: Question) -> str:
    """Return the question in a line."""
    size = f"{question.members:g} members"
    network = (
        f"An uploaded network of {size}" if question.own else f"{size}, {WORDS['degree'](question.degree)} at the start"
    )
    years = WORDS["years"](question.years)
    return f"{network}, {WORDS['budget'](question.budget)}, {years} ahead: {'; '.join(question.labels.values())}."


def use_analysis(question: Question, selection: Selection) -> Background[DriverFindings]:
    """Run the analysis in the background; a new question drops the one before."""
    memory, folder = sources(question)

    def work(dropped: threading.Event) -> Iterator[Update[DriverFindings]]:
        kept = memory.get(question)
        runs = None if kept is None else kept.runs
        return analyse(question, selection, services().workshop, cache_of(memory), dropped.is_set, folder, runs)

    return use_background(work, (selection.address(question), uploaded.value))


@solara.component
def Drivers() -> Element:
    """The page."""
    router = solara.use_router()
    asked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question = asked.question
    selection = solara.use_memo(lambda: selection_of(router.search, question), [router.search])
    view = use_analysis(question, selection)
    file, set_file = solara.use_state(Download())
    address = selection.address(question)
    findings, status = view.result, view.status

    def select(data: Mapping[str, str | int]) -> None:
        outcome, whose = (str(data.get(name, getattr(selection, name))) for name in ("outcome", "whose"))
        new = Selection(outcome, whose, int(data.get("each", selection.each)))
        router.push(f"{PATH}?{new.within_bounds(question).address(question)}")

    def download(data: object) -> None:
        if findings is not None and status.fresh:
            set_file(file.then("what-drives-the-result.csv", findings_csv(findings)))

    whose = {LEAD: "the leading strategy", PAIR: "the leader\u2019s lead over the second", **question.labels}
    shown = View(
        findings=solara.use_memo(lambda: packed(findings), [id(findings)]),
        status=status,
        selection=selection,
        choices={"result": OUTCOMES, "whose": whose, "each": FUTURES},
        about=about(question),
        notes=asked.notes,
        on_select=select,
        on_stop=lambda data: view.stop(),
        on_again=lambda data: view.again(),
    )
    ready = status.state in ("final", "stopped") and status.fresh
    csv = "Download these numbers (CSV)"
    save = Save(link=f"{PATH}?{address}", file=file, ready=ready, csv=csv, hint=HINT, on_download=download)
    return solara.v.Html(tag="div", class_="gn-drivers", children=[shown, save])
