"""Compare, the home page: the network, the strategies, and the answer that follows them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import solara

from sim.dashboard.answers import Answer
from sim.dashboard.pages.compare.state import (
    KeptAnswer,
    board_file,
    cards_of,
    facts_shown,
    next_file,
    uploaded_words,
    use_address,
    use_answer,
    use_before,
)
from sim.dashboard.questions import (
    PRESET_NAMES,
    LinkedPair,
    Question,
    before_of,
    changed,
    changed_fact,
    changed_strategy,
    from_query,
    held,
    when_ready,
    with_strategy,
    without_strategy,
)
from sim.dashboard.settings import NETWORK, OVERRIDES, STRATEGY
from sim.dashboard.shared.answer_parts import HINT, Charts, Save, headline, headline_content, state_of
from sim.dashboard.shared.background import Background, time_left
from sim.dashboard.shared.templates import Download, Element, Template, packed
from sim.dashboard.what_ifs import asked_if, changes_words, offered

HERE = Path(__file__).parent
DIALS = packed({"network": NETWORK, "strategy": STRATEGY, "overrides": OVERRIDES})


COMPONENTS = {"gn-dial": (HERE / "dial.vue").read_text(encoding="utf-8")}
"""Vue components that the template uses."""
Controls = Template(
    HERE / "view.vue",
    "question cards notes uploaded dials presets facts",
    "set card add remove reset generated fact",
    COMPONENTS,
)


Change = Callable[[Callable[[Question], Question]], None]


def controls(question: Question, notes: tuple[str, ...], change: Change) -> Element:
    """Return the settings; `change` takes what they do to the question."""
    return Controls(
        question={name: getattr(question, name) for name in NETWORK},
        cards=cards_of(question),
        notes=notes,
        uploaded=uploaded_words(question),
        dials=DIALS,
        presets=PRESET_NAMES,
        facts=facts_shown(question),
        on_set=lambda data: change(lambda now: changed(now, data["setting"], data["value"])),
        on_card=lambda data: change(
            lambda now: changed_strategy(now, int(data["place"]), data["setting"], data["value"])
        ),
        on_add=lambda preset: change(lambda now: with_strategy(now, preset)),
        on_remove=lambda place: change(lambda now: without_strategy(now, int(place))),
        on_fact=lambda data: change(lambda now: changed_fact(now, data["name"], data)),
        on_reset=lambda data: change(lambda now: Question()),
        on_generated=lambda data: change(lambda now: held(replace(now, own="", members=60))),
    )


@dataclass(frozen=True)
class Files:
    """The latest file for the browser, how far the interactive page is that is being made, and what asks for a file."""

    file: Download
    making: str
    download: Callable[[Mapping[str, str]], None]


def use_files(question: Question, complete: bool, again: Callable[[], None]) -> Files:
    """Make files when the browser asks; an answer no longer kept is computed again.

    `complete`: whether worlds and renewal are computed, too.  A browser that has not heard yet that they are not asks again then.
    """
    file, set_file = solara.use_state(Download())
    making, set_making = solara.use_state("")
    left = solara.use_ref(threading.Event())

    def leave() -> Callable[[], None]:
        left.current = threading.Event()
        return left.current.set

    solara.use_effect(leave, [])

    def make_board(origin: str) -> None:
        began = time.monotonic()

        def progress(done: int, total: int) -> None:
            left = time_left(time.monotonic() - began, done, total)
            set_making(f"Preparing \u2026 {100 * done // total}%{left and f', {left}'}")

        try:
            made = board_file(question, origin, file, progress, left.current.is_set)
            if made is not None:
                set_file(made)
        finally:
            set_making("")

    def download(request: Mapping[str, str]) -> None:
        if request["file"] == "board":
            set_making("Preparing \u2026")
            threading.Thread(target=make_board, args=(request.get("origin", ""),), daemon=True).start()
            return
        made = next_file(question, request["file"], request.get("origin", ""), file)
        if made is not None:
            set_file(made)
        elif complete:
            again()

    return Files(file, making, download)


def drawn(view: Background[Answer], question: Question, before: KeptAnswer) -> Element:
    """Return the charts of the answer, with those of the answer before as ghosts."""
    answer = solara.use_memo(lambda: packed(view.result), [id(view.result)])
    return Charts(
        answer=answer,
        stage=question.stage,
        outcome=question.ranked_by,
        fresh=view.status.fresh,
        failed=view.status.state == "fault",
        before=before.charts,
        state=state_of(view.status),
    )


@solara.component
def Compare() -> Element:
    """The page."""
    router = solara.use_router()
    linked = solara.use_memo(lambda: from_query(router.search), [router.search])
    pair = solara.use_memo(lambda: LinkedPair(linked.question, before_of(router.search)), [router.search])
    asked, ask = solara.use_state(pair)
    question = asked.question
    before, view = use_before(asked.before), use_answer(question)
    status = view.status
    ready = status.state == "final" and status.fresh
    complete = ready and not status.text  # worlds and renewal are in the files
    use_address(router, pair, asked, ask)

    def change(how: Callable[[Question], Question]) -> None:
        ask(lambda now: replace(now, question=how(now.question)))

    files = use_files(question, complete, view.again)
    content = solara.use_memo(lambda: headline_content(view.result), [id(view.result)])
    compared = solara.use_memo(
        lambda: before.compared(question) if ready else (), [id(view.result), id(before), ready, asked]
    )
    words = headline(
        content,
        question.outcome,
        question.stage,
        status,
        keeps=True,
        kept=before.bars,
        keeping=asked.before is not None,
        compared=compared,
        changes="" if asked.before is None else changes_words(question, asked.before),
        whatifs=offered(question),
        on_outcome=lambda outcome: change(lambda now: changed(now, "outcome", outcome)),
        on_keep=lambda data: ask(lambda now: LinkedPair(now.question, now.question)),
        on_forget=lambda data: ask(lambda now: LinkedPair(now.question)),
        on_whatif=lambda name: ask(lambda now: asked_if(now, str(name))),
        on_stage=lambda stage: change(lambda now: changed(now, "stage", stage)),
        on_stop=lambda data: view.stop(),
        on_again=lambda data: view.again(),
        on_ready=lambda data: change(when_ready),
    )
    notes = linked.notes if linked.question == question else ()
    charts = drawn(view, question, before)
    save = Save(
        link=f"{router.path}?{asked.query}",
        file=files.file,
        ready=complete,
        csv="Download all futures (CSV)",
        page="Download a brief for the board (HTML)",
        board="Download an interactive page",
        picture=ready and view.result is not None and question.ranked_by in view.result.outcomes,
        making=files.making,
        hint=HINT,
        on_download=files.download,
    )
    areas = {"verdict": [words], "controls": [controls(question, notes, change)], "charts": [charts, save]}
    div = partial(solara.v.Html, tag="div")
    return div(
        class_="gn-compare",
        children=[div(class_=f"gn-area-{name}", children=children) for name, children in areas.items()],
    )
