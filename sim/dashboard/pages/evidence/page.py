"""Evidence: what the numbers rest on, and what the model was tested against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import solara

from sim.dashboard.pages.evidence.claims import claims_page
from sim.dashboard.pages.evidence.state import evidence
from sim.dashboard.shared.templates import Element, Template, packed
from sim.model.version import MODEL_VERSION, package_version

HERE = Path(__file__).parent


@dataclass(frozen=True)
class EvidenceView:
    """The properties of `view.vue`: an `EvidencePage`, packed."""

    evidence: str


@dataclass(frozen=True)
class ClaimsView:
    """The properties of `claims.vue`: a `ClaimsPage`, packed, and how many parameters the model has."""

    page: str
    parameters: int
    version: str = package_version()
    model: str = MODEL_VERSION


Basis = Template(HERE / "view.vue", EvidenceView)
Claims = Template(HERE / "claims.vue", ClaimsView)


@solara.component
def Evidence() -> Element:
    """The page."""
    claims = Claims(ClaimsView(packed(claims_page()), evidence().total))
    children = [claims, Basis(EvidenceView(packed(evidence())))]
    return solara.v.Html(tag="div", class_="gn-evidences", children=children)
