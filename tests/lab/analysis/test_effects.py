"""Effects on paired futures: intervals compared with scipy, worked counts, exact sentences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.lab.analysis.effects import cost_per_output, paired_difference, proportion, race, who_is_ahead, wilson

NEVER = np.nan
MAYBE_WEEKS = st.lists(
    st.tuples(*(st.one_of(st.just(NEVER), st.integers(1, 52).map(float)) for _ in range(2))), min_size=1, max_size=30
)


def test_paired_difference_matches_the_paired_t_interval():
    luck = np.random.default_rng(1)
    shared = luck.normal(0, 10, 50)
    a, b = shared + luck.normal(3, 1, 50), shared + luck.normal(0, 1, 50)
    result = paired_difference(a, b)
    theirs = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((theirs.low, theirs.high))
    assert result.mean == pytest.approx((a - b).mean())
    assert result.variance_ratio == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))
    assert result.variance_ratio > 20
    assert result.clear


def test_pairing_independent_samples_does_not_reduce_variance():
    luck = np.random.default_rng(2)
    assert paired_difference(luck.normal(size=5000), luck.normal(size=5000)).variance_ratio == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("shift", [0, 0.1, 1e9])
def test_the_variance_ratio_of_constant_differences_is_undefined(shift):
    a = np.array([0.1, 0.7, 2.3])
    result = paired_difference(a + shift, a)
    assert result.variance_ratio is None
    assert result.low == result.high == result.mean
    assert result.replicates_needed(0.1) == 2
    assert result.clear == (shift > 0)


@given(st.floats(0.05, 5), st.integers(2, 40))
def test_replicates_needed_is_the_smallest_sufficient_number(half_width, n):
    luck = np.random.default_rng(n)
    result = paired_difference(luck.normal(size=n), luck.normal(size=n))
    need = result.replicates_needed(half_width)

    def half(replicates):
        return stats.t.ppf(0.975, replicates - 1) * result.deviation / np.sqrt(replicates)

    assert half(need) <= half_width
    assert need == 2 or half(need - 1) > half_width


def test_proportion_is_wilsons_interval():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 and 0 of 20."""
    assert (proportion(81, 263).low, proportion(81, 263).high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (proportion(0, 20).low, proportion(0, 20).high) == pytest.approx((0, 0.1611), abs=5e-5)
    assert proportion(81, 263).mean == pytest.approx(81 / 263)


@pytest.mark.parametrize("n", [1, 7, 200])
@pytest.mark.parametrize("confidence", [0.95, 0.9993])
def test_wilsons_interval_matches_scipy(n, confidence):
    ends = [stats.binomtest(k, n).proportion_ci(confidence, method="wilson") for k in range(n + 1)]
    low, high = wilson(np.arange(n + 1), n, confidence)
    assert low == pytest.approx([one.low for one in ends]) and high == pytest.approx([one.high for one in ends])


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_invalid_proportions_raise_errors(k, n):
    with pytest.raises(ValueError, match="k out of n"):
        proportion(k, n)


def test_race_counts_in_a_worked_example():
    """Cases: a first, b first, tie, only a, only b, neither, and a in the last week with b never."""
    a = [10, 20, 15, 30, NEVER, NEVER, 52]
    b = [12, 10, 15, NEVER, 40, NEVER, NEVER]
    result = race(a, b, 52)
    assert (result.a_first, result.b_first, result.ties, result.neither, result.n) == (3, 2, 1, 1, 7)
    assert result.difference.mean == pytest.approx(np.mean([-2, 10, 0, -22, 12, 0, 0]))


@given(MAYBE_WEEKS)
def test_swapping_the_strategies_of_a_race_swaps_its_counts(pairs):
    a, b = np.array(pairs, float).T
    there, back = race(a, b, 52), race(b, a, 52)
    assert (there.a_first, there.b_first, there.ties, there.neither) == (
        back.b_first,
        back.a_first,
        back.ties,
        back.neither,
    )
    assert there.n == len(pairs)


@given(MAYBE_WEEKS)
def test_every_sentence_mentions_simulated_futures(pairs):
    a, b = np.array(pairs, float).T
    sentence = who_is_ahead("alignment", "customized", "mass", a, b, 52, 0)
    assert "simulated futures" in sentence
    assert sentence.endswith(".") and sentence.startswith("no clear difference")


def test_sentence_on_a_clear_lead():
    a = np.arange(41, 61, dtype=float)
    b = a + np.where(np.arange(20) % 2, 8, 12)
    b[[3, 19]] = NEVER
    a[19] = NEVER
    expected = (
        "customized reaches alignment first in 19 of 20 simulated futures, mass in 0 (neither gets there in 1); "
        "customized: median 50 weeks (middle 80%: 42\u201358), 1 of 20 never got there; "
        "mass: median 61 weeks (middle 80%: 53\u201371), 2 of 20 never got there."
    )
    assert who_is_ahead("alignment", "customized", "mass", a, b, 104, -1) == expected
    swapped = who_is_ahead("alignment", "mass", "customized", b, a, 104, 1)
    assert swapped == expected


def test_sentence_when_one_strategy_never_reaches_the_stage():
    sentence = who_is_ahead("production", "support", "none", np.arange(10, 20.0), np.full(10, NEVER), 52, -1)
    assert sentence.startswith("support reaches production first in 10 of 10 simulated futures, none in 0; ")
    assert sentence.endswith("none: never within 52 weeks.")


def test_sentences_without_a_clear_difference():
    never_reached = np.full(4, NEVER)
    assert who_is_ahead("production", "a", "b", never_reached, never_reached, 52, 0) == (
        "no clear difference: neither a nor b reaches production within 52 weeks in any of 4 simulated futures."
    )
    rare = np.array([30.0, 40, *np.full(18, NEVER)])
    sentence = who_is_ahead("production", "a", "b", rare, rare[::-1], 52, 0)
    assert sentence.startswith("no clear difference: a reaches production first in 2 of 20 simulated futures, b in 2")
    assert "a: within 52 weeks in only 2 of 20" in sentence
    assert who_is_ahead("production", "a", "b", [3.0], [9.0], 52, 0).startswith("no clear difference")


def test_sentence_when_the_mean_and_the_count_disagree():
    """One week sooner in most futures, much later in a few."""
    a = np.full(100, 20.0)
    b = np.where(np.arange(100) < 60, 21.0, 1.0)
    sentence = who_is_ahead("alignment", "steady", "bold", a, b, 52, 1)
    assert sentence.startswith(
        "the measures disagree: bold reaches alignment 7.0 weeks sooner on average, but first in 40"
    )


def test_cost_per_output_is_incremental():
    assert cost_per_output(60_000, 12, 0, 2) == 6_000
    assert cost_per_output(60_000, 2, 0, 2) is None
    assert cost_per_output(60_000, 1, 0, 2) is None
    assert cost_per_output(10_000, 4, 20_000, 2) == -5_000


@pytest.mark.parametrize(
    "a, b, message", [([1, 2], [1], "one length"), ([1], [1], "at least 2"), ([1, NEVER], [1, 2], "missing")]
)
def test_invalid_pairs_raise_errors(a, b, message):
    with pytest.raises(ValueError, match=message):
        paired_difference(a, b)


def test_other_invalid_arguments_raise_errors():
    with pytest.raises(ValueError, match="one length"):
        race([1.0], [1.0, 2.0], 52)
    with pytest.raises(ValueError, match="outside 0 to 52"):
        race([60.0, 1.0], [1.0, 2.0], 52)
    with pytest.raises(ValueError, match="above 0"):
        paired_difference([1, 2], [2, 4]).replicates_needed(0)
    with pytest.raises(ValueError, match="finite"):
        cost_per_output(np.nan, 1, 0, 0)
