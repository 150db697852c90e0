"""What `gennet compare` prints for people: tables side by side, paired differences, verdicts.

It reads the summary that `--json` prints, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.lab.analysis.effects import BY_ITSELF
from sim.lab.summary import ComparisonSummary, OutcomeDifference, StrategySummary
from sim.model.outcomes import STAGES_REACHED
from sim.model.state import OUTPUTS
from sim.output.words import DIFFERENCE_WORDS, NONE, capital, number, percent, places_for

T = TypeVar("T")
Row = tuple[str, Callable[[StrategySummary], str]]
NAME_WIDTH, LABEL_WIDTH = 24, 30
KIND_WORDS = {
    "innovation": "innovations",
    "practice": "shared practices",
    "advocacy": "joint advocacy",
    "services": "joint services",
    "purchasing": "joint purchasing",
    "investment": "joint investments",
}


def span(low: float | None, high: float | None) -> str:
    """An interval in brackets; where it has no upper end within the horizon, its lower end and a plus sign."""
    if low is None:
        return ""
    return f" ({low:.0f}+)" if high is None else f" ({low:.0f}–{high:.0f})"


def share_cell(stage: str) -> Callable[[StrategySummary], str]:
    """The share of futures that reached a stage, with its interval."""

    def cell(told: StrategySummary) -> str:
        at = told.stages[stage]
        low, high = at.reached_ci95
        return f"{percent(at.reached)}{span(100 * low, 100 * high)}"

    return cell


def median_cell(stage: str, horizon: float) -> Callable[[StrategySummary], str]:
    """The week by which half of the futures had got there, with its interval."""

    def cell(told: StrategySummary) -> str:
        at = told.stages[stage]
        middle = f">{horizon:.0f}" if at.median_weeks is None else f"{at.median_weeks:.0f}"
        return middle + span(*at.median_ci95)

    return cell


def mean_cell(stage: str) -> Callable[[StrategySummary], str]:
    """Mean weeks within the horizon, with its interval."""

    def cell(told: StrategySummary) -> str:
        at = told.stages[stage]
        return f"{at.rmst_weeks:.0f}{span(*at.rmst_ci95)}"

    return cell


def renewed_cell(told: StrategySummary) -> str:
    """The share that stayed generative without coordinators, and of how many."""
    return f"{percent(told.renewed)} of {told.renewal_tested}" if told.renewal_tested else "none tested"


def mean_of(key: str, sign: str = "") -> Callable[[StrategySummary], str]:
    """A mean over futures."""
    return lambda told: NONE if getattr(told, key) is None else f"{sign}{number(getattr(told, key))}"


def output_cell(kind: str) -> Callable[[StrategySummary], str]:
    """Mean outputs of a kind."""
    return lambda told: number(told.outputs_by_kind[kind])


def side_by_side(
    console: Console, title: str, note: str, rows: Sequence[tuple[str, Callable[[T], str]]], columns: Mapping[str, T]
) -> None:
    """Print a table with a column for each strategy; where they don't fit, as many tables as it takes.

    `rows`: label, and what fills a cell from a column's item.
    """
    console.print()
    console.print(f"[bold]{escape(title)}[/]")
    if note:
        console.print(f"[dim]{escape(note)}[/]")
    label = min(LABEL_WIDTH, max(len(text) for text, _ in rows))
    names = list(columns)
    cells = [[cell(item) for _, cell in rows] for item in columns.values()]
    widths = [max(min(len(name), NAME_WIDTH), *map(len, column)) + 2 for name, column in zip(names, cells, strict=True)]
    first = 0
    while first < len(names):
        last = first + 1
        while last < len(names) and label + sum(widths[first : last + 1]) <= console.width:
            last += 1
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        table.add_column("", min_width=label, max_width=label)
        for name in names[first:last]:
            table.add_column(escape(name), max_width=NAME_WIDTH, overflow="fold")
        for place, (text, _) in enumerate(rows):
            table.add_row(text, *(column[place] for column in cells[first:last]))
        console.print(table)
        first = last


def heading(console: Console, summary: ComparisonSummary) -> None:
    """What was compared."""
    console.print(f"[bold]{escape(summary.scenario)}[/]")
    if summary.question:
        console.print(escape(summary.question))
    console.print(
        f"{summary.replicates:,} simulated futures of each strategy, {summary.weeks} weeks, seed "
        f"{summary.seed}; future by future, strategies meet with the same luck."
    )
    for told in summary.strategies:
        if told.label != told.name:
            console.print(f"  [bold]{escape(told.name)}[/]: {escape(told.label)}")


def print_strategies(console: Console, summary: ComparisonSummary) -> None:
    """Stages, weeks, and what it comes to, strategy by strategy."""
    told, horizon = {one.name: one for one in summary.strategies}, summary.weeks
    shares: list[Row] = [(stage, share_cell(stage)) for stage in STAGES_REACHED]
    shares += [
        ("renewed, of tested", renewed_cell),
        ("alive at the end", lambda one: percent(one.alive)),
    ]
    note = (
        "in brackets: 95% interval of the share; renewed: of the generative ones, those still so a year after "
        "coordinators left"
    )
    side_by_side(console, "Share of simulated futures that get there", note, shares, told)
    weeks: list[Row] = []
    for stage in STAGES_REACHED:
        weeks += [(f"{stage}: median", median_cell(stage, horizon)), ("  mean", mean_cell(stage))]
    note = (
        "in brackets: 95% interval, + where it ends past the horizon; mean: no week counted past the horizon, "
        f"week {horizon}"
    )
    side_by_side(console, "Weeks it takes", note, weeks, told)
    base = summary.strategies[0].name
    sums: list[Row] = [
        ("members at the end", mean_of("members_active")),
        ("members who left", mean_of("members_left")),
        ("outputs", mean_of("outputs")),
        *((f"  {KIND_WORDS.get(kind, kind)}", output_cell(kind)) for kind in OUTPUTS),
        ("coordinator dependence", lambda one: percent(one.coordinator_dependence)),
        ("cost", mean_of("cost", "$")),
        ("cost of one more output", mean_of("cost_per_output", "$")),
    ]
    note = (
        "mean over simulated futures; dependence: share of new ties and gifts that coordinators brokered; "
        f"one more output: than {base} gets"
    )
    side_by_side(console, "What a simulated future comes to", note, sums, told)


def difference_cell(outcome: str, found: dict[tuple[str, str], OutcomeDifference]) -> Callable[[StrategySummary], str]:
    """A paired difference, plus or minus half of its 95% interval, and what pairing is worth."""

    def cell(told: StrategySummary) -> str:
        one = found.get((told.name, outcome))
        if one is None:
            return NONE
        half = (one.ci95.high - one.ci95.low) / 2
        places = places_for(half)
        sign = "+" if one.mean > 0 else ""
        worth = "" if one.variance_ratio is None else f" ×{one.variance_ratio:.1f}"
        return f"{sign}{number(one.mean, places)} ±{number(half, places)}{worth}"

    return cell


def print_differences(console: Console, summary: ComparisonSummary) -> None:
    """Paired differences to the first strategy."""
    if not summary.differences:
        return
    base = summary.differences[0].baseline
    others = {one.name: one for one in summary.strategies if one.name != base}
    found = {(one.strategy, one.outcome): one for one in summary.differences}
    outcomes = list(dict.fromkeys(one.outcome for one in summary.differences))
    rows: list[Row] = [(DIFFERENCE_WORDS.get(name, name), difference_cell(name, found)) for name in outcomes]
    note = (
        "mean of the differences future by future, ± half of its 95% interval; weeks: none counted past the horizon; "
        "×2: pairing is worth two times as many futures"
    )
    side_by_side(console, f"Difference to {base}, on the same luck", note, rows, others)


def print_comparison(console: Console, summary: ComparisonSummary) -> None:
    """A whole comparison."""
    heading(console, summary)
    print_strategies(console, summary)
    print_differences(console, summary)
    console.print()
    if summary.verdicts:
        console.print(f"[bold]Who is ahead[/]  [dim]{BY_ITSELF}[/]")
    verdicts = Table.grid(padding=(0, 1))
    for sentence in summary.verdicts:
        verdicts.add_row("•", escape(capital(sentence)))
    console.print(verdicts)
    for sentence in summary.warnings:
        console.print(f"[yellow]Warning:[/] {escape(sentence)}")
