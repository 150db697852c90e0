"""Sections of a report: the answer, stages, differences."""

from __future__ import annotations

from sim.lab.analysis.effects import BY_ITSELF
from sim.lab.analysis.runs import unit_of
from sim.lab.analysis.sensitivity import SUITABLE
from sim.model.version import MODEL_VERSION
from sim.output import figures
from sim.output.figures.palette import STAGES
from sim.output.report import sentences
from sim.output.report.findings import Findings
from sim.output.report.page import Block, Bullets, Card, Cards, Fold, Gallery, Picture, Prose, Section, Table, slug
from sim.output.report.sentences import money, noun, share_of, with_interval
from sim.output.words import capital, number, percent


def answer(found: Findings) -> Section:
    """Return the section that says which strategy does best, by how much, how sure that is, and at what cost."""
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
        text = f"{count} and are left out; comparisons use only worlds and seeds that all strategies have run."
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
            f"strategy. They cover luck, not whether the model's assumptions hold. {BY_ITSELF}"
        )
    seeds = int(found.runs["replicate"].nunique())
    if seeds == 1:
        return (
            f"All {found.worlds:,} worlds were run with a single seed. Luck cannot be separated from the effect of a "
            "strategy, so differences have no intervals; the intervals of means leave luck out."
        )
    text = (
        f"In brackets: 95% intervals over {found.worlds:,} worlds and {seeds:,} seeds. All worlds share the seeds, so luck "
        f"does not average out over worlds: few seeds give wide intervals, however many worlds there are. {BY_ITSELF}"
    )
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
        f"Mean paired difference to {base}. Line: 95% interval; hollow dot: no clear difference, because the interval "
        "includes zero."
    )
    head = ["strategy", "outcome", "mean", f"difference to {base}", "clear?"]
    table = Table(head, rows, f"Paired differences to {base}, with 95% intervals", 2, found.colours)
    return Section("How strategies differ", [Gallery(pictures, note), Fold("All differences as a table", [table])])
