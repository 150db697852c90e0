"""What `gennet compare` prints: tables of strategies side by side, paired differences, sentences."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.terminal import plain_table, right
from sim.lab.analysis.sequential import CORRECTED
from sim.lab.analysis.world_shares import MARGIN
from sim.lab.comparison import Comparison
from sim.lab.comparison_records import ComparisonSummary, OutcomeDifference, WorldDifference
from sim.lab.facts import FactsReport, last_years_strategy, measured_names
from sim.model.outcomes import STAGES_REACHED
from sim.model.state import OUTPUTS
from sim.output.both_bands import both_bands
from sim.output.facts_words import change_words, last_year_words, moved_words, worlds_words
from sim.output.words import DIFFERENCE_WORDS, KIND_WORDS, NONE, capital, number, percent, places_for

Row = tuple[str, list[str]]
"""A row of a table: its label, and a cell for each strategy."""
NAME_WIDTH, LABEL_WIDTH = 24, 30


def side_by_side(console: Console, title: str, note: str, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Print a table with a column for each strategy, split into several where the console is too narrow."""
    console.print()
    console.print(f"[bold]{escape(title)}[/]")
    if note:
        console.print(f"[dim]{escape(note)}[/]")
    label = min(LABEL_WIDTH, max(len(text) for text, _ in rows))
    widths = [
        max(min(len(name), NAME_WIDTH), *(len(cells[place]) for _, cells in rows)) + 2
        for place, name in enumerate(names)
    ]
    first = 0
    while first < len(names):
        last = first + 1
        while last < len(names) and label + sum(widths[first : last + 1]) <= console.width:
            last += 1
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        table.add_column("", min_width=label, max_width=label)
        for name in names[first:last]:
            table.add_column(escape(name), max_width=NAME_WIDTH, overflow="fold")
        for text, cells in rows:
            table.add_row(text, *cells[first:last])
        console.print(table)
        first = last


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print a whole comparison."""
    summary = comparison.summary
    console.print(f"[bold]{escape(summary.scenario)}[/]")
    if summary.question:
        console.print(escape(summary.question))
    console.print(
        f"{summary.replicates:,} simulated futures of each strategy, {summary.weeks} weeks, seed {summary.seed}; "
        "futures are paired: the same random numbers under each strategy."
    )
    for strategy in summary.strategies:
        if strategy.label != strategy.name:
            console.print(f"  [bold]{escape(strategy.name)}[/]: {escape(strategy.label)}")
    print_stages(console, summary)
    print_outcomes(console, summary)
    print_differences(console, summary)
    print_worlds(console, comparison)
    if comparison.facts is not None:
        print_facts(console, comparison, comparison.facts)
    console.print()
    if summary.verdicts:
        console.print(f"[bold]Which strategy gets there first[/]  [dim]{CORRECTED}[/]")
    sentences = Table.grid(padding=(0, 1))
    for sentence in summary.verdicts:
        sentences.add_row("•", escape(capital(sentence)))
    console.print(sentences)
    for sentence in summary.warnings:
        console.print(f"[yellow]Warning:[/] {escape(sentence)}")


def print_stages(console: Console, summary: ComparisonSummary) -> None:
    """Print how many futures reached each stage, and how many weeks it took."""
    strategies, names = summary.strategies, [one.name for one in summary.strategies]
    found = {stage: [one.stages[stage] for one in strategies] for stage in STAGES_REACHED}
    rows = [
        (stage, [percent(one.reached) + interval(*(100 * end for end in one.reached_ci95)) for one in each])
        for stage, each in found.items()
    ]
    renewed = [
        f"{percent(one.renewed)} of {one.renewal_tested}" if one.renewal_tested else "none tested" for one in strategies
    ]
    rows.append(("renewed, of those tested", renewed))
    rows.append(("alive at the end", [percent(one.alive) for one in strategies]))
    note = (
        "in brackets: 95% interval; renewed: of the generative networks, those still generative a year after "
        "coordinators left"
    )
    side_by_side(console, "Share of simulated futures that reach each stage", note, rows, names)
    rows = []
    for stage, each in found.items():
        medians = [f">{summary.weeks}" if one.median_weeks is None else f"{one.median_weeks:.0f}" for one in each]
        ends = [interval(*one.median_ci95) for one in each]
        rows.append((f"{stage}: median", [f"{median}{end}" for median, end in zip(medians, ends, strict=True)]))
        rows.append(("  mean", [f"{one.rmst_weeks:.0f}{interval(*one.rmst_ci95)}" for one in each]))
    note = f"in brackets: 95% interval, + where it ends after week {summary.weeks}; mean: restricted to {summary.weeks} weeks"
    side_by_side(console, "Weeks to each stage", note, rows, names)


def print_outcomes(console: Console, summary: ComparisonSummary) -> None:
    """Print means over futures."""
    strategies = summary.strategies
    rows = [
        ("members at the end", [number(one.members_active) for one in strategies]),
        ("members who left", [number(one.members_left) for one in strategies]),
        ("outputs", [number(one.outputs) for one in strategies]),
        *((f"  {KIND_WORDS[kind]}", [number(one.outputs_by_kind[kind]) for one in strategies]) for kind in OUTPUTS),
        ("coordinator dependence", [percent(one.coordinator_dependence) for one in strategies]),
        ("cost", [dollars(one.cost) for one in strategies]),
        ("cost per extra output", [dollars(one.cost_per_output) for one in strategies]),
    ]
    note = (
        "means over simulated futures; dependence: share of new ties and gifts that coordinators brokered; "
        f"extra output: beyond those of {strategies[0].name}"
    )
    side_by_side(console, "Outcomes", note, rows, [one.name for one in strategies])


def print_differences(console: Console, summary: ComparisonSummary) -> None:
    """Print paired differences to the baseline."""
    if not summary.differences:
        return
    baseline = summary.strategies[0].name
    others = [one.name for one in summary.strategies[1:]]
    by_place = {(one.strategy, one.outcome): one for one in summary.differences}
    outcomes = dict.fromkeys(one.outcome for one in summary.differences)
    rows = [
        (DIFFERENCE_WORDS.get(outcome, outcome), [difference_cell(by_place[name, outcome]) for name in others])
        for outcome in outcomes
    ]
    note = (
        "mean of the paired differences ± half the width of its 95% interval, each by itself; weeks are restricted "
        "to the horizon; ×2: without pairing, the same precision would take twice as many futures"
    )
    side_by_side(console, f"Difference to {baseline}", note, rows, others)


def print_worlds(console: Console, comparison: Comparison) -> None:
    """Print in which share of plausible worlds each strategy does better than the baseline, and the answer in both bands."""
    rows = [one for one in comparison.world_differences if one.baseline == comparison.baseline]
    if not rows:
        return
    others, by_place = comparison.strategies[1:], {(one.strategy, one.outcome): one for one in rows}
    outcomes = dict.fromkeys(one.outcome for one in rows)
    table = [
        (DIFFERENCE_WORDS.get(outcome, outcome), [world_cell(by_place[name, outcome]) for name in others])
        for outcome in outcomes
    ]
    note = (
        f"better / worse than {comparison.baseline}, share of {rows[0].worlds:,} worlds, each with all uncertain numbers drawn "
        f"from their plausible ranges (the rest: within {MARGIN:.0%}); mean difference ± half its 95% interval; luck: its share "
        "of the variance of a single future's difference"
    )
    side_by_side(console, "In other plausible worlds", note, table, others)
    console.print()
    console.print(escape(both_bands(comparison)), soft_wrap=True)


def print_facts(console: Console, comparison: Comparison, report: FactsReport) -> None:
    """Print what is known, how many worlds fit, and what that changed."""
    console.print()
    console.print("[bold]What is known[/]")
    table = plain_table(
        "fact", right("known"), right("model: without facts"), right("last year, with facts"), right("a usual year")
    )
    for fact in report.facts:
        known = f"{number(fact.value)} ±{number(fact.within)}"
        table.add_row(escape(fact.label), known, *(number(one) for one in (fact.before, fact.after, fact.usual)))
    console.print(table)
    sentences = [worlds_words(report), moved_words(report)]
    if measured_names(comparison.scenario):
        sentences.insert(0, last_year_words(last_years_strategy(comparison.scenario, comparison.baseline)))
    with_facts = {(one.strategy, one.baseline): one for one in comparison.world_differences if one.outcome == "outputs"}
    names = {name: name for name in comparison.strategies}
    sentences += [change_words(one, with_facts[one.strategy, one.baseline], names) for one in comparison.without_facts]
    for sentence in filter(None, sentences):
        console.print(escape(sentence), soft_wrap=True)


def world_cell(row: WorldDifference) -> str:
    """Return shares of worlds, the mean difference, and how much is luck."""
    half = (row.ci95.high - row.ci95.low) / 2
    places = places_for(half)
    sign = "+" if row.mean > 0 else ""
    shares = f"{100 * row.better:.0f}% / {100 * row.worse:.0f}%"
    return f"{shares}  {sign}{number(row.mean, places)} ±{number(half, places)}  luck {100 * row.luck_share:.0f}%"


def dollars(amount: float | None) -> str:
    """Return an amount, or a dash where there is none."""
    return NONE if amount is None else f"${number(amount)}"


def interval(low: float | None, high: float | None) -> str:
    """Return an interval in brackets; if it has no upper end within the horizon, its lower end and a plus sign."""
    if low is None:
        return ""
    return f" ({low:.0f}+)" if high is None else f" ({low:.0f}–{high:.0f})"


def difference_cell(pair: OutcomeDifference) -> str:
    """Return a paired difference, half the width of its interval, and the gain from pairing."""
    if pair.mean != pair.mean:
        return NONE
    half = (pair.ci95.high - pair.ci95.low) / 2
    places = places_for(half)
    sign = "+" if pair.mean > 0 else ""
    gain = "" if pair.variance_ratio is None else f" ×{pair.variance_ratio:.1f}"
    return f"{sign}{number(pair.mean, places)} ±{number(half, places)}{gain}"
