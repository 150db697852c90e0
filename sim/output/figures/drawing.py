"""Panels, axes and labels that all figures share, and saving figures.

Sizes are in inches and points, and margins are explicit, so that a label's place is known before drawing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil, inf
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MultipleLocator

from sim.lab.analysis.events import Estimate
from sim.lab.results import ResultsFolder, written_aside
from sim.output.figures.palette import FAINT, GRID, INK, ink, strategy_colours

Colours = dict[str, str] | None
"""Strategy -> colour (hex), or None for the colours of `strategy_colours`."""
TITLE, TEXT, SMALL = 13.0, 9.5, 8.5
LINE = 1.3
POINTS = 72.0
HEAD, FOOT = 0.8, 0.25
FORMATS = (".png", ".svg")
QUICK: dict[str, Any] = {"pil_kwargs": {"compress_level": 1}}
"""A little larger files, for a quarter of the time."""


def panels(
    count: int,
    columns: int,
    size: tuple[float, float],
    *,
    left: float = 0.75,
    right: float = 0.25,
    gap: float = 0.85,
    head: float = HEAD,
) -> tuple[Figure, list[Axes]]:
    """Return a figure of `count` panels of `size` (width, height), in inches.

    `left` and `right` are the margins of each panel, `gap` the space below it, `head` the space for the titles.
    """
    columns = min(columns, count)
    rows = ceil(count / columns)
    width = columns * (left + size[0] + right)
    height = head + rows * (size[1] + gap) + FOOT
    figure = Figure(figsize=(width, height), facecolor="white")
    axes = []
    for panel in range(count):
        row, column = divmod(panel, columns)
        x = column * (left + size[0] + right) + left
        y = height - head - row * (size[1] + gap) - size[1]
        axes.append(figure.add_axes((x / width, y / height, size[0] / width, size[1] / height)))
        dress(axes[-1])
    return figure, axes


def dress(axes: Axes) -> None:
    """Set a light grid behind the data, no box, readable numbers."""
    axes.set_axisbelow(True)
    axes.grid(True, color=GRID, linewidth=0.8)
    axes.tick_params(labelsize=SMALL, colors=INK, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def name_panel(axes: Axes, title: str, x: str = "", y: str = "", colour: str = INK) -> None:
    """Set the title and the axis labels of a panel."""
    # With its height given, matplotlib need not measure all ticks, which takes a quarter of the time of drawing.
    axes.set_title(title, loc="left", y=1.0, fontsize=TEXT + 1, fontweight="bold", color=ink(colour), pad=7)
    axes.set_xlabel(x, fontsize=SMALL, color=INK)
    axes.set_ylabel(y, fontsize=SMALL, color=INK)


def headline(figure: Figure, title: str, note: str) -> None:
    """Set the title of a figure, and at its foot a note on marks and bands, wrapped to the width."""
    width, height = figure.get_size_inches()
    top = 1 - 0.16 / height
    figure.text(0.2 / width, top, title, fontsize=TITLE, fontweight="bold", color=INK, va="top", parse_math=False)
    lines = wrapped(note, (width - 0.4) * POINTS, SMALL)
    foot = figure.text(0.2 / width, 0.12 / height, lines, fontsize=SMALL, color=FAINT, va="bottom", linespacing=LINE)
    foot.set_parse_math(False)


def legend_below_title(figure: Figure, handles: Sequence[Artist]) -> None:
    """Set a legend in one line below the title of a figure."""
    width, height = figure.get_size_inches()
    at = (0.15 / width, 1 - 0.42 / height)
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=at, ncols=len(handles), frameon=False, fontsize=SMALL
    )


def week_axis(axes: Axes, horizon: float) -> None:
    """Set an axis of weeks from 0 to the horizon, with ticks at quarters, half-years or years."""
    step = next((step for step in (4, 13, 26, 52, 104, 260) if horizon <= 8 * step), 520)
    axes.set_xlim(0, max(horizon, 1.0))
    axes.xaxis.set_major_locator(MultipleLocator(step))


def panel_points(axes: Axes) -> tuple[float, float]:
    """Return width and height of a panel in points."""
    scale = POINTS / axes.figure.dpi
    return float(axes.bbox.width * scale), float(axes.bbox.height * scale)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT) -> float:
    """Return the width of the longest line of a text, in points."""
    font = FontProperties(size=size)
    return max(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in text.split("\n"))


def wrapped(text: str, width: float, size: float) -> str:
    """Return the text wrapped at `width` points."""
    lines: list[list[str]] = []
    full, space = inf, text_width(" ", size)
    for word in text.split():
        wide = text_width(word, size)
        if full + space + wide > width:
            lines.append([word])
            full = wide
        else:
            lines[-1].append(word)
            full += space + wide
    return "\n".join(" ".join(line) for line in lines)


def label(name: str, width: int = 22) -> str:
    """Return a name as a label of at most three lines, shortened with an ellipsis if needed."""
    shown = textwrap.shorten(name, 3 * width, placeholder=" \u2026") if " " in name else name
    return "\n".join(textwrap.wrap(shown, width, break_on_hyphens=True)[:3]) or name


def name_rows(
    axes: Axes, names: Sequence[str], colours: Mapping[str, str], size: float = TEXT, width: int = 22
) -> None:
    """Set names down the side of a panel, the first on top, each in its colour and wrapped at `width` letters."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [label(name, width) for name in names], fontsize=size)
    for tick, name in zip(axes.get_yticklabels(), names, strict=True):
        tick.set_color(ink(colours[name]))
        tick.set_parse_math(False)
    axes.grid(False, axis="y")


def label_room(names: Iterable[str]) -> float:
    """Return the width of labels at line ends with their leaders, in inches."""
    return 0.3 + max((text_width(label(name)) for name in names), default=0) / POINTS


def spread(targets: Sequence[float], heights: Sequence[float], low: float, high: float) -> np.ndarray:
    """Return centres for labels of given heights, as close as possible to `targets` (least squares), without overlap.

    They lie between `low` and `high` if they fit, else beyond both ends, in the order of `targets`.
    """
    order = np.argsort(np.asarray(targets, float), kind="stable")
    tall = np.asarray(heights, float)[order]
    # Without what the labels before it take up, each place must be at least the one before: an isotonic regression.
    taken = np.cumsum(tall) - tall / 2
    room = high - low - tall.sum()
    places = rising(np.asarray(targets, float)[order] - taken)
    centres = np.empty(len(tall))
    centres[order] = taken + np.clip(places, low + min(room, 0) / 2, low + max(room, room / 2))
    return centres


def rising(values: np.ndarray) -> np.ndarray:
    """Return the closest values (least squares) that nowhere fall, by pooling neighbours that do.

    `scipy.optimize.isotonic_regression` takes .3 s to import.
    """
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        pool, count = value, 1
        while pools and pools[-1][0] >= pool:
            before, many = pools.pop()
            pool, count = (before * many + pool * count) / (many + count), many + count
        pools.append((pool, count))
    return np.repeat([pool for pool, _ in pools], [count for _, count in pools])


def dots(
    axes: Axes, places: Sequence[tuple[float, float]], faces: Sequence[str], edges: Sequence[str], size: float
) -> None:
    """Draw a large dot at each place (in data); where dots coincide, later ones are larger and behind.

    Axis limits have to be final.
    """
    points = axes.transData.transform(np.asarray(places, float).reshape(-1, 2)) * POINTS / axes.figure.dpi
    levels: list[int] = []
    for number, here in enumerate(points):
        near = {levels[other] for other in range(number) if np.hypot(*(points[other] - here)) < size}
        levels.append(next(level for level in range(number + 1) if level not in near))
    for (x, y), face, edge, level in zip(places, faces, edges, levels, strict=True):
        big, high = size + 0.8 * size * level, 4 - level / (len(levels) + 1)
        axes.plot(x, y, "o", color=face, markeredgecolor=edge, markeredgewidth=1.6, markersize=big, zorder=high)


def label_points(
    axes: Axes, places: Sequence[tuple[float, float]], texts: Sequence[str], colours: Sequence[str]
) -> None:
    """Label points of a scatter plot on the inner side of the panel, without overlap, with leaders.

    Axis limits have to be final.
    """
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    wide, tall = panel_points(axes)
    x = [(place[0] - left) / (right - left) for place in places]
    targets = [(place[1] - bottom) / (top - bottom) for place in places]
    heights = [(text.count("\n") + 1.2) * TEXT * LINE / tall for text in texts]
    widths = [1.15 * text_width(text) / wide for text in texts]
    sides = [[k for k in range(len(x)) if x[k] <= 0.5], [k for k in range(len(x)) if x[k] > 0.5]]
    ends = max((x[k] + 0.1 + widths[k] for k in sides[0]), default=0.0)
    starts = min((x[k] - 0.1 - widths[k] for k in sides[1]), default=1.0)
    for group in sides if ends < starts else [list(range(len(x)))]:
        centres = spread([targets[k] for k in group], [heights[k] for k in group], 0.02, 0.98)
        for k, height in zip(group, centres, strict=True):
            inner = 1 if x[k] <= 0.5 else -1
            axes.annotate(
                texts[k],
                places[k],
                (x[k] + 0.1 * inner, height),
                textcoords="axes fraction",
                fontsize=TEXT,
                fontweight="bold",
                color=ink(colours[k]),
                va="center",
                ha="left" if inner > 0 else "right",
                parse_math=False,
                zorder=5,
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "edgecolor": "none"},
                arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6},
            )


def interval_bars(
    axes: Axes, values: Sequence[Estimate], colours: Sequence[str], text: Callable[[float], str], height: float
) -> None:
    """Draw a horizontal bar for each mean, with a line for its interval, if known, and the number at its end."""
    for row, (value, colour) in enumerate(zip(values, colours, strict=True)):
        axes.barh(row, value.mean, height=height, color=colour)
        axes.plot([value.low, value.high], [row, row], color=INK, linewidth=1.2)
        place, offset = (np.fmax(value.high, value.mean), row), (4, 0)
        axes.annotate(
            text(value.mean), place, offset, textcoords="offset points", va="center", fontsize=SMALL, color=INK
        )


def label_ends(axes: Axes, ends: dict[str, float], colours: dict[str, str]) -> None:
    """Label lines at their right ends without overlap, with leaders.

    `ends` are the heights (in data) of the lines at the right edge.  Axis limits have to be final.
    """
    bottom, top = axes.get_ylim()
    shown = {name: end for name, end in ends.items() if np.isfinite(end)}
    panel = panel_points(axes)[1]
    heights = [(label(name).count("\n") + 1.1) * TEXT * LINE / panel for name in shown]
    targets = [(end - bottom) / (top - bottom) for end in shown.values()]
    for name, target, place in zip(shown, targets, spread(targets, heights, 0.0, 1.06), strict=True):
        colour = colours[name]
        line = axes.plot(
            [1.0, 1.03], [target, place], color=colour, linewidth=0.9, transform=axes.transAxes, clip_on=False
        )
        line[0].set_in_layout(False)
        axes.text(
            1.04,
            place,
            label(name),
            color=ink(colour),
            fontsize=TEXT,
            va="center",
            transform=axes.transAxes,
            linespacing=1.1,
            parse_math=False,
        )


def strategies_in(table: pd.DataFrame, colours: Colours) -> dict[str, str]:
    """Return the strategies of a table, in its order, with their colours."""
    names = [str(name) for name in pd.unique(table["strategy"])]
    chosen = strategy_colours(names) | (colours or {})
    return {name: chosen[name] for name in names}


def save(figure: Figure, path: str | Path, svg: bool = True) -> list[Path]:
    """Write a figure as PNG (150 dpi) or SVG by the path's ending, or as both if it has none, and return the paths.

    `svg=False`: without an ending only as PNG, in half the time.

    The same figure gives the same bytes.  Files are replaced atomically, and the folder is created if needed.  Raises
    ValueError for another ending and ResultsError if a file cannot be written.
    """
    target = Path(path)
    if target.suffix not in ("", *FORMATS):
        raise ValueError(f"{target}: figures are saved as .png or .svg, not {target.suffix}")
    endings = FORMATS if svg else FORMATS[:1]
    targets = [target] if target.suffix else [target.with_name(target.name + ending) for ending in endings]
    for whole in targets:
        kind = whole.suffix[1:]
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        with written_aside(whole) as aside, rc_context({"svg.hashsalt": "generative-networks"}):
            figure.savefig(aside, format=kind, dpi=150, metadata=metadata, **{} if kind == "svg" else QUICK)
    return targets


def save_in(folder: ResultsFolder, name: str, figure: Figure) -> None:
    """Write a figure into a results folder as PNG and SVG; `name` has no ending.  Raises ResultsError."""
    folder.add(save(figure, folder.path / name))
