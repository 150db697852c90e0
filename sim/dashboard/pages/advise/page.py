"""Whom to introduce: introductions in the visitor's network, tried on simulated futures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import solara

from sim.dashboard.pages.advise.state import (
    CHOOSE,
    FUTURES,
    AdviceRequest,
    ShownAdvice,
    advice_for,
    request_of,
)
from sim.dashboard.questions import from_query, to_query
from sim.dashboard.shared.background import use_background
from sim.dashboard.shared.templates import Element, Template, packed
from sim.dashboard.uploaded_network import sources, uploaded
from sim.dashboard.workshop import Update

View = Template(Path(__file__).parent / "view.vue", "advice status requested own_network upload choices", "begin stop")


@solara.component
def Advise() -> Element:
    """The page."""
    router = solara.use_router()
    question = solara.use_memo(lambda: from_query(router.search).question, [router.search])
    nothing: AdviceRequest | None = None
    request, set_request = solara.use_state(nothing)
    _, folder = sources(question)
    network = uploaded.value
    own = network is not None and network.fingerprint == question.own
    read = network.read if network is not None and own else None
    address = to_query(question)

    def work(dropped: threading.Event) -> Iterator[Update[ShownAdvice]]:
        return advice_for(question, request, folder, read, dropped)

    view = use_background(work, (address, request, own))
    advice = solara.use_memo(lambda: packed(view.result), [id(view.result)])

    def begin(data: object) -> None:
        wanted = request_of(data)
        if wanted == request:
            view.again()
        set_request(wanted)

    return View(
        advice=advice,
        status=view.status,
        requested=request is not None,
        own_network=own,
        upload=f"/network?{address}",
        choices={"futures": [[number, label] for number, label in FUTURES.items()], "choose": CHOOSE},
        on_begin=begin,
        on_stop=lambda data: set_request(None),
    )
