"""A little of `tests/fuzz.py` in every run of the suite: whatever is put in, the answer is a result or a message of our own."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import fuzz

EXAMPLES = {"results": 40, "scenario": 60, "experiment": 60}


@pytest.mark.parametrize("name", fuzz.KINDS)
def test_any_input_gives_a_result_or_a_message(name):
    @settings(
        max_examples=EXAMPLES.get(name, 100), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(rng=st.randoms(use_true_random=True))
    def inputs(rng):
        tried.append(fuzz.one_input(name, rng))

    tried = []
    inputs()
    assert len(tried) >= EXAMPLES.get(name, 100) and "accepted" in tried


@pytest.mark.parametrize("name", fuzz.KINDS)
def test_inputs_that_once_led_to_an_error(name):
    for content in fuzz.kept(name):
        try:
            fuzz.KINDS[name].act(content, random.Random(1))
        except fuzz.KINDS[name].allowed as fault:
            assert str(fault)
