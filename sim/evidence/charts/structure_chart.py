"""Figure of structure: distributions of real networks against simulated ones, and how well ties are predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.evidence.targets.network_fit import NetworkFit
from sim.lab.analysis.structure_fit import Prediction, StructureFit
from sim.output.figures.drawing import SMALL, dress, headline, legend_below_title, name_panel, panels
from sim.output.figures.palette import INK, OKABE_ITO
from sim.output.words import number

BAND = "#d9d9d9"
COLUMNS = 3
AXES = {
    "times named": ("named at most so many times", "share of people"),
    "others named": ("names at most so many", "share of people"),
    "distance": ("at most so many steps apart", "share of pairs"),
    "triads": ("type of triad (M-A-N)", "share of triads, square-root scale"),
}
SERIES = ("model", "common", "closure", "random")
NAMES = {"model": "model", "common": "common contacts", "closure": "closure logistic", "random": "same-density random"}
NOTE = (
    "Black: the real network.  Grey: 90% of simulated ones, and their median.  p: share of simulated networks that lie as far "
    "from the others as the real one does (Mahalanobis distance); a small one says that the real network is unlike them.  AUC: "
    "chance that a pair which tied (or stopped) has the higher score of two; a half is guessing."
)


def draw_fit(axes: Axes, fit: StructureFit) -> None:
    """Draw one distribution, observed and simulated."""
    dress(axes)
    places = np.arange(len(fit.observed))
    low, middle, high = np.quantile(fit.simulated, (0.05, 0.5, 0.95), axis=0)
    if fit.statistic == "triads":
        axes.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0.0)), np.square))
        axes.bar(places, high - low, bottom=low, width=0.8, color=BAND, zorder=1)
        axes.plot(places, middle, "_", color="#8c8c8c", markersize=9, zorder=2)
        axes.plot(places, fit.observed, "o", color=INK, markersize=4, zorder=3)
    else:
        axes.fill_between(places, low, high, color=BAND, linewidth=0, zorder=1)
        axes.plot(places, middle, color="#8c8c8c", zorder=2)
        axes.plot(places, fit.observed, "o-", color=INK, markersize=4, linewidth=1, zorder=3)
    axes.set_ylim(0, 1.02)
    axes.set_xticks(places, fit.parts)
    if fit.statistic == "triads":
        axes.tick_params("x", labelrotation=90, labelsize=SMALL - 1)
    name_panel(axes, f"{fit.data}: p {number(fit.p, 2)}", *AXES[fit.statistic])


def draw_predictions(axes: Axes, rows: Sequence[Prediction]) -> None:
    """Draw the AUC of the model and of each baseline, a row for each data set."""
    dress(axes)
    for place, row in enumerate(rows):
        for series, colour in zip(SERIES, (INK, *OKABE_ITO), strict=False):
            marker = "D" if series == "model" else "o"
            axes.plot([getattr(row, series)], [place], marker, color=colour, markersize=6, zorder=3)
    axes.axvline(0.5, color=INK, linewidth=0.7)
    axes.set_xlim(0.35, 1.0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [row.data.replace(", friends", "") for row in rows], fontsize=SMALL)
    name_panel(axes, f"Which ties {rows[0].what}", "AUC")


def structure_figure(fit: NetworkFit, title: str) -> Figure:
    """Draw every distribution, and prediction where there is any.  Raises ValueError if there is nothing to draw."""
    if not fit.structure:
        raise ValueError("no structure to draw")
    predicted = [[row for row in fit.prediction if row.what == what] for what in ("form", "end")]
    predicted = [rows for rows in predicted if rows]
    figure, axes = panels(
        len(fit.structure) + len(predicted), COLUMNS, (3.1, 2.0), left=1.6, right=0.25, gap=0.95, head=1.2
    )
    for place, one in zip(axes, fit.structure, strict=False):
        draw_fit(place, one)
    for place, rows in zip(axes[len(fit.structure) :], predicted, strict=True):
        draw_predictions(place, rows)
    headline(figure, title, NOTE)
    keys = [
        Line2D([], [], color=INK, marker="o", linewidth=1, label="real network"),
        Patch(color=BAND, label="90% of simulated networks"),
        *(
            Line2D([], [], color=colour, marker="D" if series == "model" else "o", linestyle="", label=NAMES[series])
            for series, colour in zip(SERIES, (INK, *OKABE_ITO), strict=False)
        ),
    ]
    legend_below_title(figure, keys)
    return figure
