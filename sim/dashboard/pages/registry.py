"""The pages: the one place that lists them, and the frame around them: name, navigation, foot.

Routes and navigation follow from `PAGES`.  A new page is a module, or a folder (page.py, state.py, view.vue), under `pages/`
and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.pages.advise.page import Advise
from sim.dashboard.pages.compare.page import Compare
from sim.dashboard.pages.drivers.page import Drivers
from sim.dashboard.pages.evidence.page import Evidence
from sim.dashboard.pages.inspect.page import Inspect
from sim.dashboard.pages.network.page import Network
from sim.dashboard.pages.results.page import Results
from sim.dashboard.pages.watch.page import Watch
from sim.dashboard.shared.templates import Element, Template
from sim.dashboard.uploaded_network import restore_from_cookie
from sim.model.version import MODEL_VERSION, package_version


@dataclass(frozen=True)
class Page:
    """A page of the dashboard: its route, its title in the navigation, who it is for, and its component.

    `old_routes`: former routes that links may still use; `analysts`: whether it is listed under "For analysts".
    """

    route: str
    title: str
    audience: str
    component: Callable[[], Element]
    old_routes: tuple[str, ...] = ()
    analysts: bool = False

    @property
    def path(self) -> str:
        """The path of its address."""
        return "/" + self.route.strip("/")


SHARED = Path(__file__).parents[1] / "shared"
Head = Template(SHARED / "head.vue", "pages here query", "go")
Foot = Template(SHARED / "foot.vue", "version model")


def framed(pages: Sequence[Page]) -> Callable[..., Element]:
    """Return the component that draws a page within its frame; the navigation lists `pages`."""
    links = [
        {"path": page.path, "label": page.title, "audience": page.audience, "analysts": page.analysts} for page in pages
    ]

    @solara.component
    def Frame(children: list[Any] = []) -> Any:  # noqa: B006
        router = solara.use_router()
        solara.use_memo(restore_from_cookie, [])

        def go(path: str) -> None:
            router.push(f"{path}?{router.search}" if router.search else path)

        here = "/" + (router.parts[0] if router.parts else "")
        main = solara.v.Html(
            tag="main", class_="gn-main", attributes={"id": "main", "tabindex": "-1"}, children=children
        )
        head = Head(pages=links, here=here, query=router.search or "", on_go=go)
        foot = Foot(version=package_version(), model=MODEL_VERSION)
        return solara.v.Html(tag="div", class_="gn", children=[head, main, foot])

    return Frame


PAGES = (
    Page("/", "Compare", "Funders and coordinators: what strategies bring for the same money", Compare),
    Page("watch", "Watch", "Everybody: two strategies in one simulated future, week by week", Watch),
    Page(
        "drivers",
        "What drives the result?",
        "Funders and analysts: which settings matter most",
        Drivers,
        ("matters",),
    ),
    Page("network", "Your network", "Coordinators: start from the network that you work with", Network),
    Page("advise", "Whom to introduce", "Weavers: introductions in a network, tried on simulated futures", Advise),
    Page("results", "Results", "Analysts: open and compare what commands have saved", Results, analysts=True),
    Page("evidence", "Evidence", "Everybody: what the numbers rest on", Evidence),
    Page("inspect", "Inspect one run", "Analysts: one simulated future, agent by agent", Inspect, analysts=True),
)
"""In the order of the navigation; the first is the home page."""

FRAME = framed(PAGES)
routes = [
    solara.Route(
        route,
        component=page.component,
        layout=FRAME if route == "/" else None,  # Solara puts the layout of "/" around all other pages as well
        label=f"{page.title} \u00b7 Generative networks",
    )
    for page in PAGES
    for route in (page.route, *page.old_routes)
]
"""What Solara serves: it reads this name."""
