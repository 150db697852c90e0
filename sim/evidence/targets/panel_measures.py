"""Measures of directed ties seen several times: which form, which end, who is chosen again.

Everything is a function of bool matrices (n, n), row names column, nothing on the diagonal.  Two are in common contact if
either names the other, as in the data.
"""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Counted
from sim.lab.analysis.matrix_measures import common_contacts, off_diagonal


def count(hits: np.ndarray, among: np.ndarray) -> Counted:
    """Count the ordered pairs `among` that are `hits`."""
    return Counted(float((hits & among).sum()), float(among.sum()))


def by_common(graph: np.ndarray) -> dict[str, np.ndarray]:
    """Return which pairs have no, one, or two and more common contacts in a symmetric graph."""
    common = common_contacts(graph)
    return {"0": common == 0, "1": common == 1, "2": common >= 2}


def turnover(before: np.ndarray, after: np.ndarray, among: np.ndarray | None = None) -> dict[str, Counted]:
    """Count ordered pairs that formed a tie or lost it between two times.

    - `formed_0`, `_1`, `_2`: pairs not tied either way, by common contacts; `formed_chosen`, `formed_unchosen`: pairs
      without a tie, if the other end had one or not.
    - `lost_0`, `_1`, `_2`: ties by common contacts; `lost_some`: ties with any; `lost_mutual`, `lost_one_sided`; `lost`: all.

    `among`: ordered pairs that could be judged at both times; all by default.
    """
    judged = off_diagonal(len(before)) if among is None else among & off_diagonal(len(before))
    either, mutual = before | before.T, before & before.T
    counts = {"lost": count(~after, judged & before)}
    for name, pairs in by_common(either).items():
        counts[f"formed_{name}"] = count(after, judged & ~either & pairs)
        counts[f"lost_{name}"] = count(~after, judged & before & pairs)
    counts["lost_some"] = count(~after, judged & before & (common_contacts(either) > 0))
    counts["formed_chosen"] = count(after, judged & ~before & before.T)
    counts["formed_unchosen"] = count(after, judged & ~either)
    counts["lost_mutual"] = count(~after, judged & mutual)
    counts["lost_one_sided"] = count(~after, judged & before & ~mutual)
    return counts


def added(counts: list[dict[str, Counted]]) -> dict[str, Counted]:
    """Return the sums of counts of the same names."""
    return {
        name: Counted(sum(each[name].hits for each in counts), sum(each[name].total for each in counts))
        for name in counts[0]
    }


def same_choices(before: np.ndarray, after: np.ndarray) -> Counted:
    """Count choices made at both times, of those made at either: Jaccard similarity."""
    return count(before & after, before | after)


def returned(choices: np.ndarray) -> Counted:
    """Count choices that are returned: reciprocity."""
    return count(choices.T, choices)


def closed(choices: np.ndarray) -> Counted:
    """Count directed two-paths i to j to k, i and k different, with a choice of k by i: directed transitivity."""
    steps = choices.astype(np.int64)
    paths = steps @ steps
    np.fill_diagonal(paths, 0)
    return Counted(float(paths[choices].sum()), float(paths.sum()))


def to_most_chosen(choices: np.ndarray, number: int) -> Counted:
    """Count choices that go to the `number` most often chosen."""
    received = np.sort(choices.sum(axis=0))[::-1]
    return Counted(float(received[:number].sum()), float(received.sum()))


def top_choices(liking: np.ndarray, number: int) -> np.ndarray:
    """Return for each row its `number` highest entries off the diagonal: bool (n, n); among equals the first."""
    scores = np.where(off_diagonal(len(liking)), liking, -np.inf)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :number]
    chosen: np.ndarray = np.zeros(scores.shape, bool)
    np.put_along_axis(chosen, best, True, axis=1)
    chosen &= off_diagonal(len(liking))
    return chosen


def strongest(liking: np.ndarray, number: int, among: np.ndarray | None = None) -> np.ndarray:
    """Return the `number` highest positive entries of all off the diagonal: bool (n, n).

    Names as many as the data do: a threshold that is set by the number of names rather than by trust.
    """
    judged = off_diagonal(len(liking)) if among is None else among & off_diagonal(len(liking))
    scores = np.where(judged & (liking > 0), liking, -np.inf).ravel()
    best = np.argsort(-scores, kind="stable")[:number]
    chosen = np.zeros(scores.shape, bool)
    chosen[best] = np.isfinite(scores[best])
    return chosen.reshape(liking.shape)
