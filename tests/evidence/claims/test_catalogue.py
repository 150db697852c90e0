"""The claims: complete, runnable in every variant, and each dependent on its mechanism."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.evidence import frozen
from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS, OPTIONS, UNTRIED
from sim.evidence.claims.claim import Contrast
from sim.evidence.claims.claim_rows import ClaimRow
from sim.evidence.claims.robustness import worlds
from sim.evidence.claims.run import CLAIMS, LOOKS, ablation_row, looks, part_row, try_claims, variants
from sim.evidence.claims.trial import WORLD, Trial, effects
from sim.evidence.claims.verdict_rule import GIVEN, HOLDS, effect_of, overall
from sim.evidence.frozen import fingerprint, is_frozen
from sim.evidence.seeds import TUNING_SEED, VERDICT_SEED, purpose_of
from sim.lab.future import run_future
from sim.model.declarations import BY_KEY

PARTS = [(claim, part) for claim in CLAIMS for part in claim.parts]
NAMES = [f"{claim.number}-{part.key}" for claim, part in PARTS]
ABLATED = {claim.number: next(part for part in claim.parts if part.ablation) for claim in CLAIMS}


def test_claims_are_numbered_from_1_each_with_a_source_a_mechanism_and_an_ablation():
    assert [claim.number for claim in CLAIMS] == list(range(1, len(CLAIMS) + 1))
    assert {claim.source for claim in CLAIMS} == {"GN", "CAP"}
    assert all(claim.mechanism and claim.number in ABLATED for claim in CLAIMS)
    assert len(set(NAMES)) == len(NAMES)
    assert set(ADDED_MECHANISMS) == {name for _, part in PARTS for name in part.added}
    assert set(OPTIONS) == {name for _, part in PARTS for name in part.options}


@pytest.mark.parametrize(("claim", "part"), PARTS, ids=NAMES)
def test_every_variant_and_world_of_a_part_is_a_scenario(claim, part):
    trials = [Trial(part), *variants(part).values()]
    trials += [Trial(part, point) for point in worlds(2, 1)]
    prints = [[trial.scenario(arm).fingerprint("it") for arm in part.arms] for trial in trials]
    assert len({tuple(row) for row in prints}) == len(trials), "a variant that changes nothing"
    assert part.says and part.contrast.unit and "\n" not in part.says


def test_looks_are_all_comparisons_that_count_and_every_claim_has_some():
    counted = sum(not part.given for _, part in PARTS)
    mapped = sum(len(claim.boundary.values) for claim in CLAIMS if claim.boundary)
    assert looks(CLAIMS) == LOOKS == 2 * counted + mapped and counted < len(PARTS) and mapped
    dropped = [replace(claim, parts=claim.parts[:1], boundary=None) for claim in CLAIMS]
    assert looks(dropped) == 2 * len(CLAIMS)
    given = [replace(claim, parts=(*claim.parts, replace(claim.parts[0], given="so"))) for claim in CLAIMS]
    assert looks(given) == LOOKS
    assert not any(claim.parts[0].given for claim in CLAIMS), "the first part stands for the claim"


def test_the_interval_of_a_verdict_is_corrected_for_the_parts_that_count():
    part = next(part for _, part in PARTS if not part.share and not part.given)
    values = np.random.default_rng(4).normal(size=40)
    row = part_row(part, values, 40, {name: ablation_row(part, name, values) for name in variants(part)})
    low, high = stats.t.interval(1 - 0.05 / LOOKS, 39, values.mean(), stats.sem(values))
    assert row.ci_corrected == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("claim", "part"), [pair for pair in PARTS if not pair[1].share], ids=lambda value: getattr(value, "key", "")
)
def test_exactly_the_parts_that_hold_by_construction_are_marked(claim, part):
    """A number that is constant over the futures of an arm cannot contradict a claim.

    Yes and no may be so in few futures, and so may weeks to a stage that none of them reaches: these pass.
    """
    seen = []

    def kept(*arms):
        seen.extend(arm[np.isfinite(arm)] for arm in arms)
        return arms[0]

    unit = part.contrast.unit
    recorded = replace(part, contrast=replace(part.contrast, combine=kept))
    # Break-aways are rare: one network in fifty has one where nothing is passed on.
    effects([Trial(recorded)], TUNING_SEED, 128 if unit == "groups" else 8)
    horizon = part.world.get("weeks", WORLD["weeks"])
    fixed = [arm for arm in seen if np.ptp(arm) == 0.0 and arm[0] != horizon and unit != "share of futures"]
    assert bool(fixed) == bool(part.given), f"{part.key} of claim {claim.number}"


def test_a_part_by_definition_is_shown_and_does_not_count():
    """Claim 20 with undecided counted parts: a part true by definition makes it neither hold nor mixed."""
    (result,) = try_claims([20], TUNING_SEED, 10, 0)
    parts = {part["part"]: part for part in result.to_json()["parts"]}
    given = parts["less-stable"]
    assert given["verdict"] == GIVEN and "replaces leavers" in given["given"] and given["effect"] > given["margin"]
    assert all(not part["given"] for name, part in parts.items() if name != "less-stable")
    counted = [part["verdict"] for name, part in parts.items() if name != "less-stable"]
    assert (result.row.verdict, result.row.condition) == overall(
        [(part["says"], part["verdict"]) for name, part in parts.items() if name != "less-stable"]
    )
    assert GIVEN not in counted and result.row.verdict != GIVEN
    assert not result.row.condition or given["says"] not in result.row.condition


def test_an_effect_without_values_does_not_count_as_vanished():
    part = next(part for part in ABLATED.values() if part.added)
    strong, nothing = np.full(20, 100.0) + np.arange(20), np.full(20, np.nan)
    unknown = {name: ablation_row(part, name, nothing) for name in variants(part)}
    assert {row.gone for row in unknown.values()} == {None}
    row = part_row(part, strong, 20, unknown)
    assert row.here == HOLDS and row.depends_on == ()
    assert row.ablation.gone is None and row.ablation.effect is None
    assert {left.gone for left in row.without_form.values()} == {None}


def test_group_support_is_compared_with_idle_hours_of_equal_prompting():
    """Otherwise prompting, and with it the number of groups, would differ between the arms."""
    support = next(part for part in CLAIMS[17].parts if part.key == "support")

    def prompted(future, scenario):
        prompting = np.asarray(future.world.weekly["prompting"][: scenario.weeks], float)
        return float(prompting[-1]) if set(prompting) <= {0.0, 1.0} else np.nan

    for arm in support.arms:
        alone = replace(support, contrast=Contrast("share", 0.0, prompted), arms=(arm,))
        assert effects([Trial(alone)], TUNING_SEED, 3)[0].tolist() == [1.0, 1.0, 1.0]
    assert [bool(arm.strategy["produce"].get("group_support")) for arm in support.arms] == [False, True]


LEAST = {13: 512, 20: 256}
"""Futures that show the effect of a mechanism where few of them do not: to try fewer first would cost as much again."""


@pytest.mark.no_cover
@pytest.mark.parametrize("number", ABLATED)
def test_switching_the_mechanism_off_changes_the_effect(number):
    """Paired and on tuning seeds only: verdict seeds are never used here."""
    found, least = {}, LEAST.get(number, 0)
    for part in [part for part in CLAIMS[number - 1].parts if part.ablation]:
        off_trial = variants(part)[part.ablation.name]
        for futures in filter(least.__le__, (16, 64, 256, 512)):
            on, off = effects([Trial(part), off_trial], TUNING_SEED, futures)
            found[part.key] = effect_of(on - off, 1)
            if found[part.key] is not None and (found[part.key].low > 0 or found[part.key].high < 0):
                return
    raise AssertionError(f"no mechanism of claim {number} makes a difference: {found}")


def test_an_added_mechanism_without_support_on_which_a_part_depends_is_named():
    part = next(part for part in ABLATED.values() if part.added)
    strong, none = np.full(20, 100.0) + np.arange(20), np.zeros(20) - np.arange(20)

    row = part_row(part, strong, 20, {name: ablation_row(part, name, none) for name in variants(part)})
    assert row.here == HOLDS
    assert set(row.depends_on) == {name for name in part.added if not ADDED_MECHANISMS[name].support}


def test_initiative_is_constant_without_its_mechanism():
    """In a network with weaving and brokering, members keep their initial initiative."""
    part = next(part for part in CLAIMS[9].parts if "initiative" in part.added)
    for strategy in (part.arms[0], part.arms[1]):
        on, off = (Trial(part, off=off).scenario(strategy) for off in ({}, ADDED_MECHANISMS["initiative"].without))
        moved = [
            np.asarray(run_future(s, "it", TUNING_SEED, 0, renewal=False).world.members["initiative"])
            for s in (on, off)
        ]
        start = BY_KEY["members.initiative"].default
        assert not np.allclose(moved[0][moved[0] > 0], start)
        assert moved[1][moved[1] > 0] == pytest.approx(start)


def test_an_option_is_off_by_default_and_switching_it_on_is_within_bounds():
    for option in OPTIONS.values():
        assert option.what and option.support
        for key, value in option.settings.items():
            assert BY_KEY[key].low <= value <= BY_KEY[key].high and value != BY_KEY[key].default


def test_every_value_of_a_boundary_is_a_world_of_its_own():
    for claim in CLAIMS:
        if claim.boundary:
            values = claim.boundary.values
            parts = [claim.boundary.part(value) for value in values]
            prints = [tuple(Trial(part).scenario(arm).fingerprint("it") for arm in part.arms) for part in parts]
            assert list(values) == sorted(values) and len(set(prints)) == len(values)
            assert len({(part.says, part.contrast.unit, part.contrast.margin) for part in parts}) == 1


def test_settings_that_switch_added_mechanisms_off_are_within_bounds():
    for mechanism in ADDED_MECHANISMS.values():
        assert mechanism.without and mechanism.what and mechanism.plainly
        assert all(BY_KEY[key].low <= value <= BY_KEY[key].high for key, value in mechanism.without.items())
    assert not {mechanism.name for mechanism in UNTRIED} & set(ADDED_MECHANISMS)


def test_verdict_seeds_are_not_tuning_seeds():
    assert purpose_of(VERDICT_SEED) == "verdicts" and purpose_of(TUNING_SEED) == "tuning"


def test_the_same_seed_gives_the_same_verdicts_on_any_number_of_threads():
    first, again = (try_claims([4], 9, 12, 2, jobs) for jobs in (2, 1))
    assert [result.to_json() for result in first] == [result.to_json() for result in again]
    other = try_claims([4], 10, 12, 2)
    assert other[0].to_json() != first[0].to_json()


def test_a_claim_as_json_has_the_documented_keys():
    (result,) = try_claims([7], 9, 10, 2)
    payload = result.to_json()
    assert {"claim", "effect", "ci95", "ablation", "verdict", "condition", "robust_share"} <= set(payload)
    assert payload["claim"] == 7 and payload["ci95"][0] <= payload["effect"] <= payload["ci95"][1]
    assert 0 <= payload["robust_share"] <= 1 and payload["ablation"]["ci95"]
    assert [part["part"] for part in payload["parts"]] == ["across", "against-triads"]
    assert ClaimRow.from_json(json.loads(json.dumps(payload))) == result.row


def test_unknown_claims_raise_errors():
    with pytest.raises(ValueError, match=f"claim 99 is unknown; allowed are 1 to {len(CLAIMS)}"):
        try_claims([99])


def test_defaults_have_a_fingerprint_that_every_default_changes(monkeypatch):
    monkeypatch.setattr(frozen, "FROZEN", fingerprint())
    assert is_frozen() and frozen.exploration(VERDICT_SEED, "verdicts") == []
    changed = (replace(frozen.PARAMETERS[0], default=frozen.PARAMETERS[0].default * 1.01), *frozen.PARAMETERS[1:])
    monkeypatch.setattr(frozen, "PARAMETERS", changed)
    assert not is_frozen()
    assert frozen.exploration(VERDICT_SEED, "verdicts")[0].startswith(
        "parameters or their ranges have changed since the freeze"
    )
