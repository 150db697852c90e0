"""`gennet worth` on a made-up sweep in which one factor decides which strategy is better."""

import json
from io import StringIO
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import norm

from sim.cli.commands.worth_command import print_worth
from sim.lab.analysis.runs import AnalysisError
from sim.lab.analysis.worth import partial_information, perfect_information
from sim.lab.analysis.worth_of_sweep import benefits_of, worth_of
from sim.lab.experiment.reading import SweepResults
from sim.output.report import sections
from tests.lab.analysis.tables import experiment_of, table_of, uniform, with_factors

NAMES = ("none", "weave")


def made_up(tmp_path, seeds_of_their_own=True, worlds=200):
    """Return a sweep whose first factor x, from 0 to 1, makes weaving bring 20 x - 4 more outputs for $10,000."""
    rng = np.random.default_rng(1)
    factors = [uniform("trust.decay"), uniform("trust.gain")]
    sample = rng.random((worlds, 2))
    outputs = np.stack([np.zeros((worlds, 2)), np.repeat(20 * sample[:, :1] - 4, 2, axis=1)], axis=-1)
    outputs = outputs + rng.normal(0, 2, outputs.shape)
    cost = np.broadcast_to([0.0, 10_000.0], outputs.shape)
    runs = with_factors(table_of(worlds, 2, NAMES, {"outputs": outputs, "cost": cost}), factors, sample)
    if seeds_of_their_own:
        runs = runs.assign(seed=runs["point"] + 100)
    experiment = experiment_of("lhs", factors, worlds) | {"strategies": list(NAMES)}
    return SweepResults(tmp_path, {}, experiment, runs)


def test_what_decides_is_worth_knowing_and_the_rest_is_not(tmp_path):
    """With y = 5,000 (20 x - 4) - 10,000, from -30,000 to 70,000: knowing x is worth the mean of max(0, -y), 4,500."""
    benefits, factors = benefits_of(made_up(tmp_path), 5000.0)
    everything = perfect_information(benefits)
    known = partial_information(benefits, factors["trust.decay"][:, None])
    other = partial_information(benefits, factors["trust.gain"][:, None])
    for one in (everything, known):
        assert abs(one.mean - 4_500) < 2 * (one.high - one.mean) / 1.96 + 500
    assert other.mean < 0.1 * known.mean
    assert json.dumps(known.mean)


def test_a_sweep_that_does_not_allow_it_is_refused(tmp_path):
    for wrong in (made_up(tmp_path, seeds_of_their_own=False), made_up(tmp_path, worlds=20)):
        with pytest.raises(AnalysisError, match="the value of information needs a sweep"):
            benefits_of(wrong, 5000.0)


def test_the_report_has_a_section_with_what_is_clearly_worth_knowing(tmp_path):
    results = made_up(tmp_path)
    known = worth_of(results)
    assert known.clear == ["trust.decay"] and known.order[0] == "trust.decay"
    found = SimpleNamespace(worth=known, labels={"trust.decay": "decay", "trust.gain": "gain"})
    section = sections.worth(found)
    text = section.blocks[0].text
    assert "By factor: decay $" in text and "gain" not in text
    assert sections.worth(SimpleNamespace(worth=None)) is None


def two_and_a_dummy(tmp_path, worlds=400):
    """Return a sweep in which weaving is worth $2,000 + $6,000 a + $3,000 b more, a and b standard normal, with luck."""
    rng = np.random.default_rng(4)
    factors = [uniform(key) for key in ("customized.introduction_hours", "choice.success", "leaving.hazard")]
    sample = rng.normal(size=(worlds, 3))
    outputs = np.zeros((worlds, 4, 2))
    outputs[..., 1] = (2 + sample @ [6.0, 3.0, 0.0])[:, None]
    outputs += rng.normal(0, 5, outputs.shape)
    runs = with_factors(table_of(worlds, 4, NAMES, {"outputs": outputs, "cost": 0 * outputs}), factors, sample)
    experiment = experiment_of("lhs", factors, worlds) | {"strategies": list(NAMES)}
    return SweepResults(tmp_path, {}, experiment, runs.assign(seed=runs["point"] + 100))


def test_an_answer_that_settles_two_factors_is_worth_the_closed_form(tmp_path):
    """Knowing a normal difference of mean m and deviation s is worth s phi(m / s) - m Phi(-m / s)."""
    known = worth_of(two_and_a_dummy(tmp_path), 1000.0)
    introduction, leaving = "How long does an introduction take, and does it work?", "How fast do volunteers leave?"
    assert list(known.questions) == [introduction, leaving] and known.clear_questions == [introduction]
    mean, deviation = 2000.0, 1000 * np.sqrt(45)
    truth = deviation * norm.pdf(mean / deviation) - mean * norm.cdf(-mean / deviation)
    answer = known.questions[introduction]
    assert answer.factors == ("customized.introduction_hours", "choice.success")
    assert abs(answer.worth.mean - truth) < 2 * (answer.worth.high - answer.worth.mean) / 1.96
    assert answer.worth.mean > known.factors["customized.introduction_hours"].mean > known.noise
    assert known.questions[leaving].worth == known.factors["leaving.hazard"] and "leaving.hazard" not in known.clear


def test_the_command_and_the_report_mark_what_is_not_above_noise(tmp_path):
    results = two_and_a_dummy(tmp_path, 100)
    known, labels = worth_of(results, 1000.0), {factor.key: factor.key for factor in results.factors}
    console = Console(file=StringIO(), width=160)
    print_worth(console, known, labels)
    section = sections.worth(SimpleNamespace(worth=known, labels=labels))
    text = section.blocks[0].text
    assert "By question: How long does an introduction take" in text and "volunteers" not in text
    lines = console.file.getvalue().splitlines()
    marked = [
        line.split("  ")[0] for line in lines if "not above noise" in line and "$" in line and "Noise" not in line
    ]
    rows = [row[0] for row in section.blocks[2].blocks[0].rows if row[1] == "not above noise"]
    assert sorted(marked) == sorted(rows) and "leaving.hazard" in marked
