"""The frame around every page: name, navigation, foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara

from sim.dashboard.shared.templates import Element, Template
from sim.model.version import MODEL_VERSION, package_version


@dataclass(frozen=True)
class Page:
    """A page of the dashboard: its route, its title in the navigation, who it is for, and its component.

    `old_routes`: former routes that links may still use.
    """

    route: str
    title: str
    audience: str
    component: Callable[[], Element]
    old_routes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path of its address."""
        return "/" + self.route.strip("/")


HERE = Path(__file__).parent
Head = Template(HERE / "head.vue", "pages here query", "go")
Foot = Template(HERE / "foot.vue", "version model")


def framed(pages: Sequence[Page]) -> Callable[..., Element]:
    """Return the component that draws a page within its frame; the navigation lists `pages`."""
    links = [{"path": page.path, "label": page.title, "audience": page.audience} for page in pages]

    @solara.component
    def Frame(children: list[Any] = []) -> Any:  # noqa: B006
        router = solara.use_router()

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
