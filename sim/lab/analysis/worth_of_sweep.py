"""Value of information from a sweep: of everything uncertain, of each factor, and of the answer to each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.lab.analysis.events import Estimate
from sim.lab.analysis.runs import AnalysisError, block
from sim.lab.analysis.worth import coherent, noise_level, partial_information, perfect_information
from sim.lab.analysis.worth_questions import questions_on
from sim.lab.experiment.reading import SweepResults
from sim.lab.sizes import OUTPUT_WORTH

FEWEST_WORLDS = 50


@dataclass(frozen=True)
class QuestionWorth:
    """What it is worth to answer a question.  `factors`: those of its parameters that the sweep varies."""

    factors: tuple[str, ...]
    worth: Estimate


@dataclass(frozen=True)
class WorthOfKnowing:
    """Expected value of knowing everything uncertain, each factor, and the answer to each question, in dollars for one decision.

    `output_worth`: what an output is worth, dollars.  `worlds`, `futures`: behind it.  `factors`: by key.  `questions`: the
    one most worth answering first.  `noise`: 95% of random orders of the worlds show no factor or question worth more.
    """

    output_worth: float
    worlds: int
    futures: int
    everything: Estimate
    factors: Mapping[str, Estimate]
    questions: Mapping[str, QuestionWorth]
    noise: float

    @property
    def order(self) -> list[str]:
        """Factors, the one most worth knowing first."""
        return sorted(self.factors, key=lambda key: -self.factors[key].mean)

    @property
    def clear(self) -> list[str]:
        """Factors that are clearly worth knowing, in that order."""
        return [key for key in self.order if self.is_clear(self.factors[key])]

    @property
    def clear_questions(self) -> list[str]:
        """Questions that are clearly worth answering, in their order."""
        return [question for question, one in self.questions.items() if self.is_clear(one.worth)]

    def is_clear(self, value: Estimate) -> bool:
        """Return whether a value is above the noise level, and its interval begins above $0."""
        return value.mean > self.noise and value.low > 0


def worth_of(results: SweepResults, output_worth: float = OUTPUT_WORTH) -> WorthOfKnowing:
    """Return what knowing would be worth.  Raises AnalysisError for a sweep that does not allow it."""
    benefits, factors = benefits_of(results, output_worth)
    keys_of = questions_on(factors)
    parts = {key: partial_information(benefits, values[:, None]) for key, values in factors.items()}
    groups = {question: np.column_stack([factors[key] for key in keys]) for question, keys in keys_of.items()}
    joint = {
        question: parts[keys[0]] if len(keys) == 1 else partial_information(benefits, groups[question])
        for question, keys in keys_of.items()
    }
    noise = noise_level(benefits, [*(values[:, None] for values in factors.values()), *groups.values()])
    question_of = {key: 1 + place for place, keys in enumerate(keys_of.values()) for key in keys}
    everything, *others = coherent(
        [perfect_information(benefits), *joint.values(), *parts.values()],
        [0] * (1 + len(joint)) + [question_of.get(key, 0) for key in parts],
        noise,
    )
    pairs = zip(keys_of.items(), others, strict=False)
    questions = {question: QuestionWorth(keys, worth) for (question, keys), worth in pairs}
    questions = dict(sorted(questions.items(), key=lambda pair: -pair[1].worth.mean))
    parts = dict(zip(parts, others[len(joint) :], strict=True))
    worlds, futures = benefits.shape[:2]
    return WorthOfKnowing(output_worth, worlds, futures, everything, parts, questions, noise)


def benefits_of(results: SweepResults, output_worth: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return net benefits, (worlds, futures, strategies), and the uncertain factors' values by world.

    Raises AnalysisError for a sweep that does not allow it.
    """
    names, horizon = results.strategies, float(results.experiment["weeks"])
    uncertain = [factor for factor in results.factors if factor.role == "uncertain"]
    outputs, costs = (block(results.done, name, names, horizon) for name in ("outputs", "cost"))
    worlds, futures = outputs.values.shape[:2]
    if len(names) < 2 or not uncertain or outputs.shared or futures < 2 or worlds < FEWEST_WORLDS:
        raise AnalysisError(
            f'the value of information needs a sweep of design "lhs" with two strategies or more, uncertain factors, at least '
            f"{FEWEST_WORLDS} worlds, seeds of their own in each, and two futures of each; this one has {len(names)} strategies, "
            f"{len(uncertain)} uncertain factors, {worlds} worlds and {futures} futures of each"
        )
    first = results.done.drop_duplicates("point").set_index("point").loc[outputs.points]
    values = {factor.key: factor.coded(first[factor.key]) for factor in uncertain}
    return output_worth * outputs.values - costs.values, values
