"""What the result of a question hangs on, piece by piece: settings, unknowns, budgets, and where the answer flips.

`inquire` runs what is lacking in the shared workshop and yields what there is to show: everything from few futures at
first, then unknowns once they are screened, then each part from all futures asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.dashboard.answers import colours
from sim.dashboard.matters import budgets, flips, tornado
from sim.dashboard.matters.inquiry import Inquiry, Part, Stopped
from sim.dashboard.matters.looks import Look, whose_words
from sim.dashboard.matters.measure import Measure
from sim.dashboard.matters.runs import Cell, Shelf, missing
from sim.dashboard.matters.tornado import SCREENING_FROM, Cells, Worlds
from sim.dashboard.matters.variations import Variation, settings, unknowns
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Workshop
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.analysis.effects import paired_difference
from sim.model.start import NetworkError
from sim.model.world import WorldError

COARSE = 12
URGENT = 48
ROUNDS = ((3, 64), (8, 28), (20, 16))
BRIEF_ROUNDS = ((2, 48), (4, 20), (8, 16))


def inquire(
    question: Question,
    look: Look,
    workshop: Workshop,
    shelf: Shelf,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
    known: pd.DataFrame | None = None,
) -> Iterator[Part]:
    """Find what a result hangs on, and yield what there is to show, ever more of it.

    `known`: runs of the question as it stands, from the home page, if they are at hand: they need not be run again.
    `dropped` is asked several times a second: once true, runs are given up and nothing more comes; what was run stays on
    the shelf.  Faults of the question come as a last part with a sentence; any other is raised.
    """
    look = look.held(question)
    kept = shelf.answer(look.address(question))
    if kept is not None:
        yield Part(0, 0, kept, True)
        return
    try:
        yield from found_by(Inquiry(question, look, workshop, shelf, dropped, folder), known)
    except Stopped:
        return
    except (ScenarioError, NetworkError, WorldError) as fault:
        yield Part(0, 0, fault=str(fault).removeprefix("scenario: "))
    finally:
        shelf.trim()


def found_by(asked: Inquiry, known: pd.DataFrame | None) -> Iterator[Part]:
    """The parts in their order: few futures of everything, the screening, then all futures of each."""
    question, look = asked.question, asked.look
    present = scenario_of(question, asked.folder)
    base = asked.cells(present, question.keys)
    if known is not None:
        for key, cell in base.items():
            cell.know(known[known["strategy"] == key])
    all_futures, few = range(look.each), range(min(COARSE, look.each))
    yield from asked.run("base", base.values(), range(max(int(question.futures), look.each)), URGENT)
    order = in_order(question, look.outcome, base, range(int(question.futures)))
    measure = Measure(look.outcome, look.keys(order))
    lead = Measure(look.outcome, (order[0], order[1]))
    asked.told |= opening(question, look, measure, order)

    chosen = [asked.worlds(one, base, measure.whose) for one in settings(question, measure.whose, asked.folder)]
    chosen = [one for one in chosen if one.ends]
    money = {
        budget: asked.cells(scenario_of(budgets.at_budget(question, budget), asked.folder), question.keys)
        for budget in budgets.budgets(question)
    }
    along = {
        axis.key: (axis, {x: asked.cells(scenario_of(axis.put(x), asked.folder), lead.whose) for x in axis.values})
        for axis in flips.axes(question)
    }
    bars = Bars(asked, measure, base, chosen)
    cells = {
        "settings": [cell for one in chosen for cell in one.cells()],
        "budgets": [cell for some in money.values() for cell in some.values()],
        "flips": [cell for _, some in along.values() for one in some.values() for cell in one.values()],
    }
    asked.ahead |= {f"all {name}": len(missing(some, all_futures)) for name, some in cells.items()}
    asked.ahead["screening"] = bars.screening_runs()

    def show(name: str, futures: range) -> None:
        """Work a part out anew."""
        if name == "settings":
            bars.show(futures)
        elif name == "budgets":
            asked.told["sweep"] = budgets.told(lead, question, money, futures)
        else:
            asked.told["flips"] = flips_told(lead, base, along, futures, question)

    for name, some in cells.items():
        yield from asked.run(f"few {name}", some, few, URGENT if name == "settings" else 0)
        asked.ahead[f"all {name}"] = len(missing(some, all_futures))
        show(name, few)
        yield asked.part(news=True)
    yield from bars.screened(unknowns(present), few, all_futures)
    for name, some in cells.items():
        yield from asked.run(f"all {name}", some, all_futures)
        show(name, all_futures)
        yield asked.part(news=True)
    yield from refined(asked, lead, base, along, all_futures)
    asked.told["final"] = True
    asked.shelf.put(look.address(question), dict(asked.told))
    yield asked.part(final=True, news=True)


def in_order(question: Question, outcome: str, base: Cells, futures: range) -> list[str]:
    """Strategies by a measure's mean, the best first; among equals by outputs, as on the home page."""

    def rank(key: str) -> tuple[float, float]:
        one = Measure(outcome, (key,))
        mean = round(float(one.of(base, futures).mean()), 9)
        return (mean if one.stage else -mean), -float(Measure("outputs", (key,)).of(base, futures).mean())

    return sorted(question.keys, key=rank)


def opening(question: Question, look: Look, measure: Measure, order: list[str]) -> dict[str, Any]:
    """What every part of the page needs to know."""
    return {
        "outcome": look.outcome,
        "unit": measure.unit,
        "stage": measure.stage,
        "pair_measure": measure.pair,
        "whose": list(measure.whose),
        "subject": whose_words(measure, question.labels),
        "order": order,
        "labels": question.labels,
        "colours": colours(question),
        "each": look.each,
        "months": round(question.years * 12),
        "final": False,
    }


def flips_told(
    lead: Measure, base: Cells, along: Mapping[str, Any], futures: range, question: Question
) -> dict[str, Any]:
    """Who leads now, and where that flips, along every setting."""
    labels = {flips.FIRST: question.labels[lead.whose[0]], flips.SECOND: question.labels[lead.whose[1]]}
    axes = [flips.told(lead, axis, some, futures, labels) for axis, some in along.values() if len(some) > 1]
    # As things are set there are as many futures as on the home page: the same verdict as there.
    now = range(max(int(question.futures), len(futures)))
    rank = {"flips": 0, "fades": 1, "open": 2, "holds": 3}
    axes.sort(key=lambda one: rank[one["verdict"]])
    return {
        "pair": list(lead.whose),
        "axes": axes,
        "headline": f"{flips.now_words(lead, base, now, labels)} {flips.headline(axes)}",
        "futures": len(futures),
    }


def refined(asked: Inquiry, lead: Measure, base: Cells, along: dict[str, Any], futures: range) -> Iterator[Part]:
    """One more value along each setting, where the mean lead changes its sign: that is where a further look pays."""
    added: list[Cell] = []
    for axis, some in along.values():
        more = flips.crossing(flips.points(lead, some, futures), axis)
        if more is not None:
            some[more] = asked.cells(scenario_of(axis.put(more), asked.folder), lead.whose)
            added += some[more].values()
    if added:
        yield from asked.run("refining", added, futures)
        asked.told["flips"] = flips_told(lead, base, along, futures, asked.question)


class Bars:
    """The tornado as it grows: settings first, then what the screening left of the model's numbers."""

    def __init__(self, asked: Inquiry, measure: Measure, base: Cells, chosen: list[Worlds]) -> None:
        self.asked, self.measure, self.base, self.settings = asked, measure, base, chosen
        self.unknowns: tuple[Worlds, ...] = ()
        self.setting_rows: list[dict[str, Any]] = []
        self.unknown_rows: list[dict[str, Any]] = []
        self.screening = ""

    @property
    def rounds(self) -> tuple[tuple[int, int], ...]:
        """Of the screening: futures so far, and how many are kept."""
        return BRIEF_ROUNDS if self.asked.look.brief else ROUNDS

    def screening_runs(self) -> int:
        """About how many runs the screening takes, with those of the bars that it leads to."""
        most, before, runs = 190, 0, 0
        for futures, kept in self.rounds:
            runs += 2 * most * (futures - before)
            most, before = kept, futures
        bars = tornado.MOST_UNKNOWNS + tornado.MOST_DEFINITIONS
        return (runs + 2 * bars * self.asked.look.each) * len(self.measure.whose)

    def show(self, futures: range) -> None:
        """The settings' bars from these futures."""
        self.setting_rows = tornado.rows(self.measure, self.base, self.settings, futures)
        self.tell()

    def tell(self) -> None:
        """Put what there is on the page."""
        found = sorted([*self.setting_rows, *self.unknown_rows], key=lambda one: -one["swing"])
        drawn = [one for one in found if not one["still"]]
        present = self.measure.of(self.base, range(self.asked.look.each))
        mean = float(present.mean())
        spread = paired_difference(present, 0.0 * present)
        subject = self.asked.told["subject"]
        self.asked.told["tornado"] = {
            "rows": drawn,
            "still": [one["label"] for one in found if one["still"]],
            "present": {"mean": mean, "low": spread.low, "high": spread.high, "told": self.measure.words(mean)},
            "headline": tornado.headline(self.measure, drawn, subject, bool(self.screening)),
            "screening": self.screening,
            "futures": min([one["futures"] for one in found], default=0),
        }

    def screened(self, some: list[Variation], few: range, all_futures: range) -> Iterator[Part]:
        """Screen the model's numbers in rounds on futures of their own, then draw those that are left on everybody's."""
        asked, measure = self.asked, self.measure
        base = {key: self.base[key] for key in measure.whose}
        left = [asked.worlds(one, base, measure.whose) for one in some]
        number = len(left)
        for count, kept in self.rounds:
            futures = range(SCREENING_FROM, SCREENING_FROM + count)
            cells = [*base.values(), *(cell for one in left for cell in one.cells())]
            yield from asked.run("screening", cells, futures)
            ranked = tornado.strongest(measure, base, left, futures, len(left))
            left = ranked[:kept]
        self.unknowns = tornado.chosen(left)
        dropped = [one for one in left if one not in self.unknowns]
        rest = max((tornado.spread(measure, base, one, futures) for one in dropped), default=0.0)
        self.screening = screening_words(measure, number, len(self.unknowns), self.rounds, rest)
        cells = [cell for one in self.unknowns for cell in one.cells()]
        for some_futures in dict.fromkeys((few, all_futures)):
            yield from asked.run("unknowns", cells, some_futures)
            self.unknown_rows = tornado.rows(measure, self.base, self.unknowns, some_futures)
            self.tell()
            yield asked.part(news=True)


def screening_words(measure: Measure, number: int, drawn: int, rounds: tuple[tuple[int, int], ...], rest: float) -> str:
    """How the unknowns on the page were found among all."""
    counts = [count for count, _ in rounds]
    return (
        f"The model has {number} numbers with a plausible range. All were set low and high in {counts[0]} simulated futures, "
        f"the {rounds[0][1]} that moved the result most in {counts[1]}, of these the {rounds[1][1]} that did in {counts[2]}; "
        f"the {drawn} strongest are drawn, from fresh futures. The next in line moved it by {measure.amount(rest)} there; "
        "with so few futures one of about that size may have been passed over."
    )
