"""The pages, as Solara finds them: routes, and the frame around every page."""

from __future__ import annotations

import solara

from sim.dashboard.pages.compare import Compare
from sim.dashboard.pages.evidence import Evidence
from sim.dashboard.pages.frame import Frame
from sim.dashboard.pages.inspect import Inspect
from sim.dashboard.pages.matters import Matters
from sim.dashboard.pages.network import Network
from sim.dashboard.pages.results import Results
from sim.dashboard.pages.watch import Watch

routes = [
    solara.Route("/", component=Compare, layout=Frame, label="Compare \u00b7 Generative networks"),
    solara.Route("matters", component=Matters, label="What matters \u00b7 Generative networks"),
    solara.Route("network", component=Network, label="Your network \u00b7 Generative networks"),
    solara.Route("watch", component=Watch, label="Watch \u00b7 Generative networks"),
    solara.Route("results", component=Results, label="Results \u00b7 Generative networks"),
    solara.Route("evidence", component=Evidence, label="Evidence \u00b7 Generative networks"),
    solara.Route("inspect", component=Inspect, label="Inspect one run \u00b7 Generative networks"),
]
