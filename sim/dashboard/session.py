"""A session's uploaded network, held for as long as the session lives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import solara
from solara.lab import on_kernel_start

from sim.dashboard.answering import Memory
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.uploaded_network import UploadedNetwork, forget

_held: dict[str, UploadedNetwork] = {}
_none: UploadedNetwork | None = None
uploaded = solara.reactive(_none)
"""The session's uploaded network, or None."""


def hold(network: UploadedNetwork | None) -> None:
    """Replace the session's network and forget the one before; None: no network."""
    session = solara.get_kernel_id()
    forget(_held.pop(session, None))
    if network is not None:
        _held[session] = network
    uploaded.set(network)


@on_kernel_start
def session_begins() -> Callable[[], None]:
    """Forget the session's network when it ends."""
    session = solara.get_kernel_id()
    return lambda: forget(_held.pop(session, None))


def sources(question: Question) -> tuple[Memory, Path | None]:
    """Return where answers to a question are kept, and the folder of the uploaded network that it is about."""
    if not question.own:
        return services().memory, None
    network = uploaded.value
    if network is None or network.fingerprint != question.own:
        return Memory(), None
    return network.memory, network.folder
