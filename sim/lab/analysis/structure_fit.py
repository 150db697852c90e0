"""Fit of structure: distributions of degree, distance and triads, and the prediction of which ties form and end.

As RSiena's sienaGOF does (Lospinoso & Snijders 2019, Methodological Innovations 12), a whole distribution is compared at
once: the Mahalanobis distance of the observed one from the simulated ones, and the Monte Carlo p value, the share of
simulated ones that lie as far or further out.  A small p value says that the observed network is unlike simulated ones.

Graphs are bool (n, n), row names column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import shortest_path
from scipy.stats import rankdata

from sim.lab.analysis.matrix_measures import common_contacts, off_diagonal

DEGREES = tuple(range(9))
DISTANCES = tuple(range(1, 6))
TRIADS = (
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U", "030T", "030C", "201", "120D", "120U", "120C", "210", "300",
)  # fmt: skip
FOLDS = 5
RIDGE = 1e-3
NEWTON_STEPS = 25
CONSTANT = 1e-9
"""Spread below which a part of a distribution is the same in all futures."""


def indegrees(graph: np.ndarray) -> np.ndarray:
    """Return the share of members named at most 0, 1, ... times: float64, as long as `DEGREES`."""
    named = graph.sum(axis=0)
    return np.array([np.mean(named <= number) for number in DEGREES])


def outdegrees(graph: np.ndarray) -> np.ndarray:
    """Return the share of members who name at most 0, 1, ... others: float64, as long as `DEGREES`."""
    return indegrees(graph.T)


def distances(graph: np.ndarray) -> np.ndarray:
    """Return the share of ordered pairs at most 1, 2, ... steps apart along ties: float64, as long as `DISTANCES`."""
    steps = shortest_path(graph.astype(float), unweighted=True)[off_diagonal(len(graph))]
    return np.array([np.mean(steps <= number) for number in DISTANCES])


def triad_census(graph: np.ndarray) -> np.ndarray:
    """Return the share of triads of each of the 16 types (Holland & Leinhardt 1970): float64, in order of `TRIADS`."""
    census = nx.triadic_census(nx.from_numpy_array(graph, create_using=nx.DiGraph))
    counts = np.array([census[name] for name in TRIADS], float)
    return np.asarray(counts / counts.sum())


STATISTICS: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], tuple[str, ...]]] = {
    "times named": (indegrees, tuple(map(str, DEGREES))),
    "others named": (outdegrees, tuple(map(str, DEGREES))),
    "distance": (distances, tuple(map(str, DISTANCES))),
    "triads": (triad_census, TRIADS),
}
"""Distributions by name, with the names of their parts."""


class StructureFit(NamedTuple):
    """One distribution of one data set: observed (parts,), simulated (futures, parts), distance and Monte Carlo p value."""

    data: str
    statistic: str
    observed: np.ndarray
    simulated: np.ndarray
    distance: float
    p: float

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of the distribution."""
        return STATISTICS[self.statistic][1]


def mahalanobis(points: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return the squared Mahalanobis distance of points (m, parts) from a sample (futures, parts): float64 (m,).

    Infinite where a point differs in a part that is the same in all of the sample.  The covariance is inverted in the sense
    of Moore and Penrose, since shares add up.
    """
    middle, spread = sample.mean(axis=0), sample.std(axis=0)
    varies = spread > CONSTANT
    away = np.any(np.abs(points - middle)[:, ~varies] > CONSTANT, axis=1)
    if not varies.any() or len(sample) < 2:
        return np.where(away, np.inf, 0.0)
    scaled = ((points - middle) / np.where(varies, spread, 1.0))[:, varies]
    inverse = np.linalg.pinv(np.atleast_2d(np.corrcoef(sample[:, varies], rowvar=False)), rcond=1e-8, hermitian=True)
    return np.where(away, np.inf, np.einsum("ij,jk,ik->i", scaled, inverse, scaled))


def fit_of(data: str, statistic: str, observed: np.ndarray, simulated: Sequence[np.ndarray]) -> StructureFit:
    """Compare one distribution of an observed graph with those of simulated graphs."""
    measure = STATISTICS[statistic][0]
    point, sample = measure(observed), np.array([measure(graph) for graph in simulated])
    distance = float(mahalanobis(point[None, :], sample)[0])
    others = mahalanobis(sample, sample)
    return StructureFit(data, statistic, point, sample, distance, float(np.mean(others >= distance - CONSTANT)))


def auc(scores: np.ndarray, hits: np.ndarray) -> float:
    """Return the chance that a hit has a higher score than a miss, equal scores counting half; NaN without either."""
    right, wrong = int(hits.sum()), int((~hits).sum())
    if not right or not wrong:
        return np.nan
    return float((rankdata(scores)[hits].sum() - right * (right + 1) / 2) / (right * wrong))


def logistic(features: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """Return the coefficients, constant first, of a logistic regression with a slight ridge: by Newton's method."""
    design = np.column_stack((np.ones(len(features)), features))
    weights = np.zeros(design.shape[1])
    penalty = RIDGE * np.eye(len(weights))
    for _ in range(NEWTON_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        slope = design.T @ (hits - chance) - penalty @ weights
        curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + penalty
        weights = weights + np.linalg.solve(curvature, slope)
    return weights


def closure_scores(graph: np.ndarray, pairs: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """Return the score of each ordered pair (m, 2) from a logistic regression that was fitted on the other pairs.

    It knows common contacts (log of one more) and whether the other end names this one.  Both directions of a pair are in
    the same of `FOLDS` folds.
    """
    common = common_contacts(graph | graph.T)
    first, second = pairs[:, 0], pairs[:, 1]
    features = np.column_stack((np.log1p(common[first, second]), graph[second, first].astype(float)))
    fold = np.random.default_rng(len(graph)).integers(0, FOLDS, graph.shape)
    folds = fold[np.minimum(first, second), np.maximum(first, second)]
    scores = np.zeros(len(pairs))
    for number in range(FOLDS):
        here = folds == number
        weights = logistic(features[~here], hits[~here].astype(float))
        scores[here] = weights[0] + features[here] @ weights[1:]
    return scores


class Prediction(NamedTuple):
    """How well it is predicted which ordered pairs form or end a tie: AUC of the model and of baselines.

    `what`: "form" or "end".  `hits` of `pairs` did.  `closure`: the logistic of `closure_scores`.  `random`: graphs as dense as
    the observed one, as many as simulated futures.
    """

    data: str
    what: str
    pairs: int
    hits: int
    model: float
    common: float
    closure: float
    random: float


def predictions(
    data: str, before: np.ndarray, after: np.ndarray, judged: np.ndarray, trust: np.ndarray, futures: int
) -> list[Prediction]:
    """Return how well ties that form, and ties that end, are predicted from `before`.

    `before`, `after`: observed graphs.  `judged`: ordered pairs observed both times.  `trust`: mean simulated trust at the
    end, which is the model's score.  All (n, n).
    """
    luck = np.random.default_rng(len(before))
    density = float(after[judged].mean())
    chance = luck.binomial(futures, density, before.shape) / max(futures, 1)
    common = common_contacts(before | before.T).astype(float)
    found = []
    for what, among, sign in (("form", judged & ~before, 1.0), ("end", judged & before, -1.0)):
        pairs = np.argwhere(among)
        hits = after[among] if what == "form" else ~after[among]
        scores = [sign * each[among] for each in (trust, common)]
        found.append(
            Prediction(
                data,
                what,
                len(pairs),
                int(hits.sum()),
                auc(scores[0], hits),
                auc(scores[1], hits),
                auc(closure_scores(before, pairs, hits), hits) if hits.any() and not hits.all() else np.nan,
                auc(sign * chance[among], hits),
            )
        )
    return found
