"""Parts that show an answer, used by several pages: the headline, the charts, and what can be saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.dashboard.answers import Answer
from sim.dashboard.settings import JOINT_RESULT, OUTCOME_CHOICES, STAGE_NAMES, stage_means
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Element, Event, Template, packed

HERE = Path(__file__).parent
Headline = Template(
    HERE / "verdict.vue",
    "content outcome stage outcomes stages means jointresult status shows keeps kept keeping compared changes whatifs",
    "outcome stage stop again ready keep forget whatif",
)
Charts = Template(HERE / "charts.vue", "answer stage outcome fresh failed before state")
"""An answer drawn, and its numbers.

`answer`, `before`: an `Answer`, packed; `fresh`: whether it is of the present settings; `state`: what `state_of` says.
"""
Save = Template(HERE / "save.vue", "link file ready csv page board picture making hint busy fault", "download")
"""The link to a page, and files to download.

`file`: a `Download`; `ready`: whether files can be made at once; `csv`, `page`: labels of buttons, '' for none; `busy`: a
file is being made; `fault`: why it cannot be made; `board`: what the button for an interactive page says, `making`:
how far that is; `picture`: whether the verdict on the page can be saved as a picture yet, None where it never can.
"""
HINT = "The link carries every setting, the seed and the model's version: everybody who opens it sees these numbers."
SAID = ("futures", "of", "cost", "trust", "colours", "cautions", "outcomes", "worth", "findings", "facts")


def state_of(status: Status) -> str:
    """Return which answer is shown, and how much of it is there: equal in the headline and the charts once both show it."""
    return f"{status.of} {status.state} {'fresh' if status.fresh else 'stale'} {status.text and 'more follows'}"


def headline_content(answer: Answer | None) -> str:
    """Return what the headline says of an answer, packed; '' if there is none."""
    if answer is None:
        return ""
    stages = {stage: replace(verdict, differences=()) for stage, verdict in answer.stages.items()}
    outcomes = {name: replace(one, differences=()) for name, one in answer.outcomes.items()}
    shown = {name: getattr(answer, name) for name in SAID}
    labels = {row.key: row.label for row in answer.strategies}
    what = "one more result" if any(row.cost == "$0" for row in answer.strategies) else "a result"
    prices = {row.key: f"{row.price} for {what}" for row in answer.strategies if row.price}
    return packed({**shown, "stages": stages, "outcomes": outcomes, "labels": labels, "prices": prices})


def headline(
    content: str,
    outcome: str,
    stage: str,
    status: Status,
    keeps: bool = False,
    kept: str = "",
    keeping: bool = False,
    compared: Sequence[str] = (),
    changes: str = "",
    whatifs: Sequence[tuple[str, str, bool]] = (),
    **handlers: Event,
) -> Element:
    """Return the answer in words, how sure it is, and how far the computing is.

    `keeps`: whether an answer can be kept to compare the next with; `keeping`: whether one is; `kept`: its bars, packed;
    `compared`: what has changed since then, because of the `changes`; `whatifs`: changes to try, each its name, label, and
    whether it changes anything.
    """
    return Headline(
        content=content,
        outcome=outcome,
        stage=stage,
        outcomes=OUTCOME_CHOICES,
        stages=STAGE_NAMES,
        means=stage_means(),
        jointresult=JOINT_RESULT,
        status=status,
        shows=state_of(status),
        keeps=keeps,
        kept=kept,
        keeping=keeping,
        compared=list(compared),
        changes=changes,
        whatifs=list(whatifs),
        **handlers,
    )
