"""Evidence: what the numbers rest on."""

from __future__ import annotations

from typing import Any

import solara

from sim.dashboard.evidence import evidence
from sim.dashboard.pages.events import packed
from sim.version import MODEL_VERSION, package_version


@solara.component_vue("../vue/evidence.vue")
def Shown(told: str, version: str, model: str) -> None:
    """The tables."""


@solara.component
def Evidence() -> Any:
    """The page."""
    return Shown(told=packed(evidence()), version=package_version(), model=MODEL_VERSION)
