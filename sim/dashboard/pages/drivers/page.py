"""What drives the result: which settings and parameters matter, what more money buys, where another strategy would lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import solara
from ipywidgets import Widget

from sim.dashboard.links import from_query
from sim.dashboard.pages.drivers.driver_findings import findings_csv
from sim.dashboard.pages.drivers.metric import OUTCOMES
from sim.dashboard.pages.drivers.selection import FUTURES, LEAD, PAIR, Selection, selection_of
from sim.dashboard.pages.drivers.state import use_analysis
from sim.dashboard.pages.drivers.variations import WORDS
from sim.dashboard.questions import Question
from sim.dashboard.shared.answer_parts import NO_FILE, TAKING, Taking
from sim.dashboard.shared.templates import Event, handed, nothing, packed

PATH = "/drivers"


@solara.component_vue("view.vue")
def DriversView(
    findings: str,
    status: dict[str, object],
    selection: dict[str, object],
    choices: dict[str, object],
    about: str,
    notes: list[str],
    event_select: Event = nothing,
    event_stop: Event = nothing,
    event_again: Event = nothing,
) -> None:
    """The bars, the curves over budgets, and where the leader changes."""


def about(question: Question) -> str:
    """Return the question in a line."""
    size = f"{question.members:g} members"
    network = (
        f"An uploaded network of {size}" if question.own else f"{size}, {WORDS['degree'](question.degree)} at the start"
    )
    years = WORDS["years"](question.years)
    return f"{network}, {WORDS['budget'](question.budget)}, {years} ahead: {'; '.join(question.labels.values())}."


@solara.component
def Drivers() -> solara.Element[Widget]:
    """The page."""
    router = solara.use_router()
    asked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question = asked.question
    selection = solara.use_memo(lambda: selection_of(router.search, question), [router.search])
    shown, stop, again = use_analysis(question, selection)
    file, set_file = solara.use_state(NO_FILE)
    address = selection.address(question)
    fresh = shown.address == address

    def select(data: Mapping[str, str | int]) -> None:
        """Open the page with another outcome, strategy or number of futures."""
        outcome, whose = (str(data.get(name, getattr(selection, name))) for name in ("outcome", "whose"))
        new = Selection(outcome, whose, int(data.get("each", selection.each)))
        router.push(f"{PATH}?{new.within_bounds(question).address(question)}")

    def download(data: object) -> None:
        """Hand the findings to the browser as a table."""
        if shown.findings is not None and fresh:
            table = {"name": "what-drives-the-result.csv", "type": "text/csv", "text": findings_csv(shown.findings)}
            set_file(handed(table, file))

    found = shown.findings
    view = DriversView(
        findings=solara.use_memo(lambda: packed(found and asdict(found)), [id(found)]),
        status={"state": shown.state, "text": shown.text, "done": shown.done, "total": shown.total, "fresh": fresh},
        selection=asdict(selection),
        choices={
            "result": OUTCOMES,
            "whose": {LEAD: "the leading strategy", PAIR: "the leader\u2019s lead over the second", **question.labels},
            "each": list(FUTURES),
        },
        about=about(question),
        notes=list(asked.notes),
        event_select=select,
        event_stop=lambda data: stop(),
        event_again=lambda data: again(),
    )
    taking = Taking(
        link=f"{PATH}?{address}",
        file=file,
        ready=shown.state in ("final", "stopped") and fresh,
        words={**TAKING, "csv": "Download these numbers (CSV)"},
        event_download=download,
    )
    return solara.v.Html(tag="div", class_="gn-drivers", children=[view, taking])
