"""Pages about one future: which one a link names, its record, and a whole page with a table of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import solara

from sim.dashboard.questions import FUTURE, MOST_OWN, Question, from_query, future_of, to_query, values_of
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.shared.background import Background, use_background, worked_out
from sim.dashboard.shared.templates import Element, Template, packed
from sim.dashboard.uploaded_network import sources, uploaded
from sim.dashboard.workshop import Update
from sim.lab.future import simulate
from sim.lab.record import Record

STRATEGY = "strategy"
TablePage = Template(
    Path(__file__).parent / "table_page.vue", "title lede labels run futures notes status rows", "choose"
)


@dataclass(frozen=True)
class RunChoice:
    """Which run a page is about: one strategy of a question in one of its futures.

    `linked`: the question of the link, of which `question` may be a smaller version.
    """

    question: Question
    linked: Question
    key: str
    future: int
    notes: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The query of a link to it."""
        return f"{to_query(self.linked)}&{STRATEGY}={self.key}&{FUTURE}={self.future}"

    def other(self, key: object = None, future: object = None) -> RunChoice:
        """Return another strategy or another future of the same question, held in bounds."""
        chosen = next((known for known in self.linked.keys if known == key), self.key)
        try:
            number = min(max(int(str(future)), 0), int(self.linked.futures) - 1)
        except ValueError:
            number = self.future
        return replace(self, key=chosen, future=number)


def run_choice(search: str | None, most: int = MOST_OWN) -> RunChoice:
    """Return which run a link names, held in bounds, with a sentence for all that differs from the link.

    `most`: members that the page can do.
    """
    link = from_query(search)
    linked = question = link.question
    notes = list(link.notes)
    values = values_of(search)
    key, text = values.get(STRATEGY, linked.keys[0]), values.get(FUTURE, "0")
    future = future_of(search, linked) or 0
    if key not in linked.keys:
        notes.append(f"The link names strategy {key[:12]!r}; shown is {linked.labels[linked.keys[0]]}.")
    if text != str(future):
        notes.append(f"The link names simulated future {text[:12]!r}; shown is number {future}.")
    if linked.members > most and not linked.own:
        question = replace(linked, members=float(most))
        notes.append(
            f"The question is about {linked.members:.0f} members. This page does at most {most}, so this "
            f"is another network: the same settings with {most} members."
        )
    return RunChoice(question, linked, key if key in linked.keys else linked.keys[0], future, tuple(notes))


def use_record(choice: RunChoice) -> Background[Record]:
    """Run a future in the background, and return its record once it is there."""
    _, folder = sources(choice.question)

    def work(dropped: threading.Event) -> Iterator[Update[Record]]:
        scenario, seed = scenario_of(choice.question, folder), int(choice.question.seed)
        return worked_out(
            lambda tick, jobs: simulate(scenario, choice.key, seed, choice.future, renewal=False),
            1,
            "Running this future",
            "a few seconds",
            dropped,
        )

    return use_background(work, (choice, uploaded.value))


def future_page(title: str, lede: str, table: Callable[[Record], Sequence[Sequence[object]]]) -> Callable[[], Element]:
    """Return the component of a page with a table about one future, which the visitor chooses.

    `lede`: what it is, below the title; `table`: the rows, the first being the head.
    """

    @solara.component
    def FuturePage() -> Element:
        router = solara.use_router()
        choice = solara.use_memo(lambda: run_choice(router.search), [router.search])
        view = use_record(choice)
        rows = solara.use_memo(lambda: packed(None if view.result is None else table(view.result)), [id(view.result)])

        def choose(data: Mapping[str, object]) -> None:
            router.push(f"{router.path}?{choice.other(data.get('strategy'), data.get('future')).query}")

        return TablePage(
            title=title,
            lede=lede,
            labels=choice.linked.labels,
            run={"strategy": choice.key, "future": choice.future},
            futures=int(choice.linked.futures),
            notes=choice.notes,
            status=view.status,
            rows=rows if view.status.fresh else "",
            on_choose=choose,
        )

    return FuturePage
