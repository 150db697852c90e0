"""The weekly measures and quarterly maps of a world as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.model.state import World


def weekly_table(world: World, weeks: int) -> pd.DataFrame:
    """Return the weekly measures as a table: a row a week from week 1, the columns of `sim.model.state.WEEKLY`."""
    table = pd.DataFrame.from_records(np.array(world.weekly[:weeks]))
    table["week"] = np.arange(1, len(table) + 1)
    return table


def maps_table(world: World, weeks: int) -> pd.DataFrame:
    """Return the maps of the network's structure as a table: a row every `measures.every` weeks, the first being week 1."""
    every = int(world.parameters[0].measures_every)
    number = -(-weeks // every)
    table = pd.DataFrame.from_records(np.array(world.maps[:number]))
    table["week"] = np.arange(number) * every + 1
    return table
