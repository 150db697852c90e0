"""From a question to its answer, step by step: a preview from a few futures, more of them, then all.

`follow` yields what there is to show each time there is more.  Finished answers are kept for all sessions, by the whole
question and the model's version, so that reopening a what-if is instant.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.dashboard.answers import answer
from sim.dashboard.links import to_query
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Job, Workshop
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.comparison import Comparison, assembled, run_task, tasks_of
from sim.model.start import NetworkError
from sim.model.world import WorldError

PREVIEW_AFTER, PREVIEW_LEAST, PREVIEW_MOST = 0.15, 8, 24
MORE_AT, SOON = 0.4, 8.0
TICK, FIRST_TICK = 0.25, 0.04
KEPT, RECENT = 48, 3


@dataclass(frozen=True)
class Step:
    """What there is to show of a question: runs done of all, the answer so far, whether it is the whole of it.

    `fault`: a plain sentence if there will be none.
    """

    question: Question
    done: int
    total: int
    answer: dict[str, Any] | None = None
    final: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Kept:
    """A finished answer, and the table of its runs."""

    answer: dict[str, Any]
    runs: pd.DataFrame


def numbers_of(question: Question) -> str:
    """What decides an answer, as a key: all of a link but for the stage that is looked at."""
    return to_query(replace(question, stage=Question.stage))


def luck_of(question: Question) -> str:
    """What decides the runs of an answer, as a key: what strategies are called does not."""
    return numbers_of(replace(question, strategies=tuple(replace(one, name="") for one in question.strategies)))


class Memory:
    """Finished answers by question, the latest `KEPT` of them, and jobs under way; for all sessions."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._recent: OrderedDict[str, Comparison] = OrderedDict()
        self._jobs: dict[str, tuple[Job, int]] = {}

    def join(self, question: Question, begin: Callable[[], Job]) -> Job:
        """The job of a question: the one under way if somebody asks the same just now, else a new one."""
        key = luck_of(question)
        with self._lock:
            job, askers = self._jobs.get(key, (None, 0))
            if job is None or job.dropped or job.fault is not None:
                job, askers = begin(), 0
            self._jobs[key] = (job, askers + 1)
            return job

    def leave(self, question: Question, job: Job) -> None:
        """One asker fewer; the last one's leaving drops the job."""
        key = luck_of(question)
        with self._lock:
            known, askers = self._jobs.get(key, (None, 0))
            if known is job and askers > 1:
                self._jobs[key] = (job, askers - 1)
                return
            if known is job:
                del self._jobs[key]
        job.drop()

    def get(self, question: Question) -> Kept | None:
        """The answer, if it is there."""
        with self._lock:
            found = self._kept.get(numbers_of(question))
            if found is not None:
                self._kept.move_to_end(numbers_of(question))
            return found

    def recent(self, question: Question) -> Comparison | None:
        """The runs of a question that was answered a short while ago, whatever its strategies were called then."""
        with self._lock:
            return self._recent.get(luck_of(question))

    def put(self, question: Question, found: dict[str, Any], comparison: Comparison) -> None:
        """Keep an answer; the one not asked for the longest goes.  Of the latest few all runs are kept too."""
        with self._lock:
            self._kept[numbers_of(question)] = Kept(found, comparison.runs)
            self._recent[luck_of(question)] = comparison
            for held, most in ((self._kept, self._most), (self._recent, RECENT)):
                while len(held) > most:
                    held.popitem(last=False)


def follow(
    question: Question,
    workshop: Workshop,
    memory: Memory,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Iterator[Step]:
    """Run a question's futures and yield what there is to show: progress, preview, more, the whole answer.

    `dropped` is asked several times a second: once true, its runs are given up and nothing more comes.  Faults of the
    question itself come as a last step with a sentence; any other is raised.
    """
    kept = memory.get(question)
    total = int(question.futures) * len(question.keys)
    if kept is not None:
        yield Step(question, total, total, kept.answer, True)
        return
    renamed = memory.recent(question)
    if renamed is not None:
        yield finished(question, renamed, memory, total)
        return
    try:
        scenario = scenario_of(question, folder)
        seed, names = int(question.seed), question.keys
        tasks = tasks_of(names, int(question.futures))
        urgent = min(PREVIEW_MOST * len(names), len(tasks))
        job = memory.join(question, lambda: workshop.begin(lambda task: run_task(scenario, seed, task), tasks, urgent))
        try:
            yield from steps_of(job, question, lambda: assembled(scenario, seed, names, job.front()), memory, dropped)
        finally:
            memory.leave(question, job)
    except (ScenarioError, NetworkError, WorldError) as fault:
        yield Step(question, 0, total, fault=str(fault))


def steps_of(
    job: Job, question: Question, so_far: Callable[[], Comparison], memory: Memory, dropped: Callable[[], bool]
) -> Iterator[Step]:
    """What comes of a job that is under way."""
    width, total = len(question.keys), len(job.tasks)
    marks = [PREVIEW_MOST * width, int(total * MORE_AT)]
    shown = 0
    told = -1
    while not dropped():
        enough = next((mark for mark in marks if mark > shown), total)
        if shown and seconds_left(job) < SOON:
            enough = total  # working out a second preview would only hold up the answer
        job.wait(min(enough, total), TICK if shown else FIRST_TICK)
        if job.fault is not None:
            raise job.fault
        if dropped():
            return
        done = len(job.front())
        if done == total:
            yield finished(question, so_far(), memory, total)
            return
        early = not shown and done >= (PREVIEW_LEAST + 1) * width and job.seconds() >= PREVIEW_AFTER
        if done >= enough or early:
            shown = max(done, enough if done >= enough else marks[0] if early else 0)
            yield Step(question, done, total, answer(question, so_far()))
        elif done != told and (shown or job.seconds() > TICK):
            yield Step(question, done, total)
        told = done


def seconds_left(job: Job) -> float:
    """How long a job will take yet, at the pace so far."""
    return job.seconds() / max(1, job.done) * (len(job.tasks) - job.done)


def finished(question: Question, comparison: Comparison, memory: Memory, total: int) -> Step:
    """The last step: the whole answer, which is kept."""
    found = answer(question, comparison)
    memory.put(question, found, comparison)
    return Step(question, total, total, found, True)
