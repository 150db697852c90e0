"""The record of a run: weekly measures, maps, events, networks, outcomes, members, ties; and on request gifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
import pandas as pd

from sim.inputs.scenario import Scenario
from sim.model.graphs import to_networkx
from sim.model.outcomes import STAGES_REACHED, stage_weeks
from sim.model.start import StartNetwork
from sim.model.state import KINDS, MEMBER, ORIGINS, World
from sim.model.tables import maps_table, weekly_table
from sim.model.tie_rows import half

COUNTED_EVENTS = {
    "break_aways": "a group broke away",
    "groups_dissolved": "a group dissolved",
    "pilots_done": "a pilot succeeded",
    "convened": "a convening was held",
    "removed": "members were removed",
}


@dataclass(frozen=True, eq=False)
class Record:
    """One finished run.

    `weekly`: pandas, one row per week, column `members` = active ones.  `maps`: structure every 13 weeks.  `events`: first
    passages, break-aways and the like.  `network`, `before`: networkx.  `outcomes`: name -> number, the columns of the
    table of runs.  `start`: the start network with names and source.
    """

    scenario: Scenario
    strategy: str
    seed: int
    replicate: int
    start: StartNetwork
    world_before: World | None
    world: World
    outcomes: Mapping[str, float]

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Weekly measures: one row per week."""
        return weekly_table(self.world, self.scenario.weeks)

    @cached_property
    def maps(self) -> pd.DataFrame:
        """Maps of the network's structure: one row every `measures.every` weeks."""
        return maps_table(self.world, self.scenario.weeks)

    @cached_property
    def reached(self) -> dict[str, int | None]:
        """Week in which each stage was reached, None where it was not."""
        weeks = stage_weeks(self.world.network[0].reached, self.scenario.weeks)
        return {stage: None if np.isnan(week) else int(week) for stage, week in zip(STAGES_REACHED, weeks, strict=True)}

    @cached_property
    def events(self) -> pd.DataFrame:
        """Events: columns `week`, `event`, `what` (plain words), in order of weeks."""
        rows = [(week, stage, f"{stage}: first passage") for stage, week in self.reached.items() if week is not None]
        lost = stage_weeks(self.world.network[0].fallen, self.scenario.weeks)
        rows += [
            (int(week), f"{stage} lost", f"no longer {stage}")
            for stage, week in zip(STAGES_REACHED, lost, strict=True)
            if not np.isnan(week)
        ]
        for column, words in COUNTED_EVENTS.items():
            hits = self.weekly.loc[self.weekly[column] > 0, ["week", column]]
            rows += [(int(week), column, f"{words} ({int(n)})") for week, n in hits.itertuples(index=False)]
        table = pd.DataFrame(rows, columns=["week", "event", "what"])
        return table.sort_values(["week", "event"], kind="stable", ignore_index=True)

    @cached_property
    def network(self) -> nx.Graph:
        """The network of active members at the end."""
        return to_networkx(self.world, self.start.names)

    @cached_property
    def before(self) -> nx.Graph:
        """The network at the start."""
        return to_networkx(self.world_before if self.world_before is not None else self.world, self.start.names)

    @cached_property
    def members(self) -> pd.DataFrame:
        """All present and former members at the end: one row per member, columns of `sim.model.state.MEMBER`.

        `joined` is 0 for members from the start, else the week, the first being 1; `left` is -1 for active members.
        """
        rows = self.world.members[: self.world.network[0].members]
        columns: dict[str, np.ndarray] = {"member": np.arange(len(rows))}
        for name in MEMBER.meaning:
            values = np.array(rows[name])
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= {f"{name}_{k}": values[:, k] for k in range(values.shape[1])}
        # The world counts weeks from 0; tables from 1, so that 0 can mean "from the start".
        later = (columns["member"] >= self.start.members) | (columns["joined"] > 0)
        columns["joined"] = np.where(later, columns["joined"] + 1, 0)
        columns["left"] = np.where(columns["left"] >= 0, columns["left"] + 1, -1)
        return pd.DataFrame(columns)

    @cached_property
    def ties(self) -> pd.DataFrame:
        """Ties at the end: one row per tie, `a` < `b`, trust, balance seen from `a`, how well each knows the other, origin."""
        rows = []
        for i in range(int(self.world.network[0].members)):
            for s in range(int(self.world.members[i].degree)):
                tie = half(self.world, i, s)
                if tie.other > i:
                    back = half(self.world, int(tie.other), int(tie.mirror))
                    values = (tie.trust, tie.owed, tie.known, back.known, int(tie.last) + 1, ORIGINS[tie.origin])
                    rows.append((i, int(tie.other), *values))
        columns = ["a", "b", "trust", "owed_to_a", "known_by_a", "known_by_b", "last_contact_week", "origin"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """Every gift of the run, if the ledger was kept: week, giver, receiver, first giver, kind, hops, relayed, value."""
        lines = np.array(self.world.ledger[: self.world.network[0].gifts_logged])
        table = pd.DataFrame.from_records(lines)
        table["week"] = table["week"] + 1
        table["kind"] = [KINDS[k] for k in lines["kind"]]
        return table
