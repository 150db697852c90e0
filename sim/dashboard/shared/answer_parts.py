"""Parts that show an answer, used by several pages: the verdict, the charts, and what can be downloaded."""

from __future__ import annotations

from typing import Any

import solara

from sim.dashboard.shared.templates import Event, nothing

NO_FILE: dict[str, Any] = {}
TAKING = {
    "csv": "Download all futures (CSV)",
    "page": "Download a brief (HTML)",
    "hint": "The link carries every setting, the seed and the model's version: whoever opens it sees the same numbers.",
}


@solara.component_vue("verdict.vue")
def Verdict(
    answer: dict[str, Any] | None,
    status: dict[str, Any],
    stage: str,
    stages: dict[str, str],
    means: dict[str, str],
    event_stage: Event = nothing,
    event_stop: Event = nothing,
    event_again: Event = nothing,
    event_ready: Event = nothing,
) -> None:
    """The answer in words, how sure it is, and how far the computing is."""


@solara.component_vue("charts.vue")
def Charts(told: str, status: dict[str, Any], stage: str) -> None:
    """The answer drawn, and its numbers."""


@solara.component_vue("take_away.vue")
def Taking(
    link: str,
    file: dict[str, Any],
    ready: bool = False,
    brief: bool = False,
    event_download: Event = nothing,
    words: dict[str, str] = TAKING,
    busy: bool = False,
    fault: str = "",
) -> None:
    """What can be taken away: the link, the runs, a page.  `words`: what the ways to take it are called."""


def words_of(answer: dict[str, Any] | None, stage: str) -> dict[str, Any] | None:
    """The part of an answer that is said in words."""
    if answer is None:
        return None
    return {
        **{key: answer[key] for key in ("futures", "of", "cost", "trust", "colours")},
        **{
            key: answer["stages"][stage][key]
            for key in ("sentence", "clear", "sure", "level", "timing", "others", "first", "pair")
        },
        "cautions": [*filter(None, [answer["stages"][stage]["lost"]]), *answer["cautions"]],
        "labels": {one["key"]: one["label"] for one in answer["strategies"]},
    }
