"""Watch: two strategies in one typical future, side by side, week by week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import solara

from sim.dashboard.answers import colours
from sim.dashboard.pages.watch.state import WatchChoice, make_film, screening_of
from sim.dashboard.shared.background import use_background
from sim.dashboard.shared.templates import Element, Template, packed
from sim.dashboard.uploaded_network import sources, uploaded

Player = Template(Path(__file__).parent / "view.vue", "film status labels typical chosen colours", "choose another")


@solara.component
def Watch() -> Element:
    """The page."""
    router = solara.use_router()
    screening = solara.use_memo(lambda: screening_of(router.search), [router.search])
    memory, folder = sources(screening.question)
    view = use_background(lambda dropped: make_film(screening, memory, folder, dropped), (screening, uploaded.value))
    film = solara.use_memo(lambda: packed(view.result), [id(view.result)])

    def go(new: WatchChoice) -> None:
        if new != screening:
            router.push(f"{router.path}?{new.query}")

    def choose(data: Mapping[str, str | int]) -> None:
        go(screening.with_side(int(data["side"]) % 2, str(data["key"])))

    def another(data: object) -> None:
        shown = view.result.replicate if view.result is not None else screening.future or 0
        go(replace(screening, future=(shown + 1) % int(screening.question.futures)))

    question = screening.question
    return Player(
        film=film,
        status=view.status,
        labels=question.labels,
        typical=screening.future is None,
        chosen=screening.sides,
        colours=colours(question),
        on_choose=choose,
        on_another=another,
    )
