"""Findings as sections of a page: answer, stages, money, worlds, what moves it."""

from __future__ import annotations

import re

import pandas as pd

from sim import figures
from sim.analysis.groups import ByFactor
from sim.analysis.runs import unit_of
from sim.commands.sentences import number, percent
from sim.figures.palette import STAGES
from sim.report import answers
from sim.report.answers import money, noun, with_interval
from sim.report.findings import Findings
from sim.report.page import Block, Bullets, Card, Cards, Fold, Gallery, Picture, Prose, Section, Table

RAMP = ("#9ecae1", "#4292c6", "#08519c")
"""Low, middle and high part of a factor's range: one hue, so that it is no strategy's."""


SOBOL_NOTE = (
    "Sobol indices of the worlds' means. Alone: the share of variance that would go if the factor were known; with others: "
    "that would stay if all others were. Lines: 95% intervals (bootstrap)."
)
MORRIS_NOTE = (
    "Morris screening. μ*: mean size of the change when the factor crosses its range, with 95% interval; σ: how much that "
    "change depends on the other factors."
)


def slug(*parts: str) -> str:
    """Parts of a name as an id."""
    return "-".join(re.sub(r"[^a-zA-Z0-9]+", "-", part).strip("-").lower() or "x" for part in parts)


def answer(found: Findings) -> Section:
    """Who is ahead, by how much, how sure, at what cost."""
    cards = []
    for name in answers.ordered(found) if found.main in found.blocks else found.strategies:
        there = found.at(name, "producing")
        below = f"{percent(there.share.mean)} reach production"
        if "cost" in found.blocks:
            below += f"; costs {money(found.mean(name, 'cost'), 0)}"
        value = number(found.mean(name, found.main)) if found.main in found.blocks else percent(there.share.mean)
        cards.append(Card(value, f"{name}: {noun(found.main)} a simulated future", below, found.colours[name]))
    sentences: list[tuple[str, str]] = [
        (name, answers.stage_sentence(found, name, "producing")) for name in found.strategies[1:] or found.strategies
    ]
    sentences += answers.cost_sentences(found)
    for text in (answers.best_sentence(found), answers.worth_sentence(found)):
        sentences += [("", text)] if text else []
    sentences += [("", answers.sensitivity_sentence(found, one)) for one in found.indices]
    unsettled = answers.replicates_sentence(found)
    sentences += [("", unsettled)] if unsettled else []
    blocks: list[Block] = [
        Prose(sentence_case(answers.lead(found)), "lead"),
        Cards(cards),
        Bullets([sentence_case(text) for _, text in sentences], [found.colours.get(name, "") for name, _ in sentences]),
        Prose(how_sure(found), "note"),
    ]
    if found.failed:
        count = f"{found.failed:,} of {len(found.results.runs):,} runs failed"
        blocks.append(Prose(f"{count} and are left out; worlds are left out whole where pairs would break.", "warning"))
    if not found.results.complete:
        done, whole = len(found.results.runs), found.results.expected
        blocks.append(Prose(f"This is not finished: {done:,} of {whole:,} runs are there.", "warning"))
    blocks.append(
        Prose(
            "These are statements about a model with assumed prices, and prices decide rankings; see its limits below.",
            "warning",
        )
    )
    return Section("Answer", blocks)


def sentence_case(text: str) -> str:
    """A sentence that begins with a capital, unless it begins with a number."""
    return text[:1].upper() + text[1:]


def how_sure(found: Findings) -> str:
    """What the intervals cover."""
    if found.worlds == 1:
        return (
            "In brackets: 95% intervals over simulated futures, which meet with the same luck under every "
            "strategy. They cover luck, "
            "and not whether the model's assumptions hold."
        )
    seeds = int(found.runs["replicate"].nunique())
    return (
        f"In brackets: 95% intervals over {found.worlds:,} worlds and {seeds:,} seeds. All worlds meet "
        "with the same seeds, so luck does "
        "not average out over worlds: with few seeds intervals are wide, however many worlds there are."
    )


def stages(found: Findings) -> Section:
    """How many futures reach each stage, and when."""
    runs = found.runs
    over_time, typical = [], []
    for stage in STAGES:
        told = ", ".join(f"{name} {percent(found.at(name, stage).share.mean)}" for name in found.strategies)
        over = figures.stages_over_time(runs, found.horizon, found.colours, (stage,), bare=True)
        over_time.append(
            Picture(
                over, f"stage-{stage}", f"Share of futures that reached the stage {stage}, by week; in the end: {told}."
            )
        )
        rows = figures.time_to_event(runs, found.horizon, found.colours, (stage,), bare=True)
        middle = ", ".join(f"{name} {median(found, name, stage)}" for name in found.strategies)
        typical.append(
            Picture(
                rows, f"time-{stage}", f"Weeks to the stage {stage}; half of the futures are there by week: {middle}."
            )
        )
    blocks: list[Block] = [
        Gallery(
            over_time,
            "Share of simulated futures that reached the stage by that week (Kaplan–Meier). Band: 95% "
            "interval of the share, each week "
            "and each future taken by itself.",
        ),
        Gallery(
            typical,
            "Dot: median, thick bar: its 95% interval; thin line: middle 80% of futures, with an arrow "
            "where it runs past the horizon; "
            f"diamond: mean weeks, none counted past week {found.horizon}.",
        ),
        stages_table(found),
    ]
    others = [(name, stage) for stage in STAGES for name in found.strategies[1:]]
    if others:
        sentences = [sentence_case(answers.stage_sentence(found, name, stage)) for name, stage in others]
        marks = [found.colours[name] for name, _ in others]
        blocks.append(Fold(f"In words, against {found.baseline}", [Bullets(sentences, marks)]))
    return Section("When stages are reached", blocks)


def median(found: Findings, name: str, stage: str) -> str:
    """Week by which half of the futures got there."""
    middle = found.at(name, stage).curve.median
    return f">{found.horizon}" if middle is None else f"{middle:.0f}"


def stages_table(found: Findings) -> Table:
    """Share, median and mean weeks of each stage and strategy."""
    rows = []
    for stage in STAGES:
        for name in found.strategies:
            one = found.at(name, stage)
            share = f"{percent(one.share.mean)} ({percent(one.share.low)} to {percent(one.share.high)})"
            rows.append(
                [
                    name,
                    stage,
                    share,
                    median(found, name, stage),
                    with_interval(one.weeks.mean, one.weeks.low, one.weeks.high),
                ]
            )
    head = ["strategy", "stage", "reached", "median week", "mean weeks within the horizon"]
    return Table(head, rows, "Stages: share of futures and weeks, with 95% intervals", 2, found.colours)


def differences(found: Findings) -> Section | None:
    """Paired differences to the first strategy, and what they come to."""
    others = found.strategies[1:]
    pictures, rows = [], []
    for outcome in found.blocks:
        if outcome.endswith("_week") and not any(
            found.at(name, outcome[:-5]).curve.reached for name in found.strategies
        ):
            continue
        told = [(name, found.pair(name, found.baseline, outcome)) for name in others]
        pairs = [(name, pair) for name, pair in told if pair is not None]
        if not pairs:
            continue
        means = [f"{number(found.mean(name, outcome))}" for name in found.strategies]
        for (name, pair), mean in zip(pairs, means[1:], strict=True):
            sign = "$" if unit_of(outcome) == "dollars" else ""
            rows.append(
                [
                    name,
                    noun(outcome),
                    mean,
                    with_interval(pair.mean, pair.low, pair.high, sign),
                    verdict(pair.clear),
                ]
            )
        what = f"{unit_of(outcome) or 'difference'}, more than under {found.baseline}"
        shown = figures.paired_differences(
            [pair for _, pair in pairs], [name for name, _ in pairs], what, found.colours
        )
        words = "; ".join(f"{name} {with_interval(pair.mean, pair.low, pair.high)}" for name, pair in pairs)
        picture = Picture(
            shown,
            slug("difference", outcome),
            f"Differences to {found.baseline} in {noun(outcome)}: {words}.",
            "",
            sentence_case(noun(outcome)),
        )
        # Costs have a section of their own.
        if outcome != "cost" and any(pair.mean or pair.low for _, pair in pairs):
            pictures.append(picture)
    if not rows:
        return None
    note = (
        f"Mean of the differences, world by world and seed by seed, to {found.baseline}. Line: 95% "
        "interval; a hollow dot where it "
        "holds 0, so that the difference can't be told."
    )
    head = ["strategy", "outcome", "mean", f"difference to {found.baseline}", "can it be told?"]
    table = Table(head, rows, f"Paired differences to {found.baseline}, with 95% intervals", 2, found.colours)
    return Section("How strategies differ", [Gallery(pictures, note), Fold("All differences as a table", [table])])


def verdict(clear: bool) -> str:
    """Whether a difference can be told, in a word."""
    return "yes" if clear else "no"


def money_section(found: Findings) -> Section | None:
    """What outputs cost, who is dominated, the best buy at each worth of an output."""
    curve = found.acceptability
    if curve is None or found.cloud is None:
        return None
    told = "; ".join(
        f"{one.strategy} {number(one.outputs)} outputs for {money(one.cost, 0)}" for one in found.standings
    )
    frontier = Picture(
        figures.cost_frontier(found.standings, found.cloud, found.colours),
        "frontier",
        f"Cost and outputs of each strategy: {told}.",
    )
    ends = ", ".join(f"{name} {percent(float(curve.share[-1, k]))}" for k, name in enumerate(curve.strategies))
    accept = Picture(
        figures.acceptability_curves(curve, found.colours),
        "acceptability",
        f"Share of {curve.unit} in which each strategy is the best buy; at "
        f"{money(float(curve.prices[-1]), 0)} an output: {ends}.",
    )
    rows = []
    prices = {one.strategy: one for one in found.prices}
    for one in found.standings:
        price = prices.get(one.strategy)
        cost = "–"
        if price is not None:
            cost = "can't be told"
            if price.price is not None and price.low is not None and price.high is not None:
                cost = with_interval(price.price, price.low, price.high, "$")
            elif price.more_outputs.high < 0:
                cost = "brings fewer"
        rows.append([one.strategy, money(one.cost, 0), number(one.outputs), cost, one.status, percent(one.sure)])
    head = ["strategy", "cost", "outputs", f"one more output than {found.cheapest}", "standing", "in resamples"]
    table = Table(head, rows, "Cost-effectiveness (95% interval by Fieller)", 1, found.colours)
    marks = [found.colours[one.strategy] for one in found.standings]
    return Section(
        "What outputs cost",
        [
            Bullets([sentence_case(one.words) for one in found.standings], marks),
            Gallery(
                [frontier, accept],
                f"Left: means of strategies, joined along the frontier; hollow: dominated; faint: {curve.unit}. Right: share of "
                f"{curve.unit} in which a strategy has the largest net benefit, if an output is worth so "
                "many dollars; band: 95% interval "
                "from resampling worlds and seeds.",
            ),
            table,
        ],
    )


def regrets(found: Findings) -> Section | None:
    """Probability of being best, and regret."""
    if found.regrets is None:
        return None
    all_of = found.regrets
    told = ", ".join(f"{one.strategy} {percent(one.best.mean)}" for one in all_of.strategies)
    best = Picture(
        figures.probability_best(all_of, found.colours), "best", (f"Share of {all_of.unit} in "
        f"which each strategy is best: {told}."),
        "", "How often it is best",
    )  # fmt: skip
    words = ", ".join(
        f"{one.strategy} {number(one.mean.mean)} and at most {number(one.largest.mean)}" for one in all_of.strategies
    )
    loss = Picture(
        figures.regret_ranges(all_of, unit_of(found.main), found.colours), "regret", f"Mean and largest regret: {words}.",
        "", "What it falls short of the best",
    )  # fmt: skip
    rows = [
        [
            one.strategy,
            f"{percent(one.best.mean)} ({percent(one.best.low)} to {percent(one.best.high)})",
            with_interval(one.mean.mean, one.mean.low, one.mean.high),
            number(one.ninety.mean),
            with_interval(one.largest.mean, one.largest.low, one.largest.high),
            "yes" if one.minimax else "",
        ]
        for one in all_of.strategies
    ]
    head = ["strategy", "best in", "mean regret", "nine in ten below", "largest regret", "least largest"]
    table = Table(head, rows, f"Regret in {noun(found.main)}, over {all_of.number:,} {all_of.unit}", 1, found.colours)
    note = (
        f"Regret: what the best strategy of a world would have brought more ({noun(found.main)}). Dot: "
        "mean with 95% interval; bar at the "
        "end: the largest. Where worlds have few seeds, their best is partly luck."
    )
    return Section(
        "Choosing under uncertainty", [Prose(answers.best_sentence(found)), Gallery([best, loss], note), table]
    )


def sensitivities(found: Findings) -> Section | None:
    """What moves the outcome: indices, where the design has them, and stages by factor."""
    blocks: list[Block] = []
    pictures = []
    for place, one in enumerate(found.indices):
        what = f"{noun(one.outcome)} of {one.strategy}" + ("" if one.against is None else f" minus {one.against}'s")
        text = answers.sensitivity_sentence(found, one)
        blocks.append(Prose(text))
        drawn = figures.tornado(one, found.labels, unit_of(one.outcome))
        pictures.append(Picture(drawn, f"tornado-{place}", text, "", sentence_case(what)))
    if pictures:
        sobol = found.indices[0].kind == "sobol"
        blocks.append(
            Gallery(
                pictures,
                SOBOL_NOTE if sobol else MORRIS_NOTE,
            )
        )
        tables = [indices_table(found, place) for place in range(len(found.indices))]
        blocks.append(Fold("All factors as a table", tables))
    if found.by_factor:
        blocks += by_factors(found)
    return Section("What moves it", blocks) if blocks else None


def indices_table(found: Findings, place: int) -> Table:
    """Indices as a table."""
    one = found.indices[place]
    table: pd.DataFrame = one.table
    kinds = [name for name in ("first", "total", "mu_star") if name in table]
    rows = []
    for told in table.to_dict("records"):
        cells = [with_interval(told[kind], told[f"{kind}_low"], told[f"{kind}_high"]) for kind in kinds]
        extra = [number(told["sigma"]), number(told["mu"])] if "sigma" in told else []
        rows.append([str(told["factor"]), *cells, *extra])
    words = {"first": "alone (first order)", "total": "with others (total)", "mu_star": "μ*"}
    head = ["factor", *(words[kind] for kind in kinds), *(["σ", "μ"] if "sigma" in table else [])]
    return Table(
        head,
        rows,
        f"{sentence_case(noun(one.outcome))}, {one.strategy}" + (f" minus {one.against}" if one.against else ""),
    )


def by_factors(found: Findings) -> list[Block]:
    """Production by the parts of each factor's range: the factors that tell most apart, and a table of all."""
    strongest = sorted(
        found.by_factor, key=lambda one: (one.p_worlds if one.p_worlds is not None else 1.0, -one.test.chi_squared)
    )
    shown = [picture_of(found, one) for one in strongest[:4]]
    rows = []
    for one in strongest:
        weeks = " / ".join(f"{group.restricted.mean:.0f}" for group in one.groups)
        chance = "–" if one.p_worlds is None else f"{one.p_worlds:.3f}"
        rows.append(
            [found.labels.get(one.factor, one.factor), " / ".join(group.label for group in one.groups), weeks, chance]
        )
    lead = found.by_factor[0].strategy
    head = ["factor", "parts of its range", "mean weeks", "p"]
    table = Table(head, rows, f"Weeks to production of {lead} by factor (log-rank test, worlds dealt out at random)", 2)
    note = (
        f"Share of {lead}'s simulated futures that produce by that week, by parts of a factor's range: "
        "the factors that tell most apart."
    )
    return [Gallery(shown, note), Fold("All factors", [table])]


def picture_of(found: Findings, one: ByFactor) -> Picture:
    """Curves of a factor's groups."""
    from sim.analysis.groups import binned

    mine = found.runs[found.runs["strategy"] == one.strategy]
    labels, place = binned(mine, one.factor)
    names = [group.label for group in one.groups]
    order = pd.Series(place, index=mine.index).map(dict(enumerate(labels)))
    table = mine.assign(strategy=order).iloc[place.argsort(kind="stable")]
    colours = dict(zip(names, RAMP if len(names) == 3 else (RAMP[0], RAMP[2]), strict=False))
    label = found.labels.get(one.factor, one.factor)
    weeks = ", ".join(f"{group.label}: {group.restricted.mean:.0f}" for group in one.groups)
    drawn = figures.stages_over_time(table, found.horizon, colours, ("producing",), bare=True)
    return Picture(
        drawn, slug("by", one.factor), f"Production by {label}; mean weeks: {weeks}.", "", sentence_case(label)
    )


def discoveries(found: Findings) -> Section | None:
    """In which worlds strategies fail."""
    if not found.failing:
        return None
    rows: list[list[str]] = []
    sentences, marks = [], []
    for one in found.failing:
        sentences.append(f"{sentence_case(one.strategy)} {one.meaning}: {lower(one.found.sentence)}")
        marks.append(found.colours[one.strategy])
        rows += [
            [one.strategy, one.meaning, rule.words, percent(rule.coverage), percent(rule.density), f"{rule.worlds:,}"]
            for rule in one.found.rules
        ]
    blocks: list[Block] = [Bullets(sentences, marks)]
    if rows:
        head = ["strategy", "fails in that it", "where", "coverage", "density", "worlds"]
        caption = (
            "Rules. Coverage: share of the failing worlds that it holds; density: share of its "
            "worlds that fail (on all worlds)"
        )
        blocks.append(Fold("Rules as a table", [Table(head, rows, caption, 3, found.colours)]))
    blocks.append(
        Prose(
            "Rules are from a decision tree of at most three questions, told only if it holds on worlds "
            "that it was not made from "
            "(cross-validation).",
            "note",
        )
    )
    return Section("Where strategies fail", blocks)


def lower(text: str) -> str:
    """A sentence within a sentence."""
    return text[:1].lower() + text[1:]
