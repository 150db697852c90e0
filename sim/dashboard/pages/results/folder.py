"""One folder of results: what it is, the answer in words and charts, how to reproduce it, and files to download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import solara

from sim.dashboard.pages.results.downloads import figures, report_html, runs_csv
from sim.dashboard.pages.results.folder_details import FolderDetails
from sim.dashboard.pages.results.state import Loaded, ResultsLink, in_thread
from sim.dashboard.results_catalogue import CatalogueError
from sim.dashboard.services import services
from sim.dashboard.shared.answer_parts import Charts, Save, headline, headline_content, state_of
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Download, Element, Template, packed

HERE = Path(__file__).parent
FINAL = Status("final", fresh=True, of="results")
HINT = "The link opens this page for everybody who has the same folder of results."
NO_HEAD: dict[str, object] | None = None
Go = Callable[[ResultsLink], None]


Top = Template(HERE / "folder.vue", "content head state fault name", "back refresh look")
"""`content`: `FolderDetails` without the answer, packed; `head`: the latest entry."""
Origin = Template(HERE / "origin.vue", "content figures", "figures")


@solara.component
def FolderFiles(link: ResultsLink, details: FolderDetails) -> Element:
    """The table of a folder's runs and its report, made on request, and the link to the page."""
    name, catalogue = link.names[0], services().catalogue
    file, set_file = solara.use_state(Download())
    fault, set_fault = solara.use_state("")
    busy, set_busy = solara.use_state(False)

    def download(request: Mapping[str, str]) -> None:
        is_report = request["file"] == "brief"
        make, ending = (report_html, "html") if is_report else (runs_csv, "csv")

        def show(result: str | CatalogueError) -> None:
            set_busy(False)
            if isinstance(result, CatalogueError):
                set_fault(str(result))
            else:
                set_file(lambda now: now.then(f"{name.replace('/', '-')}.{ending}", result))

        set_busy(is_report)
        set_fault("")
        in_thread(lambda: make(catalogue, name), show)

    return Save(
        link=f"/results?{link.query}",
        file=file,
        ready=True,
        csv="Download the runs (CSV)" if details.csv else "",
        page="Download a report (HTML)" if details.reports else "",
        hint=HINT,
        busy=busy,
        fault=fault,
        on_download=download,
    )


@solara.component
def Folder(link: ResultsLink, here: Loaded, go: Go, refresh: Callable[[], None]) -> Element:
    """The page of one folder."""
    name, details, catalogue = link.names[0], here.folder, services().catalogue
    pictures, set_pictures = solara.use_state("")
    head, set_head = solara.use_state(NO_HEAD)

    def forget() -> None:
        set_pictures("")
        set_head(NO_HEAD)

    def look(data: object) -> None:
        in_thread(
            lambda: catalogue.entry(name).for_page(),
            lambda found: set_head(NO_HEAD if isinstance(found, CatalogueError) else found),
        )

    def fetch(data: object) -> None:
        in_thread(
            lambda: figures(catalogue, name),
            lambda found: set_pictures(packed([] if isinstance(found, CatalogueError) else found)),
        )

    solara.use_effect(forget, [name, details is None])
    # Long tables and pictures go to the browser once: what depends on the stage is small.
    content = solara.use_memo(lambda: packed(details and replace(details, answer=None)), [id(details)])
    answer = solara.use_memo(lambda: packed(details and details.answer), [id(details)])
    top = Top(
        content=content,
        head=head or (details.head if details else None),
        state=here.state,
        fault=here.text,
        name=name,
        on_back=lambda data: go(replace(link, names=(), strategy="")),
        on_refresh=lambda data: refresh(),
        on_look=look,
    )
    parts = [top]
    if details and details.answer:
        if details.answer.several:
            shown = headline(
                headline_content(details.answer),
                "outputs",
                link.stage,
                FINAL,
                on_stage=lambda stage: go(replace(link, stage=str(stage))),
            )
            parts.append(shown)
        state, stage = state_of(FINAL), link.stage
        parts.append(
            Charts(answer=answer, stage=stage, outcome="outputs", fresh=True, failed=False, before="", state=state)
        )
    if details:
        origin = Origin(content=content, figures=pictures, on_figures=fetch)
        parts += [origin, FolderFiles(link, details).key(name)]
    return solara.v.Html(tag="div", class_="gn-results", children=parts)
