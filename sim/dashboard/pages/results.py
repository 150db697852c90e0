"""Results: what batch runs left, in a list; one of them opened; or several side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from sim.analysis.runs import AnalysisError
from sim.dashboard.folders.beside import MOST, as_csv, beside
from sim.dashboard.folders.opened import opened
from sim.dashboard.folders.readable import RUNS_OF, runs_of, said
from sim.dashboard.folders.shelf import Shelf, ShelfError
from sim.dashboard.folders.takeaway import figures, page_of, runs_csv
from sim.dashboard.pages.compare import Charts, Taking, Verdict, words_of
from sim.dashboard.pages.events import Event, nothing, packed
from sim.dashboard.services import services
from sim.dashboard.settings import NETWORK, stage_means
from sim.outcomes import STAGES_REACHED

OPEN, STAGE, STRATEGY = "open", "stage", "strategy"
LONGEST = 4000
NO_FILE: dict[str, Any] = {}
FINAL = {"state": "final", "done": 0, "total": 0, "fresh": True, "text": "", "of": "results"}
HINT = "The link opens this page for whoever has the same folder of results."
_reading = threading.Lock()
"""Large tables are read and analysed one after another: sliders of others stay quick."""


@solara.component_vue("../vue/results.vue")
def Listed(
    told: str,
    state: str,
    comparable: list[str],
    most: int,
    event_open: Event = nothing,
    event_refresh: Event = nothing,
) -> None:
    """The list."""


@solara.component_vue("../vue/result.vue")
def Top(
    told: str,
    head: dict[str, Any] | None,
    state: str,
    fault: str,
    name: str,
    event_back: Event = nothing,
    event_refresh: Event = nothing,
    event_look: Event = nothing,
) -> None:
    """One folder: what it is, the answer in words, tables, its report."""


@solara.component_vue("../vue/origin.vue")
def Origin(told: str, figures: str, event_figures: Event = nothing) -> None:
    """One folder: its figures, and how to get it again."""


@solara.component_vue("../vue/beside.vue")
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


@dataclass(frozen=True)
class Wanted:
    """What a link asks to see; `rest`: what it says for other pages, which it goes on saying."""

    names: tuple[str, ...] = ()
    stage: str = "aligned"
    strategy: str = ""
    rest: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The query of a link to it."""
        apart = any("," in name for name in self.names)
        names = self.names if apart else [",".join(self.names)] if self.names else []
        pairs = [*self.rest, *((OPEN, name) for name in names)]
        pairs += [(STAGE, self.stage)] if pairs else []
        pairs += [(STRATEGY, self.strategy)] if self.strategy and self.names else []
        return urlencode(pairs, safe=",/")


def wanted_of(search: str | None, shelf: Shelf) -> Wanted:
    """What a link asks to see, held in bounds: at most `MOST` folders, a stage that there is."""
    pairs = parse_qsl((search or "")[:LONGEST], keep_blank_values=True)
    names: list[str] = []
    for key, value in pairs:
        if key == OPEN:
            names += [value] if is_folder(shelf, value) else value.split(",")
    told = dict(pairs)
    stage = told.get(STAGE, "")
    return Wanted(
        tuple(dict.fromkeys(name for name in names if name))[:MOST],
        stage if stage in STAGES_REACHED else "aligned",
        told.get(STRATEGY, "")[:100],
        tuple(pair for pair in pairs if pair[0] not in (OPEN, STRATEGY, STAGE)),
    )


def is_folder(shelf: Shelf, name: str) -> bool:
    """Whether a whole text names a folder, commas and all."""
    try:
        return bool(shelf.folder(name))
    except ShelfError:
        return False


@dataclass(frozen=True)
class Loaded:
    """What was read, and of which folders; `state`: reading, ready or fault."""

    of: tuple[str, ...] | None = None
    state: str = "reading"
    told: dict[str, Any] | None = None
    text: str = ""


def load(names: tuple[str, ...], shelf: Shelf) -> Loaded:
    """Read what is asked for: the list, one folder, or several."""
    try:
        if not names:
            entries = [entry.told() for entry in shelf.entries()]
            told = {"root": str(shelf.root), "fault": shelf.fault, "entries": entries}
            return Loaded(names, "ready", told)
        with _reading:
            if len(names) == 1:
                return Loaded(names, "ready", shelf.kept(names[0], lambda: opened(shelf, names[0])))
            found = {name: said(name, lambda name=name: runs_of(shelf, name)) for name in names}  # type: ignore[misc]
            return Loaded(names, "ready", said(" and ".join(names), lambda: beside(found)))
    except (ShelfError, AnalysisError) as fault:
        return Loaded(names, "fault", text=str(fault))
    except Exception as fault:
        return Loaded(names, "fault", text=f"It could not be read ({type(fault).__name__}: {fault}).")


def in_thread(work: Callable[[], Any], then: Callable[[Any], None]) -> Callable[[], None]:
    """Do something in a thread and hand on what comes of it, unless what is returned was called before."""
    dropped = threading.Event()

    def do() -> None:
        """The work."""
        found = work()
        if not dropped.is_set():
            then(found)

    threading.Thread(target=do, daemon=True).start()
    return dropped.set


@solara.component
def Results() -> Any:
    """The page: list, one, or several."""
    router = solara.use_router()
    shelf = services().shelf
    wanted = solara.use_memo(lambda: wanted_of(router.search, shelf), [router.search])
    loaded, set_loaded = solara.use_state(Loaded())
    attempt, set_attempt = solara.use_state(0)
    file, set_file = solara.use_state(NO_FILE)

    def read() -> Callable[[], None]:
        """Read what is wanted."""
        set_loaded(lambda now: replace(now, state="reading") if now.of == wanted.names else Loaded())
        return in_thread(lambda: load(wanted.names, shelf), set_loaded)

    def go(new: Wanted) -> None:
        """To another view, under its own address."""
        router.push(f"{router.path}?{new.query}" if new.query else router.path)

    solara.use_effect(read, [wanted.names, attempt])
    here = loaded if loaded.of == wanted.names else Loaded()
    told = solara.use_memo(lambda: packed(here.told), [id(here.told)])
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
    if len(wanted.names) > 1:
        several = Beside(
            told=told,
            state=here.state,
            fault=here.text,
            strategy=wanted.strategy,
            event_back=back,
            event_open=choose,
            event_strategy=lambda name: go(replace(wanted, strategy=str(name))),
        )
        words = {"csv": "Download the tables (CSV)", "page": "", "hint": HINT}
        taking = Taking(
            link=f"/results?{wanted.query}",
            file=file,
            ready=here.told is not None,
            words=words,
            event_download=lambda data: set_file(table_of(here.told, file)),
        )
        return solara.v.Html(tag="div", class_="gn-results", children=[several, taking])
    return One(wanted, here, told, go, back, refresh)


@solara.component
def One(wanted: Wanted, here: Loaded, told: str, go: Callable[[Wanted], None], back: Event, refresh: Event) -> Any:
    """One folder opened."""
    shelf, name = services().shelf, wanted.names[0]
    shown, set_figures = solara.use_state("")
    file, set_file = solara.use_state(NO_FILE)
    fault, set_fault = solara.use_state("")
    busy, set_busy = solara.use_state(False)
    look, set_look = solara.use_state(NO_FILE)

    def forget() -> None:
        """Another folder, or the same read anew: what was fetched of it goes."""
        set_figures("")
        set_fault("")
        set_look(NO_FILE)

    def observe(data: Any) -> None:
        """How far it is by now."""
        in_thread(lambda: shelf.entry(name).told(), set_look)

    def fetch(data: Any) -> None:
        """The figures."""
        in_thread(lambda: tried(lambda: figures(shelf, name)), lambda found: set_figures(packed(found)))

    def download(what: Any) -> None:
        """The table of runs, or a page, handed to the browser."""
        page = what["file"] == "brief"
        stem = name.replace("/", "-")

        def made(found: Any) -> None:
            """It is there, or cannot be had."""
            set_busy(False)
            if isinstance(found, ShelfError):
                set_fault(str(found))
                return
            ending, kind = ("html", "text/html") if page else ("csv", "text/csv")
            set_file(
                lambda now: {
                    "name": f"{stem}.{ending}",
                    "type": kind,
                    "text": found,
                    "number": now.get("number", 0) + 1,
                }
            )

        set_busy(page)
        set_fault("")
        in_thread(lambda: tried(lambda: (page_of if page else runs_csv)(shelf, name)), made)

    solara.use_effect(forget, [name, here.told is None])
    own = here.told or {}
    answer = own.get("answer")
    # Long tables and pictures go to the browser once: what depends on the stage is small.
    page = solara.use_memo(
        lambda: packed({k: v for k, v in own.items() if k != "answer"}) if own else "", [id(here.told)]
    )
    drawn = solara.use_memo(lambda: packed(answer), [id(answer)])
    parts = [
        Top(
            told=page,
            head=look or own.get("head"),
            state=here.state,
            fault=here.text or fault,
            name=name,
            event_back=back,
            event_refresh=refresh,
            event_look=observe,
        )
    ]
    if answer:
        if answer["several"]:
            parts.append(
                Verdict(
                    answer=words_of(answer, wanted.stage),
                    status=FINAL,
                    stage=wanted.stage,
                    stages=dict(NETWORK["stage"].options),  # type: ignore[union-attr]
                    means=stage_means(),
                    event_stage=lambda stage: go(replace(wanted, stage=str(stage))),
                )
            )
        parts.append(Charts(told=drawn, status={"fresh": True, "state": ""}, stage=wanted.stage))
    if own:
        parts.append(Origin(told=page, figures=shown, event_figures=fetch))
        words = {
            "csv": "Download the runs (CSV)" if own["csv"] else "",
            "page": "Download a report (HTML)",
            "hint": HINT,
        }
        parts.append(
            Taking(
                link=f"/results?{wanted.query}",
                file=file,
                ready=True,
                brief=bool(own["reports"] or own["page"]),
                words=words,
                busy=busy,
                fault=fault,
                event_download=download,
            )
        )
    return solara.v.Html(tag="div", class_="gn-results", children=parts)


def table_of(told: dict[str, Any] | None, before: dict[str, Any]) -> dict[str, Any]:
    """What stands side by side as a file for the browser; the one before where there is nothing yet."""
    if told is None:
        return before
    number = before.get("number", 0) + 1
    return {"name": "side-by-side.csv", "type": "text/csv", "text": as_csv(told), "number": number}


def tried(work: Callable[[], Any]) -> Any:
    """What some work comes to, or the fault that says why it does not."""
    try:
        return work()
    except ShelfError as fault:
        return fault
    except Exception as fault:
        return ShelfError(f"It could not be made ({type(fault).__name__}: {fault}).")
