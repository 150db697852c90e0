"""What the page Whom to introduce shows: advice in plain words, and how it is worked out in the background."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.shared.background import Progress, worked_out
from sim.dashboard.workshop import Update
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_table
from sim.lab.advising import OUTCOME_WORDS, OUTCOMES, Advice, TrialSize, advise
from sim.lab.introductions import message, reason
from sim.output.advice_words import headline, how_sure, through, verdict, winners, with_range

FUTURES = {100: "quick: 100 futures", 400: "usual: 400 futures", 1600: "precise: 1,600 futures"}
CHOOSE = (3, 5, 8)
TRIALS = 24


@dataclass(frozen=True)
class AdviceRequest:
    """What a visitor asks for: futures of each introduction, and how many to choose."""

    futures: int = 400
    choose: int = 5


@dataclass(frozen=True)
class ShownIntroduction:
    """One of the chosen introductions."""

    who: str
    kind: str
    reason: str
    message: str
    brings: str


@dataclass(frozen=True)
class ShownAdvice:
    """What the page shows.  `tried`, `losses`: rows of tables, the first being the head.  `csv`: the list to download."""

    headline: list[str]
    winners: str
    chosen: list[ShownIntroduction]
    tried: list[list[str]]
    losses: list[list[str]]
    how_sure: list[str]
    csv: str


def request_of(data: object) -> AdviceRequest:
    """Return what a visitor asks for, within bounds."""
    values = data if isinstance(data, dict) else {}
    futures, choose = values.get("futures"), values.get("choose")
    return AdviceRequest(futures if futures in [*FUTURES] else 400, choose if choose in CHOOSE else 5)


def shown(advice: Advice) -> ShownAdvice:
    """Return advice as the page shows it."""
    names = advice.profile.names
    chosen = [
        ShownIntroduction(
            f"{names[one.introduction.a]} and {names[one.introduction.b]}",
            one.introduction.kind,
            reason(advice.profile, one.introduction),
            message(advice.profile, one.introduction),
            ", ".join(f"{with_range(one.fresh[outcome])} {OUTCOME_WORDS[outcome]}" for outcome in OUTCOMES),
        )
        for one in advice.chosen
        if one.fresh is not None
    ]
    tried = [["Introduce", "Through", "Kind", "Joint results", "Verdict"]]
    for one in advice.advised:
        pair = f"{names[one.introduction.a]} and {names[one.introduction.b]}"
        gain = one.gains["outputs"]
        tried.append([pair, through(advice, one), one.introduction.kind, with_range(gain.gain), verdict(gain)])
    losses = [["If this member leaves", *(OUTCOME_WORDS[outcome] for outcome in OUTCOMES)]]
    losses += [[names[one.row], *(with_range(one.losses[outcome]) for outcome in OUTCOMES)] for one in advice.losses]
    return ShownAdvice(
        headline(advice), winners(advice), chosen, tried, losses, how_sure(advice), csv_table(advice.table)
    )


def advice_for(
    question: Question,
    request: AdviceRequest | None,
    folder: Path | None,
    network: UserNetwork | None,
    dropped: threading.Event,
) -> Iterator[Update[ShownAdvice]]:
    """Work out advice in a thread, and yield how far it is; nothing without a request.  Raises ScenarioError or NetworkError."""
    if request is None:
        yield Update(text="Nothing has been asked for yet.")
        return
    scenario = scenario_of(question, folder)
    size = TrialSize(candidates=TRIALS, choose=request.choose, losses=5, futures=request.futures)

    def compute(tick: Progress, jobs: int) -> ShownAdvice:
        return shown(advise(scenario, None, size, None, jobs, True, tick, dropped.is_set, network))

    yield from worked_out(compute, 2 * request.futures, "Trying introductions", "a minute or more", dropped)
