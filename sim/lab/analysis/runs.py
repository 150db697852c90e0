"""One outcome of a table of runs as a block of worlds, futures and strategies.

A sweep runs points (worlds) under every strategy on the same futures.  Worlds may share their luck (the same seeds in every
world) or have luck of their own.  Where runs are missing (failed, or not yet done), whole worlds or whole futures are left
out, so that the rest is complete and paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.outcomes import Outcome

WEEK = "_week"
KEYS = ["point", "strategy", "seed", "replicate"]


class AnalysisError(ValueError):
    """A table of runs does not allow an analysis.  The message says why, and what would."""


@dataclass(frozen=True, eq=False)
class Block:
    """One outcome: `values` has shape (points, replicates, strategies), nothing missing.

    `points`: their numbers in the sweep.  `used`: rows of the table that the block is made of.  `left_out`: pairs of point
    and replicate left out so that the rest is complete.  `restricted`: whether weeks past the horizon were counted as the
    horizon.  `shared`: whether all worlds have the same luck.
    """

    outcome: str
    strategies: tuple[str, ...]
    points: np.ndarray
    used: pd.Index
    values: np.ndarray
    left_out: int
    restricted: bool
    shared: bool = True

    def of(self, strategy: str) -> np.ndarray:
        """Return one strategy's values, shape (points, replicates)."""
        return self.values[:, :, self.strategies.index(strategy)]

    @property
    def units(self) -> np.ndarray:
        """The independent units, shape (units, strategies): means of worlds, or futures where there is one world."""
        units: np.ndarray = self.values.mean(axis=1) if len(self.points) > 1 else self.values[0]
        return units

    @property
    def unit(self) -> str:
        """The name of a row of `units`."""
        return "simulated worlds" if len(self.points) > 1 else "simulated futures"


def declared() -> dict[str, Outcome]:
    """Return the outcomes by name.  Loaded on request: figures need no compiled rules."""
    from sim.model.outcomes import BY_NAME

    return BY_NAME


def label_of(outcome: str) -> str:
    """Return an outcome's label; other columns keep their name."""
    return declared()[outcome].label if outcome in declared() else outcome


def unit_of(outcome: str) -> str:
    """Return an outcome's unit."""
    return declared()[outcome].unit if outcome in declared() else ""


def more_is_better(outcome: str) -> bool:
    """Return whether more of an outcome is better.  Raises AnalysisError where no direction is declared better."""
    better = declared()[outcome].better if outcome in declared() else "more"
    if not better:
        raise AnalysisError(f"{outcome}: neither more nor less of it is clearly better, so no strategy is best in it")
    return better == "more"


def outcome_values(runs: pd.DataFrame, outcome: str, horizon: float) -> np.ndarray:
    """Return an outcome of finished runs as numbers, shape (runs,); weeks not reached count as the horizon.

    Raises AnalysisError for an unknown column, one without numbers, or one with missing numbers.
    """
    if outcome not in runs.columns:
        raise AnalysisError(f"outcome {outcome!r} is unknown; known are {', '.join(known_outcomes(runs))}")
    try:
        values = runs[outcome].to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):
        raise AnalysisError(f"{outcome!r} holds text, not numbers") from None
    if outcome.endswith(WEEK):
        values = np.where(np.isnan(values), horizon, values)
    missing = int(np.isnan(values).sum())
    if missing:
        raise AnalysisError(
            f"outcome {outcome} is missing in {missing:,} of {len(values):,} runs, and not by chance; choose another, as "
            "outputs"
        )
    return values


def known_outcomes(runs: pd.DataFrame) -> list[str]:
    """Return the outcomes that a table has."""
    return [name for name in declared() if name in runs.columns]


def check_strategies(runs: pd.DataFrame, strategies: Sequence[str]) -> None:
    """Raise AnalysisError for a strategy that a table of runs does not have."""
    known = list(dict.fromkeys(map(str, runs["strategy"])))
    for name in strategies:
        if name not in known:
            raise AnalysisError(f"strategy {name!r} is unknown; known are {', '.join(known)}")


def block(runs: pd.DataFrame, outcome: str, strategies: Sequence[str], horizon: float) -> Block:
    """Return one outcome of some strategies as a block.

    `runs`: point, replicate, strategy, the outcome; perhaps seed and status.  A future is a seed and a replicate.  Raises
    AnalysisError for an unknown strategy or outcome, a run that occurs twice, or where no world has run under all
    strategies.
    """
    done = runs[runs["status"] == "done"] if "status" in runs.columns else runs
    check_strategies(runs, strategies)
    done = done[done["strategy"].isin(strategies)]
    if done.empty:
        raise AnalysisError("no run of these strategies is done: there is nothing to analyse")
    values = outcome_values(done, outcome, horizon)
    points, rows = np.unique(done["point"].to_numpy(), return_inverse=True)
    columns, shared = futures_of(done, rows)
    places = done["strategy"].map({name: place for place, name in enumerate(strategies)}).to_numpy(int)
    whole = np.full((len(points), int(columns.max()) + 1, len(strategies)), np.nan)
    if len(np.unique(np.ravel_multi_index((rows, columns, places), whole.shape))) < len(done):
        twice = done[done.duplicated([name for name in KEYS if name in done.columns])].iloc[0]
        raise AnalysisError(
            f"the table holds a run twice: point {twice['point']}, strategy {twice['strategy']}, replicate "
            f"{twice['replicate']}; remove one of them"
        )
    whole[rows, columns, places] = values
    here = ~np.isnan(whole).any(axis=2)
    keep_rows, keep_columns = crossed_part(here)
    if not len(keep_rows):
        raise AnalysisError("no world has run under all of " + ", ".join(strategies))
    kept = whole[np.ix_(keep_rows, keep_columns)]
    used = done.index[np.isin(rows, keep_rows) & np.isin(columns, keep_columns)]
    left_out = here.size - kept.shape[0] * kept.shape[1]
    restricted = outcome.endswith(WEEK) and bool(done[outcome].isna().any())
    return Block(outcome, tuple(strategies), points[keep_rows], used, kept, left_out, restricted, shared)


def futures_of(runs: pd.DataFrame, rows: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the number of each run's future, from 0, and whether worlds share their futures.

    `rows`: the world of each run.  Where no two worlds have a future in common, futures are numbered within each world.
    """
    seeds = runs["seed"].to_numpy() if "seed" in runs.columns else np.zeros(len(runs), int)
    import pandas as pd

    luck = pd.MultiIndex.from_arrays([seeds, runs["replicate"].to_numpy()])
    columns, futures = pd.factorize(luck, sort=True)
    worlds = pd.Series(rows).groupby(columns).nunique().to_numpy()
    if rows.max() == 0 or (worlds > 1).any():
        return columns, True
    first = pd.DataFrame({"world": rows, "future": columns}).drop_duplicates().sort_values(["world", "future"])
    place = np.empty(len(futures), int)
    place[first["future"]] = first.groupby("world").cumcount()
    return place[columns], False


def lost_to_failures(runs: pd.DataFrame) -> str:
    """Return what comparisons of strategies leave out because runs failed, in one sentence; empty if none did.

    `runs`: as in `block`, with status.
    """
    failed = int((runs["status"] == "failed").sum())
    if not failed:
        return ""
    strategies = list(dict.fromkeys(map(str, runs["strategy"])))
    done = int((runs["status"] == "done").sum())
    try:
        used = runs.loc[block(runs.assign(one=0.0), "one", strategies, 1.0).used]
    except AnalysisError:
        return "Strategies cannot be compared: no world has run under all of them."
    worlds, all_worlds = used["point"].nunique(), runs["point"].nunique()
    what = f"{done - len(used):,} of the {done:,} runs that are done"
    if all_worlds > 1:
        what += f", and {all_worlds - worlds:,} of {all_worlds:,} worlds"
    return f"Comparisons of strategies need every future under all of them, so the failures leave out {what}."


def crossed_part(here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of a bool table whose crossing is all true, leaving out the emptiest row or column in turn."""
    rows, columns = np.arange(here.shape[0]), np.arange(here.shape[1])
    while len(rows) and len(columns):
        part = here[np.ix_(rows, columns)]
        if part.all():
            return rows, columns
        by_row, by_column = 1 - part.mean(axis=1), 1 - part.mean(axis=0)
        # All of the emptiest rows go at once where they are as empty as any column: thousands may be missing.
        if by_row.max() >= by_column.max():
            rows = rows[by_row < by_row.max()]
        else:
            columns = columns[by_column < by_column.max()]
    return rows[:0], columns[:0]
