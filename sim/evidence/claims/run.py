"""All claims tried: effects, ablations, robustness, verdicts.

Verdict futures are drawn from seeds that are used for nothing else (`sim.evidence.seeds`), with parameters that were
frozen before (`sim.evidence.frozen`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.evidence.claims import coordinator_claims, giving_claims, stage_claims, weaving_claims
from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS
from sim.evidence.claims.claim import Claim, ClaimPart
from sim.evidence.claims.claim_rows import AblationRow, ClaimRow, PartRow, interval
from sim.evidence.claims.robustness import worlds
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import (
    FEWEST,
    GIVEN,
    HOLDS,
    UNDECIDED,
    effect_of,
    overall,
    replicates_needed,
    verdict_of,
)
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.analysis.effects import proportion

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (*giving_claims.CLAIMS, *weaving_claims.CLAIMS, *coordinator_claims.CLAIMS, *stage_claims.CLAIMS),
        key=lambda claim: claim.number,
    )
)


def looks(claims: Sequence[Claim]) -> int:
    """Return how many parts count for the verdicts on claims."""
    return sum(not part.given for claim in claims for part in claim.parts)


LOOKS = looks(CLAIMS)
"""Parts of all claims that count: what verdicts are corrected for, also where only some claims are tried."""

REPLICATES, WORLDS, WORLD_REPLICATES = 400, 32, 12

Progress = Callable[[int, int], None]
Run = Callable[[Sequence[Trial], int], list[np.ndarray]]
"""Trials and a number of futures -> the effect of each in every future."""


@dataclass(frozen=True)
class ClaimResult:
    """One claim tried.  `worlds`: by part, its mean effect in each other world, NaN where no future has one."""

    row: ClaimRow
    worlds: Mapping[str, list[float]]

    def to_json(self) -> dict[str, object]:
        """Return what `gennet claims --json` prints of a claim."""
        return self.row.to_json()


def variants(part: ClaimPart) -> dict[str, Trial]:
    """Return a part with its mechanism off, and without each added mechanism that it may depend on, by name."""
    off = {part.ablation.name: part.ablation.settings} if part.ablation else {}
    off |= {name: ADDED_MECHANISMS[name].without for name in part.added}
    return {name: Trial(part, off=settings) for name, settings in off.items()}


def ablation_row(part: ClaimPart, name: str, values: np.ndarray) -> AblationRow:
    """Return what is left of a part's effect with something off; it is gone where it is below the margin."""
    effect = effect_of(values, LOOKS, part.share)
    if effect is None:
        return AblationRow(name, None, None, None)
    return AblationRow(name, effect.mean, interval(effect), effect.mean < part.contrast.margin)


def part_row(
    part: ClaimPart, values: np.ndarray, tries: int, ablations: Mapping[str, AblationRow], means: Sequence[float]
) -> PartRow:
    """Judge a part.

    `values`: its effect in every future.  `tries`: futures run.  `ablations`: by name.  `means`: mean effects in other
    worlds; a NaN counts as a world in which the part does not hold.  Each mean is of a few futures and compared as it is,
    so chance draws the share of worlds towards one half.
    """
    effect = effect_of(values, LOOKS, part.share)
    verdict = GIVEN if part.given else verdict_of(effect, part.contrast.margin)
    needed = replicates_needed(effect, part.contrast.margin, LOOKS, tries) if effect and verdict == UNDECIDED else None
    robust = proportion(sum(mean >= part.contrast.margin for mean in means), len(means)) if means else None
    without = {name: ablations[name] for name in part.added}
    depends = [name for name, row in without.items() if row.gone and not ADDED_MECHANISMS[name].support]
    return PartRow(
        part=part.key,
        says=part.says,
        given=part.given,
        unit=part.contrast.unit,
        margin=part.contrast.margin,
        effect=effect.mean if effect else None,
        ci95=interval(effect),
        ci_corrected=(effect.low_adjusted, effect.high_adjusted) if effect else None,
        futures=effect.n if effect else 0,
        verdict=verdict,
        replicates_needed=needed,
        ablation=ablations[part.ablation.name] if part.ablation else None,
        without_form=without,
        depends_on=tuple(depends) if verdict == HOLDS else (),
        robust_share=robust.mean if robust else None,
        robust_ci95=(robust.low, robust.high) if robust else None,
    )


def claim_row(claim: Claim, parts: Sequence[PartRow]) -> ClaimRow:
    """Return the row of a claim from those of its parts."""
    verdict, condition = overall([(part.says, part.verdict) for part in parts if not part.given])
    needed = [part.replicates_needed for part in parts if part.verdict == UNDECIDED and part.replicates_needed]
    return ClaimRow(
        claim=claim.number,
        text=claim.text,
        source=claim.source,
        mechanism=claim.mechanism,
        effect=parts[0].effect,
        unit=parts[0].unit,
        ci95=parts[0].ci95,
        ablation=next((part.ablation for part in parts if part.ablation), None),
        verdict=verdict,
        condition=condition,
        robust_share=parts[0].robust_share,
        depends_on=tuple(sorted({name for part in parts for name in part.depends_on})),
        more_replicates=max(needed, default=None),
        parts=tuple(parts),
    )


def try_claim(claim: Claim, replicates: int, points: Sequence[Mapping[str, float]], run: Run) -> ClaimResult:
    """Run all parts of a claim as declared, switched off and in other worlds, and judge them.

    Runs of the same kind go together, since parts share arms.
    """
    tries = {part.key: replicates * part.effort for part in claim.parts}
    values: dict[str, np.ndarray] = {}
    for count in dict.fromkeys(tries.values()):
        alike = [part for part in claim.parts if tries[part.key] == count]
        values |= zip((part.key for part in alike), run([Trial(part) for part in alike], count), strict=True)
    off = [(part, name, trial) for part in claim.parts for name, trial in variants(part).items()]
    left = run([trial for _, _, trial in off], max(FEWEST, replicates // 2))
    ablations: dict[str, dict[str, AblationRow]] = {part.key: {} for part in claim.parts}
    for (part, name, _), there in zip(off, left, strict=True):
        ablations[part.key][name] = ablation_row(part, name, there)
    elsewhere = run([Trial(part, point) for part in claim.parts for point in points], WORLD_REPLICATES)
    means = [float(known.mean()) if (known := v[np.isfinite(v)]).size else np.nan for v in elsewhere]
    by_part = {part.key: means[n * len(points) : (n + 1) * len(points)] for n, part in enumerate(claim.parts)}
    rows = [
        part_row(part, values[part.key], tries[part.key], ablations[part.key], by_part[part.key])
        for part in claim.parts
    ]
    return ClaimResult(claim_row(claim, rows), by_part)


def try_claims(
    only: Sequence[int] | None = None,
    seed: int = VERDICT_SEED,
    replicates: int = REPLICATES,
    world_count: int = WORLDS,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[ClaimResult]:
    """Try claims and return the results in order of their numbers.

    `only`: numbers of claims, all if None.  `world_count`: points of the Latin hypercube, 0 to leave robustness out.
    The same seed and numbers give the same results, on any number of threads.

    Raises ValueError for an unknown claim, and KeyboardInterrupt once `stopped`.
    """
    known = [claim.number for claim in CLAIMS]
    unknown = [number for number in only or () if number not in known]
    if unknown:
        raise ValueError(f"claim {unknown[0]} is unknown; allowed are {min(known)} to {max(known)}")
    chosen = [claim for claim in CLAIMS if only is None or claim.number in only]
    points = worlds(world_count, seed) if world_count else []

    def run(trials: Sequence[Trial], count: int) -> list[np.ndarray]:
        return effects(trials, seed, count, jobs, stopped) if trials else []

    results: list[ClaimResult] = []
    for claim in chosen:
        progress(len(results), len(chosen))
        results.append(try_claim(claim, replicates, points, run))
    progress(len(results), len(chosen))
    return results
