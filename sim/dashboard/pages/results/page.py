"""Results: what batch runs left, in a list; one of them opened; or several side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara

from sim.dashboard.folders.beside import MOST, as_csv
from sim.dashboard.folders.loading import Loaded, in_thread, load
from sim.dashboard.folders.readable import RUNS_OF
from sim.dashboard.folders.wanted import Wanted, wanted_of
from sim.dashboard.shared.answer_parts import Save, SaveView
from sim.dashboard.shared.templates import Download, Event, nothing, packed
from sim.dashboard.pages.results.folder import HINT, Folder
from sim.dashboard.services import services


@solara.component_vue("view.vue")
def Listed(
    told: str,
    state: str,
    comparable: list[str],
    most: int,
    event_open: Event = nothing,
    event_refresh: Event = nothing,
) -> None:
    """The list."""


@solara.component_vue("side_by_side.vue")
def Beside(
    told: str,
    state: str,
    fault: str,
    strategy: str,
    event_back: Event = nothing,
    event_open: Event = nothing,
    event_strategy: Event = nothing,
) -> None:
    """Several folders side by side."""


@solara.component
def Results() -> Any:
    """The page: list, one, or several."""
    router = solara.use_router()
    shelf = services().shelf
    wanted = solara.use_memo(lambda: wanted_of(router.search, shelf), [router.search])
    loaded, set_loaded = solara.use_state(Loaded())
    attempt, set_attempt = solara.use_state(0)
    file, set_file = solara.use_state(Download())

    def read() -> Callable[[], None]:
        """Read what is wanted."""
        set_loaded(lambda now: replace(now, state="reading") if now.of == wanted.names else Loaded())
        return in_thread(lambda: load(wanted.names, shelf), set_loaded)

    def go(new: Wanted) -> None:
        """To another view, under its own address."""
        router.push(f"{router.path}?{new.query}" if new.query else router.path)

    solara.use_effect(read, [wanted.names, attempt])
    here = loaded if loaded.of == wanted.names else Loaded()
    one = len(wanted.names) == 1
    told = solara.use_memo(lambda: "" if one else packed(here.told), [id(here.told), one])
    refresh: Event = lambda data: set_attempt(attempt + 1)  # noqa: E731
    back: Event = lambda data: go(replace(wanted, names=(), strategy=""))  # noqa: E731
    choose: Event = lambda names: go(replace(wanted, names=tuple(map(str, names))[:MOST], strategy=""))  # noqa: E731
    if not wanted.names:
        return Listed(
            told=told,
            state=here.state,
            comparable=list(RUNS_OF),
            most=MOST,
            event_open=choose,
            event_refresh=refresh,
        )
    if one:
        return Folder(wanted, here, go, back, refresh)
    several = Beside(
        told=told,
        state=here.state,
        fault=here.text,
        strategy=wanted.strategy,
        event_back=back,
        event_open=choose,
        event_strategy=lambda name: go(replace(wanted, strategy=str(name))),
    )
    taking = Save(
        SaveView(f"/results?{wanted.query}", file, here.told is not None, csv="Download the tables (CSV)", hint=HINT),
        download=lambda data: set_file(table_of(here.told, file)),
    )
    return solara.v.Html(tag="div", class_="gn-results", children=[several, taking])


def table_of(told: dict[str, Any] | None, before: Download) -> Download:
    """What stands side by side as a file for the browser; the one before where there is nothing yet."""
    return before if told is None else before.then("side-by-side.csv", as_csv(told))
