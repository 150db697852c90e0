"""Scenario discovery: the worlds in which a strategy fails, as rules in words, or "no simple rule".

A shallow decision tree (Breiman et al. 1984, scikit-learn) partitions the worlds by their factors; parts in which failing is
clearly more common become rules, with coverage (share of the failing worlds that they hold) and density (share of their worlds
that fail), the measures of Bryant & Lempert (2010).  A rule's own figures are in sample.  Out-of-sample figures come from
cross-validation, so from other trees' rules; they are stated separately, and rules that fail out of sample are not reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.lab.analysis.factor_groups import short
from sim.lab.experiment.designs import Factor

DEPTH, FOLDS, REPEATS = 3, 5, 4
FEWEST = 10
BETTER = 0.6
"""Balanced accuracy out of sample, less one standard error, from which a tree counts as a rule; 0.5 is guessing."""


@dataclass(frozen=True)
class Rule:
    """A part of the worlds in words, with the share of failing worlds in it and the share of its worlds that fail."""

    words: str
    coverage: float
    density: float
    worlds: int


@dataclass(frozen=True)
class Discovery:
    """The result of scenario discovery.  `rules`: empty if there is no simple rule, for the reason `why`.

    `base`: share of worlds that fail.  `coverage`, `density`: of all rules together, out of sample.  `accuracy`: balanced,
    out of sample; `error`: its standard error, corrected for overlapping folds.
    """

    rules: tuple[Rule, ...]
    worlds: int
    base: float
    accuracy: float | None
    error: float | None
    coverage: float | None
    density: float | None
    why: str

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.base in (0.0, 1.0) and self.worlds:
            return f"{'In all' if self.base else 'In none'} of {self.worlds:,} worlds: there is nothing to explain."
        if not self.rules:
            return f"No simple rule: {self.why}."
        of_all = f" ({100 * self.base:.0f}% of all worlds do)"
        parts = "; or where ".join(
            f"{rule.words}: {100 * rule.density:.0f}% of these {rule.worlds:,} worlds fail{of_all * (rule is self.rules[0])}, "
            f"which is {100 * rule.coverage:.0f}% of all failures"
            for rule in self.rules
        )
        return (
            f"Where {parts}. These figures are from the worlds that the {'rule was' if len(self.rules) == 1 else 'rules were'} "
            f"fitted to. In cross-validation such rules cover {100 * (self.coverage or 0):.0f}% of the failures, and "
            f"{100 * (self.density or 0):.0f}% of the worlds that they cover fail."
        )


def discover(
    worlds: pd.DataFrame, failed: Sequence[bool] | np.ndarray, factors: Sequence[Factor], seed: int = 0
) -> Discovery:
    """Return rules for the worlds that fail.

    `worlds`: one row per world, with a column for each factor's key.  `failed`: bool, one per row.
    """
    target = np.asarray(failed, bool)
    base = float(target.mean()) if len(target) else 0.0
    few = min(int(target.sum()), int((~target).sum()))
    if not factors:
        return nothing(len(target), base, "nothing was varied but luck")
    if few < FEWEST:
        side = "fail" if target.sum() <= (~target).sum() else "don't fail"
        return nothing(
            len(target), base, f"only {few} of {len(target)} worlds {side}, too few to distinguish them from the others"
        )
    columns, names = coded(worlds, factors)
    scores, held = cross_validated(columns, target, seed)
    accuracy, error = float(scores.mean()), resampled_error(scores)
    hits = held & target[:, None]
    chosen, caught = held.sum(), hits.sum()
    coverage, density = float(caught / (REPEATS * target.sum())), float(caught / chosen) if chosen else 0.0
    rules = rules_of(grown(columns, target, seed), columns, target, names)
    if accuracy - error < BETTER or not rules or density <= base:
        why = (
            f"a shallow tree separates failing worlds from the others hardly better than guessing (balanced accuracy "
            f"{accuracy:.2f} on held-out worlds; guessing gives 0.50)"
        )
        return Discovery((), len(target), base, accuracy, error, coverage, density, why)
    return Discovery(rules, len(target), base, accuracy, error, coverage, density, "")


def resampled_error(scores: np.ndarray) -> float:
    """Return the standard error of the mean score of repeated cross-validation (Nadeau & Bengio 2003).

    Trees of different folds share most of their worlds, so their scores are not independent: the factor 1 / (number of
    scores) is raised by the ratio of tested to trained worlds, 1 / (folds - 1).
    """
    return float(scores.std(ddof=1) * np.sqrt(1 / len(scores) + 1 / (FOLDS - 1)))


def nothing(worlds: int, base: float, why: str) -> Discovery:
    """Return a discovery without rules."""
    return Discovery((), worlds, base, None, None, None, None, why)


def coded(worlds: pd.DataFrame, factors: Sequence[Factor]) -> tuple[np.ndarray, list[tuple[Factor, object]]]:
    """Return columns for the tree, and for each the factor and the choice that it represents (None for numbers)."""
    columns: list[np.ndarray] = []
    names: list[tuple[Factor, object]] = []
    for factor in factors:
        values = worlds[factor.key]
        if factor.type == "choice":
            for value in factor.values or ():
                columns.append((values == value).to_numpy(float))
                names.append((factor, value))
        else:
            columns.append(values.to_numpy(float))
            names.append((factor, None))
    return np.column_stack(columns), names


def grown(columns: np.ndarray, target: np.ndarray, seed: int) -> object:
    """Return a tree of depth three with balanced class weights and leaves of at least a twentieth of the worlds."""
    from sklearn.tree import DecisionTreeClassifier

    smallest = max(5, len(target) // 20)
    tree = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=smallest, class_weight="balanced", random_state=seed
    )
    return tree.fit(columns, target)


def cross_validated(columns: np.ndarray, target: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return balanced accuracy by fold and repeat, and which worlds the rules picked out of sample: bool (worlds, repeats)."""
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedKFold

    held = np.zeros((len(target), REPEATS), bool)
    scores = []
    for repeat in range(REPEATS):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed + repeat)
        for train, test in folds.split(columns, target):
            tree = grown(columns[train], target[train], seed)
            parts = failing_parts(tree, columns[train], target[train])
            held[test, repeat] = np.isin(tree.apply(columns[test]), parts)  # type: ignore[attr-defined]
            scores.append(balanced_accuracy_score(target[test], held[test, repeat]))
    return np.array(scores), held


def failing_parts(tree: object, columns: np.ndarray, target: np.ndarray) -> list[int]:
    """Return the leaves in which failing is more common than among all worlds by a quarter of what is possible."""
    leaves = tree.apply(columns)  # type: ignore[attr-defined]
    base = target.mean()
    threshold = base + (1 - base) * 0.25
    return [int(leaf) for leaf in np.unique(leaves) if target[leaves == leaf].mean() >= threshold]


def rules_of(
    tree: object, columns: np.ndarray, target: np.ndarray, names: Sequence[tuple[Factor, object]]
) -> tuple[Rule, ...]:
    """Return the failing leaves as rules, largest coverage first; sibling leaves that both fail are one rule."""
    inner = tree.tree_  # type: ignore[attr-defined]
    parts = set(failing_parts(tree, columns, target))
    leaves = tree.apply(columns)  # type: ignore[attr-defined]
    below = {int(leaf): {int(leaf)} for leaf in np.unique(leaves)}

    def leaves_of(node: int) -> set[int]:
        left, right = int(inner.children_left[node]), int(inner.children_right[node])
        return below.get(node, set()) if left < 0 else leaves_of(left) | leaves_of(right)

    rules: list[Rule] = []

    def walk(node: int, path: list[tuple[int, bool, float]]) -> None:
        under = leaves_of(node)
        if under and under <= parts and path:
            inside = np.isin(leaves, sorted(under))
            caught = (inside & target).sum()
            words = in_words(path, names)
            rules.append(Rule(words, float(caught / target.sum()), float(caught / inside.sum()), int(inside.sum())))
            return
        if int(inner.children_left[node]) < 0:
            return
        feature, edge = int(inner.feature[node]), float(inner.threshold[node])
        walk(int(inner.children_left[node]), [*path, (feature, False, edge)])
        walk(int(inner.children_right[node]), [*path, (feature, True, edge)])

    walk(0, [])
    return tuple(sorted(rules, key=lambda rule: -rule.coverage))


def in_words(path: Sequence[tuple[int, bool, float]], names: Sequence[tuple[Factor, object]]) -> str:
    """Return a path down the tree in words, with the bounds on one factor combined."""
    bounds: dict[int, list[float]] = {}
    for feature, above, edge in path:
        low, high = bounds.setdefault(feature, [-np.inf, np.inf])
        bounds[feature] = [max(low, edge), high] if above else [low, min(high, edge)]
    parts = []
    for feature, (low, high) in bounds.items():
        factor, choice = names[feature]
        name = factor.label or factor.key
        if choice is not None:
            parts.append(f"{name} is {'' if low > 0 else 'not '}{choice}")
        elif factor.type == "bool":
            parts.append(f"{name}: {'yes' if low > 0 else 'no'}")
        elif factor.type == "int":
            parts.append(f"{name} is {whole_range(low, high)}")
        else:
            # A rate means nothing without its time.
            rate = f" {factor.unit}" if factor.unit.startswith("per ") else ""
            ends = (("above", low), ("at most", high))
            parts.append(
                f"{name} is {' and '.join(f'{word} {short(end)}{rate}' for word, end in ends if np.isfinite(end))}"
            )
    return " and ".join(parts)


def whole_range(low: float, high: float) -> str:
    """Return whole numbers between two edges, in words."""
    least, most = "" if np.isinf(low) else short(np.floor(low) + 1), "" if np.isinf(high) else short(np.floor(high))
    if least and most:
        return least if least == most else f"from {least} to {most}"
    return f"at least {least}" if least else f"at most {most}"
