"""The twenty claims: complete, runnable in every variant, and each with a mechanism that makes a difference."""

import numpy as np
import pytest

from sim.claims.forms import FORMS
from sim.claims.robustness import worlds
from sim.claims.run import CLAIMS, LOOKS, ablation, judged, switched_off, try_claims
from sim.claims.trial import Trial, effects
from sim.claims.verdicts import HOLDS, effect_of
from sim.evidence.frozen import fingerprint, is_frozen
from sim.evidence.seeds import TUNING_SEED, VERDICT_SEED, purpose_of

PARTS = [(claim, part) for claim in CLAIMS for part in claim.parts]
NAMES = [f"{claim.number}-{part.key}" for claim, part in PARTS]
ABLATED = {claim.number: next(part for part in claim.parts if part.off) for claim in CLAIMS}


def test_there_are_twenty_each_with_a_source_a_mechanism_and_an_ablation():
    assert [claim.number for claim in CLAIMS] == list(range(1, 21))
    assert {claim.source for claim in CLAIMS} == {"GN", "CAP"}
    assert all(claim.mechanism and claim.number in ABLATED for claim in CLAIMS)
    assert len(set(NAMES)) == len(NAMES) == LOOKS
    assert set(FORMS) == {name for _, part in PARTS for name in part.forms}


@pytest.mark.parametrize(("claim", "part"), PARTS, ids=NAMES)
def test_every_variant_and_world_of_a_part_is_a_scenario(claim, part):
    trials = [Trial(part, {}), *(trial for _, trial in switched_off(part))]
    trials += [Trial(part, {"point": point}) for point in worlds(2, 1)]
    prints = [[trial.scenario(arm).fingerprint("it") for arm in part.arms] for trial in trials]
    assert len({tuple(row) for row in prints}) == len(trials), "a variant that changes nothing"
    assert part.says and part.unit and "\n" not in part.says


@pytest.mark.parametrize("number", ABLATED)
def test_switching_the_mechanism_off_changes_the_effect(number):
    """Paired, on tuning seeds: nothing here looks at a seed that verdicts are drawn from."""
    found = {}
    for part in [part for part in CLAIMS[number - 1].parts if part.off]:
        on, off = effects([Trial(part, {}), switched_off(part)[0][1]], TUNING_SEED, 64 if number in (6, 18) else 16)
        found[part.key] = effect_of(on - off, 1)
        if found[part.key] is not None and (found[part.key].low > 0 or found[part.key].high < 0):
            return
    raise AssertionError(f"no mechanism of claim {number} makes a difference: {found}")


def test_a_form_without_support_on_which_a_part_hangs_is_named():
    part = next(part for part in ABLATED.values() if part.forms)
    strong, none = np.full(20, 100.0) + np.arange(20), np.zeros(20) - np.arange(20)

    ablations = {name: ablation(part, name, none) for name in [part.off.name, *part.forms]}
    result = judged(part, strong, 20, ablations, [])
    assert result.verdict == HOLDS
    assert {form.name for form in result.depends_on} == {name for name in part.forms if not FORMS[name].support}


def test_verdict_seeds_are_no_tuning_seeds():
    assert purpose_of(VERDICT_SEED) == "verdicts" and purpose_of(TUNING_SEED) == "tuning"


def test_the_same_seed_gives_the_same_verdicts_on_any_number_of_threads():
    first, again = (try_claims([4], 9, 12, 2, jobs) for jobs in (2, 1))
    assert [result.to_json() for result in first] == [result.to_json() for result in again]
    other = try_claims([4], 10, 12, 2)
    assert other[0].to_json() != first[0].to_json()


def test_json_holds_what_was_promised():
    (result,) = try_claims([7], 9, 10, 2)
    told = result.to_json()
    assert {"claim", "effect", "ci95", "ablation", "verdict", "condition", "robust_share"} <= set(told)
    assert told["claim"] == 7 and told["ci95"][0] <= told["effect"] <= told["ci95"][1]
    assert 0 <= told["robust_share"] <= 1 and told["ablation"]["ci95"]
    assert [part["part"] for part in told["parts"]] == ["across", "against-triads"]


def test_unknown_claims_are_refused():
    with pytest.raises(ValueError, match="claim 21 is unknown; allowed are 1 to 20"):
        try_claims([21])


def test_defaults_have_a_fingerprint_that_every_default_changes(monkeypatch):
    from dataclasses import replace

    from sim.evidence import frozen

    before = fingerprint()
    changed = (replace(frozen.PARAMETERS[0], default=frozen.PARAMETERS[0].default * 1.01), *frozen.PARAMETERS[1:])
    monkeypatch.setattr(frozen, "PARAMETERS", changed)
    assert fingerprint() != before


def test_the_defaults_are_those_that_were_frozen_before_verdicts_were_drawn():
    """Whoever changes a default freezes anew, and draws verdicts from seeds that nobody has seen."""
    assert is_frozen()
