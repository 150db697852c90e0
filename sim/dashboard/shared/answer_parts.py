"""Parts that show an answer, used by several pages: the verdict, the charts, and what can be saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.dashboard.answers import Answer, Tone
from sim.dashboard.settings import STAGE_NAMES, stage_means
from sim.dashboard.shared.background import Status
from sim.dashboard.shared.templates import Download, Template
from sim.dashboard.verdict import StageVerdict

HERE = Path(__file__).parent


@dataclass(frozen=True)
class AnswerSummary:
    """The part of an answer that is the same for all stages and said in words.  `labels`: of strategies, by letter."""

    futures: int
    of: int
    cost: str
    trust: str
    labels: dict[str, str]
    colours: dict[str, Tone]
    cautions: list[str]


@dataclass(frozen=True)
class VerdictView:
    """The properties of `verdict.vue`: the answer in words, how sure it is, and how far the computing is."""

    status: Status
    stage: str
    answer: AnswerSummary | None = None
    verdict: StageVerdict | None = None
    stages: Mapping[str, str] = field(default_factory=lambda: STAGE_NAMES)
    means: dict[str, str] = field(default_factory=stage_means)

    @classmethod
    def of(cls, answer: Answer | None, stage: str, status: Status) -> VerdictView:
        """Return what is shown of an answer for one stage."""
        if answer is None:
            return cls(status, stage)
        verdict = answer.stages[stage]
        labels = {row.key: row.label for row in answer.strategies}
        cautions = [*filter(None, [verdict.lost]), *answer.cautions]
        shown = AnswerSummary(answer.futures, answer.of, answer.cost, answer.trust, labels, answer.colours, cautions)
        return cls(status, stage, shown, verdict)


@dataclass(frozen=True)
class ChartsView:
    """The properties of `charts.vue`: the answer drawn, and its numbers.  `answer`: an `Answer`, packed."""

    answer: str
    stage: str
    fresh: bool = True
    failed: bool = False


@dataclass(frozen=True)
class SaveView:
    """The properties of `save.vue`: the link to a page, and files to download.

    `ready`: whether files can be had at once; `csv`, `page`: what the buttons say, '' for no button; `busy`: a file is being
    made; `fault`: why it cannot be had.
    """

    link: str
    file: Download
    ready: bool = True
    csv: str = ""
    page: str = ""
    hint: str = (
        "The link carries every setting, the seed and the model's version: everybody who opens it sees these numbers."
    )
    busy: bool = False
    fault: str = ""


Verdict = Template(HERE / "verdict.vue", VerdictView, "stage stop again ready")
Charts = Template(HERE / "charts.vue", ChartsView)
Save = Template(HERE / "save.vue", SaveView, "download")
