"""Figure of what drives an outcome: Sobol indices, or Morris' mu* and sigma, the strongest factor on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.lab.analysis.sensitivity import Morris, Sensitivity, Sobol
from sim.output.figures import drawing
from sim.output.figures.choice_figures import rows
from sim.output.figures.palette import INK, OKABE_ITO

MOST = 20
TOTAL, FIRST = "#b9cfe0", OKABE_ITO[0]


def tornado(found: Sensitivity, labels: Mapping[str, str], unit: str = "") -> Figure:
    """Draw a row for each factor, at most the 20 strongest.

    Sobol: a wide light bar for the total index, a narrow dark one for the first-order index, lines for 95% intervals.  Morris: a
    bar for mu*, its interval, a diamond for sigma, both in the outcome's `unit`.  `labels`: factor -> its name.
    """
    shown: Sequence[Sobol | Morris] = found.rows[:MOST]
    names = [labels.get(row.factor, row.factor) for row in shown]
    # Two factors may have one label.
    names = [row.factor if names.count(name) > 1 else name for row, name in zip(shown, names, strict=True)]
    figure, axes = rows(
        names, width=3.0, head=0.35, step=0.5 if any("\n" in drawing.label(name) for name in names) else 0.4
    )
    if found.kind == "sobol":
        handles = _sobol(axes, [row for row in shown if isinstance(row, Sobol)])
        what = "share of the variance between worlds"
    else:
        handles = _morris(axes, [row for row in shown if isinstance(row, Morris)])
        what = f"change over the factor's range ({unit or found.outcome})"
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.axvline(0, color=INK, linewidth=1)
    drawing.name_rows(axes, names, dict.fromkeys(names, INK))
    drawing.name_panel(axes, "", what)
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.03, 1.0),
        ncols=2,
        columnspacing=1.2,
        borderaxespad=0.1,
        fontsize=drawing.SMALL,
        frameon=False,
        labelcolor=INK,
    )
    return figure


def _sobol(axes: Axes, shown: Sequence[Sobol]) -> list[Artist]:
    for place, row in enumerate(shown):
        axes.barh(place, row.total.mean, height=0.62, color=TOTAL)
        axes.barh(place, row.first.mean, height=0.3, color=FIRST)
        for index, shift in ((row.total, 0.24), (row.first, 0.0)):
            axes.plot([index.low, index.high], [place + shift] * 2, color=INK, linewidth=1.1)
    return [Patch(color=FIRST, label="alone (first order)"), Patch(color=TOTAL, label="with others (total)")]


def _morris(axes: Axes, shown: Sequence[Morris]) -> list[Artist]:
    for place, row in enumerate(shown):
        axes.barh(place, row.mu_star.mean, height=0.5, color=TOTAL)
        axes.plot([row.mu_star.low, row.mu_star.high], [place] * 2, color=INK, linewidth=1.2)
        axes.plot(row.sigma, place, "D", markersize=6, color="white", markeredgecolor=FIRST, zorder=3)
    sigma = Line2D([], [], marker="D", linestyle="", color="white", markeredgecolor=FIRST, label="σ: its spread")
    return [Patch(color=TOTAL, label="μ*: mean size"), sigma]
