"""The page of `gennet claims --out`: what was claimed, what came of it, and how sure that is, for reading and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.evidence.claims.added_mechanisms import FORMS
from sim.evidence.claims.run import LOOKS
from sim.evidence.claims.verdict_rule import HOLDS
from sim.evidence.frozen import CLAIMS_VERSION
from sim.model.version import MODEL_VERSION, package_version
from sim.output.report.page import Bullets, Card, Cards, Fold, Picture, Prose, Section, Table, render_page
from sim.output.words import estimate, percent, three_digits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ORDER = ("holds", "conditional", "undecided", "does not hold")
RULE = (
    "Each claim is taken apart into what would have to be seen if it were so. Every part is an experiment on paired "
    "simulated futures, with an effect signed so that above 0 is what the claim says, and a margin, set beforehand, from "
    "which an effect counts. A part holds if the whole interval of its effect lies above the margin, does not hold if the "
    "whole interval lies below it, and is undecided otherwise. A claim holds if all its parts do. A part that follows from "
    "how a comparator is defined is shown, and does not count."
)
OTHER_WORLDS = (
    "Other worlds: the share of worlds in which the mean effect of a few futures is at least the margin. These means are taken "
    "as they are, so luck draws the share towards one half: a high share is rather higher in truth, a low one rather lower."
)


def claims_page(
    found: Sequence[Mapping[str, Any]],
    figures: Mapping[str, Figure],
    seed: int,
    replicates: int,
    worlds: int,
    notes: Sequence[str],
) -> str:
    """The page as one HTML text.

    `found`: claims as `gennet claims --json` prints them.  `figures`: "score", and "claim-NN" for each.
    """
    counts = {verdict: sum(claim["verdict"] == verdict for claim in found) for verdict in ORDER}
    colours = verdict_colours()
    cards = [Card(str(n), verdict, colour=colours[verdict]) for verdict, n in counts.items() if n]
    score = Picture(figures["score"], "score", "Verdict on each claim and its robustness", "How robust verdicts are.")
    opening = Section(
        "Score",
        [
            Cards(cards),
            *(Prose(note, "warning") for note in notes),
            Prose(RULE),
            Prose(
                f"Intervals behind verdicts are corrected for {LOOKS} looks. {replicates:,} futures an arm, seed {seed}"
                + (
                    f"; robustness in {worlds} worlds drawn from the plausible ranges of all parameters."
                    if worlds
                    else "."
                )
            ),
            *([Prose(OTHER_WORLDS)] if worlds else []),
            score_table(found),
            *([score] if worlds else []),
        ],
    )
    forms = [f"{form.name}: {form.what}. Support: {form.support or 'none of its own'}." for form in FORMS.values()]
    sections = [
        opening,
        *(claim_section(claim, figures[f"claim-{claim['claim']:02d}"]) for claim in found),
        Section(
            "Forms that claims may hang on",
            [Prose("Added because plainer rules could not show a claim."), Bullets(forms)],
        ),
    ]
    return render_page(
        "Does a generative network tick as its authors say?",
        sections,
        lede="The claims of two accounts of generative networks, tried in a model in which none of them was written in.",
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


def verdict_colours() -> dict[str, str]:
    """Colour of each verdict, as in the figures."""
    from sim.output.figures.claims import VERDICT_COLOURS

    return VERDICT_COLOURS


def score_table(found: Sequence[Mapping[str, Any]]) -> Table:
    """A row a claim."""
    rows = [
        (
            f"{claim['claim']}. {claim['text']}",
            claim["verdict"],
            f"{estimate(claim['effect'], claim['ci95'])} {claim['unit']}",
            percent(claim["robust_share"]),
        )
        for claim in found
    ]
    return Table(
        ("claim", "verdict", "effect of the first part, 95% interval", "first part, other worlds"), rows, text=3
    )


def left_words(off: Mapping[str, Any], unit: str) -> str:
    """Whether an effect goes with its mechanism switched off, and what is left of it."""
    if off["effect"] is None:
        return "Whether the effect goes cannot be told: too few futures could tell"
    return f"The effect {'goes' if off['gone'] else 'stays'}: {estimate(off['effect'], off['ci95'])} {unit}"


def forms_untold(part: Mapping[str, Any]) -> list[str]:
    """Forms without which too few futures could tell whether a part that holds still does."""
    if part["verdict"] != HOLDS:
        return []
    return [name for name, told in part["without_form"].items() if told["effect"] is None]


def claim_section(claim: Mapping[str, Any], figure: Figure) -> Section:
    """One claim: verdict, parts, figure, mechanism."""
    lines = [f"Mechanism in the model: {claim['mechanism']}."]
    if claim["condition"]:
        lines.insert(0, claim["condition"])
    for part in claim["parts"]:
        if part.get("given"):
            lines.append(f"{part['part']} is so by definition and does not count: {part['given']}.")
        off = part["ablation"]
        if off:
            lines.append(f"{part['part']}, with this off: {off['off']}. {left_words(off, part['unit'])}.")
        lines += [
            f"{part['part']}: whether it depends on this form cannot be told, too few futures could tell: {form}."
            for form in forms_untold(part)
        ]
        lines += [
            f"{part['part']} depends on a form without support of its own: {form}." for form in part["depends_on"]
        ]
    if claim["more_replicates"]:
        lines.append(f"Undecided parts need about {claim['more_replicates']:,} futures an arm.")
    rows = [
        (
            part["says"],
            estimate(part["effect"], part["ci95"]),
            three_digits(part["margin"]),
            part["verdict"],
            percent(part["robust_share"]),
        )
        for part in claim["parts"]
    ]
    title = f"Claim {claim['claim']}: {claim['verdict']}"
    alt = f"Effects of the parts of claim {claim['claim']}, with mechanisms off and in other worlds"
    table = Table(
        ("what would have to be seen", "effect, 95% interval", "counts from", "verdict", "other worlds"), rows
    )
    return Section(
        title,
        [
            Prose(claim["text"], "lead"),
            Bullets(lines),
            Picture(figure, f"claim-{claim['claim']}", alt),
            Fold("Numbers", [table]),
        ],
        name=f"claim-section-{claim['claim']}",
    )
