"""Parts that show an answer, used by several pages: the verdict, the charts, and what can be saved."""

from __future__ import annotations

from pathlib import Path

from sim.dashboard.answers import Answer
from sim.dashboard.settings import STAGE_NAMES, stage_means
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Element, Event, Template

HERE = Path(__file__).parent
Words = Template(HERE / "verdict.vue", "answer verdict stage stages means status", "stage stop again ready")
Charts = Template(HERE / "charts.vue", "answer stage fresh failed")
"""An answer drawn, and its numbers.  `answer`: an `Answer`, packed; `fresh`: whether it is of the present settings."""
Save = Template(HERE / "save.vue", "link file ready csv page hint busy fault", "download")
"""The link to a page, and files to download.

`file`: a `Download`; `ready`: whether files can be had at once; `csv`, `page`: what the buttons say, '' for no button; `busy`: a
file is being made; `fault`: why it cannot be had.
"""
HINT = "The link carries every setting, the seed and the model's version: everybody who opens it sees these numbers."


def verdict(answer: Answer | None, stage: str, status: Status, **handlers: Event) -> Element:
    """Return the answer for a stage in words, how sure it is, and how far the computing is."""
    shown, said = None, None
    if answer is not None:
        said = answer.stages[stage]
        shown = {
            **{name: getattr(answer, name) for name in ("futures", "of", "cost", "trust", "colours")},
            "labels": {row.key: row.label for row in answer.strategies},
            "cautions": [*filter(None, [said.lost]), *answer.cautions],
        }
    return Words(
        answer=shown, verdict=said, stage=stage, stages=STAGE_NAMES, means=stage_means(), status=status, **handlers
    )
