"""A brief: the answer of the home page as one HTML file that needs nothing else.

It says what was asked, what came out and how sure that is, what to watch for, what was assumed, and how to get the same
numbers again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from sim.dashboard.answers import Answer, StageCounts
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import NETWORK, STRATEGY, Choice, Dial
from sim.dashboard.verdict import StageVerdict
from sim.model.outcomes import STAGES_REACHED
from sim.model.version import MODEL_VERSION, package_version
from sim.output import figures
from sim.output.report.page import Bullets, Code, Picture, Prose, Section, Table, render_page
from sim.output.words import counted

WHEN = ("leaves", "cut_after", "join_after")
"""Settings that say when something happens, 0 for never."""
AFTER = {"cut_to": "cut_after", "join": "join_after"}
"""Settings that say what happens, and the one that says when."""


def brief(question: Question, answer: Answer, runs: pd.DataFrame, link: str, folder: Path | None = None) -> str:
    """Return an HTML file.  `link`: of the page; `folder`: where the files of an uploaded network are."""
    verdict = answer.stages[question.stage]
    labels = {row.key: row.label for row in answer.strategies}
    marks = {labels[key]: tone.line for key, tone in answer.colours.items()}
    warnings = [*filter(None, [verdict.lost]), *answer.cautions]
    first, second = (labels[key] for key in verdict.pair)
    sections = [
        Section(
            "Answer",
            [
                Prose(verdict.sentence, "lead"),
                Prose(verdict.sure),
                Prose(f"{answer.bands} {answer.trust}"),
                Prose(verdict.level),
                Prose(answer.cost),
            ],
        ),
        Section("What to watch for", [Bullets(warnings)] if warnings else [Prose("Nothing stands out.")]),
        Section("At a glance", [glance(answer, marks)]),
        Section(f"{first}, compared with {second}", [differences(verdict)]),
        Section("When stages are reached, and joint outputs", pictures(question, runs, labels, marks)),
        Section("What was assumed", [network_settings(question), strategy_settings(question)]),
        Section(
            "Get the same numbers again",
            [
                Prose(f"On the dashboard: {link}"),
                Prose("On the command line, with the text below as brief.toml:"),
                Code(f"gennet compare brief.toml --replicates {question.futures:.0f} --seed {question.seed:.0f}"),
                Code(scenario_of(question, folder).to_toml()),
            ],
        ),
    ]
    day = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
    facts = [("Date", day), ("Simulated futures", f"{answer.futures} of each strategy"), ("Model", MODEL_VERSION)]
    footer = "Statements about a model, not forecasts; most of its parameters are assumptions. "
    footer += f"generative-networks {package_version()}"
    lede = f"{question.members:.0f} members, ${question.budget:,.0f} a year for each strategy, {counted(question.years, 'year')}"
    return render_page("Which strategy gets there sooner?", sections, lede=lede, facts=facts, footer=footer)


def glance(answer: Answer, marks: dict[str, str]) -> Table:
    """Return the table of numbers: a row a strategy."""
    stages = [f"months to {stage}" for stage in STAGES_REACHED]
    head = ["Strategy", *stages, "joint outputs", "members", "spent", "one more output"]
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
        Picture(kinds, "kinds", "Joint outputs by kind"),
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
