"""The visitor for whom work is done, known by the session of the browser, and whether that is still there."""

from __future__ import annotations

import threading
import time

from solara.server.kernel_context import PageStatus, VirtualKernelContext, get_current_context, has_current_context

GONE_AFTER = 4.0
"""Seconds without a connection after which nobody waits any more; a reload or a short loss of the network takes less."""


def visitor_name() -> str:
    """Return the name of the visitor for whom this thread works; '' outside a server."""
    return get_current_context().session_id if has_current_context() else ""


class NobodyWaits(threading.Event):
    """An event that is also set once the visitor for whom this thread works has been gone for some seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._context: VirtualKernelContext | None = get_current_context() if has_current_context() else None
        self._seen = time.monotonic()
        self.gone = False

    def is_set(self) -> bool:
        """Return whether nobody waits for the work any more."""
        if not super().is_set() and self._context is not None:
            self._look(self._context)
        return super().is_set()

    def _look(self, context: VirtualKernelContext) -> None:
        """Set the event if the visitor is gone."""
        pages = list(context.page_status.values())
        now = time.monotonic()
        if not pages or PageStatus.CONNECTED in pages:  # the first rendering comes before the connection is noted
            self._seen = now
        if context.closed_event.is_set() or now - self._seen > GONE_AFTER:
            self.gone = True
            self.set()
