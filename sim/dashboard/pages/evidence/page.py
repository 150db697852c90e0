"""Evidence: what the numbers rest on, and what the model was tried against."""

from __future__ import annotations

from typing import Any

import solara

from sim.dashboard.pages.evidence.claims import verdicts
from sim.dashboard.pages.evidence.state import evidence
from sim.dashboard.shared.templates import packed
from sim.model.version import MODEL_VERSION, package_version


@solara.component_vue("view.vue")
def Shown(told: str, score: list[str], version: str, model: str) -> None:
    """The parameters and the limits."""


@solara.component_vue("claims.vue")
def Judged(told: str) -> None:
    """Claims and published figures."""


@solara.component
def Evidence() -> Any:
    """The page."""
    found = verdicts()
    score = [found["outdated"], found["score"], found["agreement"]]
    shown = Shown(told=packed(evidence()), score=score, version=package_version(), model=MODEL_VERSION)
    return solara.v.Html(tag="div", class_="gn-evidences", children=[shown, Judged(told=packed(found))])
