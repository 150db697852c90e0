"""The frame around every page: name, navigation, foot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from sim.model.version import MODEL_VERSION, package_version

PAGES = (
    ("/", "Compare"),
    ("/watch", "Watch"),
    ("/matters", "What matters"),
    ("/network", "Your network"),
    ("/results", "Results"),
    ("/evidence", "Evidence"),
    ("/inspect", "Inspect one run"),
)


@solara.component_vue("../vue/head.vue")
def Head(
    pages: list[Any], here: str = "/", query: str = "", event_go: Callable[[str], None] = lambda path: None
) -> None:
    """Name and navigation."""


@solara.component_vue("../vue/foot.vue")
def Foot(version: str = "", model: str = "") -> None:
    """What to trust, and the version."""


@solara.component
def Frame(children: list[Any] = []) -> Any:  # noqa: B006
    """A page within its frame."""
    router = solara.use_router()

    def go(path: str) -> None:
        """To another page, with the same question."""
        router.push(f"{path}?{router.search}" if router.search else path)

    pages = [{"path": path, "label": label} for path, label in PAGES]
    here = "/" + (router.parts[0] if router.parts else "")
    return solara.v.Html(
        tag="div",
        class_="gn",
        children=[
            Head(pages=pages, here=here, query=router.search or "", event_go=go),
            solara.v.Html(tag="main", class_="gn-main", attributes={"id": "main", "tabindex": "-1"}, children=children),
            Foot(version=package_version(), model=MODEL_VERSION),
        ],
    )
