"""Structure and prediction on the real networks: EIES and AMENDS from their observed start, Newcomb's house from nothing.

Needs the data; data sets that are not found are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np

from sim.evidence.targets import amends, eies, newcomb
from sim.evidence.targets.counting import Overrides
from sim.evidence.targets.panel_measures import top_choices
from sim.evidence.targets.real_data import find_folder
from sim.evidence.targets.shared_settings import meeting, world_of_trust
from sim.evidence.targets.strangers import ENCOUNTERS, strangers_scenario
from sim.lab.analysis.matrix_measures import off_diagonal, trust_matrix
from sim.lab.analysis.structure_fit import STATISTICS, Prediction, StructureFit, fit_of, predictions
from sim.lab.experiment.runner import results_of
from sim.lab.open_world import CLOSED
from sim.model.state import World
from sim.model.world import run_to

NAMED_TRUST = 0.5
"""Initial trust of a tie that is named in AMENDS."""
FEWEST = 5
"""Members that a community of the start needs to be a sector of its own; smaller ones are one sector together."""
MOST_FUTURES = 100
"""Futures of each network that are enough: p values in steps of .01."""
CHOICES = 5
"""Best liked who count in Newcomb's house."""


class NetworkFit(NamedTuple):
    """Structure and prediction on all data sets that were found."""

    structure: list[StructureFit]
    prediction: list[Prediction]


class DataFolders(NamedTuple):
    """Folders of the data; None for those that are not there."""

    eies: Path | None
    newcomb: Path | None
    amends: Path | None


def find_folders(named: Path | None = None) -> DataFolders:
    """Return the folders of the data: EIES's is named or the usual one, the others lie next to it or in the usual place.

    Raises NetworkError if a named folder lacks a file.
    """
    first = eies.find_data(named)
    others = (find_folder("newcomb", newcomb.FILES, first), find_folder("amends", amends.FILES, first))
    return DataFolders(first, *others)


def futures_of(run: Callable[[int], np.ndarray], replicates: int, jobs: int | None) -> list[np.ndarray]:
    """Return what each replicate gives, in order."""
    return list(results_of(run, range(replicates), jobs).values())


def structure(data: str, observed: np.ndarray, simulated: Sequence[np.ndarray]) -> list[StructureFit]:
    """Return the fit of every distribution that varies in the data or in the model."""
    fits = [fit_of(data, statistic, observed, simulated) for statistic in STATISTICS]
    return [fit for fit in fits if fit.simulated.std() > 0 and (fit.distance > 0 or fit.simulated.std(axis=0).any())]


def fit_eies(folder: Path, replicates: int, seed: int, overrides: Overrides, jobs: int | None) -> NetworkFit:
    """Friends among the 32 after eight months, from the observed start."""
    data, made = eies.read(folder), eies.setting(overrides)
    assert data.end is not None
    before, after = data.start >= eies.FRIEND, data.end >= eies.FRIEND

    def run(replicate: int) -> np.ndarray:
        return trust_matrix(run_to(eies.open_world(data, made, seed, replicate), eies.WEEKS))

    trust = futures_of(run, replicates, jobs)
    friends = [each >= eies.FRIEND_TRUST for each in trust]
    predicted = predictions(
        "EIES, friends", before, after, off_diagonal(eies.PEOPLE), np.mean(trust, axis=0), replicates
    )
    return NetworkFit(structure("EIES, friends", after, friends), predicted)


def fit_newcomb(folder: Path, replicates: int, seed: int, overrides: Overrides, jobs: int | None) -> NetworkFit:
    """Whom the 17 like best in the last week; they start from nothing, so no ties are predicted."""
    observed = top_choices(newcomb.read(folder)[-1], CHOICES)
    liking = newcomb.liking_each_week(overrides)

    def run(replicate: int) -> np.ndarray:
        return top_choices(liking(seed, replicate)[-1], CHOICES)

    return NetworkFit(structure("Newcomb, five best liked", observed, futures_of(run, replicates, jobs)), [])


def sectors_of(graph: np.ndarray) -> np.ndarray:
    """Return sectors for people of whom none are known: communities of a graph by greedy modularity: int32 (n,)."""
    sector = np.zeros(len(graph), np.int32)
    found = nx.community.greedy_modularity_communities(nx.from_numpy_array(graph))
    for number, members in enumerate((each for each in found if len(each) >= FEWEST), start=1):
        sector[list(members)] = number
    return np.unique(sector, return_inverse=True)[1].astype(np.int32)


def community_world(wave: amends.Wave, overrides: Overrides, seed: int, replicate: int) -> World:
    """Return a world that starts from the friendships of a wave, and from nothing else."""
    named = wave.named["friendship"]
    people = len(named)
    scenario = strangers_scenario(people, 1, amends.BETWEEN, {**CLOSED, **meeting(ENCOUNTERS), **overrides})
    trust = np.where(named, NAMED_TRUST, 0.0)
    return world_of_trust(scenario, trust, sectors_of(named | named.T), seed, replicate)


def fit_amends(folder: Path, replicates: int, seed: int, overrides: Overrides, jobs: int | None) -> NetworkFit:
    """Friends in every wave after the first, from the wave before; structure in the last."""
    waves, predicted, fits = amends.read(folder), [], []
    for number, (first, second) in enumerate(pairwise(waves), start=1):

        def run(replicate: int, wave: amends.Wave = first) -> np.ndarray:
            return trust_matrix(run_to(community_world(wave, overrides, seed, replicate), amends.BETWEEN))

        trust = futures_of(run, replicates, jobs)
        before, after, judged = first.named["friendship"], second.named["friendship"], first.judged & second.judged
        name = f"AMENDS, friends, wave {number} to {number + 1}"
        predicted += predictions(name, before, after, judged, np.mean(trust, axis=0), replicates)
        if number == len(waves) - 1:
            there = np.flatnonzero(first.interviewed & second.interviewed)
            seen = after[np.ix_(there, there)]
            errors = np.random.default_rng((seed, amends.PEOPLE))
            graphs = [amends.named_friends(each[np.ix_(there, there)], int(seen.sum()), errors) for each in trust]
            fits = structure(f"AMENDS, friends, wave {number + 1}", seen, graphs)
    return NetworkFit(fits, predicted)


def fit_networks(
    folders: DataFolders, replicates: int, seed: int, overrides: Overrides | None = None, jobs: int | None = None
) -> NetworkFit:
    """Return structure and prediction on the data sets whose folders are there."""
    whole = NetworkFit([], [])
    for folder, fit in ((folders.eies, fit_eies), (folders.newcomb, fit_newcomb), (folders.amends, fit_amends)):
        if folder is not None:
            found = fit(folder, replicates, seed, overrides or {}, jobs)
            whole = NetworkFit(whole.structure + found.structure, whole.prediction + found.prediction)
    return whole
