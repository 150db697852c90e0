"""Evidence: what the numbers rest on, and what the model was tested against."""

from __future__ import annotations

from pathlib import Path

import solara

from sim.dashboard.pages.evidence.state import claims_page, evidence
from sim.dashboard.shared.templates import Element, Template, packed
from sim.model.version import MODEL_VERSION, package_version

HERE = Path(__file__).parent


Basis = Template(HERE / "view.vue", "evidence")
Claims = Template(HERE / "claims.vue", "page parameters version model")


@solara.component
def Evidence() -> Element:
    """The page."""
    claims = Claims(
        page=packed(claims_page()), parameters=evidence().total, version=package_version(), model=MODEL_VERSION
    )
    children = [claims, Basis(evidence=packed(evidence()))]
    return solara.v.Html(tag="div", class_="gn-evidences", children=children)
