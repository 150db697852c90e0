"""Sections of a report: the answer, stages, differences, what outputs cost, regret, what drives outcomes, failures."""

from __future__ import annotations

import pandas as pd
from scipy.stats import false_discovery_control

from sim.lab.analysis.events import Estimate
from sim.lab.analysis.factor_groups import ByFactor, binned
from sim.lab.analysis.runs import lost_to_failures, unit_of
from sim.lab.analysis.sensitivity import SUITABLE, PawnAnalysis, Sensitivity, Sobol
from sim.lab.analysis.sequential import CORRECTED
from sim.model.version import MODEL_VERSION
from sim.output import figures
from sim.output.figures.palette import STAGES
from sim.output.report import sentences
from sim.output.report.html_page import Block, Bullets, Card, Cards, Fold, Gallery, Picture, Prose, Section, Table, slug
from sim.output.report.report_findings import Findings
from sim.output.report.sentences import money, noun, share_of, with_interval
from sim.output.words import capital, lower, number, percent

RAMP = ("#9ecae1", "#4292c6", "#08519c")
"""Low, middle and high part of a factor's range, in one hue that no strategy has."""
UNLIKELY = 0.05
SOBOL_NOTE = (
    "Sobol indices of the worlds' means. Alone: share of the variance due to the factor by itself; with others: including "
    "its interactions. Lines: 95% bootstrap intervals."
)
MORRIS_NOTE = (
    "Morris screening. μ*: mean size of the change when the factor crosses its range, with 95% interval; σ: how much that "
    "change depends on the other factors."
)
PAWN_NOTE = (
    "PAWN: how far the outcome's distribution moves where a factor lies in one slice of its range (mean Kolmogorov-Smirnov "
    "distance, 0 to 1). Noise level: 95% of sets of as many factors without any effect stay below it."
)

JUDGED = f"What is called clear or best: {CORRECTED[0].lower()}{CORRECTED[1:]}"


def answer(found: Findings) -> Section:
    """Return the section that says which strategy does best, by how much, how certain that is, and at what cost."""
    cards = []
    for name in sentences.ordered(found) if found.main in found.blocks else found.strategies:
        there = found.at(name, "producing")
        below = f"{percent(there.share.mean)} reach production"
        if "cost" in found.blocks:
            below += f"; costs {money(found.mean(name, 'cost'), 0)}"
        value = number(found.mean(name, found.main)) if found.main in found.blocks else percent(there.share.mean)
        cards.append(Card(value, f"{name}: {noun(found.main)} per simulated future", below, found.colours[name]))
    others = found.strategies[1:] or found.strategies
    items = [(name, sentences.stage_sentence(found, name, "producing")) for name in others]
    items += sentences.cost_sentences(found)
    texts = (
        sentences.bands_sentence(found),
        sentences.best_sentence(found),
        sentences.worth_sentence(found),
        *(sentences.sensitivity_sentence(found, one) for one in found.indices),
        sentences.replicates_sentence(found),
    )
    items += [("", text) for text in texts if text]
    blocks: list[Block] = [
        *other_version(found),
        Prose(capital(sentences.lead(found)), "lead"),
        Cards(cards),
        Bullets([capital(text) for _, text in items], [found.colours.get(name, "") for name, _ in items]),
        Prose(how_sure(found), "note"),
    ]
    if found.failed:
        count = f"{found.failed:,} of {len(found.results.runs):,} runs failed"
        text = f"{count}.  {lost_to_failures(found.results.runs)}"
        blocks.append(Prose(text, "warning"))
    if not found.results.complete:
        done, whole = len(found.results.runs), found.results.expected
        blocks.append(Prose(f"This sweep is not finished: {done:,} of {whole:,} runs are done.", "warning"))
    blocks.append(
        Prose(
            "These are results of a model with assumed prices, and prices decide rankings; see its limits below.",
            "warning",
        )
    )
    return Section("Answer", blocks)


def other_version(found: Findings) -> list[Block]:
    """Return a notice if another version of the model produced these results."""
    made = found.results.manifest.get("model_version")
    if made == MODEL_VERSION:
        return []
    text = (
        f"These results are from another version of the model ({made or 'unknown'}; this page was written with "
        f"{MODEL_VERSION}), and the same command may give other numbers now. The sections on the model, its parameters and "
        "their sources describe the present version."
    )
    return [Prose(text, "warning")]


def how_sure(found: Findings) -> str:
    """Return what the intervals cover."""
    if found.worlds == 1:
        return (
            "In brackets: 95% intervals over simulated futures, paired: each has the same random numbers under every "
            f"strategy. They cover luck, not whether the model's assumptions hold. {JUDGED}"
        )
    seeds = int(found.runs["replicate"].nunique())
    if seeds == 1:
        return (
            f"All {found.worlds:,} worlds were run with a single seed. Luck cannot be separated from the effect of a "
            "strategy, so differences have no intervals; the intervals of means leave luck out."
        )
    text = (
        f"In brackets: 95% intervals over {found.worlds:,} worlds and {seeds:,} seeds. All worlds share the seeds, so luck "
        f"does not average out over worlds: few seeds give wide intervals, however many worlds there are. {JUDGED}"
    )
    if found.own_luck:
        text = f"In brackets: 95% intervals over {found.worlds:,} worlds, each with seeds of its own. {JUDGED}"
    if found.results.experiment["design"]["kind"] not in SUITABLE:
        return text
    return f"{text} Worlds of this design share values in groups, so intervals that count each world are too narrow."


def stages(found: Findings) -> Section:
    """Return the section on how many futures reach each stage, and when."""
    runs = found.common
    over_time, typical = [], []
    for stage in STAGES:
        shares = ", ".join(f"{name} {percent(found.at(name, stage).share.mean)}" for name in found.strategies)
        alt = f"Share of futures that reached the stage {stage}, by week; at the end: {shares}."
        drawn = figures.stages_over_time(runs, found.horizon, found.colours, (stage,), bare=True)
        over_time.append(Picture(drawn, f"stage-{stage}", alt))
        medians = ", ".join(f"{name} {median(found, name, stage)}" for name in found.strategies)
        alt = f"Weeks to the stage {stage}; half of the futures are there by week: {medians}."
        drawn = figures.time_to_event(runs, found.horizon, found.colours, (stage,), bare=True)
        typical.append(Picture(drawn, f"time-{stage}", alt))
    blocks: list[Block] = [
        Gallery(over_time, band_note(found)),
        Gallery(
            typical,
            "Dot: median; thick bar: its 95% interval; thin line: middle 80% of futures, with an arrow where it "
            f"ends past the horizon; diamond: mean weeks, restricted to {found.horizon}, with 95% interval.{counted(found)}",
        ),
        stages_table(found),
    ]
    others = [(name, stage) for stage in STAGES for name in found.strategies[1:]]
    if others:
        items = [capital(sentences.stage_sentence(found, name, stage)) for name, stage in others]
        marks = [found.colours[name] for name, _ in others]
        blocks.append(Fold(f"In words, compared with {found.baseline}", [Bullets(items, marks)]))
    return Section("When stages are reached", blocks)


def band_note(found: Findings) -> str:
    """Return what the curves of stages show."""
    shown = "Share of simulated futures that reached the stage by that week"
    if found.worlds == 1:
        return f"{shown} (Kaplan–Meier). Band: pointwise 95% interval."
    return f"{shown}. Band: pointwise 95% interval.{counted(found)}"


def counted(found: Findings) -> str:
    """Return a sentence on what intervals over several worlds count."""
    if found.worlds == 1:
        return ""
    if found.one_seed:
        return " Intervals count worlds and leave luck out, because there is one seed."
    return " Intervals count worlds and seeds, not futures, which are not independent."


def median(found: Findings, name: str, stage: str) -> str:
    """Return the week by which half of the futures reached a stage."""
    middle = found.at(name, stage).curve.median
    return f">{found.horizon}" if middle is None else f"{middle:.0f}"


def stages_table(found: Findings) -> Table:
    """Return the table of shares, median and mean weeks by stage and strategy."""
    rows = []
    for stage in STAGES:
        for name in found.strategies:
            one = found.at(name, stage)
            rows.append([name, stage, share_of(one.share), median(found, name, stage), with_interval(one.weeks)])
    head = ["strategy", "stage", "reached", "median week", f"mean weeks (restricted to {found.horizon})"]
    return Table(head, rows, "Stages: share of futures and weeks, with 95% intervals", 2, found.colours)


def differences(found: Findings) -> Section | None:
    """Return the section of paired differences to the baseline."""
    base = found.baseline
    pictures, rows = [], []
    for outcome in found.blocks:
        if outcome.endswith("_week") and not any(
            found.at(name, outcome[:-5]).curve.reached for name in found.strategies
        ):
            continue
        compared = {name: found.pair(name, base, outcome) for name in found.strategies[1:]}
        pairs = {name: pair for name, pair in compared.items() if pair is not None}
        what, unit = noun(outcome), unit_of(outcome)
        for name, pair in pairs.items():
            interval = with_interval(pair, "$" if unit == "dollars" else "")
            rows.append([name, what, number(found.mean(name, outcome)), interval, "yes" if pair.clear else "no"])
        # Costs have a section of their own.
        if outcome == "cost" or not any(pair.mean or pair.low for pair in pairs.values()):
            continue
        axis = f"difference to {base}" + (f" ({unit})" if unit else "")
        drawn = figures.paired_differences(list(pairs.values()), list(pairs), axis, found.colours)
        words = "; ".join(f"{name} {with_interval(pair)}" for name, pair in pairs.items())
        alt = f"Differences to {base} in {what}: {words}."
        pictures.append(Picture(drawn, slug("difference", outcome), alt, capital(what)))
    if not rows:
        return None
    note = (
        f"Mean paired difference to {base}. Line: 95% interval; hollow dot: the interval includes zero. "
        "Each interval is by itself: of 20 without any difference, about one excludes zero."
    )
    head = ["strategy", "outcome", "mean", f"difference to {base}", "excludes zero"]
    table = Table(head, rows, f"Paired differences to {base}, with 95% intervals", 2, found.colours)
    return Section("How strategies differ", [Gallery(pictures, note), Fold("All differences as a table", [table])])


def money_section(found: Findings) -> Section | None:
    """Return the section on what outputs cost, and which strategy is the best buy."""
    curve = found.acceptability
    if curve is None or found.cloud is None:
        return None
    means = "; ".join(
        f"{one.strategy} {number(one.outputs)} outputs for {money(one.cost, 0)}" for one in found.standings
    )
    frontier = Picture(
        figures.cost_frontier(found.standings, found.cloud, found.colours),
        "frontier",
        f"Cost and outputs of each strategy: {means}.",
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
            cost = "unclear"
            if price.price is not None and price.low is not None and price.high is not None:
                cost = with_interval(Estimate(price.price, price.low, price.high), "$")
            elif price.more_outputs.high < 0:
                cost = "fewer outputs"
        rows.append([one.strategy, money(one.cost, 0), number(one.outputs), cost, one.status, percent(one.sure)])
    head = ["strategy", "cost", "outputs", f"per output beyond {found.cheapest}", "standing", "in resamples"]
    table = Table(head, rows, "Cost-effectiveness (95% intervals by Fieller's theorem)", 1, found.colours)
    marks = [found.colours[one.strategy] for one in found.standings]
    return Section(
        "What outputs cost",
        [
            Bullets([capital(one.words) for one in found.standings], marks),
            Gallery(
                [frontier, accept],
                f"Left: means of strategies, joined along the frontier; hollow: dominated; faint: {curve.unit}. Right: share "
                f"of {curve.unit} in which a strategy has the largest net benefit, by what an output is worth; band: "
                "95% bootstrap interval.",
            ),
            table,
        ],
    )


def regrets(found: Findings) -> Section | None:
    """Return the section on how often each strategy is best, and on regret."""
    if found.regrets is None:
        return None
    all_of = found.regrets
    shares = ", ".join(f"{one.strategy} {percent(one.best.mean)}" for one in all_of.strategies)
    best = Picture(
        figures.probability_best(all_of, found.colours),
        "best",
        f"Share of {all_of.unit} in which each strategy is best: {shares}.",
        "How often it is best",
    )
    words = ", ".join(
        f"{one.strategy} {number(one.mean.mean)}, largest {number(one.largest)}" for one in all_of.strategies
    )
    loss = Picture(
        figures.regret_ranges(all_of, unit_of(found.main), found.colours),
        "regret",
        f"Mean and largest regret: {words}.",
        "How far it falls short of the best",
    )
    rows = [
        [
            one.strategy,
            share_of(one.best),
            with_interval(one.mean),
            number(one.ninety.mean),
            number(one.largest),
            ("yes" if all_of.note else f"yes, in {percent(one.minimax_share)} of resamples") if one.minimax else "",
        ]
        for one in all_of.strategies
    ]
    head = ["strategy", "best in", "mean regret", "90th percentile", "largest regret", "smallest maximum"]
    table = Table(head, rows, f"Regret in {noun(found.main)}, over {all_of.number:,} {all_of.unit}", 1, found.colours)
    note = (
        f"Regret: how much more the best strategy of the same world had ({noun(found.main)}). "
        f"Dot: mean{'' if all_of.note else ' with 95% interval'}; "
        f"bar at the end: the largest in these {all_of.unit} (no interval: other worlds may exceed it). "
        f"{all_of.note or 'Luck, which would inflate regrets, is removed from the means of worlds.'}"
    )
    return Section(
        "Choosing under uncertainty", [Prose(sentences.best_sentence(found)), Gallery([best, loss], note), table]
    )


def sensitivities(found: Findings) -> Section | None:
    """Return the section on what drives the outcome: indices, where the design has them, and stages by factor."""
    blocks: list[Block] = []
    pictures = []
    for place, one in enumerate(found.indices):
        what = f"{noun(one.outcome)} of {one.strategy}" + ("" if one.against is None else f" minus {one.against}'s")
        text = sentences.sensitivity_sentence(found, one)
        blocks.append(Prose(text))
        drawn = figures.tornado(one, found.labels, unit_of(one.outcome))
        alt = f"What drives {what}, by factor, the largest index first: {', '.join(row.factor for row in one.rows)}."
        pictures.append(Picture(drawn, f"tornado-{place}", alt, capital(what)))
    if pictures:
        sobol = found.indices[0].kind == "sobol"
        blocks.append(Gallery(pictures, SOBOL_NOTE if sobol else MORRIS_NOTE))
        blocks.append(Fold("All factors as a table", [indices_table(one) for one in found.indices]))
    for place, each in enumerate(found.pawn):
        text = sentences.pawn_sentence(found, each)
        drawn = figures.pawn_distances(each, found.labels)
        blocks += [Prose(text), Gallery([Picture(drawn, f"pawn-{place}", text, pawn_table(each).caption)], PAWN_NOTE)]
    if found.pawn:
        blocks.append(Fold("PAWN distances as a table", [pawn_table(each) for each in found.pawn]))
    if found.by_factor:
        blocks += by_factors(found)
    return Section("What drives the result", blocks) if blocks else None


def worth(found: Findings) -> Section | None:
    """Return the section on what it would be worth to find out before choosing a strategy."""
    known = found.worth
    if known is None:
        return None
    whole = [("everything that is uncertain", known.everything, True)]
    factors = [(found.labels[key], known.factors[key], key in known.clear) for key in known.order]
    questions = [
        (f"{text} ({', '.join(found.labels[key] for key in one.factors)})", one.worth, text in known.clear_questions)
        for text, one in known.questions.items()
    ]
    rows = [
        [name, money(value.mean, 0) if clear else "not above noise", money(value.low, 0), money(value.high, 0)]
        for name, value, clear in (*whole, *questions, *factors)
    ]
    named = [f"{found.labels[key]} {money(known.factors[key].mean, 0)}" for key in known.clear]
    asked = [f"{question} {money(known.questions[question].worth.mean, 0)}." for question in known.clear_questions]
    text = (
        f"Knowing everything that is uncertain before choosing would be worth {money(known.everything.mean, 0)}, if an output is "
        f"worth {money(known.output_worth, 0)}. "
        + (f"By factor: {', '.join(named)}." if named else "No single factor is clearly worth finding out.")
        + (f" By question: {' '.join(asked)}" if asked else "")
    )
    picture = Picture(figures.worth_of_knowing(known, found.labels), "worth-of-knowing", text, "Worth of knowing")
    note = (
        f"Expected value of perfect and of partial information (regression), over {known.worlds:,} worlds. A question joins "
        "the factors that its answer would settle. Hollow: not above noise, or the interval begins at $0. Noise: with worlds in "
        f"random order, 95% of trials show nothing worth more than {money(known.noise, 0)}. gennet worth takes other values "
        "of an output."
    )
    table = Table(["to know", "worth for this decision", "95% from", "to"], rows)
    return Section("What it is worth to find out", [Prose(text), Gallery([picture], note), Fold("As a table", [table])])


def indices_table(one: Sensitivity) -> Table:
    """Return indices as a table."""
    rows = []
    for row in one.rows:
        if isinstance(row, Sobol):
            rows.append([row.factor, with_interval(row.first), with_interval(row.total)])
        else:
            rows.append([row.factor, with_interval(row.mu_star), number(row.sigma), number(row.mu)])
    heads = {"sobol": ("alone (first order)", "with others (total)"), "morris": ("μ*", "σ", "μ")}
    return Table(["factor", *heads[one.kind]], rows, caption_of(one))


def pawn_table(one: PawnAnalysis) -> Table:
    """Return PAWN distances as a table, with which are above the noise level."""
    rows = [[row.factor, number(row.distance), "yes" if row.clear else "no"] for row in one.rows]
    head = ["factor", "PAWN distance", f"above noise ({number(one.noise)})"]
    return Table(head, rows, caption_of(one))


def caption_of(one: Sensitivity | PawnAnalysis) -> str:
    """Return what was analysed: the outcome and the strategy, or the pair of strategies."""
    against = f" minus {one.against}" if one.against else ""
    return f"{capital(noun(one.outcome))}, {one.strategy}{against}"


def by_factors(found: Findings) -> list[Block]:
    """Return production by parts of each factor's range: pictures of factors that clearly matter, and a table of all."""
    telling = telling_factors(found.by_factor)
    shown = [picture_of(found, one) for one in telling[:4]]
    rows = []
    for one in sorted(found.by_factor, key=spread_of, reverse=True):
        weeks = " / ".join(f"{group.restricted.mean:.0f}" for group in one.groups)
        chance = "–" if one.p_worlds is None else f"{one.p_worlds:.3f}"
        rows.append(
            [found.labels.get(one.factor, one.factor), " / ".join(group.label for group in one.groups), weeks, chance]
        )
    lead = found.by_factor[0].strategy
    head = ["factor", "parts of its range", "mean weeks", "p-value"]
    table = Table(head, rows, f"Weeks to production of {lead} by factor (log-rank test, permuting worlds)", 2)
    note = (
        f"Share of {lead}'s simulated futures that produce by that week, by parts of a factor's range, for the factors "
        "with the largest effects. Bands: 95% intervals over worlds and seeds."
    )
    blocks: list[Block] = [Prose(sentences.factors_sentence(found, telling))]
    return [*blocks, *([Gallery(shown, note)] if shown else []), Fold("All factors", [table])]


def spread_of(one: ByFactor) -> float:
    """Return by how many weeks the parts of a factor's range differ at most."""
    means = [group.restricted.mean for group in one.groups]
    return max(means) - min(means)


def telling_factors(all_of: list[ByFactor]) -> list[ByFactor]:
    """Return the factors whose parts clearly differ, the largest difference first.

    The false discovery rate is 5% (Benjamini & Hochberg 1995).
    """
    tried = [one for one in all_of if one.p_worlds is not None]
    if not tried:
        return []
    adjusted = false_discovery_control([one.p_worlds for one in tried])
    kept = [one for one, chance in zip(tried, adjusted, strict=True) if chance <= UNLIKELY]
    return sorted(kept, key=spread_of, reverse=True)


def picture_of(found: Findings, one: ByFactor) -> Picture:
    """Return a picture of the curves of a factor's groups."""
    mine = found.runs[found.runs["strategy"] == one.strategy]
    labels, place = binned(mine, one.factor)
    names = [group.label for group in one.groups]
    order = pd.Series(place, index=mine.index).map(dict(enumerate(labels)))
    table = mine.assign(strategy=order).iloc[place.argsort(kind="stable")]
    colours = dict(zip(names, RAMP if len(names) == 3 else (RAMP[0], RAMP[2]), strict=False))
    label = found.labels.get(one.factor, one.factor)
    weeks = ", ".join(f"{group.label}: {group.restricted.mean:.0f}" for group in one.groups)
    drawn = figures.stages_over_time(table, found.horizon, colours, ("producing",), bare=True)
    return Picture(drawn, slug("by", one.factor), f"Production by {label}; mean weeks: {weeks}.", capital(label))


def discoveries(found: Findings) -> Section | None:
    """Return the section on worlds in which strategies fail."""
    if not found.failing:
        return None
    rows: list[list[str]] = []
    items, marks = [], []
    for one in found.failing:
        items.append(f"{capital(one.strategy)} {one.meaning}: {lower(one.rules.sentence)}")
        marks.append(found.colours[one.strategy])
        rows += [
            [one.strategy, one.meaning, rule.words, percent(rule.coverage), percent(rule.density), f"{rule.worlds:,}"]
            for rule in one.rules.rules
        ]
    blocks: list[Block] = [Bullets(items, marks)]
    if rows:
        head = ["strategy", "failure", "where", "coverage", "density", "worlds"]
        caption = (
            "Rules. Coverage: share of the failing worlds that the rule covers; density: share of its worlds that fail; both "
            "on the worlds to which it was fitted"
        )
        blocks.append(Fold("Rules as a table", [Table(head, rows, caption, 3, found.colours)]))
    blocks.append(
        Prose(
            "Rules are from a decision tree with at most three splits, shown only if such trees do better than guessing in "
            "cross-validation.",
            "note",
        )
    )
    return Section("Where strategies fail", blocks)
