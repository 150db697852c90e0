"""One folder of results: what it is, the answer in words and charts, how to reproduce it, and files to download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import solara

from sim.dashboard.answers import Answer
from sim.dashboard.pages.results.downloads import figures, report_html, runs_csv
from sim.dashboard.pages.results.state import Loaded, ResultsLink, in_thread
from sim.dashboard.results_catalogue import CatalogueError
from sim.dashboard.services import services
from sim.dashboard.shared.answer_parts import Charts, ChartsView, Save, SaveView, Verdict, VerdictView
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Download, Element, Template, packed

HERE = Path(__file__).parent
FINAL = Status("final", fresh=True, of="results")
HINT = "The link opens this page for everybody who has the same folder of results."
NO_HEAD: dict[str, object] | None = None
Go = Callable[[ResultsLink], None]


@dataclass(frozen=True)
class FolderView:
    """The properties of `folder.vue`. `content`: `FolderDetails` without the answer, packed; `head`: the latest entry."""

    content: str
    head: dict[str, object] | None
    state: str
    fault: str
    name: str


@dataclass(frozen=True)
class OriginView:
    """The properties of `origin.vue`. `content`: as in `FolderView`; `figures`: labels and data URIs, packed."""

    content: str
    figures: str


Top = Template(HERE / "folder.vue", FolderView, "back refresh look")
Origin = Template(HERE / "origin.vue", OriginView, "figures")


@dataclass(frozen=True)
class FolderFile:
    """A file on its way to the browser, whether it is being made, why it cannot be had, and how to ask for it."""

    file: Download
    busy: bool
    fault: str
    ask: Callable[[Mapping[str, str]], None]


def use_file(name: str, reset: object) -> FolderFile:
    """Make the table of a folder's runs, or its report, on request. A fault is forgotten once `reset` changes."""
    catalogue, stem = services().catalogue, name.replace("/", "-")
    file, set_file = solara.use_state(Download())
    fault, set_fault = solara.use_state("")
    busy, set_busy = solara.use_state(False)

    def ask(request: Mapping[str, str]) -> None:
        is_report = request["file"] == "brief"
        make, ending = (report_html, "html") if is_report else (runs_csv, "csv")

        def show(result: str | CatalogueError) -> None:
            set_busy(False)
            if isinstance(result, CatalogueError):
                set_fault(str(result))
            else:
                set_file(lambda now: now.then(f"{stem}.{ending}", result))

        set_busy(is_report)
        set_fault("")
        in_thread(lambda: make(catalogue, name), show)

    solara.use_effect(lambda: set_fault(""), [name, reset])
    return FolderFile(file, busy, fault, ask)


def answer_views(answer: Answer, content: str, link: ResultsLink, go: Go) -> list[Element]:
    """Return the answer of a folder: its verdict, if it compares strategies, and its charts; `content`: it, packed."""
    charts = Charts(ChartsView(content, link.stage))
    if not answer.several:
        return [charts]
    view = VerdictView.of(answer, link.stage, FINAL)
    return [Verdict(view, stage=lambda stage: go(replace(link, stage=str(stage)))), charts]


@solara.component
def Folder(link: ResultsLink, here: Loaded, go: Go, refresh: Callable[[], None]) -> Element:
    """The page of one folder."""
    name, details, catalogue = link.names[0], here.folder, services().catalogue
    download = use_file(name, details is None)
    pictures, set_pictures = solara.use_state("")
    head, set_head = solara.use_state(NO_HEAD)

    def forget() -> None:
        set_pictures("")
        set_head(NO_HEAD)

    def look(data: object) -> None:
        in_thread(lambda: catalogue.entry(name).for_page(), show_head)

    def show_head(found: dict[str, object] | CatalogueError) -> None:
        set_head(NO_HEAD if isinstance(found, CatalogueError) else found)

    def show(found: list[dict[str, str]] | CatalogueError) -> None:
        set_pictures(packed([] if isinstance(found, CatalogueError) else found))

    def fetch(data: object) -> None:
        in_thread(lambda: figures(catalogue, name), show)

    solara.use_effect(forget, [name, details is None])
    # Long tables and pictures go to the browser once: what depends on the stage is small.
    content = solara.use_memo(lambda: packed(details and replace(details, answer=None)), [id(details)])
    answer = solara.use_memo(lambda: packed(details and details.answer), [id(details)])
    top = Top(
        FolderView(content, head or (details.head if details else None), here.state, here.text or download.fault, name),
        back=lambda data: go(replace(link, names=(), strategy="")),
        refresh=lambda data: refresh(),
        look=look,
    )
    parts = [top]
    if details:
        parts += answer_views(details.answer, answer, link, go) if details.answer else []
        origin = Origin(OriginView(content, pictures), figures=fetch)
        save = SaveView(
            f"/results?{link.query}",
            download.file,
            csv="Download the runs (CSV)" if details.csv else "",
            page="Download a report (HTML)" if details.reports else "",
            hint=HINT,
            busy=download.busy,
            fault=download.fault,
        )
        parts += [origin, Save(save, download=download.ask)]
    return solara.v.Html(tag="div", class_="gn-results", children=parts)
