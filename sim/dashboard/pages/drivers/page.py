"""What drives the result: which settings and parameters matter, what more money buys, where another strategy would lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import solara

from sim.dashboard.links import from_query
from sim.dashboard.pages.drivers.driver_findings import findings_csv
from sim.dashboard.pages.drivers.metric import OUTCOMES
from sim.dashboard.pages.drivers.selection import FUTURES, LEAD, PAIR, Selection, selection_of
from sim.dashboard.pages.drivers.state import use_analysis
from sim.dashboard.pages.drivers.variations import WORDS
from sim.dashboard.questions import Question
from sim.dashboard.shared.answer_parts import Save, SaveView
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Download, Element, Template, packed

PATH = "/drivers"


@dataclass(frozen=True)
class Choices:
    """What can be chosen to look at: outcomes, whose, and numbers of futures."""

    result: Mapping[str, str]
    whose: dict[str, str]
    each: Sequence[int]


@dataclass(frozen=True)
class DriversView:
    """The properties of `view.vue`.  `findings`: `DriverFindings`, packed; `choices`: what can be chosen to look at."""

    findings: str
    status: Status
    selection: Selection
    choices: Choices
    about: str
    notes: tuple[str, ...]


View = Template(Path(__file__).parent / "view.vue", DriversView, "select stop again")


def about(question: Question) -> str:
    """Return the question in a line."""
    size = f"{question.members:g} members"
    network = (
        f"An uploaded network of {size}" if question.own else f"{size}, {WORDS['degree'](question.degree)} at the start"
    )
    years = WORDS["years"](question.years)
    return f"{network}, {WORDS['budget'](question.budget)}, {years} ahead: {'; '.join(question.labels.values())}."


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
        DriversView(
            solara.use_memo(lambda: packed(findings), [id(findings)]),
            status,
            selection,
            Choices(OUTCOMES, whose, FUTURES),
            about(question),
            asked.notes,
        ),
        select=select,
        stop=lambda data: view.stop(),
        again=lambda data: view.again(),
    )
    ready = status.state in ("final", "stopped") and status.fresh
    save = Save(SaveView(f"{PATH}?{address}", file, ready, csv="Download these numbers (CSV)"), download=download)
    return solara.v.Html(tag="div", class_="gn-drivers", children=[shown, save])
