"""The profile of a network: one record with all that is measured, and a table with one row per member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np
import pandas as pd

from sim.inputs.profile.circles import SMALLEST, Circles, bridgers_of, circles_of, ties_by_group
from sim.inputs.profile.distances import Paths, paths_of
from sim.inputs.profile.leaving import Leaving, leaving
from sim.inputs.profile.mixing import Mixing, mixing_of
from sim.inputs.profile.structures import Structure, structure_of
from sim.inputs.profile.tie_lists import TieLists
from sim.inputs.profile.triangles import clustering, constraints, triangles_of
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_rows
from sim.model.start import UNKNOWN
from sim.model.state import KIND_NAMES, UNDEFINED_CONSTRAINT

MOST_NAMED = 20
"""Names in one list of the profile for `--json`; the table of people has them all."""


@dataclass(frozen=True, eq=False)
class Directions:
    """Who names whom, where ties have a direction.

    `names`, `named_by`: of each member, how many others.  `reciprocity`: share of arcs that are answered by one in the other
    direction, NaN without ties.  `one_way`: ties that go one way only.
    """

    names: np.ndarray
    named_by: np.ndarray
    answered: np.ndarray
    reciprocity: float
    one_way: int

    @property
    def silent(self) -> np.ndarray:
        """Rows of those whom others name and who name nobody, those named most first."""
        rows = np.flatnonzero((self.names == 0) & (self.named_by > 0))
        return rows[np.lexsort((rows, -self.named_by[rows]))]

    @property
    def unreturned(self) -> np.ndarray:
        """Rows of those who name others, none of whom names them back, those who name most first."""
        rows = np.flatnonzero((self.names > 0) & (self.answered == 0))
        return rows[np.lexsort((rows, -self.names[rows]))]


def directions_of(arcs: np.ndarray, members: int) -> Directions:
    """Return who names whom.  `arcs`: ordered pairs of rows, each once."""
    pairs = arcs.astype(np.int64)
    codes = pairs[:, 0] * members + pairs[:, 1]
    back = np.isin(codes, pairs[:, 1] * members + pairs[:, 0])
    return Directions(
        np.bincount(pairs[:, 0], minlength=members),
        np.bincount(pairs[:, 1], minlength=members),
        np.bincount(pairs[back, 0], minlength=members),
        float(back.mean()) if len(back) else float("nan"),
        int((~back).sum()),
    )


@dataclass(frozen=True, eq=False)
class NetworkProfile:
    """What a network is like before any weaving.

    `transitivity`: share of open and closed triads that are closed.  `clustering`, `constraint`: of each member.  `bridgers`:
    rows of those between groups, the least constrained first.
    """

    network: UserNetwork
    lists: TieLists
    directions: Directions
    transitivity: float
    clustering: np.ndarray
    constraint: np.ndarray
    paths: Paths
    circles: Circles
    bridgers: np.ndarray
    leaving: Leaving
    structure: Structure
    mixing: Mixing | None

    @property
    def members(self) -> int:
        """Number of members."""
        return self.lists.members

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members."""
        return self.network.start.names

    @property
    def density(self) -> float:
        """Ties per pair of members."""
        return 2 * len(self.lists.ties) / (self.members * (self.members - 1))

    @property
    def isolates(self) -> np.ndarray:
        """Rows of members without a tie."""
        return np.flatnonzero(self.lists.degree == 0)

    @property
    def fragments(self) -> np.ndarray:
        """Sizes of the components of two members or more, the largest first."""
        sizes = self.lists.component_sizes
        return sizes[sizes > 1]

    @property
    def fragmentation(self) -> float:
        """Share of pairs that cannot reach each other (Borgatti 2006)."""
        sizes = self.lists.component_sizes.astype(float)
        return 1 - float((sizes * (sizes - 1)).sum()) / (self.members * (self.members - 1))

    @property
    def sampled(self) -> tuple[str, ...]:
        """Sentences on what was measured from a sample of members only."""
        found = []
        if self.paths.sources < self.members:
            found.append(
                f"Path length and betweenness are measured from {self.paths.sources:,} of {self.members:,} members, "
                "drawn at random."
            )
        if self.leaving.sources < self.members:
            found.append(
                f"The damage that leaving does is measured from {self.leaving.sources:,} members, drawn at random."
            )
        unknown = int(np.isnan(self.leaving.damage).sum())
        if unknown:
            found.append(
                f"It is computed for the {self.members - unknown:,} members most likely to do some, "
                "by betweenness and by whom they would cut off."
                if unknown < self.members
                else "It was not computed."
            )
        return tuple(found)

    def group_name(self, group: int) -> str:
        """Return what a group is called: by its member with most ties inside."""
        return f"around {self.names[self.circles.hub[group]]}" if group >= 0 else ""

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row per member: who they are, their ties, their place in the network, and what their leaving would do.

        `strength`: sum of the strengths of ties.  `damage`: empty where it was not computed.
        """
        start, n = self.network.start, self.members
        given, strength = start.strength_given, np.zeros(n)
        for end in range(2):
            strength += np.bincount(start.ties[:, end], weights=given, minlength=n)
        bridging = np.zeros(n, bool)
        bridging[self.bridgers] = True
        core = np.zeros(n, bool)
        core[self.structure.core] = True
        sectors = sector_names(self.network)
        constraint = np.where(self.constraint == UNDEFINED_CONSTRAINT, np.nan, self.constraint)
        columns: dict[str, Sequence[object] | np.ndarray] = {
            "id": start.ids if start.ids is not None else start.names,
            "name": start.names,
            "kind": ["" if kind == UNKNOWN else KIND_NAMES[int(kind)] for kind in start.kind],
            "sector": ["" if sector == UNKNOWN else sectors[int(sector)] for sector in start.sector],
            "ties": self.lists.degree,
            "strength": strength,
            "names": self.directions.names,
            "named_by": self.directions.named_by,
            "fragment": self.lists.component + 1,
            "group": [self.group_name(int(group)) for group in self.circles.group],
            "in_core": core,
            "core_number": self.lists.core_number,
            "clustering": self.clustering,
            "betweenness": self.paths.betweenness,
            "constraint": constraint,
            "bridger": bridging,
            "cut_off": self.leaving.cut_off,
            "damage": self.leaving.damage,
        }
        further = {
            (heading if heading not in columns else f"{heading} (data)"): values
            for heading, values in self.network.attributes.items()
        }
        return pd.DataFrame({**columns, **further})

    def named(self, rows: Iterable[int]) -> list[str]:
        """Return names of members."""
        return [self.names[row] for row in rows]

    def payload(self) -> dict[str, object]:
        """Return the profile for `--json`: numbers, and people by name."""
        named, structure, leaves = self.named, self.structure, self.leaving
        return {
            "stage": structure.name,
            "next_stage": structure.next or None,
            "closeness": structure.closeness if structure.next else None,
            "conditions": [{**vars(one), "met": one.met, "closeness": one.closeness} for one in structure.conditions],
            "density": self.density,
            "ties_per_member": 2 * len(self.lists.ties) / self.members,
            "reciprocity": self.directions.reciprocity,
            "one_way": self.directions.one_way,
            "transitivity": self.transitivity,
            "clustering": fsum(self.clustering) / self.members,
            "path_length": self.paths.length,
            "longest_path": self.paths.longest,
            "centralisation": structure.star,
            "fragmentation": self.fragmentation,
            "fragments": self.fragments.tolist(),
            "largest_share": float(self.lists.component_sizes[0]) / self.members,
            "without_ties": sorted(named(self.isolates)),
            "core": {
                "members": sorted(named(structure.core)),
                "fit": structure.fit,
                "highest_core": int(self.lists.core_number.max()),
            },
            "modularity": self.circles.modularity,
            "groups": [
                {"name": self.group_name(k), "members": int(size), "has_hub": bool(self.circles.has_hub[k])}
                for k, size in enumerate(self.circles.sizes)
                if size >= SMALLEST
            ],
            "key_people": [
                {"name": self.names[row], "damage": digits(leaves.damage[row]), "cut_off": int(leaves.cut_off[row])}
                for row in leaves.order()[:MOST_NAMED].tolist()
            ],
            "key_set": None
            if leaves.key_set is None
            else {
                "members": named(leaves.key_set.rows),
                "damage": digits(leaves.key_set.damage),
                "cut_off": leaves.key_set.cut_off,
            },
            "bridgers": [
                {
                    "name": self.names[row],
                    "constraint": digits(self.constraint[row]),
                    "ties": {
                        self.group_name(group): count for group, count in ties_by_group(self.lists, self.circles, row)
                    },
                }
                for row in self.bridgers[:MOST_NAMED].tolist()
            ],
            "named_but_silent": named(self.directions.silent),
            "never_named_back": named(self.directions.unreturned),
            "mixing": None if self.mixing is None else mixing_payload(self.mixing),
            "sampled": list(self.sampled),
        }


def mixing_payload(mixing: Mixing) -> dict[str, object]:
    """Return the mixing of sectors for `--json`."""
    return {
        "across": mixing.across,
        "by_chance": mixing.by_chance,
        "assortativity": mixing.assortativity,
        "sectors": list(mixing.names),
        "members": list(mixing.sizes),
        "ties": mixing.ties.tolist(),
    }


def digits(value: float) -> float:
    """Return a number with the digits that do not depend on the order in which members are summed up."""
    return round(float(value), 6)


def sector_names(network: UserNetwork) -> Sequence[str]:
    """Return the names of sectors, by number."""
    start = network.start
    return start.sector_names or tuple(f"sector {k + 1}" for k in range(int(start.sector.max(initial=-1)) + 1))


def profile_of(network: UserNetwork) -> NetworkProfile:
    """Return the profile of a network."""
    start = network.start
    lists = TieLists(start.members, start.ties.astype(np.int64))
    triangles = triangles_of(lists)
    transitivity, local = clustering(lists, triangles.around)
    constraint = constraints(lists, triangles.weighted)
    paths = paths_of(lists)
    ids = start.names if start.ids is None else start.ids
    circles = circles_of(lists, [*zip(start.names, ids, strict=True)])
    return NetworkProfile(
        network,
        lists,
        directions_of(network.arcs, start.members),
        transitivity,
        local,
        constraint,
        paths,
        circles,
        bridgers_of(lists, circles, constraint),
        leaving(lists, paths.betweenness),
        structure_of(lists, circles),
        mixing_of(lists, start.sector, tuple(sector_names(network))),
    )


def people_csv(profile: NetworkProfile) -> str:
    """Return the table with one row per member as the text of a CSV file that is safe to open in a spreadsheet."""
    table = profile.people
    cells = {name: [cell(value) for value in table[name].tolist()] for name in table.columns}
    return csv_rows([list(table.columns), *map(list, zip(*cells.values(), strict=True))])


def cell(value: object) -> str:
    """Return a value of the table as text: yes or no, numbers with up to six digits, "" if unknown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return str(value)


def attribute_values(profile: NetworkProfile) -> Mapping[str, Sequence[str]]:
    """Return what members can be coloured by: sector, kind, group, and the columns of the user's files with few values."""
    people = profile.people
    groups = {"group": people["group"].tolist(), "sector": people["sector"].tolist(), "kind": people["kind"].tolist()}
    further = {heading: list(values) for heading, values in profile.network.attributes.items()}
    return {
        heading: values
        for heading, values in {**groups, **further}.items()
        if 1 < len({value for value in values if value}) <= max(12, len(values) // 4)
    }
