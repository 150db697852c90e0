"""Measure what a heavy question costs another visitor: `python -m tests.dashboard.fairness`.

A visitor moves a slider again and again, alone and beside a visitor whose question takes all cores for minutes.  The script
prints the median milliseconds until the first run of each new question is done, and until its first answer (8 futures of
each strategy) can be shown.  Times depend on the machine and its load.
"""

from __future__ import annotations

import statistics
import time
from contextvars import copy_context
from dataclasses import replace

from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import VISITOR, Batch, Workshop
from sim.lab.comparison import run_task, tasks_of

MOVES, FUTURES = 15, 9


def ask(workshop: Workshop, visitor: str, question: Question, futures: int) -> Batch:
    """Hand in a question for a visitor."""
    scenario, tasks = scenario_of(question), tasks_of(question.keys, futures)
    context = copy_context()
    context.run(VISITOR.set, visitor)
    return context.run(workshop.begin, lambda task: run_task(scenario, 1, task, renewal=False), tasks, len(tasks))


def milliseconds(workshop: Workshop) -> tuple[float, float]:
    """Return the median milliseconds to the first run, and to the first answer, of questions asked one after another."""
    first, answer = [], []
    for move in range(MOVES):
        began = time.perf_counter()
        batch = ask(workshop, "light", replace(Question(), years=1, members=20 + move), FUTURES)
        batch.wait(1, 60)
        first.append(time.perf_counter() - began)
        batch.wait(len(batch.tasks), 60)
        answer.append(time.perf_counter() - began)
        batch.drop()
    return 1000 * statistics.median(first), 1000 * statistics.median(answer)


def main() -> None:
    """Measure, and print."""
    workshop = Workshop()
    milliseconds(workshop)
    alone = milliseconds(workshop)
    heavy = ask(workshop, "heavy", replace(Question(), members=200, degree=8, years=5), 10_000)
    time.sleep(3.0)
    beside = milliseconds(workshop)
    heavy.drop()
    workshop.close()
    for name, (first, answer) in {"alone": alone, "beside a heavy question": beside}.items():
        print(f"{name}: first run after {first:.0f} ms, first answer after {answer:.0f} ms")


if __name__ == "__main__":
    main()
