"""The same scenario, seed and version give the same bits, on every Python; derived statistics agree to 1e-9."""

import json
import platform

import pytest

from tests.model import baseline

KEPT = json.loads(baseline.FILE.read_text("utf-8"))
SAME_PLATFORM = platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"


@pytest.mark.skipif(not SAME_PLATFORM, reason="bits are promised on x86-64 with glibc: libm differs elsewhere")
def test_results_are_bit_identical_to_the_baseline():
    kept = KEPT["bits"]
    found = baseline.bits(kept["fields"], list(kept["weekly"]))
    assert found["state"] == kept["state"]
    assert {name for name, digest in found["weekly"].items() if digest != kept["weekly"][name]} == set()


def flat(value, path=""):
    """Return the leaves of a nested structure by path."""
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flat(item, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {k: v for n, item in enumerate(value) for k, v in flat(item, f"{path}[{n}]").items()}
    return {path: value}


def test_statistics_match_the_baseline():
    found, kept = flat(baseline.statistics()), flat(KEPT["statistics"])
    assert found.keys() == kept.keys()
    for path, value in kept.items():
        if isinstance(value, float):
            assert found[path] == pytest.approx(value, rel=1e-9, abs=1e-9), path
        else:
            assert found[path] == value, path
