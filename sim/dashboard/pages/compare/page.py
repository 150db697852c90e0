"""Compare, the home page: the network, the strategies, and the answer that follows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypedDict

import solara

from sim.dashboard.links import from_query, to_query
from sim.dashboard.pages.compare.state import StrategyCard, cards_of, next_file, uploaded_words, use_address, use_answer
from sim.dashboard.questions import (
    PRESET_NAMES,
    Question,
    changed,
    changed_strategy,
    held,
    when_ready,
    with_strategy,
    without_strategy,
)
from sim.dashboard.settings import NETWORK, STRATEGY
from sim.dashboard.shared.answer_parts import Charts, ChartsView, Save, SaveView, Verdict, VerdictView
from sim.dashboard.shared.templates import Download, Element, Template, packed

HERE = Path(__file__).parent
DIALS = packed({"network": NETWORK, "strategy": STRATEGY})


@dataclass(frozen=True)
class ControlsView:
    """The properties of `view.vue`: the settings of the network and the cards of the strategies.

    `dials`: declarations of all settings, packed; `notes`: what the link could not ask for; `components`: Vue components that
    the template uses.
    """

    question: dict[str, float | str]
    cards: list[StrategyCard]
    notes: tuple[str, ...]
    uploaded: str
    dials: str = DIALS
    presets: dict[str, str] = field(default_factory=lambda: PRESET_NAMES)
    components: dict[str, str] = field(
        default_factory=lambda: {"gn-dial": (HERE / "dial.vue").read_text(encoding="utf-8")}
    )


Controls = Template(HERE / "view.vue", ControlsView, "set card add remove reset generated")


class FileRequest(TypedDict, total=False):
    """Which file a browser asks for, and under which address it knows the server."""

    file: str
    origin: str


Change = Callable[[Callable[[Question], Question]], None]


def controls(question: Question, notes: tuple[str, ...], change: Change) -> Element:
    """Return the settings; `change` takes what they do to the question."""
    shown = ControlsView(
        {name: getattr(question, name) for name in NETWORK}, cards_of(question), notes, uploaded_words(question)
    )
    return Controls(
        shown,
        set=lambda data: change(lambda now: changed(now, data["setting"], data["value"])),
        card=lambda data: change(lambda now: changed_strategy(now, int(data["place"]), data["setting"], data["value"])),
        add=lambda preset: change(lambda now: with_strategy(now, preset)),
        remove=lambda place: change(lambda now: without_strategy(now, int(place))),
        reset=lambda data: change(lambda now: Question()),
        generated=lambda data: change(lambda now: held(replace(now, own="", members=60))),
    )


@solara.component
def Compare() -> Element:
    """The page."""
    router = solara.use_router()
    linked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question, set_question = solara.use_state(linked.question)
    file, set_file = solara.use_state(Download())
    view = use_answer(question)
    status = view.status
    ready = status.state == "final" and status.fresh
    use_address(router, linked.question, question, set_question, ready)

    def download(request: FileRequest) -> None:
        """Hand a file to the browser, which asks once an answer is there; an answer no longer kept is computed again."""
        made = next_file(question, request["file"], request.get("origin", ""), file)
        if made is not None:
            set_file(made)
        elif ready:
            view.again()

    verdict = Verdict(
        VerdictView.of(view.result, question.stage, status),
        stage=lambda stage: set_question(lambda now: changed(now, "stage", stage)),
        stop=lambda data: view.stop(),
        again=lambda data: view.again(),
        ready=lambda data: set_question(when_ready),
    )
    notes = linked.notes if linked.question == question else ()
    answer = solara.use_memo(lambda: packed(view.result), [id(view.result)])
    charts = Charts(ChartsView(answer, question.stage, status.fresh, status.state == "fault"))
    save = Save(
        SaveView(
            f"{router.path}?{to_query(question)}",
            file,
            ready,
            csv="Download all futures (CSV)",
            page="Download a brief (HTML)",
        ),
        download=download,
    )
    areas = {"verdict": [verdict], "controls": [controls(question, notes, set_question)], "charts": [charts, save]}
    div = partial(solara.v.Html, tag="div")
    return div(
        class_="gn-compare",
        children=[div(class_=f"gn-area-{name}", children=children) for name, children in areas.items()],
    )
