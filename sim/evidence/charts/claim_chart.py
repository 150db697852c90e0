"""Figures of claims: the effect of each part, with its mechanism off, without added mechanisms, in other worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.evidence.claims.claim_rows import AblationRow, ClaimRow, OptionRow, PartRow
from sim.evidence.claims.verdict_rule import ENOUGH_WORLDS
from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, GRID, INK, ink

VERDICT_COLOURS = {
    "holds": "#009e73",
    "does not hold": "#d55e00",
    "undecided": "#767676",
    "conditional": "#0072b2",
    "mixed": "#7a5195",
    "not robust": "#b8860b",
    "by definition": "#767676",
}
VERDICT_MARKS = {
    "holds": "o",
    "does not hold": "X",
    "undecided": "D",
    "conditional": "s",
    "mixed": "P",
    "not robust": "^",
    "by definition": "|",
}
OTHER = "#555555"
WORLDS = "in other plausible worlds"
ROW = 0.27
WIDTH = 5.4
LEFT = 2.55
Shown = PartRow | AblationRow | OptionRow | np.ndarray
BOLD = 0.86
"""Widths are measured in plain letters; bold ones need more."""


def claim_parts(claim: ClaimRow, worlds: Mapping[str, Sequence[float]]) -> Figure:
    """Draw a panel for each part of a claim: effect, what remains of it with something off, and other worlds.

    `worlds`: part -> mean effects in other worlds, NaN where none.
    """
    rows = [rows_of(part, worlds.get(part.part, ())) for part in claim.parts]
    titles = [drawing.wrapped(part.says, (LEFT + WIDTH) * drawing.POINTS - 20, drawing.TEXT) for part in claim.parts]
    text = drawing.wrapped(f"{claim.claim}. {claim.text}", (LEFT + WIDTH) * drawing.POINTS * BOLD, drawing.TITLE)
    head = 0.3 + (text.count("\n") + 1) * drawing.TITLE * drawing.LINE / drawing.POINTS + 0.35
    tall = [ROW * len(row) + 0.1 for row in rows]
    above = [(title.count("\n") + 1) * drawing.TEXT * drawing.LINE / drawing.POINTS + 0.14 for title in titles]
    below, foot = 0.62, 0.75
    width = LEFT + WIDTH + 0.45
    height = head + sum(tall) + sum(above) + below * len(rows) + foot
    figure = Figure(figsize=(width, height), facecolor="white")
    mark = VERDICT_COLOURS[claim.verdict]
    place = 1 - (head - 0.3) / height
    figure.text(0.2 / width, place, claim.verdict, fontsize=drawing.TEXT + 1, fontweight="bold", color=ink(mark))
    top = height - head
    for part, row, title, tall_one, above_one in zip(claim.parts, rows, titles, tall, above, strict=True):
        bottom = top - above_one - tall_one
        axes = figure.add_axes((LEFT / width, bottom / height, WIDTH / width, tall_one / height))
        drawing.dress(axes)
        figure.text(
            0.2 / width, (top - 0.02) / height, title, fontsize=drawing.TEXT, color=INK, va="top", linespacing=1.25
        )
        draw_part(axes, part, row)
        top = bottom - below
    note = (
        "Mark: mean effect; thick line: its 95% interval; thin line: the interval corrected for multiple comparisons, "
        "which decides it at the default settings. Shaded: where an effect counts for the claim. "
        "What is true by definition of a comparator does not count. Grey marks: the same with something switched off or on. "
        "Small dots: mean effects in other plausible worlds."
    )
    drawing.headline(figure, text, note)
    return figure


def rows_of(part: PartRow, worlds: Sequence[float]) -> list[tuple[str, Shown]]:
    """Return the rows of a panel from the top: name, and an effect or an array of dots."""
    rows: list[tuple[str, Shown]] = [(part.verdict, part)]
    if part.ablation:
        rows.append((part.ablation.off, part.ablation))
    rows += [(f"without {name}", row) for name, row in part.without_form.items()]
    rows += [(f"with {name}", option) for name, option in part.with_option.items()]
    if len(worlds):
        rows.append((WORLDS, np.asarray(worlds, float)))
    return rows


def draw_part(axes: Axes, part: PartRow, rows: Sequence[tuple[str, Shown]]) -> None:
    """Draw the panel of a part."""
    colour = VERDICT_COLOURS[part.verdict]
    spread: list[float] = [0.0, part.margin]
    for place, (_, row) in enumerate(rows):
        if isinstance(row, np.ndarray):
            there = np.sort(row[np.isfinite(row)])
            axes.scatter(there, np.full(len(there), place), s=14, color=colour, alpha=0.45, linewidth=0, zorder=3)
            spread += there.tolist()
            continue
        if row.effect is None or row.ci95 is None:
            continue
        shown = colour if place == 0 else OTHER
        if isinstance(row, PartRow) and row.ci_corrected:
            axes.plot(row.ci_corrected, [place, place], color=shown, linewidth=1.1, zorder=3)
            spread += row.ci_corrected
        axes.plot(row.ci95, [place, place], color=shown, linewidth=3.2, solid_capstyle="butt", zorder=3)
        spread += row.ci95
        mark = VERDICT_MARKS[part.verdict] if place == 0 else "o"
        axes.plot(row.effect, place, mark, color=shown, markersize=7, markeredgecolor="white", zorder=4)
    low, high = min(spread), max(spread)
    room = 0.06 * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
    axes.axvspan(part.margin, high + room, color=GRID, alpha=0.55, linewidth=0, zorder=0)
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    names = [shorten(name, 76, placeholder=" \u2026") for name, _ in rows]
    drawing.name_rows(axes, names, dict.fromkeys(names, INK) | {names[0]: colour}, drawing.SMALL, 40)
    for tick in axes.get_yticklabels():
        tick.set_linespacing(0.95)
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.set_xlabel(part.unit, fontsize=drawing.SMALL, color=INK, labelpad=2)


def score(claims: Sequence[ClaimRow]) -> Figure:
    """Draw all claims: verdict, and the share of other plausible worlds in which the effect counts too."""
    names = [f"{claim.claim}" for claim in claims]
    figure, (axes,) = drawing.panels(1, 1, (4.6, 0.25 * len(claims) + 0.2), left=0.7, right=1.6, head=0.65)
    for row, claim in enumerate(claims):
        colour = VERDICT_COLOURS[claim.verdict]
        first = claim.parts[0]
        if first.robust_ci95 and first.robust_share is not None:
            axes.plot(first.robust_ci95, [row, row], color=colour, linewidth=2.2)
            axes.plot(first.robust_share, row, VERDICT_MARKS[claim.verdict], color=colour, markersize=7, zorder=4)
        axes.text(1.04, row, claim.verdict, fontsize=drawing.TEXT, color=ink(colour), va="center")
    axes.axvline(ENOUGH_WORLDS, color=FAINT, linewidth=1.0, zorder=1)
    axes.set_xlim(-0.02, 1.02)
    drawing.name_rows(axes, names, dict.fromkeys(names, INK))
    drawing.name_panel(axes, "", "share of other plausible worlds in which the effect counts too", "claim")
    drawing.headline(
        figure,
        "Claims of the sources: verdicts, and how robust they are",
        "Mark: share of worlds drawn from the plausible ranges of all parameters in which the effect of the claim's first "
        "part is at least its margin; line: 95% interval of that share. A claim that holds does so in two thirds of worlds.",
    )
    return figure
