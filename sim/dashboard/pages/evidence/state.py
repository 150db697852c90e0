"""What the numbers rest on: the sources' claims with verdicts, published figures, every parameter, and the model's limits.

Nothing runs here: `sim.evidence.published` holds what `gennet claims` and `gennet validate` found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import pandas as pd

from sim.dashboard.what_ifs import what_if
from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS
from sim.evidence.claims.claim_rows import AblationRow, ClaimRow, PartRow
from sim.evidence.claims_page import ORDER, OTHER_WORLDS, RULE, SOURCES, ablation_words, parts_table
from sim.evidence.published import made_with, published, stale
from sim.inputs.safe_csv import csv_table
from sim.model.declarations import PARAMETERS
from sim.output.report.report_page import limits
from sim.output.words import capital, estimate, exact, percent, span, three_digits

BASES = {
    "published": "A published figure or range supports the order of magnitude, often from another setting.",
    "fitted": "It was fitted to data.",
    "assumed": "An assumption.",
}


@dataclass(frozen=True)
class NamedCount:
    """How many parameters have a basis, or claims a verdict, and what it means."""

    name: str
    count: int
    words: str


@dataclass(frozen=True)
class ParameterRow:
    """One parameter's row."""

    key: str
    label: str
    value: str
    unit: str
    range: str
    basis: str
    source: str


@dataclass(frozen=True)
class ParameterGroup:
    """The parameters of one group."""

    name: str
    rows: list[ParameterRow]


@dataclass(frozen=True)
class EvidencePage:
    """Everything that the page shows of parameters, and the model's limits as HTML."""

    total: int
    bases: list[NamedCount]
    groups: list[ParameterGroup]
    limits: str


@lru_cache(maxsize=1)
def evidence() -> EvidencePage:
    """Return everything that the page shows."""
    counts = Counter(str(parameter.basis) for parameter in PARAMETERS)
    return EvidencePage(
        total=len(PARAMETERS),
        bases=[NamedCount(name, counts[name], words) for name, words in BASES.items() if counts[name]],
        groups=[
            ParameterGroup(
                group,
                [
                    ParameterRow(
                        one.key, one.label, exact(one.default), one.unit, span(*one.range), one.basis, one.source
                    )
                    for one in some
                ],
            )
            for group, some in groupby(PARAMETERS, lambda parameter: parameter.group)
        ],
        limits=limits()[1],
    )


MEANING = {
    "holds": "every part of the claim was seen",
    "conditional": "from where on the claim holds was found",
    "mixed": "some parts were seen, some were not",
    "undecided": "too few futures to decide",
    "does not hold": "no part of the claim was seen",
}
ROOM = 0.08
UNLIKE = 0.05
RULES = {"model": "model", "common": "common contacts", "closure": "closure", "random": "random"}
"""What predicts ties, by its column in the table of predictions."""
PublishedTarget = Mapping[str, Any]
"""A published figure against the model, as `sim.evidence.published` holds it."""


@dataclass(frozen=True)
class ShownPart:
    """A part of a claim in words."""

    says: str
    given: str
    verdict: str
    effect: str
    margin: str
    off: str
    worlds: str


@dataclass(frozen=True)
class ShownClaim:
    """A claim in words: verdict, condition, what was seen of each part, and the query of its what-if."""

    number: int
    text: str
    source: str
    verdict: str
    condition: str
    effect: str
    mechanism: str
    forms: list[str]
    worlds: str
    more: str
    parts: list[ShownPart]
    query: str


@dataclass(frozen=True)
class Marks:
    """Where the picture of a published figure has its marks, 0 to 100 from left to right; None for no mark.

    `dot`: the figure; `start`, `end`: its range, or the side of a direction; `low`, `median`, `high`: simulated.
    """

    dot: float | None
    start: float | None
    end: float | None
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class ShownTarget:
    """A published figure in words, and where to draw it."""

    label: str
    source: str
    observed: str
    simulated: str
    inside: bool
    fit: bool
    note: str
    why: str
    futures: int
    marks: Marks


@dataclass(frozen=True)
class LikenessRow:
    """How closely simulated networks resemble a real one: by distribution, the share of them at least as far from their mean."""

    data: str
    shares: dict[str, str]
    unlike: list[str]


@dataclass(frozen=True)
class PredictionRow:
    """How well it is predicted which ties form or end: the AUC of the model and of simple rules, as text."""

    data: str
    what: str
    pairs: str
    scores: dict[str, str]
    best: str


@dataclass(frozen=True)
class ClaimsPage:
    """Everything that the page shows of claims and published figures."""

    outdated: str
    score: str
    rule: str
    worlds: str
    made: str
    kinds: list[NamedCount]
    claims: list[ShownClaim]
    agreement: str
    targets: list[ShownTarget]
    likeness: list[LikenessRow]
    predictions: list[PredictionRow]
    seeds: dict[str, int]
    files: dict[str, str]


@lru_cache(maxsize=1)
def claims_page() -> ClaimsPage:
    """Return everything that the page shows."""
    score = published()
    claims, targets = [ClaimRow.from_json(row) for row in score["claims"]["rows"]], score["validate"]["rows"]
    counts = Counter(claim.verdict for claim in claims)
    return ClaimsPage(
        outdated=outdated(stale()),
        score=claims_score(claims),
        rule=RULE,
        worlds=OTHER_WORLDS,
        made=made_with(),
        kinds=[NamedCount(kind, counts[kind], MEANING[kind]) for kind in ORDER],
        claims=[shown_claim(claim) for claim in claims],
        agreement=targets_score(targets),
        targets=[shown_target(target) for target in targets],
        likeness=likeness_rows(score["validate"].get("structure", [])),
        predictions=[prediction_row(row) for row in score["validate"].get("prediction", [])],
        seeds={"claims": score["claims"]["seed"], "validate": score["validate"]["seed"]},
        files={"claims.csv": csv_table(parts_table(claims)), "targets.csv": targets_csv(targets)},
    )


def outdated(reasons: Sequence[str]) -> str:
    """Return that the published evidence may no longer hold; '' without a reason."""
    return (
        f"These numbers and verdicts may have changed: {'; '.join(reasons)}. Run them again to know." if reasons else ""
    )


def claims_score(claims: Sequence[ClaimRow]) -> str:
    """Return how many claims have which verdict, and how many of their parts hold."""
    counts = Counter(claim.verdict for claim in claims)
    many = {"holds": "hold", "does not hold": "do not hold"}
    words = [] if counts["holds"] else ["none holds in all its parts"]
    for kind in filter(counts.get, ORDER):
        one, more = (kind, many[kind]) if kind in many else (f"is {kind}", f"are {kind}")
        words.append(f"{counts[kind]} {more if counts[kind] > 1 else one}")
    verdicts = [part.verdict for claim in claims for part in claim.parts]
    first, last = ", ".join(words[:-1]), words[-1]
    return (
        f"Of the {len(claims)} claims that the sources make, {f'{first} and ' if first else ''}{last} in this model. "
        f"Of their {len(verdicts)} parts, {verdicts.count('holds')} hold."
    )


def shown_claim(claim: ClaimRow) -> ShownClaim:
    """Return a claim in words."""
    names = dict.fromkeys(name for part in claim.parts for name in part.depends_on)
    return ShownClaim(
        number=claim.claim,
        text=claim.text,
        source=SOURCES.get(claim.source, claim.source),
        verdict=claim.verdict,
        condition=claim.condition or "",
        effect=effect_words(claim),
        mechanism=sentence(claim.mechanism),
        forms=[f"{name}: {ADDED_MECHANISMS[name].what}" if name in ADDED_MECHANISMS else name for name in names],
        worlds="" if claim.robust_share is None else percent(claim.robust_share),
        more=f"{claim.more_replicates:,}" if claim.more_replicates else "",
        parts=[shown_part(part) for part in claim.parts],
        query=what_if(claim.claim),
    )


def shown_part(part: PartRow) -> ShownPart:
    """Return a part of a claim in words."""
    return ShownPart(
        says=part.says,
        given=sentence(part.given),
        verdict=part.verdict,
        effect=effect_words(part),
        margin=f"{three_digits(part.margin)} {part.unit}",
        off=off_words(part.ablation, part.unit),
        worlds="not tried" if part.robust_share is None else percent(part.robust_share),
    )


def sentence(words: str) -> str:
    """Return words as a sentence."""
    return f"{capital(words.rstrip('.'))}." if words else ""


def effect_words(row: ClaimRow | PartRow) -> str:
    """Return an effect with its interval and unit."""
    return "too few futures" if row.effect is None else f"{estimate(row.effect, row.ci95)} {row.unit}"


def off_words(ablation: AblationRow | None, unit: str) -> str:
    """Return what is left of an effect with its mechanism switched off; '' if that was not tried."""
    return f"{ablation.off}. {ablation_words(ablation, unit)}" if ablation else ""


def targets_score(targets: Sequence[PublishedTarget]) -> str:
    """Return how many published figures the model meets, those kept out of the fit apart from the others."""
    kept, fitted = ([target for target in targets if target["in_fit"] is fit] for fit in (False, True))
    met = [sum(target["inside"] for target in group) for group in (targets, kept, fitted)]
    return (
        f"The model agrees with {met[0]} of {len(targets)} published figures: {met[1]} of the {len(kept)} that were kept out "
        f"(these are the test) and {met[2]} of the {len(fitted)} that informed a parameter."
    )


def shown_target(target: PublishedTarget) -> ShownTarget:
    """Return a published figure against what is simulated."""
    low, high = (amount(target, end) for end in target["interval90"])
    return ShownTarget(
        label=target["label"],
        source=target["source"],
        observed=observed_words(target),
        simulated=f"{amount(target, target['median'])} ({low} to {high}){unit_of(target)}",
        inside=target["inside"],
        fit=target["in_fit"],
        note=sentence(target["note"]),
        why=target["why"],
        futures=target["futures"],
        marks=marks_of(target),
    )


def likeness_rows(structure: Sequence[PublishedTarget]) -> list[LikenessRow]:
    """Return a row for each real network."""
    shares: dict[str, dict[str, float]] = {}
    for row in structure:
        shares.setdefault(row["data"], {})[row["distribution"]] = row["p"]
    return [
        LikenessRow(
            data,
            {name: f"{percent(p)}" if p >= 0.01 else "under 1%" for name, p in found.items()},
            [name for name, p in found.items() if p < UNLIKE],
        )
        for data, found in shares.items()
    ]


def prediction_row(row: PublishedTarget) -> PredictionRow:
    """Return one prediction in words."""
    scores = {label: row[key] for key, label in RULES.items() if row[key] is not None}
    what = {"form": "which ties form", "end": "which ties end"}[row["what"]]
    return PredictionRow(
        data=row["data"],
        what=what,
        pairs=f"{row['hits']:,} of {row['pairs']:,} pairs",
        scores={label: f"{score:.2f}" for label, score in scores.items()},
        best=max(scores, key=lambda label: scores[label]),
    )


def observed_words(target: PublishedTarget) -> str:
    """Return the published figure, with its range or direction."""
    low, high = target["observed_range"] or (None, None)
    if target["kind"] == "direction":
        return f"above {amount(target, low)}" if low is not None else f"below {amount(target, high)}"
    around = f" ({amount(target, low)} to {amount(target, high)})" if low is not None and high is not None else ""
    return f"{amount(target, target['observed'])}{around}{unit_of(target)}"


def unit_of(target: PublishedTarget) -> str:
    """Return a target's unit behind a number, if it says more than the number does."""
    return "" if target["unit"] in ("share", "difference") else f" {target['unit']}"


def amount(target: PublishedTarget, value: float | None) -> str:
    """Return a number of a target: shares in percent; a dash for None."""
    return percent(value) if target["unit"] == "share" else three_digits(value)


def marks_of(target: PublishedTarget) -> Marks:
    """Return where the picture of a target has its marks."""
    low, high = target["observed_range"] or (None, None)
    dot = None if target["kind"] == "direction" else target["observed"]
    simulated = target["interval90"][0], target["median"], target["interval90"][1]
    known: list[float] = [x for x in (dot, low, high, *simulated) if x is not None]
    least, most = min(known), max(known)
    room = ROOM * (most - least) or 1.0

    def place(x: float) -> float:
        return round(100 * (x - least + room) / (most - least + 2 * room), 2)

    start, end = (None, None)
    if target["observed_range"] is not None:
        start, end = (0.0 if low is None else place(low)), (100.0 if high is None else place(high))
    return Marks(None if dot is None else place(dot), start, end, *map(place, simulated))


def targets_csv(targets: Sequence[PublishedTarget]) -> str:
    """Return a table with a row for each target."""
    rows = []
    for target in targets:
        row = {key: value for key, value in target.items() if key not in ("start", "experiment")}
        row["observed_low"], row["observed_high"] = row.pop("observed_range") or (None, None)
        row["low90"], row["high90"] = row.pop("interval90")
        rows.append(row)
    return csv_table(pd.DataFrame(rows))
