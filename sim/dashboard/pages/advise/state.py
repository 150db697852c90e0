"""What the page Whom to introduce shows: advice in plain words, and how it is worked out in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.shared.background import time_left
from sim.dashboard.workshop import Update
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_table
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.advising import OUTCOME_WORDS, OUTCOMES, Advice, TrialSize, advise
from sim.lab.experiment.runner import default_jobs
from sim.lab.introductions import message, reason
from sim.output.advice_words import headline, how_sure, through, verdict, winners, with_range

TICK = 0.3
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
    """What the page shows.  `tried`, `losses`: rows of tables, the first being the head.  `csv`: the list to take away."""

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
    far, result = [0, 2 * request.futures], Future[Advice]()

    def tick(done: int, total: int) -> None:
        far[:] = [done, total]

    def work() -> None:
        jobs = max(1, default_jobs() - 1)  # one core is left for other pages
        try:
            found = advise(scenario, None, size, None, jobs, True, tick, dropped.is_set, network)
            result.set_result(found)
        except BaseException as fault:
            result.set_exception(fault)

    threading.Thread(target=work, name="gennet-advice", daemon=True).start()
    began = time.monotonic()
    while not result.done():
        left = time_left(time.monotonic() - began, far[0], far[1])
        yield Update(far[0], far[1], text=f"Trying introductions, {left or 'a minute or more'} …")
        dropped.wait(TICK)
        if dropped.is_set():
            return
    try:
        yield Update(result=shown(result.result()), final=True)
    except ValueError as fault:
        raise ScenarioError(str(fault)) from None
