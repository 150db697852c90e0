"""From a question to its answer, step by step: a preview from a few futures, more of them, then all.

`follow` yields what there is to show each time there is more.  Finished answers are kept for all sessions, by the whole
question and the model's version, so that reopening one is instant.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from cachetools import LRUCache

from sim.dashboard.answers import Answer, answer
from sim.dashboard.questions import Question, to_query
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Batch, Update, Workshop
from sim.lab.comparison import Comparison, Result, Task, assembled, run_task, tasks_of

PREVIEW_AFTER, PREVIEW_LEAST, PREVIEW_MOST = 0.15, 8, 24
MORE_AT, SOON = 0.4, 8.0
TICK, FIRST_TICK = 0.25, 0.04
KEPT, RECENT = 48, 3


Runs = Batch[Task, Result]


@dataclass(frozen=True)
class FinishedAnswer:
    """An answer from all futures, and the table of its runs."""

    answer: Answer
    runs: pd.DataFrame


def numbers_of(question: Question) -> str:
    """Return what decides an answer, as a key: all of a link except the stage on show."""
    return to_query(replace(question, stage=Question.stage))


def runs_of(question: Question) -> str:
    """Return what decides the runs of an answer, as a key: not what the strategies are called."""
    return numbers_of(replace(question, strategies=tuple(replace(one, name="") for one in question.strategies)))


class Memory:
    """The latest finished answers by question, and batches under way; for all sessions."""

    def __init__(self, most: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._answers: MutableMapping[str, FinishedAnswer] = LRUCache(most)
        self._recent: MutableMapping[str, Comparison] = LRUCache(RECENT)
        self._batches: dict[str, tuple[Runs, int]] = {}

    def join(self, question: Question, begin: Callable[[], Runs]) -> Runs:
        """Return the batch of a question: one under way if somebody else is asking the same, else a new one."""
        key = runs_of(question)
        with self._lock:
            batch, askers = self._batches.get(key, (None, 0))
            if batch is None or batch.dropped or batch.fault is not None:
                batch, askers = begin(), 0
            self._batches[key] = (batch, askers + 1)
            return batch

    def leave(self, question: Question, batch: Runs) -> None:
        """Count one asker fewer; the last one drops the batch."""
        key = runs_of(question)
        with self._lock:
            known, askers = self._batches.get(key, (None, 0))
            if known is batch and askers > 1:
                self._batches[key] = (batch, askers - 1)
                return
            if known is batch:
                del self._batches[key]
        batch.drop()

    def get(self, question: Question) -> FinishedAnswer | None:
        """Return the answer, if it is kept."""
        with self._lock:
            return self._answers.get(numbers_of(question))

    def recent(self, question: Question) -> Comparison | None:
        """Return the runs of a recent question, whatever its strategies were called then."""
        with self._lock:
            return self._recent.get(runs_of(question))

    def put(self, question: Question, result: Answer, comparison: Comparison) -> None:
        """Keep an answer, and all runs of the last few; the least recently used answers go."""
        with self._lock:
            self._answers[numbers_of(question)] = FinishedAnswer(result, comparison.runs)
            self._recent[runs_of(question)] = comparison


def follow(
    question: Question,
    workshop: Workshop,
    memory: Memory,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Iterator[Update[Answer]]:
    """Run a question's futures and yield what there is to show: progress, preview, more, the whole answer.

    `dropped` is called several times a second: once it is true, runs are given up and nothing more comes.  `folder`: where
    the files of an uploaded network are.  Raises ScenarioError, NetworkError or WorldError if the question has no answer.
    """
    total = int(question.futures) * len(question.keys)
    kept, renamed = memory.get(question), memory.recent(question)
    if kept is not None:
        yield Update(total, total, kept.answer, final=True)
        return
    if renamed is not None:
        yield finished(question, renamed, memory, total)
        return
    scenario = scenario_of(question, folder)
    seed, names, futures = int(question.seed), question.keys, int(question.futures)
    tasks = tasks_of(names, futures)
    urgent = min(PREVIEW_MOST * len(names), len(tasks))
    batch = memory.join(question, lambda: workshop.begin(lambda task: run_task(scenario, seed, task), tasks, urgent))
    try:
        yield from steps_of(
            batch, question, lambda: assembled(scenario, seed, names, batch.front(), futures), memory, dropped
        )
    finally:
        memory.leave(question, batch)


def steps_of(
    batch: Runs,
    question: Question,
    so_far: Callable[[], Comparison],
    memory: Memory,
    dropped: Callable[[], bool],
) -> Iterator[Update[Answer]]:
    """Yield what there is to show of a batch under way."""
    width, total = len(question.keys), len(batch.tasks)
    marks = [PREVIEW_MOST * width, int(total * MORE_AT)]
    shown, said = 0, -1
    while not dropped():
        enough = next((mark for mark in marks if mark > shown), total)
        if shown and seconds_left(batch) < SOON:
            enough = total  # a second preview would only delay the answer
        batch.wait(min(enough, total), TICK if shown else FIRST_TICK)
        if batch.fault is not None:
            raise batch.fault
        if dropped():
            return
        done = len(batch.front())
        if done == total:
            yield finished(question, so_far(), memory, total)
            return
        early = not shown and done >= (PREVIEW_LEAST + 1) * width and batch.seconds() >= PREVIEW_AFTER
        if done >= enough or early:
            shown = max(done, enough if done >= enough else marks[0])
            yield Update(done, total, answer(question, so_far()))
        elif done != said and (shown or batch.seconds() > TICK):
            yield Update(done, total)
        said = done


def seconds_left(batch: Runs) -> float:
    """Return how long a batch will still take, at the pace so far."""
    return batch.seconds() / max(1, batch.done) * (len(batch.tasks) - batch.done)


def finished(question: Question, comparison: Comparison, memory: Memory, total: int) -> Update[Answer]:
    """Return the last step: the whole answer, which is kept."""
    result = answer(question, comparison)
    memory.put(question, result, comparison)
    return Update(total, total, result, final=True)
