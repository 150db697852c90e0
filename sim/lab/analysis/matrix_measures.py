"""Measures on plain matrices, so that data and model are measured by the same code."""

from __future__ import annotations

import numpy as np

from sim.model.state import World
from sim.model.tie_rows import half, halves


def trust_matrix(world: World) -> np.ndarray:
    """Return the trust of row in column among all members so far, 0 where there is none: float64 (n, n)."""
    number = int(world.network[0].members)
    trust = np.zeros((number, number))
    ends = halves(world)
    trust[ends.member, world.contacts[ends.place]] = world.ties["trust"][ends.place]
    return trust


def give_trust(world: World, trust: np.ndarray) -> None:
    """Set the trust of each end of every tie that a world has.  `trust`: row trusts column, float64 (n, n)."""
    for i in range(len(trust)):
        for slot in range(world.members[i].degree):
            tie = half(world, i, slot)
            tie.trust = trust[i, tie.other]


def off_diagonal(n: int) -> np.ndarray:
    """Return which entries of a matrix are pairs of two different members."""
    return ~np.eye(n, dtype=bool)


def either(trust: np.ndarray) -> np.ndarray:
    """Return which pairs are tied, from one side or both: bool (n, n), symmetric."""
    return (trust > 0) | (trust.T > 0)


def gifts_logged(world: World) -> np.ndarray:
    """Return the rows of the gift ledger that are in use."""
    return np.array(world.ledger[: world.network[0].gifts_logged])


def density(graph: np.ndarray) -> float:
    """Return the share of pairs that are tied.  `graph`: bool (n, n), symmetric, nothing on the diagonal; so for all below."""
    n = len(graph)
    return float(graph.sum() / (n * (n - 1))) if n > 1 else np.nan


def transitivity(graph: np.ndarray) -> float:
    """Return the share of pairs of contacts that are tied to each other; NaN without such pairs."""
    a = graph.astype(np.float64)
    degree = a.sum(axis=1)
    pairs = float((degree * (degree - 1)).sum())
    return float(((a @ a) * a).sum() / pairs) if pairs else np.nan


def centralisation(graph: np.ndarray) -> float:
    """Return Freeman's (1979) degree centralisation: 1 in a star, 0 if all have as many ties; NaN below three nodes."""
    n = len(graph)
    degree = graph.sum(axis=1)
    return float((degree.max() - degree).sum() / ((n - 1) * (n - 2))) if n > 2 else np.nan


def top_share(amounts: np.ndarray, number: int) -> float:
    """Return the share of a total that the `number` largest amounts make up; NaN if there is nothing."""
    total = float(amounts.sum())
    return float(np.sort(amounts)[::-1][:number].sum() / total) if total else np.nan


def bottom_share(amounts: np.ndarray, number: int) -> float:
    """Return the share of a total that the `number` smallest amounts make up; NaN if there is nothing."""
    total = float(amounts.sum())
    return float(np.sort(amounts)[:number].sum() / total) if total else np.nan


def answered(messages: np.ndarray) -> float:
    """Return the share of ordered pairs with messages that have some in the other direction; NaN without messages."""
    sent = messages > 0
    return float((sent & sent.T).sum() / sent.sum()) if sent.any() else np.nan


def answered_weight(messages: np.ndarray) -> float:
    """Return the share of messages matched by one the other way: twice the lesser direction, over all."""
    total = float(messages.sum())
    return float(np.minimum(messages, messages.T).sum() / total) if total else np.nan


def touching(messages: np.ndarray, who: int) -> float:
    """Return the share of messages from or to one node; NaN without messages."""
    total = float(messages.sum())
    return float((messages[who].sum() + messages[:, who].sum()) / total) if total else np.nan


def common_contacts(graph: np.ndarray) -> np.ndarray:
    """Return the number of common contacts of every pair: int64 (n, n)."""
    a = graph.astype(np.int64)
    return a @ a
