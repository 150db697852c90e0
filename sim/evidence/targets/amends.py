"""AMENDS: friendship and sharing among 214 people of a Colombian community, in four waves.

The data came with the R package STRAND (Ross, Redhead and colleagues) and are not part of the package; a year or two lies
between waves, and not everybody was interviewed every time.  The simulated community needs nothing of the data: 214
members in sectors, whom nobody coordinates, live together for three years and are then asked every year and a half.  In
total they name as many friends as in the data, those whom they trust most, and share with as many, those to whom they gave
most often in the year before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.evidence.targets.counting import Counted, Measure, Measured, Overrides, Run
from sim.evidence.targets.gift_rhythm import gift_counts
from sim.evidence.targets.newcomb import NAMING_ERROR
from sim.evidence.targets.panel_measures import added, count, returned, strongest, turnover
from sim.evidence.targets.real_data import matrices_of, rows_of
from sim.evidence.targets.shared_settings import meeting
from sim.evidence.targets.strangers import ENCOUNTERS
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import gifts_logged, off_diagonal, transitivity, trust_matrix
from sim.lab.open_world import CLOSED, YEAR, open_world
from sim.model.world import run_to

FILES = ("members.csv", "ties.csv")
RELATIONS = ("friendship", "sharing")
WAVES = 4
PEOPLE, SECTORS, BEFORE = 214, 4, 3
"""Members and sectors (as many as in the default network) of the simulated community, and years before the first wave."""
NAMED = {"friendship": 0.0191, "sharing": 0.0100}
"""Ordered pairs that name each other, of those who were both interviewed: means over the waves."""
BETWEEN = 78
"""Weeks from wave to wave: a year and a half, since waves were one to two years apart."""
FORGOTTEN = 0.2
"""Share of friends who are forgotten when people name them from memory (Brewer & Webster 1999, Social Networks 21:361)."""
COMMUNITY: Table = {
    "title": "A community asked four times",
    "weeks": BEFORE * YEAR + WAVES * BETWEEN,
    "network": {"kind": "communities", "members": PEOPLE, "sectors": SECTORS, "degree": 4.0},
    "strategies": {"none": NOBODY_WEAVES},
}


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave: who named whom by relation, bool (n, n), and who was interviewed, bool (n,)."""

    named: Mapping[str, np.ndarray]
    interviewed: np.ndarray

    @property
    def judged(self) -> np.ndarray:
        """Which ordered pairs were both interviewed: bool (n, n)."""
        judged: np.ndarray = np.outer(self.interviewed, self.interviewed) & off_diagonal(len(self.interviewed))
        return judged


def read(folder: Path) -> list[Wave]:
    """Return the four waves.  Raises NetworkError for data that make no sense."""
    columns = tuple(f"interviewed_{wave}" for wave in range(1, WAVES + 1))
    people = rows_of(folder / "members.csv", ("id", *columns))
    names = tuple(row["id"] for row in people)
    _, both = matrices_of(folder / "ties.csv", ("relation", "wave"), people=names)
    nothing = np.zeros((len(names), len(names)))
    return [
        Wave(
            {relation: both.get((relation, str(number)), nothing) > 0 for relation in RELATIONS},
            np.array([row[column] == "1" for row in people]),
        )
        for number, column in enumerate(columns, start=1)
    ]


def changes(first: Wave, second: Wave, relation: str) -> dict[str, Counted]:
    """Return turnover of a relation from wave to wave, among pairs judged in both."""
    return turnover(first.named[relation], second.named[relation], first.judged & second.judged)


def gini(amounts: np.ndarray) -> float:
    """Return the Gini coefficient of amounts: 0 if all are equal; NaN of nothing."""
    ordered, n, total = np.sort(amounts), len(amounts), float(amounts.sum())
    return float((2.0 * np.arange(1, n + 1) - n - 1.0) @ ordered) / (n * total) if total else np.nan


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation over people; NaN where either does not vary."""
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 0 and other.std() > 0 else np.nan


def measures(waves: Sequence[Wave]) -> dict[str, Measure]:
    """Return the figures of the data: turnover over all waves, the rest over all but the first; names end in the relation.

    In the first wave few said whom they share with.
    """
    figures: dict[str, Measure] = {}
    later = waves[1:]
    for relation in RELATIONS:
        counts = added([changes(first, second, relation) for first, second in pairwise(waves)])
        found = [wave.named[relation] for wave in later]
        figures |= {f"{name}_{relation}": value for name, value in counts.items()}
        judged = [returned(named & wave.judged) for wave, named in zip(later, found, strict=True)]
        figures[f"reciprocity_{relation}"] = added([{"all": each} for each in judged])["all"]
        figures[f"transitivity_{relation}"] = float(np.mean([transitivity(named | named.T) for named in found]))
    sharing = [wave.named["sharing"] for wave in later]
    figures["gini_of_giving"] = float(np.mean([gini(named.sum(axis=1)) for named in sharing]))
    figures["giving_receiving"] = float(
        np.mean([correlation(named.sum(axis=0), named.sum(axis=1)) for named in sharing])
    )
    friends = [wave.named["friendship"] for wave in later]
    shared = [count(gave, wave.judged & named) for wave, gave, named in zip(later, sharing, friends, strict=True)]
    others = [count(gave, wave.judged & ~named) for wave, gave, named in zip(later, sharing, friends, strict=True)]
    figures["sharing_with_friends"] = added([{"all": each} for each in shared])["all"]
    figures["sharing_with_others"] = added([{"all": each} for each in others])["all"]
    return figures


def named_friends(trust: np.ndarray, number: float, errors: np.random.Generator) -> np.ndarray:
    """Return about `number` ordered pairs of highest trust, with an error of naming; some are forgotten: bool (n, n)."""
    liking = np.maximum(trust + NAMING_ERROR * errors.standard_normal(trust.shape), 1e-9)
    best = strongest(np.where(trust > 0, liking, 0.0), round(number / (1.0 - FORGOTTEN)))
    return np.asarray(best & recalled(trust, errors))


def recalled(pairs: np.ndarray, errors: np.random.Generator) -> np.ndarray:
    """Return which of the pairs are not forgotten: bool, of the same shape."""
    return np.asarray(errors.random(pairs.shape) >= FORGOTTEN)


def asked(trust: np.ndarray, given: np.ndarray, errors: np.random.Generator) -> Wave:
    """Return whom simulated members name: friends by trust, and whom they share with by gifts given.

    Equal numbers of gifts are put in random order.  In total, as many are named as in the data.
    """
    n = len(trust)
    pairs = n * (n - 1)
    sharing = np.where(given > 0, given + 1e-6 * errors.standard_normal(given.shape), 0.0)
    named = {
        "friendship": named_friends(trust, NAMED["friendship"] * pairs, errors),
        "sharing": strongest(sharing, round(NAMED["sharing"] * pairs / (1.0 - FORGOTTEN))) & recalled(given, errors),
    }
    return Wave(named, np.ones(n, bool))


def community(overrides: Overrides) -> Run:
    """A community of 214 asked at four times, a year and a half apart."""
    scenario = Scenario.from_document(COMMUNITY).with_({**CLOSED, **meeting(ENCOUNTERS), **overrides})

    def run(seed: int, replicate: int) -> Measured:
        _, world = open_world(scenario, "none", seed, replicate, ledger=True)
        errors = np.random.default_rng((seed, replicate, PEOPLE))
        waves = []
        for wave in range(WAVES):
            week = BEFORE * YEAR + wave * BETWEEN
            world = run_to(world, week)
            gifts = gifts_logged(world)
            recent = gifts[gifts["week"] >= week - YEAR]
            waves.append(asked(trust_matrix(world), gift_counts(recent, PEOPLE), errors))
        return measures(waves)

    return run
