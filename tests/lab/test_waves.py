"""Several waves: statistics by hand, the model's steps, and, on made-up truth, fits whose intervals cover."""

from functools import lru_cache

import numpy as np
import pytest

from sim.inputs.profile.network_profile import profile_of
from sim.lab.waves import wave_checks
from sim.lab.waves.following import follow, hours_of
from sim.lab.waves.tie_fit import nearest, tie_fit, tie_worlds
from sim.lab.waves.wave_model import FREE, NAMING, WaveModel, free_range, wave_scenario
from sim.lab.waves.wave_steps import STATISTICS, counts_of, statistics, step_of
from tests.lab.waves_made_up import dated, first_wave

SEED = 11


def graph(n, *arcs):
    """Return a graph of arcs."""
    made = np.zeros((n, n), bool)
    for i, j in arcs:
        made[i, j] = True
    return made


def step(hours=0.0, weeks=26):
    """Return a step from the made-up first wave; nothing has changed in it."""
    first = first_wave()
    second = dated(weeks, np.zeros((24, 24), bool), first.network.start.names)
    same = second.__class__(second.when, first.network)
    return step_of(first, same, profile_of(first.network), False, hours)


@lru_cache(maxsize=1)
def worlds():
    """Return 300 worlds of one step."""
    return tie_worlds(WaveModel(wave_scenario(), SEED), (step(),), 300)


def test_counts_and_statistics_by_hand():
    before = graph(5, (0, 1), (1, 0), (1, 2), (3, 4))
    after = graph(5, (0, 1), (1, 2), (0, 2), (2, 0))
    counts = counts_of(before, after)
    assert (counts.before, counts.after, counts.kept, counts.new) == (3, 3, 2, 1)
    found = dict(zip(STATISTICS, statistics(before, after), strict=True))
    assert found["ties kept"] == pytest.approx(2 / 3) and found["new ties per member"] == pytest.approx(2 / 5)
    assert found["new ties among those with common contacts"] == 1.0  # 0 and 2 both knew 1
    assert found["contacts who know each other"] == 1.0
    assert found["one-sided ties"] == pytest.approx(2 / 3)
    assert found["unevenness of ties"] == pytest.approx(np.std([2, 2, 2, 0, 0]) / 1.2)


def test_nothing_to_count_is_zero_not_nan():
    assert np.isfinite(statistics(graph(5), graph(5))).all()


def test_who_left_leaves_and_who_joined_is_not_followed():
    before = graph(7, (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6))
    names = tuple("abcdefg")
    first = dated(0, before, names)
    second = dated(26, graph(7, (0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (5, 0)), (*"abcde", "x", "y"))
    made = step_of(first, second, profile_of(first.network), True, 0.0)
    assert made.judged.tolist() == [0, 1, 2, 3, 4] and made.leavers == (5, 6)
    ends = WaveModel(wave_scenario(), SEED).graph(0, 0, made, 0.0)
    assert not ends[[5, 6]].any() and not ends[:, [5, 6]].any()
    assert made.weeks == 26 and made.after[4, 0]


def test_who_named_nobody_answers_those_who_name_them():
    first = dated(0, graph(6, (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)))
    second = dated(26, graph(6, (0, 1), (2, 1), (2, 3), (3, 4), (4, 5), (5, 0)))
    made = step_of(first, second, profile_of(first.network), True, 0.0)
    assert made.silent.tolist() == [1] and made.after[1].nonzero()[0].tolist() == [0, 2]


def test_a_step_is_the_same_whatever_else_is_run():
    model, one = WaveModel(wave_scenario(), SEED), step()
    assert np.array_equal(model.graph(3, 0, one, 0.0), model.graph(3, 0, one, 0.0))
    assert np.array_equal(model.row(3, (one,))[1][0], worlds().statistics[3, 0])


def test_a_higher_naming_threshold_names_fewer_and_faster_fading_keeps_fewer():
    model, one = WaveModel(wave_scenario(), SEED), step()
    usual = [model.values(world) for world in range(8)]

    def kept(key, value):
        ends = [model.graph(k, 0, one, 0.0, {**values, key: value}) for k, values in enumerate(usual)]
        return sum(counts_of(one.before, each).kept for each in ends)

    assert kept(NAMING, 0.8) < kept(NAMING, 0.2)
    assert kept("trust.decay", 0.025) < kept("trust.decay", 0.008)


def test_the_nearest_worlds_come_first():
    simulated = np.array([[0.0, 5.0], [1.0, 5.0], [2.0, 5.0], [9.0, 5.0]])
    assert nearest(np.array([1.9, 5.0]), simulated, 2).tolist() == [2, 1]


def test_intervals_of_the_fit_cover_the_truth():
    """Sixty worlds in turn are the truth; the others are fitted to it.  90% of intervals should cover."""
    found, covered, narrower = worlds(), [], []
    low, high = np.array([free_range(key) for key in FREE]).T
    for truth in range(60):
        others = found._replace(
            numbers=np.delete(found.numbers, truth),
            values=np.delete(found.values, truth, axis=0),
            statistics=np.delete(found.statistics, truth, axis=0),
        )
        fit = tie_fit(others, found.statistics[truth], [0], 40)
        estimates = [fit.estimate(key, 0.9) for key in FREE]
        covered.append([one.low <= v <= one.high for one, v in zip(estimates, found.values[truth], strict=True)])
        narrower.append([(one.high - one.low) / w for one, w in zip(estimates, high - low, strict=True)])
    assert 0.83 <= np.mean(covered) <= 0.96  # 240 intervals: standard error .02
    assert np.mean(narrower, axis=0)[FREE.index(NAMING)] < 0.75  # the waves do say something about it


def test_without_weaving_there_is_seldom_a_sign_and_the_gain_is_paired():
    model, accept = WaveModel(wave_scenario(), SEED), 40
    truth = step(hours=8.0)
    idle = tie_fit(worlds(), np.zeros((1, len(STATISTICS))), [], accept)
    signs = []
    for world in range(1000, 1003):
        ends = model.graph(world, 0, truth, 0.0)
        seen = truth.__class__(**{**vars(truth), "after": ends})
        signs.append(wave_checks.weaving_sign(model, idle, 0, seen, accept, 150, wave_checks.Runs()))
    assert sum(sign.sign != 0 for sign in signs) <= 1
    assert all(sign.kept is None and not sign.fitted for sign in signs)
    assert np.mean([sign.gain.mean for sign in signs]) > 0


def test_scores_of_forecasts_by_hand():
    before = graph(4, (0, 1), (1, 0), (2, 3), (3, 2))
    after = graph(4, (0, 1), (1, 0), (0, 2), (2, 0))
    perfect = wave_checks.score("perfect", after.astype(float), before, after)
    assert perfect.auc == perfect.auc_new == perfect.auc_ended == perfect.right == 1.0 and perfect.log_loss < 1e-5
    even = wave_checks.score("even", np.full((4, 4), 0.5), before, after)
    assert even.auc == even.auc_new == 0.5 and even.log_loss == pytest.approx(np.log(2))
    assert even.right == pytest.approx(4 / 12)


def test_simple_forecasts_learn_from_earlier_panels():
    luck = np.random.default_rng(1)
    before = np.triu(luck.random((30, 30)) < 0.15, 1)
    before |= before.T
    after = before & np.triu(luck.random((30, 30)) < 0.8, 1)
    after |= after.T
    same = wave_checks.simple_chances([(before, after)], before)["nothing changes"]
    assert set(np.round(np.unique(same[before]), 1)) == {0.8} and same[~before & ~np.eye(30, dtype=bool)].max() < 0.01


@pytest.mark.parametrize(("hours", "expected"), [((), [0.0, 0.0]), ((5.0,), [5.0, 5.0]), ((0.0, 3.0), [0.0, 3.0])])
def test_hours_of_steps(hours, expected):
    assert hours_of(hours, 2) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [((1.0, 2.0, 3.0), "hours are given for 3 steps"), ((-1.0,), "hours is -1")]
)
def test_wrong_hours(hours, expected):
    with pytest.raises(ValueError, match=expected):
        hours_of(hours, 2)


def test_three_waves_followed():
    """Waves of the model itself: bands hold what came, the forecast beats chance, and all of it is JSON."""
    model, first = WaveModel(wave_scenario(), 99), first_wave()
    one = step()
    second = dated(26, model.graph(5, 0, one, 0.0), first.network.start.names)
    again = step_of(second, dated(52, one.before, second.network.start.names), profile_of(second.network), True, 0.0)
    third = dated(52, model.graph(5, 1, again, 0.0), first.network.start.names)
    found = follow((first, second, third), hours=(0.0, 6.0), draws=120, seed=3)
    payload = found.payload()
    assert [each["weeks"] for each in payload["steps"]] == [26, 26] and found.scored_fit
    assert len(found.weaving) == 1 and found.weaving[0].fitted and found.weaving[0].place == 1
    assert found.scores[0].forecast == "the model" and found.scores[0].auc > 0.6
    assert found.forecast.hours == 6.0 and found.forecast.measures["ties"].low <= found.forecast.measures["ties"].high
    assert all(0 <= check.p <= 1 for check in found.checks)


def test_a_stopped_run_says_so():
    with pytest.raises(ValueError, match="stopped"):
        tie_worlds(WaveModel(wave_scenario(), SEED), (step(),), 50, stopped=lambda: True)
