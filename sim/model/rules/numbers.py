"""Functions of numbers that several rules use."""

import math

from sim.model.jit import hot

MOST_EVENTS = 200  # Bounds the loop for an extreme mean.


@hot
def clipped(x):
    """Return x limited to [0, 1]."""
    return min(1.0, max(0.0, x))


@hot
def logistic(x):
    """Return the logistic function of x; 0 where exp(-x) would overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -709.0 else 0.0


@hot
def saturating(x):
    """Return an amount as a share: x / (1 + x)."""
    return x / (1.0 + x)


@hot
def poisson(mean, none, u):
    """Return the quantile `u` of the Poisson distribution with this mean.  `none`: its chance of 0, exp(-mean)."""
    term = none
    total, number = term, 0
    while u >= total and number < MOST_EVENTS:
        number += 1
        term *= mean / number
        total += term
    return number


@hot
def events(mean, u):
    """Return the quantile `u` of the Poisson distribution with this mean.

    Its chance of 0 is exp(-mean), which takes long to compute and is at least 1 - mean.
    """
    return 0 if u < 1.0 - mean else poisson(mean, math.exp(-mean), u)
