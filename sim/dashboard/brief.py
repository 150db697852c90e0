"""A brief to take along: the answer of the home page as one HTML file that needs nothing else.

It says what was asked, what came out and how sure that is, what to beware of, what was assumed, and how to get the same
numbers again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import NETWORK, STRATEGY, Choice
from sim.model.outcomes import STAGES_REACHED
from sim.model.version import MODEL_VERSION, package_version

WHEN = ("leaves", "cut_after", "join_after")
AFTER = {"cut_to": "cut_after", "join": "join_after"}
"""Settings that say when something happens, 0 for never; and those that say what, by the one that says when."""
AVAILABLE = find_spec("sim.output.report") is not None and find_spec("sim.output.report.page") is not None
"""Whether the renderer of pages is there."""


def brief(question: Question, answer: dict[str, Any], runs: pd.DataFrame, link: str, folder: Path | None = None) -> str:
    """The text of an HTML file.  `link`: the page's own; `folder`: where the files of an uploaded network are."""
    from sim.output.report.page import Bullets, Code, Prose, Section, render_page

    told = answer["stages"][question.stage]
    names = {one["key"]: one["label"] for one in answer["strategies"]}
    marks = {names[key]: tones["line"] for key, tones in answer["colours"].items()}
    beware = [*filter(None, [told["lost"]]), *answer["cautions"]]
    said = [
        Section(
            "Answer",
            [
                Prose(told["sentence"], "lead"),
                Prose(f"{told['sure']} {answer['trust']}"),
                Prose(told["level"]),
                Prose(answer["cost"]),
            ],
        ),
        Section("What to beware of", [Bullets(beware)] if beware else [Prose("Nothing stands out.")]),
        Section("At a glance", [glance(answer, marks)]),
        Section(f"{names[told['pair'][0]]}, compared with {names[told['pair'][1]]}", [differences(told)]),
        Section("How it comes about", pictures(question, runs, names, marks)),
        Section("What was assumed", [assumed(question), strategies(question)]),
        Section(
            "The same numbers again",
            [
                Prose(f"On the dashboard: {link}"),
                Prose("On the command line, with the text below as brief.toml:"),
                Code(f"gennet compare brief.toml --replicates {question.futures:.0f} --seed {question.seed:.0f}"),
                Code(scenario_of(question, folder).to_toml()),
            ],
        ),
    ]
    day = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
    facts = [("Date", day), ("Simulated futures", f"{answer['futures']} of each strategy"), ("Model", MODEL_VERSION)]
    foot = "Statements about a model, not forecasts; most of its parameters are assumptions. "
    foot += f"generative-networks {package_version()}"
    lede = f"{question.members:.0f} members, ${question.budget:,.0f} a year for each strategy, {question.years:g} years"
    return str(render_page("Which strategy gets there sooner?", said, lede=lede, facts=facts, footer=foot))


def glance(answer: dict[str, Any], marks: dict[str, str]) -> Any:
    """The table of numbers: a row a strategy."""
    from sim.output.report.page import Table

    head = [
        "Strategy",
        *(f"months to {stage}" for stage in STAGES_REACHED),
        "joint outputs",
        "members",
        "spent",
        "one more output",
    ]
    rows = [
        [
            one["label"],
            *(months(one["stages"][stage], answer["futures"], answer["charts"]["months"]) for stage in STAGES_REACHED),
            f"{one['outputs'][0]:.1f}",
            f"{one['members']:.0f}",
            one["cost"],
            one["price"] or "\u2013",
        ]
        for one in answer["strategies"]
    ]
    return Table(
        head,
        rows,
        "Months: of half the futures, in brackets of 8 in 10; never: futures of all that do not get there in time; outputs and "
        "members: means at the end.",
        1,
        marks,
    )


def months(found: dict[str, Any], futures: int, end: float) -> str:
    """Typical months with the middle 80%, and how many futures never get there."""
    early, middle, late = found["months"]
    never = futures - found["reached"]
    if not found["reached"]:
        return "never"
    tail = f"; {never} never" if never else ""
    if middle is None or early is None:
        return f"not typical{tail}"
    return f"{middle:.0f} ({early:.0f}\u2013{f'over {end:.0f}' if late is None else f'{late:.0f}'}){tail}"


def differences(told: dict[str, Any]) -> Any:
    """Paired differences with their intervals."""
    from sim.output.report.page import Table

    rows = [
        [
            row["label"],
            f"{row['mean']:+.2f}",
            f"{row['low']:.2f} to {row['high']:.2f}",
            "clear" if row["good"] else "not clear",
        ]
        for row in told["differences"]
    ]
    return Table(["", "mean", "95% interval", ""], rows, "Future by future, on the same luck.")


def pictures(question: Question, runs: pd.DataFrame, names: dict[str, str], marks: dict[str, str]) -> list[Any]:
    """Figures from the table of runs, strategies by their names."""
    from sim.output import figures
    from sim.output.report.page import Picture

    named = runs.assign(strategy=runs["strategy"].map(names))
    drawn = {
        "stages": (
            figures.stages_over_time(named, question.weeks, marks),
            "Share of futures that reach each stage, by week",
        ),
        "kinds": (figures.outputs_by_kind(named, marks), "Joint outputs by kind"),
    }
    return [Picture(figure, name, words) for name, (figure, words) in drawn.items()]


def assumed(question: Question) -> Any:
    """The settings of the network."""
    from sim.output.report.page import Table

    rows = [
        [dial.label, *(("never", "") if never(question, name) else (worded(dial, getattr(question, name)), unit(dial)))]
        for name, dial in NETWORK.items()
        if name not in AFTER or not never(question, AFTER[name])
    ]
    if question.own:
        rows.insert(0, ["Start network", f"uploaded, fingerprint {question.own}", ""])
    return Table(["Setting", "value", "unit"], rows, "The network, and what happens later", 1)


def strategies(question: Question) -> Any:
    """The settings of the strategies, side by side."""
    from sim.output.report.page import Table

    rows = [
        [dial.label, *("\u2013" if one.idle else worded(dial, getattr(one, name)) for one in question.strategies)]
        for name, dial in STRATEGY.items()
    ]
    return Table(["Setting", *question.labels.values()], rows, "The strategies", 1)


def never(question: Question, name: str) -> bool:
    """Whether a setting says that something does not happen."""
    return name in WHEN and not getattr(question, name)


def unit(dial: Any) -> str:
    """A setting's unit."""
    return str(getattr(dial, "unit", ""))


def worded(dial: Any, value: Any) -> str:
    """A setting in words."""
    return dial.options.get(value, str(value)) if isinstance(dial, Choice) else f"{value:,.10g}"
