"""What the home page holds: its question and answer, the address, the cards of strategies, and files to save."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import solara
from solara.routing import Router

from sim.dashboard.answering import follow, numbers_of
from sim.dashboard.answers import Answer, colours, runs_csv
from sim.dashboard.board_page import board_page
from sim.dashboard.brief import brief
from sim.dashboard.emulator import emulator
from sim.dashboard.findings import compared
from sim.dashboard.questions import LinkedPair, Question, to_query
from sim.dashboard.scenarios import spending
from sim.dashboard.services import services
from sim.dashboard.settings import FACTS
from sim.dashboard.shared.background import Background, use_background
from sim.dashboard.shared.templates import Download, packed
from sim.dashboard.uploaded_network import sources, uploaded
from sim.dashboard.workshop import Update

SETTLED = 0.4
"""Seconds after which a setting counts as made."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer that the next ones are compared with.

    `results`: by letter, joint results by future and mean cost; `bars`, `charts`: what pages draw of it, packed.
    """

    results: Mapping[str, tuple[np.ndarray, float]] = field(default_factory=dict)
    bars: str = ""
    charts: str = ""

    @classmethod
    def of(cls, question: Question) -> KeptAnswer:
        """Return the present answer, to be kept; an empty one if there is none."""
        memory, _ = sources(question)
        kept = memory.get(question)
        if kept is None:
            return cls()
        bars = {"outcomes": {name: one.bars for name, one in kept.answer.outcomes.items()}}
        return cls(results_of(question, kept.runs), packed(bars), packed(kept.answer.charts))

    def compared(self, question: Question) -> tuple[str, ...]:
        """Return what has changed between this answer and the present one."""
        memory, _ = sources(question)
        now = memory.get(question)
        if not self.results or now is None:
            return ()
        return compared(question.labels, self.results, results_of(question, now.runs))


NO_ANSWER = KeptAnswer()


def kept_answer(question: Question, dropped: threading.Event) -> Iterator[Update[KeptAnswer]]:
    """Yield the answer to compare with, computed again if it is not kept any more."""
    memory, folder = sources(question)
    for update in follow(question, services().workshop, memory, dropped.is_set, folder):
        if update.final:
            yield Update(result=KeptAnswer.of(question), final=True)
            return


def use_before(question: Question | None) -> KeptAnswer:
    """Return the answer that the present one is compared with; an empty one if there is none, or until it is there."""

    def work(dropped: threading.Event) -> Iterator[Update[KeptAnswer]]:
        return iter(()) if question is None else kept_answer(question, dropped)

    view = use_background(work, None if question is None else (numbers_of(question), uploaded.value))
    return view.result if question is not None and view.result is not None and view.status.fresh else NO_ANSWER


def results_of(question: Question, runs: pd.DataFrame) -> dict[str, tuple[np.ndarray, float]]:
    """Return joint results by future and mean cost of each strategy."""
    parts = {key: runs[runs["strategy"] == key] for key in question.keys}
    return {key: (part["outputs"].to_numpy(float), float(part["cost"].mean())) for key, part in parts.items()}


def use_answer(question: Question) -> Background[Answer]:
    """Compute the answer to a question, and return what there is of it."""
    memory, folder = sources(question)
    key = (numbers_of(question), uploaded.value)
    view = use_background(lambda dropped: follow(question, services().workshop, memory, dropped.is_set, folder), key)
    name = "" if view.result is None else hashlib.sha256(repr(view.of).encode()).hexdigest()[:8]
    return replace(view, status=replace(view.status, of=name))


def use_address(
    router: Router,
    linked: LinkedPair,
    asked: LinkedPair,
    ask: Callable[[LinkedPair], None],
    settle: float = SETTLED,
) -> None:
    """Keep the page and its address together.  `linked`: what the present address asks; `asked`: what the page does.

    A question that stays for `settle` seconds becomes the page's address, whether or not it is answered, so that Back
    returns to the one before and a slider on its way leaves no trail.  A link that is opened, or Back, becomes the question,
    unless the page made the address itself.
    """
    known = solara.use_ref(router.search)
    never: str | None = None
    pushed, renderings = solara.use_ref((0, never)), solara.use_ref(0)
    renderings.current += 1
    this = renderings.current

    def follow_address() -> None:
        # This runs after every rendering, not only when the address changes: if Back is quicker than the rendering of an
        # address that the page made, the page never sees that address.
        # A rendering that began before the address was made knows nothing of it.
        since, address = pushed.current
        due = address is not None and this > since
        changed = router.search != known.current
        known.current = router.search
        if due:
            pushed.current = (0, never)
        if (changed or due) and not (due and router.search == address):
            ask(linked)

    def record() -> Callable[[], None]:
        moved_on = threading.Event()

        def push() -> None:
            if not moved_on.wait(settle) and linked != asked:
                pushed.current = (renderings.current, asked.query)
                router.push(f"{router.path}?{asked.query}")

        if not settle:
            push()
        elif linked != asked:
            threading.Thread(target=push, daemon=True).start()
        return moved_on.set

    solara.use_effect(follow_address)
    solara.use_effect(record, [asked])


def cards_of(question: Question) -> list[dict[str, object]]:
    """Return what the cards of all strategies show: settings, name, colour, and what the budget goes into."""
    tones = colours(question)
    return [
        {
            "key": key,
            "label": question.labels[key],
            "idle": one.idle,
            "facilitation": one.facilitation,
            "settings": one,
            "spending": spending(question, one),
            "colour": tones[key],
        }
        for key, one in zip(question.keys, question.strategies, strict=True)
    ]


def facts_shown(question: Question) -> list[dict[str, object]]:
    """Return what the form of facts shows: for each its name, bounds, and what is stated of it, None if nothing."""
    stated = {one.name: one for one in question.facts}
    return [
        {"name": name, "about": about.value, "tolerance": about.within, "stated": stated.get(name)}
        for name, about in FACTS.items()
    ]


def uploaded_words(question: Question) -> str:
    """Return what the controls say about an uploaded network in use; '' if there is none."""
    if not question.own:
        return ""
    network = uploaded.value
    if network is None or network.fingerprint != question.own:
        return f"An uploaded network of {question.members:.0f} members (fingerprint {question.own})"
    return f"{' and '.join(network.files)}: {network.start.members} members, {len(network.start.ties)} ties"


def board_file(
    question: Question, origin: str, before: Download, progress: Callable[[int, int], None], dropped: Callable[[], bool]
) -> Download | None:
    """Return the interactive page for the browser; None if there is no complete answer, or once `dropped`."""
    memory, folder = sources(question)
    kept = memory.complete(question)
    if kept is None:
        return None
    stand_in = emulator(question, services().workshop, dropped, progress, folder)
    if dropped():
        return None
    return before.then(
        "board.html", board_page(question, kept.answer, stand_in, f"{origin[:200]}/?{to_query(question)}")
    )


def next_file(question: Question, name: str, origin: str, before: Download) -> Download | None:
    """Return a brief, or the table of runs, for the browser; None if there is no complete answer.

    `origin`: the server's address, as the browser knows it.
    """
    memory, folder = sources(question)
    kept = memory.complete(question)
    if kept is None:
        return None
    if name == "brief":
        link = f"{origin[:200]}/?{to_query(question)}"
        return before.then("brief.html", brief(question, kept.answer, kept.runs, link, folder))
    return before.then("simulated-futures.csv", runs_csv(question, kept.runs))
