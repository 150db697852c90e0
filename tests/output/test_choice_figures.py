"""Figures of choices and of sensitivity: no label covers another or is cut off, and they draw the numbers given."""

import numpy as np
import pytest

from sim.lab.analysis.economics import acceptability, standings
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.pairs import difference
from sim.lab.analysis.regret import regret
from sim.lab.analysis.runs import block
from sim.lab.analysis.sensitivity import Luck, Morris, Pawn, PawnAnalysis, Sensitivity, Sobol
from sim.lab.analysis.worth_of_sweep import QuestionWorth, WorthOfKnowing
from sim.lab.analysis.worth_questions import QUESTIONS
from sim.output import figures
from tests.lab.analysis.tables import table_of
from tests.output.test_figures import assert_readable

NAMES = ("none", "customized", "mass", "$20k_then_$40k", "convening of all members, twice a year, then of the core")
COLOURS = figures.strategy_colours(NAMES)


def tables(names=NAMES, points=30, replicates=3):
    """Costs and outputs of a small sweep."""
    luck = np.random.default_rng(1)
    outputs = luck.poisson(6, (points, replicates, len(names))) + 3.0 * np.arange(len(names))
    costs = np.broadcast_to(np.arange(len(names)) * 20_000.0, outputs.shape)
    runs = table_of(points, replicates, names, {"cost": costs, "outputs": outputs})
    return block(runs, "cost", names, 156), block(runs, "outputs", names, 156)


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 5])
def test_figures_of_choices_can_be_read(count):
    names = NAMES[:count]
    costs, outputs = tables(names)
    pairs = [difference(outputs, name, "none") for name in names[1:]]
    found = regret(outputs, resamples=100)
    cloud = np.stack([costs.units, outputs.units], axis=-1)
    drawn = [
        figures.paired_differences(pairs, names[1:], "outputs, more than under none", COLOURS),
        figures.probability_best(found, COLOURS),
        figures.regret_ranges(found, "outputs", COLOURS),
        figures.cost_frontier(standings(costs, outputs, resamples=100), cloud, COLOURS),
        figures.acceptability_curves(acceptability(costs, outputs, resamples=100), COLOURS),
    ]
    for figure in drawn:
        assert_readable(figure)
        assert all(axes.get_xlabel() for axes in figure.axes)


def test_a_difference_that_is_not_clear_is_hollow():
    _, outputs = tables(("none", "mass"))
    clear = difference(outputs, "mass", "none")
    assert clear.clear
    unclear = difference(
        block(table_of(9, 2, ("none", "mass"), {"outputs": flat()}), "outputs", ("none", "mass"), 9), "mass", "none"
    )
    assert not unclear.clear
    names = ["mass", "$20k_then_$40k"]
    (axes,) = figures.paired_differences([clear, unclear], names, "outputs", COLOURS).axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx([clear.mean, unclear.mean])
    assert [dot.get_markerfacecolor() for dot in dots] == [COLOURS["mass"], "white"]


def flat():
    return np.random.default_rng(4).normal(0, 1, (9, 2, 2))


def analysis(kind, rows):
    return Sensitivity(kind, "outputs", "mass", None, rows, Luck(None, None), 8, 0, 1, False, 1.0, 1.0, {})


@pytest.mark.parametrize("number", [1, 6, 30])
def test_a_tornado_can_be_read_and_shows_the_strongest(number):
    keys = [f"group_with_a_name.parameter_{k}" for k in range(number)]
    labels = {
        keys[0]: "a label of which one cannot say that it is short",
        **dict.fromkeys(keys[1:3], "twice the same"),
    }
    sobol = tuple(Sobol(key, Estimate(0.3, -0.1, 0.5), Estimate(0.9 / (k + 1), 0, 1)) for k, key in enumerate(keys))
    morris = tuple(Morris(key, Estimate(9 / (k + 1), 0, 12), 4.0, -2.0) for k, key in enumerate(keys))
    for kind, rows in (("sobol", sobol), ("morris", morris)):
        figure = figures.tornado(analysis(kind, rows), labels, "outputs")
        assert_readable(figure)
        (axes,) = figure.axes
        assert len(axes.get_yticks()) == min(number, 20)
        assert ("variance" in axes.get_xlabel()) == (kind == "sobol")


def test_pawn_distances_are_hollow_unless_above_noise():
    rows = tuple(Pawn(f"group.parameter_{k}", 0.4 / (k + 1), k < 2) for k in range(30))
    figure = figures.pawn_distances(PawnAnalysis("outputs", "mass", None, rows, 0.15, 300, 10), {})
    assert_readable(figure)
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([row.distance for row in rows[:20]])
    assert [bar.get_facecolor() == (1, 1, 1, 1) for bar in axes.patches] == [not row.clear for row in rows[:20]]


def test_worth_of_knowing_shows_questions_and_factors_hollow_unless_clear():
    values = [Estimate(3000.0 / (k + 1), 0.0 if k else 2000.0, 4000.0) for k in range(len(QUESTIONS))]
    questions = {text: QuestionWorth(QUESTIONS[text], value) for text, value in zip(QUESTIONS, values, strict=True)}
    factors = {"a.b": Estimate(900.0, 100.0, 1700.0), "c.d": Estimate(50.0, 0.0, 120.0)}
    found = WorthOfKnowing(5000.0, 100, 2, Estimate(5000.0, 4000.0, 6000.0), factors, questions, 200.0)
    figure = figures.worth_of_knowing(found, {"a.b": "a short label"})
    assert_readable(figure)
    (axes,) = figure.axes
    hollow = [bar.get_facecolor() == (1, 1, 1, 1) for bar in axes.patches]
    assert hollow == [False, False, *[True] * (len(QUESTIONS) - 1), False, True]
