"""Draws of everything that is uncertain: worlds of a scenario, each as values by key.

Every parameter that declares a plausible range is drawn from it, except how things are measured and what the scenario sets,
which is known.  `[worlds]` in a scenario file gives other distributions, lets traits of the start network vary,
correlates pairs (by a normal copula) and derives parameters from others; a fact about a parameter narrows its range.  A draw
is keyed by seed, world and key, like luck: every strategy meets the same worlds, the first ten are the same whatever their
number, and a further parameter changes no other draw.
"""

from __future__ import annotations

import ast
import hashlib
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import scipy

from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.errors import TableFaults, number_text
from sim.lab.experiment.designs import Factor, Value
from sim.lab.experiment.targets import Spec, factor_of, target_of
from sim.model.declarations import BY_KEY, NUMBER, PARAMETERS
from sim.model.parameters import Parameter

DEFINITIONS = ("measures", "stages", "organisation")
"""Groups of parameters that say how things are measured, or what a comparator is: not part of an uncertain world."""
OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}


def uncertain() -> tuple[Parameter, ...]:
    """Return the parameters that are drawn: those with a plausible range."""
    return tuple(p for p in PARAMETERS if p.group not in DEFINITIONS and p.plausible and p.range[1] > p.range[0])


def uniform(seed: int, world: int, key: str) -> float:
    """Return a number from 0 to 1, evenly spread over worlds and keys."""
    digest = hashlib.blake2b(f"{seed}/{world}/{key}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64


@dataclass(frozen=True)
class WorldPlan:
    """How the worlds of a scenario are drawn.

    `factors`: what is drawn.  `correlated`: keys that are correlated, and `root`, a square root of their correlations.
    `derived`: formulas by key.  `fixed`: value of every parameter that formulas may need and that is not drawn.
    """

    factors: tuple[Factor, ...]
    correlated: tuple[str, ...]
    root: np.ndarray
    derived: Mapping[str, ast.expr]
    fixed: Mapping[str, float]

    def draw(self, seed: int, world: int) -> dict[str, Value]:
        """Return one world as values by key."""
        shares = {factor.key: uniform(seed, world, factor.key) for factor in self.factors}
        if self.correlated:
            normal = self.root @ scipy.special.ndtri([shares[key] for key in self.correlated])
            shares |= zip(self.correlated, scipy.special.ndtr(normal).tolist(), strict=True)
        values: dict[str, Value] = {factor.key: factor.quantile(shares[factor.key]) for factor in self.factors}
        known = {**self.fixed, **{key: value for key, value in values.items() if not isinstance(value, str)}}
        return values | {key: self.derive(key, formula, known) for key, formula in self.derived.items()}

    def derive(self, key: str, formula: ast.expr, known: Mapping[str, float]) -> float:
        """Return what a formula gives, kept within the parameter's bounds.  Raises ScenarioError."""
        try:
            value = float(evaluated(formula, known))
        except (ArithmeticError, ValueError, TypeError) as fault:
            raise ScenarioError(f"worlds.derived.{key} cannot be computed in every world: {fault}") from None
        low, high = BY_KEY[key].low, BY_KEY[key].high
        if not math.isfinite(value):
            raise ScenarioError(f"worlds.derived.{key} is {value} in some world; a number is needed")
        value = min(max(value, low), high)
        return float(round(value)) if BY_KEY[key].whole else value


@lru_cache(maxsize=16)
def plan_of(scenario: Scenario) -> WorldPlan:
    """Return how the worlds of a scenario are drawn.  Raises ScenarioError for a table `worlds` that does not fit it."""
    settings, where = scenario.worlds, f"{scenario.path or scenario.title}: worlds"
    derived = {key: formula_of(key, text, where) for key, text in settings.derived.items()}
    factors = {
        p.key: Factor(p.key, "uncertain", p.label, p.unit, "int" if p.whole else "float", "uniform", *p.range)
        for p in uncertain()
        if p.key not in scenario.parameters
    }
    for key, given in settings.ranges.items():
        factors[key] = range_of(scenario, key, Spec.model_validate(given.model_dump(exclude_none=True)), where)
    for key in derived:
        factors.pop(key, None)
    factors = {key: narrowed(factor, scenario) for key, factor in factors.items()}
    pairs = {pair: one.value for one in settings.correlations for pair in (one.between, one.between[::-1])}
    keys = tuple(dict.fromkeys(key for pair in pairs for key in pair))
    missing = next((key for key in keys if key not in factors), None)
    if missing is not None:
        raise ScenarioError(f"{where}.correlations: {missing!r} is not drawn; allowed are keys of uncertain numbers")
    # A normal copula has the rank correlation r if the normals have 2 sin(pi r / 6) (Pearson 1907).
    matrix = np.array(
        [[1.0 if a == b else 2 * math.sin(math.pi * pairs.get((a, b), 0.0) / 6) for b in keys] for a in keys]
    ).reshape(len(keys), len(keys))
    try:
        root = np.linalg.cholesky(matrix) if keys else matrix
    except np.linalg.LinAlgError:
        raise ScenarioError(f"{where}.correlations contradict each other: no numbers can be correlated so") from None
    fixed = dict(zip(NUMBER, scenario.settings().tolist(), strict=True))
    return WorldPlan(tuple(factors.values()), keys, root, derived, fixed)


def range_of(scenario: Scenario, key: str, spec: Spec, where: str) -> Factor:
    """Return a factor of `worlds.ranges`.  Raises ScenarioError."""
    try:
        if key not in BY_KEY and not key.startswith("network."):
            raise TableFaults(((), "cannot vary between worlds; allowed are parameters and settings of the network"))
        target = target_of(key, scenario, tuple(scenario.strategies), (scenario.network.kind,))
        return factor_of(key, "uncertain", spec, target)
    except TableFaults as fault:
        lines = [f"{where}.ranges.{'.'.join((key, *below))} {text}" for below, text in fault.faults]
        raise ScenarioError("\n".join(lines)) from None


def narrowed(factor: Factor, scenario: Scenario) -> Factor:
    """Return a factor with its range narrowed to what a fact says of it.  Raises ScenarioError."""
    fact = scenario.facts.get(factor.key)
    if fact is None or factor.values is not None:
        return factor
    low, high = max(factor.bounds[0], fact.value - fact.within), min(factor.bounds[1], fact.value + fact.within)
    if factor.type == "int":
        low, high = math.ceil(low), math.floor(high)
    if low > high:
        raise ScenarioError(
            f"facts.{factor.key} is {number_text(fact.value)} +- {number_text(fact.within)}, in no plausible world: its "
            f"range is {number_text(factor.bounds[0])} to {number_text(factor.bounds[1])}"
        )
    return replace(factor, low=low, high=high)


def formula_of(key: str, text: str, where: str) -> ast.expr:
    """Return a formula, checked: numbers, parameters, + - * / **, min, max, exp, log, sqrt.  Raises ScenarioError."""
    name = f"{where}.derived.{key}"
    if key not in BY_KEY:
        raise ScenarioError(f"{name} is unknown; allowed are parameters")
    try:
        formula = ast.parse(text, mode="eval").body
        evaluated(formula, {other: parameter.default for other, parameter in BY_KEY.items()})
    except (SyntaxError, TypeError, ValueError, ArithmeticError, RecursionError) as fault:
        raise ScenarioError(f"{name} is {text!r}, which is not a formula: {fault}") from None
    return formula


def evaluated(node: ast.expr, known: Mapping[str, float]) -> float:
    """Return the value of a formula.  Raises TypeError for what is not allowed in one."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](evaluated(node.left, known), evaluated(node.right, known))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -evaluated(node.operand, known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        return FUNCTIONS[node.func.id](*(evaluated(argument, known) for argument in node.args))
    text = ast.unparse(node)
    if text not in known:
        raise TypeError(f"{text!r} is unknown; allowed are numbers, parameters, + - * / **, {', '.join(FUNCTIONS)}")
    return known[text]


def drawn(scenario: Scenario, seed: int, world: int) -> dict[str, Value]:
    """Return one world of a scenario as values by key.  Raises ScenarioError."""
    return plan_of(scenario).draw(seed, world)


@lru_cache(maxsize=128)
def world_scenario(scenario: Scenario, seed: int, world: int) -> Scenario:
    """Return the scenario of one world; those used last are kept.  Raises ScenarioError."""
    return scenario.with_(drawn(scenario, seed, world))
