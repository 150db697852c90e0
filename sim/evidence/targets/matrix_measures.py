"""Measures that targets are stated in, on plain matrices, so that data and model are measured by the same code."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.state import World


def trust_matrix(world: World) -> np.ndarray:
    """Trust between all members so far, 0 where there is no tie: float64 (n, n), symmetric."""
    number = int(world.network[0].members)
    trust = np.zeros((number, number))
    ties: Any = world.ties[:number]
    used = np.arange(ties.shape[1])[None, :] < world.members.degree[:number, None]
    rows, slots = np.nonzero(used)
    trust[rows, ties.other[rows, slots]] = ties.trust[rows, slots]
    return trust


def gifts_logged(world: World) -> np.ndarray:
    """The lines of the gift ledger that are in use."""
    return np.array(world.ledger[: world.network[0].gifts_logged])


def density(graph: np.ndarray) -> float:
    """Share of pairs that are tied.  `graph`: bool (n, n), symmetric, nothing on the diagonal; so for all below."""
    n = len(graph)
    return float(graph.sum() / (n * (n - 1))) if n > 1 else np.nan


def transitivity(graph: np.ndarray) -> float:
    """Share of pairs of somebody's contacts that are tied to each other; NaN without such pairs."""
    a = graph.astype(np.float64)
    degree = a.sum(axis=1)
    pairs = float((degree * (degree - 1)).sum())
    return float(((a @ a) * a).sum() / pairs) if pairs else np.nan


def centralisation(graph: np.ndarray) -> float:
    """Freeman's (1979) degree centralisation: 1 in a star, 0 where all have as many ties; NaN below three nodes."""
    n = len(graph)
    degree = graph.sum(axis=1)
    return float((degree.max() - degree).sum() / ((n - 1) * (n - 2))) if n > 2 else np.nan


def top_share(amounts: np.ndarray, number: int) -> float:
    """Share of a total that the `number` largest amounts make up; NaN if there is nothing."""
    total = float(amounts.sum())
    return float(np.sort(amounts)[::-1][:number].sum() / total) if total else np.nan


def bottom_share(amounts: np.ndarray, number: int) -> float:
    """Share of a total that the `number` smallest amounts make up; NaN if there is nothing."""
    total = float(amounts.sum())
    return float(np.sort(amounts)[:number].sum() / total) if total else np.nan


def answered(messages: np.ndarray) -> float:
    """Share of ordered pairs with messages whose other direction has some too; NaN without messages."""
    sent = messages > 0
    return float((sent & sent.T).sum() / sent.sum()) if sent.any() else np.nan


def answered_weight(messages: np.ndarray) -> float:
    """Share of messages that are matched by one the other way: sum of the lesser direction, twice, over all."""
    total = float(messages.sum())
    return float(np.minimum(messages, messages.T).sum() / total) if total else np.nan


def touching(messages: np.ndarray, who: int) -> float:
    """Share of messages from or to one node; NaN without messages."""
    total = float(messages.sum())
    return float((messages[who].sum() + messages[:, who].sum()) / total) if total else np.nan


def common_contacts(graph: np.ndarray) -> np.ndarray:
    """Contacts in common of every pair: int64 (n, n)."""
    a = graph.astype(np.int64)
    return a @ a


def share(hits: np.ndarray, among: np.ndarray) -> float:
    """Share of the pairs `among` which `hits`, each pair counted once: both bool (n, n), symmetric.  NaN if none."""
    upper = np.triu(among, 1)
    total = int(upper.sum())
    return float((hits & upper).sum() / total) if total else np.nan
