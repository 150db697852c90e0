"""Your network: upload it, see what was understood and how it stands, and use it as the start on every page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara

from sim.dashboard.links import from_query, to_query
from sim.dashboard.session import hold, mine
from sim.dashboard.shared.templates import Event, nothing, packed
from sim.dashboard.uploaded_network import MOST_UPLOADED, taken
from sim.inputs.networks.formats import ALLOWED, File, to_csv
from sim.inputs.networks.real import karate
from sim.model.start import NetworkError


@solara.component_vue("view.vue")
def Upload(
    told: str,
    fault: str,
    wanted: str,
    used: bool,
    most: int,
    allowed: str,
    example: list[str],
    event_files: Event = nothing,
    event_use: Event = nothing,
    event_leave: Event = nothing,
) -> None:
    """The way in for files, and what was found in them."""


def files_of(data: Any) -> list[File]:
    """The files that a browser sent.  Errors: NetworkError where they are not what a browser sends."""
    try:
        return [File(str(one["name"])[:200], base64.b64decode(one["content"], validate=True)) for one in list(data)[:3]]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise NetworkError("the files did not arrive whole; try again") from None


@solara.component
def Network() -> Any:
    """The page."""
    router = solara.use_router()
    question = solara.use_memo(lambda: from_query(router.search).question, [router.search])
    fault, set_fault = solara.use_state("")
    own = mine.value
    told = solara.use_memo(lambda: packed(own.told() if own is not None else None), [own])
    example = solara.use_memo(lambda: list(to_csv(karate())), [])

    def files(data: Any) -> None:
        """Take what was uploaded, or say what is wrong with it; what was there before then stays."""
        try:
            hold(taken(files_of(data)))
            set_fault("")
        except NetworkError as found:
            set_fault(str(found))

    def go(query: str) -> None:
        """To the home page with a question."""
        router.push(f"/?{query}")

    def leave(data: Any) -> None:
        """Forget it, and go back to a generated network where it was in use."""
        hold(None)
        if question.own:
            router.push(f"{router.path}?{to_query(replace(question, own='', members=60))}")

    use: Callable[[Any], None] = lambda data: go(to_query(own.asked(question))) if own is not None else None  # noqa: E731
    return Upload(
        told=told,
        fault=fault,
        wanted=question.own if own is None or own.fingerprint != question.own else "",
        used=own is not None and own.fingerprint == question.own,
        most=MOST_UPLOADED,
        allowed=ALLOWED,
        example=example,
        event_files=files,
        event_use=use,
        event_leave=leave,
    )
