"""Watch: two strategies in one typical future, side by side, week by week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import solara

from sim.dashboard.answers import Tone, colours
from sim.dashboard.pages.watch.state import Screening, make_film, screening_of
from sim.dashboard.session import sources, uploaded
from sim.dashboard.shared.background import Status, use_background
from sim.dashboard.shared.templates import Element, Template, packed


@dataclass(frozen=True)
class WatchView:
    """The properties of `view.vue`.  `film`: a `Film`, packed; `typical`: whether it is of a typical future."""

    film: str
    status: Status
    labels: dict[str, str]
    typical: bool
    chosen: tuple[str, str]
    colours: dict[str, Tone]


Player = Template(Path(__file__).parent / "view.vue", WatchView, "choose another")


class SideChoice(TypedDict):
    """A strategy chosen for one side, 0 or 1."""

    side: int
    key: str


@solara.component
def Watch() -> Element:
    """The page."""
    router = solara.use_router()
    screening = solara.use_memo(lambda: screening_of(router.search), [router.search])
    memory, folder = sources(screening.question)
    view = use_background(lambda dropped: make_film(screening, memory, folder, dropped), (screening, uploaded.value))
    film = solara.use_memo(lambda: packed(view.result), [id(view.result)])

    def go(new: Screening) -> None:
        if new != screening:
            router.push(f"{router.path}?{new.query}")

    def choose(data: SideChoice) -> None:
        go(screening.with_side(int(data["side"]) % 2, data["key"]))

    def another(data: object) -> None:
        shown = view.result.replicate if view.result is not None else screening.future or 0
        go(replace(screening, future=(shown + 1) % int(screening.question.futures)))

    question = screening.question
    return Player(
        WatchView(film, view.status, question.labels, screening.future is None, screening.sides, colours(question)),
        choose=choose,
        another=another,
    )
