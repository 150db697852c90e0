"""From a question to its answer, step by step: a preview from a few futures, more of them, all; then worlds and renewal.

`follow` yields what there is to show each time there is more.  The answer of all futures comes first; what else plausible
worlds say, whether networks stay generative without coordinators, and what would be worth finding out follow it.  Runs are
kept by strategy, for all sessions: a strategy that is unchanged is not run again.  Finished answers are kept by the whole
question and the model's version, so that reopening one is instant.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

import pandas as pd
from cachetools import LRUCache

from sim.dashboard.answers import Answer, answer
from sim.dashboard.questions import Question, to_query
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Batch, Update, Workshop
from sim.dashboard.worth_card import WORTH_WORLDS
from sim.inputs.scenario import Scenario
from sim.lab.comparison import Comparison, Result, Task, assembled, run_task, tasks_of
from sim.lab.facts import (
    YEARS,
    KnownWorlds,
    NoWorldFits,
    conditioning,
    measured_names,
    measured_year,
    year_tasks,
    years_of,
)
from sim.lab.sizes import DEFAULT_WORLDS
from sim.lab.worlds import FUTURES, run_in_world, world_table, world_tasks
from sim.lab.worlds import Task as WorldTask
from sim.model.declarations import BY_KEY

PREVIEW_AFTER, PREVIEW_LEAST, PREVIEW_MOST = 0.15, 8, 24
MORE_AT, SOON = 0.4, 8.0
TICK, FIRST_TICK = 0.25, 0.04
UNTIL_SHOWN = 0.3
"""Seconds in which server and browser have the processor for the answer, before worlds take it."""
KEPT, RECENT = 48, 3
MOST_RUNS, MOST_WORLD_RUNS = 4_000, 12_000
"""Runs that are kept by strategy: some 30 MB and 40 MB."""

TaskT = TypeVar("TaskT", bound=Hashable)
ResultT = TypeVar("ResultT")
WorldRow = dict[str, float]


@dataclass(frozen=True)
class FinishedAnswer:
    """An answer from all futures, and the table of its runs.  `complete`: worlds and renewal are in it."""

    answer: Answer
    runs: pd.DataFrame
    complete: bool = True


class Shelf(Generic[ResultT]):
    """Runs by strategy: what decides them -> task -> result.  The strategies used longest ago go when there are too many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._runs: OrderedDict[Hashable, dict[Hashable, ResultT]] = OrderedDict()

    def get(self, key: Hashable, task: Hashable) -> ResultT | None:
        """Return a run, None if it is not there."""
        with self._lock:
            if key not in self._runs:
                return None
            self._runs.move_to_end(key)
            return self._runs[key].get(task)

    def put(self, runs: Mapping[tuple[Hashable, Hashable], ResultT]) -> None:
        """Keep runs by (strategy, task)."""
        with self._lock:
            for (key, task), result in runs.items():
                self._runs.setdefault(key, {})[task] = result
                self._runs.move_to_end(key)
            while len(self._runs) > 1 and sum(map(len, self._runs.values())) > self._most:
                self._runs.popitem(last=False)


@dataclass(frozen=True, eq=False)
class Running(Generic[TaskT, ResultT]):
    """Runs under way: results by place of those that were kept, and a batch of the others, which are (place, task)."""

    kept: Mapping[int, ResultT]
    batch: Batch[tuple[int, TaskT], ResultT]

    @property
    def total(self) -> int:
        """All runs."""
        return len(self.kept) + len(self.batch.tasks)

    @property
    def done(self) -> int:
        """Runs that are there."""
        return len(self.kept) + self.batch.done

    def results(self) -> dict[int, ResultT]:
        """Return the results by place, of the batch those from the first on without a gap."""
        return {**self.kept, **{self.batch.tasks[at][0]: result for at, result in self.batch.front().items()}}

    def wait(self, places: int, seconds: float) -> None:
        """Wait until all of the first `places` are there, or something is wrong, for so many seconds at most."""
        self.batch.wait(sum(place < places for place, _ in self.batch.tasks), seconds)
        if self.batch.fault is not None:
            raise self.batch.fault


class SharedRuns(Generic[TaskT, ResultT]):
    """Runs under way, by question: sessions that ask the same share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Running[TaskT, ResultT], int]] = {}

    def join(self, key: str, begin: Callable[[], Running[TaskT, ResultT]]) -> Running[TaskT, ResultT]:
        """Return the runs of a question: those under way if somebody else is asking the same, else new ones."""
        with self._lock:
            running, askers = self._running.get(key, (None, 0))
            if running is None or running.batch.dropped or running.batch.fault is not None:
                running, askers = begin(), 0
            self._running[key] = (running, askers + 1)
            return running

    def leave(self, key: str, running: Running[TaskT, ResultT]) -> None:
        """Count one asker fewer; the last one drops the batch."""
        with self._lock:
            known, askers = self._running.get(key, (None, 0))
            if known is running and askers > 1:
                self._running[key] = (running, askers - 1)
                return
            if known is running:
                del self._running[key]
        running.batch.drop()


def numbers_of(question: Question) -> str:
    """Return what decides an answer, as a key: all of a link except the outcome and the stage on show."""
    return to_query(replace(question, stage=Question.stage, outcome=Question.outcome))


def runs_of(question: Question) -> str:
    """Return what decides the runs of an answer, as a key: not what strategies are called, or what a result is worth."""
    unnamed = tuple(replace(one, name="") for one in question.strategies)
    return numbers_of(replace(question, strategies=unnamed, worth=Question.worth))


class Memory:
    """The latest finished answers by question, runs by strategy, and batches under way; for all sessions."""

    def __init__(self, most: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._answers: MutableMapping[str, FinishedAnswer] = LRUCache(most)
        self._recent: MutableMapping[str, Comparison] = LRUCache(RECENT)
        self.runs: Shelf[Result] = Shelf(MOST_RUNS)
        self.worlds: Shelf[WorldRow] = Shelf(MOST_WORLD_RUNS)
        self.running: SharedRuns[Task, Result] = SharedRuns()
        self.running_worlds: SharedRuns[WorldTask, WorldRow] = SharedRuns()
        self.running_years: SharedRuns[tuple[int, int], WorldRow] = SharedRuns()
        self.running_tests: SharedRuns[Task, Result] = SharedRuns()

    def get(self, question: Question) -> FinishedAnswer | None:
        """Return the answer, if it is kept."""
        with self._lock:
            return self._answers.get(numbers_of(question))

    def complete(self, question: Question) -> FinishedAnswer | None:
        """Return the answer, if it is kept and worlds and renewal are in it."""
        kept = self.get(question)
        return kept if kept is not None and kept.complete else None

    def recent(self, question: Question) -> Comparison | None:
        """Return the runs of a recent question, whatever its strategies were called then."""
        with self._lock:
            return self._recent.get(runs_of(question))

    def put(self, question: Question, result: Answer, comparison: Comparison, complete: bool = True) -> None:
        """Keep an answer, and all runs of the last few; the least recently used answers go."""
        with self._lock:
            self._answers[numbers_of(question)] = FinishedAnswer(result, comparison.runs, complete)
            self._recent[runs_of(question)] = comparison


def follow(
    question: Question,
    workshop: Workshop,
    memory: Memory,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Iterator[Update[Answer]]:
    """Run a question's futures and yield what there is to show: progress, previews, the answer; then worlds and renewal.

    Updates from the answer of all futures on are `final`.  `dropped` is called several times a second: once it is true, runs
    are given up and nothing more comes.  `folder`: where the files of an uploaded network are.  Raises ScenarioError,
    NetworkError or WorldError if the question has no answer.
    """
    total = int(question.futures) * len(question.keys)
    kept, comparison = memory.get(question), memory.recent(question)
    if kept is not None:
        yield Update(total, total, kept.answer, final=True, text="" if kept.complete else WORLDS_TEXT)
        if kept.complete:
            return
    scenario = scenario_of(question, folder)
    prints = {name: (scenario.fingerprint(name), int(question.seed)) for name in question.keys}
    work = Answering(question, scenario, prints, workshop, memory, dropped)
    if comparison is None:
        comparison = yield from work.futures()
        if comparison is None:
            return
    if kept is None:
        yield Update(0, work.world_count, work.finished(comparison, complete=False), WORLDS_TEXT, final=True)
        time.sleep(UNTIL_SHOWN)
    yield from work.rest(comparison)


@dataclass(frozen=True)
class Answering:
    """What it takes to answer a question.  `prints`: what decides the runs of each strategy."""

    question: Question
    scenario: Scenario
    prints: Mapping[str, Hashable]
    workshop: Workshop
    memory: Memory
    dropped: Callable[[], bool]

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies."""
        return self.question.keys

    @property
    def world_count(self) -> int:
        """How many plausible worlds are tried: as many as futures, up to a hundred."""
        return min(DEFAULT_WORLDS, int(self.question.futures))

    @property
    def asks_more_worlds(self) -> bool:
        """Whether more worlds are run for what would be worth finding out: not where facts choose among them."""
        enough = self.world_count == DEFAULT_WORLDS and len(self.names) > 1
        return enough and self.question.worth > 0 and not self.question.facts

    def finished(
        self,
        comparison: Comparison,
        complete: bool = True,
        unfit: NoWorldFits | None = None,
        more: pd.DataFrame | None = None,
    ) -> Answer:
        """Return the answer of all futures, and keep it.  `unfit`: why there are no worlds; `more`: more of them."""
        result = answer(self.question, comparison, unfit, more, more is None and self.asks_more_worlds)
        self.memory.put(self.question, result, comparison, complete)
        return result

    def begin(self) -> Running[Task, Result]:
        """Start the futures that are not kept from before."""
        tasks = list(enumerate(tasks_of(self.names, int(self.question.futures))))
        found = {place: self.memory.runs.get(self.prints[name], replicate) for place, (name, replicate) in tasks}
        kept = {place: result for place, result in found.items() if result is not None}
        missing = [(place, task) for place, task in tasks if place not in kept]
        urgent = sum(place < PREVIEW_MOST * len(self.names) for place, _ in missing)
        scenario, seed = self.scenario, int(self.question.seed)
        return Running(
            kept, self.workshop.begin(lambda item: run_task(scenario, seed, item[1], renewal=False), missing, urgent)
        )

    def keep(self, running: Running[Task, Result]) -> None:
        """Keep runs by strategy."""
        front = {running.batch.tasks[at][1]: result for at, result in running.batch.front().items()}
        self.memory.runs.put({(self.prints[name], n): result for (name, n), result in front.items()})

    def futures(self) -> Generator[Update[Answer], None, Comparison | None]:
        """Run all futures, yielding previews; the generator's value is their comparison, None if dropped."""
        running = self.memory.running.join(runs_of(self.question), self.begin)
        try:
            return (yield from self.steps(running))
        finally:
            self.keep(running)
            self.memory.running.leave(runs_of(self.question), running)

    def steps(self, running: Running[Task, Result]) -> Generator[Update[Answer], None, Comparison | None]:
        """Yield what there is to show of runs under way; the value is the comparison of all, None if dropped."""
        width, futures = len(self.names), int(self.question.futures)
        marks, shown, said = [PREVIEW_MOST, int(futures * MORE_AT)], 0, -1
        while not self.dropped():
            enough = next((mark for mark in marks if mark > shown), futures)
            if shown and seconds_left(running.batch) < SOON:
                enough = futures  # a second preview would only delay the answer
            running.wait(min(enough, futures) * width, TICK if shown else FIRST_TICK)
            if self.dropped():
                return None
            results = running.results()
            if len(results) == running.total:
                return self.assembled(results)
            done = whole(results, width)
            early = not shown and done > PREVIEW_LEAST and running.batch.seconds() >= PREVIEW_AFTER
            if done >= enough or early:
                shown = max(done, enough if done >= enough else marks[0])
                yield Update(running.done, running.total, answer(self.question, self.assembled(results, done)))
            elif done != said and (shown or running.batch.seconds() > TICK):
                yield Update(running.done, running.total)
            said = done
        return None

    def assembled(self, results: Mapping[int, Result], futures: int | None = None) -> Comparison:
        """Return the comparison of the first futures, by default all."""
        most = (futures or int(self.question.futures)) * len(self.names)
        first = {place: result for place, result in results.items() if place < most}
        return assembled(self.scenario, int(self.question.seed), self.names, first, int(self.question.futures))

    def rest(self, comparison: Comparison) -> Iterator[Update[Answer]]:
        """Run plausible worlds, then test renewal; yield progress, and the answer whenever there is more of it."""
        total = int(self.question.futures) * len(self.names)
        unfit = None
        if comparison.worlds is None:
            try:
                further = yield from self.with_worlds(comparison)
            except NoWorldFits as fault:
                further, unfit = comparison, fault
            if further is None:
                return
            comparison = further
            yield Update(0, 0, self.finished(comparison, False, unfit), RENEWAL_TEXT, final=True)
        untested = comparison.runs["generative_week"].notna() & comparison.runs["renewed"].isna()
        tests: list[Task] = [
            (str(name), int(n)) for name, n in comparison.runs.loc[untested, ["strategy", "replicate"]].to_numpy()
        ]
        seed = int(self.question.seed)
        shared = self.memory.running_tests
        results = yield from self.others(
            shared, tests, lambda task: run_task(self.scenario, seed, task), {}, RENEWAL_TEXT, 1
        )
        if len(results) < len(tests):
            return
        self.memory.runs.put({(self.prints[name], n): results[place] for place, (name, n) in enumerate(tests)})
        runs = comparison.runs.copy()
        runs.loc[untested, "renewed"] = [results[place][0]["renewed"] for place in range(len(tests))]
        comparison = replace(comparison, runs=runs)
        if not self.asks_more_worlds:
            yield Update(total, total, self.finished(comparison, unfit=unfit), final=True)
            return
        yield Update(0, 0, self.finished(comparison, False, unfit), MORE_TEXT, final=True)
        more = yield from self.world_runs(range(WORTH_WORLDS), MORE_TEXT, "/more")
        if more is not None:
            yield Update(total, total, self.finished(comparison, unfit=unfit, more=more), final=True)

    def with_worlds(self, comparison: Comparison) -> Generator[Update[Answer], None, Comparison | None]:
        """Run plausible worlds; the value is the comparison with them, None if dropped.  Raises NoWorldFits."""
        known = yield from self.known_worlds()
        if known is None:
            return None
        runs = yield from self.world_runs(known.worlds, WORLDS_TEXT)
        if runs is None:
            return None
        return replace(comparison, worlds=known.weighted(runs), facts=known.report, asked_worlds=self.world_count)

    def world_runs(
        self, worlds: Sequence[int], text: str, part: str = ""
    ) -> Generator[Update[Answer], None, pd.DataFrame | None]:
        """Run some worlds under all strategies; the value is one row per run, None if dropped."""
        tasks = world_tasks(self.names, worlds)
        keys = [(self.world_print(name), (world, replicate)) for world, replicate, name in tasks]
        run = partial(run_in_world, self.scenario, int(self.question.seed))
        shared, width = self.memory.running_worlds, FUTURES * len(self.names)
        rows = yield from self.in_worlds(shared, tasks, keys, run, text, width, part)
        return None if rows is None else world_table(tasks, len(self.names), rows)

    def known_worlds(self) -> Generator[Update[Answer], None, KnownWorlds | None]:
        """Compare worlds with what is known; the value is those to run, None if dropped.  Raises NoWorldFits.

        As in `compare`, the first strategy stands for what was done so far.
        """
        names, seed = measured_names(self.scenario), int(self.question.seed)
        run = partial(measured_year, self.scenario, self.names[0], seed)
        work = conditioning(self.scenario, self.world_count, seed)
        try:
            worlds = next(work)
            while True:
                tasks = year_tasks(worlds)
                keys = [(self.world_print(self.names[0]), ("year", *task)) for task in tasks]
                shared, part = self.memory.running_years, f"/{worlds.start}"
                rows = yield from self.in_worlds(shared, tasks, keys, run, YEARS_TEXT, YEARS, part)
                if rows is None:
                    return None
                worlds = work.send(years_of(rows, names))
        except StopIteration as end:
            known: KnownWorlds = end.value
            return known

    def world_print(self, name: str) -> Hashable:
        """Return what decides the runs of a strategy in worlds: also facts about parameters, which narrow what is drawn."""
        narrowed = tuple(one for one in self.question.facts if one.name in BY_KEY)
        return self.prints[name], narrowed

    def in_worlds(
        self,
        shared: SharedRuns[TaskT, WorldRow],
        tasks: Sequence[TaskT],
        keys: Sequence[tuple[Hashable, Hashable]],
        run: Callable[[TaskT], WorldRow],
        text: str,
        width: int,
        part: str = "",
    ) -> Generator[Update[Answer], None, dict[int, WorldRow] | None]:
        """Run tasks in worlds that are not kept by their keys, and keep them; the value is all by place, None if dropped."""
        found = {place: self.memory.worlds.get(*key) for place, key in enumerate(keys)}
        kept = {place: row for place, row in found.items() if row is not None}
        rows = yield from self.others(shared, tasks, run, kept, text, width, part)
        self.memory.worlds.put({keys[place]: row for place, row in rows.items() if place not in kept})
        return rows if len(rows) == len(tasks) else None

    def others(
        self,
        shared: SharedRuns[TaskT, ResultT],
        tasks: Sequence[TaskT],
        run: Callable[[TaskT], ResultT],
        kept: Mapping[int, ResultT],
        text: str,
        width: int,
        part: str = "",
    ) -> Generator[Update[Answer], None, dict[int, ResultT]]:
        """Run the tasks that are not kept, yielding progress; the value is results by place, not all if dropped.

        `text`: what is being done; `width`: so many runs count as one; `part`: which of several batches of a question.
        """
        key = runs_of(self.question) + part
        missing = [(place, task) for place, task in enumerate(tasks) if place not in kept]
        running = shared.join(key, lambda: Running(kept, self.workshop.begin(lambda item: run(item[1]), missing)))
        try:
            while running.done < running.total and not self.dropped():
                yield Update(running.done // width, running.total // width, text=text, final=True)
                until = time.monotonic() + TICK
                # In short steps: the next question does not have to share the processor with worlds of the one before.
                while time.monotonic() < until and running.done < running.total and not self.dropped():
                    running.wait(len(tasks), FIRST_TICK)
            return running.results()
        finally:
            shared.leave(key, running)


WORLDS_TEXT = "plausible worlds"
MORE_TEXT = "plausible worlds for what would be worth finding out"
YEARS_TEXT = "worlds compared with what you know"
RENEWAL_TEXT = "futures tested without coordinators"


def whole(results: Mapping[int, Result], width: int) -> int:
    """Return how many futures from the first on have been run under all strategies."""
    missing = next(place for place in range(len(results) + 1) if place not in results)
    return missing // width


def seconds_left(batch: Batch[tuple[int, Task], Result]) -> float:
    """Return how long a batch will still take, at the pace so far."""
    return batch.seconds() / max(1, batch.done) * (len(batch.tasks) - batch.done)
