"""Compare, the home page: the network, the strategies, and the answer that follows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.answers import colours, runs_csv
from sim.dashboard.brief import AVAILABLE, brief
from sim.dashboard.links import from_query, to_query
from sim.dashboard.pages.compare.state import status_of, use_address, use_answer
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
from sim.dashboard.scenarios import spending
from sim.dashboard.session import mine, sources
from sim.dashboard.settings import dials, stage_means
from sim.dashboard.shared.answer_parts import NO_FILE, Charts, Taking, Verdict, words_of
from sim.dashboard.shared.templates import Event, handed, nothing, packed

DIALS = dials()
PACKED = packed(DIALS)
PARTS = {"gn-dial": (Path(__file__).parent / "dial.vue").read_text(encoding="utf-8")}


@solara.component_vue("view.vue")
def Controls(
    told: str,
    question: dict[str, Any],
    cards: list[Any],
    presets: dict[str, str],
    notes: list[str],
    event_set: Event = nothing,
    event_card: Event = nothing,
    event_add: Event = nothing,
    event_remove: Event = nothing,
    event_reset: Event = nothing,
    own: str = "",
    event_generated: Event = nothing,
    components: dict[str, str] = PARTS,
) -> None:
    """The network and the cards of strategies.  `components`: Vue components of their own that the template uses."""


def cards_of(question: Question) -> list[dict[str, Any]]:
    """Each strategy as the controls show it: settings, name, colour, and what its budget goes into."""
    tones = colours(question)
    return [
        {
            **asdict(one),
            "key": key,
            "label": question.labels[key],
            "idle": one.idle,
            "changed": one.changed,
            "facilitation": one.facilitation,
            "colour": tones[key],
            "spending": {**asdict(spent := spending(question, one)), "total": spent.total},
        }
        for key, one in zip(question.keys, question.strategies, strict=True)
    ]


def file_of(question: Question, what: dict[str, Any]) -> dict[str, Any] | None:
    """What a download holds: a brief, or the table of runs; None where the answer is not there any more."""
    memory, folder = sources(question)
    kept = memory.get(question)
    if kept is None:
        return None
    if what["file"] == "brief" and AVAILABLE:
        link = f"{str(what['origin'])[:200]}/?{to_query(question)}"
        text = brief(question, kept.answer, kept.runs, link, folder)
        return {"name": "brief.html", "type": "text/html", "text": text}
    return {"name": "simulated-futures.csv", "type": "text/csv", "text": runs_csv(question, kept.runs)}


@solara.component
def Compare() -> Any:
    """The page."""
    router = solara.use_router()
    asked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question, set_question = solara.use_state(asked.question)
    file, set_file = solara.use_state(NO_FILE)
    view, stop, again = use_answer(question)
    status = status_of(view, question)
    ready = view.state == "final" and status["fresh"]
    use_address(router, asked.question, question, set_question, ready)

    def download(what: Any) -> None:
        """A file handed to the browser, which asks again once an answer is there; one no longer kept is computed anew."""
        made = file_of(question, what)
        if made is not None:
            set_file(handed(made, file))
        elif view.state == "final":
            again()

    def change(how: Callable[..., Question], *given: Any) -> None:
        """Another question."""
        set_question(lambda now: how(now, *given))

    cards = solara.use_memo(lambda: cards_of(question), [question])
    controls = Controls(
        told=PACKED,
        question={name: getattr(question, name) for name in DIALS["network"]},
        cards=cards,
        presets=PRESET_NAMES,
        notes=list(asked.notes) if asked.question == question else [],
        event_set=lambda data: change(changed, data["setting"], data["value"]),
        event_card=lambda data: change(changed_strategy, int(data["place"]), data["setting"], data["value"]),
        event_add=lambda preset: change(with_strategy, preset),
        event_remove=lambda place: change(without_strategy, int(place)),
        event_reset=lambda data: set_question(Question()),
        own=own_words(question),
        event_generated=lambda data: change(lambda now: held(replace(now, own="", members=60))),
    )
    verdict = Verdict(
        answer=words_of(view.answer, question.stage),
        status=status,
        stage=question.stage,
        stages=DIALS["network"]["stage"]["options"],
        means=stage_means(),
        event_stage=lambda stage: change(changed, "stage", stage),
        event_stop=lambda data: stop(),
        event_again=lambda data: again(),
        event_ready=lambda data: change(when_ready),
    )
    drawn = {"fresh": status["fresh"], "state": "fault" if view.state == "fault" else ""}
    told = solara.use_memo(lambda: packed(view.answer), [id(view.answer)])
    charts = Charts(told=told, status=drawn, stage=question.stage)
    taking = Taking(
        link=f"{router.path}?{to_query(question)}", file=file, brief=AVAILABLE, ready=ready, event_download=download
    )
    areas = {"verdict": [verdict], "controls": [controls], "charts": [charts, taking]}
    return solara.v.Html(
        tag="div",
        class_="gn-compare",
        children=[
            solara.v.Html(tag="div", class_=f"gn-area-{name}", children=children) for name, children in areas.items()
        ],
    )


def own_words(question: Question) -> str:
    """What the controls say of an uploaded network in use; '' if there is none."""
    if not question.own:
        return ""
    own = mine.value
    if own is None or own.fingerprint != question.own:
        return f"An uploaded network of {question.members:.0f} members (fingerprint {question.own})"
    return f"{' and '.join(own.files)}: {own.start.members} members, {len(own.start.ties)} ties"
