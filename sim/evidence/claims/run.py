"""All claims tried: effects, ablations, forms, robustness, verdicts.

Verdict futures are drawn from seeds that nobody tuned on (`sim.evidence.seeds`), with parameters that were frozen before
(`sim.evidence.frozen`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.evidence.claims import coordinator_claims, giving_claims, stage_claims, weaving_claims
from sim.evidence.claims.added_mechanisms import FORMS, Form
from sim.evidence.claims.claim import Claim, Part
from sim.evidence.claims.robustness import worlds
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import (
    FEWEST,
    GIVEN,
    HOLDS,
    UNDECIDED,
    Effect,
    effect_of,
    overall,
    replicates_needed,
    verdict_of,
)
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.analysis.effects import proportion
from sim.lab.analysis.events import Estimate

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (*giving_claims.CLAIMS, *weaving_claims.CLAIMS, *coordinator_claims.CLAIMS, *stage_claims.CLAIMS),
        key=lambda claim: claim.number,
    )
)


def looks(claims: Sequence[Claim]) -> int:
    """How many parts count for the verdicts on claims."""
    return sum(not part.given for claim in claims for part in claim.parts)


LOOKS = looks(CLAIMS)
"""Parts of all claims that count: how many looks the verdicts are corrected for, also where only some are tried."""

REPLICATES, WORLDS, WORLD_REPLICATES = 400, 32, 12

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ablation:
    """An effect with something switched off.  `gone`: whether what is left is below the margin that counts.

    Both None where too few futures can tell: that is no sign that the effect has gone.
    """

    name: str
    effect: Effect | None
    gone: bool | None


@dataclass(frozen=True)
class PartResult:
    """One part tried.  `values`: its effect in every future.  `forms`: name of a form -> the effect without it.

    `robust`: share of other plausible worlds in which its effect is at least its margin, None if not tried.
    """

    part: Part
    values: np.ndarray
    effect: Effect | None
    verdict: str
    needed: int | None
    ablation: Ablation | None
    forms: dict[str, Ablation]
    worlds: np.ndarray
    robust: Estimate | None

    @property
    def depends_on(self) -> tuple[Form, ...]:
        """Forms without support of their own, without which the part would no longer hold."""
        lost = [FORMS[name] for name, found in self.forms.items() if found.gone and not FORMS[name].support]
        return tuple(lost) if self.verdict == HOLDS else ()


@dataclass(frozen=True)
class ClaimResult:
    """One claim tried."""

    claim: Claim
    parts: tuple[PartResult, ...]
    verdict: str
    condition: str | None

    @property
    def first(self) -> PartResult:
        """The part whose effect stands for the claim."""
        return self.parts[0]

    def to_json(self) -> dict[str, Any]:
        """What `gennet claims --json` prints of a claim."""
        first = self.first
        return {
            "claim": self.claim.number,
            "text": self.claim.text,
            "source": self.claim.source,
            "mechanism": self.claim.mechanism,
            "effect": first.effect.mean if first.effect else None,
            "unit": first.part.unit,
            "ci95": [first.effect.low, first.effect.high] if first.effect else None,
            "ablation": next((told(part.ablation) for part in self.parts if part.ablation), None),
            "verdict": self.verdict,
            "condition": self.condition,
            "robust_share": first.robust.mean if first.robust else None,
            "depends_on": sorted({form.name for part in self.parts for form in part.depends_on}),
            "more_replicates": self.more_replicates,
            "parts": [part_json(part) for part in self.parts],
        }

    @property
    def more_replicates(self) -> int | None:
        """How many futures would decide every part that is undecided, if any is and that is known."""
        needed = [part.needed for part in self.parts if part.verdict == UNDECIDED and part.needed]
        return max(needed) if needed else None


def told(ablation: Ablation | None) -> dict[str, Any] | None:
    """An ablation as JSON."""
    if ablation is None:
        return None
    effect = ablation.effect
    return {
        "off": ablation.name,
        "effect": effect.mean if effect else None,
        "ci95": [effect.low, effect.high] if effect else None,
        "gone": ablation.gone,
    }


def part_json(part: PartResult) -> dict[str, Any]:
    """A part as JSON."""
    effect = part.effect
    return {
        "part": part.part.key,
        "says": part.part.says,
        "given": part.part.given,
        "unit": part.part.unit,
        "margin": part.part.margin,
        "effect": effect.mean if effect else None,
        "ci95": [effect.low, effect.high] if effect else None,
        "ci_corrected": [effect.low_adjusted, effect.high_adjusted] if effect else None,
        "futures": effect.n if effect else 0,
        "verdict": part.verdict,
        "replicates_needed": part.needed,
        "ablation": told(part.ablation),
        "without_form": {name: told(found) for name, found in part.forms.items()},
        "depends_on": [form.name for form in part.depends_on],
        "robust_share": part.robust.mean if part.robust else None,
        "robust_ci95": [part.robust.low, part.robust.high] if part.robust else None,
    }


def switched_off(part: Part) -> list[tuple[str, Trial]]:
    """A part with its mechanism off, and without each form that it may hang on, by name."""
    offs = [(part.off.name, part.off.settings)] if part.off else []
    return [(name, Trial(part, {"off": off})) for name, off in [*offs, *((f, FORMS[f].without) for f in part.forms)]]


def robust_share(values: Sequence[np.ndarray], margin: float) -> tuple[np.ndarray, Estimate]:
    """Mean effect in each world, NaN where no future could tell, and the share of worlds in which it counts.

    A world in which nothing could be told is one in which the claim does not hold.  Each mean is of a few futures only
    and compared as it is: luck takes some worlds over the margin and others under it, which draws the share towards one half.
    """
    means = np.array([float(there.mean()) if (there := v[np.isfinite(v)]).size else np.nan for v in values])
    return means, proportion(int((means >= margin).sum()), len(means))


Run = Callable[[Sequence[Trial], int], list[np.ndarray]]
"""Trials and a number of futures -> the effect of each in every future."""


def try_claim(claim: Claim, replicates: int, points: Sequence[Mapping[str, float]], run: Run) -> ClaimResult:
    """Run all parts of a claim as they are, switched off and in other worlds, and judge them.

    Runs of the same kind go together, since parts share arms.
    """
    tries = {part.key: replicates * part.effort for part in claim.parts}
    main: dict[str, np.ndarray] = {}
    for count in dict.fromkeys(tries.values()):
        alike = [part for part in claim.parts if tries[part.key] == count]
        main |= zip((part.key for part in alike), run([Trial(part, {}) for part in alike], count), strict=True)
    offs = [(part, name, trial) for part in claim.parts for name, trial in switched_off(part)]
    found = run([trial for _, _, trial in offs], max(FEWEST, replicates // 2))
    ablations = {
        part.key: {n: ablation(part, n, values) for (p, n, _), values in zip(offs, found, strict=True) if p is part}
        for part in claim.parts
    }
    elsewhere = run([Trial(p, {"point": point}) for p in claim.parts for point in points], WORLD_REPLICATES)
    results = []
    for place, part in enumerate(claim.parts):
        there = elsewhere[place * len(points) : (place + 1) * len(points)]
        results.append(judged(part, main[part.key], tries[part.key], ablations[part.key], there))
    verdict, condition = overall([(r.part.says, r.verdict) for r in results if not r.part.given])
    return ClaimResult(claim, tuple(results), verdict, condition)


def ablation(part: Part, name: str, values: np.ndarray) -> Ablation:
    """What is left of a part's effect with something off; it is gone where it no longer counts."""
    found = effect_of(values, LOOKS, part.share)
    return Ablation(name, found, None if found is None else found.mean < part.margin)


def judged(
    part: Part, values: np.ndarray, tries: int, ablations: Mapping[str, Ablation], elsewhere: Sequence[np.ndarray]
) -> PartResult:
    """A part's effect, verdict and robustness from the values of its trials."""
    effect = effect_of(values, LOOKS, part.share)
    verdict = GIVEN if part.given else verdict_of(effect, part.margin)
    needed = replicates_needed(effect, part.margin, LOOKS, tries) if effect and verdict == UNDECIDED else None
    means, share = robust_share(elsewhere, part.margin) if elsewhere else (np.empty(0), None)
    off = ablations[part.off.name] if part.off else None
    forms = {name: ablations[name] for name in part.forms}
    return PartResult(part, values, effect, verdict, needed, off, forms, means, share)


def try_claims(
    only: Sequence[int] | None = None,
    seed: int = VERDICT_SEED,
    replicates: int = REPLICATES,
    world_count: int = WORLDS,
    jobs: int | None = None,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[ClaimResult]:
    """Try claims and return what came of them, in order of their numbers.

    `only`: numbers of claims, all if None.  `world_count`: points of the Latin hypercube, 0 to leave robustness out.
    The same seed and numbers give the same results, on any number of threads.  Errors: ValueError for an unknown claim,
    KeyboardInterrupt once `stopped`.
    """
    known = {claim.number: claim for claim in CLAIMS}
    unknown = [number for number in only or () if number not in known]
    if unknown:
        raise ValueError(f"claim {unknown[0]} is unknown; allowed are {min(known)} to {max(known)}")
    chosen = [claim for claim in CLAIMS if only is None or claim.number in only]
    points = worlds(world_count, seed) if world_count else []

    def run(trials: Sequence[Trial], count: int) -> list[np.ndarray]:
        return effects(trials, seed, count, jobs, stopped) if trials else []

    found: list[ClaimResult] = []
    for claim in chosen:
        if progress:
            progress(len(found), len(chosen))
        found.append(try_claim(claim, replicates, points, run))
    if progress:
        progress(len(found), len(chosen))
    return found
