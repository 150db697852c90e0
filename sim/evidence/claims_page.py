"""The page of `gennet claims --out`: each claim with its verdict and how certain it is, for reading and print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from sim.evidence.charts.claim_chart import VERDICT_COLOURS
from sim.evidence.claims.added_mechanisms import ADDED_MECHANISMS
from sim.evidence.claims.claim_rows import AblationRow, BoundaryRow, ClaimRow, PartRow
from sim.evidence.claims.run import LOOKS
from sim.evidence.claims.taken_away import TakenAwayRow
from sim.evidence.claims.verdict_rule import HOLDS
from sim.evidence.frozen import CLAIMS_VERSION
from sim.model.version import MODEL_VERSION, package_version
from sim.output.report.html_page import Bullets, Card, Cards, Fold, Picture, Prose, Section, Table, render_page
from sim.output.words import between, capital, estimate, percent, three_digits

SOURCES = {"GN": "theory of generative networks", "CAP": "connect, align, produce"}
"""What the sources of claims and questions are called."""
ORDER = ("holds", "conditional", "mixed", "undecided", "does not hold")
RULE = (
    "Each claim is split into parts: what would be seen if it were true. Every part is an experiment on paired simulated "
    "futures, with an effect signed so that above 0 is what the claim says, and a margin, set beforehand, above which an "
    "effect counts. A part holds if the whole interval of its effect lies above the margin and its effect counts in two "
    "thirds of other plausible worlds, again with the whole interval; if it counts in fewer, it is not robust. It does not "
    "hold if the whole interval of its effect lies below the margin, and is undecided otherwise. A claim holds if all its "
    "parts do; otherwise it is conditional if it is known from where on it holds, and mixed if some parts hold and others do "
    "not. A part that follows from how a comparator is defined is shown, but does not count."
)
OTHER_WORLDS = (
    "Other worlds: the share of other plausible worlds in which the mean effect of a few futures is at least the margin. Noise "
    "in these means draws the share towards one half: where it is high the true share is rather higher, where it is low "
    "rather lower, so verdicts err towards undecided."
)


def claims_page(
    rows: Sequence[ClaimRow],
    figures: Mapping[str, Figure],
    seed: int,
    replicates: int,
    worlds: int,
    notes: Sequence[str],
    taken: Sequence[TakenAwayRow] = (),
) -> str:
    """Return the page as one HTML text.

    `figures`: "score", and "claim-NN" for each claim.  `taken`: outcomes with mechanisms taken away, if that was tried.
    """
    added = [f"{m.name}: {m.what}. Support: {m.support or 'none of its own'}." for m in ADDED_MECHANISMS.values()]
    sections = [
        score_section(rows, figures["score"], seed, replicates, worlds, notes),
        *(claim_section(row, figures[f"claim-{row.claim:02d}"]) for row in rows),
        *([taken_away_section(taken)] if taken else []),
        Section(
            "Added mechanisms",
            [
                Prose("Claims may depend on these: they were added because plainer rules could not show a claim."),
                Bullets(added),
            ],
        ),
    ]
    return render_page(
        "Does a generative network work as its authors say?",
        sections,
        lede="The claims of two accounts of generative networks, tried in a model that does not assume any of them.",
        kicker="generative-networks: claims",
        facts=(
            ("model", MODEL_VERSION),
            ("experiments", CLAIMS_VERSION),
            ("version", package_version()),
            ("seed", str(seed)),
            ("futures", f"{replicates:,}"),
        ),
        footer=f"To repeat: gennet claims --seed {seed} --replicates {replicates} --worlds {worlds} --out results/claims",
    )


def score_section(
    rows: Sequence[ClaimRow], figure: Figure, seed: int, replicates: int, worlds: int, notes: Sequence[str]
) -> Section:
    """Return the section with the number of claims by verdict, how verdicts are reached, and a table of all claims."""
    counts = Counter(row.verdict for row in rows)
    cards = [
        Card(str(counts[verdict]), verdict, colour=VERDICT_COLOURS[verdict]) for verdict in ORDER if counts[verdict]
    ]
    robustness = f"; robustness in {worlds} worlds drawn from the plausible ranges of all parameters" if worlds else ""
    futures = f"{replicates:,} futures an arm, seed {seed}{robustness}"
    picture = Picture(figure, "score", "Verdict on each claim and its robustness", caption="How robust verdicts are.")
    return Section(
        "Score",
        [
            Cards(cards),
            *(Prose(note, "warning") for note in notes),
            Prose(RULE),
            Prose(f"Intervals are corrected for {LOOKS} comparisons. {futures}."),
            *([Prose(OTHER_WORLDS)] if worlds else []),
            score_table(rows),
            *([picture] if worlds else []),
        ],
    )


def score_table(rows: Sequence[ClaimRow]) -> Table:
    """Return a table with one row per claim."""
    cells = [
        (
            f"{row.claim}. {row.text}",
            row.verdict,
            f"{estimate(row.effect, row.ci95)} {row.unit}",
            percent(row.robust_share),
        )
        for row in rows
    ]
    head = ("claim", "verdict", "effect of the first part, 95% interval", "first part, other worlds")
    return Table(head, cells, text=3)


def ablation_words(ablation: AblationRow, unit: str) -> str:
    """Return whether an effect vanishes with its mechanism switched off, and what remains of it."""
    if ablation.effect is None:
        return "It is unclear whether the effect vanishes: too few futures have one"
    vanishes = "vanishes" if ablation.gone else "stays"
    return f"The effect {vanishes}: {estimate(ablation.effect, ablation.ci95)} {unit}"


def remarks(row: ClaimRow) -> list[str]:
    """Return remarks on a claim: its condition, what it depends on, and missing futures."""
    lines = [row.condition] if row.condition else []
    if row.boundary:
        lines.append(boundary_words(row.boundary))
    for part in row.parts:
        if part.given:
            lines.append(f"{part.part} is true by definition and does not count: {part.given}.")
        if part.ablation:
            lines.append(
                f"{part.part}, with this off: {part.ablation.off}. {ablation_words(part.ablation, part.unit)}."
            )
        if part.verdict != part.here == HOLDS:
            lines.append(worlds_words(part))
        lines += [
            f"{part.part}, with the option {name}: {option.here} at the default settings, "
            f"{estimate(option.effect, option.ci95)} {part.unit}."
            for name, option in part.with_option.items()
        ]
        for name, without in part.without_form.items() if part.here == HOLDS else ():
            if without.effect is None:
                unclear = "it is unclear whether it depends on an added mechanism, since too few futures have an effect"
                lines.append(f"{part.part}: {unclear}: {name}.")
        lines += [
            f"{part.part} depends on an added mechanism without support of its own: {name}." for name in part.depends_on
        ]
    if row.more_replicates:
        lines.append(f"Undecided parts need about {row.more_replicates:,} futures an arm.")
    return lines


def worlds_words(part: PartRow) -> str:
    """Return why a part that holds at the default settings does not hold."""
    if part.robust_share is None:
        return f"{part.part} holds at the default settings; other worlds were not tried."
    corrected = between(part.robust_corrected)
    return (
        f"{part.part} holds at the default settings, and counts in {percent(part.robust_share)} of other worlds (share "
        f"{corrected}, corrected), where two thirds are asked for."
    )


def boundary_words(boundary: BoundaryRow) -> str:
    """Return a claim's effect at each value of what it may depend on."""
    tried = zip(boundary.values, boundary.effects, boundary.ci95, boundary.verdicts, strict=True)
    each = "; ".join(
        f"{boundary.said.format(f'{value:,g}')}: {estimate(effect, ci95)}, {verdict}"
        for value, effect, ci95, verdict in tried
    )
    return f"Mapped: {boundary.part} ({boundary.unit}; counts from {three_digits(boundary.margin)}). {capital(each)}."


def taken_away_section(taken: Sequence[TakenAwayRow]) -> Section:
    """Return the section on outcomes with mechanisms switched off."""
    text = (
        "Main outcomes of the usual coordinator's network with a mechanism switched off, minus the same futures with it: "
        "mean difference and 95% interval."
    )
    return Section("Taken away", [Prose(text), taken_away_table(taken)])


def taken_away_table(rows: Sequence[TakenAwayRow]) -> Table:
    """Return a table with a row for each mechanism, and the difference that it makes to each outcome."""
    names = list(dict.fromkeys(row.outcome for row in rows))
    labels = {row.outcome: f"{row.label} ({row.unit})" for row in rows}
    found = {(row.taken, row.outcome): row for row in rows}
    cells = [
        (taken, *(f"{estimate((row := found[taken, name]).difference, (row.low, row.high))}" for name in names))
        for taken in dict.fromkeys(row.taken for row in rows)
    ]
    return Table(("taken away", *(labels[name] for name in names)), cells)


def claim_section(row: ClaimRow, figure: Figure) -> Section:
    """Return the section of one claim: verdict, parts, figure, mechanism."""
    cells = [
        (
            part.says,
            estimate(part.effect, part.ci95),
            three_digits(part.margin),
            part.verdict,
            percent(part.robust_share),
        )
        for part in row.parts
    ]
    table = Table(("what would be seen", "effect, 95% interval", "margin", "verdict", "other worlds"), cells)
    alt = f"Effects of the parts of claim {row.claim}, with mechanisms off and in other worlds"
    return Section(
        f"Claim {row.claim}: {row.verdict}",
        [
            Prose(row.text, "lead"),
            Bullets([*remarks(row), f"Mechanism in the model: {row.mechanism}."]),
            Picture(figure, f"claim-{row.claim}", alt),
            Fold("Numbers", [table]),
        ],
        name=f"claim-section-{row.claim}",
    )


def parts_table(claims: Sequence[ClaimRow]) -> pd.DataFrame:
    """Return a table with a row for each part of a claim; an interval takes two columns."""
    columns = ("part", "says", "unit", "margin", "effect", "futures", "verdict", "given", "robust_share", "here")
    rows = []
    for claim in claims:
        for part in claim.parts:
            off = part.ablation
            row: dict[str, object] = {"claim": claim.claim, "text": claim.text, "claim_verdict": claim.verdict}
            row |= {name: getattr(part, name) for name in columns}
            intervals = {"ci95": part.ci95, "corrected": part.ci_corrected, "off_ci95": off and off.ci95}
            for name, pair in intervals.items():
                row[f"{name}_low"], row[f"{name}_high"] = pair or (None, None)
            row |= {"off": off and off.off, "off_effect": off and off.effect}
            rows.append(row | {"depends_on": "; ".join(part.depends_on)})
    return pd.DataFrame(rows)
