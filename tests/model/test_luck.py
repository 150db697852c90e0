"""Luck: the published generators, uniform and independent draws, and draws that stay when a network grows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit, prange
from scipy import stats

from sim.model import luck
from sim.model.jit import COMPILED
from tests.conftest import COVERED

WORDS = st.integers(0, 2**64 - 1)
COUNTS = st.integers(0, 2**62)
PUBLISHED = (6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821)
ODDS = 1e-6


def word(x):
    """A 64-bit word as compiled functions take it."""
    return np.uint64(x)


@pytest.mark.parametrize("n", range(5))
def test_sub_keys_are_splitmix64_as_published(n):
    assert int(luck.of(word(1234567), word(n))) == PUBLISHED[n]


@given(counter=st.tuples(WORDS, WORDS), key=st.tuples(WORDS, WORDS))
def test_phase_keys_are_philox_as_numpy_has_it(counter, key):
    # numpy counts up before it draws its first block, so it starts one lower.
    whole = (counter[0] + (counter[1] << 64) - 1) % (1 << 256)
    theirs = np.random.Philox(counter=whole, key=key[0] + (key[1] << 64)).random_raw()
    ours = luck.philox(word(counter[0]), word(counter[1]), word(key[0]), word(key[1]))
    assert int(ours) == int(theirs)


@given(seed=COUNTS, replicate=COUNTS, week=st.integers(0, 5200), phase=st.integers(0, 99))
def test_phase_key_counts_weeks_and_phases_under_seed_and_replicate(seed, replicate, week, phase):
    whole = (week + (phase << 64) - 1) % (1 << 256)
    theirs = np.random.Philox(counter=whole, key=seed + (replicate << 64)).random_raw()
    assert int(luck.phase_key(seed, replicate, week, phase)) == int(theirs)


@given(key=WORDS, n=COUNTS)
def test_uniform_is_the_top_53_bits_of_the_sub_key(key, n):
    u = luck.uniform(word(key), word(n))
    assert 0.0 <= u < 1.0
    assert u == (int(luck.of(word(key), word(n))) >> 11) / 2**53


@given(key=WORDS, i=st.integers(0, 10**6), j=st.integers(0, 10**6))
def test_a_pair_has_one_key_whoever_is_named_first(key, i, j):
    assert luck.pair(word(key), i, j) == luck.pair(word(key), j, i)
    assert luck.pair(word(key), i, j) != luck.pair(word(key), i, j + 1) or j + 1 == i


@given(key=WORDS, n=st.integers(0, 10**6), count=st.integers(1, 5000), more=st.integers(0, 5000))
def test_a_draw_names_the_same_member_in_a_larger_network(key, n, count, more):
    """Within the same power of two; and whoever is named, is one of those there are."""
    now, later = (luck.identity_in(word(key), n, c) for c in (count, count + more))
    assert -1 <= now < count
    if (count - 1).bit_length() == (count + more - 1).bit_length() and now >= 0:
        assert later == now


def table(of_who, number=20000):
    """Numbers drawn by a compiled function of one position."""
    return np.array([of_who(k) for k in range(number)])


def weeks_numbers(number):
    """One member's draws over many weeks."""
    return table(lambda week: luck.uniform(word(luck.of(word(luck.phase_key(1, 0, week, 6)), 17)), 0), number)


STREAMS = {
    "over members": lambda n: table(lambda i: luck.uniform(word(luck.of(word(99), i)), 0), n),
    "over positions": lambda n: table(lambda k: luck.uniform(word(99), k), n),
    "over weeks": weeks_numbers,
    "over replicates": lambda n: table(lambda r: luck.uniform(word(luck.phase_key(1, r, 0, 6)), 0), n),
    "over seeds": lambda n: table(lambda s: luck.uniform(word(luck.phase_key(s, 0, 0, 6)), 0), n),
    "over phases": lambda n: table(lambda f: luck.uniform(word(luck.phase_key(1, 0, 0, f)), 0), n),
    "over pairs": lambda n: table(lambda k: luck.uniform(word(luck.pair(word(5), k // 141, 141 + k % 141)), 0), n),
}


@pytest.mark.parametrize("name", STREAMS)
def test_draws_are_uniform_and_neighbours_independent(name):
    u = STREAMS[name](20000)
    cells = np.bincount((u * 100).astype(int), minlength=100)
    assert stats.chisquare(cells).pvalue > ODDS
    assert stats.kstest(u, "uniform").pvalue > ODDS
    joint = np.histogram2d(u[:-1], u[1:], bins=10, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(joint.ravel()).pvalue > ODDS
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 5 / np.sqrt(len(u))


def test_streams_of_neighbours_do_not_resemble_each_other():
    """Members 0 to 39: 500 draws each, correlated with every other's."""
    draws = np.array([[luck.uniform(word(luck.of(word(3), i)), n) for n in range(500)] for i in range(40)])
    off = np.corrcoef(draws)[~np.eye(40, dtype=bool)]
    assert np.abs(off).max() < 5.5 / np.sqrt(500)
    assert abs(off.mean()) < 0.01


def test_low_bits_are_as_good_as_high_ones():
    named = table(lambda n: luck.identity_in(word(12), n, 64))
    assert stats.chisquare(np.bincount(named.astype(int), minlength=64)).pvalue > ODDS


def test_identities_are_uniform_where_some_draws_name_nobody():
    named = table(lambda n: luck.identity_in(word(11), n, 40)).astype(int)
    assert np.mean(named == -1) == pytest.approx(24 / 64, abs=0.02)
    assert stats.chisquare(np.bincount(named[named >= 0], minlength=40)).pvalue > ODDS


@pytest.mark.parametrize(("draw", "fourth"), [(luck.normal, 3.0), (luck.bell, 2.7)])
def test_moments_of_normal_and_bell(draw, fourth):
    x = table(lambda n: draw(word(21), n))
    assert x.mean() == pytest.approx(0.0, abs=0.04)
    assert x.var() == pytest.approx(1.0, abs=0.06)
    assert (x**3).mean() == pytest.approx(0.0, abs=0.15)
    assert (x**4).mean() == pytest.approx(fourth, abs=0.25)
    assert abs(np.corrcoef(x[:-1], x[1:])[0, 1]) < 5 / np.sqrt(len(x))


def test_normal_is_normal_and_bell_is_bounded():
    assert stats.kstest(table(lambda n: luck.normal(word(8), n)), "norm").pvalue > ODDS
    assert np.abs(table(lambda n: luck.bell(word(8), n))).max() <= 2 * np.sqrt(3)


@njit(parallel=False)
def filled(keys, out):
    """Uniform numbers of many keys, drawn inside compiled code."""
    for k in prange(len(keys)):
        out[k] = luck.uniform(keys[k], k)


def test_the_same_number_inside_compiled_code_and_from_python():
    keys = np.array([luck.of(word(77), k) for k in range(200)], np.uint64)
    out = np.zeros(200)
    filled(keys, out)
    assert out.tolist() == [luck.uniform(keys[k], k) for k in range(200)]


def figures():
    """Some of everything, as texts that keep every bit."""
    keys = [luck.phase_key(s, r, w, f) for s, r, w, f in ((1, 0, 0, 1), (2**40, 7, 5199, 25), (0, 0, 3, 6))]
    words = [int(luck.of(word(k), n)) for k in keys for n in (0, 1, 1 << 40)]
    pairs = [int(luck.pair(word(k), i, j)) for k in keys for i, j in ((3, 9), (9, 3), (0, 0))]
    numbers = [draw(word(k), n) for k in keys for n in range(9) for draw in (luck.uniform, luck.normal, luck.bell)]
    named = [int(luck.identity_in(word(k), n, c)) for k in keys for n in range(9) for c in (1, 2, 40, 1000)]
    return [[int(k) for k in keys], words, pairs, [float(x).hex() for x in numbers], named]


@pytest.mark.skipif(not COMPILED, reason="everything runs uncompiled here: there is nothing to compare with")
def test_uncompiled_runs_draw_the_same():
    script = "import json; from tests.model.test_luck import figures; print(json.dumps(figures()))"
    folders = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(luck.__file__).parents[2])])
    environment = os.environ | COVERED | {"GENNET_COMPILED": "0", "PYTHONPATH": folders}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == figures()
