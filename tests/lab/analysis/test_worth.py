"""Value of information in a linear-normal example, where it is known in closed form."""

import numpy as np
import pytest
from scipy import stats

from sim.inputs.scenario.scenario_checks import KINDS
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.worth import coherent, noise_level, partial_information, perfect_information
from sim.lab.analysis.worth_questions import QUESTIONS, questions_on
from sim.lab.experiment.targets import network_target
from sim.model.declarations import BY_KEY

MEAN, SLOPES = 2.0, np.array([6.0, 3.0, 0.0])


def unit_loss(mean, sd):
    """Return the expected value of knowing a normal difference: that of choosing by its sign instead of its mean's."""
    return sd * stats.norm.pdf(mean / sd) - abs(mean) * stats.norm.sf(abs(mean) / sd)


def made_up(rng, worlds=400, futures=4, luck=10.0):
    """Draw net benefits of two strategies, whose difference is linear in three normal parameters, with luck added."""
    parameters = rng.normal(size=(worlds, 3))
    apart = MEAN + parameters @ SLOPES
    benefits = np.stack([np.zeros(worlds), apart], axis=-1)[:, None, :] + rng.normal(0, luck, (worlds, futures, 2))
    return parameters, benefits


@pytest.fixture(scope="module")
def trials():
    """Repeat the example 25 times: EVPI, and EVPPI of each parameter and of the first two."""
    rng = np.random.default_rng(1)
    rows = []
    for k in range(25):
        parameters, benefits = made_up(rng)
        groups = [[0], [1], [2], [0, 1]]
        parts = [partial_information(benefits, parameters[:, group], k, 40) for group in groups]
        rows.append([perfect_information(benefits, k, 40), *parts])
    return rows


def truths():
    return [unit_loss(MEAN, sd) for sd in (np.sqrt(45), 6.0, 3.0)] + [0.0, unit_loss(MEAN, np.sqrt(45))]


@pytest.mark.no_cover
@pytest.mark.slow
def test_values_agree_with_closed_form_within_two_standard_errors(trials):
    means = np.array([[one.mean for one in row] for row in trials])
    errors = means.std(axis=0, ddof=1)
    assert np.all(np.abs(means.mean(axis=0) - truths()) < np.maximum(errors, 0.1))
    close = [
        [abs(one.mean - true) <= 2 * (one.high - one.mean) / 1.96 for one, true in zip(row, truths(), strict=True)]
        for row in trials
    ]
    held = np.mean(close, axis=0)
    assert held[[0, 1, 2, 4]].min() >= 0.84


def test_knowing_what_does_not_matter_is_worth_next_to_nothing(trials):
    assert np.mean([row[3].mean for row in trials]) < 0.1


def test_luck_alone_is_worth_nothing_to_know():
    rng = np.random.default_rng(2)
    benefits = rng.normal(0, 10, (400, 4, 3))
    assert np.mean([perfect_information(rng.normal(0, 10, (400, 4, 3)), k, 40).mean for k in range(10)]) < 0.9
    naive = benefits.mean(axis=1)
    assert naive.max(axis=1).mean() - naive.mean(axis=0).max() > 3


def test_noise_lies_below_what_matters_and_above_what_does_not(trials):
    rng = np.random.default_rng(1)
    above = []
    for row in trials[:8]:
        parameters, benefits = made_up(rng)
        noise = noise_level(benefits, [parameters[:, group] for group in ([0], [1], [2], [0, 1])], orders=60)
        above.append([one.mean > noise for one in row[1:]])
    assert np.all(np.array(above)[:, [0, 1, 3]]) and np.sum(np.array(above)[:, 2]) <= 1


@pytest.mark.slow
def test_where_nothing_matters_any_of_several_is_above_noise_in_one_case_of_twenty():
    rng = np.random.default_rng(3)
    wrong = 0
    for k in range(60):
        parameters, benefits = rng.normal(size=(80, 4)), rng.normal(0, 10, (80, 2, 3))
        groups = [parameters[:, columns] for columns in ([0], [1], [0, 1, 2], [1, 3])]
        noise = noise_level(benefits, groups, k, orders=100)
        wrong += any(partial_information(benefits, group, k, resamples=2).mean > noise for group in groups)
    assert wrong <= 8  # binomial: more in 1% of cases


@pytest.mark.slow
def test_knowing_a_part_is_never_worth_more_than_the_whole():
    """One parameter decides nearly everything, so that estimates of EVPI and of a part often cross by chance."""
    rng, rows = np.random.default_rng(4), []
    for k in range(40):
        parameters = rng.normal(size=(100, 2))
        apart = MEAN + 6 * parameters[:, :1]
        benefits = np.concatenate([np.zeros_like(apart), apart], axis=1)[:, None, :] + rng.normal(0, 10, (100, 2, 2))
        parts = [partial_information(benefits, parameters[:, group], k, 20) for group in ([0, 1], [0], [1])]
        raw = [perfect_information(benefits, k, 20), *parts]
        noise = noise_level(benefits, [parameters[:, group] for group in ([0, 1], [0], [1])], k, 40)
        rows.append([[one.mean for one in values] for values in (raw, coherent(raw, [0, 0, 1, 1], noise))])
    raw, settled = np.array(rows).transpose(1, 0, 2)
    assert np.mean(raw[:, 0] < raw[:, 1:].max(axis=1)) > 0.2, (
        "without, the whole often seems to be worth less than a part"
    )
    assert np.all(settled[:, 0] >= settled[:, 1]) and np.all(settled[:, 1:2] >= settled[:, 2:])
    true = unit_loss(MEAN, 6.0)
    assert np.abs(settled.mean(axis=0) - raw.mean(axis=0)).max() < 0.1, "no bias from it"
    assert np.sum((settled[:, :3] - true) ** 2) <= np.sum((raw[:, :3] - true) ** 2)


def test_chance_alone_raises_nothing_and_is_cut_off_at_the_whole():
    values = [Estimate(10.0, 0.0, 20.0), Estimate(30.0, 10.0, 50.0), Estimate(20.0, 0.0, 40.0)]
    assert [one.mean for one in coherent(values, [0, 0, 0], 100.0)] == pytest.approx([10, 10, 10])
    whole, part, other = coherent(values, [0, 0, 0], 25.0)
    assert whole.mean == pytest.approx(part.mean) and 10 < whole.mean < 20, "in between, nearer to the more precise one"
    assert other.mean == pytest.approx(whole.mean) and part.high - part.mean == pytest.approx(20)
    ordered = [values[1], values[2], values[0]]
    assert [one.mean for one in coherent(ordered, [0, 0, 1], 0.0)] == pytest.approx([30, 20, 10]), (
        "what is in order stays"
    )


def test_a_question_names_parameters_that_exist_each_in_one_question():
    keys = [key for group in QUESTIONS.values() for key in group]
    assert len(keys) == len(set(keys))
    for key in keys:
        assert key in BY_KEY or network_target(key.removeprefix("network."), tuple(KINDS)), key
    assert questions_on(["leaving.hazard", "weeks"]) == {"How fast do volunteers leave?": ("leaving.hazard",)}
