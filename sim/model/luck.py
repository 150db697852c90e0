"""Common random numbers: each draw is a pure function of who draws, when and for what purpose.

A sequential stream of random numbers makes strategies hard to compare: the first draw that only one strategy makes shifts
all later draws.  A counter-based generator (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") has no
stream: a draw is a function of a key and a counter.  Here the key is (seed, replicate) and the counter is (week, phase), so
member 17 gets the same draws in week 30 under two strategies, on any number of threads, in any order, and in a run that
was resumed or forked.

Two published generators are combined, each where it is cheap.  `phase_key` is Philox4x64-10 (tested against numpy's): about
twenty blocks per simulated week.  Within a phase, `of` is the output function of SplitMix64 (Steele, Lea & Flood 2014;
tested against the published vector), applied to counter `n` of the phase's key: under a nanosecond per draw.  Numbers
(`uniform`) and sub-keys (`of`) read the same sequence, so a rule uses a separate counter for each purpose.  Where the order
of acting and the actors' sub-keys share counters, draws under a sub-key are mixed once more.
"""

from __future__ import annotations

import math

import numpy as np

from sim.model.jit import as_key, primitive

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
LOW_32 = np.uint64(0xFFFFFFFF)
S_1, S_2, S_4, S_8, S_16, S_32 = (np.uint64(2**n) for n in range(6))
S_11, S_27, S_30, S_31 = (np.uint64(n) for n in (11, 27, 30, 31))
UNIT_53 = 1.0 / 9007199254740992.0

PHILOX_M0 = np.uint64(0xD2E7470EE14C6C93)
PHILOX_M1 = np.uint64(0xCA5A826395121157)
PHILOX_W0 = np.uint64(0x9E3779B97F4A7C15)
PHILOX_W1 = np.uint64(0xBB67AE8584CAA73B)
PHILOX_ROUNDS = 10


@primitive
def high_product(a, b):
    """Return the upper 64 bits of the 128-bit product of two 64-bit numbers."""
    a_low, a_high = a & LOW_32, a >> S_32
    b_low, b_high = b & LOW_32, b >> S_32
    middle = a_high * b_low + ((a_low * b_low) >> S_32)
    carry = a_low * b_high + (middle & LOW_32)
    return a_high * b_high + (middle >> S_32) + (carry >> S_32)


@primitive
def philox(counter_0, counter_1, key_0, key_1):
    """Return the first word of Philox4x64-10 at counter (counter_0, counter_1, 0, 0) under key (key_0, key_1)."""
    a, b = np.uint64(counter_0), np.uint64(counter_1)
    c, d = np.uint64(0), np.uint64(0)
    k0, k1 = np.uint64(key_0), np.uint64(key_1)
    for _ in range(PHILOX_ROUNDS):
        high_a, low_a = high_product(PHILOX_M0, a), PHILOX_M0 * a
        high_c, low_c = high_product(PHILOX_M1, c), PHILOX_M1 * c
        a, b, c, d = high_c ^ b ^ k0, low_c, high_a ^ d ^ k1, low_a
        k0 += PHILOX_W0
        k1 += PHILOX_W1
    return a


@primitive
def key_of_phase(seed, replicate, week, phase):
    """Return the 64-bit key of one phase in one week of one replicate.

    All arguments are non-negative integers; `phase` is the number of a phase in `sim.model.schedule`.
    """
    return philox(week, phase, seed, replicate)


@primitive
def sub_key(luck, n):
    """Return the `n`-th sub-key of a key: SplitMix64's output at counter `n` (n >= 0)."""
    z = np.uint64(luck) + GOLDEN * (np.uint64(n) + np.uint64(1))
    z = (z ^ (z >> S_30)) * MIX_1
    z = (z ^ (z >> S_27)) * MIX_2
    return z ^ (z >> S_31)


of = as_key(sub_key)
phase_key = as_key(key_of_phase)


@primitive
def uniform(luck, n):
    """Return the `n`-th number of a key, uniform on [0, 1), a multiple of 2**-53."""
    return np.int64(sub_key(luck, n) >> S_11) * UNIT_53


@primitive
def key_of_pair(luck, i, j):
    """Return the sub-key of an unordered pair of members: the same for (i, j) and (j, i)."""
    return sub_key(sub_key(luck, min(i, j)), max(i, j))


pair = as_key(key_of_pair)


@primitive
def normal(luck, n):
    """Return the `n`-th standard normal number of a key (Box & Muller 1958), from uniforms 2n and 2n+1."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(luck, 2 * n)))
    return radius * math.cos(2.0 * math.pi * uniform(luck, 2 * n + 1))


@primitive
def bell(luck, n):
    """Return the `n`-th number with mean 0 and variance 1 in [-3.5, 3.5]: a sum of four uniforms, which needs no logarithm."""
    total = 0.0
    for k in range(4):
        total += uniform(luck, 4 * n + k)
    return (total - 2.0) * 1.7320508075688772


@primitive
def identity_in(luck, n, count):
    """Return the `n`-th member number of a key, uniform on [0, count), or -1 if the draw is not below `count`.

    The number is the draw's low bits, so the same draw gives the same member in a network with more newcomers, as long as
    `count` stays within the same power of two.
    """
    # Set all bits below the highest bit of the largest number; each step doubles the run of ones.
    mask = np.uint64(max(count, 1) - 1)
    for shift in (S_1, S_2, S_4, S_8, S_16, S_32):
        mask |= mask >> shift
    number = np.int64(sub_key(luck, n) & mask)
    return number if number < count else -1
