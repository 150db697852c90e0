"""Finds what drives a result, step by step: settings, budgets, where the leader changes, and uncertain parameters.

`analyse` runs missing futures in the shared workshop and yields what there is to show: first every part from a few
futures, then the parameters once they are screened, then every part from all futures that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from sim.dashboard.answering import TICK
from sim.dashboard.answers import colours
from sim.dashboard.pages.drivers import tornado
from sim.dashboard.pages.drivers.driver_findings import Bar, DriverFindings, Tornado
from sim.dashboard.pages.drivers.flips import LeadAxis, budgets_to_try, crossing, curves, flips, lead_axes, lead_points
from sim.dashboard.pages.drivers.metric import ABOUT_BRIEF, ABOUT_SCREENING, Cells, Metric, Selection
from sim.dashboard.pages.drivers.run_cache import Cell, RunCache, missing
from sim.dashboard.pages.drivers.tornado import SCREENING_FROM, Variation, VariedWorlds, parameters, settings
from sim.dashboard.questions import Question, changed
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Update, Workshop
from sim.inputs.scenario import Scenario
from sim.lab.analysis.effects import mean_interval

COARSE = 12
"""Futures for each point at first."""
URGENT = 48
"""Runs that go before those of other sessions."""
ROUNDS = ((3, 64), (8, 28), (20, 16))
BRIEF_ROUNDS = ((2, 48), (4, 20), (8, 16))
"""Rounds of the screening: futures so far, and how many parameters are kept."""


AnalysisNews = Update[DriverFindings]


class Stopped(Exception):
    """Nobody waits for the analysis any more."""


AnalysisPart = tuple[str, list[Cell], Callable[[range], None]]
"""One part of the page: its name, the cells it needs, and how to update the findings once these futures have been run."""


def analyse(
    question: Question,
    selection: Selection,
    workshop: Workshop,
    cache: RunCache,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
    known: pd.DataFrame | None = None,
) -> Iterator[AnalysisNews]:
    """Find what drives a result, and yield what there is to show.

    `known`: runs of the question from the Compare page, which need not be run again; `folder`: files of an uploaded network.
    `dropped` is called several times a second: once true, the analysis stops; finished runs stay in the cache. Raises
    ScenarioError, NetworkError or WorldError for an impossible question.
    """
    selection = selection.within_bounds(question)
    complete = cache.findings(selection.address(question))
    if complete is not None:
        yield Update(result=complete, final=True)
        return
    try:
        yield from DriverAnalysis(question, selection, workshop, cache, dropped, folder).updates(known)
    except Stopped:
        return
    finally:
        cache.trim()


def cells_in(worlds: Iterable[Cells]) -> list[Cell]:
    """Return the cells of several worlds."""
    return [cell for cells in worlds for cell in cells.values()]


def ranked(question: Question, outcome: str, base: Cells) -> list[str]:
    """Return the strategies by mean outcome, the best first; ties by outputs, as on the Compare page."""
    futures = range(int(question.futures))

    def rank(key: str) -> tuple[float, float]:
        own = Metric(outcome, (key,))
        mean = round(float(own.of(base, futures).mean()), 9)
        return (mean if own.is_time else -mean), -float(Metric("outputs", (key,)).of(base, futures).mean())

    return sorted(question.keys, key=rank)


@dataclass
class DriverAnalysis:
    """One question analysed with one selection. `done`: runs so far; `ahead`: runs that each step still needs."""

    question: Question
    selection: Selection
    workshop: Workshop
    cache: RunCache
    dropped: Callable[[], bool]
    folder: Path | None

    def __post_init__(self) -> None:
        self.done = 0
        self.ahead: dict[str, int] = {}
        self.bars: dict[str, list[Bar]] = {"settings": [], "parameters": []}
        self.screening = ""
        self.scenario = partial(scenario_of, folder=self.folder)
        self.present = self.scenario(self.question)
        self.base = self.cells(self.present, self.question.keys)

    def cells(self, scenario: Scenario, keys: Iterable[str]) -> dict[str, Cell]:
        """Return the cells of strategies in a scenario."""
        return {key: self.cache.cell(scenario, key, int(self.question.seed)) for key in keys}

    def update(self, new: bool = False, final: bool = False) -> AnalysisNews:
        """Return the progress, and with `new` the findings."""
        return Update(self.done, self.done + sum(self.ahead.values()), self.findings if new else None, final=final)

    def run(self, name: str, cells: Iterable[Cell], futures: range, urgent: int = 0) -> Iterator[AnalysisNews]:
        """Run what cells lack and yield the progress. Raises Stopped, and whatever a run raises."""
        tasks = missing(cells, futures)
        before = self.done
        self.ahead[name] = len(tasks)
        job = self.workshop.begin(self.cache.run, tasks, min(urgent, len(tasks)))
        try:
            while not job.finished:
                if self.dropped():
                    raise Stopped
                job.wait(len(tasks), TICK)
                self.done = before + job.done
                self.ahead[name] = len(tasks) - job.done
                yield self.update()
            if job.fault is not None:
                raise job.fault
        finally:
            job.drop()
        if self.dropped():
            raise Stopped

    def updates(self, known: pd.DataFrame | None) -> Iterator[AnalysisNews]:
        """Yield the updates in their order."""
        if known is not None:
            for key, cell in self.base.items():
                cell.add(known[known["strategy"] == key])
        each = self.selection.each
        all_futures, few = range(each), range(min(COARSE, each))
        yield from self.run("present", self.base.values(), range(max(int(self.question.futures), each)), URGENT)
        self.start()
        parts = self.parts()
        for name, cells, _ in parts:
            self.ahead[f"all {name}"] = len(missing(cells, all_futures))
        bars = 2 * (tornado.MOST_UNCERTAIN + tornado.MOST_DEFINITIONS) * each
        screening = ABOUT_BRIEF if self.selection.brief else ABOUT_SCREENING
        self.ahead["screening"] = (screening + bars) * len(self.metric.strategies)
        for name, cells, compute in parts:
            yield from self.run(f"few {name}", cells, few, URGENT if name == "settings" else 0)
            self.ahead[f"all {name}"] = len(missing(cells, all_futures))
            compute(few)
            yield self.update(new=True)
        yield from self.screen(few, all_futures)
        for name, cells, compute in parts:
            yield from self.run(f"all {name}", cells, all_futures)
            compute(all_futures)
            yield self.update(new=True)
        yield from self.refine(all_futures)
        self.cache.keep(self.selection.address(self.question), self.findings)
        yield self.update(new=True, final=True)

    def start(self) -> None:
        """Choose the metric from the present ranking, and begin the findings."""
        question, selection = self.question, self.selection
        order = ranked(question, selection.outcome, self.base)
        self.metric = Metric(selection.outcome, selection.strategies(order))
        self.lead = Metric(selection.outcome, (order[0], order[1]))
        self.findings = DriverFindings(
            outcome=selection.outcome,
            unit=self.metric.unit,
            is_time=self.metric.is_time,
            subject=self.metric.subject(question.labels),
            strategies=self.metric.strategies,
            labels=question.labels,
            colours=colours(question),
            each=selection.each,
            months=round(question.years * 12),
        )

    def parts(self) -> list[AnalysisPart]:
        """Return the parts of the page, in their order."""
        question, build = self.question, self.scenario
        varied = [self.varied(one) for one in settings(question, self.metric.strategies, build)]
        varied = [worlds for worlds in varied if worlds.ends]
        money: dict[float, Cells] = {
            budget: self.cells(build(changed(question, "budget", budget)), question.keys)
            for budget in budgets_to_try(question)
        }
        self.along: dict[LeadAxis, dict[float, Cells]] = {
            axis: {value: self.cells(build(axis.question(value)), self.lead.strategies) for value in axis.values}
            for axis in lead_axes(question)
        }

        def update_budgets(futures: range) -> None:
            self.findings = replace(self.findings, budgets=curves(self.lead, question, money, futures))

        return [
            (
                "settings",
                cells_in(one for worlds in varied for one in worlds.ends.values()),
                partial(self.update_bars, "settings", varied),
            ),
            ("budgets", cells_in(money.values()), update_budgets),
            ("flips", cells_in(one for some in self.along.values() for one in some.values()), self.update_flips),
        ]

    def varied(self, variation: Variation) -> VariedWorlds:
        """Return the cells of a variation's ends, without ends that change nothing for the metric's strategies."""
        ends = {}
        for name, end in variation.ends.items():
            cells = self.cells(end.scenario(), self.metric.strategies)
            if any(cells[key].runs is not self.base[key].runs for key in cells):
                ends[name] = cells
        return VariedWorlds(variation, ends)

    def update_bars(self, group: str, varied: list[VariedWorlds], futures: range) -> None:
        """Compute the bars of settings or of parameters, and with them the tornado."""
        metric = self.metric
        self.bars[group] = [tornado.bar(metric, self.base, worlds, futures) for worlds in varied]
        bars = sorted([bar for group in self.bars.values() for bar in group], key=lambda bar: -bar.swing)
        moving = tuple(tornado.judged([bar for bar in bars if not bar.unchanged], len(futures) >= self.selection.each))
        present = mean_interval(metric.of(self.base, range(self.selection.each)))
        found = Tornado(
            rows=moving,
            no_effect=tuple(bar.label for bar in bars if bar.unchanged),
            present=present,
            result=metric.words(present.mean),
            headline=tornado.headline(moving, self.findings.subject, bool(self.screening)),
            screening=self.screening,
        )
        self.findings = replace(self.findings, tornado=found)

    def update_flips(self, futures: range) -> None:
        """Compute where the leader changes."""
        self.findings = replace(self.findings, flips=flips(self.lead, self.question, self.base, self.along, futures))

    def refine(self, futures: range) -> Iterator[AnalysisNews]:
        """Try one more value along each setting where the mean lead changes its sign."""
        added: list[Cell] = []
        for axis, by_value in self.along.items():
            value = crossing(lead_points(self.lead, by_value, futures), axis)
            if value is not None:
                by_value[value] = self.cells(self.scenario(axis.question(value)), self.lead.strategies)
                added += by_value[value].values()
        if added:
            yield from self.run("refining", added, futures)
            self.update_flips(futures)

    def screen(self, few: range, all_futures: range) -> Iterator[AnalysisNews]:
        """Screen the parameters in rounds on separate futures, then compute bars of the strongest on the usual ones."""
        metric = self.metric
        base = {key: self.base[key] for key in metric.strategies}
        left = [self.varied(one) for one in parameters(self.present)]
        count = len(left)
        rounds = BRIEF_ROUNDS if self.selection.brief else ROUNDS
        for number, kept in rounds:
            futures = range(SCREENING_FROM, SCREENING_FROM + number)
            cells = cells_in([base, *(one for worlds in left for one in worlds.ends.values())])
            yield from self.run("screening", cells, futures)
            left = tornado.by_swing(metric, base, left, futures)[:kept]
        drawn = tornado.drawn(left)
        rest = max((tornado.swing(metric, base, one, futures) for one in left if one not in drawn), default=0.0)
        self.screening = screening_words(metric, count, len(drawn), rounds, rest)
        cells = cells_in(one for worlds in drawn for one in worlds.ends.values())
        for some in dict.fromkeys((few, all_futures)):
            yield from self.run("parameters", cells, some)
            self.update_bars("parameters", drawn, some)
            yield self.update(new=True)


def screening_words(metric: Metric, count: int, drawn: int, rounds: tuple[tuple[int, int], ...], rest: float) -> str:
    """Say how the parameters on the page were chosen."""
    (first, keep), (second, keep_more), (third, _) = rounds
    return (
        f"The model has {count} parameters with a plausible range. All were set low and high in {first} simulated futures, "
        f"the {keep} that changed the result most in {second}, and the {keep_more} strongest of these in {third}. The {drawn} "
        f"strongest are shown, computed from new futures. The next one changed the result by {metric.amount(rest)}; with so "
        "few futures, one of about that size may have been missed."
    )
