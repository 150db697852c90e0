"""Figures of open questions: a map of the effect over two settings, and where the answer flips."""

from __future__ import annotations

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.evidence.questions.open_questions import MapAxis
from sim.evidence.questions.question_maps import OPEN, BestChoice, MapCell, QuestionMap, ReadingMap
from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, INK, diverging, ink_on

CELL = (0.82, 0.44)
LEFT, RIGHT, BELOW = 0.95, 1.15, 0.62
BAR = 0.13
HATCH = "#a8a8a8"
BEST, AMONG = "\u2605", "\u2606"


def question_map(question: QuestionMap) -> Figure:
    """Draw all readings of a question side by side, with the answer above and the meaning of marks below."""
    readings, x, y = question.readings, question.x, question.y
    size = (CELL[0] * len(x.values), CELL[1] * len(y.values))
    width = len(readings) * (LEFT + size[0] + RIGHT)
    room = (width - 0.4) * drawing.POINTS
    answer = drawing.wrapped(question.answer, room, drawing.TEXT)
    note = " ".join([question.how, *marks(question)])
    head = 0.55 + height_of(answer, drawing.TEXT) + 0.42
    gap = BELOW + height_of(drawing.wrapped(note, room, drawing.SMALL), drawing.SMALL)
    figure, panels = drawing.panels(
        len(readings), len(readings), size, left=LEFT, right=RIGHT, gap=gap - drawing.FOOT + 0.12, head=head
    )
    for axes, reading in zip(panels, readings, strict=True):
        draw_reading(axes, reading, x, y)
    drawing.headline(figure, question.text, note)
    tall = figure.get_size_inches()[1]
    figure.text(
        0.2 / width,
        1 - 0.5 / tall,
        answer,
        fontsize=drawing.TEXT,
        color=INK,
        va="top",
        linespacing=drawing.LINE,
        parse_math=False,
    )
    return figure


def height_of(text: str, size: float) -> float:
    """Return the height of a text, in inches."""
    return (text.count("\n") + 1) * size * drawing.LINE * 1.06 / drawing.POINTS


def marks(question: QuestionMap) -> list[str]:
    """Return sentences on the colours and marks that occur."""
    readings = question.readings
    lines = []
    for reading in readings:
        held = f" ({reading.title})" if len(readings) > 1 else ""
        lines.append(f"Blue{held}: {reading.above}; orange: {reading.below}.")
    flips = any(crosses(means_of(reading), reading.against) for reading in readings)
    lines.append(
        f"Numbers: mean effect of {question.replicates:,} simulated futures, the same for both sides. Hatched: unclear, "
        "the 95% interval of the mean takes in the value in the middle of the colours. Bold: clear also when corrected for "
        "the number of cells." + (" Line: where the mean crosses that value." if flips else "")
    )
    if any(reading.best for reading in readings):
        lines.append(f"{BEST} the best in its row; {AMONG} not ruled out as the best.")
    named = [axis for axis in (question.x, question.y) if axis.plausible]
    if named:
        lines.append("On the axes, bold: the model's default; grey: beyond the parameter's plausible range.")
    return lines


def draw_reading(axes: Axes, reading: ReadingMap, x: MapAxis, y: MapAxis) -> None:
    """Draw one map: coloured cells with values, the line where the answer flips, and a colour bar."""
    means = means_of(reading)
    against = reading.against
    far = reading.full or float(np.nanmax(np.abs(means - against), initial=0.0)) or 1.0
    norm = Normalize(against - far, against + far)
    colours = diverging()
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    picture = axes.imshow(means, cmap=colours, norm=norm, origin="lower", aspect="auto", zorder=1)
    for row, cells in enumerate(reading.cells):
        best = next((one for one in reading.best if one.y == y.values[row]), None)
        for column, cell in enumerate(cells):
            face = to_hex(colours(norm(means[row, column]))) if np.isfinite(means[row, column]) else "#ffffff"
            draw_cell(axes, (column, row), cell, face, mark_of(cell, best))
    draw_flip(axes, means, against)
    name_ticks(axes, x, y)
    drawing.name_panel(axes, reading.title, f"{x.label} ({x.unit})", f"{y.label} ({y.unit})")
    bar = axes.inset_axes((1.0 + 0.14 / (CELL[0] * means.shape[1]), 0.0, BAR / (CELL[0] * means.shape[1]), 1.0))
    off = means[np.isfinite(means)] - against
    over, under = (bool(np.any(sign * off > far * (1 + 1e-9))) for sign in (1, -1))
    extend = "both" if over and under else "max" if over else "min" if under else "neither"
    scale = axes.figure.colorbar(picture, cax=bar, extend=extend)
    scale.set_label(reading.unit, fontsize=drawing.SMALL, color=INK)
    scale.outline.set_visible(False)
    # Only the colours that are there.
    reached = [*np.clip(off, -far, far) + against, against]
    bar.set_ylim(min(reached), max(reached))
    bar.tick_params(labelsize=drawing.SMALL, colors=INK, length=0)


def means_of(reading: ReadingMap) -> np.ndarray:
    """Return mean effects: float (values of y, values of x), NaN where there is none."""
    return np.array([[np.nan if c.effect is None else c.effect for c in row] for row in reading.cells], float)


def crosses(means: np.ndarray, against: float) -> bool:
    """Return whether mean effects lie on both sides of the reference."""
    there = means[np.isfinite(means)]
    return bool(there.size and there.min() < against < there.max())


def mark_of(cell: MapCell, best: BestChoice | None) -> str:
    """Return the mark of a cell that is the best of its row, or not ruled out as the best."""
    if best is None or cell.x not in best.among:
        return ""
    return f" {BEST}" if cell.x == best.x else f" {AMONG}"


def draw_cell(axes: Axes, place: tuple[int, int], cell: MapCell, face: str, mark: str) -> None:
    """Draw a cell's value, hatched where it is unclear."""
    column, row = place
    if cell.clear == OPEN:
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor=HATCH, linewidth=0, zorder=2)
        )
    text = cell.words + mark
    axes.text(
        column,
        row,
        text,
        fontsize=drawing.TEXT,
        fontweight="bold" if cell.clear_corrected != OPEN else "normal",
        color=ink_on(face),
        ha="center",
        va="center",
        zorder=5,
        # Keeps hatches and the line of the flip off the number.
        bbox={"facecolor": face, "edgecolor": "none", "pad": 1.2},
    )


def draw_flip(axes: Axes, means: np.ndarray, against: float) -> None:
    """Draw the line where the mean effect crosses the reference, if it does."""
    if not crosses(means, against):
        return
    rows, columns = means.shape
    padded = np.ma.masked_invalid(np.pad(means, 1, mode="edge"))
    xs = np.concatenate([[-0.5], np.arange(columns), [columns - 0.5]])
    ys = np.concatenate([[-0.5], np.arange(rows), [rows - 0.5]])
    line = axes.contour(xs, ys, padded, levels=[against], colors=[INK], linewidths=[2.0], zorder=4)
    line.set_path_effects([patheffects.withStroke(linewidth=4.0, foreground="white")])


def name_ticks(axes: Axes, x: MapAxis, y: MapAxis) -> None:
    """Set the values on both axes: a parameter's default bold, values outside its plausible range grey."""
    for axis, set_ticks, labels in (
        (x, axes.set_xticks, axes.get_xticklabels),
        (y, axes.set_yticks, axes.get_yticklabels),
    ):
        set_ticks(range(len(axis.values)), [axis.shown.format(value) for value in axis.values])
        for tick, value in zip(labels(), axis.values, strict=True):
            tick.set_fontsize(drawing.TEXT)
            if axis.plausible and not axis.plausible[0] <= value <= axis.plausible[1]:
                tick.set_color(FAINT)
            if value == axis.default:
                tick.set_fontweight("bold")
