"""A brief: the answer of the home page as one HTML file that needs nothing else.

Two pages for a board say the question, the answer and how certain it is, what it costs, what to watch for, and a next
step.  An appendix says what was assumed, and how to get the same numbers again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pandas as pd

from sim.dashboard.answers import Answer, StageCounts
from sim.dashboard.facts_card import FactsCard, fact_words
from sim.dashboard.outcome_answers import OutcomeAnswer
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import FACTS, JOINT_RESULT, NETWORK, STRATEGY, Choice, Dial
from sim.dashboard.verdict import StageVerdict
from sim.model.outcomes import STAGES_REACHED
from sim.model.version import MODEL_VERSION, package_version
from sim.output import figures
from sim.output.report.html_page import Block, Bullets, Code, Fold, Html, Picture, Prose, Section, Table, render_page
from sim.output.words import counted

PRINTED = """<style>@media print { @page { margin:14mm 16mm; } html { font-size:9.5pt; }
section { padding-bottom:.3rem; margin-bottom:.5rem; } #section-appendix-for-analysts { display:none; } }</style>"""
"""What makes it two pages on paper."""
WHEN = ("leaves", "cut_after", "join_after", "shift_after")
"""Settings that say when something happens, 0 for never."""
AFTER = {"cut_to": "cut_after", "join": "join_after", "shift": "shift_after"}
"""Settings that say what happens, and the one that says when."""


def brief(question: Question, answer: Answer, runs: pd.DataFrame, link: str, folder: Path | None = None) -> str:
    """Return an HTML file: two pages for a board, and an appendix for analysts that is not printed.

    `link`: of the page; `folder`: where the files of an uploaded network are.
    """
    labels = {row.key: row.label for row in answer.strategies}
    marks = {labels[key]: tone.line for key, tone in answer.colours.items()}
    sections = [*board_sections(question, answer), appendix(question, answer, runs, link, folder, marks)]
    day = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
    facts = [("Date", day), ("Simulated futures", f"{answer.futures} of each strategy"), ("Model", MODEL_VERSION)]
    footer = "Statements about a model, not forecasts; most of its parameters are assumptions. "
    footer += f"generative-networks {package_version()}"
    return render_page("What does each strategy bring for the money?", sections, facts=facts, footer=footer)


def board_sections(question: Question, answer: Answer) -> list[Section]:
    """Return what a board reads: question, answer, one chart, cost, how sure and what it rests on, next step."""
    verdict, shown = answer.stages[question.stage], answer.outcomes.get(question.ranked_by, answer.outcomes["outputs"])
    warnings = [*filter(None, [verdict.lost]), *answer.cautions]
    blocks: list[Block] = [
        Prose(shown.brings, "lead"),
        Prose(f"{shown.ahead} {shown.overall}".strip()),
        bars(answer, shown),
    ]
    blocks += [Prose(f"A joint result is {JOINT_RESULT}.", "note")]
    blocks += [Bullets(answer.findings)] if answer.findings else []
    worth = answer.worth
    steps = [f"Find out: {one.label} Worth {one.value} for this choice." for one in (worth.questions if worth else ())]
    steps += [
        "Before a large grant, try the leading strategies on a small scale, and compare what happens with these figures."
    ]
    return [
        Section("The question", [Html(PRINTED), Prose(asked(question))]),
        Section("The answer", blocks),
        Section("How soon", [Prose(verdict.sentence)]),
        Section("What it costs", [Prose(answer.cost)]),
        Section(
            "How sure this is",
            [
                Prose(f"Luck: {shown.sure}"),
                *([Prose(f"What is not known: {shown.unknown}")] if shown.unknown else []),
                *([Prose(known(question, answer.facts))] if answer.facts else []),
                *([Prose(worth.everything)] if worth else []),
                Prose(answer.trust),
            ],
        ),
        Section("What to watch for", [Bullets(warnings)] if warnings else [Prose("Nothing stands out.")]),
        Section("A next step", [Bullets(steps)]),
    ]


def asked(question: Question) -> str:
    """Return the question in words."""
    names = list(question.labels.values())
    start = "an uploaded network" if question.own else "a network"
    return (
        f"For {start} of {question.members:.0f} members and ${question.budget:,.0f} a year over "
        f"{counted(question.years, 'year')}: which brings more, {', '.join(names[:-1])} or {names[-1]}?"
    )


def known(question: Question, card: FactsCard) -> str:
    """Return what is known of the network, and what that did."""
    facts = "; ".join(f"{FACTS[one.name].value.label}: {fact_words(one)}" for one in question.facts)
    return f"What is known: {facts}. {' '.join(card.sentences) or card.problem}"


def bars(answer: Answer, shown: OutcomeAnswer) -> Html:
    """Return the bars of an outcome as a drawing that prints without background graphics."""
    labels = {row.key: row.label for row in answer.strategies}
    most = max([*(max(one.high, one.mean) for one in shown.bars), 1e-9]) * 1.02
    rows = []
    for place, one in enumerate(shown.bars):
        top, scale = 46 * place, 600 / most
        low, high = (max(0.0, end) * scale for end in (one.low, one.high))
        rows.append(
            f'<text x="0" y="{top + 14}" fill="currentColor">{escape(labels[one.key])}</text>'
            f'<rect x="0" y="{top + 20}" width="{max(one.mean, 0) * scale:.1f}" height="20" '
            f'fill="{answer.colours[one.key].line}"/>'
            f'<path d="M{low:.1f} {top + 30} H{high:.1f}" stroke="currentColor" stroke-width="2"/>'
            f'<text x="{6 + max(high, one.mean * scale):.1f}" y="{top + 35}" fill="currentColor">{escape(one.words)}</text>'
        )
    words = "; ".join(f"{labels[one.key]} {one.words}" for one in shown.bars)
    return Html(
        f'<svg viewBox="0 0 720 {46 * len(rows)}" role="img" aria-label="{escape(words)}" font-size="15" '
        f'style="max-width:100%">{"".join(rows)}</svg>'
    )


def appendix(
    question: Question, answer: Answer, runs: pd.DataFrame, link: str, folder: Path | None, marks: dict[str, str]
) -> Section:
    """Return the tables, settings and commands for analysts, which a printed brief leaves out."""
    verdict = answer.stages[question.stage]
    labels = {row.key: row.label for row in answer.strategies}
    first, second = (labels[key] for key in verdict.pair)
    blocks: list[Block] = [
        Prose(answer.bands),
        glance(answer, marks),
        Prose(f"{first}, compared with {second}. {verdict.sure} {verdict.level}"),
        differences(verdict),
        *pictures(question, runs, labels, marks),
        network_settings(question),
        strategy_settings(question),
        Prose(f"To get the same numbers again, on the dashboard: {link}"),
        Prose("On the command line, with the text below as brief.toml:"),
        Code(f"gennet compare brief.toml --replicates {question.futures:.0f} --seed {question.seed:.0f}"),
        Code(scenario_of(question, folder).to_toml()),
    ]
    return Section("Appendix for analysts", [Fold("Tables, figures, settings and commands", blocks, printed=False)])


def glance(answer: Answer, marks: dict[str, str]) -> Table:
    """Return the table of numbers: one row per strategy."""
    stages = [f"months to {stage}" for stage in STAGES_REACHED]
    head = ["Strategy", *stages, "joint results", "members", "spent", "one more result"]
    rows = [
        [
            row.label,
            *(months(row.stages[stage], answer.futures, answer.charts.months) for stage in STAGES_REACHED),
            f"{row.outputs[0]:.1f}",
            f"{row.members:.0f}",
            row.cost,
            row.price or "\u2013",
        ]
        for row in answer.strategies
    ]
    caption = (
        "Months: median of all futures, in brackets the middle 80%; never: futures that do not get there in time; outputs "
        "and members: means at the end."
    )
    return Table(head, rows, caption, 1, marks)


def months(counts: StageCounts, futures: int, end: float) -> str:
    """Return median months with the middle 80%, and how many futures never get there."""
    early, middle, late = counts.months
    never = futures - counts.reached
    if not counts.reached:
        return "never"
    tail = f"; {never} never" if never else ""
    if middle is None or early is None:
        return f"in fewer than half{tail}"
    return f"{middle:.0f} ({early:.0f}\u2013{f'over {end:.0f}' if late is None else f'{late:.0f}'}){tail}"


def differences(verdict: StageVerdict) -> Table:
    """Return the paired differences with their intervals."""
    rows = [
        [
            row.label,
            f"{row.mean:+.2f}",
            f"{row.low:.2f} to {row.high:.2f}",
            "clear" if row.good else "no clear difference",
        ]
        for row in verdict.differences
    ]
    return Table(["", "mean", "95% interval", ""], rows, "Paired: both strategies in the same simulated future.")


def pictures(question: Question, runs: pd.DataFrame, labels: Mapping[str, str], marks: dict[str, str]) -> list[Picture]:
    """Return figures from the table of runs."""
    named = runs.assign(strategy=runs["strategy"].map(labels))
    stages = figures.stages_over_time(named, question.weeks, marks)
    kinds = figures.outputs_by_kind(named, marks)
    return [
        Picture(stages, "stages", "Share of futures that have reached each stage, by week"),
        Picture(kinds, "kinds", "Joint results by kind"),
    ]


def network_settings(question: Question) -> Table:
    """Return the settings of the network."""
    rows = []
    for name, dial in NETWORK.items():
        value = getattr(question, name)
        if name in AFTER and not getattr(question, AFTER[name]):
            continue
        never = name in WHEN and not value
        rows.append([dial.label, "never" if never else words(dial, value), "" if never else getattr(dial, "unit", "")])
    if question.own:
        rows.insert(0, ["Start network", f"uploaded, fingerprint {question.own}", ""])
    return Table(["Setting", "value", "unit"], rows, "The network, and what happens later", 1)


def strategy_settings(question: Question) -> Table:
    """Return the settings of the strategies, side by side."""
    rows = [
        [dial.label, *("\u2013" if one.idle else words(dial, one.values[name]) for one in question.strategies)]
        for name, dial in STRATEGY.items()
    ]
    return Table(["Setting", *question.labels.values()], rows, "The strategies", 1)


def words(dial: Dial | Choice, value: float | str) -> str:
    """Return a setting in words."""
    return dial.options.get(str(value), str(value)) if isinstance(dial, Choice) else f"{value:,.10g}"
