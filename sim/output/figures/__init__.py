"""Figures: each function takes tables, records or networkx graphs, and returns a matplotlib Figure.

None reads a running model or uses pyplot, whose figures belong to one thread.  A function is loaded when it is first used:
matplotlib takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.output.figures.choice_figures import acceptability_curves as acceptability_curves
    from sim.output.figures.choice_figures import cost_frontier as cost_frontier
    from sim.output.figures.choice_figures import paired_differences as paired_differences
    from sim.output.figures.choice_figures import pawn_distances as pawn_distances
    from sim.output.figures.choice_figures import probability_best as probability_best
    from sim.output.figures.choice_figures import regret_ranges as regret_ranges
    from sim.output.figures.choice_figures import tornado as tornado
    from sim.output.figures.choice_figures import worth_of_knowing as worth_of_knowing
    from sim.output.figures.drawing import save as save
    from sim.output.figures.drawing import save_in as save_in
    from sim.output.figures.networks import network_before_after as network_before_after
    from sim.output.figures.networks import network_map as network_map
    from sim.output.figures.networks import network_waves as network_waves
    from sim.output.figures.palette import STAGE_COLOURS as STAGE_COLOURS
    from sim.output.figures.palette import strategy_colours as strategy_colours
    from sim.output.figures.stage_figures import outputs_against_cost as outputs_against_cost
    from sim.output.figures.stage_figures import outputs_by_kind as outputs_by_kind
    from sim.output.figures.stage_figures import stages_over_time as stages_over_time
    from sim.output.figures.stage_figures import time_to_event as time_to_event
    from sim.output.figures.weekly_figures import MEASURES as MEASURES
    from sim.output.figures.weekly_figures import one_run as one_run
    from sim.output.figures.weekly_figures import weekly_bands as weekly_bands

MODULES = ("palette", "drawing", "stage_figures", "weekly_figures", "networks", "choice_figures")


def __getattr__(name: str) -> object:
    """Return a function of one of the modules."""
    if not name.startswith("_") and name not in MODULES:
        for module in MODULES:
            loaded = import_module(f"{__name__}.{module}")
            if hasattr(loaded, name):
                return getattr(loaded, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
