"""The pages: the one place that lists them.  Routes and navigation follow from `PAGES`.

A new page is a folder of its own under `pages/` (page.py, state.py, view.vue) and one entry here.
"""

from __future__ import annotations

import solara

from sim.dashboard.pages.compare.page import Compare
from sim.dashboard.pages.drivers.page import Drivers
from sim.dashboard.pages.evidence.page import Evidence
from sim.dashboard.pages.inspect.page import Inspect
from sim.dashboard.pages.network.page import Network
from sim.dashboard.pages.results.page import Results
from sim.dashboard.pages.watch.page import Watch
from sim.dashboard.shared.frame import Page, framed

PAGES = (
    Page("/", "Compare", "Funders and coordinators: which strategy reaches a stage sooner", Compare),
    Page("watch", "Watch", "Everybody: two strategies in one simulated future, week by week", Watch),
    Page(
        "drivers",
        "What drives the result?",
        "Funders and analysts: which settings matter most",
        Drivers,
        ("matters",),
    ),
    Page("network", "Your network", "Coordinators: start from the network that you work with", Network),
    Page("results", "Results", "Analysts: open and compare what commands have saved", Results),
    Page("evidence", "Evidence", "Everybody: what the numbers rest on", Evidence),
    Page("inspect", "Inspect one run", "Analysts: one simulated future, agent by agent", Inspect),
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
