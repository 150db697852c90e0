"""Numbers in words."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from sim.output.words import (
    MINUS,
    NONE,
    between,
    capital,
    estimate,
    exact,
    lower,
    number,
    percent,
    places_for,
    span,
    three_digits,
)

FINITE = some.floats(-1e12, 1e12)


def read(text):
    """The number that a text says."""
    return float(text.replace(",", "").replace(MINUS, "-"))


@given(FINITE)
def test_what_is_exact_is_read_again_as_it_was(value):
    assert read(exact(value)) == value


@given(FINITE)
def test_a_number_is_within_half_of_its_last_digit_and_a_zero_has_no_sign(value):
    text = number(value)
    places = len(text.partition(".")[2])
    assert abs(read(text) - value) <= 0.5 * 10**-places * (1 + 1e-9) + abs(value) * 1e-12
    assert read(text) != 0 or MINUS not in text
    assert "-" not in text and "-" not in three_digits(value)


@given(FINITE.filter(bool))
def test_three_digits_are_right_to_half_a_percent(value):
    assert math.isclose(read(three_digits(value)), value, rel_tol=0.00501)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (exact(1_000_000), "1,000,000"),
        (exact(0.1), "0.1"),
        (span(0, 0.25), "0 to 0.25"),
        (number(3), "3"),
        (number(-0.4), f"{MINUS}0.40"),
        (number(-0.001), "0.00"),
        (number(1234.5), "1,234"),
        (number(0.5, 3), "0.500"),
        (number(None), NONE),
        (number(math.nan), NONE),
        (three_digits(None), NONE),
        (between((-1, 2.345)), f"{MINUS}1 to 2.35"),
        (between(None), NONE),
        (estimate(2, (1.2, 3.4)), "2 (1.2 to 3.4)"),
        (estimate(2, None), "2"),
        (capital("half of it"), "Half of it"),
        (lower("Half of it"), "half of it"),
        (capital(""), ""),
    ],
)
def test_what_is_said(said, text):
    assert said == text


@example(0.005)
@example(0.995)
@given(some.floats(0, 1))
def test_only_all_is_all_and_only_none_is_none(share):
    text = percent(share)
    assert (text == "100%") == (share == 1)
    assert (text == "0%") == (share == 0)
    assert abs(float(text.strip("<>%")) / 100 - share) <= 0.01


def test_a_share_that_there_is_not_is_a_dash():
    assert percent(None) == percent(math.nan) == NONE


@given(some.floats(1e-6, 1e6))
def test_wide_intervals_get_fewer_places(half):
    assert places_for(half) >= places_for(2 * half)
    assert places_for(half) == 3 or half * 10 ** places_for(half) >= 1
