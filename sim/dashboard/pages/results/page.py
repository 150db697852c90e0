"""Results: the list of what commands have saved, one folder opened, or several side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import solara

from sim.dashboard.pages.results.folder import HINT, Folder
from sim.dashboard.pages.results.side_by_side import MOST_FOLDERS, as_csv
from sim.dashboard.pages.results.state import Loaded, ResultsLink, in_thread, link_of, load
from sim.dashboard.results_catalogue import COMMANDS, CatalogueError
from sim.dashboard.services import services
from sim.dashboard.shared.answer_parts import Save
from sim.dashboard.shared.templates import Download, Element, Event, Template, packed

HERE = Path(__file__).parent


List = Template(HERE / "view.vue", "content state comparable most", "open refresh")
SideBySideTable = Template(HERE / "side_by_side.vue", "content state fault strategy", "back open strategy")


@solara.component
def Results() -> Element:
    """The page."""
    router = solara.use_router()
    catalogue = services().catalogue
    link = solara.use_memo(lambda: link_of(router.search, catalogue), [router.search])
    loaded, set_loaded = solara.use_state(Loaded())
    attempt, set_attempt = solara.use_state(0)

    def read() -> Callable[[], None]:
        """Read what the link opens; what is shown stays while it is read again."""

        def show(result: Loaded | CatalogueError) -> None:
            set_loaded(Loaded(link.names, "fault", str(result)) if isinstance(result, CatalogueError) else result)

        set_loaded(lambda now: replace(now, state="reading") if now.names == link.names else Loaded())
        return in_thread(lambda: load(link.names, catalogue), show)

    def go(new: ResultsLink) -> None:
        router.push(f"{router.path}?{new.query}" if new.query else router.path)

    def choose(names: Sequence[object]) -> None:
        go(replace(link, names=tuple(map(str, names))[:MOST_FOLDERS], strategy=""))

    solara.use_effect(read, [link.names, attempt])
    here = loaded if loaded.names == link.names else Loaded()
    if not link.names:
        return List(
            content=packed(here.list),
            state=here.state,
            comparable=COMMANDS,
            most=MOST_FOLDERS,
            on_open=choose,
            on_refresh=lambda data: set_attempt(attempt + 1),
        )
    if len(link.names) == 1:
        return Folder(link, here, go, lambda: set_attempt(attempt + 1))
    return Several(link, here, go, choose)


@solara.component
def Several(link: ResultsLink, here: Loaded, go: Callable[[ResultsLink], None], choose: Event) -> Element:
    """Several folders side by side."""
    file, set_file = solara.use_state(Download())
    several = here.several
    content = solara.use_memo(lambda: packed(several), [id(several)])

    def download(data: object) -> None:
        if several is not None:
            set_file(file.then("side-by-side.csv", as_csv(several)))

    table = SideBySideTable(
        content=content,
        state=here.state,
        fault=here.text,
        strategy=link.strategy,
        on_back=lambda data: go(replace(link, names=(), strategy="")),
        on_open=choose,
        on_strategy=lambda name: go(replace(link, strategy=str(name))),
    )
    csv = "Download the tables (CSV)"
    ready = several is not None
    save = Save(link=f"/results?{link.query}", file=file, ready=ready, csv=csv, hint=HINT, on_download=download)
    return solara.v.Html(tag="div", class_="gn-results", children=[table, save])
