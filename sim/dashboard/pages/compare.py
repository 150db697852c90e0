"""Compare, the home page: the network, the strategies, and the answer that follows them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.answers import colours, runs_csv
from sim.dashboard.asking import Memory, Step, follow, numbers_of
from sim.dashboard.brief import AVAILABLE, brief
from sim.dashboard.links import from_query, to_query
from sim.dashboard.pages.events import Event, nothing, packed
from sim.dashboard.pages.mine import mine, sources
from sim.dashboard.questions import (
    PRESET_NAMES,
    Question,
    changed,
    changed_strategy,
    held,
    with_strategy,
    without_strategy,
)
from sim.dashboard.scenarios import spending
from sim.dashboard.services import services
from sim.dashboard.settings import dials, stage_means
from sim.dashboard.warming import USUAL_SECONDS

DIALS = dials()
PACKED = packed(DIALS)
NEVER = object()
NO_FILE: dict[str, Any] = {}


@solara.component_vue("../vue/controls.vue")
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
) -> None:
    """The network and the cards of strategies."""


@solara.component_vue("../vue/verdict.vue")
def Verdict(
    answer: dict[str, Any] | None,
    status: dict[str, Any],
    stage: str,
    stages: dict[str, str],
    means: dict[str, str],
    event_stage: Event = nothing,
    event_stop: Event = nothing,
    event_again: Event = nothing,
) -> None:
    """The answer in words, how sure it is, and how far the computing is."""


@solara.component_vue("../vue/charts.vue")
def Charts(told: str, status: dict[str, Any], stage: str) -> None:
    """The answer drawn, and its numbers."""


@solara.component_vue("../vue/taking.vue")
def Taking(
    link: str,
    file: dict[str, Any],
    ready: bool = False,
    brief: bool = False,
    csv: str = "Download all futures (CSV)",
    event_download: Event = nothing,
) -> None:
    """What can be taken away: the link, a table called as `csv` says, a brief."""


@dataclass(frozen=True)
class View:
    """What is on the page of the question: the latest answer and whose it is, progress, and how it stands."""

    answer: dict[str, Any] | None = None
    of: Question | None = None
    done: int = 0
    total: int = 0
    state: str = "running"
    text: str = ""

    @staticmethod
    def after(step: Step, view: View) -> View:
        """What there is to show once a step has come."""
        if step.fault:
            return View(state="fault", text=step.fault)
        seen = replace(view, done=step.done, total=step.total, state="final" if step.final else "running", text="")
        return seen if step.answer is None else replace(seen, answer=step.answer, of=step.question)


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


def run_question(
    question: Question,
    kept: tuple[Memory, Path | None],
    dropped: threading.Event,
    update: Callable[[Callable[[View], View]], None],
) -> None:
    """Follow a question to its answer, in a thread of its own; `update` changes what is on the page.

    `kept`: where answers are kept, and where the files of an uploaded network are.
    """
    memory, folder = kept
    shared = services()
    while not shared.warming.ready.wait(0.25):
        if dropped.is_set():
            return
        state = "compiling" if shared.warming.compiling else "starting"
        update(partial(replace, state=state, done=int(shared.warming.seconds()), total=USUAL_SECONDS))
    if shared.warming.fault:
        update(lambda view: View(state="fault", text=shared.warming.fault))
        return
    try:
        for step in follow(question, shared.workshop, memory, dropped.is_set, folder):
            if dropped.is_set():
                return
            update(partial(View.after, step))
    except Exception as fault:
        text = f"The computation failed ({type(fault).__name__}: {fault}). This is a fault in the program."
        update(lambda view: View(state="fault", text=text))


def status_of(view: View, question: Question) -> dict[str, Any]:
    """How the answer on the page stands to the question: computing, fresh, or of the settings before."""
    fresh = view.of is not None and numbers_of(view.of) == numbers_of(question)
    of = "" if view.of is None else hashlib.sha256(numbers_of(view.of).encode()).hexdigest()[:8]
    return {"state": view.state, "done": view.done, "total": view.total, "fresh": fresh, "text": view.text, "of": of}


@solara.component
def Compare() -> Any:
    """The page."""
    router = solara.use_router()
    asked = solara.use_memo(lambda: from_query(router.search), [router.search])
    question, set_question = solara.use_state(asked.question)
    view, set_view = solara.use_state(View())
    attempt, set_attempt = solara.use_state(0)
    file, set_file = solara.use_state(NO_FILE)
    running: Any = solara.use_ref(None)
    pushed: Any = solara.use_ref(NEVER)

    def arrived() -> None:
        """A link was opened, or Back pressed: the page follows, unless the address is of its own making."""
        if router.search != pushed.current:
            set_question(asked.question)
        pushed.current = NEVER

    def compute() -> Callable[[], None]:
        """Run the question; what ran before is dropped."""
        dropped = threading.Event()
        running.current = dropped
        set_view(lambda view: replace(view, state="running", done=0, total=0, text=""))
        threading.Thread(
            target=run_question, args=(question, sources(question), dropped, set_view), daemon=True
        ).start()
        return dropped.set

    def record() -> None:
        """A finished what-if becomes the page's address, so that Back goes from one to the one before."""
        if view.state == "final" and status_of(view, question)["fresh"] and asked.question != question:
            pushed.current = to_query(question)
            router.push(f"{router.path}?{pushed.current}")

    def stop(data: Any) -> None:
        """Give up the runs under way; what is there stays."""
        if running.current is not None:
            running.current.set()
        set_view(lambda view: replace(view, state="stopped"))

    def download(what: Any) -> None:
        """The table of runs, or a brief, handed to the browser."""
        memory, folder = sources(question)
        kept = memory.get(question)
        if kept is not None:
            made: dict[str, Any]
            if what["file"] == "brief" and AVAILABLE:
                text = brief(
                    question, kept.answer, kept.runs, str(what["origin"])[:200] + f"/?{to_query(question)}", folder
                )
                made = {"name": "brief.html", "type": "text/html", "text": text}
            else:
                made = {"name": "simulated-futures.csv", "type": "text/csv", "text": runs_csv(question, kept.runs)}
            set_file(made | {"number": file.get("number", 0) + 1})

    solara.use_effect(arrived, [router.search])
    solara.use_effect(compute, [numbers_of(question), attempt, mine.value])
    solara.use_effect(record, [view.state, view.of, question])

    status = status_of(view, question)
    controls = Controls(
        told=PACKED,
        question={name: getattr(question, name) for name in DIALS["network"]},
        cards=cards_of(question),
        presets=PRESET_NAMES,
        notes=list(asked.notes) if asked.question == question else [],
        event_set=lambda data: set_question(lambda now: changed(now, data["setting"], data["value"])),
        event_card=lambda data: set_question(
            lambda now: changed_strategy(now, int(data["place"]), data["setting"], data["value"])
        ),
        event_add=lambda preset: set_question(lambda now: with_strategy(now, preset)),
        event_remove=lambda place: set_question(lambda now: without_strategy(now, int(place))),
        event_reset=lambda data: set_question(Question()),
        own=own_words(question),
        event_generated=lambda data: set_question(lambda now: held(replace(now, own="", members=60))),
    )
    verdict = Verdict(
        answer=words_of(view.answer, question.stage),
        status=status,
        stage=question.stage,
        stages=DIALS["network"]["stage"]["options"],
        means=stage_means(),
        event_stage=lambda stage: set_question(lambda now: changed(now, "stage", stage)),
        event_stop=stop,
        event_again=lambda data: set_attempt(attempt + 1),
    )
    drawn = {"fresh": status["fresh"], "state": "fault" if view.state == "fault" else ""}
    told = solara.use_memo(lambda: packed(view.answer), [id(view.answer)])
    charts = Charts(told=told, status=drawn, stage=question.stage)
    taking = Taking(
        link=f"{router.path}?{to_query(question)}",
        file=file,
        brief=AVAILABLE,
        ready=view.state == "final" and status["fresh"],
        event_download=download,
    )
    return solara.v.Html(
        tag="div",
        class_="gn-compare",
        children=[
            solara.v.Html(tag="div", class_="gn-area-verdict", children=[verdict]),
            solara.v.Html(tag="div", class_="gn-area-controls", children=[controls]),
            solara.v.Html(tag="div", class_="gn-area-charts", children=[charts, taking]),
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


def words_of(answer: dict[str, Any] | None, stage: str) -> dict[str, Any] | None:
    """The part of an answer that is said in words."""
    if answer is None:
        return None
    return {
        **{key: answer[key] for key in ("futures", "of", "cost", "cautions", "colours")},
        **{
            key: answer["stages"][stage][key]
            for key in ("sentence", "clear", "sure", "level", "others", "first", "pair")
        },
        "labels": {one["key"]: one["label"] for one in answer["strategies"]},
    }
