"""A session's own network: held for as long as the session lives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara
from solara.lab import on_kernel_start

from sim.dashboard.asking import Memory
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.uploaded_network import Own, forget

_held: dict[str, Own] = {}
NOBODYS: Any = None
mine = solara.reactive(NOBODYS)
"""The session's uploaded network, an `Own`, or None."""


def session() -> str:
    """What tells sessions apart."""
    return str(solara.get_kernel_id())


def hold(own: Own | None) -> None:
    """Another network takes the place of the one before, which is forgotten; None: nothing does."""
    forget(_held.pop(session(), None))
    if own is not None:
        _held[session()] = own
    mine.set(own)


@on_kernel_start
def session_begins() -> Callable[[], None]:
    """When a session ends its network is forgotten."""
    key = session()
    return lambda: forget(_held.pop(key, None))


def sources(question: Question) -> tuple[Memory, Path | None]:
    """Where answers to a question are kept, and where the files of the network are that it is about."""
    if not question.own:
        return services().memory, None
    own: Own | None = mine.value
    if own is None or own.fingerprint != question.own:
        return Memory(), None
    return own.memory, own.folder
