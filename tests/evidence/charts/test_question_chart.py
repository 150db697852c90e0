"""Figures of maps: cells, hatching, the sign-change line, marks of best choices, readable text and colours."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from matplotlib.patches import Rectangle
from pydantic import TypeAdapter

from sim.evidence.charts.question_chart import AMONG, BEST, question_map
from sim.evidence.questions.question_maps import ABOVE, BELOW, OPEN, QuestionMap, value_words
from sim.model.declarations import PARAMETERS
from sim.output.figures import palette
from tests.output.test_figures import assert_readable

X = {
    "label": "hours",
    "unit": "hours a week",
    "values": [5, 10, 20, 40],
    "said": "on {} hours",
    "every": "on all hours",
}
DECAY = next(parameter for parameter in PARAMETERS if parameter.key == "trust.decay")
Y = {
    "label": "drift",
    "unit": "a week",
    "values": [DECAY.range[0], DECAY.default, 2 * DECAY.range[1]],
    "said": "at {}",
    "every": "at all",
}
MEANS = np.array([[-0.4, -0.1, 0.1, 0.3], [-0.2, 0.0, 0.2, 0.4], [0.1, 0.2, 0.5, 0.9]])


def tried_question(means=MEANS, readings=1, best=(), against=0.0, full=None, margin=0.15):
    """Return a tried question; cells nearer than `margin` to the reference are unclear."""
    cells = []
    for y, row in zip(Y["values"], np.asarray(means, float), strict=True):
        cells.append([])
        for x, mean in zip(X["values"], row, strict=True):
            off = 0.0 if np.isnan(mean) else mean - against
            clear = OPEN if abs(off) < margin else ABOVE if off > 0 else BELOW
            effect = None if np.isnan(mean) else float(mean)
            cell = {"x": x, "y": y, "effect": effect, "words": value_words("{:+.2f}", effect), "clear": clear}
            cell |= {"ci95": None, "ci_corrected": None, "futures": 120}
            cells[-1].append(cell | {"clear_corrected": clear if abs(off) > 2 * margin else OPEN})
    words = {"above": "mass weaving costs $20 more", "below": "customized weaving costs $20 more"}
    reading = {
        "reading": "r",
        "answer": "It depends.",
        "title": "outputs a member",
        "unit": "outputs",
        "against": against,
        "full": full,
        "cells": cells,
        "best": list(best),
        **words,
    }
    axes = (X | {"key": "strategy.hours", "shown": "{:g}"}, Y | {"key": DECAY.key, "shown": "{:g}"})
    question = {
        "question": "q",
        "text": "Which for $20?",
        "source": "CAP",
        "how": "Both for $20 a head, $20 an hour. " * 3,
        "x": axes[0],
        "y": axes[1],
        "replicates": 120,
        "readings": [reading] * readings,
        "answer": " ".join(["Mass weaving wins for $20. Elsewhere it is unclear."] * readings),
    }
    return TypeAdapter(QuestionMap).validate_python(question)


def panel(figure):
    return next(axes for axes in figure.axes if axes.get_title(loc="left"))


def cell_texts(figure):
    return {tuple(np.round(text.get_position()).astype(int)): text for text in panel(figure).texts}


def sign_change_lines(figure):
    return [one for one in panel(figure).get_children() if isinstance(one, ContourSet)]


@pytest.mark.parametrize("readings", [1, 2])
def test_texts_do_not_overlap_and_are_not_cut(readings):
    for long in ((), [{"y": y, "x": 20, "among": [5, 20]} for y in Y["values"]]):
        assert_readable(question_map(tried_question(readings=readings, best=long)))


def test_every_cell_shows_its_mean_and_is_hatched_if_not_clear():
    given = tried_question()
    figure = question_map(given)
    texts = cell_texts(figure)
    hatched = {
        (round(one.get_x() + 0.5), round(one.get_y() + 0.5))
        for one in panel(figure).patches
        if isinstance(one, Rectangle) and one.get_hatch()
    }
    for row, cells in enumerate(given.readings[0].cells):
        for column, cell in enumerate(cells):
            text = texts[column, row]
            assert float(text.get_text().replace("\u2212", "-")) == pytest.approx(cell.effect, abs=0.005)
            assert ((column, row) in hatched) == (cell.clear == OPEN)
            assert (text.get_fontweight() == "bold") == (cell.clear_corrected != OPEN)


def test_the_line_is_only_where_the_mean_changes_sign():
    (line,) = sign_change_lines(question_map(tried_question()))
    points = np.concatenate([path.vertices for path in line.get_paths()])
    # In the lowest row the mean is -.1 at the second cell and +.1 at the third.
    low = points[points[:, 1] <= 0.0]
    assert low[:, 0] == pytest.approx(1.5)
    assert points[:, 1].min() == -0.5, "the line runs to the edge"
    for means in (MEANS + 1, MEANS - 1):
        figure = question_map(tried_question(means))
        assert not sign_change_lines(figure)
        assert "Line:" not in " ".join(text.get_text() for text in figure.texts)
    assert sign_change_lines(question_map(tried_question(MEANS + 1, against=1.0)))


def test_values_above_are_blue_below_orange_and_near_the_middle_pale():
    figure = question_map(tried_question(full=0.4))
    (picture,) = panel(figure).images
    colours = {value: to_hex(picture.to_rgba(value)) for value in (-0.4, 0.0, 0.4, 0.9)}
    assert colours[-0.4] == palette.OKABE_ITO[1] and colours[0.4] == colours[0.9] == palette.OKABE_ITO[0]
    assert palette.contrast(colours[0.0]) < 1.1


def test_the_colour_bar_shows_only_colours_in_use():
    figure = question_map(tried_question(MEANS - MEANS.min() + 0.2))
    bar = next(axes for axes in panel(figure).child_axes)
    assert bar.get_ylim() == pytest.approx((0.0, 1.5))


@pytest.mark.parametrize(
    ("full", "low", "high", "extend"),
    [(None, -0.4, 0.9, "neither"), (0.5, -0.4, 0.5, "max"), (0.3, -0.3, 0.3, "both")],
)
def test_the_colour_bar_is_extended_if_values_exceed_it(full, low, high, extend):
    axes = panel(question_map(tried_question(full=full)))
    assert axes.child_axes[0].get_ylim() == pytest.approx((low, high))
    assert axes.images[0].colorbar.extend == extend


def test_best_and_not_ruled_out_have_distinct_marks():
    best = [{"y": y, "x": 20, "among": [10, 20]} for y in Y["values"]]
    figure = question_map(tried_question(best=best))
    texts = cell_texts(figure)
    for row in range(3):
        marks = [texts[column, row].get_text()[-1] for column in range(4)]
        assert marks[1] == AMONG and marks[2] == BEST and not {marks[0], marks[3]} & {AMONG, BEST}
    assert BEST in " ".join(text.get_text() for text in figure.texts)


def test_ticks_mark_the_default_and_implausible_values():
    axes = panel(question_map(tried_question()))
    low, default, beyond = axes.get_yticklabels()
    assert default.get_fontweight() == "bold" != low.get_fontweight()
    assert beyond.get_color() == palette.FAINT != low.get_color()
    assert "hours a week" in axes.get_xlabel() and "a week" in axes.get_ylabel()


def test_a_cell_without_an_effect_is_white_and_dashed():
    means = MEANS.copy()
    means[0, 0] = np.nan
    figure = question_map(tried_question(means))
    assert cell_texts(figure)[0, 0].get_text() == "\u2013"
    FigureCanvasAgg(figure).draw()


@pytest.mark.parametrize("colour", [*palette.OKABE_ITO, "#ffffff", "#000000", palette.MIDDLE])
def test_texts_on_colours_are_readable(colour):
    on_white = palette.contrast(colour)
    contrast = {"#ffffff": on_white, palette.INK: palette.contrast(palette.INK) / on_white}
    assert contrast[palette.ink_on(colour)] == max(contrast.values()) >= 3.5
