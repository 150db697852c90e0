"""All claims tried: effects, ablations, robustness, verdicts.

Verdict futures are drawn from seeds that are used for nothing else (`sim.evidence.seeds`), with parameters that were
frozen before (`sim.evidence.frozen`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sim.evidence.claims import coordinator_claims, giving_claims, practice_claims, stage_claims, weaving_claims
from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS, OPTIONS
from sim.evidence.claims.claim import Boundary, Claim, ClaimPart, mean_or_nan
from sim.evidence.claims.claim_rows import AblationRow, BoundaryRow, ClaimRow, OptionRow, PartRow, interval
from sim.evidence.claims.robustness import worlds
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import (
    FEWEST,
    GIVEN,
    HOLDS,
    UNDECIDED,
    boundary_of,
    effect_of,
    overall,
    replicates_needed,
    share_of_worlds,
    verdict_of,
    with_worlds,
)
from sim.evidence.seeds import VERDICT_SEED

FAMILIES = (giving_claims, weaving_claims, coordinator_claims, stage_claims, practice_claims)
CLAIMS: tuple[Claim, ...] = tuple(
    sorted((claim for family in FAMILIES for claim in family.CLAIMS), key=lambda claim: claim.number)
)


def looks(claims: Sequence[Claim]) -> int:
    """Return how many comparisons count for the verdicts on claims.

    Each part has two, at the default settings and over worlds; a boundary has one at each value.
    """
    parts = sum(not part.given for claim in claims for part in claim.parts)
    return 2 * parts + sum(len(claim.boundary.values) for claim in claims if claim.boundary)


LOOKS = looks(CLAIMS)
"""Comparisons of all claims: what verdicts are corrected for, also where only some claims are tried."""

REPLICATES, WORLDS, WORLD_REPLICATES = 300, 96, 4
"""Many worlds with few futures each: with 32 worlds an effect would have to count in all to hold in two thirds."""

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
    """Return a part with its mechanism off, without each added mechanism that it may depend on, and with options, by name."""
    off = {part.ablation.name: part.ablation.settings} if part.ablation else {}
    off |= {name: ADDED_MECHANISMS[name].without for name in part.added}
    off |= {name: OPTIONS[name].settings for name in part.options}
    return {name: Trial(part, off=settings) for name, settings in off.items()}


def ablation_row(part: ClaimPart, name: str, values: np.ndarray) -> AblationRow:
    """Return what is left of a part's effect with something off; it is gone where it is below the margin."""
    effect = effect_of(values, LOOKS, part.share)
    if effect is None:
        return AblationRow(name, None, None, None)
    return AblationRow(name, effect.mean, interval(effect), effect.mean < part.contrast.margin)


def option_row(part: ClaimPart, name: str, values: np.ndarray) -> OptionRow:
    """Return a part's effect with an option switched on."""
    effect = effect_of(values, LOOKS, part.share)
    here = verdict_of(effect, part.contrast.margin)
    return OptionRow(name, effect.mean if effect else None, interval(effect), here)


def boundary_row(boundary: Boundary, values: Sequence[np.ndarray]) -> BoundaryRow:
    """Judge a claim at each value of what it may depend on.  `values`: its effect in every future, by value."""
    part = boundary.part(boundary.values[0])
    found = [effect_of(there, LOOKS, part.share) for there in values]
    verdicts = tuple(verdict_of(effect, part.contrast.margin) for effect in found)
    return BoundaryRow(
        said=boundary.said,
        part=part.says,
        unit=part.contrast.unit,
        margin=part.contrast.margin,
        values=boundary.values,
        effects=tuple(effect.mean if effect else None for effect in found),
        ci95=tuple(interval(effect) for effect in found),
        verdicts=verdicts,
        found=boundary_of(boundary.said, boundary.values, verdicts),
    )


def part_row(
    part: ClaimPart,
    values: np.ndarray,
    tries: int,
    ablations: Mapping[str, AblationRow],
    elsewhere: np.ndarray | None = None,
    options: Mapping[str, OptionRow] = MappingProxyType({}),
) -> PartRow:
    """Judge a part.

    `values`: its effect in every future.  `tries`: futures run.  `ablations`: by name.  `elsewhere`: effects in other
    worlds, (worlds, futures); where no future of a world has one, the part does not hold there.  None if not tried.
    """
    effect = effect_of(values, LOOKS, part.share)
    here = verdict_of(effect, part.contrast.margin)
    needed = replicates_needed(effect, part.contrast.margin, LOOKS, tries) if effect and here == UNDECIDED else None
    robust, corrected = (
        (None, None) if elsewhere is None else share_of_worlds(elsewhere, part.contrast.margin, LOOKS, part.share)
    )
    verdict = GIVEN if part.given else with_worlds(here, corrected)
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
        depends_on=tuple(depends) if here == HOLDS and not part.given else (),
        robust_share=robust.mean if robust else None,
        robust_ci95=(robust.low, robust.high) if robust else None,
        here="" if part.given else here,
        robust_corrected=(corrected.low, corrected.high) if corrected else None,
        with_option=options,
    )


def claim_row(claim: Claim, parts: Sequence[PartRow], boundary: BoundaryRow | None = None) -> ClaimRow:
    """Return the row of a claim from those of its parts and its boundary."""
    counted = [(part.says, part.verdict) for part in parts if not part.given]
    verdict, condition = overall(counted, boundary.found if boundary else None)
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
        boundary=boundary,
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
    options: dict[str, dict[str, OptionRow]] = {part.key: {} for part in claim.parts}
    for (part, name, _), there in zip(off, left, strict=True):
        if name in part.options:
            options[part.key][name] = option_row(part, name, there)
        else:
            ablations[part.key][name] = ablation_row(part, name, there)
    elsewhere = run(
        [Trial(part, point, world=number) for part in claim.parts for number, point in enumerate(points)],
        WORLD_REPLICATES,
    )
    by_part = {
        part.key: np.array(elsewhere[n * len(points) : (n + 1) * len(points)]) if points else None
        for n, part in enumerate(claim.parts)
    }
    rows = [
        part_row(part, values[part.key], tries[part.key], ablations[part.key], by_part[part.key], options[part.key])
        for part in claim.parts
    ]
    means = {
        key: [mean_or_nan(world) for world in there] if there is not None else [] for key, there in by_part.items()
    }
    return ClaimResult(claim_row(claim, rows, try_boundary(claim, replicates, run)), means)


def try_boundary(claim: Claim, replicates: int, run: Run) -> BoundaryRow | None:
    """Run a claim at each value of what it may depend on; None if that is not mapped."""
    if claim.boundary is None:
        return None
    return boundary_row(
        claim.boundary, run([Trial(claim.boundary.part(value)) for value in claim.boundary.values], replicates)
    )


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
